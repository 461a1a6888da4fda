//! Whether the base answers: a logistic judgement over named evidence, calibrated on labelled questions.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use crate::language::{Origin, elsewhere, term_hash};
use crate::retrieval::{Channel, Feature, Ranked, Understood};

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
    /// How far the best passage's cosine stands above the mean of those found: a question from elsewhere is equally far
    /// from all.
    pub dense_lift: f32,
    /// The same among known questions.
    pub question_lift: f32,
    /// How well the channels agree on the best passage: mean of 1/(1+rank) over them.
    pub agreement: f32,
    /// Coverage by one passage alone, the best.
    pub best_coverage: f32,
    /// 1 when the question names what others than Nav answer.
    pub elsewhere: f32,
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
        let weighed = self.weights.numbers().into_iter().zip(e.numbers()).map(|(weight, value)| weight * value);
        let sum = self.bias + weighed.sum::<f64>() as f32;
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
    /// How many pieces of evidence there are.
    pub const COUNT: usize = 12;

    /// The pieces of evidence as numbers, in the order of the fields.
    pub fn numbers(&self) -> [f64; Self::COUNT] {
        [
            self.dense,
            self.questions,
            self.coverage,
            self.unknown,
            self.reference,
            self.vocabulary,
            self.margin,
            self.dense_lift,
            self.question_lift,
            self.agreement,
            self.best_coverage,
            self.elsewhere,
        ]
        .map(f64::from)
    }

    /// The reverse of [`Evidence::numbers`].
    pub fn from_numbers(numbers: [f64; Self::COUNT]) -> Self {
        let [
            dense,
            questions,
            coverage,
            unknown,
            reference,
            vocabulary,
            margin,
            dense_lift,
            question_lift,
            agreement,
            best_coverage,
            elsewhere,
        ] = numbers.map(|x| x as f32);
        Self {
            dense,
            questions,
            coverage,
            unknown,
            reference,
            vocabulary,
            margin,
            dense_lift,
            question_lift,
            agreement,
            best_coverage,
            elsewhere,
        }
    }

    /// Reads the evidence from what was found.
    pub fn of(question: &Understood, passages: &[Ranked], reader: &Reader<'_>) -> Self {
        let scores = |channel: Channel| passages.iter().filter_map(move |p| p.raw(channel));
        let best = |channel| scores(channel).fold(0.0_f32, f32::max);
        let lift = |channel| {
            let count = scores(channel).count().max(1) as f32;
            best(channel) - scores(channel).sum::<f32>() / count
        };
        let held: Vec<HashSet<u32>> = passages.iter().take(3).map(|p| terms(p, reader)).collect();
        let own: Vec<(u32, f32)> = reader
            .analyser
            .explain(&question.corrected)
            .iter()
            .filter(|term| term.origin == Origin::Own)
            .map(|term| (term_hash(&term.text), reader.speller.rarity(&term.text)))
            .collect();
        let total = own.iter().map(|o| o.1).sum::<f32>().max(f32::EPSILON);
        let covered = |by: &dyn Fn(u32) -> bool| own.iter().filter(|o| by(o.0)).map(|o| o.1).sum::<f32>() / total;
        let tops = [Feature::DenseTop, Feature::LexicalTop, Feature::QuestionDenseTop, Feature::QuestionLexicalTop];
        let agreement =
            passages.first().map_or(0.0, |p| tops.iter().map(|f| p.explanation.value(*f)).sum::<f32>() / 4.0);
        let margin = match (passages.first(), passages.get(9)) {
            (Some(first), Some(tenth)) => (first.score - tenth.score) / first.score.max(f32::EPSILON),
            _ => 1.0,
        };
        Self {
            dense: best(Channel::Dense),
            questions: best(Channel::QuestionDense),
            coverage: covered(&|term| held.iter().any(|h| h.contains(&term))),
            unknown: question.unknown,
            reference: f32::from(passages.iter().take(3).any(|p| p.channels.contains(&Channel::Reference))),
            vocabulary: f32::from(!question.topic.benefits.is_empty()),
            margin,
            dense_lift: lift(Channel::Dense),
            question_lift: lift(Channel::QuestionDense),
            agreement,
            best_coverage: held.iter().map(|h| covered(&|term| h.contains(&term))).fold(0.0, f32::max),
            elsewhere: f32::from(elsewhere(&question.corrected).is_some()),
        }
    }
}

/// The terms of a passage, its headings, and the questions it answers.
fn terms(hit: &Ranked, reader: &Reader<'_>) -> HashSet<u32> {
    let asked = reader.questions.of(hit.passage.document(), hit.passage.passage()).join(" ");
    let text = format!("{} {} {asked}", hit.passage.passage().path.join(" "), hit.passage.text());
    reader.analyser.document_terms(&text).into_iter().map(|(term, _)| term).collect()
}
