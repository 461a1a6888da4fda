//! Fits the judge's weights on labelled pairs of statements.

use super::compare::Features;
use super::judge::Weights;

/// A labelled pair: what was seen, whether it is a conflict, and how much it counts.
#[derive(Debug, Clone)]
pub struct Example {
    /// What was seen.
    pub features: Features,
    /// Whether the two are the sides of a conflict.
    pub is_conflict: bool,
    /// How much it counts.
    pub weight: f32,
}

/// Logistic regression by gradient descent, held back towards the weights it starts from, so that what the labels do
/// not tell stays as a person set it.
pub fn fit(start: &Weights, examples: &[Example], hold: f32) -> Weights {
    const ROUNDS: usize = 6000;
    const STEP: f32 = 0.5;
    let total: f32 = examples.iter().map(|example| example.weight).sum::<f32>().max(1.0);
    let mut weights = start.clone();
    for _ in 0..ROUNDS {
        let mut bias = 0.0;
        let mut slopes: std::collections::BTreeMap<_, f32> = std::collections::BTreeMap::new();
        for example in examples {
            let guess = 1.0 / (1.0 + (-weights.sum(&example.features)).exp());
            let error = (guess - f32::from(u8::from(example.is_conflict))) * example.weight / total;
            bias += error;
            for (feature, value) in &example.features.0 {
                *slopes.entry(*feature).or_default() += error * value;
            }
        }
        weights.bias -= STEP * (bias + hold * (weights.bias - start.bias) * 0.1);
        for (feature, weight) in &mut weights.weights {
            let from = start.weights.get(feature).copied().unwrap_or(0.0);
            *weight -= STEP * (slopes.get(feature).copied().unwrap_or(0.0) + hold * (*weight - from));
        }
    }
    weights
}
