//! Reading a question: its words, references, field and vector.

use crate::index::SparseTerms;
use crate::language::{Analyser, Origin, Speller, Topic};
use crate::law::{self, LawId};

use super::{RetrievalError, Retriever};

/// A question as the channels need it.
#[derive(Debug, Clone)]
pub struct Understood {
    /// The question as typed.
    pub text: String,
    /// The question with typing errors mended.
    pub corrected: String,
    /// Its embedding.
    pub vector: Vec<f32>,
    /// Its terms, widened by the field's vocabulary.
    pub terms: SparseTerms,
    /// Ids of the documents and provisions it names.
    pub references: Vec<String>,
    /// Provisions that its everyday words point to, with how surely (0–1).
    pub suggested: Vec<(String, f32)>,
    /// Benefits, role and what kind of thing is asked.
    pub topic: Topic,
    /// Share of its content words that the corpus has never used, 0–1.
    pub unknown: f32,
}

impl Retriever {
    pub(super) fn understand(&self, text: &str) -> Result<Understood, RetrievalError> {
        let corrected = self.analyser.correct(text, &self.speller);
        let vector = self.embedder.queries(&[corrected.as_str()])?.pop().unwrap_or_default();
        // A caller's bare "§ 8-4" is about the National Insurance Act.
        let context: Option<LawId> = LawId::FOLKETRYGDLOVEN.parse().ok();
        let mut references: Vec<String> = law::find(text, context.as_ref()).into_iter().map(|r| r.id).collect();
        references.sort();
        references.dedup();
        Ok(Understood {
            terms: self.analyser.query_terms_with(text, Some(&self.speller)),
            suggested: self.analyser.vocabulary().provisions(&corrected),
            topic: self.analyser.topic(&corrected),
            unknown: unknown_share(&corrected, &self.analyser, &self.speller),
            text: text.to_owned(),
            corrected,
            vector,
            references,
        })
    }
}

fn unknown_share(question: &str, analyser: &Analyser, speller: &Speller) -> f32 {
    let own: Vec<String> =
        analyser.explain(question).into_iter().filter(|t| t.origin == Origin::Own).map(|t| t.text).collect();
    let unknown = own.iter().filter(|word| !speller.knows(word)).count();
    unknown as f32 / own.len().max(1) as f32
}
