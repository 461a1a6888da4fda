//! Pairs to legal questions with sides.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use sha2::{Digest, Sha256};

use super::base::Base;
use super::compare::{Feature, closeness, shared};
use super::settle::{settled, still_says};
use super::statements::{Reading, Statement};
use super::types::{Conflict, Pair, Side, SideDocument};
use super::wording;

/// Two statements of one document are on the same question when they are this alike, or stand side by side.
const SAME_QUESTION: f32 = 0.8;

/// A document that only joins speaks like one that is on its side: their words are at least this alike.
const SPEAKS_ALIKE: f32 = 0.9;

/// A document's words on one question.
type Node = ((String, String), usize);

/// Makes conflicts of pairs: those at or above `threshold` found one, those below it only join one that is there. So do
/// those with the national law itself, unless the other departs from it in so many words: that a circular gives a § again
/// looks just like its saying something else, and beside a whole statute that is what most pairs with it are.
/// Pairs that share a document's words on a question are about the same question; its documents are put on sides so
/// that the surest pairs stand against each other.
pub fn conflicts(pairs: &[Pair], base: &Base, threshold: f32) -> Vec<Conflict> {
    let mut order: Vec<&Pair> = pairs
        .iter()
        .filter(|pair| base.get(&pair.a.0, &pair.a.1).is_some() && base.get(&pair.b.0, &pair.b.1).is_some())
        .collect();
    let is_sure = |pair: &Pair| pair.score >= threshold && !only_repeats_the_law(pair);
    // What founds comes before what joins.
    order.sort_by(|x, y| {
        let by_score = || y.score.total_cmp(&x.score).then_with(|| (&x.a, &x.b).cmp(&(&y.a, &y.b)));
        is_sure(y).cmp(&is_sure(x)).then_with(by_score)
    });
    let mut groups: Vec<Group> = Vec::new();
    for pair in order {
        let (a, b) = ((pair.a.clone(), pair.a_statement), (pair.b.clone(), pair.b_statement));
        let on = common_sections(pair, base);
        let is_sure = is_sure(pair);
        let mut meets: Vec<usize> = (0..groups.len())
            .filter(|at| groups[*at].is_on(&on))
            .filter(|at| {
                let group = &groups[*at];
                group.opposes(&a.0, &b.0) || group.touches(&a, base) || group.touches(&b, base)
            })
            .collect();
        match meets.len() {
            0 if is_sure => groups.push(Group::of(pair, a, b, on)),
            0 => {}
            _ => {
                // A group that has both documents on one side cannot take the pair: another may, or it founds its own.
                let takes = |at: &usize| {
                    let group = &groups[*at];
                    (is_sure || group.is_spoken_alike(&a, &b, base))
                        && !(only_repeats_the_law(pair) && group.has_ruling_beside(&a, &b, base))
                        && groups[*at].add(pair, &a, &b)
                };
                let Some(taker) = meets.iter().position(takes) else {
                    if is_sure {
                        groups.push(Group::of(pair, a, b, on));
                    }
                    continue;
                };
                let first = meets.remove(taker);
                meets.retain(|other| *other > first);
                for other in meets.into_iter().rev() {
                    // A sure pair between two groups makes them one, where their sides agree.
                    if is_sure {
                        let absorbed = groups.remove(other);
                        if let Some(kept) = groups[first].absorb(absorbed) {
                            groups.push(kept);
                        }
                    }
                }
            }
        }
    }
    let mut conflicts: Vec<Conflict> = groups.iter().filter_map(|group| group.conflict(base)).collect();
    // Two documents can differ on two questions of one section.
    let mut taken: HashMap<String, usize> = HashMap::new();
    for conflict in &mut conflicts {
        let number = taken.entry(conflict.id.clone()).and_modify(|number| *number += 1).or_insert(1);
        if *number > 1 {
            conflict.id = format!("{}-{number}", conflict.id);
        }
    }
    conflicts.sort_by(|x, y| y.score.total_cmp(&x.score).then_with(|| x.id.cmp(&y.id)));
    conflicts
}

fn only_repeats_the_law(pair: &Pair) -> bool {
    let departs = [Feature::DepartsByName, Feature::DepartsFromKind].iter().any(|how| pair.features.get(*how) > 0.0);
    pair.features.get(Feature::WithLaw) > 0.0 && !departs
}

/// A question in the making.
struct Group {
    /// Which side each document is on.
    side: BTreeMap<(String, String), bool>,
    nodes: BTreeSet<Node>,
    pairs: Vec<Pair>,
    /// The §§ that the founding pair is on; none where it names none.
    sections: BTreeSet<String>,
}

/// The §§ that both statements of a pair are on.
fn common_sections(pair: &Pair, base: &Base) -> BTreeSet<String> {
    let of = |id: &(String, String), at: usize| -> BTreeSet<String> {
        let statement = base.get(&id.0, &id.1).and_then(|reading| reading.statements.get(at));
        statement.into_iter().flat_map(Statement::sections).collect()
    };
    of(&pair.a, pair.a_statement).intersection(&of(&pair.b, pair.b_statement)).cloned().collect()
}

impl Group {
    fn of(pair: &Pair, a: Node, b: Node, sections: BTreeSet<String>) -> Self {
        Self {
            side: BTreeMap::from([(a.0.clone(), false), (b.0.clone(), true)]),
            nodes: BTreeSet::from([a, b]),
            pairs: vec![pair.clone()],
            sections,
        }
    }

    /// Whether a pair on these §§ can be on this question.
    fn is_on(&self, sections: &BTreeSet<String>) -> bool {
        self.sections == *sections || !self.sections.is_disjoint(sections)
    }

    /// Whether two documents stand against each other here already: what else they differ about on the same § is nearly
    /// always the same question in other words.
    fn opposes(&self, a: &(String, String), b: &(String, String)) -> bool {
        matches!((self.side.get(a), self.side.get(b)), (Some(one), Some(other)) if one != other)
    }

    /// Whether the words are on this question.
    fn touches(&self, node: &Node, base: &Base) -> bool {
        if self.nodes.contains(node) {
            return true;
        }
        let Some(statement) = statement_of(node, base) else { return false };
        self.nodes
            .iter()
            .filter(|known| known.0 == node.0)
            .any(|known| statement_of(known, base).is_some_and(|other| on_same_question(statement, other)))
    }

    /// Whether the one of the two documents that is new here speaks like one on the side that it would join.
    fn is_spoken_alike(&self, a: &Node, b: &Node, base: &Base) -> bool {
        let joins = |newcomer: &Node, known: &Node| {
            let Some(opponent) = self.side.get(&known.0) else { return false };
            let Some(said) = statement_of(newcomer, base) else { return false };
            let side = self.nodes.iter().filter(|node| self.side.get(&node.0) == Some(&!opponent));
            side.filter_map(|node| statement_of(node, base))
                .any(|other| closeness(&said.vector, &other.vector) >= SPEAKS_ALIKE)
        };
        match (self.side.contains_key(&a.0), self.side.contains_key(&b.0)) {
            (true, true) => true,
            (true, false) => joins(b, a),
            (false, true) => joins(a, b),
            (false, false) => false,
        }
    }

    /// Whether a ruling or judgment is on the side of the one that is here: it says what the law means, and the law does not
    /// stand against it.
    fn has_ruling_beside(&self, a: &Node, b: &Node, base: &Base) -> bool {
        let Some(known) = self.side.get(&a.0).or_else(|| self.side.get(&b.0)) else { return false };
        self.side
            .iter()
            .filter(|(_, side)| *side == known)
            .any(|((id, version), _)| base.get(id, version).is_some_and(|reading| reading.source.kind.is_ruling()))
    }

    /// Takes a pair in, unless its documents are on the same side already.
    fn add(&mut self, pair: &Pair, a: &Node, b: &Node) -> bool {
        match (self.side.get(&a.0).copied(), self.side.get(&b.0).copied()) {
            (Some(one), Some(other)) if one == other => return false,
            (Some(_), Some(_)) => {}
            (Some(one), None) => {
                self.side.insert(b.0.clone(), !one);
            }
            (None, Some(other)) => {
                self.side.insert(a.0.clone(), !other);
            }
            (None, None) => return false,
        }
        self.nodes.insert(a.clone());
        self.nodes.insert(b.clone());
        self.pairs.push(pair.clone());
        true
    }

    /// Takes another group in; gives it back where a document would be on both sides.
    fn absorb(&mut self, other: Self) -> Option<Self> {
        let turned = other.side.iter().find_map(|(id, side)| Some(*self.side.get(id)? != *side))?;
        let fits =
            other.side.iter().all(|(id, side)| self.side.get(id).is_none_or(|known| *known == (*side != turned)));
        if !fits {
            return Some(other);
        }
        self.side.extend(other.side.into_iter().map(|(id, side)| (id, side != turned)));
        self.nodes.extend(other.nodes);
        self.pairs.extend(other.pairs);
        None
    }

    fn conflict(&self, base: &Base) -> Option<Conflict> {
        let founding = self.pairs.first()?;
        let mut best: HashMap<&(String, String), (f32, usize)> = HashMap::new();
        for pair in &self.pairs {
            for (id, at) in [(&pair.a, pair.a_statement), (&pair.b, pair.b_statement)] {
                let known = best.entry(id).or_insert((pair.score, at));
                if pair.score > known.0 {
                    *known = (pair.score, at);
                }
            }
        }
        let mut sides: [Vec<(&Reading, &Statement)>; 2] = [Vec::new(), Vec::new()];
        for (id, side) in &self.side {
            let reading = base.get(&id.0, &id.1)?;
            let statement = reading.statements.get(best.get(id)?.1)?;
            sides[usize::from(*side)].push((reading, statement));
        }
        for side in &mut sides {
            // Weightiest first, then newest; only one version of a document speaks for a side: the newest that still says
            // what the surest does. A later one may have come round, and be here with another sentence.
            side.sort_by(|(x, _), (y, _)| {
                (y.source.weight, y.source.date)
                    .cmp(&(x.source.weight, x.source.date))
                    .then(x.source.id.cmp(&y.source.id))
            });
            let score = |reading: &Reading| {
                let version = (reading.source.id.clone(), reading.source.version.clone());
                best.get(&version).map_or(0.0, |known| known.0)
            };
            let mut surest: HashMap<String, (&Reading, &Statement)> = HashMap::new();
            for (reading, statement) in side.iter().copied() {
                let known = surest.entry(reading.source.id.clone()).or_insert((reading, statement));
                if score(reading) > score(known.0) {
                    *known = (reading, statement);
                }
            }
            let mut seen = BTreeSet::new();
            side.retain(|(reading, _)| {
                let speaks = surest.get(&reading.source.id).is_some_and(|(old, said)| {
                    old.source.version == reading.source.version || still_says(reading, old, said)
                });
                speaks && seen.insert(reading.source.id.clone())
            });
        }
        sides.sort_by_key(|side| {
            std::cmp::Reverse(side.first().map(|(reading, _)| (reading.source.weight, reading.source.date)))
        });
        let pair_kinds = sides[0].iter().flat_map(|(a, _)| {
            sides[1].iter().filter_map(|(b, _)| super::types::ConflictKind::between(&a.source, &b.source))
        });
        let kind = pair_kinds.min().unwrap_or(founding.kind);
        let provisions = provisions(&sides);
        let settled = settled(&sides, base);
        Some(Conflict {
            id: id(&provisions, founding),
            kind,
            question: wording::question(&sides, &provisions),
            explanation: wording::explanation(&sides, settled.as_ref()),
            signals: wording::signals(&self.pairs),
            score: founding.score,
            settled,
            sides: sides
                .iter()
                .map(|side| Side {
                    stance: side.first().map_or_else(String::new, |(_, statement)| wording::stance(statement)),
                    documents: side
                        .iter()
                        .map(|(reading, statement)| SideDocument {
                            id: reading.source.id.clone(),
                            version: reading.source.version.clone(),
                            range: statement.range.clone(),
                            locator: statement.locator.clone(),
                            quote: statement.text.clone(),
                        })
                        .collect(),
                })
                .collect(),
            provisions,
            pairs: self.pairs.clone(),
        })
    }
}

fn statement_of<'a>(node: &Node, base: &'a Base) -> Option<&'a Statement> {
    base.get(&node.0.0, &node.0.1)?.statements.get(node.1)
}

/// Whether two statements of one document answer the same question.
pub(super) fn on_same_question(a: &Statement, b: &Statement) -> bool {
    let adjacent = a.order.abs_diff(b.order) <= 1 && a.locator == b.locator;
    let common = shared(&a.terms, &b.terms);
    adjacent || (closeness(&a.vector, &b.vector) >= SAME_QUESTION && common >= 2)
}

/// The provisions that both sides are about, deepest first.
fn provisions(sides: &[Vec<(&Reading, &Statement)>; 2]) -> Vec<String> {
    let all = |side: &[(&Reading, &Statement)]| {
        side.iter().flat_map(|(_, statement)| statement.provisions.clone()).collect::<Vec<_>>()
    };
    let (one, other) = (all(&sides[0]), all(&sides[1]));
    let mut found: Vec<String> = Vec::new();
    for a in &one {
        for b in other.iter().filter(|b| b.section() == a.section()) {
            let deeper = if a.is_within(b) {
                a
            } else if b.is_within(a) {
                b
            } else {
                continue;
            };
            found.push(deeper.to_string());
        }
    }
    if found.is_empty() {
        found.extend(one.first().or(other.first()).map(ToString::to_string));
    }
    found.sort_by_key(|id| std::cmp::Reverse(id.matches('/').count()));
    let mut kept: Vec<String> = Vec::new();
    for id in found {
        if !kept.iter().any(|known| *known == id || known.starts_with(&format!("{id}/"))) {
            kept.push(id);
        }
    }
    kept
}

/// A stable id: the section and the documents of the founding pair.
fn id(provisions: &[String], founding: &Pair) -> String {
    let section = provisions.first().map_or("", |id| id.split("/ledd").next().unwrap_or(id));
    let mut documents = [founding.a.0.as_str(), founding.b.0.as_str()];
    documents.sort_unstable();
    let hash = Sha256::digest(format!("{section}\n{}\n{}", documents[0], documents[1]));
    let hex: String = hash.iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    format!("konflikt-{hex}")
}
