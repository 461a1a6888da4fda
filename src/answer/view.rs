//! Answers and passages as JSON, in the words of the public contract.

use serde::Serialize;
use utoipa::ToSchema;

use super::{Answer, Clarification, Quote, Status, Warning};
use crate::corpus::{Document, Mark, Provenance, Reasoning};
use crate::day::date_of;
use crate::retrieval::{Channel, Explanation, Ranked};
use crate::store::Version;

/// A document's identity and standing.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DocumentView {
    /// Canonical id.
    pub id: String,
    /// Kind of source.
    pub kind: &'static str,
    /// Title.
    pub title: String,
    /// Issuer.
    pub issuer: Option<String>,
    /// Date of the version, ISO 8601.
    pub date: Option<String>,
    /// `in_force`, `superseded`, `not_yet_in_force` or `under_revision`, as of today.
    pub status: &'static str,
    /// First day of validity, when known.
    pub valid_from: Option<String>,
    /// Last day of validity, when known.
    pub valid_to: Option<String>,
    /// `official`, `digest` or `synthetic`.
    #[schema(value_type = String)]
    pub provenance: Provenance,
    /// Outcome, for rulings.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
    /// Number of members who decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub members: Option<u8>,
    /// Whether a member dissented.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dissent: Option<bool>,
    /// Full or simplified reasons.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub reasoning: Option<Reasoning>,
    /// Deciding office.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub office: Option<String>,
    /// Weight of the source in a few words.
    pub weight: String,
    /// Row id of this version in the store.
    pub version: i64,
}

impl DocumentView {
    /// The document of a passage: a part under revision does not put the rest of a circular under revision.
    fn of_part(version: &Version, marks: &[Mark], today: u32) -> Self {
        let mut view = Self::of(version, today);
        if view.status == "in_force" && is_under_revision(marks) {
            view.status = "under_revision";
        }
        view
    }

    /// A version as it stands `today` (yyyymmdd).
    pub fn of(version: &Version, today: u32) -> Self {
        let d = &version.document;
        let day = |day: u32| date_of(day).map(|date| date.to_string());
        Self {
            id: d.id.clone(),
            kind: d.kind.code(),
            title: d.title.clone(),
            issuer: d.issuer.clone(),
            date: d.date.map(|date| date.to_string()),
            status: status(version, today),
            valid_from: day(version.validity.from),
            valid_to: day(version.validity.to),
            provenance: d.provenance,
            outcome: d.outcome.and_then(|o| serde_json::to_value(o).ok()?.as_str().map(str::to_owned)),
            members: d.panel.as_ref().and_then(|p| p.members),
            dissent: d.panel.as_ref().map(|p| p.dissent),
            reasoning: d.panel.as_ref().and_then(|p| p.reasoning),
            office: d.office.clone(),
            weight: weight(d),
            version: version.id,
        }
    }
}

fn status(version: &Version, today: u32) -> &'static str {
    if version.superseded || version.validity.to < today {
        "superseded"
    } else if version.validity.from > today {
        "not_yet_in_force"
    } else if version.document.sections.iter().all(|s| is_under_revision(&s.marks)) {
        "under_revision"
    } else {
        "in_force"
    }
}

/// Whether the text itself says that it is under revision or wrong in law.
fn is_under_revision(marks: &[Mark]) -> bool {
    marks.iter().any(|m| matches!(m, Mark::UnderRevision { .. } | Mark::NotCorrectLaw { .. }))
}

fn weight(document: &Document) -> String {
    let members = document.panel.as_ref().and_then(|p| p.members);
    let mut text = match (document.kind.norwegian(), members) {
        (kind, Some(n)) => format!("{kind}, {n} medlemmer"),
        (kind, None) => kind.to_owned(),
    };
    if document.panel.as_ref().is_some_and(|p| p.dissent) {
        text.push_str(", dissens");
    }
    if document.panel.as_ref().and_then(|p| p.reasoning) == Some(Reasoning::Simplified) {
        text.push_str(", forenklet begrunnelse");
    }
    text
}

/// A ranked passage.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PassageView {
    /// The document it stands in.
    pub document: DocumentView,
    /// Where it stands, as a person would say it.
    pub locator: String,
    /// Headings above it.
    pub path: Vec<String>,
    /// Provisions it is about.
    pub provisions: Vec<String>,
    /// Its words.
    pub text: String,
    /// Address of the original, with its part where known.
    pub url: Option<String>,
    /// Rank score.
    pub score: f32,
    /// Which ways of searching found it.
    #[schema(value_type = Vec<String>)]
    pub channels: Vec<Channel>,
    /// What the text says about its own life cycle, in the reader's words.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub marks: Vec<String>,
    /// Why it ranks where it does.
    #[schema(value_type = Vec<Object>)]
    pub explanation: Explanation,
    /// Place of the passage in the document's text, in Unicode scalar values.
    pub start: usize,
    /// End of that place.
    pub end: usize,
}

impl PassageView {
    /// A ranked passage as it stands `today`.
    pub fn of(hit: &Ranked, today: u32) -> Self {
        let passage = hit.passage.passage();
        let text = &hit.passage.document().text;
        let start = text[..passage.range.start].chars().count();
        Self {
            document: DocumentView::of_part(hit.passage.version(), &passage.marks, today),
            locator: passage.locator.clone(),
            path: passage.path.clone(),
            provisions: passage.provisions.iter().map(ToString::to_string).collect(),
            text: hit.passage.text().to_owned(),
            url: url(hit.passage.document(), passage.anchor.as_deref()),
            score: hit.score,
            channels: hit.channels.clone(),
            marks: passage.marks.iter().map(mark).collect(),
            explanation: hit.explanation.clone(),
            end: start + hit.passage.text().chars().count(),
            start,
        }
    }
}

fn mark(mark: &Mark) -> String {
    match mark {
        Mark::Changed { text } | Mark::UnderRevision { text } | Mark::NotCorrectLaw { text } => text.clone(),
    }
}

fn url(document: &Document, anchor: Option<&str>) -> Option<String> {
    let base = document.source_url.as_deref()?;
    Some(match anchor {
        Some(anchor) if !base.contains('#') => format!("{base}#{anchor}"),
        _ => base.to_owned(),
    })
}

/// A quote as the answer cites it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CitationView {
    /// Mark in the answer: k1, k2, …
    pub id: String,
    /// The document quoted.
    pub document: DocumentView,
    /// Where the words stand.
    pub locator: String,
    /// The words, as they stand.
    pub quote: String,
    /// Their place in the document version's text, in Unicode scalar values.
    pub start: usize,
    /// End of that place.
    pub end: usize,
    /// Address of the original, with its part where known.
    pub url: Option<String>,
}

/// One sentence of the answer.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SentenceView {
    /// The sentence.
    pub text: String,
    /// Ids of the citations it rests on; at least one.
    pub citations: Vec<String>,
}

/// The whole answer.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AnswerView {
    /// Id of this answer, or the one given with the question in a batch.
    pub id: String,
    /// The question; empty when it was blocked, since it may hold personal data.
    pub question: String,
    /// Day the rules were asked for, ISO 8601.
    pub as_of: String,
    /// What became of the question.
    pub status: Status,
    /// The answer's sentences.
    pub answer: Vec<SentenceView>,
    /// The quotes they rest on.
    pub citations: Vec<CitationView>,
    /// Conflicts between sources that the answer touches.
    #[schema(value_type = Vec<Object>)]
    pub conflicts: Vec<serde_json::Value>,
    /// What the reader must know beside the answer.
    pub warnings: Vec<Warning>,
    /// What to choose from, when the status is `clarify`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clarification: Option<Clarification>,
    /// A question ready to send to the subject lead, when the status is `no_basis`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub handover: Option<String>,
    /// Passages found, best first.
    pub sources: Vec<PassageView>,
}

impl AnswerView {
    /// The answer to `question` by the rules of `day`, seen `today` (both yyyymmdd).
    pub fn of(id: String, question: &str, answer: &Answer, day: u32, today: u32) -> Self {
        let mut citations: Vec<CitationView> = Vec::new();
        let mut quotes: Vec<&Quote> = Vec::new();
        let mut sentences = Vec::with_capacity(answer.sentences.len());
        for sentence in &answer.sentences {
            let mut ids = Vec::with_capacity(sentence.quotes().len());
            for quote in sentence.quotes() {
                let id = format!("k{}", citations.len() + 1);
                citations.push(citation(id.clone(), quote, today));
                quotes.push(quote);
                ids.push(id);
            }
            sentences.push(SentenceView { text: sentence.text().to_owned(), citations: ids });
        }
        let blocked = answer.status == Status::Blocked;
        Self {
            id,
            question: if blocked { String::new() } else { question.to_owned() },
            as_of: date_of(day).map_or_else(String::new, |date| date.to_string()),
            status: answer.status,
            answer: sentences,
            citations,
            conflicts: Vec::new(),
            warnings: answer.warnings.clone(),
            clarification: answer.clarification.clone(),
            handover: answer.handover.clone(),
            sources: answer.sources.iter().map(|hit| PassageView::of(hit, today)).collect(),
        }
    }
}

fn citation(id: String, quote: &Quote, today: u32) -> CitationView {
    let chars = quote.chars();
    CitationView {
        id,
        document: DocumentView::of_part(quote.version(), quote.marks(), today),
        locator: quote.locator().to_owned(),
        quote: quote.text().to_owned(),
        start: chars.start,
        end: chars.end,
        url: url(&quote.version().document, quote.anchor()),
    }
}
