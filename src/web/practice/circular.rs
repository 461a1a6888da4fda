//! Pressure on a circular, and the report of it.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{StatusCode, Uri};
use axum::response::Response;

use super::identity::Who;
use super::shared::{Frame, Place, RulingLine, exported, refused};
use crate::day::today;
use crate::law::SourceKind;
use crate::register::Status;
use crate::register::practice::day;
use crate::register::pressure::Pressure;
use crate::web::pages::{not_found, page};
use crate::web::query::Pairs;
use crate::web::service::Service;

#[derive(Template)]
#[template(path = "practice/circulars.html")]
struct List {
    assets: &'static str,
    frame: Frame,
    /// Id, title, day, open conflicts.
    lines: Vec<(String, String, String, usize)>,
}

pub async fn list(State(service): State<Arc<Service>>, who: Who, uri: Uri) -> Response {
    let frame = Frame::of(&who, &uri);
    let app = service.app();
    let (catalogue, snapshot) = (app.catalogue(), app.register.snapshot());
    let mut lines: Vec<_> = catalogue
        .versions()
        .iter()
        .filter(|version| version.document.kind == SourceKind::Circular && !version.superseded)
        .map(|version| {
            let id = version.document.id.clone();
            let open = snapshot
                .of_document(&id)
                .filter(|view| matches!(view.status, Status::Open | Status::Confirmed))
                .count();
            (id, version.document.title.clone(), day(version), open)
        })
        .collect();
    lines.sort();
    page(StatusCode::OK, &List { assets: frame.assets, frame, lines })
}

#[derive(Template)]
#[template(path = "practice/circular.html")]
struct One {
    assets: &'static str,
    frame: Frame,
    id: String,
    title: String,
    day: String,
    untouched: usize,
    passages: Vec<Passage>,
}

struct Passage {
    locator: String,
    text: String,
    place: Place,
    depart: Vec<Departure>,
    follow: Vec<RulingLine>,
    silent: Vec<RulingLine>,
}

struct Departure {
    ruling: RulingLine,
    quote: String,
    locator: String,
    place: Place,
    conflict: String,
    status: &'static str,
}

pub async fn show(State(service): State<Arc<Service>>, Path(id): Path<String>, who: Who, uri: Uri) -> Response {
    let frame = Frame::of(&who, &uri);
    let format = match Pairs::read(&uri).and_then(|mut pairs| pairs.one("format")) {
        Ok(format) => format,
        Err(problem) => return refused(&problem, frame),
    };
    let app = service.app();
    let Some(pressure) = Pressure::on(&app.catalogue(), &app.register.snapshot(), &id, today())
        .filter(|pressure| pressure.version.document.kind == SourceKind::Circular)
    else {
        return not_found("Rundskrivet finnes ikke i basen.");
    };
    if let Some(file) = exported(&pressure.report(), format.as_deref(), &format!("praksis-{id}")) {
        return file;
    }
    let version = Arc::clone(&pressure.version);
    let place = |from: usize, to: usize| Place { document: version.document.id.clone(), version: version.id, from, to };
    let passages = pressure.passages.iter().map(|passage| Passage {
        locator: passage.locator.clone(),
        text: passage.text.clone(),
        place: place(passage.start, passage.end),
        depart: passage
            .depart
            .iter()
            .map(|departure| Departure {
                ruling: RulingLine::of(&departure.ruling),
                quote: departure.quote.clone(),
                locator: departure.locator.clone(),
                place: Place {
                    document: departure.ruling.document().id.clone(),
                    version: departure.ruling.version.id,
                    from: departure.start,
                    to: departure.end,
                },
                conflict: departure.conflict.clone(),
                status: departure.status.norwegian(),
            })
            .collect(),
        follow: passage.follow.iter().map(RulingLine::of).collect(),
        silent: passage.silent.iter().map(RulingLine::of).collect(),
    });
    page(
        StatusCode::OK,
        &One {
            assets: frame.assets,
            frame,
            id,
            title: version.document.title.clone(),
            day: day(&version),
            untouched: pressure.untouched,
            passages: passages.collect(),
        },
    )
}
