//! A decision as the tribunal publishes it: a head of fields, then the text. Courts and the appeals body use the same head.

use std::sync::LazyLock;

use regex::Regex;

use super::super::document::{Document, Language, Outcome, Panel, Reasoning, Role, Section};
use super::error::{Problem, ReadError};
use super::outline::{Block, parts, squeeze, tidy};
use super::{dates, language, outcome, plain, provisions, roles, sections, slug};
use crate::law::{ProvisionId, SourceKind};

#[allow(clippy::unwrap_used)] // the patterns are fixed and tested
fn pattern(text: &str) -> Regex {
    Regex::new(text).unwrap()
}

/// The fields of a head, whatever they are called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Body,
    Date,
    Published,
    Keywords,
    Summary,
    References,
    Course,
    CaseNumber,
    Parties,
    Members,
    Note,
    Outcome,
    Reasons,
    Language,
    Url,
    /// A field that says nothing we keep.
    Unused,
}

fn field_named(name: &str) -> Option<Field> {
    let name = squeeze(name).to_lowercase();
    Some(match name.trim_end_matches('.') {
        "instans" | "domstol" | "avgjerdsorgan" | "avgjørelsesorgan" => Field::Body,
        "dato" | "avsagt" | "dato for avgjørelse" | "dato for avgjerd" | "avgjørelsesdato" | "avgjerdsdato" => {
            Field::Date
        }
        "publisert" | "doknr/publisert" | "doknr" | "trr" | "trr-nr" => Field::Published,
        "stikkord" | "emneord" => Field::Keywords,
        "sammendrag" | "samandrag" => Field::Summary,
        "henvisninger" | "henvisning" | "tilvisingar" | "tilvising" | "lovhenvisninger" | "rettskilder"
        | "rettskjelder" | "hjemmel" | "heimel" => Field::References,
        "saksgang" | "sakshistorikk" => Field::Course,
        "ankenr" | "ankenummer" | "ankesak" | "ankesak nr" | "ankesaknr" | "saksnr" | "saksnummer" | "sak nr"
        | "saknr" => Field::CaseNumber,
        "parter" | "partar" | "part" => Field::Parties,
        "forfatter"
        | "forfattar"
        | "forfattere"
        | "forfattarar"
        | "medlemmer"
        | "medlemer"
        | "rettens medlemmer"
        | "retten sine medlemer"
        | "rettsmedlemmer"
        | "rettsmedlemer"
        | "rettens sammensetning"
        | "dommere"
        | "dommarar" => Field::Members,
        "merknad" | "merk" | "note" | "proveniens" => Field::Note,
        "utfall" | "resultat" | "resultatkode" => Field::Outcome,
        "sakstype" | "grunngivelse" | "grunngjeving" | "begrunnelse" | "avgjørelsesform" | "avgjerdsform" => {
            Field::Reasons
        }
        "språk" | "målform" => Field::Language,
        "kilde" | "kjelde" | "lenke" | "lenkje" => Field::Url,
        "kravtype"
        | "ytelse"
        | "yting"
        | "avdeling"
        | "avdeling i trygderetten"
        | "tittel"
        | "type"
        | "journalnr"
        | "dissens"
        | "rettens administrator"
        | "status" => Field::Unused,
        _ => return None,
    })
}

/// The field and the value that a line of a head gives.
fn field(line: &str) -> Option<(Field, &str)> {
    let line = line.trim().trim_start_matches(['*', '|', ' ']);
    let (name, value) = line.split_once(':')?;
    if name.chars().count() > 30 {
        return None;
    }
    field_named(name.trim_matches('*')).map(|field| (field, value.trim().trim_matches('*').trim()))
}

/// Whether the text begins with a head: two of its fields among the first lines.
pub(super) fn has_head(text: &str) -> bool {
    let mut strong = 0;
    let mut found = 0;
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()).take(12) {
        if let Some((field, _)) = field(line) {
            found += 1;
            strong += usize::from(matches!(
                field,
                Field::Body
                    | Field::Published
                    | Field::CaseNumber
                    | Field::Course
                    | Field::Parties
                    | Field::Members
                    | Field::References
            ));
        }
    }
    found >= 2 && strong >= 1
}

#[derive(Debug, Default)]
struct Head {
    fields: Vec<(Field, String)>,
    /// The text of all fields, for what may stand in any of them.
    all: String,
}

impl Head {
    fn get(&self, wanted: Field) -> Option<String> {
        let values: Vec<&str> = self
            .fields
            .iter()
            .filter(|(field, value)| *field == wanted && !value.is_empty())
            .map(|(_, value)| value.as_str())
            .collect();
        (!values.is_empty()).then(|| values.join("\n"))
    }
}

/// Parts the head from the body. A value goes on over lines until the next field, an empty line or a heading of the body.
fn split(text: &str) -> (Head, Vec<&str>) {
    let mut head = Head::default();
    let lines: Vec<&str> = text.lines().collect();
    let mut at = 0;
    let mut after_gap = false;
    while at < lines.len() {
        let line = lines[at].trim();
        if line.is_empty() {
            after_gap = true;
            at += 1;
            continue;
        }
        if let Some((name, value)) = field(line) {
            head.fields.push((name, value.to_owned()));
        } else if head.fields.is_empty() {
            // Lines above the head, such as the name of the tribunal.
        } else if starts_body(line) {
            break;
        } else if let Some((name, value)) =
            head.fields.last_mut().filter(|(name, _)| !after_gap || goes_on(*name, line))
        {
            if !value.is_empty() {
                value.push(if *name == Field::Members { '\n' } else { ' ' });
            }
            value.push_str(line);
        } else {
            // After a gap, the head goes on only if another field follows soon.
            let soon = lines[at..].iter().map(|line| line.trim()).filter(|line| !line.is_empty()).take(2).any(|line| {
                field(line).is_some_and(|(name, _)| {
                    !matches!(name, Field::Unused | Field::Course | Field::Outcome | Field::Reasons | Field::Note)
                })
            });
            if !soon {
                break;
            }
        }
        head.all.push_str(line);
        head.all.push('\n');
        after_gap = false;
        at += 1;
    }
    (head, lines[at..].to_vec())
}

/// Values that are lists may have empty lines in them.
fn goes_on(name: Field, line: &str) -> bool {
    let numbered = line.starts_with(|char: char| char.is_ascii_digit());
    matches!(name, Field::Members | Field::Parties)
        && (numbered
            || line.to_lowercase().starts_with("ankemotpart")
            || line.to_lowercase().starts_with("ankende part"))
        || name == Field::Course && line.to_lowercase().starts_with("anke")
}

fn starts_body(line: &str) -> bool {
    let lower = line.to_lowercase();
    ["saken gjelder", "saka gjeld", "kjennelse", "orskurd", "ordskurd", "sakens bakgrunn", "bakgrunn", "saksforhold"]
        .iter()
        .any(|opening| lower.starts_with(opening))
}

static CASE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:anke(?:nr|nummer|sak(?:\s*(?:nr|nummer))?)|sak(?:s?\s*(?:nr|nummer)))?\.?\s*:?\s*\b((?:19|20)?\d{2})\s?/\s?(\d{1,5})\b|\banke(?:nr|nummer|sak(?:\s*nr)?)\.?\s*:?\s*(\d{2})(\d{5})\b",
    )
});
static PUBLISHED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\bTRR-(\d{4})-0*(\d+)\b|\b(HR-\d{4}-\d+(?:-[A-ZÅ]+)?|L[A-ZÅ]-\d{4}-\d+(?:-\d+)?|Rt-\d{4}-\d+|E-\d+/\d+|C-\d+/\d+)\b",
    )
});

/// The case number as written, and the id it gives: "10/01026" or "1001026" is `TRR-2010-1026`.
fn case_number(text: &str) -> Option<(String, String)> {
    let found = CASE.captures(text)?;
    let (year, number) = match (found.get(1), found.get(2)) {
        (Some(year), Some(number)) => (year.as_str(), number.as_str()),
        _ => (found.get(3)?.as_str(), found.get(4)?.as_str()),
    };
    let written = match found.get(1) {
        Some(year) => text[year.start()..found.get(2)?.end()].to_owned(),
        None => format!("{year}{number}"),
    };
    let mut full: u32 = year.parse().ok()?;
    if full < 100 {
        // The tribunal was set up in 1967.
        full += if full >= 50 { 1900 } else { 2000 };
    }
    let number: u32 = number.parse().ok()?;
    Some((written, format!("TRR-{full}-{number}")))
}

/// The published id in a text: "TRR-2010-1026", "HR-2021-2126-A", in any case.
pub(super) fn published_id(text: &str) -> Option<String> {
    let found = PUBLISHED.captures(text)?;
    match (found.get(1), found.get(2), found.get(3)) {
        (Some(year), Some(number), _) => Some(format!("TRR-{}-{}", year.as_str(), number.as_str())),
        (_, _, Some(court)) if court.as_str().to_lowercase().starts_with("rt-") => {
            Some(format!("Rt{}", &court.as_str()[2..]))
        }
        (_, _, Some(court)) => Some(court.as_str().to_uppercase()),
        _ => None,
    }
}

/// Reads a decision that begins with a head.
pub(super) fn read(name: &str, text: &str) -> Result<Document, ReadError> {
    let (head, body) = split(text);
    let instance = head.get(Field::Body).unwrap_or_default();
    let published = head.get(Field::Published).and_then(|text| published_id(&text));
    let case = [Field::CaseNumber, Field::Course]
        .iter()
        .find_map(|field| head.get(*field))
        .as_deref()
        .and_then(case_number)
        .or_else(|| head.all.lines().find(|line| line.to_lowercase().contains("anke")).and_then(case_number));
    let kind = kind(&instance, published.as_deref());
    let id = match kind {
        SourceKind::TribunalDecision => published.or_else(|| case.as_ref().map(|(_, id)| id.clone())),
        _ => published.or_else(|| head.get(Field::Published).map(|text| text.replace(' ', "-"))),
    };
    let id = id.unwrap_or_else(|| slug(name));
    let date = match head.get(Field::Date) {
        Some(value) => dates::field("Dato", &value).map_err(|problem| {
            let line =
                text.lines().position(|line| matches!(field(line), Some((Field::Date, _)))).map_or(1, |line| line + 1);
            problem.on_line(name, line)
        })?,
        None => dates::find(&instance),
    };

    let law = provisions::folketrygdloven();
    let mut about: Vec<ProvisionId> = Vec::new();
    for field in [Field::References, Field::Keywords] {
        for provision in provisions::in_text(&head.get(field).unwrap_or_default(), law.as_ref()) {
            provisions::push(&mut about, Some(provision));
        }
    }

    let law = provisions::context(&about, "");
    let mut built = sections::build(kind, &parts(body_blocks(&body)), "", law.as_ref());
    add_head_sections(&mut built, &head, &about);
    if built.sections.is_empty() {
        return Err(Problem::NoText.in_file(name));
    }
    let operative: String = built
        .sections
        .iter()
        .filter(|section| section.role == Role::Operative)
        .map(|section| format!("{} ", &built.text[section.range.clone()]))
        .collect();
    let stated = head.get(Field::Outcome).and_then(|text| stated_outcome(&text));
    let outcome = stated.or_else(|| outcome::find(&operative)).or_else(|| {
        // The headnote ends with the result: "Hel omgjøring."
        let summary = head.get(Field::Summary)?;
        let last = super::super::sentences::sentences(&summary).pop()?;
        outcome::find(&summary[last]).or_else(|| outcome::find(&summary))
    });
    let panel = (kind != SourceKind::AppealsRuling).then(|| panel(&head, &built.text, &built.sections, outcome));
    let language = match head.get(Field::Language).map(|text| text.to_lowercase()) {
        Some(text) if text.starts_with("nn") || text.contains("nynorsk") => Language::Nn,
        Some(text) if text.starts_with("nb") || text.contains("bokmål") => Language::Nb,
        _ => language::detect(&built.text),
    };
    let provenance = super::stated_provenance(&head.get(Field::Note).unwrap_or_default());
    let issuer = match kind {
        SourceKind::TribunalDecision => "Trygderetten".to_owned(),
        _ => instance
            .split([',', '–'])
            .next()
            .and_then(|text| text.split(" - ").next())
            .unwrap_or_default()
            .trim()
            .to_owned(),
    };
    Ok(Document {
        title: match kind {
            SourceKind::TribunalDecision => format!("Trygderettens kjennelse {id}"),
            _ if issuer.is_empty() => id.clone(),
            _ => format!("{issuer} {id}"),
        },
        office: (kind == SourceKind::AppealsRuling && !issuer.is_empty()).then(|| issuer.clone()),
        issuer: (!issuer.is_empty()).then_some(issuer),
        id,
        kind,
        language,
        date,
        valid_from: None,
        valid_to: None,
        benefits: Vec::new(),
        provisions: about,
        outcome,
        case_no: case.map(|(written, _)| written),
        panel,
        reversal_reason: None,
        provenance,
        source_url: head.get(Field::Url).filter(|url| url.starts_with("http")),
        text: built.text,
        sections: built.sections,
    })
}

/// Which body decided.
fn kind(instance: &str, published: Option<&str>) -> SourceKind {
    let instance = instance.to_lowercase();
    if instance.contains("trygderett") || published.is_some_and(|id| id.starts_with("TRR-")) {
        SourceKind::TribunalDecision
    } else if ["lagmannsrett", "høyesterett", "høgsterett", "tingrett", "efta", "eu-domstol"]
        .iter()
        .any(|court| instance.contains(court))
        || published.is_some()
    {
        SourceKind::CourtJudgment
    } else if instance.contains("klageinstans") || instance.contains("klage og anke") {
        SourceKind::AppealsRuling
    } else {
        SourceKind::TribunalDecision
    }
}

/// An outcome field holds a code, or words.
fn stated_outcome(text: &str) -> Option<Outcome> {
    serde_json::from_value(serde_json::Value::String(text.trim().to_owned())).ok().or_else(|| outcome::find(text))
}

/// The body's blocks: a known heading may have its text on the same line ("Saken gjelder: Anke over …").
fn body_blocks(lines: &[&str]) -> Vec<Block> {
    let mut unfolded: Vec<String> = Vec::new();
    for line in lines {
        let trimmed = line.trim();
        // Ending lines, such as "* * *".
        if !trimmed.is_empty() && trimmed.chars().all(|char| "*-_=–—".contains(char)) {
            unfolded.push(String::new());
            continue;
        }
        let inline = trimmed.split_once(':').filter(|(head, rest)| {
            let short = head.chars().count() <= 60 && !head.contains(['.', ',']);
            short && !rest.trim().is_empty() && roles::of_heading(head).is_some() && !head.contains('"')
        });
        match inline {
            Some((head, rest)) => {
                unfolded.extend([String::new(), format!("{head}:"), String::new(), rest.trim().to_owned()])
            }
            None => {
                let trimmed = trimmed.trim_start_matches('#').trim();
                let is_heading = plain::heading_level(trimmed).is_some()
                    && roles::of_heading(trimmed).is_some()
                    && trimmed.len() < 100;
                if is_heading && trimmed.ends_with(':') {
                    unfolded.extend([String::new(), trimmed.to_owned(), String::new()]);
                } else {
                    unfolded.push(trimmed.to_owned());
                }
            }
        }
    }
    let mut blocks = plain::blocks_of_lines(unfolded.iter().map(String::as_str));
    // All headings of a decision stand side by side: what follows one is not part of the one before.
    for block in &mut blocks {
        if let Block::Heading { level, .. } = block {
            *level = 2;
        }
    }
    blocks
}

/// Puts the head's keywords and headnote first in the text, as sections that can be quoted.
fn add_head_sections(built: &mut super::text::TextBuilder, head: &Head, about: &[ProvisionId]) {
    let mut top = super::text::TextBuilder::default();
    for (field, heading) in [(Field::Keywords, "Stikkord"), (Field::Summary, "Sammendrag")] {
        let Some(value) = head.get(field).map(|value| tidy(&value)).filter(|value| !value.is_empty()) else { continue };
        top.heading(heading);
        let range = top.paragraphs([value.as_str()]);
        top.sections.push(Section {
            path: vec![heading.to_owned()],
            locator: heading.to_owned(),
            anchor: None,
            range,
            provisions: about.to_vec(),
            role: Role::Summary,
            marks: Vec::new(),
        });
    }
    if top.text.is_empty() {
        return;
    }
    let body = std::mem::take(&mut built.text);
    if !body.is_empty() {
        top.text.push_str("\n\n");
    }
    let shift = top.text.len();
    top.text.push_str(&body);
    for mut section in std::mem::take(&mut built.sections) {
        section.range = section.range.start + shift..section.range.end + shift;
        top.sections.push(section);
    }
    *built = top;
}

/// Who decided: how many, whether they agreed, and how thoroughly they gave their reasons.
fn panel(head: &Head, text: &str, sections: &[Section], outcome: Option<Outcome>) -> Panel {
    let listed = head.get(Field::Members).and_then(|value| listed_members(&value));
    let members = listed.or_else(|| counted_members(&head.all)).or_else(|| counted_members(text));
    static DISSENT: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"(?i)\b(?:dissens|dissenterte|dissentier|mindretall|mindretal)"));
    static AGREED: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?i)\b(?:uten|utan|ingen|ikke|ikkje|ikke noen) dissens|dissens: ?(?:nei|ingen)|\benstemmig|\beinstemmig|\bsamrøystes|\bsamstemmig",
        )
    });
    let in_text = sections.iter().any(|section| section.role == Role::Dissent);
    static DECIDED: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"(?i)(?:under|med|med ein|med en) dissens|dissens (?:\d|fra|frå|i saken)|\(dissens"));
    let dissent = in_text
        || (DISSENT.is_match(&head.all) || DECIDED.is_match(text))
            && !AGREED.is_match(&head.all)
            && !AGREED.is_match(&last_part(text));
    static SIMPLE: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?i)\bforenkl(?:et|a|te)\b[^.]{0,25}(?:grunngiv|begrunn|grunngjev|kjennelse|orskurd|form)|\bforenkl(?:et|a)\s*$",
        )
    });
    static FULL: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"(?i)\b(?:full|fullstendig|ordinær)\b (?:grunngiv|begrunn|grunngjev)"));
    let stated = head.get(Field::Reasons).unwrap_or_default().to_lowercase();
    let reasoning = if SIMPLE.is_match(&head.all)
        || stated.contains("forenkl")
        || SIMPLE.is_match(&first_part(text))
        || SIMPLE.is_match(&last_part(text))
    {
        Some(Reasoning::Simplified)
    } else if FULL.is_match(&head.all)
        || stated.contains("full")
        // Every decision for the appellant has full reasons, and so has every one with a dissent or five members.
        || matches!(outcome, Some(Outcome::Medhold | Outcome::DelvisMedhold))
        || dissent
        || members == Some(5)
    {
        Some(Reasoning::Full)
    } else {
        None
    };
    Panel { members, dissent, reasoning }
}

fn first_part(text: &str) -> String {
    text.chars().take(1500).collect()
}

fn last_part(text: &str) -> String {
    let count = text.chars().count();
    text.chars().skip(count.saturating_sub(800)).collect()
}

/// The members in a numbered list ("1. N.N., rettsfullmektig. 2. …"), else one a line, else parted by semicolons.
fn listed_members(value: &str) -> Option<u8> {
    static NUMBER: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?:^|[\s.;,])(\d)[.)]\s"));
    let mut expected = 1u8;
    for found in NUMBER.captures_iter(value) {
        if found[1].parse() == Ok(expected) {
            expected += 1;
        }
    }
    if expected > 1 {
        return Some(expected - 1);
    }
    if let Some(count) = counted_members(value) {
        return Some(count);
    }
    let count = if value.contains(';') {
        value.split(';').filter(|part| !part.trim().is_empty()).count()
    } else {
        value.lines().filter(|line| !line.trim().is_empty()).count()
    };
    u8::try_from(count).ok().filter(|count| (2..=11).contains(count))
}

/// "tre medlemmer", "5 rettsmedlemmer", "fem medlemer", "forsterket rett".
fn counted_members(text: &str) -> Option<u8> {
    static COUNT: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?i)\b(to|tre|fire|fem|sju|syv|[2-7])(?:\s+|-)(?:retts|fag)?(?:medlem(?:mer|er|mar|mers?)?|dommere|dommarar)\b",
        )
    });
    static REINFORCED: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)\bforsterk(?:et|a) rett\b"));
    if let Some(found) = COUNT.captures(text) {
        return match found[1].to_lowercase().as_str() {
            "to" => Some(2),
            "tre" => Some(3),
            "fire" => Some(4),
            "fem" => Some(5),
            "sju" | "syv" => Some(7),
            figure => figure.parse().ok(),
        };
    }
    REINFORCED.is_match(text).then_some(5)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_numbers_in_all_forms() {
        for text in [
            "10/01026",
            "Ankenr: 10/01026",
            "Ankenummer 1001026",
            "Ankesak nr. 10/1026",
            "Ankesak 10/01026",
            "2010/1026",
        ] {
            assert_eq!(case_number(text).map(|(_, id)| id).as_deref(), Some("TRR-2010-1026"), "{text}");
        }
        assert_eq!(case_number("Ankenr: 98/00290").map(|(_, id)| id).as_deref(), Some("TRR-1998-290"));
    }

    #[test]
    fn members_are_counted() {
        assert_eq!(
            listed_members(
                "1. N.N., rettsfullmektig, rettens administrator. 2. N.N., medisinsk kyndig. 3. N.N., attføringskyndig."
            ),
            Some(3)
        );
        assert_eq!(listed_members("1. A\n2. B"), Some(2));
        assert_eq!(counted_members("Retten var satt med fem medlemmer"), Some(5));
        assert_eq!(counted_members("Saka er avgjord av 3 medlemer"), Some(3));
        assert_eq!(counted_members("forsterket rett"), Some(5));
        assert_eq!(counted_members("retten"), None);
    }
}
