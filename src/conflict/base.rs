//! The readings that are known, found by § or by likeness.

use std::collections::{BTreeSet, HashMap};

use super::compare::closeness;
use super::statements::Reading;

/// Readings by § of their statements. Finding what a new document could conflict with costs as much as there are
/// documents on the same §.
#[derive(Debug, Default)]
pub struct Base {
    readings: Vec<Option<Reading>>,
    by_section: HashMap<String, BTreeSet<usize>>,
    by_id: HashMap<String, Vec<usize>>,
    /// Readings with statements that name no provision: these are met by likeness.
    without: BTreeSet<usize>,
}

impl Base {
    /// An empty base.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes in a reading; one of the same document and version is replaced.
    pub fn insert(&mut self, reading: Reading) {
        self.remove(&reading.source.id, &reading.source.version);
        let at = self.readings.len();
        for section in sections(&reading) {
            self.by_section.entry(section).or_default().insert(at);
        }
        if reading.provisions.is_empty() {
            self.without.insert(at);
        }
        self.by_id.entry(reading.source.id.clone()).or_default().push(at);
        self.readings.push(Some(reading));
    }

    /// Takes out a version of a document.
    pub fn remove(&mut self, id: &str, version: &str) {
        let Some(at) = self.position(id, version) else { return };
        for bucket in self.by_section.values_mut() {
            bucket.remove(&at);
        }
        self.without.remove(&at);
        if let Some(versions) = self.by_id.get_mut(id) {
            versions.retain(|version| *version != at);
        }
        self.readings[at] = None;
    }

    /// All readings.
    pub fn readings(&self) -> impl Iterator<Item = &Reading> {
        self.readings.iter().flatten()
    }

    /// A version of a document.
    pub fn get(&self, id: &str, version: &str) -> Option<&Reading> {
        self.readings.get(self.position(id, version)?)?.as_ref()
    }

    /// All versions of a document, oldest first.
    pub fn versions(&self, id: &str) -> Vec<&Reading> {
        let mut versions: Vec<&Reading> =
            self.by_id.get(id).into_iter().flatten().filter_map(|at| self.readings[*at].as_ref()).collect();
        versions.sort_by_key(|reading| reading.source.from());
        versions
    }

    fn position(&self, id: &str, version: &str) -> Option<usize> {
        self.by_id
            .get(id)?
            .iter()
            .copied()
            .find(|at| self.readings[*at].as_ref().is_some_and(|reading| reading.source.version == version))
    }

    /// The readings that a new one could conflict with: those on one of its §§. A reading that names no provision is
    /// compared with the `nearest` documents by likeness of statements; so are the known ones that name none.
    pub fn neighbours(&self, reading: &Reading, nearest: usize) -> Vec<&Reading> {
        let mut found = BTreeSet::new();
        for section in sections(reading) {
            found.extend(self.by_section.get(&section).into_iter().flatten().copied());
        }
        if reading.provisions.is_empty() {
            found.extend(self.nearest(reading, 0..self.readings.len(), nearest));
        } else {
            found.extend(self.nearest(reading, self.without.iter().copied(), nearest));
        }
        found
            .into_iter()
            .filter_map(|at| self.readings[at].as_ref())
            .filter(|other| other.source.id != reading.source.id)
            .collect()
    }

    fn nearest(&self, reading: &Reading, among: impl Iterator<Item = usize>, count: usize) -> Vec<usize> {
        /// Below this the model sees no common subject.
        const LIKE: f32 = 0.5;
        let mut likest: Vec<(f32, usize)> = among
            .filter_map(|at| {
                let other = self.readings[at].as_ref()?;
                let best = reading
                    .statements
                    .iter()
                    .flat_map(|a| other.statements.iter().map(|b| closeness(&a.vector, &b.vector)))
                    .fold(0.0_f32, f32::max);
                (best >= LIKE).then_some((best, at))
            })
            .collect();
        likest.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        likest.truncate(count);
        likest.into_iter().map(|(_, at)| at).collect()
    }
}

/// The §§ that a reading is about.
pub(super) fn sections(reading: &Reading) -> BTreeSet<String> {
    reading.provisions.iter().map(|provision| provision.section().to_string()).collect()
}
