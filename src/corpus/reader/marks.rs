//! Life-cycle marks that circulars carry in their own text: "[Endret 12/15]", "under revisjon", "ikke rettsriktige".

use std::sync::LazyLock;

use regex::Regex;

use super::super::document::Mark;
use super::super::sentences::sentences;

#[allow(clippy::unwrap_used)] // the patterns are fixed and tested
mod patterns {
    use super::*;

    /// A bracket that says when something was changed, at the start or the end of a paragraph or heading.
    pub static BRACKET: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i)^\[\s*((?:helt\s+)?(?:endret|endra|tilføyd|tilføydd|lagt til|omarbeidet|omarbeidd|utarbeidet|utarbeidd|oppdatert|sist endret|sist endra|opphevet|oppheva|ny|nytt|under revisjon|\d{1,2}/\d{2,4})[^\[\]\n]{0,200})\]\s*|\s*\[\s*((?:helt\s+)?(?:endret|endra|tilføyd|tilføydd|lagt til|omarbeidet|omarbeidd|utarbeidet|oppdatert|sist endret|sist endra|\d{1,2}/\d{2,4})[^\[\]\n]{0,200})\]$").unwrap()
    });
    /// A paragraph that is one bracket.
    pub static WHOLE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^\[([^\[\]]{3,600})\]$").unwrap());
    /// The issuer's stamp on a line of its own: "Sist endret 26.03.2022 av Arbeids- og velferdsdirektoratet".
    pub static STAMP: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i)^(?:utarbeidet|utarbeidd|omarbeidet|omarbeidd|sist endret|sist endra|sist oppdatert|endret|endra)\b(?:[^.\n]|\.\d|\d\.|\bmv\.){0,200}?(?:\d{1,2}\.\d{1,2}\.\d{4}|\d{4}-\d{2}-\d{2}|\d{1,2}\. \p{L}+ \d{4}|direktoratet)").unwrap()
    });
    pub static REVISION: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i)\bunder (?:revisjon|revidering|omarbeid(?:else|ing|else)|oppdatering)\b|\b(?:skal|vil bli|vert|blir) revidert\b").unwrap()
    });
    pub static NOT_LAW: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i)\b(?:ikke|ikkje)\s+(?:\p{L}+\s+){0,3}(?:rettsriktig\p{L}*|i samsvar med gjeldende rett|i samsvar med gjeldande rett)\b|\brettsuriktig\p{L}*").unwrap()
    });
    /// Words by which a text speaks of itself.
    pub static ITSELF: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i)rundskriv|kapitt?el|kapitle|punkt|avsnitt|delen|kommentar|omtale|tekst|retningslinje|beskrivelse|fremstilling|framstilling|eksemp|døme|\bher\b|\bdette\b|\bdenne\b").unwrap()
    });
    /// Norms whose own revision is news, not a mark on the text.
    pub static NORM: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i)\b(?:\p{L}*lov(?:en|a)?|\p{L}*forskrift(?:en|a)?|\p{L}*regelverk(?:et)?|\p{L}*forordning(?:en|a)?|\p{L}*avtale[nr]?)\b").unwrap()
    });
}

/// Takes the brackets that speak of the text's own life off the ends of a paragraph or heading. A paragraph that is
/// one bracket is such a note whatever it says.
pub(super) fn take_brackets(text: &str) -> (String, Vec<Mark>) {
    let mut rest = text.trim().to_owned();
    let mut marks = Vec::new();
    while let Some(found) = patterns::BRACKET.captures(&rest).or_else(|| patterns::WHOLE.captures(&rest)) {
        let inner = found.get(1).or_else(|| found.get(2)).map_or("", |inner| inner.as_str().trim());
        let said = in_paragraph(inner);
        if said.is_empty() {
            marks.push(Mark::Changed { text: inner.to_owned() });
        }
        marks.extend(said);
        let whole = found.get(0).map_or(0..0, |whole| whole.range());
        rest.replace_range(whole, "");
        rest = rest.trim().to_owned();
    }
    (rest, marks)
}

/// The mark that a paragraph is when it is nothing but an issuer's stamp.
pub(super) fn stamp(paragraph: &str) -> Option<Mark> {
    let short = paragraph.chars().count() <= 240;
    (short && patterns::STAMP.is_match(paragraph) && sentences(paragraph).len() == 1)
        .then(|| Mark::Changed { text: paragraph.trim_end_matches('.').to_owned() })
}

/// What the sentences of a paragraph say about the text they stand in.
pub(super) fn in_paragraph(paragraph: &str) -> Vec<Mark> {
    if !patterns::REVISION.is_match(paragraph) && !patterns::NOT_LAW.is_match(paragraph) {
        return Vec::new();
    }
    let mut marks = Vec::new();
    for range in sentences(paragraph) {
        let sentence = &paragraph[range];
        let itself = patterns::ITSELF.is_match(sentence);
        if patterns::NOT_LAW.is_match(sentence) && (itself || !patterns::NORM.is_match(sentence)) {
            marks.push(Mark::NotCorrectLaw { text: sentence.to_owned() });
        }
        if patterns::REVISION.is_match(sentence) && (itself || !patterns::NORM.is_match(sentence)) {
            marks.push(Mark::UnderRevision { text: sentence.to_owned() });
        }
    }
    marks
}

/// Whether what stands under deeper headings carries the mark too.
pub(super) fn is_inherited(mark: &Mark) -> bool {
    !matches!(mark, Mark::Changed { .. })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn brackets_are_taken_off() {
        let (rest, marks) = take_brackets("[Endret 12/15, 01/21]");
        assert_eq!(rest, "");
        assert_eq!(marks, [Mark::Changed { text: "Endret 12/15, 01/21".into() }]);
        let (rest, marks) = take_brackets("[Tilføyd 12/15. Endret 1/21] Den som bor i utlandet, må søke.");
        assert_eq!(rest, "Den som bor i utlandet, må søke.");
        assert_eq!(marks.len(), 1);
        let (rest, _) = take_brackets("2.3 Forutgående trygdetid [Endret 6/23]");
        assert_eq!(rest, "2.3 Forutgående trygdetid");
        assert_eq!(take_brackets("Se forskriften [FOR-2014-10-31-1377]").1, []);
    }

    #[test]
    fn a_paragraph_in_brackets_is_a_note() {
        assert_eq!(take_brackets("[Ajourført 02/24: ingen materielle endringar]").1.len(), 1);
        let (rest, marks) = take_brackets("[Dette punktet er under revisjon. Spør fagkoordinator.]");
        assert_eq!(rest, "");
        assert_eq!(marks, [Mark::UnderRevision { text: "Dette punktet er under revisjon.".into() }]);
    }

    #[test]
    fn stamps_are_no_text() {
        for text in [
            "Utarbeidet av Arbeids- og velferdsdirektoratet, Fagstab Ytelser 01.01.2011",
            "Sist endret 26.03.2022, se § 20-9 andre til fjerde ledd",
            "Omarbeidet i sin helhet 30.09.2015 av Arbeids- og velferdsdirektoratet, Ytelsesavdelingen, Regelverkskontoret.",
        ] {
            assert!(stamp(text).is_some(), "{text}");
        }
        assert!(stamp("Endret inntekt i 2023 skal meldes straks.").is_none());
        assert!(stamp("Rundskrivet gjelder fra 1. januar 2024.").is_none());
    }

    #[test]
    fn a_text_that_doubts_itself_is_marked() {
        let marks = in_paragraph(
            "[04/24] Dette kapitlet er under revisjon. Punktene om opphold i utlandet er ikke rettsriktige. Søk råd.",
        );
        assert!(matches!(&marks[0], Mark::UnderRevision { text } if text.ends_with("er under revisjon.")));
        assert!(matches!(&marks[1], Mark::NotCorrectLaw { text } if text.starts_with("Punktene")));
        assert_eq!(in_paragraph("Uførereglene i forskriften er under revisjon i departementet."), []);
        assert_eq!(in_paragraph("Vedtaket kan omgjøres når det ikke er riktig."), []);
        assert_eq!(in_paragraph("Kapitlet er ikkje lenger rettsriktig.").len(), 1);
    }
}
