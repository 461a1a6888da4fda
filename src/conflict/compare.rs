//! What speaks for and against two statements being the two sides of a conflict.

use std::collections::BTreeMap;

use serde::de::value::Error as ValueError;
use serde::{Deserialize, Deserializer, Serialize};

use super::complement::are_opposite;
use super::quantities::{self, Numbers};
use super::statements::{Reading, Statement, names_section, treats, treats_by_name};
use super::treatment::Manner;
use crate::law::{ProvisionId, SourceKind};

/// One thing that was looked at. The names are those of the weights file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Feature {
    /// How near the two are to answering one legal question, by the embedding model.
    Closeness,
    /// Share of the shorter sentence's terms that the other has.
    SharedTerms,
    /// Shared terms of all terms.
    TermOverlap,
    /// Likeness of what stands around them.
    SharedContext,
    /// The one asks more of the citizen, the other less.
    OpposedDirection,
    /// Opposed, and about the same terms.
    OpposedOnSameTerms,
    /// Opposed, on one question by the embedding model, and neither about its one case.
    OpposedInGeneral,
    /// Both ask more, or both ask less.
    SameDirection,
    /// How far apart the two point.
    Apart,
    /// How far apart the two point, as near as they are to one question.
    ApartOnQuestion,
    /// How surely the one that takes less of a stand takes one.
    BothStand,
    /// The same, as near as the two are to one question.
    StandOnQuestion,
    /// Other numbers of the same measure, about the same terms.
    OtherNumbers,
    /// A number in common.
    SameNumbers,
    /// A number in common, and opposed.
    SameNumbersOpposed,
    /// Counted from, or measured by, something else, in the same frame.
    OtherComplement,
    /// Opposite words: «samlet» and «hver for seg».
    OppositeWords,
    /// What the one negates the other does not.
    NegatedTerms,
    /// Share of what the one negates that the other speaks of.
    NegatedShare,
    /// The same sentence in nearly the same words.
    Restates,
    /// Nothing at all stands against each other.
    NoOpposition,
    /// The one grants under a condition, the other refuses without it: the same rule from two ends.
    MirroredCondition,
    /// The one reverses a decision that, as it reports, said what the other says.
    ReversesIt,
    /// The one upholds a decision that, as it reports, said what the other says.
    UpholdsIt,
    /// The one reverses a decision that, as it reports, rested on the circular, and the other is one.
    ReversesReliance,
    /// The one departs from the other by name.
    DepartsByName,
    /// The one departs from sources of the other's kind, close to the statement.
    DepartsFromKind,
    /// The one departs from sources of the other's kind, elsewhere in the document.
    DepartsElsewhere,
    /// The one departs from another of its own kind, which need not be this one.
    DepartsFromOwnKind,
    /// The one departs from the other, close to the statement, as near as the two are to one question.
    DepartsOnQuestion,
    /// The one says that it agrees with sources of the other's kind.
    AgreesWithKind,
    /// The provisions agree below the section.
    SamePart,
    /// The provisions are other parts of the same section.
    OtherPart,
    /// No provision in common.
    NoSharedProvision,
    /// One of the sentences stands under no provision at all.
    NamesNoProvision,
    /// The one is the national law itself, which the other mostly gives again in its own words.
    WithLaw,
    /// A sentence is about its one case.
    Concrete,
    /// A ruling sent the case back.
    SetAside,
    /// A ruling says that it takes no stand on something.
    Declines,
    /// Both weigh what is reasonable in the single case.
    Discretion,
    /// The rule text is newer than the ruling.
    NewerRuleText,
    /// The ruling came to what its statement points to, against the other.
    OutcomeFits,
    /// One ruling went with the citizen and one against, as near as their statements are to one question.
    OutcomesDiffer,
    /// Both rulings went the same way, as near as their statements are to one question.
    OutcomesAgree,
    /// How much nearer to one question the nearest two sentences of the two documents are.
    NearerElsewhere,
}

/// What was seen of a pair; features that are not there are 0.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Features(pub BTreeMap<Feature, f32>);

/// A feature that an older program looked at, and this one does not, is left out: what was kept can still be read.
impl<'de> Deserialize<'de> for Features {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let named = BTreeMap::<String, f32>::deserialize(deserializer)?;
        let known = |name: &str| Feature::deserialize(serde::de::value::StrDeserializer::<ValueError>::new(name)).ok();
        Ok(Self(named.into_iter().filter_map(|(name, value)| Some((known(&name)?, value))).collect()))
    }
}

impl Features {
    /// The value of a feature.
    pub fn get(&self, feature: Feature) -> f32 {
        self.0.get(&feature).copied().unwrap_or(0.0)
    }

    pub(super) fn set(&mut self, feature: Feature, value: f32) {
        if value != 0.0 {
            self.0.insert(feature, value);
        }
    }
}

/// Shared elements of two sorted lists.
pub(super) fn shared(a: &[u32], b: &[u32]) -> usize {
    let (mut i, mut j, mut count) = (0, 0, 0);
    while let (Some(x), Some(y)) = (a.get(i), b.get(j)) {
        match x.cmp(y) {
            std::cmp::Ordering::Less => i += 1,
            std::cmp::Ordering::Greater => j += 1,
            std::cmp::Ordering::Equal => {
                count += 1;
                i += 1;
                j += 1;
            }
        }
    }
    count
}

fn ratio(part: usize, whole: usize) -> f32 {
    if whole == 0 { 0.0 } else { part as f32 / whole as f32 }
}

/// From here on a statement points one way or the other.
const POINTS: f32 = 0.1;

/// Whether two statements that point so much point in opposite ways.
fn point_apart(one: f32, other: f32) -> bool {
    one * other < 0.0 && one.abs().min(other.abs()) >= POINTS
}

/// How near two statements are to answering one legal question, on the scale of the built-in model: 0 for two sentences of
/// the field that have nothing to do with each other, 1 for those that surely do, whichever way they answer it.
pub(super) fn closeness(a: &[f32], b: &[f32]) -> f32 {
    const UNRELATED: f32 = -0.07;
    const SPAN: f32 = 0.89;
    let cosine: f32 = a.iter().zip(b).map(|(x, y)| x * y).sum();
    (cosine - UNRELATED) / SPAN
}

/// How much a statement is what a ruling reports that the appealed decision said, if the ruling reversed that decision,
/// and if it upheld it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Reported {
    reversed: f32,
    upheld: f32,
}

impl Reported {
    /// Of `said`, by `ruling`.
    pub(super) fn of(said: &Statement, ruling: &Reading) -> Self {
        Self { reversed: reports(ruling, said, true), upheld: reports(ruling, said, false) }
    }

    fn or(self, other: Self) -> Self {
        Self { reversed: self.reversed.max(other.reversed), upheld: self.upheld.max(other.upheld) }
    }
}

/// Compares two statements of two documents.
pub fn compare(a: &Statement, of_a: &Reading, b: &Statement, of_b: &Reading) -> Features {
    compare_reported((a, of_a, Reported::of(a, of_b)), (b, of_b, Reported::of(b, of_a)))
}

/// The same, where it is known what each document reports of the other's statement.
pub(super) fn compare_reported(
    (a, of_a, a_reported): (&Statement, &Reading, Reported),
    (b, of_b, b_reported): (&Statement, &Reading, Reported),
) -> Features {
    let mut features = Features::default();
    let close =
        if a.vector.is_empty() || b.vector.is_empty() { 0.0 } else { closeness(&a.vector, &b.vector).clamp(-1.0, 1.5) };
    features.set(Feature::Closeness, close);
    let common = shared(&a.terms, &b.terms);
    let contained = ratio(common, a.terms.len().min(b.terms.len()));
    let overlap = ratio(common, a.terms.len() + b.terms.len() - common);
    features.set(Feature::SharedTerms, contained);
    features.set(Feature::TermOverlap, overlap);
    let around = shared(&a.context, &b.context);
    let context = ratio(around, a.context.len().min(b.context.len()));
    features.set(Feature::SharedContext, context);

    let (one, other) = (a.points(), b.points());
    let strength = one.abs().min(other.abs());
    let opposed = point_apart(one, other);
    let on_topic = (0.4 * contained + 0.3 * context + 0.3 * close).clamp(0.0, 1.0);
    if opposed {
        features.set(Feature::OpposedDirection, strength);
        features.set(Feature::OpposedOnSameTerms, strength * on_topic);
        let general = 1.0 - a.concrete.max(b.concrete);
        features.set(Feature::OpposedInGeneral, strength * close.clamp(0.0, 1.0) * general);
    } else if strength >= POINTS {
        features.set(Feature::SameDirection, strength);
    }
    let apart = (one - other).abs() / 2.0;
    features.set(Feature::Apart, apart);
    features.set(Feature::ApartOnQuestion, apart * close.max(0.0));
    let stand = a.stand().min(b.stand());
    features.set(Feature::BothStand, stand);
    features.set(Feature::StandOnQuestion, stand * close.max(0.0));
    match quantities::compare(&a.quantities, &b.quantities) {
        Numbers::Differ => features.set(Feature::OtherNumbers, on_topic),
        // The same number asked for by the one and not by the other is what they differ about.
        Numbers::Same if opposed => features.set(Feature::SameNumbersOpposed, strength),
        Numbers::Same => features.set(Feature::SameNumbers, 1.0),
        Numbers::Apart => {}
    }
    if let (Some((frame, one)), Some((other_frame, other))) = (&a.complement, &b.complement)
        && frame == other_frame
        && !one.is_empty()
        && !other.is_empty()
    {
        let alike = ratio(shared(one, other), one.len().min(other.len()));
        features.set(Feature::OtherComplement, (1.0 - alike) * on_topic);
    }
    if are_opposite(a.opposites, b.opposites) {
        features.set(Feature::OppositeWords, on_topic);
    }
    let plain = |statement: &Statement, other: &Statement| {
        let negated = shared(&statement.negated, &other.terms);
        let both = shared(&statement.negated, &other.negated);
        negated.saturating_sub(both)
    };
    let turned = plain(a, b) + plain(b, a);
    features.set(Feature::NegatedTerms, ratio(turned, common.max(1)).min(1.0) * contained);

    let Reported { reversed, upheld } = a_reported.or(b_reported);
    // Who reverses says something else than what was reversed; a decision for the citizen asks less.
    let says_otherwise = |ruling: &Reading, own: &Statement, other: &Statement| {
        is_reversed(ruling) && own.points() > 0.2 && other.points() < 0.3
    };
    if says_otherwise(of_a, a, b) || says_otherwise(of_b, b, a) {
        features.set(Feature::ReversesIt, reversed * close.clamp(0.0, 1.0));
    }
    features.set(Feature::UpholdsIt, upheld);

    let spoken_of = |statement: &Statement, other: &Statement| {
        ratio(shared(&statement.negated, &other.terms), statement.negated.len())
    };
    if opposed {
        features.set(Feature::NegatedShare, spoken_of(a, b).max(spoken_of(b, a)) * strength);
    }

    let named =
        treats_by_name(of_a, &of_b.source, Manner::Departs) || treats_by_name(of_b, &of_a.source, Manner::Departs);
    features.set(Feature::DepartsByName, f32::from(u8::from(named)));
    let by_a = treats(of_a, &of_b.source, Manner::Departs);
    let by_b = treats(of_b, &of_a.source, Manner::Departs);
    let near = |orders: &[usize], statement: &Statement| orders.iter().any(|at| at.abs_diff(statement.order) <= 2);
    let newer = |rule: &Reading, ruling: &Reading| {
        rule.source.is_kept() && ruling.source.kind.is_ruling() && rule.source.from() > ruling.source.date
    };
    let is_newer = newer(of_a, of_b) || newer(of_b, of_a);
    features.set(Feature::NewerRuleText, f32::from(u8::from(is_newer)));
    let same_section = !matches!(parts(&a.provisions, &b.provisions), Parts::None);
    // What a ruling departs from is the text that was there then.
    let departs = same_section && (near(&by_a, a) || near(&by_b, b)) && (!is_newer || opposed);
    let of_own_kind = of_a.source.kind == of_b.source.kind;
    let how = if of_own_kind { Feature::DepartsFromOwnKind } else { Feature::DepartsFromKind };
    features.set(how, f32::from(u8::from(departs)));
    if departs || named {
        features.set(Feature::DepartsOnQuestion, close.max(0.0));
    }
    let departs_somewhere = !by_a.is_empty() || !by_b.is_empty();
    let elsewhere = same_section && departs_somewhere && !departs && !of_own_kind && !is_newer;
    features.set(Feature::DepartsElsewhere, f32::from(u8::from(elsewhere)));
    // Who says that it departs does not restate.
    let says_other = (opposed && strength > 0.3) || features.get(Feature::OtherNumbers) > 0.0 || departs || named;
    if !says_other {
        let restates = ((close - 1.15) / 0.3).max((overlap - 0.35) / 0.3).clamp(0.0, 1.0);
        features.set(Feature::Restates, restates);
    }
    let relied = |ruling: &Reading, rule: &Reading| {
        rule.source.kind == SourceKind::Circular
            && is_reversed(ruling)
            && ruling.reported.iter().any(|said| said.said.to_lowercase().contains("rundskriv"))
    };
    let reliance = same_section && !is_newer && (relied(of_a, of_b) || relied(of_b, of_a));
    features.set(Feature::ReversesReliance, f32::from(u8::from(reliance)));
    let agrees = |reading: &Reading, statement: &Statement, other: &Reading| {
        treats(reading, &other.source, Manner::Agrees).iter().any(|order| order.abs_diff(statement.order) <= 1)
    };
    features.set(Feature::AgreesWithKind, f32::from(u8::from(agrees(of_a, a, of_b) || agrees(of_b, b, of_a))));

    if opposed && let (Some((one, negative)), Some((other, other_negative))) = (&a.condition, &b.condition) {
        let alike = ratio(shared(one, other), one.len().min(other.len()));
        let refuses = if a.points() < 0.0 { *negative } else { *other_negative };
        // «kan deles når det er avtale» and «kan ikke deles når det ikke er avtale»; or «bare når» and «når».
        if alike >= 0.5 && (negative != other_negative) == refuses {
            features.set(Feature::MirroredCondition, alike);
        }
    }
    // «kan få stønad hvis barnet er under åtte år» and «barnet må være under åtte år».
    let asks_the_condition = |grants: &Statement, asks: &Statement| match &grants.condition {
        Some((terms, false))
            if point_apart(grants.points(), asks.points()) && asks.points() < 0.0 && asks.condition.is_none() =>
        {
            ratio(shared(terms, &asks.terms), asks.terms.len())
        }
        _ => 0.0,
    };
    let asked = asks_the_condition(a, b).max(asks_the_condition(b, a));
    if asked >= 0.6 {
        features.set(Feature::MirroredCondition, asked);
    }
    let against = [
        Feature::OpposedDirection,
        Feature::OtherNumbers,
        Feature::OtherComplement,
        Feature::OppositeWords,
        Feature::ReversesIt,
        Feature::DepartsByName,
        Feature::DepartsFromKind,
    ];
    if against.iter().all(|feature| features.get(*feature) < 0.15) {
        features.set(Feature::NoOpposition, 1.0);
    }

    features.set(Feature::NamesNoProvision, f32::from(u8::from(a.stands_anywhere() || b.stands_anywhere())));
    match parts(&a.provisions, &b.provisions) {
        Parts::Same => features.set(Feature::SamePart, 1.0),
        Parts::Other => features.set(Feature::OtherPart, 1.0),
        Parts::Unknown => {}
        Parts::None => features.set(Feature::NoSharedProvision, 1.0),
    }
    features.set(Feature::Concrete, a.concrete.max(b.concrete));
    let either = |is: fn(&Reading) -> bool| f32::from(u8::from(is(of_a) || is(of_b)));
    features.set(Feature::WithLaw, either(|reading| reading.source.is_national_law()));
    features.set(Feature::SetAside, either(|reading| reading.traits.set_aside));
    features.set(Feature::Declines, either(|reading| reading.traits.declines));
    features.set(Feature::Discretion, f32::from(u8::from(of_a.traits.discretion && of_b.traits.discretion)));
    let fits = |reading: &Reading, statement: &Statement| {
        use crate::corpus::Outcome::{DelvisMedhold, Medhold, Stadfestelse};
        match reading.source.outcome {
            Some(Medhold | DelvisMedhold) if statement.points() > 0.2 => 1.0,
            Some(Stadfestelse) if statement.points() < -0.2 => 1.0,
            _ => 0.0,
        }
    };
    if opposed {
        features.set(Feature::OutcomeFits, fits(of_a, a) + fits(of_b, b));
    }
    if of_a.source.kind.is_ruling() && of_b.source.kind.is_ruling() {
        let reversed = |ruling| (is_reversed(ruling) || is_upheld(ruling)).then(|| is_reversed(ruling));
        if let (Some(one), Some(other)) = (reversed(of_a), reversed(of_b)) {
            let how = if one == other { Feature::OutcomesAgree } else { Feature::OutcomesDiffer };
            features.set(how, close.max(0.0));
        }
    }
    features
}

/// Whether a ruling came to another result than the appealed decision, on the merits.
fn is_reversed(ruling: &Reading) -> bool {
    use crate::corpus::Outcome::{DelvisMedhold, GjenopptattDelvisEllerFulltMedhold, Medhold, MedholdEtterFvl35};
    matches!(
        ruling.source.outcome,
        Some(Medhold | DelvisMedhold | MedholdEtterFvl35 | GjenopptattDelvisEllerFulltMedhold)
    )
}

/// Whether a ruling left the appealed decision as it was.
fn is_upheld(ruling: &Reading) -> bool {
    matches!(ruling.source.outcome, Some(crate::corpus::Outcome::Stadfestelse))
}

/// How alike the other's statement and what the ruling reports of the appealed decision are, if the ruling reversed
/// (or upheld) that decision: from 0 to 1.
fn reports(ruling: &Reading, other: &Statement, reversed: bool) -> f32 {
    if (reversed && !is_reversed(ruling)) || (!reversed && !is_upheld(ruling)) {
        return 0.0;
    }
    ruling
        .reported
        .iter()
        .filter(|said| !point_apart(said.points(), other.points()))
        .map(|said| {
            let common = shared(&said.terms, &other.terms);
            let contained = ratio(common, said.terms.len().min(other.terms.len()));
            let close = closeness(&said.vector, &other.vector).clamp(0.0, 1.0);
            if common < 2 { 0.0 } else { 0.5 * contained + 0.5 * close }
        })
        .fold(0.0, f32::max)
}

/// How the provisions of two statements lie to each other.
enum Parts {
    /// The same part of a section, or one within the other below the section.
    Same,
    /// Parts of the same section that exclude each other.
    Other,
    /// The same section, and no more is known.
    Unknown,
    /// No section in common.
    None,
}

fn parts(a: &[ProvisionId], b: &[ProvisionId]) -> Parts {
    let mut result = if names_section(a) && names_section(b) { Parts::None } else { Parts::Unknown };
    let mut apart = false;
    let mut together = false;
    let mut unknown = false;
    for one in a {
        for other in b.iter().filter(|other| other.section() == one.section()) {
            result = Parts::Unknown;
            if one.levels().is_empty() || other.levels().is_empty() {
                unknown = true;
            } else if one.is_within(other) || other.is_within(one) {
                together = true;
            } else {
                apart = true;
            }
        }
    }
    match result {
        Parts::None => Parts::None,
        _ if together => Parts::Same,
        _ if apart && !unknown => Parts::Other,
        _ => Parts::Unknown,
    }
}
