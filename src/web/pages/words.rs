//! The words on the screen.

use crate::answer::view::DocumentView;
use crate::corpus::{Language, Mark, Outcome, Provenance};
use crate::law::SourceKind;
use crate::retrieval::Channel;

/// A short label with a colour.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    /// The label.
    pub text: String,
    /// Name of its look in the style sheet.
    pub look: &'static str,
}

impl Tag {
    fn new(text: impl Into<String>, look: &'static str) -> Self {
        Self { text: text.into(), look }
    }
}

/// 2026-11-21 → 21.11.2026
pub fn date(iso: &str) -> String {
    match iso.split('-').collect::<Vec<_>>()[..] {
        [year, month, day] => format!("{day}.{month}.{year}"),
        _ => iso.to_owned(),
    }
}

/// "Rundskriv"
pub fn kind(code: &str) -> String {
    let name = code.parse().map_or(code, |kind: SourceKind| kind.norwegian());
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Whom a source binds.
pub fn binds(code: &str) -> &'static str {
    match code.parse() {
        Ok(SourceKind::Statute) => "Loven selv. Går foran alle andre norske kilder.",
        Ok(SourceKind::Regulation) => "Bindende, så langt den har hjemmel i lov.",
        Ok(SourceKind::CourtJudgment) => "Dom. Går foran Trygderetten og rundskriv.",
        Ok(SourceKind::TribunalDecision) => "Trygderettens avgjørelse i én sak. Viser hvordan loven leses.",
        Ok(SourceKind::Circular) => "Binder Nav i første linje. Binder ikke Trygderetten eller domstolene.",
        Ok(SourceKind::AppealsRuling) => "Klageinstansens avgjørelse i én sak.",
        Ok(SourceKind::Clarification) => "Skriftlig svar på et spørsmål som er tatt opp.",
        Ok(SourceKind::Guidance) => "Forklarer reglene. Binder ingen.",
        Err(_) => "",
    }
}

/// What the reader must see of a document's standing before using it.
pub fn tags(document: &DocumentView) -> Vec<Tag> {
    let mut tags = Vec::new();
    match document.status {
        "superseded" => tags.push(Tag::new("erstattet", "danger")),
        "not_yet_in_force" => tags.push(Tag::new("ikke i kraft ennå", "warning")),
        "under_revision" => tags.push(Tag::new("under revisjon", "warning")),
        _ => {}
    }
    match document.provenance {
        Provenance::Synthetic => tags.push(Tag::new("syntetisk", "made-up")),
        Provenance::Digest => tags.push(Tag::new("sammendrag", "made-up")),
        Provenance::Official => {}
    }
    tags
}

/// Weight beside the kind, outcome, office, date and validity: "5 medlemmer, dissens · medhold · 12.03.2024".
pub fn facts(document: &DocumentView) -> String {
    let mut facts: Vec<String> = Vec::new();
    facts.extend(document.weight.split_once(", ").map(|(_, rest)| rest.to_owned()));
    facts.extend(document.outcome.as_deref().map(outcome));
    facts.extend(document.office.clone());
    facts.push(document.date.as_deref().map_or_else(|| "uten dato".to_owned(), date));
    if let Some(to) = document.valid_to.as_deref() {
        facts.push(format!("gjaldt til {}", date(to)));
    }
    facts.join(" · ")
}

/// An outcome's code in words.
pub fn outcome(code: &str) -> String {
    let outcome: Option<Outcome> = serde_json::from_value(code.into()).ok();
    outcome.map_or_else(|| code.to_owned(), |outcome| outcome.label().to_lowercase())
}

/// How a passage was found.
pub fn found_by(channels: &[Channel]) -> String {
    let mut ways: Vec<&str> = channels
        .iter()
        .map(|channel| match channel {
            Channel::Dense => "mening",
            Channel::Lexical => "ord",
            Channel::QuestionDense | Channel::QuestionLexical => "lignende spørsmål",
            Channel::Reference => "henvisning",
        })
        .collect();
    ways.dedup();
    ways.join(", ")
}

/// "Lov om folketrygd (folketrygdloven) § 8-4", "R11-00, § 11-3", "TRR-2019-90123, Rettens bemerkninger".
pub fn place(document: &DocumentView, locator: &str) -> String {
    match document.kind {
        "statute" | "regulation" => format!("{} {locator}", short_title(&document.title)),
        "guidance" => document.title.clone(),
        _ if locator.is_empty() => document.id.clone(),
        _ => format!("{}, {locator}", document.id),
    }
}

/// The beginning of a question about a passage; a reference in it is found by the reference channel.
pub fn draft(document: &DocumentView, locator: &str) -> String {
    let what = match document.kind {
        "statute" | "regulation" => format!("{} {locator}", short_title(&document.title)),
        "circular" => format!("{} {locator}", document.id),
        "guidance" => format!("«{}»", document.title),
        _ => document.id.clone(),
    };
    format!("Hva sier {what} om ")
}

/// "Lov om folketrygd (folketrygdloven)" → "folketrygdloven"
fn short_title(title: &str) -> &str {
    let inner = title.rsplit_once('(').and_then(|(_, rest)| rest.strip_suffix(')'));
    inner.map_or(title, |inner| inner.split(" - ").next().unwrap_or(inner).trim())
}

/// What a text says about its own life cycle.
pub fn mark(mark: &Mark) -> String {
    let (Mark::Changed { text } | Mark::UnderRevision { text } | Mark::NotCorrectLaw { text }) = mark;
    text.clone()
}

/// Where in a document; nothing where that only repeats the title.
pub fn locator(document: &DocumentView, locator: &str) -> String {
    if document.title.contains(locator) { String::new() } else { locator.to_owned() }
}

/// The value of `lang`.
pub fn lang(language: Language) -> &'static str {
    match language {
        Language::Nb => "nb",
        Language::Nn => "nn",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_kinds_are_norwegian() {
        assert_eq!(date("2026-11-21"), "21.11.2026");
        assert_eq!(kind("appeals_ruling"), "Klageinstansens vedtak");
        assert_eq!(outcome("DELVIS_MEDHOLD"), "delvis medhold");
        assert_eq!(short_title("Lov om folketrygd (folketrygdloven - ftrl.)"), "folketrygdloven");
        assert_eq!(short_title("Bare en tittel"), "Bare en tittel");
    }

    #[test]
    fn every_kind_says_whom_it_binds() {
        assert!(SourceKind::ALL.iter().all(|kind| !binds(kind.code()).is_empty()));
    }
}
