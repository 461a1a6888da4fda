//! Plain text: paragraphs by empty lines, headings by their looks. PDF uses the same eye for headings.

use std::sync::LazyLock;

use regex::Regex;

use super::outline::{Block, squeeze};
use super::roles;

#[allow(clippy::unwrap_used)] // the patterns are fixed and tested
fn pattern(text: &str) -> Regex {
    Regex::new(text).unwrap()
}

/// The level of a line that looks like a heading: a chapter, a §, a number, capitals, or a ruling's known headings.
pub(super) fn heading_level(line: &str) -> Option<u8> {
    static CHAPTER: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(?i:kapit(?:t)?el|del) (?:\d+|[IVX]+)\b"));
    static SECTION: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"^(?:Til )?§§? ?\d+(?: ?[A-Z]\b)?(?:-\d+)?(?: ?[a-z]\b)?(?:\.| |$)"));
    static ROMAN: LazyLock<Regex> = LazyLock::new(|| pattern(r"^[IVX]{1,4}\.? +\p{Lu}\p{Ll}"));
    static NUMBERED: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(\d{1,2}(?:\.\d{1,2}){0,4})\.? +\p{Lu}"));
    let line = line.trim();
    let length = line.chars().count();
    if length == 0 || length > 110 {
        return None;
    }
    // A heading does not end like a sentence.
    let ends_open = !line.ends_with(['.', ',', ';', '?', '!', '-']);
    if CHAPTER.is_match(line) && ends_open {
        return Some(2);
    }
    if SECTION.is_match(line) && !is_sentence(line) {
        return Some(3);
    }
    if let Some(number) = NUMBERED.captures(line)
        && ends_open
        && !is_month_after(line)
        && line.split_whitespace().count() <= 14
    {
        let dots = number[1].matches('.').count();
        return Some(u8::try_from(dots).unwrap_or(0).saturating_add(3).min(6));
    }
    if ROMAN.is_match(line) && ends_open && line.split_whitespace().count() <= 10 {
        return Some(4);
    }
    let letters: Vec<char> = line.chars().filter(|char| char.is_alphabetic()).collect();
    if letters.len() >= 5 && ends_open && letters.iter().all(|char| char.is_uppercase()) {
        return Some(2);
    }
    (roles::of_heading(line).is_some() && (line.ends_with(':') || (ends_open && length <= 60 && !is_sentence(line))))
        .then_some(3)
}

/// "§ 8-4 gir rett til sykepenger." goes on as a sentence; "§ 8-4. Arbeidsuførhet" is a heading.
fn is_sentence(line: &str) -> bool {
    static VERB: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?i)\b(?:er|gir|gjelder|gjeld|har|kan|skal|må|regulerer|sier|seier|fastsetter|krever|krev|ble|blir|vart|vert|omfatter)\b",
        )
    });
    line.ends_with('.') && line.matches(". ").count() == 0 && VERB.is_match(line)
        || line.ends_with('.') && line.len() > 80
}

/// "1 Januar", "17. September": a date, not a numbered heading.
fn is_month_after(line: &str) -> bool {
    super::dates::find(line).is_some_and(|_| line.split_whitespace().count() <= 4)
}

/// The title and the blocks of a text without a head: the title is the first line.
pub(super) fn blocks(text: &str) -> (String, Vec<Block>) {
    let mut lines = text.lines();
    let title = lines.by_ref().map(squeeze).find(|line| !line.is_empty()).unwrap_or_default();
    let rest: Vec<&str> = lines.collect();
    // A long first line is the beginning of the text: it is the title by its first words, and text as well.
    let opens_text = title.chars().count() > 110 || (title.ends_with('.') && title.split_whitespace().count() > 8);
    let mut blocks = if opens_text || rest.iter().all(|line| line.trim().is_empty()) {
        vec![Block::Paragraph(title.clone())]
    } else {
        Vec::new()
    };
    let mut chunks = rest.split(|line| line.trim().is_empty()).filter(|chunk| !chunk.is_empty()).peekable();
    while let Some(chunk) = chunks.next() {
        let has_text = chunk.len() > 1 || chunks.peek().is_some();
        let lines = if has_text && is_short_heading(chunk[0]) {
            blocks.push(Block::Heading {
                level: 3,
                text: chunk[0].trim().trim_end_matches(':').to_owned(),
                anchor: None,
            });
            &chunk[1..]
        } else {
            chunk
        };
        blocks.extend(blocks_of_lines(lines.iter().copied()));
    }
    (super::sections::shorten(&title).trim_end_matches(['.', ':']).to_owned(), blocks)
}

/// A few words on a line of their own above a text: "Til brukeren". Only plain text is told this way; in PDF a short
/// line may be any scrap of the layout.
fn is_short_heading(line: &str) -> bool {
    let line = line.trim();
    line.chars().count() <= 40
        && line.split_whitespace().count() <= 6
        && line.starts_with(|char: char| char.is_uppercase())
        && !line.ends_with(['.', ',', ';', '!', '–', '-', '|'])
}

/// Paragraphs are parted by empty lines; a heading is a line that looks like one; list items keep their lines.
pub(super) fn blocks_of_lines<'a>(lines: impl Iterator<Item = &'a str>) -> Vec<Block> {
    static ITEM: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(?:[-–•*·]|[a-zæøå][).]|\d{1,2}[).])\s+"));
    let mut blocks = Vec::new();
    let mut run: Vec<String> = Vec::new();
    let flush = |run: &mut Vec<String>, blocks: &mut Vec<Block>| {
        if !run.is_empty() {
            blocks.push(Block::Paragraph(join_lines(run)));
            run.clear();
        }
    };
    for line in lines {
        let line = line.trim();
        if line.is_empty() {
            flush(&mut run, &mut blocks);
        } else if let Some(level) = heading_level(line).filter(|_| run.last().is_none_or(|before| closes(before))) {
            flush(&mut run, &mut blocks);
            blocks.push(Block::Heading { level, text: line.to_owned(), anchor: None });
        } else if ITEM.is_match(line) {
            flush(&mut run, &mut blocks);
            run.push(line.to_owned());
            blocks.push(Block::Line(std::mem::take(&mut run).concat()));
        } else {
            run.push(line.to_owned());
        }
    }
    flush(&mut run, &mut blocks);
    blocks
}

/// Whether a line ends a sentence or a clause, so that a heading may follow it without an empty line.
fn closes(line: &str) -> bool {
    line.ends_with(['.', ':', '!', '?', ';', '»', '"', ')'])
}

/// Joins the lines of a paragraph: a word parted at the line end is put together again.
pub(super) fn join_lines(lines: &[String]) -> String {
    let mut text = String::new();
    for line in lines {
        let line = line.trim();
        if text.is_empty() {
            text.push_str(line);
            continue;
        }
        let next = line.chars().next().unwrap_or(' ');
        if text.ends_with('\u{ad}') {
            text.pop();
        } else if text.ends_with('-') {
            let before = text.chars().rev().nth(1).unwrap_or(' ');
            let word = line.split_whitespace().next().unwrap_or("");
            if before.is_alphabetic() && next.is_lowercase() && !matches!(word, "og" | "eller" | "samt" | "til") {
                text.pop();
            } else if !(before.is_ascii_digit() && next.is_ascii_digit()
                || before.is_alphabetic() && next.is_uppercase())
            {
                text.push(' ');
            }
        } else {
            text.push(' ');
        }
        text.push_str(line);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_by_their_looks() {
        for line in [
            "Kapittel 12. Uføretrygd",
            "§ 12-5. Arbeidsrettede tiltak",
            "Til § 8-4 Arbeidsuførhet",
            "2.3 Forutgående trygdetid",
            "RETTENS BEMERKNINGER",
            "Slutning:",
        ] {
            assert!(heading_level(line).is_some(), "{line}");
        }
        for line in [
            "§ 8-4 gir rett til sykepenger ved sykdom.",
            "1. januar 2024",
            "17 Mai 2024",
            "Medlemmet har rett til dagpenger.",
            "2 av 3",
        ] {
            assert_eq!(heading_level(line), None, "{line}");
        }
    }

    #[test]
    fn words_parted_at_the_line_end_are_joined() {
        let lines: Vec<String> =
            ["Retten til syke-", "penger følger av § 8-", "4. Arbeids-", "og velferdsetaten avgjør."]
                .map(str::to_owned)
                .to_vec();
        assert_eq!(join_lines(&lines), "Retten til sykepenger følger av § 8-4. Arbeids- og velferdsetaten avgjør.");
    }
}
