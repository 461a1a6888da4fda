//! New document versions through the engine. The one place that calls it.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use rayon::prelude::*;
use sha2::{Digest as _, Sha256};
use sqlx::Row as _;

use super::{Models, RegisterError};
use crate::conflict::{self, Base, Conflict, ConflictKind, Engine, Pair, Reading, Rejected, Source, Statement};
use crate::embedding::{Embedder, Meaning};
use crate::language::Analyser;
use crate::law::{Court, SourceKind};
use crate::store::{Catalogue, Store, Version, text_hash};

/// Raised when the engine reads documents or judges pairs in another way, so that all are compared again.
const ENGINE_VERSION: &str = "21";

/// Readings embedded together; their vectors are kept at once, so that an interrupted run loses little.
const BATCH: usize = 64;

/// What the engine came to.
pub(super) struct Findings {
    /// Versions that are forgotten, or read anew: their pairs and near misses go.
    pub cleared: Vec<i64>,
    /// Versions that are forgotten.
    pub forgotten: Vec<i64>,
    /// New readings: row of the version, its key, and the reading without vectors.
    pub readings: Vec<(i64, String, Reading)>,
    /// What made them.
    pub maker: String,
    /// New pairs.
    pub pairs: Vec<(i64, i64, Pair)>,
    /// New near misses.
    pub near_misses: Vec<(i64, i64, Rejected)>,
    /// All conflicts, as they are now.
    pub conflicts: Vec<Conflict>,
}

/// Fingerprint of what a version says: the same words on the same date keep it, also when they are read again.
pub(super) fn key_of(version: &Version) -> String {
    let document = &version.document;
    let mut hash = Sha256::new();
    hash.update(document.text.as_bytes());
    hash.update(format!("|{:?}|{:?}|{:?}|{:?}", document.date, document.outcome, document.panel, document.provisions));
    hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// The versions that can be a side: those that were the rule at some time, of documents that are still in the base.
fn counting(catalogue: &Catalogue) -> Vec<&Arc<Version>> {
    let standing: HashSet<&str> =
        catalogue.versions().iter().filter(|v| !v.superseded).map(|v| v.document.id.as_str()).collect();
    catalogue
        .versions()
        .iter()
        .filter(|v| !v.validity.is_empty() && standing.contains(v.document.id.as_str()))
        .collect()
}

/// Compares what is new with what is known; `None` when nothing has changed since the last time.
///
/// A further version of a known document can change how its elder ones are judged (a circular that takes a ruling in),
/// so all versions of a changed document are compared again.
///
/// # Errors
/// Database, model or engine fail.
pub(super) async fn find_conflicts(
    store: &Store,
    catalogue: &Arc<Catalogue>,
    models: &Models,
) -> Result<Option<Findings>, RegisterError> {
    let Models { embedder, analyser } = models;
    let maker = format!("{ENGINE_VERSION}/{}/{}", Analyser::VERSION, embedder.statement_model_id());
    let rows = sqlx::query("SELECT version, key, maker FROM readings").fetch_all(store.pool()).await?;
    let known: HashMap<i64, String> = rows
        .iter()
        .filter(|row| row.get::<&str, _>("maker") == maker)
        .map(|row| (row.get("version"), row.get("key")))
        .collect();
    // Of two versions with the same words the newest stands for both.
    let mut wanted: BTreeMap<(&str, String), &Arc<Version>> = BTreeMap::new();
    for version in counting(catalogue) {
        let key = known.get(&version.id).cloned().unwrap_or_else(|| key_of(version));
        wanted.insert((version.document.id.as_str(), key), version);
    }
    let wanted_rows: HashSet<i64> = wanted.values().map(|version| version.id).collect();
    let forgotten: Vec<i64> = rows
        .iter()
        .map(|row| row.get::<i64, _>("version"))
        .filter(|id| !wanted_rows.contains(id) || !known.contains_key(id))
        .collect();
    let new: Vec<(String, Arc<Version>)> = wanted
        .iter()
        .filter(|(_, version)| !known.contains_key(&version.id))
        .map(|((_, key), version)| (key.clone(), Arc::clone(version)))
        .collect();
    if new.is_empty() && forgotten.is_empty() {
        return Ok(None);
    }
    tracing::info!(new = new.len(), known = known.len(), "leter etter konflikter");
    // Documents that lost or gained a version.
    let gone: HashSet<i64> = forgotten.iter().copied().collect();
    let mut touched: HashSet<String> = new.iter().map(|(_, version)| version.document.id.clone()).collect();
    touched.extend(catalogue.versions().iter().filter(|v| gone.contains(&v.id)).map(|v| v.document.id.clone()));

    let mut readings = Vec::with_capacity(new.len());
    for batch in new.chunks(BATCH) {
        let (batch, analyser) = (batch.to_vec(), Arc::clone(analyser));
        let read = tokio::task::spawn_blocking(move || -> Vec<(i64, String, Reading)> {
            batch
                .par_iter()
                .map(|(key, version)| (version.id, key.clone(), conflict::read(&version.document, key, &analyser)))
                .collect()
        });
        readings.extend(read.await?);
    }
    let mut elder = elder_readings(store, &maker, &gone).await?;
    let elder_pairs = elder_pairs(store).await?;
    let (compared_anew, known): (Vec<&Reading>, Vec<&Reading>) =
        elder.iter().map(|(_, reading)| reading).partition(|reading| touched.contains(&reading.source.id));
    let anew = || readings.iter().map(|(_, _, reading)| reading).chain(compared_anew.iter().copied());
    let mut sections = met_sections(anew(), known.iter().copied());
    sections.extend(paired_sections(&elder_pairs, elder.iter().map(|(_, reading)| reading)));
    let met = Met::of(sections, anew(), &known);
    let mut bare: Vec<&mut Reading> = readings.iter_mut().map(|(_, _, reading)| reading).collect();
    bare.extend(elder.iter_mut().map(|(_, reading)| reading));
    for batch in bare.chunks_mut(BATCH) {
        fill_vectors(store, embedder, batch, &met).await?;
    }
    embedder.release_statements();

    let findings = tokio::task::spawn_blocking(move || -> Result<Findings, RegisterError> {
        let engine = Engine::built_in()?;
        let mut row_of: HashMap<(String, String), i64> = HashMap::new();
        let mut base = Base::new();
        let mut cleared = forgotten.clone();
        let mut compared: Vec<Reading> = Vec::new();
        for (row, reading) in elder {
            row_of.insert((reading.source.id.clone(), reading.source.version.clone()), row);
            if touched.contains(&reading.source.id) {
                cleared.push(row);
                compared.push(reading);
            } else {
                base.insert(reading);
            }
        }
        for (row, key, reading) in &readings {
            row_of.insert((reading.source.id.clone(), key.clone()), *row);
            compared.push(reading.clone());
        }
        let found = engine.compare(compared, &mut base);
        let cleared_rows: HashSet<i64> = cleared.iter().copied().collect();
        let mut pairs: Vec<Pair> = elder_pairs
            .into_iter()
            .filter(|(a, b, _)| !cleared_rows.contains(a) && !cleared_rows.contains(b))
            .map(|(_, _, pair)| pair)
            .collect();
        pairs.extend(found.pairs.iter().cloned());
        let conflicts = conflict::conflicts(&pairs, &base, engine.judge().threshold());
        let rows = |a: &(String, String), b: &(String, String)| Some((*row_of.get(a)?, *row_of.get(b)?));
        for (_, _, reading) in &mut readings {
            reading.all_statements_mut().for_each(|statement| statement.set_meaning(Meaning::default()));
        }
        Ok(Findings {
            pairs: found
                .pairs
                .into_iter()
                .filter_map(|pair| rows(&pair.a, &pair.b).map(|(a, b)| (a, b, pair)))
                .collect(),
            near_misses: found
                .rejected
                .into_iter()
                .filter_map(|miss| rows(&miss.a, &miss.b).map(|(a, b)| (a, b, miss)))
                .collect(),
            cleared,
            forgotten,
            readings,
            maker,
            conflicts,
        })
    });
    Ok(Some(findings.await??))
}

/// The known readings that stay, without vectors.
async fn elder_readings(store: &Store, maker: &str, gone: &HashSet<i64>) -> Result<Vec<(i64, Reading)>, RegisterError> {
    let rows = sqlx::query("SELECT version, body FROM readings WHERE maker = ? ORDER BY version")
        .bind(maker)
        .fetch_all(store.pool())
        .await?;
    rows.into_iter()
        .filter(|row| !gone.contains(&row.get("version")))
        .map(|row| Ok((row.get("version"), serde_json::from_str(row.get("body"))?)))
        .collect()
}

async fn elder_pairs(store: &Store) -> Result<Vec<(i64, i64, Pair)>, RegisterError> {
    let rows = sqlx::query("SELECT a, b, body FROM pairs").fetch_all(store.pool()).await?;
    rows.into_iter().map(|row| Ok((row.get("a"), row.get("b"), serde_json::from_str(row.get("body"))?))).collect()
}

/// What new documents are held against: only that is embedded.
struct Met {
    /// See [`met_sections`].
    sections: HashSet<String>,
    /// Ids of the new documents.
    new: HashSet<String>,
    /// The ids that they name.
    named: HashSet<String>,
    /// The benefits of the new documents.
    benefits: HashSet<String>,
    /// Those of the new ones that name no §.
    anywhere: HashSet<String>,
    /// Those of the known ones that name no §.
    anywhere_known: HashSet<String>,
}

impl Met {
    fn of<'a>(sections: HashSet<String>, new: impl Iterator<Item = &'a Reading> + Clone, known: &[&Reading]) -> Self {
        let anywhere = |reading: &&Reading| reading.stands_anywhere();
        Self {
            sections,
            new: new.clone().map(|reading| reading.source.id.clone()).collect(),
            named: new.clone().flat_map(|reading| reading.named.iter().cloned()).collect(),
            benefits: new.clone().flat_map(Reading::benefits).collect(),
            anywhere: new.filter(|reading| anywhere(reading)).flat_map(Reading::benefits).collect(),
            anywhere_known: known.iter().copied().filter(anywhere).flat_map(Reading::benefits).collect(),
        }
    }

    /// Whether all that a document says is needed, whatever its §§: it names none, it may meet one on its benefit that names
    /// none, or it is a ruling that may meet another by their likeness or by name.
    fn is_whole(&self, reading: &Reading) -> bool {
        let benefits = reading.benefits();
        let on = |met: &HashSet<String>| benefits.iter().any(|benefit| met.contains(benefit));
        let is_new = self.new.contains(&reading.source.id);
        let may_be_named =
            || self.named.contains(&reading.source.id) || reading.named.iter().any(|id| self.new.contains(id));
        reading.stands_anywhere()
            || (!reading.source.is_law() && (on(&self.anywhere) || (is_new && on(&self.anywhere_known))))
            || (reading.source.kind.is_ruling() && (may_be_named() || on(&self.benefits)))
    }
}

/// The sections that a new document and another one both speak of, if two of their kinds can conflict at all. Only there
/// can something be compared: a statute's thousands of sentences are not embedded for the few sections that a ruling is
/// about.
fn met_sections<'a>(
    new: impl Iterator<Item = &'a Reading>,
    elder: impl Iterator<Item = &'a Reading>,
) -> HashSet<String> {
    // Per section and kind of source: its documents, and whether one of them is new.
    type Speakers<'a> = HashMap<(SourceKind, Option<Court>), (HashSet<&'a str>, bool, &'a Source)>;
    let mut speakers: HashMap<String, Speakers<'_>> = HashMap::new();
    let all = new.map(|reading| (reading, true)).chain(elder.map(|reading| (reading, false)));
    for (reading, is_new) in all {
        let source = &reading.source;
        for section in reading.all_statements().flat_map(Statement::sections) {
            let of_kind = speakers.entry(section).or_default();
            let (documents, any_new, _) =
                of_kind.entry((source.kind, source.court)).or_insert_with(|| (HashSet::new(), false, source));
            documents.insert(&source.id);
            *any_new |= is_new;
        }
    }
    let is_met = |speakers: &Speakers<'_>| {
        speakers.iter().any(|(a, (documents, a_new, one))| {
            speakers.iter().any(|(b, (_, b_new, other))| {
                (a != b || documents.len() > 1) && (*a_new || *b_new) && ConflictKind::between(one, other).is_some()
            })
        })
    };
    speakers.into_iter().filter(|(_, speakers)| is_met(speakers)).map(|(section, _)| section).collect()
}

/// The sections of the pairs that are known: they are grouped and settled anew, by what was made of their statements
/// when they were met.
fn paired_sections<'a>(pairs: &[(i64, i64, Pair)], elder: impl Iterator<Item = &'a Reading>) -> HashSet<String> {
    let known: HashMap<(&str, &str), &Reading> =
        elder.map(|reading| ((reading.source.id.as_str(), reading.source.version.as_str()), reading)).collect();
    let ends = pairs.iter().flat_map(|(_, _, pair)| [(&pair.a, pair.a_statement), (&pair.b, pair.b_statement)]);
    let statements = ends.filter_map(|(id, at)| known.get(&(id.0.as_str(), id.1.as_str()))?.statements.get(at));
    statements.flat_map(Statement::sections).collect()
}

/// Under which name the store keeps the vectors of statements.
pub(crate) fn statement_key(model: &str) -> String {
    format!("{model}/statement")
}

/// Gives every statement its vector, from the store where it has them. All come out of the store in the end, so that a
/// new statement has the same vector as the one that was kept.
async fn fill_vectors(
    store: &Store,
    embedder: &Arc<dyn Embedder>,
    readings: &mut [&mut Reading],
    met: &Met,
) -> Result<(), RegisterError> {
    let model = statement_key(embedder.statement_model_id());
    let mut texts: BTreeMap<&str, bool> = BTreeMap::new();
    for reading in readings.iter() {
        let is_whole = met.is_whole(reading);
        for statement in reading.all_statements() {
            let is_met = is_whole || statement.sections().any(|section| met.sections.contains(&section));
            *texts.entry(statement.said.as_str()).or_default() |= is_met;
        }
    }
    let texts: Vec<&str> = texts.into_iter().filter(|(_, is_met)| *is_met).map(|(text, _)| text).collect();
    let hashes: Vec<[u8; 16]> = texts.iter().map(|text| text_hash(text)).collect();
    let held = store.cached_vectors(&model, &hashes).await?;
    let missing: Vec<usize> = (0..texts.len()).filter(|&at| held[at].is_none()).collect();
    let words: Vec<String> = missing.iter().map(|&at| texts[at].to_owned()).collect();
    let with = Arc::clone(embedder);
    let computed =
        tokio::task::spawn_blocking(move || with.statements(&words.iter().map(String::as_str).collect::<Vec<_>>()))
            .await??;
    let rows: Vec<Vec<f32>> = computed.iter().map(Meaning::to_row).collect();
    let kept: Vec<([u8; 16], &[f32])> =
        missing.iter().zip(&rows).map(|(&at, row)| (hashes[at], row.as_slice())).collect();
    store.keep_vectors(&model, &kept).await?;
    let new: Vec<[u8; 16]> = missing.iter().map(|&at| hashes[at]).collect();
    let rounded = store.cached_vectors(&model, &new).await?;
    let mut by_hash: HashMap<[u8; 16], Vec<f32>> =
        new.into_iter().zip(rounded.into_iter().map(Option::unwrap_or_default)).collect();
    by_hash.extend(hashes.into_iter().zip(held).filter_map(|(hash, vector)| Some((hash, vector?))));
    for statement in readings.iter_mut().flat_map(|reading| reading.all_statements_mut()) {
        let row = by_hash.get(&text_hash(&statement.said)).cloned().unwrap_or_default();
        statement.set_meaning(Meaning::from_row(row, embedder.dimensions()));
    }
    Ok(())
}
