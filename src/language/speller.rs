//! Mends mistyped words by the corpus's own words, with a deletion index: two words within two edits
//! share a form that either becomes by taking letters away.

use std::collections::{HashMap, HashSet};

use super::analyser::{Analyser, term_hash};

/// Only the beginning of a word is indexed; the rest is compared when a candidate is found.
const INDEXED_LETTERS: usize = 8;

/// How good a candidate is, best first: edits, another first letter, how often it occurs.
type Rank = (usize, bool, std::cmp::Reverse<u32>);

/// The words of the corpus, ready for questions with typing mistakes.
pub struct Speller {
    words: Vec<(String, u32)>,
    known: HashMap<String, u32>,
    /// How often each term of a document stands in the corpus, by its hash.
    terms: HashMap<u32, u32>,
    /// Hash of a shortened form, and the word it was made from; by hash.
    shortened: Vec<(u32, u32)>,
}

impl Speller {
    /// Takes each word of the corpus with the number of times it occurs. Words are compared in
    /// lower case.
    pub fn new(words: impl Iterator<Item = (String, u32)>) -> Self {
        let mut known: HashMap<String, u32> = HashMap::new();
        for (word, count) in words {
            *known.entry(word.to_lowercase()).or_default() += count;
        }
        let mut words: Vec<(String, u32)> = known.iter().map(|(word, &count)| (word.clone(), count)).collect();
        words.sort_unstable();
        let mut shortened = Vec::new();
        for (number, (word, _)) in words.iter().enumerate() {
            let letters: Vec<char> = word.chars().collect();
            if letters.len() < 4 || letters.iter().any(|c| !c.is_alphabetic()) {
                continue;
            }
            let Ok(number) = u32::try_from(number) else {
                break;
            };
            shortened.extend(shorter(&letters, 2).into_iter().map(|form| (form, number)));
        }
        shortened.sort_unstable();
        shortened.shrink_to_fit();
        Self { words, known, terms: HashMap::new(), shortened }
    }

    /// Counts the terms that the words become in the lexical channel, so that it can be said which a question shares.
    #[must_use]
    pub fn with_terms(mut self, analyser: &Analyser) -> Self {
        for (word, count) in &self.words {
            for &term in analyser.word_terms(word.clone()).iter() {
                *self.terms.entry(term).or_default() += count;
            }
        }
        self
    }

    /// How rare a term ([`term_hash`]) is, 0–1: 1 for one that the corpus has not.
    #[must_use]
    pub fn rarity(&self, term: u32) -> f32 {
        let all = self.words.len().max(2) as f32;
        let count = self.terms.get(&term).copied().unwrap_or(0) as f32;
        (1.0 - (1.0 + count).ln() / all.ln()).clamp(0.0, 1.0)
    }

    /// Whether the corpus has a word with this term, or a compound with it.
    #[must_use]
    pub fn knows_term(&self, term: u32) -> bool {
        self.terms.contains_key(&term)
    }

    /// Whether the corpus has the word.
    #[must_use]
    pub fn knows(&self, word: &str) -> bool {
        self.known.contains_key(word)
    }

    /// The word that was probably meant, for a word (in lower case) that the corpus does not have:
    /// one edit away for six and seven letters, two for longer words. An edit is a letter
    /// added, left out, changed, or swapped with its neighbour.
    #[must_use]
    pub fn suggest(&self, word: &str) -> Option<&str> {
        self.suggest_within(word, 2)
    }

    /// As [`Speller::suggest`], no more than `limit` edits away.
    pub(super) fn suggest_within(&self, word: &str, limit: usize) -> Option<&str> {
        let letters: Vec<char> = word.chars().collect();
        let most = match letters.len() {
            0..=5 => return None,
            6..=7 => limit.min(1),
            _ => limit.min(2),
        };
        if self.knows(word) || letters.iter().any(|c| !c.is_alphabetic()) {
            return None;
        }
        let mut seen = HashSet::new();
        let mut best: Option<(Rank, &str)> = None;
        for form in shorter(&letters, most) {
            let from = self.shortened.partition_point(|&(hash, _)| hash < form);
            for &(_, number) in self.shortened[from..].iter().take_while(|&&(hash, _)| hash == form) {
                if !seen.insert(number) {
                    continue;
                }
                let Some((candidate, count)) = self.words.get(number as usize) else {
                    continue;
                };
                if candidate.chars().count().abs_diff(letters.len()) > most {
                    continue;
                }
                let distance = strsim::osa_distance(word, candidate);
                if distance > most {
                    continue;
                }
                let other_start = candidate.chars().next() != letters.first().copied();
                let rank = (distance, other_start, std::cmp::Reverse(*count));
                if best.as_ref().is_none_or(|(least, _)| rank < *least) {
                    best = Some((rank, candidate));
                }
            }
        }
        best.map(|(_, word)| word)
    }
}

/// The hashes of the beginning of a word with up to `most` letters taken away.
fn shorter(letters: &[char], most: usize) -> HashSet<u32> {
    let start: Vec<char> = letters.iter().copied().take(INDEXED_LETTERS).collect();
    let mut forms = HashSet::from([hash(&start)]);
    let mut last = vec![start];
    for _ in 0..most {
        let mut next = Vec::new();
        for form in &last {
            for at in 0..form.len() {
                let mut shorter = form.clone();
                shorter.remove(at);
                if forms.insert(hash(&shorter)) {
                    next.push(shorter);
                }
            }
        }
        last = next;
    }
    forms
}

fn hash(letters: &[char]) -> u32 {
    term_hash(&letters.iter().collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn speller() -> Speller {
        let words = [
            ("dagpenger", 90),
            ("sykepenger", 120),
            ("foreldrepenger", 40),
            ("gravferdsstønad", 9),
            ("hjelpestønad", 12),
            ("arbeidsgiver", 70),
            ("arbeidsgivere", 7),
            ("permisjon", 5),
            ("barnetillegg", 9),
            ("vedtak", 50),
            ("erklæring", 20),
            ("lege", 30),
        ];
        Speller::new(words.into_iter().map(|(w, n)| (w.to_owned(), n)))
    }

    #[test]
    fn finds_what_was_meant() {
        let s = speller();
        for (typed, meant) in [
            ("dagpegner", Some("dagpenger")),
            ("dagpennger", Some("dagpenger")),
            ("sykepnger", Some("sykepenger")),
            ("forledrepenger", Some("foreldrepenger")),
            ("arbeidsgvier", Some("arbeidsgiver")),
            ("vedtka", Some("vedtak")),
            ("erklærign", Some("erklæring")),
            ("dagpenger", None),
            ("leeg", None),
            ("solskinn", None),
            ("fotball", None),
        ] {
            assert_eq!(s.suggest(typed), meant, "{typed}");
        }
    }

    #[test]
    fn terms_are_known_in_every_form_of_the_word() {
        let analyser = Analyser::new();
        let s = speller().with_terms(&analyser);
        for (word, is_known) in [("vedtakene", true), ("legen", true), ("erklæringer", true), ("snø", false)] {
            let term = analyser.explain(word).first().map_or(0, |term| term_hash(&term.text));
            assert_eq!((s.knows_term(term), s.rarity(term) < 1.0), (is_known, is_known), "{word}");
        }
    }

    proptest::proptest! {
        #[test]
        fn never_panics(word in "\\PC{0,30}") {
            let _ = speller().suggest(&word);
        }
    }
}
