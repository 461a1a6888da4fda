//! What a rule is counted from or measured by: «fristen løper fra **diagnosen**», «settes til **snittlønnen**».
//!
//! Two readings that neither forbid nor allow may still differ: the one counts from the symptoms, the other from the
//! diagnosis. The frame («fristen løper fra») is compared with the frame, what follows with what follows.

use std::sync::LazyLock;

use regex::Regex;
use serde::{Deserialize, Serialize};

/// What kind of frame it is; only like frames are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Frame {
    /// When something begins or is counted from.
    Start,
    /// What an amount is set by.
    Basis,
}

static FRAMES: LazyLock<Vec<(Frame, Regex)>> = LazyLock::new(|| {
    [
        (Frame::Start, r"\b(?:løper|løpe|regnes?|begynner|starter|inntrer|utløses|avbrytes|gjelder|beregnes|ha|har|telles|teller|tar|opptjenes|oppstår|virker|gis)\b[^.;]{0,60}?\b(?:fra(?: og med)?|til når|først når|når|til først når|først ved|ved)\b (.{4,140})"),
        (Frame::Basis, r"\b(?:settes|fastsettes|beregnes|måles|vurderes|prøves|bygge|bygger|bygges|avgjøres|fordeles|reduseres|avkortes|graderes|utmåles|tar utgangspunkt|legges|sammenlignes|regnes)\b[^.;]{0,40}?\b(?:til|etter|ut fra|på grunnlag av|på|mot|av|i forhold til|med utgangspunkt i|i|med)\b (.{4,140})"),
    ]
    .into_iter()
    .filter_map(|(frame, pattern)| Some((frame, Regex::new(pattern).ok()?)))
    .collect()
});

/// The frame of a folded sentence, and its complement.
pub(super) fn complement(folded: &str) -> Option<(Frame, String)> {
    FRAMES.iter().find_map(|(frame, pattern)| {
        let found = pattern.captures(folded)?.get(1)?.as_str();
        // The complement ends with its clause.
        let end = found.find([',', ';', '.', ':']).filter(|at| *at > 15).unwrap_or(found.len());
        Some((*frame, found[..end].to_owned()))
    })
}

/// Words for two ways of doing the same; each line a pair of opposites.
static OPPOSITES: LazyLock<Vec<(Regex, Regex)>> = LazyLock::new(|| {
    [
        (r"\bsamlet\b|\bunder ett\b|\blegges sammen\b|\bsammenlagt\b|\bsummen\b|\bsummeres\b|\bsammenregn\w*|\bi sum\b|\btil sammen\b|\bgjennomsnitt\w*", r"\bfor seg\b|\bhver for seg\b|\bhver(?:t)? enkelt\w*|\bden enkelte\b|\benkeltvis\b|\bmåned for måned\b|\bdag for dag\b|\bår for år\b|\bikke legges sammen\b"),
        (r"\bfaktisk\w*", r"\bforvente\w*|\bantat\w*|\bhypotetisk\w*|\bmulig\w*|\bteoretisk\w*|\bavtalt\w*"),
        (r"\bbrutto\w*|\bfør skatt\b|\bfør fradrag\b", r"\bnetto\w*|\better skatt\b|\better fradrag\b"),
        (r"\bfør\b", r"\better at\b|\betterpå\b|\bi ettertid\b"),
        (r"\bobjektiv\w*", r"\bsubjektiv\w*"),
        (r"\bavsend\w*|\bsendt\b|\bsendes\b", r"\bmottatt\b|\bmottak\w*|\blest\b|\båpnet\b|\bkommet fram\b"),
        (r"\bstans\w*", r"\bopphør\w*"),
        (r"\bkalenderår\w*|\bkalendermåned\w*", r"\btolvmånedersperiode\w*|\bsiste tolv måneder\b|\bsiste 12 måneder\b|\bsammenhengende\b|\bløpende\b"),
        (r"\btid\w*|\btimer\b|\barbeidstid\w*", r"\binntekt\w*|\bfortjeneste\w*|\blønn\w*"),
        (r"\balle\b|\bsamtlige\b|\benhver\b", r"\bbare noen\b|\benkelte\b"),
        (r"\bhel(?:t|e)\b|\bfull(?:t|e)\b", r"\bdelvis\b|\bforholdsmessig\b|\bavkort\w*"),
    ]
    .into_iter()
    .filter_map(|(one, other)| Some((Regex::new(one).ok()?, Regex::new(other).ok()?)))
    .collect()
});

/// Which sides of which pairs of opposites a folded sentence names: bit 2n the one, bit 2n+1 the other.
pub(super) fn opposites(folded: &str) -> u32 {
    OPPOSITES.iter().enumerate().fold(0, |bits, (number, (one, other))| {
        bits | (u32::from(one.is_match(folded)) << (2 * number))
            | (u32::from(other.is_match(folded)) << (2 * number + 1))
    })
}

/// Whether one names the one and the other the other, and neither both.
pub(super) fn are_opposite(a: u32, b: u32) -> bool {
    (0..OPPOSITES.len()).any(|number| {
        let pair = |bits: u32| (bits >> (2 * number)) & 3;
        matches!((pair(a), pair(b)), (1, 2) | (2, 1))
    })
}

static CONDITION: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"\b(?:når|dersom|hvis|forutsatt at|så lenge|med mindre|uten|ved) ([^,;:.]{6,160})").ok()
});

/// The condition that a folded sentence names, and whether it is a negative one: «når det ikke er avtale».
pub(super) fn condition(folded: &str) -> Option<(String, bool)> {
    let found = CONDITION.as_ref()?.captures(folded)?;
    let (whole, clause) = (found.get(0)?.as_str(), found.get(1)?.as_str());
    let negative = whole.starts_with("uten")
        || whole.starts_with("med mindre")
        || clause.split(' ').any(|word| matches!(word, "ikke" | "ingen" | "mangler" | "uten"));
    Some((clause.to_owned(), negative))
}
