//! The questions a passage answers, in callers' own words.
//!
//! A line of a question file is `{"provision": "lov/…/§8-4/ledd1", "questions": […]}` or
//! `{"document": "R11-00", "locator": "§ 11-3 …", "questions": […]}`; without a locator the questions are about the
//! whole document, and `"under"` names a heading above where the same locator stands more than once. The files in `corpus/questions/` are part of the program, so that the law is found by everyday words
//! wherever it is read from; files in a `questions` folder of an ingested corpus are added to them.

use std::collections::{BTreeSet, HashMap};

use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::corpus::{Document, Passage};

/// Longest list kept for one passage; a passage under many provisions could gather hundreds.
const MOST_PER_PASSAGE: usize = 60;

include!(concat!(env!("OUT_DIR"), "/questions.rs"));

/// Why a question file was refused.
#[derive(Debug, thiserror::Error)]
#[error(
    "{file}, linje {line}: {reason}; skriv en linje som {{\"provision\": \"lov/1997-02-28-19/§8-4\", \"questions\": [\"…\"]}}"
)]
pub struct QuestionFileError {
    file: String,
    line: usize,
    reason: String,
}

#[derive(Deserialize)]
struct Line {
    provision: Option<String>,
    document: Option<String>,
    locator: Option<String>,
    under: Option<String>,
    questions: Vec<String>,
}

/// Questions by what they are about.
#[derive(Debug, Default, Clone)]
pub struct QuestionSet {
    by_provision: HashMap<String, Vec<String>>,
    by_document: HashMap<String, Vec<(Place, Vec<String>)>>,
}

/// A headed part of a document; all of it when there is no locator.
#[derive(Debug, Clone)]
struct Place {
    locator: Option<String>,
    under: Option<String>,
}

impl Place {
    fn holds(&self, passage: &Passage) -> bool {
        let Some(locator) = &self.locator else { return true };
        let headed = |wanted: &str| passage.path.iter().any(|heading| folded(heading) == wanted);
        (folded(&passage.locator).contains(locator.as_str()) || headed(locator))
            && self.under.as_deref().is_none_or(|under| passage.path.iter().any(|h| folded(h).contains(under)))
    }
}

impl QuestionSet {
    /// The questions that come with the program.
    ///
    /// # Errors
    /// A file that the program was built with does not parse.
    pub fn built_in() -> Result<Self, QuestionFileError> {
        let mut set = Self::default();
        for (name, text) in BUILT_IN {
            set.add(name, text)?;
        }
        Ok(set)
    }

    /// Adds the lines of a file.
    ///
    /// # Errors
    /// A line is not of the form above; the lines before it are kept.
    pub fn add(&mut self, file: &str, text: &str) -> Result<(), QuestionFileError> {
        for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let wrong = |reason: String| QuestionFileError { file: file.to_owned(), line: at + 1, reason };
            let parsed: Line = serde_json::from_str(line).map_err(|e| wrong(e.to_string()))?;
            match (parsed.provision, parsed.document) {
                (Some(provision), None) => {
                    self.by_provision.entry(provision).or_default().extend(parsed.questions);
                }
                (None, Some(document)) => self.by_document.entry(document).or_default().push((
                    Place {
                        locator: parsed.locator.as_deref().map(folded),
                        under: parsed.under.as_deref().map(folded),
                    },
                    parsed.questions,
                )),
                _ => return Err(wrong("enten «provision» eller «document» må stå der, ikke begge".into())),
            }
        }
        Ok(())
    }

    /// The questions this passage answers: those of its own provisions in a law, those of its heading elsewhere.
    pub fn of(&self, document: &Document, passage: &Passage) -> Vec<&str> {
        self.asked(document, passage).into_iter().map(|asked| asked.text).collect()
    }

    /// The same, each with the provision it was written for.
    pub fn asked<'a>(&'a self, document: &Document, passage: &Passage) -> Vec<Asked<'a>> {
        let mut found: Vec<Asked<'a>> = Vec::new();
        let mut seen = BTreeSet::new();
        let mut add = |questions: &'a [String], provision: Option<&'a str>| {
            for text in questions {
                if found.len() < MOST_PER_PASSAGE && seen.insert(text.to_lowercase()) {
                    found.push(Asked { text, provision });
                }
            }
        };
        if document.kind.is_rule() {
            for key in keys(passage) {
                if let Some((provision, questions)) = self.by_provision.get_key_value(&key) {
                    add(questions, Some(provision));
                }
            }
        }
        for (place, questions) in self.by_document.get(&document.id).into_iter().flatten() {
            if place.holds(passage) {
                add(questions, None);
            }
        }
        found
    }

    /// All questions.
    pub fn all(&self) -> impl Iterator<Item = &str> {
        let elsewhere = self.by_document.values().flatten().flat_map(|(_, questions)| questions);
        self.by_provision.values().flatten().chain(elsewhere).map(String::as_str)
    }
}

/// A question that a passage answers.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The question.
    pub text: &'a str,
    /// The provision it was written for; none when it was written for a headed part.
    pub provision: Option<&'a str>,
}

/// The passage's provisions and their sections, each once, the deepest first.
fn keys(passage: &Passage) -> Vec<String> {
    let mut keys: Vec<String> = Vec::new();
    for provision in &passage.provisions {
        for key in [provision.to_string(), provision.section().to_string()] {
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
    }
    keys.sort_by_key(|key| std::cmp::Reverse(key.matches('/').count()));
    keys
}

fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// Fingerprint of a passage's questions; empty when there are none.
pub fn fingerprint(questions: &[&str]) -> String {
    if questions.is_empty() {
        return String::new();
    }
    let mut hash = Sha256::new();
    for question in questions {
        hash.update(question.as_bytes());
        hash.update([0]);
    }
    hash.finalize()[..8].iter().map(|byte| format!("{byte:02x}")).collect()
}
