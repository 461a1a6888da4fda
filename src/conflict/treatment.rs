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
        (Manner::Departs, format!(r"\bkan (?:[\w-]+ ){{0,3}}ikke (?:[\w-]+ ){{0,4}}(?:følge|følges|slutte seg til|tiltre|bygge på|bygges på|legge|legges|opprettholde\w*|dele|være enig)\b|\b(?:ikke|ei) (?:[\w-]+ ){{0,2}}(?:enig|bundet|riktig å følge|følge|slutte seg|legge|bygge)\b|\buenig\b|\bgår (?:[\w-]+ ){{0,2}}(?:lenger|lengre|utover|ut over|for langt)\b|\bfravik\w*|\b(?:har ikke|mangler|uten|finner ikke|ikke har) (?:[\w-]+ ){{0,3}}(?:støtte|dekning|hjemmel|grunnlag|forankring|holdepunkt\w*) i (?:lov|ordlyd|forskrift|forarbeid)\w*|\b(?:er|må anses|står|var) (?:[\w-]+ ){{0,3}}(?:uriktig\w*|feil|i strid med|lovstridig\w*|for streng\w*|misvisende|for snever\w*|rettsstridig\w*)\b|\bfeil (?:lov|forståelse|tolk|retts)\w*|\buriktig (?:lov|forståelse|tolk|retts)\w*|\btar (?:[\w-]+ )?avstand\b|\bendre[rst]* praksis\b|\bkan ikke (?:[\w-]+ ){{0,2}}(?:opprettholdes|legges til grunn|være avgjørende)\b|\bikke (?:kan |skal )?(?:tillegges|gis) (?:[\w-]+ )?(?:avgjørende )?vekt\b|\bskal ikke brukes\b|\blegger (?:[\w-]+ )?ikke {GAP}til grunn\b|\bikke {GAP}(?:godt nok |tilstrekkelig )?(?:feste|holdepunkt\w*|støtte) i (?:lov|ordlyd)\w*|\b(?:verken|ikke) {GAP}{source} {GAP}(?:feste|støtte|grunnlag|hjemmel) i\b|\boppstille[rs]? {GAP}vilkår som ikke følger\b|\bikke (?:[\w-]+ ){{0,2}}(?:i (?:samsvar|tråd|overensstemmelse) med|legges til grunn)\b|\bmå vike\b|\bble kjent ugyldig\b|\btrenger ikke (?:følge|å følge)\b|\b{source} {GAP}\bfor (?:streng|snever|vid)\w*")),
        (Manner::Agrees, format!(r"\bslutter (?:seg|oss|meg)\b|\bslutte seg\b|\ber enig\b|\benig (?:med|i)\b|\bi (?:samsvar|tråd|overensstemmelse) med\b|\b(?:bygger|følger|støtter seg|baserer seg) {GAP}{source}|\blegger {GAP}{source} {GAP}til grunn|\blegger til grunn {GAP}{source}|\bslik (?:rundskrivet|også|det framgår|trygderetten|retten|klageinstansen|direktoratet) (?:\w+ )?(?:sier|legger|har|kom|fant)?|\b(?:tiltrer|tiltre)\b|\bsamme (?:resultat|syn|forståelse|lesning|lovforståelse)\b|\bsom i (?:trr|hr|ka|l[abefghs])-|\bjf\.? {GAP}(?:trr|hr)-")),
    ]
    .into_iter()
    .filter_map(|(manner, pattern)| Some((manner, Regex::new(&pattern).ok()?)))
    .collect()
});

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
    let kinds = |text: &str| -> Vec<Target> {
        // A tribunal speaking of «kjennelsen» or an appeals body of «klageinstansen» means itself.
        let spoken_of = KINDS.iter().filter(|(kind, pattern)| *kind != own.kind && pattern.is_match(text));
        spoken_of.map(|(kind, _)| Target::Kind(*kind)).collect()
    };
    targets.extend(kinds(folded));
    if targets.is_empty() && manner == Manner::Departs {
        targets.extend(kinds(before));
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
