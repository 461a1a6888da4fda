//! A question in, ranked passages out.
//!
//! A question is understood once ([`understand`]), goes through every channel ([`channels`]), and its hits are fused
//! and ranked by a linear model whose features and weights are named in `weights.json` ([`rank`]). Every passage keeps
//! why it ranks where it does. What is made of the passages is not known here.

mod channels;
mod rank;
mod understand;

pub use channels::Channel;
pub(crate) use channels::DEPTH;
pub use rank::{Explanation, Feature, Weights, rerank, without_questions};
pub(crate) use rank::{Place, place};
pub use understand::Understood;

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::embedding::{Embedder, EmbeddingError};
use crate::index::{IndexError, Scope, SharedIndex};
use crate::language::{Analyser, Speller};
use crate::law::SourceKind;
use crate::store::{Catalogue, PassageRef};

/// Most passages a caller may ask for.
pub const MAX_LIMIT: usize = 100;

/// What is asked for.
#[derive(Debug, Clone)]
pub struct Query<'a> {
    /// The question in the user's words.
    pub text: &'a str,
    /// The day the rules are asked for, yyyymmdd.
    pub day: u32,
    /// Only these kinds; empty: all.
    pub kinds: Vec<SourceKind>,
    /// Number of passages wanted.
    pub limit: usize,
}

/// A passage found, with its place explained.
#[derive(Debug, Clone)]
pub struct Ranked {
    /// The passage.
    pub passage: PassageRef,
    /// What it ranks by; larger is better, comparable within one question.
    pub score: f32,
    /// Which channels found it.
    pub channels: Vec<Channel>,
    /// Each feature's value and share of the score.
    pub explanation: Explanation,
    /// Each channel's own score.
    pub(crate) raw: Vec<(Channel, f32)>,
}

/// What a search can fail on.
#[derive(Debug, thiserror::Error)]
pub enum RetrievalError {
    /// The model refused.
    #[error(transparent)]
    Embedding(#[from] EmbeddingError),
    /// The index refused.
    #[error(transparent)]
    Index(#[from] IndexError),
}

/// A question understood and searched for.
#[derive(Debug)]
pub struct Found {
    /// How the question was read.
    pub understood: Understood,
    /// Passages, best first.
    pub passages: Vec<Ranked>,
    /// Where the time went.
    pub times: Times,
}

/// How long each stage of a search took.
#[derive(Debug, Clone, Default)]
pub struct Times {
    /// Reading the question and embedding it.
    pub understanding: Duration,
    /// Each channel's own search; they run side by side.
    pub channels: Vec<(Channel, Duration)>,
    /// All channels together, by the clock.
    pub searching: Duration,
    /// Fusing and ranking.
    pub ranking: Duration,
}

/// Finds passages. Cheap to clone.
#[derive(Clone)]
pub struct Retriever {
    /// The model.
    pub embedder: Arc<dyn Embedder>,
    /// The passage index.
    pub index: SharedIndex,
    /// The Norwegian analysis.
    pub analyser: Arc<Analyser>,
    /// Spelling by the corpus's own words.
    pub speller: Arc<Speller>,
    /// The ranking model.
    pub weights: Arc<Weights>,
}

impl Ranked {
    /// The score a channel gave the passage; cosine for the dense ones.
    pub fn raw(&self, channel: Channel) -> Option<f32> {
        self.raw.iter().find(|(of, _)| *of == channel).map(|(_, score)| *score)
    }
}

impl Retriever {
    /// Finds the passages that answer a question, as the catalogue stands.
    ///
    /// # Errors
    /// Model or index fail.
    pub fn find(&self, catalogue: &Catalogue, query: &Query<'_>) -> Result<Found, RetrievalError> {
        let mut times = Times::default();
        let began = Instant::now();
        let understood = self.understand(query.text)?;
        times.understanding = began.elapsed();
        let scope = Scope {
            day: Some(query.day),
            kinds: query.kinds.iter().map(|kind| kind.code().to_owned()).collect(),
            provisions: Vec::new(),
        };
        let began = Instant::now();
        let candidates = self.candidates(catalogue, &understood, &scope, &mut times)?;
        times.searching = began.elapsed();
        let began = Instant::now();
        let mut passages = rank::rank(candidates, &understood, &self.weights);
        passages.truncate(query.limit);
        times.ranking = began.elapsed();
        Ok(Found { understood, passages, times })
    }
}
