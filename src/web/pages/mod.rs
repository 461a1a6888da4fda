//! The pages: rendered on the server, so that they work without JavaScript; the script only makes them quicker.
//!
//! The same template partial makes an answer in the page and in the stream that the script reads.

mod about;
mod answer;
mod conflict;
mod document;
mod home;
mod source;
pub(super) mod words;

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse as _, Response};
use axum::routing::{get, post};

use super::problem::Problem;
use super::service::Service;

/// The pages' routes.
pub fn routes() -> Router<Arc<Service>> {
    Router::new()
        .route("/", get(home::show).post(home::ask))
        .route("/svar", post(home::stream))
        .route("/dokument/{*id}", get(document::show))
        .route("/om", get(about::show))
}

/// The page for an address that does not exist.
pub fn not_found(what: &str) -> Response {
    page(StatusCode::NOT_FOUND, &Missing { assets: &super::assets::VERSION, what })
}

#[derive(Template)]
#[template(path = "missing.html")]
struct Missing<'a> {
    assets: &'a str,
    what: &'a str,
}

/// A rendered template.
pub(super) fn page(status: StatusCode, template: &impl Template) -> Response {
    match template.render() {
        Ok(html) => (status, Html(html)).into_response(),
        Err(error) => {
            tracing::error!(%error, "en side kunne ikke lages");
            Problem::unexpected().into_response()
        }
    }
}
