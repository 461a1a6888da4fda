//! Numbers with what they count: «90 dager», «et halvt år», «45 prosent», «halvparten».

use std::sync::LazyLock;

use regex::Regex;
use serde::{Deserialize, Serialize};

/// What a number counts. Lengths of time are compared in days, so that twelve months are a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// A length of time, in days.
    Time,
    /// A share, in per cent.
    Share,
    /// Basic amounts (G).
    Base,
    /// Kroner.
    Kroner,
    /// Age, in years.
    Age,
    /// Hours.
    Hours,
    /// Distance, in kilometres.
    Distance,
}

/// A number and what it counts.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Quantity {
    /// What is counted.
    pub measure: Measure,
    /// How many.
    pub value: f32,
}

const NUMBER: &str = r"et halvt|en halv|\d[\d .]*(?:,\d+)?|en|et|én|ett|halvannen|halvannet|to|tre|fire|fem|seks|sju|syv|åtte|ni|ti|elleve|tolv|tretten|fjorten|femten|seksten|atten|tjue|tjueen|tjuefire|tjueseks|tretti|førti|femti|seksti|sytti|åtti|nitti|hundre";

static PATTERN: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(&format!(
        r"(?:\b(fylt|fyller|under|over|alder(?:en)? (?:på|av)) )?\b(?:({NUMBER})[ -]?(\p{{L}}*dag(?:er|s)?|uke(?:r|rs)?|\p{{L}}*måned(?:er|ers)?|halvår|år(?:s)?|prosent|pst|%|g\b|(?:ganger )?(?:folketrygdens )?grunnbeløp\w*|kroner|kr\b|time[rn]?\w*|km\b|kilometer)( gammel\w*)?|(halvpart(?:en)?|tredjedel(?:en)?|fjerdedel(?:en)?))"
    ))
    .ok()
});

fn number(word: &str) -> Option<f32> {
    let value = match word {
        "en" | "et" | "én" | "ett" => 1.0,
        "et halvt" | "en halv" => 0.5,
        "halvannen" | "halvannet" => 1.5,
        "to" => 2.0,
        "tre" => 3.0,
        "fire" => 4.0,
        "fem" => 5.0,
        "seks" => 6.0,
        "sju" | "syv" => 7.0,
        "åtte" => 8.0,
        "ni" => 9.0,
        "ti" => 10.0,
        "elleve" => 11.0,
        "tolv" => 12.0,
        "tretten" => 13.0,
        "fjorten" => 14.0,
        "femten" => 15.0,
        "seksten" => 16.0,
        "atten" => 18.0,
        "tjue" => 20.0,
        "tjueen" => 21.0,
        "tjuefire" => 24.0,
        "tjueseks" => 26.0,
        "tretti" => 30.0,
        "førti" => 40.0,
        "femti" => 50.0,
        "seksti" => 60.0,
        "sytti" => 70.0,
        "åtti" => 80.0,
        "nitti" => 90.0,
        "hundre" => 100.0,
        _ => return word.replace([' ', '.'], "").replace(',', ".").parse().ok(),
    };
    Some(value)
}

/// The quantities of a folded sentence. Dates and paragraph numbers have no unit beside them and are not read.
pub(super) fn quantities(folded: &str) -> Vec<Quantity> {
    let Some(pattern) = PATTERN.as_ref() else { return Vec::new() };
    let mut found = Vec::new();
    for capture in pattern.captures_iter(folded) {
        if let Some(part) = capture.get(5) {
            let value = match part.as_str().chars().next() {
                Some('h') => 50.0,
                Some('t') => 33.3,
                _ => 25.0,
            };
            found.push(Quantity { measure: Measure::Share, value });
            continue;
        }
        let (Some(digits), Some(unit)) = (capture.get(2), capture.get(3)) else { continue };
        let Some(value) = number(digits.as_str().trim()) else { continue };
        let unit = unit.as_str();
        let is_age = (unit.starts_with("år") && capture.get(1).is_some()) || capture.get(4).is_some();
        let (measure, factor) = match unit {
            _ if is_age => (Measure::Age, 1.0),
            u if u.ends_with("dag") || u.ends_with("dager") || u.ends_with("dags") => (Measure::Time, 1.0),
            u if u.starts_with("uke") => (Measure::Time, 7.0),
            u if u.contains("måned") => (Measure::Time, 30.4),
            "halvår" => (Measure::Time, 182.5),
            u if u.starts_with("år") => (Measure::Time, 365.0),
            "prosent" | "pst" | "%" => (Measure::Share, 1.0),
            u if u.starts_with('g') => (Measure::Base, 1.0),
            "kroner" | "kr" => (Measure::Kroner, 1.0),
            "km" | "kilometer" => (Measure::Distance, 1.0),
            _ => (Measure::Hours, 1.0),
        };
        // «en time», «en krone» is mostly an article.
        if value == 1.0
            && !digits.as_str().starts_with('1')
            && !matches!(measure, Measure::Time | Measure::Age | Measure::Base)
        {
            continue;
        }
        found.push(Quantity { measure, value: value * factor });
    }
    found
}

/// How two statements' numbers go together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Numbers {
    /// They count nothing of the same kind.
    Apart,
    /// A number is the same.
    Same,
    /// They count the same kind of thing, and no number is the same.
    Differ,
}

/// Compares the numbers of two statements, measure by measure, with room for a year of 52 weeks or 360 days. They
/// differ when a measure that both use has no number in common.
pub(super) fn compare(a: &[Quantity], b: &[Quantity]) -> Numbers {
    let alike = |one: &Quantity, other: &Quantity| (one.value - other.value).abs() <= 0.02 * one.value.max(other.value);
    let mut result = Numbers::Apart;
    for one in a {
        let mut others = b.iter().filter(|other| other.measure == one.measure).peekable();
        if others.peek().is_none() {
            continue;
        }
        let of_measure: Vec<&Quantity> = a.iter().filter(|quantity| quantity.measure == one.measure).collect();
        if others.any(|other| of_measure.iter().any(|quantity| alike(quantity, other))) {
            result = Numbers::Same;
        } else {
            return Numbers::Differ;
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn read() {
        let of = |text: &str| quantities(&super::super::fold::fold(text));
        assert_eq!(of("mer enn 90 dager")[0], Quantity { measure: Measure::Time, value: 90.0 });
        assert_eq!(of("med halvparten av inntekten")[0], Quantity { measure: Measure::Share, value: 50.0 });
        assert_eq!(of("et halvt grunnbeløp")[0], Quantity { measure: Measure::Base, value: 0.5 });
        assert_eq!(of("fylt 18 år")[0].measure, Measure::Age);
        assert_eq!(compare(&of("tolv måneder"), &of("ett år")), Numbers::Same);
        assert_eq!(compare(&of("innen seks måneder"), &of("ett år på seg")), Numbers::Differ);
        assert_eq!(
            compare(&of("45 prosent over et halvt grunnbeløp"), &of("halvparten over et halvt grunnbeløp")),
            Numbers::Differ
        );
        assert_eq!(compare(&of("ni uker"), &of("45 prosent")), Numbers::Apart);
    }
}
