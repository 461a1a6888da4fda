//! Markdown, with or without YAML front matter.

use std::sync::LazyLock;

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};
use regex::Regex;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::super::document::{Document, Language, Outcome, Panel, Provenance, Reasoning, ReversalReason, Role};
use super::error::{Problem, ReadError};
use super::outline::{Block, parts, squeeze};
use super::{dates, language, outcome, plain, provisions, roles, sections, slug};
use crate::law::SourceKind;

/// Front matter longer than this is no metadata.
const FRONT_MATTER_LIMIT: usize = 64 * 1024;

/// The fields of the front matter as they are written; unknown fields are passed over.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct FrontMatter {
    id: Option<String>,
    kind: Option<String>,
    title: Option<String>,
    issuer: Option<String>,
    language: Option<String>,
    date: Option<String>,
    valid_from: Option<String>,
    valid_to: Option<String>,
    benefits: Option<OneOrMany>,
    provisions: Option<OneOrMany>,
    outcome: Option<String>,
    case_no: Option<String>,
    panel: Option<FrontPanel>,
    reversal_reason: Option<String>,
    office: Option<String>,
    provenance: Option<String>,
    source_url: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct FrontPanel {
    members: Option<u8>,
    dissent: Option<bool>,
    reasoning: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl OneOrMany {
    fn into_list(self) -> Vec<String> {
        match self {
            Self::One(one) => {
                one.split([',', ';']).map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect()
            }
            Self::Many(many) => many,
        }
    }
}

/// Whether the text begins with front matter.
pub(super) fn has_front_matter(text: &str) -> bool {
    text.trim_start_matches(['\n', ' ']).lines().next().is_some_and(|line| line.trim_end() == "---")
}

/// Reads Markdown. Without front matter it is guidance, with its first heading as title.
pub(super) fn read(name: &str, text: &str) -> Result<Document, ReadError> {
    let (yaml, body, first_line) = split(name, text)?;
    let Some(yaml) = yaml else { return guidance(name, body) };
    let front = parse(name, yaml, first_line)?;
    let at = |field: &str| line_of(yaml, field).map_or(first_line, |line| first_line + line);
    let stated = |field: &'static str, problem: Problem| problem.on_line(name, at(field));

    let kind = match front.kind.as_deref().map(str::trim) {
        None | Some("") => {
            let right = format!("en av {}", allowed(KINDS));
            return Err(Problem::Missing { field: "kind", right }.on_line(name, first_line));
        }
        Some(kind) => code(kind, "kind", KINDS).map_err(|problem| stated("kind", problem))?,
    };
    let optional_date = |field: &'static str, value: &Option<String>| match value {
        Some(value) => dates::field(field, value).map_err(|problem| stated(field, problem)),
        None => Ok(None),
    };
    let date = optional_date("date", &front.date)?;
    let valid_from = optional_date("valid_from", &front.valid_from)?;
    let valid_to = optional_date("valid_to", &front.valid_to)?;
    if let (Some(from), Some(to)) = (valid_from, valid_to)
        && to < from
    {
        return Err(stated("valid_to", Problem::ValidityReversed { from: from.to_string(), to: to.to_string() }));
    }
    let stated_outcome =
        optional_code::<Outcome>(&front.outcome, "outcome", OUTCOMES).map_err(|problem| stated("outcome", problem))?;
    let reversal_reason = optional_code::<ReversalReason>(&front.reversal_reason, "reversal_reason", REASONS)
        .map_err(|problem| stated("reversal_reason", problem))?;
    let provenance = optional_code::<Provenance>(&front.provenance, "provenance", PROVENANCES)
        .map_err(|problem| stated("provenance", problem))?
        .unwrap_or_default();
    let stated_language = optional_code::<Language>(&front.language, "language", LANGUAGES)
        .map_err(|problem| stated("language", problem))?;
    let panel = match &front.panel {
        None => None,
        Some(panel) => Some(Panel {
            members: panel.members,
            dissent: panel.dissent.unwrap_or(false),
            reasoning: optional_code::<Reasoning>(&panel.reasoning, "reasoning", REASONINGS)
                .map_err(|problem| stated("reasoning", problem))?,
        }),
    };

    let mut blocks = blocks(body);
    let heading = take_title(&mut blocks, front.title.is_some());
    let id = front.id.map(|id| id.trim().to_owned()).filter(|id| !id.is_empty()).unwrap_or_else(|| slug(name));
    let id = if kind == SourceKind::Circular { super::circular_id_exact(&id).unwrap_or(id) } else { id };
    let title = front
        .title
        .map(|title| squeeze(&title))
        .filter(|title| !title.is_empty())
        .or(heading)
        .unwrap_or_else(|| id.clone());
    let mut about = Vec::new();
    let base = if matches!(kind, SourceKind::Statute | SourceKind::Regulation) { id.parse().ok() } else { None };
    let base = base.or_else(|| provisions::context(&[], &title));
    for text in front.provisions.map(OneOrMany::into_list).unwrap_or_default() {
        match provisions::from_id(&text) {
            Some(provision) => provisions::push(&mut about, Some(provision)),
            None => {
                for provision in provisions::in_text(&text, base.as_ref()) {
                    provisions::push(&mut about, Some(provision));
                }
            }
        }
    }
    let law = match kind {
        SourceKind::Statute | SourceKind::Regulation => base,
        _ => provisions::context(&about, &title),
    };
    let (mut blocks, found_url) = take_source(blocks);
    if kind.is_ruling() {
        raise_headings(&mut blocks);
    }
    let built = sections::build(kind, &parts(blocks), &title, law.as_ref());
    if built.sections.is_empty() {
        return Err(Problem::NoText.in_file(name));
    }
    let is_ruling = matches!(kind, SourceKind::AppealsRuling | SourceKind::TribunalDecision);
    let operative = || {
        let text: String = built
            .sections
            .iter()
            .filter(|section| section.role == Role::Operative)
            .map(|section| &built.text[section.range.clone()])
            .collect();
        outcome::find(&text)
    };
    Ok(Document {
        id,
        kind,
        title,
        issuer: front.issuer,
        language: stated_language.unwrap_or_else(|| language::detect(&built.text)),
        date,
        valid_from,
        valid_to,
        benefits: front.benefits.map(OneOrMany::into_list).unwrap_or_default(),
        provisions: about,
        outcome: stated_outcome.or_else(|| if is_ruling { operative() } else { None }),
        case_no: front.case_no,
        panel,
        reversal_reason,
        office: front.office,
        provenance,
        source_url: front.source_url.or(found_url),
        text: built.text,
        sections: built.sections,
    })
}

/// Markdown without metadata: a guidance text, such as an article of the knowledge base.
fn guidance(name: &str, body: &str) -> Result<Document, ReadError> {
    let mut blocks = blocks(body);
    let title = take_title(&mut blocks, false).unwrap_or_else(|| slug(name));
    let (blocks, source_url) = take_source(blocks);
    let (blocks, provenance) = take_note(blocks);
    let kind = super::kind_of_title(&title).unwrap_or(SourceKind::Guidance);
    let built = sections::build(kind, &parts(blocks), &title, provisions::context(&[], &title).as_ref());
    if built.sections.is_empty() {
        return Err(Problem::NoText.in_file(name));
    }
    Ok(Document {
        id: slug(name),
        kind,
        title,
        issuer: None,
        language: language::detect(&built.text),
        date: None,
        valid_from: None,
        valid_to: None,
        benefits: Vec::new(),
        provisions: Vec::new(),
        outcome: None,
        case_no: None,
        panel: None,
        reversal_reason: None,
        office: None,
        provenance,
        source_url,
        text: built.text,
        sections: built.sections,
    })
}

/// The front matter, the body, and the line the front matter starts on.
fn split<'a>(name: &str, text: &'a str) -> Result<(Option<&'a str>, &'a str, usize), ReadError> {
    if !has_front_matter(text) {
        return Ok((None, text, 1));
    }
    let opening = text.find("---").unwrap_or(0);
    let line = text[..opening].matches('\n').count() + 2;
    let Some(start) = text[opening..].find('\n').map(|end| opening + end + 1) else {
        return Err(Problem::FrontMatterOpen.on_line(name, line - 1));
    };
    let mut at = start;
    for row in text[start..].split_inclusive('\n') {
        if matches!(row.trim_end(), "---" | "...") {
            return Ok((Some(&text[start..at]), &text[at + row.len()..], line));
        }
        at += row.len();
        if at - start > FRONT_MATTER_LIMIT {
            break;
        }
    }
    Err(Problem::FrontMatterOpen.on_line(name, line - 1))
}

fn parse(name: &str, yaml: &str, first_line: usize) -> Result<FrontMatter, ReadError> {
    if yaml.trim().is_empty() {
        return Ok(FrontMatter::default());
    }
    // Aliases have no place in metadata, and are the way to make a small file unfold into a huge one.
    serde_saphyr::from_str(yaml).map_err(|error| {
        let line = error.location().map_or(0, |place| usize::try_from(place.line()).unwrap_or(1).saturating_sub(1));
        let detail = error.to_string().lines().next().unwrap_or_default().chars().take(160).collect();
        Problem::FrontMatter { detail }.on_line(name, first_line + line)
    })
}

/// The line, from 0, that a field stands on.
fn line_of(yaml: &str, field: &str) -> Option<usize> {
    yaml.lines().position(|line| {
        line.trim_start()
            .trim_start_matches(['{', '"', '\'', ' '])
            .strip_prefix(field)
            .is_some_and(|rest| rest.trim_start_matches(['"', '\'', ' ']).starts_with(':'))
    })
}

// ---- Codes ---------------------------------------------------------------------------------------------------------

const KINDS: &[&str] = &[
    "statute",
    "regulation",
    "circular",
    "appeals_ruling",
    "tribunal_decision",
    "court_judgment",
    "clarification",
    "guidance",
];
const OUTCOMES: &[&str] = &[
    "TRUKKET",
    "RETUR",
    "OPPHEVET",
    "MEDHOLD",
    "DELVIS_MEDHOLD",
    "STADFESTELSE",
    "UGUNST",
    "AVVIST",
    "INNSTILLING_STADFESTELSE",
    "INNSTILLING_AVVIST",
    "HEVET",
    "HENVIST",
    "MEDHOLD_ETTER_FVL_35",
    "BESLUTNING_IKKE_OMGJOERE",
    "STADFESTET_ANNEN_BEGRUNNELSE",
    "HENLAGT",
    "INNSTILLING_GJENOPPTAS_KAS_VEDTAK_STADFESTES",
    "INNSTILLING_GJENOPPTAS_IKKE",
    "GJENOPPTATT_DELVIS_ELLER_FULLT_MEDHOLD",
    "GJENOPPTATT_OPPHEVET",
    "GJENOPPTATT_STADFESTET",
    "IKKE_GJENOPPTATT",
];
const REASONS: &[&str] = &["law", "discretion", "facts", "new_information", "procedure"];
const REASONINGS: &[&str] = &["full", "simplified"];
const PROVENANCES: &[&str] = &["official", "digest", "synthetic"];
const LANGUAGES: &[&str] = &["nb", "nn"];

/// The value that a code stands for.
fn code<T: DeserializeOwned>(value: &str, field: &'static str, allowed: &[&str]) -> Result<T, Problem> {
    serde_json::from_value(serde_json::Value::String(value.trim().to_owned())).map_err(|_| Problem::NotAllowed {
        field,
        value: value.trim().chars().take(80).collect(),
        allowed: self::allowed(allowed),
    })
}

fn optional_code<T: DeserializeOwned>(
    value: &Option<String>,
    field: &'static str,
    allowed: &[&str],
) -> Result<Option<T>, Problem> {
    match value.as_deref().map(str::trim) {
        None | Some("") => Ok(None),
        Some(value) => code(value, field, allowed).map(Some),
    }
}

/// The codes as a list in a sentence.
fn allowed(codes: &[&str]) -> String {
    codes.join(", ")
}

// ---- Body ----------------------------------------------------------------------------------------------------------

/// The title that the body gives itself, taken out of it: a heading of level 1 that opens the text and is alone. Beside
/// a title of its own such a heading stays where it names a §: it is then what the text under it is about.
fn take_title(blocks: &mut Vec<Block>, has_title: bool) -> Option<String> {
    let ones = blocks.iter().filter(|block| matches!(block, Block::Heading { level: 1, .. })).count();
    let first = blocks.iter().position(|block| !matches!(block, Block::Note(_)))?;
    match &blocks[first] {
        Block::Heading { level: 1, text, .. } if has_title && text.contains('§') => None,
        Block::Heading { level: 1, text, .. } if !text.trim().is_empty() && (ones == 1 || !has_title) => {
            let title = squeeze(text);
            blocks.remove(first);
            Some(title)
        }
        Block::Heading { text, .. } if !has_title && !text.trim().is_empty() => Some(squeeze(text)),
        Block::Paragraph(text) if !has_title => {
            let line = squeeze(text.lines().next().unwrap_or_default());
            Some(sections::shorten(&line).trim_end_matches(['.', ':']).to_owned())
        }
        _ => None,
    }
}

/// Makes headings of lines that stand above a text as such without being marked up: «**Rettens vurdering**»,
/// «3. Vår vurdering» (which Markdown takes for a list of one). Where headings that are marked up tell who speaks, such a
/// line is text: «Klageinstansen har anført følgende:».
fn raise_headings(blocks: &mut [Block]) {
    const WORDS: usize = 6;
    let tells = |block: &Block| matches!(block, Block::Heading { text, .. } if roles::of_heading(text) == Some(Role::Reasoning));
    if blocks.iter().any(tells) {
        return;
    }
    for at in 0..blocks.len() {
        let above_text = match (blocks.get(at + 1), &blocks[at]) {
            (Some(Block::Paragraph(_)), _) => true,
            // Reasons in numbered paragraphs; «Følgende kreves:» stands above a list as well.
            (Some(Block::Line(_)), Block::Paragraph(text)) => roles::of_heading(text).is_some(),
            _ => false,
        };
        let in_list = at > 0 && matches!(blocks[at - 1], Block::Line(_));
        if let Block::Paragraph(text) | Block::Line(text) = &blocks[at]
            && above_text
            && !in_list
            && !text.contains('\n')
            && text.split_whitespace().count() <= WORDS
            && plain::heading_level(text).is_some()
        {
            let text = text.trim().trim_end_matches(':').to_owned();
            // Beside each other, below any that is marked up.
            blocks[at] = Block::Heading { level: 6, text, anchor: None };
        }
    }
}

/// Takes out the line that tells where an article comes from: "Kilde: nks https://…".
fn take_source(mut blocks: Vec<Block>) -> (Vec<Block>, Option<String>) {
    static SOURCE: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"^(?:Kilde|Kjelde):\s*(?:[\p{L}.]+\s+)?<?(https?://[^\s>]+)>?\s*$").ok());
    let Some(pattern) = SOURCE.as_ref() else { return (blocks, None) };
    let mut url = None;
    blocks.retain(|block| match block {
        Block::Paragraph(text) if url.is_none() => match pattern.captures(text.trim()) {
            Some(found) => {
                url = Some(found[1].to_owned());
                false
            }
            None => true,
        },
        _ => true,
    });
    (blocks, url)
}

/// Takes out the line that tells what a text without front matter is: "Merknad: Syntetisk dokument."
fn take_note(mut blocks: Vec<Block>) -> (Vec<Block>, Provenance) {
    let mut provenance = Provenance::Official;
    blocks.retain(|block| match block {
        Block::Paragraph(text) if provenance == Provenance::Official && text.trim().starts_with("Merknad:") => {
            provenance = super::stated_provenance(text);
            provenance == Provenance::Official
        }
        _ => true,
    });
    (blocks, provenance)
}

/// Markdown to plain readable text: links become their words, emphasis goes, lists and rows become lines.
pub(super) fn blocks(body: &str) -> Vec<Block> {
    let mut reading = Reading::default();
    for event in Parser::new_ext(body, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH) {
        reading.event(event);
    }
    reading.flush();
    reading.blocks
}

#[derive(Default)]
struct Reading {
    blocks: Vec<Block>,
    run: String,
    heading: Option<u8>,
    /// Open lists, with the next number of ordered ones.
    lists: Vec<Option<u64>>,
    /// The mark of the item whose first words are still to come.
    mark: Option<String>,
    row: Option<Vec<String>>,
    /// Struck text and pictures are not read out.
    muted: usize,
}

impl Reading {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Start(Tag::Heading { level, .. }) => {
                self.flush();
                self.heading = Some(match level {
                    HeadingLevel::H1 => 1,
                    HeadingLevel::H2 => 2,
                    HeadingLevel::H3 => 3,
                    HeadingLevel::H4 => 4,
                    HeadingLevel::H5 => 5,
                    HeadingLevel::H6 => 6,
                });
            }
            Event::End(TagEnd::Heading(_)) => {
                self.flush();
                self.heading = None;
            }
            Event::Start(Tag::List(first)) => {
                self.flush();
                self.lists.push(first);
            }
            Event::End(TagEnd::List(_)) => {
                self.flush();
                self.lists.pop();
            }
            Event::Start(Tag::Item) => {
                self.flush();
                self.mark = Some(match self.lists.last_mut() {
                    Some(Some(number)) => {
                        let mark = format!("{number}.");
                        *number = number.saturating_add(1);
                        mark
                    }
                    _ => "–".to_owned(),
                });
            }
            Event::Start(Tag::TableHead | Tag::TableRow) => {
                self.flush();
                self.row = Some(Vec::new());
            }
            Event::End(TagEnd::TableHead | TagEnd::TableRow) => {
                if let Some(cells) = self.row.take()
                    && cells.iter().any(|cell| !cell.is_empty())
                {
                    self.blocks.push(Block::Line(cells.join(" | ")));
                }
                self.run.clear();
            }
            Event::End(TagEnd::TableCell) => {
                let cell = squeeze(&std::mem::take(&mut self.run));
                if let Some(row) = &mut self.row {
                    row.push(cell);
                }
            }
            Event::Start(Tag::Strikethrough | Tag::Image { .. }) => self.muted += 1,
            Event::End(TagEnd::Strikethrough | TagEnd::Image) => self.muted = self.muted.saturating_sub(1),
            Event::Start(Tag::Paragraph | Tag::BlockQuote(_) | Tag::CodeBlock(_) | Tag::Table(_))
            | Event::End(
                TagEnd::Paragraph
                | TagEnd::BlockQuote(_)
                | TagEnd::CodeBlock
                | TagEnd::Item
                | TagEnd::Table
                | TagEnd::HtmlBlock,
            )
            | Event::Rule => self.flush(),
            Event::Text(text) | Event::Code(text) if self.muted == 0 => self.run.push_str(&text),
            Event::SoftBreak => self.run.push(' '),
            Event::HardBreak => self.run.push('\n'),
            _ => {}
        }
    }

    fn flush(&mut self) {
        let run = std::mem::take(&mut self.run);
        if let Some(level) = self.heading {
            if !run.trim().is_empty() {
                self.blocks.push(Block::Heading { level, text: run, anchor: None });
            }
            return;
        }
        if run.trim().is_empty() {
            return;
        }
        let block = if self.lists.is_empty() {
            Block::Paragraph(run)
        } else if let Some(mark) = self.mark.take() {
            Block::Line(format!("{mark} {run}"))
        } else {
            Block::Line(run)
        };
        self.blocks.push(block);
    }
}
