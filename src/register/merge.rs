//! A machine's finding under a person's decision. Pure rules, no database.
//!
//! - What a person has decided stands, whatever the machine finds later.
//! - A rejected conflict comes back only when one of the documents it was rejected on has changed.
//! - What the machine takes for settled is shown as resolved, unless a person has said otherwise.
//! - Where the engine groups the same pairs under another id, the decision goes along.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::conflict::Conflict;

/// State of a conflict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Found by the program, not settled.
    Open,
    /// A coordinator has said that it is one.
    Confirmed,
    /// Something has settled it.
    Resolved,
    /// A coordinator has said that it is none.
    Rejected,
}

impl Status {
    /// All states.
    pub const ALL: [Self; 4] = [Self::Open, Self::Confirmed, Self::Resolved, Self::Rejected];

    /// The code in JSON.
    pub fn code(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Confirmed => "confirmed",
            Self::Resolved => "resolved",
            Self::Rejected => "rejected",
        }
    }

    /// The name on the screen.
    pub fn norwegian(self) -> &'static str {
        match self {
            Self::Open => "åpen",
            Self::Confirmed => "bekreftet",
            Self::Resolved => "avklart",
            Self::Rejected => "avvist",
        }
    }
}

impl std::str::FromStr for Status {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|status| status.code() == text).ok_or(())
    }
}

/// What has settled a conflict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Resolution {
    /// Id of the document.
    pub document: String,
    /// Why it settles the question.
    pub why: String,
}

/// What a person has decided about a conflict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// The state decided on.
    pub status: Status,
    /// What was said with it.
    pub note: String,
    /// What settled it, when resolved.
    pub resolved_by: Option<Resolution>,
    /// The documents it was decided on: id → version key.
    pub basis: BTreeMap<String, String>,
}

/// The state that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merged {
    /// The state.
    pub status: Status,
    /// What settled it.
    pub resolved_by: Option<Resolution>,
    /// Whether a person has said so.
    pub is_decided: bool,
}

/// The machine's finding under the person's decision.
pub fn merged(conflict: &Conflict, decision: Option<&Decision>) -> Merged {
    if let Some(decision) = decision {
        return Merged { status: decision.status, resolved_by: decision.resolved_by.clone(), is_decided: true };
    }
    let resolved_by = settled(conflict);
    let status = if resolved_by.is_some() { Status::Resolved } else { Status::Open };
    Merged { status, resolved_by, is_decided: false }
}

/// What the machine takes for having settled it.
pub fn settled(conflict: &Conflict) -> Option<Resolution> {
    conflict.settled.as_ref().map(|settled| Resolution { document: settled.by.clone(), why: settled.why.clone() })
}

/// The documents of a conflict: id → version key.
pub fn basis(conflict: &Conflict) -> BTreeMap<String, String> {
    documents(conflict).map(|document| (document.id.clone(), document.version.clone())).collect()
}

fn documents(conflict: &Conflict) -> impl Iterator<Item = &crate::conflict::SideDocument> {
    conflict.sides.iter().flat_map(|side| &side.documents)
}

/// The document whose change brings a rejected conflict back, if any.
pub fn comes_back_by(decision: &Decision, conflict: &Conflict) -> Option<String> {
    if decision.status != Status::Rejected {
        return None;
    }
    // Two versions of one document can stand on different sides; it is as it was if one of them is that decided on.
    let stands = |id: &str, version: &str| documents(conflict).any(|d| d.id == id && d.version == version);
    let changed = |document: &&crate::conflict::SideDocument| {
        decision.basis.get(&document.id).is_some_and(|version| !stands(&document.id, version))
    };
    documents(conflict).find(changed).map(|document| document.id.clone())
}

/// Lets conflicts keep their ids when documents join or leave: one that is found under a new id takes the id of a known
/// one that is no longer found, if both hold two documents of opposite sides in common on the same section. What people
/// have decided about it then still holds.
pub fn keep_ids(found: &mut [Conflict], known: &[&Conflict]) {
    let section = |conflict: &Conflict| -> Option<String> {
        Some(conflict.provisions.first()?.split("/ledd").next()?.to_owned())
    };
    let ids: HashSet<String> = found.iter().map(|conflict| conflict.id.clone()).collect();
    let mut left: Vec<&Conflict> = known.iter().copied().filter(|conflict| !ids.contains(&conflict.id)).collect();
    left.sort_by(|a, b| a.id.cmp(&b.id));
    let known: HashSet<&str> = known.iter().map(|conflict| conflict.id.as_str()).collect();
    for conflict in found.iter_mut().filter(|conflict| !known.contains(conflict.id.as_str())) {
        let own = opposed(conflict);
        let heir_of = left.iter().position(|old| section(old) == section(conflict) && !own.is_disjoint(&opposed(old)));
        if let Some(at) = heir_of {
            let id = left.remove(at).id.clone();
            drop(own);
            conflict.id = id;
        }
    }
}

/// The pairs of documents that stand against each other.
fn opposed(conflict: &Conflict) -> BTreeSet<(&str, &str)> {
    let mut pairs = BTreeSet::new();
    for (at, side) in conflict.sides.iter().enumerate() {
        for other in &conflict.sides[at + 1..] {
            for a in &side.documents {
                for b in &other.documents {
                    let (a, b) = (a.id.as_str(), b.id.as_str());
                    pairs.insert((a.min(b), a.max(b)));
                }
            }
        }
    }
    pairs
}

/// Whether anything changed that a reader must know of: who stands where, in which version.
pub fn differs(before: &Conflict, now: &Conflict) -> bool {
    let sides = |conflict: &Conflict| -> BTreeSet<BTreeSet<(String, String)>> {
        let side =
            |side: &crate::conflict::Side| side.documents.iter().map(|d| (d.id.clone(), d.version.clone())).collect();
        conflict.sides.iter().map(side).collect()
    };
    sides(before) != sides(now)
}
