//! One reader per format. What a file is, is told from its content, never from its name.
//!
//! [`read`] gives a [`Document`] or one [`ReadError`] that says in a sentence what is wrong and what would be right.
//! No input makes it panic, overflow the stack or run on without end.

mod circular;
mod dates;
mod docx;
mod encoding;
mod error;
mod guard;
mod html;
mod language;
mod markdown;
mod marks;
mod outcome;
mod outline;
mod pdf;
mod plain;
pub(crate) mod provisions;
mod roles;
mod sections;
mod statute;
mod text;
mod tribunal;

use std::sync::LazyLock;

use regex::Regex;
use unicode_normalization::UnicodeNormalization;

use super::document::{Document, Provenance, Role};
use crate::law::SourceKind;
pub use error::{Problem, ReadError};
use outline::{Block, parts, squeeze};

/// Largest file that is read, in bytes.
pub const SIZE_LIMIT: u64 = 50 * 1024 * 1024;

/// Reads one file. `name` is its path as the user knows it: it names the file in errors, and gives an id to a document
/// that has none of its own.
pub fn read(name: &str, bytes: &[u8]) -> Result<Document, ReadError> {
    let size = bytes.len() as u64;
    if size > SIZE_LIMIT {
        return Err(too_large(size).in_file(name));
    }
    if bytes.trim_ascii().is_empty() {
        return Err(Problem::Empty.in_file(name));
    }
    if bytes[..bytes.len().min(1024)].windows(5).any(|window| window == b"%PDF-") {
        return pdf::read(name, bytes);
    }
    if docx::is_docx(bytes) {
        return docx::read(name, bytes);
    }
    if bytes.starts_with(b"PK\x03\x04") {
        return Err(Problem::Binary.in_file(name));
    }
    let text = encoding::decode(bytes).map_err(|(problem, line)| match line {
        Some(line) => problem.on_line(name, line),
        None => problem.in_file(name),
    })?;
    if text.trim().is_empty() {
        return Err(Problem::Empty.in_file(name));
    }
    if looks_like_html(&text) {
        let page = html::parse(&text).map_err(|problem| problem.in_file(name))?;
        return if statute::is_law(&page) {
            statute::read(name, &page)
        } else if circular::is_circular(&page) {
            circular::read(name, &page)
        } else {
            circular::read_page(name, &page)
        };
    }
    if markdown::has_front_matter(&text) {
        return markdown::read(name, &text);
    }
    if tribunal::has_head(&text) {
        return tribunal::read(name, &text);
    }
    if looks_like_markdown(&text) {
        return markdown::read(name, &text);
    }
    read_plain(name, &text)
}

/// The error for a file of this many bytes.
pub(super) fn too_large(size: u64) -> Problem {
    Problem::TooLarge { megabytes: size.div_ceil(1024 * 1024), limit: SIZE_LIMIT / 1024 / 1024 }
}

fn looks_like_html(text: &str) -> bool {
    let start = text.trim_start();
    if !start.starts_with('<') {
        return false;
    }
    let head: String = start.chars().take(4_000).collect::<String>().to_lowercase();
    [
        "<!doctype html",
        "<html",
        "<?xml",
        "<body",
        "<main",
        "<article",
        "<section",
        "<header",
        "<div",
        "<h1",
        "<h2",
        "<p>",
    ]
    .iter()
    .any(|tag| head.contains(tag))
}

fn looks_like_markdown(text: &str) -> bool {
    static MARKUP: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"(?m)^#{1,6} \S|\]\(https?://|^\|[ :]*-{3,}|\*\*\S").ok());
    MARKUP.as_ref().is_some_and(|markup| markup.is_match(text))
}

/// Plain text without a head is guidance, whatever it says of itself.
fn read_plain(name: &str, text: &str) -> Result<Document, ReadError> {
    let (title, blocks) = plain::blocks(text);
    finish(name, Layout { kind: SourceKind::Guidance, id: slug(name), date: None, issuer: None }, title, blocks)
}

/// A document from a format with a layout but no metadata (PDF, DOCX): what it is, is told from its first lines.
fn from_layout(name: &str, text: &str, mut blocks: Vec<Block>) -> Result<Document, ReadError> {
    let first: Vec<String> = text.lines().map(squeeze).filter(|line| !line.is_empty()).take(15).collect();
    let layout = Layout::tell(name, &first.join("\n"));
    let (fields, named) = take_head(&mut blocks, &layout);
    let title = named.or_else(|| take_layout_title(&mut blocks)).unwrap_or_else(|| layout.id.clone());
    let stated = |terms: &[&'static str]| -> Result<Option<jiff::civil::Date>, ReadError> {
        let Some((term, value)) =
            terms.iter().find_map(|term| Some((*term, fields.iter().find(|(field, _)| field == term)?)))
        else {
            return Ok(None);
        };
        dates::field(term, &value.1).map_err(|problem| problem.in_file(name))
    };
    let date = stated(&["sist endret", "dato"])?;
    let (valid_from, valid_to) = (stated(&["gjelder fra"])?, stated(&["gjelder til"])?);
    let value = |term: &str| fields.iter().find(|(field, _)| field == term).map(|(_, value)| value.clone());
    let issuer = value("utgiver").or_else(|| value("myndighet"));
    let mut document =
        finish(name, Layout { date: date.or(layout.date), issuer: issuer.or(layout.issuer), ..layout }, title, blocks)?;
    document.valid_from = valid_from;
    document.valid_to = valid_to;
    document.provenance = stated_provenance(&value("merknad").unwrap_or_default());
    Ok(document)
}

/// Takes the lines above the text that tell about it ("Dato: …", "Utgiver: …", "Rundskriv R12-00"): the fields, by
/// their names in lower case, and the title where a line gives it after the number.
fn take_head(blocks: &mut Vec<Block>, layout: &Layout) -> (Vec<(String, String)>, Option<String>) {
    const FIELDS: [&str; 9] =
        ["dato", "sist endret", "gjelder fra", "gjelder til", "utgiver", "myndighet", "merknad", "doknr", "kilde"];
    let (mut fields, mut title, mut seen) = (Vec::new(), None, 0);
    blocks.retain(|block| {
        let (Block::Heading { text, .. } | Block::Paragraph(text) | Block::Line(text)) = block else { return true };
        seen += 1;
        if seen > 12 {
            return true;
        }
        let line = squeeze(text);
        if let Some((field, value)) = line.split_once(':') {
            let field = field.trim().to_lowercase();
            if FIELDS.contains(&field.as_str()) && value.chars().count() < 120 {
                fields.push((field, value.trim().to_owned()));
                return false;
            }
        }
        if layout.kind == SourceKind::Circular {
            let lower = line.to_lowercase();
            let rest = lower.strip_prefix("rundskriv").unwrap_or(&lower).trim_start_matches([' ', ':']);
            if rest.is_empty() {
                return false;
            }
            if let Some(after) = rest.strip_prefix(&layout.id.to_lowercase()) {
                let start = line.len().saturating_sub(after.len());
                let name = line.get(start..).unwrap_or_default().trim_matches([' ', '–', '-', ':', '.']);
                if line.chars().count() < 160 {
                    if !name.is_empty() && title.is_none() {
                        title = Some(name.to_owned());
                    }
                    return false;
                }
            }
        }
        true
    });
    if title.is_none() && layout.kind == SourceKind::Circular {
        title = Some(format!("Rundskriv {}", layout.id));
    }
    (fields, title)
}

/// The title of a text without a head: its first heading, unless that is a § of its own, else its first line.
fn take_layout_title(blocks: &mut Vec<Block>) -> Option<String> {
    let at = blocks.iter().position(|block| !matches!(block, Block::Page(_)))?;
    match &blocks[at] {
        Block::Heading { text, .. } => {
            let title = squeeze(text);
            if !title.contains('§') && blocks.len() > at + 1 {
                blocks.remove(at);
            }
            Some(title)
        }
        Block::Paragraph(text) => {
            let line = squeeze(text.lines().next().unwrap_or_default());
            let is_title = line.chars().count() <= 110 && !line.ends_with('.') && blocks.len() > at + 1;
            if is_title {
                blocks.remove(at);
            }
            Some(sections::shorten(&line).trim_end_matches(['.', ':']).to_owned())
        }
        _ => None,
    }
}

/// What the first lines of a document tell.
struct Layout {
    kind: SourceKind,
    id: String,
    date: Option<jiff::civil::Date>,
    issuer: Option<String>,
}

impl Layout {
    fn tell(name: &str, opening: &str) -> Self {
        let lower = opening.to_lowercase();
        let date = opening
            .lines()
            .find(|line| {
                let line = line.to_lowercase();
                ["dato", "sist endret", "sist endra", "oslo,", "avsagt", "utarbeid"]
                    .iter()
                    .any(|word| line.contains(word))
            })
            .and_then(dates::find)
            .or_else(|| dates::find(opening));
        let circular = lower.contains("rundskriv").then(|| circular_id(opening)).flatten();
        let tribunal = tribunal::published_id(opening);
        let (kind, id, issuer) = if let Some(id) = circular {
            (SourceKind::Circular, id, Some("Arbeids- og velferdsdirektoratet"))
        } else if lower.contains("trygderetten")
            && (lower.contains("kjennelse") || lower.contains("orskurd") || tribunal.is_some())
        {
            (SourceKind::TribunalDecision, tribunal.unwrap_or_else(|| slug(name)), Some("Trygderetten"))
        } else if lower.contains("klageinstans") && lower.contains("vedtak") {
            (SourceKind::AppealsRuling, slug(name), Some("Nav klageinstans"))
        } else {
            (SourceKind::Guidance, slug(name), None)
        };
        let issuer = issuer
            .filter(|issuer| *issuer != "Arbeids- og velferdsdirektoratet" || lower.contains("velferdsdirektoratet"));
        Self { kind, id, date, issuer: issuer.map(str::to_owned) }
    }
}

fn finish(name: &str, layout: Layout, title: String, blocks: Vec<Block>) -> Result<Document, ReadError> {
    let built = sections::build(layout.kind, &parts(blocks), &title, provisions::context(&[], &title).as_ref());
    if built.sections.is_empty() {
        return Err(Problem::NoText.in_file(name));
    }
    let operative: String = built
        .sections
        .iter()
        .filter(|section| section.role == Role::Operative)
        .map(|section| &built.text[section.range.clone()])
        .collect();
    Ok(Document {
        id: layout.id,
        kind: layout.kind,
        title: if title.is_empty() { slug(name) } else { title },
        issuer: layout.issuer,
        language: language::detect(&built.text),
        date: layout.date,
        valid_from: None,
        valid_to: None,
        benefits: Vec::new(),
        provisions: Vec::new(),
        outcome: outcome::find(&operative),
        case_no: None,
        panel: None,
        reversal_reason: None,
        office: None,
        provenance: Provenance::Official,
        source_url: None,
        text: built.text,
        sections: built.sections,
    })
}

/// Where a text comes from, as a note in its head says it ("Syntetisk dokument").
fn stated_provenance(note: &str) -> Provenance {
    let note = note.to_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| note.contains(word));
    if says(&["syntetisk", "oppdikt", "demonstrasjon"]) {
        Provenance::Synthetic
    } else if says(&["referat", "gjengivelse", "gjengjeving", "sammenfatning", "samanfatning", "egne ord", "eigne ord"])
    {
        Provenance::Digest
    } else {
        Provenance::Official
    }
}

/// The id of a circular in a text: "Rundskriv R12-00", "r12-00".
fn circular_id(text: &str) -> Option<String> {
    static ID: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"(?i)\bR(\d{1,2}[A-Z]?)-(\d{2})\b").ok());
    let found = ID.as_ref()?.captures(text)?;
    Some(format!("R{}-{}", found[1].to_uppercase(), &found[2]))
}

/// The id of a circular when the text is nothing else.
fn circular_id_exact(text: &str) -> Option<String> {
    circular_id(text).filter(|id| id.eq_ignore_ascii_case(text.trim()))
}

/// A file without metadata whose title says outright that it is a circular.
fn kind_of_title(title: &str) -> Option<SourceKind> {
    (title.to_lowercase().starts_with("rundskriv") && circular_id(title).is_some()).then_some(SourceKind::Circular)
}

/// An id from a file's name: "nks/Sykepenger og ferie.md" → "sykepenger-og-ferie".
fn slug(name: &str) -> String {
    let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let stem = file
        .rsplit_once('.')
        .map_or(file, |(stem, ending)| if stem.is_empty() || ending.len() > 5 { file } else { stem });
    let mut slug = String::new();
    for char in stem.nfc().flat_map(char::to_lowercase) {
        if char.is_alphanumeric() {
            slug.push(char);
        } else if !slug.ends_with('-') {
            slug.push('-');
        }
    }
    let slug = slug.trim_matches('-');
    if slug.is_empty() { "dokument".to_owned() } else { slug.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs() {
        assert_eq!(slug("nks/Sykepenger og ferie.md"), "sykepenger-og-ferie");
        assert_eq!(slug("Vedtak § 8-4 (2024).docx"), "vedtak-8-4-2024");
        assert_eq!(slug("arkiv.zip/bære.html"), "bære");
        assert_eq!(slug("..."), "dokument");
    }

    #[test]
    fn circular_numbers() {
        assert_eq!(circular_id("Rundskriv r12-00 til kapittel 12").as_deref(), Some("R12-00"));
        assert_eq!(circular_id_exact("r11-00").as_deref(), Some("R11-00"));
        assert_eq!(circular_id_exact("r11-00-2024"), None);
    }
}
