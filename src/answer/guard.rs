//! What must not be asked: personal data, predictions of a case, medical judgement. Checked before a question is
//! stored, embedded or logged.

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
    let text = &text.replace(['\u{a0}', '\u{202f}'], " ");
    if digit_groups(text).any(|digits| is_identity_number(&digits)) {
        return Some("et fødselsnummer eller D-nummer");
    }
    if digit_groups(text).any(|digits| is_account_number(&digits)) {
        return Some("et kontonummer");
    }
    if EMAIL.as_ref().is_some_and(|r| r.is_match(text)) {
        return Some("en e-postadresse");
    }
    if is_phone_number(text) {
        return Some("et telefonnummer");
    }
    if NAME.as_ref().is_some_and(|r| r.captures_iter(text).any(|c| is_person(&c[1], &c[2]))) {
        return Some("navnet på en person");
    }
    None
}

/// A pattern known to be good; a broken one would be caught by the tests, not by a user.
fn pattern(source: &str) -> Option<Regex> {
    Regex::new(source).ok()
}

fn is_match(patterns: &[Option<Regex>], text: &str) -> bool {
    let text = text.to_lowercase();
    patterns.iter().flatten().any(|r| r.is_match(&text))
}

static ELEVEN: LazyLock<Option<Regex>> =
    LazyLock::new(|| pattern(r"\d{6}[ .-]?\d{5}|\d{4}[ .-]\d{2}[ .-]\d{5}|\d{2}[ .-]\d{2}[ .-]\d{2}[ .-]\d{5}|\d{3} ?\d{2} ?\d{3} ?\d{3}"));
static EMAIL: LazyLock<Option<Regex>> =
    LazyLock::new(|| pattern(r"[\p{L}\d._%+-]+ ?(?:@|\(at\)) ?[\p{L}\d-]+(?:\.[\p{L}\d-]+)*\.\p{L}{2,}"));
static PHONE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(r"(?:\+|00)47[ ]?\d{2}[ ]?\d{2}[ ]?\d{2}[ ]?\d{2}|[2-9]\d{7}|[49]\d{2} \d{2} \d{3}|[2-9]\d \d{2} \d{2} \d{2}")
});
static NAME: LazyLock<Option<Regex>> =
    LazyLock::new(|| pattern(r"\b(\p{Lu}\p{Ll}+(?:-\p{Lu}\p{Ll}+)?) (?:\p{Lu}\p{Ll}+ )?(\p{Lu}\p{Ll}{2,})\b"));

/// Runs of eleven digits, however they are spaced, that are not part of a longer number.
fn digit_groups(text: &str) -> impl Iterator<Item = Vec<u32>> + '_ {
    ELEVEN.iter().flat_map(|r| r.find_iter(text)).filter(|m| stands_alone(text, m.start(), m.end())).map(|m| {
        m.as_str().chars().filter_map(|c| c.to_digit(10)).collect()
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
        let local = digits.strip_prefix("0047").or_else(|| digits.strip_prefix("47").filter(|d| d.len() == 8)).unwrap_or(&digits);
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
static GIVEN_NAMES: LazyLock<Vec<&str>> = LazyLock::new(|| include_str!("given_names.txt").split_whitespace().collect());

/// Words that follow a name without being a surname.
const NO_SURNAME: [&str; 8] = ["Nav", "Norge", "Trygderetten", "Høyesterett", "Klageinstans", "Oslo", "Kommune", "Fylke"];

fn is_person(given: &str, surname: &str) -> bool {
    let first = given.split('-').next().unwrap_or(given);
    GIVEN_NAMES.contains(&first) && !NO_SURNAME.contains(&surname)
}

const WHO: &str = r"(?:hun|han|ho|jeg|eg|vi|de|dei|hen|bruker|brukeren|brukaren|kunden|klager|klageren|søker|søkeren|vedkommende|klagen|klaga|anken|anka|saken|saka|søknaden|innringer)";

static PREDICTION: LazyLock<Vec<Option<Regex>>> = LazyLock::new(|| {
    [
        format!(r"\b(?:vil|kommer|kjem|tror du|trur du|får|kan du si om) {WHO}(?: (?:til å|nå|da|å|vil|kommer til å|kan|med klagen))* (?:vinne|vinn|vinner|få medhold|medhold|føre fram|føre frem|gå gjennom|bli omgjort|bli innvilget|få gjennomslag|nå fram|nå frem)\b"),
        format!(r"\b(?:vinner|vinn) {WHO}\b"),
        r"\bhvem (?:vinner|kommer til å vinne|vil vinne)\b".into(),
        r"\bkven (?:vinn|kjem til å vinne)\b".into(),
        r"\b(?:hva|kva|hvor|kor) (?:er|stor|store|gode|stort) ?(?:er )?(?:sjansen|sjansene|sjansane|sjanse|oddsen|sannsynligheten|utsiktene)\b".into(),
        r"\b(?:sjanse|sjansen|sjansene|sannsynlig|sannsynligheten|odds|oddsen) (?:for )?(?:at |til |for )?.{0,40}\b(?:medhold|vinne|vinner|omgjort|omgjør|innvilget|gjennom|fram|frem|klagen|anken|saken)\b".into(),
        r"\b(?:hva|kva) blir (?:utfallet|resultatet|utfallet|avgjørelsen|vedtaket) (?:i|av|for|på) ".into(),
        r"\b(?:spå|forutsi|anslå) .{0,30}\b(?:utfall|utfallet|resultat|resultatet|klagen|saken)\b".into(),
        format!(r"\btror du .{{0,60}}\b(?:får|vinner|medhold|innvilget|avslag)\b.{{0,40}}|\bblir {WHO} .{{0,25}}\b(?:omgjort|innvilget|avslått)\b"),
    ]
    .iter()
    .map(|p| pattern(p))
    .collect()
});

static MEDICAL: LazyLock<Vec<Option<Regex>>> = LazyLock::new(|| {
    [
        r"\b(?:er|var) (?:hun|han|ho|jeg|eg|bruker|brukeren|kunden|vedkommende|de) (?:egentlig |virkelig |eigentleg )?(?:så )?(?:syk|sjuk|frisk|arbeidsufør|dårlig) (?:nok|på ordentlig)\b",
        r"\b(?:er|var) (?:hun|han|ho|bruker|brukeren|kunden|vedkommende) (?:egentlig|virkelig|eigentleg) (?:syk|sjuk|frisk|arbeidsufør)\b",
        r"\b(?:er|var) diagnosen\b.{0,25}\b(?:riktig|rett|feil|gal|holdbar|alvorlig nok)\b",
        r"\b(?:hvilken|kva|hva slags|hvilke) (?:diagnose|diagnoser|sykdom|sjukdom|lidelse)\b.{0,20}\b(?:har|lider|feiler)\b.{0,12}\b(?:hun|han|ho|jeg|eg|bruker|brukeren|kunden|vedkommende|de)\b",
        r"\b(?:hva|kva) (?:feiler|feilar) (?:det )?(?:hun|han|ho|henne|ham|bruker|brukeren|meg)\b",
        r"\b(?:vurder|vurdere|bedøm|bedømme|avgjør|avgjøre)\b.{0,30}\b(?:diagnosen|diagnose|sykdommen|legeerklæringen er|helsetilstanden|symptomene|hvor syk|om (?:hun|han|bruker|brukeren|vedkommende) er (?:syk|sjuk|arbeidsufør|frisk))\b",
        r"\b(?:bør|må|skal) (?:hun|han|ho|jeg|eg|bruker|brukeren) (?:ta|slutte med|begynne på|prøve) .{0,25}\b(?:medisin|medisinen|medisiner|tabletter|behandling|behandlingen|operasjon|kur|terapi)\b",
        r"\b(?:tror|meiner|mener|syns|synes) du .{0,30}\b(?:syk|sjuk|frisk|arbeidsufør|depresjon|utbrent|diagnose)\b",
        r"\b(?:hvor|kor) (?:syk|sjuk) er (?:hun|han|ho|bruker|brukeren|kunden|vedkommende)\b",
        r"\bsymptomer?\b.{0,60}\b(?:hva er det|hvilken diagnose|hvilken sykdom|er det kreft|kan det være)\b",
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
        assert!(ELEVEN.is_some() && EMAIL.is_some() && PHONE.is_some() && NAME.is_some());
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
        ] {
            assert_eq!(code(text), Some("prediction"), "{text}");
        }
        for text in ["er hun syk nok?", "er diagnosen riktig?", "hva feiler det henne", "hvor syk er han"] {
            assert_eq!(code(text), Some("medical"), "{text}");
        }
    }

    #[test]
    fn ordinary_questions_pass() {
        for text in [
            "kan hun få sykepenger når hun er arbeidsledig?",
            "har jeg rett til dagpenger hvis jeg sier opp selv?",
            "hvem avgjør om jeg er arbeidsufør?",
            "hvilke diagnoser gir rett til uføretrygd?",
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
