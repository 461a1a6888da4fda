//! The register in memory, and which conflicts an answer touches.

use std::collections::HashMap;
use std::sync::Arc;

use super::act::Signal;
use super::clarification::Clarification;
use super::merge::Status;
use super::view::{ConflictView, Versions};
use super::{RegisterError, rows};
use crate::answer::Answer;
use crate::conflict::{ConflictKind, Reason};
use crate::day::today;
use crate::law::ProvisionId;
use crate::store::{Catalogue, Store};

/// Sources beyond this rank say too little about what the question was.
const TOP: usize = 8;

/// A passage that an answer rests on or that was found for it, in the order of rank.
#[derive(Debug, Clone)]
pub struct Touch<'a> {
    /// Document id.
    pub document: &'a str,
    /// The passage's words.
    pub text: &'a str,
    /// Whether the answer quotes from it.
    pub cited: bool,
}

/// A pair that was looked at and found to be no conflict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NearMiss {
    /// One document.
    pub a: String,
    /// The other.
    pub b: String,
    /// Code of the reason.
    pub reason: Reason,
    /// The reason in Norwegian.
    pub why: String,
}

/// All of it, as it was at one moment.
#[derive(Debug, Default)]
pub struct Snapshot {
    conflicts: Vec<ConflictView>,
    by_id: HashMap<String, usize>,
    // Document → conflict and quote.
    quotes: HashMap<String, Vec<(usize, usize)>>,
    near_misses: Vec<NearMiss>,
    misses_of: HashMap<String, Vec<usize>>,
    signals: HashMap<String, (i64, Option<Signal>)>,
    clarifications: Vec<(String, i64, Clarification)>,
}

impl Snapshot {
    pub(super) async fn load(store: &Store, catalogue: &Catalogue) -> Result<Self, RegisterError> {
        let by_row: HashMap<i64, _> = catalogue.versions().iter().map(|version| (version.id, version)).collect();
        let versions: Versions = rows::keys(store)
            .await?
            .into_iter()
            .filter_map(|(row, key)| by_row.get(&row).map(|v| ((v.document.id.clone(), key), Arc::clone(v))))
            .collect();
        let decisions = rows::decisions(store).await?;
        let clarifications = rows::clarifications(store).await?;
        let today = today();
        let mut conflicts: Vec<ConflictView> = rows::conflicts(store)
            .await?
            .into_iter()
            .filter(|row| !row.gone)
            .filter_map(|row| {
                let decision = decisions.get(&row.conflict.id);
                ConflictView::of(row, decision, &versions, catalogue, today)
            })
            .collect();
        for view in &mut conflicts {
            let about = clarifications.iter().filter(|(_, _, c)| c.conflict.as_deref() == Some(view.id.as_str()));
            view.clarifications = about.map(|(id, ..)| id.clone()).collect();
        }
        conflicts.sort_by(|a, b| a.status.cmp(&b.status).then(b.score.total_cmp(&a.score)).then(a.id.cmp(&b.id)));
        let near_misses: Vec<NearMiss> = rows::near_misses(store)
            .await?
            .into_iter()
            .map(|miss| NearMiss { a: miss.a.0, b: miss.b.0, reason: miss.reason, why: miss.why })
            .collect();
        Ok(Self::of(conflicts, near_misses, rows::signals(store).await?, clarifications))
    }

    pub(super) fn of(
        conflicts: Vec<ConflictView>,
        near_misses: Vec<NearMiss>,
        signals: HashMap<String, (i64, Option<Signal>)>,
        clarifications: Vec<(String, i64, Clarification)>,
    ) -> Self {
        let mut snapshot = Self { conflicts, near_misses, signals, clarifications, ..Self::default() };
        for (at, view) in snapshot.conflicts.iter().enumerate() {
            snapshot.by_id.insert(view.id.clone(), at);
            for (number, (_, document)) in view.documents().enumerate() {
                snapshot.quotes.entry(document.id.clone()).or_default().push((at, number));
            }
        }
        for (at, miss) in snapshot.near_misses.iter().enumerate() {
            for id in [&miss.a, &miss.b] {
                snapshot.misses_of.entry(id.clone()).or_default().push(at);
            }
        }
        snapshot
    }

    /// All conflicts: open ones first, surest first.
    pub fn conflicts(&self) -> &[ConflictView] {
        &self.conflicts
    }

    /// A conflict.
    pub fn conflict(&self, id: &str) -> Option<&ConflictView> {
        self.by_id.get(id).map(|&at| &self.conflicts[at])
    }

    /// The conflicts a document has a side in.
    pub fn of_document(&self, id: &str) -> impl Iterator<Item = &ConflictView> {
        let mut at: Vec<usize> = self.quotes.get(id).into_iter().flatten().map(|(at, _)| *at).collect();
        at.dedup();
        at.into_iter().map(|at| &self.conflicts[at])
    }

    /// The conflicts on a provision, or on one that lies in it or that it lies in.
    pub fn on_provision<'a>(&'a self, provision: &'a ProvisionId) -> impl Iterator<Item = &'a ConflictView> {
        self.conflicts.iter().filter(|view| is_on(view, provision))
    }

    /// All near misses.
    pub fn near_misses(&self) -> &[NearMiss] {
        &self.near_misses
    }

    /// The near misses of a document.
    pub fn near_misses_of(&self, id: &str) -> impl Iterator<Item = &NearMiss> {
        self.misses_of.get(id).into_iter().flatten().map(|&at| &self.near_misses[at])
    }

    /// The near misses of a conflict's documents with each other and with their neighbours.
    pub fn neighbours(&self, view: &ConflictView) -> Vec<&NearMiss> {
        let mut at: Vec<usize> = view
            .documents()
            .flat_map(|(_, document)| self.misses_of.get(&document.id).into_iter().flatten().copied())
            .collect();
        at.sort_unstable();
        at.dedup();
        at.into_iter().map(|at| &self.near_misses[at]).collect()
    }

    /// A ruling's signal and its revision; 0 when none was ever set.
    pub fn signal(&self, document: &str) -> (i64, Option<&Signal>) {
        self.signals.get(document).map_or((0, None), |(revision, signal)| (*revision, signal.as_ref()))
    }

    /// All clarifications with their revisions, newest first.
    pub fn clarifications(&self) -> &[(String, i64, Clarification)] {
        &self.clarifications
    }

    /// The conflicts that an answer touches, see [`Snapshot::touching`].
    pub fn touched_by(&self, answer: &Answer) -> Vec<&ConflictView> {
        let quotes: Vec<_> = answer.sentences.iter().flat_map(|sentence| sentence.quotes()).collect();
        let touches: Vec<Touch<'_>> = answer
            .sources
            .iter()
            .map(|hit| {
                let (version, text) = (hit.passage.version(), hit.passage.text());
                let cited = quotes.iter().any(|quote| quote.version().id == version.id && text.contains(quote.text()));
                Touch { document: &version.document.id, text, cited }
            })
            .collect();
        self.touching(&touches)
    }

    /// The conflicts that passages touch: one of a conflict's own sentences stands in a passage that the answer
    /// quotes from, or in the first passage found, or sentences of two of its sides stand among the first ones. Open
    /// ones first, then by how far up they are touched. Rejected ones are never touched.
    pub fn touching(&self, found: &[Touch<'_>]) -> Vec<&ConflictView> {
        // Conflict → best rank, and the sides seen among the first passages.
        let mut touched: HashMap<usize, (usize, Vec<usize>, bool)> = HashMap::new();
        for (rank, touch) in found.iter().enumerate() {
            if rank >= TOP && !touch.cited {
                continue;
            }
            for &(at, number) in self.quotes.get(touch.document).into_iter().flatten() {
                let Some((side, document)) = self.conflicts[at].documents().nth(number) else { continue };
                if !touch.text.contains(&document.quote) {
                    continue;
                }
                let entry = touched.entry(at).or_insert_with(|| (rank, Vec::new(), false));
                entry.0 = entry.0.min(rank);
                entry.2 |= touch.cited || rank == 0;
                if !entry.1.contains(&side) {
                    entry.1.push(side);
                }
            }
        }
        let mut views: Vec<(Status, usize, &ConflictView)> = touched
            .into_iter()
            .filter(|(_, (_, sides, is_near))| *is_near || sides.len() > 1)
            .map(|(at, (rank, ..))| (self.conflicts[at].status, rank, &self.conflicts[at]))
            .filter(|(status, ..)| *status != Status::Rejected)
            .collect();
        views.sort_by(|a, b| {
            (a.0 == Status::Resolved, a.1).cmp(&(b.0 == Status::Resolved, b.1)).then_with(|| a.2.id.cmp(&b.2.id))
        });
        views.into_iter().map(|(.., view)| view).collect()
    }
}

/// Whether a conflict is on a provision, or on one that lies in it or that it lies in.
pub fn is_on(view: &ConflictView, provision: &ProvisionId) -> bool {
    let ids = view.provisions.iter().filter_map(|id| id.parse::<ProvisionId>().ok());
    ids.into_iter().any(|id| id.is_within(provision) || provision.is_within(&id))
}

/// The name of a kind of conflict on the screen.
pub fn kind_name(kind: ConflictKind) -> &'static str {
    match kind {
        ConflictKind::TribunalVsCircular => "Trygderetten mot rundskriv",
        ConflictKind::TribunalVsTribunal => "Trygderetten mot Trygderetten",
        ConflictKind::AppealsVsCircular => "Klageinstansen mot rundskriv",
        ConflictKind::AppealsVsAppeals => "Klageinstansen mot klageinstansen",
        ConflictKind::TribunalVsAppeals => "Trygderetten mot klageinstansen",
        ConflictKind::CourtVsCircular => "Domstol mot rundskriv",
        ConflictKind::CourtVsTribunal => "Domstol mot Trygderetten",
        ConflictKind::CourtVsAppeals => "Domstol mot klageinstansen",
        ConflictKind::HigherLaw => "Overordnet rett mot praksis",
        ConflictKind::GuidanceVsSource => "Veiledning mot kilden",
    }
}

/// The name of a reason for being no conflict on the screen.
pub fn reason_name(reason: Reason) -> &'static str {
    match reason {
        Reason::Facts => "andre fakta",
        Reason::NewInformation => "nye opplysninger",
        Reason::Procedural => "avsluttet uten standpunkt til saken",
        Reason::OtherVersion => "annen versjon av regelen",
        Reason::CircularAbsorbed => "rundskrivet er endret i tråd med avgjørelsen",
        Reason::OtherProvision => "annen bestemmelse",
        Reason::SameReading => "leser regelen likt",
        Reason::Distinguished => "avgjørelsen skiller seg selv fra den andre",
        Reason::Agreement => "slutter seg til den andre",
        Reason::PartyArgument => "partens anførsel, ikke rettens syn",
        Reason::OtherBenefit => "annen ytelse",
        Reason::Discretion => "skjønn i enkeltsaken etter samme norm",
    }
}
