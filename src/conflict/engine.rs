//! New documents against known ones.

use std::collections::{HashMap, HashSet};

use rayon::prelude::*;

use super::base::{Base, share_section};
use super::compare::{Feature, Features, Reported, compare_reported};
use super::exclude::{Reason, Rejected, exclude};
use super::judge::{Judge, PairJudge, Weights};
use super::statements::Reading;
use super::types::{ConflictKind, Pair};

/// From this score on a rejected pair is worth telling about.
const WORTH_TELLING: f32 = 0.2;
/// Best pairs of statements kept per pair of documents: two documents can differ on more than one question.
const KEPT: usize = 3;
/// Pairs of statements of two documents that are told of, at most.
const TOLD: usize = 24;
/// Pairs of documents compared together.
const BATCH: usize = 256;

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

/// Two statements of two documents, compared.
#[derive(Debug, Clone)]
pub struct Compared {
    /// How sure the judge is that they are the sides of a conflict.
    pub score: f32,
    /// Which statement of the one document.
    pub a: usize,
    /// Which of the other.
    pub b: usize,
    /// What was seen.
    pub features: Features,
}

/// Two documents that may be in conflict.
pub struct Candidate<'a> {
    /// The one.
    pub a: &'a Reading,
    /// The other.
    pub b: &'a Reading,
    /// The kind of conflict that it would be.
    pub kind: ConflictKind,
    /// Why they cannot be in conflict.
    pub excluded: Option<(Reason, String)>,
    /// Their pairs of statements, most conflicting first.
    pub pairs: Vec<Compared>,
}

impl Engine {
    /// With the built-in weights.
    ///
    /// # Errors
    /// The weights file is broken.
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
        let ids: Vec<(String, String)> =
            new.iter().map(|reading| (reading.source.id.clone(), reading.source.version.clone())).collect();
        for reading in new {
            base.insert(reading);
        }
        let mut found = Found::default();
        for batch in neighbours(&ids, base).chunks(BATCH) {
            for candidate in self.candidates(batch, base) {
                found.compared += 1;
                self.take(candidate, &mut found);
            }
        }
        found
    }

    /// Everything that was seen of all documents of a base that could be in conflict; for fitting.
    pub fn look<'a>(&self, base: &'a Base) -> Vec<Candidate<'a>> {
        let ids: Vec<(String, String)> =
            base.readings().map(|reading| (reading.source.id.clone(), reading.source.version.clone())).collect();
        self.candidates(&neighbours(&ids, base), base)
    }

    fn candidates<'a>(&self, pairs: &[(&'a Reading, &'a Reading)], base: &Base) -> Vec<Candidate<'a>> {
        pairs.par_iter().filter_map(|(a, b)| self.candidate(a, b, base)).collect()
    }

    /// What the rules see of two documents; `None` where two of their kinds are never a conflict.
    fn candidate<'a>(&self, a: &'a Reading, b: &'a Reading, base: &Base) -> Option<Candidate<'a>> {
        let kind = ConflictKind::between(&a.source, &b.source)?;
        Some(Candidate { a, b, kind, excluded: exclude(a, b, base), pairs: self.best(a, b) })
    }

    fn take(&self, candidate: Candidate<'_>, found: &mut Found) {
        let Candidate { a, b, kind, excluded, pairs } = candidate;
        let Some(top) = pairs.first() else { return };
        let key = |reading: &Reading| (reading.source.id.clone(), reading.source.version.clone());
        let is_none = excluded.or_else(|| (top.score < self.judge.joining()).then(|| reason(&top.features)));
        if let Some((reason, why)) = is_none {
            if top.score >= WORTH_TELLING {
                found.rejected.push(Rejected { a: key(a), b: key(b), reason, why });
            }
            return;
        }
        let enough = pairs.into_iter().take(KEPT).filter(|pair| pair.score >= self.judge.joining());
        found.pairs.extend(enough.map(|pair| Pair {
            a: key(a),
            b: key(b),
            a_statement: pair.a,
            b_statement: pair.b,
            kind,
            score: pair.score,
            features: pair.features,
        }));
    }

    /// The pairs of statements of two documents, most conflicting first.
    pub fn best(&self, a: &Reading, b: &Reading) -> Vec<Compared> {
        let mut all: Vec<Compared> = Vec::new();
        let a_reported: Vec<Reported> = a.statements.iter().map(|said| Reported::of(said, b)).collect();
        let b_reported: Vec<Reported> = b.statements.iter().map(|said| Reported::of(said, a)).collect();
        // Two long documents (a statute, a circular) share many sections but few statements on each: only statements
        // on a common section are compared, and those that name none; where no section is common, all.
        let share_none = !share_section(a, b);
        let mut on: HashMap<String, Vec<usize>> = HashMap::new();
        let mut anywhere: Vec<usize> = Vec::new();
        for (to, other) in b.statements.iter().enumerate() {
            if other.stands_anywhere() {
                anywhere.push(to);
            }
            for section in other.sections() {
                on.entry(section).or_default().push(to);
            }
        }
        for (at, one) in a.statements.iter().enumerate() {
            let mut others: Vec<usize> = if share_none || one.stands_anywhere() {
                (0..b.statements.len()).collect()
            } else {
                one.sections().filter_map(|section| on.get(&section)).flatten().chain(&anywhere).copied().collect()
            };
            others.sort_unstable();
            others.dedup();
            for to in others {
                let features = compare_reported((one, a, a_reported[at]), (&b.statements[to], b, b_reported[to]));
                all.push(Compared { score: 0.0, a: at, b: to, features });
            }
        }
        let closeness = |pair: &Compared| pair.features.get(Feature::Closeness);
        let nearest = all.iter().map(closeness).fold(f32::MIN, f32::max);
        for pair in &mut all {
            pair.features.set(Feature::NearerElsewhere, nearest - closeness(pair));
            pair.score = self.judge.score((&a.statements[pair.a], a), (&b.statements[pair.b], b), &pair.features);
        }
        all.sort_by(most_conflicting);
        all.truncate(TOLD);
        all
    }
}

/// New documents with those they could be in conflict with; two new ones once.
fn neighbours<'a>(new: &[(String, String)], base: &'a Base) -> Vec<(&'a Reading, &'a Reading)> {
    let place: HashMap<(&str, &str), usize> =
        new.iter().enumerate().map(|(at, (id, version))| ((id.as_str(), version.as_str()), at)).collect();
    let mut done = HashSet::new();
    let mut pairs = Vec::new();
    for (number, (id, version)) in new.iter().enumerate() {
        let Some(reading) = base.get(id, version) else { continue };
        for other in base.neighbours(reading) {
            let theirs = place.get(&(other.source.id.as_str(), other.source.version.as_str()));
            // Two new ones are neighbours of each other.
            if theirs.is_none_or(|at| done.insert((number.min(*at), number.max(*at)))) {
                pairs.push((reading, other));
            }
        }
    }
    pairs
}

fn most_conflicting(x: &Compared, y: &Compared) -> std::cmp::Ordering {
    y.score.total_cmp(&x.score).then((x.a, x.b).cmp(&(y.a, y.b)))
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
    use crate::conflict::{Pair, conflicts, read};
    use crate::language::Analyser;

    fn reading(text: &str) -> Reading {
        let document = crate::corpus::read("test.md", text.as_bytes()).expect("a document");
        let version = document.date.map_or_else(String::new, |date| date.to_string());
        let mut reading = read(&document, &version, &Analyser::new());
        // As if the model found all sentences close to each other.
        for statement in reading.all_statements_mut() {
            statement.vector = vec![0.95, (1.0_f32 - 0.95 * 0.95).sqrt()];
        }
        reading
    }

    const CIRCULAR: &str = "---\nid: R99-01\nkind: circular\ntitle: Om flyttetilskudd\ndate: 2020-01-01\nprovisions: [\"ftrl. § 15-11\"]\n---\n# Vilkår\n\nFlyttetilskudd gis bare når flyttingen er avtalt skriftlig med arbeidsgiveren.\n";

    /// The opposite of what the circular says.
    const AGAINST: &str =
        "Det er ikke noe vilkår for flyttetilskudd at flyttingen er avtalt skriftlig med arbeidsgiveren.";

    fn statute(rule: &str) -> String {
        format!(
            "---\nid: lov/1997-02-28-19\nkind: statute\ntitle: Lov om folketrygd (folketrygdloven)\ndate: 2019-01-01\n---\n# § 15-11 Flyttetilskudd\n\n{rule}\n"
        )
    }

    fn ruling(outcome: &str, reasons: &str) -> String {
        format!(
            "---\nid: KA-X-2021-1\nkind: appeals_ruling\ntitle: Flyttetilskudd\ndate: 2021-05-01\noutcome: {outcome}\nprovisions: [\"ftrl. § 15-11\"]\n---\n# Klagers anførsler\n\nKlager mener at skriftlig avtale ikke kan kreves for flyttetilskudd.\n\n# Klageinstansens vurdering\n\n{reasons}\n"
        )
    }

    fn between(documents: &[&str]) -> (Vec<Pair>, Vec<crate::conflict::Conflict>) {
        let engine = Engine::built_in().expect("the built-in weights are valid");
        let mut base = Base::new();
        let found = engine.compare(documents.iter().map(|text| reading(text)).collect(), &mut base);
        let conflicts = conflicts(&found.pairs, &base, engine.judge().threshold());
        (found.pairs, conflicts)
    }

    fn found(reasons: &str, outcome: &str) -> Vec<crate::conflict::Conflict> {
        between(&[CIRCULAR, &ruling(outcome, reasons)]).1
    }

    #[test]
    fn opposite_readings_are_a_conflict_with_both_sides() {
        let conflicts = found(AGAINST, "MEDHOLD");
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
        assert!(found(AGAINST, "AVVIST").is_empty());
    }

    #[test]
    fn that_a_requirement_is_met_is_no_reading_of_it() {
        let said = |reasons: &str| reading(&ruling("STADFESTELSE", reasons)).statements.len();
        assert_eq!(said("Vilkåret om at flyttingen er skriftlig avtalt, er etter dette ikke oppfylt."), 0);
        assert_eq!(said("Vilkåret om skriftlig avtale med arbeidsgiveren er ikke oppfylt."), 0);
        assert_eq!(said("Vilkåret om skriftlig avtale er oppfylt når arbeidsgiveren har bekreftet flyttingen."), 1);
        assert_eq!(said("Kravet om skriftlig avtale gjelder bare når vilkårene for tilskudd ellers er oppfylt."), 1);
        assert_eq!(said("Alderspensjon gis fra 62 år når kravet til opptjening er oppfylt."), 1);
    }

    /// «ytes til den som har» and «krever» say the same, and look opposed.
    #[test]
    fn the_law_in_other_words_is_no_conflict() {
        let law = statute(
            "Flyttetilskudd kan gis til den som har avtalt flyttingen skriftlig med arbeidsgiveren, også når avtalen er muntlig.",
        );
        let (pairs, conflicts) = between(&[&law, CIRCULAR]);
        assert!(pairs.iter().any(|pair| pair.score > 0.55), "the two look opposed: {pairs:?}");
        assert!(conflicts.is_empty());
        let (pairs, conflicts) = between(&[&law, CIRCULAR, &ruling("MEDHOLD", AGAINST)]);
        let is_with_both = |pair: &Pair| [&pair.a.0, &pair.b.0].iter().all(|id| !id.starts_with("R99"));
        assert!(!pairs.iter().any(is_with_both), "a ruling applies the law");
        assert_eq!(conflicts.len(), 1);
    }

    #[test]
    fn a_circular_that_came_round_settles_it_and_one_that_repeats_itself_does_not() {
        let after = |rule: &str| {
            let newer = CIRCULAR.replace("2020-01-01", "2022-01-01");
            let rules = newer.split_once("# Vilkår").map_or("", |(head, _)| head);
            let newer = format!("{rules}# Vilkår\n\n{rule}\n");
            let (pairs, conflicts) = between(&[CIRCULAR, &newer, &ruling("MEDHOLD", AGAINST)]);
            assert_eq!(conflicts.len(), 1, "{pairs:?}");
            let circular = &conflicts[0].sides.iter().flat_map(|side| &side.documents).find(|d| d.id == "R99-01");
            (circular.map(|document| document.version.clone()), conflicts[0].settled.as_ref().map(|by| by.by.clone()))
        };
        let (old, new) = (Some("2020-01-01".to_owned()), Some("2022-01-01".to_owned()));
        let came_round = "Det er nok at arbeidsgiveren har samtykket muntlig.";
        assert_eq!(after(came_round), (old, Some("R99-01".to_owned())));
        let repeated = "Flyttetilskudd gis bare når flyttingen er avtalt skriftlig med arbeidsgiveren.";
        assert_eq!(after(repeated), (new, None));
    }

    /// Its words are on the question and are none of the two answers, so that it stands on no side.
    #[test]
    fn the_supreme_court_settles_what_it_tried_and_stands_on_no_side_of() {
        let judged = |tried: &str| {
            let judgment = format!(
                "---\nid: HR-2023-97001-A\nkind: court_judgment\ntitle: Flyttetilskudd\nissuer: Høyesterett\ndate: 2023-05-01\nprovisions: [\"ftrl. § 15-11\"]\n---\n# Saken\n\nSaken gjelder {tried}.\n\n# Høyesteretts vurdering\n\nFormen på samtykket fra arbeidsgiveren avgjør retten til tilskudd etter § 15-11.\n"
            );
            let mut judgment = reading(&judgment);
            // Near the question, and not as near as an answer to it.
            judgment.statements.iter_mut().for_each(|statement| statement.vector = vec![0.22, 0.975]);
            let (engine, mut base) = (Engine::built_in().expect("the built-in weights are valid"), Base::new());
            let sides = [CIRCULAR, &ruling("MEDHOLD", AGAINST)].map(reading);
            let found = engine.compare(sides.into_iter().chain([judgment]).collect(), &mut base);
            let conflicts = conflicts(&found.pairs, &base, engine.judge().threshold());
            assert_eq!(conflicts.len(), 1);
            assert!(conflicts[0].sides.iter().flat_map(|side| &side.documents).all(|on| !on.id.starts_with("HR")));
            conflicts[0].settled.as_ref().map(|settled| settled.by.clone())
        };
        assert_eq!(judged("klageinstansens vedtak KA-X-2021-1"), Some("HR-2023-97001-A".to_owned()));
        assert_eq!(judged("flyttetilskudd"), None);
    }

    /// EEA law names no § of the circulars that it overrides: they meet by likeness, and what it overrides is seen.
    #[test]
    fn eea_law_meets_the_national_rule() {
        let circular = "---\nid: R99-11\nkind: circular\ntitle: Om opphold\ndate: 2013-01-01\nprovisions: [\"ftrl. § 11-3\"]\n---\n# Opphold\n\nArbeidsavklaringspenger gis bare når medlemmet oppholder seg i Norge.\n";
        let ruling = "---\nid: TRR-2018-97001\nkind: tribunal_decision\ntitle: Opphold i Sverige\ndate: 2018-05-01\noutcome: MEDHOLD\nprovisions: [\"trygdeforordningen art. 21\"]\n---\n# Rettens merknader\n\nDet kan ikke kreves at medlemmet oppholder seg i Norge for arbeidsavklaringspenger. Rundskrivet kan ikke følges.\n";
        let (_, conflicts) = between(&[circular, ruling]);
        assert_eq!(conflicts.len(), 1);
        assert_eq!(conflicts[0].kind, ConflictKind::TribunalVsCircular);
    }

    /// Two rulings on other §§ and no common benefit: that the one names the other is reason enough to look.
    #[test]
    fn who_names_another_is_compared_with_it() {
        let on = |section: &str, id: &str, rest: &str| {
            ruling("STADFESTELSE", AGAINST).replace("§ 15-11", section).replace("KA-X-2021-1", id) + rest
        };
        let compared = |rest: &str| {
            let (engine, mut base) = (Engine::built_in().expect("the built-in weights are valid"), Base::new());
            let two = [on("§ 11-3", "KA-X-2021-1", ""), on("§ 8-9", "KA-X-2021-2", rest)];
            engine.compare(two.iter().map(|text| reading(text)).collect(), &mut base).compared
        };
        assert_eq!(compared(""), 0);
        assert_eq!(compared("Klageinstansen viser til KA-X-2021-1.\n"), 1);
    }

    /// However sure a pair with the law is, it joins the conflict that the ruling founds.
    #[test]
    fn what_founds_a_conflict_is_looked_at_before_what_joins_it() {
        let law = statute(AGAINST);
        let (pairs, conflicts) = between(&[&law, CIRCULAR, &ruling("STADFESTELSE", AGAINST)]);
        assert_eq!(conflicts.len(), 1, "{pairs:?}");
        assert_eq!(conflicts[0].kind, ConflictKind::HigherLaw);
        assert!(conflicts[0].settled.as_ref().is_some_and(|settled| settled.by.starts_with("lov/")));
    }
}
