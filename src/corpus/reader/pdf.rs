//! PDF: the text layer, page by page.

use std::time::Duration;

use super::super::document::Document;
use super::error::{Problem, ReadError};
use super::outline::{Block, squeeze};
use super::{guard, plain, tribunal};

/// A PDF that takes longer than this is given up.
const TIME_LIMIT: Duration = Duration::from_secs(60);

/// Reads a PDF by its text layer; a scan has none.
pub(super) fn read(name: &str, bytes: &[u8]) -> Result<Document, ReadError> {
    let owned = bytes.to_vec();
    let pages = guard::run("PDF", TIME_LIMIT, move || {
        pdf_extract::extract_text_from_mem_by_pages(&owned).map_err(|error| match error {
            pdf_extract::OutputError::PdfError(error) if error.to_string().to_lowercase().contains("crypt") => {
                Problem::Encrypted
            }
            _ => Problem::Broken { format: "PDF" },
        })
    })
    .map_err(|problem| problem.in_file(name))?;
    let letters = pages.iter().flat_map(|page| page.chars()).filter(|char| char.is_alphabetic()).count();
    if letters < 20 {
        let problem = if pages.is_empty() { Problem::Broken { format: "PDF" } } else { Problem::Scan };
        return Err(problem.in_file(name));
    }
    let pages: Vec<Vec<String>> = without_running_lines(pages.iter().map(|page| lines(page)).collect());
    let text = pages.iter().flatten().map(String::as_str).collect::<Vec<_>>().join("\n");
    if tribunal::has_head(&text) {
        return tribunal::read(name, &text);
    }
    super::from_layout(name, &text, blocks(&pages))
}

/// The lines of a page with white space as single spaces; empty lines part paragraphs.
fn lines(page: &str) -> Vec<String> {
    page.lines().map(squeeze).collect()
}

/// Takes out page numbers, and lines that stand at the top or foot of most pages.
fn without_running_lines(pages: Vec<Vec<String>>) -> Vec<Vec<String>> {
    let edges = |page: &Vec<String>| -> Vec<String> {
        let filled: Vec<&String> = page.iter().filter(|line| !line.is_empty()).collect();
        let (first, last) = (filled.first().copied(), filled.last().copied());
        first.into_iter().chain(last).map(|line| faceless(line)).collect()
    };
    let all: Vec<Vec<String>> = pages.iter().map(edges).collect();
    let repeated = |line: &str| {
        let face = faceless(line);
        let count = all.iter().filter(|edges| edges.contains(&face)).count();
        pages.len() >= 3 && count * 3 >= pages.len() * 2
    };
    let cleaned: Vec<Vec<String>> = pages
        .iter()
        .map(|page| {
            let first = page.iter().position(|line| !line.is_empty());
            let last = page.iter().rposition(|line| !line.is_empty());
            page.iter()
                .enumerate()
                .filter(|(at, line)| {
                    let at_edge = Some(*at) == first || Some(*at) == last;
                    !(at_edge && (is_page_number(line) || repeated(line)))
                })
                .map(|(_, line)| line.clone())
                .collect()
        })
        .collect();
    cleaned
}

/// A line with its figures taken out, so that "Side 3 av 9" and "Side 4 av 9" look the same.
fn faceless(line: &str) -> String {
    line.chars().filter(|char| !char.is_ascii_digit()).collect()
}

fn is_page_number(line: &str) -> bool {
    let line = line.trim_matches(['-', '–', ' ']).to_lowercase();
    let rest = line.strip_prefix("side").unwrap_or(&line).replace(" av ", "").replace('/', "");
    !rest.trim().is_empty()
        && rest.trim().len() <= 8
        && rest.trim().chars().all(|char| char.is_ascii_digit() || char == ' ')
}

/// Blocks with pages. A paragraph that runs over a page break belongs to the page it starts on.
fn blocks(pages: &[Vec<String>]) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    for (number, page) in (1u32..).zip(pages) {
        let mut added = plain::blocks_of_lines(page.iter().map(String::as_str));
        let goes_on = match (blocks.last(), added.first()) {
            (Some(Block::Paragraph(before)), Some(Block::Paragraph(after))) => {
                !before.ends_with(['.', ':', '!', '?'])
                    && after.starts_with(|char: char| char.is_lowercase() || char.is_ascii_digit())
            }
            _ => false,
        };
        if goes_on
            && let Some(Block::Paragraph(before)) = blocks.last_mut()
            && let Block::Paragraph(after) = added.remove(0)
        {
            *before = plain::join_lines(&[std::mem::take(before), after]);
        }
        if !added.is_empty() {
            blocks.push(Block::Page(number));
            blocks.extend(added);
        }
    }
    blocks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn running_lines_and_page_numbers_go() {
        let page = |number: usize, text: &str| {
            vec!["Rundskriv R12-00".to_owned(), text.to_owned(), format!("Side {number} av 3")]
        };
        let pages = without_running_lines(vec![page(1, "En."), page(2, "To."), page(3, "Tre.")]);
        assert_eq!(pages, [["En."], ["To."], ["Tre."]]);
    }

    #[test]
    fn a_paragraph_over_a_page_break_stays_whole() {
        let pages =
            [vec!["Medlemmet må ha vært i arbeid i minst".to_owned()], vec!["fire uker før uførheten.".to_owned()]];
        assert_eq!(
            blocks(&pages),
            [
                Block::Page(1),
                Block::Paragraph("Medlemmet må ha vært i arbeid i minst fire uker før uførheten.".to_owned())
            ]
        );
    }
}
