//! Weighs what was seen of a pair of statements.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::compare::{Feature, Features};
use super::statements::{Reading, Statement};

/// Judges whether two statements are the sides of a conflict. The rules of [`Judge`] are one; a model that reads both
/// sentences (a large language model) can stand here instead, since only
/// candidates come this far.
pub trait PairJudge: Send + Sync {
    /// How sure it is, from 0 to 1.
    fn score(&self, a: (&Statement, &Reading), b: (&Statement, &Reading), features: &Features) -> f32;

    /// From this score on a pair is a conflict by itself.
    fn threshold(&self) -> f32;

    /// From this score on a pair joins a conflict that is there already.
    fn joining(&self) -> f32;
}

/// The weights file, made to be read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Weights {
    /// What is there before anything is seen.
    pub bias: f32,
    /// From this score on a pair is a conflict.
    pub threshold: f32,
    /// From this score on a pair joins a conflict.
    pub joining: f32,
    /// What each feature adds.
    pub weights: BTreeMap<Feature, f32>,
}

const BUILT_IN: &str = include_str!("weights.json");

impl Weights {
    /// The weights that come with the program, fitted on labelled pairs.
    pub fn built_in() -> Result<Self, serde_json::Error> {
        serde_json::from_str(BUILT_IN)
    }

    /// The weighted sum.
    pub fn sum(&self, features: &Features) -> f32 {
        self.bias
            + features
                .0
                .iter()
                .map(|(feature, value)| self.weights.get(feature).copied().unwrap_or(0.0) * value)
                .sum::<f32>()
    }
}

/// A logistic model over the features: every score can be told feature by feature.
#[derive(Debug, Clone)]
pub struct Judge {
    weights: Weights,
}

impl Judge {
    /// With these weights.
    pub fn new(weights: Weights) -> Self {
        Self { weights }
    }
}

impl PairJudge for Judge {
    fn score(&self, _: (&Statement, &Reading), _: (&Statement, &Reading), features: &Features) -> f32 {
        1.0 / (1.0 + (-self.weights.sum(features)).exp())
    }

    fn threshold(&self) -> f32 {
        self.weights.threshold
    }

    fn joining(&self) -> f32 {
        self.weights.joining
    }
}
