//! How much a source weighs.
//!
//! The order is the product's: EEA law and statute, regulation; Supreme Court, courts of appeal;
//! the tribunal with five members, then three, then two, full reasons before simplified; the
//! circular, which binds Nav's first line and neither the tribunal nor the courts; the appeals body;
//! a clarification; guidance. It is for showing and ranking, and never for hiding a side.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The eight kinds of document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceKind {
    /// A statute.
    Statute,
    /// A regulation.
    Regulation,
    /// The directorate's instruction on how a rule is to be read and practised.
    Circular,
    /// A decision by Nav klageinstans, the appeals body.
    AppealsRuling,
    /// A decision by Trygderetten, the National Insurance tribunal.
    TribunalDecision,
    /// A judgment by lagmannsrett, Høyesterett, the EFTA Court or the CJEU.
    CourtJudgment,
    /// A subject coordinator's or the directorate's written answer to a raised question.
    Clarification,
    /// Knowledge-base article, web page, standard text: explains, binds nobody.
    Guidance,
}

impl SourceKind {
    /// All kinds, weightiest first for a source of which no more is known.
    pub const ALL: [Self; 8] = [
        Self::Statute,
        Self::Regulation,
        Self::CourtJudgment,
        Self::TribunalDecision,
        Self::Circular,
        Self::AppealsRuling,
        Self::Clarification,
        Self::Guidance,
    ];

    /// The code in JSON and front matter.
    pub fn code(self) -> &'static str {
        match self {
            Self::Statute => "statute",
            Self::Regulation => "regulation",
            Self::Circular => "circular",
            Self::AppealsRuling => "appeals_ruling",
            Self::TribunalDecision => "tribunal_decision",
            Self::CourtJudgment => "court_judgment",
            Self::Clarification => "clarification",
            Self::Guidance => "guidance",
        }
    }

    /// The name on the screen.
    pub fn norwegian(self) -> &'static str {
        match self {
            Self::Statute => "lov",
            Self::Regulation => "forskrift",
            Self::Circular => "rundskriv",
            Self::AppealsRuling => "klageinstansens vedtak",
            Self::TribunalDecision => "kjennelse",
            Self::CourtJudgment => "dom",
            Self::Clarification => "avklaring",
            Self::Guidance => "veiledningstekst",
        }
    }
}

/// A kind that is none of the eight.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "«{0}» is not a kind of source; use statute, regulation, circular, appeals_ruling, tribunal_decision, court_judgment, clarification or guidance"
)]
pub struct UnknownKind(String);

impl FromStr for SourceKind {
    type Err = UnknownKind;

    fn from_str(text: &str) -> Result<Self, UnknownKind> {
        Self::ALL.into_iter().find(|kind| kind.code() == text).ok_or_else(|| UnknownKind(text.to_owned()))
    }
}

impl fmt::Display for SourceKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// Which court a judgment is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Court {
    /// The EFTA Court or the CJEU, on what EEA law means.
    European,
    /// Høyesterett.
    Supreme,
    /// A lagmannsrett.
    Appeal,
}

impl Court {
    /// The court that the id of a judgment tells: `HR-2021-2126-A` and `Rt-2005-1757` Høyesterett,
    /// `LE-2011-109229` a lagmannsrett, `E-8/20` and `C-543/03` the European courts.
    pub fn of(id: &str) -> Option<Self> {
        match id.split_once('-')?.0 {
            "HR" | "Rt" => Some(Self::Supreme),
            "E" | "C" | "T" => Some(Self::European),
            "LA" | "LB" | "LE" | "LF" | "LG" | "LH" | "LS" => Some(Self::Appeal),
            _ => None,
        }
    }
}

/// How a tribunal decision gives its reasons.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reasoning {
    /// Full reasons, as every decision for the citizen must have.
    Full,
    /// Simplified reasons: upheld and plainly unfounded.
    Simplified,
}

/// What is known of a source beside its kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Standing {
    /// The court, for judgments.
    pub court: Option<Court>,
    /// How many members decided, for tribunal decisions (2, 3 or 5; 4 has happened).
    pub members: Option<u8>,
    /// How it gives its reasons, for tribunal decisions.
    pub reasoning: Option<Reasoning>,
}

/// A place in the order of weight; greater weighs more. Only the order means anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Authority(u8);

impl Authority {
    /// The greatest ordinal: a statute's.
    pub const MOST: u8 = 100;

    /// The ordinal, from 10 (guidance) to 100 (statute).
    pub fn ordinal(self) -> u8 {
        self.0
    }
}

/// The weight of a source.
///
/// What is not known counts as the ordinary case, so that missing metadata never lifts a source: a
/// court of appeal, two members (the usual number today, trygderettsloven § 7), and full reasons,
/// which every published decision since 2003 has. A European judgment stands beside Høyesterett:
/// it settles what EEA law means, and the two do not rank against each other.
pub fn authority(kind: SourceKind, standing: Standing) -> Authority {
    Authority(match kind {
        SourceKind::Statute => 100,
        SourceKind::Regulation => 90,
        SourceKind::CourtJudgment => match standing.court {
            Some(Court::European | Court::Supreme) => 80,
            Some(Court::Appeal) | None => 70,
        },
        SourceKind::TribunalDecision => {
            let members = match standing.members {
                Some(5..) => 60,
                Some(3 | 4) => 56,
                _ => 54,
            };
            match standing.reasoning {
                Some(Reasoning::Simplified) => members - 4,
                _ => members,
            }
        }
        SourceKind::Circular => 40,
        SourceKind::AppealsRuling => 30,
        SourceKind::Clarification => 20,
        SourceKind::Guidance => 10,
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn sources_are_ordered_as_the_product_says() {
        let court =
            |court| authority(SourceKind::CourtJudgment, Standing { court: Some(court), ..Standing::default() });
        let tribunal = |members, reasoning| {
            let standing = Standing { members: Some(members), reasoning: Some(reasoning), ..Standing::default() };
            authority(SourceKind::TribunalDecision, standing)
        };
        let plain = |kind| authority(kind, Standing::default());
        let order = [
            plain(SourceKind::Statute),
            plain(SourceKind::Regulation),
            court(Court::Supreme),
            court(Court::Appeal),
            tribunal(5, Reasoning::Full),
            tribunal(3, Reasoning::Full),
            tribunal(2, Reasoning::Full),
            tribunal(3, Reasoning::Simplified),
            tribunal(2, Reasoning::Simplified),
            plain(SourceKind::Circular),
            plain(SourceKind::AppealsRuling),
            plain(SourceKind::Clarification),
            plain(SourceKind::Guidance),
        ];
        assert!(order.windows(2).all(|pair| pair[0] > pair[1]), "{order:?}");
        assert_eq!(court(Court::European), court(Court::Supreme));
    }

    #[test]
    fn codes_are_those_of_the_json() {
        for kind in SourceKind::ALL {
            assert_eq!(serde_json::to_string(&kind).unwrap(), format!("\"{kind}\""));
            assert_eq!(kind.code().parse(), Ok(kind));
        }
        assert!("law".parse::<SourceKind>().is_err());
    }

    #[test]
    fn the_court_is_told_from_the_id() {
        assert_eq!(Court::of("HR-2021-2126-A"), Some(Court::Supreme));
        assert_eq!(Court::of("LE-2011-109229"), Some(Court::Appeal));
        assert_eq!(Court::of("E-8/20"), Some(Court::European));
        assert_eq!(Court::of("TRR-2010-1026"), None);
    }
}
