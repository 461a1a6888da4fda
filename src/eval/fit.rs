//! Fitting the ranking's weights and the judge on labelled questions.
//!
//! The ranking is fitted by coordinate ascent on nDCG@10 (Metzler and Croft 2007): each weight in turn is moved to where
//! the mean over the training questions is best, until nothing moves. The judge is fitted by logistic regression. Both
//! are small enough that the result can be read, and cross-validation says whether it can be believed.

use serde::Serialize;

use super::Label;
use super::metrics::Figures;
use crate::answer::{Clue, Evidence, Judge, guard};
use crate::app::App;
use crate::retrieval::{Feature, Query, Ranked, RetrievalError, Weights, rerank};

/// Parts of the cross-validation.
const FOLDS: usize = 5;

/// What fitting the ranking came to.
#[derive(Debug, Serialize)]
pub struct RankingFit {
    /// The weights, fitted on all questions.
    pub weights: Weights,
    /// nDCG@10 before.
    pub ndcg_before: f64,
    /// nDCG@10 after, on the questions fitted on.
    pub ndcg_after: f64,
    /// nDCG@10 after, each question scored by weights fitted without it.
    pub ndcg_cross_validated: f64,
}

/// What fitting the judge came to.
#[derive(Debug, Serialize)]
pub struct JudgeFit {
    /// The judge, fitted on all questions.
    pub judge: Judge,
    /// Share of answerable questions refused, each judged by a judge fitted without it.
    pub refused_wrongly: f64,
    /// Share of unanswerable questions refused, likewise.
    pub refused_rightly: f64,
}

/// A question with everything the channels found for it.
struct Case {
    label: Label,
    pool: Vec<Ranked>,
}

/// Fits the ranking's weights.
///
/// # Errors
/// Model or index fail.
pub fn fit_ranking(app: &App, labels: &[Label]) -> Result<RankingFit, RetrievalError> {
    let mut cases = Vec::new();
    for label in labels.iter().filter(|label| !label.relevant.is_empty()) {
        let pool = app.search(&query(label, usize::MAX))?.passages;
        cases.push(Case { label: label.clone(), pool });
    }
    let start = Weights::clone(app.weights());
    let everything: Vec<&Case> = cases.iter().collect();
    let weights = ascend(&start, &everything);
    let mut held_out = 0.0;
    for fold in 0..FOLDS {
        let (test, train) = parted(&cases, fold);
        held_out += ndcg(&ascend(&start, &train), &test) * test.len() as f64;
    }
    Ok(RankingFit {
        ndcg_before: ndcg(&start, &everything),
        ndcg_after: ndcg(&weights, &everything),
        ndcg_cross_validated: held_out / cases.len().max(1) as f64,
        weights,
    })
}

/// Fits the judge. A label with passages is answerable, one with status `no_basis` is not, others are left out.
///
/// # Errors
/// Model or index fail.
pub fn fit_judge(app: &App, labels: &[Label]) -> Result<JudgeFit, RetrievalError> {
    // Each question twice: over the base as it is, and as if it held no callers' questions. One fold has both.
    let mut cases: Vec<Vec<(Evidence, bool)>> = Vec::new();
    for label in labels.iter().filter(|label| !label.relevant.is_empty() || label.status == "no_basis") {
        if guard(&label.question).is_none() {
            let found = app.search(&query(label, crate::app::SOURCES))?;
            let is_answerable = !label.relevant.is_empty();
            cases.push(vec![
                (app.evidence(&found), is_answerable),
                (app.evidence_without_questions(&found), is_answerable),
            ]);
        }
    }
    let (mut refused, mut of) = ([0.0; 2], [f64::EPSILON; 2]);
    for fold in 0..FOLDS {
        let (test, train) = parted(&cases, fold);
        let judge = logistic(&train.into_iter().flatten().collect::<Vec<_>>());
        for (evidence, answerable) in test.into_iter().flatten() {
            let group = usize::from(*answerable);
            of[group] += 1.0;
            refused[group] += f64::from(judge.probability(evidence) < judge.refuse_below);
        }
    }
    let everything: Vec<&(Evidence, bool)> = cases.iter().flatten().collect();
    Ok(JudgeFit {
        judge: logistic(&everything),
        refused_wrongly: refused[1] / of[1],
        refused_rightly: refused[0] / of[0],
    })
}

fn query(label: &Label, limit: usize) -> Query<'_> {
    let day = label.as_of.map_or_else(crate::app::today, crate::day::day_number);
    Query { text: &label.question, day, kinds: Vec::new(), limit }
}

/// One fold to test on, the others to train on.
fn parted<T>(cases: &[T], fold: usize) -> (Vec<&T>, Vec<&T>) {
    let is_test = |at: usize| at % FOLDS == fold;
    let (test, train): (Vec<_>, Vec<_>) = cases.iter().enumerate().partition(|(at, _)| is_test(*at));
    (test.into_iter().map(|(_, case)| case).collect(), train.into_iter().map(|(_, case)| case).collect())
}

fn ndcg(weights: &Weights, cases: &[&Case]) -> f64 {
    let mut figures = Figures::default();
    for case in cases {
        figures.add_ranking(&case.label, &rerank(&case.pool, weights));
    }
    figures.scores().ndcg_10.unwrap_or(0.0)
}

fn ascend(start: &Weights, cases: &[&Case]) -> Weights {
    // Steps small enough to find a good place, large enough not to fit single questions.
    const STEPS: [f32; 8] = [-0.6, -0.3, -0.15, -0.05, 0.05, 0.15, 0.3, 0.6];
    const LEAST_GAIN: f64 = 5e-4;
    let mut best = start.clone();
    let mut value = ndcg(&best, cases);
    for _ in 0..6 {
        let before = value;
        for feature in Feature::ALL {
            for step in STEPS {
                let mut tried = best.clone();
                tried.set(feature, ((best.of(feature) + step) * 100.0).round() / 100.0);
                let reached = ndcg(&tried, cases);
                if reached > value + LEAST_GAIN {
                    best = tried;
                    value = reached;
                }
            }
        }
        if value - before < LEAST_GAIN {
            break;
        }
    }
    best
}

/// Logistic regression by gradient descent with a little shrinking; the limit refuses at most 4 in 100 answerable.
fn logistic(cases: &[&(Evidence, bool)]) -> Judge {
    const NUMBERS: usize = Clue::ALL.len();
    let rows: Vec<([f64; NUMBERS], f64)> =
        cases.iter().map(|(e, is)| (Clue::ALL.map(|clue| f64::from(e.get(clue))), f64::from(u8::from(*is)))).collect();
    let count = rows.len().max(1) as f64;
    let mut mean = [0.0; NUMBERS];
    let mut spread = [0.0; NUMBERS];
    for at in 0..NUMBERS {
        mean[at] = rows.iter().map(|(x, _)| x[at]).sum::<f64>() / count;
        spread[at] = (rows.iter().map(|(x, _)| (x[at] - mean[at]).powi(2)).sum::<f64>() / count).sqrt().max(1e-6);
    }
    let positive = rows.iter().filter(|(_, y)| *y > 0.5).count().max(1) as f64;
    let negative = (count - positive).max(1.0);
    let (mut weights, mut bias) = ([0.0; NUMBERS], 0.0);
    for _ in 0..4_000 {
        let (mut gradient, mut at_bias) = ([0.0; NUMBERS], 0.0);
        for (x, y) in &rows {
            let sum: f64 = bias + (0..NUMBERS).map(|i| weights[i] * (x[i] - mean[i]) / spread[i]).sum::<f64>();
            let balance = if *y > 0.5 { 0.5 / positive } else { 0.5 / negative };
            let miss = (1.0 / (1.0 + (-sum).exp()) - y) * balance;
            at_bias += miss;
            for i in 0..NUMBERS {
                gradient[i] += miss * (x[i] - mean[i]) / spread[i];
            }
        }
        bias -= 0.5 * at_bias;
        for i in 0..NUMBERS {
            weights[i] -= 0.5 * (gradient[i] + 2e-3 * weights[i]);
        }
    }
    let plain: [f64; NUMBERS] = std::array::from_fn(|i| weights[i] / spread[i]);
    let bias = bias - (0..NUMBERS).map(|i| plain[i] * mean[i]).sum::<f64>();
    let weights = Evidence(Clue::ALL.into_iter().zip(plain.map(|weight| weight as f32)).collect());
    let mut judge = Judge { weights, bias: bias as f32, refuse_below: 0.5, doubt_below: 0.6 };
    let mut answerable: Vec<f32> = cases.iter().filter(|(_, a)| *a).map(|(e, _)| judge.probability(e)).collect();
    answerable.sort_by(f32::total_cmp);
    let at = |share: f64| answerable.get((answerable.len() as f64 * share) as usize).copied().unwrap_or(0.5);
    judge.refuse_below = at(0.035);
    judge.doubt_below = at(0.12).max(judge.refuse_below);
    judge
}
