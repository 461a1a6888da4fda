//! Which words answer the question: sentences of the best passages, weighed by what was asked.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use crate::corpus::{Role, quotable};
use crate::language::Asks;
use crate::retrieval::{Place, Ranked, Understood, place};
use crate::store::PassageRef;

use super::{Quote, Reader};

/// Passages whose sentences are weighed.
const PASSAGES: usize = 8;

/// Sentences in an answer.
pub const MOST_SENTENCES: usize = 4;

/// A sentence chosen, with the passage it stands in.
#[derive(Debug, Clone)]
pub(super) struct Chosen {
    pub quote: Quote,
    pub score: f32,
}

struct Piece<'a> {
    range: Range<usize>,
    rank: usize,
    place: Place<'a>,
    terms: HashSet<u32>,
    /// Cosine with the question; none where no vector was made.
    near: Option<f32>,
    score: f32,
}

/// Chooses the words of the answer, the best first.
pub(super) fn choose(question: &Understood, passages: &[Ranked], reader: &Reader<'_>) -> Vec<Chosen> {
    let usable: Vec<(usize, &Ranked, Vec<Range<usize>>)> = passages
        .iter()
        .enumerate()
        // A publisher's note to a law (such as the history of the basic amount) only when nothing answers better.
        .filter(|(rank, hit)| {
            hit.passage.passage().role != Role::Other || (hit.passage.document().kind.is_rule() && *rank == 0)
        })
        .map(|(rank, hit)| (rank, hit, quotable(hit.passage.document(), hit.passage.passage())))
        .filter(|(.., pieces)| !pieces.is_empty())
        .take(PASSAGES)
        .collect();
    let Some(best_score) = usable.first().map(|(_, hit, _)| hit.score.max(f32::EPSILON)) else { return Vec::new() };
    let mut pieces: Vec<Piece<'_>> = Vec::new();
    for (rank, hit, ranges) in &usable {
        let place = place(&hit.passage);
        let standing = hit.score / best_score;
        let asked = if *rank < 3 { nearest_question(question, &hit.passage, reader) } else { None };
        let nearness = hit.passage.nearness(&question.vector);
        for (at, range) in ranges.iter().cloned().enumerate() {
            let text = &hit.passage.document().text[range.clone()];
            let terms = reader.analyser.document_terms(text).into_iter().map(|(term, _)| term).collect();
            let score = 1.6 * standing
                + 0.25 * asked_for(question.topic.asks, text)
                + 0.8 * named(question, &hit.passage, range.start)
                + asked.as_ref().map_or(0.0, |(ledd, near)| 0.5 * near * stands_in(ledd, &hit.passage, range.start))
                - 0.06 * (at.min(4) as f32);
            let near = nearness.get(at).copied();
            pieces.push(Piece { range, rank: *rank, place, terms, near, score });
        }
    }
    let rarity = rarity(&pieces);
    let wanted: HashMap<u32, f32> = question
        .terms
        .iter()
        .map(|(term, weight)| (*term, weight * rarity.get(term).copied().unwrap_or(0.0)))
        .collect();
    let total: f32 = wanted.values().sum::<f32>().max(f32::EPSILON);
    // Cosines lie close together: what tells pieces apart is where each stands between the farthest and the nearest.
    let near = || pieces.iter().filter_map(|piece| piece.near);
    let (farthest, nearest) = (near().fold(1.0, f32::min), near().fold(-1.0, f32::max));
    let span = (nearest - farthest).max(f32::EPSILON);
    for piece in &mut pieces {
        let shared: f32 = piece.terms.iter().filter_map(|term| wanted.get(term)).sum();
        piece.score += 0.9 * shared / total + piece.near.map_or(0.0, |near| 0.5 * (near - farthest) / span);
    }
    pick(pieces, passages, &wanted, total)
}

/// Greedy choice: each further sentence is worth what it adds.
fn pick(mut pieces: Vec<Piece<'_>>, passages: &[Ranked], wanted: &HashMap<u32, f32>, total: f32) -> Vec<Chosen> {
    let mut chosen: Vec<Chosen> = Vec::new();
    let mut places: HashMap<Place<'_>, i32> = HashMap::new();
    let mut covered: HashSet<u32> = HashSet::new();
    while chosen.len() < MOST_SENTENCES {
        let worth = |piece: &Piece<'_>| {
            let again: f32 =
                piece.terms.iter().filter(|t| covered.contains(t)).filter_map(|t| wanted.get(t)).sum::<f32>() / total;
            piece.score - 0.5 * again - 0.12 * places.get(&piece.place).copied().unwrap_or(0) as f32
        };
        let Some((at, value)) =
            pieces.iter().enumerate().map(|(at, piece)| (at, worth(piece))).max_by(|a, b| a.1.total_cmp(&b.1))
        else {
            break;
        };
        if chosen.first().is_some_and(|first: &Chosen| value < 0.45 * first.score) {
            break;
        }
        let piece = pieces.swap_remove(at);
        let Some(quote) = Quote::from_passage(&passages[piece.rank].passage, piece.range) else { continue };
        if chosen.iter().any(|c| c.quote.overlaps(&quote) || c.quote.line() == quote.line()) {
            continue;
        }
        *places.entry(piece.place).or_insert(0) += 1;
        covered.extend(piece.terms);
        chosen.push(Chosen { quote, score: value });
    }
    chosen
}

/// How rare each term is among the sentences at hand, 0–1: what all of them say does not tell them apart.
fn rarity(pieces: &[Piece<'_>]) -> HashMap<u32, f32> {
    let mut counts: HashMap<u32, usize> = HashMap::new();
    for piece in pieces {
        for term in &piece.terms {
            *counts.entry(*term).or_insert(0) += 1;
        }
    }
    let all = pieces.len().max(1) as f32;
    counts.into_iter().map(|(term, n)| (term, (1.0 + all / n as f32).ln() / (1.0 + all).ln())).collect()
}

/// The ledd whose known question shares most with this one, and how much of it, 0–1.
fn nearest_question(question: &Understood, passage: &PassageRef, reader: &Reader<'_>) -> Option<(String, f32)> {
    let total: f32 = question.terms.iter().map(|t| t.1).sum::<f32>().max(f32::EPSILON);
    reader
        .questions
        .asked(passage.document(), passage.passage())
        .into_iter()
        .filter_map(|asked| {
            let ledd = asked.provision.filter(|id| id.contains("/ledd"))?;
            let terms: HashSet<u32> = reader.analyser.document_terms(asked.text).into_iter().map(|t| t.0).collect();
            let shared: f32 = question.terms.iter().filter(|t| terms.contains(&t.0)).map(|t| t.1).sum();
            Some((ledd.to_owned(), shared / total))
        })
        .max_by(|a, b| a.1.total_cmp(&b.1))
}

/// 1 when the words stand in this ledd.
fn stands_in(ledd: &str, passage: &PassageRef, at: usize) -> f32 {
    let sections = &passage.document().sections[passage.passage().sections.clone()];
    let section = sections.iter().find(|s| s.range.contains(&at));
    f32::from(section.is_some_and(|s| s.provisions.iter().any(|p| p.to_string() == ledd)))
}

/// 1 when the words stand in a ledd that the question names.
fn named(question: &Understood, passage: &PassageRef, at: usize) -> f32 {
    let sections = &passage.document().sections[passage.passage().sections.clone()];
    let Some(section) = sections.iter().find(|s| s.range.contains(&at)) else { return 0.0 };
    let own: Vec<String> = section.provisions.iter().map(ToString::to_string).collect();
    let wanted = |id: &String| {
        id.contains("/ledd")
            && own
                .iter()
                .any(|o| id.starts_with(o.as_str()) && !id[o.len()..].starts_with(|c: char| c.is_ascii_digit()))
    };
    f32::from(question.references.iter().any(wanted))
}

/// How well a sentence fits the kind of thing asked for, 0–1.
fn asked_for(asks: Asks, text: &str) -> f32 {
    let lower = text.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|w| lower.contains(w));
    let has_number = lower.chars().any(|c| c.is_ascii_digit())
        || has(&["én ", "en måned", "to ", "tre ", "fire ", "fem ", "seks ", "åtte ", "ti ", "tolv ", "halv"]);
    let fits = match asks {
        Asks::HowLong => has(&["uke", "måned", "år", "dag", "periode", "lengst", "inntil"]) && has_number,
        Asks::HowMuch => {
            has(&["prosent", "kroner", "grunnbeløp", "ganger", "sats", "beløp", "del av", "fulle", "halvdel"])
        }
        Asks::When => {
            has(&["når", "fra og med", "dato", "tidspunkt", "frist", "innen", "tidligst", "senest", "måneden etter"])
        }
        Asks::Who => has(&["medlem", "person", "den som", "gis til", "ytes til", "har rett", "gjelder"]),
        Asks::Whether => has(&["kan ", "skal", "må ", "har rett", "har ikke", "gis ", "ytes ", "vilkår", "dersom"]),
        Asks::Document => {
            has(&["dokumenter", "legeerklæring", "erklæring", "opplysning", "bekreft", "attest", "melde"])
        }
        Asks::Where | Asks::Why | Asks::What => false,
    };
    f32::from(fits)
}
