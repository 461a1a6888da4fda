//! The figures: ranking, facts, citations, refusals.

use serde::Serialize;

use super::{Label, Outcome, folded, refused};
use crate::answer::{Sentence, Status};
use crate::retrieval::Ranked;

/// Sums over questions.
#[derive(Debug, Default, Clone)]
pub struct Figures {
    questions: usize,
    ranked: usize,
    recall_3: f64,
    recall_10: f64,
    ndcg_10: f64,
    reciprocal: f64,
    with_facts: usize,
    facts: f64,
    citations: usize,
    citations_right: usize,
    answerable: usize,
    refused_wrongly: usize,
    asked_back: usize,
    unanswerable: usize,
    refused_rightly: usize,
}

/// Means over questions. Shares lie in 0–1; `None` where no question of the group can be scored so.
#[derive(Debug, Clone, Serialize)]
pub struct Scores {
    /// Number of questions.
    pub questions: usize,
    /// Share with a right passage among the first three.
    pub recall_3: Option<f64>,
    /// Share with a right passage among the first ten.
    pub recall_10: Option<f64>,
    /// Normalised discounted cumulative gain over the first ten; each right passage counts once.
    pub ndcg_10: Option<f64>,
    /// Mean reciprocal rank of the first right passage.
    pub mrr: Option<f64>,
    /// Share of the facts that a right answer needs which stand in the answer's sentences.
    pub facts: Option<f64>,
    /// Share of citations that quote a right passage.
    pub citation_precision: Option<f64>,
    /// Share of answerable questions that were refused.
    pub refused_wrongly: Option<f64>,
    /// Share of answerable questions that were asked back.
    pub asked_back: Option<f64>,
    /// Share of unanswerable questions that were refused.
    pub refused_rightly: Option<f64>,
}

impl Figures {
    /// Counts a question.
    pub fn add(&mut self, outcome: &Outcome) {
        let (label, answer) = (&outcome.label, &outcome.answer);
        self.questions += 1;
        if label.relevant.is_empty() {
            if label.status != "answered" {
                self.unanswerable += 1;
                self.refused_rightly += usize::from(refused(answer.status));
            }
            return;
        }
        self.questions -= 1; // counted by the ranking
        self.add_ranking(label, &answer.sources);
        self.answerable += 1;
        self.refused_wrongly += usize::from(refused(answer.status));
        self.asked_back += usize::from(answer.status == Status::Clarify);
        if !label.facts.is_empty() {
            self.with_facts += 1;
            self.facts += facts(label, &answer.sentences);
        }
        for quote in answer.sentences.iter().flat_map(Sentence::quotes) {
            self.citations += 1;
            let right = answer.sources.iter().any(|hit| {
                hit.passage.version().id == quote.version().id
                    && hit.passage.passage().range.contains(&quote.bytes().start)
                    && label.relevant.iter().any(|r| r.is(hit))
            });
            self.citations_right += usize::from(right);
        }
    }

    /// Counts a question's ranking alone.
    pub fn add_ranking(&mut self, label: &Label, passages: &[Ranked]) {
        self.questions += 1;
        self.ranked += 1;
        let mut found = vec![false; label.relevant.len()];
        let mut first = None;
        let mut gain = 0.0;
        for (rank, hit) in passages.iter().take(10).enumerate() {
            let mut new = false;
            for (at, relevant) in label.relevant.iter().enumerate() {
                if !found[at] && relevant.is(hit) {
                    found[at] = true;
                    new = true;
                }
            }
            if new {
                first.get_or_insert(rank);
                gain += 1.0 / ((rank + 2) as f64).log2();
            }
        }
        let ideal: f64 = (0..label.relevant.len().min(10)).map(|rank| 1.0 / ((rank + 2) as f64).log2()).sum();
        self.ndcg_10 += gain / ideal;
        self.recall_3 += f64::from(first.is_some_and(|rank| rank < 3));
        self.recall_10 += f64::from(first.is_some());
        self.reciprocal += first.map_or(0.0, |rank| 1.0 / (rank + 1) as f64);
    }

    /// The means.
    pub fn scores(&self) -> Scores {
        let share = |sum: f64, of: usize| (of > 0).then(|| sum / of as f64);
        Scores {
            questions: self.questions,
            recall_3: share(self.recall_3, self.ranked),
            recall_10: share(self.recall_10, self.ranked),
            ndcg_10: share(self.ndcg_10, self.ranked),
            mrr: share(self.reciprocal, self.ranked),
            facts: share(self.facts, self.with_facts),
            citation_precision: share(self.citations_right as f64, self.citations),
            refused_wrongly: share(self.refused_wrongly as f64, self.answerable),
            asked_back: share(self.asked_back as f64, self.answerable),
            refused_rightly: share(self.refused_rightly as f64, self.unanswerable),
        }
    }
}

/// Share of the label's facts that stand in the sentences.
fn facts(label: &Label, sentences: &[Sentence]) -> f64 {
    let text = folded(&sentences.iter().map(Sentence::text).collect::<Vec<_>>().join(" "));
    let found =
        label.facts.iter().filter(|alternatives| alternatives.iter().any(|f| text.contains(&folded(f)))).count();
    found as f64 / label.facts.len() as f64
}
