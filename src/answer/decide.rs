//! Whether the base answers: a logistic judgement over named evidence, calibrated on labelled questions.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use crate::language::Origin;
use crate::retrieval::{Channel, Ranked, Understood};

use super::Reader;

/// What the judgement rests on.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, Default)]
pub struct Evidence {
    /// Best cosine between question and passage.
    pub dense: f32,
    /// Best cosine between question and a passage's known questions; 0 when no passage has any.
    pub questions: f32,
    /// Share of the question's own words, by rarity, that stand in the best passages or the questions they answer.
    pub coverage: f32,
    /// Share of the question's own words, by weight, that the corpus has never seen.
    pub unknown: f32,
    /// 1 when the question names a provision or document that the base holds.
    pub reference: f32,
    /// 1 when the question's everyday words belong to the field's vocabulary.
    pub vocabulary: f32,
    /// How far the best passage stands above the tenth, in units of the best score.
    pub margin: f32,
}

/// Weights of the evidence and the two limits; `answerable.json`, fitted by `rettesnor eval --fit`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Judge {
    /// Weight of each piece of evidence, and the constant.
    pub weights: Evidence,
    /// Constant term.
    pub bias: f32,
    /// Probability below which the base is said not to answer.
    pub refuse_below: f32,
    /// Probability below which the answer is said to be partial.
    pub doubt_below: f32,
}

/// What the judge says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// The base answers.
    Answer,
    /// The base says something about it.
    Doubtful,
    /// The base does not answer.
    Refuse,
}

impl Judge {
    /// The judge that comes with the program.
    ///
    /// # Errors
    /// The file the program was built with does not parse.
    pub fn built_in() -> Result<Self, serde_json::Error> {
        serde_json::from_str(include_str!("answerable.json"))
    }

    /// Probability that the base answers.
    pub fn probability(&self, e: &Evidence) -> f32 {
        let w = &self.weights;
        let sum = self.bias
            + w.dense * e.dense
            + w.questions * e.questions
            + w.coverage * e.coverage
            + w.unknown * e.unknown
            + w.reference * e.reference
            + w.vocabulary * e.vocabulary
            + w.margin * e.margin;
        1.0 / (1.0 + (-sum).exp())
    }

    /// Whether the passages found answer the question.
    pub fn decide(&self, question: &Understood, passages: &[Ranked], reader: &Reader<'_>) -> Decision {
        if passages.is_empty() {
            return Decision::Refuse;
        }
        let probability = self.probability(&Evidence::of(question, passages, reader));
        if probability < self.refuse_below {
            Decision::Refuse
        } else if probability < self.doubt_below {
            Decision::Doubtful
        } else {
            Decision::Answer
        }
    }
}

impl Evidence {
    /// The pieces of evidence as numbers, in the order of the fields.
    pub fn numbers(&self) -> [f64; 7] {
        [self.dense, self.questions, self.coverage, self.unknown, self.reference, self.vocabulary, self.margin].map(f64::from)
    }

    /// The reverse of [`Evidence::numbers`].
    pub fn from_numbers(n: [f64; 7]) -> Self {
        let [dense, questions, coverage, unknown, reference, vocabulary, margin] = n.map(|x| x as f32);
        Self { dense, questions, coverage, unknown, reference, vocabulary, margin }
    }

    /// Reads the evidence from what was found.
    pub fn of(question: &Understood, passages: &[Ranked], reader: &Reader<'_>) -> Self {
        let best = |channel: Channel| {
            passages.iter().filter_map(|p| p.raw(channel)).fold(0.0_f32, f32::max)
        };
        let held: HashSet<u32> = passages
            .iter()
            .take(3)
            .flat_map(|p| {
                let asked = reader.questions.of(p.passage.document(), p.passage.passage()).join(" ");
                let path = p.passage.passage().path.join(" ");
                reader.analyser.document_terms(&format!("{path} {} {asked}", p.passage.text()))
            })
            .map(|(term, _)| term)
            .collect();
        let (mut total, mut covered) = (f32::EPSILON, 0.0);
        for term in reader.analyser.explain(&question.corrected).iter().filter(|t| t.origin == Origin::Own) {
            let rarity = reader.speller.rarity(&term.text);
            total += rarity;
            covered += if held.contains(&crate::language::term_hash(&term.text)) { rarity } else { 0.0 };
        }
        let margin = match (passages.first(), passages.get(9)) {
            (Some(first), Some(tenth)) => (first.score - tenth.score) / first.score.max(f32::EPSILON),
            _ => 1.0,
        };
        Self {
            dense: best(Channel::Dense),
            questions: best(Channel::QuestionDense),
            coverage: covered / total,
            unknown: question.unknown,
            reference: f32::from(passages.iter().take(3).any(|p| p.channels.contains(&Channel::Reference))),
            vocabulary: f32::from(!question.topic.benefits.is_empty()),
            margin,
        }
    }
}
