//! Which words of a passage can stand alone as a quote.

use std::ops::Range;

use super::{Document, Passage, Role, sentences};

/// Raised when pieces are cut otherwise: their vectors are kept in order, and are then made anew.
pub const QUOTABLE_VERSION: u32 = 1;

/// Longest quote, in bytes; a longer sentence is cut at a clause.
const LONGEST: usize = 480;

/// Neighbouring sentences are quoted together up to this many bytes: the condition often stands in the next sentence.
const SHORT: usize = 320;

/// The pieces of a passage that can stand alone as a quote, as bytes of the document: short neighbouring sentences of
/// one ledd or paragraph, and a list together with the sentence it hangs on.
///
/// None in what is not the source's own word on the rule: the parties', the facts, the result; nor in keywords, which are
/// found by and say nothing whole.
pub fn quotable(document: &Document, passage: &Passage) -> Vec<Range<usize>> {
    let is_not_its_word =
        matches!(passage.role, Role::Matter | Role::Facts | Role::Argument | Role::Dissent | Role::Operative);
    if is_not_its_word || passage.locator == "Stikkord" {
        return Vec::new();
    }
    let text = &document.text;
    let whole = &passage.range;
    let mut pieces: Vec<Range<usize>> = Vec::new();
    for section in &document.sections[passage.sections.clone()] {
        let (start, end) = (section.range.start.max(whole.start), section.range.end.min(whole.end));
        if start >= end {
            continue;
        }
        for range in sentences(&text[start..end]) {
            let range = start + range.start..start + range.end;
            let words = text[range.clone()].trim_start();
            let joins = |last: &Range<usize>| {
                let limit = if is_list_item(words) { LONGEST } else { SHORT };
                range.end - last.start <= limit && !text[last.end..range.start].contains("\n\n")
            };
            match pieces.last_mut() {
                Some(last) if last.start >= start && joins(last) => last.end = range.end,
                _ if words.chars().filter(|c| c.is_alphabetic()).count() < 12 => {}
                _ => pieces.push(range),
            }
        }
    }
    pieces.into_iter().map(|range| trimmed(text, range)).collect()
}

fn is_list_item(words: &str) -> bool {
    let mut chars = words.chars();
    match (chars.next(), chars.next()) {
        (Some('–' | '-' | '•'), _) => true,
        (Some(c), Some(')' | '.')) => c.is_lowercase() || c.is_ascii_digit(),
        _ => false,
    }
}

/// Cuts a quote that is too long at the last clause end that fits.
fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    if range.len() <= LONGEST {
        return range;
    }
    let mut limit = range.start + LONGEST;
    while !text.is_char_boundary(limit) {
        limit -= 1;
    }
    let head = &text[range.start..limit];
    let cut = head
        .rfind(['\n', ';', ':'])
        .filter(|&at| at > LONGEST / 3)
        .or_else(|| head.rfind(", "))
        .or_else(|| head.rfind(' '))
        .unwrap_or(head.len());
    range.start..range.start + cut
}
