//! Asking back when a word means different things in different benefits.

use serde::Serialize;

use crate::language::Analyser;
use crate::retrieval::{Ranked, Understood};

/// A word to choose a meaning for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Clarification {
    /// The word.
    pub word: String,
    /// The meanings.
    pub choices: Vec<Choice>,
}

/// One meaning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Choice {
    /// What to call it.
    pub label: String,
    /// The question with the meaning chosen.
    pub question: String,
}

/// What must be asked back, if anything: never when the question names a provision, a document or a benefit.
pub(super) fn needed(question: &Understood, passages: &[Ranked], analyser: &Analyser) -> Option<Clarification> {
    if !question.references.is_empty() || passages.is_empty() {
        return None;
    }
    let ambiguity = analyser.vocabulary().ambiguous(&question.corrected)?;
    let choices = ambiguity
        .choices
        .into_iter()
        .map(|choice| Choice { question: format!("{} ({})", question.text, choice.label), label: choice.label })
        .collect();
    Some(Clarification { word: ambiguity.word, choices })
}
