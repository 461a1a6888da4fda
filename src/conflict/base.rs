//! The readings that are known, found by §, by name or by likeness.

use std::collections::{BTreeSet, HashMap};

use super::compare::closeness;
use super::statements::Reading;
use super::types::ConflictKind;

/// A reading that names no § is compared with this many documents.
const NEAREST: usize = 20;
/// Below this the model sees no common subject.
const LIKE: f32 = 0.5;
/// A reading is compared with this many on its benefit that name other §§ than it does …
const NEAREST_OF_BENEFIT: usize = 8;
/// … from this likeness on: two sentences on one question.
const LIKE_ON_BENEFIT: f32 = 0.85;

/// Readings by § of their statements. Finding what a new document could conflict with costs as much as there are
/// documents on the same § and the same benefit.
#[derive(Debug, Default)]
pub struct Base {
    readings: Vec<Option<Reading>>,
    means: Vec<Option<Vec<f32>>>,
    by_section: HashMap<String, BTreeSet<usize>>,
    by_benefit: HashMap<String, BTreeSet<usize>>,
    by_id: HashMap<String, Vec<usize>>,
    /// Readings by the ids that they name.
    naming: HashMap<String, BTreeSet<usize>>,
    /// Readings that name no §: these are met by likeness.
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
        for benefit in reading.benefits() {
            self.by_benefit.entry(benefit).or_default().insert(at);
        }
        for name in &reading.named {
            self.naming.entry(name.clone()).or_default().insert(at);
        }
        if reading.stands_anywhere() {
            self.without.insert(at);
        }
        self.by_id.entry(reading.source.id.clone()).or_default().push(at);
        self.means.push(mean(&reading));
        self.readings.push(Some(reading));
    }

    /// Takes out a version of a document.
    pub fn remove(&mut self, id: &str, version: &str) {
        let Some(at) = self.position(id, version) else { return };
        for buckets in [&mut self.by_section, &mut self.by_benefit, &mut self.naming] {
            buckets.values_mut().for_each(|bucket| {
                bucket.remove(&at);
            });
        }
        self.without.remove(&at);
        if let Some(versions) = self.by_id.get_mut(id) {
            versions.retain(|version| *version != at);
        }
        self.readings[at] = None;
        self.means[at] = None;
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

    /// The readings that a new one could conflict with: those on one of its §§, those that name it or that it names, and
    /// the likest on its benefit, since one question is put under several §§. A reading that names no § (of EEA law
    /// alone, say) is compared with the likest documents of all; so are the known ones that name none.
    pub fn neighbours(&self, reading: &Reading) -> Vec<&Reading> {
        let mut found = BTreeSet::new();
        for section in sections(reading) {
            found.extend(self.by_section.get(&section).into_iter().flatten().copied());
        }
        found.extend(self.naming.get(&reading.source.id).into_iter().flatten().copied());
        found.extend(reading.named.iter().filter_map(|name| self.by_id.get(name)).flatten().copied());
        if reading.stands_anywhere() {
            found.extend(self.nearest(reading, &(0..self.readings.len()).collect(), NEAREST, LIKE));
        } else {
            found.extend(self.nearest(reading, &self.without, NEAREST, LIKE));
            let benefits = reading.benefits();
            let of_benefit = benefits.iter().filter_map(|code| self.by_benefit.get(code)).flatten().copied();
            let elsewhere = of_benefit.filter(|at| !found.contains(at)).collect();
            found.extend(self.nearest(reading, &elsewhere, NEAREST_OF_BENEFIT, LIKE_ON_BENEFIT));
        }
        found
            .into_iter()
            .filter_map(|at| self.readings[at].as_ref())
            .filter(|other| other.source.id != reading.source.id)
            .filter(|other| ConflictKind::between(&reading.source, &other.source).is_some())
            .collect()
    }

    /// The likest documents that a reading can conflict with. All are weighed by the mean of what they say, which costs
    /// little; only the best of them statement by statement.
    fn nearest(&self, reading: &Reading, among: &BTreeSet<usize>, count: usize, from: f32) -> Vec<usize> {
        /// Weighed statement by statement for each one wanted.
        const LOOKED_AT: usize = 5;
        let Some(own) = mean(reading) else { return Vec::new() };
        let mut likest: Vec<(f32, usize)> = among
            .iter()
            .copied()
            .filter(|at| {
                let other = self.readings[*at].as_ref();
                other.is_some_and(|other| ConflictKind::between(&reading.source, &other.source).is_some())
            })
            .filter_map(|at| Some((closeness(&own, self.means[at].as_ref()?), at)))
            .collect();
        keep_likest(&mut likest, LOOKED_AT * count);
        for (like, at) in &mut likest {
            let theirs = self.readings[*at].iter().flat_map(|other| &other.statements);
            let pairs = theirs.flat_map(|b| reading.statements.iter().map(move |a| (a, b)));
            *like = pairs.map(|(a, b)| closeness(&a.vector, &b.vector)).fold(f32::MIN, f32::max);
        }
        likest.retain(|(like, _)| *like >= from);
        keep_likest(&mut likest, count);
        likest.into_iter().map(|(_, at)| at).collect()
    }
}

fn keep_likest(likest: &mut Vec<(f32, usize)>, count: usize) {
    likest.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    likest.truncate(count);
}

/// The mean of what a document says, as a vector of length one; `None` where nothing of it is embedded.
fn mean(reading: &Reading) -> Option<Vec<f32>> {
    let mut vectors = reading.statements.iter().map(|statement| &statement.vector).filter(|vector| !vector.is_empty());
    let mut sum = vectors.next()?.clone();
    for vector in vectors {
        sum.iter_mut().zip(vector).for_each(|(sum, value)| *sum += value);
    }
    let length = sum.iter().map(|value| value * value).sum::<f32>().sqrt().max(f32::EPSILON);
    Some(sum.into_iter().map(|value| value / length).collect())
}

/// Whether two readings are about a § in common.
pub(super) fn share_section(a: &Reading, b: &Reading) -> bool {
    !sections(a).is_disjoint(&sections(b))
}

/// The §§ that a reading is about.
pub(super) fn sections(reading: &Reading) -> BTreeSet<String> {
    reading.provisions.iter().map(|provision| provision.section().to_string()).collect()
}
