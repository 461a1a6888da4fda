//! Text made plain for reading: one kind of space and dash, broken words joined, cut into tokens
//! that remember where in the input they stood.

use unicode_normalization::char::compose;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Letters, with hyphens between letters: «folketrygdloven», «EØS-avtalen».
    Word,
    /// ASCII digits.
    Number,
    /// Any other single character.
    Sign,
    /// A blank line: nothing reaches across it.
    Break,
}

/// A word, number or sign of the text.
#[derive(Debug, Clone)]
pub(super) struct Token {
    pub kind: Kind,
    /// Lower case.
    pub text: String,
    /// Where it begins in the input, in Unicode scalar values.
    pub start: usize,
    /// Where it ends in the input.
    pub end: usize,
    /// No space before it.
    pub glued: bool,
    /// A word that begins with a capital.
    pub capital: bool,
    /// Inside a parenthesis.
    pub in_parenthesis: bool,
    /// Number of the sentence it stands in.
    pub sentence: u32,
}

/// A character of the cleaned text and what it covers in the input.
#[derive(Clone, Copy)]
struct Clean {
    c: char,
    start: usize,
    end: usize,
}

/// Cuts a text into tokens.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    number_sentences(cut(&clean(text)))
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}')
}

fn is_dash(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}')
}

fn clean(text: &str) -> Vec<Clean> {
    let chars: Vec<char> = text.chars().collect();
    let mut out: Vec<Clean> = Vec::with_capacity(chars.len());
    let mut at = 0;
    while let Some(&c) = chars.get(at) {
        if c.is_whitespace() || is_invisible(c) {
            let begin = at;
            let mut lines = 0;
            let mut space = false;
            let mut soft_hyphen = false;
            while let Some(&c) = chars.get(at).filter(|c| c.is_whitespace() || is_invisible(**c)) {
                lines += usize::from(
                    matches!(c, '\n' | '\u{2028}' | '\u{85}') || (c == '\r' && chars.get(at + 1) != Some(&'\n')),
                );
                lines += usize::from(c == '\u{2029}') * 2;
                soft_hyphen |= c == '\u{ad}';
                space |= c.is_whitespace();
                at += 1;
            }
            let next = chars.get(at).copied();
            if lines > 1 {
                out.push(Clean { c: '\n', start: begin, end: at });
            } else if space && !(lines == 1 && (soft_hyphen || rejoin(&mut out, &chars, at))) && next.is_some() {
                out.push(Clean { c: ' ', start: begin, end: at });
            }
            continue;
        }
        if let Some(last) = out.last_mut()
            && last.end == at
            && let Some(composed) = compose(last.c, c)
        {
            *last = Clean { c: composed, start: last.start, end: at + 1 };
        } else {
            let c = if is_dash(c) { '-' } else { c };
            out.push(Clean { c, start: at, end: at + 1 });
        }
        at += 1;
    }
    out
}

/// Whether a line break after what is in `out` was only there to break a word or number, so that
/// what follows belongs to it. Takes the hyphen of a broken word off.
fn rejoin(out: &mut Vec<Clean>, chars: &[char], next: usize) -> bool {
    let [.., before, hyphen] = out.as_slice() else {
        return false;
    };
    let (before, hyphen) = (before.c, hyphen.c);
    let Some(&after) = chars.get(next) else {
        return false;
    };
    if hyphen != '-' {
        return false;
    }
    if after.is_ascii_digit() && before.is_alphanumeric() || before.is_ascii_digit() && after.is_uppercase() {
        return true;
    }
    if !before.is_alphabetic() || !after.is_lowercase() {
        return false;
    }
    // «arbeids-\nog velferdsforvaltningsloven»: the hyphen is the word's own.
    let word: String = chars[next..].iter().take(6).take_while(|c| c.is_alphabetic()).collect();
    if matches!(word.as_str(), "og" | "eller" | "samt") {
        return false;
    }
    out.pop();
    true
}

fn cut(clean: &[Clean]) -> Vec<Token> {
    let is_letter = |at: usize| clean.get(at).is_some_and(|clean| clean.c.is_alphabetic());
    let mut tokens: Vec<Token> = Vec::with_capacity(clean.len() / 4);
    let mut at = 0;
    let mut glued = false;
    let mut depth = 0usize;
    while let Some(first) = clean.get(at) {
        if first.c == ' ' {
            glued = false;
            at += 1;
            continue;
        }
        let begin = at;
        let kind = if first.c.is_alphabetic() {
            while is_letter(at) || (clean.get(at).is_some_and(|c| c.c == '-') && is_letter(at + 1)) {
                at += 1;
            }
            Kind::Word
        } else if first.c.is_ascii_digit() {
            while clean.get(at).is_some_and(|c| c.c.is_ascii_digit()) {
                at += 1;
            }
            Kind::Number
        } else {
            at += 1;
            if first.c == '\n' { Kind::Break } else { Kind::Sign }
        };
        match first.c {
            '(' => depth += 1,
            '\n' => depth = 0,
            _ => {}
        }
        let run = &clean[begin..at];
        tokens.push(Token {
            kind,
            text: run.iter().flat_map(|c| c.c.to_lowercase()).collect(),
            start: first.start,
            end: run.last().unwrap_or(first).end,
            glued,
            capital: first.c.is_uppercase(),
            in_parenthesis: depth > 0,
            sentence: 0,
        });
        if first.c == ')' {
            depth = depth.saturating_sub(1);
        }
        glued = kind != Kind::Break;
    }
    tokens
}

/// Abbreviations whose full stop ends no sentence even before a capital.
const ABBREVIATIONS: &[&str] = &[
    "nr", "jf", "jfr", "art", "kap", "ftrl", "fvl", "trrl", "aml", "pkt", "rt", "s", "r", "hnr", "lov", "bl", "fl",
    "bl.a", "prop", "ot", "prp", "innst", "st", "meld", "mfl", "mv", "ca", "dvs", "kl", "forskr", "res", "iflg", "ikr",
    "avd",
];

fn number_sentences(mut tokens: Vec<Token>) -> Vec<Token> {
    let mut sentence = 0;
    for at in 0..tokens.len() {
        let ends = match tokens[at].kind {
            Kind::Break => true,
            Kind::Word if tokens[at].capital && !tokens[at].glued && at > 1 => match tokens[at - 1].text.as_str() {
                "!" | "?" => true,
                "." => !ABBREVIATIONS.contains(&tokens[at - 2].text.as_str()),
                _ => false,
            },
            _ => false,
        };
        sentence += u32::from(ends);
        tokens[at].sentence = sentence;
    }
    tokens
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<String> {
        tokens(text).into_iter().map(|token| token.text).collect()
    }

    #[test]
    fn spaces_dashes_and_broken_words_are_made_plain() {
        assert_eq!(texts("§\u{202f}8\u{2011}4"), ["§", "8", "-", "4"]);
        assert_eq!(texts("§ 8-\n 4"), ["§", "8", "-", "4"]);
        assert_eq!(texts("folketrygd-\r\nloven"), ["folketrygdloven"]);
        assert_eq!(texts("folke\u{ad}trygd\u{ad}\nloven"), ["folketrygdloven"]);
        assert_eq!(texts("arbeids-\nog velferd"), ["arbeids", "-", "og", "velferd"]);
        assert_eq!(texts("HR-\n2021"), ["hr", "-", "2021"]);
        assert_eq!(texts("a\u{30a}r"), ["år"]);
        assert_eq!(texts("en\n\nto"), ["en", "\n", "to"]);
    }

    #[test]
    fn tokens_know_where_they_stood() {
        let token = &tokens("æ  fo\u{ad}rd-\nel")[1];
        assert_eq!((token.text.as_str(), token.start, token.end), ("fordel", 3, 12));
    }

    #[test]
    fn a_full_stop_after_an_abbreviation_ends_no_sentence() {
        let sentences = |text: &str| tokens(text).last().map(|token| token.sentence);
        assert_eq!(sentences("Etter ftrl. Kapittel 8."), Some(0));
        assert_eq!(sentences("Det er nok. Kapittel 8."), Some(1));
    }
}
