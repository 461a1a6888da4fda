//! The vocabulary of the field: from the caller's words to the law's words, provisions and benefits.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::normal::Normaliser;
use super::phrases::{PhraseIndex, Reading};

const ENTRIES: &str = include_str!("data/vocabulary.tsv");
const AMBIGUOUS: &str = include_str!("data/ambiguous.tsv");
/// Folketrygdloven, which provisions written "§8-4" in the tables belong to.
const NATIONAL_INSURANCE_ACT: &str = "lov/1997-02-28-19";
/// A question with more words that carry meaning than this says enough to be answered as it stands.
const SHORT_QUESTION: usize = 4;

/// What sort of word an entry explains.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryKind {
    /// "AAP", "AG", "ftrl".
    Abbreviation,
    /// A caller's word or turn of phrase.
    Everyday,
    /// What something was called before.
    OldName,
    /// Another term for the same thing, or the term itself.
    Synonym,
}

/// One row of the vocabulary.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Entry {
    /// The words that people use, each a word or a phrase.
    pub everyday: Vec<String>,
    /// The law's words for it.
    pub terms: Vec<String>,
    /// Provisions that are about it.
    pub provisions: Vec<String>,
    /// Benefits it points to, by the names in the benefit code table.
    pub benefits: Vec<String>,
    /// What sort of word it is.
    pub kind: EntryKind,
    /// Where the row comes from, or why it is there.
    pub source: String,
}

/// An entry found in a text.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Match {
    /// The row.
    pub entry: Arc<Entry>,
    /// Byte offset in the text where it begins.
    pub start: usize,
    /// Byte offset in the text where it ends.
    pub end: usize,
}

/// A word that means different things in different benefits.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Ambiguity {
    /// The word as the user wrote it.
    pub word: String,
    /// What it can mean.
    pub choices: Vec<Choice>,
}

/// One thing that an ambiguous word can mean.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Choice {
    /// Words to show.
    pub label: String,
    /// The benefit it belongs to.
    pub benefit: String,
}

/// The field's words, ready to be found in questions.
pub struct Vocabulary {
    entries: Vec<Arc<Entry>>,
    index: PhraseIndex,
    ambiguous: Vec<Vec<Choice>>,
    ambiguous_index: PhraseIndex,
    normaliser: Normaliser,
}

impl Default for Vocabulary {
    fn default() -> Self {
        Self::new()
    }
}

impl Vocabulary {
    /// Reads the tables that are built in.
    #[must_use]
    pub fn new() -> Self {
        Self::with(&Normaliser::new())
    }

    pub(super) fn with(normaliser: &Normaliser) -> Self {
        let mut index = PhraseIndex::loose();
        let mut entries = Vec::new();
        for entry in rows(ENTRIES).filter_map(read_entry) {
            for phrase in &entry.everyday {
                if entry.kind == EntryKind::Abbreviation {
                    index.insert_abbreviation(phrase, entries.len(), normaliser);
                } else {
                    index.insert(phrase, entries.len(), normaliser);
                }
            }
            entries.push(Arc::new(entry));
        }
        let mut ambiguous_index = PhraseIndex::loose();
        let mut ambiguous = Vec::new();
        for (words, choices) in rows(AMBIGUOUS).filter_map(|row| row.split_once('\t')) {
            for word in words.split('|') {
                ambiguous_index.insert(word, ambiguous.len(), normaliser);
            }
            ambiguous.push(
                choices
                    .split(';')
                    .filter_map(|choice| choice.split_once('='))
                    .map(|(label, benefit)| Choice {
                        label: label.trim().to_owned(),
                        benefit: benefit.trim().to_owned(),
                    })
                    .collect(),
            );
        }
        Self { entries, index, ambiguous, ambiguous_index, normaliser: Normaliser::new() }
    }

    /// All rows.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().map(AsRef::as_ref)
    }

    /// The entries whose words stand in the text, in the order they stand there.
    #[must_use]
    pub fn lookup(&self, text: &str) -> Vec<Match> {
        self.matches(&Reading::new(text, &self.normaliser))
    }

    pub(super) fn matches(&self, reading: &Reading) -> Vec<Match> {
        self.index
            .find(reading)
            .into_iter()
            .map(|found| Match {
                entry: Arc::clone(&self.entries[found.number]),
                start: reading.tokens[found.first].start,
                end: reading.tokens[found.last].end,
            })
            .collect()
    }

    /// Whether an entry is this word or begins with this stem.
    pub(super) fn knows(&self, word: &str, stem: &str) -> bool {
        self.index.knows(word, stem)
    }

    /// The benefits that a question is probably about, the likeliest first; weights sum to one.
    #[must_use]
    pub fn benefits(&self, question: &str) -> Vec<(String, f32)> {
        self.benefits_of(&Reading::new(question, &self.normaliser))
    }

    pub(super) fn benefits_of(&self, reading: &Reading) -> Vec<(String, f32)> {
        let mut votes: BTreeMap<String, f32> = BTreeMap::new();
        for found in self.matches(reading) {
            let weight = certainty(found.entry.kind);
            #[expect(clippy::cast_precision_loss, reason = "a handful of benefits")]
            let share = weight / found.entry.benefits.len().max(1) as f32;
            for benefit in &found.entry.benefits {
                *votes.entry(benefit.clone()).or_default() += share;
            }
        }
        for token in reading.tokens.iter().filter(|token| token.section) {
            if let Some(benefit) = chapter_benefit(&token.text) {
                *votes.entry(benefit.to_owned()).or_default() += 1.0;
            }
        }
        ranked(votes)
    }

    /// The provisions that the question's words point to, the likeliest first; weights sum to one.
    #[must_use]
    pub fn provisions(&self, question: &str) -> Vec<(String, f32)> {
        let mut votes: BTreeMap<String, f32> = BTreeMap::new();
        for found in self.lookup(question) {
            #[expect(clippy::cast_precision_loss, reason = "a handful of provisions")]
            let share = certainty(found.entry.kind) / found.entry.provisions.len().max(1) as f32;
            for provision in &found.entry.provisions {
                *votes.entry(provision.clone()).or_default() += share;
            }
        }
        ranked(votes)
    }

    /// The word that must be made clear before the question can be answered: only where the question
    /// is short and nothing else in it tells which benefit it is about.
    #[must_use]
    pub fn ambiguous(&self, question: &str) -> Option<Ambiguity> {
        let reading = Reading::new(question, &self.normaliser);
        let found = self.ambiguous_index.find(&reading).into_iter().next()?;
        let others = reading
            .tokens
            .iter()
            .enumerate()
            .filter(|(at, token)| {
                let word = self.normaliser.bokmaal(&token.text);
                !(found.first..=found.last).contains(at)
                    && !self.normaliser.is_stop_word(&word)
                    && !self.normaliser.is_filler(&word)
            })
            .count();
        if others >= SHORT_QUESTION || !self.benefits_of(&reading).is_empty() {
            return None;
        }
        let word = question.get(reading.tokens[found.first].start..reading.tokens[found.last].end)?;
        Some(Ambiguity { word: word.to_owned(), choices: self.ambiguous[found.number].clone() })
    }
}

/// How far a word of this kind is to be trusted on what the question is about.
fn certainty(kind: EntryKind) -> f32 {
    match kind {
        EntryKind::Abbreviation | EntryKind::Synonym => 1.0,
        EntryKind::OldName => 0.9,
        EntryKind::Everyday => 0.6,
    }
}

fn ranked(votes: BTreeMap<String, f32>) -> Vec<(String, f32)> {
    let sum: f32 = votes.values().sum();
    let mut ranked: Vec<(String, f32)> = votes.into_iter().map(|(name, weight)| (name, weight / sum)).collect();
    ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    ranked
}

/// The benefit that a chapter of folketrygdloven is about.
fn chapter_benefit(section: &str) -> Option<&'static str> {
    Some(match section.split('-').next()? {
        "4" => "DAG_DAG",
        "7" => "GRA_GRA",
        "8" => "SYK_SYK",
        "10" => "HJE_HJE",
        "11" => "AAP_AAP",
        "11a" => "TSO_TSO",
        "12" => "UFO_UFO",
        "13" => "YRK_YRK",
        "14" => "FOR_FOR",
        "15" => "ENF_ENF",
        "17" => "PEN_EYO",
        "17a" => "PEN_GJE",
        "18" => "PEN_BAR",
        "19" | "20" => "PEN_ALD",
        "2" => "MED_MED",
        _ => return None,
    })
}

fn rows(table: &'static str) -> impl Iterator<Item = &'static str> {
    table.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty())
}

fn read_entry(row: &str) -> Option<Entry> {
    let [everyday, terms, provisions, benefits, kind, source] = row.split('\t').collect::<Vec<_>>().try_into().ok()?;
    let list = |cell: &str, separator: char| {
        cell.split(separator).map(str::trim).filter(|s| !s.is_empty()).map(str::to_owned).collect()
    };
    let provisions = provisions
        .split(',')
        .map(str::trim)
        .filter(|provision| !provision.is_empty())
        .map(|provision| {
            if provision.starts_with('§') {
                format!("{NATIONAL_INSURANCE_ACT}/{provision}")
            } else {
                provision.to_owned()
            }
        })
        .collect();
    Some(Entry {
        everyday: list(everyday, '|'),
        terms: list(terms, ';'),
        provisions,
        benefits: list(benefits, ','),
        kind: match kind {
            "abbreviation" => EntryKind::Abbreviation,
            "everyday" => EntryKind::Everyday,
            "old_name" => EntryKind::OldName,
            "synonym" => EntryKind::Synonym,
            _ => return None,
        },
        source: source.to_owned(),
    })
}

#[cfg(test)]
mod tests;
