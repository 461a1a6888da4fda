//! What must not be asked: personal data, predictions of a case, medical judgement. Checked before a question is
//! stored, embedded or logged.

use std::collections::HashSet;
use std::sync::LazyLock;

use regex::Regex;

/// Why a question was stopped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blocked {
    /// Stable code.
    pub code: &'static str,
    /// What to tell the adviser: what was seen, without repeating it, and what to do.
    pub text: String,
}

/// Stops a question that must not be asked. `None` when it may.
pub fn check(question: &str) -> Option<Blocked> {
    personal_data(question)
        .map(|what| Blocked {
            code: "personal_data",
            text: format!("Spørsmålet inneholder {what}. Det er ikke lagret. Ta det bort, og spør uten opplysninger om personen."),
        })
        .or_else(|| {
            is_match(&PREDICTION, question).then(|| Blocked {
                code: "prediction",
                text: "Tjenesten spår ikke utfallet av en sak. Spør heller hva regelen sier, eller hvilke momenter det er lagt vekt på i tidligere avgjørelser.".into(),
            })
        })
        .or_else(|| {
            is_match(&MEDICAL, question).then(|| Blocked {
                code: "medical",
                text: "Tjenesten gjør ingen medisinske vurderinger. Det gjør legen, og rådgivende lege i Nav. Spør heller hva regelen krever dokumentert.".into(),
            })
        })
}

/// The kind of personal data in a text, if any.
pub fn personal_data(text: &str) -> Option<&'static str> {
    let text = &text.replace(['\u{a0}', '\u{202f}'], " ").replace(['\u{2010}', '\u{2011}', '\u{2013}'], "-");
    if eleven_digits(text).any(|number| is_identity_number(&number.digits)) || matches(&NAMED_IDENTITY_NUMBER, text) {
        return Some("et fødselsnummer eller D-nummer");
    }
    if eleven_digits(text).any(|number| number.may_be_account && is_account_number(&number.digits)) {
        return Some("et kontonummer");
    }
    if matches(&EMAIL, text) {
        return Some("en e-postadresse");
    }
    if is_phone_number(text) {
        return Some("et telefonnummer");
    }
    if names_a_person(text) {
        return Some("navnet på en person");
    }
    None
}

/// A pattern known to be good; a broken one would be caught by the tests, not by a user.
fn pattern(source: &str) -> Option<Regex> {
    Regex::new(source).ok()
}

fn matches(pattern: &Option<Regex>, text: &str) -> bool {
    pattern.as_ref().is_some_and(|r| r.is_match(text))
}

fn is_match(patterns: &[Option<Regex>], text: &str) -> bool {
    let text = text.to_lowercase();
    patterns.iter().flatten().any(|r| r.is_match(&text))
}

/// Digits with at most one separator between them.
static DIGITS: LazyLock<Option<Regex>> = LazyLock::new(|| pattern(r"\d+(?:[ .-]\d+)*"));
/// A number called an identity number is taken for one, also when mistyped.
static NAMED_IDENTITY_NUMBER: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(r"(?i)\b(?:fødselsn\p{L}*|fødselsnr|fnr|personn\p{L}*|d-?nr|d-?nummer)\.?:? ?(?:er )?\d{6}[ .-]?\d{5}\b")
});
static EMAIL: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(r"[\p{L}\d._%+-]+ ?(?:@|\(at\)|\[at\]|\(a\)|\bkrøllalfa\b) ?[\p{L}\d-]+(?:\.[\p{L}\d-]+)*\.\p{L}{2,}")
});
static PHONE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let local = r"(?:[2-9]\d{7}|[49]\d{2}[ .-]\d{2}[ .-]\d{3}|[2-9]\d[ .-]\d{2}[ .-]\d{2}[ .-]\d{2})";
    pattern(&format!(
        r"(?i:tlf|telefon|mobil|mob)?(?:(?:\+|00)47[ .-]?(?:{local}|\d{{3}}[ .-]\d{{2}}[ .-]\d{{3}}|\d{{8}})|{local})"
    ))
});

/// Eleven digits, as they stand in a text.
struct Eleven {
    digits: Vec<u32>,
    /// Written as account numbers are, and no part of a longer reference.
    may_be_account: bool,
}

/// Runs of eleven digits, however they are spaced.
fn eleven_digits(text: &str) -> impl Iterator<Item = Eleven> + '_ {
    DIGITS.iter().flat_map(|r| r.find_iter(text)).flat_map(|run| {
        let groups: Vec<&str> = run.as_str().split([' ', '.', '-']).collect();
        let alone = stands_alone(text, run.start(), run.end());
        (0..groups.len()).filter_map(|from| first_eleven(&groups[from..], alone)).collect::<Vec<_>>()
    })
}

/// The first groups of a run, if they make eleven digits to the digit.
fn first_eleven(groups: &[&str], alone: bool) -> Option<Eleven> {
    let count = |to: usize| groups[..to].iter().map(|group| group.len()).sum::<usize>();
    let to = (1..=groups.len()).find(|&to| count(to) >= 11).filter(|&to| count(to) == 11)?;
    let shape: Vec<usize> = groups[..to].iter().map(|group| group.len()).collect();
    Some(Eleven {
        digits: groups[..to].concat().chars().filter_map(|c| c.to_digit(10)).collect(),
        may_be_account: alone && matches!(shape[..], [11] | [4, 2, 5] | [6, 5]),
    })
}

fn stands_alone(text: &str, start: usize, end: usize) -> bool {
    let before = text[..start].chars().next_back();
    let after = text[end..].chars().next();
    !before.is_some_and(|c| c.is_alphanumeric() || c == '/' || c == '-') && !after.is_some_and(|c| c.is_alphanumeric())
}

/// A national identity number by its date and two check digits (Skatteetaten): day + 40 is a D-number, month + 40 an
/// H-number, month + 80 or + 65 a synthetic one.
fn is_identity_number(digits: &[u32]) -> bool {
    let [d1, d2, m1, m2, ..] = digits else { return false };
    if digits.len() != 11 {
        return false;
    }
    let day = d1 * 10 + d2;
    let month = m1 * 10 + m2;
    let day_is_right = (1..=31).contains(&day) || (41..=71).contains(&day);
    let month_is_right = [0, 40, 65, 80].iter().any(|offset| (offset + 1..=offset + 12).contains(&month));
    let check = |weights: &[u32], at: usize| {
        let sum: u32 = weights.iter().zip(digits).map(|(w, d)| w * d).sum();
        (11 - sum % 11) % 11 == digits[at]
    };
    day_is_right
        && month_is_right
        && check(&[3, 7, 6, 1, 8, 9, 4, 5, 2], 9)
        && check(&[5, 4, 3, 2, 7, 6, 5, 4, 3, 2], 10)
}

/// A bank account number by its check digit (modulus 11).
fn is_account_number(digits: &[u32]) -> bool {
    let sum: u32 = [5, 4, 3, 2, 7, 6, 5, 4, 3, 2].iter().zip(digits).map(|(w, d)| w * d).sum();
    digits.len() == 11 && digits.iter().any(|d| *d != 0) && (11 - sum % 11) % 11 == digits[10]
}

/// Nav's own switchboard and lines are no personal data.
const PUBLIC_NUMBERS: [&str; 3] = ["5555", "800", "2107"];

fn is_phone_number(text: &str) -> bool {
    PHONE.iter().flat_map(|r| r.find_iter(text)).any(|m| {
        let digits: String = m.as_str().chars().filter(char::is_ascii_digit).collect();
        let local = digits
            .strip_prefix("0047")
            .or_else(|| digits.strip_prefix("47").filter(|d| d.len() == 8))
            .unwrap_or(&digits);
        let after = text[m.end()..].trim_start().to_lowercase();
        let is_amount = ["kr", "nok", "g ", ",-", "prosent", "%"].iter().any(|unit| after.starts_with(unit));
        let is_dated = is_date(local);
        stands_alone(text, m.start(), m.end())
            && !is_amount
            && !is_dated
            && !PUBLIC_NUMBERS.iter().any(|public| local.starts_with(public))
    })
}

/// 20230517 and 17052023 are dates, not telephone numbers.
fn is_date(digits: &str) -> bool {
    let number = |range: std::ops::Range<usize>| digits.get(range).and_then(|d| d.parse::<u32>().ok()).unwrap_or(0);
    let is = |year: u32, month: u32, day: u32| {
        (1900..2100).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day)
    };
    is(number(0..4), number(4..6), number(6..8)) || is(number(4..8), number(2..4), number(0..2))
}

/// Given names common in Norway; a capitalised word after one of them is taken for a surname.
static GIVEN_NAMES: LazyLock<HashSet<&str>> =
    LazyLock::new(|| include_str!("given_names.txt").split_whitespace().collect());

/// How words begin that follow a name without being a surname.
const NO_SURNAME: [&str; 18] = [
    "Nav",
    "Norge",
    "Norsk",
    "Trygderett",
    "Høyesterett",
    "Lagmannsrett",
    "Klageinstans",
    "Oslo",
    "Kommune",
    "Fylke",
    "Folketrygd",
    "Forvaltning",
    "Stortinget",
    "Arbeids",
    "Rundskriv",
    "Sverige",
    "EØS",
    "Mayen",
];

/// Given names that are words too, and so are no names when written small.
const EVERYDAY_WORDS: [&str; 21] = [
    "Anna", "Are", "Aud", "Dag", "Else", "Even", "Finn", "Grete", "Inge", "Liv", "Line", "Magne", "Mia", "Odd", "Per",
    "Roar", "Stein", "Stig", "Tore", "Unni", "Åse",
];

/// Endings of surnames, and the longer ones whole surnames, for names written small.
const SURNAME_ENDINGS: [&str; 18] = [
    "sen", "son", "mann", "berg", "stad", "vik", "dal", "rud", "haug", "land", "nes", "lund", "bakken", "heim",
    "strøm", "moen", "gård", "seth",
];

/// Endings that make a surname of a capitalised word, whatever stands before it.
const PATRONYMIC_ENDINGS: [&str; 3] = ["sen", "datter", "dottir"];

/// A given name and a surname, in either order: `Kari Nordmann`, `kari nordmann`, `KARI NORDMANN`, `Nordmann, Kari`.
fn names_a_person(text: &str) -> bool {
    let words: Vec<&str> =
        text.split_whitespace().map(|w| w.trim_start_matches(|c: char| !c.is_alphanumeric())).collect();
    words.iter().enumerate().any(|(at, word)| {
        let mut after = words[at + 1..].iter().skip_while(|w| is_initial_or_particle(w));
        let Some(next) = after.next().map(|w| w.trim_end_matches(|c: char| !c.is_alphabetic())) else { return false };
        let surname_first = word.strip_suffix(',').is_some_and(|w| is_capitalised(w) && !GREETINGS.contains(&w));
        (surname_first && is_capitalised(next) && is_given_name(next)) || is_full_name(word, next)
    })
}

const GREETINGS: [&str; 5] = ["Hei", "Hallo", "Ja", "Nei", "Takk"];

fn is_full_name(given: &str, surname: &str) -> bool {
    let small = surname.to_lowercase();
    let ends_in = |endings: &[&str]| {
        endings.iter().any(|e| {
            small.strip_suffix(e).is_some_and(|stem| stem.chars().count() > 1 || (stem.is_empty() && e.len() > 3))
        })
    };
    if is_capitalised(given) {
        is_capitalised(surname)
            && surname.chars().count() > 2
            && !NO_SURNAME.iter().any(|word| surname.starts_with(word))
            && (is_given_name(given) || (is_word(given) && ends_in(&PATRONYMIC_ENDINGS)))
    } else {
        is_given_name(given)
            && is_word(surname)
            && !EVERYDAY_WORDS.contains(&title_case(given).as_str())
            && ends_in(&SURNAME_ENDINGS)
    }
}

fn is_given_name(word: &str) -> bool {
    word.split('-').next().is_some_and(|first| GIVEN_NAMES.contains(title_case(first).as_str()))
}

fn is_capitalised(word: &str) -> bool {
    word.starts_with(char::is_uppercase)
}

fn is_word(word: &str) -> bool {
    word.chars().all(|c| c.is_alphabetic() || c == '-')
}

fn is_initial_or_particle(word: &str) -> bool {
    ["von", "van", "de", "el", "al", "bin"].contains(&word)
        || (word.ends_with('.') && word.chars().count() == 2 && is_capitalised(word))
}

fn title_case(word: &str) -> String {
    let mut letters = word.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters.flat_map(char::to_lowercase)).collect())
        .unwrap_or_default()
}

const WHO: &str = r"(?:hun|han|ho|jeg|eg|vi|de|dei|hen|bruker|brukeren|brukaren|kunden|klager|klageren|klagaren|søker|søkeren|søkjaren|vedkommende|vedkomande|innringer|innringeren)";
const CASE: &str = r"(?:(?:klage|anke)?sak(?:en|a)|klag(?:en|a)|ank(?:en|a)|søknad(?:en)?|vedtaket)";
/// Bodies that decide, in the definite.
const DECIDER: &str =
    r"(?:nav|klageinstansen|trygderetten|lagmannsretten|retten|dommeren|dommaren|saksbehandleren|saksbehandlaren)";
const WIN: &str = r"(?:vinne|vinner|vinn|medhold|medhald|gjennomslag|(?:nå|når|føre|fører|gå|går|vinne|vinner) (?:fram|frem|gjennom))";
const DECIDED: &str = r"(?:innvilget|innvilga|avslått|avslag|omgjort|godkjent)";
const BELIEVE: &str = r"(?:tror|trur|tenker|tenkjer) (?:du|dere|de)";

/// Asked of a definite person or case: will it be won, how likely, is it worth while. Questions on what a rule demands
/// (`må det være sannsynlig`, `hva skjer når en klager får medhold`) are none of these.
static PREDICTION: LazyLock<Vec<Option<Regex>>> = LazyLock::new(|| {
    [
        // Will she win, will the complaint lead anywhere.
        format!(r"\b(?:vil|kommer|kjem|får|kan du si om|går|fører|blir) (?:{WHO}|{CASE})\b.{{0,25}}\b{WIN}\b"),
        format!(r"\b(?:kommer|kjem|vil) (?:{WHO}|{CASE})\b.{{0,20}}\b(?:få|bli) .{{0,25}}{DECIDED}\b"),
        format!(r"\bblir {CASE}\b.{{0,25}}\b{DECIDED}\b"),
        format!(r"\b(?:vinner|vinn|vann) (?:{WHO}|{CASE})\b"),
        r"\b(?:hvem|kven) (?:vinner|vinn|kommer til å vinne|kjem til å vinne|vil vinne|taper|tapar)\b".into(),
        format!(r"\b(?:eller taper|eller tapar) {WHO}\b|\btap(?:e|er|ar)? (?:{WHO} )?(?:{CASE}|i (?:trygde)?retten)\b"),
        // Will the tribunal give him right.
        format!(r"\b(?:vil|kommer|kjem|{BELIEVE}(?: at)?) {DECIDER}\b.{{0,25}}\b(?:omgjøre|omgjøring|snu|snur|gi .{{0,12}}(?:rett|medhold|medhald|avslag)|gir .{{0,12}}(?:rett|medhold|medhald|avslag))\b"),
        // What do you think.
        format!(r"\b{BELIEVE}\b.{{0,60}}\b(?:får|vinner|vinn|taper|medhold|medhald|{DECIDED}|klager?|klagar|anker?|ankar|{CASE})\b"),
        format!(r"\b(?:hva|kva|hvordan|korleis) {BELIEVE}\b.{{0,30}}\b(?:{DECIDER}|{CASE})\b"),
        // How likely.
        r"\b(?:hva|kva|hvor|kor) (?:er|stor|store|gode|stort) ?(?:er )?(?:sjansen|sjansene|sjansane|oddsen|sannsynligheten|utsiktene|utsiktane)\b".into(),
        format!(r"\b(?:sjanse\w*|odds\w*|utsikt\w*|håp)\b.{{0,40}}\b(?:{WIN}|{DECIDED}|omgjør|klager?|klagar|anker?|ankar|{CASE})\b"),
        format!(r"\b(?:er det|hvor|kor) (?:realistisk|sannsynlig|sannsynleg|trolig|truleg)(?: er det)? (?:at|for at) (?:{WHO}|{DECIDER}|{CASE})\b"),
        // Foretell the outcome.
        format!(r"\b(?:hva|kva|hvilket|hvilken) (?:blir )?(?:utfallet|utfall|resultatet|resultat|avgjørelsen|vedtaket)\b.{{0,25}}\b{CASE}\b"),
        format!(r"\b(?:spå|forutsi|forutsei|anslå|gjette?|prognose)\b.{{0,40}}\b(?:utfall|utfallet|resultat|resultatet|{WIN}|{DECIDED}|{CASE})\b"),
        format!(r"\b(?:går|gikk) det (?:bra|godt|dårlig|dårleg|i orden|veien|vegen)\b.{{0,10}}\b{CASE}\b"),
        // Is it a good case, is it worth while.
        r"\bhar (?:vi|jeg|eg|hun|han|ho|de|bruker|brukeren|brukaren) (?:en|ei) (?:god|sterk|svak|dårlig|dårleg) (?:klage)?sak\b".into(),
        format!(r"\b(?:står|er) {CASE}\b.{{0,15}}\b(?:sterkt?|svakt?|godt? nok|håpløs)\b"),
        r"\b(?:vits|poeng|nytte|verdt|verd|lønner det seg|løner det seg|lurt|bortkasta|bortkastet)\b.{0,8}\b(?:å|at \w+|om \w+) (?:klage|klager|klagar|anke|anker|ankar)\b".into(),
    ]
    .iter()
    .map(|p| pattern(p))
    .collect()
});

const SICK: &str = r"(?:syk|sjuk|frisk|arbeidsufør|arbeidsfør|dårlig|dårleg)";
const ILLNESS: &str = r"(?:me|adhd|ptsd|angst|depresjon|utbrent|utbrenthet|utbrentheit|kreft|bipolar|fibromyalgi|migrene|demens|prolaps|hypokondri|latskap)";
const DISEASE: &str = r"(?:diagnose|diagnosen|diagnoser|sykdom|sykdommen|sjukdom|sjukdommen|lidelse|lidelsen|liding)";
const HIS: &str = r"(?:hans|hennes|hennar|min|mi|mitt|mine|til bruker|til brukeren|til brukaren)";
const TREATMENT: &str = r"(?:medisin\w*|antidepressiv\w*|antibiotika|kortison|smertestillende|tablett\w*|behandling\w*|operasjon\w*|operere|vaksine\w*|kur|terapi)";

/// Asked of a definite person: how ill, with what, what to do about it. What the law demands of an illness is no such question.
static MEDICAL: LazyLock<Vec<Option<Regex>>> = LazyLock::new(|| {
    [
        // How ill.
        format!(r"\b(?:er|var) {WHO} (?:egentlig |virkelig |eigentleg |verkeleg )?(?:så )?{SICK} (?:nok|at|på ordentlig|på ordentleg|som)\b"),
        format!(r"\b(?:er|var) {WHO} (?:egentlig|virkelig|eigentleg|verkeleg) (?:så )?{SICK}\b"),
        format!(r"\b{HIS}\b(?: er)? (?:så )?(?:alvorlig|alvorleg|dårlig|dårleg|ille|sterk|sterke|plagsom)\b (?:nok|at)\b"),
        r"\b(?:hvor|kor) (?:syk|sjuk|dårlig|dårleg) (?:er|var) (?:hun|han|ho|jeg|eg|bruker|brukeren|brukaren|kunden|vedkommende)\b".into(),
        format!(r"\b(?:simulerer|simulerar|overdriver|overdriv|spiller|faker) {WHO}\b"),
        r"\ber (?:plagene|plagane|smertene|smertane|symptomene|symptoma|sykdommen|sjukdommen)\b.{0,20}\b(?:ekte|reelle|innbilt|innbilte|innbilning)\b".into(),
        // Will he recover.
        format!(r"\bblir {WHO} (?:noen gang |nokon gong |noensinne |snart |helt |heilt )?(?:frisk|bra|arbeidsfør)\b"),
        format!(r"\b(?:vil|kommer|kjem) {WHO}\b.{{0,20}}\bbli (?:helt |heilt )?(?:frisk|bra|bedre|betre|arbeidsfør)\b"),
        // Of what, and whether the doctor is right.
        format!(r"\b(?:er|var) diagnosen\b.{{0,25}}\b(?:riktig|rett|feil|gal|holdbar|alvorlig nok)\b|\b(?:riktig|rett|feil|gal) {DISEASE} på (?:henne|ham|han|ho|meg|bruker\w*)\b"),
        format!(r"\b(?:hvilken|kva|kva for|kva slags|hva slags|hvilke) (?:ein |en )?{DISEASE} (?:{BELIEVE} )?(?:at )?(?:har|lider|kan|feiler)\b.{{0,12}}\b{WHO}\b"),
        format!(r"\b(?:hvilken|kva|kva for|kva slags|hva slags|hvilke) (?:ein |en )?{DISEASE} {BELIEVE} (?:at )?{WHO}\b"),
        r"\b(?:hva|kva) (?:feiler|feilar) (?:det )?(?:hun|han|ho|henne|ham|bruker|brukeren|brukaren|meg)\b|\b(?:feiler|feilar) det (?:egentlig |virkelig |eigentleg )?(?:henne|ham|han|ho|meg|bruker\w*)\b".into(),
        // `Hvem avgjør om hun er arbeidsufør` is a question on competence; only an order is stopped.
        format!(r"(?:^|[.:,!?] |\bog |\b(?:kan|kunne|må|vil) (?:du|dere|de) )(?:vurder|vurdere|bedøm|bedømme|avgjør|avgjøre|stille?) .{{0,30}}\b(?:diagnosen|diagnose|sykdommen|sjukdommen|legeerklæringen er|helsetilstanden|symptomene|symptoma|hvor syk|kor sjuk|om {WHO} er {SICK})\b"),
        format!(r"\b(?:høres|høyrest|ser|kan|virker|verkar|tyder|tyda)\b (?:dette|det|hun|han|ho)\b.{{0,20}}\b{ILLNESS}\b|\ber det {ILLNESS} eller\b"),
        r"\bsymptom\w*\b.{0,60}\b(?:hva er det|kva er det|hvilken diagnose|hvilken sykdom|er det kreft|kan det være)\b".into(),
        // What to do about it. `Må` asks what the rule demands and passes.
        format!(r"\b(?:bør|burde|skal) {WHO} (?:ta|slutte med|slutte på|begynne på|begynne med|prøve|droppe|kutte ut)\b.{{0,25}}\b{TREATMENT}\b"),
        // Your opinion on it.
        format!(r"\b(?:tror|trur|meiner|mener|syns|synes|synest) du\b.{{0,50}}\b(?:{SICK}|{ILLNESS}|{DISEASE})\b"),
    ]
    .iter()
    .map(|p| pattern(p))
    .collect()
});

#[cfg(test)]
mod tests {
    use super::*;

    fn code(question: &str) -> Option<&'static str> {
        check(question).map(|b| b.code)
    }

    #[test]
    fn patterns_compile() {
        assert!(DIGITS.is_some() && NAMED_IDENTITY_NUMBER.is_some() && EMAIL.is_some() && PHONE.is_some());
        assert!(PREDICTION.iter().chain(MEDICAL.iter()).all(Option::is_some));
    }

    /// Synthetic numbers only: month + 80, right check digits.
    fn synthetic(first_nine: &str) -> String {
        let mut digits: Vec<u32> = first_nine.chars().filter_map(|c| c.to_digit(10)).collect();
        for weights in [&[3, 7, 6, 1, 8, 9, 4, 5, 2][..], &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2][..]] {
            let sum: u32 = weights.iter().zip(&digits).map(|(w, d)| w * d).sum();
            let check = (11 - sum % 11) % 11;
            assert!(check < 10, "velg andre sifre");
            digits.push(check);
        }
        digits.iter().filter_map(|d| char::from_digit(*d, 10)).collect()
    }

    #[test]
    fn identity_numbers_are_stopped_in_every_spacing() {
        for first_nine in ["018592123", "418592131", "158690201"] {
            let number = synthetic(first_nine);
            for text in [
                format!("har {number} rett til dagpenger"),
                format!("{} {}", &number[..6], &number[6..]),
                format!("fnr {}-{}?", &number[..6], &number[6..]),
                format!("pnr{number}"),
                format!("{} {} {} {} {}", &number[..2], &number[2..4], &number[4..6], &number[6..9], &number[9..]),
            ] {
                assert_eq!(code(&text), Some("personal_data"), "{text}");
            }
            let mut wrong = number.clone();
            let last = wrong.pop().unwrap();
            wrong.push(if last == '9' { '0' } else { ((last as u8) + 1) as char });
            assert_ne!(personal_data(&wrong), Some("et fødselsnummer eller D-nummer"), "{wrong}");
        }
    }

    #[test]
    fn other_personal_data_is_stopped() {
        for text in [
            "ring meg på 91 23 45 67 om svaret",
            "bruker 912 34 567 spør",
            "tlf +47 91234567",
            "send svaret til ola.nordmann@example.org",
            "kontonummer 1234 56 78903",
            "Kari Nordmann fikk avslag, hva gjør hun?",
            "hva er status i saken til Per Hansen",
            "Har Per Hansen rett til dagpenger?",
            "gjelder anne berg",
            "Hansen, Per: når kommer pengene",
            "GJELDER PER HANSEN",
            "Xenia Q. Jensen er uføretrygdet",
            "mobil 40-00-00-00",
            "tlf40000000",
            "epost ola[at]example.com",
            "fnr 123456 78901 stemmer ikke",
        ] {
            assert_eq!(code(text), Some("personal_data"), "{text}");
        }
    }

    #[test]
    fn numbers_of_the_field_pass() {
        for text in [
            "hva sier TRR-2019-90123 om § 8-4?",
            "ankesak nr. 10/01026",
            "inntekt på 450 000 kr i 2023 og 480 000 i 2024",
            "vedtak 20230517, hva er klagefristen?",
            "ring 55 55 33 33",
            "organisasjonsnummer 889640782",
            "6 ganger grunnbeløpet, 12 345 678 kroner",
            "periode 01.01.2023 - 31.12.2023",
            "lov 28. februar 1997 nr. 19",
            "organisasjonsnummer 999 999 999",
            "fra 01.10.2024 til 31.01.2025, 450 000 kr",
            "opphold på Jan Mayen",
            "Finn Trygderettens praksis om § 8-4",
            "per dag, stein på stein, i eit anna EØS-land",
        ] {
            assert_eq!(code(text), None, "{text}");
        }
    }

    #[test]
    fn predictions_and_medicine_are_stopped() {
        for text in [
            "Hvem vinner hvis jeg klager?",
            "vil hun vinne klagen?",
            "får han medhold i trygderetten",
            "hva er sjansen for at klagen fører fram?",
            "tror du hun får uføretrygd?",
            "kjem ho til å vinne?",
            "får eg medhald?",
            "vil klageinstansen snu?",
            "trur du at han taper?",
            "hvor sannsynlig er det at hun får ja",
            "er det noe poeng i å klage",
            "kan du forutsi hvordan anken går",
        ] {
            assert_eq!(code(text), Some("prediction"), "{text}");
        }
        for text in [
            "er hun syk nok?",
            "er diagnosen riktig?",
            "hva feiler det henne",
            "hvor syk er han",
            "er plagene hans ekte?",
            "blir ho frisk igjen?",
            "skal hun begynne på medisiner",
            "kva slags sjukdom trur du han har",
        ] {
            assert_eq!(code(text), Some("medical"), "{text}");
        }
    }

    #[test]
    fn ordinary_questions_pass() {
        for text in [
            "kan hun få sykepenger når hun er arbeidsledig?",
            "har jeg rett til dagpenger hvis jeg sier opp selv?",
            "hvem avgjør om jeg er arbeidsufør?",
            "hvem skal vurdere om hun er arbeidsufør?",
            "hvilke diagnoser gir rett til uføretrygd?",
            "hvem må gjøre sannsynlig at vilkårene er oppfylt i saken?",
            "hvor sannsynlig må årsakssammenhengen være?",
            "hvor stor sjanse for bedring må behandlingen gi?",
            "må jeg prøve behandling før jeg kan få uføretrygd?",
            "taper jeg retten til dagpenger hvis jeg studerer?",
            "hva skjer når en klager får medhold?",
            "hva er vilkårene for å få medhold i klage på tilbakekreving",
            "hvor syk må man være for å få AAP?",
            "må legen skrive diagnose på sykmeldingen?",
            "hvor lenge får hun foreldrepenger?",
            "Nav Klageinstans Midt omgjorde, hva nå?",
        ] {
            assert_eq!(code(text), None, "{text}");
        }
    }
}
