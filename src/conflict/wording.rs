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

/// «Etter rettens syn er …», «Retten forstår dette slik at …»: the frame a stance is said in.
static FRAME: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)^(?:retten|trygderetten|klageinstansen|lagmannsretten|høyesterett|flertallet|fleirtalet|vi|førstvoterende)\b[^,.]{0,70}?\b(?:slik at|til at|til grunn at|i at|om at|at) |^(?:etter|slik) (?:rettens|klageinstansens|trygderettens|vårt|lagmannsrettens) (?:syn|oppfatning|mening|vurdering|faste praksis),? ").ok()
});

/// The stance in a few of the document's own words.
pub(super) fn stance(statement: &Statement) -> String {
    let text = statement.text.trim();
    let bare = FRAME.as_ref().and_then(|frame| frame.find(text)).map_or(text, |found| &text[found.end()..]);
    let bare = bare.trim_end_matches('.');
    let mut words = capital(bare);
    if words.chars().count() > STANCE {
        let cut: String = words.chars().take(STANCE).collect();
        let end = cut.rfind([',', ';']).filter(|at| *at > STANCE / 2).or_else(|| cut.rfind(' ')).unwrap_or(cut.len());
        words = format!("{} …", &cut[..end]);
    }
    words
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
            let one = statements.first().map_or_else(String::new, |statement| stance(statement));
            if place.is_empty() {
                format!("Stemmer det at {}?", lower(&one))
            } else {
                format!("Stemmer det etter {place} at {}?", lower(&one))
            }
        }
    }
}

/// A plain main clause turned into a question: «Medlemmet må møte fram» → «Må medlemmet møte fram».
fn turned(text: &str) -> Option<String> {
    static CLAUSE: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(&format!(r"^((?:[\p{{L}}\d§«»-]+ ){{1,7}}?)({FINITE}) ([^;:]{{12,160}})$")).ok());
    let text = text.trim().trim_end_matches('.');
    let text = FRAME.as_ref().and_then(|frame| frame.find(text)).map_or(text, |found| &text[found.end()..]);
    let found = CLAUSE.as_ref()?.captures(text)?;
    let (subject, verb, rest) = (found.get(1)?.as_str().trim(), &found[2], found[3].trim());
    // A clause that begins with a conjunction or an adverb has its verb before its subject already.
    let first = subject.split(' ').next()?.to_lowercase();
    if [
        "når", "dersom", "hvis", "etter", "for", "ved", "i", "der", "selv", "men", "og", "at", "til", "hvor", "hva",
        "om", "dette", "også", "bare", "under", "av", "slik", "dermed", "derfor", "her", "så", "som", "mens", "med",
        "på", "før", "fra",
    ]
    .contains(&first.as_str())
    {
        return None;
    }
    // A relative clause in the subject would come apart.
    if subject.split(' ').any(|word| word == "som") {
        return None;
    }
    let rest = rest.split(", og ").next().unwrap_or(rest);
    let rest = plain(rest);
    Some(format!("{} {} {}", capital(verb), lower(subject), rest))
}

/// Without its negation: a question asks whether it is so.
fn plain(text: &str) -> String {
    let mut words: Vec<&str> = text.split(' ').collect();
    if let Some(at) = words.iter().position(|word| matches!(*word, "ikke" | "ikkje")) {
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
    words.retain(|word| !word.is_empty() && !matches!(*word, "altså" | "derfor" | "likevel" | "dermed"));
    words.join(" ")
}

fn lower(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().collect::<String>() + chars.as_str())
}

/// Why it is a conflict, and where it stands, in Norwegian.
pub(super) fn explanation(sides: &[Vec<(&Reading, &Statement)>; 2], settled: Option<&Settled>) -> String {
    let says = |side: &[(&Reading, &Statement)]| {
        let who: Vec<String> = side.iter().take(3).map(|(reading, _)| reading.source.label()).collect();
        let more = side.len().saturating_sub(3);
        let who = if more > 0 { format!("{} og {more} til", who.join(", ")) } else { joined(&who) };
        let stance = side.first().map_or_else(String::new, |(_, statement)| stance(statement));
        format!("{} sier: «{stance}».", capital(&who))
    };
    let mut text = format!("{} {}", says(&sides[0]), says(&sides[1]));
    if sides.iter().flatten().any(|(reading, _)| reading.source.kind == SourceKind::Circular) {
        text.push_str(
            " Rundskrivet binder førstelinjen til det blir endret; det binder ikke Trygderetten eller domstolene.",
        );
    }
    match settled {
        Some(settled) => {
            text.push(' ');
            text.push_str(&settled.why);
        }
        None => text.push_str(" Spørsmålet er ikke avklart."),
    }
    text
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
