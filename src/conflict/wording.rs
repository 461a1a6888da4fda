//! A conflict in words: the question, the stances, the explanation, the signals.

use std::sync::LazyLock;

use regex::Regex;

use super::compare::Feature;
use super::settle::capital;
use super::statements::{Reading, Statement};
use super::types::{Pair, Settled};
use crate::law::{ProvisionId, SourceKind};

/// Longest stance, in characters.
const STANCE: usize = 160;
/// The same, where two stand in one question.
const SHORT_STANCE: usize = 90;

/// «Etter rettens syn er …», «Retten forstår dette slik at …»: the frame a stance is said in.
static FRAME: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)^(?:retten|trygderetten|klageinstansen|lagmannsretten|høyesterett|flertallet|fleirtalet|vi|førstvoterende)\b[^,.]{0,70}?\b(?:slik at|til at|til grunn at|i at|om at|at) |^(?:etter|slik) (?:rettens|klageinstansens|trygderettens|vårt|lagmannsrettens) (?:syn|oppfatning|mening|vurdering|faste praksis),? ").ok()
});

/// The stance in a few of the document's own words.
pub(super) fn stance(statement: &Statement) -> String {
    shortened(&bare(statement), STANCE)
}

/// The statement without the frame it is said in.
fn bare(statement: &Statement) -> String {
    capital(unframed(statement.text.trim()).trim_end_matches('.'))
}

/// Without «Retten legger til grunn at»; a frame that denies is part of what is said.
fn unframed(text: &str) -> &str {
    let frame = FRAME.as_ref().and_then(|frame| frame.find(text)).filter(|found| {
        let words = found.as_str().to_lowercase();
        !["ikke", "ikkje", "uenig", "ueinig", "tvil"].iter().any(|denial| words.contains(denial))
    });
    frame.map_or(text, |found| &text[found.end()..])
}

/// Cut where a clause ends, or else between two words.
fn shortened(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let cut: String = text.chars().take(most).collect();
    let end = cut.rfind([',', ';']).filter(|at| *at > most / 2).or_else(|| cut.rfind(' ')).unwrap_or(cut.len());
    format!("{} …", &cut[..end])
}

/// Finite verbs that a yes-or-no question can begin with.
const FINITE: &str = "må|kan|skal|er|gir|har|får|kreves|krever|gjelder|regnes|løper|omfatter|omfattes|dekkes|forutsetter|begynner|settes|reduseres|bygger|tas|teller|holder|foreligger|inneholder|faller|opphører";

/// The legal question in one sentence.
pub(super) fn question(sides: &[Vec<(&Reading, &Statement)>; 2], provisions: &[String]) -> String {
    let place = provisions
        .first()
        .and_then(|id| id.parse::<ProvisionId>().ok())
        .map(|provision| provision.label())
        .unwrap_or_default();
    // The statement that is shortest and least about its one case makes the plainest question.
    let mut statements: Vec<&Statement> = sides.iter().flatten().map(|(_, statement)| *statement).collect();
    statements.sort_by_key(|statement| (statement.concrete > 0.3, statement.text.len().abs_diff(90)));
    let asked = statements.iter().find_map(|statement| turned(&statement.text));
    let ending = |question: &str| {
        if place.is_empty() || ["§", " ledd", " punktum", " bokstav"].iter().any(|named| question.contains(named)) {
            format!("{question}?")
        } else {
            format!("{question} etter {place}?")
        }
    };
    match asked {
        Some(question) => ending(&question),
        None => {
            let [one, other] = [&sides[0], &sides[1]].map(|side| {
                side.first().map_or_else(String::new, |(_, statement)| shortened(&bare(statement), SHORT_STANCE))
            });
            let after = if place.is_empty() { String::new() } else { format!(" etter {place}") };
            format!("Hva gjelder{after}: «{one}» eller «{other}»?")
        }
    }
}

/// First words of a clause whose subject comes after its verb, or is no part of a question about the law.
const NO_SUBJECT: &[&str] = &[
    "når",
    "dersom",
    "hvis",
    "etter",
    "for",
    "ved",
    "i",
    "der",
    "selv",
    "men",
    "og",
    "at",
    "til",
    "hvor",
    "hva",
    "om",
    "dette",
    "også",
    "bare",
    "under",
    "av",
    "slik",
    "dermed",
    "derfor",
    "her",
    "så",
    "som",
    "mens",
    "med",
    "på",
    "før",
    "fra",
    "verken",
    "noe",
    "noen",
    "ingen",
    "avgjørende",
    "utgangspunktet",
    "retten",
    "klageinstansen",
    "flertallet",
    "lagmannsretten",
    "vi",
    "jeg",
    "rundskrivet",
    "rundskrivets",
];

/// A plain main clause turned into a question: «Medlemmet må møte fram» → «Må medlemmet møte fram».
fn turned(text: &str) -> Option<String> {
    static CLAUSE: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(&format!(r"^((?:[\p{{L}}\d§«»-]+ ){{1,7}}?)({FINITE}) ([^;:]{{12,160}})$")).ok());
    let text = text.trim().trim_end_matches('.');
    let text = unframed(text);
    let found = CLAUSE.as_ref()?.captures(text)?;
    let (subject, verb, rest) = (found.get(1)?.as_str().trim(), &found[2], found[3].trim());
    // A clause that begins with a conjunction or an adverb has its verb before its subject already.
    let first = subject.split(' ').next()?.to_lowercase();
    if NO_SUBJECT.contains(&first.as_str()) {
        return None;
    }
    // A subject with a clause, or a verb that is not in the list, would come apart.
    let comes_apart = |word: &str| {
        matches!(word, "som" | "når" | "at" | "om" | "hvis" | "dersom" | "fordi" | "men")
            || (word.len() > 5 && word.ends_with("es"))
            || FINITE.split('|').any(|verb| verb == word)
    };
    if subject.split(' ').any(|word| comes_apart(&word.to_lowercase())) {
        return None;
    }
    let ends = [", og ", ", men ", ", heller ", ", slik at ", ", uansett ", ", uavhengig av "];
    let end = ends.iter().filter_map(|end| rest.find(end)).min().unwrap_or(rest.len());
    let rest = plain(&rest[..end]);
    // A negation that is left, in another clause, would ask the opposite, or of something else.
    if rest.len() < 12 || rest.split([' ', ',']).any(|word| matches!(word, "ikke" | "ikkje" | "ingen" | "inga")) {
        return None;
    }
    // «… til at det ikke kan kreves»: in such a clause the negation stands before the verb.
    let subject: Vec<&str> = subject.split(' ').filter(|word| !matches!(*word, "ikke" | "ikkje")).collect();
    Some(format!("{} {} {}", capital(verb), lower(&subject.join(" ")), rest))
}

/// Without its negation: a question asks whether it is so.
fn plain(text: &str) -> String {
    let mut words: Vec<&str> = text.split(' ').collect();
    let clause = words.iter().position(|word| word.ends_with(',')).unwrap_or(words.len());
    if let Some(at) = words.iter().position(|word| matches!(*word, "ikke" | "ikkje")).filter(|at| *at <= clause) {
        words.remove(at);
        if words.get(at).is_some_and(|word| matches!(*word, "noe" | "noko" | "noen")) {
            let article =
                if words.get(at + 1).is_some_and(|next| next.starts_with("vilkår") || next.starts_with("krav")) {
                    "et"
                } else {
                    ""
                };
            words[at] = article;
        }
    }
    words.retain(|word| !word.is_empty() && !matches!(*word, "altså" | "derfor" | "likevel" | "dermed" | "nå"));
    words.join(" ")
}

fn lower(text: &str) -> String {
    let mut chars = text.chars();
    match (chars.next(), chars.clone().next()) {
        // A name in capitals stays one: NAV, AAP.
        (Some(_), Some(second)) if second.is_uppercase() => text.to_owned(),
        (Some(first), _) => first.to_lowercase().collect::<String>() + chars.as_str(),
        (None, _) => String::new(),
    }
}

/// Who stands against whom, whether it is settled, and what an adviser can do with it, in Norwegian.
pub(super) fn explanation(sides: &[Vec<(&Reading, &Statement)>; 2], settled: Option<&Settled>) -> String {
    let has = |kind: SourceKind| sides.iter().flatten().any(|(reading, _)| reading.source.kind == kind);
    let mut text = format!("{} svarer annerledes enn {}.", capital(&speakers(&sides[0])), speakers(&sides[1]));
    if let Some(settled) = settled {
        text.push(' ');
        text.push_str(&settled.why);
        text.push_str(" Bygg på det svaret.");
        return text;
    }
    text.push_str(" Spørsmålet er ikke avklart.");
    if has(SourceKind::Circular) {
        text.push_str(
            " Rundskrivet binder førstelinjen til det blir endret; det binder ikke Trygderetten eller domstolene.",
        );
    } else if has(SourceKind::Guidance) {
        text.push_str(" Veiledningsteksten forklarer bare; det er kilden som gjelder.");
    }
    text.push_str(
        " Si at kildene er uenige, at saken vurderes konkret og at vedtaket kan påklages, og ta spørsmålet til fagkoordinatoren.",
    );
    text
}

/// Who is on a side: each source with its day, or, of several rulings of one body, how many and from when.
fn speakers(side: &[(&Reading, &Statement)]) -> String {
    /// Sources named one by one.
    const NAMED: usize = 3;
    let mut by_kind: Vec<(SourceKind, Vec<&Reading>)> = Vec::new();
    for (reading, _) in side {
        match by_kind.iter_mut().find(|(kind, _)| *kind == reading.source.kind) {
            Some((_, readings)) => readings.push(reading),
            None => by_kind.push((reading.source.kind, vec![reading])),
        }
    }
    let parts: Vec<String> = by_kind
        .iter()
        .flat_map(|(kind, readings)| match readings.as_slice() {
            [first, _, ..] if matches!(kind, SourceKind::TribunalDecision | SourceKind::AppealsRuling) => {
                let years = || readings.iter().filter_map(|reading| reading.source.date).map(|date| date.year());
                let when = match (years().min(), years().max()) {
                    (Some(from), Some(to)) if from < to => format!(", {from}–{to}"),
                    (Some(year), _) => format!(", {year}"),
                    _ => String::new(),
                };
                let ids: Vec<&str> = readings.iter().take(NAMED).map(|reading| reading.source.id.as_str()).collect();
                let more = if readings.len() > NAMED { " …" } else { "" };
                let body = first.source.body();
                vec![format!("{body} ({} avgjørelser{when}: {}{more})", readings.len(), ids.join(", "))]
            }
            _ => readings.iter().map(|reading| reading.source.label()).collect(),
        })
        .collect();
    joined(&parts)
}

fn joined(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [one] => one.clone(),
        [rest @ .., last] => format!("{} og {last}", rest.join(", ")),
    }
}

/// What was seen, in words, strongest first and each once.
pub(super) fn signals(pairs: &[Pair]) -> Vec<String> {
    let best = |feature: Feature| pairs.iter().map(|pair| pair.features.get(feature)).fold(0.0_f32, f32::max);
    [
        (Feature::DepartsByName, 0.5, "den ene sier uttrykkelig at den går imot den andre"),
        (Feature::DepartsFromKind, 0.5, "den ene sier uttrykkelig at den går imot en slik kilde"),
        (Feature::DepartsElsewhere, 0.5, "den ene går et annet sted imot en slik kilde"),
        (Feature::DepartsFromOwnKind, 0.5, "den ene går imot en avgjørelse fra samme instans"),
        (Feature::ReversesIt, 0.3, "den ene gjør om en avgjørelse som bygde på det den andre sier"),
        (Feature::OpposedDirection, 0.3, "den ene stiller et krav eller sier nei, den andre gjør det ikke"),
        (Feature::OtherNumbers, 0.2, "ulike tall, frister eller grenser"),
        (Feature::OtherComplement, 0.2, "ulikt utgangspunkt eller mål"),
        (Feature::OppositeWords, 0.5, "motsatte ord om samme sak"),
        (Feature::NegatedTerms, 0.3, "det den ene nekter, sier den andre"),
        (Feature::SamePart, 0.5, "samme del av bestemmelsen"),
        (Feature::Closeness, 0.5, "setningene ligger nær hverandre i betydning"),
        (Feature::SharedTerms, 0.5, "mange felles ord"),
    ]
    .into_iter()
    .filter(|(feature, from, _)| best(*feature) >= *from)
    .map(|(_, _, words)| words.to_owned())
    .collect()
}

#[cfg(test)]
mod tests {
    use super::turned;

    #[test]
    fn a_plain_clause_becomes_a_question() {
        let turned = |text: &str| turned(text).unwrap_or_default();
        assert_eq!(turned("Medlemmet må ikke møte fram på kontoret."), "Må medlemmet møte fram på kontoret");
        assert_eq!(turned("Det er ikke noe krav at stillingen er fast."), "Er det et krav at stillingen er fast");
        assert_eq!(
            turned("Klageinstansen er kommet til at det ikke kan stilles krav om inntektstap."),
            "Kan det stilles krav om inntektstap"
        );
        assert_eq!(
            turned("Mottakerens kunnskap kan være et moment i skjønnet, men stenger ikke for det."),
            "Kan mottakerens kunnskap være et moment i skjønnet"
        );
    }

    #[test]
    fn what_would_come_apart_is_not_turned() {
        for text in [
            "Gjelder bare når transporten er lengre enn 20 km.",
            "Pleiepengene graderes mot den tiden barnet er i barnehage eller skole.",
            "Fristen må regnes fra den dagen medlemmet ble frisk, ikke fra siste utbetaling.",
            "Avgjørende er om det er mer sannsynlig enn ikke.",
            "Retten er i tvil om at tilstanden er alvorlig nok.",
            "Rundskrivets krav om varsel må anses å mangle grunnlag.",
            "Det gjelder ingen fast minstetid for en sykdom.",
        ] {
            assert_eq!(turned(text), None, "{text}");
        }
    }
}
