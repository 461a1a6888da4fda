//! Ranked passages in, an answer out: a few sentences, each resting on verified quotes, or an honest refusal.
//!
//! [`guard`] stops what must not be asked, [`decide`] says whether the base answers, [`select`] chooses the words,
//! [`compose`] leads them in. [`view`] is the answer as JSON.

mod clarify;
mod compose;
mod decide;
mod guard;
mod measure;
mod quote;
mod select;
pub mod view;

pub use clarify::{Choice, Clarification};
pub use decide::{Clue, Decision, Evidence, Judge};
pub use guard::{Blocked, check as guard};
pub use quote::Quote;

use crate::ingest::QuestionSet;
use crate::language::{Analyser, Speller};
use crate::retrieval::{Found, Ranked};

/// What reading passages takes: the Norwegian analysis, the corpus's words, and the questions its passages answer.
#[derive(Clone, Copy)]
pub struct Reader<'a> {
    /// The analysis.
    pub analyser: &'a Analyser,
    /// The words known, with how often they occur.
    pub speller: &'a Speller,
    /// The questions that passages answer.
    pub questions: &'a QuestionSet,
}

/// A sentence of the answer: plain words that lead in, and the quotes it rests on.
#[derive(Debug, Clone)]
pub struct Sentence {
    text: String,
    quotes: Vec<Quote>,
}

impl Sentence {
    /// A sentence around at least one quote.
    pub(crate) fn new(text: String, first: Quote, more: Vec<Quote>) -> Self {
        let mut quotes = vec![first];
        quotes.extend(more);
        Self { text, quotes }
    }

    /// The sentence as read.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What it rests on; never empty.
    pub fn quotes(&self) -> &[Quote] {
        &self.quotes
    }
}

/// What became of a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// The base answers it.
    Answered,
    /// The base says something about it, but perhaps not all.
    Partial,
    /// A word in it means different things in different benefits; one must be chosen.
    Clarify,
    /// The base does not answer it.
    NoBasis,
    /// It held personal data, or asked for what the service must not do.
    Blocked,
}

/// Something the reader must know beside the answer.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct Warning {
    /// Stable code.
    pub code: &'static str,
    /// The sentence shown.
    pub text: String,
}

/// An answer. `sentences` is empty unless the status is answered or partial; then it never is.
#[derive(Debug, Clone)]
pub struct Answer {
    /// What became of the question.
    pub status: Status,
    /// The sentences.
    pub sentences: Vec<Sentence>,
    /// What the reader must know beside them.
    pub warnings: Vec<Warning>,
    /// What to choose from, when a word was ambiguous.
    pub clarification: Option<Clarification>,
    /// A question ready to send to the subject lead, when the base does not answer.
    pub handover: Option<String>,
    /// All passages found, best first.
    pub sources: Vec<Ranked>,
}

impl Answer {
    /// An answer without a word about the law.
    pub fn silent(status: Status, warnings: Vec<Warning>) -> Self {
        Self { status, sentences: Vec::new(), warnings, clarification: None, handover: None, sources: Vec::new() }
    }

    /// Composes the answer to what was found.
    pub fn compose(found: Found, judge: &Judge, reader: &Reader<'_>, day: u32, today: u32) -> Self {
        let understood = &found.understood;
        if let Some(clarification) = clarify::needed(understood, &found.passages, reader.analyser) {
            return Self {
                clarification: Some(clarification),
                sources: found.passages,
                ..Self::silent(Status::Clarify, Vec::new())
            };
        }
        let decision = judge.decide(understood, &found.passages, reader);
        if decision == Decision::Refuse {
            let handover = Some(compose::handover(understood, &found.passages, day));
            return Self { handover, sources: found.passages, ..Self::silent(Status::NoBasis, Vec::new()) };
        }
        let chosen = select::choose(understood, &found.passages, reader);
        let sentences = compose::sentences(&chosen);
        if sentences.is_empty() {
            let handover = Some(compose::handover(understood, &found.passages, day));
            return Self { handover, sources: found.passages, ..Self::silent(Status::NoBasis, Vec::new()) };
        }
        let status = if decision == Decision::Doubtful { Status::Partial } else { Status::Answered };
        let warnings = compose::warnings(understood, &sentences, day, today);
        Self { status, sentences, warnings, clarification: None, handover: None, sources: found.passages }
    }
}
