//! Follow-up questions: short ones that only make sense after the question before.
//!
//! A follow-up is made whole by putting the earlier question before it. Nothing that the user wrote is dropped or
//! rewritten, so that what is searched for is always words of the user's own.

use crate::language::Analyser;
use crate::law::{self, LawId};

/// Words in a follow-up, at most: what is longer says itself what it is about.
const MAX_WORDS: usize = 14;

/// A question with a benefit or provision of its own is a follow-up only if it opens as one and is no longer than this.
const MAX_WORDS_WITH_TOPIC: usize = 7;

/// "det" and its like point back only in questions no longer than this; in longer ones they point within.
const MAX_WORDS_POINTING: usize = 7;

/// How a follow-up opens.
const OPENERS: [&str; 34] = [
    "og",
    "men",
    "enn",
    "eller",
    "hva med",
    "kva med",
    "hva hvis",
    "kva viss",
    "hva om",
    "kva om",
    "hva så",
    "kva så",
    "hva da",
    "kva då",
    "hvis",
    "viss",
    "dersom",
    "gjelder det",
    "gjeld det",
    "gjelder dette",
    "gjeld dette",
    "selv om",
    "også hvis",
    "samme for",
    "det samme",
    "er det samme",
    "likt for",
    "ok og",
    "ja men",
    "ja og",
    "nei men",
    "hvorfor det",
    "kvifor det",
    "enn om",
];

/// Words for the person whom the conversation is about.
const PERSON: [&str; 11] =
    ["hun", "ho", "han", "hen", "henne", "ham", "hennes", "hennar", "hans", "vedkommende", "begge"];

/// Words for a thing mentioned before.
const POINTING: [&str; 12] =
    ["det", "dette", "den", "denne", "disse", "desse", "der", "da", "då", "samme", "same", "slik"];

/// Words before which "det" is only the grammar's subject: "er det lov å …", "finnes det …".
const BEFORE_EMPTY_DET: [&str; 10] = ["er", "finnes", "finst", "går", "blir", "var", "kan", "skal", "må", "hva"];

/// What may be asked about anything; a question of nothing else asks about what came before.
const ABOUT_ANYTHING: [&str; 64] = [
    "hvor",
    "kor",
    "hva",
    "kva",
    "hvem",
    "kven",
    "når",
    "hvorfor",
    "kvifor",
    "hvordan",
    "korleis",
    "hvilke",
    "hvilken",
    "hvilket",
    "for",
    "lenge",
    "mye",
    "mykje",
    "mange",
    "ofte",
    "stor",
    "stort",
    "høy",
    "høyt",
    "er",
    "var",
    "blir",
    "kan",
    "må",
    "skal",
    "får",
    "få",
    "har",
    "gjelder",
    "gjeld",
    "jeg",
    "eg",
    "man",
    "en",
    "ein",
    "vi",
    "du",
    "da",
    "så",
    "i",
    "fra",
    "frå",
    "til",
    "på",
    "med",
    "om",
    "året",
    "måneden",
    "dager",
    "dagar",
    "uker",
    "veker",
    "prosent",
    "fristen",
    "satsen",
    "beløpet",
    "vilkårene",
    "vilkåra",
    "unntak",
];

/// The question with what it leans on put before it; `None` when it stands on its own.
pub fn whole(question: &str, earlier: &[String], analyser: &Analyser) -> Option<String> {
    let question = question.trim();
    if question.is_empty() || earlier.is_empty() || earlier.iter().any(|turn| turn == question) {
        return None;
    }
    let has_topic = names_its_topic(question, analyser);
    leans_on_earlier(question, has_topic).then(|| format!("{} {question}", earlier.join(" ")))
}

/// Whether the question names a benefit, a provision or a document.
fn names_its_topic(question: &str, analyser: &Analyser) -> bool {
    let context: Option<LawId> = LawId::FOLKETRYGDLOVEN.parse().ok();
    !analyser.topic(question).benefits.is_empty() || !law::find(question, context.as_ref()).is_empty()
}

fn leans_on_earlier(question: &str, has_topic: bool) -> bool {
    let lower = question.to_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect();
    if words.is_empty() || words.len() > MAX_WORDS {
        return false;
    }
    let line = words.join(" ");
    let opens = OPENERS
        .iter()
        .any(|opener| line.strip_prefix(opener).is_some_and(|rest| rest.is_empty() || rest.starts_with(' ')));
    let trails = matches!(words.last(), Some(&("da" | "då")));
    if has_topic {
        return (opens || trails) && words.len() <= MAX_WORDS_WITH_TOPIC;
    }
    let is_about_anything = words.iter().all(|word| ABOUT_ANYTHING.contains(word));
    let names_person = words.iter().any(|word| PERSON.contains(word));
    opens || is_about_anything || names_person || (words.len() <= MAX_WORDS_POINTING && points_back(&words))
}

fn points_back(words: &[&str]) -> bool {
    words.iter().enumerate().any(|(at, word)| {
        let is_empty_det = *word == "det" && at > 0 && BEFORE_EMPTY_DET.contains(&words[at - 1]);
        POINTING.contains(word) && !is_empty_det
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const EARLIER: &str = "Hvor lenge kan hun få dagpenger når hun er permittert?";

    #[test]
    fn follow_ups_are_made_whole() {
        let (analyser, earlier) = (Analyser::new(), [EARLIER.to_owned()]);
        for question in [
            "og hvis hun er student?",
            "Og hvis hun har sagt opp selv?",
            "hva med frilansere?",
            "Kva med studentar?",
            "hvor lenge?",
            "hvor mye da?",
            "gjelder det også i Sverige?",
            "men hvis hun bare jobber deltid?",
            "enn hvis hun er syk?",
            "Kan hun ta ferie?",
            "hvorfor det?",
            "hva er fristen?",
            "når da?",
            "må hun melde fra om det til arbeidsgiveren sin først?",
            "hva med sykepenger?",
            "selv om hun får lønn i perioden?",
        ] {
            assert_eq!(whole(question, &earlier, &analyser), Some(format!("{EARLIER} {question}")), "{question}");
        }
    }

    #[test]
    fn whole_questions_are_left_alone() {
        let (analyser, earlier) = (Analyser::new(), [EARLIER.to_owned()]);
        for question in [
            "Kan en student få dagpenger i sommerferien?",
            "Hva er sykepengegrunnlaget?",
            "Hvor mange sykepengedager kan man få?",
            "Hvem fant opp kulepennen?",
            "Er det lov å reise?",
            "Hva sier ftrl. § 8-13 om gradert sykmelding?",
            "Hvor lenge kan man få arbeidsavklaringspenger?",
            "Hvor lenge får hun sykepenger når hun er selvstendig næringsdrivende?",
            "Og så lurer jeg på om en som har flyttet til Polen med barna kan få utbetalt barnetrygd herfra",
            "Hvor stor del av foreldrepengene er forbeholdt far når mor er ufør?",
            EARLIER,
            "",
            "???",
        ] {
            assert_eq!(whole(question, &earlier, &analyser), None, "{question}");
        }
    }

    #[test]
    fn nothing_leans_on_nothing() {
        assert_eq!(whole("og hvis hun er student?", &[], &Analyser::new()), None);
    }
}
