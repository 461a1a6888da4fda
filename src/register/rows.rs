//! The register's tables.

use std::collections::{HashMap, HashSet};

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sqlx::{Row as _, Sqlite, Transaction};

use super::act::{Act, Actor, Settlement, Signal};
use super::clarification::{Clarification, Draft};
use super::find::Findings;
use super::merge::{self, Decision};
use super::news::{self, NewsItem, WhatIsNew};
use super::{RegisterError, Status};
use crate::conflict::{Conflict, Rejected};
use crate::store::{Catalogue, Store};

type Tx<'a> = Transaction<'a, Sqlite>;

/// A conflict as the engine last saw it.
pub(super) struct ConflictRow {
    pub conflict: Conflict,
    pub found_at: String,
    pub last_changed: String,
    pub gone: bool,
}

/// What people have decided: a row with its number of changes; without a body where the decision was taken back.
pub(super) struct DecisionRow {
    pub revision: i64,
    pub decision: Option<Decision>,
}

pub(super) fn now() -> String {
    jiff::Timestamp::now().round(jiff::Unit::Second).unwrap_or_else(|_| jiff::Timestamp::now()).to_string()
}

fn parse<T: DeserializeOwned>(text: &str) -> Result<T, RegisterError> {
    serde_json::from_str(text).map_err(|e| RegisterError::Store(e.into()))
}

fn write<T: Serialize + ?Sized>(value: &T) -> Result<String, RegisterError> {
    serde_json::to_string(value).map_err(|e| RegisterError::Store(e.into()))
}

/// All conflicts ever found.
pub(super) async fn conflicts(store: &Store) -> Result<Vec<ConflictRow>, RegisterError> {
    let rows = sqlx::query("SELECT body, found_at, last_changed, gone FROM conflicts ORDER BY id")
        .fetch_all(store.pool())
        .await?;
    rows.into_iter()
        .map(|row| {
            Ok(ConflictRow {
                conflict: parse(row.get("body"))?,
                found_at: row.get("found_at"),
                last_changed: row.get("last_changed"),
                gone: row.get::<i64, _>("gone") == 1,
            })
        })
        .collect()
}

/// All decisions, by conflict.
pub(super) async fn decisions(store: &Store) -> Result<HashMap<String, DecisionRow>, RegisterError> {
    let rows = sqlx::query("SELECT conflict, revision, body FROM decisions").fetch_all(store.pool()).await?;
    rows.into_iter()
        .map(|row| {
            Ok((row.get("conflict"), DecisionRow { revision: row.get("revision"), decision: parse(row.get("body"))? }))
        })
        .collect()
}

/// All signals, by document, with their revisions.
pub(super) async fn signals(store: &Store) -> Result<HashMap<String, (i64, Option<Signal>)>, RegisterError> {
    let rows = sqlx::query("SELECT document, revision, body FROM signals").fetch_all(store.pool()).await?;
    rows.into_iter().map(|row| Ok((row.get("document"), (row.get("revision"), parse(row.get("body"))?)))).collect()
}

/// All clarifications with their revisions, newest first.
pub(super) async fn clarifications(store: &Store) -> Result<Vec<(String, i64, Clarification)>, RegisterError> {
    let rows =
        sqlx::query("SELECT id, revision, body FROM clarifications ORDER BY id DESC").fetch_all(store.pool()).await?;
    rows.into_iter().map(|row| Ok((row.get("id"), row.get("revision"), parse(row.get("body"))?))).collect()
}

/// All near misses.
pub(super) async fn near_misses(store: &Store) -> Result<Vec<Rejected>, RegisterError> {
    let rows = sqlx::query("SELECT body FROM near_misses ORDER BY a, b").fetch_all(store.pool()).await?;
    rows.into_iter().map(|row| parse(row.get("body"))).collect()
}

/// The version row of each reading, with its key.
pub(super) async fn keys(store: &Store) -> Result<Vec<(i64, String)>, RegisterError> {
    let rows = sqlx::query("SELECT version, key FROM readings").fetch_all(store.pool()).await?;
    Ok(rows.into_iter().map(|row| (row.get("version"), row.get("key"))).collect())
}

/// The acts on something, newest first.
pub(super) async fn acts(store: &Store, subject: &str, target: &str) -> Result<Vec<Act>, RegisterError> {
    let rows = sqlx::query(
        "SELECT at, name, role, what, before, after FROM acts WHERE subject = ? AND target = ? ORDER BY id DESC",
    )
    .bind(subject)
    .bind(target)
    .fetch_all(store.pool())
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Act {
                at: row.get("at"),
                name: row.get("name"),
                role: row.get("role"),
                what: row.get("what"),
                before: parse(row.get("before"))?,
                after: parse(row.get("after"))?,
            })
        })
        .collect()
}

/// What the latest ingests brought, newest first.
pub(super) async fn news(store: &Store, limit: u32) -> Result<Vec<(i64, WhatIsNew)>, RegisterError> {
    let rows =
        sqlx::query("SELECT id, body FROM news ORDER BY id DESC LIMIT ?").bind(limit).fetch_all(store.pool()).await?;
    rows.into_iter().map(|row| Ok((row.get("id"), parse(row.get("body"))?))).collect()
}

/// Who acted, for the register of acts.
struct By<'a> {
    name: &'a str,
    role: &'a str,
}

const PROGRAM: By<'static> = By { name: "Rettesnor", role: "program" };

impl<'a> By<'a> {
    fn person(actor: &'a Actor) -> Self {
        Self { name: &actor.name, role: actor.role.norwegian() }
    }
}

async fn add_act(
    tx: &mut Tx<'_>,
    by: &By<'_>,
    (subject, target): (&str, &str),
    what: &str,
    before: &Value,
    after: &Value,
) -> Result<(), RegisterError> {
    sqlx::query(
        "INSERT INTO acts (at, name, role, subject, target, what, before, after) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(now())
    .bind(by.name)
    .bind(by.role)
    .bind(subject)
    .bind(target)
    .bind(what)
    .bind(before.to_string())
    .bind(after.to_string())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Writes a row that counts its changes, if it is still as it was seen; `table` and `column` are ours, never a caller's.
async fn put(
    tx: &mut Tx<'_>,
    (table, column): (&'static str, &'static str),
    target: &str,
    seen: i64,
    body: &Value,
) -> Result<bool, RegisterError> {
    let mut query = if seen == 0 {
        let mut insert = sqlx::QueryBuilder::new("INSERT INTO ");
        insert.push(table).push(" (").push(column).push(", revision, body) VALUES (").push_bind(target);
        insert.push(", 1, ").push_bind(body.to_string()).push(") ON CONFLICT DO NOTHING");
        insert
    } else {
        let mut update = sqlx::QueryBuilder::new("UPDATE ");
        update.push(table).push(" SET revision = revision + 1, body = ").push_bind(body.to_string());
        update.push(" WHERE ").push(column).push(" = ").push_bind(target).push(" AND revision = ").push_bind(seen);
        update
    };
    Ok(query.build().execute(&mut **tx).await?.rows_affected() == 1)
}

async fn held(
    tx: &mut Tx<'_>,
    (table, column): (&'static str, &'static str),
    target: &str,
) -> Result<Value, RegisterError> {
    let mut query = sqlx::QueryBuilder::new("SELECT body FROM ");
    query.push(table).push(" WHERE ").push(column).push(" = ").push_bind(target);
    match query.build().fetch_optional(&mut **tx).await? {
        Some(row) => parse(row.get("body")),
        None => Ok(Value::Null),
    }
}

async fn stale(store: &Store, subject: &str, target: &str) -> RegisterError {
    match acts(store, subject, target).await {
        Ok(acts) => RegisterError::Stale { by: acts.into_iter().next().map(Box::new) },
        Err(error) => error,
    }
}

/// Changes one row and keeps the act, both or neither.
async fn change(
    store: &Store,
    actor: &Actor,
    subject: &'static str,
    place: (&'static str, &'static str),
    target: &str,
    seen: i64,
    (what, after): (&str, &Value),
) -> Result<(), RegisterError> {
    let mut tx = store.pool().begin().await?;
    let before = held(&mut tx, place, target).await?;
    if !put(&mut tx, place, target, seen, after).await? {
        tx.rollback().await?;
        return Err(stale(store, subject, target).await);
    }
    add_act(&mut tx, &By::person(actor), (subject, target), what, &before, after).await?;
    tx.commit().await?;
    Ok(())
}

const DECISIONS: (&str, &str) = ("decisions", "conflict");

pub(super) async fn settle(
    store: &Store,
    actor: &Actor,
    id: &str,
    seen: i64,
    settlement: &Settlement,
) -> Result<(), RegisterError> {
    let body: Option<String> =
        sqlx::query_scalar("SELECT body FROM conflicts WHERE id = ?").bind(id).fetch_optional(store.pool()).await?;
    let Some(body) = body else {
        return Err(RegisterError::Missing("Konflikten finnes ikke i registeret.".into()));
    };
    let decision = Decision {
        status: settlement.status(),
        note: settlement.note().to_owned(),
        resolved_by: settlement.resolution(),
        basis: merge::basis(&parse(&body)?),
    };
    let after = serde_json::to_value(&decision).map_err(|e| RegisterError::Store(e.into()))?;
    change(store, actor, "conflict", DECISIONS, id, seen, (&settlement.what(), &after)).await
}

pub(super) async fn set_signal(
    store: &Store,
    actor: &Actor,
    document: &str,
    seen: i64,
    signal: Option<&Signal>,
) -> Result<(), RegisterError> {
    let after = serde_json::to_value(signal).map_err(|e| RegisterError::Store(e.into()))?;
    let what = match signal {
        Some(signal) => format!("merket avgjørelsen «{}»", signal.kind.norwegian()),
        None => "fjernet merket på avgjørelsen".to_owned(),
    };
    change(store, actor, "signal", ("signals", "document"), document, seen, (&what, &after)).await
}

pub(super) async fn write_clarification(
    store: &Store,
    actor: &Actor,
    id: Option<&str>,
    seen: i64,
    draft: Draft,
) -> Result<(String, Clarification), RegisterError> {
    let known = clarifications(store).await?;
    let today = jiff::Zoned::now().date();
    let (id, earlier) = match id {
        Some(id) => {
            let found = known.into_iter().find(|(known, ..)| known == id);
            let Some((id, _, earlier)) = found else {
                return Err(RegisterError::Missing(format!("Det er ingen avklaring «{id}» i registeret.")));
            };
            (id, Some(earlier))
        }
        None => {
            let year = today.year();
            let prefix = format!("AVK-{year}-");
            let last =
                known.iter().filter_map(|(id, ..)| id.strip_prefix(&prefix)?.parse::<u32>().ok()).max().unwrap_or(0);
            (format!("{prefix}{:03}", last + 1), None)
        }
    };
    let clarification = draft.onto(earlier.as_ref(), today);
    let after = serde_json::to_value(&clarification).map_err(|e| RegisterError::Store(e.into()))?;
    let what = match (&earlier, clarification.closed_on) {
        (_, Some(_)) if earlier.as_ref().is_none_or(|e| e.closed_on.is_none()) => "lukket avklaringen",
        (None, _) => "reiste spørsmålet",
        _ => "endret avklaringen",
    };
    change(store, actor, "clarification", ("clarifications", "id"), &id, seen, (what, &after)).await?;
    Ok((id, clarification))
}

/// Writes what the engine came to and lays it under the decisions, all in one transaction; gives what is new.
pub(super) async fn write_findings(
    store: &Store,
    catalogue: &Catalogue,
    mut findings: Findings,
) -> Result<WhatIsNew, RegisterError> {
    let before: HashMap<String, ConflictRow> =
        conflicts(store).await?.into_iter().map(|row| (row.conflict.id.clone(), row)).collect();
    let standing: Vec<&Conflict> = before.values().filter(|row| !row.gone).map(|row| &row.conflict).collect();
    merge::keep_ids(&mut findings.conflicts, &standing);
    let found: HashSet<String> = findings.conflicts.iter().map(|conflict| conflict.id.clone()).collect();
    let decided = decisions(store).await?;
    let is_first = sqlx::query("SELECT 1 FROM readings LIMIT 1").fetch_optional(store.pool()).await?.is_none();
    let mut tx = store.pool().begin().await?;
    let mut news = WhatIsNew { at: now(), ..WhatIsNew::default() };
    if !is_first {
        news.superseded_passages = superseded(catalogue, &findings);
    }
    write_readings(&mut tx, &findings).await?;
    for conflict in &findings.conflicts {
        let id = &conflict.id;
        let known = before.get(id);
        let decision = decided.get(id).and_then(|row| row.decision.as_ref());
        let is_back = known.is_none_or(|row| row.gone);
        let differs = known.is_some_and(|row| merge::differs(&row.conflict, conflict));
        let newly_settled = merge::settled(conflict).filter(|_| {
            decision.is_none() && known.is_none_or(|row| row.gone || merge::settled(&row.conflict).is_none())
        });
        let mut status = merge::merged(conflict, decision).status;
        let mut returned = None;
        if let Some(changed) = decision.and_then(|decision| merge::comes_back_by(decision, conflict)) {
            take_back(&mut tx, conflict, &decided[id], &changed).await?;
            status = merge::merged(conflict, None).status;
            returned = Some(format!("Var avvist, men {changed} er endret siden."));
        }
        write_conflict(&mut tx, conflict, is_back, is_back || differs || newly_settled.is_some(), &news.at).await?;
        let item = |what: String| NewsItem::of(conflict, catalogue, what);
        if status == Status::Rejected {
            continue;
        }
        if let Some(why) = returned {
            news.new_conflicts.push(item(why));
        } else if is_back {
            news.new_conflicts.push(item(conflict.explanation.clone()));
        }
        if let Some(by) = newly_settled {
            news.settled.push(item(by.why));
        } else if differs && !is_back {
            news.changed.push(item("Andre dokumenter eller versjoner enn før.".into()));
        }
    }
    for (id, row) in before.iter().filter(|(id, row)| !row.gone && !found.contains(*id)) {
        sqlx::query("UPDATE conflicts SET gone = 1, last_changed = ? WHERE id = ?")
            .bind(&news.at)
            .bind(id)
            .execute(&mut *tx)
            .await?;
        let decision = decided.get(id).and_then(|row| row.decision.as_ref());
        if decision.is_none_or(|decision| decision.status != Status::Rejected) {
            news.gone.push(NewsItem::of(&row.conflict, catalogue, "Finnes ikke lenger i dokumentene.".into()));
        }
    }
    if !news.is_empty() {
        sqlx::query("INSERT INTO news (at, body) VALUES (?, ?)")
            .bind(&news.at)
            .bind(write(&news)?)
            .execute(&mut *tx)
            .await?;
    }
    tx.commit().await?;
    Ok(news)
}

/// The passages that new versions of known documents leave behind.
fn superseded(catalogue: &Catalogue, findings: &Findings) -> Vec<news::SupersededPassage> {
    let is_new = |id: i64| findings.readings.iter().any(|(row, ..)| *row == id);
    let mut passages = Vec::new();
    for (row, _, reading) in &findings.readings {
        let versions: Vec<_> = catalogue.document(&reading.source.id).collect();
        let Some(now) = versions.iter().find(|version| version.id == *row) else { continue };
        // The version before it; a correction has replaced one of the same day.
        let before =
            versions.iter().filter(|v| v.id < *row && v.day <= now.day && !is_new(v.id)).max_by_key(|v| (v.day, v.id));
        if let Some(before) = before {
            passages.extend(news::superseded(before, now));
        }
    }
    passages
}

async fn write_readings(tx: &mut Tx<'_>, findings: &Findings) -> Result<(), RegisterError> {
    for row in &findings.cleared {
        sqlx::query("DELETE FROM pairs WHERE a = ? OR b = ?").bind(row).bind(row).execute(&mut **tx).await?;
        sqlx::query("DELETE FROM near_misses WHERE a = ? OR b = ?").bind(row).bind(row).execute(&mut **tx).await?;
    }
    for row in &findings.forgotten {
        sqlx::query("DELETE FROM readings WHERE version = ?").bind(row).execute(&mut **tx).await?;
    }
    for (row, key, reading) in &findings.readings {
        sqlx::query("INSERT INTO readings (version, key, maker, body) VALUES (?, ?, ?, ?)")
            .bind(row)
            .bind(key)
            .bind(&findings.maker)
            .bind(write(reading)?)
            .execute(&mut **tx)
            .await?;
    }
    for (a, b, pair) in &findings.pairs {
        sqlx::query("INSERT INTO pairs (a, b, body) VALUES (?, ?, ?)")
            .bind(a)
            .bind(b)
            .bind(write(pair)?)
            .execute(&mut **tx)
            .await?;
    }
    for (a, b, miss) in &findings.near_misses {
        sqlx::query("INSERT INTO near_misses (a, b, body) VALUES (?, ?, ?)")
            .bind(a)
            .bind(b)
            .bind(write(miss)?)
            .execute(&mut **tx)
            .await?;
    }
    Ok(())
}

async fn write_conflict(
    tx: &mut Tx<'_>,
    conflict: &Conflict,
    is_new: bool,
    changed: bool,
    at: &str,
) -> Result<(), RegisterError> {
    sqlx::query(
        "INSERT INTO conflicts (id, body, found_at, last_changed, gone) VALUES (?, ?, ?, ?, 0)
         ON CONFLICT (id) DO UPDATE SET body = excluded.body, gone = 0,
             found_at = CASE WHEN ? = 1 THEN excluded.found_at ELSE conflicts.found_at END,
             last_changed = CASE WHEN ? = 1 THEN excluded.last_changed ELSE conflicts.last_changed END",
    )
    .bind(&conflict.id)
    .bind(write(conflict)?)
    .bind(at)
    .bind(at)
    .bind(i64::from(is_new))
    .bind(i64::from(changed))
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Takes a rejection back because a document has changed. The acts keep it.
async fn take_back(
    tx: &mut Tx<'_>,
    conflict: &Conflict,
    row: &DecisionRow,
    changed: &str,
) -> Result<(), RegisterError> {
    put(tx, DECISIONS, &conflict.id, row.revision, &Value::Null).await?;
    let before = serde_json::to_value(&row.decision).map_err(|e| RegisterError::Store(e.into()))?;
    let what = format!("tok konflikten opp igjen fordi {changed} er endret");
    add_act(tx, &PROGRAM, ("conflict", &conflict.id), &what, &before, &Value::Null).await
}
