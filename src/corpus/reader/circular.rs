//! Circulars as HTML in the legal publisher's markup, and ordinary web pages, which are guidance.

use scraper::{ElementRef, Html, Selector};

use super::super::document::{Document, Provenance};
use super::error::{Problem, ReadError};
use super::outline::{Block, parts, squeeze};
use super::{dates, html, language, provisions, sections, slug};
use crate::law::SourceKind;

/// The terms and values of the head's definition list.
pub(super) fn head(page: &Html) -> Vec<(String, String)> {
    let Ok(entries) = Selector::parse(".documentHeader dt, .documentHeader dd") else { return Vec::new() };
    let mut head: Vec<(String, String)> = Vec::new();
    for entry in page.select(&entries) {
        let text = squeeze(&entry.text().collect::<String>());
        if entry.value().name() == "dt" {
            head.push((text.trim_end_matches(':').to_lowercase(), String::new()));
        } else if let Some((_, value)) = head.last_mut() {
            if !value.is_empty() {
                value.push_str("; ");
            }
            value.push_str(&text);
        }
    }
    head
}

/// The first value of the head whose term starts with one of these.
pub(super) fn value<'a>(head: &'a [(String, String)], terms: &[&str]) -> Option<&'a str> {
    terms
        .iter()
        .find_map(|term| head.iter().find(|(name, value)| name.starts_with(term) && !value.is_empty()))
        .map(|(_, value)| value.as_str())
}

/// Whether the page is a circular: its head has a document number.
pub(super) fn is_circular(page: &Html) -> bool {
    value(&head(page), &["doknr", "dokumentnr", "rundskriv"]).is_some()
}

/// Reads a circular. The date of the version is the day it was fetched ("Hentet"), else when it was last changed
/// ("Sist endret"), else its own date ("Dato").
pub(super) fn read(name: &str, page: &Html) -> Result<Document, ReadError> {
    let head = head(page);
    let number = value(&head, &["doknr", "dokumentnr", "rundskriv"]).unwrap_or_default();
    let id = super::circular_id(number).unwrap_or_else(|| {
        number.split([' ', ';', ',']).next().filter(|id| !id.is_empty()).map_or_else(|| slug(name), str::to_owned)
    });
    let title = value(&head, &["tittel"]).map(str::to_owned).or_else(|| page_title(page)).unwrap_or_else(|| id.clone());
    let date = match value(&head, &["hentet", "sist endret", "sist endra", "dato"]) {
        Some(text) => dates::field("Hentet", text).map_err(|problem| problem.in_file(name))?,
        None => None,
    };
    let law = provisions::context(&[], &title);
    let mut about = Vec::new();
    for text in [value(&head, &["henvisning"]).unwrap_or_default(), &title] {
        for provision in provisions::in_text(text, law.as_ref()) {
            provisions::push(&mut about, Some(provision));
        }
    }
    let issuer = value(&head, &["myndighet", "utgiver", "etat"]).map(str::to_owned);
    let stated = |terms: &[&str], field: &'static str| match value(&head, terms) {
        Some(text) => dates::field(field, text).map_err(|problem| problem.in_file(name)),
        None => Ok(None),
    };
    let valid_from = stated(&["gjelder fra", "gjeld frå"], "Gjelder fra")?;
    let valid_to = stated(&["gjelder til", "gjeld til"], "Gjelder til")?;
    let draft = Draft { id, kind: SourceKind::Circular, title, issuer, date, about, blocks: body(page) };
    let mut document = finish(name, page, draft)?;
    document.valid_from = valid_from;
    document.valid_to = valid_to;
    document.provenance = super::stated_provenance(value(&head, &["merknad"]).unwrap_or_default());
    Ok(document)
}

/// Reads a page that is no circular: guidance, by its headings.
pub(super) fn read_page(name: &str, page: &Html) -> Result<Document, ReadError> {
    let mut blocks = body(page);
    let first = blocks.iter().position(|block| matches!(block, Block::Heading { .. }));
    let heading = first.and_then(|first| match &blocks[first] {
        Block::Heading { level: 1, text, .. } => Some((first, squeeze(text))),
        _ => None,
    });
    let title = match heading {
        Some((first, text)) => {
            blocks.remove(first);
            text
        }
        None => page_title(page).unwrap_or_else(|| slug(name)),
    };
    let head_date = Selector::parse("time[datetime], meta[property='article:modified_time'], meta[name='date']")
        .ok()
        .and_then(|dates| page.select(&dates).next())
        .and_then(|element| element.value().attr("datetime").or_else(|| element.value().attr("content")))
        .and_then(dates::find);
    let draft = Draft {
        id: slug(name),
        kind: super::kind_of_title(&title).unwrap_or(SourceKind::Guidance),
        title,
        issuer: None,
        date: head_date,
        about: Vec::new(),
        blocks,
    };
    finish(name, page, draft)
}

struct Draft {
    id: String,
    kind: SourceKind,
    title: String,
    issuer: Option<String>,
    date: Option<jiff::civil::Date>,
    about: Vec<crate::law::ProvisionId>,
    blocks: Vec<Block>,
}

fn finish(name: &str, page: &Html, draft: Draft) -> Result<Document, ReadError> {
    let law = provisions::context(&draft.about, &draft.title);
    let built = sections::build(draft.kind, &parts(draft.blocks), &draft.title, law.as_ref());
    if built.sections.is_empty() {
        return Err(Problem::NoText.in_file(name));
    }
    let stated = page.root_element().value().attr("lang").map(str::to_lowercase);
    let language = match stated.as_deref() {
        Some("nn" | "nn-no" | "nno") => super::super::document::Language::Nn,
        _ => language::detect(&built.text),
    };
    Ok(Document {
        id: draft.id,
        kind: draft.kind,
        title: draft.title,
        issuer: draft.issuer,
        language,
        date: draft.date,
        valid_from: None,
        valid_to: None,
        benefits: Vec::new(),
        provisions: draft.about,
        outcome: None,
        case_no: None,
        panel: None,
        reversal_reason: None,
        office: None,
        provenance: Provenance::Official,
        source_url: canonical(page),
        text: built.text,
        sections: built.sections,
    })
}

/// The blocks of the page's main part.
pub(super) fn body(page: &Html) -> Vec<Block> {
    let main = ["main", "article[role=main]", "body"].iter().find_map(|name| {
        let selector = Selector::parse(name).ok()?;
        page.select(&selector).next()
    });
    html::blocks(main.unwrap_or_else(|| page.root_element()))
}

fn page_title(page: &Html) -> Option<String> {
    let selector = Selector::parse("head title").ok()?;
    let title =
        page.select(&selector).next().map(|title: ElementRef<'_>| squeeze(&title.text().collect::<String>()))?;
    (!title.is_empty()).then_some(title)
}

fn canonical(page: &Html) -> Option<String> {
    let selector = Selector::parse("link[rel=canonical]").ok()?;
    page.select(&selector).next()?.value().attr("href").map(str::to_owned)
}
