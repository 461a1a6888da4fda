//! SQLite: document versions and passages, embeddings already computed, and what people have decided.
//!
//! The store is the truth. A document is visible from the moment its version is `live` here, all of it or nothing;
//! the vector index only helps to find it and can be rebuilt from the store.

mod catalogue;
mod pieces;
mod vectors;

pub use catalogue::{Catalogue, PassageRef, StoredPassage, Version};
pub use pieces::PieceVectors;
pub use vectors::{as_kept, text_hash};

use std::path::Path;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Row, Sqlite, Transaction};

use crate::corpus::{Document, Passage};
use crate::index::Validity;

/// The database file's name in the data folder.
pub const FILE: &str = "rettesnor.sqlite";

/// What can go wrong in the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The file is no database, or a broken one.
    #[error(
        "databasen {FILE} i datamappen er skadet; legg tilbake en sikkerhetskopi, eller flytt datamappen bort og les dokumentene inn på nytt"
    )]
    Damaged,
    /// The file cannot be opened or written.
    #[error(
        "databasen {FILE} i datamappen kan ikke åpnes og skrives i; gi skrivetilgang og plass på disken, eller velg en annen mappe med --data-dir"
    )]
    NotWritable,
    /// The database refused.
    #[error("databasen svarte med feil: {0}")]
    Database(String),
    /// The database was made by another version of the program.
    #[error("databasen kan ikke oppgraderes: {0}; bruk en ny --data-dir, eller den programversjonen som laget den")]
    Migration(String),
    /// A row does not hold what it should.
    #[error("databasen har en rad som ikke kan leses: {0}")]
    Row(String),
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        let code = error.as_database_error().and_then(|e| e.code()).and_then(|code| code.parse::<u32>().ok());
        // SQLite's primary result codes stand in the lowest byte.
        match code.map(|code| code & 0xff) {
            Some(11 | 26) => Self::Damaged,
            Some(8 | 13 | 14) => Self::NotWritable,
            _ => Self::Database(error.to_string()),
        }
    }
}

impl From<sqlx::migrate::MigrateError> for StoreError {
    fn from(error: sqlx::migrate::MigrateError) -> Self {
        match error {
            sqlx::migrate::MigrateError::Execute(error) => error.into(),
            other => Self::Migration(other.to_string()),
        }
    }
}

impl From<serde_json::Error> for StoreError {
    fn from(error: serde_json::Error) -> Self {
        Self::Row(error.to_string())
    }
}

/// The database.
#[derive(Debug, Clone)]
pub struct Store {
    pool: SqlitePool,
}

/// A version as it is about to be written.
#[derive(Debug)]
pub struct NewVersion<'a> {
    /// The document.
    pub document: &'a Document,
    /// The file it was read from.
    pub source: &'a str,
    /// Fingerprint of the file.
    pub hash: &'a str,
    /// Its own date as yyyymmdd, 0 when it has none.
    pub day: u32,
    /// When it is the rule.
    pub validity: Validity,
    /// Its passages, in order.
    pub passages: &'a [Passage],
}

/// What the store remembers of a file it has read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownVersion {
    /// Row id.
    pub id: i64,
    /// Canonical document id.
    pub document: String,
    /// The file it was read from.
    pub source: String,
    /// Fingerprint of the file.
    pub hash: String,
    /// Its own date as yyyymmdd, 0 when it has none.
    pub day: u32,
    /// Whether it is still one of the document's versions, or was replaced by a changed file.
    pub live: bool,
    /// When it is the rule.
    pub validity: Validity,
}

impl Store {
    /// Opens or makes the database in the data folder.
    ///
    /// # Errors
    /// The file cannot be opened, or is of a newer version of the program.
    pub async fn open(data_dir: &Path) -> Result<Self, StoreError> {
        let options = SqliteConnectOptions::new()
            .filename(data_dir.join(FILE))
            .create_if_missing(true)
            .foreign_keys(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Normal)
            .busy_timeout(std::time::Duration::from_secs(10));
        let pool = SqlitePoolOptions::new().max_connections(4).connect_with(options).await?;
        sqlx::migrate!("src/store/migrations").run(&pool).await?;
        Ok(Self { pool })
    }

    /// Closes the database, so that all of it is in its one file. Left open, a part may lie in the write-ahead log beside it:
    /// nothing is lost then either, but a copy of the file alone would lack it.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    /// The connection pool, for the modules that keep their own tables.
    pub(crate) fn pool(&self) -> &SqlitePool {
        &self.pool
    }

    /// A named setting, such as which model the index was made with.
    ///
    /// # Errors
    /// The database refuses.
    pub async fn setting(&self, name: &str) -> Result<Option<String>, StoreError> {
        Ok(sqlx::query_scalar("SELECT value FROM settings WHERE name = ?")
            .bind(name)
            .fetch_optional(&self.pool)
            .await?)
    }

    /// Writes a named setting.
    ///
    /// # Errors
    /// The database refuses.
    pub async fn set_setting(&self, name: &str, value: &str) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        )
        .bind(name)
        .bind(value)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// All versions that are or were visible, oldest first.
    ///
    /// # Errors
    /// The database refuses.
    pub async fn known_versions(&self) -> Result<Vec<KnownVersion>, StoreError> {
        let rows = sqlx::query(
            "SELECT id, document, source, hash, day, valid_from, valid_to, state FROM versions WHERE state <> 'pending' ORDER BY id",
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(rows
            .into_iter()
            .map(|row| KnownVersion {
                id: row.get("id"),
                document: row.get("document"),
                source: row.get("source"),
                hash: row.get("hash"),
                day: row.get("day"),
                live: row.get::<&str, _>("state") == "live",
                validity: Validity { from: row.get("valid_from"), to: row.get("valid_to") },
            })
            .collect())
    }

    /// Writes a version that is not visible yet; gives its id and its passages' ids.
    ///
    /// # Errors
    /// The database refuses.
    pub async fn add_pending(&self, new: &NewVersion<'_>) -> Result<(i64, Vec<u64>), StoreError> {
        let mut tx = self.pool.begin().await?;
        let version: i64 = sqlx::query_scalar(
            "INSERT INTO versions (document, source, hash, day, valid_from, valid_to, state, body, ingested_at)
             VALUES (?, ?, ?, ?, ?, ?, 'pending', ?, ?) RETURNING id",
        )
        .bind(&new.document.id)
        .bind(new.source)
        .bind(new.hash)
        .bind(new.day)
        .bind(new.validity.from)
        .bind(new.validity.to)
        .bind(serde_json::to_string(new.document)?)
        .bind(jiff::Timestamp::now().to_string())
        .fetch_one(&mut *tx)
        .await?;
        let mut ids = Vec::with_capacity(new.passages.len());
        for (ordinal, passage) in new.passages.iter().enumerate() {
            let id: i64 =
                sqlx::query_scalar("INSERT INTO passages (version, ordinal, body) VALUES (?, ?, ?) RETURNING id")
                    .bind(version)
                    .bind(ordinal as i64)
                    .bind(serde_json::to_string(passage)?)
                    .fetch_one(&mut *tx)
                    .await?;
            ids.push(id as u64);
        }
        tx.commit().await?;
        Ok((version, ids))
    }

    /// Makes pending versions visible, and changes the validity of their elder siblings, all at once.
    ///
    /// # Errors
    /// The database refuses.
    pub async fn publish(&self, published: &[i64], changed: &[(i64, Validity, bool)]) -> Result<(), StoreError> {
        let mut tx = self.pool.begin().await?;
        for id in published {
            sqlx::query("UPDATE versions SET state = 'live' WHERE id = ?").bind(id).execute(&mut *tx).await?;
        }
        for (id, validity, live) in changed {
            sqlx::query("UPDATE versions SET valid_from = ?, valid_to = ?, state = ? WHERE id = ?")
                .bind(validity.from)
                .bind(validity.to)
                .bind(if *live { "live" } else { "replaced" })
                .bind(id)
                .execute(&mut *tx)
                .await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// Notes that the file a version was read from now has another name.
    ///
    /// # Errors
    /// The database refuses.
    pub async fn move_source(&self, version: i64, source: &str) -> Result<(), StoreError> {
        sqlx::query("UPDATE versions SET source = ? WHERE id = ?")
            .bind(source)
            .bind(version)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Removes versions that an interrupted ingest left behind; gives the ids of their passages.
    ///
    /// # Errors
    /// The database refuses.
    pub async fn drop_pending(&self) -> Result<Vec<u64>, StoreError> {
        let mut tx = self.pool.begin().await?;
        let ids: Vec<i64> = sqlx::query_scalar(
            "SELECT p.id FROM passages p JOIN versions v ON v.id = p.version WHERE v.state = 'pending'",
        )
        .fetch_all(&mut *tx)
        .await?;
        delete_pending(&mut tx).await?;
        tx.commit().await?;
        Ok(ids.into_iter().map(|id| id as u64).collect())
    }

    /// The ids of a version's passages.
    ///
    /// # Errors
    /// The database refuses.
    pub async fn passage_ids(&self, version: i64) -> Result<Vec<u64>, StoreError> {
        let ids: Vec<i64> =
            sqlx::query_scalar("SELECT id FROM passages WHERE version = ?").bind(version).fetch_all(&self.pool).await?;
        Ok(ids.into_iter().map(|id| id as u64).collect())
    }

    /// Keeps a question file for later runs.
    ///
    /// # Errors
    /// The database refuses.
    pub async fn keep_question_file(&self, source: &str, text: &str) -> Result<(), StoreError> {
        sqlx::query("INSERT INTO question_files (source, body) VALUES (?, ?) ON CONFLICT (source) DO UPDATE SET body = excluded.body")
            .bind(source)
            .bind(text)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// The question files kept, by name: (name, text).
    ///
    /// # Errors
    /// The database refuses.
    pub async fn question_files(&self) -> Result<Vec<(String, String)>, StoreError> {
        let rows = sqlx::query("SELECT source, body FROM question_files ORDER BY source").fetch_all(&self.pool).await?;
        Ok(rows.into_iter().map(|row| (row.get("source"), row.get("body"))).collect())
    }

    /// Notes which questions a passage is now indexed with.
    ///
    /// # Errors
    /// The database refuses.
    pub async fn set_question_fingerprints(&self, prints: &[(u64, String)]) -> Result<(), StoreError> {
        let mut tx = self.pool.begin().await?;
        for (id, print) in prints {
            sqlx::query("UPDATE passages SET questions = ? WHERE id = ?")
                .bind(print)
                .bind(*id as i64)
                .execute(&mut *tx)
                .await?;
        }
        tx.commit().await?;
        Ok(())
    }
}

async fn delete_pending(tx: &mut Transaction<'_, Sqlite>) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM passages WHERE version IN (SELECT id FROM versions WHERE state = 'pending')")
        .execute(&mut **tx)
        .await?;
    sqlx::query("DELETE FROM versions WHERE state = 'pending'").execute(&mut **tx).await?;
    Ok(())
}
