//! The passage index: vectors and terms in, ranked passage ids out.
//!
//! One trait, [`VectorIndex`], and two engines behind it with the same collection layout and the same meaning of a
//! search: [`edge`] (qdrant-edge, in the data folder; the default) and [`server`] (a Qdrant server or cluster).
//!
//! A point is one passage. Its id is the passage's row in the store, and the store says which passages are visible:
//! the index may hold more than the store knows (left by an ingest that was cut short), never less. Nothing here knows
//! what a question, a document or an answer is.

pub mod edge;
pub mod server;

use std::sync::Arc;

/// Names of the vectors of a point, the same in both engines.
pub(crate) mod vector {
    /// Embedding of the passage with its heading path.
    pub const PASSAGE: &str = "passage";
    /// Embeddings of the questions the passage answers; a multivector, compared by its nearest one.
    pub const QUESTIONS: &str = "questions";
    /// Terms of the passage, weighted by BM25's term part; the engine multiplies by the inverse document frequency.
    pub const TERMS: &str = "terms";
    /// Terms of the questions the passage answers, likewise.
    pub const QUESTION_TERMS: &str = "question_terms";
}

/// Names of the payload fields of a point, the same in both engines.
pub(crate) mod field {
    /// Kind of source (`circular`, …).
    pub const KIND: &str = "kind";
    /// Provisions the passage is about, and their parents up to the section.
    pub const PROVISIONS: &str = "provisions";
    /// First day of validity as yyyymmdd; 0 when open.
    pub const FROM: &str = "valid_from";
    /// Last day of validity as yyyymmdd; 99999999 when open.
    pub const TO: &str = "valid_to";
}

/// A sparse vector: (term, weight), each term once.
pub type SparseTerms = Vec<(u32, f32)>;

/// One passage as the index holds it.
#[derive(Debug, Clone)]
pub struct Point {
    /// The passage's id in the store.
    pub id: u64,
    /// Embedding of the passage.
    pub passage: Vec<f32>,
    /// Embeddings of the questions it answers; may be empty.
    pub questions: Vec<Vec<f32>>,
    /// Terms of the passage.
    pub terms: SparseTerms,
    /// Terms of its questions; may be empty.
    pub question_terms: SparseTerms,
    /// Kind of source, as in [`crate::law::SourceKind`]'s JSON name.
    pub kind: String,
    /// Canonical provision ids, parents up to the section included.
    pub provisions: Vec<String>,
    /// When the passage is the rule.
    pub validity: Validity,
}

/// First and last day on which a passage is the rule, as numbers yyyymmdd.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Validity {
    /// First day; 0 when open.
    pub from: u32,
    /// Last day; [`Validity::OPEN`] when open.
    pub to: u32,
}

impl Validity {
    /// No last day.
    pub const OPEN: u32 = 99_999_999;
    /// Valid on every day.
    pub const ALWAYS: Self = Self { from: 0, to: Self::OPEN };

    /// Whether `day` (yyyymmdd) lies within.
    pub fn holds_on(self, day: u32) -> bool {
        self.from <= day && day <= self.to
    }

    /// Whether it holds on no day at all, as that of a version that was replaced by another of the same day.
    pub fn is_empty(self) -> bool {
        self.from > self.to
    }
}

/// What to look for: one way of searching at a time, so that each channel's hits can be told apart.
#[derive(Debug, Clone)]
pub enum Probe {
    /// Nearest passages.
    Passage(Vec<f32>),
    /// Passages with the nearest question.
    Questions(Vec<f32>),
    /// Passages sharing terms.
    Terms(SparseTerms),
    /// Passages whose questions share terms.
    QuestionTerms(SparseTerms),
}

impl Probe {
    /// Candidates kept while a graph of vectors is walked (`ef`): more finds more of the true top and takes longer.
    /// A passage's questions are several vectors, each of which is a way to it.
    fn beam(&self) -> usize {
        if matches!(self, Self::Questions(_)) { 160 } else { 320 }
    }
}

/// Where no more than this share of the points may be found, the graph of vectors is walked by ACORN, which steps over
/// those that may not. Else it would be cut to pieces: a passage's nearest neighbours are its own older versions, and none
/// of them holds today.
const MAY_BE_FOUND: f64 = 0.9;

/// Which passages may be found.
#[derive(Debug, Clone, Default)]
pub struct Scope {
    /// Valid on this day (yyyymmdd); `None`: any version.
    pub day: Option<u32>,
    /// Only these kinds; empty: all.
    pub kinds: Vec<String>,
    /// Only passages about one of these provisions; empty: all.
    pub provisions: Vec<String>,
}

/// A passage found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hit {
    /// The passage's id in the store.
    pub id: u64,
    /// Cosine for embeddings, BM25 for terms; comparable within one probe only.
    pub score: f32,
}

/// A vector engine. Calls block; an async caller gives them a thread of their own.
pub trait VectorIndex: Send + Sync {
    /// Inserts or replaces points; seen by searches at once, durable after [`VectorIndex::flush`].
    fn upsert(&self, points: Vec<Point>) -> Result<(), IndexError>;

    /// Removes points; unknown ids are ignored.
    fn delete(&self, ids: &[u64]) -> Result<(), IndexError>;

    /// Changes the validity of points.
    fn set_validity(&self, ids: &[u64], validity: Validity) -> Result<(), IndexError>;

    /// Makes all earlier changes survive a kill.
    fn flush(&self) -> Result<(), IndexError>;

    /// Builds the search structures for what was added; to be called after a large ingest. May take minutes.
    fn optimize(&self) -> Result<(), IndexError>;

    /// The best `limit` hits, best first. Over a large base nearly always the true ones: see
    /// [`VectorIndex::compare_all`].
    fn search(&self, probe: &Probe, scope: &Scope, limit: usize) -> Result<Vec<Hit>, IndexError>;

    /// The true best `limit` hits in the whole base, found by comparing with every vector as it is: what
    /// [`VectorIndex::search`] is measured against. Slow.
    fn compare_all(&self, probe: &Probe, limit: usize) -> Result<Vec<Hit>, IndexError>;

    /// Which of these ids the index holds.
    fn present(&self, ids: &[u64]) -> Result<Vec<u64>, IndexError>;

    /// Number of points held.
    fn count(&self) -> Result<u64, IndexError>;

    /// Drops all points, as when another model is taken into use.
    fn clear(&self) -> Result<(), IndexError>;
}

/// The index as it is shared.
pub type SharedIndex = Arc<dyn VectorIndex>;

/// What can go wrong in an engine.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// The engine refused or failed.
    #[error("vektorindeksen ({engine}) svarte med feil: {reason}")]
    Engine {
        /// Which engine.
        engine: &'static str,
        /// What it said.
        reason: String,
    },
    /// The folder or server cannot be opened.
    #[error("vektorindeksen kan ikke åpnes ({place}): {reason}")]
    Open {
        /// Folder or address.
        place: String,
        /// What was wrong.
        reason: String,
    },
}

#[cfg(test)]
mod tests;
