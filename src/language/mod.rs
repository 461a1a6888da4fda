//! What the words mean: Norwegian analysis for the lexical channel, the field's vocabulary,
//! typing mistakes, and what a question is about.
//!
//! - [`Analyser`] turns text into weighted terms, for documents and for questions.
//! - [`Vocabulary`] leads from everyday words to the law's words, provisions and benefits.
//! - [`Speller`] mends words that the corpus does not know.
//! - [`Topic`] reads benefit, role, life event and the kind of answer wanted.

mod analyser;
mod compounds;
mod elsewhere;
mod normal;
mod phrases;
mod speller;
mod tokens;
mod topic;
mod vocabulary;

pub use analyser::{Analyser, Origin, Term, term_hash};
pub use elsewhere::elsewhere;
pub use speller::Speller;
pub use topic::{Asks, Event, Role, Topic};
pub use vocabulary::{Ambiguity, Choice, Entry, EntryKind, Match, Vocabulary};

/// The words of a text as the analysis reads them, in order.
pub fn words(text: &str) -> impl Iterator<Item = String> {
    tokens::tokens(text).into_iter().filter(|token| !token.section).map(|token| token.text)
}
