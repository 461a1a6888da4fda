//! Questions with the passages they belong to, for training the adapter.

use std::path::PathBuf;

use serde::Serialize;

use super::{MAX_TOKENS, QuestionSet};
use crate::corpus;

/// A question and the passage that answers it.
#[derive(Debug, Serialize)]
pub struct TrainingPair {
    /// The question.
    pub query: String,
    /// The passage as the index embeds it.
    pub passage: String,
    /// Provision or part; pairs of one group are not each other's negatives.
    pub group: String,
    /// Chapter or document around it.
    pub topic: String,
}

/// All pairs over the documents under `paths`. Unreadable files are passed over.
///
/// # Errors
/// A question file does not parse.
pub fn training_pairs(paths: &[PathBuf]) -> anyhow::Result<Vec<TrainingPair>> {
    // Near enough for cutting; the model is not loaded for this.
    const BYTES_PER_TOKEN: usize = 4;
    let questions = QuestionSet::built_in()?;
    let mut pairs = Vec::new();
    corpus::sources(paths, &mut |file| {
        let Some(document) = file.ok().and_then(|file| corpus::read(&file.name, &file.bytes).ok()) else { return true };
        for passage in corpus::cut(&document, MAX_TOKENS, &|text| text.len() / BYTES_PER_TOKEN) {
            let text = corpus::embedding_text(&document, &passage);
            let section = passage.provisions.first().map(|p| p.section().to_string());
            let group = match section {
                Some(section) if document.kind.is_rule() => section,
                _ => format!("{} {}", document.id, passage.locator),
            };
            let topic = passage.path.first().cloned().unwrap_or_else(|| document.id.clone());
            for query in questions.of(&document, &passage) {
                pairs.push(TrainingPair {
                    query: query.to_owned(),
                    passage: text.clone(),
                    group: group.clone(),
                    topic: format!("{} {topic}", document.id),
                });
            }
        }
        true
    });
    Ok(pairs)
}
