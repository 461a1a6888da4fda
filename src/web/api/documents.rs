//! The documents of the base, and one of them with its text.

use std::ops::Range;
use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::Uri;
use serde::Serialize;
use utoipa::ToSchema;

use crate::answer::view::DocumentView;
use crate::app::today;
use crate::corpus::{Language, Role};
use crate::store::{Catalogue, Version};
use crate::web::problem::Problem;
use crate::web::query::Pairs;
use crate::web::service::Service;

/// Most documents in one answer.
const MAX_LIST: usize = 1_000;

/// Part of the list of documents.
#[derive(Serialize, ToSchema)]
pub struct DocumentList {
    /// Number of documents, also beyond this part.
    total: usize,
    /// The version of each that is the rule today, else its newest; by id.
    documents: Vec<DocumentView>,
}

/// A document with its text.
#[derive(Serialize, ToSchema)]
pub struct DocumentText {
    /// Identity and standing.
    #[serde(flatten)]
    document: DocumentView,
    /// `nb` or `nn`.
    #[schema(value_type = String)]
    language: Language,
    /// Where the original is published.
    url: Option<String>,
    /// The whole text of this version.
    text: String,
    /// Its own structure, in order.
    sections: Vec<SectionView>,
    /// All versions, oldest first.
    versions: Vec<DocumentView>,
}

/// A headed part of a document.
#[derive(Serialize, ToSchema)]
pub struct SectionView {
    /// Where it stands, as a person would say it.
    locator: String,
    /// Headings above it, outermost first.
    path: Vec<String>,
    /// Who speaks.
    #[schema(value_type = String)]
    role: Role,
    /// Provisions it is about.
    provisions: Vec<String>,
    /// Its place in the text, in Unicode scalar values.
    start: usize,
    /// End of that place.
    end: usize,
}

/// List the documents
#[utoipa::path(
    get,
    path = "/api/v1/documents",
    tag = "kilder",
    params(
        ("kind" = Option<Vec<String>>, Query, description = "Bare denne typen kilde; kan gjentas"),
        ("limit" = Option<u16>, Query, description = "Antall, 1–1000; ellers 1000", minimum = 1, maximum = 1000),
        ("offset" = Option<u32>, Query, description = "Hopp over så mange"),
    ),
    responses(
        (status = 200, description = "Dokumentene", body = DocumentList),
        (status = "4XX", description = "400 eller 422", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn list(State(service): State<Arc<Service>>, uri: Uri) -> Result<Json<DocumentList>, Problem> {
    let mut pairs = Pairs::read(&uri)?;
    let kinds = pairs.kinds()?;
    let limit = pairs.number("limit", 1..=MAX_LIST, MAX_LIST)?;
    let offset = pairs.number("offset", 0..=u32::MAX as usize, 0)?;
    pairs.end()?;
    let (catalogue, today) = (service.app().catalogue(), today());
    let mut ids: Vec<&str> = catalogue
        .versions()
        .iter()
        .filter(|version| kinds.is_empty() || kinds.contains(&version.document.kind))
        .map(|version| version.document.id.as_str())
        .collect();
    ids.sort_unstable();
    ids.dedup();
    let total = ids.len();
    let documents = ids
        .into_iter()
        .skip(offset)
        .take(limit)
        .filter_map(|id| catalogue.version_on(id, today))
        .map(|version| DocumentView::of(version, today))
        .collect();
    Ok(Json(DocumentList { total, documents }))
}

/// Read a document
///
/// The id may hold slashes (`lov/1997-02-28-19`), plain or percent-encoded.
#[utoipa::path(
    get,
    path = "/api/v1/documents/{*id}",
    tag = "kilder",
    params(
        ("id" = String, Path, description = "Dokumentets id"),
        ("version" = Option<i64>, Query, description = "En bestemt versjon; ellers den som gjelder i dag"),
    ),
    responses(
        (status = 200, description = "Dokumentet", body = DocumentText),
        (status = "4XX", description = "400, 404 eller 422", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn one(
    State(service): State<Arc<Service>>,
    id: Result<Path<String>, PathRejection>,
    uri: Uri,
) -> Result<Json<DocumentText>, Problem> {
    let Path(id) = id?;
    let mut pairs = Pairs::read(&uri)?;
    let wanted = version_number(&mut pairs)?;
    pairs.end()?;
    let catalogue = service.app().catalogue();
    let version = find(&catalogue, &id, wanted)?;
    Ok(Json(DocumentText::of(&catalogue, version, today())))
}

/// The number of a version in a query string.
///
/// # Errors
/// It is no number.
pub fn version_number(pairs: &mut Pairs) -> Result<Option<i64>, Problem> {
    let wrong = |_| Problem::unprocessable("«version» må være et tall fra listen over dokumentets versjoner.");
    pairs.one("version")?.map(|text| text.parse().map_err(wrong)).transpose()
}

/// A version of a document: the one wanted, else the one that is the rule today, else the newest.
///
/// # Errors
/// There is none.
pub fn find<'a>(catalogue: &'a Catalogue, id: &str, wanted: Option<i64>) -> Result<&'a Arc<Version>, Problem> {
    let version = match wanted {
        Some(number) => catalogue.document(id).find(|version| version.id == number),
        None => catalogue.version_on(id, today()),
    };
    version.ok_or_else(|| {
        Problem::not_found("Dokumentet eller versjonen finnes ikke i basen; se listen på /api/v1/documents.")
    })
}

impl DocumentText {
    fn of(catalogue: &Catalogue, version: &Version, today: u32) -> Self {
        let document = &version.document;
        let places = in_characters(&document.text, document.sections.iter().map(|section| section.range.clone()));
        let sections = document.sections.iter().zip(places).map(|(section, place)| SectionView {
            locator: section.locator.clone(),
            path: section.path.clone(),
            role: section.role,
            provisions: section.provisions.iter().map(ToString::to_string).collect(),
            start: place.start,
            end: place.end,
        });
        Self {
            document: DocumentView::of(version, today),
            language: document.language,
            url: document.source_url.clone(),
            text: document.text.clone(),
            sections: sections.collect(),
            versions: catalogue.document(&document.id).map(|version| DocumentView::of(version, today)).collect(),
        }
    }
}

/// Byte ranges as ranges of Unicode scalar values, in one pass when they come in order.
pub fn in_characters(text: &str, ranges: impl Iterator<Item = Range<usize>>) -> Vec<Range<usize>> {
    let (mut byte, mut character) = (0, 0);
    let mut count_to = |target: usize| {
        if target < byte {
            (byte, character) = (0, 0);
        }
        character += text.get(byte..target).map_or(0, |between| between.chars().count());
        byte = target;
        character
    };
    ranges.map(|range| count_to(range.start)..count_to(range.end)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_characters() {
        let text = "åå bb øø";
        let places = in_characters(text, [0..4, 5..7, 8..12, 0..2].into_iter());
        assert_eq!(places, [0..2, 3..5, 6..8, 0..1]);
    }
}
