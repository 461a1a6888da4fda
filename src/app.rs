//! The parts put together: data folder, model, index, store, and what is in memory of them.

use std::collections::HashMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use anyhow::Context as _;
use indicatif::ProgressBar;
use parking_lot::RwLock;
use rayon::prelude::*;

use crate::answer::{self, Answer, Evidence, Judge, Reader, Status, Warning};
use crate::config::Config;
pub use crate::day::today;
use crate::embedding::{Embedder, FastEmbedder};
use crate::index::SharedIndex;
use crate::index::edge::EdgeIndex;
use crate::index::server::ServerIndex;
use crate::ingest::{Ingest, Options, QuestionSet, Report};
use crate::language::{self, Analyser, Speller};
use crate::register::{Models, Register, WhatIsNew};
use crate::retrieval::{Found, Query, RetrievalError, Retriever, Weights, without_questions};
use crate::store::{Catalogue, Store};

/// Longest question, in characters.
pub const MAX_QUESTION: usize = 2_000;

/// Passages listed with an answer.
pub const SOURCES: usize = 30;

/// The running program, without its doors.
pub struct App {
    /// The database.
    pub store: Store,
    /// The conflicts found, and what people have decided about them.
    pub register: Register,
    models: Models,
    pub(crate) index: SharedIndex,
    weights: Arc<Weights>,
    judge: Judge,
    // Replaced whole after an ingest, so that a question sees one state of the base from start to end.
    view: RwLock<View>,
    // One ingest at a time: the versions known are read first and written last.
    ingesting: tokio::sync::Mutex<()>,
    _lock: File,
}

/// What a question is answered from.
#[derive(Clone)]
struct View {
    catalogue: Arc<Catalogue>,
    questions: Arc<QuestionSet>,
    speller: Arc<Speller>,
}

impl View {
    async fn of(store: &Store, catalogue: Catalogue, analyser: &Analyser) -> anyhow::Result<Self> {
        let mut questions = QuestionSet::built_in()?;
        for (name, text) in store.question_files().await? {
            questions.add(&name, &text)?;
        }
        let speller = speller(&catalogue, &questions, analyser);
        Ok(Self { catalogue: Arc::new(catalogue), questions: Arc::new(questions), speller: Arc::new(speller) })
    }
}

impl App {
    /// Opens the data folder, gets the model if need be, and brings the index in step with the store.
    ///
    /// # Errors
    /// The folder is in use or cannot be written; the model cannot be had; the index or database cannot be read.
    pub async fn open(config: &Config, progress: &ProgressBar) -> anyhow::Result<Self> {
        std::fs::create_dir_all(&config.data_dir).with_context(|| {
            format!(
                "datamappen {} kan ikke lages; velg en mappe du kan skrive i med --data-dir",
                config.data_dir.display()
            )
        })?;
        let lock = lock(&config.data_dir)?;
        let options = config.embedding()?;
        let index_config = config.clone();
        let loading = tokio::task::spawn_blocking(move || -> anyhow::Result<_> {
            let embedder = FastEmbedder::start(&options)?;
            let index = open_index(&index_config, embedder.dimensions())?;
            Ok((embedder, index))
        });
        let analyser = Arc::new(Analyser::new());
        let opened = open_store(&config.data_dir, &analyser).await;
        // The model is waited for also where the database fails: a process that ends while it loads may crash.
        let (embedder, index) = loading.await??;
        let (store, view) = opened?;
        let app = Self {
            register: Register::open(store.clone(), &config.data_dir),
            store,
            models: Models { embedder: Arc::new(embedder), analyser },
            index,
            weights: Arc::new(Weights::built_in()?),
            judge: Judge::built_in()?,
            view: RwLock::new(view),
            ingesting: tokio::sync::Mutex::default(),
            _lock: lock,
        };
        if app.ingest_job(today()).reconcile(&app.catalogue(), progress).await? {
            app.read_again(&Catalogue::default()).await?;
        }
        app.register.restore_clarification_files().await?;
        if app.register.clarification_folder().is_dir() {
            app.ingest_clarifications().await?;
        } else {
            app.update_register(progress).await?;
        }
        Ok(app)
    }

    fn ingest_job(&self, today: u32) -> Ingest<'_> {
        Ingest {
            store: &self.store,
            index: Arc::clone(&self.index),
            embedder: Arc::clone(&self.models.embedder),
            analyser: Arc::clone(&self.models.analyser),
            today,
        }
    }

    /// Takes files into the base; questions asked meanwhile are answered from the base as it was.
    ///
    /// # Errors
    /// Store, index or model fail; bad files are in the report.
    pub async fn ingest(&self, paths: &[PathBuf], options: Options, progress: &ProgressBar) -> anyhow::Result<Report> {
        let _one_at_a_time = self.ingesting.lock().await;
        let mut report = self.ingest_job(today()).run(paths, options, progress).await?;
        if !options.dry_run {
            self.read_again(&self.catalogue()).await?;
            let began = Instant::now();
            report.news = self.update_register(progress).await?;
            report.conflict_seconds = began.elapsed().as_secs_f64();
        }
        Ok(report)
    }

    /// Shows the base as the store has it now; versions that are `known` are not read again.
    async fn read_again(&self, known: &Catalogue) -> anyhow::Result<()> {
        let view = View::of(&self.store, self.store.catalogue(known).await?, &self.models.analyser).await?;
        *self.view.write() = view;
        Ok(())
    }

    /// Brings the register in step with the documents; for a base that is in step it costs a look.
    async fn update_register(&self, progress: &ProgressBar) -> anyhow::Result<WhatIsNew> {
        progress.set_message("leter etter konflikter");
        Ok(self.register.update(&self.catalogue(), &self.models).await?)
    }

    /// Reads the clarifications that were written, so that they are found like any other source.
    ///
    /// # Errors
    /// Store, index or model fail.
    pub async fn ingest_clarifications(&self) -> anyhow::Result<Report> {
        let folder = self.register.clarification_folder().to_owned();
        self.ingest(&[folder], Options { prune: true, ..Options::default() }, &ProgressBar::hidden()).await
    }

    /// The conflicts that an answer touches, as JSON: those a coordinator has taken a stand on, and those the engine is
    /// sure of. The others wait in the register; a false flag teaches advisers to ignore flags.
    pub fn conflicts(&self, answer: &Answer) -> Vec<serde_json::Value> {
        const SURE: f32 = 0.8;
        let snapshot = self.register.snapshot();
        let touched = snapshot.touched_by(answer).into_iter();
        let shown = touched.filter(|view| view.decided || view.score >= SURE);
        shown.filter_map(|view| serde_json::to_value(view).ok()).collect()
    }

    /// The base as it is visible now.
    pub fn catalogue(&self) -> Arc<Catalogue> {
        Arc::clone(&self.view.read().catalogue)
    }

    /// Finds passages.
    ///
    /// # Errors
    /// Model or index fail.
    pub fn search(&self, query: &Query<'_>) -> Result<Found, RetrievalError> {
        self.search_with(query, &self.weights)
    }

    /// Finds passages with other weights than the program's own, for fitting.
    ///
    /// # Errors
    /// Model or index fail.
    pub fn search_with(&self, query: &Query<'_>, weights: &Arc<Weights>) -> Result<Found, RetrievalError> {
        let view = self.view.read().clone();
        let retriever = Retriever {
            embedder: Arc::clone(&self.models.embedder),
            index: Arc::clone(&self.index),
            analyser: Arc::clone(&self.models.analyser),
            speller: view.speller,
            weights: Arc::clone(weights),
        };
        retriever.find(&view.catalogue, query)
    }

    /// Answers a question by the rules of a day (yyyymmdd).
    ///
    /// # Errors
    /// Model or index fail.
    pub fn ask(&self, question: &str, day: u32) -> Result<Answer, RetrievalError> {
        if let Some(blocked) = answer::guard(question) {
            let warning = Warning { code: blocked.code, text: blocked.text };
            return Ok(Answer::silent(Status::Blocked, vec![warning]));
        }
        let found = self.search(&Query { text: question, day, kinds: Vec::new(), limit: SOURCES })?;
        Ok(self.compose(found, day))
    }

    /// Composes the answer to what was found.
    pub fn compose(&self, found: Found, day: u32) -> Answer {
        let view = self.view.read().clone();
        Answer::compose(found, &self.judge, &self.reader(&view), day, today())
    }

    /// The questions that passages are known to answer.
    pub(crate) fn questions(&self) -> Arc<QuestionSet> {
        Arc::clone(&self.view.read().questions)
    }

    /// What documents are read with.
    pub(crate) fn models(&self) -> &Models {
        &self.models
    }

    /// The model.
    pub(crate) fn embedder(&self) -> &dyn Embedder {
        self.models.embedder.as_ref()
    }

    fn reader<'a>(&'a self, view: &'a View) -> Reader<'a> {
        Reader { analyser: &self.models.analyser, speller: &view.speller, questions: &view.questions }
    }

    /// What speaks for the base answering a question, for calibration.
    pub fn evidence(&self, found: &Found) -> Evidence {
        let view = self.view.read().clone();
        Evidence::of(&found.understood, &found.passages, &self.reader(&view))
    }

    /// The same, had the base no questions: a base of somebody's own documents.
    pub fn evidence_without_questions(&self, found: &Found) -> Evidence {
        let view = self.view.read().clone();
        let none = QuestionSet::default();
        let reader = Reader { questions: &none, ..self.reader(&view) };
        Evidence::of(&found.understood, &without_questions(&found.passages, &self.weights), &reader)
    }

    /// The calibrated judge, for evaluation.
    pub fn judge(&self) -> &Judge {
        &self.judge
    }

    /// The Norwegian analysis.
    pub fn analyser(&self) -> &Analyser {
        &self.models.analyser
    }

    /// The weights the program came with.
    pub fn weights(&self) -> &Arc<Weights> {
        &self.weights
    }
}

/// The words of the corpus and of its callers, for mending typing errors.
fn speller(catalogue: &Catalogue, questions: &QuestionSet, analyser: &Analyser) -> Speller {
    let texts = catalogue.versions().iter().filter(|v| !v.superseded).map(|v| v.document.text.as_str());
    let texts: Vec<&str> = texts.chain(questions.all()).collect();
    let counts = texts
        .par_iter()
        .fold(HashMap::new, |mut counts: HashMap<String, u32>, text| {
            for word in language::words(text) {
                *counts.entry(word).or_insert(0) += 1;
            }
            counts
        })
        .reduce(HashMap::new, |mut all, some| {
            for (word, count) in some {
                *all.entry(word).or_insert(0) += count;
            }
            all
        });
    Speller::new(counts.into_iter()).with_terms(analyser)
}

async fn open_store(data_dir: &Path, analyser: &Analyser) -> anyhow::Result<(Store, View)> {
    let store = Store::open(data_dir).await?;
    let view = View::of(&store, store.catalogue(&Catalogue::default()).await?, analyser).await?;
    Ok((store, view))
}

/// Opens the index on the server where one is configured, else the one in the data folder.
fn open_index(config: &Config, dimensions: usize) -> anyhow::Result<SharedIndex> {
    match config.qdrant_url.as_deref().filter(|url| !url.is_empty()) {
        Some(url) => {
            let key = config.qdrant_api_key.as_deref();
            Ok(Arc::new(ServerIndex::open(url, key, &config.qdrant_collection, dimensions)?))
        }
        None => open_edge(&config.data_dir.join("index"), dimensions),
    }
}

/// Opens the embedded index; one that cannot be read is set aside and built anew from the store.
fn open_edge(folder: &Path, dimensions: usize) -> anyhow::Result<SharedIndex> {
    // The engine panics on some broken files. Only the database is read meanwhile, which reports what fails, so that
    // the engine's words can be kept from the user.
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let opened = std::panic::catch_unwind(|| EdgeIndex::open(folder, dimensions));
    std::panic::set_hook(hook);
    match opened {
        Ok(Ok(index)) => Ok(Arc::new(index)),
        Ok(Err(error)) if !folder.exists() => Err(error.into()),
        _ => {
            tracing::warn!("indeksen kan ikke leses og bygges på nytt fra databasen");
            std::fs::remove_dir_all(folder)?;
            Ok(Arc::new(EdgeIndex::open(folder, dimensions)?))
        }
    }
}

/// One process at a time writes a data folder.
fn lock(data_dir: &Path) -> anyhow::Result<File> {
    let file = File::create(data_dir.join("rettesnor.lock")).map_err(|_| {
        anyhow::anyhow!(
            "datamappen {} kan ikke skrives i; gi skrivetilgang, eller velg en annen mappe med --data-dir",
            data_dir.display()
        )
    })?;
    file.try_lock().map_err(|_| {
        anyhow::anyhow!(
            "datamappen {} er i bruk av en annen rettesnor; stopp den først, eller velg en annen mappe med --data-dir",
            data_dir.display()
        )
    })?;
    Ok(file)
}
