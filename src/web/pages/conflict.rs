//! A conflict between sources, from its JSON in the public contract.

use serde::Deserialize;
use serde_json::Value;

use crate::answer::view::DocumentView;
use crate::app::today;
use crate::conflict::ConflictKind;
use crate::register::kind_name;
use crate::store::Catalogue;

use super::source::Document;

/// A conflict as shown: both sides beside each other.
pub struct Conflict {
    /// Whether it is settled.
    pub is_resolved: bool,
    /// What kind of conflict.
    pub kind: &'static str,
    /// The question that the sides answer differently.
    pub question: String,
    /// The sides.
    pub sides: Vec<Side>,
    /// Why it is held to be a conflict.
    pub explanation: String,
    /// What settled it, and why.
    pub resolution: Option<String>,
}

/// One side.
pub struct Side {
    /// What it holds.
    pub stance: String,
    /// The quotes it rests on.
    pub quotes: Vec<SideQuote>,
}

/// A quote on one side.
pub struct SideQuote {
    /// The document, where the base has it.
    pub document: Option<Document>,
    /// Its id.
    pub id: String,
    /// Where in it.
    pub locator: String,
    /// The words.
    pub quote: String,
    /// Place of the words in characters, where found.
    pub place: Option<(usize, usize)>,
}

#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
struct Raw {
    #[serde(rename = "type")]
    kind: Option<ConflictKind>,
    status: String,
    question: String,
    sides: Vec<RawSide>,
    explanation: String,
    resolved_by: Option<RawResolution>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct RawSide {
    stance: String,
    documents: Vec<RawQuote>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct RawQuote {
    id: String,
    quote: String,
    locator: String,
    version: i64,
    start: usize,
    end: usize,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct RawResolution {
    document: String,
    why: String,
}

impl Conflict {
    /// The conflicts to show: a rejected one is none, and one without a quote on both sides is not shown at all.
    pub fn all(values: &[Value], catalogue: &Catalogue) -> Vec<Self> {
        values.iter().filter_map(|value| Self::of(value, catalogue)).collect()
    }

    fn of(value: &Value, catalogue: &Catalogue) -> Option<Self> {
        let raw = Raw::deserialize(value).ok()?;
        let has_quotes = |side: &RawSide| side.documents.iter().any(|document| !document.quote.is_empty());
        if raw.status == "rejected" || raw.sides.len() < 2 || !raw.sides.iter().all(has_quotes) {
            return None;
        }
        Some(Self {
            is_resolved: raw.status == "resolved",
            kind: raw.kind.map_or("Ulik praksis", kind_name),
            question: raw.question,
            sides: raw.sides.into_iter().map(|side| Side::of(side, catalogue)).collect(),
            explanation: raw.explanation,
            resolution: raw.resolved_by.map(|by| [by.document, by.why].join(": ")),
        })
    }
}

impl Side {
    fn of(raw: RawSide, catalogue: &Catalogue) -> Self {
        let quotes = raw.documents.into_iter().map(|raw| {
            let version = catalogue.document(&raw.id).find(|version| version.id == raw.version);
            SideQuote {
                document: version.map(|version| Document::of(&DocumentView::of(version, today()), catalogue)),
                place: version.map(|_| (raw.start, raw.end)),
                id: raw.id,
                locator: raw.locator,
                quote: raw.quote,
            }
        });
        Self { stance: raw.stance, quotes: quotes.collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn conflict(status: &str) -> Value {
        let side =
            |stance: &str| json!({"stance": stance, "documents": [{"id": "X", "quote": "ord", "locator": "§ 1"}]});
        json!({"id": "c1", "type": "tribunal_vs_circular", "status": status, "question": "Hva?",
               "sides": [side("ja"), side("nei")], "explanation": "", "resolved_by": null, "signals": [], "score": 0.9})
    }

    #[test]
    fn rejected_and_one_sided_conflicts_are_not_shown() {
        let catalogue = Catalogue::default();
        let shown = |value: Value| Conflict::all(&[value], &catalogue);
        assert_eq!(shown(conflict("open"))[0].kind, "Trygderetten mot rundskriv");
        assert!(!shown(conflict("confirmed"))[0].is_resolved);
        assert!(shown(conflict("resolved"))[0].is_resolved);
        assert!(shown(conflict("rejected")).is_empty());
        let mut one_sided = conflict("open");
        one_sided["sides"][1]["documents"] = json!([]);
        assert!(shown(one_sided).is_empty());
        assert!(shown(json!("tull")).is_empty());
    }
}
