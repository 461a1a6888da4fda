//! What a ruling came to, read from its operative part.

use std::sync::LazyLock;

use regex::Regex;

use super::super::document::Outcome;

/// The outcome that the operative part, or failing that a headnote, states; bokmål and nynorsk.
pub(super) fn find(text: &str) -> Option<Outcome> {
    static WORDS: LazyLock<Vec<Regex>> = LazyLock::new(|| {
        [
            r"(?i)\bopphev(?:es|ast|et|a|d|er)\b|\bopphev(?:else|ing)\b",
            r"(?i)\bomgjø(?:r|res|rast|rt|ring)\b|\bomgj(?:er|erast|ort|ering)\b|\bgj(?:erast|øres|ort|er|ør)(?: \p{L}+){0,3} om\b|\btas(?: \p{L}+)? til følge|\bmedhold\b|\bmedhald\b",
            r"(?i)\bdelvis\b|\bfor så vidt\b|\bdels\b|\bfor så vidt gjeld",
            r"(?i)\bstadfest(?:es|ast|et|a|er)\b|\bstadfesting\b|\bstadfestelse\b|\bopprettholdes\b|\bopprettholdt\b|\bhaldast ved lag\b|\bikke til følge|\bikkje til følgje|\bforkastes\b|\bikke medhold\b|\bikkje medhald\b|\bstår ved lag\b",
            r"(?i)\b(?:hjem|heim)(?:vis|send)\p{L}*|\bvis(?:es|ast) tilbake|\bsend(?:es|ast) (?:\p{L}+ )?(?:tilbake|attende)|\bhenvis(?:es|t)\b|\bvisast attende",
            r"(?i)\bavvis(?:es|ast|t|ning|ing)\b",
            r"(?i)\bhev(?:es|ast|et|a)\b",
        ]
        .iter()
        .filter_map(|pattern| Regex::new(pattern).ok())
        .collect()
    });
    let hits: Vec<bool> = WORDS.iter().map(|words| words.is_match(text)).collect();
    let [set_aside, changed, partly, upheld, returned, dismissed, closed] = hits[..] else { return None };
    let refused = ["ikke til følge", "ikkje til følgje", "ikke medhold", "ikkje medhald"]
        .iter()
        .any(|words| text.to_lowercase().contains(words));
    Some(match () {
        () if set_aside => Outcome::Opphevet,
        () if changed && !refused && (partly || upheld) => Outcome::DelvisMedhold,
        () if changed && !refused => Outcome::Medhold,
        () if dismissed => Outcome::Avvist,
        () if upheld => Outcome::Stadfestelse,
        () if returned => Outcome::Henvist,
        () if closed => Outcome::Hevet,
        () => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operative_parts() {
        for (text, outcome) in [
            ("Vedtaket av 3. mars 2010 stadfestes.", Outcome::Stadfestelse),
            ("Vedtaket blir stadfesta.", Outcome::Stadfestelse),
            ("Vedtaket skal stadfestast.", Outcome::Stadfestelse),
            ("Vedtaket omgjøres.", Outcome::Medhold),
            ("Vedtaket vert å gjere om. Vedtaket gjerast om.", Outcome::Medhold),
            ("Vedtaket omgjøres for så vidt gjelder perioden etter 1. mai.", Outcome::DelvisMedhold),
            ("Vedtaket omgjøres delvis.", Outcome::DelvisMedhold),
            ("Delvis omgjøring.", Outcome::DelvisMedhold),
            ("Hel omgjøring.", Outcome::Medhold),
            ("Heil omgjering.", Outcome::Medhold),
            ("Vedtaket oppheves, og saken hjemvises til ny behandling.", Outcome::Opphevet),
            ("Vedtaket blir oppheva og saka send attende.", Outcome::Opphevet),
            ("Saken hjemvises til ny behandling.", Outcome::Henvist),
            ("Saken henvises til ny behandling i klageinstansen.", Outcome::Henvist),
            ("Anken avvises.", Outcome::Avvist),
            ("Anka blir avvist.", Outcome::Avvist),
            ("Saken heves.", Outcome::Hevet),
            ("Anken tas ikke til følge.", Outcome::Stadfestelse),
            ("Klagen tas til følge.", Outcome::Medhold),
        ] {
            assert_eq!(find(text), Some(outcome), "{text}");
        }
        assert_eq!(find("Saken gjelder dagpenger."), None);
    }
}
