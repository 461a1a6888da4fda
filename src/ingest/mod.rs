//! Files in, a searchable base out: read → cut into passages → embed → index → make visible.
//!
//! Documents are taken in batches. A batch is written to the store as pending, then to the index, flushed there, and
//! only then made visible by one transaction in the store. Killed at any point, the next start removes what was
//! pending and goes on; nothing is ever half replaced.

mod pairs;
mod questions;
mod versions;

pub use pairs::{TrainingPair, training_pairs};
pub use questions::{Asked, QuestionFileError, QuestionSet};

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use indicatif::ProgressBar;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::corpus::{self, Document, Passage};
use crate::day::{date_of, day_number};
use crate::embedding::{Embedder, EmbeddingError};
use crate::index::{IndexError, Point, SharedIndex, Validity};
use crate::language::Analyser;
use crate::register::WhatIsNew;
use crate::store::{Catalogue, KnownVersion, NewVersion, PieceVectors, Store, StoreError, as_kept, text_hash};
use versions::{NEVER, Placement, place};

/// Part of every file's fingerprint: raised when readers or cutting change, so that all files are read again.
const READER_VERSION: &str = "6";

/// Passages embedded and published together: large enough to keep the model busy, small enough to lose little.
const BATCH_PASSAGES: usize = 256;

/// Setting that says, while it is `yes`, that the index may not have followed the store.
const BEHIND: &str = "index_behind";

/// Tokens the model reads, less its own marks and the "passage: " before the text.
pub const MAX_TOKENS: usize = 480;

/// What can stop an ingest. A bad file does not: it is reported and the rest is kept.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    /// The store refused.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The index refused.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// The model refused.
    #[error(transparent)]
    Embedding(#[from] EmbeddingError),
    /// The program's own question files, or one kept, do not parse.
    #[error(transparent)]
    Questions(#[from] QuestionFileError),
    /// A worker died.
    #[error("en arbeidstråd stoppet uventet: {0}")]
    Worker(#[from] tokio::task::JoinError),
}

/// A file that could not be used, and why.
#[derive(Debug, Clone, Serialize, PartialEq, Eq)]
pub struct Failure {
    /// The file.
    pub file: String,
    /// One sentence: what is wrong and what would be right.
    pub error: String,
}

/// What an ingest did.
#[derive(Debug, Default, Serialize)]
pub struct Report {
    /// Ids of documents that were not in the base.
    pub added: Vec<String>,
    /// Ids of documents that got a new version.
    pub changed: Vec<String>,
    /// Ids of documents whose file is gone; kept as history.
    pub withdrawn: Vec<String>,
    /// Number of files that were as before.
    pub unchanged: usize,
    /// Files that could not be used.
    pub failed: Vec<Failure>,
    /// Number of passages indexed.
    pub passages: usize,
    /// Number of passages whose callers' questions changed.
    pub questions_updated: usize,
    /// Wall time of reading and indexing, in seconds.
    pub seconds: f64,
    /// Wall time of finding conflicts after it, in seconds.
    pub conflict_seconds: f64,
    /// Whether nothing was written.
    pub dry_run: bool,
    /// What the documents did to the register of conflicts.
    pub news: WhatIsNew,
}

impl Report {
    /// Whether there was nothing to read at all.
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.changed.is_empty() && self.failed.is_empty() && self.unchanged == 0
    }
}

/// How to take files in.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options {
    /// Read and check only.
    pub dry_run: bool,
    /// Documents under the given folders whose file is gone are withdrawn.
    pub prune: bool,
}

/// Takes files into the base.
pub struct Ingest<'a> {
    /// Where versions are kept.
    pub store: &'a Store,
    /// Where passages are found.
    pub index: SharedIndex,
    /// The model.
    pub embedder: Arc<dyn Embedder>,
    /// The Norwegian analysis of terms.
    pub analyser: Arc<Analyser>,
    /// Day the work is done, yyyymmdd.
    pub today: u32,
}

/// A document read and cut, waiting for its batch.
struct Waiting {
    document: Document,
    source: String,
    hash: String,
    validity: Validity,
    changed: Vec<(i64, Validity, bool)>,
    passages: Vec<Passage>,
}

/// What became of a file that was read.
enum Reading {
    /// It is known already.
    Known,
    /// It is known under a name that is gone: the version's id and its document.
    Moved(i64),
    /// It is new, or has changed.
    New(Box<Waiting>),
}

impl Ingest<'_> {
    /// Reads `paths` into the base. `progress` counts files.
    ///
    /// # Errors
    /// Store, index or model fail. Bad files are in the report.
    pub async fn run(
        &self,
        paths: &[PathBuf],
        options: Options,
        progress: &ProgressBar,
    ) -> Result<Report, IngestError> {
        let began = Instant::now();
        let mut report = Report { dry_run: options.dry_run, ..Report::default() };
        let mut known = self.store.known_versions().await?;
        let questions = self.questions(paths, options, &mut report).await?;

        let mut seen: HashSet<String> = HashSet::new();
        let mut waiting: Vec<Waiting> = Vec::new();
        let mut files = open_files(paths.to_vec());
        while let Some(file) = files.recv().await {
            progress.inc(1);
            let file = match file {
                Ok(file) => file,
                Err(error) => {
                    seen.insert(error.file.clone());
                    report.failed.push(Failure { error: error.to_string(), file: error.file });
                    continue;
                }
            };
            seen.insert(file.name.clone());
            progress.set_message(short_name(&file.name));
            match self.read(&file, &known, &seen) {
                Ok(Reading::Known) => report.unchanged += 1,
                Ok(Reading::Moved(version)) => {
                    report.unchanged += 1;
                    if let Some(v) = known.iter_mut().find(|v| v.id == version) {
                        v.source.clone_from(&file.name);
                    }
                    if !options.dry_run {
                        self.store.move_source(version, &file.name).await?;
                    }
                }
                Ok(Reading::New(new)) => {
                    let is_known = known.iter().any(|v| v.document == new.document.id);
                    if is_known { &mut report.changed } else { &mut report.added }.push(new.document.id.clone());
                    report.passages += new.passages.len();
                    note(&mut known, &new);
                    waiting.push(*new);
                }
                Err(error) => report.failed.push(Failure { file: file.name, error }),
            }
            if !options.dry_run && waiting.iter().map(|w| w.passages.len()).sum::<usize>() >= BATCH_PASSAGES {
                self.publish(std::mem::take(&mut waiting), &mut known, &questions).await?;
            }
        }
        if !options.dry_run {
            self.publish(waiting, &mut known, &questions).await?;
            if options.prune {
                report.withdrawn = self.withdraw(paths, &seen).await?;
            }
            report.questions_updated = self.update_questions(&questions).await?;
            if report.passages + report.questions_updated > 0 {
                let index = Arc::clone(&self.index);
                tokio::task::spawn_blocking(move || index.optimize()).await??;
            }
        }
        report.seconds = began.elapsed().as_secs_f64();
        Ok(report)
    }

    /// The questions that come with the program, those kept from earlier runs, and those beside the files now read.
    async fn questions(
        &self,
        paths: &[PathBuf],
        options: Options,
        report: &mut Report,
    ) -> Result<QuestionSet, IngestError> {
        let mut questions = QuestionSet::built_in()?;
        for file in paths.iter().flat_map(|path| corpus::question_files(path)) {
            let name = file.display().to_string();
            let checked = std::fs::read_to_string(&file)
                .map_err(|e| e.to_string())
                .and_then(|text| QuestionSet::default().add(&name, &text).map(|()| text).map_err(|e| e.to_string()));
            match checked {
                Ok(text) if options.dry_run => drop(text),
                Ok(text) => self.store.keep_question_file(&name, &text).await?,
                Err(error) => report.failed.push(Failure { file: name, error }),
            }
        }
        for (name, text) in self.store.question_files().await? {
            questions.add(&name, &text)?;
        }
        Ok(questions)
    }

    /// Reads one file. `seen` are the names read in this run.
    fn read(&self, file: &corpus::Source, known: &[KnownVersion], seen: &HashSet<String>) -> Result<Reading, String> {
        let hash = fingerprint(&file.bytes);
        // What the file held last; it may have held other words or another document before.
        let last = known.iter().rfind(|v| v.source == file.name);
        if last.is_some_and(|v| v.live && v.hash == hash) {
            return Ok(Reading::Known);
        }
        let is_elsewhere = |source: &str| is_elsewhere(source, &file.name, seen);
        if last.is_none_or(|v| !v.live)
            && let Some(twin) = known.iter().find(|v| v.live && v.hash == hash)
        {
            // A version that waits in this run has no row to rename, and its file was there a moment ago.
            let is_moved = twin.id > 0 && !is_elsewhere(&twin.source);
            return Ok(if is_moved { Reading::Moved(twin.id) } else { Reading::Known });
        }
        let document = corpus::read(&file.name, &file.bytes).map_err(|e| e.to_string())?;
        let placed = place(&document, &file.name, self.today, known, is_elsewhere);
        let (validity, mut changed) = match placed {
            Placement::Placed { validity, changed } => (validity, changed),
            Placement::Clash { with } => {
                return Err(format!(
                    "{}: dokumentet «{}» med samme dato er allerede lest fra {with}; gi det en egen id eller en egen dato",
                    file.name, document.id
                ));
            }
        };
        let passages = corpus::cut(&document, MAX_TOKENS, &|text| self.embedder.count_tokens(text));
        if passages.is_empty() {
            return Err(format!(
                "{}: filen har ingen tekst å søke i; legg inn brødtekst under overskriftene",
                file.name
            ));
        }
        // Another document that the file held before has no file any more.
        for old in known.iter().filter(|v| v.live && v.source == file.name && v.document != document.id) {
            changed.push((old.id, ended(old.validity, self.today), false));
        }
        // Words that were withdrawn and come back are not found twice.
        let is_withdrawn = !known.iter().any(|v| v.live && v.document == document.id);
        if let Some(back) = last.filter(|v| is_withdrawn && v.hash == hash && v.document == document.id) {
            changed.push((back.id, NEVER, false));
        }
        Ok(Reading::New(Box::new(Waiting { document, source: file.name.clone(), hash, validity, changed, passages })))
    }

    /// Pending in the store → points in the index → visible in the store.
    async fn publish(
        &self,
        batch: Vec<Waiting>,
        known: &mut [KnownVersion],
        questions: &QuestionSet,
    ) -> Result<(), IngestError> {
        if batch.is_empty() {
            return Ok(());
        }
        self.store.set_setting(BEHIND, "yes").await?;
        let mut published = Vec::with_capacity(batch.len());
        let mut points = Vec::new();
        let mut prints = Vec::new();
        let mut changed = Vec::new();
        let mut newest_validity = Vec::with_capacity(batch.len());
        for new in &batch {
            let day = new.document.date.map_or(0, day_number);
            // A later file of the same batch may have ended this version already.
            let validity = known
                .iter()
                .find(|v| v.id < 0 && v.source == new.source && v.hash == new.hash)
                .map_or(new.validity, |v| v.validity);
            let (version, ids) = self
                .store
                .add_pending(&NewVersion {
                    document: &new.document,
                    source: &new.source,
                    hash: &new.hash,
                    day,
                    validity,
                    passages: &new.passages,
                })
                .await?;
            published.push(version);
            newest_validity.push((new, version, validity));
            for (id, passage) in ids.into_iter().zip(&new.passages) {
                let asked = questions.of(&new.document, passage);
                prints.push((id, questions::fingerprint(&asked)));
                points.push(self.bare_point(id, &new.document, passage, &asked, validity));
            }
        }
        for new in &batch {
            changed.extend(new.changed.iter().filter(|(id, ..)| *id > 0).cloned());
        }
        for (new, version, _) in &newest_validity {
            if let Some(v) = known.iter_mut().find(|v| v.id < 0 && v.source == new.source && v.hash == new.hash) {
                v.id = *version;
            }
        }
        self.fill_and_upsert(points).await?;
        self.store.set_question_fingerprints(&prints).await?;
        let dead: Vec<(i64, Validity, bool)> = newest_validity
            .iter()
            .filter_map(|(_, version, validity)| {
                let v = known.iter().find(|v| v.id == *version)?;
                (!v.live).then_some((*version, *validity, false))
            })
            .collect();
        changed.extend(dead);
        self.store.publish(&published, &changed).await?;
        self.apply_validity(&changed).await?;
        Ok(self.store.set_setting(BEHIND, "no").await?)
    }

    /// Follows the store's validity in the index. Done after the store's commit; [`Self::reconcile`] repeats it after a
    /// kill.
    async fn apply_validity(&self, changed: &[(i64, Validity, bool)]) -> Result<(), IngestError> {
        for (version, validity, _) in changed {
            let ids = self.store.passage_ids(*version).await?;
            self.index.set_validity(&ids, *validity)?;
        }
        if !changed.is_empty() {
            self.index.flush()?;
        }
        Ok(())
    }

    /// Documents read from under `roots` whose file was not seen are history from today.
    async fn withdraw(&self, roots: &[PathBuf], seen: &HashSet<String>) -> Result<Vec<String>, IngestError> {
        let gone: Vec<KnownVersion> = self
            .store
            .known_versions()
            .await?
            .into_iter()
            .filter(|v| v.live && roots.iter().any(|root| Path::new(&v.source).starts_with(root)))
            // Nor what lies in a folder or an archive that could not be read to its end: it may well be there.
            .filter(|v| !Path::new(&v.source).ancestors().any(|at| seen.contains(at.to_string_lossy().as_ref())))
            .collect();
        if gone.is_empty() {
            return Ok(Vec::new());
        }
        let changed: Vec<_> = gone.iter().map(|v| (v.id, ended(v.validity, self.today), false)).collect();
        self.store.set_setting(BEHIND, "yes").await?;
        self.store.publish(&[], &changed).await?;
        self.apply_validity(&changed).await?;
        self.store.set_setting(BEHIND, "no").await?;
        let mut ids: Vec<String> = gone.into_iter().map(|v| v.document).collect();
        ids.dedup();
        Ok(ids)
    }

    /// Indexes anew the passages whose callers' questions are others than they were indexed with.
    async fn update_questions(&self, questions: &QuestionSet) -> Result<usize, IngestError> {
        let catalogue = self.store.catalogue(&Catalogue::default()).await?;
        let mut points = Vec::new();
        let mut prints = Vec::new();
        for version in catalogue.versions() {
            for stored in &version.passages {
                let asked = questions.of(&version.document, &stored.passage);
                let print = questions::fingerprint(&asked);
                if print != stored.questions {
                    points.push(self.bare_point(
                        stored.id,
                        &version.document,
                        &stored.passage,
                        &asked,
                        version.validity,
                    ));
                    prints.push((stored.id, print));
                }
            }
        }
        let count = points.len();
        self.fill_and_upsert(points).await?;
        self.store.set_question_fingerprints(&prints).await?;
        Ok(count)
    }

    fn bare_point(
        &self,
        id: u64,
        document: &Document,
        passage: &Passage,
        asked: &[&str],
        validity: Validity,
    ) -> BarePoint {
        let text = corpus::embedding_text(document, passage);
        let mut provisions: Vec<String> = Vec::new();
        for provision in &passage.provisions {
            for key in provision.with_parents() {
                if !provisions.contains(&key) {
                    provisions.push(key);
                }
            }
        }
        BarePoint {
            terms: self.analyser.document_terms(&text),
            question_terms: if asked.is_empty() { Vec::new() } else { self.analyser.document_terms(&asked.join(" ")) },
            questions: asked.iter().map(|q| (*q).to_owned()).collect(),
            pieces: corpus::quotable(document, passage)
                .into_iter()
                .map(|range| document.text[range].to_owned())
                .collect(),
            kind: document.kind.code().to_owned(),
            id,
            text,
            provisions,
            validity,
        }
    }

    /// Embeds what the points need and is not known yet, and writes them to the index, flushed; the pieces that can be
    /// quoted go to the store.
    async fn fill_and_upsert(&self, bare: Vec<BarePoint>) -> Result<(), IngestError> {
        for batch in bare.chunks(BATCH_PASSAGES) {
            let texts: Vec<&str> = batch.iter().map(|p| p.text.as_str()).collect();
            let questions: Vec<&str> = batch.iter().flat_map(|p| p.questions.iter().map(String::as_str)).collect();
            let pieces: Vec<&str> = batch.iter().flat_map(|p| p.pieces.iter().map(String::as_str)).collect();
            let mut passages = self.vectors(&texts, Side::Passage).await?.into_iter();
            let mut asked = self.vectors(&questions, Side::Query).await?.into_iter();
            let mut of_pieces = self.vectors(&pieces, Side::Passage).await?.into_iter();
            let packed: Vec<(u64, PieceVectors)> = batch
                .iter()
                .map(|p| {
                    let vectors: Vec<Vec<f32>> = of_pieces.by_ref().take(p.pieces.len()).collect();
                    (p.id, PieceVectors::pack(&vectors))
                })
                .collect();
            // Before the index: a passage that is in the index is taken to be done.
            self.store.set_piece_vectors(&packed).await?;
            let points: Vec<Point> = batch
                .iter()
                .map(|p| Point {
                    id: p.id,
                    passage: passages.next().unwrap_or_default(),
                    questions: asked.by_ref().take(p.questions.len()).collect(),
                    terms: p.terms.clone(),
                    question_terms: p.question_terms.clone(),
                    kind: p.kind.clone(),
                    provisions: p.provisions.clone(),
                    validity: p.validity,
                })
                .collect();
            let index = Arc::clone(&self.index);
            tokio::task::spawn_blocking(move || index.upsert(points).and_then(|()| index.flush())).await??;
        }
        Ok(())
    }

    /// The vectors of texts, from the store where it has them.
    async fn vectors(&self, texts: &[&str], side: Side) -> Result<Vec<Vec<f32>>, IngestError> {
        let model = side.key(self.embedder.model_id());
        let hashes: Vec<[u8; 16]> = texts.iter().map(|text| text_hash(text)).collect();
        let mut vectors = self.store.cached_vectors(&model, &hashes).await?;
        let mut missing: Vec<usize> = (0..texts.len()).filter(|&at| vectors[at].is_none()).collect();
        missing.sort_by_key(|&at| hashes[at]);
        missing.dedup_by_key(|at| hashes[*at]);
        let wanted: Vec<String> = missing.iter().map(|&at| texts[at].to_owned()).collect();
        let embedder = Arc::clone(&self.embedder);
        let computed = tokio::task::spawn_blocking(move || {
            let wanted: Vec<&str> = wanted.iter().map(String::as_str).collect();
            match side {
                Side::Passage => embedder.passages(&wanted),
                Side::Query => embedder.queries(&wanted),
            }
        })
        .await??;
        let new: Vec<([u8; 16], &[f32])> =
            missing.iter().zip(&computed).map(|(&at, vector)| (hashes[at], vector.as_slice())).collect();
        self.store.keep_vectors(&model, &new).await?;
        let by_hash: std::collections::HashMap<[u8; 16], Vec<f32>> =
            missing.iter().map(|&at| hashes[at]).zip(computed.iter().map(|vector| as_kept(vector))).collect();
        for (at, vector) in vectors.iter_mut().enumerate() {
            if vector.is_none() {
                *vector = by_hash.get(&hashes[at]).cloned();
            }
        }
        Ok(vectors.into_iter().map(Option::unwrap_or_default).collect())
    }

    /// Brings the index in step with the store, as the catalogue shows it: after a kill, a lost index folder, or a
    /// change of model. Says whether it was behind: the catalogue is then to be read again.
    ///
    /// # Errors
    /// Store, index or model fail.
    pub async fn reconcile(&self, catalogue: &Catalogue, progress: &ProgressBar) -> Result<bool, IngestError> {
        const MODEL: &str = "index_model";
        let left = self.store.drop_pending().await?;
        let is_behind = !left.is_empty() || self.store.setting(BEHIND).await?.as_deref() == Some("yes");
        if !left.is_empty() {
            self.store.set_setting(BEHIND, "yes").await?;
            self.index.delete(&left)?;
        }
        let model =
            format!("{} analyse {} sitat {}", self.embedder.model_id(), Analyser::VERSION, corpus::QUOTABLE_VERSION);
        if self.store.setting(MODEL).await?.as_deref() != Some(model.as_str()) {
            if self.index.count()? > 0 {
                self.index.clear()?;
            }
            self.store.set_setting(MODEL, &model).await?;
        }
        let wanted = catalogue.passage_ids();
        if !is_behind && self.index.count()? == wanted.len() as u64 {
            return Ok(false);
        }
        self.index_missing(catalogue, &wanted, progress).await?;
        if self.index.count()? != wanted.len() as u64 {
            // Points of no passage, whose ids nobody knows any more.
            self.index.clear()?;
            self.index_missing(catalogue, &wanted, progress).await?;
        }
        for version in catalogue.versions() {
            let ids: Vec<u64> = version.passages.iter().map(|p| p.id).collect();
            self.index.set_validity(&ids, version.validity)?;
        }
        self.index.flush()?;
        self.store.set_setting(BEHIND, "no").await?;
        Ok(true)
    }

    /// Indexes the passages that the index lacks.
    async fn index_missing(
        &self,
        catalogue: &Catalogue,
        wanted: &[u64],
        progress: &ProgressBar,
    ) -> Result<(), IngestError> {
        let present: HashSet<u64> = self.index.present(wanted)?.into_iter().collect();
        let questions = self.questions(&[], Options::default(), &mut Report::default()).await?;
        let mut points = Vec::new();
        let mut prints = Vec::new();
        for version in catalogue.versions() {
            for stored in version.passages.iter().filter(|p| !present.contains(&p.id)) {
                let asked = questions.of(&version.document, &stored.passage);
                prints.push((stored.id, questions::fingerprint(&asked)));
                points.push(self.bare_point(stored.id, &version.document, &stored.passage, &asked, version.validity));
            }
        }
        progress.set_length(points.len() as u64);
        progress.set_message("bygger indeksen på nytt");
        while !points.is_empty() {
            let rest = points.split_off(points.len().min(BATCH_PASSAGES));
            progress.inc(points.len() as u64);
            self.fill_and_upsert(std::mem::replace(&mut points, rest)).await?;
        }
        Ok(self.store.set_question_fingerprints(&prints).await?)
    }
}

/// A point before its texts are embedded.
struct BarePoint {
    id: u64,
    text: String,
    questions: Vec<String>,
    pieces: Vec<String>,
    terms: crate::index::SparseTerms,
    question_terms: crate::index::SparseTerms,
    kind: String,
    provisions: Vec<String>,
    validity: Validity,
}

/// Which side of the model a text goes through.
#[derive(Clone, Copy)]
pub(crate) enum Side {
    /// A text that is searched.
    Passage,
    /// A question, a caller's or one that a passage answers.
    Query,
}

impl Side {
    /// What a model's vectors of this side are kept under.
    pub(crate) fn key(self, model: &str) -> String {
        let side = match self {
            Self::Passage => "passage",
            Self::Query => "query",
        };
        format!("{model}/{side}")
    }
}

/// Files are opened on a thread of their own, a few ahead of the model.
fn open_files(paths: Vec<PathBuf>) -> tokio::sync::mpsc::Receiver<Result<corpus::Source, corpus::ReadError>> {
    let (send, receive) = tokio::sync::mpsc::channel(8);
    tokio::task::spawn_blocking(move || corpus::sources(&paths, &mut |file| send.blocking_send(file).is_ok()));
    receive
}

/// The validity of a rule that holds until yesterday.
fn ended(validity: Validity, today: u32) -> Validity {
    let yesterday = date_of(today).and_then(|date| date.yesterday().ok()).map_or(0, day_number);
    Validity { from: validity.from, to: validity.to.min(yesterday) }
}

/// Whether the file a version was read from is still there, and is another than the one being read: one file may be
/// named in two ways. An entry of the same archive is there if it was read in this run.
fn is_elsewhere(source: &str, name: &str, seen: &HashSet<String>) -> bool {
    let file = |path: &str| Path::new(path).ancestors().find(|at| at.is_file())?.canonicalize().ok();
    match file(source) {
        None => false,
        Some(there) if Some(&there) == file(name).as_ref() => {
            source != name && !Path::new(source).is_file() && seen.contains(source)
        }
        Some(_) => true,
    }
}

/// Takes a document that waits for its batch into account when the next file is placed. It has no id yet.
fn note(known: &mut Vec<KnownVersion>, new: &Waiting) {
    for (id, validity, live) in &new.changed {
        if let Some(version) = known.iter_mut().find(|v| v.id == *id) {
            version.validity = *validity;
            version.live = *live;
        }
    }
    let id = known.iter().map(|v| v.id).min().unwrap_or(0).min(0) - 1;
    known.push(KnownVersion {
        id,
        document: new.document.id.clone(),
        source: new.source.clone(),
        hash: new.hash.clone(),
        day: new.document.date.map_or(0, day_number),
        live: true,
        validity: new.validity,
    });
}

fn fingerprint(bytes: &[u8]) -> String {
    let mut hash = Sha256::new();
    hash.update(READER_VERSION.as_bytes());
    hash.update(bytes);
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn short_name(name: &str) -> String {
    let name = name.rsplit(['/', '\\']).next().unwrap_or(name);
    name.chars().take(40).collect()
}
