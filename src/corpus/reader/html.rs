//! HTML to blocks. Shared by circulars and by ordinary pages.

use ego_tree::iter::Edge;
use scraper::{ElementRef, Html, Node};

use super::error::Problem;
use super::outline::Block;
use super::provisions;

/// Elements within elements; the publisher's own markup stays under 30.
const DEPTH_LIMIT: usize = 512;

/// Parses a page after having looked at how deeply it is nested, so that no input can make the parser slow.
pub(super) fn parse(text: &str) -> Result<Html, Problem> {
    if depth(text) > DEPTH_LIMIT {
        return Err(Problem::TooDeep { limit: DEPTH_LIMIT });
    }
    let html = if text.trim_start().starts_with("<?xml") || text.contains("xmlns=") {
        Html::parse_document(&open_empty_elements(text))
    } else {
        Html::parse_document(text)
    };
    Ok(html)
}

const VOID: [&str; 14] =
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"];

/// Elements that pages leave open without nesting anything by it.
const OFTEN_OPEN: [&str; 13] =
    ["p", "li", "dt", "dd", "tr", "td", "th", "tbody", "thead", "tfoot", "option", "colgroup", "a"];

/// How deep the open elements get, in one pass over the tags.
fn depth(text: &str) -> usize {
    let (mut depth, mut deepest) = (0usize, 0usize);
    let bytes = text.as_bytes();
    for (at, _) in text.match_indices('<') {
        let closing = bytes.get(at + 1) == Some(&b'/');
        let start = at + 1 + usize::from(closing);
        let name: String = bytes[start.min(bytes.len())..]
            .iter()
            .take(20)
            .take_while(|byte| byte.is_ascii_alphanumeric())
            .map(|byte| byte.to_ascii_lowercase() as char)
            .collect();
        if name.is_empty() || VOID.contains(&name.as_str()) || OFTEN_OPEN.contains(&name.as_str()) {
            continue;
        }
        if closing {
            depth = depth.saturating_sub(1);
        } else {
            depth += 1;
            deepest = deepest.max(depth);
        }
    }
    deepest
}

/// XML closes empty elements in place (`<td/>`), which HTML reads as an opening: both tags are written out.
fn open_empty_elements(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 16);
    let mut rest = text;
    while let Some(start) = rest.find('<') {
        let Some(length) = rest[start..].find('>') else { break };
        let tag = &rest[start..=start + length];
        out.push_str(&rest[..start]);
        let name: String = tag[1..].chars().take_while(|char| char.is_alphanumeric() || *char == ':').collect();
        match tag.strip_suffix("/>") {
            Some(open) if !name.is_empty() && !VOID.contains(&name.as_str()) => {
                out.push_str(open);
                out.push_str("></");
                out.push_str(&name);
                out.push('>');
            }
            _ => out.push_str(tag),
        }
        rest = &rest[start + length + 1..];
    }
    out.push_str(rest);
    out
}

/// What a run of text belongs to.
enum Holder {
    Plain,
    Heading(u8, Option<String>),
    Item(String),
    Small,
    Cell(String),
    Row(Vec<String>),
}

/// The blocks under `root`, in reading order, without scripts, navigation and the document's own head.
pub(super) fn blocks(root: ElementRef<'_>) -> Vec<Block> {
    let mut walk = Walk { blocks: Vec::new(), holders: vec![Holder::Plain], run: String::new() };
    let mut skipping: usize = 0;
    for edge in root.traverse() {
        match edge {
            Edge::Open(node) => match node.value() {
                Node::Element(_) if skipping > 0 => skipping += 1,
                Node::Element(_) => {
                    let Some(element) = ElementRef::wrap(node) else { continue };
                    if let Some(about) = tied_provision(element) {
                        walk.flush();
                        walk.blocks.push(Block::About(vec![about]));
                        skipping = 1;
                    } else if is_skipped(element) {
                        skipping = 1;
                    } else {
                        walk.open(element);
                    }
                }
                Node::Text(text) if skipping == 0 => walk.run.push_str(&text.text),
                _ => {}
            },
            Edge::Close(node) => {
                if !matches!(node.value(), Node::Element(_)) {
                    continue;
                }
                if skipping > 0 {
                    skipping -= 1;
                    continue;
                }
                if let Some(element) = ElementRef::wrap(node) {
                    walk.close(element);
                }
            }
        }
    }
    walk.flush();
    walk.blocks
}

struct Walk {
    blocks: Vec<Block>,
    holders: Vec<Holder>,
    run: String,
}

impl Walk {
    fn open(&mut self, element: ElementRef<'_>) {
        let name = element.value().name();
        match name {
            "br" => self.run.push('\n'),
            _ if is_block(name) => {
                self.flush();
                let holder = match name {
                    "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                        Holder::Heading(name.as_bytes()[1] - b'0', anchor(element))
                    }
                    "li" => Holder::Item(item_mark(element)),
                    "td" | "th" => Holder::Cell(String::new()),
                    "tr" => Holder::Row(Vec::new()),
                    "p" if element.value().classes().any(|class| class == "small") => Holder::Small,
                    _ => Holder::Plain,
                };
                self.holders.push(holder);
            }
            _ => {}
        }
    }

    fn close(&mut self, element: ElementRef<'_>) {
        if !is_block(element.value().name()) {
            return;
        }
        self.flush();
        if self.holders.len() < 2 {
            return;
        }
        let closed = self.holders.pop();
        if self.holders.iter().any(|holder| matches!(holder, Holder::Cell(_))) {
            return;
        }
        match closed {
            Some(Holder::Cell(text)) => {
                let row = self.holders.iter_mut().rev().find_map(|holder| match holder {
                    Holder::Row(cells) => Some(cells),
                    _ => None,
                });
                if let Some(cells) = row {
                    cells.push(super::outline::squeeze(&text));
                }
            }
            Some(Holder::Row(cells)) if cells.iter().any(|cell| !cell.is_empty()) => {
                self.blocks.push(Block::Line(cells.join(" | ")));
            }
            _ => {}
        }
    }

    /// Gives the run of text to the element that holds it.
    fn flush(&mut self) {
        let run = std::mem::take(&mut self.run);
        if run.trim().is_empty() {
            return;
        }
        // A cell holds everything within it, tables in tables included.
        if let Some(Holder::Cell(text)) = self.holders.iter_mut().find(|holder| matches!(holder, Holder::Cell(_))) {
            text.push_str(&run);
            text.push(' ');
            return;
        }
        let mark = self.holders.iter_mut().rev().find_map(|holder| match holder {
            // The mark stands before the item's first words only.
            Holder::Item(mark) => Some(std::mem::take(mark)),
            _ => None,
        });
        let block = match (self.holders.last(), mark) {
            (Some(Holder::Heading(level, anchor)), _) => {
                Block::Heading { level: *level, text: run, anchor: anchor.clone() }
            }
            (_, Some(mark)) if mark.is_empty() => Block::Line(run),
            (_, Some(mark)) => Block::Line(format!("{mark} {}", run.trim_start())),
            (Some(Holder::Small), _) => Block::Note(run),
            _ => Block::Paragraph(run),
        };
        self.blocks.push(block);
    }
}

fn is_block(name: &str) -> bool {
    matches!(
        name,
        "p" | "div"
            | "section"
            | "article"
            | "main"
            | "body"
            | "html"
            | "header"
            | "footer"
            | "aside"
            | "ul"
            | "ol"
            | "li"
            | "dl"
            | "dt"
            | "dd"
            | "table"
            | "thead"
            | "tbody"
            | "tfoot"
            | "tr"
            | "td"
            | "th"
            | "caption"
            | "blockquote"
            | "pre"
            | "figure"
            | "figcaption"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "hr"
            | "address"
            | "details"
            | "summary"
    )
}

fn is_skipped(element: ElementRef<'_>) -> bool {
    let value = element.value();
    matches!(
        value.name(),
        "script" | "style" | "head" | "nav" | "noscript" | "template" | "svg" | "form" | "button" | "iframe" | "object"
    ) || value.classes().any(|class| matches!(class, "documentHeader" | "changesToParent" | "footnotereference"))
        || value.attr("hidden").is_some()
        || value.attr("aria-hidden") == Some("true")
}

/// "–" for a bullet, the number or letter for an ordered list.
pub(super) fn item_mark(item: ElementRef<'_>) -> String {
    if let Some(name) = item.value().attr("data-name").map(str::trim)
        && !name.is_empty()
        && name != "-"
    {
        return name.to_owned();
    }
    let Some(list) = item.parent().and_then(ElementRef::wrap).filter(|list| list.value().name() == "ol") else {
        return "–".to_owned();
    };
    let before =
        item.prev_siblings().filter_map(ElementRef::wrap).filter(|before| before.value().name() == "li").count();
    let first = list.value().attr("start").and_then(|start| start.parse::<usize>().ok()).unwrap_or(1);
    let number = item.value().attr("value").and_then(|value| value.parse().ok()).unwrap_or(first + before);
    match list.value().attr("type") {
        Some("a") => u8::try_from(number)
            .ok()
            .filter(|number| (1..=26).contains(number))
            .map_or_else(|| format!("{number}."), |number| format!("{}.", (b'a' + number - 1) as char)),
        _ => format!("{number}."),
    }
}

/// The address of a heading: its own, else that of the element it opens.
fn anchor(heading: ElementRef<'_>) -> Option<String> {
    let address = |element: ElementRef<'_>| {
        element
            .value()
            .attr("id")
            .or_else(|| element.value().attr("data-id"))
            .filter(|id| !id.is_empty())
            .map(str::to_owned)
    };
    address(heading).or_else(|| {
        let parent = heading.parent().and_then(ElementRef::wrap)?;
        let opens = parent.children().filter_map(ElementRef::wrap).next() == Some(heading);
        (opens && matches!(parent.value().name(), "div" | "section" | "article")).then(|| address(parent)).flatten()
    })
}

/// The publisher's own tie between a heading and a provision: `<a class="reference" type="forarbeid" subpart="ledd/1">`.
/// Its words ("LOV-1997-02-28-19-§20-4") are no text of the document.
fn tied_provision(link: ElementRef<'_>) -> Option<crate::law::ProvisionId> {
    if link.value().name() != "a" || link.value().attr("type") != Some("forarbeid") {
        return None;
    }
    let id = link.value().attr("data-id")?;
    let subpart = link.value().attr("subpart").unwrap_or("");
    let mut id = id.to_owned();
    let mut steps = subpart.split('/');
    while let (Some(level), Some(value)) = (steps.next(), steps.next()) {
        match level {
            "ledd" | "punktum" | "nr" => id.push_str(&format!("/{level}{value}")),
            "bokstav" => id.push_str(&format!("/bokstav-{value}")),
            _ => break,
        }
    }
    provisions::from_id(&id)
}
