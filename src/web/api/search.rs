//! Ranked passages, without an answer.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::Uri;

use crate::answer::view::PassageView;
use crate::app::today;
use crate::retrieval::{MAX_LIMIT, Query};
use crate::web::problem::Problem;
use crate::web::query::{self, Pairs};
use crate::web::service::Service;

/// Passages when no limit is given.
const DEFAULT_LIMIT: usize = 10;

/// Find passages
#[utoipa::path(
    get,
    path = "/api/v1/search",
    tag = "kilder",
    params(
        ("q" = String, Query, description = "Det du søker etter, 1–2000 tegn"),
        ("limit" = Option<u8>, Query, description = "Antall passasjer, 1–100; ellers 10", minimum = 1, maximum = 100),
        ("as_of" = Option<String>, Query, description = "Dagen reglene gjelder for, ÅÅÅÅ-MM-DD"),
        ("kind" = Option<Vec<String>>, Query, description = "Bare denne typen kilde; kan gjentas"),
    ),
    responses(
        (status = 200, description = "Passasjene, den beste først", body = Vec<PassageView>),
        (status = "4XX", description = "400, 422 eller 429 (med Retry-After)", body = Problem, content_type = "application/problem+json"),
        (status = "5XX", description = "503 eller 504", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn search(State(service): State<Arc<Service>>, uri: Uri) -> Result<Json<Vec<PassageView>>, Problem> {
    let mut pairs = Pairs::read(&uri)?;
    let words = pairs.one("q")?.ok_or_else(|| Problem::bad_request("«q» mangler; skriv ?q=… i adressen."))?;
    let words = query::question(words)?;
    let limit = pairs.number("limit", 1..=MAX_LIMIT, DEFAULT_LIMIT)?;
    let day = query::day(pairs.one("as_of")?.as_deref())?;
    let kinds = pairs.kinds()?;
    pairs.end()?;
    // Personal data is stopped here too: what is searched for is embedded.
    if let Some(blocked) = crate::answer::guard(&words).filter(|blocked| blocked.code == "personal_data") {
        return Err(Problem::unprocessable(blocked.text));
    }
    let found = service.work(move |chat| Ok(chat.app().search(&Query { text: &words, day, kinds, limit })?)).await?;
    let today = today();
    Ok(Json(found.passages.iter().map(|hit| PassageView::of(hit, today)).collect()))
}
