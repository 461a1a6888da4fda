//! Verbatim words of a document version, by construction.

use std::ops::Range;
use std::sync::Arc;

use crate::corpus::{Mark, Role};
use crate::store::{PassageRef, Version};

/// Words that stand in a document version. There is no other way to make one than from the version itself.
#[derive(Debug, Clone)]
pub struct Quote {
    version: Arc<Version>,
    ordinal: usize,
    range: Range<usize>,
}

impl Quote {
    /// The words at a byte range of the passage's document, white space at the ends left out. `None` when the range is
    /// not whole characters within the passage, or holds nothing.
    pub fn from_passage(passage: &PassageRef, range: Range<usize>) -> Option<Self> {
        let allowed = &passage.passage().range;
        if range.start < allowed.start || range.end > allowed.end {
            return None;
        }
        let words = passage.document().text.get(range.clone())?;
        let start = range.start + (words.len() - words.trim_start().len());
        let end = range.end - (words.len() - words.trim_end().len());
        (start < end).then(|| Self {
            version: Arc::clone(passage.version()),
            ordinal: passage.ordinal(),
            range: start..end,
        })
    }

    /// The words.
    pub fn text(&self) -> &str {
        &self.version.document.text[self.range.clone()]
    }

    /// The words on one line.
    pub fn line(&self) -> String {
        self.text().split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// The version quoted.
    pub fn version(&self) -> &Arc<Version> {
        &self.version
    }

    /// Bytes in the version's text.
    pub fn bytes(&self) -> Range<usize> {
        self.range.clone()
    }

    /// Place in the version's text, in Unicode scalar values.
    pub fn chars(&self) -> Range<usize> {
        let text = &self.version.document.text;
        let start = text[..self.range.start].chars().count();
        start..start + text[self.range.clone()].chars().count()
    }

    /// Where it stands: the locator of the section that holds its first word, else the passage's.
    pub fn locator(&self) -> &str {
        let sections = &self.version.document.sections;
        sections
            .iter()
            .find(|s| s.range.contains(&self.range.start))
            .map_or(self.version.passages[self.ordinal].passage.locator.as_str(), |s| s.locator.as_str())
    }

    /// Who speaks in it.
    pub fn role(&self) -> Role {
        self.version.passages[self.ordinal].passage.role
    }

    /// What the text says about its own life cycle.
    pub fn marks(&self) -> &[Mark] {
        &self.version.passages[self.ordinal].passage.marks
    }

    /// Address of the passage's part at the publisher.
    pub fn anchor(&self) -> Option<&str> {
        self.version.passages[self.ordinal].passage.anchor.as_deref()
    }

    /// Whether two quotes share words.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.version.id == other.version.id && self.range.start < other.range.end && other.range.start < self.range.end
    }
}
