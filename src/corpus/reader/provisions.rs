//! The provisions a text names, through the `law` module.

use crate::law::{self, LawId, LawKind, Levels, ProvisionId, Unit};

/// Folketrygdloven: the law that circulars, rulings and guidance in this service are about unless they say otherwise.
pub(super) fn folketrygdloven() -> Option<LawId> {
    LawId::dated(LawKind::Statute, 1997, 2, 28, Some(19))
}

/// The provisions named in `text`, each once, in the order they stand; a bare § is one of `context`.
/// A law named without a § is no provision.
pub(super) fn in_text(text: &str, context: Option<&LawId>) -> Vec<ProvisionId> {
    let mut found: Vec<ProvisionId> = Vec::new();
    for reference in law::find(text, context) {
        push(&mut found, from_id(&reference.id));
    }
    found
}

/// A provision by its canonical id as the publisher writes it ("lov/1997-02-28-19/§8-4", with or without "NL/").
pub(super) fn from_id(id: &str) -> Option<ProvisionId> {
    let id: String = id.trim_start_matches("NL/").trim_start_matches("SF/").split_whitespace().collect();
    let provision: ProvisionId = id.parse().ok()?;
    (*provision.unit() != Unit::Whole).then_some(provision)
}

/// Benefits with an act of their own, by the stem of their name in a title: «Kontantstøtte i oppsigelsestid».
const OWN_ACTS: [(&str, &str); 7] = [
    ("supplerende stønad", "lov/2005-04-29-21"),
    ("supplerande stønad", "lov/2005-04-29-21"),
    ("kontantstøtte", "lov/1998-06-26-41"),
    ("barnetrygd", "lov/2002-03-08-4"),
    ("bidragsforskudd", "lov/1989-02-17-2"),
    ("bidragsforskot", "lov/1989-02-17-2"),
    ("barnebidrag", "lov/1981-04-08-7"),
];

/// The law a text is about: the one its provisions are all in, else the first that its title names, else that of the benefit
/// in its title, else folketrygdloven.
pub(super) fn context(about: &[ProvisionId], title: &str) -> Option<LawId> {
    let shared = about.first().map(ProvisionId::law).filter(|law| about.iter().all(|other| other.law() == *law));
    let named = || law::find(title, None).iter().find_map(|reference| reference.id.parse::<ProvisionId>().ok());
    let of_benefit = || {
        let title = title.to_lowercase();
        OWN_ACTS.iter().find(|(benefit, _)| title.contains(benefit)).and_then(|(_, act)| act.parse().ok())
    };
    let law = shared.cloned().or_else(|| named().map(|provision| provision.law().clone())).or_else(of_benefit);
    law.or_else(folketrygdloven)
}

/// Adds a provision that is not in the list yet.
pub(super) fn push(list: &mut Vec<ProvisionId>, provision: Option<ProvisionId>) {
    if let Some(provision) = provision
        && !list.contains(&provision)
    {
        list.push(provision);
    }
}

/// Whether the id is a whole chapter.
pub(super) fn is_chapter(provision: &ProvisionId) -> bool {
    matches!(provision.unit(), Unit::Chapter(_))
}

/// A ledd of the § that `section` is, or is within.
pub(super) fn ledd(section: &ProvisionId, number: usize) -> ProvisionId {
    let levels = Levels { ledd: u16::try_from(number).ok(), ..Levels::default() };
    ProvisionId::new(section.law().clone(), section.unit().clone(), levels)
}

/// The ordinal as lawgivers write it: 3 → "tredje".
pub(crate) fn ordinal(number: usize) -> String {
    const WORDS: [&str; 15] = [
        "første",
        "andre",
        "tredje",
        "fjerde",
        "femte",
        "sjette",
        "sjuende",
        "åttende",
        "niende",
        "tiende",
        "ellevte",
        "tolvte",
        "trettende",
        "fjortende",
        "femtende",
    ];
    number
        .checked_sub(1)
        .and_then(|index| WORDS.get(index))
        .map_or_else(|| format!("{number}."), |word| (*word).to_owned())
}
