//! What the engine hands on.

use std::ops::Range;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::compare::Features;
use crate::corpus::{Document, Outcome, ReversalReason};
use crate::law::{self, Court, LawKind, ProvisionId, SourceKind};

/// What matters of a document beside its words.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Source {
    /// Canonical id.
    pub id: String,
    /// Which version of it: the caller's key.
    pub version: String,
    /// Its kind.
    pub kind: SourceKind,
    /// The court, for judgments.
    pub court: Option<Court>,
    /// Members who decided.
    pub members: Option<u8>,
    /// Day of decision or issue.
    pub date: Option<Date>,
    /// First day it is the rule.
    pub valid_from: Option<Date>,
    /// Last day it is the rule.
    pub valid_to: Option<Date>,
    /// Benefit codes.
    pub benefits: Vec<String>,
    /// What a ruling came to.
    pub outcome: Option<Outcome>,
    /// Why the appealed decision was changed.
    pub reversal_reason: Option<ReversalReason>,
    /// Deciding office.
    pub office: Option<String>,
    /// Place in the order of weight.
    pub weight: u8,
    /// It is an act of EU or EEA law.
    #[serde(default)]
    pub european: bool,
}

impl Source {
    /// Of a document, in the version that the caller knows by `version`.
    pub fn of(document: &Document, version: &str) -> Self {
        Self {
            id: document.id.clone(),
            version: version.to_owned(),
            kind: document.kind,
            court: (document.kind == SourceKind::CourtJudgment).then(|| Court::of(&document.id)).flatten(),
            members: document.panel.as_ref().and_then(|panel| panel.members),
            date: document.date,
            valid_from: document.valid_from,
            valid_to: document.valid_to,
            benefits: document.benefits.clone(),
            outcome: document.outcome,
            reversal_reason: document.reversal_reason,
            office: document.office.clone(),
            weight: document.authority().ordinal(),
            european: document.kind.is_rule() && is_european(document),
        }
    }

    /// The first day it says what the rule is.
    pub fn from(&self) -> Option<Date> {
        self.valid_from.or(self.date)
    }

    /// Whether it is EEA law, a statute or a regulation.
    pub fn is_law(&self) -> bool {
        self.kind.is_rule()
    }

    /// Whether it is a statute or regulation of Norway.
    pub fn is_national_law(&self) -> bool {
        self.is_law() && !self.european
    }

    /// Whether it is a circular or guidance: a text that is kept up to date, so that its newest version counts.
    pub fn is_kept(&self) -> bool {
        matches!(self.kind, SourceKind::Circular | SourceKind::Guidance)
    }

    /// Who speaks, as a person would say it: «Trygderetten».
    pub fn body(&self) -> &'static str {
        match self.kind {
            SourceKind::Circular => "rundskrivet",
            SourceKind::AppealsRuling => "klageinstansen",
            SourceKind::TribunalDecision => "Trygderetten",
            SourceKind::CourtJudgment => match self.court {
                Some(Court::Supreme) => "Høyesterett",
                Some(Court::European) => "EFTA-domstolen eller EU-domstolen",
                _ => "lagmannsretten",
            },
            SourceKind::Clarification => "avklaringen",
            SourceKind::Guidance => "veiledningsteksten",
            SourceKind::Statute => "loven",
            SourceKind::Regulation => "forskriften",
        }
    }

    /// Name and day: «Trygderetten (TRR-2020-97024, 12.6.2020)».
    pub fn label(&self) -> String {
        let body = self.body();
        match self.date {
            Some(date) => format!("{body} ({}, {}.{}.{})", self.id, date.day(), date.month(), date.year()),
            None => format!("{body} ({})", self.id),
        }
    }
}

/// Whether the law that a text gives is one of the EU: by its id, what it says it is about, or the act that its title names.
fn is_european(document: &Document) -> bool {
    let titled = || law::find(&document.title, None).into_iter().find_map(|found| found.id.parse().ok());
    document
        .id
        .parse::<ProvisionId>()
        .ok()
        .or_else(|| document.provisions.first().cloned())
        .or_else(titled)
        .is_some_and(|provision| provision.law().kind() == LawKind::EuAct)
}

/// The kinds of conflict of the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)] // the contract's own names
pub enum ConflictKind {
    HigherLaw,
    CourtVsCircular,
    CourtVsTribunal,
    CourtVsAppeals,
    TribunalVsCircular,
    TribunalVsTribunal,
    TribunalVsAppeals,
    AppealsVsCircular,
    AppealsVsAppeals,
    GuidanceVsSource,
}

impl ConflictKind {
    /// The kind of a conflict between two sources; `None` where two sources of these kinds are never one: two versions
    /// of the rule follow each other, and a clarification settles rather than conflicts.
    pub fn between(a: &Source, b: &Source) -> Option<Self> {
        use SourceKind::{AppealsRuling, Circular, CourtJudgment, Guidance, TribunalDecision};
        let (high, low) = if rank(a) <= rank(b) { (a, b) } else { (b, a) };
        if a.kind == SourceKind::Clarification || b.kind == SourceKind::Clarification {
            return None;
        }
        if high.is_law() || high.court == Some(Court::European) {
            return match low.kind {
                Guidance => Some(Self::GuidanceVsSource),
                _ if low.is_law() || low.court == Some(Court::European) => None,
                _ => Some(Self::HigherLaw),
            };
        }
        match (high.kind, low.kind) {
            (CourtJudgment, Circular) => Some(Self::CourtVsCircular),
            (CourtJudgment, TribunalDecision) => Some(Self::CourtVsTribunal),
            (CourtJudgment, AppealsRuling) => Some(Self::CourtVsAppeals),
            (TribunalDecision, Circular) => Some(Self::TribunalVsCircular),
            (TribunalDecision, TribunalDecision) => Some(Self::TribunalVsTribunal),
            (TribunalDecision, AppealsRuling) => Some(Self::TribunalVsAppeals),
            (AppealsRuling, Circular) => Some(Self::AppealsVsCircular),
            (AppealsRuling, AppealsRuling) => Some(Self::AppealsVsAppeals),
            (_, Guidance) if high.kind != Guidance => Some(Self::GuidanceVsSource),
            _ => None,
        }
    }
}

fn rank(source: &Source) -> u8 {
    match source.kind {
        SourceKind::Statute | SourceKind::Regulation => 0,
        SourceKind::CourtJudgment if source.court == Some(Court::European) => 1,
        SourceKind::CourtJudgment => 2,
        SourceKind::TribunalDecision => 3,
        SourceKind::AppealsRuling => 4,
        SourceKind::Circular => 5,
        SourceKind::Clarification => 6,
        SourceKind::Guidance => 7,
    }
}

/// Two documents that answer a question differently, with the sentences that show it best.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pair {
    /// One document: id and version.
    pub a: (String, String),
    /// The other.
    pub b: (String, String),
    /// Which statement of the one.
    pub a_statement: usize,
    /// Which statement of the other.
    pub b_statement: usize,
    /// The kind of conflict that it is.
    pub kind: ConflictKind,
    /// How sure the judge is, from 0 to 1.
    pub score: f32,
    /// What it is sure of it by.
    pub features: Features,
}

/// One legal question that two or more sides answer differently.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Conflict {
    /// The same for the same conflict, also when documents are added: made of the § and the pair that founded it.
    pub id: String,
    /// The kind, by the weightiest pair.
    #[serde(rename = "type")]
    pub kind: ConflictKind,
    /// Canonical ids of the provisions that the sides share.
    pub provisions: Vec<String>,
    /// The legal question in one sentence.
    pub question: String,
    /// Two or more sides.
    pub sides: Vec<Side>,
    /// Why it is a conflict.
    pub explanation: String,
    /// What was seen, in words.
    pub signals: Vec<String>,
    /// The highest score among its pairs.
    pub score: f32,
    /// What has settled it. A settled conflict stays visible.
    pub settled: Option<Settled>,
    /// The pairs that it was made from.
    pub pairs: Vec<Pair>,
}

/// Those who answer alike.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Side {
    /// The answer in a few of their own words.
    pub stance: String,
    /// Weightiest first, then newest.
    pub documents: Vec<SideDocument>,
}

/// A document on a side, and where it says so.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SideDocument {
    /// Canonical id.
    pub id: String,
    /// The version quoted.
    pub version: String,
    /// Bytes in the document's text.
    pub range: Range<usize>,
    /// Where it stands.
    pub locator: String,
    /// The words at `range`.
    pub quote: String,
}

/// What has settled a conflict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settled {
    /// The document that settled it.
    pub by: String,
    /// Its version.
    pub version: String,
    /// Why, in Norwegian.
    pub why: String,
}
