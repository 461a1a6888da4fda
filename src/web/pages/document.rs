//! A document with its sections, and the quoted words marked in it.

use std::ops::Range;
use std::sync::Arc;

use askama::Template;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};

use super::source::{Document, Excerpt};
use super::{not_found, page, words};
use crate::answer::view::DocumentView;
use crate::app::today;
use crate::corpus::{Mark, Role, Section};
use crate::store::{Catalogue, Version};
use crate::web::api::{find_document, version_number};
use crate::web::assets;
use crate::web::problem::Problem;
use crate::web::query::Pairs;
use crate::web::service::Service;

#[derive(Template)]
#[template(path = "document.html")]
struct DocumentPage {
    assets: &'static str,
    document: Document,
    is_superseded: bool,
    issuer: Option<String>,
    date: Option<String>,
    valid_from: Option<String>,
    valid_to: Option<String>,
    outcome: Option<String>,
    case_no: Option<String>,
    url: Option<String>,
    draft: String,
    marks: Vec<String>,
    versions: Vec<VersionLink>,
    parts: Vec<Part>,
    has_quote: bool,
}

struct VersionLink {
    number: i64,
    label: String,
    is_shown: bool,
}

/// A section: headings that are new since the one before, and its text.
struct Part {
    headings: Vec<Heading>,
    locator: Option<String>,
    role: Option<&'static str>,
    marks: Vec<String>,
    text: Excerpt,
    /// Whether the mark here is the first, where the page opens.
    is_first_mark: bool,
}

struct Heading {
    level: usize,
    text: String,
}

pub async fn show(State(service): State<Arc<Service>>, id: Result<Path<String>, PathRejection>, uri: Uri) -> Response {
    let Ok(Path(id)) = id else { return not_found("Dokumentet finnes ikke.") };
    let (wanted, from, to) = match place(&uri) {
        Ok(place) => place,
        Err(problem) => return problem.into_response(),
    };
    let catalogue = service.app().catalogue();
    match find_document(&catalogue, &id, wanted) {
        Ok(version) => page(StatusCode::OK, &DocumentPage::of(&catalogue, version, from..to)),
        Err(_) => not_found("Dokumentet eller versjonen finnes ikke i basen. Det kan ha fått en nyere versjon."),
    }
}

fn place(uri: &Uri) -> Result<(Option<i64>, usize, usize), Problem> {
    let mut pairs = Pairs::read(uri)?;
    let wanted = version_number(&mut pairs)?;
    let all = 0..=u32::MAX as usize;
    Ok((wanted, pairs.number("fra", all.clone(), 0)?, pairs.number("til", all, 0)?))
}

impl DocumentPage {
    /// A version with the words at `quoted` (in characters) marked.
    fn of(catalogue: &Catalogue, version: &Version, quoted: Range<usize>) -> Self {
        let view = DocumentView::of(version, today());
        let document = &version.document;
        let quoted = in_bytes(&document.text, quoted);
        let mut parts: Vec<Part> = Vec::with_capacity(document.sections.len());
        let mut above: &[String] = &[];
        let mut is_marked = false;
        for section in &document.sections {
            let part = Part::of(section, above, &document.text, &quoted, is_marked);
            is_marked |= part.is_first_mark;
            above = &section.path;
            parts.push(part);
        }
        let mut marks: Vec<String> = Vec::new();
        for mark in document.sections.iter().flat_map(|section| &section.marks) {
            // A change that is done with is told in its place only.
            if !matches!(mark, Mark::Changed { .. }) && !marks.contains(&words::mark(mark)) {
                marks.push(words::mark(mark));
            }
        }
        let versions: Vec<_> = catalogue.document(&document.id).collect();
        Self {
            assets: &assets::VERSION,
            is_superseded: view.status == "superseded",
            issuer: document.issuer.clone(),
            date: view.date.as_deref().map(words::date),
            valid_from: view.valid_from.as_deref().map(words::date),
            valid_to: view.valid_to.as_deref().map(words::date),
            outcome: view.outcome.as_deref().map(words::outcome),
            case_no: document.case_no.clone(),
            url: document.source_url.clone().filter(|url| url.starts_with("https://") || url.starts_with("http://")),
            draft: words::draft(&view, "").replace("  ", " "),
            marks,
            versions: versions.iter().rev().map(|other| VersionLink::of(other, other.id == version.id)).collect(),
            document: Document::of(&view, catalogue),
            parts,
            has_quote: is_marked,
        }
    }
}

impl VersionLink {
    fn of(version: &Version, is_shown: bool) -> Self {
        let view = DocumentView::of(version, today());
        let day = |iso: Option<&str>| iso.map(words::date);
        let label = match (day(view.valid_from.as_deref()), day(view.valid_to.as_deref())) {
            (Some(from), Some(to)) => format!("{from} – {to}"),
            (Some(from), None) => format!("fra {from}"),
            (None, Some(to)) => format!("til {to}"),
            (None, None) => day(view.date.as_deref()).unwrap_or_else(|| "uten dato".to_owned()),
        };
        Self { number: version.id, label, is_shown }
    }
}

impl Part {
    fn of(section: &Section, above: &[String], text: &str, quoted: &Range<usize>, is_marked: bool) -> Self {
        let same = section.path.iter().zip(above).take_while(|(a, b)| a == b).count();
        let headings = section.path.iter().enumerate().skip(same).map(|(depth, heading)| Heading {
            // The document's title is h1.
            level: (depth + 2).min(6),
            text: heading.clone(),
        });
        let headings: Vec<Heading> = headings.collect();
        let is_heading =
            |locator: &String| section.path.last().is_some_and(|heading| heading.starts_with(locator.as_str()));
        let text = cut(text, &section.range, quoted);
        Self {
            locator: Some(section.locator.clone()).filter(|locator| !locator.is_empty() && !is_heading(locator)),
            role: role(section.role),
            marks: section.marks.iter().map(words::mark).collect(),
            is_first_mark: !is_marked && !text.quote.is_empty(),
            headings,
            text,
        }
    }
}

/// Who speaks, where it is not plain from the heading and matters for how the words may be used.
fn role(role: Role) -> Option<&'static str> {
    match role {
        Role::Argument => Some("Partens anførsel, ikke rettens syn"),
        Role::Dissent => Some("Dissens"),
        Role::Example => Some("Eksempel"),
        _ => None,
    }
}

/// The text of a section around what is quoted of it.
fn cut(text: &str, section: &Range<usize>, quoted: &Range<usize>) -> Excerpt {
    let start = quoted.start.clamp(section.start, section.end);
    let end = quoted.end.clamp(start, section.end);
    let part = |range: Range<usize>| text.get(range).unwrap_or_default().to_owned();
    if start == end {
        return Excerpt { before: part(section.clone()), quote: String::new(), after: String::new() };
    }
    Excerpt { before: part(section.start..start), quote: part(start..end), after: part(end..section.end) }
}

/// A range in characters as a range in bytes; what lies beyond the text is cut off.
fn in_bytes(text: &str, range: Range<usize>) -> Range<usize> {
    let at = |character: usize| text.char_indices().nth(character).map_or(text.len(), |(at, _)| at);
    if range.start >= range.end {
        return 0..0;
    }
    at(range.start)..at(range.end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_quoted_words_are_cut_out() {
        let text = "Første ledd. Så ståår det noe.";
        let quoted = in_bytes(text, 16..21);
        assert_eq!(&text[quoted.clone()], "ståår");
        let excerpt = cut(text, &(0..text.len()), &quoted);
        assert_eq!((excerpt.before.as_str(), excerpt.quote.as_str()), ("Første ledd. Så ", "ståår"));
        assert_eq!(cut(text, &(0..5), &quoted).quote, "");
        assert_eq!(in_bytes(text, 10..4_000_000), 11..text.len());
        assert_eq!(in_bytes(text, Range { start: 9, end: 3 }), 0..0);
    }
}
