//! Finds words and phrases in a question by their normal forms.

use std::collections::HashMap;

use super::normal::Normaliser;
use super::tokens::{Token, fold, tokens};

/// Words of a loose phrase may stand this far apart: "mistet den gamle jobben".
const WIDEST_GAP: usize = 2;

/// A question prepared for look-ups: its tokens and their normal forms.
pub(super) struct Reading {
    pub tokens: Vec<Token>,
    pub normal: Vec<String>,
}

impl Reading {
    pub fn new(text: &str, normaliser: &Normaliser) -> Self {
        let tokens = tokens(text);
        let normal = tokens.iter().map(|t| normaliser.normal(&t.text)).collect();
        Self { tokens, normal }
    }
}

/// A set of phrases, each leading to a number that its owner understands.
#[derive(Default)]
pub(super) struct PhraseIndex {
    /// First normal form of a phrase → the rest of it and its number, longest first.
    phrases: HashMap<String, Vec<(Vec<String>, usize)>>,
    /// Words that are meant only as written ("AAP", "trygda"), and whether an ordinary word looks
    /// the same in small letters ("UT").
    exact: HashMap<String, (usize, bool)>,
    /// How many other words may stand between two words of a phrase.
    gap: usize,
}

/// A phrase found: its number and the tokens that it spans.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Found {
    pub number: usize,
    pub first: usize,
    pub last: usize,
}

impl PhraseIndex {
    /// An index whose phrases may have a word or two between theirs.
    pub fn loose() -> Self {
        Self { gap: WIDEST_GAP, ..Self::default() }
    }

    /// Adds a phrase; one that begins with "=" is a word meant only as written.
    pub fn insert(&mut self, phrase: &str, number: usize, normaliser: &Normaliser) {
        if let Some(word) = phrase.strip_prefix('=') {
            self.insert_exact(word, number, false);
            return;
        }
        let mut words = Reading::new(phrase, normaliser).normal.into_iter();
        let Some(first) = words.next() else { return };
        let others = self.phrases.entry(first).or_default();
        let rest: Vec<String> = words.collect();
        if others.iter().any(|(other, of)| *other == rest && *of == number) {
            return;
        }
        others.push((rest, number));
        others.sort_by_key(|(rest, _)| std::cmp::Reverse(rest.len()));
    }

    /// Adds an abbreviation. Where an ordinary word looks the same, it must be in capitals.
    pub fn insert_abbreviation(&mut self, word: &str, number: usize, normaliser: &Normaliser) {
        if word.contains(' ') {
            self.insert(word, number, normaliser);
        } else {
            self.insert_exact(word, number, normaliser.knows(&fold(word)));
        }
    }

    fn insert_exact(&mut self, word: &str, number: usize, only_capitals: bool) {
        self.exact.insert(fold(word), (number, only_capitals));
    }

    /// Whether a phrase begins with, or is, this normal form.
    pub fn knows(&self, word: &str, normal: &str) -> bool {
        self.exact.contains_key(word) || self.phrases.contains_key(normal)
    }

    /// All phrases in the text. Where a phrase lies within a longer one ("permisjon" in
    /// "permisjon uten lønn"), only the longer one is given.
    pub fn find(&self, reading: &Reading) -> Vec<Found> {
        let mut found: Vec<Found> = Vec::new();
        for first in 0..reading.normal.len() {
            let token = &reading.tokens[first];
            if let Some(&(number, only_capitals)) = self.exact.get(&token.text)
                && (token.capitals || !only_capitals)
            {
                found.push(Found { number, first, last: first });
            }
            for (rest, number) in self.phrases.get(&reading.normal[first]).into_iter().flatten() {
                if let Some(last) = follow(&reading.normal, first, rest, self.gap) {
                    found.push(Found { number: *number, first, last });
                }
            }
        }
        let spans = found.clone();
        found.retain(|one| {
            !spans.iter().any(|other| {
                other.first <= one.first && one.last <= other.last && other.last - other.first > one.last - one.first
            })
        });
        found.dedup();
        found
    }
}

fn follow(words: &[String], first: usize, rest: &[String], gap: usize) -> Option<usize> {
    let mut at = first;
    for word in rest {
        let end = (at + 2 + gap).min(words.len());
        at = (at + 1..end).find(|&next| &words[next] == word)?;
    }
    Some(at)
}
