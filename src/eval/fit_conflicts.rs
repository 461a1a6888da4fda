//! Fitting the conflict judge on labelled conflicts.
//!
//! A label says which documents conflict, and with which words where it has quotes; which two statements of two long
//! documents make the conflict is otherwise found by the judge itself: those it finds most conflicting
//! (multiple-instance learning). Folds are made of conflicts that share no document.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use serde::Serialize;

use super::conflicts::{Count, Gold};
use crate::app::App;
use crate::conflict::{Base, Candidate, Compared, Engine, Example, Judge, PairJudge as _, Reading, Weights, fit};

/// Parts of the cross-validation.
const FOLDS: usize = 5;
/// Times the statements are chosen anew by the judge fitted so far.
const ROUNDS: usize = 4;
/// Statement pairs of two documents not in conflict that are learnt from.
const NEGATIVES: usize = 3;
/// How much the weights are held back towards where they start.
const HOLD: f32 = 0.0002;

/// What fitting came to.
#[derive(Debug, Serialize)]
pub struct ConflictFit {
    /// The weights, fitted on all.
    pub weights: Weights,
    /// Precision and recall over pairs of documents at each threshold, each pair judged by weights fitted without it.
    pub cross_validated: BTreeMap<String, (f64, f64)>,
    /// Pairs of documents in conflict that the rules on exclusion took out, or that were never compared.
    pub lost: Vec<String>,
}

/// Two documents with what was seen of them, and the label.
struct Case<'a> {
    candidate: Candidate<'a>,
    is_conflict: bool,
    /// Statement pairs that the label's quotes allow.
    allowed: Vec<bool>,
    fold: usize,
}

/// Fits the judge's weights on the documents of a base and their labels.
///
/// # Errors
/// A model fails.
pub fn fit_conflicts(app: &App, gold: &[Gold]) -> anyhow::Result<ConflictFit> {
    let start = Weights::built_in()?;
    let engine = Engine::new(Box::new(Judge::new(start.clone())));
    let base = base(app)?;
    let labels = Labels::of(gold);
    let catalogue = app.catalogue();
    // A labelled set's documents lie in its `docs`; others are told apart by their first folder.
    let collection = |source: &str| {
        source
            .split_once("/docs/")
            .map_or_else(|| source.split('/').next().unwrap_or_default(), |(set, _)| set)
            .to_owned()
    };
    let collections: HashMap<String, String> =
        catalogue.versions().iter().map(|v| (v.document.id.clone(), collection(&v.source))).collect();
    let labelled_in: HashSet<&String> = labels.component.keys().filter_map(|id| collections.get(id)).collect();
    let mut lost: HashSet<(String, String)> = labels.conflicts.keys().cloned().collect();
    let mut cases = Vec::new();
    for candidate in engine.look(&base) {
        let key = key(&candidate.a.source.id, &candidate.b.source.id);
        // Documents of two labelled collections were labelled by hands that did not see each other's: nothing is known
        // of them. What lies beside them (the law itself) is taken to conflict with nothing.
        let of = |id: &String| collections.get(id).filter(|collection| labelled_in.contains(collection));
        let (one, other) = (of(&candidate.a.source.id), of(&candidate.b.source.id));
        let is_unknown = one.is_some() && other.is_some() && one != other;
        if candidate.excluded.is_some() || is_unknown || labels.neutral.contains(&key) {
            continue;
        }
        lost.remove(&key);
        let quotes = labels.conflicts.get(&key);
        let allowed: Vec<bool> = candidate.pairs.iter().map(|pair| fits(&candidate, pair, quotes)).collect();
        let none = !allowed.iter().any(|is| *is);
        cases.push(Case {
            is_conflict: quotes.is_some(),
            allowed: if none { vec![true; candidate.pairs.len()] } else { allowed },
            fold: labels.component.get(&key.0).or(labels.component.get(&key.1)).copied().unwrap_or(key.0.len()) % FOLDS,
            candidate,
        });
    }
    let labelled = labels.conflicts.len();
    let mut judged: Vec<(f32, (String, String), bool)> = Vec::new();
    for fold in 0..FOLDS {
        let judge = Judge::new(learn(&start, cases.iter().filter(|case| case.fold != fold)));
        judged.extend(cases.iter().filter(|case| case.fold == fold).map(|case| {
            let ids = key(&case.candidate.a.source.id, &case.candidate.b.source.id);
            (top(&judge, case), ids, case.is_conflict)
        }));
    }
    let cross_validated = (30..=90).step_by(5).map(|percent| {
        let threshold = percent as f32 / 100.0;
        let flagged: HashMap<&(String, String), bool> =
            judged.iter().filter(|(score, ..)| *score >= threshold).map(|(_, ids, is)| (ids, *is)).collect();
        let right = flagged.values().filter(|is| **is).count();
        let count = Count { right, found: flagged.len(), labelled };
        (format!("{threshold:.2}"), (count.precision(), count.recall()))
    });
    let mut lost: Vec<String> = lost.into_iter().map(|(a, b)| format!("{a} – {b}")).collect();
    lost.sort();
    Ok(ConflictFit { cross_validated: cross_validated.collect(), weights: learn(&start, cases.iter()), lost })
}

fn key(a: &str, b: &str) -> (String, String) {
    if a <= b { (a.to_owned(), b.to_owned()) } else { (b.to_owned(), a.to_owned()) }
}

/// What the labels say of each two documents.
#[derive(Default)]
struct Labels {
    /// In conflict, with the quote of each where there is one.
    conflicts: HashMap<(String, String), (Option<String>, Option<String>)>,
    neutral: HashSet<(String, String)>,
    /// Labels that share documents have one number.
    component: HashMap<String, usize>,
}

impl Labels {
    fn of(gold: &[Gold]) -> Self {
        let mut labels = Self::default();
        for (number, line) in gold.iter().enumerate() {
            let met: HashSet<usize> =
                line.documents.iter().filter_map(|id| labels.component.get(id).copied()).collect();
            labels.component.values_mut().filter(|known| met.contains(known)).for_each(|known| *known = number);
            labels.component.extend(line.documents.iter().map(|id| (id.clone(), number)));
            labels.neutral.extend(line.neutral.iter().map(|(a, b)| key(a, b)));
            for (at, side) in line.sides.iter().enumerate().filter(|_| line.label == "conflict") {
                for (a, b) in line.sides[at + 1..].iter().flatten().flat_map(|b| side.iter().map(move |a| (a, b))) {
                    let ids = key(a, b);
                    let quotes = (line.quotes.get(&ids.0).cloned(), line.quotes.get(&ids.1).cloned());
                    labels.conflicts.insert(ids, quotes);
                }
            }
        }
        labels
    }
}

/// Whether the two statements are those that the label quotes.
fn fits(candidate: &Candidate<'_>, pair: &Compared, quotes: Option<&(Option<String>, Option<String>)>) -> bool {
    let Some((one, other)) = quotes else { return true };
    let (a, b) = (&candidate.a.statements[pair.a].text, &candidate.b.statements[pair.b].text);
    let (first, second) = if candidate.a.source.id <= candidate.b.source.id { (a, b) } else { (b, a) };
    let same = |quote: &Option<String>, text: &str| quote.as_ref().is_none_or(|quote| overlap(quote, text));
    same(one, first) && same(other, second)
}

/// Four of five words of the shorter are in the longer.
fn overlap(a: &str, b: &str) -> bool {
    let words = |text: &str| -> HashSet<String> {
        text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
    };
    let (a, b) = (words(a), words(b));
    a.intersection(&b).count() * 5 >= a.len().min(b.len()) * 4
}

fn score(judge: &Judge, candidate: &Candidate<'_>, pair: &Compared) -> f32 {
    let (a, b) = (candidate.a, candidate.b);
    judge.score((&a.statements[pair.a], a), (&b.statements[pair.b], b), &pair.features)
}

fn top(judge: &Judge, case: &Case<'_>) -> f32 {
    case.candidate.pairs.iter().map(|pair| score(judge, &case.candidate, pair)).fold(0.0, f32::max)
}

fn learn<'a>(start: &Weights, cases: impl Iterator<Item = &'a Case<'a>>) -> Weights {
    let cases: Vec<&Case<'_>> = cases.collect();
    let mut weights = start.clone();
    for _ in 0..ROUNDS {
        let judge = Judge::new(weights);
        let mut examples = Vec::new();
        for case in &cases {
            let mut scored: Vec<(f32, &Compared)> = (case.candidate.pairs.iter().zip(&case.allowed))
                .filter(|(_, allowed)| **allowed)
                .map(|(pair, _)| (score(&judge, &case.candidate, pair), pair))
                .collect();
            scored.sort_by(|x, y| y.0.total_cmp(&x.0));
            scored.truncate(if case.is_conflict { 1 } else { NEGATIVES });
            examples.extend(scored.into_iter().map(|(_, pair)| Example {
                features: pair.features.clone(),
                is_conflict: case.is_conflict,
                weight: if case.is_conflict { 1.0 } else { 0.5 },
            }));
        }
        weights = fit(start, &examples, HOLD);
    }
    weights
}

/// All that the documents of the base say, read anew.
fn base(app: &App) -> anyhow::Result<Base> {
    let mut base = Base::new();
    let models = app.models();
    for version in app.catalogue().versions().iter().filter(|version| !version.validity.is_empty()) {
        let mut reading: Reading = crate::conflict::read(&version.document, &version.id.to_string(), &models.analyser);
        crate::conflict::embed(&mut reading, Arc::as_ref(&models.embedder))?;
        base.insert(reading);
    }
    Ok(base)
}
