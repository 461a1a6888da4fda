//! The register in the API.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::Uri;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::identity::Who;
use super::list::Filter;
use crate::register::view::ConflictView;
use crate::register::{Act, RegisterError, Settlement};
use crate::web::api::ApiJson;
use crate::web::problem::Problem;
use crate::web::query::Pairs;
use crate::web::service::Service;

/// The routes, with their description.
pub fn routes() -> OpenApiRouter<Arc<Service>> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(one)).routes(routes!(settle))
}

/// A conflict with what people have done about it.
#[derive(Serialize, ToSchema)]
pub struct ConflictRecord {
    #[serde(flatten)]
    conflict: ConflictView,
    /// Acts, newest first.
    acts: Vec<Act>,
    /// Pairs with its documents that were looked at and found to be no conflict.
    near_misses: Vec<NearMissView>,
}

/// A pair that is no conflict.
#[derive(Serialize, ToSchema)]
pub struct NearMissView {
    /// One document.
    a: String,
    /// The other.
    b: String,
    /// Code of the reason.
    #[schema(value_type = String)]
    reason: crate::conflict::Reason,
    /// The reason in Norwegian.
    why: String,
}

/// An act, and the revision it was made on.
#[derive(Deserialize, ToSchema)]
pub struct ActRequest {
    /// The conflict's `revision` as it was read; 0 when nobody had decided anything.
    revision: i64,
    /// What is to be done.
    #[serde(flatten)]
    settlement: Settlement,
}

/// List the conflicts
#[utoipa::path(
    get,
    path = "/api/v1/conflicts",
    tag = "praksis",
    params(
        ("provision" = Option<String>, Query, description = "Bare om denne bestemmelsen"),
        ("status" = Option<String>, Query, description = "open, confirmed, resolved eller rejected"),
        ("type" = Option<String>, Query, description = "Bare denne typen"),
        ("benefit" = Option<String>, Query, description = "Bare denne ytelsen (kode)"),
        ("age" = Option<String>, Query, description = "Funnet: 30 (dager), 365 (dager) eller older"),
    ),
    responses(
        (status = 200, description = "Konfliktene, åpne først", body = Vec<ConflictView>),
        (status = "4XX", description = "400 eller 422", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn list(State(service): State<Arc<Service>>, uri: Uri) -> Result<Json<Vec<ConflictView>>, Problem> {
    let mut pairs = Pairs::read(&uri)?;
    let filter = Filter::read(&mut pairs)?;
    pairs.end()?;
    let snapshot = service.app().register.snapshot();
    Ok(Json(filter.of(&snapshot).into_iter().cloned().collect()))
}

/// Read a conflict
#[utoipa::path(
    get,
    path = "/api/v1/conflicts/{id}",
    tag = "praksis",
    params(("id" = String, Path, description = "Konfliktens id")),
    responses(
        (status = 200, description = "Konflikten med historikk", body = ConflictRecord),
        (status = "4XX", description = "404", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn one(State(service): State<Arc<Service>>, Path(id): Path<String>) -> Result<Json<ConflictRecord>, Problem> {
    record(&service, &id).await.map(Json)
}

/// Settle a conflict
///
/// Only a coordinator may. A change made on an outdated revision is refused with 409.
#[utoipa::path(
    post,
    path = "/api/v1/conflicts/{id}/acts",
    tag = "praksis",
    params(("id" = String, Path, description = "Konfliktens id")),
    request_body = ActRequest,
    responses(
        (status = 200, description = "Konflikten slik den er nå", body = ConflictRecord),
        (status = "4XX", description = "400, 403, 404, 409 eller 422", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn settle(
    State(service): State<Arc<Service>>,
    Path(id): Path<String>,
    who: Who,
    ApiJson(request): ApiJson<ActRequest>,
) -> Result<Json<ConflictRecord>, Problem> {
    let actor = who.known()?;
    let app = service.app();
    app.register.settle(&app.catalogue(), &actor, &id, request.revision, &request.settlement).await.map_err(problem)?;
    record(&service, &id).await.map(Json)
}

async fn record(service: &Service, id: &str) -> Result<ConflictRecord, Problem> {
    let register = &service.app().register;
    let snapshot = register.snapshot();
    let missing = || Problem::not_found("Konflikten finnes ikke i registeret; se listen på /api/v1/conflicts.");
    let view = snapshot.conflict(id).ok_or_else(missing)?;
    let near_misses = snapshot.neighbours(view).into_iter().map(|miss| NearMissView {
        a: miss.a.clone(),
        b: miss.b.clone(),
        reason: miss.reason,
        why: miss.why.clone(),
    });
    Ok(ConflictRecord {
        near_misses: near_misses.collect(),
        acts: register.acts("conflict", id).await.map_err(problem)?,
        conflict: view.clone(),
    })
}

fn problem(error: RegisterError) -> Problem {
    match error {
        RegisterError::Stale { by } => {
            let by = by.map(|act| format!(" {} {} {}.", act.name, act.what, act.at)).unwrap_or_default();
            Problem::stale(format!(
                "Noen andre har endret dette siden du leste det.{by} Les det på nytt og gjør valget igjen."
            ))
        }
        RegisterError::Missing(detail) => Problem::not_found(detail),
        RegisterError::Refused(detail) if detail.starts_with("Bare fagkoordinatorer") => Problem::forbidden(detail),
        RegisterError::Refused(detail) => Problem::unprocessable(detail),
        other => {
            tracing::error!(error = %other, "registeret svarte med feil");
            Problem::unavailable()
        }
    }
}
