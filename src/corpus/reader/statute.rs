//! Statutes and regulations in the markup of the public legal data, as HTML or XML.
//!
//! A section is a ledd, with its letters and numbers as lines and the text that goes on after them. Change notes are
//! left out: they are about the law, not of it. Footnotes of the publisher are kept apart, as [`Role::Other`].
//!
//! The data set holds the text in force on the day it was fetched, without history, so the date of the version is
//! that day ("Hentet"); where the file does not tell it, the day of the last change in force, else of entry into force.

use std::sync::LazyLock;

use ego_tree::iter::Edge;
use regex::Regex;
use scraper::{ElementRef, Html, Node, Selector};

use super::super::document::{Document, Language, Provenance, Role, Section};
use super::error::{Problem, ReadError};
use super::outline::{parts, squeeze};
use super::text::TextBuilder;
use super::{circular, dates, language, provisions, sections};
use crate::law::{LawId, SourceKind};

/// Whether the page is a law: it has §§ in the public markup, or its head names it as one.
pub(super) fn is_law(page: &Html) -> bool {
    let has_articles =
        Selector::parse("article.legalArticle").is_ok_and(|selector| page.select(&selector).next().is_some());
    has_articles || law_id(page).is_some()
}

/// The id that the head gives ("NL/lov/1997-02-28-19" or "LOV-1997-02-28-19"), else the first § address.
fn law_id(page: &Html) -> Option<String> {
    static ID: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"(?i)\b(lov|forskrift|for)[/-](\d{4}-\d{2}-\d{2}(?:-\d+)?)").ok());
    let head = circular::head(page);
    let stated = circular::value(&head, &["refid", "dokumentid", "dokid"]).map(str::to_owned);
    let stated = stated.or_else(|| {
        let articles = Selector::parse("article.legalArticle").ok()?;
        page.select(&articles).next()?.value().attr("data-lovdata-url").map(str::to_owned)
    })?;
    let found = ID.as_ref()?.captures(&stated)?;
    let series = if found[1].eq_ignore_ascii_case("lov") { "lov" } else { "forskrift" };
    Some(format!("{series}/{}", &found[2]))
}

/// Reads a statute or regulation.
pub(super) fn read(name: &str, page: &Html) -> Result<Document, ReadError> {
    let head = circular::head(page);
    let id = law_id(page).ok_or_else(|| {
        Problem::Missing { field: "DokumentID", right: "lovens nummer, for eksempel NL/lov/1997-02-28-19".to_owned() }
            .in_file(name)
    })?;
    let kind = if id.starts_with("lov/") { SourceKind::Statute } else { SourceKind::Regulation };
    let long = circular::value(&head, &["tittel"]).unwrap_or(&id).to_owned();
    let title = circular::value(&head, &["korttittel"])
        .and_then(|short| short.split(" - ").next()?.split(" – ").next())
        .filter(|short| !short.is_empty())
        .map_or(long, str::to_owned);
    let date = match circular::value(
        &head,
        &["hentet", "sist endret", "siste endring", "i kraft", "ikrafttredelse", "dato"],
    ) {
        Some(text) => dates::find(text),
        None => None,
    };
    let law: Option<LawId> = id.parse().ok();
    let articles = articles(page);
    let built = if articles.is_empty() {
        // A regulation without §§: by its headings.
        sections::build(kind, &parts(circular::body(page)), &title, law.as_ref())
    } else {
        let mut builder = TextBuilder::default();
        let mut shown: Vec<String> = Vec::new();
        for article in articles {
            add_article(&mut builder, &mut shown, article, &id);
        }
        builder
    };
    if built.sections.is_empty() {
        return Err(Problem::NoText.in_file(name));
    }
    let nynorsk = page.root_element().value().attr("lang").is_some_and(|lang| lang.starts_with("nn"));
    Ok(Document {
        kind,
        title,
        issuer: circular::value(&head, &["departement", "myndighet"]).map(str::to_owned),
        language: if nynorsk { Language::Nn } else { language::detect(&built.text) },
        date,
        valid_from: None,
        valid_to: None,
        benefits: Vec::new(),
        provisions: Vec::new(),
        outcome: None,
        case_no: None,
        panel: None,
        reversal_reason: None,
        office: None,
        provenance: Provenance::Official,
        source_url: Some(format!(
            "https://lovdata.no/dokument/{}/{id}",
            if kind == SourceKind::Statute { "NL" } else { "SF" }
        )),
        text: built.text,
        sections: built.sections,
        id,
    })
}

fn articles(page: &Html) -> Vec<ElementRef<'_>> {
    Selector::parse("article.legalArticle").map(|selector| page.select(&selector).collect()).unwrap_or_default()
}

/// Adds one §: its headings where they are new, then a section per ledd.
fn add_article(builder: &mut TextBuilder, shown: &mut Vec<String>, article: ElementRef<'_>, law: &str) {
    let mut path = headings_above(article);
    let own = own_heading(article);
    path.push(own.clone());
    for (depth, heading) in path.iter().enumerate() {
        if shown.get(depth) != Some(heading) {
            shown.truncate(depth);
            builder.heading(heading);
            shown.push(heading.clone());
        }
    }
    shown.truncate(path.len());
    let sign = value_text(article, "legalArticleValue").unwrap_or(own);
    let address = article
        .value()
        .attr("data-lovdata-url")
        .map(|url| url.trim_start_matches("NL/").trim_start_matches("SF/").replace(' ', ""));
    let address = address.unwrap_or_else(|| format!("{law}/{}", sign.replace(' ', "")));
    let paragraphs = ledd(article);
    let count = paragraphs.len();
    for Ledd { number, text, anchor } in paragraphs {
        let range = builder.paragraphs([text.as_str()]);
        builder.sections.push(Section {
            path: path.clone(),
            locator: if count == 1 { sign.clone() } else { format!("{sign} {} ledd", provisions::ordinal(number)) },
            anchor: anchor.or_else(|| article.value().attr("id").map(str::to_owned)),
            range,
            provisions: provisions::from_id(&format!("{address}/ledd{number}")).into_iter().collect(),
            role: Role::Rule,
            marks: Vec::new(),
        });
    }
    for (label, text) in footnotes(article) {
        let range = builder.paragraphs([text.as_str()]);
        builder.sections.push(Section {
            path: path.clone(),
            locator: format!("{sign} note {label}"),
            anchor: article.value().attr("id").map(str::to_owned),
            range,
            provisions: provisions::from_id(&address).into_iter().collect(),
            role: Role::Other,
            marks: Vec::new(),
        });
    }
}

/// Headings of the parts and chapters around a §, outermost first.
fn headings_above(article: ElementRef<'_>) -> Vec<String> {
    let mut above: Vec<String> = article
        .ancestors()
        .filter_map(ElementRef::wrap)
        .filter(|element| matches!(element.value().name(), "section" | "main" | "div"))
        .filter_map(|element| {
            let heading = element
                .children()
                .filter_map(ElementRef::wrap)
                .find(|child| matches!(child.value().name(), "h1" | "h2" | "h3" | "h4" | "h5" | "h6"))?;
            let text = squeeze(&text_of(heading));
            (!text.is_empty()).then_some(text)
        })
        .collect();
    above.reverse();
    above
}

/// "§ 8-4. Arbeidsuførhet"
fn own_heading(article: ElementRef<'_>) -> String {
    let heading = article
        .children()
        .filter_map(ElementRef::wrap)
        .find(|child| child.value().classes().any(|class| class == "legalArticleHeader"))
        .map(|heading| squeeze(&text_of(heading)).trim_end_matches(['.', ' ']).to_owned());
    heading
        .filter(|heading| !heading.is_empty())
        .or_else(|| article.value().attr("data-name").map(|name| name.replace('§', "§ ")))
        .unwrap_or_else(|| "§".to_owned())
}

fn value_text(article: ElementRef<'_>, class: &str) -> Option<String> {
    let selector = Selector::parse(&format!(".{class}")).ok()?;
    let text = squeeze(&text_of(article.select(&selector).next()?));
    let text = text.trim_end_matches('.').to_owned();
    (!text.is_empty()).then_some(text)
}

/// The text of an element, without note marks.
fn text_of(element: ElementRef<'_>) -> String {
    let mut out = String::new();
    for node in element.descendants() {
        if let Node::Text(text) = node.value() {
            let in_mark = node.ancestors().filter_map(ElementRef::wrap).any(|above| above.value().name() == "sup");
            if !in_mark {
                out.push_str(&text.text);
            }
        }
    }
    out
}

/// What stands in a § without being its text: change notes, note marks and the notes themselves.
fn is_left_out(element: ElementRef<'_>) -> bool {
    element.value().classes().any(|class| {
        matches!(class, "changesToParent" | "footnotereference" | "footnotes" | "footnote" | "legalArticleHeader")
    })
}

struct Ledd {
    number: usize,
    text: String,
    anchor: Option<String>,
}

/// The ledd of a §. What stands in the § outside a ledd goes with the ledd before it.
fn ledd(article: ElementRef<'_>) -> Vec<Ledd> {
    let mut found: Vec<Ledd> = Vec::new();
    for child in article.children().filter_map(ElementRef::wrap) {
        if is_left_out(child) {
            continue;
        }
        let text = ledd_text(child);
        // "– – –" holds the place of a ledd that is not in force.
        if !text.contains(char::is_alphanumeric) {
            continue;
        }
        let is_ledd = child.value().classes().any(|class| class.ends_with("egalP"));
        match found.last_mut() {
            Some(before) if !is_ledd => {
                before.text.push('\n');
                before.text.push_str(&text);
            }
            _ => {
                let number = stated_number(child).unwrap_or(found.len() + 1);
                found.push(Ledd { number, text, anchor: child.value().attr("id").map(str::to_owned) });
            }
        }
    }
    found
}

/// The number a ledd states: `data-numerator`, or the end of its address.
fn stated_number(ledd: ElementRef<'_>) -> Option<usize> {
    if let Some(number) = ledd.value().attr("data-numerator") {
        return number.trim().parse().ok();
    }
    ledd.value().attr("id")?.rsplit_once("-ledd-")?.1.parse().ok()
}

/// The text of a ledd, each letter or number and what follows a list on a line of its own.
fn ledd_text(element: ElementRef<'_>) -> String {
    let mut lines: Vec<String> = Vec::new();
    let mut run = String::new();
    let mut skipping = 0usize;
    for edge in element.traverse() {
        match edge {
            Edge::Open(node) => match node.value() {
                Node::Element(_) if skipping > 0 => skipping += 1,
                Node::Element(value) => {
                    let Some(child) = ElementRef::wrap(node) else { continue };
                    if is_left_out(child) {
                        skipping = 1;
                    } else if value.name() == "li" {
                        flush(&mut lines, &mut run);
                        run.push_str(&letter(child));
                        run.push(' ');
                    } else if matches!(value.name(), "ol" | "ul" | "p" | "tr" | "table" | "div") {
                        flush(&mut lines, &mut run);
                    } else if matches!(value.name(), "td" | "th") && !run.trim().is_empty() {
                        run.push_str(" | ");
                    } else if value.name() == "br" {
                        run.push(' ');
                    } else if value.name() == "article"
                        && child.prev_siblings().filter_map(ElementRef::wrap).next().is_some()
                    {
                        flush(&mut lines, &mut run);
                    }
                }
                Node::Text(text) if skipping == 0 => run.push_str(&text.text),
                _ => {}
            },
            Edge::Close(node) => {
                let Node::Element(value) = node.value() else { continue };
                if skipping > 0 {
                    skipping -= 1;
                } else if matches!(value.name(), "li" | "ol" | "ul" | "p" | "tr") {
                    flush(&mut lines, &mut run);
                }
            }
        }
    }
    flush(&mut lines, &mut run);
    lines.join("\n")
}

fn flush(lines: &mut Vec<String>, run: &mut String) {
    let line = squeeze(run);
    if !line.is_empty() {
        lines.push(line);
    }
    run.clear();
}

/// The letter or number before an item as the markup gives it: "a.", "1.", "–".
fn letter(item: ElementRef<'_>) -> String {
    match item.value().attr("data-name").map(str::trim) {
        Some("-") => "–".to_owned(),
        Some(name) if !name.is_empty() => name.to_owned(),
        _ => super::html::item_mark(item),
    }
}

fn footnotes(article: ElementRef<'_>) -> Vec<(String, String)> {
    let Ok(selector) = Selector::parse("article.footnote") else { return Vec::new() };
    article
        .select(&selector)
        .filter_map(|note| {
            let label = note.value().attr("data-name").unwrap_or("1").to_owned();
            let all = squeeze(&note.text().collect::<String>());
            let text = all.strip_prefix(label.as_str()).unwrap_or(&all).trim().to_owned();
            (!text.is_empty()).then_some((label, text))
        })
        .collect()
}
