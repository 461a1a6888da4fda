//! Questions: answered whole, or step by step as server-sent events.

use std::convert::Infallible;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::Uri;
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use futures_util::StreamExt as _;
use serde::{Deserialize, Serialize};
use tokio_stream::Stream;
use utoipa::ToSchema;

use super::ApiJson;
use crate::answer::view::AnswerView;
use crate::chat::Asked;
use crate::web::problem::Problem;
use crate::web::query::{self, Pairs};
use crate::web::service::{Service, Step};

/// A question.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskRequest {
    /// The question in everyday Norwegian, 1 to 2,000 characters.
    #[schema(max_length = 2000, example = "Hvor lenge kan man få sykepenger?")]
    question: String,
    /// The day whose rules are asked for; default today.
    #[schema(format = Date, example = "2026-11-21")]
    #[serde(default)]
    as_of: Option<String>,
    /// Id of the conversation, made by the client; follow-ups are read in the light of its earlier questions.
    #[schema(format = "uuid")]
    #[serde(default)]
    conversation: Option<String>,
}

impl AskRequest {
    /// Takes the fields from a query string.
    ///
    /// # Errors
    /// The question is missing, or a name is unknown.
    pub fn from_query(uri: &Uri) -> Result<Self, Problem> {
        let mut pairs = Pairs::read(uri)?;
        let question = pairs.one("question")?;
        let request = Self {
            question: question
                .ok_or_else(|| Problem::bad_request("«question» mangler; skriv ?question=… i adressen."))?,
            as_of: pairs.one("as_of")?,
            conversation: pairs.one("conversation")?,
        };
        pairs.end()?;
        Ok(request)
    }

    /// The question, checked.
    ///
    /// # Errors
    /// A field breaks a rule.
    pub fn checked(self) -> Result<Asked, Problem> {
        Ok(Asked {
            day: query::day(self.as_of.as_deref().filter(|text| !text.is_empty()))?,
            conversation: query::conversation(self.conversation.as_deref().filter(|text| !text.is_empty()))?,
            question: query::question(self.question)?,
        })
    }
}

/// Answer a question
#[utoipa::path(
    post,
    path = "/api/v1/ask",
    tag = "spørsmål",
    request_body = AskRequest,
    responses(
        (status = 200, description = "Svaret", body = AnswerView),
        (status = "4XX", description = "400, 413, 415, 422 eller 429 (med Retry-After)", body = Problem, content_type = "application/problem+json"),
        (status = "5XX", description = "503 eller 504", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn ask(
    State(service): State<Arc<Service>>,
    ApiJson(request): ApiJson<AskRequest>,
) -> Result<Json<AnswerView>, Problem> {
    Ok(Json(service.ask(request.checked()?).await?))
}

/// Answer a question step by step
///
/// Events: `status` {text}, `sentence` (one for each sentence of the answer), `answer` (the whole answer, last),
/// `error` (a problem, last).
#[utoipa::path(
    get,
    path = "/api/v1/ask/stream",
    tag = "spørsmål",
    params(
        ("question" = String, Query, description = "Spørsmålet, 1–2000 tegn"),
        ("as_of" = Option<String>, Query, description = "Dagen reglene gjelder for, ÅÅÅÅ-MM-DD"),
        ("conversation" = Option<String>, Query, description = "Samtalens id (UUID)"),
    ),
    responses(
        (status = 200, description = "Hendelser", body = String, content_type = "text/event-stream"),
        (status = "4XX", description = "400, 422 eller 429 (med Retry-After)", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn stream_get(
    State(service): State<Arc<Service>>,
    uri: Uri,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    events(&service, AskRequest::from_query(&uri)?.checked()?)
}

/// Answer a question step by step, with the question in the body
#[utoipa::path(
    post,
    path = "/api/v1/ask/stream",
    tag = "spørsmål",
    request_body = AskRequest,
    responses(
        (status = 200, description = "Hendelser", body = String, content_type = "text/event-stream"),
        (status = "4XX", description = "400, 413, 415, 422 eller 429 (med Retry-After)", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn stream_post(
    State(service): State<Arc<Service>>,
    ApiJson(request): ApiJson<AskRequest>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    events(&service, request.checked()?)
}

fn events(
    service: &Service,
    asked: Asked,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>> + use<>>, Problem> {
    let steps = service.ask_in_steps(asked)?;
    Ok(Sse::new(steps.map(|step| Ok(event(step)))).keep_alive(KeepAlive::default()))
}

fn event(step: Step) -> Event {
    match step {
        Step::Status(text) => named("status", &StatusText { text }),
        Step::Sentence(sentence) => named("sentence", &sentence),
        Step::Answer(answer) => named("answer", &*answer),
        Step::Failed(problem) => named("error", &problem),
    }
}

/// What is being done.
#[derive(Serialize)]
pub struct StatusText {
    /// In Norwegian.
    pub text: &'static str,
}

/// An event with a JSON value.
pub fn named(name: &str, value: &impl Serialize) -> Event {
    Event::default().event(name).data(serde_json::to_string(value).unwrap_or_default())
}
