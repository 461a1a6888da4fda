//! What has settled a question. A settled conflict stays visible, with what settled it.

use std::collections::BTreeSet;

use super::base::{Base, sections};
use super::compare::{Feature, compare};
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
        .or_else(|| newer_circular(sides, base))
        .or_else(|| clarification(sides, base))
}

fn by(source: &Source, why: String) -> Option<Settled> {
    Some(Settled { by: source.id.clone(), version: source.version.clone(), why })
}

/// EEA law, statute or regulation over a circular or a ruling (EØS-loven § 2; lex superior).
fn higher_law(sides: &[SideOf; 2]) -> Option<Settled> {
    let other_is_lower = |at: usize| sides[1 - at].iter().all(|(reading, _)| !reading.source.is_law());
    let is_guidance = |at: usize| sides[1 - at].iter().all(|(reading, _)| reading.source.kind == SourceKind::Guidance);
    (0..2).find_map(|at| {
        let (law, _) = sides[at].iter().find(|(reading, _)| reading.source.is_law())?;
        (other_is_lower(at) && !is_guidance(at)).then(|| {
            by(&law.source, format!("{} går foran rundskriv og enkeltavgjørelser.", capital(&law.source.label())))
        })?
    })
}

/// The Supreme Court, and the European courts on EEA law, over all that is not law.
fn supreme(sides: &[SideOf; 2]) -> Option<Settled> {
    let is_top = |source: &Source| {
        source.kind == SourceKind::CourtJudgment && matches!(source.court, Some(Court::Supreme | Court::European))
    };
    (0..2).find_map(|at| {
        let (top, _) = sides[at].iter().find(|(reading, _)| is_top(&reading.source))?;
        let opposed = sides[1 - at].iter().any(|(reading, _)| is_top(&reading.source));
        // Guidance against the Supreme Court is not an unsettled question but a wrong text.
        let unheeded = sides[1 - at].iter().all(|(reading, _)| reading.source.kind == SourceKind::Guidance);
        (!opposed && !unheeded)
            .then(|| by(&top.source, format!("{} har avgjort spørsmålet.", capital(&top.source.label()))))?
    })
}

/// Five members over earlier decisions of the tribunal (trygderettsloven § 7); it does not bind the circular.
fn five_members(sides: &[SideOf; 2]) -> Option<Settled> {
    (0..2).find_map(|at| {
        let (five, _) = sides[at].iter().find(|(reading, _)| {
            reading.source.kind == SourceKind::TribunalDecision
                && reading.source.members.is_some_and(|members| members >= 5)
        })?;
        let all_earlier = sides[1 - at].iter().all(|(reading, _)| {
            matches!(reading.source.kind, SourceKind::TribunalDecision | SourceKind::AppealsRuling)
                && reading.source.date <= five.source.date
                && reading.source.members.is_none_or(|members| members < 5)
        });
        all_earlier.then(|| {
            by(
                &five.source,
                format!(
                    "{} er avgjort av fem medlemmer og går foran tidligere kjennelser.",
                    capital(&five.source.label())
                ),
            )
        })?
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
