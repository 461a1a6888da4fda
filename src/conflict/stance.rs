//! Which way a rule statement points: does it ask more of the citizen, or less?
//!
//! Two statements on the same question that point in opposite ways are the commonest conflict: «må», «bare når», «gir
//! ikke rett» against «ikke krav om», «er nok», «kan gis også». A pattern's words are taken out of the sentence once it
//! has been counted, so the longer readings come first: «kan ikke kreves» is no refusal.

use std::sync::LazyLock;

use regex::Regex;

/// What a pattern does to the sum.
enum Effect {
    /// Adds: positive asks less of the citizen, negative more.
    Adds(f32),
    /// Strengthens what else is said; alone it widens («selv om ny stilling ikke er avtalt»).
    Widens,
}

use Effect::{Adds, Widens};

/// Verbs of granting, in the passive the circulars are written in.
const GRANT: &str = "gis|få|godtas|godkjennes|godtgjøres|dekkes|innvilges|lånes|regnes|tas|medregnes|legges|utbetales|tilstås|ytes|aksepteres|anses|beholde\\w*|gjenopptas|gi|likestilles|etterbetales|telle|tilkjennes|overføres|deles|omfattes|innrømmes|bevilges|brukes|gjelde|være|føre|ta|motta|kombineres";

static CUES: LazyLock<Vec<(Regex, Effect)>> = LazyLock::new(|| {
    let some = r"(?:[\w-]+ ){0,4}?";
    [
        // Words that look like a stance and are none.
        (r"\bikke bare\b|\bbare fordi\b|\bmå (?:anses|forstås|vurderes|ses|tolkes|leses|avgjøres|legges til grunn|sies)\b|\bkan ikke (?:følge|slutte seg|se at|legge|tiltre|bygge)\b|\bikke enig\b|\bikke (?:tvil|omstridt|bestridt|omtvistet|tatt stilling)\w*".to_owned(), Adds(0.0)),
        (format!(r"\bikke {some}oppfyll\w*|\boppfyll\w* (?:\w+ )?ikke\b|\b(?:vilkår\w*|krav\w*) (?:\w+ )?(?:er|var) (?:\w+ )?ikke oppfylt"), Adds(-0.3)),
        (r"\b(?:krav\w*|vilkår\w*|begrensning\w*|grense\w*|unntak\w*) (?:kan|skal|bør) (?:\w+ ){0,2}ikke\b".to_owned(), Adds(0.5)),
        // «krav på» is what one has a right to, «krav om» what is asked.
        (r"\b(?:ikke|ingen) (?:\w+ ){0,2}krav på\b".to_owned(), Adds(-1.0)),
        // Less is asked.
        (r"\b(?:krav|vilkår|begrensning|regel)\w* (?:om|til|at) [^.;]{0,140}?\b(?:kan (?:\w+ )?ikke (?:\w+ )?(?:opprettholdes|stilles|utledes|oppstilles|innfortolkes|leses|videreføres)|står (?:\w+ )?ikke i|har (?:\w+ )?ikke (?:støtte|grunnlag|hjemmel|dekning)|følger (?:\w+ )?ikke av|mangler (?:støtte|grunnlag|hjemmel|dekning))\b(?: (?:[\w-]+ ){0,6}?og kan ikke \w+)?".to_owned(), Adds(1.0)),
        (format!(r"\b(?:ikke|ingen|uten|verken|heller) {some}(?:noe )?(?:krav|vilkår|minstetid|minstekrav|minstegrense|tidsgrense|plikt)\b"), Adds(1.0)),
        (format!(r"\b(?:ikke {some}|ingen )(?:kreve[srt]?|krevd|forutsette[rs]?|stilles|betinge[rst]*)\b|\bkreve[rs]? (?:\w+ )?ikke\b|\bforutsetter ikke\b"), Adds(1.0)),
        (format!(r"\bikke {some}(?:avgjørende|nødvendige?|påkrevd|til hinder|utelukk\w*|forutsetning|begrens\w*|avskjær\w*|fratar|absolutt\w*)\b|\b(?:utelukker|begrenser|avskjærer|hindrer|fratar) (?:\w+ )?ikke\b"), Adds(1.0)),
        (format!(r"\bikke {some}(?:grunnlag|hjemmel|holdepunkt\w*|støtte|rom|dekning) {some}for (?:å |at |et |en |noe )?(?:{some})(?:stille|kreve|oppstille|se bort|avslå|nekte|utelukke|innfortolke|krav|slik\w*|avkorte|begrens\w*|skille|grense)"), Adds(1.0)),
        (r"\b(?:har|finner) (?:\w+ )?ikke (?:noen |noe )?(?:støtte|grunnlag|hjemmel|forankring|dekning) i\b|\bgår lenger enn\b|\bfor strengt?\b".to_owned(), Adds(0.8)),
        (r"\bingen (?:bestemt|fast|slik|absolutt|nedre|øvre|begrensning|grense)\w*".to_owned(), Adds(0.8)),
        (r"\b(?:krav|vilkår) (?:om |at |til )[^.;]{0,120}\b(?:er det|finnes det|stilles det|gjelder) ikke\b".to_owned(), Adds(1.0)),
        (r"\b(?:trenger|behøver) (?:\w+ ){0,2}ikke\b|\bslipper\b|\bikke (?:\w+ )?(?:trenger|behøver)\b".to_owned(), Adds(1.0)),
        // More is asked, or nothing given.
        (format!(r"\bikke {some}(?:nok|tilstrekkelig|godt? nok)\b|\butilstrekkelig\b|\bikke (?:i seg selv|alene)\b|\balene (?:\w+ )?ikke\b"), Adds(-1.0)),
        (r"\b(?:gir|har|får|gi|ha|gav|ga) (?:\w+ ){0,3}ikke (?:\w+ ){0,2}rett\b|\b(?:ikke|ingen) (?:\w+ ){0,2}(?:rett|adgang|hjemmel|krav på)\b|\bgir (?:\w+ )?(?:ikke|ingen)\b|\bavskåret\b".to_owned(), Adds(-1.0)),
        (format!(r"\b(?:kan|skal|må|bør) (?:[\w-]+ ){{0,4}}?ikke {some}(?:{GRANT})\b|\bikke kan {some}(?:{GRANT})\b"), Adds(-1.0)),
        (r"\bikke (?:\w+ ){0,3}før\b".to_owned(), Adds(-0.8)),
        (r"\b(?:dekkes|godtas|godkjennes|regnes|teller|telles|tas|medregnes|omfattes|omfatter|gis|utbetales|ytes|gjelder|innvilges|lånes|anses) (?:[\w-]+ ){0,3}?ikke\b|\bikke (?:\w+ ){0,2}(?:dekkes|godtas|godkjennes|regnes|teller|telles|tas|medregnes|omfattes|omfatter|gis|utbetales|ytes|innvilges|lånes|anses)\b".to_owned(), Adds(-1.0)),
        (r"\b(?:kan|skal) (?:\w+ ){0,3}ikke\b".to_owned(), Adds(-0.7)),
        (r"\b(?:er|foreligger|inntrer|oppstår|løper) (?:\w+ ){0,2}ikke\b|\bikke (?:er|foreligger)\b".to_owned(), Adds(-0.6)),
        (r"\b(?:faller|falle|fall) (?:\w+ ){0,2}bort\b|\bopphøre\w*|\btape[rs]\b|\bavslås\b|\bstanses\b|\bholdes utenfor\b|\bfaller (?:\w+ )?utenfor\b|\butelukke[rs]\b|\bunntatt\b|\bmister\b|\bbortfall\w*|\bgår tapt\b|\bfor seint?\b|\bfor sent\b".to_owned(), Adds(-0.7)),
        // Less is asked, unnegated.
        (r"\b(?:er|være|holder|vil være|kan være) (?:[\w-]+ ){0,3}?(?:nok|tilstrekkelig)\b|\bdet holder at\b|\btilstrekkelig at\b|\bnok at\b|\bnok til\b".to_owned(), Adds(1.0)),
        (r"\bselv om\b|\bogså (?:når|om|der|dersom|hvis|i|ved|for)\b|\buansett\b|\buavhengig av\b|\buten hensyn til\b|\benten\b".to_owned(), Widens),
        (r"\buten at\b|\buten å\b".to_owned(), Adds(0.6)),
        // More is asked, unnegated.
        (r"\bbare\b|\bkun\b|\butelukkende\b|\bbegrenset til\b|\bforbeholdt\b".to_owned(), Adds(-0.8)),
        (r"\bkreves?\b|\bkrever\b|\bkrevd\b|\bforutsetter\b|\bforutsatt\b|\bforutsetning\b|\bbetinget\b|\bvilkår (?:om|at|for)\b|\bet (?:grunn)?vilkår\b|\bvilkår\w* [^.,;]{0,60}?\ber at\b|\bkrav (?:om|til|på|at)\b|\bbetingelse\b".to_owned(), Adds(-0.9)),
        (r"\bmå\b".to_owned(), Adds(-0.7)),
        (r"\bplikt\w*|\bplikter\b|\bskal (?:\w+ )?(?:ha|framlegge|legge fram|dokumentere\w*|bekreftes|foreligge|være)\b".to_owned(), Adds(-0.4)),
        (r"\bførst (?:når|fra|etter|ved|til)\b|\bminst\b|\bsenest\b".to_owned(), Adds(-0.4)),
        // Granting, unnegated.
        (format!(r"\b(?:kan|skal) {some}(?:{GRANT})\b"), Adds(0.6)),
        (r"\b(?:har|gir|får|gi) (?:\w+ ){0,2}(?:rett|krav)\b".to_owned(), Adds(0.7)),
        (r"\b(?:dekkes|godtas|godkjennes|medregnes|omfattes|omfatter|likestilles|innvilges)\b|\b(?:regnes|telle[rs]?|tas) (?:\w+ ){0,2}med\b|\blegges sammen\b|\bbeholder\b".to_owned(), Adds(0.6)),
        (r"\bogså\b|\blike fullt\b|\blikevel\b".to_owned(), Adds(0.3)),
    ]
    .into_iter()
    .filter_map(|(pattern, effect)| Some((Regex::new(&pattern).ok()?, effect)))
    .collect()
});

/// Clauses that say when the rule holds, not what it is. What they ask or refuse counts little: «… selv om ny stilling
/// ikke er avtalt» refuses nothing.
static ASIDE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?:\b(?:når|dersom|hvis|siden|fordi|ettersom|mens|selv om|uten at|uten å|også om|uansett om|til tross for at)|\w,? som) ([^,;:.]*)").ok()
});

/// What a cue in such a clause counts.
const IN_ASIDE: f32 = 0.2;

/// «Retten kan ikke se at loven krever …», «er ikke enig i at …»: what follows is what is not held.
static DENIES: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^[^,.;:]{0,60}\b(?:(?:ikke (?:[\w-]+ ){0,2}enig|uenig) i at|ikke (?:[\w-]+ ){0,3}(?:slutte seg til|enig i|se|finne|slik|til grunn|følge \w+ i) at)\b").ok()
});

/// From -1 (asks more, or refuses) over 0 (says nothing of it) to 1 (asks less, or grants), of a folded sentence.
pub(super) fn direction(folded: &str) -> f32 {
    match DENIES.as_ref().and_then(|denies| denies.find(folded)) {
        Some(denied) => -affirmed(&folded[denied.end()..]),
        None => affirmed(folded),
    }
}

/// The same, of a sentence that is not denied as a whole.
fn affirmed(folded: &str) -> f32 {
    let mut rest = folded.to_owned();
    let asides: Vec<_> = ASIDE.as_ref().map_or_else(Vec::new, |aside| {
        aside.captures_iter(folded).filter_map(|found| Some(found.get(1)?.range())).collect()
    });
    let mut sum: f32 = 0.0;
    let mut widened = false;
    for (pattern, effect) in CUES.iter() {
        let found: Vec<_> = pattern.find_iter(&rest).map(|found| found.range()).collect();
        for range in found {
            let share = if asides.iter().any(|aside| aside.contains(&range.start)) { IN_ASIDE } else { 1.0 };
            match effect {
                Adds(value) => sum += value * share,
                Widens => widened = true,
            }
            let blank = "¤".to_owned() + &" ".repeat(range.len().saturating_sub("¤".len()));
            rest.replace_range(range, &blank);
        }
    }
    if widened {
        sum += if sum < -0.3 { -0.3 } else { 0.5 };
    }
    (sum / 1.2).clamp(-1.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::super::fold::fold;
    use super::direction;

    #[test]
    fn more_is_asked() {
        for text in [
            "Retten er ikke enig i at det er nok med en muntlig avtale.",
            "Medlemmet må møte fram på kontoret.",
            "Stønaden gis bare når det foreligger skriftlig avtale.",
            "En egenerklæring er ikke nok.",
            "Kortvarige oppdrag teller ikke med.",
            "Nettkurs gir ikkje rett til stønad.",
            "Fristen løper ikke før kravet er mottatt.",
            "Noen omstillingstid har du ikke krav på når du selv har sagt opp.",
        ] {
            assert!(direction(&fold(text)) < -0.3, "{text} {}", direction(&fold(text)));
        }
    }

    #[test]
    fn less_is_asked() {
        for text in [
            "Loven krever ikke skriftlig avtale.",
            "Rundskrivets krav om at belastningen skal ha kommet uforutsett, står ikke i loven og kan ikke opprettholdes.",
            "Noe krav om at skaden må inntreffe ved selve pulten, kan ikke utledes av loven.",
            "Kvitteringer kan styrke kravet, men de er ikke nødvendige for å få stønad.",
            "Det er ikkje noko vilkår at medlemen møter.",
            "Det kan ikke kreves at oppdraget er langvarig.",
            "En egenerklæring er nok.",
            "At avtalen er muntlig, er ikke til hinder for stønad.",
            "Retten er enig i at det ikke kan stilles krav om varighet.",
            "Den som søker arbeid, er ledig selv om han ikke er meldt.",
            "Stønad kan gis også til den som er student.",
        ] {
            assert!(direction(&fold(text)) > 0.3, "{text} {}", direction(&fold(text)));
        }
    }
}
