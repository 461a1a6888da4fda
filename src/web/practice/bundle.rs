//! Comparable rulings for a meeting.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::Response;

use super::identity::Who;
use super::shared::{Frame, Place, RulingLine, exported, provision, refused};
use crate::register::bundle;
use crate::web::pages::page;
use crate::web::problem::Problem;
use crate::web::query::Pairs;
use crate::web::service::Service;

#[derive(Template)]
#[template(path = "practice/bundle.html")]
struct Bundle {
    assets: &'static str,
    frame: Frame,
    id: String,
    label: String,
    items: Vec<Item>,
}

struct Item {
    ruling: RulingLine,
    quote: String,
    locator: String,
    place: Place,
}

pub async fn show(State(service): State<Arc<Service>>, who: Who, uri: Uri) -> Response {
    let frame = Frame::of(&who, &uri);
    let read = Pairs::read(&uri).and_then(|mut pairs| Ok((pairs.one("provision")?, pairs.one("format")?)));
    let (wanted, format) = match read {
        Ok(read) => read,
        Err(problem) => return refused(&problem, frame),
    };
    let Some(provision) = wanted.as_deref().and_then(provision) else {
        return refused(
            &Problem::unprocessable("Velg en bestemmelse, for eksempel ?provision=lov/1997-02-28-19/§8-4."),
            frame,
        );
    };
    let app = service.app();
    let items = bundle::choose(&app.catalogue(), &app.register.snapshot(), &provision);
    let name = format!("fagmote-{}", provision.short_label().replace(['§', ' '], ""));
    if let Some(file) = exported(&bundle::report(&provision, &items), format.as_deref(), &name) {
        return file;
    }
    let items = items.into_iter().map(|item| Item {
        place: Place {
            document: item.ruling.document().id.clone(),
            version: item.ruling.version.id,
            from: item.start,
            to: item.end,
        },
        ruling: RulingLine::of(&item.ruling),
        quote: item.quote,
        locator: item.locator,
    });
    page(
        StatusCode::OK,
        &Bundle {
            assets: frame.assets,
            frame,
            id: provision.to_string(),
            label: provision.label(),
            items: items.collect(),
        },
    )
}
