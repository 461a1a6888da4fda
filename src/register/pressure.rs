//! Pressure on a circular: per passage, the rulings that depart from it, follow it, or say nothing of it.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::practice::{Ruling, day, rulings};
use super::report::{Block, Report};
use super::snapshot::{NearMiss, Snapshot};
use super::view::ConflictView;
use super::{Status, practice};
use crate::conflict::Reason;
use crate::law::ProvisionId;
use crate::store::{Catalogue, Version};

/// A circular with what rulings make of it.
#[derive(Debug)]
pub struct Pressure {
    /// The version in force.
    pub version: Arc<Version>,
    /// Its passages that rulings bear on, in order.
    pub passages: Vec<PassagePressure>,
    /// Number of passages that no ruling bears on.
    pub untouched: usize,
}

/// A passage with what rulings make of it.
#[derive(Debug)]
pub struct PassagePressure {
    /// Where it stands.
    pub locator: String,
    /// Its words.
    pub text: String,
    /// Its place in the text, in Unicode scalar values.
    pub start: usize,
    /// End of that place.
    pub end: usize,
    /// Rulings against it, with the conflict and their words.
    pub depart: Vec<Departure>,
    /// Rulings that read the rule as it does.
    pub follow: Vec<Ruling>,
    /// Rulings on its provisions that say nothing of what it says.
    pub silent: Vec<Ruling>,
}

/// A ruling that departs from a passage.
#[derive(Debug)]
pub struct Departure {
    /// The ruling.
    pub ruling: Ruling,
    /// The conflict.
    pub conflict: String,
    /// Its state.
    pub status: Status,
    /// The ruling's words.
    pub quote: String,
    /// Where they stand.
    pub locator: String,
    /// Their place in the ruling's text, in Unicode scalar values.
    pub start: usize,
    /// End of that place.
    pub end: usize,
}

impl Pressure {
    /// On a circular; `None` when there is none of that id.
    pub fn on(catalogue: &Catalogue, snapshot: &Snapshot, circular: &str, today: u32) -> Option<Self> {
        let version = catalogue.version_on(circular, today)?;
        let conflicts: Vec<&ConflictView> =
            snapshot.of_document(circular).filter(|view| view.status != Status::Rejected).collect();
        let misses: Vec<&NearMiss> = snapshot.near_misses_of(circular).collect();
        let mut pressure = Self { version: Arc::clone(version), passages: Vec::new(), untouched: 0 };
        for stored in &version.passages {
            let passage = &stored.passage;
            let Some(text) = version.document.text.get(passage.range.clone()) else { continue };
            let start = version.document.text[..passage.range.start].chars().count();
            let mut on_passage = PassagePressure {
                locator: passage.locator.clone(),
                text: text.to_owned(),
                start,
                end: start + text.chars().count(),
                depart: Vec::new(),
                follow: Vec::new(),
                silent: Vec::new(),
            };
            on_passage.sort_out(catalogue, circular, &passage.provisions, &conflicts, &misses);
            if on_passage.depart.is_empty() && on_passage.follow.is_empty() && on_passage.silent.is_empty() {
                pressure.untouched += 1;
            } else {
                pressure.passages.push(on_passage);
            }
        }
        Some(pressure)
    }

    /// As a report to send.
    pub fn report(&self) -> Report {
        let document = &self.version.document;
        let mut report = Report::new(format!("Praksis opp mot {}", document.title));
        report.paragraph(format!(
            "Gjelder {} i versjonen {}. Oversikten viser per punkt hvilke avgjørelser i basen som fraviker rundskrivet, følger det, \
             eller ikke tar stilling. Basen er ikke fullstendig, og tallene sier ikke noe om hvor god en enhet eller saksbehandler er.",
            document.id,
            day(&self.version)
        ));
        for passage in &self.passages {
            let heading = if passage.locator.is_empty() { "Uten overskrift" } else { &passage.locator };
            report.heading(2, heading);
            report.push(Block::Quote(passage.text.clone()));
            report.paragraph(format!(
                "Fraviker: {}. Følger: {}. Tar ikke stilling: {}.",
                passage.depart.len(),
                passage.follow.len(),
                passage.silent.len()
            ));
            for departure in &passage.depart {
                report.heading(3, &format!("Fraviker: {}", name(&departure.ruling)));
                report.push(Block::Quote(departure.quote.clone()));
                report.paragraph(format!("{}. Konflikten er {}.", departure.locator, departure.status.norwegian()));
            }
            for (title, rulings) in [("Følger", &passage.follow), ("Tar ikke stilling", &passage.silent)] {
                if !rulings.is_empty() {
                    report.heading(3, title);
                    report.push(Block::List(rulings.iter().map(name).collect()));
                }
            }
        }
        report
    }
}

/// A ruling in one line.
pub fn name(ruling: &Ruling) -> String {
    let document = ruling.document();
    format!(
        "{} ({}, {}, {})",
        document.id,
        practice::body(document.kind),
        day(&ruling.version),
        ruling.ending.norwegian().to_lowercase()
    )
}

impl PassagePressure {
    fn sort_out(
        &mut self,
        catalogue: &Catalogue,
        circular: &str,
        provisions: &[ProvisionId],
        conflicts: &[&ConflictView],
        misses: &[&NearMiss],
    ) {
        let mut on_provision: Vec<Ruling> =
            provisions.iter().flat_map(|provision| rulings(catalogue, provision)).collect();
        let mut seen = BTreeSet::new();
        on_provision.retain(|ruling| seen.insert(ruling.document().id.clone()));
        let mut sorted: BTreeSet<String> = BTreeSet::new();
        for view in conflicts {
            let own =
                view.documents().find(|(_, document)| document.id == circular && self.text.contains(&document.quote));
            let Some((own_side, _)) = own else { continue };
            for (side, document) in view.documents() {
                let version = catalogue.document(&document.id).find(|version| version.id == document.version);
                let Some(version) = version.filter(|version| version.document.kind.is_ruling()) else { continue };
                let ruling = Ruling { ending: practice::Ending::of(&version.document), version: Arc::clone(version) };
                if side == own_side {
                    if sorted.insert(document.id.clone()) {
                        self.follow.push(ruling);
                    }
                } else if sorted.insert(document.id.clone()) {
                    self.depart.push(Departure {
                        ruling,
                        conflict: view.id.clone(),
                        status: view.status,
                        quote: document.quote.clone(),
                        locator: document.locator.clone(),
                        start: document.start,
                        end: document.end,
                    });
                }
            }
        }
        for ruling in on_provision {
            let id = &ruling.document().id;
            if sorted.contains(id) {
                continue;
            }
            let agrees = misses.iter().any(|miss| {
                matches!(miss.reason, Reason::SameReading | Reason::Agreement) && (miss.a == *id || miss.b == *id)
            });
            if agrees { &mut self.follow } else { &mut self.silent }.push(ruling);
        }
    }
}
