//! The API, version 1. One list of routes; the OpenAPI description is made from the same list.

mod ask;
mod body;
mod documents;
mod health;
mod search;

pub use ask::{AskRequest, StatusText, named};
pub use body::ApiJson;
pub use documents::{find as find_document, version_number};

use std::sync::Arc;

use axum::Router;
use axum::routing::MethodRouter;
use utoipa::OpenApi as _;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::service::Service;

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Rettesnor",
        description = "Svar på spørsmål om Navs regelverk, der hver setning hviler på en sitert kilde. \
                       Feil er application/problem+json (RFC 9457).",
        license(name = "MIT")
    ),
    tags(
        (name = "spørsmål", description = "Spørsmål og svar"),
        (name = "kilder", description = "Søk og dokumenter"),
        (name = "praksis", description = "Konflikter mellom kildene"),
        (name = "drift", description = "Tilstand")
    )
)]
struct Description;

/// The routes, and their description.
pub fn routes() -> (Router<Arc<Service>>, OpenApi) {
    let (router, mut description) = OpenApiRouter::with_openapi(Description::openapi())
        .routes(routes!(ask::ask))
        .routes(routes!(ask::stream_get, ask::stream_post))
        .routes(routes!(search::search))
        .routes(routes!(documents::list))
        .routes(routes!(documents::one))
        .routes(routes!(health::health))
        .merge(crate::web::practice::api::routes())
        .split_for_parts();
    // axum writes a path parameter that may hold slashes as {*id}; OpenAPI has no such form.
    let paths = std::mem::take(&mut description.paths.paths);
    description.paths.paths = paths.into_iter().map(|(path, item)| (path.replace("{*", "{"), item)).collect();
    (router, description)
}

/// Serves the description.
pub fn description(description: OpenApi) -> MethodRouter<Arc<Service>> {
    axum::routing::get(async move || axum::Json(description))
}
