//! Questions raised and answered in writing.

use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Path, State};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;

use super::identity::Who;
use super::shared::{ActLine, Frame, ProvisionLink, failed, of_form, provisions, refused};
use crate::register::{Clarification, Draft, RegisterError};
use crate::web::pages::{not_found, page, words};
use crate::web::problem::Problem;
use crate::web::service::Service;

#[derive(Template)]
#[template(path = "practice/clarifications.html")]
struct List {
    assets: &'static str,
    frame: Frame,
    lines: Vec<Line>,
}

/// A clarification on the screen.
struct Line {
    id: String,
    question: String,
    owner: String,
    asked_on: String,
    due: String,
    /// "3 dager igjen", "2 dager over fristen".
    clock: Option<String>,
    is_late: bool,
    closed_on: Option<String>,
    interim: String,
    line: String,
    provisions: Vec<ProvisionLink>,
    provision_ids: String,
    benefit_codes: String,
    conflict: Option<String>,
    is_source: bool,
}

impl Line {
    fn of(id: &str, clarification: &Clarification) -> Self {
        let left = clarification.days_left(jiff::Zoned::now().date());
        let day = |date: jiff::civil::Date| words::date(&date.to_string());
        let days = |count: i64| if count == 1 { "1 dag".to_owned() } else { format!("{count} dager") };
        Self {
            id: id.to_owned(),
            question: clarification.question.clone(),
            owner: clarification.owner.clone(),
            asked_on: day(clarification.asked_on),
            due: day(clarification.due),
            clock: left.map(|left| {
                if left < 0 { format!("{} over fristen", days(-left)) } else { format!("{} igjen", days(left)) }
            }),
            is_late: left.is_some_and(|left| left < 0),
            closed_on: clarification.closed_on.map(day),
            interim: clarification.interim.clone(),
            line: clarification.line.clone(),
            provisions: ProvisionLink::all(&clarification.provisions),
            provision_ids: clarification.provisions.join(", "),
            benefit_codes: clarification.benefits.join(", "),
            conflict: clarification.conflict.clone(),
            is_source: clarification.has_line(),
        }
    }
}

pub async fn list(State(service): State<Arc<Service>>, who: Who, uri: Uri) -> Response {
    let frame = Frame::of(&who, &uri);
    let snapshot = service.app().register.snapshot();
    let lines = snapshot.clarifications().iter().map(|(id, _, clarification)| Line::of(id, clarification)).collect();
    page(StatusCode::OK, &List { assets: frame.assets, frame, lines })
}

#[derive(Template)]
#[template(path = "practice/clarification.html")]
struct One {
    assets: &'static str,
    frame: Frame,
    line: Line,
    acts: Vec<ActLine>,
    revision: i64,
}

pub async fn show(State(service): State<Arc<Service>>, Path(id): Path<String>, who: Who, uri: Uri) -> Response {
    let frame = Frame::of(&who, &uri);
    let register = &service.app().register;
    let snapshot = register.snapshot();
    let Some((id, revision, clarification)) = snapshot.clarifications().iter().find(|(known, ..)| *known == id) else {
        return not_found("Avklaringen finnes ikke i registeret.");
    };
    match register.acts("clarification", id).await {
        Ok(acts) => {
            let acts = acts.iter().map(ActLine::of).collect();
            page(
                StatusCode::OK,
                &One { assets: frame.assets, frame, line: Line::of(id, clarification), acts, revision: *revision },
            )
        }
        Err(error) => failed(error, frame),
    }
}

/// What the form holds.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Fields {
    id: String,
    revision: i64,
    question: String,
    provisions: String,
    benefits: String,
    interim: String,
    owner: String,
    line: String,
    conflict: String,
}

impl Fields {
    fn draft(&self) -> Result<Draft, Problem> {
        let found = provisions(&self.provisions);
        if found.is_empty() && !self.provisions.trim().is_empty() {
            return Err(Problem::unprocessable(
                "Bestemmelsen er ikke forstått; skriv for eksempel § 8-4 eller barnelova § 67.",
            ));
        }
        Ok(Draft {
            question: self.question.clone(),
            provisions: found.iter().map(ToString::to_string).collect(),
            benefits: self.benefits.split([',', ' ']).filter(|code| !code.is_empty()).map(str::to_owned).collect(),
            interim: self.interim.clone(),
            owner: self.owner.clone(),
            line: self.line.clone(),
            conflict: Some(self.conflict.trim().to_owned()).filter(|id| !id.is_empty()),
        })
    }
}

/// Reads the clarifications into the base, also when the browser has gone.
async fn read_in(service: &Arc<Service>) -> anyhow::Result<()> {
    let service = Arc::clone(service);
    tokio::spawn(async move { service.app().ingest_clarifications().await.map(drop) }).await?
}

pub async fn write(
    State(service): State<Arc<Service>>,
    who: Who,
    uri: Uri,
    form: Result<Form<Fields>, FormRejection>,
) -> Response {
    let frame = Frame::of(&who, &uri);
    let ready = of_form(form).and_then(|fields| {
        let draft = fields.draft()?;
        Ok((who.known()?, fields, draft))
    });
    let (actor, fields, draft) = match ready {
        Ok(ready) => ready,
        Err(problem) => return refused(&problem, frame),
    };
    let app = service.app();
    let earlier = Some(fields.id.trim()).filter(|id| !id.is_empty());
    let written = app.register.write_clarification(&app.catalogue(), &actor, earlier, fields.revision, draft).await;
    match written {
        Ok(id) => match read_in(&service).await {
            Ok(_) => Redirect::to(&format!("/praksis/avklaring/{id}")).into_response(),
            Err(error) => {
                tracing::error!(%error, "en avklaring er skrevet, men ikke lest inn");
                failed(
                    RegisterError::Refused(
                        "Avklaringen er lagret, men ikke lest inn ennå; den kommer med ved neste start.".into(),
                    ),
                    frame,
                )
            }
        },
        Err(error) => failed(error, frame),
    }
}
