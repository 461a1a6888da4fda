//! Text into weighted terms: what the lexical channel sees of documents and questions.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use parking_lot::RwLock;

use super::compounds::Splitter;
use super::normal::Normaliser;
use super::phrases::Reading;
use super::speller::Speller;
use super::tokens::{Token, tokens};
use super::topic::TopicReader;
use super::vocabulary::{EntryKind, Vocabulary};

const COMMON: &str = include_str!("data/common.txt");

/// BM25: how soon further occurrences of a term stop counting.
const K1: f32 = 1.2;
/// BM25: how much long texts are held back.
const B: f32 = 0.75;
/// Terms in a passage of ordinary length. A constant, so that a passage's terms do not change when
/// other documents come or go.
const AVERAGE_LENGTH: f32 = 120.0;
/// What one part of a compound counts for in a document and in a question, beside the whole word.
const PART: f32 = 0.5;
/// A paragraph number says exactly what is meant.
const SECTION: f32 = 2.0;
/// A mended word beside the word as typed.
const TYPO: f32 = 0.8;
/// All terms of one everyday word share this.
const SYNONYM: f32 = 1.8;
/// An abbreviation stands for its words: they share this.
const ABBREVIATION: f32 = 1.5;
/// No single word of the law that is added for an everyday word weighs more than this,
const HEAVIEST_SYNONYM: f32 = 0.6;
/// and no word of an abbreviation more than this: it is nearly the user's own.
const HEAVIEST_ABBREVIATION: f32 = 0.9;
/// Everything added from the vocabulary weighs at most this much of the user's own words.
const ADDED_SHARE: f32 = 1.0;
/// Words whose terms are remembered, and the length in bytes up to which: some 20 MB at most.
const MOST_WORDS: usize = 200_000;
const LONGEST_WORD: usize = 40;

/// Where a term of a question comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub enum Origin {
    /// The user's own word.
    Own,
    /// The user's own word, a nynorsk one, in bokmål.
    Nynorsk,
    /// A part of a compound that the user wrote.
    CompoundPart,
    /// The word that a mistyped word was taken for.
    Typo,
    /// What an abbreviation stands for.
    Abbreviation,
    /// The law's word for an everyday word.
    Synonym,
}

/// One term of a question.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Term {
    /// The stem that is looked up.
    pub text: String,
    /// How much it counts.
    pub weight: f32,
    /// Where it comes from.
    pub origin: Origin,
}

/// Turns documents and questions into terms that meet.
pub struct Analyser {
    normaliser: Normaliser,
    splitter: Splitter,
    vocabulary: Vocabulary,
    topics: TopicReader,
    /// The lists' own words, for words that the corpus does not have.
    speller: Speller,
    common: HashSet<&'static str>,
    /// The terms of the documents' words, as they were met: stemming and splitting take longer than looking up.
    words: RwLock<HashMap<String, Arc<[u32]>>>,
}

impl Default for Analyser {
    fn default() -> Self {
        Self::new()
    }
}

impl Analyser {
    /// Part of the index's identity: an index made with another version must be made again.
    pub const VERSION: &str = "nb-2";

    /// Reads the word lists that are built in.
    #[must_use]
    pub fn new() -> Self {
        let normaliser = Normaliser::new();
        let splitter = Splitter::new(&normaliser);
        let vocabulary = Vocabulary::with(&normaliser);
        let words: Vec<String> = vocabulary
            .entries()
            .flat_map(|entry| entry.everyday.iter().chain(&entry.terms))
            .flat_map(|phrase| tokens(phrase))
            .map(|token| token.text)
            .chain(splitter.words().map(str::to_owned))
            .collect();
        Self {
            speller: Speller::new(words.into_iter().map(|word| (word, 1))),
            common: COMMON.lines().filter(|line| !line.starts_with('#')).flat_map(str::split_whitespace).collect(),
            splitter,
            vocabulary,
            topics: TopicReader::new(&normaliser),
            normaliser,
            words: RwLock::default(),
        }
    }

    /// The vocabulary of the field that questions are widened with.
    #[must_use]
    pub fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
    }

    /// The terms of a document's passage with their BM25 weights (without the inverse document
    /// frequency, which the index adds), each once, by hash.
    #[must_use]
    pub fn document_terms(&self, text: &str) -> Vec<(u32, f32)> {
        let mut counts: HashMap<u32, f32> = HashMap::new();
        let mut length = 0.0_f32;
        for token in tokens(text) {
            let terms = self.word_terms(token.text);
            let Some((whole, parts)) = terms.split_first() else { continue };
            length += 1.0;
            *counts.entry(*whole).or_default() += 1.0;
            for part in parts {
                *counts.entry(*part).or_default() += PART;
            }
        }
        let norm = K1 * (1.0 - B + B * length / AVERAGE_LENGTH);
        let mut terms: Vec<(u32, f32)> =
            counts.into_iter().map(|(term, tf)| (term, tf * (K1 + 1.0) / (tf + norm))).collect();
        terms.sort_unstable_by_key(|&(term, _)| term);
        terms
    }

    /// The terms of a document's word: the whole, then its parts; none for a stop word.
    pub(super) fn word_terms(&self, word: String) -> Arc<[u32]> {
        let is_full = {
            let words = self.words.read();
            if let Some(known) = words.get(&word) {
                return Arc::clone(known);
            }
            words.len() >= MOST_WORDS
        };
        let mut terms = Vec::new();
        if !self.normaliser.is_stop_word(&word) {
            let bokmaal = self.normaliser.bokmaal(&word);
            terms.push(term_hash(&self.normaliser.stem(&bokmaal)));
            terms.extend(self.splitter.split(&bokmaal, &self.normaliser).iter().map(|part| term_hash(part)));
        }
        let terms: Arc<[u32]> = terms.into();
        if !is_full && word.len() <= LONGEST_WORD {
            self.words.write().insert(word, Arc::clone(&terms));
        }
        terms
    }

    /// The terms of a question and how much each counts, by hash.
    #[must_use]
    pub fn query_terms(&self, question: &str) -> Vec<(u32, f32)> {
        self.query_terms_with(question, None)
    }

    /// The terms of a question, with mistyped words mended by the corpus's own words.
    #[must_use]
    pub fn query_terms_with(&self, question: &str, speller: Option<&Speller>) -> Vec<(u32, f32)> {
        let mut terms: Vec<(u32, f32)> =
            self.explain_with(question, speller).into_iter().map(|term| (term_hash(&term.text), term.weight)).collect();
        terms.sort_unstable_by_key(|&(term, _)| term);
        terms.dedup_by_key(|&mut (term, _)| term);
        terms
    }

    /// The terms of a question in words, with where each comes from.
    #[must_use]
    pub fn explain(&self, question: &str) -> Vec<Term> {
        self.explain_with(question, None)
    }

    /// The user's own content words as terms, by hash. Not the numbers of §§, which the references are read from.
    #[must_use]
    pub fn content_terms(&self, question: &str) -> Vec<u32> {
        let is_section = |term: &Term| term.text.starts_with(|c: char| c.is_ascii_digit()) && term.text.contains('-');
        let own = self.explain(question).into_iter().filter(|term| term.origin == Origin::Own && !is_section(term));
        own.map(|term| term_hash(&term.text)).collect()
    }

    /// As [`Analyser::explain`], with mistyped words mended.
    #[must_use]
    pub fn explain_with(&self, question: &str, speller: Option<&Speller>) -> Vec<Term> {
        let mut terms = Terms::default();
        let read = tokens(question);
        for token in &read {
            self.own_terms(token, &mut terms);
        }
        let mut mended = question.to_owned();
        if let Some(speller) = speller {
            let corrections = self.corrections(&read, speller);
            for (_, word) in &corrections {
                terms.add(self.normaliser.normal(word), TYPO, Origin::Typo);
                self.parts(&self.normaliser.bokmaal(word), TYPO * PART, &mut terms);
            }
            mended = apply(question, &read, &corrections);
        }
        self.added_terms(&mended, &mut terms);
        terms.0
    }

    /// The question with mistyped words replaced, for the embedding.
    #[must_use]
    pub fn correct(&self, question: &str, speller: &Speller) -> String {
        let read = tokens(question);
        apply(question, &read, &self.corrections(&read, speller))
    }

    pub(super) fn topic_parts(&self) -> (&Normaliser, &TopicReader) {
        (&self.normaliser, &self.topics)
    }

    fn own_terms(&self, token: &Token, terms: &mut Terms) {
        let word = self.normaliser.bokmaal(&token.text);
        let empty = |word: &str| self.normaliser.is_stop_word(word) || self.normaliser.is_filler(word);
        if empty(&token.text) || empty(&word) {
            return;
        }
        let stem = self.normaliser.stem(&word);
        let nynorsk = word != token.text && stem != self.normaliser.stem(&token.text);
        let weight = if token.section { SECTION } else { 1.0 };
        terms.add(stem, weight, if nynorsk { Origin::Nynorsk } else { Origin::Own });
        self.parts(&word, PART, terms);
    }

    fn parts(&self, word: &str, weight: f32, terms: &mut Terms) {
        for part in self.splitter.split(word, &self.normaliser) {
            terms.add(part, weight, Origin::CompoundPart);
        }
    }

    /// What the vocabulary adds, held below the user's own words together and one by one.
    fn added_terms(&self, question: &str, terms: &mut Terms) {
        let own: f32 = terms.0.iter().map(|term| term.weight).sum();
        let mut added = Terms::default();
        for found in self.vocabulary.matches(&Reading::new(question, &self.normaliser)) {
            let (origin, share, heaviest) = match found.entry.kind {
                EntryKind::Abbreviation => (Origin::Abbreviation, ABBREVIATION, HEAVIEST_ABBREVIATION),
                _ => (Origin::Synonym, SYNONYM, HEAVIEST_SYNONYM),
            };
            let words: Vec<String> = found
                .entry
                .terms
                .iter()
                .flat_map(|term| tokens(term))
                .map(|token| self.normaliser.bokmaal(&token.text))
                .filter(|word| !self.normaliser.is_stop_word(word))
                .collect();
            #[expect(clippy::cast_precision_loss, reason = "a handful of words")]
            let weight = (share / words.len().max(1) as f32).min(heaviest);
            for word in words {
                added.add(self.normaliser.stem(&word), weight, origin);
                for part in self.splitter.split(&word, &self.normaliser) {
                    added.add(part, weight * PART, origin);
                }
            }
        }
        let sum: f32 = added.0.iter().map(|term| term.weight).sum();
        let most = ADDED_SHARE * own.max(1.0);
        let scale = if sum > most { most / sum } else { 1.0 };
        for term in added.0 {
            terms.add(term.text, term.weight * scale, term.origin);
        }
    }

    /// The words that look mistyped: which token, and what was meant.
    fn corrections(&self, read: &[Token], speller: &Speller) -> Vec<(usize, String)> {
        read.iter()
            .enumerate()
            .filter(|(at, token)| {
                let name = token.capitalised && *at > 0;
                !name && !token.section && !self.knows(&token.text)
            })
            .filter_map(|(at, token)| Some((at, self.meant(&token.text, speller)?.to_owned())))
            .collect()
    }

    /// The word of the corpus, or else of the lists, that a mistyped word stands for.
    fn meant<'a>(&'a self, word: &str, speller: &'a Speller) -> Option<&'a str> {
        // What splits into known parts may be a right word that the corpus lacks: only a near miss
        // ("gravferdstønad") is taken for a mistake.
        let bokmaal = self.normaliser.bokmaal(word);
        let compound = !self.splitter.split(&bokmaal, &self.normaliser).is_empty();
        if speller.knows(word) || speller.knows(&bokmaal) {
            return None;
        }
        let limit = if compound { 1 } else { 2 };
        let meant = speller.suggest_within(word, limit);
        if compound { meant } else { meant.or_else(|| self.speller.suggest(word)) }
    }

    /// Whether a word is one of the lists' own.
    fn knows(&self, word: &str) -> bool {
        let bokmaal = self.normaliser.bokmaal(word);
        let stem = self.normaliser.stem(&bokmaal);
        self.normaliser.knows(word)
            || self.splitter.knows(&stem)
            || self.vocabulary.knows(word, &stem)
            || self.common.contains(word)
    }
}

/// The text with some of its tokens replaced.
fn apply(text: &str, read: &[Token], corrections: &[(usize, String)]) -> String {
    let mut mended = String::with_capacity(text.len());
    let mut from = 0;
    for (at, word) in corrections {
        mended.push_str(&text[from..read[*at].start]);
        mended.push_str(word);
        from = read[*at].end;
    }
    mended.push_str(&text[from..]);
    mended
}

/// Terms in the order they came, each once, with the greatest weight given to it.
#[derive(Default)]
struct Terms(Vec<Term>);

impl Terms {
    fn add(&mut self, text: String, weight: f32, origin: Origin) {
        match self.0.iter_mut().find(|term| term.text == text) {
            Some(term) if term.weight < weight => {
                term.weight = weight;
                term.origin = origin;
            }
            Some(_) => {}
            None => self.0.push(Term { text, weight, origin }),
        }
    }
}

/// The number a stem is stored under: FNV-1a, 32 bits. Stable across versions and machines.
#[must_use]
pub fn term_hash(stem: &str) -> u32 {
    stem.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(analyser: &Analyser, question: &str, word: &str) -> Option<Origin> {
        let stem = analyser.normaliser.normal(word);
        analyser.explain(question).into_iter().find(|t| t.text == stem).map(|t| t.origin)
    }

    fn meet(analyser: &Analyser, document: &str, question: &str) -> f32 {
        let document: HashMap<u32, f32> = analyser.document_terms(document).into_iter().collect();
        analyser
            .query_terms(question)
            .into_iter()
            .filter_map(|(term, weight)| Some(weight * document.get(&term)?))
            .sum()
    }

    #[test]
    fn the_hash_is_fnv() {
        assert_eq!(term_hash(""), 0x811c_9dc5);
        assert_eq!(term_hash("a"), 0xe40c_292c);
        assert_eq!(term_hash("foobar"), 0xbf9c_f968);
    }

    #[test]
    fn compounds_meet_both_ways() {
        let a = Analyser::new();
        assert!(meet(&a, "Sykepengegrunnlaget fastsettes", "grunnlaget for sykepenger") > 1.0);
        assert!(meet(&a, "Grunnlaget for sykepenger fastsettes", "sykepengegrunnlag") > 0.5);
        assert_eq!(origin(&a, "sykepengegrunnlag", "grunnlag"), Some(Origin::CompoundPart));
    }

    #[test]
    fn nynorsk_meets_bokmaal() {
        let a = Analyser::new();
        let law = "Sykepenger ytes til den som er arbeidsufør på grunn av sykdom.";
        assert!(meet(&a, law, "Kven får sjukepengar på grunn av sjukdom?") > 2.0);
        assert_eq!(origin(&a, "kor lenge kan eg få sjukepengar", "sykepenger"), Some(Origin::Nynorsk));
    }

    #[test]
    fn abbreviations_and_everyday_words_are_widened() {
        let a = Analyser::new();
        assert_eq!(origin(&a, "AAP under utdanning", "arbeidsavklaringspenger"), Some(Origin::Abbreviation));
        assert_eq!(origin(&a, "fikk sparken i går", "oppsigelse"), Some(Origin::Synonym));
    }

    #[test]
    fn added_terms_do_not_drown_the_own() {
        let a = Analyser::new();
        for question in ["AAP", "fått sparken, permittert, syk og trygda, hva med pappaperm", "pappaperm"] {
            let (own, added): (Vec<Term>, Vec<Term>) = a
                .explain(question)
                .into_iter()
                .partition(|t| !matches!(t.origin, Origin::Synonym | Origin::Abbreviation));
            let sum = |terms: &[Term]| terms.iter().map(|t| t.weight).sum::<f32>();
            assert!(sum(&added) <= sum(&own) * ADDED_SHARE + 0.01, "{question}");
        }
    }

    #[test]
    fn each_term_once_and_in_order() {
        let a = Analyser::new();
        for terms in [
            a.document_terms("Dagpenger, dagpenger og dagpengegrunnlag. § 4-11"),
            a.query_terms("dagpenger DP dagpengegrunnlag § 4-11"),
        ] {
            assert!(terms.windows(2).all(|pair| pair[0].0 < pair[1].0));
        }
    }

    #[test]
    fn typing_mistakes_are_mended() {
        let a = Analyser::new();
        let words = ["dagpenger", "sykepenger", "feriepenger", "arbeidsgiver", "klagefrist"];
        let speller = Speller::new(words.iter().map(|w| ((*w).to_owned(), 10)));
        assert_eq!(a.correct("Får jeg feriepenegr av dagpegner?", &speller), "Får jeg feriepenger av dagpenger?");
        let terms = a.explain_with("arbeidsgver betaler", Some(&speller));
        assert!(terms.iter().any(|t| t.origin == Origin::Typo && t.text == a.normaliser.normal("arbeidsgiver")));
        // Names, words of the vocabulary and compounds of known parts are let be.
        for right in ["hos Sykepenga i Oslo", "pappaperm", "sykepengegrunnlaget", "ikkje"] {
            assert_eq!(a.correct(right, &speller), right);
        }
    }

    proptest::proptest! {
        #[test]
        fn never_panics(text in "\\PC{0,200}") {
            static ANALYSER: std::sync::LazyLock<Analyser> = std::sync::LazyLock::new(Analyser::new);
            let a = &*ANALYSER;
            let speller = Speller::new([("dagpenger".to_owned(), 3)].into_iter());
            let _ = a.document_terms(&text);
            let _ = a.query_terms_with(&text, Some(&speller));
            let _ = a.correct(&text, &speller);
            let _ = a.vocabulary().ambiguous(&text);
            let _ = a.topic(&text);
        }
    }
}
