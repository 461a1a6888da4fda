//! Text into tokens: runs of letters and digits, with paragraph numbers ("8-4", "11 A-4") kept whole.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// One token and where it stands in the text it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    /// Lower case, composed (NFC), accents of loan words taken off.
    pub text: String,
    /// Byte offset where it begins.
    pub start: usize,
    /// Byte offset where it ends.
    pub end: usize,
    /// Whether it was written with a capital first letter and is no abbreviation.
    pub capitalised: bool,
    /// Whether it was written in capitals throughout.
    pub capitals: bool,
    /// Whether it is a paragraph number.
    pub section: bool,
}

/// Cuts a text into tokens.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let chars: Vec<(usize, char)> = text.char_indices().collect();
    let mut found = Vec::new();
    let mut at = 0;
    let mut after_sign = false;
    while at < chars.len() {
        let (start, c) = chars[at];
        if c == '§' {
            after_sign = true;
            at += 1;
            continue;
        }
        if c == '%' {
            found.push(Token {
                text: "prosent".to_owned(),
                start,
                end: start + 1,
                capitalised: false,
                capitals: false,
                section: false,
            });
            at += 1;
            continue;
        }
        if c.is_ascii_digit()
            && let Some((number, next)) = section_number(&chars, at, after_sign)
        {
            found.push(Token {
                text: number,
                start,
                end: offset(&chars, next, text),
                capitalised: false,
                capitals: false,
                section: true,
            });
            after_sign = false;
            at = next;
            continue;
        }
        if c.is_alphanumeric() {
            let next = run(&chars, at, |c| c.is_alphanumeric() || is_combining_mark(c));
            let end = offset(&chars, next, text);
            let raw = &text[start..end];
            found.push(Token {
                text: fold(raw),
                start,
                end,
                capitalised: capitalised(raw),
                capitals: !raw.chars().any(char::is_lowercase),
                section: false,
            });
            at = next;
        } else {
            at += 1;
        }
        if !c.is_whitespace() {
            after_sign = false;
        }
    }
    found
}

/// Lower case, composed, and without the accents that people leave out ("idé", "ménerstatning").
pub(super) fn fold(raw: &str) -> String {
    // Marks that compose begin here; composing is slow, and nearly no word has any.
    let composed: Cow<'_, str> =
        if raw.chars().any(|c| c >= '\u{300}') { raw.nfc().collect::<String>().into() } else { raw.into() };
    composed
        .chars()
        .flat_map(char::to_lowercase)
        .map(|c| match c {
            'é' | 'è' | 'ê' | 'ë' => 'e',
            'ó' | 'ò' | 'ô' => 'o',
            'á' | 'à' | 'â' => 'a',
            'ü' => 'u',
            'ä' => 'æ',
            'ö' => 'ø',
            other => other,
        })
        .collect()
}

fn capitalised(raw: &str) -> bool {
    let mut chars = raw.chars();
    chars.next().is_some_and(char::is_uppercase) && chars.next().is_some_and(char::is_lowercase)
}

fn run(chars: &[(usize, char)], from: usize, keep: impl Fn(char) -> bool) -> usize {
    let mut at = from;
    while at < chars.len() && keep(chars[at].1) {
        at += 1;
    }
    at
}

fn offset(chars: &[(usize, char)], at: usize, text: &str) -> usize {
    chars.get(at).map_or(text.len(), |&(byte, _)| byte)
}

/// Reads "8-4", "10-7a", "11 A-4" and, after a paragraph sign, "10-7 a". Gives the number as the
/// law's ids write it, in lower case, and where the text goes on.
fn section_number(chars: &[(usize, char)], from: usize, after_sign: bool) -> Option<(String, usize)> {
    let char_at = |at: usize| chars.get(at).map(|&(_, c)| c);
    let digits = |from: usize| run(chars, from, |c| c.is_ascii_digit());
    let chapter_end = digits(from);
    if chapter_end - from > 2 {
        return None;
    }
    let mut number: String = chars[from..chapter_end].iter().map(|&(_, c)| c).collect();
    // A chapter letter: "11A-4" or "11 A-4".
    let mut at = run(chars, chapter_end, |c| c == ' ' || c == '\u{a0}');
    match char_at(at) {
        Some(letter) if letter.is_ascii_alphabetic() && at - chapter_end <= 1 => {
            number.push(letter.to_ascii_lowercase());
            at += 1;
        }
        _ => at = chapter_end,
    }
    if !matches!(char_at(at), Some('-' | '\u{2010}' | '\u{2011}')) {
        return None;
    }
    let paragraph = at + 1;
    let end = digits(paragraph);
    if end == paragraph || end - paragraph > 2 {
        return None;
    }
    number.push('-');
    number.extend(chars[paragraph..end].iter().map(|&(_, c)| c));
    let stands_alone = |at: usize| !char_at(at).is_some_and(char::is_alphanumeric);
    let small = |at: usize| char_at(at).filter(|c| ('a'..='e').contains(&c.to_ascii_lowercase()));
    if let Some(letter) = small(end).filter(|_| stands_alone(end + 1)) {
        number.push(letter.to_ascii_lowercase());
        return Some((number, end + 1));
    }
    if after_sign
        && matches!(char_at(end), Some(' ' | '\u{a0}'))
        && let Some(letter) = small(end + 1).filter(|_| stands_alone(end + 2))
    {
        number.push(letter.to_ascii_lowercase());
        return Some((number, end + 2));
    }
    stands_alone(end).then_some((number, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        tokens(text).into_iter().map(|t| t.text).collect()
    }

    #[test]
    fn paragraph_numbers_stay_whole() {
        for (text, want) in [
            ("§ 8-4", "8-4"),
            ("§8-4.", "8-4"),
            ("11a-4", "11a-4"),
            ("§ 17 A-3", "17a-3"),
            ("§ 10-7 a", "10-7a"),
            ("10-7a", "10-7a"),
            ("§ 8\u{2011}4", "8-4"),
        ] {
            assert_eq!(words(text), [want], "{text}");
        }
    }

    #[test]
    fn other_numbers_are_numbers() {
        assert_eq!(words("1954-1962"), ["1954", "1962"]);
        assert_eq!(words("40 %"), ["40", "prosent"]);
        assert_eq!(words("i 2 år"), ["i", "2", "år"]);
    }

    #[test]
    fn offsets_point_into_the_text() {
        let text = "Får e\u{301}n § 8-4 «AAP»?";
        for token in tokens(text) {
            assert!(text.get(token.start..token.end).is_some());
        }
        assert_eq!(words(text), ["får", "en", "8-4", "aap"]);
    }
}
