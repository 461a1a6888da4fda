//! What is visible now, in memory: the documents' versions with their passages.

use std::collections::HashMap;
use std::sync::Arc;

use rayon::prelude::*;
use sqlx::Row;

use super::{PieceVectors, Store, StoreError};
use crate::corpus::{Document, Passage};
use crate::index::Validity;

/// A version of a document, as it is served.
#[derive(Debug)]
pub struct Version {
    /// Row id in the store.
    pub id: i64,
    /// The document.
    pub document: Document,
    /// When this version is the rule.
    pub validity: Validity,
    /// The file it was read from.
    pub source: String,
    /// Its own date as yyyymmdd, 0 when it has none.
    pub day: u32,
    /// Whether a newer version of the document is in the base.
    pub superseded: bool,
    /// Its passages, in order.
    pub passages: Vec<StoredPassage>,
}

/// A passage with its id and the questions it was indexed with.
#[derive(Debug, Clone)]
pub struct StoredPassage {
    /// Row id in the store, and the point's id in the index.
    pub id: u64,
    /// The passage.
    pub passage: Passage,
    /// Fingerprint of the questions indexed with it; empty when none.
    pub questions: String,
    /// Vectors of what can be quoted of it.
    pub pieces: PieceVectors,
}

/// A passage in its version. Cheap to clone; stays good when the catalogue is replaced.
#[derive(Debug, Clone)]
pub struct PassageRef {
    version: Arc<Version>,
    ordinal: usize,
}

impl PassageRef {
    /// The version it stands in.
    pub fn version(&self) -> &Arc<Version> {
        &self.version
    }

    /// The document it stands in.
    pub fn document(&self) -> &Document {
        &self.version.document
    }

    /// The passage itself.
    pub fn passage(&self) -> &Passage {
        &self.version.passages[self.ordinal].passage
    }

    /// Its id in store and index.
    pub fn id(&self) -> u64 {
        self.version.passages[self.ordinal].id
    }

    /// Whether callers' questions were indexed with it.
    pub fn has_questions(&self) -> bool {
        !self.version.passages[self.ordinal].questions.is_empty()
    }

    /// Cosine between a question's vector and each piece that can be quoted ([`crate::corpus::quotable`]), in their
    /// order; empty where none were made.
    pub fn nearness(&self, question: &[f32]) -> Vec<f32> {
        self.version.passages[self.ordinal].pieces.cosines(question)
    }

    /// Place among the version's passages, from 0.
    pub fn ordinal(&self) -> usize {
        self.ordinal
    }

    /// Its words.
    pub fn text(&self) -> &str {
        &self.version.document.text[self.passage().range.clone()]
    }
}

/// All visible versions and their passages.
#[derive(Debug, Default)]
pub struct Catalogue {
    versions: Vec<Arc<Version>>,
    passages: HashMap<u64, (usize, usize)>,
    documents: HashMap<String, Vec<usize>>,
}

impl Catalogue {
    /// Puts versions together; those of one document in the order of their dates.
    pub fn new(versions: Vec<Arc<Version>>) -> Self {
        let mut catalogue = Self { versions, ..Self::default() };
        for (at, version) in catalogue.versions.iter().enumerate() {
            catalogue.documents.entry(version.document.id.clone()).or_default().push(at);
            for (ordinal, passage) in version.passages.iter().enumerate() {
                catalogue.passages.insert(passage.id, (at, ordinal));
            }
        }
        for ordered in catalogue.documents.values_mut() {
            ordered.sort_by_key(|&at| (catalogue.versions[at].validity.from, catalogue.versions[at].id));
        }
        catalogue
    }

    /// The passage with this id, if it is visible.
    pub fn passage(&self, id: u64) -> Option<PassageRef> {
        let &(at, ordinal) = self.passages.get(&id)?;
        Some(PassageRef { version: Arc::clone(&self.versions[at]), ordinal })
    }

    /// All visible versions.
    pub fn versions(&self) -> &[Arc<Version>] {
        &self.versions
    }

    /// All passages of a version.
    pub fn passages_of<'a>(&self, version: &'a Arc<Version>) -> impl Iterator<Item = PassageRef> + use<'a> {
        (0..version.passages.len()).map(|ordinal| PassageRef { version: Arc::clone(version), ordinal })
    }

    /// The versions of a document, oldest first.
    pub fn document(&self, id: &str) -> impl Iterator<Item = &Arc<Version>> {
        self.documents.get(id).into_iter().flatten().map(|&at| &self.versions[at])
    }

    /// The version of a document that is the rule on a day (yyyymmdd), else the newest.
    pub fn version_on(&self, id: &str, day: u32) -> Option<&Arc<Version>> {
        self.document(id).find(|v| v.validity.holds_on(day)).or_else(|| self.document(id).last())
    }

    /// Number of documents.
    pub fn document_count(&self) -> usize {
        self.documents.len()
    }

    /// Number of passages.
    pub fn passage_count(&self) -> usize {
        self.passages.len()
    }

    /// The ids of all passages.
    pub fn passage_ids(&self) -> Vec<u64> {
        self.passages.keys().copied().collect()
    }
}

impl Store {
    /// Reads what is visible. Versions already in `known` are taken from there, not read again.
    ///
    /// # Errors
    /// The database refuses, or a row cannot be read.
    pub async fn catalogue(&self, known: &Catalogue) -> Result<Catalogue, StoreError> {
        let rows = sqlx::query(
            "SELECT id, document, source, day, valid_from, valid_to, state FROM versions WHERE state <> 'pending' ORDER BY id",
        )
        .fetch_all(self.pool())
        .await?;
        let mut newest: HashMap<String, (u32, i64)> = HashMap::new();
        for row in rows.iter().filter(|row| row.get::<&str, _>("state") == "live") {
            let key = (row.get::<u32, _>("valid_from"), row.get::<i64, _>("id"));
            let held = newest.entry(row.get("document")).or_insert(key);
            *held = (*held).max(key);
        }
        let known: HashMap<i64, &Arc<Version>> = known.versions.iter().map(|v| (v.id, v)).collect();
        let mut passages = self.passages_by_version(&known).await?;
        let mut bodies = self.bodies(&known).await?;
        let mut versions = Vec::with_capacity(rows.len());
        for row in rows {
            let id: i64 = row.get("id");
            let validity = Validity { from: row.get("valid_from"), to: row.get("valid_to") };
            let superseded = newest.get(row.get::<&str, _>("document")).is_none_or(|&(_, newest)| newest != id);
            if let Some(&version) = known.get(&id)
                && version.validity == validity
                && version.superseded == superseded
            {
                versions.push(Arc::clone(version));
                continue;
            }
            let (document, passages) = match known.get(&id) {
                Some(version) => (version.document.clone(), version.passages.clone()),
                None => match bodies.remove(&id) {
                    Some(body) => (body, passages.remove(&id).unwrap_or_default()),
                    None => continue,
                },
            };
            versions.push(Arc::new(Version {
                id,
                document,
                validity,
                source: row.get("source"),
                day: row.get("day"),
                superseded,
                passages,
            }));
        }
        Ok(Catalogue::new(versions))
    }

    async fn bodies(&self, known: &HashMap<i64, &Arc<Version>>) -> Result<HashMap<i64, Document>, StoreError> {
        let newest_known = known.keys().max().copied().unwrap_or(0);
        let rows = sqlx::query("SELECT id, body FROM versions WHERE state <> 'pending' AND id > ?")
            .bind(newest_known)
            .fetch_all(self.pool())
            .await?;
        rows.par_iter().map(|row| Ok((row.get("id"), serde_json::from_str(row.get("body"))?))).collect()
    }

    async fn passages_by_version(
        &self,
        known: &HashMap<i64, &Arc<Version>>,
    ) -> Result<HashMap<i64, Vec<StoredPassage>>, StoreError> {
        let newest_known = known.keys().max().copied().unwrap_or(0);
        let rows = sqlx::query(
            "SELECT id, version, questions, pieces, body FROM passages WHERE version > ? ORDER BY version, ordinal",
        )
        .bind(newest_known)
        .fetch_all(self.pool())
        .await?;
        let mut by_version: HashMap<i64, Vec<StoredPassage>> = HashMap::new();
        let parsed: Vec<(i64, StoredPassage)> = rows
            .par_iter()
            .map(|row| {
                let passage = serde_json::from_str(row.get("body"))?;
                let id = row.get::<i64, _>("id") as u64;
                let pieces = row.get::<Vec<u8>, _>("pieces").into();
                Ok((row.get("version"), StoredPassage { id, passage, questions: row.get("questions"), pieces }))
            })
            .collect::<Result<_, StoreError>>()?;
        for (version, passage) in parsed {
            by_version.entry(version).or_default().push(passage);
        }
        Ok(by_version)
    }
}
