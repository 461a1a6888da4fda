//! From parts to sections: one way for texts that explain the law, one for rulings, one for rules.

use std::sync::LazyLock;

use regex::Regex;

use super::super::document::{Mark, Role, Section};
use super::marks;
use super::outcome;
use super::outline::Part;
use super::provisions;
use super::roles;
use super::text::TextBuilder;
use crate::law::{LawId, ProvisionId, SourceKind};

/// At most this many provisions are taken from the running text of a part whose heading names none.
const CITED_LIMIT: usize = 8;

/// Locators longer than this are cut at a word.
const LOCATOR_LIMIT: usize = 120;

/// Makes the text and sections of a document of this kind. `title` names parts that stand above the first heading.
pub(super) fn build(kind: SourceKind, parts: &[Part], title: &str, law: Option<&LawId>) -> TextBuilder {
    match kind {
        SourceKind::Statute | SourceKind::Regulation => rules(parts, title, law),
        SourceKind::AppealsRuling | SourceKind::TribunalDecision | SourceKind::CourtJudgment => {
            ruling(kind, parts, law)
        }
        SourceKind::Circular | SourceKind::Clarification | SourceKind::Guidance => commentary(kind, parts, title, law),
    }
}

// ---- Texts that explain the law ------------------------------------------------------------------------------------

fn commentary(kind: SourceKind, parts: &[Part], title: &str, law: Option<&LawId>) -> TextBuilder {
    let mut builder = TextBuilder::default();
    // Marks that parts above have laid on all that stands under them: (number of headings above, mark).
    let mut inherited: Vec<(Vec<String>, Mark)> = Vec::new();
    for part in parts {
        let headings: Vec<(String, Vec<Mark>)> =
            part.path.iter().map(|heading| marks::take_brackets(&heading.text)).collect();
        let path: Vec<String> = headings.iter().map(|(text, _)| text.clone()).collect();
        inherited.retain(|(above, _)| path.starts_with(above));
        let mut own: Vec<Mark> = headings.last().map(|(_, marks)| marks.clone()).unwrap_or_default();
        own.extend(part.notes.iter().flat_map(|note| note_marks(note)));
        let mut paragraphs: Vec<String> = Vec::new();
        for paragraph in &part.paragraphs {
            if let Some(mark) = marks::stamp(paragraph) {
                own.push(mark);
                continue;
            }
            let (rest, brackets) = marks::take_brackets(paragraph);
            own.extend(brackets);
            own.extend(marks::in_paragraph(&rest).into_iter().filter(|mark| speaks_of_itself(kind, mark)));
            if !rest.is_empty() {
                paragraphs.push(rest);
            }
        }
        let mut all: Vec<Mark> = inherited.iter().map(|(_, mark)| mark.clone()).collect();
        for mark in own {
            if marks::is_inherited(&mark) {
                inherited.push((path.clone(), mark.clone()));
            }
            all.push(mark);
        }
        dedup(&mut all);
        if let Some(heading) = path.last()
            && part.page.is_none_or(|_| !builder.text.ends_with(heading.as_str()))
        {
            builder.heading(heading);
        }
        if paragraphs.is_empty() {
            continue;
        }
        let provisions = commentary_provisions(part, &path, &paragraphs, law);
        let range = builder.paragraphs(paragraphs.iter().map(String::as_str));
        builder.sections.push(Section {
            locator: locator(&path, part.page, title),
            anchor: part.heading().and_then(|heading| heading.anchor.clone()),
            range,
            provisions,
            role: commentary_role(&path),
            marks: all,
            path,
        });
    }
    builder
}

/// Whether a mark is about the document it stands in: an answer that says that a circular is under revision is not.
fn speaks_of_itself(kind: SourceKind, mark: &Mark) -> bool {
    let (Mark::Changed { text } | Mark::UnderRevision { text } | Mark::NotCorrectLaw { text }) = mark;
    kind == SourceKind::Circular || super::circular_id(text).is_none()
}

/// The marks in small print; small print that is no bracket is kept whole as a change note.
fn note_marks(note: &str) -> Vec<Mark> {
    let (rest, mut found) = marks::take_brackets(note);
    found.extend(marks::in_paragraph(&rest));
    if found.is_empty() && !rest.is_empty() {
        found.push(Mark::Changed { text: rest.trim_end_matches('.').to_owned() });
    }
    found
}

fn dedup(marks: &mut Vec<Mark>) {
    let mut seen: Vec<Mark> = Vec::new();
    marks.retain(|mark| {
        let new = !seen.contains(mark);
        if new {
            seen.push(mark.clone());
        }
        new
    });
}

fn commentary_role(path: &[String]) -> Role {
    let starts = |heading: &String, words: &[&str]| {
        let heading = heading.trim_start_matches(|char: char| !char.is_alphabetic()).to_lowercase();
        words.iter().any(|word| heading.starts_with(word))
    };
    if path.iter().any(|heading| {
        starts(heading, &["endringslogg", "endringshistorikk", "endringer i rundskrivet", "endringar i rundskrivet"])
    }) {
        Role::Other
    } else if path.iter().any(|heading| starts(heading, &["eksempel", "eksempler", "døme"])) {
        Role::Example
    } else {
        Role::Commentary
    }
}

/// Whether a heading opens comments on another text, whose § numbers are not the law's.
fn is_about_regulation(heading: &str) -> bool {
    let heading = heading.to_lowercase();
    heading.contains("forskriftshjemmel")
        || [
            "kommentar til forskrift",
            "kommentarer til forskrift",
            "kommentar til tidligere forskrift",
            "forskrift om ",
        ]
        .iter()
        .any(|words| heading.starts_with(words))
}

fn is_comment_on_regulation(heading: &str) -> bool {
    heading.to_lowercase().starts_with("kommentar")
}

/// The provisions a part is about: those its own heading names, else those the publisher ties to it, else those of
/// the nearest heading above, else the first ones it cites.
fn commentary_provisions(part: &Part, path: &[String], paragraphs: &[String], law: Option<&LawId>) -> Vec<ProvisionId> {
    let foreign = path.iter().position(|heading| is_about_regulation(heading));
    let mut chapters = Vec::new();
    for (depth, heading) in path.iter().enumerate().rev() {
        let context =
            law.filter(|_| foreign.is_none_or(|foreign| depth <= foreign && !is_comment_on_regulation(heading)));
        let (chapter, sections): (Vec<_>, Vec<_>) =
            provisions::in_text(heading, context).into_iter().partition(provisions::is_chapter);
        // The publisher's tie is right about the law; the heading goes deeper where both mean the same §.
        let tied = part.path.get(depth).map(|heading| heading.about.as_slice()).unwrap_or_default();
        let agrees = sections.iter().any(|named| tied.iter().any(|tie| named.section() == tie.section()));
        if !tied.is_empty() && !agrees {
            return tied.to_vec();
        }
        if !sections.is_empty() {
            return sections;
        }
        if chapters.is_empty() {
            chapters = chapter;
        }
    }
    let mut cited = Vec::new();
    for paragraph in paragraphs {
        for provision in provisions::in_text(paragraph, law) {
            if cited.len() < CITED_LIMIT && !provisions::is_chapter(&provision) {
                provisions::push(&mut cited, Some(provision));
            }
        }
    }
    if cited.is_empty() { chapters } else { cited }
}

/// Where a part stands, as a person would say it: its own heading, with the § above it when it names none itself.
fn locator(path: &[String], page: Option<u32>, title: &str) -> String {
    let own = path.last().map(|own| shorten(own.trim_end_matches(':'))).unwrap_or_default();
    let above = || path.iter().rev().skip(1).find_map(|heading| section_sign(heading));
    let own = match above() {
        Some(above) if !own.contains('§') => format!("{above}, {own}"),
        _ => own,
    };
    match (own.is_empty(), page) {
        (false, Some(page)) => format!("{own} (side {page})"),
        (true, Some(page)) => format!("side {page}"),
        (false, None) => own,
        (true, None) if !title.is_empty() => shorten(title),
        (true, None) => "Innledning".to_owned(),
    }
}

/// The § at the head of a heading: "§ 20-4 Pensjonsbeholdning" → "§ 20-4".
fn section_sign(heading: &str) -> Option<String> {
    static SECTION: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"§§?\s?\d+(?:\s?[A-Z]\b)?(?:-\d+)?\s?(?:[a-z]\b)?").ok());
    SECTION.as_ref()?.find(heading).map(|found| found.as_str().trim().to_owned())
}

pub(super) fn shorten(text: &str) -> String {
    if text.chars().count() <= LOCATOR_LIMIT {
        return text.to_owned();
    }
    let cut: String = text.chars().take(LOCATOR_LIMIT).collect();
    let end = cut.rfind(' ').unwrap_or(cut.len());
    format!("{} …", cut[..end].trim_end_matches([',', ';', ' ', '–', '-']))
}

// ---- Rules written as headings and paragraphs ----------------------------------------------------------------------

/// A statute or regulation that is not in the publisher's markup: each paragraph under a § heading is a ledd.
fn rules(parts: &[Part], title: &str, law: Option<&LawId>) -> TextBuilder {
    let mut builder = TextBuilder::default();
    for part in parts {
        let path: Vec<String> = part.path.iter().map(|heading| marks::take_brackets(&heading.text).0).collect();
        if let Some(heading) = path.last() {
            builder.heading(heading);
        }
        let base = path.last().and_then(|heading| provisions::in_text(heading, law).into_iter().next());
        let sign = path.last().and_then(|heading| section_sign(heading));
        let count = part.paragraphs.len();
        for (index, paragraph) in part.paragraphs.iter().enumerate() {
            let range = builder.paragraphs([paragraph.as_str()]);
            let place = match &sign {
                Some(sign) if count > 1 => format!("{sign} {} ledd", provisions::ordinal(index + 1)),
                Some(sign) => sign.clone(),
                None => locator(&path, part.page, title),
            };
            let provision = match (&base, &sign) {
                (Some(base), Some(_)) => Some(provisions::ledd(base, index + 1)),
                (base, _) => base.clone(),
            };
            builder.sections.push(Section {
                path: path.clone(),
                locator: place,
                anchor: part.heading().and_then(|heading| heading.anchor.clone()),
                range,
                provisions: provision.into_iter().collect(),
                role: Role::Rule,
                marks: Vec::new(),
            });
        }
    }
    builder
}

// ---- Rulings -------------------------------------------------------------------------------------------------------

/// A stretch of a ruling in which one voice speaks.
struct Voice<'a> {
    part: &'a Part,
    role: Role,
    /// Whether the paragraphs claimed the role by their opening words, not by the heading.
    by_opening: bool,
    paragraphs: Vec<&'a str>,
}

fn ruling(kind: SourceKind, parts: &[Part], law: Option<&LawId>) -> TextBuilder {
    let voices = voices(kind, parts);
    let mut builder = TextBuilder::default();
    let mut last_part: Option<*const Part> = None;
    for voice in voices {
        if last_part != Some(std::ptr::from_ref(voice.part)) {
            last_part = Some(std::ptr::from_ref(voice.part));
            if let Some(heading) = voice.part.heading() {
                builder.heading(heading.text.trim_end_matches(':'));
            }
        }
        if voice.paragraphs.is_empty() {
            continue;
        }
        let range = builder.paragraphs(voice.paragraphs.iter().copied());
        let path: Vec<String> =
            voice.part.path.iter().map(|heading| heading.text.trim_end_matches(':').to_owned()).collect();
        let place = if voice.by_opening || path.is_empty() {
            label(kind, voice.role).to_owned()
        } else {
            locator(&path, None, label(kind, voice.role))
        };
        let place = match voice.part.page {
            Some(page) => format!("{place} (side {page})"),
            None => place,
        };
        let mut cited = Vec::new();
        for paragraph in &voice.paragraphs {
            for provision in provisions::in_text(paragraph, law) {
                if cited.len() < CITED_LIMIT && !provisions::is_chapter(&provision) {
                    provisions::push(&mut cited, Some(provision));
                }
            }
        }
        builder.sections.push(Section {
            path,
            locator: place,
            anchor: voice.part.heading().and_then(|heading| heading.anchor.clone()),
            range,
            provisions: cited,
            role: voice.role,
            marks: Vec::new(),
        });
    }
    builder
}

fn voices(kind: SourceKind, parts: &[Part]) -> Vec<Voice<'_>> {
    let headings = heading_roles(parts);
    // Whether any heading tells whose words stand where; without, the paragraphs must tell it themselves.
    let headed = headings.iter().any(|role| matches!(role, Some(Role::Reasoning | Role::Argument)));
    let has_reasons = headings.contains(&Some(Role::Reasoning));
    let mut voices: Vec<Voice<'_>> = Vec::new();
    let mut role = Role::Matter;
    for (index, part) in parts.iter().enumerate() {
        role = match headings[index] {
            Some(role) => role,
            // A heading that tells nothing goes on with the voice before it, where that is a safe guess.
            None if matches!(role, Role::Reasoning | Role::Facts | Role::Matter) => role,
            // Where no heading says that the reasons begin, they come after the parties' words.
            None if role == Role::Argument && !has_reasons => Role::Reasoning,
            None => Role::Matter,
        };
        voices.push(Voice { part, role, by_opening: false, paragraphs: Vec::new() });
        let last_part = index + 1 == parts.len();
        let paragraphs = spoken(part, headed);
        let roles = if headed {
            headed_roles(kind, &paragraphs, role, last_part, has_reasons)
        } else {
            unheaded_roles(kind, &paragraphs, role, last_part, part.path.is_empty())
        };
        for (paragraph, next) in paragraphs.into_iter().zip(&roles) {
            let by_opening = *next != role;
            match voices.last_mut() {
                Some(voice) if voice.role == *next && std::ptr::eq(voice.part, part) => {
                    voice.paragraphs.push(paragraph)
                }
                Some(voice) if voice.paragraphs.is_empty() && std::ptr::eq(voice.part, part) => {
                    voice.role = *next;
                    voice.by_opening = by_opening;
                    voice.paragraphs.push(paragraph);
                }
                _ => voices.push(Voice { part, role: *next, by_opening, paragraphs: vec![paragraph] }),
            }
        }
        if !headed && let Some(last) = roles.last() {
            role = *last;
        }
    }
    voices
}

/// The paragraphs of a part; where no headings tell who speaks, the lines of a list of voices («– Klager: …», «– Vår
/// vurdering: …») each by itself.
fn spoken(part: &Part, headed: bool) -> Vec<&str> {
    let mut spoken = Vec::with_capacity(part.paragraphs.len());
    for paragraph in &part.paragraphs {
        if !headed && paragraph.lines().filter(|line| roles::of_lead(line).is_some()).count() > 1 {
            spoken.extend(paragraph.lines());
        } else {
            spoken.push(paragraph.as_str());
        }
    }
    spoken
}

/// The voices of the paragraphs under a heading, in a ruling whose headings tell who speaks; `has_reasons`: also where the
/// reasons stand.
fn headed_roles(kind: SourceKind, paragraphs: &[&str], base: Role, last_part: bool, has_reasons: bool) -> Vec<Role> {
    let mut current = base;
    let mut begun = false;
    let count = paragraphs.len();
    let mut found = Vec::with_capacity(count);
    for (number, paragraph) in paragraphs.iter().enumerate() {
        current = match (base, current, roles::of_opening(paragraph)) {
            // Where no heading stands above the reasons, they follow the last party's words.
            (Role::Argument, before, claimed) if !has_reasons => {
                begun |= claimed == Some(Role::Reasoning) && roles::is_of_body(kind, paragraph);
                match claimed {
                    _ if !begun => base,
                    Some(Role::Argument) if before == Role::Reasoning => Role::Argument,
                    _ => Role::Reasoning,
                }
            }
            // Under its own heading, the result, the headnote and what a party says stay what the heading says.
            (Role::Operative | Role::Summary | Role::Other | Role::Argument, ..) => base,
            // In the reasons, "den ankende part anfører" is an aside, unless the body answers in the same breath.
            (Role::Reasoning | Role::Dissent, _, Some(Role::Argument)) => {
                if roles::has_own_view(paragraph) {
                    base
                } else {
                    Role::Argument
                }
            }
            (Role::Reasoning, _, Some(Role::Dissent)) | (Role::Reasoning, Role::Dissent, None) => Role::Dissent,
            (Role::Reasoning | Role::Dissent, ..) => base,
            _ if number + 1 == count && last_part && roles::is_result(paragraph) => Role::Operative,
            (_, _, Some(claimed)) => claimed,
            (_, current, None) => current,
        };
        found.push(current);
    }
    found
}

/// The voices of paragraphs in a ruling without telling headings: first what the case is about, then, from where the
/// deciding body first speaks for itself, its reasons, and last the result.
fn unheaded_roles(
    kind: SourceKind,
    paragraphs: &[&str],
    base: Role,
    last_part: bool,
    above_headings: bool,
) -> Vec<Role> {
    if matches!(base, Role::Operative | Role::Summary | Role::Other | Role::Dissent) {
        return vec![base; paragraphs.len()];
    }
    let count = paragraphs.len();
    let mut steady = base;
    let mut found = Vec::with_capacity(count);
    for (number, paragraph) in paragraphs.iter().enumerate() {
        let claimed = roles::of_lead(paragraph).or_else(|| roles::of_opening(paragraph));
        let states = number > 0 && matches!(steady, Role::Matter | Role::Facts) && roles::states_the_law(paragraph);
        let speaks = roles::speaks_for_itself(paragraph) || roles::is_of_body(kind, paragraph) || states;
        let role = if number > 0 && number + 1 == count && last_part && roles::is_result(paragraph) {
            Role::Operative
        } else {
            match claimed {
                // A party's words answered in the same paragraph are weighed there: the paragraph is the body's own.
                Some(Role::Argument) if speaks && roles::has_own_view(paragraph) => Role::Reasoning,
                Some(claimed) => claimed,
                None if steady == Role::Dissent => Role::Dissent,
                None if speaks => Role::Reasoning,
                None => steady,
            }
        };
        // What a party says is an aside once the reasons have begun.
        steady = match role {
            Role::Argument if steady == Role::Reasoning => Role::Reasoning,
            Role::Operative => steady,
            Role::Matter if steady == Role::Matter && number == 0 => Role::Facts,
            other => other,
        };
        found.push(role);
    }
    let silent = !found.iter().any(|role| matches!(role, Role::Reasoning | Role::Argument | Role::Dissent))
        && base != Role::Reasoning;
    if silent && kind == SourceKind::CourtJudgment && above_headings {
        // A short account of a judgment that tells nothing of who speaks is a headnote.
        return vec![Role::Summary; count];
    }
    // The facts come first and the reasons last, whatever the words; a text of one paragraph is all reasons.
    let reasons = found.iter().rposition(|role| *role != Role::Operative).filter(|last| *last > 0 || above_headings);
    if silent && let Some(last) = reasons {
        found[last] = Role::Reasoning;
        let is_free = |at: &usize| roles::of_lead(paragraphs[*at]).is_none() && !roles::narrates(paragraphs[*at]);
        let before = (1..last).rev().take_while(|at| above_headings && is_free(at));
        before.for_each(|at| found[at] = Role::Reasoning);
    }
    found
}

/// The role each part's headings give it: its own heading first, else the nearest above that tells one.
fn heading_roles(parts: &[Part]) -> Vec<Option<Role>> {
    let mut roles: Vec<Option<Role>> =
        parts.iter().map(|part| part.path.iter().rev().find_map(|heading| roles::of_heading(&heading.text))).collect();
    // "KJENNELSE" above the whole text is its name; only the last one stands above the result.
    for index in 0..parts.len() {
        let names_whole = parts[index].heading().is_some_and(|heading| roles::is_decision_word(&heading.text))
            && roles[index + 1..].iter().any(|role| matches!(role, Some(Role::Reasoning | Role::Operative)));
        if names_whole {
            let text = parts[index].paragraphs.join(" ");
            let is_result = text.len() < 600 && outcome::find(&text).is_some();
            roles[index] = Some(if is_result { Role::Operative } else { Role::Matter });
        }
    }
    // A heading of the result that stands above most of the text stands above all of it: «Dom 30. august 2022».
    let length = |part: &Part| part.paragraphs.iter().map(String::len).sum::<usize>();
    let whole: usize = parts.iter().map(length).sum();
    if !roles.contains(&Some(Role::Reasoning)) {
        for (role, part) in roles.iter_mut().zip(parts) {
            if *role == Some(Role::Operative) && length(part) * 2 > whole {
                *role = None;
            }
        }
    }
    roles
}

/// What a voice is called where no heading names it.
fn label(kind: SourceKind, role: Role) -> &'static str {
    match (role, kind) {
        (Role::Summary, SourceKind::AppealsRuling) => "Vedtaket",
        (Role::Summary, _) => "Sammendrag",
        (Role::Matter, _) => "Saken gjelder",
        (Role::Facts, _) => "Saksforhold",
        (Role::Argument, _) => "Anførsler",
        (Role::Reasoning, SourceKind::AppealsRuling) => "Klageinstansens vurdering",
        (Role::Reasoning, SourceKind::TribunalDecision) => "Rettens bemerkninger",
        (Role::Reasoning, _) => "Rettens vurdering",
        (Role::Dissent, _) => "Mindretallets syn",
        (Role::Operative, SourceKind::AppealsRuling) => "Konklusjon",
        (Role::Operative, _) => "Slutning",
        _ => "Innledning",
    }
}
