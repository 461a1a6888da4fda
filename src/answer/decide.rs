//! Whether the base answers: a logistic judgement over named evidence, calibrated on labelled questions.

use std::collections::{BTreeMap, HashSet};

use serde::{Deserialize, Serialize};

use crate::language::elsewhere;
use crate::retrieval::{Channel, Feature, Ranked, Understood};

use super::{Reader, measure};

/// What the judgement rests on. The names are those of `answerable.json`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Clue {
    /// Best cosine between question and passage.
    Dense,
    /// Best cosine between question and a passage's known questions; 0 when no passage has any.
    Questions,
    /// 1 when no passage found has known questions: a base of somebody's own documents.
    NoQuestions,
    /// Share of the question's own words, by rarity, that stand in the best passages or the questions they answer.
    Coverage,
    /// Share of the question's own words, by weight, that the corpus has never seen.
    Unknown,
    /// 1 when the question names a provision or document that the base holds.
    Reference,
    /// 1 when the question's everyday words belong to the field's vocabulary.
    Vocabulary,
    /// How far the best passage stands above the tenth, in units of the best score.
    Margin,
    /// How far the best passage's cosine stands above the mean of those found: a question from elsewhere is equally far
    /// from all.
    DenseLift,
    /// The same among known questions.
    QuestionLift,
    /// How well the channels agree on the best passage: mean of 1/(1+rank) over them.
    Agreement,
    /// Coverage by one passage alone, the best.
    BestCoverage,
    /// 1 when the question names what others than Nav answer.
    Elsewhere,
    /// 1 when the question asks for a number of something (kroner, days) that the best passages do not give.
    NoMeasure,
}

impl Clue {
    /// All of them.
    pub const ALL: [Self; 14] = [
        Self::Dense,
        Self::Questions,
        Self::NoQuestions,
        Self::Coverage,
        Self::Unknown,
        Self::Reference,
        Self::Vocabulary,
        Self::Margin,
        Self::DenseLift,
        Self::QuestionLift,
        Self::Agreement,
        Self::BestCoverage,
        Self::Elsewhere,
        Self::NoMeasure,
    ];
}

/// The clues of one question, or their weights; one that is not there is 0.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
pub struct Evidence(pub BTreeMap<Clue, f32>);

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
        let sum = self.bias + self.weights.0.iter().map(|(clue, weight)| weight * e.get(*clue)).sum::<f32>();
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
    /// The value of a clue.
    pub fn get(&self, clue: Clue) -> f32 {
        self.0.get(&clue).copied().unwrap_or(0.0)
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
            .content_terms(&question.corrected)
            .into_iter()
            .map(|term| (term, reader.speller.rarity(term)))
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
        let flag = |is: bool| f32::from(u8::from(is));
        Self(BTreeMap::from([
            (Clue::Dense, best(Channel::Dense)),
            (Clue::Questions, best(Channel::QuestionDense)),
            (Clue::NoQuestions, flag(scores(Channel::QuestionDense).next().is_none())),
            (Clue::Coverage, covered(&|term| held.iter().any(|h| h.contains(&term)))),
            (Clue::Unknown, question.unknown),
            (Clue::Reference, flag(passages.iter().take(3).any(|p| p.channels.contains(&Channel::Reference)))),
            (Clue::Vocabulary, flag(!question.topic.benefits.is_empty())),
            (Clue::Margin, margin),
            (Clue::DenseLift, lift(Channel::Dense)),
            (Clue::QuestionLift, lift(Channel::QuestionDense)),
            (Clue::Agreement, agreement),
            (Clue::BestCoverage, held.iter().map(|h| covered(&|term| h.contains(&term))).fold(0.0, f32::max)),
            (Clue::Elsewhere, flag(elsewhere(&question.corrected).is_some())),
            (Clue::NoMeasure, flag(!measure::is_given(&question.corrected, passages))),
        ]))
    }
}

/// The terms of a passage, its headings, and the questions it answers.
fn terms(hit: &Ranked, reader: &Reader<'_>) -> HashSet<u32> {
    let asked = reader.questions.of(hit.passage.document(), hit.passage.passage()).join(" ");
    let text = format!("{} {} {asked}", hit.passage.passage().path.join(" "), hit.passage.text());
    reader.analyser.document_terms(&text).into_iter().map(|(term, _)| term).collect()
}
