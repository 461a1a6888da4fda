//! What the service is, and what it is not.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::page;
use crate::corpus::Provenance;
use crate::law::SourceKind;
use crate::web::assets;
use crate::web::service::Service;

#[derive(Template)]
#[template(path = "about.html")]
struct About<'a> {
    assets: &'a str,
    version: &'a str,
    documents: usize,
    passages: usize,
    /// Name of the kind, and number of documents.
    kinds: Vec<(&'static str, usize)>,
    synthetic: usize,
    digests: usize,
}

pub async fn show(State(service): State<Arc<Service>>) -> Response {
    let catalogue = service.app().catalogue();
    let current: Vec<_> = catalogue.versions().iter().filter(|version| !version.superseded).collect();
    let count = |provenance| current.iter().filter(|version| version.document.provenance == provenance).count();
    let kinds = SourceKind::ALL
        .into_iter()
        .map(|kind| (kind.norwegian(), current.iter().filter(|version| version.document.kind == kind).count()))
        .filter(|(_, number)| *number > 0);
    page(
        StatusCode::OK,
        &About {
            assets: &assets::VERSION,
            version: env!("CARGO_PKG_VERSION"),
            documents: catalogue.document_count(),
            passages: catalogue.passage_count(),
            kinds: kinds.collect(),
            synthetic: count(Provenance::Synthetic),
            digests: count(Provenance::Digest),
        },
    )
}
