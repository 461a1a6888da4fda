//! One conflict: its sides with quotes in context, its time, its history, and the forms to settle it.

use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Path, State};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;

use super::chart::Timeline;
use super::identity::Who;
use super::list::MissLine;
use super::shared::{ActLine, Choice, Frame, ProvisionLink, Quoted, day, failed, local_path, of_form, refused};
use crate::law::benefit_name;
use crate::register::view::{ConflictView, SideDocumentView};
use crate::register::{RegisterError, Resolution, Settlement, Signal, SignalKind, Snapshot, kind_name};
use crate::store::Catalogue;
use crate::web::pages::{not_found, page};
use crate::web::service::Service;

/// Characters of context shown on either side of a quote.
const CONTEXT: usize = 280;
/// Near misses shown with a conflict.
const MOST_MISSES: usize = 25;

#[derive(Template)]
#[template(path = "practice/conflict.html")]
struct ConflictPage {
    assets: &'static str,
    frame: Frame,
    id: String,
    question: String,
    kind: &'static str,
    status: &'static str,
    status_code: &'static str,
    is_decided: bool,
    note: String,
    found: String,
    changed: String,
    explanation: String,
    provisions: Vec<ProvisionLink>,
    provision_ids: String,
    benefits: Vec<String>,
    benefit_codes: String,
    sides: Vec<Side>,
    signals: Vec<String>,
    score: String,
    resolution: Option<Resolution>,
    machine_resolution: Option<Resolution>,
    joined_since: Vec<String>,
    timeline: Option<Timeline>,
    dated: Vec<Dated>,
    misses: Vec<MissLine>,
    more_misses: usize,
    clarifications: Vec<String>,
    acts: Vec<ActLine>,
    revision: i64,
}

struct Side {
    letter: char,
    stance: String,
    quotes: Vec<SideQuote>,
}

struct SideQuote {
    quoted: Quoted,
    signal: Option<SignalForm>,
}

/// A ruling's signal, and the choices there are.
struct SignalForm {
    name: Option<&'static str>,
    note: String,
    revision: i64,
    kinds: Vec<Choice>,
    same: usize,
}

struct Dated {
    day: String,
    letter: char,
    quoted: Quoted,
}

pub async fn show(State(service): State<Arc<Service>>, Path(id): Path<String>, who: Who, uri: Uri) -> Response {
    let frame = Frame::of(&who, &uri);
    let register = &service.app().register;
    let snapshot = register.snapshot();
    let Some(view) = snapshot.conflict(&id) else {
        return not_found("Konflikten finnes ikke i registeret lenger. Dokumentene kan være endret.");
    };
    match register.acts("conflict", &id).await {
        Ok(acts) => {
            let acts = acts.iter().map(ActLine::of).collect();
            page(StatusCode::OK, &ConflictPage::of(view, &snapshot, &service.app().catalogue(), acts, frame))
        }
        Err(error) => failed(error, frame),
    }
}

impl ConflictPage {
    fn of(view: &ConflictView, snapshot: &Snapshot, catalogue: &Catalogue, acts: Vec<ActLine>, frame: Frame) -> Self {
        let letter = |side: usize| char::from(b'A' + u8::try_from(side.min(25)).unwrap_or(0));
        let mut dated: Vec<(Option<String>, Dated)> = view
            .documents()
            .map(|(side, document)| {
                let quoted = Quoted::of(document);
                let day =
                    document.date.as_deref().map_or_else(|| "uten dato".to_owned(), crate::web::pages::words::date);
                (document.date.clone(), Dated { day, letter: letter(side), quoted })
            })
            .collect();
        dated.sort_by(|a, b| a.0.cmp(&b.0));
        let days: Vec<_> = view
            .sides
            .iter()
            .enumerate()
            .map(|(at, side)| {
                let days = side.documents.iter().filter_map(|d| Some((d.date.as_deref()?.parse().ok()?, d.id.clone())));
                (format!("Side {}", letter(at)), days.collect())
            })
            .collect();
        let misses = snapshot.neighbours(view);
        let side = |(at, side): (usize, &crate::register::view::SideView)| Side {
            letter: letter(at),
            stance: side.stance.clone(),
            quotes: side
                .documents
                .iter()
                .map(|document| SideQuote {
                    signal: SignalForm::of(document, side.documents.len(), snapshot),
                    quoted: in_context(document, catalogue),
                })
                .collect(),
        };
        Self {
            assets: frame.assets,
            frame,
            id: view.id.clone(),
            question: view.question.clone(),
            kind: kind_name(view.kind),
            status: view.status.norwegian(),
            status_code: view.status.code(),
            is_decided: view.decided,
            note: view.note.clone(),
            found: day(&view.found_at),
            changed: day(&view.last_changed),
            explanation: view.explanation.clone(),
            provisions: ProvisionLink::all(&view.provisions),
            provision_ids: view.provisions.join(", "),
            benefits: view.benefits.iter().map(|code| benefit_name(code).to_owned()).collect(),
            benefit_codes: view.benefits.join(", "),
            sides: view.sides.iter().enumerate().map(side).collect(),
            signals: view.signals.clone(),
            score: format!("{:.0}", view.score * 100.0),
            resolution: view.resolved_by.clone(),
            machine_resolution: view.machine_resolution.clone(),
            joined_since: view.joined_since.clone(),
            timeline: Timeline::of(&days),
            dated: dated.into_iter().map(|(_, dated)| dated).collect(),
            more_misses: misses.len().saturating_sub(MOST_MISSES),
            misses: misses.into_iter().take(MOST_MISSES).map(MissLine::of).collect(),
            clarifications: view.clarifications.clone(),
            acts,
            revision: view.revision,
        }
    }
}

/// The quote with what stands around it in its section.
fn in_context(document: &SideDocumentView, catalogue: &Catalogue) -> Quoted {
    let mut quoted = Quoted::of(document);
    let version = catalogue.document(&document.id).find(|version| version.id == document.version);
    let found = version.and_then(|version| {
        let text = &version.document.text;
        let start = text.char_indices().nth(document.start).map(|(at, _)| at)?;
        let section = version.document.sections.iter().find(|section| section.range.contains(&start))?;
        let end = start + document.quote.len();
        Some((text.get(section.range.start..start)?.to_owned(), text.get(end..section.range.end.max(end))?.to_owned()))
    });
    if let Some((before, after)) = found {
        let length = before.chars().count();
        let cut: String = before.chars().skip(length.saturating_sub(CONTEXT)).collect();
        let whole_words = cut.split_once(char::is_whitespace).map_or(cut.as_str(), |(_, rest)| rest);
        quoted.before = if length > CONTEXT { format!("… {whole_words}") } else { cut };
        let is_long = after.chars().count() > CONTEXT;
        let cut: String = after.chars().take(CONTEXT).collect();
        let whole_words = cut.rsplit_once(char::is_whitespace).map_or(cut.as_str(), |(rest, _)| rest);
        quoted.after = if is_long { format!("{whole_words} …") } else { cut };
    }
    quoted
}

impl SignalForm {
    fn of(document: &SideDocumentView, on_side: usize, snapshot: &Snapshot) -> Option<Self> {
        let kind: crate::law::SourceKind = document.kind.parse().ok()?;
        if !kind.is_ruling() {
            return None;
        }
        let (revision, signal) = snapshot.signal(&document.id);
        let chosen = signal.map(|signal| signal.kind.code());
        Some(Self {
            name: signal.map(|signal| signal.kind.norwegian()),
            note: signal.map(|signal| signal.note.clone()).unwrap_or_default(),
            revision,
            kinds: SignalKind::ALL.iter().map(|kind| Choice::new(kind.code(), kind.norwegian(), chosen)).collect(),
            same: on_side - 1,
        })
    }
}

/// What the forms that settle hold.
#[derive(Deserialize)]
pub struct Fields {
    act: String,
    #[serde(default)]
    note: String,
    #[serde(default)]
    document: String,
    revision: i64,
}

impl Fields {
    fn settlement(&self) -> Option<Settlement> {
        let note = self.note.clone();
        Some(match self.act.as_str() {
            "confirm" => Settlement::Confirm { note },
            "reject" => Settlement::Reject { note },
            "resolve" => Settlement::Resolve { document: self.document.clone(), note },
            "reopen" => Settlement::Reopen { note },
            _ => return None,
        })
    }
}

pub async fn settle(
    State(service): State<Arc<Service>>,
    Path(id): Path<String>,
    who: Who,
    uri: Uri,
    form: Result<Form<Fields>, FormRejection>,
) -> Response {
    let frame = Frame::of(&who, &uri);
    let ready = of_form(form).and_then(|fields| Ok((who.known()?, fields)));
    let (actor, fields) = match ready {
        Ok(ready) => ready,
        Err(problem) => return refused(&problem, frame),
    };
    let app = service.app();
    let done = match fields.settlement() {
        Some(settlement) => app.register.settle(&app.catalogue(), &actor, &id, fields.revision, &settlement).await,
        None => Err(RegisterError::Refused("Velg hva som skal gjøres med konflikten.".into())),
    };
    match done {
        Ok(()) => Redirect::to(&local_path(&frame.back)).into_response(),
        Err(error) => failed(error, frame),
    }
}

/// What the form for a signal holds.
#[derive(Deserialize)]
pub struct SignalFields {
    document: String,
    #[serde(default)]
    kind: Option<String>,
    #[serde(default)]
    note: String,
    revision: i64,
    #[serde(default)]
    back: String,
}

pub async fn signal(
    State(service): State<Arc<Service>>,
    who: Who,
    uri: Uri,
    form: Result<Form<SignalFields>, FormRejection>,
) -> Response {
    let mut frame = Frame::of(&who, &uri);
    let ready = of_form(form).and_then(|fields| Ok((who.known()?, fields)));
    let (actor, fields) = match ready {
        Ok(ready) => ready,
        Err(problem) => return refused(&problem, frame),
    };
    frame.back = local_path(&fields.back);
    let app = service.app();
    let kind = SignalKind::ALL.into_iter().find(|kind| fields.kind.as_deref() == Some(kind.code()));
    let signal = kind.map(|kind| Signal { kind, note: fields.note.trim().to_owned() });
    match app.register.set_signal(&app.catalogue(), &actor, &fields.document, fields.revision, signal).await {
        Ok(()) => Redirect::to(&frame.back).into_response(),
        Err(error) => failed(error, frame),
    }
}
