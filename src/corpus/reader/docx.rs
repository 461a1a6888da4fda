//! DOCX: the paragraphs of `word/document.xml`, headings by their style.

use std::collections::HashMap;
use std::io::{Cursor, Read};

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::super::document::Document;
use super::error::{Problem, ReadError};
use super::outline::{Block, squeeze};
use super::{plain, tribunal};

/// Bound on the unpacked document, against files made to swell.
const UNPACKED_LIMIT: u64 = 64 * 1024 * 1024;

const BROKEN: Problem = Problem::Broken { format: "DOCX" };

/// Whether the bytes are a Word document: an archive that names `word/document.xml`.
pub(super) fn is_docx(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04") && find(bytes, b"word/")
}

/// Whether the bytes are an Office document of any kind, or what is left of one.
pub(super) fn find(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|window| window == wanted)
}

/// Reads a Word document.
pub(super) fn read(name: &str, bytes: &[u8]) -> Result<Document, ReadError> {
    let blocks = body(bytes).map_err(|problem| problem.in_file(name))?;
    let text = blocks
        .iter()
        .map(|block| match block {
            Block::Heading { text, .. } | Block::Paragraph(text) | Block::Line(text) => text.as_str(),
            _ => "",
        })
        .collect::<Vec<_>>()
        .join("\n");
    if text.trim().is_empty() {
        return Err(Problem::NoText.in_file(name));
    }
    if tribunal::has_head(&text) {
        return tribunal::read(name, &text);
    }
    super::from_layout(name, &text, blocks)
}

fn body(bytes: &[u8]) -> Result<Vec<Block>, Problem> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_| BROKEN)?;
    let mut part = |name: &str| -> Result<String, Problem> {
        let entry = archive.by_name(name).map_err(|_| BROKEN)?;
        let mut text = Vec::new();
        let read = entry.take(UNPACKED_LIMIT + 1).read_to_end(&mut text);
        if text.len() as u64 > UNPACKED_LIMIT {
            return Err(Problem::TooLarge {
                megabytes: UNPACKED_LIMIT / 1024 / 1024 + 1,
                limit: UNPACKED_LIMIT / 1024 / 1024,
            });
        }
        read.map_err(|_| BROKEN)?;
        String::from_utf8(text).map_err(|_| BROKEN)
    };
    let document = part("word/document.xml")?;
    let styles = part("word/styles.xml").map(|styles| heading_styles(&styles)).unwrap_or_default();
    blocks(&document, &styles)
}

/// Style id → heading level. The names are English in every language of Word; ids are not.
fn heading_styles(styles: &str) -> HashMap<String, u8> {
    let mut levels = HashMap::new();
    let mut id = String::new();
    let mut reader = Reader::from_str(styles);
    loop {
        match reader.read_event() {
            Ok(Event::Start(tag) | Event::Empty(tag)) => match tag.local_name().as_ref() {
                b"style" => id = attribute(&tag, b"styleId").unwrap_or_default(),
                b"name" => {
                    if let Some(level) = attribute(&tag, b"val").and_then(|name| style_level(&name)) {
                        levels.insert(id.clone(), level);
                    }
                }
                b"outlineLvl" => {
                    if let Some(level) =
                        attribute(&tag, b"val").and_then(|value| value.parse::<u8>().ok()).filter(|level| *level < 9)
                    {
                        levels.entry(id.clone()).or_insert(level + 1);
                    }
                }
                _ => {}
            },
            Ok(Event::Eof) | Err(_) => return levels,
            Ok(_) => {}
        }
    }
}

fn style_level(name: &str) -> Option<u8> {
    let name = name.to_lowercase();
    if name == "title" || name == "tittel" {
        return Some(1);
    }
    let rest = name.strip_prefix("heading").or_else(|| name.strip_prefix("overskrift"))?;
    rest.trim().parse().ok().filter(|level| (1..=9).contains(level))
}

fn attribute(tag: &BytesStart<'_>, name: &[u8]) -> Option<String> {
    tag.attributes()
        .flatten()
        .find(|attribute| attribute.key.local_name().as_ref() == name)
        .and_then(|attribute| String::from_utf8(attribute.value.into_owned()).ok())
}

/// The paragraph being read.
#[derive(Default)]
struct Paragraph {
    text: String,
    level: Option<u8>,
    is_item: bool,
}

/// The blocks of the document. Streaming, so that no depth of nesting costs anything.
fn blocks(xml: &str, styles: &HashMap<String, u8>) -> Result<Vec<Block>, Problem> {
    let mut blocks = Vec::new();
    let mut paragraph = Paragraph::default();
    let mut in_text = false;
    // Depth within what is not read: the older copy of a text box, deleted text, field codes.
    let mut muted = 0usize;
    let mut cells = 0usize;
    let mut row: Vec<String> = Vec::new();
    let mut cell = String::new();
    let mut reader = Reader::from_str(xml);
    loop {
        match reader.read_event().map_err(|_| BROKEN)? {
            Event::Start(tag) => match tag.local_name().as_ref() {
                b"Fallback" | b"del" | b"moveFrom" | b"instrText" => muted += 1,
                _ if muted > 0 => {}
                b"t" => in_text = true,
                b"p" if cells == 0 => paragraph = Paragraph::default(),
                b"tc" => cells += 1,
                _ => style(&tag, styles, &mut paragraph),
            },
            Event::Empty(tag) if muted == 0 => match tag.local_name().as_ref() {
                b"tab" | b"br" | b"cr" => paragraph.text.push(' '),
                b"noBreakHyphen" => paragraph.text.push('-'),
                _ => style(&tag, styles, &mut paragraph),
            },
            Event::Text(text) if in_text && muted == 0 => {
                paragraph.text.push_str(&text.decode().map_err(|_| BROKEN)?);
            }
            Event::GeneralRef(entity) if in_text && muted == 0 => {
                let name: &[u8] = &entity;
                let known = match name {
                    b"amp" => Some('&'),
                    b"lt" => Some('<'),
                    b"gt" => Some('>'),
                    b"quot" => Some('"'),
                    b"apos" => Some('\''),
                    _ => entity.resolve_char_ref().ok().flatten(),
                };
                paragraph.text.extend(known);
            }
            Event::End(tag) => match tag.local_name().as_ref() {
                b"Fallback" | b"del" | b"moveFrom" | b"instrText" => muted = muted.saturating_sub(1),
                _ if muted > 0 => {}
                b"t" => in_text = false,
                b"p" => {
                    let done = std::mem::take(&mut paragraph);
                    if cells > 0 {
                        cell.push_str(&done.text);
                        cell.push(' ');
                    } else {
                        blocks.extend(block(done));
                    }
                }
                b"tc" => {
                    cells = cells.saturating_sub(1);
                    if cells == 0 {
                        row.push(squeeze(&std::mem::take(&mut cell)));
                    }
                }
                b"tr" if cells == 0 => {
                    let row = std::mem::take(&mut row);
                    if row.iter().any(|cell| !cell.is_empty()) {
                        blocks.push(Block::Line(row.join(" | ")));
                    }
                }
                _ => {}
            },
            Event::Eof => return Ok(blocks),
            _ => {}
        }
    }
}

fn style(tag: &BytesStart<'_>, styles: &HashMap<String, u8>, paragraph: &mut Paragraph) {
    match tag.local_name().as_ref() {
        b"pStyle" => {
            let id = attribute(tag, b"val").unwrap_or_default();
            paragraph.level = styles.get(&id).copied().or_else(|| style_level(&id));
        }
        b"outlineLvl" => {
            let level = attribute(tag, b"val").and_then(|value| value.parse::<u8>().ok()).filter(|level| *level < 9);
            paragraph.level = paragraph.level.or(level.map(|level| level + 1));
        }
        b"numPr" => paragraph.is_item = true,
        _ => {}
    }
}

fn block(paragraph: Paragraph) -> Option<Block> {
    let text = squeeze(&paragraph.text);
    if text.is_empty() {
        return None;
    }
    if let Some(level) = paragraph.level {
        return Some(Block::Heading { level, text, anchor: None });
    }
    if paragraph.is_item {
        return Some(Block::Line(format!("– {text}")));
    }
    Some(match plain::heading_level(&text) {
        // Documents without styles are told by their looks, as PDF is; below every styled heading.
        Some(level) => Block::Heading { level: level + 3, text, anchor: None },
        None => Block::Paragraph(text),
    })
}
