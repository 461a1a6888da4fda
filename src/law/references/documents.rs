//! Circulars, tribunal decisions, judgments and preparatory works.

use super::Reader;
use super::places::{Base, Lead};
use super::text::Kind;
use crate::law::id::{DocumentRef, full_year};
use crate::law::{month, names};

/// How many tokens may stand between «Trygderetten» or «ankesak» and the case number.
const LONGEST_GAP: usize = 14;

impl Reader<'_> {
    /// Reads a circular, decision, judgment or preparatory work that begins with the word at `at`.
    pub(super) fn read_document(&mut self, at: usize) -> Option<usize> {
        self.read_circular(at)
            .or_else(|| self.read_numbered_circular(at))
            .or_else(|| self.read_circular_of(at))
            .or_else(|| self.read_tribunal_id(at))
            .or_else(|| self.read_tribunal_case(at))
            .or_else(|| self.read_judgment(at))
            .or_else(|| self.read_preparatory_work(at))
    }

    // Circulars

    /// «R11-00», «rundskriv R 11-00 § 11-3», «R76-13-04-for», `r12-00#ref/lov/1997-02-28-19/§12-6`.
    fn read_circular(&mut self, at: usize) -> Option<usize> {
        let announced = self.is(at, &["rundskriv", "rundskrivet"]);
        let start = if announced { at + 1 } else { at };
        let (number, end) = self.circular_number_at(start)?;
        // A part: «R11-00/§11-3», «R11-00 § 11-3», «R11-00 til § 11-3».
        let mut part = if self.is_glued_sign(end, "/") { end + 1 } else { self.skip(self.skip(end, &[","]), &["til"]) };
        if self.is_glued_sign(end, "#") {
            part = (end + 1..end + 20).find(|next| self.text(*next) == "§" || !self.is_glued(*next)).unwrap_or(end);
        }
        let lead = Lead { first: start, base: Base::Circular(number.clone()) };
        if self.text(part) == "§"
            && let Some(after) = self.read_sections(part, Some(lead))
        {
            return Some(after);
        }
        self.add(number, start, end);
        Some(end)
    }

    /// The number of a circular at `at`.
    pub(super) fn circular_number_at(&self, at: usize) -> Option<(String, usize)> {
        let letter = self.tokens.get(at).filter(|token| token.text == "r")?;
        if at > 0 && self.is_glued(at) && self.is(at - 1, &["-"]) {
            return None;
        }
        let chapter = self.number(at + 1, 2)?;
        if !self.is_glued(at + 1) && !letter.capital {
            return None;
        }
        (self.is_glued_sign(at + 2, "-") && self.text(at + 3).len() == 2).then_some(())?;
        self.glued_number(at + 3, 2)?;
        let mut number = format!("R{chapter:02}-{}", self.text(at + 3));
        let mut end = at + 4;
        while self.is_glued_sign(end, "-") && self.is_glued(end + 1) {
            let part = self.text(end + 1);
            let numeric = self.is_kind(end + 1, Kind::Number) && part.len() == 2;
            if !(numeric || self.is_kind(end + 1, Kind::Word) && part.len() <= 4) {
                break;
            }
            number = format!("{number}-{part}");
            end += 2;
        }
        Some((number, end))
    }

    /// «hovednummer 45», «Hnr. 42».
    fn read_numbered_circular(&mut self, at: usize) -> Option<usize> {
        if !self.is(at, &["hovednummer", "hovudnummer", "hnr", "hovednr", "hovudnr"]) {
            return None;
        }
        let start = self.skip(at + 1, &["."]);
        let number = self.number(start, 2)?;
        self.add(DocumentRef::circular(number.try_into().ok()?), at, start + 1);
        Some(start + 1)
    }

    /// «rundskriv til kapittel 11», «rundskrivet til ftrl. § 8-4», «rundskrivet § 8-4».
    fn read_circular_of(&mut self, at: usize) -> Option<usize> {
        if !self.is(at, &["rundskriv", "rundskrivet", "rundskrivets"]) {
            return None;
        }
        let mut next = self.skip(at + 1, &["til", "for", "om"]);
        if let Some(act) = self.act_at(next) {
            let is_folketrygdloven = act.law.as_ref().is_some_and(|law| law.as_str() == names::FOLKETRYGDLOVEN);
            (is_folketrygdloven && next > at + 1).then_some(())?;
            next = self.skip(act.end, &[","]);
        }
        if self.text(next) == "§" {
            return self.read_sections(next, Some(Lead { first: at, base: Base::CircularOfChapter }));
        }
        (next > at + 1 && self.is(next, &["kapittel", "kap", "kapitlene"])).then_some(())?;
        let mut start = self.skip(next + 1, &["."]);
        let mut first = at;
        let mut end = None;
        while let Some(chapter) = self.number(start, 2) {
            if self.is_glued_sign(start + 1, ".") && self.is_glued(start + 2) {
                break;
            }
            self.add(DocumentRef::circular(chapter.try_into().ok()?), first, start + 1);
            end = Some(start + 1);
            if !(self.is(start + 1, &["og", ","]) && self.number(start + 2, 2).is_some()) {
                break;
            }
            first = start + 2;
            start += 2;
        }
        end
    }

    // Trygderetten

    /// «TRR-2010-1026», «trr 2010-1026», «TRR 18/02064».
    fn read_tribunal_id(&mut self, at: usize) -> Option<usize> {
        if self.text(at) != "trr" {
            return None;
        }
        let start = self.skip(at + 1, &["-"]);
        let (case, end) = self.case_at(start, true)?;
        self.add(case, at, end);
        Some(self.read_more_cases(end))
    }

    /// «ankesak nr. 10/01026», «Ankenummer 1001026», «Trygderettens kjennelse 2006-4023», «Trygderetten … (16/02634)».
    fn read_tribunal_case(&mut self, at: usize) -> Option<usize> {
        const GAP: [&str; 38] = [
            "kjennelse",
            "kjennelsen",
            "kjennelser",
            "kjennelsene",
            "orskurd",
            "orskurden",
            "orskurdar",
            "avgjørelse",
            "avgjørelsen",
            "avgjerd",
            "avgjerda",
            "dom",
            "sak",
            "saken",
            "saka",
            "saker",
            "sakene",
            "nr",
            "nummer",
            "i",
            "av",
            "frå",
            "fra",
            "datert",
            "sin",
            "sine",
            "s",
            "den",
            "med",
            "ankesak",
            "ankesaken",
            "ankesaka",
            "ankesaker",
            "ankesakene",
            "anke",
            "ankenr",
            "ankenummer",
            "og",
        ];
        let is_tribunal = self.text(at).starts_with("trygderett") && !self.text(at).starts_with("trygderettslov");
        if !is_tribunal && !is_appeal(self.text(at)) {
            return None;
        }
        let mut first = at;
        let mut next = at + 1;
        for _ in 0..LONGEST_GAP {
            let numbered = is_appeal(self.text(first))
                || self.is(next - 1, &["kjennelse", "kjennelsen", "orskurd", "orskurden", "sak", "nr", "."]);
            if let Some((case, end)) = self.case_at(next, numbered)
                && (self.text(next).len() != 7 || is_appeal(self.text(first)))
            {
                self.add(case, first, end);
                return Some(self.read_more_cases(end));
            }
            if is_appeal(self.text(next)) {
                first = next;
            }
            if let Some(after) = self.date_end(next) {
                next = after;
            } else if self.is(next, &GAP) || self.is(next, &[".", ":", "(", ",", "-"]) {
                next += 1;
            } else {
                break;
            }
        }
        None
    }

    /// «16/02634 (Trygderetten)», «15/487 i Trygderetten».
    pub(super) fn read_case_number(&mut self, at: usize) -> Option<usize> {
        if self.text(at).len() != 2 || !self.is_glued_sign(at + 1, "/") {
            return None;
        }
        let (case, end) = self.case_at(at, false)?;
        let mut next = self.skip(end, &["(", ","]);
        next = self.skip(next, &["i", "fra", "frå", "for", "av"]);
        self.text(next).starts_with("trygderett").then_some(())?;
        self.add(case, at, end);
        Some(end)
    }

    /// Further numbers of the same form: «ankesakene 15/487 og 16/22».
    fn read_more_cases(&mut self, end: usize) -> usize {
        let mut end = end;
        loop {
            let mut next = self.skip(end, &[","]);
            next = self.skip(next, &["og", "eller", "samt"]);
            let slash = self.text(next).len() == 2 && self.is_glued_sign(next + 1, "/");
            let dash = self.text(next).len() == 4 && self.is_glued_sign(next + 1, "-") && self.text(next + 2).len() > 2;
            match self.case_at(next, true) {
                Some((case, after)) if next > end && (slash || dash) => {
                    self.add(case, next, after);
                    end = after;
                }
                _ => return end,
            }
        }
    }

    /// A case number: «10/01026», «2006-4023», «1001026». Without `numbered` only a number that can
    /// be nothing else is taken: with a slash and at least three digits after it.
    fn case_at(&self, at: usize, numbered: bool) -> Option<(DocumentRef, usize)> {
        let digits = self.tokens.get(at).filter(|token| token.kind == Kind::Number)?.text.as_str();
        let tribunal = |year: u32, number: u32, end| {
            let year = u16::try_from(year).ok()?;
            let year = if year < 100 { full_year(year) } else { year };
            (number > 0 && (1950..=2099).contains(&year)).then_some((DocumentRef::Tribunal { year, number }, end))
        };
        if digits.len() == 7 && numbered {
            return tribunal(digits[..2].parse().ok()?, digits[2..].parse().ok()?, at + 1);
        }
        if !(self.is_glued_sign(at + 1, "/") || (self.is_glued_sign(at + 1, "-") && numbered))
            || !matches!(digits.len(), 2 | 4)
        {
            return None;
        }
        let number = self.glued_number(at + 2, 5)?;
        let goes_on = (self.is_glued_sign(at + 3, "-") || self.is_glued_sign(at + 3, "/")) && self.is_glued(at + 4);
        if goes_on || (!numbered && self.text(at + 2).len() < 3) {
            return None;
        }
        tribunal(digits.parse().ok()?, number, at + 3)
    }

    /// Past a date at `at`, «29. mai 2015» or «27.10.2017».
    fn date_end(&self, at: usize) -> Option<usize> {
        self.number(at, 2)?;
        let mut next = self.skip(at + 1, &["."]);
        if month(self.text(next)).is_none() {
            self.glued_number(next, 2)?;
        }
        next = self.skip(next + 1, &["."]);
        self.number(next, 4).filter(|_| self.text(next).len() == 4).map(|_| next + 1)
    }

    // Courts

    /// «HR-2021-2126-A», «LE-2011-109229», «Rt. 2005 s. 1757», «E-8/20», «C-543/03».
    fn read_judgment(&mut self, at: usize) -> Option<usize> {
        let token = self.tokens.get(at).filter(|token| token.capital || token.text.len() == 2)?;
        if at > 0 && token.glued && self.text(at - 1) == "-" {
            return None;
        }
        let dashed = |at: usize| self.is_glued_sign(at, "-");
        let court = token.text.as_str();
        match court {
            "hr" | "la" | "lb" | "le" | "lf" | "lg" | "lh" | "ls" => {
                (dashed(at + 1) && dashed(at + 3) && self.text(at + 2).len() == 4).then_some(())?;
                self.glued_number(at + 2, 4)?;
                self.glued_number(at + 4, 6)?;
                let mut id = format!("{}-{}-{}", court.to_uppercase(), self.text(at + 2), self.text(at + 4));
                let mut end = at + 5;
                let kind = self.text(end + 1);
                if dashed(end)
                    && self.is_glued(end + 1)
                    && kind.len() <= 2
                    && kind.chars().all(|c| c.is_ascii_alphanumeric())
                {
                    id = format!("{id}-{}", kind.to_uppercase());
                    end += 2;
                }
                self.add(id, at, end);
                Some(end)
            }
            "rt" => {
                let year = self.skip(self.skip(at + 1, &["."]), &["-"]);
                self.number(year, 4).filter(|_| self.text(year).len() == 4)?;
                let page = match self.text(year + 1) {
                    "-" => year + 2,
                    "s" | "side" => self.skip(year + 2, &["."]),
                    _ => return None,
                };
                let number = self.number(page, 4)?;
                self.add(format!("Rt-{}-{number}", self.text(year)), at, page + 1);
                Some(page + 1)
            }
            "e" | "c" | "t" => {
                (dashed(at + 1) && self.is_glued_sign(at + 3, "/") && self.text(at + 4).len() == 2).then_some(())?;
                let number = self.glued_number(at + 2, 4)?;
                self.glued_number(at + 4, 2)?;
                self.add(format!("{}-{number}/{}", court.to_uppercase(), self.text(at + 4)), at, at + 5);
                Some(at + 5)
            }
            _ => None,
        }
    }

    // Preparatory works

    /// Reads over «Prop. 10 L (2016-2017)», «Ot.prp. nr. 29 (1995-96)», «NOU 2020: 9»: no id, but their
    /// chapters and numbers are not the law's.
    fn read_preparatory_work(&mut self, at: usize) -> Option<usize> {
        let mut next = at + 1;
        match self.text(at) {
            "prop" | "innst" | "meld" | "dok" | "lovvedtak" | "rundsk" => {}
            "ot" | "st" => {
                next = self.skip(next, &["."]);
                self.is(next, &["prp", "meld"]).then_some(())?;
                next += 1;
            }
            "nou" => {
                self.number(next, 4)?;
                next = self.skip(next + 1, &[":"]);
                self.number(next, 3)?;
                self.other_document = Some(next + 1);
                return Some(next + 1);
            }
            _ => return None,
        }
        for _ in 0..6 {
            next = self.skip(next, &[".", "st", "o", "s", "l", "nr", ":"]);
        }
        self.number(next, 4)?;
        next = self.skip(next + 1, &["l", "s", "ls", "o"]);
        if self.text(next) == "(" && self.number(next + 1, 4).is_some() {
            next = (next + 2..next + 6).find(|end| self.text(*end) == ")").map_or(next, |end| end + 1);
        }
        self.other_document = Some(next);
        Some(next)
    }
}

/// «ankesak», «Ankenr», «anke»: what a case number stands beside.
fn is_appeal(word: &str) -> bool {
    matches!(
        word,
        "anke"
            | "ankesak"
            | "ankesaken"
            | "ankesaka"
            | "ankesaker"
            | "ankesakene"
            | "ankenr"
            | "ankenummer"
            | "ankesaksnr"
            | "ankesaksnummer"
    )
}
