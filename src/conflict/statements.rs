//! What a document itself says the rule is.
//!
//! A ruling quotes the parties, the appealed decision, the circular and earlier rulings; only what the deciding body
//! says in its own reasons is its reading of the law. The reader has told the sections apart ([`Role`]); here it is
//! told sentence by sentence.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashSet};
use std::ops::Range;
use std::sync::LazyLock;

use jiff::civil::Date;
use regex::Regex;
use serde::{Deserialize, Serialize};

use super::complement::{Frame, complement, condition, opposites};
use super::fold::fold;
use super::quantities::{Quantity, quantities};
use super::stance::direction;
use super::treatment::{self, Manner, Treatment};
use super::types::Source;
use crate::corpus::{Document, Outcome, ReversalReason, Role, Section, sentences};
use crate::embedding::{Embedder, EmbeddingError, Meaning, Told};
use crate::language::Analyser;
use crate::law::{self, LawId, ProvisionId, SourceKind, Unit};

/// A sentence shorter or longer than this (in bytes) states no rule that can be compared.
const LENGTHS: Range<usize> = 22..700;

/// A document as the engine knows it: what it says the rule is, and what it says of others.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    /// Who, when, how weighty.
    pub source: Source,
    /// The provisions that the document says it is about, or names.
    pub provisions: Vec<ProvisionId>,
    /// Its rule statements, in order.
    pub statements: Vec<Statement>,
    /// What it reports that the appealed decision, or the circular behind it, says: what a reversal goes against.
    #[serde(default)]
    pub reported: Vec<Statement>,
    /// What it says of other sources.
    pub treatments: Vec<Treatment>,
    /// The documents it names anywhere.
    pub named: Vec<String>,
    /// What else decides whether it can be in a conflict at all.
    pub traits: Traits,
}

/// What a document tells about itself that bears on whether it reads the law.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Traits {
    /// It ended without a position on the merits.
    pub procedural: bool,
    /// It sent the case back.
    pub set_aside: bool,
    /// It was decided on new information.
    pub new_information: bool,
    /// It says that it takes no stand.
    pub declines: bool,
    /// It weighs what is reasonable in the single case.
    pub discretion: bool,
    /// It says that it applies rules that have been changed since.
    #[serde(default)]
    pub former_rules: bool,
    /// Days on which it says that the rule itself was changed.
    pub rule_changed: Vec<Date>,
    /// Days of the decisions that it names by day: «som følge av Trygderettens kjennelse 31. januar 2020».
    pub decided: Vec<Date>,
}

/// Who says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Speaker {
    /// The text of the law.
    Law,
    /// The issuer of a circular, a guidance text or a clarification.
    Issuer,
    /// The deciding body.
    Body,
    /// The body whose decision is appealed, or a source it relied on, as the ruling reports it.
    Appealed,
}

/// One sentence that says what the rule is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Statement {
    /// The sentence, as bytes in the document's text.
    pub range: Range<usize>,
    /// The sentence.
    pub text: String,
    /// The part of it that is compared: a clause, where «men» turns the sentence.
    pub said: String,
    /// Where it stands, as a person would say it.
    pub locator: String,
    /// Number of the sentence in the document.
    pub order: usize,
    /// The provisions it is about.
    pub provisions: Vec<ProvisionId>,
    /// Who says it.
    pub speaker: Speaker,
    /// Which way it points by its words, from -1 (asks more of the citizen, or refuses) to 1 (asks less, or grants).
    pub direction: f32,
    /// What the model that made the vector tells of it, where it was taught to; kept with the vector.
    #[serde(default)]
    pub told: Option<Told>,
    /// Its numbers.
    pub quantities: Vec<Quantity>,
    /// What is counted from, or measured by: the frame and the terms of its complement.
    pub complement: Option<(Frame, Vec<u32>)>,
    /// The terms of its condition, and whether that is a negative one.
    pub condition: Option<(Vec<u32>, bool)>,
    /// Pairs of opposite words, one bit each.
    pub opposites: u32,
    /// Its terms (hashed stems), sorted; also those of the sentence before, where it points back: «Dette kan ikke kreves.»
    pub terms: Vec<u32>,
    /// Those of them that are negated.
    pub negated: Vec<u32>,
    /// Terms of what stands around it and above it.
    pub context: Vec<u32>,
    /// How much it is about this one case, from 0 to 1.
    pub concrete: f32,
    /// Its vector; empty until [`embed`] has been called.
    #[serde(default)]
    pub vector: Vec<f32>,
}

fn pattern(text: &str) -> Option<Regex> {
    Regex::new(text).ok()
}

macro_rules! cue {
    ($name:ident, $text:expr) => {
        static $name: LazyLock<Option<Regex>> = LazyLock::new(|| pattern($text));
    };
}

fn says(cue: &LazyLock<Option<Regex>>, folded: &str) -> bool {
    cue.as_ref().is_some_and(|cue| cue.is_match(folded))
}

// Someone else speaks: the parties, the first instance, and whoever else is reported.
cue!(
    PARTY,
    r"^(?:(?:rettens )?mindretall\w*|(?:den )?ankende parts? (?:anførs|syn|påstand)\w*|klager(?:en)?s (?:anførs|syn|påstand)\w*|(?:hun|han|de) (?:mener|anfører|hevder|viser til)|i (?:avslag\w*|vedtak\w*|den påankede|oversendelses\w*|innstilling\w*|klagen|anken)\b|[a-zæøå]{1,2} (?:viser|mener|anfører|hevder|har anført|gjør gjeldende|forklarer|opplyser))"
);
cue!(
    REPORTED,
    r"\b(?:anfør(?:er|te|t|es)|hevde[rst]*|påstå(?:r|tt|s)?|påsto|gjør gjeldende|gjort gjeldende|gjorde gjeldende|(?:har )?vist til at|(?:klager(?:en)?|ankende part|ankemotpart\w*|motpart\w*|søker(?:en)?|advokat\w*|mor|far|moren|faren|(?:over)?legen|arbeidsgiver(?:en)?|kommunen|sykehuset|barnehagen|skolen|staten|etaten|direktoratet|departementet|førsteinstans\w*|enheten|forvaltningsenhet\w*|vedtaksinstansen|nav|nav[ -]kontor\w*|nav arbeid og ytelser|partene|hun|han) (?:\w+ ){0,2}(?:mener|mente|viser til|viste til|skriver|skrev|la til grunn|legger til grunn|har lagt til grunn|har vist til|avslo|fant|opplyser|opplyste|har opplyst|forklarer|forklarte|har forklart|uttaler|uttalte|har uttalt|fastholder|fastholdt|bestrider|bestred|krever|krevde|ber om|ba om|holder fast|er (?:ikke )?enig|er uenig))\b"
);
cue!(
    OF_APPEALS,
    r"\bklageinstansen\w* (?:\w+ ){0,3}(?:mener|mente|viste? til|viser til|skriver|skrev|la til grunn|har lagt til grunn|legger til grunn|fant|avslo|kom til|siterte|stadfestet|pekte|holder fast|har vist|bygde|bygger|krevde|krever|så|regnet)\b|\better klageinstansens (?:syn|praksis|oppfatning)\b"
);
cue!(
    OTHER_BODY,
    r"\b(?:trygderetten|høyesterett|lagmannsretten|klageinstansen|efta-domstolen) (?:\w+ ){0,3}(?:mener|mente|la til grunn|lagt til grunn|legger til grunn|kom til|fant|uttalte|sier)\b"
);
cue!(
    QUOTING,
    r"\b(?:rundskriv\w*|vedtak\w*|avslag\w*|avgjørelse\w*|praksis\w*|merknad\w*|innstilling\w*|forarbeid\w*|proposisjon\w*|lovforslag\w*) (?:\w+ ){0,4}(?:sier|sa|heter|het|står|stod|sto|framgår|lyder|lød|krever|krevde|uttaler|legger|la|bestemmer|forutsatte|forutsetter|bygger|bygde)\b[^.]{0,12}\b(?:at|om|bare|det)\b|\b(?:heter|het|står|stod|framgår|følger) det (?:\w+ ){0,4}(?:av|i)? ?(?:rundskriv|vedtak|avslag)\w*|\bdet framgår av rundskriv\w*|\bi rundskriv\w* (?:heter|står|stod|het|framgår|er det)\b|\better rundskriv\w*|\bifølge rundskriv\w*|\bvedtaket bygger på\b|\bav(?:slag|slått) fordi\b"
);
cue!(
    TURNS,
    r"\bikke (?:\w+ ){0,2}(?:enig|følge|slutte)\b|\buenig\b|\ber enig\b|\bslutter seg\b|\bikke (?:\w+ ){0,2}(?:støtte|dekning|grunnlag|hjemmel)\b"
);
cue!(
    FORMER,
    r"^\[?(?:endret|sist endret)\b|\btidligere (?:var|ble|sto|stod|het|praksis|tekst|versjon|lød|rundskriv)|\bfør dette\b|\bden tidligere teksten\b|\bden gamle\b|\bble .{0,30}\bholdt utenfor\b|\bi eldre (?:saker|versjoner|praksis)\b"
);
cue!(
    OUTCOME,
    r"^(?:[\w, ]{0,30})?\b(?:vedtak\w*|anken|klagen|avslag\w*|saken|kjennelsen|dommen)\b[^.]{0,60}\b(?:stadfestes|omgjøres|oppheves|opphever|avvises|heves|hjemvises|enstemmig|fører (?:ikke )?fram|gjort om|blir stående|tas (?:ikke )?til følge|er riktig|var riktig|er uriktig)\b[^.]{0,40}\.?$"
);
cue!(
    HEAVES,
    r"\b(?:saken|anken|klagen|ankesaken) (?:\w+ ){0,2}(?:heves|avvises|blir hevet|blir avvist|er trukket|trekkes)\b|\bavvise[rs]? (?:anken|klagen|saken)\b|\btrukket (?:anken|klagen)\b|\bheves som trukket\b|\bfor sent (?:framsatt|framsatte|innkommet)\b.{0,40}\bavvis"
);
cue!(
    SETS_ASIDE,
    r"\b(?:opphever|oppheves|opphevet|opphevd|oppheva)\b[^.]{0,80}|\b(?:sende[rs]?|sendt) (?:\w+ ){0,2}(?:saken|saka) (?:\w+ ){0,2}(?:tilbake|attende)\b|\bhjemvis\w*|\bhjemsende\w*"
);
cue!(
    NEW_INFORMATION,
    r"\bnye? (?:\w+ ){0,2}(?:opplysning\w*|dokument\w*|lønnsslipp\w*|epikrise\w*|legeerklæring\w*|erklæring\w*|bevis|spesialisterklæring\w*|uttalelse\w*|undersøkelse\w*|faktum)\b|\bforelå ikke da\b|\bikke (?:kjent|tilgjengelig|framlagt|lagt fram) (?:da|for|ved|tidligere)\b|\bførst (?:lagt|framlagt|kommet|sendt) (?:\w+ ){0,3}(?:under|etter|i) (?:anke|klage)\w*|\bopplysningene (?:\w+ ){0,3}(?:etter|kom)\b"
);
cue!(NOTHING_NEW, r"\b(?:ikke|ingen|uten|kan|kunne)\b.{0,40}\bnye?\b");
cue!(
    DECLINES,
    r"\b(?:tar|ta|tatt|tok) (?:\w+ ){0,3}ikke (?:\w+ ){0,2}(?:stilling|standpunkt)\b|\bikke (?:\w+ ){0,3}(?:stilling til|standpunkt til|nødvendig å (?:ta|gå|vurdere)|grunn til å gå|foranledning)\b|\b(?:sier|seier) (?:\w+ )?ikke noe om\b|\bgår (?:\w+ )?ikke (?:nærmere )?inn på\b|\b(?:kommer|kjem) (?:\w+ )?ikke opp\b|\breiser seg ikke\b|\bikke (?:\w+ )?tilstrekkelig (?:opplyst|utredet)\b|\bkan stå åpent\b|\blar (?:\w+ ){0,3}stå åpen\w*|\buten betydning for (?:saken|resultatet|utfallet)\b|\bikke (?:noen )?betydning for (?:saken|resultatet|utfallet)\b"
);
// What a ruling came to on a requirement says nothing of what the requirement is.
cue!(
    IS_MET,
    r"^(?:også |heller ikke )?(?:krav|vilkår|grunnvilkår|opptjening|aldersvilkår|alderskrav)\w*\b[^;:]* (?:er|var|anses|ansees|vart|blei)\b[^,;:]{0,30}\b(?:oppfylt|innfridd|til stede)\W*$"
);
cue!(ON_CONDITION, r"\b(?:når|dersom|hvis|viss|om det|så lenge|så fremt|bare|unntatt)\b");
cue!(
    DISCRETION,
    r"\bsamlet vurdering\b|\bskjønnsmessig\w*|\bkonkret vurdering\b|\bhelhetsvurdering\b|\brimelig grunn\b|\bsærlige grunner\b|\bi vurderingen (?:inngår|legges|er)\b|\bmoment\w*\b|\bberor på\b|\bberoende på\b|\bavveining\w*"
);
// What was done in the one case.
cue!(
    DONE,
    r"\b(?:hadde|søkte|fikk|arbeidet|mottok|bodde|flyttet|sendte|meldte|fylte|oppholdt|skrev|ringte|ønsket|valgte|ble (?:født|sykmeldt|oppsagt|operert|ansatt|skadet))\b"
);
// What is so in the one case.
cue!(
    CONCRETE,
    r"\bi (?:dette|foreliggende|det foreliggende) tilfelle\w*|\b(?:klager|klageren|klagers|ankende part|ankende parts|den ankende)\b|\bher (?:er|var|har|foreligger)\b|\bi saken her\b|\bi vår sak\b|^(?:da|dermed|således|her) (?:er|var|har|hadde|foreligger|forelå|kan)\b|\bvi (?:setter|gir|opphever|omgjør|stadfester|finner|har)\b|\b(?:utgiftene|inntekten|kurset|avtalen|erklæringen|opplysningene|stillingen) (?:er|var|ligger|lå|ble)\b|\b(?:januar|februar|mars|april|mai|juni|juli|august|september|oktober|november|desember) (?:19|20)\d\d\b"
);
// What points to the one case, or to whom a rule is about: «pasienten … pleies han ikke lenger i hjemmet».
cue!(CONCRETE_PERHAPS, r"\b(?:hun|han|hennes|hans|henne|ham)\b|\bderfor\b|\bdermed\b|\bfølgelig\b");

cue!(
    FORMER_RULES,
    r"\b(?:regle(?:ne|r)|bestemmelse[nr]|loven|ordlyden|teksten) (?:\w+ ){0,2}?(?:som gjaldt (?:da|den gang|på|før)|slik (?:den|de|det) (?:gjaldt|lød|var) (?:da|den gang|på|før|fram))|\b(?:regle(?:ne|n)|bestemmelsen|loven|de|den|det) (?:er|ble|har) (?:nå |senere |siden |seinere )(?:blitt )?(?:endret|opphevet)\b|\b(?:etter|i) (?:de )?tidligere (?:regle\w+|lovtekst\w*)"
);
cue!(
    QUESTION,
    r"\?$|^spørsmålet (?:er|blir|gjelder)\b|\bspørsmålet (?:er|blir) (?:derfor |da |så )?(?:om|hva|hvor|når)\b|\bdet springende (?:punktet )?er om\b|\bsaken gjelder\b|\b(?:beror|kommer an) (?:det )?på\b"
);
cue!(
    OF_OTHERS,
    r"\b(?:trr|hr|ka|l[abefghs]|rt)-\S+ (?:\w+ ){0,3}(?:gjaldt|forelå|ble|la|krevde|kom|het|hadde|var)\b|^i (?:trr|hr|ka|l[abefghs]|rt)-"
);

/// Where the cue begins.
fn first(cue: &LazyLock<Option<Regex>>, folded: &str) -> Option<usize> {
    Some(cue.as_ref()?.find(folded)?.start())
}

/// Where someone else begins to speak; «når legen skrev diagnosen» tells when, not what.
fn first_reported(folded: &str) -> Option<usize> {
    const WHEN: [&str; 5] = ["når", "da", "før", "etter at", "fra"];
    let tells_when = |at: usize| {
        let before = folded[..at].trim_end();
        WHEN.iter().any(|word| before.strip_suffix(word).is_some_and(|rest| rest.is_empty() || rest.ends_with(' ')))
    };
    REPORTED.as_ref()?.find_iter(folded).map(|found| found.start()).find(|at| !tells_when(*at))
}

/// The sentence without its § numbers, which stand between words that belong together.
fn without_references(folded: &str) -> String {
    static REFERENCE: LazyLock<Option<Regex>> = LazyLock::new(|| {
        pattern(
            r"(?:,? ?jf\.? )?§§? ?\d+[\w-]*(?: [a-z]\b)?(?: (?:første|andre|tredje|fjerde|femte|sjette|sjuende|syvende|åttende|siste|\d\.) ledd)?(?: bokstav \w\b)?(?: nr\.? ?\d+)?(?: (?:første|andre|tredje|\d\.) punktum)? ?",
        )
    });
    REFERENCE.as_ref().map_or_else(|| folded.to_owned(), |reference| reference.replace_all(folded, "").into_owned())
}

cue!(
    PAST,
    r"\b(?:kom|var|ble|dreide|forelå|gikk|sto|ga|tok|viste|sluttet|døde|startet|varte|skjedde|utgjorde|virket|reiste|betalte|levde|drev|eide|hadde|bestod|besto|visste|fant)\b"
);

cue!(SUBORDINATE, r"\b(?:som|når|hvis|dersom|at|om|da|etter at|før|fra|hva|hvor|siden|fordi|ettersom) [^,;:.]*");
// What such a sentence is about stands in the one before.
cue!(
    POINTS_BACK,
    r"^(?:men |og )?(?:det|dette|denne|disse|den|her|da|dermed|derfor|slik\w*|et slikt|en slik|noe slikt|noe (?:annet|mer|krav|vilkår)|noen (?:annen|slik)|vilkåret|kravet|begge|begge deler|ingen av delene|likevel|heller ikke|også)\b"
);

/// Reads what a document says the rule is. Vectors are left empty; [`embed`] fills them.
pub fn read(document: &Document, version: &str, analyser: &Analyser) -> Reading {
    let mut source = Source::of(document, version);
    let law = main_law(document);
    if source.benefits.is_empty() && document.provisions.is_empty() && !source.is_law() {
        source.benefits = spoken_benefits(document, analyser);
    }
    let wanted = wanted_roles(document);
    let generic = generic_terms(analyser);
    let mut reading = Reading {
        provisions: Vec::new(),
        statements: Vec::new(),
        reported: Vec::new(),
        treatments: Vec::new(),
        named: treatment::named(&document.text),
        traits: traits(document),
        source,
    };
    reading.named.retain(|id| *id != document.id);
    let head = head_provisions(document, law.as_ref());
    let mut order = 0;
    for section in &document.sections {
        let is_own = wanted.contains(&section.role);
        let text = &document.text[section.range.clone()];
        let found = sentences(text);
        let folded: Vec<String> = found.iter().map(|range| fold(&unquoted(&text[range.clone()]))).collect();
        let quotations = quotations(text);
        let is_quoted = |at: usize| quotations.iter().any(|quoted| quoted.start < at && at < quoted.end);
        for (number, range) in found.iter().enumerate() {
            order += 1;
            let whole = &text[range.clone()];
            if !is_own || is_quoted(range.start) || is_reported(&folded[number], document.kind) {
                let with_quotes = fold(whole);
                if document.kind.is_ruling()
                    && LENGTHS.contains(&whole.len())
                    && is_of_appealed(&with_quotes, section.role)
                    && let Some(one) = statement(whole, &with_quotes, analyser, &generic, head.clone(), document.kind)
                {
                    reading.reported.push(Statement {
                        range: section.range.start + range.start..section.range.start + range.end,
                        text: whole.to_owned(),
                        locator: section.locator.clone(),
                        order,
                        speaker: Speaker::Appealed,
                        ..one
                    });
                }
                continue;
            }
            let before = number.checked_sub(1).map_or("", |at| folded[at].as_str());
            reading.treatments.extend(treatment::of_sentence(order, whole, &folded[number], before, &reading.source));
            if !LENGTHS.contains(&whole.len()) || says(&OUTCOME, &folded[number]) || says(&FORMER, &folded[number]) {
                continue;
            }
            let around = || {
                let from = found[number.saturating_sub(1)].start;
                let to = found[(number + 1).min(found.len() - 1)].end;
                let headings = if document.kind.is_ruling() { String::new() } else { section.path.join(" ") };
                format!("{} {headings} {}", &text[from..to], document.title)
            };
            let provisions = provisions(document, section, whole, &head, law.as_ref());
            let start = section.range.start + range.start;
            let before_it = number.checked_sub(1).map(|at| &text[found[at].clone()]);
            let said = clauses(without_lead(whole));
            for clause in &said {
                let one = fold(&unquoted(clause));
                if said.len() > 1 && is_reported(&one, document.kind) {
                    continue;
                }
                let stated = statement(clause, &one, analyser, &generic, provisions.clone(), document.kind);
                if let Some(statement) = stated.filter(|statement| !statement.counts_its_case()) {
                    let about = before_it.filter(|_| says(&POINTS_BACK, &one)).unwrap_or_default();
                    let mut own_and_about = statement.terms.clone();
                    own_and_about.extend(terms(about, analyser, &generic));
                    own_and_about.sort_unstable();
                    own_and_about.dedup();
                    reading.statements.push(Statement {
                        range: start..start + whole.len(),
                        text: whole.to_owned(),
                        locator: section.locator.clone(),
                        order,
                        context: terms(&around(), analyser, &generic),
                        terms: own_and_about,
                        ..statement
                    });
                }
            }
        }
    }
    let mut seen = HashSet::new();
    reading.provisions = head
        .into_iter()
        .chain(reading.statements.iter().flat_map(|statement| statement.provisions.iter().cloned()))
        .filter(|provision| seen.insert(provision.to_string()))
        .collect();
    reading
}

/// More than this much about its case, a sentence that points no way only counts what is so in it.
const COUNTS: f32 = 0.25;

impl Statement {
    /// Whether it only counts what is so in the one case: «Hun søkte da innen to uker.»
    fn counts_its_case(&self) -> bool {
        self.concrete > COUNTS && self.direction.abs() < 0.2 && self.complement.is_none() && self.opposites == 0
    }

    /// Which way it points, from -1 to 1: its words have the cues that stand in them, the model what is said without any.
    pub fn points(&self) -> f32 {
        self.told.map_or(self.direction, |told| (self.direction + told.direction) / 2.0)
    }

    /// How surely it takes a stand, from 0 to 1; as most sentences do where the model does not tell.
    pub fn stand(&self) -> f32 {
        const USUAL: f32 = 0.35;
        self.told.map_or(USUAL, |told| told.stand)
    }

    /// Takes what the model makes of it.
    pub fn set_meaning(&mut self, meaning: Meaning) {
        self.vector = meaning.vector;
        self.told = meaning.told;
    }

    /// Whether it can be held against a statement on whatever §: it names none of national law.
    pub fn stands_anywhere(&self) -> bool {
        !names_section(&self.provisions)
    }

    /// The §§ that it is about.
    pub fn sections(&self) -> impl Iterator<Item = String> {
        self.provisions.iter().map(|provision| provision.section().to_string())
    }
}

impl Reading {
    /// Whether it can be held against any document: it names no § of national law.
    pub fn stands_anywhere(&self) -> bool {
        !names_section(&self.provisions)
    }

    /// The benefits that it is about; those of one family of rules are one.
    pub fn benefits(&self) -> BTreeSet<String> {
        let of_chapters = self.provisions.iter().filter_map(ProvisionId::benefit_code);
        let mut found: BTreeSet<String> = of_chapters.map(|code| family(code).to_owned()).collect();
        found.extend(self.source.benefits.iter().map(|code| family(code).to_owned()));
        found
    }

    /// What the document says itself, and what it reports of others.
    pub fn all_statements(&self) -> impl Iterator<Item = &Statement> {
        self.statements.iter().chain(&self.reported)
    }

    /// The same, to be given their meanings.
    pub fn all_statements_mut(&mut self) -> impl Iterator<Item = &mut Statement> {
        self.statements.iter_mut().chain(&mut self.reported)
    }
}

/// What stands for a benefit and those under the same rules.
fn family(code: &str) -> &str {
    match code {
        // Care benefits (chapter 9), supplementary benefits, occupational injury.
        code if ["OMS_", "SUP_", "YRK_"].iter().any(|family| code.starts_with(family)) => &code[..3],
        // What replaced the survivors' pension of the same chapter.
        "PEN_EYO" => "PEN_GJE",
        code => code,
    }
}

/// Whether a § of national law is among the provisions. EEA law holds beside all of them, and a whole law or chapter tells
/// too little.
pub(super) fn names_section(provisions: &[ProvisionId]) -> bool {
    provisions.iter().any(|provision| matches!(provision.unit(), Unit::Section(_)))
}

/// Gives each statement its vector. A statement that has one keeps it: vectors are made once per document.
pub fn embed(reading: &mut Reading, embedder: &dyn Embedder) -> Result<(), EmbeddingError> {
    let mut missing: Vec<&mut Statement> =
        reading.all_statements_mut().filter(|statement| statement.vector.is_empty()).collect();
    let said: Vec<String> = missing.iter().map(|statement| statement.said.clone()).collect();
    let texts: Vec<&str> = said.iter().map(String::as_str).collect();
    for (statement, meaning) in missing.iter_mut().zip(embedder.statements(&texts)?) {
        statement.set_meaning(meaning);
    }
    Ok(())
}

/// The benefits that a text without metadata speaks of: those of its title, else of its first words.
fn spoken_benefits(document: &Document, analyser: &Analyser) -> Vec<String> {
    let of = |text: &str| -> Vec<String> {
        let found = analyser.vocabulary().benefits(text);
        let best = found.iter().map(|(_, weight)| *weight).fold(0.0_f32, f32::max);
        found.into_iter().filter(|(_, weight)| *weight >= 0.6 * best).map(|(code, _)| code).collect()
    };
    let titled = of(&document.title);
    if !titled.is_empty() {
        return titled;
    }
    of(&document.text.chars().take(600).collect::<String>())
}

/// The sections whose words are the document's own reading of the law.
fn wanted_roles(document: &Document) -> Vec<Role> {
    let has = |role: Role| document.sections.iter().any(|section| section.role == role);
    match document.kind {
        SourceKind::Statute | SourceKind::Regulation => vec![Role::Rule, Role::Commentary, Role::Other],
        kind if kind.is_ruling() => {
            if has(Role::Reasoning) {
                vec![Role::Reasoning]
            } else {
                // A digest or a short decision without headings: the sentences themselves must tell who speaks.
                vec![Role::Commentary, Role::Matter, Role::Other, Role::Summary, Role::Operative]
            }
        }
        _ => vec![Role::Commentary, Role::Rule],
    }
}

/// The sentence without «Retten bemerker:».
fn without_lead(text: &str) -> &str {
    static LEAD: LazyLock<Option<Regex>> = LazyLock::new(|| {
        pattern(
            r"^[^:«]{0,70}\b(?:bemerke[rt]?|merknad\w*|slik(?: på [^:]{0,20})?|syn|svar|konklusjon|retten)\b[^:]{0,12}: ",
        )
    });
    let lead = LEAD.as_ref().and_then(|lead| lead.find(text)).map_or(0, |found| found.end());
    text.get(lead..).filter(|rest| rest.len() > LENGTHS.start).unwrap_or(text)
}

/// The clauses of a sentence that «men» turns; the sentence itself where it does not.
fn clauses(text: &str) -> Vec<&str> {
    let Some((before, after)) = text.split_once(", men ") else { return vec![text] };
    if before.len() < 35 || after.len() < 35 { vec![text] } else { vec![before, after] }
}

/// Quotations of more than one sentence: what stands in them is another's, sentence for sentence.
fn quotations(text: &str) -> Vec<Range<usize>> {
    static QUOTATION: LazyLock<Option<Regex>> = LazyLock::new(|| pattern(r"«[^»]*»|“[^”]*”"));
    QUOTATION.as_ref().map_or_else(Vec::new, |quotation| quotation.find_iter(text).map(|found| found.range()).collect())
}

/// The sentence with longer quotations blanked out: what stands in them is another's.
fn unquoted(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find('«') {
        let Some(close) = rest[open..].find('»') else { break };
        let inside = &rest[open..open + close + '»'.len_utf8()];
        kept.push_str(&rest[..open]);
        if inside.split_whitespace().count() <= 5 {
            kept.push_str(inside);
        }
        rest = &rest[open + close + '»'.len_utf8()..];
    }
    kept.push_str(rest);
    kept
}

fn is_reported(folded: &str, kind: SourceKind) -> bool {
    if !kind.is_ruling() {
        return says(&OTHER_BODY, folded);
    }
    // The body's own name begins with that of its first instance.
    let own = folded.replace("nav klageinstans", "klageinstans");
    let folded = if kind == SourceKind::AppealsRuling { own.as_str() } else { folded };
    if says(&OF_OTHERS, folded) || (says(&PARTY, folded) && !folded.starts_with("vi ")) {
        return true;
    }
    let of_appeals = if kind == SourceKind::AppealsRuling { None } else { first(&OF_APPEALS, folded) };
    let reported = [of_appeals, first_reported(folded), first(&QUOTING, folded)].into_iter().flatten().min();
    // «Retten er ikke enig med Nav, som mener …» is the body's own; «Klageinstansen mener at det ikke er hjemmel» is not.
    reported.is_some_and(|at| first(&TURNS, folded).is_none_or(|turn| turn > at))
}

// The appealed decision, or a source that it rests on, speaks.
cue!(
    APPEALED,
    r"\b(?:klageinstans\w*|nav\b|nav-kontor\w*|etaten\w*|førsteinstans\w*|underinstans\w*|vedtaksinstans\w*|ankemotpart\w*|avslag\w*|avslo\w*|vedtak\w*|forvaltningsenhet\w*|rundskriv\w*|direktorat\w*|praksis\w*|trygderett\w*|staten)\b"
);
cue!(
    CITIZEN,
    r"^(?:(?:den )?ankende parts?\b|ankeren\b|klager(?:en)?s?\b|søkeren\b|medlemmet (?:mener|anfører)|[a-zæøå]{1,3} (?:viser|mener|anfører|hevder|har anført|gjør gjeldende|forklarer|opplyser|søkte|fikk|er|hadde|har)\b|(?:hun|han|de|du) )"
);

/// Whether a sentence that is not the deciding body's own says what the appealed decision rests on.
fn is_of_appealed(folded: &str, role: Role) -> bool {
    let of_citizen = says(&CITIZEN, folded) && !folded.starts_with("nav ") && !folded.starts_with("det ");
    !matches!(role, Role::Dissent | Role::Other | Role::Operative) && says(&APPEALED, folded) && !of_citizen
}

fn statement(
    whole: &str,
    folded: &str,
    analyser: &Analyser,
    generic: &HashSet<u32>,
    provisions: Vec<ProvisionId>,
    kind: SourceKind,
) -> Option<Statement> {
    let folded = without_references(folded);
    let folded = folded.as_str();
    let direction = direction(folded);
    let quantities = quantities(folded);
    let complement = complement(folded);
    let opposites = opposites(folded);
    let concrete = if kind.is_ruling() { concreteness(whole, folded) } else { 0.0 };
    let says_something = direction.abs() >= 0.2 || !quantities.is_empty() || complement.is_some() || opposites != 0;
    let is_met = kind.is_ruling() && says(&IS_MET, folded) && !says(&ON_CONDITION, folded);
    if says(&QUESTION, folded) || says(&DECLINES, folded) || is_met || (!says_something && concrete >= 0.5) {
        return None;
    }
    let terms_of = terms(whole, analyser, generic);
    if terms_of.len() < 2 || (!says_something && terms_of.len() < 4) {
        return None;
    }
    Some(Statement {
        range: 0..0,
        text: String::new(),
        said: whole.to_owned(),
        condition: condition(folded).map(|(words, negative)| (terms(&words, analyser, generic), negative)),
        locator: String::new(),
        order: 0,
        provisions,
        speaker: match kind {
            SourceKind::Statute | SourceKind::Regulation => Speaker::Law,
            kind if kind.is_ruling() => Speaker::Body,
            _ => Speaker::Issuer,
        },
        direction,
        told: None,
        quantities,
        complement: complement.map(|(frame, words)| (frame, terms(&words, analyser, generic))),
        opposites,
        negated: negated(folded, analyser, generic),
        terms: terms_of,
        context: Vec::new(),
        concrete,
        vector: Vec::new(),
    })
}

/// Words that every rule is spoken in; they tell nothing of which rule it is.
const GENERIC: &str = "retten trygderetten klageinstansen medlem medlemmet person vilkår vilkåret krav kravet loven lov bestemmelsen ordlyd rundskriv sak saken rett stønad stønaden ytelse ytelsen \
    folketrygdloven paragraf ledd punktum bokstav første andre tredje punkt nr jf følger gjelder foreligger anses regnes legges gis kan må skal nok tilstrekkelig avgjørende \
    nødvendig etter vurdering vurderes grunn grunnlag hensyn syn side tilfelle tilfeller når dersom bare kun også være blir har ikke noe noen enhver slik samme annen andre \
    spørsmål avgjørelse praksis vedtak vedtaket bruker brukeren søker klager part parten søknad nav etaten kontoret mener legger grunn medhold omfattes oppfylt";

/// The hashes of [`GENERIC`].
fn generic_terms(analyser: &Analyser) -> HashSet<u32> {
    analyser.document_terms(GENERIC).into_iter().map(|(hash, _)| hash).collect()
}

/// The hashed stems of a text that carry meaning, sorted, each once.
fn terms(text: &str, analyser: &Analyser, generic: &HashSet<u32>) -> Vec<u32> {
    let mut terms: Vec<u32> = analyser
        .document_terms(text)
        .into_iter()
        .map(|(hash, _)| hash)
        .filter(|hash| !generic.contains(hash))
        .collect();
    terms.sort_unstable();
    terms.dedup();
    terms
}

/// The terms that stand under a negation: in its clause, some words to either side.
fn negated(folded: &str, analyser: &Analyser, generic: &HashSet<u32>) -> Vec<u32> {
    let mut under = String::new();
    for clause in folded.split([',', ';', '.', ':']) {
        let words: Vec<&str> = clause.split_whitespace().collect();
        for (at, word) in words.iter().enumerate() {
            if matches!(*word, "ikke" | "ingen" | "uten" | "verken" | "aldri") {
                let window = &words[at.saturating_sub(3)..(at + 14).min(words.len())];
                under.push_str(&window.join(" "));
                under.push(' ');
            }
        }
    }
    if under.is_empty() { Vec::new() } else { terms(&under, analyser, generic) }
}

/// How much a sentence of a ruling is about its one case.
fn concreteness(whole: &str, folded: &str) -> f32 {
    static PARTY_LETTER: LazyLock<Option<Regex>> =
        LazyLock::new(|| pattern(r"(?:^|[ («])(?:[A-ZÆØÅ]{1,2}|[A-Z]{2}s)(?: [a-zæøå]|[,.]|$)"));
    let count = |cue: &LazyLock<Option<Regex>>, text: &str| cue.as_ref().map_or(0, |cue| cue.find_iter(text).count());
    let letters = PARTY_LETTER.as_ref().map_or(0, |cue| {
        cue.find_iter(whole)
            .filter(|found| {
                !matches!(found.as_str().trim_matches([' ', '(', '«', ',', '.']).chars().next(), Some('G' | 'I' | 'Å'))
                    || found.as_str().len() > 4
            })
            .count()
    });
    // A rule is spoken in the present; its conditions may be past: «fristen løper fra medlemmet ble klar over det».
    let main = SUBORDINATE.as_ref().map_or(Cow::Borrowed(folded), |clause| clause.replace_all(folded, ""));
    let sure = count(&CONCRETE, folded) + count(&DONE, &main) + letters;
    let perhaps = count(&CONCRETE_PERHAPS, folded) + count(&PAST, &main);
    (sure as f32 / 2.0 + perhaps as f32 / 4.0).min(1.0)
}

/// The law that a bare § in the document belongs to.
fn main_law(document: &Document) -> Option<LawId> {
    document
        .provisions
        .first()
        .or_else(|| document.sections.iter().flat_map(|section| section.provisions.iter()).next())
        .map(|provision| provision.law().clone())
        .or_else(|| LawId::FOLKETRYGDLOVEN.parse().ok())
}

/// The provision that an id names; «rundskriv til folketrygdloven § 4-16» (`R04-00/§4-16`) is about that § of the act.
fn provision_of(id: &str) -> Option<ProvisionId> {
    if let Some((circular, section)) = id.split_once('/')
        && circular.starts_with('R')
        && circular.ends_with("-00")
    {
        return format!("{}/{section}", LawId::FOLKETRYGDLOVEN).parse().ok();
    }
    id.parse().ok()
}

/// The provisions in a text.
fn found_provisions(text: &str, law: Option<&LawId>) -> Vec<ProvisionId> {
    law::find(text, law).into_iter().filter_map(|reference| provision_of(&reference.id)).collect()
}

/// What the document says it is about; if it says nothing, the provisions of its title and of what stands above its
/// first section; else those it names, as long as they are few.
fn head_provisions(document: &Document, law: Option<&LawId>) -> Vec<ProvisionId> {
    if !document.provisions.is_empty() {
        return document.provisions.clone();
    }
    let before = document.sections.first().and_then(|section| document.text.get(..section.range.start)).unwrap_or("");
    let mut named = found_provisions(&format!("{}\n{before}", document.title), law);
    named.retain(|provision| !matches!(provision.unit(), Unit::Chapter(_)));
    if named.is_empty() {
        named = found_provisions(&document.text, law);
    }
    named.retain(|provision| !matches!(provision.unit(), Unit::Chapter(_)));
    let mut seen = HashSet::new();
    named.retain(|provision| seen.insert(provision.section().to_string()));
    // A text that names many is about none of them in particular.
    let most = if document.kind.is_ruling() { 3 } else { 4 };
    if document.kind.is_ruling() {
        named.truncate(most);
    } else if named.len() > most {
        named.clear();
    }
    named
}

/// The provisions a statement is about: those it names, else its section's; a ruling's also its own subject.
fn provisions(
    document: &Document,
    section: &Section,
    whole: &str,
    head: &[ProvisionId],
    law: Option<&LawId>,
) -> Vec<ProvisionId> {
    let mut provisions = found_provisions(whole, law);
    if document.kind.is_ruling() {
        provisions.extend(head.iter().cloned());
        if head.is_empty() {
            provisions.extend(section.provisions.iter().cloned());
        }
    } else {
        let context = section.path.iter().flat_map(|heading| found_provisions(heading, law));
        provisions.extend(section.provisions.iter().cloned().chain(context));
        if provisions.is_empty() {
            provisions.extend(head.iter().cloned());
        }
    }
    let mut seen = HashSet::new();
    provisions.retain(|provision| seen.insert(provision.to_string()));
    provisions
}

fn traits(document: &Document) -> Traits {
    let mut traits = Traits {
        rule_changed: rule_changes(&document.text),
        decided: decision_days(&document.text),
        ..Traits::default()
    };
    if !document.kind.is_ruling() {
        return traits;
    }
    let spoken: Vec<String> = document
        .sections
        .iter()
        .filter(|section| !matches!(section.role, Role::Argument | Role::Facts | Role::Dissent))
        .flat_map(|section| {
            let text = &document.text[section.range.clone()];
            sentences(text).into_iter().map(|range| fold(&text[range])).collect::<Vec<_>>()
        })
        .collect();
    let own: Vec<&String> = spoken.iter().filter(|folded| !is_reported(folded, document.kind)).collect();
    let any = |cue: &LazyLock<Option<Regex>>| own.iter().any(|folded| says(cue, folded));
    use Outcome::{Avvist, Henlagt, Henvist, Hevet, IkkeGjenopptatt, InnstillingAvvist, Opphevet, Retur, Trukket};
    traits.procedural = matches!(
        document.outcome,
        Some(Trukket | Retur | Avvist | Hevet | Henvist | Henlagt | InnstillingAvvist | IkkeGjenopptatt)
    ) || (document.outcome.is_none() && any(&HEAVES))
        || document.reversal_reason == Some(ReversalReason::Procedure);
    traits.set_aside = document.outcome == Some(Opphevet)
        || (document.outcome.is_none()
            && any(&SETS_ASIDE)
            && own.iter().any(|folded| folded.len() < 160 && says(&SETS_ASIDE, folded)));
    traits.new_information = document.reversal_reason == Some(ReversalReason::NewInformation)
        || (document.reversal_reason != Some(ReversalReason::Law)
            && own.iter().any(|folded| says(&NEW_INFORMATION, folded) && !says(&NOTHING_NEW, folded)));
    traits.former_rules = any(&FORMER_RULES);
    traits.declines = any(&DECLINES);
    traits.discretion = document.reversal_reason == Some(ReversalReason::Discretion) || any(&DISCRETION);
    traits
}

/// Days on which the text says that the rule itself was changed: «lovendringen som trådte i kraft 1. januar 2016»,
/// «for barn født 1. juli 2018 eller senere».
fn rule_changes(text: &str) -> Vec<Date> {
    static CHANGE: LazyLock<Option<Regex>> = LazyLock::new(|| {
        pattern(
            r"(?i)(?:lovendring\p{L}*|lovendringa|trådte i kraft|tredde i kraft|trer i kraft|ny lov|loven ble endret|lova vart endra|regelen ble endret|regelendring\p{L}*|nye regler|nye reglar|reglene (?:som gjelder )?fra|for barn (?:som er )?(?:født|fødd)|før lovendring\p{L}*|overgangsregl\p{L}*)[^.]{0,60}?(\d{1,2})\. ?(januar|februar|mars|april|mai|juni|juli|august|september|oktober|november|desember) (\d{4})",
        )
    });
    CHANGE.as_ref().map_or_else(Vec::new, |change| days(change, text))
}

/// Days of decisions that the text names by day.
fn decision_days(text: &str) -> Vec<Date> {
    static DECISION: LazyLock<Option<Regex>> = LazyLock::new(|| {
        pattern(
            r"(?i)(?:kjennelse\p{L}*|orskurd\p{L}*|dom(?:men)?|avgjørelse\p{L}*|avgjerd\p{L}*)(?: av| frå| fra|,)?[^.]{0,20}? (\d{1,2})\. ?(januar|februar|mars|april|mai|juni|juli|august|september|oktober|november|desember) (\d{4})",
        )
    });
    DECISION.as_ref().map_or_else(Vec::new, |decision| days(decision, text))
}

/// The days that a pattern with day, month and year finds.
fn days(pattern: &Regex, text: &str) -> Vec<Date> {
    let mut days: Vec<Date> = pattern
        .captures_iter(text)
        .filter_map(|found| {
            let month = law::month(&found[2].to_lowercase())?;
            Date::new(found[3].parse().ok()?, i8::try_from(month).ok()?, found[1].parse().ok()?).ok()
        })
        .collect();
    days.sort_unstable();
    days.dedup();
    days
}

/// Whether the reading departs from the source, and in which sentence.
pub(super) fn treats(reading: &Reading, other: &Source, manner: Manner) -> Vec<usize> {
    use super::treatment::Target;
    reading
        .treatments
        .iter()
        .filter(|treatment| treatment.manner == manner)
        .filter(|treatment| match &treatment.target {
            Target::Document(id) => *id == other.id,
            Target::Kind(kind) => *kind == other.kind,
        })
        .map(|treatment| treatment.order)
        .collect()
}

/// Whether the reading treats this very document: by its id, or as «kjennelsen» where it is the only one that is named.
pub(super) fn treats_by_name(reading: &Reading, other: &Source, manner: Manner) -> bool {
    use super::treatment::Target;
    let form = |id: &str| id.chars().take_while(|c| c.is_alphabetic()).collect::<String>();
    // Asked for each two statements: looked up only where a kind of source is spoken of.
    let is_only_one_named = || {
        reading.named.contains(&other.id) && reading.named.iter().filter(|id| form(id) == form(&other.id)).count() == 1
    };
    reading.treatments.iter().filter(|treatment| treatment.manner == manner).any(|treatment| match &treatment.target {
        Target::Document(id) => *id == other.id,
        Target::Kind(kind) => *kind == other.kind && manner == Manner::Departs && is_only_one_named(),
    })
}
