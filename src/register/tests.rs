//! The rules of merging, over a real database.

use std::collections::HashMap;

use jiff::civil::date;
use tempfile::TempDir;

use super::find::Findings;
use super::merge::{Decision, Status, basis, comes_back_by, keep_ids, merged};
use super::*;
use crate::conflict::{Conflict, ConflictKind, Settled, Side, SideDocument};
use crate::store::Catalogue;

const CONFLICT: &str = "konflikt-1";

/// A conflict between documents, given with their version keys, two on the first side at most.
fn conflict(id: &str, documents: &[(&str, &str)]) -> Conflict {
    let side = |documents: &[(&str, &str)]| Side {
        stance: "ja".into(),
        documents: documents
            .iter()
            .map(|(id, version)| SideDocument {
                id: (*id).to_owned(),
                version: (*version).to_owned(),
                range: 0..3,
                locator: String::new(),
                quote: "ord".into(),
            })
            .collect(),
    };
    Conflict {
        id: id.to_owned(),
        kind: ConflictKind::TribunalVsCircular,
        provisions: vec!["lov/1997-02-28-19/§8-4".into()],
        question: "Hva er regelen?".into(),
        sides: vec![side(&documents[..1]), side(&documents[1..])],
        explanation: "De svarer ulikt.".into(),
        signals: Vec::new(),
        score: 0.9,
        settled: None,
        pairs: Vec::new(),
    }
}

fn settled(mut conflict: Conflict) -> Conflict {
    conflict.settled = Some(Settled { by: "HR-1".into(), version: "x".into(), why: "Høyesterett".into() });
    conflict
}

fn decision(status: Status, conflict: &Conflict) -> Decision {
    Decision { status, note: String::new(), resolved_by: None, basis: basis(conflict) }
}

#[test]
fn a_persons_word_stands_above_the_machines() {
    let open = conflict(CONFLICT, &[("R", "1"), ("T", "1")]);
    let machine = settled(open.clone());
    assert_eq!(merged(&open, None).status, Status::Open);
    assert_eq!(merged(&machine, None).status, Status::Resolved);
    assert_eq!(merged(&machine, None).resolved_by.unwrap().document, "HR-1");
    for status in Status::ALL {
        assert_eq!(merged(&machine, Some(&decision(status, &machine))).status, status);
    }
    assert_eq!(merged(&machine, Some(&decision(Status::Open, &machine))).resolved_by, None);
}

#[test]
fn only_a_changed_document_brings_a_rejected_conflict_back() {
    let before = conflict(CONFLICT, &[("R", "1"), ("T", "1")]);
    let rejected = decision(Status::Rejected, &before);
    assert_eq!(comes_back_by(&rejected, &before), None);
    assert_eq!(comes_back_by(&rejected, &conflict(CONFLICT, &[("R", "1"), ("T", "1"), ("T2", "1")])), None);
    assert_eq!(comes_back_by(&rejected, &conflict(CONFLICT, &[("R", "2"), ("T", "1")])).as_deref(), Some("R"));
    assert_eq!(
        comes_back_by(&decision(Status::Confirmed, &before), &conflict(CONFLICT, &[("R", "2"), ("T", "1")])),
        None
    );
}

#[test]
fn a_conflict_keeps_its_id_with_its_pairs() {
    let old = conflict(CONFLICT, &[("R", "1"), ("T", "1"), ("T2", "1")]);
    let part = conflict("konflikt-2", &[("T", "1"), ("R", "1")]);
    let wider = conflict("konflikt-3", &[("R", "1"), ("T", "1"), ("T9", "1")]);
    let other = conflict("konflikt-4", &[("R", "1"), ("T9", "1")]);
    let mut elsewhere = conflict("konflikt-5", &[("R", "1"), ("T", "1")]);
    elsewhere.provisions = vec!["lov/1997-02-28-19/§8-7".into()];
    for (new, keeps) in [(&part, true), (&wider, true), (&other, false), (&elsewhere, false)] {
        let mut found = [new.clone()];
        keep_ids(&mut found, &[&old]);
        assert_eq!(found[0].id == CONFLICT, keeps, "{}", new.id);
    }
    // Only one conflict is the old one, and one that is found under its own id stays itself.
    let mut found = [old.clone(), part.clone()];
    keep_ids(&mut found, &[&old]);
    assert_eq!([found[0].id.as_str(), found[1].id.as_str()], [CONFLICT, "konflikt-2"]);
}

#[test]
fn a_document_on_both_sides_is_unchanged_while_one_version_is() {
    let both = conflict(CONFLICT, &[("R", "1"), ("T", "1"), ("R", "2")]);
    assert_eq!(comes_back_by(&decision(Status::Rejected, &both), &both), None);
}

/// A database that has found these conflicts.
async fn base(conflicts: Vec<Conflict>) -> (TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).await.unwrap();
    found(&store, conflicts).await;
    (folder, store)
}

async fn found(store: &Store, conflicts: Vec<Conflict>) -> WhatIsNew {
    let findings = Findings {
        cleared: Vec::new(),
        forgotten: Vec::new(),
        readings: Vec::new(),
        maker: "test".into(),
        pairs: Vec::new(),
        near_misses: Vec::new(),
        conflicts,
    };
    rows::write_findings(store, &Catalogue::default(), findings).await.unwrap()
}

async fn status(store: &Store, id: &str) -> Option<Status> {
    let decisions: HashMap<_, _> = rows::decisions(store).await.unwrap();
    let row = rows::conflicts(store).await.unwrap().into_iter().find(|row| row.conflict.id == id && !row.gone)?;
    Some(merged(&row.conflict, decisions.get(id).and_then(|row| row.decision.as_ref())).status)
}

fn coordinator(name: &str) -> Actor {
    Actor { name: name.into(), role: Role::Coordinator }
}

fn reject() -> Settlement {
    Settlement::Reject { note: "Andre fakta.".into() }
}

#[tokio::test]
async fn of_two_at_once_the_second_is_told_of_the_first() {
    let (_folder, store) = base(vec![conflict(CONFLICT, &[("R", "1"), ("T", "1")])]).await;
    rows::settle(&store, &coordinator("Kari"), CONFLICT, 0, &reject()).await.unwrap();
    let late =
        rows::settle(&store, &coordinator("Ola"), CONFLICT, 0, &Settlement::Confirm { note: String::new() }).await;
    let Err(RegisterError::Stale { by: Some(act) }) = late else { panic!("{late:?}") };
    assert_eq!((act.name.as_str(), act.what.as_str()), ("Kari", "avviste konflikten"));
    assert_eq!(status(&store, CONFLICT).await, Some(Status::Rejected));
    rows::settle(&store, &coordinator("Ola"), CONFLICT, 1, &Settlement::Confirm { note: String::new() }).await.unwrap();
    let acts = rows::acts(&store, "conflict", CONFLICT).await.unwrap();
    assert_eq!(acts.len(), 2);
    assert_eq!(acts[0].before["status"], "rejected");
    assert_eq!(acts[0].after["status"], "confirmed");
    assert!(acts[1].before.is_null());
    let beyond = rows::settle(&store, &coordinator("Ola"), CONFLICT, 7, &reject()).await;
    assert!(matches!(beyond, Err(RegisterError::Stale { .. })));
}

#[tokio::test]
async fn a_rejected_conflict_does_not_come_back_by_itself() {
    let first = conflict(CONFLICT, &[("R", "1"), ("T", "1")]);
    let (_folder, store) = base(vec![first.clone()]).await;
    rows::settle(&store, &coordinator("Kari"), CONFLICT, 0, &reject()).await.unwrap();

    assert!(found(&store, vec![first.clone()]).await.is_empty());
    assert!(found(&store, vec![]).await.is_empty(), "a rejected conflict that is gone is no news");
    assert!(found(&store, vec![first.clone()]).await.is_empty());
    assert!(found(&store, vec![conflict(CONFLICT, &[("R", "1"), ("T", "1"), ("T2", "1")])]).await.is_empty());
    assert_eq!(status(&store, CONFLICT).await, Some(Status::Rejected));

    let news = found(&store, vec![conflict(CONFLICT, &[("R", "2"), ("T", "1")])]).await;
    assert_eq!(news.new_conflicts.len(), 1);
    assert_eq!(status(&store, CONFLICT).await, Some(Status::Open));
    let acts = rows::acts(&store, "conflict", CONFLICT).await.unwrap();
    assert_eq!((acts.len(), acts[0].name.as_str()), (2, "Rettesnor"));
    assert_eq!(acts[0].before["status"], "rejected");
    // The next decision is made on the revision that the program's act has left.
    rows::settle(&store, &coordinator("Kari"), CONFLICT, 2, &reject()).await.unwrap();
}

#[tokio::test]
async fn decisions_survive_another_grouping() {
    let (_folder, store) = base(vec![conflict(CONFLICT, &[("R", "1"), ("T", "1"), ("T2", "1")])]).await;
    rows::settle(&store, &coordinator("Kari"), CONFLICT, 0, &reject()).await.unwrap();
    let news = found(&store, vec![conflict("konflikt-2", &[("R", "1"), ("T", "1")])]).await;
    assert!(news.is_empty(), "{news:?}");
    assert_eq!(status(&store, CONFLICT).await, Some(Status::Rejected));
    assert_eq!(status(&store, "konflikt-2").await, None);
}

#[tokio::test]
async fn what_an_ingest_brings_is_told_once() {
    let first = conflict(CONFLICT, &[("R", "1"), ("T", "1")]);
    let (_folder, store) = base(vec![]).await;
    let news = found(&store, vec![first.clone()]).await;
    assert_eq!((news.new_conflicts.len(), news.settled.len()), (1, 0));
    assert!(found(&store, vec![first.clone()]).await.is_empty());
    let news = found(&store, vec![settled(first.clone())]).await;
    assert_eq!((news.new_conflicts.len(), news.settled.len(), news.changed.len()), (0, 1, 0));
    assert_eq!(status(&store, CONFLICT).await, Some(Status::Resolved));
    let news = found(&store, vec![settled(conflict(CONFLICT, &[("R", "1"), ("T", "1"), ("T2", "1")]))]).await;
    assert_eq!((news.settled.len(), news.changed.len()), (0, 1));
    let news = found(&store, vec![]).await;
    assert_eq!(news.gone.len(), 1);
    assert_eq!(rows::news(&store, 10).await.unwrap().len(), 4);
}

#[tokio::test]
async fn a_clarification_keeps_its_clock_and_becomes_a_file() {
    let (folder, store) = base(vec![]).await;
    let register = Register::open(store, folder.path());
    let catalogue = Catalogue::default();
    let draft = |interim: &str, line: &str| Draft {
        question: "Kreves kvittering?".into(),
        provisions: vec!["lov/1997-02-28-19/§6-3".into()],
        benefits: vec!["GRU_GRU".into()],
        owner: "Prøvedirektoratet".into(),
        interim: interim.into(),
        line: line.into(),
        conflict: None,
    };
    let kari = coordinator("Kari");
    let id = register.write_clarification(&catalogue, &kari, None, 0, draft("", "")).await.unwrap();
    let file = register.clarification_folder().join(format!("{id}.md"));
    assert!(!file.exists(), "a question without a line is no source");
    register.write_clarification(&catalogue, &kari, Some(&id), 1, draft("# Anslag er nok.", "")).await.unwrap();
    let read = crate::corpus::read("a.md", &std::fs::read(&file).unwrap()).unwrap();
    assert_eq!(read.kind, crate::law::SourceKind::Clarification);
    assert_eq!(read.provisions[0].to_string(), "lov/1997-02-28-19/§6-3");
    assert!(read.text.contains("Anslag er nok."));
    let stale = register.write_clarification(&catalogue, &kari, Some(&id), 1, draft("", "Nei.")).await;
    assert!(matches!(stale, Err(RegisterError::Stale { .. })));
    register
        .write_clarification(&catalogue, &kari, Some(&id), 2, draft("Anslag er nok.", "Kvittering kreves ikke."))
        .await
        .unwrap();
    assert!(std::fs::read_to_string(&file).unwrap().contains("Kvittering kreves ikke."));
    let snapshot = register.snapshot();
    let (_, _, closed) = &snapshot.clarifications()[0];
    assert_eq!(closed.due, closed.asked_on.checked_add(jiff::ToSpan::weeks(6)).unwrap());
    assert!(closed.closed_on.is_some());
    assert_eq!(closed.days_left(date(2026, 1, 1)), None);
    let adviser = Actor { name: "Ola".into(), role: Role::Adviser };
    let refused = register.write_clarification(&catalogue, &adviser, None, 0, draft("", "")).await;
    assert!(matches!(refused, Err(RegisterError::Refused(_))));
    let personal = draft("Gjelder 01859212367.", "");
    assert!(matches!(
        register.write_clarification(&catalogue, &kari, None, 0, personal).await,
        Err(RegisterError::Refused(_))
    ));
}

#[test]
fn an_answer_touches_what_it_rests_on() {
    let side = |id: &str, quote: &str| view::SideView {
        stance: String::new(),
        documents: vec![view::SideDocumentView {
            id: id.into(),
            quote: quote.into(),
            locator: String::new(),
            kind: "circular",
            title: String::new(),
            date: None,
            weight: String::new(),
            members: None,
            outcome: None,
            office: None,
            status: "in_force",
            version: 1,
            start: 0,
            end: 0,
        }],
    };
    let view = |id: &str, status: Status, a: (&str, &str), b: (&str, &str)| view::ConflictView {
        id: id.into(),
        kind: ConflictKind::TribunalVsCircular,
        status,
        provisions: Vec::new(),
        question: String::new(),
        sides: vec![side(a.0, a.1), side(b.0, b.1)],
        explanation: String::new(),
        resolved_by: None,
        signals: Vec::new(),
        score: 0.9,
        benefits: Vec::new(),
        decided: false,
        note: String::new(),
        machine_resolution: None,
        joined_since: Vec::new(),
        clarifications: Vec::new(),
        revision: 0,
        found_at: String::new(),
        last_changed: String::new(),
    };
    let snapshot = Snapshot::of(
        vec![
            view("a", Status::Open, ("R", "Kvittering kreves."), ("T", "Anslag er nok.")),
            view("b", Status::Resolved, ("R", "Fristen er tre uker."), ("T2", "Fristen er seks uker.")),
            view("c", Status::Rejected, ("R", "Kvittering kreves."), ("T3", "Nei.")),
        ],
        Vec::new(),
        HashMap::new(),
        Vec::new(),
    );
    let touch = |document: &'static str, text: &'static str, cited: bool| Touch { document, text, cited };
    let ids =
        |touches: &[Touch<'_>]| snapshot.touching(touches).into_iter().map(|view| view.id.clone()).collect::<Vec<_>>();
    let other = || touch("X", "noe annet", true);
    assert_eq!(ids(&[touch("R", "Innledning. Kvittering kreves. Slutt.", true)]), ["a"]);
    assert_eq!(
        ids(&[other(), touch("R", "Kvittering kreves.", false)]),
        [""; 0],
        "one side further down is not enough"
    );
    assert_eq!(ids(&[other(), touch("R", "Kvittering kreves.", false), touch("T", "Anslag er nok.", false)]), ["a"]);
    assert_eq!(ids(&[touch("R", "Fristen er tre uker. Kvittering kreves.", true)]), ["a", "b"], "open ones first");
    assert_eq!(ids(&[touch("T2", "Kvittering kreves.", true)]), [""; 0], "the words of another document");
}
