//! Names and abbreviations of the laws that welfare cases turn on.
//!
//! The ids are those Lovdata uses. They were taken from the links in folketrygdloven and the
//! circulars, and from Nav's own list of law sources; a law whose id is not certain is left out, and
//! its §§ then give nothing rather than something wrong. Inflected forms («folketrygdlovens»,
//! «folketrygdlova») are read by rule, so the table holds one form of each name.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::id::LawId;

/// How the sections of a law are numbered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Numbering {
    /// `§ 8-4`: chapter and number.
    ByChapter,
    /// `§ 35`: one series through the whole law.
    Continuous,
}

/// One law in the table.
pub(super) struct Law {
    /// Canonical id.
    pub id: &'static str,
    /// How its sections are numbered.
    pub numbering: Numbering,
    /// One-word names, the first being the short title: «folketrygdloven». Hyphens and «X- og » belong.
    names: &'static [&'static str],
    /// What follows «lov om» or «forskrift om» in the long title.
    titles: &'static [&'static str],
    /// Abbreviations that are nothing else in Norwegian.
    abbreviations: &'static [&'static str],
    /// Abbreviations that are words too («fl», «bl»), read only directly before a §.
    before_section: &'static [&'static str],
}

use Numbering::{ByChapter, Continuous};

const fn law(id: &'static str, numbering: Numbering, names: &'static [&'static str]) -> Law {
    Law { id, numbering, names, titles: &[], abbreviations: &[], before_section: &[] }
}

impl Law {
    const fn titles(self, titles: &'static [&'static str]) -> Self {
        Self { titles, ..self }
    }

    const fn short(self, abbreviations: &'static [&'static str]) -> Self {
        Self { abbreviations, ..self }
    }

    const fn before_section(self, before_section: &'static [&'static str]) -> Self {
        Self { before_section, ..self }
    }
}

/// Folketrygdloven, which the circulars are numbered after.
pub(super) const FOLKETRYGDLOVEN: &str = "lov/1997-02-28-19";

static LAWS: &[Law] = &[
    law(FOLKETRYGDLOVEN, ByChapter, &["folketrygdloven", "folketrygdeloven"])
        .titles(&["folketrygd"])
        .short(&["ftrl", "ftl"]),
    // The new forvaltningslov, lov/2025-06-20-81, is cited by its date until it is in force.
    law("lov/1967-02-10", Continuous, &["forvaltningsloven"])
        .titles(&["behandlingsmåten i forvaltningssaker"])
        .short(&["fvl", "forvl"]),
    law("lov/1966-12-16-9", Continuous, &["trygderettsloven"])
        .titles(&["anke til trygderetten"])
        .short(&["trrl", "tryrl"]),
    law("lov/1981-04-08-7", Continuous, &["barneloven"])
        .titles(&["barn og foreldre", "barn og foreldra"])
        .before_section(&["bl"]),
    law("lov/2006-06-16-20", Continuous, &["arbeids- og velferdsforvaltningsloven", "nav-loven"])
        .titles(&["arbeids- og velferdsforvaltningen", "arbeids- og velferdsforvaltninga"]),
    law("lov/2009-12-18-131", Continuous, &["sosialtjenesteloven", "sosialtenesteloven"])
        .titles(&[
            "sosiale tjenester i arbeids- og velferdsforvaltningen",
            "sosiale tjenester i nav",
            "sosiale tjenester",
        ])
        .short(&["sotjl"]),
    law("lov/2002-03-08-4", Continuous, &["barnetrygdloven"]).titles(&["barnetrygd"]).short(&["btrl"]),
    law("lov/1998-06-26-41", Continuous, &["kontantstøtteloven"])
        .titles(&["kontantstøtte til småbarnsforeldre", "kontantstøtte"])
        .short(&["kontsl"]),
    law("lov/1989-02-17-2", Continuous, &["forskotteringsloven", "bidragsforskotteringsloven", "forskuddsloven"])
        .titles(&["forskottering av barnebidrag", "bidragsforskott"])
        .short(&["forskl"]),
    law("lov/2005-04-29-20", Continuous, &["bidragsinnkrevingsloven", "innkrevingsloven"])
        .titles(&["innkreving av underholdsbidrag mv", "innkreving av underholdsbidrag"])
        .short(&["innkl"]),
    law("lov/2005-04-29-21", Continuous, &["supplerende stønad-loven", "supplerandestønadsloven"]).titles(&[
        "supplerende stønad til personer med kort botid i norge",
        "supplerande stønad til personar med kort butid i noreg",
        "supplerande stønad til personar med kort butid",
        "supplerende stønad",
        "supplerande stønad",
    ]),
    law("lov/1992-11-27-109", Continuous, &["eøs-loven"]).short(&["eøsl"]),
    law("lov/2005-06-17-62", ByChapter, &["arbeidsmiljøloven"]).titles(&["arbeidsmiljø"]).short(&["aml"]),
    law("lov/1814-05-17", Continuous, &["grunnloven"]).short(&["grl", "grunnl"]),
    law("lov/1991-07-04-47", Continuous, &["ekteskapsloven"])
        .titles(&["ekteskap"])
        .short(&["ektl"])
        .before_section(&["el"]),
    law("lov/2005-05-20-28", Continuous, &["straffeloven"]).titles(&["straff"]).short(&["strl"]),
    law("lov/1981-05-22-25", Continuous, &["straffeprosessloven"]).short(&["strpl"]),
    law("lov/2001-05-18-21", Continuous, &["straffegjennomføringsloven"])
        .titles(&["gjennomføring av straff"])
        .short(&["strgjfl"]),
    law("lov/1989-06-16-69", ByChapter, &["forsikringsavtaleloven"])
        .titles(&["forsikringsavtaler"])
        .before_section(&["fal"]),
    law("lov/1979-05-18-18", Continuous, &["foreldelsesloven", "foreldingsloven"])
        .titles(&["foreldelse av fordringer", "foreldelse"])
        .short(&["foreldl"])
        .before_section(&["fl"]),
    law("lov/1984-06-08-59", ByChapter, &["dekningsloven"])
        .titles(&["fordringshavernes dekningsrett"])
        .short(&["deknl"]),
    law("lov/1984-06-08-58", Continuous, &["konkursloven"]),
    law("lov/2005-06-17-90", ByChapter, &["tvisteloven"]).short(&["tvl"]),
    law("lov/1992-06-26-86", ByChapter, &["tvangsfullbyrdelsesloven", "tvangsloven"]).short(&["tvangsl"]),
    law("lov/1992-07-17-99", ByChapter, &["gjeldsordningsloven"]),
    // «Barnevernloven» is what people, and Nav's own lists, still call the act of 2021.
    law("lov/2021-06-18-97", ByChapter, &["barnevernsloven", "barnevernloven", "barnevernslova"])
        .titles(&["barnevern"])
        .short(&["bvl"]),
    law("lov/1988-05-06-22", Continuous, &["permitteringslønnsloven", "permitteringslønsloven"])
        .titles(&["lønnsplikt under permittering"]),
    law("lov/1973-12-14-61", Continuous, &["lønnsgarantiloven", "lønsgarantiloven"]).short(&["lgl"]),
    law("lov/1947-06-27-9", Continuous, &["sysselsettingsloven"]),
    law("lov/2004-12-10-76", Continuous, &["arbeidsmarkedsloven", "arbeidsmarknadsloven"])
        .titles(&["arbeidsmarkedstjenester"]),
    law("lov/1988-04-29-21", Continuous, &["ferieloven"]).titles(&["ferie"]).short(&["feriel"]),
    law("lov/1989-06-16-65", Continuous, &["yrkesskadeforsikringsloven"])
        .titles(&["yrkesskadeforsikring"])
        .short(&["yfl"]),
    law("lov/1958-12-12-10", Continuous, &["yrkesskadetrygdloven"]).titles(&["yrkesskadetrygd"]),
    law("lov/1949-07-28-26", Continuous, &["pensjonskasseloven"]).titles(&["statens pensjonskasse"]),
    law("lov/2010-06-25-28", Continuous, &[]).titles(&["avtalefestet pensjon for medlemmer av statens pensjonskasse"]),
    law("lov/2010-02-19-5", Continuous, &["afp-tilskottsloven", "afp-tilskuddsloven"]),
    law("lov/1999-03-26-14", ByChapter, &["skatteloven"]).titles(&["skatt av formue og inntekt"]).short(&["sktl"]),
    law("lov/2016-05-27-14", ByChapter, &["skatteforvaltningsloven"]),
    law("lov/2005-06-17-67", ByChapter, &["skattebetalingsloven"]),
    law("lov/2012-06-22-43", Continuous, &["a-opplysningsloven"]),
    law("lov/1969-06-13-26", ByChapter, &["skadeserstatningsloven", "skadebotloven"]).short(&["skl"]),
    law("lov/1983-03-04-3", Continuous, &["tjenestemannsloven"]),
    law("lov/2017-06-16-67", Continuous, &["statsansatteloven"]),
    law("lov/2013-06-21-102", ByChapter, &["skipsarbeidsloven"]),
    law("lov/2016-08-12-77", Continuous, &["forsvarsloven"]),
    law("lov/1999-07-02-61", ByChapter, &["spesialisthelsetjenesteloven", "spesialisthelsetenesteloven"])
        .titles(&["spesialisthelsetjenesten m.m", "spesialisthelsetjenesten"]),
    law("lov/1999-07-02-62", ByChapter, &["psykisk helsevernloven"]),
    law("lov/1999-07-02-63", ByChapter, &["pasient- og brukerrettighetsloven"]).short(&["pbrl"]),
    law("lov/1999-07-02-64", Continuous, &["helsepersonelloven"]),
    law("lov/2011-06-24-30", ByChapter, &["helse- og omsorgstjenesteloven", "helse- og omsorgstenesteloven"])
        .titles(&["kommunale helse- og omsorgstjenester"]),
    law("lov/1994-08-05-55", ByChapter, &["smittevernloven"]),
    law("lov/2014-06-20-42", Continuous, &["pasientjournalloven"]),
    law("lov/2014-06-20-43", Continuous, &["helseregisterloven"]),
    law("lov/2008-05-15-35", Continuous, &["utlendingsloven", "utlendingslov"]).short(&["utl"]),
    law("lov/2020-11-06-127", Continuous, &["integreringsloven"]),
    law("lov/2003-07-04-80", Continuous, &["introduksjonsloven"]),
    law("lov/2006-05-19-16", Continuous, &["offentleglova", "offentlighetsloven"]).short(&["offl"]),
    law("lov/2018-06-15-38", Continuous, &["personopplysningsloven"]).short(&["popplyl"]),
    law("lov/2016-12-09-88", ByChapter, &["folkeregisterloven"]),
    law("lov/2017-06-16-51", Continuous, &["likestillings- og diskrimineringsloven"]),
    law("lov/1999-05-21-30", Continuous, &["menneskerettsloven"]),
    law("lov/2005-06-17-64", Continuous, &["barnehageloven"]),
    law("lov/1994-06-03-15", Continuous, &["enhetsregisterloven"]),
    law("lov/2002-06-14-20", Continuous, &["eksplosjonsvernloven"]),
    law("lov/1976-12-17-91", Continuous, &["økonomiske soneloven"]),
    law("lov/1988-07-08-72", Continuous, &["barnebortføringsloven"]),
    law("lov/1946-12-13-21", Continuous, &[])
        .titles(&["krigspensjonering for militærpersoner", "krigspensjon for militærpersoner"]),
    law("lov/1946-12-13-22", Continuous, &[]).titles(&[
        "krigspensjonering for sivile m.v",
        "krigspensjonering for sivile mv",
        "krigspensjonering for sivile",
        "krigspensjon for sivile",
    ]),
    // Regulations
    law("forskrift/1998-09-16-890", ByChapter, &["dagpengeforskriften"])
        .titles(&["dagpenger under arbeidsløshet", "dagpenger under arbeidsløyse"]),
    law("forskrift/2009-12-22-1810", ByChapter, &["alderspensjonsforskriften"])
        .titles(&["alderspensjon i folketrygden"]),
    law("forskrift/2017-12-13-2100", Continuous, &["aap-forskriften", "arbeidsavklaringspengeforskriften"])
        .titles(&["arbeidsavklaringspenger", "arbeidsavklaringspengar"]),
    law("forskrift/2014-07-03-947", ByChapter, &["uføretrygdforskriften"]).titles(&[
        "uføretrygd fra folketrygden",
        "uføretrygd frå folketrygda",
        "uføretrygd",
    ]),
    law("forskrift/2015-12-11-1598", ByChapter, &["tiltaksforskriften"])
        .titles(&["arbeidsmarkedstiltak", "arbeidsmarknadstiltak"]),
    law("forskrift/2013-11-04-1286", Continuous, &["tiltakspengeforskriften"]).titles(&[
        "tiltakspenger mv",
        "tiltakspenger",
        "tiltakspengar",
    ]),
    law("forskrift/2015-07-02-867", Continuous, &["tilleggsstønadsforskriften", "tilleggsstønadforskriften"])
        .titles(&["tilleggsstønader til arbeidssøkere mv", "tilleggsstønader til arbeidssøkere", "tilleggsstønader"]),
    law("forskrift/2006-12-15-1456", Continuous, &["forvaltningslovforskriften"]),
    law("forskrift/2020-03-20-368", ByChapter, &["covid-19-forskriften"]),
    law("forskrift/1997-03-11-220", Continuous, &["yrkessykdomsforskriften"]),
    law("forskrift/1997-04-15-318", Continuous, &[]).titles(&[
        "stønad til hjelpemidler mv",
        "stønad til hjelpemidler",
        "hjelpemidler mm",
    ]),
    law("forskrift/2003-01-15-123", Continuous, &[]).titles(&[
        "fastsetjing og endring av fostringstilskot",
        "fastsettelse og endring av fostringstilskot",
        "fastsetjing av fostringstilskot",
    ]),
    // EU acts that folketrygdloven § 1-3 a and b make law, and those they replaced
    law("eu/883-2004", Continuous, &["trygdeforordningen"]).titles(&["koordinering av trygdeordninger"]),
    law("eu/987-2009", Continuous, &["gjennomføringsforordningen"]),
    law("eu/1408-71", Continuous, &[]),
    law("eu/574-72", Continuous, &[]),
    law("eu/1612-68", Continuous, &[]),
    law("eu/492-2011", Continuous, &[]),
    law("eu/2004-38", Continuous, &["unionsborgerdirektivet", "oppholdsdirektivet"]),
];

/// Laws that share a name with the current one and are told from it by their year:
/// «folketrygdloven av 1966», «barnevernloven (1992)».
static OLDER: &[(&str, u16, &str)] = &[
    (FOLKETRYGDLOVEN, 1966, "lov/1966-06-17-12"),
    ("lov/2021-06-18-97", 1992, "lov/1992-07-17-100"),
    ("lov/2005-05-20-28", 1902, "lov/1902-05-22-10"),
    ("lov/2005-06-17-62", 1977, "lov/1977-02-04-4"),
    ("lov/1967-02-10", 2025, "lov/2025-06-20-81"),
];

/// How a name was found, and what for.
#[derive(Clone, Copy)]
pub(super) enum Named {
    /// Stands alone or with a §.
    Freely(&'static Law),
    /// Means the law only directly before a §.
    BeforeSection(&'static Law),
}

struct Tables {
    names: HashMap<String, &'static Law>,
    titles: Vec<(Vec<String>, &'static Law)>,
    abbreviations: HashMap<&'static str, Named>,
    ids: HashMap<&'static str, &'static Law>,
    first_words: std::collections::HashSet<String>,
}

static TABLES: LazyLock<Tables> = LazyLock::new(|| {
    let mut tables = Tables {
        names: HashMap::new(),
        titles: Vec::new(),
        abbreviations: HashMap::new(),
        ids: HashMap::new(),
        first_words: std::collections::HashSet::new(),
    };
    for law in LAWS {
        tables.ids.insert(law.id, law);
        for name in law.names {
            tables.names.insert(key(name), law);
            if let Some((first, _)) = name.split_once(' ') {
                tables.first_words.insert(first.trim_end_matches('-').to_owned());
            }
        }
        for title in law.titles {
            tables.titles.push((words(title), law));
        }
        for short in law.abbreviations {
            tables.abbreviations.insert(short, Named::Freely(law));
        }
        for short in law.before_section {
            tables.abbreviations.insert(short, Named::BeforeSection(law));
        }
    }
    // The longest title first, so that «uføretrygd fra folketrygden» is not read as «uføretrygd».
    tables.titles.sort_by_key(|(title, _)| std::cmp::Reverse(title.len()));
    tables
});

/// A title as the reader of a text sees it: words and signs, lower case.
fn words(title: &str) -> Vec<String> {
    title
        .split(' ')
        .flat_map(|word| word.split('.'))
        .flat_map(|word| match word.strip_suffix('-') {
            Some(stem) => vec![stem.to_owned(), "-".to_owned()],
            None => vec![word.to_owned()],
        })
        .filter(|word| !word.is_empty())
        .collect()
}

/// The form under which a name is looked up: lower case, no hyphens or spaces, and the ending of the
/// definite form taken off («-en», «-a», genitive «-s»), so that all forms of a name meet.
fn key(name: &str) -> String {
    let plain: String = name.chars().filter(|c| *c != '-' && *c != ' ').flat_map(char::to_lowercase).collect();
    let stem =
        plain.strip_suffix('s').filter(|stem| stem.ends_with("en") || stem.ends_with('a') || stem.ends_with("et"));
    let stem = stem.unwrap_or(&plain);
    for ending in ["en", "a"] {
        if let Some(base) = stem.strip_suffix(ending)
            && ["lov", "forskrift", "forordning"].iter().any(|noun| base.ends_with(noun))
        {
            return base.to_owned();
        }
    }
    stem.to_owned()
}

/// The law with this one-word name in any of its forms.
pub(super) fn by_name(name: &str) -> Option<&'static Law> {
    TABLES.names.get(&key(name)).copied()
}

/// Whether a name of several words starts with this one («helse- og omsorgstjenesteloven»).
pub(super) fn starts_long_name(word: &str) -> bool {
    TABLES.first_words.contains(word)
}

/// The law with this abbreviation, written without its full stop.
pub(super) fn by_abbreviation(word: &str) -> Option<Named> {
    TABLES.abbreviations.get(word).copied()
}

/// The law whose title the words after «lov om» begin with, and how many of them the title takes.
///
/// `statute` tells «lov om» from «forskrift om»; `word_at` gives the n-th word or sign after «om».
pub(super) fn by_title<'t>(statute: bool, word_at: impl Fn(usize) -> Option<&'t str>) -> Option<(&'static Law, usize)> {
    TABLES.titles.iter().find_map(|(title, law)| {
        (law.id.starts_with("lov/") == statute).then_some(())?;
        let mut at = 0;
        for word in title {
            while word_at(at) == Some(".") {
                at += 1;
            }
            (word_at(at) == Some(word.as_str())).then_some(())?;
            at += 1;
        }
        Some((*law, at))
    })
}

/// The law in the table with this id.
pub(super) fn by_id(id: &LawId) -> Option<&'static Law> {
    TABLES.ids.get(id.as_str()).copied()
}

/// The only law in the table made on this day (`1997-02-28`), for old acts cited without a number.
pub(super) fn by_date(prefix: &str) -> Option<&'static Law> {
    let mut found = LAWS
        .iter()
        .filter(|law| law.id.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('-')));
    found.next().filter(|_| found.next().is_none())
}

/// The id that a name has with a year beside it («folketrygdloven av 1966»); `None` when no law of
/// that name and year is known.
pub(super) fn of_year(law: &Law, year: u16) -> Option<&'static str> {
    if LAWS.iter().any(|other| other.id == law.id && other.id.contains(&format!("/{year}-"))) {
        return LAWS.iter().find(|other| other.id == law.id).map(|other| other.id);
    }
    OLDER.iter().find(|(current, then, _)| *current == law.id && *then == year).map(|(_, _, id)| *id)
}

/// The short title of a law, «folketrygdloven»; `None` for a law outside the table or without one.
pub fn short_title(id: &LawId) -> Option<&'static str> {
    match id.as_str() {
        "lov/1981-04-08-7" => Some("barnelova"),
        _ => by_id(id)?.names.first().copied(),
    }
}

/// The law that a name, abbreviation or id means, as a user would give it: «ftrl.», «folketrygdloven»,
/// «lov/1997-02-28-19», «LOV-1997-02-28-19».
pub fn find_law(text: &str) -> Option<LawId> {
    let text = text.trim().trim_end_matches('.');
    if let Ok(id) = text.parse() {
        return Some(id);
    }
    let lower = text.to_lowercase();
    let address = lower.trim_start_matches("nl/").trim_start_matches("sf/");
    for (written, prefix) in [("lov-", "lov/"), ("for-", "forskrift/"), ("lov/", "lov/"), ("forskrift/", "forskrift/")]
    {
        if let Some(rest) = address.strip_prefix(written)
            && let Ok(id) = format!("{prefix}{rest}").parse()
        {
            return Some(id);
        }
    }
    let law = match by_abbreviation(&lower) {
        Some(Named::Freely(law) | Named::BeforeSection(law)) => Some(law),
        None => by_name(&lower).or_else(|| {
            let (statute, title) = match lower.split_once(" om ") {
                Some(("lov", title)) => (true, title),
                Some(("forskrift", title)) => (false, title),
                _ => return None,
            };
            let words = words(title);
            by_title(statute, |n| words.get(n).map(String::as_str)).map(|(law, _)| law)
        }),
    };
    law?.id.parse().ok()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn every_id_in_the_table_is_canonical_and_there_once() {
        let mut seen = std::collections::HashSet::new();
        for law in LAWS {
            assert_eq!(law.id.parse::<LawId>().map(|id| id.to_string()).as_deref(), Ok(law.id));
            assert!(seen.insert(law.id), "{} twice", law.id);
        }
        for (current, _, older) in OLDER {
            assert!(seen.contains(current) && older.parse::<LawId>().is_ok());
        }
    }

    #[test]
    fn a_name_is_found_in_all_its_forms() {
        for name in [
            "folketrygdloven",
            "Folketrygdlovens",
            "folketrygdlova",
            "ftrl.",
            "FTRL",
            "lov om folketrygd",
            "LOV-1997-02-28-19",
            "NL/lov/1997-02-28-19",
            "lov/1997-02-28-19",
        ] {
            assert_eq!(find_law(name).map(|id| id.to_string()).as_deref(), Some(FOLKETRYGDLOVEN), "{name}");
        }
        for (name, id) in [
            ("barnelova", "lov/1981-04-08-7"),
            ("NAV-loven", "lov/2006-06-16-20"),
            ("navloven", "lov/2006-06-16-20"),
            ("helse- og omsorgstjenesteloven", "lov/2011-06-24-30"),
            ("dagpengeforskrifta", "forskrift/1998-09-16-890"),
            ("trygdeforordningen", "eu/883-2004"),
            ("forskrift om arbeidsavklaringspenger", "forskrift/2017-12-13-2100"),
        ] {
            assert_eq!(find_law(name).map(|id| id.to_string()).as_deref(), Some(id), "{name}");
        }
        assert_eq!(find_law("husordensreglene"), None);
    }
}
