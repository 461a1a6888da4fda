//! Sentences of Norwegian legal text. "jf. § 8-4", "17. september" and "nr. 3" do not end one.

use std::ops::Range;

use crate::law::month;

/// Words that end in a full stop without ending a sentence, in lower case and without the stop.
const ABBREVIATIONS: &[&str] = &[
    "adm", "alm", "anm", "ang", "art", "avd", "avg", "bl", "bl.a", "bokst", "ca", "d.v.s", "dep", "dir", "div", "dvs",
    "e.kr", "e.l", "eks", "ekskl", "el", "etc", "evt", "f", "f.eks", "fhv", "flg", "fork", "fr.o.m", "ftrl", "fvl",
    "gj.sn", "gnr", "hhv", "høyst", "i.f", "i.h.t", "iht", "inkl", "innst", "jf", "jfr", "kap", "kgl", "kl", "kr",
    "lnr", "m.a", "m.a.o", "m.fl", "m.h.t", "m.m", "m.v", "maks", "mht", "mill", "min", "mnd", "mrd", "mv", "n.n",
    "nr", "o.a", "o.l", "off", "osv", "ot.prp", "p.g.a", "p.t", "pga", "pkt", "pr", "prop", "pst", "pst", "ref", "res",
    "resp", "rt", "rtv", "s", "s.k", "sml", "sms", "sp", "st.meld", "st.prp", "stk", "str", "såk", "t.d", "t.o.m",
    "tilsv", "tlf", "u.a", "v", "vedr", "vol", "årg",
];

/// Abbreviations that may as well stand last in a sentence: a capital after them begins a new one.
const MAY_END: &[&str] =
    &["m.m", "mv", "m.v", "osv", "etc", "o.l", "e.l", "m.fl", "o.a", "flg", "kr", "pst", "mnd", "min", "f", "el"];

/// The sentences of a text as byte ranges, in order, without the white space between them. A new line that opens a
/// list item or a paragraph parts sentences too. Takes time in proportion to the text.
pub fn sentences(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((at, char)) = chars.next() {
        let end = match char {
            '\n' => at,
            '.' | '!' | '?' | '…' => {
                let mut end = at + char.len_utf8();
                // What closes with the sentence belongs to it: "…»", "…)".
                while let Some(&(next, closing)) = chars.peek() {
                    if !matches!(closing, '.' | '!' | '?' | '»' | '"' | '”' | ')' | ']' | '’') {
                        break;
                    }
                    end = next + closing.len_utf8();
                    chars.next();
                }
                if !text[end..].starts_with(char::is_whitespace) && end < text.len() {
                    continue;
                }
                if char == '.' && !ends_here(&text[start..end], &text[end..]) {
                    continue;
                }
                end
            }
            _ => continue,
        };
        push(text, start..end, &mut found);
        start = end;
    }
    push(text, start..text.len(), &mut found);
    found
}

fn push(text: &str, range: Range<usize>, found: &mut Vec<Range<usize>>) {
    let part = &text[range.clone()];
    let trimmed = part.trim();
    if trimmed.is_empty() {
        return;
    }
    let start = range.start + (part.len() - part.trim_start().len());
    found.push(start..start + trimmed.len());
}

/// Whether the stop at the end of `before` ends a sentence, seen what comes after it.
fn ends_here(before: &str, after: &str) -> bool {
    let next = after.trim_start_matches([' ', '\u{a0}', '\u{202f}']).chars().next();
    let Some(next) = next else { return true };
    if next == '\n' {
        return true;
    }
    // A sentence begins with a capital, a figure, a § or a quotation mark.
    let opens = next.is_uppercase()
        || next.is_ascii_digit()
        || matches!(next, '§' | '«' | '"' | '“' | '(' | '[' | '–' | '-' | '•');
    if !opens {
        return false;
    }
    let closed = before.trim_end_matches(['»', '"', '”', ')', ']', '’']);
    if closed.len() < before.len() {
        // "(jf. § 8-4.)": the bracket closes after the stop.
        return true;
    }
    let stem = closed.strip_suffix('.').unwrap_or(closed);
    let word_start = stem.rfind(|char: char| char.is_whitespace() || matches!(char, '(' | '«' | '"' | '/' | '['));
    let word = word_start.map_or(stem, |at| &stem[at..]).trim_start_matches(|char: char| !char.is_alphanumeric());
    if word.is_empty() {
        return true;
    }
    let only_word = word.len() == stem.trim().len();
    if word.chars().all(|char| char.is_ascii_digit()) {
        // An ordinal before a month, a list number at the start of a line, or "1. ledd".
        if only_word {
            return false;
        }
        let following: String =
            after.trim_start().chars().take_while(|char| char.is_alphabetic()).flat_map(char::to_lowercase).collect();
        return word.len() > 2
            || !(month(&following).is_some() || after.trim_start().starts_with(|char: char| char.is_ascii_digit()));
    }
    let single = word.chars().count() == 1;
    if single && (only_word || word.chars().all(char::is_uppercase)) {
        // "a. …" opens a list item; "N. N." are initials.
        return false;
    }
    let lower = word.to_lowercase();
    if ABBREVIATIONS.contains(&lower.as_str()) {
        return MAY_END.contains(&lower.as_str()) && next.is_uppercase() && !(lower == "kr" || lower == "f");
    }
    // "N.N", "E.l": letters with stops between them.
    if lower.split('.').all(|part| part.chars().count() == 1) && lower.contains('.') {
        return false;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &str) -> Vec<&str> {
        sentences(text).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn abbreviations_dates_and_references_do_not_end_a_sentence() {
        for text in [
            "Retten følger av ftrl. § 8-4 første ledd, jf. § 8-2 nr. 3 bokstav b.",
            "Vedtaket av 17. september 2010 ble stadfestet 1. januar 2011.",
            "Beløpet er ca. 3 G, dvs. kr. 41.000 pr. 1. mai 1996.",
            "Dette gjelder bl.a. barn, f.eks. Adoptivbarn, jf. fvl. § 35.",
            "Se Rt. 2005 s. 1757 og Ot.prp. nr. 48 (2001–2002) s. 12.",
            "Det vises til kap. 11 og pkt. 2.3.",
            "Se HR-2021-2126-A avsnitt 45 mv. og art. 21.",
            "Ankende part N.N. Møtte ikke",
        ] {
            assert_eq!(split(text), [text]);
        }
    }

    #[test]
    fn sentences_end_at_stops() {
        assert_eq!(
            split("Medlemmet har rett til dagpenger. Retten faller bort når hun reiser. § 4-2 gjelder ikke."),
            ["Medlemmet har rett til dagpenger.", "Retten faller bort når hun reiser.", "§ 4-2 gjelder ikke."]
        );
        assert_eq!(
            split("Er dette rett? Ja! Han sa «nei.» Saken er slutt."),
            ["Er dette rett?", "Ja!", "Han sa «nei.»", "Saken er slutt."]
        );
        assert_eq!(
            split("Det gjelder tiltak, kurs mv. Søknaden må sendes."),
            ["Det gjelder tiltak, kurs mv.", "Søknaden må sendes."]
        );
        assert_eq!(split("Regelen kom i 2010. Den gjelder ennå."), ["Regelen kom i 2010.", "Den gjelder ennå."]);
    }

    #[test]
    fn list_lines_are_sentences_of_their_own() {
        assert_eq!(
            split("Rett har den som\na. er syk, eller\nb. er skadd.\n1. Først dette."),
            ["Rett har den som", "a. er syk, eller", "b. er skadd.", "1. Først dette."]
        );
    }

    #[test]
    fn empty_and_odd_texts() {
        assert!(split("").is_empty());
        assert!(split(" \n ").is_empty());
        assert_eq!(split("..."), ["..."]);
        assert_eq!(split("Uten punktum"), ["Uten punktum"]);
    }
}
