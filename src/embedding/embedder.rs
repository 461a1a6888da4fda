//! The model, loaded: a small pool of sessions of one thread each.
//!
//! Every text is run alone. Batches with padding cost more per token on a processor, and alone a
//! text's vector cannot depend on its neighbours. A session takes `&mut`, so concurrent callers
//! share as many sessions as there are processors. A waiting question goes before waiting passages,
//! so that an ingest does not hold up a caller. Statements have sessions of their own, which wait for nobody.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use ort::environment::Environment;
use tokenizers::Tokenizer;

use super::engine::{Engine, MAX_TOKENS, load_hub, load_local, load_sessions};
use super::error::EmbeddingError;
use super::source::{EmbeddingOptions, ModelFiles, Prepared, prepare};
use super::{Embedder, Meaning};

/// More sessions than this cost memory and give little.
const MAX_SESSIONS: usize = 8;

/// The [`Embedder`] of every model: local ones by ONNX Runtime, those of the hub by fastembed.
pub struct FastEmbedder {
    model_id: String,
    dimensions: usize,
    prefixes: Prefixes,
    passage_tokens: usize,
    tokenizer: Tokenizer,
    pool: Pool,
    workers: usize,
    statements: Option<StatementModel>,
}

/// The model for statements. Only reading documents needs it, so it is loaded for that and let go of afterwards.
struct StatementModel {
    model_id: String,
    onnx: PathBuf,
    environment: Environment,
    pool: Mutex<Option<Arc<Pool>>>,
}

/// What the model was trained to see before questions and passages.
#[derive(Clone, Copy)]
struct Prefixes {
    query: &'static str,
    passage: &'static str,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Query,
    Passage,
    Statement,
}

impl FastEmbedder {
    /// Prepares the model (fetching what is missing) and loads it.
    pub fn start(options: &EmbeddingOptions) -> Result<Self, EmbeddingError> {
        Self::load(&prepare(options)?, options.sessions)
    }

    /// Loads a prepared model.
    pub fn load(prepared: &Prepared, sessions: Option<usize>) -> Result<Self, EmbeddingError> {
        let environment = environment(&prepared.runtime_library)?;
        let failed = |message: String| EmbeddingError::Model { model: prepared.model_id.clone(), message };
        let (mut tokenizer, mut engines) = match &prepared.model {
            ModelFiles::Local { onnx, tokenizer } => {
                let processors = thread::available_parallelism().map_or(1, usize::from);
                let sessions = sessions.unwrap_or(processors).clamp(1, MAX_SESSIONS);
                load_local(onnx, tokenizer, &environment, sessions).map_err(failed)?
            }
            ModelFiles::Hub { model, cache } => load_hub(model.clone(), cache, environment.clone())
                .map_err(|message| EmbeddingError::Hub { model: model.to_string(), message })?,
        };
        tokenizer.with_padding(None).with_truncation(None).map_err(|error| failed(error.to_string()))?;

        let prefixes = Prefixes::of(&prepared.model_id);
        let around = tokenizer.encode_fast(prefixes.passage, true).map_or(8, |encoding| encoding.len());
        let workers = engines.len();
        let mut dimensions = 0;
        for engine in &mut engines {
            // The first run of a session is slow; it also says how long a vector is.
            dimensions = engine.embed("query: a", &tokenizer).map_err(failed)?.vector.len();
        }
        Ok(Self {
            model_id: prepared.model_id.clone(),
            dimensions,
            prefixes,
            passage_tokens: MAX_TOKENS - around.min(MAX_TOKENS / 2),
            tokenizer,
            pool: Pool::new(engines),
            workers,
            statements: prepared.statements.clone().map(|(model_id, onnx)| StatementModel {
                model_id,
                onnx,
                environment,
                pool: Mutex::new(None),
            }),
        })
    }

    fn embed(&self, kind: Kind, texts: &[&str]) -> Result<Vec<Meaning>, EmbeddingError> {
        let workers = self.workers.min(texts.len());
        if workers <= 1 {
            return texts.iter().map(|text| self.embed_one(kind, text)).collect();
        }
        let next = AtomicUsize::new(0);
        let work = || {
            let mut done = Vec::new();
            while let Some((at, text)) = {
                let at = next.fetch_add(1, Ordering::Relaxed);
                texts.get(at).map(|text| (at, text))
            } {
                done.push((at, self.embed_one(kind, text)?));
            }
            Ok(done)
        };
        let mut all = thread::scope(|scope| {
            let threads: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
            let mut all = Vec::with_capacity(texts.len());
            for thread in threads {
                let panicked = |_| Err(self.failed("en tråd stoppet".to_owned()));
                all.extend(thread.join().unwrap_or_else(panicked)?);
            }
            Ok::<_, EmbeddingError>(all)
        })?;
        all.sort_unstable_by_key(|(at, _)| *at);
        Ok(all.into_iter().map(|(_, meaning)| meaning).collect())
    }

    fn embed_one(&self, kind: Kind, text: &str) -> Result<Meaning, EmbeddingError> {
        let prefix = match kind {
            Kind::Query => self.prefixes.query,
            Kind::Passage | Kind::Statement => self.prefixes.passage,
        };
        let of_statements = match (kind, &self.statements) {
            (Kind::Statement, Some(model)) => Some(model.pool(self.workers).map_err(|message| self.failed(message))?),
            _ => None,
        };
        let pool = of_statements.as_deref().unwrap_or(&self.pool);
        let mut engine = pool.take(kind);
        let meaning = engine.embed(&format!("{prefix}{text}"), &self.tokenizer);
        pool.give_back(engine);
        meaning.map_err(|message| self.failed(message))
    }

    fn failed(&self, message: String) -> EmbeddingError {
        EmbeddingError::Model { model: self.model_id.clone(), message }
    }
}

fn vectors(meanings: Vec<Meaning>) -> Vec<Vec<f32>> {
    meanings.into_iter().map(|meaning| meaning.vector).collect()
}

impl Embedder for FastEmbedder {
    fn model_id(&self) -> &str {
        &self.model_id
    }

    fn dimensions(&self) -> usize {
        self.dimensions
    }

    fn passage_tokens(&self) -> usize {
        self.passage_tokens
    }

    fn queries(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>, EmbeddingError> {
        Ok(vectors(self.embed(Kind::Query, texts)?))
    }

    fn passages(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>, EmbeddingError> {
        Ok(vectors(self.embed(Kind::Passage, texts)?))
    }

    fn statements(&self, texts: &[&str]) -> Result<Vec<Meaning>, EmbeddingError> {
        self.embed(Kind::Statement, texts)
    }

    fn release_statements(&self) {
        if let Some(model) = &self.statements {
            *model.pool.lock().unwrap_or_else(PoisonError::into_inner) = None;
        }
    }

    fn statement_model_id(&self) -> &str {
        self.statements.as_ref().map_or(&self.model_id, |model| &model.model_id)
    }

    fn count_tokens(&self, text: &str) -> usize {
        // A text that cannot be tokenised is counted as the longest that it could be.
        self.tokenizer.encode_fast(text, false).map_or(text.len(), |encoding| encoding.len())
    }
}

impl StatementModel {
    fn pool(&self, sessions: usize) -> Result<Arc<Pool>, String> {
        let mut pool = self.pool.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(pool) = &*pool {
            return Ok(Arc::clone(pool));
        }
        let loaded = Arc::new(Pool::new(load_sessions(&self.onnx, &self.environment, sessions)?));
        Ok(Arc::clone(pool.insert(loaded)))
    }
}

impl Prefixes {
    /// The E5 family marks questions and passages; the others that we know of do without.
    fn of(model_id: &str) -> Self {
        if model_id.to_lowercase().contains("e5") {
            Self { query: "query: ", passage: "passage: " }
        } else {
            Self { query: "", passage: "" }
        }
    }
}

/// Sessions that nobody is using.
struct Pool {
    state: Mutex<PoolState>,
    freed: Condvar,
}

struct PoolState {
    idle: Vec<Engine>,
    waiting_queries: usize,
}

impl Pool {
    fn new(sessions: Vec<Engine>) -> Self {
        Self { state: Mutex::new(PoolState { idle: sessions, waiting_queries: 0 }), freed: Condvar::new() }
    }

    /// Waits for a session. Passages stand back while a question waits.
    fn take(&self, kind: Kind) -> Engine {
        let mut state = self.lock();
        let asks = usize::from(kind == Kind::Query);
        state.waiting_queries += asks;
        loop {
            let may = kind == Kind::Query || state.waiting_queries == 0;
            if may && let Some(session) = state.idle.pop() {
                state.waiting_queries -= asks;
                if state.waiting_queries == 0 && !state.idle.is_empty() {
                    self.freed.notify_all();
                }
                return session;
            }
            state = self.freed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn give_back(&self, session: Engine) {
        self.lock().idle.push(session);
        self.freed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, PoolState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The process's one ONNX Runtime environment, made from the first library that is asked for.
fn environment(library: &Path) -> Result<Environment, EmbeddingError> {
    static ENVIRONMENT: Mutex<Option<Environment>> = Mutex::new(None);
    let mut environment = ENVIRONMENT.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(environment) = &*environment {
        return Ok(environment.clone());
    }
    let failed = |message: String| EmbeddingError::Runtime { library: library.to_path_buf(), message };
    let builder = ort::init_from(library).map_err(|error| failed(error.to_string()))?;
    let made = builder.build().map_err(|error| failed(error.to_string()))?;
    Ok(environment.insert(made).clone())
}
