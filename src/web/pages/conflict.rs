//! A conflict between sources, from its JSON in the public contract.

use serde::Deserialize;
use serde_json::Value;

use crate::answer::view::DocumentView;
use crate::app::today;
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
    r#type: String,
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
            kind: kind(&raw.r#type),
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
            // The version that has the words; the newest first.
            let versions: Vec<_> = catalogue.document(&raw.id).collect();
            let found = versions.iter().rev().find_map(|version| {
                let text = &version.document.text;
                let at = text.find(&raw.quote)?;
                let start = text[..at].chars().count();
                Some((*version, (start, start + raw.quote.chars().count())))
            });
            let version = found.map(|(version, _)| version).or(versions.last().copied());
            SideQuote {
                document: version.map(|version| Document::of(&DocumentView::of(version, today()), catalogue)),
                place: found.map(|(_, place)| place),
                id: raw.id,
                locator: raw.locator,
                quote: raw.quote,
            }
        });
        Self { stance: raw.stance, quotes: quotes.collect() }
    }
}

fn kind(code: &str) -> &'static str {
    match code {
        "tribunal_vs_circular" => "Trygderetten mot rundskriv",
        "tribunal_vs_tribunal" => "Trygderetten mot Trygderetten",
        "appeals_vs_circular" => "Klageinstansen mot rundskriv",
        "appeals_vs_appeals" => "Klageinstansen mot klageinstansen",
        "tribunal_vs_appeals" => "Trygderetten mot klageinstansen",
        "court_vs_circular" => "Domstol mot rundskriv",
        "court_vs_tribunal" => "Domstol mot Trygderetten",
        "court_vs_appeals" => "Domstol mot klageinstansen",
        "higher_law" => "Overordnet rett mot praksis",
        "guidance_vs_source" => "Veiledning mot kilden",
        _ => "Ulik praksis",
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
