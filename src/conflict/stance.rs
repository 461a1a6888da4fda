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

/// Verbs after which «må» gives: «må regnes med», «må kunne».
const MUST_GRANT: &str = "kunne|få|gis|godtas|godkjennes|dekkes|innvilges|regnes|medregnes|utbetales|tilstås|ytes|beholde|likestilles|omfattes|løpe|telle|inngå";

/// Verbs of taking away.
const TAKE: &str = "avslås|avslå|avvises|stanses|stanse|stoppes|stoppe|opphøre|falle bort|bortfalle|reduseres|redusere|settes ned|avkortes|avkorte|trekkes|kreves tilbake|tilbakekreves|nektes|nekte|utelukkes|utelukke|avskjæres|avskjære|holdes utenfor|tapes|tape|miste|ramme|gå ut over|lede til|(?:føre til|medføre) at [^,.;:]{0,60}?(?:stanses|avslås|faller bort|reduseres|opphører|tapes|settes ned|avkortes)|føre til (?:\\w+ )?(?:at|tap|avslag|stans|bortfall|avkort\\w*|reduksjon|brudd|avbrudd)|medføre (?:\\w+ )?(?:at|tap|avslag|stans|bortfall|avkort\\w*)|utløse (?:\\w+ )?(?:stans|sanksjon\\w*|avslag|vente\\w*|karantene)|stenge|hindre|frata|komme til fradrag|belastes|gjøres gjeldende mot";

/// A clause that begins with its verb and says when: «Er meldekortet sendt for sent, …», «Foreligger det rimelig grunn, …».
const VERB_FIRST: &str = "foreligger|er|var|har|hadde|kan|skal|må|vil|blir|ble|går|kommer|flytter|mangler|søker|mottar|får|gjelder|viser|tar|oppgir|gir|fortsetter|avslutter|begynner|skjer|ønsker|arbeider|oppholder|ligger|fyller|melder|dør|reiser|bor|lever|velger|unnlater|oppstår|bruker|skyldes|finnes|settes|sendes|leveres|brukes|framsettes|framlegges|legger|deltar|avtaler|utfører";

static CUES: LazyLock<Vec<(Regex, Effect)>> = LazyLock::new(|| {
    let some = r"(?:[\w-]+ ){0,4}?";
    [
        // Words that look like a stance and are none.
        (r"\bikke bare\b|\bbare fordi\b|\bmå (?:[\w-]+ )?(?:gjøre|foreta|vurdere|avgjøre|ta stilling|se|prøve|forstås|vurderes|ses|tolkes|leses|avgjøres|sies)\b|\bkan ikke (?:følge|slutte seg|se at|legge|tiltre|bygge)\b|\bikke enig\b|\bikke (?:tvil|omstridt|bestridt|omtvistet|tatt stilling)\w*".to_owned(), Adds(0.0)),
        (format!(r"\bikke {some}oppfyll\w*|\boppfyll\w* (?:\w+ )?ikke\b|\b(?:vilkår\w*|krav\w*) (?:\w+ )?(?:er|var) (?:\w+ )?ikke oppfylt"), Adds(-0.3)),
        (r"\b(?:krav\w*|vilkår\w*|begrensning\w*|grense\w*|unntak\w*) (?:kan|skal|bør) (?:\w+ ){0,2}ikke\b".to_owned(), Adds(0.5)),
        // «krav på» is what one has a right to, «krav om» what is asked.
        (r"\b(?:ikke|ingen) (?:\w+ ){0,2}krav på\b".to_owned(), Adds(-1.0)),
        // Not taken away.
        (format!(r"\b(?:kan|skal|må|bør|vil) (?:[\w-]+ ){{0,4}}?ikke {some}(?:{TAKE})\b|\bikke {some}(?:{TAKE})\b|\b(?:rammer|fører|leder|stenger|hindrer|fratar|reduserer|stopper|stanser|utløser|medfører|bryter|avbryter) (?:(?:derfor|heller|da|dermed|likevel|alene|altså) ){{0,2}}ikke\b"), Adds(0.9)),
        (r"\b(?:sier|har|inneholder|nevner) (?:\w+ ){0,2}?(?:ingenting|ikke noe)\b".to_owned(), Adds(0.4)),
        // What plays no part says nothing of which way; «ikke utslagsgivende» is said of what was asked.
        (r"\buten betydning\b".to_owned(), Adds(0.0)),
        (r"\bikke (?:være |er )?utslagsgivende\b|\bikke (?:\w+ )?(?:være )?begrenset\b|\bspiller (?:\w+ ){0,2}ingen rolle\b".to_owned(), Adds(0.6)),
        (format!(r"\bmå (?:[\w-]+ ){{0,5}}?(?:{MUST_GRANT})\b"), Adds(0.6)),
        // Less is asked.
        (r"\b(?:krav|vilkår|begrensning|regel)\w*\b[^.;]{0,140}?\b(?:må(?:tte)? (?:\w+ )?(?:vike|stå tilbake)|kan (?:\w+ )?ikke stå seg)\b".to_owned(), Adds(1.0)),
        (r"\b(?:krav|vilkår|begrensning|regel)\w* (?:om|til|at) [^.;]{0,140}?\b(?:kan (?:\w+ )?ikke (?:\w+ )?(?:opprettholdes|stilles|utledes|oppstilles|innfortolkes|leses|videreføres)|står (?:\w+ )?ikke i|har (?:\w+ )?ikke (?:støtte|grunnlag|hjemmel|dekning)|følger (?:\w+ )?ikke av|mangler (?:støtte|grunnlag|hjemmel|dekning))\b(?: (?:[\w-]+ ){0,6}?og kan ikke \w+)?".to_owned(), Adds(1.0)),
        (format!(r"\b(?:ikke|ingen|uten|verken|heller) {some}(?:noe )?(?:krav|vilkår|minstetid|minstekrav|minstegrense|tidsgrense|(?:nedre |øvre )?grense|plikt)\b"), Adds(1.0)),
        (format!(r"\b(?:ikke {some}|ingen )(?:kreve[srt]?|krevd|forutsette[rs]?|stilles|betinge[rst]*)\b|\bkreve[rs]? (?:\w+ )?ikke\b|\bforutsetter ikke\b"), Adds(1.0)),
        (format!(r"\bikke {some}(?:avgjørende|nødvendige?|påkrevd|avhengig|til hinder|utelukk\w*|forutsetning|begrens\w*|avskjær\w*|fratar|absolutt\w*)\b|\b(?:utelukker|begrenser|avskjærer|hindrer|fratar) (?:\w+ )?ikke\b"), Adds(1.0)),
        (format!(r"\bikke {some}(?:grunnlag|hjemmel|holdepunkt\w*|støtte|rom|dekning) {some}for (?:å |at |et |en |noe )?(?:{some})(?:stille|kreve|oppstille|se bort|avslå|nekte|utelukke|innfortolke|krav|slik\w*|avkorte|begrens\w*|skille|grense)"), Adds(1.0)),
        (r"\b(?:har|finner) (?:\w+ )?ikke (?:noen |noe )?(?:støtte|grunnlag|hjemmel|forankring|dekning) i\b|\bgår lenger enn\b|\bfor strengt?\b".to_owned(), Adds(0.8)),
        (r"\b(?:ingen|ikke no[en]n?) (?:bestemt|fast|slik|absolutt|nedre|øvre|begrensning|grense)\w*".to_owned(), Adds(0.8)),
        (r"\b(?:krav|vilkår) (?:om |at |til )[^.;]{0,120}\b(?:er det|finnes det|stilles det|gjelder) ikke\b".to_owned(), Adds(1.0)),
        (r"\b(?:trenger|behøver) (?:\w+ ){0,2}ikke\b|\bslipper\b|\bikke (?:\w+ )?(?:trenger|behøver)\b".to_owned(), Adds(1.0)),
        (r"\bkan (?:[\w-]+ ){0,2}ikke (?:[\w-]+ ){0,2}?(?:les|utled|innfortolk|oppstill)\w*\b|\bkreve[rs]? (?:\w+ ){0,2}(?:klar|klarere|uttrykkelig) (?:lov)?hjemmel\b".to_owned(), Adds(0.9)),
        // More is asked, or nothing given.
        (format!(r"\bikke {some}(?:nok|tilstrekkelig|godt? nok)\b|\butilstrekkelig\b|\bikke (?:i seg selv|alene)\b|\balene (?:\w+ )?ikke\b"), Adds(-1.0)),
        (r"\b(?:får|gis|ytes|innvilges|regner|teller|tar|godtar|dekker|omfatter|tilstås|betaler) (?:\w+ ){0,2}ikke\b|\b(?:gir|har|får|gi|ha|gav|ga) (?:\w+ ){0,3}ikke (?:\w+ ){0,2}rett\b|\b(?:ikke|ingen) (?:\w+ ){0,2}(?:rett|adgang|hjemmel|krav på)\b|\bgir (?:\w+ )?(?:ikke|ingen)\b|\bavskåret\b".to_owned(), Adds(-1.0)),
        (format!(r"\b(?:kan|skal|må|bør) (?:[\w-]+ ){{0,4}}?ikke {some}(?:{GRANT})\b|\bikke kan {some}(?:{GRANT})\b"), Adds(-1.0)),
        (r"\bikke (?:\w+ ){0,3}før\b".to_owned(), Adds(-0.8)),
        (r"\b(?:dekkes|godtas|godkjennes|regnes|teller|telles|tas|medregnes|omfattes|omfatter|gis|utbetales|ytes|gjelder|innvilges|lånes|anses|inngår|hører|kvalifiserer|utløser) (?:[\w-]+ ){0,3}?ikke\b|\bikke (?:\w+ ){0,2}(?:inngår|inngå|hører|dekkes|godtas|godkjennes|regnes|teller|telles|tas|medregnes|omfattes|omfatter|gis|utbetales|ytes|innvilges|lånes|anses)\b".to_owned(), Adds(-1.0)),
        (r"\b(?:kan|skal) (?:\w+ ){0,3}ikke\b".to_owned(), Adds(-0.7)),
        (r"\b(?:er|foreligger|inntrer|oppstår|løper) (?:\w+ ){0,2}ikke\b|\bikke (?:er|foreligger)\b".to_owned(), Adds(-0.6)),
        (r"\b(?:faller|falle|fall) (?:\w+ ){0,2}bort\b|\bopphøre\w*|\btape[rs]\b|\bavslås\b|\bstanses\b|\bholdes utenfor\b|\b(?:faller|falt|ligger|lå) (?:[\w-]+ ){0,3}?utenfor\b|\b(?:stopper|stanser|stoppes)\b|\breduser(?:es|er)\b|\b(?:går|gikk|rekker|strekker) (?:[\w-]+ ){0,2}ikke (?:inn under|lenger enn|utover)\b|\bikke rekker (?:lenger|utover)\b|\btilbakekreving (?:kan|skal)\b|\bkreves tilbake\b|\bfor lite\b|\bbrukt opp\b|\btidligst\b|\butelukke[rs]\b|\bunntatt\b|\bmister\b|\bbortfall\w*|\bgår tapt\b|\bfor seint?\b|\bfor sent\b".to_owned(), Adds(-0.7)),
        // Less is asked, unnegated.
        (r"\b(?:er|være|holder|vil være|kan være) (?:[\w-]+ ){0,3}?(?:nok|tilstrekkelig)\b|\bdet holder at\b|\btilstrekkelig at\b|\bnok at\b|\bnok til\b".to_owned(), Adds(1.0)),
        (r"\bselv om\b|\bogså (?:når|om|der|dersom|hvis|i|ved|for)\b|\buansett\b|\buavhengig av\b|\buten hensyn til\b|\benten\b".to_owned(), Widens),
        (r"\buten at\b|\buten å\b".to_owned(), Adds(0.6)),
        // More is asked, unnegated.
        (r"\bbare\b|\bkun\b|\butelukkende\b|\bbegrenset til\b|\bforbeholdt\b".to_owned(), Adds(-0.8)),
        (r"\bkreves?\b|\bkrever\b|\bkrevd\b|\bforutsetter\b|\bforutsatt\b|\bforutsetning\b|\bbetinget\b|\bvilkår (?:om|at|for)\b|\bet (?:grunn)?vilkår\b|\bvilkår\w* [^.,;]{0,60}?\ber at\b|\bkrav (?:om|til|at)\b|\bbetingelse\b".to_owned(), Adds(-0.9)),
        (r"\bmå\b".to_owned(), Adds(-0.7)),
        (r"\bplikt\w*|\bplikter\b|\bskal (?:\w+ )?(?:ha|framlegge|legge fram|dokumentere\w*|bekreftes|foreligge|være)\b".to_owned(), Adds(-0.4)),
        (r"\bførst (?:når|fra|etter|ved|til)\b|\bminst\b|\bsenest\b".to_owned(), Adds(-0.4)),
        (r"\bskal (?:[\w-]+ ){0,2}?(?:legges (?:fram|ved)|framlegges|vedlegges|dokumenteres|innhentes|settes fram|framsettes|meldes|sendes|leveres|bestilles)\b|\b(?:risiko|risikoen|ansvaret|ansvar)\b[^.;:]{0,40}\bbærer\b|\bbærer (?:\w+ ){0,2}(?:risiko|risikoen|ansvaret)\b|\b(?:bryter|avbryter)\b".to_owned(), Adds(-0.7)),
        // Granting, unnegated.
        (r"\b(?:er|blir|var) (?:[\w-]+ ){0,2}?(?:omfattet|dekket|vernet|oppfylt)\b|\b(?:består|løper videre|står ved lag)\b".to_owned(), Adds(0.6)),
        (format!(r"\b(?:kan|skal) {some}(?:{GRANT})\b"), Adds(0.6)),
        (r"\b(?:har|gir|får|gi) (?:\w+ ){0,2}(?:rett|krav)\b|\bkrav på\b".to_owned(), Adds(0.7)),
        (r"\b(?:dekkes|godtas|godkjennes|medregnes|omfattes|omfatter|likestilles|innvilges|inngår|ytes|hører med|utbetales|tilstås)\b|\b(?:regnes|telle[rs]?|tas) (?:\w+ ){0,2}med\b|\blegges sammen\b|\bbeholder\b".to_owned(), Adds(0.6)),
        (r"\bogså\b|\blike fullt\b|\blikevel\b".to_owned(), Adds(0.3)),
    ]
    .into_iter()
    .filter_map(|(pattern, effect)| Some((Regex::new(&pattern).ok()?, effect)))
    .collect()
});

/// Clauses that say when the rule holds, not what it is. What they ask or refuse counts little: «… selv om ny stilling
/// ikke er avtalt» refuses nothing.
static ASIDE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(&format!(r"^(?:{VERB_FIRST}) ([^,?]{{8,200}}), |(?:\b(?:når|dersom|hvis|siden|fordi|ettersom|mens|selv om|uten at|uten å|også om|uansett om|til tross for at)|\w,? som) ([^,;:.]*)")).ok()
});

/// A word that begins a clause, within a cue.
static INTO_CLAUSE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"\w (?:selv om|når|dersom|hvis|fordi|som|mens|siden) ").ok());

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
        aside.captures_iter(folded).filter_map(|found| Some(found.get(1).or(found.get(2))?.range())).collect()
    });
    let mut sum: f32 = 0.0;
    let mut widened = false;
    for (pattern, effect) in CUES.iter() {
        let found: Vec<_> = pattern.find_iter(&rest).map(|found| found.range()).collect();
        for range in found {
            // A cue that reaches into a clause of its own is two: «omfattes selv om det ikke finnes …».
            if INTO_CLAUSE.as_ref().is_some_and(|into| into.is_match(&rest[range.clone()])) {
                continue;
            }
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
            "Er meldekortet sendt for sent, får brukeren ikke dagpenger for perioden, uansett hva som er grunnen.",
            "Brukers betalingsevne inngår ikke i denne vurderingen.",
            "Hjemreisedagen teller vi derfor ikke med.",
            "Det skal legges fram bekreftelse fra arbeidsgiver.",
            "Kvelden går ikke inn under dette.",
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
            "Foreligger det rimelig grunn, ytes dagpenger også for den perioden forsinkelsen gjelder.",
            "Den som nærmer seg full arbeidsinnsats, omfattes selv om det ikke finnes en arbeidsgiver som kan bekrefte det.",
            "Det finst ikkje noka nedre grense på to år for kva som er varig.",
            "En kort ferie kan ikke føre til at stønaden stanses.",
            "Reisen må etter rettens syn regnes med.",
            "Slike avbrudd bryter ikke sammenhengen med arbeidet.",
            "Kravet om opphold i Norge måtte vike for EØS-retten.",
            "Vilkåret i folketrygdlova § 8-9 om opphald i Noreg må då stå tilbake.",
        ] {
            assert!(direction(&fold(text)) > 0.3, "{text} {}", direction(&fold(text)));
        }
    }
}
