//! What a ruling says of another source: it departs from it, follows it, or tells it apart.

use std::sync::LazyLock;

use regex::Regex;
use serde::{Deserialize, Serialize};

use super::Source;
use crate::law::{self, SourceKind};

/// How another source is treated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Manner {
    /// «Retten kan ikke følge rundskrivet», «går lenger enn loven gir grunnlag for», «fraviker».
    Departs,
    /// «slutter seg til», «er enig med», «i samsvar med».
    Agrees,
    /// «til forskjell fra», «gjaldt en annen situasjon».
    Distinguishes,
}

/// Whom it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// A document named by its id.
    Document(String),
    /// A kind of source: «rundskrivet», «klageinstansens praksis».
    Kind(SourceKind),
}

/// One treatment, and the sentence it stands in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Treatment {
    /// Number of the sentence in the document.
    pub order: usize,
    /// How.
    pub manner: Manner,
    /// Whom.
    pub target: Target,
    /// The cue, as found.
    pub cue: String,
}

/// What may stand between two words of a cue.
const GAP: &str = r"[^.;:]{0,60}?";

static MANNERS: LazyLock<Vec<(Manner, Regex)>> = LazyLock::new(|| {
    let source = r"(?:rundskriv\w*|praksis\w*|kjennelse\w*|lovforståelse\w*|forståelse\w*|tolkning\w*|lesning\w*|klageinstans\w*|avgjørelse\w*|syn\w*|linje\w*|trygderett\w*|vedtak\w*|avklaring\w*|veiledning\w*|retningslinje\w*|dommen|lagmannsrett\w*)";
    [
        (Manner::Distinguishes, r"\btil forskjell fra\b|\bi motsetning til\b|\bskiller seg\b|\bgjaldt (?:noe annet|en annen|et annet|andre)|\bden saken gjaldt\b|\bikke sammenlignbar\w*|\bikke direkte overførbar\w*|\bikke overførbar\w*|\bannerledes enn i\b|\ber en annen situasjon\b|\bsammenhengen (?:der|var) (?:en )?annen\b|\bkan ikke sammenlignes\b|\bharmonerer likevel\b|\bikke i strid med\b|\bikke i motstrid\b|\bav betydning for saken her\b|\bkan ikke se at [^.;:]{0,60}(?:strid|feil\b|uriktig|lenger enn)".to_owned()),
        (Manner::Departs, departures(source)),
        (Manner::Agrees, format!(r"\bslutter (?:seg|oss|meg)\b|\bslutte seg\b|\ber enig\b|\benig (?:med|i)\b|\bi (?:samsvar|tråd|overensstemmelse) med\b|\b(?:bygger|følger|støtter seg|baserer seg) {GAP}{source}|\blegger {GAP}{source} {GAP}til grunn|\blegger til grunn {GAP}{source}|\bslik (?:rundskrivet|også|det framgår|trygderetten|retten|klageinstansen|direktoratet) (?:\w+ )?(?:sier|legger|har|kom|fant)?|\b(?:tiltrer|tiltre)\b|\bsamme (?:resultat|syn|forståelse|lesning|lovforståelse)\b|\bsom i (?:trr|hr|ka|l[abefghs])-|\bjf\.? {GAP}(?:trr|hr)-")),
    ]
    .into_iter()
    .filter_map(|(manner, pattern)| Some((manner, Regex::new(&pattern).ok()?)))
    .collect()
});

/// Ways to say that one goes another way. They count only where the sentence, or the one before it, speaks of a source.
fn departures(source: &str) -> String {
    // Adverbs and the like between two words that belong together.
    let few = r"(?:[\w-]+ ){0,4}?";
    [
        // «kan ikke følge», «finner ikke å kunne slutte oss til», «følger ikke», «legger det ikke til grunn»
        format!(r"\b(?:ikke|ei|verken|neppe|heller) {few}(?:følge[rs]?|slutte (?:seg|oss|meg)|slutter (?:seg|oss|meg)|tiltre[rs]?|bygge[rs]?|legge[rs]?|opprettholde[rs]?|videreføre[rs]?|dele[rs]?|godta[rs]?|aksepter\w*|holde fast|stå ved|stå seg|enige?|bundet|bindende|riktige?|korrekt\w*|treffende|holdbar\w*|dekkende|avgjørende)\b"),
        format!(r"\b(?:følger|tiltrer|deler|godtar|bygger|passer|holder|rekker|slutter (?:seg|oss|meg)) {few}ikke\b"),
        r"\buenige?\b|\btar (?:[\w-]+ )?avstand\b|\bmå(?:tte)? (?:\w+ )?(?:vike|stå tilbake)\b|\bsettes? til side\b|\bsett(?:er)? bort fra\b|\bser bort fra\b|\bforlat\w*|\bgår bort fra\b|\bfravik\w*|\bbryter med\b".to_owned(),
        // «kom til noe annet», «det motsatte», «et annet syn»
        r"\b(?:kom|kommet|kommer|gir|sier|legger|lagt|la|krever)\b[^.;:]{0,40}\bnoe annet\b|\bannet (?:syn|resultat|standpunkt|utgangspunkt)\b|\b(?:annen|andre) (?:oppfatning|forståelse|lesning|tolkning|mening)\w*|\b(?:ser|så|sett|vurderer|vurdert|forstår|forstått|leser) [^.;:]{0,30}\bannen måte\b|\bmotsatt\w*|\bannerledes (?:enn|på)\b|\b(?:ser|sett) (?:det |dette )?annerledes\b".to_owned(),
        // «går lenger enn», «snevrer inn»
        r"\b(?:går|rekker|strekker) (?:[\w-]+ ){0,2}(?:lenger|lengre|utover|ut over|for langt)\b|\b(?:snevrer|snevre|innsnevr)\w*|\b(?:for|altfor) (?:streng|snever|vid|kategorisk|firkantet)\w*|\btilleggs(?:vilkår|krav)\w*|\boppstille[rs]? [^.;:]{0,60}?vilkår som ikke følger\b".to_owned(),
        // «mangler støtte i loven»
        format!(r"\b(?:har (?:\w+ )?ikke|mangler|uten|finner ikke|ikke har|verken|ikke|ingen) (?:[\w-]+ ){{0,4}}?(?:støtte|dekning|hjemmel|grunnlag|forankring|feste|holdepunkt\w*) (?:i|for)\b|\b(?:verken|ikke) {GAP}{source} {GAP}(?:feste|støtte|grunnlag|hjemmel) i\b"),
        // «er feil», «i strid med»
        r"\b(?:er|må anses|står|var|som) (?:[\w-]+ ){0,3}(?:uriktig\w*|feil|i strid med|lovstridig\w*|misvisende|rettsstridig\w*|foreldet|utdatert)\b|\b(?:feil|uriktig|misforst)\w* ?(?:lov|forståelse|tolk|retts|anvend)\w*|\bmisforstå\w*|\b(?:strider|strir) (?:i?mot|med)\b|\bble kjent ugyldig\b|\bkjennes ugyldig\b|\bendre[rst]* praksis\b|\bpraksis (?:\w+ ){0,2}endres\b".to_owned(),
        // «kan ikke lenger legges til grunn», «ikke avgjørende vekt»
        r"\b(?:kan|skal|bør|må) (?:[\w-]+ ){0,3}?ikke (?:[\w-]+ ){0,3}?(?:opprettholdes|legges til grunn|være avgjørende|brukes|anvendes|gjelde|følges|tillegges|gis vekt|bygges|stå seg|fastholdes|tas til inntekt)\b|\bikke (?:kan |skal )?(?:tillegges|gis|legge|lagt|grunn til å legge) (?:[\w-]+ ){0,2}?vekt\b|\bikke (?:[\w-]+ ){0,2}(?:i (?:samsvar|tråd|overensstemmelse) med|forenlig med|legges til grunn|lenger)\b|\btrenger ikke (?:følge|å følge)\b".to_owned(),
    ]
    .join("|")
}

static KINDS: LazyLock<Vec<(SourceKind, Regex)>> = LazyLock::new(|| {
    [
        (SourceKind::Circular, r"\brundskriv\w*|\bhovednummer\b|\br\d\d-\d\d\b|\bretningslinje\w*|\bdirektoratets (?:syn|forståelse|tolkning|praksis)|\bnavs? (?:\w+ )?praksis"),
        (SourceKind::AppealsRuling, r"\bklageinstans\w*|\bklageorgan\w*"),
        (SourceKind::TribunalDecision, r"\btrygderett\w*|\bkjennelse\w*"),
        (SourceKind::CourtJudgment, r"\bhøyesterett\w*|\blagmannsrett\w*|\bdommen\b"),
        (SourceKind::Guidance, r"\bveiledningstekst\w*|\bnav\.no\b|\bkunnskapsartik\w*"),
    ]
    .into_iter()
    .filter_map(|(kind, pattern)| Some((kind, Regex::new(pattern).ok()?)))
    .collect()
});

/// «tidligere kjennelser», «et annet kontor», «Klageinstans Midt-Norge».
static OTHERS_OF_ITS_KIND: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"\b(?:tidligere|andre|annet|annen|enkelte|noen|flere|eldre|nevnte|siste|den|de|disse) (?:[\w-]+ ){0,2}?(?:kjennelse\w*|avgjørelse\w*|praksis|vedtak\w*|kontor\w*|avdeling\w*|klageenhet\w*|sak\w*)\b|\bklageinstans (?:nord|midt|vest|sør|øst|oslo|viken)\w*").ok()
});

/// EEA law.
static EUROPEAN: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"\beøs\b|\beøs-\w+|\beu-(?:rett|domstol)\w*|\b(?:trygde)?forordning\w*|\bartikkel \d").ok()
});

/// What the sentence says of other sources. `folded` is the sentence folded, `whole` as written, `before` the sentence
/// before it, folded: «Rundskrivet krever avtale. Retten er ikke enig i dette.»
pub(super) fn of_sentence(order: usize, whole: &str, folded: &str, before: &str, own: &Source) -> Vec<Treatment> {
    let Some((manner, cue)) = MANNERS.iter().find_map(|(manner, pattern)| Some((*manner, pattern.find(folded)?)))
    else {
        return Vec::new();
    };
    let mut targets: Vec<Target> = law::find(whole, None)
        .into_iter()
        .map(|reference| reference.id)
        .chain(own_style_ids(whole))
        .filter(|id| *id != own.id && (is_document_id(id)))
        .map(|id| Target::Document(id.split('/').next().unwrap_or(&id).to_owned()))
        .collect();
    let kinds =
        |text: &str| -> Vec<Target> {
            // A tribunal speaking of «kjennelsen» or an appeals body of «klageinstansen» means itself, unless it says that
            // it is another one.
            let of_others = OTHERS_OF_ITS_KIND.as_ref().is_some_and(|others| others.is_match(text));
            let spoken_of = KINDS.iter().filter(|(kind, pattern)| {
                if *kind == own.kind { kind.is_ruling() && of_others } else { pattern.is_match(text) }
            });
            spoken_of.map(|(kind, _)| Target::Kind(*kind)).collect()
        };
    targets.extend(kinds(folded));
    if targets.is_empty() && manner == Manner::Departs {
        targets.extend(kinds(before));
    }
    // A national requirement that yields to EEA law is one that the circular holds, named or not: «Vilkåret om opphold i Norge
    // må da stå tilbake for forordningen.»
    let is_european = || EUROPEAN.as_ref().is_some_and(|law| law.is_match(folded) || law.is_match(before));
    if targets.is_empty() && manner == Manner::Departs && own.kind.is_ruling() && is_european() {
        targets.push(Target::Kind(SourceKind::Circular));
    }
    targets.dedup();
    let cue = cue.as_str().to_owned();
    targets.into_iter().map(|target| Treatment { order, manner, target, cue: cue.clone() }).collect()
}

/// Whether the id is of a circular, a decision or a judgment, and not of a law.
fn is_document_id(id: &str) -> bool {
    !id.starts_with("lov/") && !id.starts_with("forskrift/") && !id.starts_with("eu/")
}

/// Ids of appeals rulings and clarifications, whose form is the body's own: capitals, a year, a number.
fn own_style_ids(text: &str) -> Vec<String> {
    static FORM: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"\b[A-ZÆØÅ]{2,5}(?:-[A-ZÆØÅ]{1,4})?-(?:19|20)\d\d-\d+(?:-[A-ZÆØÅ])?\b").ok());
    FORM.as_ref().map_or_else(Vec::new, |form| form.find_iter(text).map(|found| found.as_str().to_owned()).collect())
}

/// Every document that the text names.
pub(super) fn named(text: &str) -> Vec<String> {
    let mut ids: Vec<String> = law::find(text, None)
        .into_iter()
        .map(|reference| reference.id)
        .filter(|id| is_document_id(id))
        .map(|id| id.split('/').next().unwrap_or(&id).to_owned())
        .chain(own_style_ids(text))
        .collect();
    ids.sort();
    ids.dedup();
    ids
}

#[cfg(test)]
mod tests {
    use super::super::fold::fold;
    use super::*;

    fn treated(kind: &str, id: &str, before: &str, sentence: &str) -> Vec<(Manner, Target)> {
        let text =
            format!("---\nid: {id}\nkind: {kind}\ntitle: Prøve\ndate: 2022-01-01\n---\n# Vurdering\n\n{sentence}\n");
        let document = crate::corpus::read("test.md", text.as_bytes()).expect("a document");
        let own = Source::of(&document, "1");
        let found = of_sentence(1, sentence, &fold(sentence), &fold(before), &own);
        found.into_iter().map(|treatment| (treatment.manner, treatment.target)).collect()
    }

    #[test]
    fn departures_in_many_words() {
        use SourceKind::{AppealsRuling, Circular, TribunalDecision};
        for (kind, id, sentence, target) in [
            ("tribunal_decision", "TRR-2022-99001", "Rundskrivet passer ikke på disse tilfellene.", Circular),
            (
                "tribunal_decision",
                "TRR-2022-99001",
                "At rundskrivet gir anvisning på noe annet, er det ikke grunn til å legge vekt på.",
                Circular,
            ),
            (
                "tribunal_decision",
                "TRR-2022-99001",
                "Rundskrivet snevrer her inn en rett uten støtte i loven.",
                Circular,
            ),
            ("court_judgment", "LB-2022-99001", "Jeg kan ikke slutte meg til Trygderettens praksis.", TribunalDecision),
            (
                "court_judgment",
                "LB-2022-99001",
                "Lagmannsretten er ikkje samd i klageinstansen si tolking.",
                AppealsRuling,
            ),
            ("appeals_ruling", "KA-T-2022-9901", "Klageinstansen følger ikke kjennelsen.", TribunalDecision),
            (
                "appeals_ruling",
                "KA-T-2022-9901",
                "Klageinstans Midt-Norge har lagt det motsatte til grunn.",
                AppealsRuling,
            ),
            (
                "tribunal_decision",
                "TRR-2022-99001",
                "Vilkåret om opphold i Norge må da stå tilbake for trygdeforordningen.",
                Circular,
            ),
        ] {
            assert!(treated(kind, id, "", sentence).contains(&(Manner::Departs, Target::Kind(target))), "{sentence}");
        }
        let named = "Vi er derimot ikke enige i det som er lagt til grunn i KA-T-2019-9902.";
        let target = Target::Document("KA-T-2019-9902".into());
        assert!(treated("appeals_ruling", "KA-T-2022-9901", "", named).contains(&(Manner::Departs, target)));
        let before = "Rundskrivet krever en skriftlig avtale.";
        let pointing = treated("tribunal_decision", "TRR-2022-99001", before, "Det er retten ikke enig i.");
        assert_eq!(pointing, [(Manner::Departs, Target::Kind(Circular))]);
    }

    #[test]
    fn a_body_does_not_depart_from_itself_and_agreement_is_none() {
        let own = treated("tribunal_decision", "TRR-2022-99001", "", "Kjennelsen er ikke enstemmig.");
        assert!(own.iter().all(|(manner, _)| *manner != Manner::Departs), "{own:?}");
        let agrees = treated("tribunal_decision", "TRR-2022-99001", "", "Retten er enig i rundskrivets forståelse.");
        assert_eq!(agrees, [(Manner::Agrees, Target::Kind(SourceKind::Circular))]);
        assert!(treated("tribunal_decision", "TRR-2022-99001", "", "Retten er ikke enig med A.").is_empty());
    }
}
