//! What has settled a question. A settled conflict stays visible, with what settled it.

use std::collections::BTreeSet;

use super::base::{Base, sections};
use super::compare::{Feature, closeness, compare};
use super::statements::{Reading, Statement};
use super::types::{Settled, Source};
use crate::law::{Court, SourceKind};

/// The heading under which a clarification holds what to say until it is answered.
pub const INTERIM: &str = "Foreløpig linje";

/// A side, with each document's words.
type SideOf<'a> = Vec<(&'a Reading, &'a Statement)>;

/// What has settled a conflict between two sides, if anything has; the weightiest first.
pub(super) fn settled(sides: &[SideOf; 2], base: &Base) -> Option<Settled> {
    supreme(sides)
        .or_else(|| higher_law(sides))
        .or_else(|| five_members(sides))
        .or_else(|| authority_beside(sides, base))
        .or_else(|| newer_circular(sides, base))
        .or_else(|| clarification(sides, base))
}

fn by(source: &Source, why: String) -> Option<Settled> {
    Some(Settled { by: source.id.clone(), version: source.version.clone(), why })
}

/// EEA law, statute or regulation over a circular or a ruling (EØS-loven § 2; lex superior).
fn higher_law(sides: &[SideOf; 2]) -> Option<Settled> {
    let other_is_lower = |at: usize| sides[1 - at].iter().all(|(reading, _)| !reading.source.is_law());
    (0..2).find_map(|at| {
        let (law, _) = sides[at].iter().find(|(reading, _)| reading.source.is_law())?;
        (other_is_lower(at) && !is_guidance(&sides[1 - at])).then(|| {
            by(&law.source, format!("{} går foran rundskriv og enkeltavgjørelser.", capital(&law.source.label())))
        })?
    })
}

/// The Supreme Court, and the European courts on EEA law, over all that is not law.
fn supreme(sides: &[SideOf; 2]) -> Option<Settled> {
    (0..2).find_map(|at| {
        let (top, _) = sides[at].iter().find(|(reading, _)| is_top(&reading.source))?;
        let opposed = sides[1 - at].iter().any(|(reading, _)| is_top(&reading.source));
        // Guidance against the Supreme Court is not an unsettled question but a wrong text.
        (!opposed && !is_guidance(&sides[1 - at])).then(|| decided_by(&top.source))?
    })
}

fn is_guidance(side: &SideOf) -> bool {
    side.iter().all(|(reading, _)| reading.source.kind == SourceKind::Guidance)
}

fn is_top(source: &Source) -> bool {
    source.kind == SourceKind::CourtJudgment && matches!(source.court, Some(Court::Supreme | Court::European))
}

fn decided_by(top: &Source) -> Option<Settled> {
    by(top, format!("{} har avgjort spørsmålet.", capital(&top.label())))
}

/// Five members over earlier decisions of the tribunal (trygderettsloven § 7); it does not bind the circular.
fn five_members(sides: &[SideOf; 2]) -> Option<Settled> {
    (0..2).find_map(|at| {
        let (five, _) = sides[at].iter().find(|(reading, _)| has_five_members(&reading.source))?;
        sides[1 - at]
            .iter()
            .all(|(reading, _)| yields_to(&reading.source, &five.source))
            .then(|| goes_before(&five.source))?
    })
}

fn has_five_members(source: &Source) -> bool {
    source.kind == SourceKind::TribunalDecision && source.members.is_some_and(|members| members >= 5)
}

/// Whether a ruling is an earlier one, by fewer members.
fn yields_to(ruling: &Source, five: &Source) -> bool {
    matches!(ruling.kind, SourceKind::TribunalDecision | SourceKind::AppealsRuling)
        && ruling.date <= five.date
        && ruling.members.is_none_or(|members| members < 5)
}

fn goes_before(five: &Source) -> Option<Settled> {
    by(five, format!("{} er avgjort av fem medlemmer og går foran tidligere kjennelser.", capital(&five.label())))
}

/// How near what is said must be to the words of a side to be on the question.
const ON_THE_QUESTION: f32 = 0.6;

/// The Supreme Court or five members who took the question up later, and stand on no side since their words were not taken
/// for one of the two answers. They name what they decide on: five members rulings of both lines, the Supreme Court at
/// least the ruling under review.
fn authority_beside(sides: &[SideOf; 2], base: &Base) -> Option<Settled> {
    let all = || sides.iter().flatten().map(|(reading, _)| &reading.source);
    // A text that goes against the Supreme Court is wrong, and two of its judgments are not reconciled by a third here.
    if sides.iter().any(is_guidance) || all().any(is_top) {
        return None;
    }
    let beside = |reading: &&Reading| {
        let source = &reading.source;
        let [one, other] = [names_ruling_on(reading, &sides[0]), names_ruling_on(reading, &sides[1])];
        let is_named = (is_top(source) && (one || other))
            || (has_five_members(source) && one && other && all().all(|ruling| yields_to(ruling, source)));
        is_named && all().all(|known| known.id != source.id) && is_on_question(reading, sides)
    };
    let last = |reading: &&Reading| {
        let source = &reading.source;
        (source.weight, source.date, source.id.clone(), source.from())
    };
    let authority = &base.readings().filter(beside).max_by_key(last)?.source;
    if is_top(authority) { decided_by(authority) } else { goes_before(authority) }
}

/// Whether a document names an earlier ruling of this side.
fn names_ruling_on(reading: &Reading, side: &SideOf) -> bool {
    side.iter().map(|(ruling, _)| &ruling.source).any(|ruling| {
        ruling.kind.is_ruling() && reading.named.contains(&ruling.id) && is_earlier(ruling, &reading.source)
    })
}

fn is_earlier(source: &Source, than: &Source) -> bool {
    source.date.zip(than.date).is_some_and(|(one, other)| one <= other)
}

/// Whether a document says something near what the sides say, on the same §.
fn is_on_question(reading: &Reading, sides: &[SideOf; 2]) -> bool {
    reading.statements.iter().any(|own| {
        sides.iter().flatten().any(|(_, said)| {
            own.sections().any(|on| said.sections().any(|of| of == on))
                && closeness(&own.vector, &said.vector) >= ON_THE_QUESTION
        })
    })
}

/// A newer version of the circular, later than what stands against it, that no longer says what it said.
fn newer_circular(sides: &[SideOf; 2], base: &Base) -> Option<Settled> {
    (0..2).find_map(|at| {
        let circulars: Vec<&(&Reading, &Statement)> =
            sides[at].iter().filter(|(reading, _)| reading.source.kind == SourceKind::Circular).collect();
        // Every circular on the side must have come round, and nothing else may still stand there.
        if circulars.is_empty() || circulars.len() < sides[at].len() {
            return None;
        }
        let newest = circulars.iter().map(|(reading, statement)| {
            let newest = base.versions(&reading.source.id).into_iter().next_back()?;
            (newest.source.from() > reading.source.from() && has_come_round(newest, reading, statement, &sides[1 - at]))
                .then_some(newest)
        });
        let newest: Option<Vec<&Reading>> = newest.collect();
        let newest = newest?.into_iter().next_back()?;
        by(
            &newest.source,
            format!("{} er endret etterpå, og sier ikke lenger det den sa.", capital(&newest.source.label())),
        )
    })
}

/// Whether a newer version of a circular, on the same §, no longer says what the old one did: the other side was first,
/// and what was said is not there in nearly the same words, or the other side is named as the reason.
fn has_come_round(newest: &Reading, old: &Reading, statement: &Statement, other: &SideOf) -> bool {
    let is_on_it = newest.statements.iter().any(|now| now.sections().any(|on| statement.sections().any(|of| of == on)));
    let was_first = other.iter().all(|(reading, _)| reading.source.from() < newest.source.from());
    let is_named =
        |reading: &Reading| newest.named.contains(&reading.source.id) && !old.named.contains(&reading.source.id);
    (was_first && is_on_it && !still_says(newest, old, statement)) || other.iter().any(|(reading, _)| is_named(reading))
}

/// Whether a version of a document says what another version of it said, in nearly the same words.
pub(super) fn still_says(now: &Reading, old: &Reading, said: &Statement) -> bool {
    now.statements.iter().any(|statement| {
        let features = compare(statement, now, said, old);
        let overlap = features.get(Feature::TermOverlap);
        let is_alike = overlap > 0.5 || (overlap > 0.25 && features.get(Feature::Closeness) > 1.1);
        // Two sentences in nearly the same words differ by their cues alone.
        is_alike && statement.direction * said.direction >= 0.0 && features.get(Feature::OtherNumbers) == 0.0
    })
}

/// A written clarification of the same question that came after the rulings on both sides. One that names a circular
/// may be about another of its §§; one that names the ruling is about the ruling's question. An interim line settles
/// nothing.
fn clarification(sides: &[SideOf; 2], base: &Base) -> Option<Settled> {
    let documents: Vec<&Reading> = sides.iter().flatten().map(|(reading, _)| *reading).collect();
    let about: BTreeSet<String> = sides.iter().flatten().flat_map(|(_, statement)| statement.sections()).collect();
    base.readings()
        .filter(|reading| reading.source.kind == SourceKind::Clarification)
        .filter(|reading| {
            let rulings = || documents.iter().filter(|document| document.source.kind.is_ruling());
            let names_ruling = rulings().any(|document| reading.named.contains(&document.source.id));
            let shares = !about.is_disjoint(&sections(reading));
            let close = || {
                reading.statements.iter().any(|now| {
                    sides.iter().flatten().any(|(document, theirs)| {
                        let features = compare(now, reading, theirs, document);
                        features.get(Feature::SharedTerms) >= 0.5 && features.get(Feature::Closeness) > 0.6
                    })
                })
            };
            let on_both =
                sides.iter().all(|side| side.iter().any(|(document, _)| reading.named.contains(&document.source.id)));
            let is_later = rulings().all(|document| document.source.date <= reading.source.date);
            let is_final = reading.statements.iter().any(|statement| !statement.locator.starts_with(INTERIM));
            is_later && is_final && (on_both || (shares && (names_ruling || close())))
        })
        .max_by_key(|reading| reading.source.date)
        .and_then(|reading| by(&reading.source, format!("Spørsmålet er besvart i {}.", reading.source.label())))
}

/// With a capital first.
pub(super) fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().collect::<String>() + chars.as_str())
}
