//! What an ingest brought.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::conflict::{Conflict, ConflictKind};
use crate::law::ProvisionId;
use crate::store::{Catalogue, Version};

/// What new and changed documents did to the register.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WhatIsNew {
    /// When, ISO 8601; empty when nothing happened.
    #[serde(default)]
    pub at: String,
    /// Conflicts that were not there before, or that came back.
    pub new_conflicts: Vec<NewsItem>,
    /// Conflicts that something has settled.
    pub settled: Vec<NewsItem>,
    /// Conflicts with other documents than before.
    pub changed: Vec<NewsItem>,
    /// Conflicts that are no longer found.
    pub gone: Vec<NewsItem>,
    /// Passages whose words do not stand in the newer version.
    pub superseded_passages: Vec<SupersededPassage>,
}

impl WhatIsNew {
    /// Whether there is anything to tell.
    pub fn is_empty(&self) -> bool {
        self.new_conflicts.is_empty()
            && self.settled.is_empty()
            && self.changed.is_empty()
            && self.gone.is_empty()
            && self.superseded_passages.is_empty()
    }
}

/// A conflict in the news.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NewsItem {
    /// Id of the conflict.
    pub id: String,
    /// Its kind.
    #[serde(rename = "type")]
    #[schema(value_type = String)]
    pub kind: ConflictKind,
    /// The legal question.
    pub question: String,
    /// Its provisions.
    pub provisions: Vec<String>,
    /// Its benefits.
    pub benefits: Vec<String>,
    /// What happened, in Norwegian.
    pub what: String,
}

impl NewsItem {
    pub(super) fn of(conflict: &Conflict, catalogue: &Catalogue, what: String) -> Self {
        Self {
            id: conflict.id.clone(),
            kind: conflict.kind,
            question: conflict.question.clone(),
            provisions: conflict.provisions.clone(),
            benefits: benefits(conflict, catalogue),
            what,
        }
    }
}

/// A passage that a newer version has left behind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SupersededPassage {
    /// Id of the document.
    pub document: String,
    /// Its title.
    pub title: String,
    /// The version it stands in.
    pub version: i64,
    /// Where it stands.
    pub locator: String,
    /// Its place in the text, in Unicode scalar values.
    pub start: usize,
    /// End of that place.
    pub end: usize,
    /// Its provisions.
    pub provisions: Vec<String>,
    /// The benefits of the document.
    pub benefits: Vec<String>,
}

/// The benefits that a conflict is about: those of its documents, else those of the chapters of its provisions.
pub(super) fn benefits(conflict: &Conflict, catalogue: &Catalogue) -> Vec<String> {
    let named = conflict.sides.iter().flat_map(|side| &side.documents).filter_map(|d| catalogue.document(&d.id).last());
    let mut codes: Vec<String> = named.flat_map(|version| version.document.benefits.iter().cloned()).collect();
    if codes.is_empty() {
        let provisions = conflict.provisions.iter().filter_map(|id| id.parse::<ProvisionId>().ok());
        codes = provisions.filter_map(|provision| provision.benefit_code().map(str::to_owned)).collect();
    }
    codes.sort();
    codes.dedup();
    codes
}

/// The passages of `before` whose words do not stand in `now`.
pub(super) fn superseded(before: &Version, now: &Version) -> Vec<SupersededPassage> {
    let squeezed = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let text = squeezed(&now.document.text);
    let left_behind = before.passages.iter().filter(|stored| {
        before.document.text.get(stored.passage.range.clone()).is_some_and(|words| !text.contains(&squeezed(words)))
    });
    left_behind
        .map(|stored| {
            let range = &stored.passage.range;
            let start = before.document.text[..range.start].chars().count();
            SupersededPassage {
                document: before.document.id.clone(),
                title: before.document.title.clone(),
                version: before.id,
                locator: stored.passage.locator.clone(),
                end: start + before.document.text[range.clone()].chars().count(),
                start,
                provisions: stored.passage.provisions.iter().map(ToString::to_string).collect(),
                benefits: before.document.benefits.clone(),
            }
        })
        .collect()
}
