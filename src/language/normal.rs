//! One form for all forms of a word: nynorsk into bokmål, old and hurried spellings, and the stem.

use std::collections::{HashMap, HashSet};

use rust_stemmers::{Algorithm, Stemmer};

const NYNORSK: &str = include_str!("data/nynorsk.tsv");
const STOP_WORDS: &str = include_str!("data/stopwords.txt");

/// Where in a word a spelling rule holds.
enum Place {
    Start,
    End,
    Anywhere,
}

/// Brings words to the form that documents and questions meet in.
pub(super) struct Normaliser {
    words: HashMap<&'static str, &'static str>,
    rules: Vec<(Place, &'static str, &'static str)>,
    /// Dropped from documents and questions.
    stop_words: HashSet<&'static str>,
    /// Dropped from questions only: the words around a question, not in it.
    filler: HashSet<&'static str>,
    stemmer: Stemmer,
}

impl Normaliser {
    pub fn new() -> Self {
        let mut words = HashMap::new();
        let mut rules = Vec::new();
        for (from, to) in pairs(NYNORSK) {
            if let Some(start) = from.strip_prefix('^') {
                rules.push((Place::Start, start, to));
            } else if let Some(end) = from.strip_suffix('$') {
                rules.push((Place::End, end, to));
            } else if let Some(inside) = from.strip_prefix('~') {
                rules.push((Place::Anywhere, inside, to));
            } else {
                words.insert(from, to);
            }
        }
        let mut stop_words = HashSet::new();
        let mut filler = HashSet::new();
        let mut into = &mut stop_words;
        for line in STOP_WORDS.lines() {
            if line.starts_with("# Questions only") {
                into = &mut filler;
            }
            if !line.starts_with('#') {
                into.extend(line.split_whitespace());
            }
        }
        Self { words, rules, stop_words, filler, stemmer: Stemmer::create(Algorithm::Norwegian) }
    }

    /// The bokmål word for a folded token.
    pub fn bokmaal(&self, word: &str) -> String {
        if let Some(&known) = self.words.get(word) {
            return known.to_owned();
        }
        let mut word = word.to_owned();
        for (place, from, to) in &self.rules {
            match place {
                Place::Start if word.starts_with(from) => word.replace_range(..from.len(), to),
                // Never the whole word: "leik" is a game.
                Place::End if word.ends_with(from) && word.len() > from.len() + 2 => {
                    word.replace_range(word.len() - from.len().., to);
                }
                Place::Anywhere if word.contains(from) => word = word.replace(from, to),
                _ => {}
            }
        }
        // "gaar", "paa": but AAP and the Aa register are what they are.
        if word.contains("aa") && !word.starts_with("aa") {
            word = word.replace("aa", "å");
        }
        word
    }

    /// The stem of a bokmål word. Snowball leaves nouns in -ing apart from their verbs
    /// ("permittering", "permittert"); they are brought together here.
    pub fn stem(&self, word: &str) -> String {
        if word.bytes().any(|b| b.is_ascii_digit()) {
            return word.to_owned();
        }
        let mut stem = self.stemmer.stem(word).into_owned();
        for ending in ["ering", "ing"] {
            let kept = stem.len().saturating_sub(ending.len());
            if kept >= 5 && stem.ends_with(ending) {
                stem.truncate(kept);
                break;
            }
        }
        if stem.len() >= 8 && (stem.ends_with("er") || stem.ends_with("ar")) {
            stem.truncate(stem.len() - 2);
        }
        // "sykdommen" and "sykdom", "medlemmer" and "medlem".
        if stem.ends_with("mm") {
            stem.pop();
        }
        stem
    }

    /// The normal form of a folded token.
    pub fn normal(&self, word: &str) -> String {
        self.stem(&self.bokmaal(word))
    }

    /// Whether the (folded or bokmål) word carries no meaning of its own.
    pub fn is_stop_word(&self, word: &str) -> bool {
        self.stop_words.contains(word) || (word.chars().count() == 1 && !word.starts_with(|c: char| c.is_ascii_digit()))
    }

    /// Whether the word merely frames a question ("hei", "lurer").
    pub fn is_filler(&self, word: &str) -> bool {
        self.filler.contains(word)
    }

    /// Whether the word is on one of the lists.
    pub fn knows(&self, word: &str) -> bool {
        self.words.contains_key(word) || self.is_stop_word(word) || self.is_filler(word)
    }
}

/// The rows of a two-column table, without comments.
fn pairs(table: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    table.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once('\t'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nynorsk_and_bokmaal_meet() {
        let n = Normaliser::new();
        for (nynorsk, bokmaal) in [
            ("sjukepengar", "sykepenger"),
            ("arbeidsløyse", "arbeidsløshet"),
            ("uførleik", "uførhet"),
            ("einsleg", "enslig"),
            ("forsørgjar", "forsørger"),
            ("arbeidsgjevar", "arbeidsgiver"),
            ("arbeidsgjevaren", "arbeidsgiveren"),
            ("arbeidstakarar", "arbeidstakere"),
            ("ikkje", "ikke"),
            ("kva", "hva"),
            ("korleis", "hvordan"),
            ("ytingar", "ytelser"),
            ("medlemer", "medlemmer"),
            ("medlemane", "medlemmene"),
            ("heimel", "hjemmel"),
            ("utgangspunkt", "utgangspunktet"),
            ("sjølvstendig", "selvstendig"),
            ("foreldrepengane", "foreldrepengene"),
            ("eingongsstønad", "engangsstønad"),
            ("attlevande", "gjenlevende"),
            ("meinerstatning", "menerstatning"),
            ("søkjar", "søker"),
            ("naar", "når"),
            ("sykdommen", "sykdom"),
            ("permittert", "permittering"),
        ] {
            assert_eq!(n.normal(nynorsk), n.normal(bokmaal), "{nynorsk} {bokmaal}");
        }
    }

    #[test]
    fn the_word_not_is_no_stop_word() {
        let n = Normaliser::new();
        for word in ["ikke", "ikkje", "uten", "før", "etter"] {
            assert!(!n.is_stop_word(word), "{word}");
        }
        assert!(n.is_stop_word("og"));
        assert_eq!(n.bokmaal("aap"), "aap");
    }

    #[test]
    fn every_row_is_read() {
        for line in NYNORSK.lines().filter(|l| !l.starts_with('#')) {
            assert_eq!(line.split('\t').count(), 2, "{line}");
        }
    }
}
