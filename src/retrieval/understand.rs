//! Reading a question: its words, references, field and vector.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::{Captures, Regex};

use crate::index::SparseTerms;
use crate::language::{Analyser, Speller, Topic};
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
        let mut references: Vec<String> =
            law::find(&signed(text), context.as_ref()).into_iter().map(|r| r.id).collect();
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

/// The section sign where a caller leaves it out: «20-8 første ledd», or nothing but «8-4». «2-3 uker» stays as it is.
fn signed(text: &str) -> Cow<'_, str> {
    static BARE: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(
            r"(?i)^(\s*)(\d{1,2}-\d{1,3}[a-z]?)(\s*\??\s*)$|(§\s*)?\b(\d{1,2}-\d{1,3}(?: ?[a-z]\b)?)(\s+(?:(?:første|andre|annet|tredje|fjerde|femte|sjette|sjuende|siste|\d\.) (?:ledd|punktum)|bokstav|nr)\b)",
        )
        .ok()
    });
    let Some(bare) = BARE.as_ref() else { return Cow::Borrowed(text) };
    bare.replace_all(text, |found: &Captures<'_>| {
        let part = |at: usize| found.get(at).map_or("", |part| part.as_str());
        let sign = if part(4).is_empty() { "§ " } else { part(4) };
        format!("{}{sign}{}{}{}{}", part(1), part(2), part(3), part(5), part(6))
    })
}

fn unknown_share(question: &str, analyser: &Analyser, speller: &Speller) -> f32 {
    let own = analyser.content_terms(question);
    let unknown = own.iter().filter(|term| !speller.knows_term(**term)).count();
    unknown as f32 / own.len().max(1) as f32
}

#[cfg(test)]
mod tests {
    use super::signed;

    #[test]
    fn a_section_without_its_sign_gets_one() {
        assert_eq!(signed("hva sier 20-8 første ledd bokstav b?"), "hva sier § 20-8 første ledd bokstav b?");
        assert_eq!(signed("8-4"), "§ 8-4");
        assert_eq!(signed("§ 22-13 sjuende ledd"), "§ 22-13 sjuende ledd");
        assert_eq!(signed("§22-13 sjuende ledd"), "§22-13 sjuende ledd");
        assert_eq!(signed("syk i 2-3 uker, og første ledd"), "syk i 2-3 uker, og første ledd");
    }
}
