//! A source as it is shown beside the answer, and a quote in its place.

use crate::answer::view::{CitationView, DocumentView, PassageView};
use crate::store::Catalogue;

use super::words::{self, Tag};

/// Characters shown before and after a quote.
const CONTEXT: usize = 220;

/// Characters shown of a passage that was found but not used.
const SNIPPET: usize = 260;

/// A card in the list of sources.
pub struct Source {
    /// Footnote number; none for what was found and not used.
    pub number: Option<usize>,
    /// The document.
    pub document: Document,
    /// Where in it.
    pub locator: String,
    /// Its words.
    pub excerpt: Excerpt,
    /// Place of the words in the version's text, in characters.
    pub from: usize,
    /// End of that place.
    pub to: usize,
    /// How it was found.
    pub found_by: String,
    /// The beginning of a question about it.
    pub draft: String,
    /// What the text says about its own life cycle.
    pub marks: Vec<String>,
}

/// What is shown of a document wherever it is named.
pub struct Document {
    /// Canonical id.
    pub id: String,
    /// Title.
    pub title: String,
    /// Number of the version.
    pub version: i64,
    /// Kind, in words.
    pub kind: String,
    /// Kind, as a code, for the style sheet.
    pub code: &'static str,
    /// Whom it binds.
    pub binds: &'static str,
    /// Weight, outcome, office, date.
    pub facts: String,
    /// Warnings about its standing.
    pub tags: Vec<Tag>,
    /// Language of its text.
    pub lang: &'static str,
}

impl Document {
    /// A document, with its language from the catalogue.
    pub fn of(view: &DocumentView, catalogue: &Catalogue) -> Self {
        let version = catalogue.document(&view.id).find(|version| version.id == view.version);
        Self {
            id: view.id.clone(),
            title: view.title.clone(),
            version: view.version,
            kind: words::kind(view.kind),
            code: view.kind,
            binds: words::binds(view.kind),
            facts: words::facts(view),
            tags: words::tags(view),
            lang: version.map_or("nb", |version| words::lang(version.document.language)),
        }
    }
}

/// Words in their place.
pub struct Excerpt {
    /// What stands before.
    pub before: String,
    /// The words themselves.
    pub quote: String,
    /// What stands after.
    pub after: String,
}

impl Source {
    /// A quote that the answer rests on.
    pub fn used(number: usize, citation: &CitationView, passages: &[PassageView], catalogue: &Catalogue) -> Self {
        let passage = passages.iter().find(|passage| holds(passage, citation));
        Self {
            number: Some(number),
            document: Document::of(&citation.document, catalogue),
            locator: words::locator(&citation.document, &citation.locator),
            excerpt: in_place(citation, passage),
            from: citation.start,
            to: citation.end,
            found_by: passage.map_or_else(String::new, |passage| words::found_by(&passage.channels)),
            draft: words::draft(&citation.document, &citation.locator),
            marks: passage.map(|passage| passage.marks.clone()).unwrap_or_default(),
        }
    }

    /// A passage that was found and not used.
    pub fn other(passage: &PassageView, catalogue: &Catalogue) -> Self {
        Self {
            number: None,
            document: Document::of(&passage.document, catalogue),
            locator: words::locator(&passage.document, &passage.locator),
            excerpt: Excerpt { before: String::new(), quote: beginning(&passage.text, SNIPPET), after: String::new() },
            from: passage.start,
            to: passage.end,
            found_by: words::found_by(&passage.channels),
            draft: words::draft(&passage.document, &passage.locator),
            marks: passage.marks.clone(),
        }
    }
}

/// Whether a quote stands in a passage.
pub fn holds(passage: &PassageView, citation: &CitationView) -> bool {
    passage.document.version == citation.document.version
        && passage.document.id == citation.document.id
        && passage.start <= citation.start
        && citation.end <= passage.end
}

fn in_place(citation: &CitationView, passage: Option<&PassageView>) -> Excerpt {
    let quote = citation.quote.clone();
    let Some(passage) = passage else {
        return Excerpt { before: String::new(), quote, after: String::new() };
    };
    let characters: Vec<char> = passage.text.chars().collect();
    let (start, end) = (citation.start - passage.start, (citation.end - passage.start).min(characters.len()));
    let from = start.saturating_sub(CONTEXT);
    let to = (end + CONTEXT).min(characters.len());
    let mut before: String = characters.get(from..start).unwrap_or_default().iter().collect();
    let mut after: String = characters.get(end..to).unwrap_or_default().iter().collect();
    // Cut at a word.
    if from > 0 {
        before = format!("… {}", before.split_once(char::is_whitespace).map_or("", |(_, rest)| rest));
    }
    if to < characters.len() {
        after = format!("{} …", after.rsplit_once(char::is_whitespace).map_or("", |(rest, _)| rest));
    }
    Excerpt { before, quote, after }
}

fn beginning(text: &str, characters: usize) -> String {
    let Some((at, _)) = text.char_indices().nth(characters) else { return text.to_owned() };
    let cut = &text[..at];
    format!("{} …", cut.rsplit_once(char::is_whitespace).map_or(cut, |(rest, _)| rest))
}
