//! Plain words around the quotes.

use crate::corpus::Mark;
use crate::day::date_of;
use crate::language::elsewhere;
use crate::law::SourceKind;
use crate::retrieval::{Ranked, Understood};

use super::select::Chosen;
use super::{Quote, Sentence, Warning};

/// Sentences around the chosen quotes, in the order chosen.
pub(super) fn sentences(chosen: &[Chosen]) -> Vec<Sentence> {
    let mut said: Vec<&str> = Vec::new();
    let mut sentences = Vec::with_capacity(chosen.len());
    for piece in chosen {
        let quote = &piece.quote;
        let again = said.contains(&quote.version().document.id.as_str());
        said.push(&quote.version().document.id);
        let text = format!("{} «{}» ({}).{}", lead(quote, again), inner(quote), place(quote), mark(quote));
        sentences.push(Sentence::new(text, quote.clone(), Vec::new()));
    }
    sentences
}

/// Words that tell what kind of source speaks.
fn lead(quote: &Quote, again: bool) -> String {
    let document = &quote.version().document;
    if again {
        return match document.kind {
            SourceKind::Statute => "Loven sier også:".into(),
            SourceKind::Circular => "Rundskrivet legger videre til grunn:".into(),
            _ => "Samme kilde:".into(),
        };
    }
    match document.kind {
        SourceKind::Statute => "Loven sier:".into(),
        SourceKind::Regulation => "Forskriften sier:".into(),
        SourceKind::Circular => "Rundskrivet legger til grunn:".into(),
        SourceKind::AppealsRuling => "Nav klageinstans kom til:".into(),
        SourceKind::TribunalDecision => match document.panel.as_ref().and_then(|p| p.members) {
            Some(5) => "Trygderetten, satt med fem medlemmer, kom til:".into(),
            _ => "Trygderetten kom til:".into(),
        },
        SourceKind::CourtJudgment if document.id.starts_with("HR-") || document.id.starts_with("Rt-") => {
            "Høyesterett kom til:".into()
        }
        SourceKind::CourtJudgment => "Domstolen kom til:".into(),
        SourceKind::Clarification => "En skriftlig avklaring sier:".into(),
        SourceKind::Guidance => "Veiledningen sier:".into(),
    }
}

/// The quoted words on one line; the closing full stop goes outside the quotation marks.
fn inner(quote: &Quote) -> String {
    quote.line().trim_end_matches('.').to_owned()
}

/// Where the words stand, short.
pub(crate) fn place(quote: &Quote) -> String {
    let document = &quote.version().document;
    match document.kind {
        SourceKind::Statute | SourceKind::Regulation => {
            format!("{} {}", short_title(&document.title), quote.locator())
        }
        SourceKind::Circular => format!("{}, {}", document.id, quote.locator()),
        SourceKind::Guidance if quote.locator() == document.title => document.title.clone(),
        SourceKind::Guidance => format!("{}, {}", document.title, quote.locator()),
        _ => document.id.clone(),
    }
}

/// "Lov om folketrygd (folketrygdloven)" → "folketrygdloven".
fn short_title(title: &str) -> String {
    match (title.rfind('('), title.rfind(')')) {
        (Some(open), Some(close)) if open + 1 < close => {
            let short = &title[open + 1..close];
            short.split(" - ").next().unwrap_or(short).to_owned()
        }
        _ => title.to_owned(),
    }
}

fn mark(quote: &Quote) -> &'static str {
    if quote.marks().iter().any(|m| matches!(m, Mark::NotCorrectLaw { .. })) {
        " Rundskrivet merker selv dette punktet som ikke rettsriktig."
    } else if quote.marks().iter().any(|m| matches!(m, Mark::UnderRevision { .. })) {
        " Punktet er merket som under revisjon."
    } else {
        ""
    }
}

/// What the reader must know beside the sentences.
pub(super) fn warnings(question: &Understood, sentences: &[Sentence], day: u32, today: u32) -> Vec<Warning> {
    let mut warnings = Vec::new();
    let mut add = |code, text: String| {
        let warning = Warning { code, text };
        if !warnings.contains(&warning) {
            warnings.push(warning);
        }
    };
    for quote in sentences.iter().flat_map(Sentence::quotes) {
        let document = &quote.version().document;
        for mark in quote.marks() {
            match mark {
                Mark::NotCorrectLaw { text } => add(
                    "not_correct_law",
                    format!("{} sier selv at denne delen ikke er rettsriktig: «{text}»", place(quote)),
                ),
                Mark::UnderRevision { text } => {
                    add("under_revision", format!("{} er under revisjon: «{text}»", place(quote)));
                }
                Mark::Changed { .. } => {}
            }
        }
        if quote.version().superseded {
            add("superseded", format!("{} er sitert i en versjon som siden er erstattet.", document.title));
        }
        if quote.version().day > day && document.kind.states_a_rule() {
            let date = date_of(quote.version().day).map_or_else(String::new, |d| d.to_string());
            add(
                "version_gap",
                format!(
                    "Basen har ikke {} slik den var på den datoen; eldste versjon er fra {date}.",
                    short_title(&document.title)
                ),
            );
        }
        if document.provenance == crate::corpus::Provenance::Synthetic {
            add(
                "synthetic",
                "Svaret bygger på dokumenter som er laget for demonstrasjon; de er ikke gjeldende rett.".into(),
            );
        }
    }
    if day != today {
        let date = date_of(day).map_or_else(String::new, |d| d.to_string());
        add("as_of", format!("Reglene er gjengitt slik de var {date}."));
    }
    if question.corrected != question.text {
        add("spelling", format!("Spørsmålet er lest som: «{}»", question.corrected));
    }
    warnings
}

/// A question ready to send to the subject lead.
pub(super) fn handover(question: &Understood, passages: &[Ranked], day: u32) -> String {
    let date = date_of(day).map_or_else(String::new, |d| d.to_string());
    let benefit = question.topic.benefits.first().map_or("ikke kjent", |(code, _)| code.as_str());
    let belongs = elsewhere(&question.text)
        .map_or_else(String::new, |whose| format!("\nSpørsmålet ser ut til å høre under {whose}."));
    let mut text = format!(
        "Til fagansvarlig\n\nSpørsmål: {}\nYtelse (antatt): {benefit}\nRegler per: {date}{belongs}\n\nKunnskapsbasen har ikke svar. Kilder som ble sett på:\n",
        question.text
    );
    for hit in passages.iter().take(5) {
        text.push_str(&format!("– {}, {}\n", hit.passage.document().title, hit.passage.passage().locator));
    }
    text
}
