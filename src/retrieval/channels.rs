//! The ways of searching, each with its own hits, and the candidates they add up to.

use std::collections::HashMap;
use std::time::Instant;

use rayon::prelude::*;
use serde::Serialize;

use crate::index::{Hit, IndexError, Probe, Scope};
use crate::store::{Catalogue, PassageRef};

use super::{Retriever, Times, Understood};

/// Hits taken from each channel.
pub(crate) const DEPTH: usize = 100;

/// Hits fetched beyond those, to have enough when what is not the rule on the day is taken out.
const SPARE: usize = 50;

/// A way in which a passage was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// Nearness of meaning between question and passage.
    Dense,
    /// Shared words.
    Lexical,
    /// Nearness of meaning between the question and a question the passage is known to answer.
    QuestionDense,
    /// Shared words with those questions.
    QuestionLexical,
    /// The question names the provision or document.
    Reference,
}

impl Channel {
    /// All channels that rank by a score of their own.
    pub const SCORED: [Self; 4] = [Self::Dense, Self::Lexical, Self::QuestionDense, Self::QuestionLexical];
}

/// A channel's verdict on a passage.
#[derive(Debug, Clone, Copy)]
pub(super) struct Placing {
    /// Place in the channel, from 0.
    pub rank: usize,
    /// Score between the channel's last (0) and first (1) hit.
    pub relative: f32,
    /// The channel's own score.
    pub score: f32,
}

/// A passage some channel found.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    pub passage: PassageRef,
    /// One for each channel that found it.
    pub placings: Vec<(Channel, Placing)>,
}

impl Candidate {
    /// Its place in a channel that found it.
    pub fn placing(&self, channel: Channel) -> Option<&Placing> {
        self.placings.iter().find(|(of, _)| *of == channel).map(|(_, placing)| placing)
    }
}

impl Retriever {
    pub(super) fn candidates(
        &self,
        catalogue: &Catalogue,
        question: &Understood,
        scope: &Scope,
        times: &mut Times,
    ) -> Result<Vec<Candidate>, IndexError> {
        let searches = searches(question, scope);
        let found: Vec<_> = searches
            .par_iter()
            .map(|(channel, probe, scope, limit)| {
                let began = Instant::now();
                let hits = self.hits(catalogue, probe, scope, *limit)?;
                Ok((*channel, hits, began.elapsed()))
            })
            .collect::<Result<_, IndexError>>()?;
        let mut candidates: HashMap<u64, Candidate> = HashMap::new();
        let mut add = |channel: Channel, hits: Vec<(PassageRef, f32)>| {
            let (first, last) = (hits.first().map_or(0.0, |h| h.1), hits.last().map_or(0.0, |h| h.1));
            let span = (first - last).max(f32::EPSILON);
            for (rank, (passage, score)) in hits.into_iter().enumerate() {
                let placing = Placing { rank, relative: (score - last) / span, score };
                let candidate = candidates
                    .entry(passage.id())
                    .or_insert_with(|| Candidate { passage, placings: Vec::with_capacity(Channel::SCORED.len()) });
                // By reference a passage can be found twice: as a provision and in a document that is named.
                if candidate.placing(channel).is_none() {
                    candidate.placings.push((channel, placing));
                }
            }
        };
        for (channel, hits, took) in found {
            add(channel, hits);
            times.channels.push((channel, took));
        }
        for document in question.references.iter().filter(|id| !id.contains('§')) {
            let day = scope.day.unwrap_or(0);
            if let Some(version) = catalogue.version_on(document, day) {
                let hits = catalogue.passages_of(version).take(DEPTH / 5).map(|passage| (passage, 1.0)).collect();
                add(Channel::Reference, hits);
            }
        }
        Ok(candidates.into_values().collect())
    }

    /// The best hits that are visible and, when a day is asked for, the rule on that day.
    ///
    /// The engine's own filter by day visits every passage, four times a question. Nearly all passages are the rule
    /// today, so a few more are fetched unfiltered and the others left out; only where too few are left is the filter
    /// used.
    fn hits(
        &self,
        catalogue: &Catalogue,
        probe: &Probe,
        scope: &Scope,
        limit: usize,
    ) -> Result<Vec<(PassageRef, f32)>, IndexError> {
        // What the store does not show is not there: left-overs of an interrupted ingest fall out here.
        let shown = |mut hits: Vec<Hit>| -> Vec<(PassageRef, f32)> {
            // Equal scores in one order, whatever the engine's.
            hits.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.id.cmp(&b.id)));
            hits.into_iter()
                .filter_map(|hit| Some((catalogue.passage(hit.id)?, hit.score)))
                .filter(|(passage, _)| scope.day.is_none_or(|day| passage.version().validity.holds_on(day)))
                .take(limit)
                .collect()
        };
        if scope.kinds.is_empty() && scope.provisions.is_empty() {
            let hits = self.index.search(probe, &Scope::default(), limit + SPARE)?;
            let all = hits.len() < limit + SPARE;
            let shown = shown(hits);
            if all || shown.len() == limit {
                return Ok(shown);
            }
        }
        Ok(shown(self.index.search(probe, scope, limit)?))
    }
}

/// What each channel asks of the index.
fn searches(question: &Understood, scope: &Scope) -> Vec<(Channel, Probe, Scope, usize)> {
    let mut searches: Vec<_> = Channel::SCORED
        .into_iter()
        .map(|channel| {
            let probe = match channel {
                Channel::Lexical => Probe::Terms(question.terms.clone()),
                Channel::QuestionDense => Probe::Questions(question.vector.clone()),
                Channel::QuestionLexical => Probe::QuestionTerms(question.terms.clone()),
                Channel::Dense | Channel::Reference => Probe::Passage(question.vector.clone()),
            };
            (channel, probe, scope.clone(), DEPTH)
        })
        .collect();
    let provisions: Vec<String> = question.references.iter().filter(|id| id.contains('§')).cloned().collect();
    if !provisions.is_empty() {
        let about = Scope { provisions, ..scope.clone() };
        searches.push((Channel::Reference, Probe::Passage(question.vector.clone()), about, DEPTH / 2));
    }
    searches
}
