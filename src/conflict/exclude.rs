//! Pairs of documents that cannot be a conflict whatever their sentences look like, and why.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::base::{Base, share_section};
use super::statements::{Reading, treats, treats_by_name};
use super::treatment::Manner;
use crate::law::{LawId, ProvisionId, SourceKind, Unit};

/// Why two documents that look like a conflict are none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The facts were other.
    Facts,
    /// New information came in.
    NewInformation,
    /// The case ended without a position on its merits.
    Procedural,
    /// They apply other versions of the rule.
    OtherVersion,
    /// The circular has since taken the ruling in.
    CircularAbsorbed,
    /// They are about other provisions, or other parts of one.
    OtherProvision,
    /// They read the rule alike.
    SameReading,
    /// The one says that its case is another.
    Distinguished,
    /// The one follows the other.
    Agreement,
    /// What looks like a stance is a party's argument.
    PartyArgument,
    /// They are about other benefits.
    OtherBenefit,
    /// Both weigh the single case under the same standard.
    Discretion,
}

/// A pair that was looked at and found to be no conflict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rejected {
    /// One document: id and version.
    pub a: (String, String),
    /// The other.
    pub b: (String, String),
    /// Why.
    pub reason: Reason,
    /// Why, in Norwegian.
    pub why: String,
}

/// Whether two documents are ruled out; the first reason that holds.
pub(super) fn exclude(a: &Reading, b: &Reading, base: &Base) -> Option<(Reason, String)> {
    procedural(a, b)
        .or_else(|| other_version(a, b, base).or_else(|| other_version(b, a, base)))
        .or_else(|| apart_in_time(a, b, base).or_else(|| apart_in_time(b, a, base)))
        .or_else(|| changed_rule(a, b))
        .or_else(|| former_rules(a, b).or_else(|| former_rules(b, a)))
        .or_else(|| told_apart(a, b).or_else(|| told_apart(b, a)))
        .or_else(|| new_information(a, b))
        .or_else(|| other_benefit(a, b))
        .or_else(|| applies_the_law(a, b).or_else(|| applies_the_law(b, a)))
}

/// A ruling says what the law means; read sentence by sentence it seldom says the same. One that sets a regulation aside
/// says so.
fn applies_the_law(ruling: &Reading, law: &Reading) -> Option<(Reason, String)> {
    let is_applied = ruling.source.kind.is_ruling()
        && law.source.is_national_law()
        && treats(ruling, &law.source, Manner::Departs).is_empty();
    is_applied.then(|| (Reason::SameReading, format!("{} anvender {}.", ruling.source.id, law.source.label())))
}

fn procedural(a: &Reading, b: &Reading) -> Option<(Reason, String)> {
    [a, b].into_iter().find(|reading| reading.traits.procedural).map(|reading| {
        (Reason::Procedural, format!("{} ble avsluttet uten at rettsspørsmålet ble avgjort.", reading.source.id))
    })
}

fn new_information(a: &Reading, b: &Reading) -> Option<(Reason, String)> {
    let departs = |one: &Reading, other: &Reading| !treats(one, &other.source, Manner::Departs).is_empty();
    if departs(a, b) || departs(b, a) {
        return None;
    }
    [a, b].into_iter().find(|reading| reading.traits.new_information).map(|reading| {
        (
            Reason::NewInformation,
            format!("{} bygger på nye opplysninger, ikke på en annen lesning av regelen.", reading.source.id),
        )
    })
}

/// The first day that a version of a rule text was the rule no longer.
fn ended(text: &Reading, base: &Base) -> Option<Date> {
    let from = text.source.from();
    let versions = base.versions(&text.source.id);
    let next = versions.into_iter().map(|version| version.source.from()).find(|next| *next > from).flatten();
    let after = text.source.valid_to.and_then(|to| to.tomorrow().ok());
    [next, after].into_iter().flatten().min()
}

/// Two texts of which the one was the rule no longer when the other came.
fn apart_in_time(a: &Reading, b: &Reading, base: &Base) -> Option<(Reason, String)> {
    if a.source.kind.is_ruling() || b.source.kind.is_ruling() || ended(a, base)? > b.source.from()? {
        return None;
    }
    Some((
        Reason::OtherVersion,
        format!("{} gjaldt ikke lenger i denne versjonen da {} kom.", a.source.id, b.source.id),
    ))
}

/// A version of a rule text and a ruling from a time when it was not the rule.
fn other_version(kept: &Reading, ruling: &Reading, base: &Base) -> Option<(Reason, String)> {
    if kept.source.kind.is_ruling() || !ruling.source.kind.is_ruling() {
        return None;
    }
    let decided = ruling.source.date?;
    let from = kept.source.from();
    if ended(kept, base).is_some_and(|day| day <= decided) {
        return Some((
            Reason::OtherVersion,
            format!("{} gjaldt ikke lenger i denne versjonen da {} ble avgjort.", kept.source.id, ruling.source.id),
        ));
    }
    let is_later = from.is_some_and(|from| from > decided);
    let names_it = kept.named.contains(&ruling.source.id) || kept.traits.decided.contains(&decided);
    let defies = treats_by_name(kept, &ruling.source, Manner::Departs);
    if is_later && names_it && !defies {
        return Some((
            Reason::CircularAbsorbed,
            format!("{} er endret etter {} og viser til den.", kept.source.id, ruling.source.id),
        ));
    }
    // A version of the circular from before the ruling is there too: the ruling is measured against that one, and the
    // newer shows whether it was taken in.
    None
}

/// A ruling that applies rules which have been changed since, and a text that gives a rule.
fn former_rules(ruling: &Reading, kept: &Reading) -> Option<(Reason, String)> {
    let is_former = ruling.traits.former_rules && ruling.source.kind.is_ruling() && !kept.source.kind.is_ruling();
    (is_former && treats(ruling, &kept.source, Manner::Departs).is_empty()).then(|| {
        let why = format!("{} gjelder regler som siden er endret.", ruling.source.id);
        (Reason::OtherVersion, why)
    })
}

/// The rule itself was changed between the two.
fn changed_rule(a: &Reading, b: &Reading) -> Option<(Reason, String)> {
    let (one, other) = (a.source.date?, b.source.date?);
    let (early, late) = (one.min(other), one.max(other));
    let day = a.traits.rule_changed.iter().chain(&b.traits.rule_changed).find(|day| early < **day && **day <= late)?;
    Some((
        Reason::OtherVersion,
        format!("Regelen ble endret {}.{}.{}, mellom de to.", day.day(), day.month(), day.year()),
    ))
}

/// The one tells the other apart, or follows it, by its name.
fn told_apart(a: &Reading, b: &Reading) -> Option<(Reason, String)> {
    if treats_by_name(a, &b.source, Manner::Departs) {
        return None;
    }
    if treats_by_name(a, &b.source, Manner::Distinguishes) {
        return Some((
            Reason::Distinguished,
            format!("{} sier selv at saken er en annen enn {}.", a.source.id, b.source.id),
        ));
    }
    let follows_kind = a.source.kind.is_ruling()
        && b.source.kind == SourceKind::Circular
        && treats(a, &b.source, Manner::Departs).is_empty()
        && !treats(a, &b.source, Manner::Agrees).is_empty();
    if treats_by_name(a, &b.source, Manner::Agrees) || follows_kind {
        return Some((Reason::Agreement, format!("{} slutter seg til {}.", a.source.id, b.source.id)));
    }
    None
}

fn other_benefit(a: &Reading, b: &Reading) -> Option<(Reason, String)> {
    let apart = |one: &BTreeSet<String>, other: &BTreeSet<String>| {
        !one.is_empty() && !other.is_empty() && one.is_disjoint(other)
    };
    let names = |one: &Reading, other: &Reading| one.named.contains(&other.source.id);
    // A general rule of the law holds for each benefit, and so does EEA law; who names another has a reason.
    if a.source.european || b.source.european || names(a, b) || names(b, a) || share_section(a, b) {
        return None;
    }
    // Where both are told by chapter that decides, unless the benefits say that they meet after all.
    let (one, other) = (a.benefits(), b.benefits());
    let by_chapter = apart(&chapters(a), &chapters(b));
    let is_other = if by_chapter { one.is_disjoint(&other) } else { apart(&one, &other) };
    is_other.then(|| (Reason::OtherBenefit, format!("{} og {} gjelder ulike ytelser.", a.source.id, b.source.id)))
}

/// The chapters on single benefits that a document is about. The general chapters of the National Insurance Act (1, 2,
/// 3, 21, 22, 25) are about all of them.
fn chapters(reading: &Reading) -> BTreeSet<String> {
    reading.provisions.iter().filter_map(chapter).collect()
}

fn chapter(provision: &ProvisionId) -> Option<String> {
    if provision.law().as_str() != LawId::FOLKETRYGDLOVEN {
        return None;
    }
    let chapter = match provision.unit() {
        Unit::Section(number) => number.split('-').next()?.to_owned(),
        Unit::Chapter(number) => number.clone(),
        _ => return None,
    };
    let digits: u32 = chapter.chars().take_while(char::is_ascii_digit).collect::<String>().parse().ok()?;
    (4..=20).contains(&digits).then_some(chapter)
}
