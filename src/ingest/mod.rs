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
use crate::store::{Catalogue, KnownVersion, NewVersion, Store, StoreError, text_hash};
use versions::{Placement, place};

/// Part of every file's fingerprint: raised when readers or cutting change, so that all files are read again.
const READER_VERSION: &str = "1";

/// Passages embedded and published together: large enough to keep the model busy, small enough to lose little.
const BATCH_PASSAGES: usize = 256;

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
    /// Wall time in seconds.
    pub seconds: f64,
    /// Whether nothing was written.
    pub dry_run: bool,
    /// What the documents did to the register of conflicts.
    pub news: WhatIsNew,
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

impl Ingest<'_> {
    /// Reads `paths` into the base. `progress` counts files.
    ///
    /// # Errors
    /// Store, index or model fail. Bad files are in the report.
    pub async fn run(&self, paths: &[PathBuf], options: Options, progress: &ProgressBar) -> Result<Report, IngestError> {
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
            match self.read(&file, &known) {
                Ok(None) => report.unchanged += 1,
                Ok(Some(new)) => {
                    let is_known = known.iter().any(|v| v.document == new.document.id);
                    if is_known { &mut report.changed } else { &mut report.added }.push(new.document.id.clone());
                    report.passages += new.passages.len();
                    note(&mut known, &new);
                    waiting.push(new);
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
    async fn questions(&self, paths: &[PathBuf], options: Options, report: &mut Report) -> Result<QuestionSet, IngestError> {
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

    /// Reads one file; `None` when it is known already.
    fn read(&self, file: &corpus::Source, known: &[KnownVersion]) -> Result<Option<Waiting>, String> {
        let hash = fingerprint(&file.bytes);
        if known.iter().any(|v| v.hash == hash && (v.live || v.source == file.name)) {
            return Ok(None);
        }
        let document = corpus::read(&file.name, &file.bytes).map_err(|e| e.to_string())?;
        let placed = place(&document, &file.name, self.today, known, |source| Path::new(source).exists());
        let (validity, changed) = match placed {
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
            return Err(format!("{}: filen har ingen tekst å søke i; legg inn brødtekst under overskriftene", file.name));
        }
        Ok(Some(Waiting { document, source: file.name.clone(), hash, validity, changed, passages }))
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
        self.apply_validity(&changed).await
    }

    /// Follows the store's validity in the index. Done after the store's commit; [`reconcile`] repeats it after a kill.
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
            .filter(|v| !seen.contains(&v.source))
            .collect();
        let yesterday = date_of(self.today).and_then(|d| d.yesterday().ok()).map_or(0, day_number);
        let changed: Vec<_> = gone
            .iter()
            .map(|v| (v.id, Validity { from: v.validity.from, to: v.validity.to.min(yesterday) }, false))
            .collect();
        self.store.publish(&[], &changed).await?;
        self.apply_validity(&changed).await?;
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
                    points.push(self.bare_point(stored.id, &version.document, &stored.passage, &asked, version.validity));
                    prints.push((stored.id, print));
                }
            }
        }
        let count = points.len();
        self.fill_and_upsert(points).await?;
        self.store.set_question_fingerprints(&prints).await?;
        Ok(count)
    }

    fn bare_point(&self, id: u64, document: &Document, passage: &Passage, asked: &[&str], validity: Validity) -> BarePoint {
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
            kind: document.kind.code().to_owned(),
            id,
            text,
            provisions,
            validity,
        }
    }

    /// Embeds what the points need and is not known yet, and writes them to the index, flushed.
    async fn fill_and_upsert(&self, bare: Vec<BarePoint>) -> Result<(), IngestError> {
        for batch in bare.chunks(BATCH_PASSAGES) {
            let texts: Vec<&str> = batch.iter().map(|p| p.text.as_str()).collect();
            let questions: Vec<&str> = batch.iter().flat_map(|p| p.questions.iter().map(String::as_str)).collect();
            let mut passages = self.vectors(&texts, Side::Passage).await?.into_iter();
            let mut asked = self.vectors(&questions, Side::Query).await?.into_iter();
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
        let model = format!("{}/{}", self.embedder.model_id(), side.name());
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
        let by_hash: std::collections::HashMap<[u8; 16], &Vec<f32>> =
            missing.iter().map(|&at| hashes[at]).zip(&computed).collect();
        for (at, vector) in vectors.iter_mut().enumerate() {
            if vector.is_none() {
                *vector = by_hash.get(&hashes[at]).map(|v| (*v).clone());
            }
        }
        Ok(vectors.into_iter().map(Option::unwrap_or_default).collect())
    }

    /// Brings the index in step with the store: after a kill, a lost index folder, or a change of model.
    ///
    /// # Errors
    /// Store, index or model fail.
    pub async fn reconcile(&self, progress: &ProgressBar) -> Result<(), IngestError> {
        const MODEL: &str = "index_model";
        let left = self.store.drop_pending().await?;
        if !left.is_empty() {
            self.index.delete(&left)?;
        }
        let model = format!("{} analyse {}", self.embedder.model_id(), Analyser::VERSION);
        if self.store.setting(MODEL).await?.as_deref() != Some(model.as_str()) {
            if self.index.count()? > 0 {
                self.index.clear()?;
            }
            self.store.set_setting(MODEL, &model).await?;
        }
        let catalogue = self.store.catalogue(&Catalogue::default()).await?;
        let wanted = catalogue.passage_ids();
        if self.index.count()? == wanted.len() as u64 {
            return Ok(());
        }
        let present: HashSet<u64> = self.index.present(&wanted)?.into_iter().collect();
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
        self.store.set_question_fingerprints(&prints).await?;
        Ok(())
    }
}

/// A point before its texts are embedded.
struct BarePoint {
    id: u64,
    text: String,
    questions: Vec<String>,
    terms: crate::index::SparseTerms,
    question_terms: crate::index::SparseTerms,
    kind: String,
    provisions: Vec<String>,
    validity: Validity,
}

/// Which side of the model a text goes through.
#[derive(Clone, Copy)]
enum Side {
    Passage,
    Query,
}

impl Side {
    fn name(self) -> &'static str {
        match self {
            Self::Passage => "passage",
            Self::Query => "query",
        }
    }
}

/// Files are opened on a thread of their own, a few ahead of the model.
fn open_files(paths: Vec<PathBuf>) -> tokio::sync::mpsc::Receiver<Result<corpus::Source, corpus::ReadError>> {
    let (send, receive) = tokio::sync::mpsc::channel(8);
    tokio::task::spawn_blocking(move || corpus::sources(&paths, &mut |file| send.blocking_send(file).is_ok()));
    receive
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
