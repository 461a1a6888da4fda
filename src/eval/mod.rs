//! Labelled questions in, figures out.
//!
//! A label says which passages answer a question and which facts the answer must hold; `tests/labels/README.md`
//! describes the file. Nothing here is used to answer.

pub mod bench;
pub mod conflicts;
mod fit;
mod fit_conflicts;
mod metrics;

pub use fit::{fit_judge, fit_ranking};
pub use fit_conflicts::{ConflictFit, fit_conflicts};
pub use metrics::{Figures, Scores};

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::answer::{Answer, Status};
use crate::app::App;
use crate::retrieval::{Feature, Ranked, RetrievalError, Weights};
use std::sync::Arc;

/// A question with its answer key.
#[derive(Debug, Clone, Deserialize)]
pub struct Label {
    /// Id within the file.
    pub id: String,
    /// The question as typed.
    pub question: String,
    /// Kind of question: lay, typo, nynorsk …
    #[serde(default = "unnamed")]
    pub kind: String,
    /// The status a right answer has.
    #[serde(default = "answered")]
    pub status: String,
    /// Day the rules are asked for.
    pub as_of: Option<jiff::civil::Date>,
    /// The passages that answer it.
    #[serde(default)]
    pub relevant: Vec<Relevant>,
    /// What a right answer contains: each a list of alternatives.
    #[serde(default)]
    pub facts: Vec<Vec<String>>,
}

fn unnamed() -> String {
    "uten type".into()
}

fn answered() -> String {
    "answered".into()
}

/// A passage that answers: a provision of a document, or the passage with certain words.
#[derive(Debug, Clone, Deserialize)]
pub struct Relevant {
    /// Document id.
    pub document: String,
    /// Provision within it.
    pub provision: Option<String>,
    /// Words that stand in the passage.
    pub contains: Option<String>,
}

impl Relevant {
    /// Whether a passage is this one.
    pub fn is(&self, hit: &Ranked) -> bool {
        if hit.passage.document().id != self.document {
            return false;
        }
        let provision = self.provision.as_ref().is_none_or(|wanted| {
            hit.passage.passage().provisions.iter().any(|p| {
                let own = p.to_string();
                own == *wanted || own.starts_with(&format!("{wanted}/")) || wanted.starts_with(&format!("{own}/"))
            })
        });
        provision && self.contains.as_ref().is_none_or(|words| folded(hit.passage.text()).contains(&folded(words)))
    }
}

/// Lower case, white space folded.
pub(crate) fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// Reads labels.
///
/// # Errors
/// A line is no label.
pub fn read(text: &str) -> anyhow::Result<Vec<Label>> {
    text.lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(at, line)| {
            serde_json::from_str(line)
                .map_err(|e| anyhow::anyhow!("linje {}: {e}; skriv en linje som i tests/labels/README.md", at + 1))
        })
        .collect()
}

/// What the program made of one question.
#[derive(Debug)]
pub struct Outcome {
    /// The label.
    pub label: Label,
    /// The answer.
    pub answer: Answer,
    /// Milliseconds it took.
    pub milliseconds: f64,
}

/// The figures of a run.
#[derive(Debug, Serialize)]
pub struct EvalReport {
    /// Over all questions.
    pub all: Scores,
    /// By kind of question.
    pub kinds: BTreeMap<String, Scores>,
    /// Recall and nDCG with one group of features left out at a time.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub without: BTreeMap<String, Scores>,
    /// Median and 95th percentile of the time per question, in milliseconds.
    pub milliseconds: (f64, f64),
}

/// Asks every question.
///
/// # Errors
/// Model or index fail.
pub fn run(app: &App, labels: &[Label]) -> Result<Vec<Outcome>, RetrievalError> {
    labels
        .iter()
        .map(|label| {
            let began = std::time::Instant::now();
            let day = label.as_of.map_or_else(crate::app::today, crate::day::day_number);
            let answer = app.ask(&label.question, day)?;
            Ok(Outcome { label: label.clone(), answer, milliseconds: began.elapsed().as_secs_f64() * 1e3 })
        })
        .collect()
}

/// The figures of what a run came to.
pub fn report(outcomes: &[Outcome]) -> EvalReport {
    let mut kinds: BTreeMap<String, Figures> = BTreeMap::new();
    let mut all = Figures::default();
    for outcome in outcomes {
        all.add(outcome);
        kinds.entry(outcome.label.kind.clone()).or_default().add(outcome);
    }
    let mut times: Vec<f64> = outcomes.iter().map(|o| o.milliseconds).collect();
    times.sort_by(f64::total_cmp);
    let at = |share: f64| times.get(((times.len() as f64) * share) as usize).copied().unwrap_or(0.0);
    EvalReport {
        all: all.scores(),
        kinds: kinds.into_iter().map(|(kind, figures)| (kind, figures.scores())).collect(),
        without: BTreeMap::new(),
        milliseconds: (at(0.5), at(0.95)),
    }
}

/// The groups of features that can be left out, by what a person would call them.
const CHANNELS: [(&str, &[Feature]); 6] = [
    ("uten dense", &[Feature::Dense, Feature::DenseTop, Feature::DenseWithoutQuestions]),
    ("uten lexical", &[Feature::Lexical, Feature::LexicalTop, Feature::LexicalWithoutQuestions]),
    ("uten question_dense", &[Feature::QuestionDense, Feature::QuestionDenseTop]),
    ("uten question_lexical", &[Feature::QuestionLexical, Feature::QuestionLexicalTop]),
    ("uten reference", &[Feature::Reference]),
    ("uten vokabular og ytelse", &[Feature::Suggested, Feature::Benefit]),
];

/// The ranking's figures with each channel left out in turn.
///
/// # Errors
/// Model or index fail.
pub fn leave_out(app: &App, labels: &[Label]) -> Result<BTreeMap<String, Scores>, RetrievalError> {
    CHANNELS
        .iter()
        .map(|(name, features)| {
            let mut weights = Weights::clone(app.weights());
            for feature in *features {
                weights.set(*feature, 0.0);
            }
            let weights = Arc::new(weights);
            let mut figures = Figures::default();
            for label in labels.iter().filter(|label| !label.relevant.is_empty()) {
                let query = crate::retrieval::Query {
                    text: &label.question,
                    day: label.as_of.map_or_else(crate::app::today, crate::day::day_number),
                    kinds: Vec::new(),
                    limit: 20,
                };
                figures.add_ranking(label, &app.search_with(&query, &weights)?.passages);
            }
            Ok(((*name).to_owned(), figures.scores()))
        })
        .collect()
}

/// Whether an answer's status is what the label asks for. Refusing in either way counts for an unanswerable one.
pub(crate) fn refused(status: Status) -> bool {
    matches!(status, Status::NoBasis | Status::Blocked)
}

/// A line about a question that missed: no right passage among the first three, facts missing, or the wrong status.
pub fn miss(outcome: &Outcome) -> Option<String> {
    let mut figures = Figures::default();
    figures.add(outcome);
    let scores = figures.scores();
    let below = |value: Option<f64>| value.is_some_and(|v| v < 1.0);
    let wrong = below(scores.recall_3)
        || below(scores.facts)
        || scores.refused_wrongly == Some(1.0)
        || scores.asked_back == Some(1.0)
        || scores.refused_rightly == Some(0.0);
    wrong.then(|| {
        let first: Vec<String> = outcome
            .answer
            .sources
            .iter()
            .take(3)
            .map(|hit| format!("{} {}", hit.passage.document().id, hit.passage.passage().locator))
            .collect();
        format!(
            "{} [{}] «{}» → {:?}, mrr {:.2}, fakta {:.2}; først: {}",
            outcome.label.id,
            outcome.label.kind,
            outcome.label.question,
            outcome.answer.status,
            scores.mrr.unwrap_or(0.0),
            scores.facts.unwrap_or(0.0),
            first.join(" | ")
        )
    })
}
