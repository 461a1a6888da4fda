//! Canonical ids of laws, provisions and documents.
//!
//! Every id has one spelling, whatever way a text writes it. The forms are those of the identifier
//! table: `lov/1997-02-28-19/§8-4/ledd1/bokstav-a`, `lov/1997-02-28-19/kap11`, `eu/883-2004/art21`,
//! `R11-00/§11-3`, `TRR-2010-1026`, `HR-2021-2126-A`. An id is parsed once, at the edge; what reads
//! free text is `references`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::months::month_name;
use super::names;

/// Why a string is not a canonical id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// The law part is not `lov/…`, `forskrift/…` or `eu/…`.
    #[error("«{0}» is not the id of a law; write it like lov/1997-02-28-19, forskrift/2024-12-19-3293 or eu/883-2004")]
    Law(String),
    /// What follows the law is not a section, chapter or article with its levels.
    #[error("«{0}» is not the id of a provision; write it like lov/1997-02-28-19/§8-4/ledd1/bokstav-a")]
    Provision(String),
    /// The id is neither a circular, a tribunal decision nor a judgment.
    #[error(
        "«{0}» is not the id of a circular, decision or judgment; write it like R11-00, TRR-2010-1026 or HR-2021-2126-A"
    )]
    Document(String),
}

/// What kind of act a [`LawId`] names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LawKind {
    /// `lov/…`
    Statute,
    /// `forskrift/…`
    Regulation,
    /// `eu/…`: a regulation or directive of the EU, made part of the EEA Agreement.
    EuAct,
}

/// The id of a statute, regulation or EU act: `lov/1997-02-28-19`, `forskrift/2024-12-19-3293`, `eu/883-2004`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LawId(String);

impl LawId {
    /// The id of a statute or regulation from the day it was made and its number that day.
    ///
    /// Statutes from before 1969 may lack a number (forvaltningsloven is `lov/1967-02-10`).
    /// `None` when the day does not exist.
    pub fn dated(kind: LawKind, year: u16, month: u8, day: u8, number: Option<u32>) -> Option<Self> {
        let prefix = match kind {
            LawKind::Statute => "lov",
            LawKind::Regulation => "forskrift",
            LawKind::EuAct => return None,
        };
        if !(1600..=2199).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
            return None;
        }
        let date = format!("{prefix}/{year:04}-{month:02}-{day:02}");
        Some(Self(match number {
            Some(number) => format!("{date}-{number}"),
            None => date,
        }))
    }

    /// The id of an EU act from the two numbers around the slash, in the order they are written.
    pub fn eu(first: &str, second: &str) -> Option<Self> {
        let number = |part: &str| !part.is_empty() && part.len() <= 4 && part.bytes().all(|b| b.is_ascii_digit());
        (number(first) && number(second)).then(|| Self(format!("eu/{first}-{second}")))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is a statute, a regulation or an EU act.
    pub fn kind(&self) -> LawKind {
        match self.0.split('/').next() {
            Some("forskrift") => LawKind::Regulation,
            Some("eu") => LawKind::EuAct,
            _ => LawKind::Statute,
        }
    }

    /// What people call it: the short title where it is known, else the dated form
    /// («lov 28. juli 1949 nr. 26»).
    pub fn label(&self) -> String {
        if let Some(name) = names::short_title(self) {
            return name.to_owned();
        }
        let (prefix, rest) = self.0.split_once('/').unwrap_or(("lov", self.0.as_str()));
        let parts: Vec<&str> = rest.split('-').collect();
        match (prefix, parts.as_slice()) {
            ("eu", [first, second]) => format!("forordning {first}/{second}"),
            (kind, [year, month, day, number @ ..]) => {
                let day = day.trim_start_matches('0');
                let month = month.parse().ok().and_then(month_name).unwrap_or_default();
                match number.first() {
                    Some(number) => format!("{kind} {day}. {month} {year} nr. {number}"),
                    None => format!("{kind} {day}. {month} {year}"),
                }
            }
            _ => self.0.clone(),
        }
    }
}

impl FromStr for LawId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let wrong = || IdError::Law(text.to_owned());
        let (prefix, rest) = text.split_once('/').ok_or_else(wrong)?;
        let parts: Vec<&str> = rest.split('-').collect();
        if parts.iter().any(|part| part.is_empty() || !part.bytes().all(|b| b.is_ascii_digit())) {
            return Err(wrong());
        }
        let kind = match prefix {
            "eu" => {
                return match parts.as_slice() {
                    [first, second] => Self::eu(first, second).ok_or_else(wrong),
                    _ => Err(wrong()),
                };
            }
            "lov" => LawKind::Statute,
            "forskrift" => LawKind::Regulation,
            _ => return Err(wrong()),
        };
        let (date, number) = match parts.as_slice() {
            [year, month, day] => ([*year, *month, *day], None),
            [year, month, day, number] => ([*year, *month, *day], Some(number.parse().map_err(|_| wrong())?)),
            _ => return Err(wrong()),
        };
        let year = date[0].parse().map_err(|_| wrong())?;
        let month = date[1].parse().map_err(|_| wrong())?;
        let day = date[2].parse().map_err(|_| wrong())?;
        Self::dated(kind, year, month, day, number).ok_or_else(wrong)
    }
}

/// The part of a law that a [`ProvisionId`] points at, before its levels.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Unit {
    /// The law as a whole.
    Whole,
    /// A chapter: `kap11`, `kap11A`.
    Chapter(String),
    /// A section: `§8-4`, `§11A-4`, `§8-7a`, without the sign.
    Section(String),
    /// An article of an EU act: `art21`.
    Article(String),
}

/// How deep a reference goes below its section, in the fixed order ledd, punktum, bokstav, nr.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Levels {
    /// Paragraph of the section, from 1.
    pub ledd: Option<u16>,
    /// Sentence, from 1.
    pub punktum: Option<u16>,
    /// Letter of a list.
    pub bokstav: Option<char>,
    /// Number in a list.
    pub nr: Option<u16>,
}

impl Levels {
    /// True when no level is set.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    fn parse<'a>(parts: impl Iterator<Item = &'a str>) -> Option<Self> {
        let mut levels = Self::default();
        for part in parts {
            if let Some(letter) = part.strip_prefix("bokstav-") {
                let mut letters = letter.chars();
                let (Some(letter), None) = (letters.next(), letters.next()) else {
                    return None;
                };
                if levels.bokstav.is_some() || levels.nr.is_some() || !letter.is_lowercase() {
                    return None;
                }
                levels.bokstav = Some(letter);
            } else if let Some(number) = part.strip_prefix("ledd") {
                if !levels.is_empty() {
                    return None;
                }
                levels.ledd = Some(positive(number)?);
            } else if let Some(number) = part.strip_prefix("punktum") {
                if levels.punktum.is_some() || levels.bokstav.is_some() || levels.nr.is_some() {
                    return None;
                }
                levels.punktum = Some(positive(number)?);
            } else {
                if levels.nr.is_some() {
                    return None;
                }
                levels.nr = Some(positive(part.strip_prefix("nr")?)?);
            }
        }
        Some(levels)
    }

    fn label(&self) -> String {
        let mut label = String::new();
        if let Some(ledd) = self.ledd {
            label.push_str(&format!(" {} ledd", ordinal(ledd)));
        }
        if let Some(punktum) = self.punktum {
            label.push_str(&format!(" {} punktum", ordinal(punktum)));
        }
        if let Some(letter) = self.bokstav {
            label.push_str(&format!(" bokstav {letter}"));
        }
        if let Some(number) = self.nr {
            label.push_str(&format!(" nr. {number}"));
        }
        label
    }
}

fn positive(text: &str) -> Option<u16> {
    text.parse().ok().filter(|number| *number > 0 && !text.starts_with(['0', '+']))
}

fn ordinal(number: u16) -> String {
    const WORDS: [&str; 12] = [
        "første", "andre", "tredje", "fjerde", "femte", "sjette", "sjuende", "åttende", "niende", "tiende", "ellevte",
        "tolvte",
    ];
    match WORDS.get(usize::from(number).wrapping_sub(1)) {
        Some(word) => (*word).to_owned(),
        None => format!("{number}."),
    }
}

impl fmt::Display for Levels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(ledd) = self.ledd {
            write!(f, "/ledd{ledd}")?;
        }
        if let Some(punktum) = self.punktum {
            write!(f, "/punktum{punktum}")?;
        }
        if let Some(letter) = self.bokstav {
            write!(f, "/bokstav-{letter}")?;
        }
        if let Some(number) = self.nr {
            write!(f, "/nr{number}")?;
        }
        Ok(())
    }
}

/// A place in a law: the law, a chapter, section or article in it, and the levels below.
///
/// Identity is the number: what § 11-8 says depends on the date, and that is not part of the id.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ProvisionId {
    law: LawId,
    unit: Unit,
    levels: Levels,
}

impl ProvisionId {
    /// Puts a provision together; levels of a chapter or of a whole law are dropped.
    pub fn new(law: LawId, unit: Unit, levels: Levels) -> Self {
        let levels = match unit {
            Unit::Section(_) | Unit::Article(_) => levels,
            Unit::Whole | Unit::Chapter(_) => Levels::default(),
        };
        Self { law, unit, levels }
    }

    /// The law it is in.
    pub fn law(&self) -> &LawId {
        &self.law
    }

    /// The chapter, section or article.
    pub fn unit(&self) -> &Unit {
        &self.unit
    }

    /// The levels below the section.
    pub fn levels(&self) -> Levels {
        self.levels
    }

    /// The same provision cut at its § (or article): `…/§8-4/ledd3` becomes `…/§8-4`.
    pub fn section(&self) -> Self {
        Self { law: self.law.clone(), unit: self.unit.clone(), levels: Levels::default() }
    }

    /// The chapter that the number of the § tells, for laws numbered by chapter: `§8-4` is in `kap8`.
    pub fn chapter(&self) -> Option<Self> {
        let chapter = match &self.unit {
            Unit::Chapter(chapter) => chapter.clone(),
            Unit::Section(section) => section.split_once('-')?.0.to_owned(),
            Unit::Whole | Unit::Article(_) => return None,
        };
        Some(Self { law: self.law.clone(), unit: Unit::Chapter(chapter), levels: Levels::default() })
    }

    /// True when `other` is this provision or one that it lies in: `§8-4/ledd3` is within `§8-4`,
    /// within `kap8` and within the law, and not within `§8-40`.
    pub fn is_within(&self, other: &Self) -> bool {
        if self.law != other.law {
            return false;
        }
        match &other.unit {
            Unit::Whole => true,
            Unit::Chapter(_) => self.chapter().as_ref() == Some(other),
            Unit::Section(_) | Unit::Article(_) => {
                let here = self.levels;
                let there = other.levels;
                self.unit == other.unit
                    && (there.ledd.is_none() || there.ledd == here.ledd)
                    && (there.punktum.is_none() || there.punktum == here.punktum)
                    && (there.bokstav.is_none() || there.bokstav == here.bokstav)
                    && (there.nr.is_none() || there.nr == here.nr)
            }
        }
    }

    /// As a person says it, with the law: «folketrygdloven § 8-4 tredje ledd bokstav a».
    pub fn label(&self) -> String {
        let law = self.law.label();
        match self.short_label() {
            place if place.is_empty() => law,
            place => format!("{law} {place}"),
        }
    }

    /// As a person says it where the law is given: «§ 8-4 tredje ledd», «kapittel 11 A», and the
    /// empty string for a whole law.
    pub fn short_label(&self) -> String {
        let place = match &self.unit {
            Unit::Whole => String::new(),
            Unit::Chapter(chapter) => format!("kapittel {}", spaced(chapter)),
            Unit::Section(section) => format!("§ {}", spaced(section)),
            Unit::Article(article) => format!("artikkel {}", spaced(article)),
        };
        place + &self.levels.label()
    }
}

/// Puts the space before a letter back: `11A-4` is written «11 A-4», `8-7a` «8-7 a».
fn spaced(number: &str) -> String {
    let mut text = String::with_capacity(number.len() + 1);
    let mut after_digit = false;
    for c in number.chars() {
        if c.is_alphabetic() && after_digit {
            text.push(' ');
        }
        after_digit = c.is_ascii_digit();
        text.push(c);
    }
    text
}

impl From<LawId> for ProvisionId {
    fn from(law: LawId) -> Self {
        Self { law, unit: Unit::Whole, levels: Levels::default() }
    }
}

impl fmt::Display for ProvisionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.law)?;
        match &self.unit {
            Unit::Whole => {}
            Unit::Chapter(chapter) => write!(f, "/kap{chapter}")?,
            Unit::Section(section) => write!(f, "/§{section}")?,
            Unit::Article(article) => write!(f, "/art{article}")?,
        }
        write!(f, "{}", self.levels)
    }
}

impl FromStr for ProvisionId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let wrong = || IdError::Provision(text.to_owned());
        let mut parts = text.split('/');
        let (Some(prefix), Some(date)) = (parts.next(), parts.next()) else {
            return Err(wrong());
        };
        let law: LawId = format!("{prefix}/{date}").parse()?;
        let unit = match parts.next() {
            None => return Ok(law.into()),
            Some(part) => unit(part).ok_or_else(wrong)?,
        };
        let levels = Levels::parse(parts).ok_or_else(wrong)?;
        if matches!(unit, Unit::Chapter(_)) && !levels.is_empty() {
            return Err(wrong());
        }
        Ok(Self { law, unit, levels })
    }
}

fn unit(part: &str) -> Option<Unit> {
    let number = |text: &str| {
        (text.starts_with(|c: char| c.is_ascii_alphanumeric())
            && text.chars().all(|c| c.is_ascii_digit() || c == '-' || c.is_alphabetic()))
        .then(|| text.to_owned())
    };
    if let Some(section) = part.strip_prefix('§') {
        number(section).map(Unit::Section)
    } else if let Some(chapter) = part.strip_prefix("kap") {
        number(chapter).map(Unit::Chapter)
    } else {
        number(part.strip_prefix("art")?).map(Unit::Article)
    }
}

/// The id of a source that is not a law: a circular or a part of it, a tribunal decision, a judgment.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DocumentRef {
    /// `R11-00`, or with the section it comments on `R11-00/§11-3`.
    Circular {
        /// The circular's number, `R11-00`.
        number: String,
        /// The section that the part comments on, without the sign.
        section: Option<String>,
        /// Levels below that section.
        levels: Levels,
    },
    /// A decision by Trygderetten: `TRR-2010-1026`.
    Tribunal {
        /// Year of the case.
        year: u16,
        /// Running number, without leading zeros.
        number: u32,
    },
    /// A judgment: `HR-2021-2126-A`, `LE-2011-109229`, `Rt-2005-1757`, `E-8/20`, `C-543/03`.
    Court(String),
}

impl DocumentRef {
    /// The circular that a chapter of folketrygdloven has: chapter 8 has `R08-00`.
    pub fn circular(chapter: u16) -> Self {
        Self::Circular { number: format!("R{chapter:02}-00"), section: None, levels: Levels::default() }
    }

    /// The document itself, without the part: `R11-00/§11-3` becomes `R11-00`.
    pub fn document(&self) -> Self {
        match self {
            Self::Circular { number, .. } => {
                Self::Circular { number: number.clone(), section: None, levels: Levels::default() }
            }
            other => other.clone(),
        }
    }
}

/// The four-digit year that two digits stand for: from 50 on the 1900s, else the 2000s.
pub(super) fn full_year(two_digits: u16) -> u16 {
    if two_digits >= 50 { 1900 + two_digits } else { 2000 + two_digits }
}

impl fmt::Display for DocumentRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Circular { number, section: None, .. } => f.write_str(number),
            Self::Circular { number, section: Some(section), levels } => write!(f, "{number}/§{section}{levels}"),
            Self::Tribunal { year, number } => write!(f, "TRR-{year}-{number}"),
            Self::Court(id) => f.write_str(id),
        }
    }
}

impl FromStr for DocumentRef {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let wrong = || IdError::Document(text.to_owned());
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if let Some(rest) = text.strip_prefix("TRR-") {
            let (year, number) = rest.split_once('-').ok_or_else(wrong)?;
            if year.len() != 4 || !digits(year) || !digits(number) || number.starts_with('0') {
                return Err(wrong());
            }
            let year = year.parse().map_err(|_| wrong())?;
            let number = number.parse().map_err(|_| wrong())?;
            return Ok(Self::Tribunal { year, number });
        }
        if text.starts_with('R') && text[1..].starts_with(|c: char| c.is_ascii_digit()) {
            let mut parts = text.split('/');
            let number = parts.next().unwrap_or_default().to_owned();
            let mut pieces = number[1..].split('-');
            let known = pieces.next().is_some_and(|p| p.len() == 2 && digits(p))
                && pieces.next().is_some_and(|p| p.len() == 2 && digits(p))
                && pieces.all(|p| !p.is_empty() && p.chars().all(char::is_alphanumeric));
            if !known {
                return Err(wrong());
            }
            let section = match parts.next().map(unit) {
                None => None,
                Some(Some(Unit::Section(section))) => Some(section),
                Some(_) => return Err(wrong()),
            };
            let levels = Levels::parse(parts).ok_or_else(wrong)?;
            return Ok(Self::Circular { number, section, levels });
        }
        let court = match text.split_once('-') {
            Some(("HR" | "LA" | "LB" | "LE" | "LF" | "LG" | "LH" | "LS" | "Rt", rest)) => {
                let mut parts = rest.split('-');
                parts.next().is_some_and(|year| year.len() == 4 && digits(year))
                    && parts.next().is_some_and(digits)
                    && parts.all(|part| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric()))
            }
            Some(("E" | "C" | "T", rest)) => {
                rest.split_once('/').is_some_and(|(number, year)| digits(number) && year.len() == 2 && digits(year))
            }
            _ => false,
        };
        if court { Ok(Self::Court(text.to_owned())) } else { Err(wrong()) }
    }
}

impl fmt::Display for LawId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Ids are written to JSON and read from it in their canonical spelling.
macro_rules! serde_as_string {
    ($($name:ty),*) => {$(
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    )*};
}

serde_as_string!(LawId, ProvisionId, DocumentRef);

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn provision(text: &str) -> ProvisionId {
        text.parse().unwrap()
    }

    #[test]
    fn canonical_ids_survive_the_round_trip() {
        for id in [
            "lov/1997-02-28-19",
            "lov/1967-02-10/§35/ledd1/bokstav-c",
            "forskrift/2024-12-19-3293/§2",
            "lov/1997-02-28-19/§11A-4/ledd3",
            "lov/1997-02-28-19/§8-7a",
            "lov/1997-02-28-19/§22-15/ledd1/punktum2",
            "lov/1997-02-28-19/kap11A",
            "eu/883-2004/art65/nr1",
        ] {
            assert_eq!(provision(id).to_string(), id);
            let json = serde_json::to_string(&provision(id)).unwrap();
            assert_eq!(serde_json::from_str::<ProvisionId>(&json).unwrap(), provision(id));
        }
        for id in
            ["R11-00", "R11-00/§11-3", "R76-13-04-for", "TRR-2010-1026", "HR-2021-2126-A", "Rt-2005-1757", "E-8/20"]
        {
            assert_eq!(id.parse::<DocumentRef>().unwrap().to_string(), id);
        }
    }

    #[test]
    fn other_spellings_are_not_ids() {
        for id in [
            "",
            "lov",
            "lov/",
            "lov/1997",
            "lov/1997-13-28-19",
            "lov/1997-02-28-19/8-4",
            "lov/1997-02-28-19/§",
            "lov/1997-02-28-19/§8-4/bokstav-a/ledd1",
            "lov/1997-02-28-19/§8-4/ledd0",
            "lov/1997-02-28-19/kap8/ledd1",
            "ftrl. § 8-4",
        ] {
            assert!(id.parse::<ProvisionId>().is_err(), "{id}");
        }
        for id in ["", "R", "R1", "R1-00", "TRR-10-1026", "TRR-2010-01026", "HR-21-1", "X-8/20", "Rø-00"] {
            assert!(id.parse::<DocumentRef>().is_err(), "{id}");
        }
    }

    #[test]
    fn a_provision_lies_within_its_parents_only() {
        let deep = provision("lov/1997-02-28-19/§8-4/ledd3/bokstav-a");
        for parent in
            ["lov/1997-02-28-19", "lov/1997-02-28-19/kap8", "lov/1997-02-28-19/§8-4", "lov/1997-02-28-19/§8-4/ledd3"]
        {
            assert!(deep.is_within(&provision(parent)), "{parent}");
        }
        for other in
            ["lov/1997-02-28-19/§8-40", "lov/1997-02-28-19/§8-4/ledd2", "lov/1967-02-10", "lov/1997-02-28-19/kap4"]
        {
            assert!(!deep.is_within(&provision(other)), "{other}");
        }
        assert_eq!(deep.section().to_string(), "lov/1997-02-28-19/§8-4");
        assert!(!deep.section().is_within(&deep));
        assert_eq!(provision("lov/1997-02-28-19/§11A-4").chapter().unwrap().to_string(), "lov/1997-02-28-19/kap11A");
        assert_eq!(provision("lov/1967-02-10/§35").chapter(), None);
    }

    #[test]
    fn labels_are_what_a_person_says() {
        for (id, label, short) in [
            (
                "lov/1997-02-28-19/§8-4/ledd3/bokstav-a",
                "folketrygdloven § 8-4 tredje ledd bokstav a",
                "§ 8-4 tredje ledd bokstav a",
            ),
            ("lov/1997-02-28-19/§11A-4", "folketrygdloven § 11 A-4", "§ 11 A-4"),
            ("lov/1997-02-28-19/§8-7a/ledd13", "folketrygdloven § 8-7 a 13. ledd", "§ 8-7 a 13. ledd"),
            ("lov/1997-02-28-19", "folketrygdloven", ""),
            ("lov/1949-07-28-99/§24", "lov 28. juli 1949 nr. 99 § 24", "§ 24"),
            ("eu/883-2004/art21/nr1", "trygdeforordningen artikkel 21 nr. 1", "artikkel 21 nr. 1"),
        ] {
            assert_eq!(provision(id).label(), label);
            assert_eq!(provision(id).short_label(), short);
        }
    }
}
