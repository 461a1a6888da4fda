//! From candidates to a ranking: a linear model over named features, explained term by term.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::corpus::Role;
use crate::law::{self, Authority, LawId};
use crate::store::PassageRef;

use super::channels::Candidate;
use super::{Channel, Ranked, Understood};

/// What the ranking looks at. Values lie in 0–1 unless said otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Feature {
    /// Score in the dense channel, from its last hit (0) to its first (1).
    Dense,
    /// 1/(1+rank) in the dense channel.
    DenseTop,
    /// Score in the lexical channel.
    Lexical,
    /// 1/(1+rank) in the lexical channel.
    LexicalTop,
    /// Score among the questions' embeddings.
    QuestionDense,
    /// 1/(1+rank) there.
    QuestionDenseTop,
    /// Score among the questions' words.
    QuestionLexical,
    /// 1/(1+rank) there.
    QuestionLexicalTop,
    /// Dense score again, where the passage has no questions that could have found it.
    DenseWithoutQuestions,
    /// Lexical score again, likewise.
    LexicalWithoutQuestions,
    /// The question names the passage's provision or document.
    Reference,
    /// The question's everyday words point to the passage's provision.
    Suggested,
    /// The passage is about the benefit the question is about.
    Benefit,
    /// Weight of the source.
    Authority,
    /// The passage is not about the law: a change log, an operative part, a party's argument.
    Procedural,
}

impl Feature {
    /// All features.
    pub const ALL: [Self; 15] = [
        Self::Dense,
        Self::DenseTop,
        Self::Lexical,
        Self::LexicalTop,
        Self::QuestionDense,
        Self::QuestionDenseTop,
        Self::QuestionLexical,
        Self::QuestionLexicalTop,
        Self::DenseWithoutQuestions,
        Self::LexicalWithoutQuestions,
        Self::Reference,
        Self::Suggested,
        Self::Benefit,
        Self::Authority,
        Self::Procedural,
    ];
}

/// Weight of each feature; `weights.json`, fitted by `rettesnor eval --fit`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Weights(HashMap<Feature, f32>);

impl Weights {
    /// The weights that come with the program.
    ///
    /// # Errors
    /// The file the program was built with does not parse.
    pub fn built_in() -> Result<Self, serde_json::Error> {
        serde_json::from_str(include_str!("weights.json"))
    }

    /// A feature's weight; 0 when the file does not name it.
    pub fn of(&self, feature: Feature) -> f32 {
        self.0.get(&feature).copied().unwrap_or(0.0)
    }

    /// Changes a weight, for fitting.
    pub fn set(&mut self, feature: Feature, weight: f32) {
        self.0.insert(feature, weight);
    }
}

/// Why a passage ranks where it does: each feature's value and what it adds to the score.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Explanation(pub Vec<Part>);

/// One feature's share.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Part {
    /// The feature.
    pub feature: Feature,
    /// Its value.
    pub value: f32,
    /// Value times weight.
    pub adds: f32,
}

impl Explanation {
    /// The value of a feature; 0 when it played no part.
    pub fn value(&self, feature: Feature) -> f32 {
        self.0.iter().find(|part| part.feature == feature).map_or(0.0, |part| part.value)
    }
}

/// Ranks candidates. One place (a § of a law, a headed part of a circular, a ruling) stands with its best passage
/// first; its other passages come after every place's best that scores near them.
pub(super) fn rank(candidates: Vec<Candidate>, question: &Understood, weights: &Weights) -> Vec<Ranked> {
    let nearest = candidates.iter().filter_map(|candidate| candidate.placing(Channel::QuestionDense));
    let trust = trust(nearest.map(|placing| placing.score).fold(0.0, f32::max));
    let mut ranked: Vec<Ranked> = candidates
        .into_iter()
        .map(|candidate| {
            let explanation = explain(&candidate, question, trust, weights);
            let score = explanation.0.iter().map(|part| part.adds).sum();
            let raw: Vec<(Channel, f32)> =
                candidate.placings.iter().map(|(channel, placing)| (*channel, placing.score)).collect();
            let channels = raw.iter().map(|(channel, _)| *channel).collect();
            Ranked { passage: candidate.passage, score, channels, explanation, raw }
        })
        .collect();
    sort(&mut ranked);
    spread(&mut ranked);
    ranked
}

/// Ranks anew by other weights what was found before; for fitting.
pub fn rerank(found: &[Ranked], weights: &Weights) -> Vec<Ranked> {
    let mut ranked = found.to_vec();
    for hit in &mut ranked {
        hit.score = hit.explanation.0.iter().map(|part| part.value * weights.of(part.feature)).sum();
    }
    sort(&mut ranked);
    spread(&mut ranked);
    ranked
}

/// What had been found in a base whose passages have no questions, ranked; for fitting.
pub fn without_questions(found: &[Ranked], weights: &Weights) -> Vec<Ranked> {
    let is_left = |channel: &Channel| !matches!(channel, Channel::QuestionDense | Channel::QuestionLexical);
    let mut left: Vec<Ranked> = found.iter().filter(|hit| hit.channels.iter().any(is_left)).cloned().collect();
    for hit in &mut left {
        hit.channels.retain(is_left);
        hit.raw.retain(|(channel, _)| is_left(channel));
        hit.explanation.0.retain(|part| {
            use Feature::{QuestionDense, QuestionDenseTop, QuestionLexical, QuestionLexicalTop};
            !matches!(part.feature, QuestionDense | QuestionDenseTop | QuestionLexical | QuestionLexicalTop)
        });
    }
    rerank(&left, weights)
}

fn sort(ranked: &mut [Ranked]) {
    ranked.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| a.passage.id().cmp(&b.passage.id())));
}

/// What a further passage of the same place loses; and a further place of the same ruling.
const SAME_PLACE: f32 = 0.55;
const SAME_RULING: f32 = 0.8;

fn spread(ranked: &mut [Ranked]) {
    let mut places: HashMap<Place<'_>, i32> = HashMap::new();
    let mut rulings: HashMap<&str, i32> = HashMap::new();
    let kept: Vec<f32> = ranked
        .iter()
        .map(|hit| {
            let place = places.entry(place(&hit.passage)).or_insert(0);
            let mut kept = SAME_PLACE.powi((*place).min(3));
            *place += 1;
            if hit.passage.document().kind.is_ruling() {
                let ruling = rulings.entry(&hit.passage.document().id).or_insert(0);
                kept *= SAME_RULING.powi(*ruling);
                *ruling += 1;
            }
            kept
        })
        .collect();
    for (hit, kept) in ranked.iter_mut().zip(kept) {
        hit.score *= kept;
    }
    sort(ranked);
}

/// What a person would call one place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Place<'a> {
    /// A § (or chapter, or article) of a law.
    Provision(&'a LawId, &'a law::Unit),
    /// A headed part of a version of another document.
    Part(&'a str, i64, &'a [String]),
}

/// The place a passage stands in.
pub(crate) fn place(passage: &PassageRef) -> Place<'_> {
    let document = passage.document();
    match passage.passage().provisions.first() {
        Some(provision) if document.kind.is_rule() => Place::Provision(provision.law(), provision.unit()),
        _ => Place::Part(&document.id, passage.version().id, &passage.passage().path),
    }
}

/// How far the known questions can be trusted, 0–1, by the cosine of the nearest one: where the passage that answers has
/// none, the nearest is another's, and must not lift it over those that have none. On the scale of the built-in model.
fn trust(nearest: f32) -> f32 {
    const STRANGE: f32 = 0.60;
    const KNOWN: f32 = 0.80;
    ((nearest - STRANGE) / (KNOWN - STRANGE)).clamp(0.0, 1.0)
}

fn explain(candidate: &Candidate, question: &Understood, trust: f32, weights: &Weights) -> Explanation {
    let passage = &candidate.passage;
    let relative = |channel| candidate.placing(channel).map_or(0.0, |p| p.relative);
    let top = |channel| candidate.placing(channel).map_or(0.0, |p| 1.0 / (1.0 + p.rank as f32));
    let without_questions = f32::from(!passage.has_questions());
    let value = |feature: Feature| match feature {
        Feature::Dense => relative(Channel::Dense),
        Feature::DenseTop => top(Channel::Dense),
        Feature::Lexical => relative(Channel::Lexical),
        Feature::LexicalTop => top(Channel::Lexical),
        Feature::QuestionDense => trust * relative(Channel::QuestionDense),
        Feature::QuestionDenseTop => trust * top(Channel::QuestionDense),
        Feature::QuestionLexical => trust * relative(Channel::QuestionLexical),
        Feature::QuestionLexicalTop => trust * top(Channel::QuestionLexical),
        Feature::DenseWithoutQuestions => relative(Channel::Dense) * without_questions,
        Feature::LexicalWithoutQuestions => relative(Channel::Lexical) * without_questions,
        Feature::Reference => reference(candidate, question),
        Feature::Suggested => suggested(candidate, question),
        Feature::Benefit => benefit(candidate, question),
        Feature::Authority => f32::from(passage.document().authority().ordinal()) / f32::from(Authority::MOST),
        Feature::Procedural => f32::from(matches!(
            passage.passage().role,
            Role::Other | Role::Operative | Role::Argument | Role::Matter | Role::Facts
        )),
    };
    Explanation(
        Feature::ALL
            .into_iter()
            .map(|feature| {
                let value = value(feature);
                Part { feature, value, adds: value * weights.of(feature) }
            })
            .filter(|part| part.value != 0.0)
            .collect(),
    )
}

/// 1 when the question names this very provision or document; less where it only is cited there.
fn reference(candidate: &Candidate, question: &Understood) -> f32 {
    let passage = candidate.passage.passage();
    let document = candidate.passage.document();
    if question.references.is_empty() {
        return 0.0;
    }
    if question.references.contains(&document.id) {
        return 1.0;
    }
    let mut best = 0.0_f32;
    let own = if document.kind.is_rule() { 1.0 } else { 0.6 };
    for provision in &passage.provisions {
        let (id, section) = (provision.to_string(), provision.section().to_string());
        for wanted in &question.references {
            if is_or_lies_in(&id, wanted) {
                best = best.max(own);
            } else if is_or_lies_in(wanted, &section) {
                best = best.max(own * 0.7);
            }
        }
    }
    best
}

/// Whether a canonical id is another or a part of it.
fn is_or_lies_in(id: &str, whole: &str) -> bool {
    id.strip_prefix(whole).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn suggested(candidate: &Candidate, question: &Understood) -> f32 {
    if question.suggested.is_empty() {
        return 0.0;
    }
    let mut best = 0.0_f32;
    for provision in &candidate.passage.passage().provisions {
        let own = provision.to_string();
        for (id, sure) in &question.suggested {
            if is_or_lies_in(&own, id) || is_or_lies_in(id, &own) {
                best = best.max(*sure);
            }
        }
    }
    best
}

fn benefit(candidate: &Candidate, question: &Understood) -> f32 {
    let of_document = &candidate.passage.document().benefits;
    question
        .topic
        .benefits
        .iter()
        .filter(|(code, _)| {
            of_document.contains(code)
                || candidate.passage.passage().provisions.iter().any(|p| p.benefit_code() == Some(code.as_str()))
        })
        .map(|(_, sure)| *sure)
        .fold(0.0, f32::max)
}
