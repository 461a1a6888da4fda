//! The register, filtered.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::Response;

use super::identity::Who;
use super::shared::{Choice, Frame, ProvisionLink, day, provision, refused};
use crate::law::benefit_name;
use crate::register::view::ConflictView;
use crate::register::{Snapshot, Status, is_on, kind_name, reason_name};
use crate::web::pages::page;
use crate::web::problem::Problem;
use crate::web::query::Pairs;
use crate::web::service::Service;

/// Most near misses on one page.
const MOST_MISSES: usize = 500;

/// What the register is filtered by.
pub struct Filter {
    pub benefit: Option<String>,
    pub provision: Option<String>,
    pub kind: Option<String>,
    pub status: Option<String>,
    pub age: Option<String>,
}

impl Filter {
    pub fn read(pairs: &mut Pairs) -> Result<Self, Problem> {
        let filter = Self {
            benefit: pairs.one("benefit")?,
            provision: pairs.one("provision")?,
            kind: pairs.one("type")?,
            status: pairs.one("status")?,
            age: pairs.one("age")?,
        };
        if let Some(text) = &filter.provision
            && provision(text).is_none()
        {
            return Err(Problem::unprocessable(
                "«provision» er ingen bestemmelse; skriv for eksempel § 8-4 eller lov/1997-02-28-19/§8-4.",
            ));
        }
        if let Some(status) = &filter.status
            && status.parse::<Status>().is_err()
        {
            return Err(Problem::unprocessable(
                "«status» er ingen tilstand; bruk open, confirmed, resolved eller rejected.",
            ));
        }
        Ok(filter)
    }

    /// The conflicts that pass.
    pub fn of<'a>(&self, snapshot: &'a Snapshot) -> Vec<&'a ConflictView> {
        let wanted = self.provision.as_deref().and_then(provision);
        let today = jiff::Zoned::now().date();
        snapshot
            .conflicts()
            .iter()
            .filter(|view| self.benefit.as_ref().is_none_or(|code| view.benefits.contains(code)))
            .filter(|view| wanted.as_ref().is_none_or(|provision| is_on(view, provision)))
            .filter(|view| self.kind.as_ref().is_none_or(|kind| kind_code(view) == *kind))
            .filter(|view| self.status.as_ref().is_none_or(|status| view.status.code() == status))
            .filter(|view| self.age.as_deref().is_none_or(|age| is_of_age(view, age, today)))
            .collect()
    }
}

/// The code of the kind, as in JSON.
fn kind_code(view: &ConflictView) -> String {
    serde_json::to_value(view.kind).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

/// How long ago it was found.
fn is_of_age(view: &ConflictView, age: &str, today: jiff::civil::Date) -> bool {
    let found: Option<jiff::civil::Date> = view.found_at.get(..10).and_then(|text| text.parse().ok());
    let Some(days) = found.and_then(|date| today.since(date).ok()).map(|span| span.get_days()) else { return true };
    match age {
        "30" => days <= 30,
        "365" => days <= 365,
        "older" => days > 365,
        _ => true,
    }
}

#[derive(Template)]
#[template(path = "practice/list.html")]
struct List {
    assets: &'static str,
    frame: Frame,
    benefits: Vec<Choice>,
    kinds: Vec<Choice>,
    statuses: Vec<Choice>,
    ages: Vec<Choice>,
    provision: String,
    counts: Vec<(&'static str, usize)>,
    all: usize,
    lines: Vec<ConflictLine>,
    near_misses: usize,
}

/// A conflict in a list.
pub struct ConflictLine {
    pub id: String,
    pub question: String,
    pub kind: &'static str,
    pub status: &'static str,
    pub status_code: &'static str,
    pub provisions: Vec<ProvisionLink>,
    pub benefits: Vec<String>,
    pub sides: Vec<(String, usize)>,
    pub found: String,
}

impl ConflictLine {
    pub fn of(view: &ConflictView) -> Self {
        Self {
            id: view.id.clone(),
            question: view.question.clone(),
            kind: kind_name(view.kind),
            status: view.status.norwegian(),
            status_code: view.status.code(),
            provisions: ProvisionLink::all(&view.provisions),
            benefits: view.benefits.iter().map(|code| benefit_name(code).to_owned()).collect(),
            sides: view.sides.iter().map(|side| (side.stance.clone(), side.documents.len())).collect(),
            found: day(&view.found_at),
        }
    }
}

pub async fn show(State(service): State<Arc<Service>>, who: Who, uri: Uri) -> Response {
    let frame = Frame::of(&who, &uri);
    let read = Pairs::read(&uri).and_then(|mut pairs| Filter::read(&mut pairs));
    let filter = match read {
        Ok(filter) => filter,
        Err(problem) => return refused(&problem, frame),
    };
    let snapshot = service.app().register.snapshot();
    let shown = filter.of(&snapshot);
    let mut codes: Vec<&String> = snapshot.conflicts().iter().flat_map(|view| &view.benefits).collect();
    codes.sort();
    codes.dedup();
    let mut kinds: Vec<(String, &'static str)> =
        snapshot.conflicts().iter().map(|view| (kind_code(view), kind_name(view.kind))).collect();
    kinds.sort();
    kinds.dedup();
    let count = |status: Status| shown.iter().filter(|view| view.status == status).count();
    page(
        StatusCode::OK,
        &List {
            assets: frame.assets,
            frame,
            benefits: codes
                .into_iter()
                .map(|code| Choice::new(code, benefit_name(code), filter.benefit.as_deref()))
                .collect(),
            kinds: kinds.into_iter().map(|(code, name)| Choice::new(code, name, filter.kind.as_deref())).collect(),
            statuses: Status::ALL
                .iter()
                .map(|status| Choice::new(status.code(), status.norwegian(), filter.status.as_deref()))
                .collect(),
            ages: [("30", "siste 30 dager"), ("365", "siste år"), ("older", "eldre enn ett år")]
                .map(|(value, label)| Choice::new(value, label, filter.age.as_deref()))
                .into(),
            provision: filter.provision.unwrap_or_default(),
            counts: Status::ALL.map(|status| (status.norwegian(), count(status))).into(),
            all: snapshot.conflicts().len(),
            lines: shown.into_iter().map(ConflictLine::of).collect(),
            near_misses: snapshot.near_misses().len(),
        },
    )
}

#[derive(Template)]
#[template(path = "practice/near_misses.html")]
struct NearMisses {
    assets: &'static str,
    frame: Frame,
    total: usize,
    lines: Vec<MissLine>,
}

/// A near miss in a list.
pub struct MissLine {
    pub a: String,
    pub b: String,
    pub reason: &'static str,
    pub why: String,
}

impl MissLine {
    pub fn of(miss: &crate::register::NearMiss) -> Self {
        Self { a: miss.a.clone(), b: miss.b.clone(), reason: reason_name(miss.reason), why: miss.why.clone() }
    }
}

/// What was looked at and found to be no conflict.
pub async fn near_misses(State(service): State<Arc<Service>>, who: Who, uri: Uri) -> Response {
    let frame = Frame::of(&who, &uri);
    let snapshot = service.app().register.snapshot();
    let lines = snapshot.near_misses().iter().take(MOST_MISSES).map(MissLine::of).collect();
    page(StatusCode::OK, &NearMisses { assets: frame.assets, frame, total: snapshot.near_misses().len(), lines })
}
