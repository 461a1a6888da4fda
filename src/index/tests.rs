//! The same tests for both engines; the server's run where `QDRANT_URL` is set.

use super::*;

fn point(id: u64, passage: [f32; 4], terms: &[(u32, f32)]) -> Point {
    Point {
        id,
        passage: passage.to_vec(),
        questions: Vec::new(),
        terms: terms.to_vec(),
        question_terms: Vec::new(),
        kind: "statute".into(),
        provisions: vec!["lov/1997-02-28-19/§8-4".into()],
        validity: Validity::ALWAYS,
    }
}

fn ids(hits: &[Hit]) -> Vec<u64> {
    hits.iter().map(|h| h.id).collect()
}

/// The behaviour both engines owe their callers.
fn behaves(index: &dyn VectorIndex) {
    index.clear().unwrap();
    let mut with_questions = point(2, [0.0, 1.0, 0.0, 0.0], &[(7, 1.0)]);
    with_questions.questions = vec![vec![0.0, 0.0, 1.0, 0.0], vec![0.0, 0.0, 0.0, 1.0]];
    with_questions.question_terms = vec![(9, 1.0)];
    with_questions.kind = "circular".into();
    with_questions.provisions = vec!["lov/1997-02-28-19/§4-5".into()];
    let mut old = point(3, [0.6, 0.8, 0.0, 0.0], &[(5, 2.0), (7, 1.0)]);
    old.validity = Validity { from: 2020_01_01, to: 2022_12_31 };
    index.upsert(vec![point(1, [1.0, 0.0, 0.0, 0.0], &[(5, 1.0)]), with_questions, old]).unwrap();
    index.flush().unwrap();
    assert_eq!(index.count().unwrap(), 3);

    let all = Scope::default();
    let nearest = index.search(&Probe::Passage(vec![1.0, 0.0, 0.0, 0.0]), &all, 10).unwrap();
    assert_eq!(ids(&nearest), [1, 3, 2]);
    assert!((nearest[1].score - 0.6).abs() < 1e-5, "{nearest:?}");

    let today = Scope { day: Some(2026_01_01), ..Scope::default() };
    assert_eq!(ids(&index.search(&Probe::Passage(vec![1.0, 0.0, 0.0, 0.0]), &today, 10).unwrap()), [1, 2]);
    let then = Scope { day: Some(2022_12_31), ..Scope::default() };
    assert_eq!(ids(&index.search(&Probe::Passage(vec![1.0, 0.0, 0.0, 0.0]), &then, 1).unwrap()), [1]);
    assert_eq!(ids(&index.search(&Probe::Terms(vec![(5, 1.0)]), &then, 10).unwrap()).len(), 2);

    let true_best = index.compare_all(&Probe::Passage(vec![1.0, 0.0, 0.0, 0.0]), 2).unwrap();
    assert_eq!(ids(&true_best), [1, 3]);
    let questions = index.search(&Probe::Questions(vec![0.0, 0.0, 0.0, 1.0]), &all, 10).unwrap();
    assert_eq!((ids(&questions), questions[0].score), (vec![2], 1.0));
    assert_eq!(ids(&index.search(&Probe::QuestionTerms(vec![(9, 1.0)]), &all, 10).unwrap()), [2]);
    assert!(index.search(&Probe::Terms(Vec::new()), &all, 10).unwrap().is_empty());

    let circulars = Scope { kinds: vec!["circular".into()], ..Scope::default() };
    assert_eq!(ids(&index.search(&Probe::Terms(vec![(7, 1.0)]), &circulars, 10).unwrap()), [2]);
    let about = Scope { provisions: vec!["lov/1997-02-28-19/§8-4".into()], ..Scope::default() };
    assert_eq!(ids(&index.search(&Probe::Passage(vec![0.0, 1.0, 0.0, 0.0]), &about, 10).unwrap()), [3, 1]);

    index.set_validity(&[1], Validity { from: 0, to: 2025_12_31 }).unwrap();
    assert_eq!(ids(&index.search(&Probe::Passage(vec![1.0, 0.0, 0.0, 0.0]), &today, 10).unwrap()), [2]);
    index.delete(&[2, 99]).unwrap();
    assert_eq!(index.present(&[1, 2, 3, 4]).unwrap().len(), 2);
    index.optimize().unwrap();
    assert_eq!(index.count().unwrap(), 2);
}

#[test]
fn edge_behaves() {
    let folder = tempfile::tempdir().unwrap();
    behaves(&edge::EdgeIndex::open(folder.path(), 4).unwrap());
}

const SIZE: usize = 384;

/// Vectors in clusters, as passages on one matter are.
fn clustered(id: u64) -> Vec<f32> {
    let mut state = id;
    let mut noise = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f32 / (1_u64 << 24) as f32 - 0.5
    };
    let mut vector: Vec<f32> = (0..SIZE).map(|at| if at as u64 % 97 == id % 97 { 2.0 } else { 0.0 }).collect();
    vector.iter_mut().for_each(|x| *x += noise());
    let length = vector.iter().map(|x| x * x).sum::<f32>().sqrt();
    vector.into_iter().map(|x| x / length).collect()
}

/// How many of the true best the graph finds, of all it should have found.
fn found_by_graph(index: &edge::EdgeIndex, probe: &Probe, scope: &Scope, holds: fn(u64) -> bool) -> (usize, usize) {
    let hits = ids(&index.search(probe, scope, 100).unwrap());
    assert!(hits.iter().all(|id| holds(*id)));
    let best: Vec<u64> =
        ids(&index.compare_all(probe, 60).unwrap()).into_iter().filter(|id| holds(*id)).take(10).collect();
    (best.iter().filter(|id| hits[..12].contains(id)).count(), best.len())
}

#[test]
fn a_large_base_is_searched_by_graph_and_finds_nearly_all() {
    const POINTS: u64 = 30_000;
    let folder = tempfile::tempdir().unwrap();
    let index = edge::EdgeIndex::open(folder.path(), SIZE).unwrap();
    let points = (1..=POINTS).map(|id| Point { passage: clustered(id), ..point(id, [0.0; 4], &[]) });
    index.upsert(points.collect()).unwrap();
    index.optimize().unwrap();
    let of = |id: u64| found_by_graph(&index, &Probe::Passage(clustered(POINTS + id)), &Scope::default(), |_| true);
    let (found, wanted) = (1..=50).map(of).fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    assert!(found * 100 >= wanted * 95, "{found} of {wanted}");
}

/// A document with many versions: its passages' nearest neighbours are their own elder ones, which do not hold today.
#[test]
fn the_graph_finds_what_holds_today_among_elder_versions() {
    const PASSAGES: u64 = 1_000;
    const VERSIONS: u64 = 5;
    const QUESTIONS: u64 = 6;
    let folder = tempfile::tempdir().unwrap();
    let index = edge::EdgeIndex::open(folder.path(), SIZE).unwrap();
    let old = Validity { from: 0, to: 2020_12_31 };
    let points = (0..PASSAGES * VERSIONS).map(|id| Point {
        passage: clustered(id / VERSIONS),
        questions: (0..QUESTIONS).map(|at| clustered(1_000_000 + (id / VERSIONS) * QUESTIONS + at)).collect(),
        validity: if id % VERSIONS == 0 { Validity::ALWAYS } else { old },
        ..point(id, [0.0; 4], &[])
    });
    index.upsert(points.collect()).unwrap();
    index.optimize().unwrap();
    let today = Scope { day: Some(2026_01_01), ..Scope::default() };
    let of =
        |id: u64| found_by_graph(&index, &Probe::Questions(clustered(2_000_000 + id)), &today, |id| id % VERSIONS == 0);
    let (found, wanted) = (1..=50).map(of).fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    assert!(found * 100 >= wanted * 95, "{found} of {wanted}");
}

#[test]
fn edge_keeps_what_was_flushed() {
    let folder = tempfile::tempdir().unwrap();
    let index = edge::EdgeIndex::open(&folder.path().join("a"), 4).unwrap();
    index.upsert(vec![point(1, [1.0, 0.0, 0.0, 0.0], &[(5, 1.0)])]).unwrap();
    index.flush().unwrap();
    // As after a kill: the files as they lie, nothing closed in order.
    let copied = std::process::Command::new("cp").args(["-r", "a", "b"]).current_dir(folder.path()).status().unwrap();
    assert!(copied.success());
    let again = edge::EdgeIndex::open(&folder.path().join("b"), 4).unwrap();
    assert_eq!(again.present(&[1]).unwrap(), [1]);
}

#[test]
fn server_behaves() {
    let Ok(url) = std::env::var("QDRANT_URL") else {
        eprintln!("hoppet over: sett QDRANT_URL (gRPC, f.eks. http://127.0.0.1:6334) for å prøve Qdrant-tjeneren");
        return;
    };
    let name = format!("rettesnor-test-{}", uuid::Uuid::new_v4());
    let index = server::ServerIndex::open(&url, None, &name, 4).unwrap();
    behaves(&index);
    index.clear().unwrap();
}
