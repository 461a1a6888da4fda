//! Practice per provision: what was decided, when, by which body and office, and what came of it.
//!
//! Figures are shown with their number and without any order of merit: few cases, and the cases differ.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::snapshot::Snapshot;
use crate::corpus::{Document, Outcome, ReversalReason};
use crate::day::{date_of, today};
use crate::law::{ProvisionId, SourceKind};
use crate::store::{Catalogue, Version};

/// What a ruling came to, as far as that says anything of how the rule is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ending {
    /// For the citizen, wholly or in part.
    Granted,
    /// Against.
    Upheld,
    /// Changed because of new information: says nothing of disagreement.
    NewInformation,
    /// Without a position on the merits.
    Procedural,
    /// Not told.
    Unknown,
}

impl Ending {
    /// All endings, in the order they are shown.
    pub const ALL: [Self; 5] = [Self::Granted, Self::Upheld, Self::NewInformation, Self::Procedural, Self::Unknown];

    /// Of a ruling.
    pub fn of(document: &Document) -> Self {
        let changed =
            |outcome: Outcome| !matches!(outcome, Outcome::Stadfestelse | Outcome::StadfestetAnnenBegrunnelse);
        match (document.outcome, document.reversal_reason) {
            (None, _) => Self::Unknown,
            (Some(outcome), Some(ReversalReason::NewInformation)) if changed(outcome) => Self::NewInformation,
            (Some(_), Some(ReversalReason::Procedure)) => Self::Procedural,
            (Some(outcome), _) if outcome.is_procedural() => Self::Procedural,
            (
                Some(
                    Outcome::Medhold
                    | Outcome::DelvisMedhold
                    | Outcome::MedholdEtterFvl35
                    | Outcome::GjenopptattDelvisEllerFulltMedhold,
                ),
                _,
            ) => Self::Granted,
            (Some(_), _) => Self::Upheld,
        }
    }

    /// The name on the screen.
    pub fn norwegian(self) -> &'static str {
        match self {
            Self::Granted => "Medhold, helt eller delvis",
            Self::Upheld => "Stadfestet",
            Self::NewInformation => "Endret på nye opplysninger",
            Self::Procedural => "Uten standpunkt til saken",
            Self::Unknown => "Utfall ikke oppgitt",
        }
    }

    /// Name of its look in the style sheet.
    pub fn look(self) -> &'static str {
        match self {
            Self::Granted => "granted",
            Self::Upheld => "upheld",
            Self::NewInformation => "new-information",
            Self::Procedural => "procedural",
            Self::Unknown => "unknown",
        }
    }
}

/// Who decided.
pub fn body(kind: SourceKind) -> &'static str {
    match kind {
        SourceKind::TribunalDecision => "Trygderetten",
        SourceKind::AppealsRuling => "Nav klageinstans",
        _ => "Domstolene",
    }
}

/// Number of rulings by ending, in the order of [`Ending::ALL`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts(pub [usize; 5]);

impl Counts {
    /// Of these rulings.
    pub fn of<'a>(rulings: impl Iterator<Item = &'a Ruling>) -> Self {
        let mut counts = Self::default();
        for ruling in rulings {
            counts.0[ruling.ending as usize] += 1;
        }
        counts
    }

    /// All of them.
    pub fn total(&self) -> usize {
        self.0.iter().sum()
    }
}

/// A ruling on the provision.
#[derive(Debug, Clone)]
pub struct Ruling {
    /// Its newest version.
    pub version: Arc<Version>,
    /// What it came to.
    pub ending: Ending,
}

impl Ruling {
    /// The document.
    pub fn document(&self) -> &Document {
        &self.version.document
    }

    /// The year it was decided.
    pub fn year(&self) -> Option<i16> {
        self.document().date.map(|date| date.year())
    }
}

/// A passage of a circular on the provision.
#[derive(Debug, Clone)]
pub struct CircularText {
    /// The circular's version that is in force.
    pub version: Arc<Version>,
    /// Where it stands.
    pub locator: String,
    /// Its words.
    pub text: String,
    /// Its place in the text, in Unicode scalar values.
    pub start: usize,
    /// End of that place.
    pub end: usize,
}

/// Practice on a provision.
#[derive(Debug)]
pub struct Practice {
    /// The rulings, newest first.
    pub rulings: Vec<Ruling>,
    /// What circulars say.
    pub circulars: Vec<CircularText>,
}

impl Practice {
    /// On a provision and what lies in it.
    pub fn on(catalogue: &Catalogue, provision: &ProvisionId) -> Self {
        Self { rulings: rulings(catalogue, provision), circulars: circulars(catalogue, provision) }
    }

    /// By year, oldest first; rulings without a date are left out.
    pub fn by_year(&self) -> Vec<(i16, Counts)> {
        let mut years: BTreeMap<i16, Vec<&Ruling>> = BTreeMap::new();
        for ruling in &self.rulings {
            if let Some(year) = ruling.year() {
                years.entry(year).or_default().push(ruling);
            }
        }
        years.into_iter().map(|(year, rulings)| (year, Counts::of(rulings.into_iter()))).collect()
    }

    /// By body and, for the appeals body, office; in alphabetical order.
    pub fn by_office(&self) -> Vec<(String, Counts)> {
        let mut offices: BTreeMap<String, Vec<&Ruling>> = BTreeMap::new();
        for ruling in &self.rulings {
            let body = body(ruling.document().kind);
            let name = ruling
                .document()
                .office
                .as_deref()
                .map_or_else(|| body.to_owned(), |office| format!("{body}: {office}"));
            offices.entry(name).or_default().push(ruling);
        }
        offices.into_iter().map(|(name, rulings)| (name, Counts::of(rulings.into_iter()))).collect()
    }
}

/// The §§ that rulings are about: provision, number of rulings, number of conflicts that are not rejected.
pub fn provisions(catalogue: &Catalogue, snapshot: &Snapshot) -> Vec<(ProvisionId, usize, usize)> {
    let mut found: BTreeMap<ProvisionId, (usize, usize)> = BTreeMap::new();
    for version in newest_rulings(catalogue) {
        let mut sections: Vec<ProvisionId> =
            subjects(&version.document).into_iter().map(ProvisionId::section).collect();
        sections.sort();
        sections.dedup();
        for section in sections {
            found.entry(section).or_default().0 += 1;
        }
    }
    for view in snapshot.conflicts().iter().filter(|view| view.status != super::Status::Rejected) {
        let mut sections: Vec<ProvisionId> =
            view.provisions.iter().filter_map(|id| Some(id.parse::<ProvisionId>().ok()?.section())).collect();
        sections.sort();
        sections.dedup();
        for section in sections {
            found.entry(section).or_default().1 += 1;
        }
    }
    found.into_iter().map(|(provision, (rulings, conflicts))| (provision, rulings, conflicts)).collect()
}

fn newest_rulings(catalogue: &Catalogue) -> impl Iterator<Item = &Arc<Version>> {
    catalogue.versions().iter().filter(|version| !version.superseded && version.document.kind.is_ruling())
}

/// What a ruling is about: what it says itself, else what its parts cite.
fn subjects(document: &Document) -> Vec<&ProvisionId> {
    if !document.provisions.is_empty() {
        return document.provisions.iter().collect();
    }
    document.sections.iter().flat_map(|section| &section.provisions).collect()
}

/// The rulings on a provision, newest first.
pub fn rulings(catalogue: &Catalogue, provision: &ProvisionId) -> Vec<Ruling> {
    let is_on = |document: &Document| {
        subjects(document).into_iter().any(|subject| subject.is_within(provision) || provision.is_within(subject))
    };
    let mut rulings: Vec<Ruling> = newest_rulings(catalogue)
        .filter(|version| is_on(&version.document))
        .map(|version| Ruling { ending: Ending::of(&version.document), version: Arc::clone(version) })
        .collect();
    rulings
        .sort_by(|a, b| b.document().date.cmp(&a.document().date).then_with(|| a.document().id.cmp(&b.document().id)));
    rulings
}

fn circulars(catalogue: &Catalogue, provision: &ProvisionId) -> Vec<CircularText> {
    let today = today();
    let in_force = catalogue
        .versions()
        .iter()
        .filter(|v| v.document.kind == SourceKind::Circular && !v.superseded && v.validity.holds_on(today));
    let mut found = Vec::new();
    for version in in_force {
        for stored in &version.passages {
            let passage = &stored.passage;
            if !passage.provisions.iter().any(|id| id.is_within(provision) || provision.is_within(id)) {
                continue;
            }
            let Some(text) = version.document.text.get(passage.range.clone()) else { continue };
            let start = version.document.text[..passage.range.start].chars().count();
            found.push(CircularText {
                version: Arc::clone(version),
                locator: passage.locator.clone(),
                end: start + text.chars().count(),
                start,
                text: text.to_owned(),
            });
        }
    }
    found
}

/// The day of a version as a person writes it: 12.3.2024.
pub fn day(version: &Version) -> String {
    let date = version.document.date.or_else(|| date_of(version.validity.from));
    date.map_or_else(|| "uten dato".to_owned(), |date| format!("{}.{}.{}", date.day(), date.month(), date.year()))
}
