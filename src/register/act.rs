//! What people do, and who they are.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::RegisterError;
use super::merge::{Resolution, Status};
use crate::store::Catalogue;

/// Longest note, in characters.
const MAX_TEXT: usize = 4_000;

/// What somebody may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Reads.
    Adviser,
    /// Settles conflicts and writes clarifications.
    Coordinator,
}

impl Role {
    /// The name on the screen.
    pub fn norwegian(self) -> &'static str {
        match self {
            Self::Adviser => "veileder",
            Self::Coordinator => "fagkoordinator",
        }
    }

    /// The code in cookies and JSON.
    pub fn code(self) -> &'static str {
        match self {
            Self::Adviser => "adviser",
            Self::Coordinator => "coordinator",
        }
    }
}

/// Who acts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Actor {
    /// Name.
    pub name: String,
    /// Role.
    pub role: Role,
}

impl Actor {
    pub(super) fn may_change(&self) -> Result<(), RegisterError> {
        match self.role {
            Role::Coordinator => Ok(()),
            Role::Adviser => Err(RegisterError::Refused(
                "Bare fagkoordinatorer kan endre registeret; en veileder kan lese det.".into(),
            )),
        }
    }
}

/// An act, with the state before and after.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Act {
    /// When, ISO 8601.
    pub at: String,
    /// Who; the program itself where it had to touch a decision.
    pub name: String,
    /// In which role.
    pub role: String,
    /// What, in Norwegian.
    pub what: String,
    /// State before; null when there was none.
    #[schema(value_type = Object)]
    pub before: Value,
    /// State after.
    #[schema(value_type = Object)]
    pub after: Value,
}

/// What a coordinator can make of a conflict.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum Settlement {
    /// It is one.
    Confirm {
        /// A word on it.
        #[serde(default)]
        note: String,
    },
    /// It is none.
    Reject {
        /// Why; must be given.
        note: String,
    },
    /// It is settled.
    Resolve {
        /// The document that settled it.
        document: String,
        /// Why; must be given.
        note: String,
    },
    /// It is open (again).
    Reopen {
        /// A word on it.
        #[serde(default)]
        note: String,
    },
}

impl Settlement {
    /// The status it leads to.
    pub fn status(&self) -> Status {
        match self {
            Self::Confirm { .. } => Status::Confirmed,
            Self::Reject { .. } => Status::Rejected,
            Self::Resolve { .. } => Status::Resolved,
            Self::Reopen { .. } => Status::Open,
        }
    }

    /// What was said with it.
    pub fn note(&self) -> &str {
        match self {
            Self::Confirm { note } | Self::Reject { note } | Self::Resolve { note, .. } | Self::Reopen { note } => {
                note.trim()
            }
        }
    }

    pub(super) fn resolution(&self) -> Option<Resolution> {
        match self {
            Self::Resolve { document, note } => {
                Some(Resolution { document: document.trim().to_owned(), why: note.trim().to_owned() })
            }
            _ => None,
        }
    }

    /// What was done, in Norwegian.
    pub(super) fn what(&self) -> String {
        match self {
            Self::Confirm { .. } => "bekreftet konflikten".to_owned(),
            Self::Reject { .. } => "avviste konflikten".to_owned(),
            Self::Resolve { document, .. } => format!("markerte konflikten som avklart av {}", document.trim()),
            Self::Reopen { .. } => "åpnet konflikten igjen".to_owned(),
        }
    }

    pub(super) fn check(&self, catalogue: &Catalogue) -> Result<(), RegisterError> {
        check_text(self.note())?;
        let needs_words = matches!(self, Self::Reject { .. } | Self::Resolve { .. });
        if needs_words && self.note().is_empty() {
            return Err(RegisterError::Refused("Skriv en begrunnelse.".into()));
        }
        if let Some(resolution) = self.resolution()
            && catalogue.document(&resolution.document).next().is_none()
        {
            return Err(RegisterError::Refused(format!(
                "Dokumentet «{}» finnes ikke i basen; skriv id-en slik den står på dokumentets side.",
                resolution.document
            )));
        }
        Ok(())
    }
}

/// Text that is kept: not too long, and without personal data.
pub(super) fn check_text(text: &str) -> Result<(), RegisterError> {
    if text.chars().count() > MAX_TEXT {
        return Err(RegisterError::Refused(format!("Teksten er for lang; grensen er {MAX_TEXT} tegn.")));
    }
    match crate::answer::guard(text) {
        Some(blocked) => Err(RegisterError::Refused(format!("Teksten er ikke lagret: {}", blocked.text))),
        None => Ok(()),
    }
}

/// How a ruling is to be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Signal {
    /// The signal.
    pub kind: SignalKind,
    /// A word on it.
    #[serde(default)]
    pub note: String,
}

/// The signals there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SignalKind {
    /// Decides a question of principle.
    Principled,
    /// One of several that say the same.
    Line,
    /// Stands alone.
    Single,
    /// To be watched for a second one.
    Watch,
}

impl SignalKind {
    /// All signals.
    pub const ALL: [Self; 4] = [Self::Principled, Self::Line, Self::Single, Self::Watch];

    /// The code in forms and JSON.
    pub fn code(self) -> &'static str {
        match self {
            Self::Principled => "principled",
            Self::Line => "line",
            Self::Single => "single",
            Self::Watch => "watch",
        }
    }

    /// The name on the screen.
    pub fn norwegian(self) -> &'static str {
        match self {
            Self::Principled => "prinsipiell",
            Self::Line => "del av en linje",
            Self::Single => "enkeltsak",
            Self::Watch => "følg med på neste",
        }
    }
}
