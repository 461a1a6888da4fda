//! Practice per provision.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{StatusCode, Uri};
use axum::response::Response;

use super::chart::Bars;
use super::identity::Who;
use super::list::ConflictLine;
use super::shared::{Frame, Place, RulingLine, provision};
use crate::register::practice::{Counts, Ending, Practice, day, provisions};
use crate::web::pages::{not_found, page};
use crate::web::service::Service;

#[derive(Template)]
#[template(path = "practice/provisions.html")]
struct List {
    assets: &'static str,
    frame: Frame,
    lines: Vec<(String, String, usize, usize)>,
}

pub async fn list(State(service): State<Arc<Service>>, who: Who, uri: Uri) -> Response {
    let frame = Frame::of(&who, &uri);
    let app = service.app();
    let lines = provisions(&app.catalogue(), &app.register.snapshot())
        .into_iter()
        .map(|(id, rulings, conflicts)| (id.to_string(), id.label(), rulings, conflicts))
        .collect();
    page(StatusCode::OK, &List { assets: frame.assets, frame, lines })
}

#[derive(Template)]
#[template(path = "practice/provision.html")]
struct One {
    assets: &'static str,
    frame: Frame,
    id: String,
    label: String,
    total: usize,
    undated: usize,
    endings: [&'static str; 5],
    looks: [(&'static str, &'static str); 5],
    years: Table,
    offices: Table,
    rulings: Vec<RulingLine>,
    conflicts: Vec<ConflictLine>,
    circulars: Vec<Circular>,
}

/// Figures with their drawing.
struct Table {
    bars: Bars,
    rows: Vec<(String, [usize; 5], usize)>,
}

impl Table {
    fn of(rows: Vec<(String, Counts)>) -> Self {
        Self {
            bars: Bars::of(rows.iter().map(|(label, counts)| (label.clone(), *counts))),
            rows: rows.into_iter().map(|(label, counts)| (label, counts.0, counts.total())).collect(),
        }
    }
}

struct Circular {
    title: String,
    day: String,
    locator: String,
    text: String,
    place: Place,
}

pub async fn show(State(service): State<Arc<Service>>, Path(id): Path<String>, who: Who, uri: Uri) -> Response {
    let frame = Frame::of(&who, &uri);
    let Some(provision) = provision(&id) else {
        return not_found("Bestemmelsen er ikke forstått. Velg en fra oversikten over bestemmelser.");
    };
    let app = service.app();
    let (catalogue, snapshot) = (app.catalogue(), app.register.snapshot());
    let practice = Practice::on(&catalogue, &provision);
    let circulars = practice.circulars.iter().map(|text| Circular {
        title: text.version.document.title.clone(),
        day: day(&text.version),
        locator: text.locator.clone(),
        text: text.text.clone(),
        place: Place {
            document: text.version.document.id.clone(),
            version: text.version.id,
            from: text.start,
            to: text.end,
        },
    });
    page(
        StatusCode::OK,
        &One {
            assets: frame.assets,
            frame,
            id: provision.to_string(),
            label: provision.label(),
            total: practice.rulings.len(),
            undated: practice.rulings.iter().filter(|ruling| ruling.year().is_none()).count(),
            endings: Ending::ALL.map(Ending::norwegian),
            looks: Ending::ALL.map(|ending| (ending.look(), ending.norwegian())),
            years: Table::of(practice.by_year().into_iter().map(|(year, counts)| (year.to_string(), counts)).collect()),
            offices: Table::of(practice.by_office()),
            rulings: practice.rulings.iter().map(RulingLine::of).collect(),
            conflicts: snapshot.on_provision(&provision).map(ConflictLine::of).collect(),
            circulars: circulars.collect(),
        },
    )
}
