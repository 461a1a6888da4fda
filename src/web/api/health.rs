//! Whether the server is up, and what it serves.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::web::service::Service;

/// State of the server.
#[derive(Serialize, ToSchema)]
pub struct Health {
    /// `ok`.
    status: &'static str,
    /// The program's version.
    version: &'static str,
    /// Documents in the base.
    documents: usize,
    /// Passages in the base.
    passages: usize,
}

/// Ask how the server is
#[utoipa::path(
    get,
    path = "/api/v1/health",
    tag = "drift",
    responses((status = 200, description = "Tjenesten svarer", body = Health))
)]
pub async fn health(State(service): State<Arc<Service>>) -> Json<Health> {
    let catalogue = service.app().catalogue();
    Json(Health {
        status: "ok",
        version: env!("CARGO_PKG_VERSION"),
        documents: catalogue.document_count(),
        passages: catalogue.passage_count(),
    })
}
