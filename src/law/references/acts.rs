//! Laws, regulations and EU acts as a text names them, and texts that have §§ but no id.

use super::Reader;
use super::places::{Base, Lead};
use super::text::Kind;
use crate::law::id::{LawId, LawKind};
use crate::law::month;
use crate::law::names::{self, Law, Named};

/// A law or other text named at some tokens.
pub(super) struct Act {
    /// `None` for a text whose §§ have no id.
    pub law: Option<LawId>,
    /// First token.
    pub first: usize,
    /// The token after the last.
    pub end: usize,
    /// What it is when no § stands with it.
    pub alone: Alone,
}

/// What a mention is worth without a § beside it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Alone {
    /// A reference to the law.
    Reference,
    /// No reference, but the §§ in the rest of its sentence are its own («vedtektene»).
    OtherText,
    /// An agreement without an id: its articles are its own.
    Agreement,
    /// Nothing: «loven», «bl.», «folketrygden».
    Nothing,
}

/// A day, and the number of the act that day if one is given.
struct Day {
    year: u16,
    month: u8,
    day: u8,
    number: Option<u32>,
    end: usize,
}

/// How far to look from «lov om …» for its § or date.
const LONGEST_TITLE: usize = 24;

impl Reader<'_> {
    /// Reads a law at `at` with the §§, chapters or articles that stand directly after it.
    pub(super) fn read_act(&mut self, at: usize) -> Option<usize> {
        let mut act = self.act_at(at)?;
        if let Some(kind) = act_kind(self.text(at))
            && !self.is(at, &["res", "resolusjon"])
        {
            self.dated_list = Some((self.tokens.get(at)?.sentence, kind));
        }
        let named_end = act.end;
        // «folketrygdloven (ftrl.) § 8-4», «lov 28. februar 1997 nr. 19 om folketrygd (folketrygdloven) § 8-4»
        let title_end = self.title_end(&act);
        if let Some((end, law)) = self.same_in_parenthesis(title_end, act.law.as_ref()) {
            act.end = end;
            act.law = law;
        } else if title_end != act.end && self.is_place_mark(self.skip(title_end, &[","])) {
            act.end = title_end;
        }

        if let Some(end) = self.read_places_of(&act) {
            return Some(end);
        }
        match (act.alone, &act.law) {
            (Alone::Reference, Some(law)) => {
                self.add(law, act.first, named_end);
                self.name(act.law, at);
            }
            (Alone::Reference | Alone::OtherText, _) => self.name(None, at),
            (Alone::Agreement, _) => self.name_agreement(at),
            (Alone::Nothing, _) => return None,
        }
        Some(named_end)
    }

    /// Reads what stands directly after a law: «… § 8-4», «… kapittel 8», «… art. 21», «…/§8-4».
    fn read_places_of(&mut self, act: &Act) -> Option<usize> {
        let lead = |law: &Option<LawId>| Lead { first: act.first, base: Base::Law(law.clone()) };
        let next = self.skip(act.end, &[","]);
        if self.is_glued_sign(act.end, "/") || (self.is_glued_sign(act.end, "-") && self.text(act.end + 1) == "§") {
            return self.read_address(act.end + 1, lead(&act.law));
        }
        self.read_sections(next, Some(lead(&act.law)))
            .or_else(|| self.read_chapters(next, Some(lead(&act.law))))
            .or_else(|| self.read_articles(next, Some(lead(&act.law))))
    }

    /// Where the title after a dated law ends, if a § follows it: «… nr. 3 om tjenesteplikt i politiet § 4».
    fn title_end(&self, act: &Act) -> usize {
        if !(self.is(act.end, &["om"]) && self.is_kind(act.end.saturating_sub(1), Kind::Number)) {
            return act.end;
        }
        for at in act.end + 1..act.end + LONGEST_TITLE {
            if self.text(at) == "(" || self.is_place_mark(at) {
                return at;
            }
            let plain = self.is_kind(at, Kind::Word) || self.is(at, &["-", ","]);
            if !plain || self.names_act(at) {
                break;
            }
        }
        act.end
    }

    fn names_act(&self, at: usize) -> bool {
        matches!(self.act_at(at), Some(Act { alone: Alone::Reference, .. }))
    }

    /// The end of «(ftrl.)», «(heretter folketrygdloven)» at `at`, if it names the same law again.
    fn same_in_parenthesis(&self, at: usize, law: Option<&LawId>) -> Option<(usize, Option<LawId>)> {
        if self.text(at) != "(" {
            return None;
        }
        let mut inner = at + 1;
        while self.is(inner, &["heretter", "forkortet", "kalt", "også", "forkorta", "kalla"]) && inner < at + 4 {
            inner += 1;
        }
        let again = self.act_at(inner).filter(|again| self.text(again.end) == ")")?;
        let same = law.is_none() || again.law.as_ref() == law;
        (same && self.is_place_mark(self.skip(again.end + 1, &[","]))).then_some((again.end + 1, again.law))
    }

    /// The law or other text named at `at`.
    pub(super) fn act_at(&self, at: usize) -> Option<Act> {
        match self.tokens.get(at)?.kind {
            Kind::Word => self
                .address_at(at)
                .or_else(|| self.dated_at(at))
                .or_else(|| self.titled_at(at))
                .or_else(|| self.eu_act_at(at))
                .or_else(|| self.meant_at(at))
                .or_else(|| self.named_at(at)),
            Kind::Sign if self.text(at) == "(" => self.eu_act_at(at),
            Kind::Number => self.listed_date_at(at),
            Kind::Sign | Kind::Break => None,
        }
    }

    /// `lov/1997-02-28-19`, `LOV-1997-02-28-19`, `NL/lov/…`, `SF/forskrift/…`, `FOR-…`, `eu/883-2004`.
    fn address_at(&self, at: usize) -> Option<Act> {
        let reference = |law, end| Some(Act { law: Some(law), first: at, end, alone: Alone::Reference });
        let mut word = at;
        if self.is(at, &["nl", "sf"]) && self.is_glued_sign(at + 1, "/") {
            word = at + 2;
        }
        if self.text(word) == "eu" && self.is_glued_sign(word + 1, "/") {
            self.glued_number(word + 2, 4)?;
            (self.is_glued_sign(word + 3, "-") && self.glued_number(word + 4, 4).is_some()).then_some(())?;
            return reference(LawId::eu(self.text(word + 2), self.text(word + 4))?, word + 5);
        }
        let kind = match self.text(word) {
            "lov" => LawKind::Statute,
            "forskrift" | "for" => LawKind::Regulation,
            _ => return None,
        };
        if !(self.is_glued_sign(word + 1, "/") || self.is_glued_sign(word + 1, "-")) {
            return None;
        }
        let year = self.glued_number(word + 2, 4)?;
        (self.is_glued_sign(word + 3, "-") && self.is_glued_sign(word + 5, "-")).then_some(())?;
        let month = self.glued_number(word + 4, 2)?;
        let day = self.glued_number(word + 6, 2)?;
        let number = if self.is_glued_sign(word + 7, "-") { self.glued_number(word + 8, 5) } else { None };
        let end = if number.is_some() { word + 9 } else { word + 7 };
        let law = LawId::dated(kind, year.try_into().ok()?, month.try_into().ok()?, day.try_into().ok()?, number)?;
        reference(law, end)
    }

    /// «lov 28. februar 1997 nr. 19», «lov av 17. juni 1966 nr. 12», «forskrift 19.12.2024 nr. 3293», «res. 25 nov 2022 nr. 2013».
    fn dated_at(&self, at: usize) -> Option<Act> {
        let kind = act_kind(self.text(at))?;
        let from = self.skip(at + 1, &["."]);
        let day = self.day_at(self.skip(from, &["av", "fra", "frå", "den"]))?;
        self.dated_act(kind, at, &day)
    }

    /// A further date in «lover 7 mai 2021 nr. 30, 25 nov 2022 nr. 86».
    fn listed_date_at(&self, at: usize) -> Option<Act> {
        let (sentence, kind) = self.dated_list?;
        (self.tokens.get(at)?.sentence == sentence).then_some(())?;
        let day = self.day_at(at).filter(|day| day.number.is_some())?;
        self.dated_act(kind, at, &day)
    }

    fn dated_act(&self, kind: LawKind, first: usize, day: &Day) -> Option<Act> {
        let law = match day.number {
            Some(_) => day.act(kind)?,
            None => {
                let date = day.act(kind)?;
                names::by_date(date.as_str())?.id.parse().ok()?
            }
        };
        // The title is the law's own name: «… nr. 19 om folketrygd».
        let mut end = day.end;
        if self.text(end) == "om"
            && let Some((titled, length)) = self.title_at(kind, end + 1)
            && titled.id == law.as_str()
        {
            end += 1 + length;
        }
        Some(Act { law: Some(law), first, end, alone: Alone::Reference })
    }

    /// A day at `at`: «28. februar 1997», «28 feb 1997», «28.2.1997», with «nr. 19» if it follows.
    fn day_at(&self, at: usize) -> Option<Day> {
        let day = self.number(at, 2)?;
        let mut next = self.skip(at + 1, &["."]);
        let month = if let Some(month) = month(self.text(next)) {
            month
        } else {
            u8::try_from(self.glued_number(next, 2)?).ok()?
        };
        next = self.skip(next + 1, &["."]);
        let year = self.number(next, 4).filter(|_| self.text(next).len() == 4)?;
        let mut end = next + 1;
        let mut number = None;
        if self.is(end, &["nr", "nummer"]) {
            let at = self.skip(end + 1, &["."]);
            number = self.number(at, 5);
            if number.is_some() {
                end = at + 1;
            }
        }
        Some(Day { year: year.try_into().ok()?, month, day: day.try_into().ok()?, number, end })
    }

    fn title_at(&self, kind: LawKind, from: usize) -> Option<(&'static Law, usize)> {
        let word_at = |n: usize| self.tokens.get(from + n).map(|token| token.text.as_str());
        names::by_title(kind == LawKind::Statute, word_at)
    }

    /// «lov om folketrygd», «forskrift om arbeidsavklaringspenger av 13. desember 2017 nr. 2100», and titles that are not known.
    fn titled_at(&self, at: usize) -> Option<Act> {
        let kind = match self.text(at) {
            "lov" | "lova" | "loven" => LawKind::Statute,
            "forskrift" | "forskriften" | "forskrifta" => LawKind::Regulation,
            _ => return None,
        };
        if !(self.text(at + 1) == "om" || (kind == LawKind::Regulation && self.text(at + 1) == "til")) {
            return None;
        }
        if let Some((law, length)) = self.title_at(kind, at + 2) {
            return Some(self.with_year(law, at, at + 2 + length));
        }
        // «Departementet kan gi forskrift om at …» gives a power and names nothing.
        let gives = at > 0
            && self.is(
                at - 1,
                &["gi", "gir", "gis", "gje", "gjev", "fastsette", "fastsetter", "fastsetje", "nærmere", "nærare"],
            );
        if gives || self.is(at + 2, &["at", "hvordan", "hvilke", "når", "hva", "korleis", "kva"]) {
            return None;
        }
        // A title that is not known: its date tells the law; else its §§ belong to no law we know.
        let mut end = at + 2;
        for next in at + 2..at + 2 + LONGEST_TITLE {
            if self.is_place_mark(next) {
                end = next;
                break;
            }
            if self.is(next, &["av", "fra", "frå"])
                && let Some(day) = self.day_at(next + 1)
                && day.number.is_some()
            {
                return self.dated_act(kind, at, &day);
            }
            let plain = self.is_kind(next, Kind::Word)
                || self.is(next, &["-", ","])
                || (self.is(next, &["."]) && self.is(next - 1, &["mv", "mm", "m", "v"]));
            if !plain {
                break;
            }
        }
        Some(Act { law: None, first: at, end, alone: Alone::OtherText })
    }

    /// The law `law` named up to `end`, or the one of its name that the year after it tells.
    fn with_year(&self, law: &'static Law, first: usize, end: usize) -> Act {
        let current: Option<LawId> = law.id.parse().ok();
        let act = |law, end| Act { law, first, end, alone: Alone::Reference };
        let kind = if law.id.starts_with("lov/") { LawKind::Statute } else { LawKind::Regulation };
        let from = self.skip(end, &["av", "fra", "frå"]);
        if let Some(day) = self.day_at(from)
            && day.number.is_some()
            && let Some(dated) = day.act(kind)
        {
            return act(Some(dated), day.end);
        }
        let year_at = |at: usize| {
            self.number(at, 4).filter(|_| self.text(at).len() == 4).and_then(|year| u16::try_from(year).ok())
        };
        let (year, after) = if self.text(end) == "(" && self.text(end + 2) == ")" {
            (year_at(end + 1), end + 3)
        } else if from > end && !self.is_glued_sign(from + 1, "-") {
            (year_at(from), from + 1)
        } else {
            (None, end)
        };
        match year {
            Some(year) => act(names::of_year(law, year).and_then(|id| id.parse().ok()), after),
            None => act(current, end),
        }
    }

    /// «forordning (EF) nr. 883/2004», «direktiv 2004/38/EF», «(EU) 2017/492».
    fn eu_act_at(&self, at: usize) -> Option<Act> {
        let word = self.text(at);
        let issuer = |at: usize| self.is(at, &["ef", "eu", "eøf", "euratom"]);
        let mut next = at;
        if self.is_kind(at, Kind::Word) {
            let nouns = [
                "forordning",
                "forordningen",
                "forordninga",
                "forordningens",
                "forordninger",
                "direktiv",
                "direktivet",
                "direktivets",
            ];
            if !nouns.iter().any(|noun| word.ends_with(noun)) {
                return None;
            }
            next += 1;
        } else if !(issuer(at + 1) && self.text(at + 2) == ")") {
            return None;
        }
        if self.text(next) == "(" && issuer(next + 1) && self.text(next + 2) == ")" {
            next += 3;
        } else if issuer(next) {
            next += 1;
        }
        next = self.skip(next, &["nr"]);
        next = self.skip(next, &["."]);
        if let Some((law, mut end)) = self.eu_number_at(next) {
            if self.is_glued_sign(end, "/") && issuer(end + 1) {
                end += 2;
            }
            return Some(Act { law: Some(law), first: at, end, alone: Alone::Reference });
        }
        if let Some(law) = names::by_name(word) {
            return Some(Act { law: law.id.parse().ok(), first: at, end: at + 1, alone: Alone::Reference });
        }
        // «forordningen»: the one named before.
        let is_back = ["forordningen", "forordninga", "forordningens", "direktivet", "direktivets"].contains(&word);
        is_back.then(|| Act { law: self.act_of_article(at), first: at, end: at + 1, alone: Alone::Nothing })
    }

    /// «883/2004», «1408/71»; the two current ones are also written with a two-digit year.
    pub(super) fn eu_number_at(&self, at: usize) -> Option<(LawId, usize)> {
        self.number(at, 4)?;
        if !self.is_glued_sign(at + 1, "/") {
            return None;
        }
        self.glued_number(at + 2, 4)?;
        let law = match (self.text(at), self.text(at + 2)) {
            ("883", "04") => LawId::eu("883", "2004"),
            ("987", "09") => LawId::eu("987", "2009"),
            (first, second) if first.len() > 1 && second.len() > 1 || first.len() == 4 || second.len() == 2 => {
                LawId::eu(first, second)
            }
            _ => None,
        };
        Some((law?, at + 3))
    }

    /// «samme lov», «lovens», «denne forskriften»: laws meant and not named, worth something with a § only.
    fn meant_at(&self, at: usize) -> Option<Act> {
        let meant = |law, end| Some(Act { law, first: at, end, alone: Alone::Nothing });
        match self.text(at) {
            "samme" | "same" | "nevnte" | "nemnde" => match self.text(at + 1) {
                "lov" | "lovs" | "loven" | "lova" | "lovens" => meant(self.law_meant(), at + 2),
                "forskrift" | "forskrifts" | "forskriften" | "forskrifta" => meant(self.regulation_meant(), at + 2),
                "forordning" | "forordningen" | "forordninga" => meant(self.act_of_article(at), at + 2),
                _ => None,
            },
            "denne" | "nærværende" if self.is(at + 1, &["lov", "loven", "lova", "lovens"]) => {
                meant(self.context.cloned().or_else(|| self.law_meant()), at + 2)
            }
            // Another regulation than one named before has no id; `named_at` takes it from there.
            "forskriften" | "forskrifta" | "forskriftens" if !self.is(at + 1, &["om", "til"]) => {
                meant(Some(self.regulation_meant()?), at + 1)
            }
            "loven" | "lova" | "lovens" | "lovas" if self.text(at + 1) != "om" => meant(self.law_meant(), at + 1),
            _ => None,
        }
    }

    fn regulation_meant(&self) -> Option<LawId> {
        let regulation = |law: &&LawId| law.kind() == LawKind::Regulation;
        let nearest = self.named.iter().rev().find(|mention| mention.law.as_ref().is_none_or(|law| regulation(&law)));
        match nearest {
            Some(mention) => mention.law.clone(),
            None => self.context.filter(regulation).cloned(),
        }
    }

    /// A law by its name or abbreviation, or a text that has §§ of its own.
    fn named_at(&self, at: usize) -> Option<Act> {
        let token = self.tokens.get(at)?;
        let word = token.text.as_str();
        if names::starts_long_name(word)
            && let Some(act) = self.long_name_at(at)
        {
            return Some(act);
        }
        if word == "covid"
            && self.text(at + 2) == "19"
            && self.is(at + 4, &["forskriften", "forskrifta", "forskriftens"])
        {
            return names::by_name("covid-19-forskriften").map(|law| self.with_year(law, at, at + 5));
        }
        if let Some(law) = names::by_name(word) {
            // «folketrygdlov», not definite: a law is meant when a § or year stands with it.
            let act = self.with_year(law, at, at + 1);
            let definite = ["n", "ns", "a", "as", "t", "ts"].iter().any(|ending| word.ends_with(ending));
            let alone = if definite || act.end > at + 1 { Alone::Reference } else { Alone::Nothing };
            return Some(Act { alone, ..act });
        }
        if let Some(named) = names::by_abbreviation(word) {
            let end = if self.is_glued_sign(at + 1, ".") { at + 2 } else { at + 1 };
            return match named {
                Named::Freely(law) => Some(self.with_year(law, at, end)),
                Named::BeforeSection(law) => {
                    self.is_place_mark(end).then(|| Act { alone: Alone::Nothing, ..self.with_year(law, at, end) })
                }
            };
        }
        if matches!(word, "folketrygden" | "folketrygda" | "folketrygdens") && self.text(at + 1) == "§" {
            let law = names::FOLKETRYGDLOVEN.parse().ok();
            return Some(Act { law, first: at, end: at + 1, alone: Alone::Nothing });
        }
        if matches!(word, "eøs" | "emk" | "tfeu" | "teuv") && self.is(at + 1, &["artikkel", "art", "artiklene"]) {
            return Some(Act { law: None, first: at, end: at + 1, alone: Alone::Agreement });
        }
        let alone = other_text(word, self.is_place_mark(at + 1))?;
        Some(Act { law: None, first: at, end: at + 1, alone })
    }

    /// «arbeids- og velferdsforvaltningsloven», «supplerende stønad-loven».
    fn long_name_at(&self, at: usize) -> Option<Act> {
        let mut name = String::new();
        for next in at..at + 4 {
            let token = self.tokens.get(next)?;
            if !token.glued && !name.is_empty() {
                name.push(' ');
            }
            name.push_str(&token.text);
            if next > at
                && let Some(law) = names::by_name(&name)
            {
                return Some(self.with_year(law, at, next + 1));
            }
        }
        None
    }
}

impl Day {
    fn act(&self, kind: LawKind) -> Option<LawId> {
        LawId::dated(kind, self.year, self.month, self.day, self.number)
    }
}

/// The kind of a dated act that begins with this word.
pub(super) fn act_kind(word: &str) -> Option<LawKind> {
    match word {
        "lov" | "lova" | "loven" | "lover" | "lovar" | "lovene" => Some(LawKind::Statute),
        "forskrift" | "forskrifta" | "forskriften" | "forskrifter" | "res" | "resolusjon" => Some(LawKind::Regulation),
        _ => None,
    }
}

/// Whether a word names a text with §§ of its own that has no id here, and what it is worth alone.
///
/// Laws outside the table, regulations and by-laws claim the bare §§ in their sentence; contracts and
/// the like only the § they stand beside, for their names are everyday words.
pub(super) fn other_text(word: &str, place_follows: bool) -> Option<Alone> {
    const DEFINITE: [&str; 12] = ["en", "ens", "et", "ets", "ene", "enes", "a", "as", "ane", "anes", "n", "ns"];
    let stem_of = |noun: &str| {
        let (_, ending) = word.rsplit_once(noun)?;
        if DEFINITE.contains(&ending) {
            return Some(true);
        }
        matches!(ending, "" | "s" | "r" | "er" | "ar" | "e").then_some(false)
    };
    // «husleieloven», and not «forlovet».
    if word.len() > "lovens".len() && ["loven", "lovens", "lova", "lovas"].iter().any(|noun| word.ends_with(noun)) {
        return Some(Alone::OtherText);
    }
    for noun in ["forskrift", "vedtekt"] {
        if let Some(definite) = stem_of(noun) {
            return (definite || place_follows).then_some(Alone::OtherText);
        }
    }
    if word.ends_with("avtalen") && word.starts_with("eøs") || word == "eøs-avtalens" || word.ends_with("-konvensjonen")
    {
        return Some(Alone::Agreement);
    }
    const BESIDE_ONLY: [&str; 14] = [
        "avtale",
        "konvensjon",
        "instruks",
        "reglement",
        "kontrakt",
        "overenskomst",
        "statutt",
        "traktat",
        "retningslinje",
        "husordensregl",
        "protokoll",
        "reglane",
        "regel",
        "regl",
    ];
    (place_follows && BESIDE_ONLY.iter().any(|noun| stem_of(noun).is_some())).then_some(Alone::OtherText)
}
