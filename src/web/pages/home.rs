//! The chat: the page, its form without JavaScript, and the stream that its script reads.

use std::convert::Infallible;
use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::extract::rejection::FormRejection;
use axum::http::{StatusCode, Uri};
use axum::response::sse::{Event, KeepAlive};
use axum::response::{IntoResponse as _, Response, Sse};
use futures_util::StreamExt as _;
use serde::{Deserialize, Serialize};
use tokio_stream::Stream;
use uuid::Uuid;

use super::answer::AnswerPage;
use super::page;
use crate::answer::view::AnswerView;
use crate::app::MAX_QUESTION;
use crate::chat::Asked;
use crate::store::Catalogue;
use crate::web::api::{ApiJson, AskRequest, StatusText, named};
use crate::web::assets;
use crate::web::problem::Problem;
use crate::web::query::{self, Pairs};
use crate::web::service::{Service, Step};

#[derive(Template)]
#[template(path = "home.html")]
struct Home {
    assets: &'static str,
    title: String,
    answer: Option<AnswerPage>,
    problem: Option<String>,
    draft: String,
    as_of: String,
    conversation: Uuid,
    max_question: usize,
}

/// What the form holds.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Fields {
    q: String,
    as_of: String,
    conversation: String,
    #[serde(skip)]
    draft: String,
}

/// The chat; with `?q=` also the answer, with `?utkast=` the beginning of a question.
pub async fn show(State(service): State<Arc<Service>>, uri: Uri) -> Response {
    let fields = match Pairs::read(&uri).and_then(|mut pairs| {
        Ok(Fields {
            q: pairs.one("q")?.unwrap_or_default(),
            as_of: pairs.one("as_of")?.unwrap_or_default(),
            draft: pairs.one("utkast")?.unwrap_or_default().chars().take(MAX_QUESTION).collect(),
            conversation: String::new(),
        })
    }) {
        Ok(fields) => fields,
        Err(problem) => return problem.into_response(),
    };
    respond(&service, fields).await
}

/// The form, sent without JavaScript. By POST, so that a question leaves no trace in the browser's history.
pub async fn ask(State(service): State<Arc<Service>>, form: Result<Form<Fields>, FormRejection>) -> Response {
    match form {
        Ok(Form(fields)) => respond(&service, fields).await,
        Err(rejection) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            let detail = format!("Spørsmålet er for langt; grensen er {MAX_QUESTION} tegn.");
            home(StatusCode::PAYLOAD_TOO_LARGE, Fields::default(), Uuid::new_v4(), None, Some(detail))
        }
        Err(_) => Problem::bad_request("Skjemaet kan ikke leses; last siden på nytt.").into_response(),
    }
}

async fn respond(service: &Service, fields: Fields) -> Response {
    let conversation = fields.conversation.parse().unwrap_or_else(|_| Uuid::new_v4());
    if fields.q.is_empty() {
        return home(StatusCode::OK, fields, conversation, None, None);
    }
    let asked = query::question(fields.q.clone()).and_then(|question| {
        let day = query::day(Some(fields.as_of.as_str()).filter(|text| !text.is_empty()))?;
        Ok(Asked { question, day, conversation: Some(conversation) })
    });
    let answered = match asked {
        Ok(asked) => service.ask(asked).await,
        Err(problem) => Err(problem),
    };
    match answered {
        Ok(view) => {
            let answer = AnswerPage::of(&view, &service.app().catalogue());
            home(StatusCode::OK, fields, conversation, Some(answer), None)
        }
        Err(problem) => {
            let draft = fields.q.chars().take(MAX_QUESTION).collect();
            home(problem.status(), Fields { draft, ..fields }, conversation, None, Some(problem.detail().to_owned()))
        }
    }
}

fn home(
    status: StatusCode,
    fields: Fields,
    conversation: Uuid,
    answer: Option<AnswerPage>,
    problem: Option<String>,
) -> Response {
    let is_date = fields.as_of.parse::<jiff::civil::Date>().is_ok();
    let as_of = if is_date { fields.as_of } else { jiff::Zoned::now().date().to_string() };
    let title = match answer.as_ref().map(AnswerPage::title).filter(|title| !title.is_empty()) {
        Some(question) => format!("{} – Rettesnor", question.chars().take(80).collect::<String>()),
        None => "Rettesnor".to_owned(),
    };
    let template = Home {
        assets: &assets::VERSION,
        title,
        answer,
        problem,
        draft: fields.draft,
        as_of,
        conversation,
        max_question: MAX_QUESTION,
    };
    page(status, &template)
}

/// The answer step by step for the page's script: as in the API, but `answer` holds the finished HTML.
pub async fn stream(
    State(service): State<Arc<Service>>,
    ApiJson(request): ApiJson<AskRequest>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    let steps = service.ask_in_steps(request.checked()?)?;
    let events = steps.map(move |step| Ok(event(step, &service.app().catalogue())));
    Ok(Sse::new(events).keep_alive(KeepAlive::default()))
}

fn event(step: Step, catalogue: &Catalogue) -> Event {
    match step {
        Step::Status(text) => named("status", &StatusText { text }),
        Step::Sentence(sentence) => named("sentence", &sentence),
        Step::Answer(view) => match Rendered::of(&view, catalogue) {
            Ok(rendered) => named("answer", &rendered),
            Err(error) => {
                tracing::error!(%error, "et svar kunne ikke vises");
                named("error", &Problem::unexpected())
            }
        },
        Step::Failed(problem) => named("error", &problem),
    }
}

/// An answer for the page's script.
#[derive(Serialize)]
struct Rendered {
    html: String,
    /// For a screen reader.
    spoken: String,
    /// Whether the question was stopped, so that it can be put back into the box.
    blocked: bool,
}

impl Rendered {
    fn of(view: &AnswerView, catalogue: &Catalogue) -> askama::Result<Self> {
        let answer = AnswerPage::of(view, catalogue);
        Ok(Self { html: answer.render()?, spoken: answer.spoken(), blocked: answer.is_blocked() })
    }
}
