//! Which version of a document is the rule when.

use crate::corpus::Document;
use crate::day::{date_of, day_number};
use crate::index::Validity;
use crate::store::KnownVersion;

fn day_before(day: u32) -> u32 {
    date_of(day).and_then(|date| date.yesterday().ok()).map_or(0, day_number)
}

/// A validity that holds on no day: for a text that was corrected.
pub(super) const NEVER: Validity = Validity { from: Validity::OPEN, to: 0 };

/// What a new version means for those already there.
#[derive(Debug, PartialEq, Eq)]
pub enum Placement {
    /// Another file already is this document's version of this date.
    Clash {
        /// That file.
        with: String,
    },
    /// It is taken in.
    Placed {
        /// When the new version is the rule.
        validity: Validity,
        /// Elder versions whose validity changes: id, new validity, whether the version is still live.
        changed: Vec<(i64, Validity, bool)>,
    },
}

/// Finds the place of a new version among the known ones of the same document.
///
/// - Versions with dates of their own follow each other: each is the rule until the day before the next.
/// - The same file with the same date but other words is a correction: the old text is kept, but was never the rule.
/// - A file without a date that has changed is the rule from `today`, and the old words were until yesterday.
/// - The oldest version of a rule text is open backwards, since the base cannot know what was before it; a ruling
///   speaks from its own date.
pub fn place(
    document: &Document,
    source: &str,
    today: u32,
    known: &[KnownVersion],
    exists: impl Fn(&str) -> bool,
) -> Placement {
    let day = document.date.map_or(0, day_number);
    let stated_from = document.valid_from.map(day_number);
    let stated_to = document.valid_to.map(day_number);
    let live: Vec<&KnownVersion> = known.iter().filter(|v| v.live && v.document == document.id).collect();
    let mut changed = Vec::new();

    if let Some(same) = live.iter().find(|v| v.day == day) {
        if same.source != source && exists(&same.source) {
            return Placement::Clash { with: same.source.clone() };
        }
        let validity = if day == 0 && stated_from.is_none() {
            changed.push((same.id, Validity { from: same.validity.from, to: day_before(today) }, false));
            Validity { from: today, to: stated_to.unwrap_or(same.validity.to) }
        } else {
            changed.push((same.id, NEVER, false));
            Validity { from: stated_from.unwrap_or(same.validity.from), to: stated_to.unwrap_or(same.validity.to) }
        };
        return Placement::Placed { validity, changed };
    }

    let from = stated_from.unwrap_or(day);
    let newer = live.iter().filter(|v| starts(v) > from).min_by_key(|v| starts(v));
    let elder = live.iter().filter(|v| starts(v) <= from).max_by_key(|v| starts(v));
    let to = stated_to.or(newer.map(|v| day_before(starts(v)))).unwrap_or(Validity::OPEN);
    if let Some(elder) = elder
        && elder.validity.to >= from
    {
        changed.push((elder.id, Validity { from: elder.validity.from, to: day_before(from) }, true));
    }
    if let Some(newer) = newer
        && newer.validity.from == 0
    {
        changed.push((newer.id, Validity { from: starts(newer), to: newer.validity.to }, true));
    }
    let open_backwards = elder.is_none() && stated_from.is_none() && document.kind.states_a_rule();
    Placement::Placed { validity: Validity { from: if open_backwards { 0 } else { from }, to }, changed }
}

/// The day a version starts to be the rule, also when it is open backwards.
fn starts(version: &KnownVersion) -> u32 {
    if version.validity.from == 0 { version.day } else { version.validity.from }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::law::SourceKind;

    fn document(date: Option<&str>) -> Document {
        Document::bare("R20-00", SourceKind::Circular, "Rundskriv", date.map(|d| d.parse().unwrap()))
    }

    fn known(id: i64, source: &str, day: u32, validity: Validity) -> KnownVersion {
        KnownVersion {
            id,
            document: "R20-00".into(),
            source: source.into(),
            hash: String::new(),
            day,
            live: true,
            validity,
        }
    }

    fn placed(validity: Validity, changed: Vec<(i64, Validity, bool)>) -> Placement {
        Placement::Placed { validity, changed }
    }

    #[test]
    fn a_newer_date_ends_the_elder() {
        let elder = known(1, "a", 2026_04_07, Validity { from: 0, to: Validity::OPEN });
        assert_eq!(
            place(&document(Some("2026-04-27")), "b", 2026_11_21, &[elder], |_| true),
            placed(
                Validity { from: 2026_04_27, to: Validity::OPEN },
                vec![(1, Validity { from: 0, to: 2026_04_26 }, true)]
            )
        );
    }

    #[test]
    fn an_elder_date_that_comes_later_ends_before_the_newer() {
        let newer = known(1, "b", 2026_04_27, Validity { from: 0, to: Validity::OPEN });
        assert_eq!(
            place(&document(Some("2026-04-07")), "a", 2026_11_21, &[newer], |_| true),
            placed(
                Validity { from: 0, to: 2026_04_26 },
                vec![(1, Validity { from: 2026_04_27, to: Validity::OPEN }, true)]
            )
        );
    }

    #[test]
    fn a_corrected_file_was_always_the_rule() {
        let old = known(1, "a", 2026_04_07, Validity { from: 0, to: Validity::OPEN });
        assert_eq!(
            place(&document(Some("2026-04-07")), "a", 2026_11_21, &[old], |_| true),
            placed(Validity { from: 0, to: Validity::OPEN }, vec![(1, NEVER, false)])
        );
    }

    #[test]
    fn an_undated_file_changes_from_today() {
        let old = known(1, "a", 0, Validity { from: 0, to: Validity::OPEN });
        assert_eq!(
            place(&document(None), "a", 2026_11_21, &[old], |_| true),
            placed(
                Validity { from: 2026_11_21, to: Validity::OPEN },
                vec![(1, Validity { from: 0, to: 2026_11_20 }, false)]
            )
        );
    }

    #[test]
    fn two_files_cannot_be_one_version() {
        let other = known(1, "a", 2026_04_07, Validity { from: 0, to: Validity::OPEN });
        let clash = place(&document(Some("2026-04-07")), "b", 2026_11_21, std::slice::from_ref(&other), |_| true);
        assert_eq!(clash, Placement::Clash { with: "a".into() });
        assert!(matches!(
            place(&document(Some("2026-04-07")), "b", 2026_11_21, &[other], |_| false),
            Placement::Placed { .. }
        ));
    }

    #[test]
    fn a_ruling_speaks_from_its_date() {
        let mut ruling = document(Some("2019-05-02"));
        ruling.kind = SourceKind::TribunalDecision;
        assert_eq!(
            place(&ruling, "a", 2026_11_21, &[], |_| true),
            placed(Validity { from: 2019_05_02, to: Validity::OPEN }, Vec::new())
        );
    }
}
