//! Places in a law: §§, chapters and articles, with their levels, lists and ranges.

use super::Reader;
use super::acts::{Act, Alone};
use super::text::Kind;
use crate::law::id::{DocumentRef, LawId, LawKind, Levels, ProvisionId, Unit};
use crate::law::month;
use crate::law::names::{self, Numbering};

/// Whose §§ they are.
#[derive(Clone)]
pub(super) enum Base {
    /// A law, or a text without an id.
    Law(Option<LawId>),
    /// A circular that comments on the §.
    Circular(String),
    /// The circular of the chapter that the § is in: «rundskrivet til § 8-4».
    CircularOfChapter,
}

/// What stands directly before a § and says whose it is.
pub(super) struct Lead {
    /// Its first token.
    pub first: usize,
    /// Whose the §§ are.
    pub base: Base,
}

/// The levels below a §.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Ledd,
    Punktum,
    Bokstav,
    Nr,
}

/// One § (or article) with its levels.
#[derive(Clone)]
struct Item {
    number: String,
    dashed: bool,
    /// Stands under «§§».
    plural: bool,
    levels: Levels,
    /// The levels in the order written, so that «nr. 1 bokstav a og bokstav b» keeps its number.
    written: Vec<Level>,
    first: usize,
    end: usize,
    /// Which § sign of the list it stands under.
    group: usize,
    /// Stands after «jf.» from here back.
    after_see: bool,
}

/// A number as it stands after a § sign.
struct SectionNumber {
    number: String,
    dashed: bool,
    /// «8-40-8-43» after «§§».
    to: Option<String>,
    end: usize,
}

/// What binds two elements of a list.
struct Separator {
    end: usize,
    range: bool,
    see: bool,
    /// Nothing but a comma.
    comma: bool,
}

/// Values of one level, «første og tredje ledd», each with its own tokens.
struct Values {
    level: Level,
    values: Vec<Value>,
    end: usize,
}

#[derive(Clone, Copy)]
struct Value {
    number: u32,
    first: usize,
    end: usize,
    /// Part of a range that began with the value before.
    ranged: bool,
}

/// The longest range that is written out; a longer one is a slip of the pen and gives its two ends.
const LONGEST_RANGE: u32 = 100;
/// The most values in one list of ledd, letters or numbers.
const LONGEST_LIST: usize = 40;

impl Reader<'_> {
    /// Whether a §, chapter or article begins at `at`.
    pub(super) fn is_place_mark(&self, at: usize) -> bool {
        self.section_mark(at).is_some()
            || ((self.chapter_mark(at).is_some() || self.article_mark(at).is_some())
                && self
                    .tokens
                    .get(at + 1..at + 4)
                    .is_some_and(|next| next.iter().any(|token| token.kind == Kind::Number)))
            || ((self.chapter_mark(at).is_some() || self.article_mark(at).is_some())
                && self.is_kind(at + 1, Kind::Number))
    }

    /// Reads a place at `at`: a bare §, chapter or article, «bestemmelsens tredje ledd», «tredje ledd i § 8-4».
    pub(super) fn read_place(&mut self, at: usize) -> Option<usize> {
        self.read_sections(at, None)
            .or_else(|| self.read_chapters(at, None))
            .or_else(|| self.read_articles(at, None))
            .or_else(|| self.read_same_section(at))
            .or_else(|| self.read_levels_before(at))
    }

    // Sections

    /// Past «§», «§§», «paragraf», and whether several are announced.
    fn section_mark(&self, at: usize) -> Option<(usize, bool)> {
        if self.text(at) == "§" {
            let end = self.skip(at + 1, &["§"]);
            return Some((end, end > at + 1));
        }
        let plural = match self.text(at) {
            "paragraf" | "paragrafen" | "pgf" => false,
            "paragrafene" | "paragrafane" | "paragrafer" | "paragrafar" => true,
            _ => return None,
        };
        let end = self.skip(at + 1, &["."]);
        self.is_kind(end, Kind::Number).then_some((end, plural))
    }

    /// Reads the list of §§ that begins at `at`.
    pub(super) fn read_sections(&mut self, at: usize, lead: Option<Lead>) -> Option<usize> {
        self.read_sections_with(at, lead, None)
    }

    /// Likewise, with levels that stood before: «tredje ledd i § 8-4» begins at the token given with them.
    fn read_sections_with(&mut self, at: usize, lead: Option<Lead>, before: Option<(usize, Levels)>) -> Option<usize> {
        let (start, plural) = self.section_mark(at)?;
        let number = self.section_number(start, plural)?;
        let mut items: Vec<Item> = Vec::new();
        let first = before.map(|(first, _)| first).or(lead.as_ref().map(|lead| lead.first)).unwrap_or(at);
        let mut at = self.push_section(&mut items, number, first, 0, plural, false);
        if let (Some((_, levels)), Some(item)) = (before, items.last_mut()) {
            item.levels = levels;
        }
        let mut group = 0;
        let mut plural = plural;
        loop {
            at = self.read_levels(at, &mut items);
            at = self.skip_and_following(at);
            let Some(separator) = self.separator_at(at) else {
                break;
            };
            let next = separator.end;
            if let Some((start, several)) = self.section_mark(next)
                && let Some(number) = self.section_number(start, several)
            {
                group += 1;
                plural = several;
                at = self.push_section(&mut items, number, next, group, plural, separator.see);
                self.fill_range(&mut items, separator.range);
                continue;
            }
            if let Some(values) = self.level_at(next, items.last().is_some_and(|item| !item.levels.is_empty())) {
                if self.is_before_its_section(values.end) {
                    break;
                }
                at = values.end;
                add_levels(&mut items, values, true);
                continue;
            }
            if let Some(number) = self.listed_number(next, items.last(), plural) {
                at = self.push_section(&mut items, number, next, group, plural, separator.see);
                self.fill_range(&mut items, separator.range);
                continue;
            }
            match self.listed_suffix(next, items.last()) {
                Some(number) => {
                    at = self.push_section(&mut items, number, next, group, plural, separator.see);
                    self.fill_range(&mut items, separator.range);
                }
                None => break,
            }
        }
        at = items.last().map_or(at, |item| item.end);
        Some(self.add_sections(items, lead, at))
    }

    /// Whether a level that ends before `at` belongs to what follows: «… og bokstav b i samme paragraf», «… og annet ledd i § 8-5».
    fn is_before_its_section(&self, at: usize) -> bool {
        self.is(at, &["i", "av"])
            && (self.section_mark(at + 1).is_some()
                || self.same_section_at(at + 1).is_some()
                || self.act_at(at + 1).is_some_and(|act| self.section_mark(act.end).is_some()))
    }

    fn push_section(
        &self,
        items: &mut Vec<Item>,
        number: SectionNumber,
        first: usize,
        group: usize,
        plural: bool,
        see: bool,
    ) -> usize {
        let end = number.end;
        let after_see = see || items.last().is_some_and(|item| item.after_see);
        let item = Item {
            number: number.number,
            dashed: number.dashed,
            plural,
            levels: Levels::default(),
            written: Vec::new(),
            first,
            end,
            group,
            after_see,
        };
        items.push(item.clone());
        if let Some(to) = number.to {
            items.push(Item { number: to, ..item });
            self.fill_range(items, true);
        }
        end
    }

    /// The number after a § sign: «8-4», «11 A-4», «8-13a», «8-7 a», «35».
    fn section_number(&self, at: usize, plural: bool) -> Option<SectionNumber> {
        let (mut number, dashed, mut end) = self.plain_number(at)?;
        let mut to = None;
        if dashed && self.is_glued_sign(end, "-") && self.glued_number(end + 1, 3).is_some() {
            if let Some((second, true, second_end)) = self.plain_number(end + 1) {
                to = Some(second);
                end = second_end;
            } else if plural && let Some((chapter, _)) = number.split_once('-') {
                to = Some(format!("{chapter}-{}", self.text(end + 1)));
                end += 2;
            } else {
                number = format!("{number}-{}", self.text(end + 1));
                end += 2;
            }
        }
        if to.is_none()
            && let Some((letter, after)) = self.suffix_letter(end)
        {
            number.push(letter);
            end = after;
        }
        Some(SectionNumber { number, dashed, to, end })
    }

    /// «8-4», «11 A-4» or «35» with nothing after it taken: text, whether by chapter, and the end.
    fn plain_number(&self, at: usize) -> Option<(String, bool, usize)> {
        self.number(at, 3)?;
        let mut number = self.text(at).to_owned();
        let mut end = at + 1;
        if let Some(letter) = self.single_letter(end)
            && (self.is_glued(end) || self.tokens[end].capital)
            && self.is_glued_sign(end + 1, "-")
            && self.glued_number(end + 2, 3).is_some()
        {
            number.extend(letter.to_uppercase());
            end += 1;
        }
        if self.is_glued_sign(end, "-") && self.number(end + 1, 3).is_some() {
            number.push('-');
            number.push_str(self.text(end + 1));
            return Some((number, true, end + 2));
        }
        let decimal = self.is_glued_sign(end, ".") && self.glued_number(end + 1, 9).is_some();
        (!decimal).then_some((number, false, end))
    }

    fn single_letter(&self, at: usize) -> Option<char> {
        let token = self.tokens.get(at).filter(|token| token.kind == Kind::Word)?;
        let mut letters = token.text.chars();
        letters.next().filter(|_| letters.next().is_none())
    }

    /// The letter that is part of a § number: «8-13a», «8-7 a», not «§ 8-4 i folketrygdloven», «§ 35 c)».
    fn suffix_letter(&self, at: usize) -> Option<(char, usize)> {
        let letter = self.single_letter(at).filter(char::is_ascii_lowercase)?;
        let token = self.tokens.get(at)?;
        if !token.glued && (token.capital || letter == 'i') {
            return None;
        }
        let closes_list_mark = self.is_glued_sign(at + 1, ")") && !token.in_parenthesis;
        (!closes_list_mark && self.is_list_letter_end(at + 1)).then_some((letter, at + 1))
    }

    /// Whether a letter that ends before `at` stands for itself, and is not the «m» of «m.fl.» or the «f» of «§ 8-4 f. og».
    fn is_list_letter_end(&self, at: usize) -> bool {
        let word_follows = self.is_kind(at + 1, Kind::Word);
        let goes_on = self.text(at - 1) == "f" && word_follows && !self.tokens[at + 1].capital;
        let abbreviation = self.is_glued_sign(at, ".") && (self.is_glued(at + 1) && word_follows || goes_on);
        let compound =
            self.is_glued_sign(at, "-") && self.is_glued(at + 1) || self.is_glued_sign(at, "/") && word_follows;
        let number = self.is_glued(at) && self.is_kind(at, Kind::Number);
        !(abbreviation || compound || number)
    }

    /// A further number in a list, «8-5» in «§§ 8-4 og 8-5»: of the same form as the one before, and
    /// not the number of something else («§ 16 og 14 dager»).
    fn listed_number(&self, at: usize, before: Option<&Item>, plural: bool) -> Option<SectionNumber> {
        let number = self.section_number(at, plural)?;
        let end = number.end;
        if before.is_none_or(|item| item.dashed != number.dashed) || self.counts_something(end) {
            return None;
        }
        if !number.dashed && !plural {
            // A plain number after a single § is taken only where nothing else can be meant.
            let closes = end >= self.tokens.len()
                || self.is(end, &[",", ";", ")", "(", "/", "og", "eller", "i", "jf", "jfr"])
                || (self.text(end) == "." && !self.is_glued(end + 1))
                || self.is_kind(end, Kind::Break)
                || self.level_at(end, false).is_some();
            closes.then_some(())?;
        }
        Some(number)
    }

    /// Whether what stands at `at` makes the number before it an amount, a date or part of a larger number.
    fn counts_something(&self, at: usize) -> bool {
        const UNITS: [&str; 40] = [
            "uke",
            "uker",
            "veke",
            "veker",
            "dag",
            "dager",
            "dagar",
            "år",
            "måned",
            "måneder",
            "månad",
            "månader",
            "prosent",
            "%",
            "kroner",
            "kr",
            "time",
            "timer",
            "timar",
            "ganger",
            "gonger",
            "seier",
            "siger",
            "mål",
            "poeng",
            "stk",
            "barn",
            "personer",
            "personar",
            "minutter",
            "minutt",
            "kilometer",
            "km",
            "meter",
            "arbeidsdager",
            "virkedager",
            "stønadsdager",
            "tap",
            "millioner",
            "g",
        ];
        self.is(at, &UNITS)
            || month(self.text(at)).is_some()
            || (self.text(at) == "."
                && (month(self.text(at + 1)).is_some() || self.is_glued(at + 1) && self.is_kind(at + 1, Kind::Number)))
            || (self.is_glued_sign(at, ":") && self.is_glued(at + 1))
    }

    /// A further letter of the same §: «b» in «§ 10-7 a og b», «§§ 18 a til d».
    fn listed_suffix(&self, at: usize, before: Option<&Item>) -> Option<SectionNumber> {
        let before = before.filter(|item| item.levels.is_empty())?;
        let stem = before.number.strip_suffix(|c: char| c.is_ascii_lowercase())?;
        let (letter, end) = self.suffix_letter(at).filter(|_| !self.is_glued(at))?;
        Some(SectionNumber { number: format!("{stem}{letter}"), dashed: before.dashed, to: None, end })
    }

    /// Writes out what lies between the last two items if they are the ends of a range.
    fn fill_range(&self, items: &mut Vec<Item>, range: bool) {
        let [.., from, to] = items.as_mut_slice() else {
            return;
        };
        if !range || !from.levels.is_empty() {
            return;
        }
        // All members share the words of the range.
        from.end = to.end;
        to.first = from.first;
        to.group = from.group;
        to.after_see = from.after_see;
        let between = between(&from.number, &to.number);
        let (last, template) = (to.clone(), to.clone());
        items.pop();
        items.extend(between.into_iter().map(|number| Item { number, ..template.clone() }));
        items.push(last);
    }

    fn skip_and_following(&self, at: usize) -> usize {
        if self.is(at, &["flg", "ff", "følgende", "fylgjande", "frem", "f"]) && self.separator_at(at).is_none() {
            let end = self.skip(at + 1, &["."]);
            if self.separator_at(end).is_some() {
                return end;
            }
        }
        at
    }

    /// «og», «,», «til», «jf.», «/» and what is said with them.
    fn separator_at(&self, at: usize) -> Option<Separator> {
        let mut end = at;
        let mut separator = Separator { end, range: false, see: false, comma: true };
        for _ in 0..6 {
            match self.text(end) {
                "," | ";" => {}
                "og" | "eller" | "samt" | "både" | "også" | "eventuelt" | "dessuten" | "sammenholdt" | "med"
                | "henholdsvis" | "høvesvis" => {
                    // «med» only in «sammenholdt med», «til og med».
                    if self.text(end) == "med" && !self.is(end.saturating_sub(1), &["sammenholdt", "og"]) {
                        break;
                    }
                    separator.comma = false;
                }
                "/" => separator.comma = false,
                "jf" | "jfr" | "jamfør" | "sml" | "jmf" | "cf" => {
                    separator.see = true;
                    separator.comma = false;
                    end = if self.is_glued_sign(end + 1, ".") { end + 1 } else { end };
                }
                "til" | "t.o.m" | "tom" => {
                    separator.range = true;
                    separator.comma = false;
                }
                "-" => {
                    separator.range = true;
                    separator.comma = false;
                }
                _ => break,
            }
            end += 1;
        }
        if end == at || (separator.range && separator.see) {
            return None;
        }
        separator.end = end;
        Some(separator)
    }

    // Levels

    /// Reads the levels at `at` into the last item and returns where they end.
    fn read_levels(&self, at: usize, items: &mut Vec<Item>) -> usize {
        let mut at = at;
        loop {
            let below = items.last().is_some_and(|item| !item.levels.is_empty());
            let mut next = at;
            let mut values = self.level_at(next, below);
            let mut fork = false;
            if values.is_none() && self.text(at) == "," {
                next = at + 1;
                values = self.level_at(next, below);
                // After a comma a deeper level goes on, the same or a higher one begins anew.
                fork = values.as_ref().is_some_and(|values| {
                    items.last().is_some_and(|item| item.written.iter().any(|level| *level >= values.level))
                });
            }
            match values {
                Some(values) if values.end > at => {
                    at = values.end;
                    add_levels(items, values, fork);
                }
                _ => return at,
            }
        }
    }

    /// One level with its values: «første og tredje ledd», «(2)», «bokstav a til c», «nr. 2», «annet punktum».
    fn level_at(&self, at: usize, below: bool) -> Option<Values> {
        self.ordinal_level(at)
            .or_else(|| self.parenthesised_level(at))
            .or_else(|| self.worded_level(at))
            .or_else(|| if below { self.letter_level(at) } else { None })
    }

    /// «første og fjerde ledd», «2. pkt.», «tredje til femte ledd».
    fn ordinal_level(&self, at: usize) -> Option<Values> {
        let mut values = self.list(at, |reader, at| reader.ordinal_at(at))?;
        let end = values.last()?.end;
        let (level, end) = self.ordinal_unit(end).or_else(|| self.unit_said_later(at, end))?;
        if let Some(last) = values.last_mut() {
            last.end = end;
        }
        // The members of a range share its words, the unit among them.
        for value in values.iter_mut().rev().skip_while(|value| !value.ranged) {
            if !value.ranged {
                value.end = end;
                break;
            }
            value.end = end;
        }
        Some(Values { level, values, end })
    }

    /// «§ 22-13 syvende eller § 22-14 fjerde ledd»: the first ordinal's «ledd» is said with the second.
    fn unit_said_later(&self, at: usize, end: usize) -> Option<(Level, usize)> {
        ordinal(self.text(at)).filter(|_| end == at + 1)?;
        let separator = self.separator_at(end).filter(|separator| !separator.comma && !separator.see)?;
        let (start, plural) = self.section_mark(separator.end)?;
        let later = self.section_number(start, plural)?.end;
        ordinal(self.text(later)).filter(|_| self.is(later + 1, &["ledd"]))?;
        Some((Level::Ledd, end))
    }

    fn ordinal_unit(&self, at: usize) -> Option<(Level, usize)> {
        Some(match self.text(at) {
            "ledd" | "leddet" | "ledds" | "leddets" => (Level::Ledd, at + 1),
            "punktum" | "punktumet" | "setning" | "setningen" | "setninga" | "punkt" => (Level::Punktum, at + 1),
            "pkt" => (Level::Punktum, if self.is_glued_sign(at + 1, ".") { at + 2 } else { at + 1 }),
            _ => return None,
        })
    }

    fn ordinal_at(&self, at: usize) -> Option<(u32, usize)> {
        if let Some(number) = ordinal(self.text(at)) {
            return Some((number, at + 1));
        }
        let number = self.number(at, 2).filter(|number| (1..=40).contains(number))?;
        let end = if self.is_glued_sign(at + 1, ".") { at + 2 } else { at + 1 };
        let goes_on = end > at + 1 || self.ordinal_unit(end).is_some();
        goes_on.then_some((number, end))
    }

    /// «(1)», «(1) og (2)», «(2)–(4)», and «(a)» for a letter.
    fn parenthesised_level(&self, at: usize) -> Option<Values> {
        let level = if self.is_kind(at + 1, Kind::Number) { Level::Ledd } else { Level::Bokstav };
        let values = self.list(at, |reader, at| {
            (reader.text(at) == "(" && reader.text(at + 2) == ")").then_some(())?;
            let value = match level {
                Level::Ledd => reader.number(at + 1, 2).filter(|number| *number > 0)?,
                _ => u32::from(reader.single_letter(at + 1).filter(|_| !reader.tokens[at + 1].capital)?),
            };
            Some((value, at + 3))
        })?;
        let end = values.last()?.end;
        Some(Values { level, values, end })
    }

    /// «bokstav a», «litra b», «nr. 2», «ledd 2».
    fn worded_level(&self, at: usize) -> Option<Values> {
        let mut start = at + 1;
        let level = match self.text(at) {
            "bokstav" | "bokstaven" | "bokstavene" | "bokstavane" | "bokstaver" | "bokstavar" | "litra" => {
                Level::Bokstav
            }
            "nr" | "nummer" => Level::Nr,
            "ledd" => Level::Ledd,
            _ => return None,
        };
        start = self.skip(start, &["."]);
        let mut values = if level == Level::Bokstav {
            self.letters(start, true)?
        } else {
            start = if level == Level::Ledd { self.skip(self.skip(start, &["nr"]), &["."]) } else { start };
            self.list(start, |reader, at| {
                let number = reader.number(at, 3).filter(|number| *number > 0)?;
                let part =
                    reader.is_glued_sign(at + 1, "/") || reader.is_glued_sign(at + 1, "-") && reader.is_glued(at + 2);
                (!part && !reader.counts_something(at + 1)).then_some((number, at + 1))
            })?
        };
        for value in values.iter_mut().take_while(|value| value.first == start) {
            value.first = at;
        }
        let end = values.last()?.end;
        Some(Values { level, values, end })
    }

    /// A letter with no word before it, where a level has gone before: «første ledd a», «4. ledd c)».
    fn letter_level(&self, at: usize) -> Option<Values> {
        let values = self.letters(at, false)?;
        let end = values.last()?.end;
        Some(Values { level: Level::Bokstav, values, end })
    }

    fn letters(&self, at: usize, announced: bool) -> Option<Vec<Value>> {
        // «bokstav a-c» is one word to the eye.
        if let Some((from, to)) = self.text(at).split_once('-')
            && let (Some(from), Some(to)) = (only_char(from), only_char(to))
            && from.is_ascii_lowercase()
            && to.is_ascii_lowercase()
            && from < to
        {
            let values =
                (u32::from(from)..=u32::from(to)).map(|number| Value { number, first: at, end: at + 1, ranged: true });
            return Some(values.collect());
        }
        let mut first = true;
        self.list(at, |reader, at| {
            let letter = reader.single_letter(at).filter(|c| c.is_ascii_lowercase() || matches!(c, 'æ' | 'ø' | 'å'))?;
            let token = &reader.tokens[at];
            let sure = announced && std::mem::take(&mut first);
            let closed = reader.is_glued_sign(at + 1, ")") && !token.in_parenthesis;
            if !sure && !closed && (token.capital || matches!(letter, 'i' | 'å')) {
                return None;
            }
            reader.is_list_letter_end(at + 1).then_some((u32::from(letter), if closed { at + 2 } else { at + 1 }))
        })
    }

    /// A list or range of values, each read by `value_at`.
    fn list(&self, at: usize, mut value_at: impl FnMut(&Self, usize) -> Option<(u32, usize)>) -> Option<Vec<Value>> {
        let (number, end) = value_at(self, at)?;
        let mut values = vec![Value { number, first: at, end, ranged: false }];
        let mut from = at;
        let mut at = end;
        while values.len() < LONGEST_LIST {
            let Some(separator) = self.separator_at(at).filter(|separator| !separator.see) else {
                break;
            };
            let Some((number, end)) = value_at(self, separator.end) else {
                break;
            };
            let last = values.last().map_or(number, |value| value.number);
            if separator.range && number > last && number - last < LONGEST_RANGE {
                if let Some(value) = values.last_mut() {
                    value.end = end;
                }
                values.extend((last + 1..=number).map(|number| Value { number, first: from, end, ranged: true }));
            } else {
                values.push(Value { number, first: separator.end, end, ranged: false });
            }
            from = separator.end;
            at = end;
        }
        Some(values)
    }

    // Whose they are

    /// Adds the references of a list of §§ that ends before `end`, and returns where reading goes on.
    fn add_sections(&mut self, mut items: Vec<Item>, lead: Option<Lead>, end: usize) -> usize {
        let mut end = end;
        let last_group = items.last().map_or(0, |item| item.group);
        let last_dashed = items.last().is_some_and(|item| item.dashed);
        // Named first, so that «… og § 4 i forskriften» finds it.
        if let Some(Lead { first, base: Base::Law(law) }) = &lead
            && self.named.last().is_none_or(|last| last.law != *law)
        {
            self.name(law.clone(), *first);
        }
        let trailing = self.base_after(end);
        let mut bases: Vec<Base> = Vec::with_capacity(items.len());
        let law_before = lead.as_ref().map(|lead| lead.base.clone());
        for item in &items {
            let is_trailings = trailing.is_some()
                && match &lead {
                    Some(_) => item.group == last_group && last_group > 0,
                    None => item.group == last_group || item.dashed == last_dashed,
                };
            let own = || match &law_before {
                Some(base) => base.clone(),
                None => Base::Law(self.law_of_section(item.first, item.dashed)),
            };
            let base = match &trailing {
                Some((base, _)) if is_trailings => {
                    // Across «jf.» a law named after belongs to what stands beside it, if the rest has one of its own.
                    let across =
                        items.last().is_some_and(|last| last.after_see) && !item.after_see && item.group != last_group;
                    match own() {
                        Base::Law(Some(law)) if across => Base::Law(Some(law)),
                        _ => base.clone(),
                    }
                }
                _ => own(),
            };
            bases.push(base);
        }
        if let Some((_, after)) = trailing
            && lead.is_none_or(|_| last_group > 0)
        {
            let old_end = items.last().map_or(end, |item| item.end);
            for item in items.iter_mut().rev().take_while(|item| item.end == old_end) {
                item.end = after;
            }
            end = after;
        }
        let mut last_law = None;
        for (item, base) in items.iter().zip(bases) {
            last_law = self.add_section(item, &base);
            if let Base::Law(law) = base {
                let named = self.named.last();
                // The law the text is about needs no naming, unless another was named since.
                let is_new = match (&law, named) {
                    (Some(law), Some(last)) => last.law.as_ref() != Some(law),
                    (Some(law), None) => self.context != Some(law),
                    (None, last) => last.is_none_or(|last| last.law.is_some()),
                };
                if is_new {
                    self.name(law, item.first);
                }
            }
        }
        self.last_place = last_law;
        end
    }

    /// Adds one § and returns it as a place in a law.
    fn add_section(&mut self, item: &Item, base: &Base) -> Option<ProvisionId> {
        let law = match base {
            Base::Law(law) => law.clone()?,
            Base::Circular(number) => {
                let part = DocumentRef::Circular {
                    number: number.clone(),
                    section: Some(item.number.clone()),
                    levels: item.levels,
                };
                self.add(part, item.first, item.end);
                return None;
            }
            Base::CircularOfChapter => {
                let chapter = item.number.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()?;
                let DocumentRef::Circular { number, .. } = DocumentRef::circular(chapter) else {
                    return None;
                };
                return self.add_section(item, &Base::Circular(number));
            }
        };
        let continuous = names::by_id(&law).is_some_and(|law| law.numbering == Numbering::Continuous);
        if let (true, true, Some((from, to))) = (continuous, item.plural, item.number.split_once('-'))
            && let (Ok(low), Ok(high)) = (from.parse::<u32>(), to.parse::<u32>())
            && low < high
        {
            // «forvaltningsloven §§ 11-13»: a law without chapters in its numbers has no § 11-13.
            let mut numbers = vec![from.to_owned()];
            numbers.extend(between(from, to));
            for number in numbers {
                let id = ProvisionId::new(law.clone(), Unit::Section(number), Levels::default());
                self.add(id, item.first, item.end);
            }
            let id = ProvisionId::new(law, Unit::Section(to.to_owned()), item.levels);
            self.add(&id, item.first, item.end);
            return Some(id);
        }
        let id = ProvisionId::new(law, Unit::Section(item.number.clone()), item.levels);
        self.add(&id, item.first, item.end);
        Some(id)
    }

    /// Whose the §§ are that end before `at`, if it is said after them: «… i folketrygdloven», «… i vedtektene».
    fn base_after(&self, at: usize) -> Option<(Base, usize)> {
        let found = |act: Act| (Base::Law(act.law), act.end);
        let stands_alone = |act: &Act| !self.is_place_mark(self.skip(act.end, &[","]));
        if !self.is(at, &["i", "av"]) {
            // «§ 8-4 ftrl.»; a full name with no «i» before it is the next thing said («§ 10-8 Barnehageloven»).
            names::by_abbreviation(self.text(at))?;
            let act = self.act_at(at).filter(|act| act.alone == Alone::Reference && stands_alone(act));
            return act.filter(|act| act.law.is_some()).map(found);
        }
        let mut next = at + 1;
        while self.is(next, &["den", "gjeldende", "gjeldande", "ny", "nye", "nåværende", "tidligere", "gamle", "eldre"])
            && next < at + 4
        {
            next += 1;
        }
        if let Some((number, end)) = self.circular_number_at(next) {
            return Some((Base::Circular(number), end));
        }
        if let Some(act) = self.act_at(next).filter(stands_alone) {
            return Some(found(act));
        }
        // «i kommunens reglement», «i avtalen»
        for noun in next..next + 3 {
            if !self.is_kind(noun, Kind::Word) || self.is(noun, &["og", "som", "har", "er"]) {
                break;
            }
            if super::acts::other_text(self.text(noun), true).is_some() {
                return Some((Base::Law(None), noun + 1));
            }
        }
        None
    }

    // Chapters

    fn chapter_mark(&self, at: usize) -> Option<usize> {
        let known = ["kapittel", "kapitlet", "kapittelet", "kapitla", "kapitlene", "kapitler", "kap"];
        self.is(at, &known).then(|| self.skip(at + 1, &["."]))
    }

    /// Reads «kapittel 11», «kap. 11 i folketrygdloven», «kapitlene 8 og 9».
    pub(super) fn read_chapters(&mut self, at: usize, lead: Option<Lead>) -> Option<usize> {
        let start = self.chapter_mark(at)?;
        let first = lead.as_ref().map_or(at, |lead| lead.first);
        let (number, end) = self.chapter_number(start)?;
        let mut chapters = vec![(number, first, end)];
        let mut next = end;
        while let Some(separator) = self.separator_at(next) {
            let start = self.chapter_mark(separator.end).unwrap_or(separator.end);
            let Some((number, end)) = self.chapter_number(start) else {
                break;
            };
            if start == separator.end && (self.counts_something(end) || number.starts_with(|c: char| c.is_alphabetic()))
            {
                break;
            }
            if separator.range
                && let Some((from, from_first, from_end)) = chapters.last_mut()
            {
                *from_end = end;
                let range: Vec<_> = between(from, &number)
                    .into_iter()
                    .chain([number])
                    .map(|number| (number, *from_first, end))
                    .collect();
                chapters.extend(range);
            } else {
                chapters.push((number, separator.end, end));
            }
            next = end;
        }
        let mut end = next;
        let beside_document = self.other_document.is_some_and(|document| self.skip(document, &[","]) == at)
            || (at > 0 && is_document(self.text(at - 1)));
        let law = match lead {
            Some(Lead { base: Base::Law(law), .. }) => law,
            Some(_) => None,
            None if beside_document => None,
            None => match self.base_after(end) {
                Some((Base::Law(law), after)) => {
                    let old_end = end;
                    for (_, _, chapter_end) in chapters.iter_mut().rev().take_while(|chapter| chapter.2 == old_end) {
                        *chapter_end = after;
                    }
                    end = after;
                    law
                }
                Some(_) => None,
                None if self.is_in_document(end) => None,
                None => self.law_of_chapter(at),
            },
        };
        if let Some(law) = law.filter(|law| law.kind() != LawKind::EuAct) {
            for (number, first, end) in chapters {
                self.add(ProvisionId::new(law.clone(), Unit::Chapter(number), Levels::default()), first, end);
            }
            if self.context != Some(&law) || !self.named.is_empty() {
                self.name(Some(law), at);
            }
        }
        Some(end)
    }

    /// «11», «11 A», «VI»; not «4.2», which numbers a heading.
    fn chapter_number(&self, at: usize) -> Option<(String, usize)> {
        if self.number(at, 2).is_none() {
            let token = self.tokens.get(at)?;
            let roman =
                token.capital && token.text.len() <= 5 && token.text.chars().all(|c| matches!(c, 'i' | 'v' | 'x'));
            return roman.then(|| (token.text.to_uppercase(), at + 1));
        }
        let decimal = ["-", ".", "/"].iter().any(|sign| self.is_glued_sign(at + 1, sign))
            && self.glued_number(at + 2, 4).is_some();
        if decimal {
            return None;
        }
        let mut number = self.text(at).to_owned();
        if let Some(letter) = self.single_letter(at + 1)
            && (self.is_glued(at + 1) || self.tokens[at + 1].capital)
        {
            number.extend(letter.to_uppercase());
            return Some((number, at + 2));
        }
        Some((number, at + 1))
    }

    /// «kapittel 3 i rapporten», «kapittel 5 i NOU 2020: 9».
    fn is_in_document(&self, at: usize) -> bool {
        self.is(at, &["i", "av"]) && (at + 1..at + 4).any(|next| is_document(self.text(next)))
    }

    /// The law of a bare chapter: one named in the same sentence, else the one the text is about.
    fn law_of_chapter(&self, at: usize) -> Option<LawId> {
        let sentence = self.tokens.get(at)?.sentence;
        match self.named.iter().rev().find(|mention| mention.sentence == sentence && !mention.agreement) {
            Some(mention) => mention.law.clone(),
            None => self.context.cloned(),
        }
    }

    // Articles

    fn article_mark(&self, at: usize) -> Option<usize> {
        let known = ["artikkel", "artikkelen", "artikler", "artiklene", "artiklar", "artiklane", "art"];
        let end = self.is(at, &known).then(|| self.skip(at + 1, &["."]))?;
        self.is_kind(end, Kind::Number).then_some(end)
    }

    /// Reads «artikkel 21 nr. 1», «art. 6 og 57», «artikkel 7 i forordning 1612/68».
    pub(super) fn read_articles(&mut self, at: usize, lead: Option<Lead>) -> Option<usize> {
        let start = self.article_mark(at)?;
        let first = lead.as_ref().map_or(at, |lead| lead.first);
        let mut items = Vec::new();
        let mut next = self.push_article(&mut items, start, first)?;
        loop {
            next = self.read_levels(next, &mut items);
            let Some(separator) = self.separator_at(next) else {
                break;
            };
            if let Some(values) =
                self.level_at(separator.end, items.last().is_some_and(|item: &Item| !item.levels.is_empty()))
            {
                next = values.end;
                add_levels(&mut items, values, true);
                continue;
            }
            let start = self.article_mark(separator.end).unwrap_or(separator.end);
            let counts = start == separator.end && self.counts_something(start + 1);
            match self.push_article(&mut items, start, separator.end).filter(|_| !counts) {
                Some(end) => {
                    next = end;
                    self.fill_range(&mut items, separator.range);
                }
                None => {
                    if counts {
                        items.pop();
                    }
                    break;
                }
            }
        }
        let mut end = items.last().map_or(next, |item| item.end);
        let law = match lead {
            Some(Lead { base: Base::Law(law), .. }) => law,
            Some(_) => None,
            None => match self.act_of_articles_before(end) {
                Some((law, after)) => {
                    let old_end = end;
                    for item in items.iter_mut().rev().take_while(|item| item.end == old_end) {
                        item.end = after;
                    }
                    end = after;
                    law
                }
                None => self.act_of_article(at),
            },
        };
        if let Some(law) = law.filter(|law| law.kind() == LawKind::EuAct) {
            for item in &items {
                let id = ProvisionId::new(law.clone(), Unit::Article(item.number.clone()), item.levels);
                self.add(&id, item.first, item.end);
                self.last_place = Some(id);
            }
            self.name(Some(law), at);
        }
        Some(end)
    }

    fn push_article(&self, items: &mut Vec<Item>, at: usize, first: usize) -> Option<usize> {
        self.number(at, 3)?;
        if self.is_glued_sign(at + 1, "/") {
            return None;
        }
        let mut number = self.text(at).to_owned();
        let mut end = at + 1;
        if let Some((letter, after)) = self.suffix_letter(end) {
            number.push(letter);
            end = after;
        }
        items.push(Item {
            number,
            dashed: false,
            plural: false,
            levels: Levels::default(),
            written: Vec::new(),
            first,
            end,
            group: 0,
            after_see: false,
        });
        Some(end)
    }

    /// «… i trygdeforordningen», «… i 883/2004», «… EØS»: the act of the articles that end before `at`.
    fn act_of_articles_before(&self, at: usize) -> Option<(Option<LawId>, usize)> {
        if self.is(at, &["eøs", "emk", "tfeu", "teuv"]) {
            return Some((None, at));
        }
        let named = self.is(at, &["i", "av"]);
        let next = if named { at + 1 } else { at };
        if let Some(act) = self.act_at(next) {
            let applies = named || act.law.as_ref().is_some_and(|law| law.kind() == LawKind::EuAct);
            return (applies && !self.is_place_mark(act.end)).then_some((act.law, act.end));
        }
        if !named {
            return None;
        }
        if let Some((law, end)) = self.eu_number_at(next) {
            return Some((Some(law), end));
        }
        let other = (next..next + 3).any(|next| super::acts::other_text(self.text(next), true).is_some());
        other.then_some((None, at))
    }

    // Addresses

    /// What follows a law in an address: `/§8-4/ledd1/bokstav-a`, `/ledd/1/bokstav/a`, `-§20-3`, `/kap11`, `/art21`.
    pub(super) fn read_address(&mut self, at: usize, lead: Lead) -> Option<usize> {
        let Base::Law(Some(law)) = lead.base.clone() else {
            return self.read_sections(at, Some(lead));
        };
        let (unit, mut end) = if self.text(at) == "§" {
            let number = self.section_number(at + 1, false)?;
            (Unit::Section(number.number), number.end)
        } else if let Some(start) = self.chapter_mark(at) {
            let (number, end) = self.chapter_number(start)?;
            (Unit::Chapter(number), end)
        } else if self.text(at) == "art" {
            self.glued_number(at + 1, 3)?;
            (Unit::Article(self.text(at + 1).to_owned()), at + 2)
        } else {
            return None;
        };
        let mut levels = Levels::default();
        while self.is_glued_sign(end, "/") {
            let word = self.text(end + 1);
            let value = if self.is_glued_sign(end + 2, "/") { end + 3 } else { end + 2 };
            let number = || self.glued_number(value, 3).and_then(|number| u16::try_from(number).ok());
            end = match word {
                "ledd" if number().is_some() => {
                    levels.ledd = number();
                    value + 1
                }
                "punktum" if number().is_some() => {
                    levels.punktum = number();
                    value + 1
                }
                "nr" if number().is_some() => {
                    levels.nr = number();
                    value + 1
                }
                "bokstav" if self.single_letter(value).is_some() => {
                    levels.bokstav = self.single_letter(value);
                    value + 1
                }
                _ => match word.strip_prefix("bokstav-").and_then(only_char) {
                    Some(letter) => {
                        levels.bokstav = Some(letter);
                        end + 2
                    }
                    None => break,
                },
            };
        }
        let id = ProvisionId::new(law.clone(), unit, levels);
        self.add(&id, lead.first, end);
        self.name(Some(law), at);
        if matches!(id.unit(), Unit::Section(_)) {
            self.last_place = Some(id);
        }
        Some(end)
    }

    // Back to a section named before

    /// «samme paragraf», «bestemmelsens», «nevnte bestemmelse», «samme ledd» at `at`: past it, and what it keeps.
    fn same_section_at(&self, at: usize) -> Option<(usize, Option<u16>)> {
        let section = [
            "paragraf",
            "paragrafen",
            "paragrafs",
            "bestemmelse",
            "bestemmelsen",
            "bestemmelses",
            "føresegn",
            "føresegna",
            "føresegnen",
        ];
        match self.text(at) {
            "samme" | "same" | "nevnte" | "nemnde" | "denne" if self.is(at + 1, &section) => Some((at + 2, None)),
            "samme" | "same" if self.is(at + 1, &["ledd"]) => Some((at + 2, self.last_place.as_ref()?.levels().ledd)),
            "bestemmelsens" | "bestemmelsen" | "paragrafens" | "paragrafen" | "føresegna" | "føresegnas" => {
                Some((at + 1, None))
            }
            _ => None,
        }
    }

    /// Reads «samme paragraf annet ledd», «bestemmelsens tredje ledd bokstav a».
    fn read_same_section(&mut self, at: usize) -> Option<usize> {
        let (start, ledd) = self.same_section_at(at)?;
        self.level_at(start, ledd.is_some())?;
        let place = self.last_place.clone()?;
        let number = match place.unit() {
            Unit::Section(number) | Unit::Article(number) => number.clone(),
            Unit::Whole | Unit::Chapter(_) => return None,
        };
        let levels = Levels { ledd, ..Levels::default() };
        let item = Item {
            dashed: number.contains('-'),
            number,
            plural: false,
            levels,
            written: if ledd.is_some() { vec![Level::Ledd] } else { Vec::new() },
            first: at,
            end: start,
            group: 0,
            after_see: false,
        };
        let mut items = vec![item];
        let mut next = self.read_levels(start, &mut items);
        while let Some(separator) = self.separator_at(next) {
            let Some(values) = self.level_at(separator.end, true) else {
                break;
            };
            next = values.end;
            add_levels(&mut items, values, true);
            next = self.read_levels(next, &mut items);
        }
        for item in &items {
            let id = ProvisionId::new(place.law().clone(), place.unit().clone(), item.levels);
            self.add(&id, item.first, item.end);
            self.last_place = Some(id);
        }
        Some(next)
    }

    /// Reads levels that stand before their §: «tredje ledd i § 8-4», «annet ledd bokstav a i samme paragraf».
    fn read_levels_before(&mut self, at: usize) -> Option<usize> {
        let begins =
            ordinal(self.text(at)).is_some() || self.is_kind(at, Kind::Number) || self.is(at, &["bokstav", "litra"]);
        if !begins {
            return None;
        }
        let mut levels = Levels::default();
        let mut next = at;
        for _ in 0..3 {
            let Some(values) = self.one_level(next, !levels.is_empty()) else {
                break;
            };
            if let Some(value) = values.values.first() {
                set_level(&mut levels, values.level, value.number);
            }
            next = values.end;
        }
        if levels.is_empty() || !self.is(next, &["i", "av"]) {
            return None;
        }
        let place = next + 1;
        if self.section_mark(place).is_some() {
            return self.read_sections_with(place, None, Some((at, levels)));
        }
        if let Some((end, None)) = self.same_section_at(place) {
            let section = self.last_place.clone().filter(|place| matches!(place.unit(), Unit::Section(_)))?;
            let id = ProvisionId::new(section.law().clone(), section.unit().clone(), levels);
            self.add(&id, at, end);
            self.last_place = Some(id);
            return Some(end);
        }
        let act = self.act_at(place)?;
        self.section_mark(act.end)?;
        let lead = Lead { first: at, base: Base::Law(act.law) };
        self.read_sections_with(act.end, Some(lead), Some((at, levels)))
    }

    /// A level with a single value.
    fn one_level(&self, at: usize, below: bool) -> Option<Values> {
        self.level_at(at, below).filter(|values| values.values.len() == 1)
    }
}

/// Puts values of a level on the last item: the first goes on from it (or, with `fork`, begins anew
/// beside it), each further one branches off where the level did.
fn add_levels(items: &mut Vec<Item>, values: Values, fork: bool) {
    let Some(last) = items.last() else { return };
    let mut base = last.clone();
    let again = base.written.contains(&values.level);
    if fork || again {
        let kept = match base.written.iter().position(|level| *level == values.level) {
            Some(at) => base.written[..at].to_vec(),
            None => base.written.iter().copied().filter(|level| *level < values.level).collect(),
        };
        for level in base.written.iter().filter(|level| !kept.contains(level)) {
            clear_level(&mut base.levels, *level);
        }
        base.written = kept;
    }
    let mut in_place = !(fork || again);
    let start = base.first;
    for (index, value) in values.values.iter().enumerate() {
        let mut item = base.clone();
        set_level(&mut item.levels, values.level, value.number);
        item.written.push(values.level);
        item.end = value.end;
        // The words of a range that goes on from a § begin with the §.
        let with_section =
            in_place || (!(fork || again) && value.ranged && value.first == values.values[0].first && index > 0);
        item.first = if with_section { start } else { value.first };
        if in_place {
            items.pop();
            in_place = false;
        }
        items.push(item);
    }
}

fn set_level(levels: &mut Levels, level: Level, value: u32) {
    let number = u16::try_from(value).ok();
    match level {
        Level::Ledd => levels.ledd = number,
        Level::Punktum => levels.punktum = number,
        Level::Bokstav => levels.bokstav = char::from_u32(value),
        Level::Nr => levels.nr = number,
    }
}

fn clear_level(levels: &mut Levels, level: Level) {
    match level {
        Level::Ledd => levels.ledd = None,
        Level::Punktum => levels.punktum = None,
        Level::Bokstav => levels.bokstav = None,
        Level::Nr => levels.nr = None,
    }
}

/// The numbers between two ends of a range: `8-40` and `8-43` have `8-41`, `8-42`; `18a` and `18d` have `18b`, `18c`.
fn between(from: &str, to: &str) -> Vec<String> {
    let split = |number: &str| -> Option<(String, u32)> {
        let digits = number.len() - number.bytes().rev().take_while(u8::is_ascii_digit).count();
        let (stem, last) = number.split_at(digits);
        Some((stem.to_owned(), last.parse().ok()?))
    };
    if let (Some((stem, low)), Some((other, high))) = (split(from), split(to))
        && stem == other
        && low < high
        && high - low < LONGEST_RANGE
    {
        return (low + 1..high).map(|last| format!("{stem}{last}")).collect();
    }
    let letter = |number: &str| {
        number.chars().last().filter(char::is_ascii_lowercase).map(|c| (number.trim_end_matches(c).to_owned(), c))
    };
    if let (Some((stem, low)), Some((other, high))) = (letter(from), letter(to))
        && stem == other
        && low < high
    {
        return (u32::from(low) + 1..u32::from(high))
            .filter_map(char::from_u32)
            .map(|last| format!("{stem}{last}"))
            .collect();
    }
    Vec::new()
}

fn only_char(text: &str) -> Option<char> {
    let mut chars = text.chars();
    chars.next().filter(|_| chars.next().is_none())
}

/// The number an ordinal word stands for, in bokmål and nynorsk.
fn ordinal(word: &str) -> Option<u32> {
    Some(match word {
        "første" | "fyrste" => 1,
        "annet" | "annen" | "andre" => 2,
        "tredje" => 3,
        "fjerde" => 4,
        "femte" => 5,
        "sjette" => 6,
        "sjuende" | "syvende" | "sjuande" => 7,
        "åttende" | "åttande" => 8,
        "niende" | "niande" => 9,
        "tiende" | "tiande" => 10,
        "ellevte" | "ellefte" => 11,
        "tolvte" => 12,
        "trettende" | "trettande" => 13,
        "fjortende" | "fjortande" => 14,
        "femtende" | "femtande" => 15,
        "sekstende" | "sekstande" => 16,
        "syttende" | "syttande" => 17,
        "attende" | "attande" => 18,
        "nittende" | "nittande" => 19,
        "tjuende" | "tjuande" => 20,
        _ => return None,
    })
}

/// Whether a word is a document whose chapters are its own.
fn is_document(word: &str) -> bool {
    const NOUNS: [&str; 17] = [
        "rapport",
        "utredning",
        "melding",
        "proposisjon",
        "bok",
        "veileder",
        "rettleiar",
        "plan",
        "håndbok",
        "dokument",
        "innstilling",
        "avtale",
        "oppgave",
        "hefte",
        "artikkel",
        "serie",
        "roman",
    ];
    const SHORT: [&str; 6] = ["nou", "prop", "innst", "ot", "boka", "heftet"];
    const ENDINGS: [&str; 9] = ["", "en", "ens", "a", "as", "et", "ets", "n", "ns"];
    SHORT.contains(&word)
        || NOUNS.iter().any(|noun| word.rsplit_once(noun).is_some_and(|(_, ending)| ENDINGS.contains(&ending)))
}
