//! A conflict as JSON, in the words of the public contract, with what a page needs beside.

use std::collections::HashMap;
use std::sync::Arc;

use serde::Serialize;
use utoipa::ToSchema;

use super::merge::{self, Resolution, Status};
use super::news;
use super::rows::{ConflictRow, DecisionRow};
use crate::answer::view::DocumentView;
use crate::conflict::{ConflictKind, SideDocument};
use crate::store::{Catalogue, Version};

/// A conflict, the machine's finding under the person's decision.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ConflictView {
    /// Stable id.
    pub id: String,
    /// Kind of conflict.
    #[serde(rename = "type")]
    #[schema(value_type = String)]
    pub kind: ConflictKind,
    /// State.
    pub status: Status,
    /// Provisions, canonical.
    pub provisions: Vec<String>,
    /// The legal question that the sides answer differently.
    pub question: String,
    /// Two or more sides.
    pub sides: Vec<SideView>,
    /// Why it is a conflict.
    pub explanation: String,
    /// What settled it.
    pub resolved_by: Option<Resolution>,
    /// What was seen, in words.
    pub signals: Vec<String>,
    /// How sure the program is, from 0 to 1.
    pub score: f32,
    /// Benefit codes.
    pub benefits: Vec<String>,
    /// Whether the state is a coordinator's.
    pub decided: bool,
    /// What the coordinator said with it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// What the program takes for having settled it, where a coordinator has said otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub machine_resolution: Option<Resolution>,
    /// Documents that have joined since the decision.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub joined_since: Vec<String>,
    /// Clarifications about it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub clarifications: Vec<String>,
    /// Number of decisions so far; a change names the one it was made on.
    pub revision: i64,
    /// When it was found.
    pub found_at: String,
    /// When it last changed.
    pub last_changed: String,
}

/// Those who answer alike.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SideView {
    /// The answer in a few words.
    pub stance: String,
    /// Weightiest first.
    pub documents: Vec<SideDocumentView>,
}

/// A document on a side, and where it says so.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SideDocumentView {
    /// Canonical id.
    pub id: String,
    /// The words, as they stand.
    pub quote: String,
    /// Where they stand.
    pub locator: String,
    /// Kind of source.
    pub kind: &'static str,
    /// Title.
    pub title: String,
    /// Date, ISO 8601.
    pub date: Option<String>,
    /// Weight in a few words.
    pub weight: String,
    /// Members who decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub members: Option<u8>,
    /// Outcome.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
    /// Deciding office.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub office: Option<String>,
    /// Standing of the version quoted.
    pub status: &'static str,
    /// The version quoted.
    pub version: i64,
    /// Place of the words in its text, in Unicode scalar values.
    pub start: usize,
    /// End of that place.
    pub end: usize,
}

/// Finds the version that a key names.
pub(super) type Versions = HashMap<(String, String), Arc<Version>>;

impl ConflictView {
    /// `None` when a side has no words left that stand in the base.
    pub(super) fn of(
        row: ConflictRow,
        decision: Option<&DecisionRow>,
        versions: &Versions,
        catalogue: &Catalogue,
        today: u32,
    ) -> Option<Self> {
        let decided = decision.and_then(|row| row.decision.as_ref());
        let merged = merge::merged(&row.conflict, decided);
        let machine = merge::settled(&row.conflict);
        let benefits = news::benefits(&row.conflict, catalogue);
        let joined_since = decided.map_or_else(Vec::new, |decision| {
            merge::basis(&row.conflict).into_keys().filter(|id| !decision.basis.contains_key(id)).collect()
        });
        let conflict = row.conflict;
        let sides: Option<Vec<SideView>> = conflict
            .sides
            .into_iter()
            .map(|side| {
                let documents: Vec<_> = side
                    .documents
                    .into_iter()
                    .filter_map(|document| SideDocumentView::of(document, versions, today))
                    .collect();
                (!documents.is_empty()).then_some(SideView { stance: side.stance, documents })
            })
            .collect();
        let sides = sides.filter(|sides| sides.len() > 1)?;
        Some(Self {
            id: conflict.id,
            kind: conflict.kind,
            status: merged.status,
            provisions: conflict.provisions,
            question: conflict.question,
            sides,
            explanation: conflict.explanation,
            machine_resolution: machine
                .filter(|machine| merged.is_decided && merged.resolved_by.as_ref() != Some(machine)),
            resolved_by: merged.resolved_by,
            signals: conflict.signals,
            score: conflict.score,
            benefits,
            decided: merged.is_decided,
            note: decided.map(|decision| decision.note.clone()).unwrap_or_default(),
            joined_since,
            clarifications: Vec::new(),
            revision: decision.map_or(0, |row| row.revision),
            found_at: row.found_at,
            last_changed: row.last_changed,
        })
    }

    /// All documents, with the number of their side.
    pub fn documents(&self) -> impl Iterator<Item = (usize, &SideDocumentView)> {
        self.sides.iter().enumerate().flat_map(|(side, of)| of.documents.iter().map(move |document| (side, document)))
    }
}

impl SideDocumentView {
    fn of(document: SideDocument, versions: &Versions, today: u32) -> Option<Self> {
        let version = versions.get(&(document.id.clone(), document.version.clone()))?;
        let text = &version.document.text;
        // Word for word, or not at all.
        let quote = text.get(document.range.clone()).filter(|words| !words.trim().is_empty())?;
        let start = text[..document.range.start].chars().count();
        let view = DocumentView::of(version, today);
        Some(Self {
            end: start + quote.chars().count(),
            start,
            quote: quote.to_owned(),
            locator: document.locator,
            kind: view.kind,
            title: view.title,
            date: view.date,
            weight: view.weight,
            members: view.members,
            outcome: view.outcome,
            office: view.office,
            status: view.status,
            version: version.id,
            id: document.id,
        })
    }
}
