//! Passages: what is searched and shown. They follow the document's own structure and fit the embedding model.

use std::ops::Range;

use super::document::{Document, Mark, Role, Section};
use super::reader::provisions::ordinal;
use super::sentences::sentences;
use crate::law::{ProvisionId, SourceKind};

/// A stretch of a document that is searched and quoted as one: a §, some of its ledd, a headed part, or a piece of one.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Passage {
    /// The sections it covers, as indexes into [`Document::sections`].
    pub sections: Range<usize>,
    /// Bytes in [`Document::text`].
    pub range: Range<usize>,
    /// Where it stands, as a person would say it: "§ 8-4", "§ 8-4 første til tredje ledd".
    pub locator: String,
    /// Headings above it, outermost first.
    pub path: Vec<String>,
    /// The provisions it is about, each once.
    pub provisions: Vec<ProvisionId>,
    /// Who speaks.
    pub role: Role,
    /// What the text says about its own life cycle.
    pub marks: Vec<Mark>,
    /// Address at the publisher.
    pub anchor: Option<String>,
}

/// The text that is embedded for a passage: title and headings first, then the passage itself.
pub fn embedding_text(document: &Document, passage: &Passage) -> String {
    let mut text = heading_line(document, &passage.path);
    text.push('\n');
    text.push_str(&document.text[passage.range.clone()]);
    text
}

fn heading_line(document: &Document, path: &[String]) -> String {
    let mut line = document.title.clone();
    for heading in path {
        line.push_str(" – ");
        line.push_str(heading);
    }
    line
}

/// Cuts a document into passages of at most `max_tokens`, counted by `count_tokens` over [`embedding_text`].
///
/// A whole § stays together where it fits; else its ledd are grouped, and a ledd that does not fit is split at its
/// letters and sentences. A headed part is one passage; a larger one is split at paragraphs, then at sentences. A
/// sentence is only cut if it alone is too long, at a clause or a word. Headings too long for the budget are
/// left out of the count, so that the text always gets at least half of it.
pub fn cut(document: &Document, max_tokens: usize, count_tokens: &dyn Fn(&str) -> usize) -> Vec<Passage> {
    let mut passages = Vec::new();
    let mut at = 0;
    while at < document.sections.len() {
        let end = group_end(document, at);
        let path = &document.sections[at].path;
        let heading = count_tokens(&heading_line(document, path)) + 1;
        let cutter = Cutter {
            text: &document.text,
            budget: max_tokens.saturating_sub(heading).max(max_tokens / 2).max(1),
            count: count_tokens,
        };
        for piece in cutter.pieces(document, at..end) {
            passages.push(passage(document, at..end, piece));
        }
        at = end;
    }
    passages
}

/// The end of the run of sections that belong together: the ledd of one §.
fn group_end(document: &Document, start: usize) -> usize {
    let is_law = matches!(document.kind, SourceKind::Statute | SourceKind::Regulation);
    let first = &document.sections[start];
    if !is_law || first.role != Role::Rule || !first.locator.starts_with('§') {
        return start + 1;
    }
    let same = |section: &Section| section.path == first.path && section.role == Role::Rule;
    start + document.sections[start..].iter().take_while(|section| same(section)).count()
}

/// A piece of a group: a range of text and the sections it touches.
#[derive(Debug, Clone)]
struct Piece {
    sections: Range<usize>,
    range: Range<usize>,
}

/// Bytes that a token has at most, on average over a passage.
const LONGEST_TOKEN: usize = 64;

struct Cutter<'a> {
    text: &'a str,
    budget: usize,
    count: &'a dyn Fn(&str) -> usize,
}

impl Cutter<'_> {
    /// Counting takes time in proportion to the text, so what is far too long is not counted at all: tokens of more
    /// than [`LONGEST_TOKEN`] bytes on average are no text.
    fn fits(&self, range: &Range<usize>) -> bool {
        range.len() <= self.budget.saturating_mul(LONGEST_TOKEN)
            && (self.count)(&self.text[range.clone()]) <= self.budget
    }

    fn pieces(&self, document: &Document, group: Range<usize>) -> Vec<Piece> {
        let sections = &document.sections[group.clone()];
        let (Some(first), Some(last)) = (sections.first(), sections.last()) else { return Vec::new() };
        let whole = first.range.start..last.range.end;
        if self.fits(&whole) {
            return vec![Piece { sections: group, range: whole }];
        }
        // Whole sections are put together as long as they fit; one that does not fit alone is split.
        let mut pieces: Vec<Piece> = Vec::new();
        let mut open: Option<Piece> = None;
        for (index, section) in group.zip(sections) {
            if let Some(piece) = &mut open {
                let joined = piece.range.start..section.range.end;
                if self.fits(&joined) {
                    *piece = Piece { sections: piece.sections.start..index + 1, range: joined };
                    continue;
                }
            }
            pieces.extend(open.take());
            if self.fits(&section.range) {
                open = Some(Piece { sections: index..index + 1, range: section.range.clone() });
            } else {
                pieces.extend(
                    self.split(section.range.clone())
                        .into_iter()
                        .map(|range| Piece { sections: index..index + 1, range }),
                );
            }
        }
        pieces.extend(open);
        pieces
    }

    /// Splits a range at paragraphs, then lines, then sentences, then clauses, then words; small neighbours go together.
    fn split(&self, range: Range<usize>) -> Vec<Range<usize>> {
        let mut atoms = Vec::new();
        for paragraph in self.parted(range, "\n\n") {
            if self.fits(&paragraph) {
                atoms.push(paragraph);
                continue;
            }
            for sentence in sentences(&self.text[paragraph.clone()]) {
                let sentence = paragraph.start + sentence.start..paragraph.start + sentence.end;
                if self.fits(&sentence) {
                    atoms.push(sentence);
                } else {
                    self.split_sentence(sentence, &mut atoms);
                }
            }
        }
        self.packed(atoms)
    }

    fn parted(&self, range: Range<usize>, separator: &str) -> Vec<Range<usize>> {
        let mut parts = Vec::new();
        let mut start = range.start;
        for (at, _) in self.text[range.clone()].match_indices(separator) {
            let end = range.start + at;
            if end > start {
                parts.push(start..end);
            }
            start = end + separator.len();
        }
        if range.end > start {
            parts.push(start..range.end);
        }
        parts
    }

    /// Joins neighbours while they fit. Each joint is tried once.
    fn packed(&self, atoms: Vec<Range<usize>>) -> Vec<Range<usize>> {
        let mut packed: Vec<Range<usize>> = Vec::new();
        for atom in atoms {
            match packed.last_mut() {
                Some(last) if self.fits(&(last.start..atom.end)) => last.end = atom.end,
                _ => packed.push(atom),
            }
        }
        packed
    }

    /// A sentence that is too long by itself: cut after a clause where one fits, else after a word, else anywhere.
    fn split_sentence(&self, range: Range<usize>, atoms: &mut Vec<Range<usize>>) {
        let mut rest = range;
        while !self.fits(&rest) {
            let end = self.longest_fit(&rest);
            let fitting = &self.text[rest.start..end];
            let clause = fitting.rfind([';', ',', ':']).map(|at| at + 1).filter(|at| *at * 3 > fitting.len());
            let word = || fitting.rfind(char::is_whitespace).filter(|at| *at > 0);
            let cut = rest.start + clause.or_else(word).unwrap_or(fitting.len());
            atoms.push(rest.start..cut);
            let skipped = self.text[cut..rest.end].len() - self.text[cut..rest.end].trim_start().len();
            rest = cut + skipped..rest.end;
            if rest.is_empty() {
                return;
            }
        }
        atoms.push(rest);
    }

    /// The end of the longest beginning that fits, at least one character; found by halving.
    fn longest_fit(&self, range: &Range<usize>) -> usize {
        // No beginning longer than this many characters is tried: tokens are seldom longer than a long word.
        let text = &self.text[range.clone()];
        let ends: Vec<usize> = text
            .char_indices()
            .map(|(at, char)| at + char.len_utf8())
            .take(self.budget.saturating_mul(24).max(1))
            .collect();
        let (mut low, mut high) = (0, ends.len().saturating_sub(1));
        while low < high {
            let middle = low + (high - low).div_ceil(2);
            if self.fits(&(range.start..range.start + ends[middle])) { low = middle } else { high = middle - 1 }
        }
        range.start + ends.get(low).copied().unwrap_or(text.len())
    }
}

fn passage(document: &Document, group: Range<usize>, piece: Piece) -> Passage {
    let sections = &document.sections[piece.sections.clone()];
    let first = &document.sections[piece.sections.start];
    let mut provisions = Vec::new();
    let mut marks: Vec<Mark> = Vec::new();
    for section in sections {
        for provision in &section.provisions {
            if !provisions.contains(provision) {
                provisions.push(provision.clone());
            }
        }
        for mark in &section.marks {
            if !marks.contains(mark) {
                marks.push(mark.clone());
            }
        }
    }
    Passage {
        locator: locator(document, &group, &piece.sections),
        range: piece.range,
        path: first.path.clone(),
        provisions,
        role: first.role,
        marks,
        anchor: first.anchor.clone(),
        sections: piece.sections,
    }
}

/// "§ 8-4" for a whole §, "§ 8-4 tredje ledd" for one ledd, "§ 8-4 første til tredje ledd" for several.
fn locator(document: &Document, group: &Range<usize>, covered: &Range<usize>) -> String {
    let first = &document.sections[covered.start];
    if covered.len() == 1 {
        return first.locator.clone();
    }
    let section = section_of(&first.locator);
    if covered == group {
        return section.to_owned();
    }
    let number =
        |section: &Section| section.provisions.first().and_then(|provision| provision.levels().ledd).map(usize::from);
    let last = &document.sections[covered.end - 1];
    match (number(first), number(last)) {
        (Some(from), Some(to)) if to == from + 1 => format!("{section} {} og {} ledd", ordinal(from), ordinal(to)),
        (Some(from), Some(to)) if to > from => format!("{section} {} til {} ledd", ordinal(from), ordinal(to)),
        _ => section.to_owned(),
    }
}

/// "§ 8-4 tredje ledd" → "§ 8-4"
fn section_of(locator: &str) -> &str {
    let Some(without) = locator.strip_suffix(" ledd") else { return locator };
    without.rsplit_once(' ').map_or(locator, |(section, _)| section)
}
