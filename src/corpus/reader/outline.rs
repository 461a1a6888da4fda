//! The one shape that every format is brought into before sections are made: headings, paragraphs and lines in order.

use crate::law::ProvisionId;

/// A piece of a document, in reading order.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Block {
    /// A heading; 1 is the outermost level.
    Heading { level: u8, text: String, anchor: Option<String> },
    /// Provisions that the publisher's markup ties to the heading above.
    About(Vec<ProvisionId>),
    /// A paragraph.
    Paragraph(String),
    /// A list item or a table row: belongs to the paragraph before it.
    Line(String),
    /// Small print that is not text of the document, such as "Sist endret 26.03.2022".
    Note(String),
    /// What follows starts on this page.
    Page(u32),
}

/// A heading above a part.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Heading {
    pub level: u8,
    pub text: String,
    pub anchor: Option<String>,
    pub about: Vec<ProvisionId>,
}

/// What stands between one heading and the next.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Part {
    /// Headings above, outermost first; the last is the part's own.
    pub path: Vec<Heading>,
    /// Paragraphs; the lines of a list stand on lines of their own in the paragraph they belong to.
    pub paragraphs: Vec<String>,
    /// Small print.
    pub notes: Vec<String>,
    /// Page where the part starts, for paged formats.
    pub page: Option<u32>,
}

impl Part {
    /// The part's own heading.
    pub fn heading(&self) -> Option<&Heading> {
        self.path.last()
    }
}

/// Gathers blocks into parts. A heading gives a part even when nothing stands under it.
pub(super) fn parts(blocks: Vec<Block>) -> Vec<Part> {
    let mut parts = vec![Part::default()];
    let mut page = None;
    for block in blocks {
        let path = parts.last().map(|part| part.path.clone()).unwrap_or_default();
        let Some(current) = parts.last_mut() else { break };
        match block {
            Block::Heading { level, text, anchor } => {
                let text = squeeze(&text);
                if text.is_empty() {
                    continue;
                }
                let mut path = path;
                path.retain(|above| above.level < level);
                path.push(Heading { level, text, anchor, about: Vec::new() });
                parts.push(Part { path, page, ..Part::default() });
            }
            Block::About(provisions) => {
                if let Some(heading) = current.path.last_mut() {
                    for provision in provisions {
                        super::provisions::push(&mut heading.about, Some(provision));
                    }
                }
            }
            Block::Paragraph(text) => {
                let text = tidy(&text);
                if !text.is_empty() {
                    current.paragraphs.push(text);
                }
            }
            Block::Line(text) => {
                let text = squeeze(&text);
                if text.is_empty() {
                    continue;
                }
                match current.paragraphs.last_mut() {
                    Some(paragraph) => {
                        paragraph.push('\n');
                        paragraph.push_str(&text);
                    }
                    None => current.paragraphs.push(text),
                }
            }
            Block::Note(text) => current.notes.push(squeeze(&text)),
            Block::Page(number) => {
                page = Some(number);
                if current.paragraphs.is_empty() {
                    current.page = page;
                } else {
                    parts.push(Part { path, page, ..Part::default() });
                }
            }
        }
    }
    parts
}

/// White space as single spaces, on one line.
pub(super) fn squeeze(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split(|char: char| char.is_whitespace() || char == '\u{feff}').filter(|word| !word.is_empty()) {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out.replace('\u{ad}', "")
}

/// White space as single spaces, line by line, without empty lines.
pub(super) fn tidy(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(squeeze).filter(|line| !line.is_empty()).collect();
    lines.join("\n")
}
