//! Whether a question for a number (how many kroner, days, per cent) can be answered from what was found.

use std::sync::LazyLock;

use regex::Regex;

use crate::retrieval::Ranked;

/// Best passages looked at.
const PASSAGES: usize = 3;

/// What can be asked a number of: how the question says so, and how a text that gives one does.
static MEASURES: LazyLock<Vec<(Regex, Regex)>> = LazyLock::new(|| {
    const MANY: &str = r"(?:hvor|kor) (?:mange|mye|mykje|lang|lenge|stor|høy|høg)\w* ?(?:\w+ ){0,2}?";
    const NUMBER: &str = r"(?:\d[\d ,.]*|halv\w*|én|ein|ett?|en|eit|to|tre|fire|fem|seks|sju|syv|åtte|ni|ti|elleve|tolv|femten|tjue|tretti|førti|femti|seksti|hundre|tusen)";
    [
        (
            format!(r"{MANY}(?:kroner|kr|penger|pengar)\b|\bhva koster\b|\bkva kostar\b|\bi kroner\b|\bsatse[nr]e?\b|\bbeløpe[nt]\w*"),
            format!(r"{NUMBER} ?(?:kroner|kr\b)|\bkr\.? ?\d|grunnbeløp|{NUMBER} (?:ganger )?g\b"),
        ),
        (
            format!(r"{MANY}(?:prosent|%)|\bprosentsats\w*"),
            format!(r"{NUMBER}(?:-| )?(?:prosent|pst|%)"),
        ),
        (format!(r"{MANY}(?:dager|dagar|dagars)\b"), format!(r"{NUMBER}(?:-| )?\w*(?:dager|dagar|dag)\b")),
        (format!(r"{MANY}(?:uker|veker)\b"), format!(r"{NUMBER}(?:-| )?\w*(?:uker|veker|uke|veke|uka)\b")),
        (format!(r"{MANY}(?:måneder|månader|mnd)\b"), format!(r"{NUMBER}(?:-| )?\w*(?:måned|månad|mnd)")),
        (format!(r"{MANY}(?:timer|timar)\b"), format!(r"{NUMBER}(?:-| )?\w*(?:timer|timar|time)\b")),
        (format!(r"{MANY}år\b"), format!(r"{NUMBER}(?:-| )?\w*år")),
    ]
    .into_iter()
    .filter_map(|(asked, given)| Some((Regex::new(&asked).ok()?, Regex::new(&given).ok()?)))
    .collect()
});

/// Whether the best passages give a number of what the question asks a number of; true when it asks for none.
pub(super) fn is_given(question: &str, passages: &[Ranked]) -> bool {
    let question = question.to_lowercase();
    let mut asked = MEASURES.iter().filter(|(asked, _)| asked.is_match(&question)).peekable();
    if asked.peek().is_none() {
        return true;
    }
    let texts: Vec<String> = passages.iter().take(PASSAGES).map(|hit| hit.passage.text().to_lowercase()).collect();
    asked.any(|(_, given)| texts.iter().any(|text| given.is_match(text)))
}

#[cfg(test)]
mod tests {
    use super::MEASURES;

    fn asked(question: &str) -> Vec<usize> {
        MEASURES.iter().enumerate().filter(|(_, (asked, _))| asked.is_match(question)).map(|(at, _)| at).collect()
    }

    #[test]
    fn what_a_number_is_asked_of_is_told() {
        assert_eq!(asked("hvor mange prosent av lønna får jeg"), [1]);
        assert_eq!(asked("hva koster det å klage"), [0]);
        assert_eq!(asked("kor mange veker får eg"), [3]);
        assert!(asked("må jeg levere meldekort").is_empty());
        assert!(asked("hvor skal jeg sende papirene").is_empty());
    }

    #[test]
    fn all_patterns_are_valid_and_find_numbers() {
        assert_eq!(MEASURES.len(), 7);
        for (at, text) in
            [(0, "6 000 kroner"), (1, "62,4 prosent"), (2, "ti omsorgsdager"), (3, "49 uker"), (6, "tre år")]
        {
            assert!(MEASURES[at].1.is_match(text), "{text}");
        }
        assert!(!MEASURES[0].1.is_match("stønaden gis med fast sats"));
    }
}
