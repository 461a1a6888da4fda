//! What the pages have in common.

use askama::Template;
use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};

use super::identity::Who;
use crate::law::{self, LawId, ProvisionId};
use crate::register::view::SideDocumentView;
use crate::register::{Act, RegisterError, Role, practice};
use crate::web::assets;
use crate::web::pages::{page, words};
use crate::web::problem::Problem;

/// What stands around every page.
pub struct Frame {
    /// Fingerprint of the assets.
    pub assets: &'static str,
    /// Name and role of who reads.
    pub who: Option<(String, &'static str)>,
    /// Whether they may change anything.
    pub may_change: bool,
    /// Whether name and role are chosen here.
    pub is_chosen: bool,
    /// This page, to come back to.
    pub back: String,
}

impl Frame {
    pub fn of(who: &Who, uri: &Uri) -> Self {
        Self {
            assets: &assets::VERSION,
            may_change: who.actor.as_ref().is_some_and(|actor| actor.role == Role::Coordinator),
            who: who.actor.as_ref().map(|actor| (actor.name.clone(), actor.role.norwegian())),
            is_chosen: who.is_chosen,
            back: uri.path_and_query().map_or_else(|| "/praksis".to_owned(), ToString::to_string),
        }
    }
}

/// A choice in a list.
pub struct Choice {
    pub value: String,
    pub label: String,
    pub is_chosen: bool,
}

impl Choice {
    pub fn new(value: impl Into<String>, label: impl Into<String>, chosen: Option<&str>) -> Self {
        let value = value.into();
        Self { is_chosen: chosen == Some(value.as_str()), value, label: label.into() }
    }
}

/// Where words stand: a link to the document's page with the words marked.
#[derive(Clone)]
pub struct Place {
    pub document: String,
    pub version: i64,
    pub from: usize,
    pub to: usize,
}

/// A provision with its link.
pub struct ProvisionLink {
    pub id: String,
    pub label: String,
}

impl ProvisionLink {
    pub fn all(ids: &[String]) -> Vec<Self> {
        ids.iter().map(|id| Self { label: provision_label(id), id: id.clone() }).collect()
    }
}

pub fn provision_label(id: &str) -> String {
    id.parse().map_or_else(|_| id.to_owned(), |provision: ProvisionId| provision.label())
}

/// A provision as anyone may write it; a bare § is the National Insurance Act's.
pub fn provision(text: &str) -> Option<ProvisionId> {
    provisions(text).into_iter().next()
}

/// All provisions in a text.
pub fn provisions(text: &str) -> Vec<ProvisionId> {
    let context: Option<LawId> = LawId::FOLKETRYGDLOVEN.parse().ok();
    let canonical: Vec<ProvisionId> =
        text.split([',', ' ', '\n', ';']).filter_map(|word| word.trim().parse().ok()).collect();
    if !canonical.is_empty() {
        return canonical;
    }
    // A field for provisions is filled in with «8-4» as often as with «§ 8-4».
    let bare = text.trim_start().starts_with(|first: char| first.is_ascii_digit());
    let text = if bare { format!("§ {text}") } else { text.to_owned() };
    law::find(&text, context.as_ref()).into_iter().filter_map(|reference| reference.id.parse().ok()).collect()
}

/// A document on a side, for the screen.
pub struct Quoted {
    pub title: String,
    pub kind: String,
    pub facts: String,
    pub quote: String,
    pub locator: String,
    pub before: String,
    pub after: String,
    pub is_superseded: bool,
    pub place: Place,
}

impl Quoted {
    pub fn of(document: &SideDocumentView) -> Self {
        let mut facts: Vec<String> = vec![document.date.as_deref().map_or_else(|| "uten dato".to_owned(), words::date)];
        facts.extend(document.weight.split_once(", ").map(|(_, rest)| rest.to_owned()));
        facts.extend(document.outcome.as_deref().map(words::outcome));
        facts.extend(document.office.clone());
        Self {
            title: document.title.clone(),
            kind: words::kind(document.kind),
            facts: facts.join(" · "),
            quote: document.quote.clone(),
            locator: document.locator.clone(),
            before: String::new(),
            after: String::new(),
            is_superseded: document.status == "superseded",
            place: Place {
                document: document.id.clone(),
                version: document.version,
                from: document.start,
                to: document.end,
            },
        }
    }
}

/// A ruling in a list.
pub struct RulingLine {
    pub id: String,
    pub version: i64,
    pub title: String,
    pub body: String,
    pub day: String,
    pub outcome: String,
    pub look: &'static str,
}

impl RulingLine {
    pub fn of(ruling: &practice::Ruling) -> Self {
        let document = ruling.document();
        let body = practice::body(document.kind);
        Self {
            id: document.id.clone(),
            version: ruling.version.id,
            title: document.title.clone(),
            body: document.office.as_deref().map_or_else(|| body.to_owned(), |office| format!("{body}: {office}")),
            day: practice::day(&ruling.version),
            outcome: document
                .outcome
                .map_or_else(|| ruling.ending.norwegian().to_lowercase(), |outcome| outcome.label().to_lowercase()),
            look: ruling.ending.look(),
        }
    }
}

/// 2026-11-21T10:00:00Z → 21.11.2026
pub fn day(timestamp: &str) -> String {
    words::date(timestamp.split('T').next().unwrap_or(timestamp))
}

/// An act in the history.
pub struct ActLine {
    pub when: String,
    pub who: String,
    pub what: String,
    pub note: String,
}

impl ActLine {
    pub fn of(act: &Act) -> Self {
        let note = act.after.get("note").and_then(|note| note.as_str()).unwrap_or_default();
        let time = act.at.split('T').nth(1).map(|time| time.chars().take(5).collect::<String>()).unwrap_or_default();
        Self {
            when: format!("{} {time}", day(&act.at)),
            who: format!("{} ({})", act.name, act.role),
            what: act.what.clone(),
            note: note.to_owned(),
        }
    }
}

/// An address on this server to go back to; the register for anything else.
pub fn local_path(path: &str) -> String {
    let is_local = path.starts_with("/praksis") && !path.contains(['\\', '\r', '\n']);
    if is_local { path.to_owned() } else { "/praksis".to_owned() }
}

/// The fields of a form.
///
/// # Errors
/// They cannot be read.
pub fn of_form<T>(form: Result<Form<T>, FormRejection>) -> Result<T, Problem> {
    form.map(|Form(fields)| fields)
        .map_err(|_| Problem::bad_request("Skjemaet kan ikke leses; gå tilbake og fyll det ut på nytt."))
}

#[derive(Template)]
#[template(path = "practice/problem.html")]
struct ProblemPage {
    assets: &'static str,
    frame: Frame,
    title: &'static str,
    detail: String,
    act: Option<ActLine>,
}

/// An error as a page; a stale form is shown what has happened meanwhile.
pub fn failed(error: RegisterError, frame: Frame) -> Response {
    let (status, title, act) = match &error {
        RegisterError::Stale { by } => (StatusCode::CONFLICT, "Endret i mellomtiden", by.as_deref().map(ActLine::of)),
        RegisterError::Missing(_) => (StatusCode::NOT_FOUND, "Finnes ikke", None),
        RegisterError::Refused(_) => (StatusCode::UNPROCESSABLE_ENTITY, "Ikke lagret", None),
        other => {
            tracing::error!(error = %other, "registeret svarte med feil");
            return Problem::unexpected().into_response();
        }
    };
    page(status, &ProblemPage { assets: frame.assets, detail: error.to_string(), frame, title, act })
}

/// A problem as a page.
pub fn refused(problem: &Problem, frame: Frame) -> Response {
    page(
        problem.status(),
        &ProblemPage {
            assets: frame.assets,
            detail: problem.detail().to_owned(),
            frame,
            title: "Det gikk ikke",
            act: None,
        },
    )
}

/// A file to keep.
pub fn download(kind: &'static str, name: &str, content: Vec<u8>) -> Response {
    let safe: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '.' || c == '-' { c } else { '-' }).collect();
    let mut response = ([(header::CONTENT_TYPE, kind)], content).into_response();
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{safe}\"")) {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, value);
    }
    response
}

/// A report in the format asked for; `None` when a page is wanted.
pub fn exported(report: &crate::register::report::Report, format: Option<&str>, name: &str) -> Option<Response> {
    match format? {
        "md" => Some(download("text/markdown; charset=utf-8", &format!("{name}.md"), report.markdown().into_bytes())),
        "docx" => Some(match report.docx() {
            Ok(bytes) => download(
                "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
                &format!("{name}.docx"),
                bytes,
            ),
            Err(error) => {
                tracing::error!(%error, "en rapport kunne ikke lages");
                Problem::unexpected().into_response()
            }
        }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_only_goes_back_to_our_own_pages() {
        assert_eq!(local_path("/praksis/nytt?x=1"), "/praksis/nytt?x=1");
        for elsewhere in ["", "https://example.org", "//example.org", "/", "/praksis\r\nx"] {
            assert_eq!(local_path(elsewhere), "/praksis", "{elsewhere}");
        }
    }

    #[test]
    fn provisions_are_read_in_any_spelling() {
        let one = |text| provision(text).map(|id| id.to_string());
        assert_eq!(one("lov/1997-02-28-19/§8-4/ledd1").as_deref(), Some("lov/1997-02-28-19/§8-4/ledd1"));
        assert_eq!(one("§ 8-4 første ledd").as_deref(), Some("lov/1997-02-28-19/§8-4/ledd1"));
        assert_eq!(one("8-4 første ledd").as_deref(), Some("lov/1997-02-28-19/§8-4/ledd1"));
        assert_eq!(one("hei"), None);
    }
}
