//! One session of a model: a text in, a vector out, and what the readouts tell of it.
//!
//! Models on this machine run on ONNX Runtime directly, so that all sessions share one tokenizer:
//! it takes three times the memory of a session (330 MB against about 100 MB), and fastembed reads
//! one for every session. Models from the hub run by fastembed, which knows how each is pooled.

use std::path::Path;
use std::thread;

use fastembed::{EmbeddingModel, TextEmbedding, TextInitOptions};
use ort::environment::Environment;
use ort::session::builder::GraphOptimizationLevel;
use ort::session::{Session, SessionInputValue};
use ort::value::Tensor;
use tokenizers::Tokenizer;

use super::{Meaning, Told};

/// Tokens that the model reads, of prefix, text and the marks at the ends together.
pub(super) const MAX_TOKENS: usize = 512;

/// The output of the readouts, by name.
pub(super) const TOLD: &str = "told";

/// What runs a model. One text at a time.
pub(super) enum Engine {
    /// A model of our own, mean-pooled.
    Local(Session),
    /// A model that fastembed knows.
    Hub(Box<TextEmbedding>),
}

/// Sessions of one thread each, and the tokenizer that they share.
pub(super) fn load_local(
    onnx: &Path,
    tokenizer: &Path,
    environment: &Environment,
    sessions: usize,
) -> Result<(Tokenizer, Vec<Engine>), String> {
    // The tokenizer takes as long to load as the sessions: side by side.
    thread::scope(|scope| {
        let tokenizer = scope.spawn(|| Tokenizer::from_file(tokenizer).map_err(text));
        let engines = load_sessions(onnx, environment, sessions)?;
        let stopped = |_| Err("ordlisten ble ikke lest ferdig".to_owned());
        Ok((tokenizer.join().unwrap_or_else(stopped)?, engines))
    })
}

/// Sessions of one thread each.
pub(super) fn load_sessions(onnx: &Path, environment: &Environment, sessions: usize) -> Result<Vec<Engine>, String> {
    (0..sessions).map(|_| session(onnx, environment).map(Engine::Local)).collect::<Result<_, _>>().map_err(text)
}

/// A model by fastembed, fetched from the hub when it is not in `cache`.
pub(super) fn load_hub(
    model: EmbeddingModel,
    cache: &Path,
    environment: Environment,
) -> Result<(Tokenizer, Vec<Engine>), String> {
    let options = TextInitOptions::new(model)
        .with_environment(environment)
        .with_cache_dir(cache.to_path_buf())
        .with_max_length(MAX_TOKENS)
        .with_show_download_progress(true);
    let model = TextEmbedding::try_new(options).map_err(|error| {
        use std::error::Error;
        match error.source() {
            Some(source) => format!("{error}: {source}"),
            None => error.to_string(),
        }
    })?;
    Ok((model.tokenizer.clone(), vec![Engine::Hub(Box::new(model))]))
}

fn session(onnx: &Path, environment: &Environment) -> ort::Result<Session> {
    Session::builder(environment)?
        .with_optimization_level(GraphOptimizationLevel::All)?
        .with_intra_threads(1)?
        .commit_from_file(onnx)
}

impl Engine {
    /// The normalised vector of a text, prefix included, and what the readouts tell of it.
    pub fn embed(&mut self, text: &str, tokenizer: &Tokenizer) -> Result<Meaning, String> {
        match self {
            Self::Local(session) => {
                let encoding = tokenizer.encode_fast(text, true).map_err(self::text)?;
                embed_ids(session, encoding.get_ids()).map_err(self::text)
            }
            Self::Hub(model) => {
                let vector = model.embed([text], None).map_err(self::text)?.pop().ok_or("ingen vektor")?;
                Ok(Meaning { vector, told: None })
            }
        }
    }
}

fn embed_ids(session: &mut Session, ids: &[u32]) -> ort::Result<Meaning> {
    let mut ids: Vec<i64> = ids.iter().copied().map(i64::from).collect();
    if ids.len() > MAX_TOKENS {
        // Cut the text, keep the mark at the end.
        ids.drain(MAX_TOKENS - 1..ids.len() - 1);
    }
    let shape = [1, ids.len()];
    let (mask, types) = (vec![1i64; ids.len()], vec![0i64; ids.len()]);
    let mut inputs: Vec<(&str, SessionInputValue<'_>)> = vec![
        ("input_ids", Tensor::from_array((shape, ids))?.into()),
        ("attention_mask", Tensor::from_array((shape, mask))?.into()),
    ];
    let wants_types = |session: &Session| {
        let mut names = session.inputs().iter().map(|input| input.name());
        names.any(|name| name == "token_type_ids")
    };
    if wants_types(session) {
        inputs.push(("token_type_ids", Tensor::from_array((shape, types))?.into()));
    }
    let outputs = session.run(inputs)?;
    let (shape, values) = outputs[0].try_extract_tensor::<f32>()?;
    let width = shape.last().map_or(0, |&width| width.max(0) as usize);
    let told = match outputs.get(TOLD) {
        Some(output) => Told::from_numbers(output.try_extract_tensor::<f32>()?.1),
        None => None,
    };
    Ok(Meaning { vector: pool(values, width), told })
}

/// The mean over the tokens, at length 1. (A model that pools by itself gives one row.)
fn pool(values: &[f32], width: usize) -> Vec<f32> {
    let mut sum = vec![0.0f32; width];
    for row in values.chunks_exact(width.max(1)) {
        sum.iter_mut().zip(row).for_each(|(sum, value)| *sum += value);
    }
    let length = sum.iter().map(|value| value * value).sum::<f32>().sqrt();
    sum.iter_mut().for_each(|value| *value /= length.max(1e-12));
    sum
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}
