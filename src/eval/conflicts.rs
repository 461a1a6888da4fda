//! Labelled conflicts and look-alikes in, figures out. The engine never sees a label.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::conflict::Conflict;

/// One line of a gold file.
#[derive(Debug, Clone, Deserialize)]
pub struct Gold {
    /// Id within the file.
    pub id: String,
    /// `conflict` or `not_conflict`.
    pub label: String,
    /// Kind of conflict.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// Whether a side says that it departs from the other.
    pub cue: Option<bool>,
    /// The documents it is about.
    #[serde(default)]
    pub documents: Vec<String>,
    /// The sides, by document id.
    #[serde(default)]
    pub sides: Vec<Vec<String>>,
    /// Why it is no conflict.
    pub reason: Option<String>,
    /// `open` or `resolved`.
    pub status: Option<String>,
    /// What resolved it.
    pub resolved_by: Option<String>,
    /// A sentence of each document that shows its side.
    #[serde(default)]
    pub quotes: BTreeMap<String, String>,
    /// Pairs that count neither way.
    #[serde(default)]
    pub neutral: Vec<(String, String)>,
}

/// Right, found and labelled.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Count {
    /// Found and labelled.
    pub right: usize,
    /// Found.
    pub found: usize,
    /// Labelled.
    pub labelled: usize,
}

impl Count {
    /// Share of the found that is right.
    pub fn precision(self) -> f64 {
        share(self.right, self.found)
    }

    /// Share of the labelled that is found.
    pub fn recall(self) -> f64 {
        share(self.right, self.labelled)
    }

    /// Their harmonic mean.
    pub fn f1(self) -> f64 {
        let (p, r) = (self.precision(), self.recall());
        if p + r == 0.0 { 0.0 } else { 2.0 * p * r / (p + r) }
    }
}

fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// What an evaluation came to.
#[derive(Debug, Default, Serialize)]
pub struct ConflictFigures {
    /// Over pairs of documents on different sides.
    pub pairs: Count,
    /// Whole conflicts of which at least one pair was found, of those labelled; `found` counts those the engine made.
    pub conflicts: Count,
    /// By labelled kind; `found` and `right` are the same here, since an unlabelled pair has no kind.
    pub by_kind: BTreeMap<String, Count>,
    /// With and without a cue.
    pub by_cue: BTreeMap<String, Count>,
    /// Look-alikes flagged, of those labelled, by reason.
    pub false_flags: BTreeMap<String, (usize, usize)>,
    /// Pairs of documents flagged that no line speaks of.
    pub unlabelled_flags: usize,
    /// Documents on the labelled side, of those in found conflicts.
    pub sides: (usize, usize),
    /// Settled state and by what, right of found conflicts.
    pub settled: (usize, usize),
    /// Quotes that overlap the labelled sentence, of those that have one.
    pub quotes: (usize, usize),
    /// Labelled pairs that were not found.
    pub missed: Vec<String>,
    /// Flagged pairs that are not labelled as conflicts.
    pub wrong: Vec<String>,
}

fn pair(a: &str, b: &str) -> (String, String) {
    if a <= b { (a.to_owned(), b.to_owned()) } else { (b.to_owned(), a.to_owned()) }
}

fn across(sides: &[Vec<String>]) -> BTreeSet<(String, String)> {
    let mut pairs = BTreeSet::new();
    for (at, side) in sides.iter().enumerate() {
        for other in &sides[at + 1..] {
            pairs.extend(side.iter().flat_map(|a| other.iter().map(move |b| pair(a, b))));
        }
    }
    pairs
}

/// Scores what the engine found against the labels.
pub fn score(found: &[Conflict], gold: &[Gold]) -> ConflictFigures {
    let mut figures = ConflictFigures::default();
    let sides_of = |conflict: &Conflict| -> Vec<Vec<String>> {
        conflict.sides.iter().map(|side| side.documents.iter().map(|document| document.id.clone()).collect()).collect()
    };
    let mut flagged: HashMap<(String, String), Vec<usize>> = HashMap::new();
    for (number, conflict) in found.iter().enumerate() {
        for pair in across(&sides_of(conflict)) {
            flagged.entry(pair).or_default().push(number);
        }
    }
    let neutral: BTreeSet<_> = gold.iter().flat_map(|line| &line.neutral).map(|(a, b)| pair(a, b)).collect();
    let mut wanted: BTreeMap<(String, String), &Gold> = BTreeMap::new();
    let mut seen_pairs = BTreeSet::new();
    for line in gold.iter().filter(|line| line.label == "conflict") {
        figures.conflicts.labelled += 1;
        let pairs = across(&line.sides);
        let hits: Vec<_> = pairs.iter().filter(|pair| flagged.contains_key(*pair)).collect();
        let kind = figures.by_kind.entry(line.kind.clone().unwrap_or_default()).or_default();
        let cue = figures
            .by_cue
            .entry(if line.cue == Some(true) { "with cue" } else { "without cue" }.to_owned())
            .or_default();
        for count in [kind, cue] {
            count.labelled += pairs.len();
            count.found += hits.len();
            count.right += hits.len();
        }
        if !hits.is_empty() {
            figures.conflicts.right += 1;
        }
        for missed in pairs.iter().filter(|pair| !flagged.contains_key(*pair)) {
            figures.missed.push(format!("{} {} – {}", line.id, missed.0, missed.1));
        }
        for pair in pairs.iter().cloned() {
            seen_pairs.insert(pair.clone());
            wanted.entry(pair).or_insert(line);
        }
        judge_one(line, &hits, &flagged, found, &mut figures);
    }
    figures.conflicts.found = found.len();
    figures.pairs.labelled = seen_pairs.len();
    let mut reasons: HashMap<(String, String), &Gold> = HashMap::new();
    for line in gold.iter().filter(|line| line.label != "conflict") {
        if let [a, b] = line.documents.as_slice() {
            let entry = figures.false_flags.entry(line.reason.clone().unwrap_or_default()).or_default();
            entry.1 += 1;
            entry.0 += usize::from(flagged.contains_key(&pair(a, b)));
            reasons.insert(pair(a, b), line);
        }
    }
    let mut all: Vec<_> = flagged.keys().filter(|pair| !neutral.contains(*pair)).collect();
    all.sort();
    for pair in all {
        figures.pairs.found += 1;
        if wanted.contains_key(pair) {
            figures.pairs.right += 1;
            continue;
        }
        let reason = reasons.get(pair).map_or_else(
            || {
                figures.unlabelled_flags += 1;
                "unlabelled".to_owned()
            },
            |line| line.reason.clone().unwrap_or_default(),
        );
        figures.wrong.push(format!("{} – {} ({reason})", pair.0, pair.1));
    }
    figures
}

/// Sides, state and quotes of one labelled conflict.
fn judge_one(
    line: &Gold,
    hits: &[&(String, String)],
    flagged: &HashMap<(String, String), Vec<usize>>,
    found: &[Conflict],
    figures: &mut ConflictFigures,
) {
    let numbers: BTreeSet<usize> = hits.iter().filter_map(|pair| flagged.get(*pair)).flatten().copied().collect();
    // The conflict of ours that shares most pairs with the labelled one answers for its sides and state.
    let Some(number) = numbers.into_iter().max_by_key(|number| {
        (
            hits.iter().filter(|pair| flagged.get(**pair).is_some_and(|all| all.contains(number))).count(),
            std::cmp::Reverse(*number),
        )
    }) else {
        return;
    };
    let conflict = &found[number];
    let side_of =
        |id: &str| conflict.sides.iter().position(|side| side.documents.iter().any(|document| document.id == id));
    let labelled = |id: &str| line.sides.iter().position(|side| side.iter().any(|document| document == id));
    let known: Vec<(usize, usize)> =
        line.sides.iter().flatten().filter_map(|id| Some((side_of(id)?, labelled(id)?))).collect();
    let straight = known.iter().filter(|(ours, theirs)| ours == theirs).count();
    figures.sides.0 += straight.max(known.len() - straight);
    figures.sides.1 += known.len();
    figures.settled.1 += 1;
    let right = match (&conflict.settled, line.status.as_deref() == Some("resolved")) {
        (Some(settled), true) => line.resolved_by.as_ref().is_none_or(|by| *by == settled.by),
        (None, false) => true,
        _ => false,
    };
    figures.settled.0 += usize::from(right);
    for document in conflict.sides.iter().flat_map(|side| &side.documents) {
        if let Some(quote) = line.quotes.get(&document.id) {
            figures.quotes.1 += 1;
            figures.quotes.0 += usize::from(overlap(quote, &document.quote));
        }
    }
}

/// Whether two quotes are of the same sentence: the one holds the other, or they share most of their words.
fn overlap(a: &str, b: &str) -> bool {
    let words = |text: &str| -> BTreeSet<String> {
        text.split(|char: char| !char.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .map(str::to_lowercase)
            .collect()
    };
    let (a, b) = (words(a), words(b));
    a.intersection(&b).count() * 10 >= a.len().min(b.len()) * 8
}

impl fmt::Display for ConflictFigures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let line = |f: &mut fmt::Formatter<'_>, name: &str, count: &Count| {
            writeln!(
                f,
                "{name:<26} P {:.2}  R {:.2}  F1 {:.2}   {}/{} of {}",
                count.precision(),
                count.recall(),
                count.f1(),
                count.right,
                count.found,
                count.labelled
            )
        };
        line(f, "pairs of documents", &self.pairs)?;
        writeln!(
            f,
            "{:<26} R {:.2}  {} of {} ({} made)",
            "conflicts touched",
            self.conflicts.recall(),
            self.conflicts.right,
            self.conflicts.labelled,
            self.conflicts.found
        )?;
        for (name, count) in self.by_cue.iter().chain(&self.by_kind) {
            writeln!(f, "  {name:<24} R {:.2}  {} of {}", count.recall(), count.right, count.labelled)?;
        }
        for (name, (flags, of)) in &self.false_flags {
            writeln!(f, "  false: {name:<17} {flags} of {of}")?;
        }
        writeln!(f, "  false: unlabelled pairs  {}", self.unlabelled_flags)?;
        for (name, (right, of)) in
            [("right side", self.sides), ("settled state", self.settled), ("quotes", self.quotes)]
        {
            writeln!(f, "{name:<26} {:.2}  {right} of {of}", share(right, of))?;
        }
        Ok(())
    }
}
