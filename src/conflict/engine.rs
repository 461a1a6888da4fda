//! New documents against known ones.

use std::collections::{HashMap, HashSet};

use super::base::Base;
use super::compare::{Feature, Features, compare};
use super::exclude::{Reason, Rejected, exclude};
use super::judge::{Judge, PairJudge, Weights};
use super::statements::{Reading, Statement};
use super::types::{ConflictKind, Pair};

/// A reading that names no provision is compared with this many documents.
const NEAREST: usize = 20;
/// From this score on a rejected pair is worth telling about.
const WORTH_TELLING: f32 = 0.2;
/// Best pairs of statements kept per pair of documents: two documents can differ on more than one question.
const KEPT: usize = 3;

/// What a comparison came to.
#[derive(Debug, Default)]
pub struct Found {
    /// Pairs from the judge's lower threshold on; [`super::conflicts`] makes conflicts of them.
    pub pairs: Vec<Pair>,
    /// Pairs that look like conflicts and are none.
    pub rejected: Vec<Rejected>,
    /// How many pairs of documents were compared.
    pub compared: usize,
}

/// Finds conflicts with a judge.
pub struct Engine {
    judge: Box<dyn PairJudge>,
}

/// Up to this many pairs of statements, two documents are compared statement by statement.
const SMALL: usize = 4_000;

impl Engine {
    /// With the built-in weights.
    pub fn built_in() -> Result<Self, serde_json::Error> {
        Ok(Self::new(Box::new(Judge::new(Weights::built_in()?))))
    }

    /// With a judge of one's own.
    pub fn new(judge: Box<dyn PairJudge>) -> Self {
        Self { judge }
    }

    /// The judge.
    pub fn judge(&self) -> &dyn PairJudge {
        self.judge.as_ref()
    }

    /// Compares new readings with those of the base that are on the same §§, and takes them in. Costs as much as their
    /// neighbourhood is large, however large the base. Pairs within `new` are compared once.
    pub fn compare(&self, new: Vec<Reading>, base: &mut Base) -> Found {
        let mut found = Found::default();
        let ids: Vec<(String, String)> =
            new.iter().map(|reading| (reading.source.id.clone(), reading.source.version.clone())).collect();
        for reading in new {
            base.insert(reading);
        }
        let place: HashMap<(&str, &str), usize> =
            ids.iter().enumerate().map(|(at, (id, version))| ((id.as_str(), version.as_str()), at)).collect();
        let mut done = HashSet::new();
        for (number, (id, version)) in ids.iter().enumerate() {
            let Some(reading) = base.get(id, version) else { continue };
            for other in base.neighbours(reading, NEAREST) {
                let theirs = place.get(&(other.source.id.as_str(), other.source.version.as_str()));
                // Two new ones are neighbours of each other.
                if theirs.is_none_or(|at| done.insert((number.min(*at), number.max(*at)))) {
                    self.pair(reading, other, base, &mut found);
                }
            }
        }
        found
    }

    fn pair(&self, a: &Reading, b: &Reading, base: &Base, found: &mut Found) {
        let Some(kind) = ConflictKind::between(&a.source, &b.source) else { return };
        found.compared += 1;
        let mut best = self.best(a, b);
        best.truncate(KEPT);
        let Some((top, ..)) = best.first() else { return };
        let key = |reading: &Reading| (reading.source.id.clone(), reading.source.version.clone());
        if let Some((reason, why)) = exclude(a, b, base) {
            if *top >= WORTH_TELLING {
                found.rejected.push(Rejected { a: key(a), b: key(b), reason, why });
            }
            return;
        }
        if *top < self.judge.joining() {
            if *top >= WORTH_TELLING
                && let Some((_, _, _, features)) = best.first()
            {
                let (reason, why) = reason(features);
                found.rejected.push(Rejected { a: key(a), b: key(b), reason, why });
            }
            return;
        }
        for (score, at, other, features) in best {
            if score >= self.judge.joining() {
                found.pairs.push(Pair {
                    a: key(a),
                    b: key(b),
                    a_statement: at,
                    b_statement: other,
                    kind,
                    score,
                    features,
                });
            }
        }
    }

    /// The pairs of statements of two documents, most conflicting first.
    pub fn best(&self, a: &Reading, b: &Reading) -> Vec<(f32, usize, usize, Features)> {
        let score =
            |one: &Statement, other: &Statement, features: &Features| self.judge.score((one, a), (other, b), features);
        let mut all: Vec<(f32, usize, usize, Features)> = Vec::new();
        // Two long documents (a statute, a circular) share many sections but few statements on each: only statements
        // on a common section are compared, and those that name none.
        let sections = |statement: &Statement| -> Vec<String> {
            statement.provisions.iter().map(|provision| provision.section().to_string()).collect()
        };
        let mut on: HashMap<String, Vec<usize>> = HashMap::new();
        let mut anywhere: Vec<usize> = Vec::new();
        for (to, other) in b.statements.iter().enumerate() {
            if other.provisions.is_empty() {
                anywhere.push(to);
            }
            for section in sections(other) {
                on.entry(section).or_default().push(to);
            }
        }
        let is_small = a.statements.len() * b.statements.len() <= SMALL;
        for (at, one) in a.statements.iter().enumerate() {
            let mut others: Vec<usize> = if is_small {
                (0..b.statements.len()).collect()
            } else {
                sections(one).iter().filter_map(|section| on.get(section)).flatten().chain(&anywhere).copied().collect()
            };
            others.sort_unstable();
            others.dedup();
            for to in others {
                all.push((0.0, at, to, compare(one, a, &b.statements[to], b)));
            }
        }
        let likeness = |features: &Features| {
            features.get(Feature::Closeness)
                + features.get(Feature::SharedTerms)
                + 0.5 * features.get(Feature::SharedContext)
        };
        let mut best_of_a = vec![f32::MIN; a.statements.len()];
        let mut best_of_b = vec![f32::MIN; b.statements.len()];
        for (_, at, to, features) in &all {
            let like = likeness(features);
            best_of_a[*at] = best_of_a[*at].max(like);
            best_of_b[*to] = best_of_b[*to].max(like);
        }
        for (total, at, to, features) in &mut all {
            let like = likeness(features);
            if like >= best_of_a[*at] && like >= best_of_b[*to] {
                features.set(Feature::MutualBest, 1.0);
            }
            *total = score(&a.statements[*at], &b.statements[*to], features);
        }
        all.sort_by(|x, y| y.0.total_cmp(&x.0).then((x.1, x.2).cmp(&(y.1, y.2))));
        all
    }
}

/// The reason that weighed most against a pair that was judged no conflict.
fn reason(features: &Features) -> (Reason, String) {
    let has = |feature: Feature| features.get(feature) > 0.0;
    if has(Feature::AgreesWithKind) {
        (Reason::Agreement, "Den ene slutter seg til den andre.".to_owned())
    } else if has(Feature::OtherPart) || has(Feature::NoSharedProvision) {
        (Reason::OtherProvision, "De gjelder ulike bestemmelser eller ulike deler av bestemmelsen.".to_owned())
    } else if has(Feature::SetAside) {
        (Reason::Procedural, "Saken ble sendt tilbake.".to_owned())
    } else if has(Feature::Discretion) {
        (Reason::Discretion, "Begge foretar en samlet vurdering av den enkelte saken.".to_owned())
    } else if has(Feature::SameDirection) || has(Feature::SameNumbers) {
        (Reason::SameReading, "De leser regelen likt.".to_owned())
    } else {
        (Reason::Facts, "Forskjellen ligger i sakenes fakta.".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conflict::{conflicts, read};
    use crate::language::Analyser;

    fn reading(text: &str) -> Reading {
        let document = crate::corpus::read("test.md", text.as_bytes()).expect("a document");
        let mut reading = read(&document, "1", &Analyser::new());
        // As if the model found all sentences close to each other.
        for statement in reading.statements.iter_mut().chain(&mut reading.reported) {
            statement.vector = vec![0.95, (1.0_f32 - 0.95 * 0.95).sqrt()];
        }
        reading
    }

    const CIRCULAR: &str = "---\nid: R99-01\nkind: circular\ntitle: Om flyttetilskudd\ndate: 2020-01-01\nprovisions: [\"ftrl. § 15-11\"]\n---\n# Vilkår\n\nFlyttetilskudd gis bare når flyttingen er avtalt skriftlig med arbeidsgiveren.\n";

    fn ruling(outcome: &str, reasons: &str) -> String {
        format!(
            "---\nid: KA-X-2021-1\nkind: appeals_ruling\ntitle: Flyttetilskudd\ndate: 2021-05-01\noutcome: {outcome}\nprovisions: [\"ftrl. § 15-11\"]\n---\n# Klagers anførsler\n\nKlager mener at skriftlig avtale ikke kan kreves for flyttetilskudd.\n\n# Klageinstansens vurdering\n\n{reasons}\n"
        )
    }

    fn found(reasons: &str, outcome: &str) -> Vec<crate::conflict::Conflict> {
        let engine = Engine::built_in().expect("the built-in weights are valid");
        let mut base = Base::new();
        let found = engine.compare(vec![reading(CIRCULAR), reading(&ruling(outcome, reasons))], &mut base);
        conflicts(&found.pairs, &base, engine.judge().threshold())
    }

    #[test]
    fn opposite_readings_are_a_conflict_with_both_sides() {
        let conflicts = found(
            "Det er ikke noe vilkår for flyttetilskudd at flyttingen er avtalt skriftlig med arbeidsgiveren.",
            "MEDHOLD",
        );
        assert_eq!(conflicts.len(), 1);
        assert_eq!(conflicts[0].kind, ConflictKind::AppealsVsCircular);
        assert!(conflicts[0].sides.iter().all(|side| side.documents.len() == 1));
        assert!(conflicts[0].settled.is_none());
    }

    #[test]
    fn an_argument_is_no_reading_and_agreement_no_conflict() {
        assert!(
            found("Flyttetilskudd gis bare når flyttingen er avtalt skriftlig med arbeidsgiveren.", "STADFESTELSE")
                .is_empty()
        );
    }

    #[test]
    fn a_procedural_end_says_nothing() {
        let reasons = "Det er ikke noe vilkår for flyttetilskudd at flyttingen er avtalt skriftlig med arbeidsgiveren.";
        assert!(found(reasons, "AVVIST").is_empty());
    }
}
