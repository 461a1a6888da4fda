//! Comparable rulings for a professional meeting: same provision, different outcome.

use super::practice::{Ending, Ruling, body, day, rulings};
use super::report::{Block, Report};
use super::snapshot::Snapshot;
use crate::corpus::{Role, sentences};
use crate::law::ProvisionId;
use crate::store::Catalogue;

/// Most rulings in a bundle; more cannot be talked through in a meeting.
const MOST: usize = 6;

/// Longest excerpt, in bytes.
const EXCERPT: usize = 700;

/// A ruling with the words that carry it.
#[derive(Debug)]
pub struct Item {
    /// The ruling.
    pub ruling: Ruling,
    /// Its words.
    pub quote: String,
    /// Where they stand.
    pub locator: String,
    /// Their place in its text, in Unicode scalar values.
    pub start: usize,
    /// End of that place.
    pub end: usize,
}

/// Chooses up to six rulings that came to different ends: in turn one of each, those in a conflict and the newest first.
/// Empty when there are not two that differ.
pub fn choose(catalogue: &Catalogue, snapshot: &Snapshot, provision: &ProvisionId) -> Vec<Item> {
    let mut granted = Vec::new();
    let mut upheld = Vec::new();
    for ruling in rulings(catalogue, provision) {
        match ruling.ending {
            Ending::Granted => granted.push(ruling),
            Ending::Upheld => upheld.push(ruling),
            _ => {}
        }
    }
    if granted.is_empty() || upheld.is_empty() {
        return Vec::new();
    }
    // Stable: within those in a conflict, and those in none, the newest stay first.
    for rulings in [&mut granted, &mut upheld] {
        rulings.sort_by_key(|ruling| snapshot.of_document(&ruling.document().id).next().is_none());
    }
    let (mut granted, mut upheld) = (granted.into_iter(), upheld.into_iter());
    let mut chosen = Vec::new();
    loop {
        let pair = [granted.next(), upheld.next()];
        if pair.iter().all(Option::is_none) || chosen.len() >= MOST {
            break;
        }
        chosen.extend(pair.into_iter().flatten());
    }
    chosen.truncate(MOST);
    chosen.into_iter().filter_map(|ruling| Item::of(ruling, snapshot)).collect()
}

impl Item {
    fn of(ruling: Ruling, snapshot: &Snapshot) -> Option<Self> {
        let document = ruling.document();
        let in_conflict = snapshot.of_document(&document.id).flat_map(|view| view.documents()).find_map(|(_, side)| {
            (side.id == document.id && side.version == ruling.version.id)
                .then(|| (side.quote.clone(), side.locator.clone(), side.start, side.end))
        });
        let (quote, locator, start, end) = match in_conflict {
            Some(found) => found,
            None => {
                let reasons = document.sections.iter().find(|section| section.role == Role::Reasoning);
                let section = reasons.or_else(|| document.sections.first())?;
                let text = document.text.get(section.range.clone())?;
                let end = sentences(text)
                    .into_iter()
                    .map(|range| range.end)
                    .take_while(|end| *end <= EXCERPT)
                    .last()
                    .unwrap_or(text.len());
                let start = document.text[..section.range.start].chars().count();
                (text[..end].to_owned(), section.locator.clone(), start, start + text[..end].chars().count())
            }
        };
        Some(Self { ruling, quote, locator, start, end })
    }
}

/// The bundle as a report.
pub fn report(provision: &ProvisionId, items: &[Item]) -> Report {
    let mut report = Report::new(format!("Avgjørelser til fagmøte: {}", provision.label()));
    report.paragraph("Sammenlignbare avgjørelser med ulikt utfall. Bruk dem til å diskutere hva som skiller sakene, og hva regelen er.");
    for item in items {
        let document = item.ruling.document();
        report.heading(2, &format!("{} – {}", document.id, document.title));
        report.paragraph(format!(
            "{}{}, {}. {}.",
            body(document.kind),
            document.office.as_deref().map(|office| format!(" ({office})")).unwrap_or_default(),
            day(&item.ruling.version),
            document.outcome.map_or(item.ruling.ending.norwegian(), crate::corpus::Outcome::label)
        ));
        report.push(Block::Quote(item.quote.clone()));
        report.paragraph(item.locator.clone());
    }
    report.heading(2, "Spørsmål til diskusjonen");
    report.push(Block::List(vec![
        "Hvilke fakta skiller sakene?".into(),
        "Leser avgjørelsene regelen ulikt, eller er bare faktum ulikt?".into(),
        "Hva sier rundskrivet, og holder det?".into(),
        "Trengs det en avklaring?".into(),
    ]));
    report
}
