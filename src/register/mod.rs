//! The register of conflicts: what the engine finds, joined with what people have decided.
//!
//! The engine ([`crate::conflict`]) knows of no database; this module keeps its readings, pairs and conflicts, so that
//! only new document versions are compared, and lays the decisions of people over them. Who calls what:
//!
//! | caller | calls |
//! |---|---|
//! | `App::open` | [`Register::open`], then [`Register::update`]: nothing to do in a base that is in step; after a kill it catches up |
//! | `App::ingest` | [`Register::update`] after the catalogue was replaced; its [`WhatIsNew`] goes into the report |
//! | answers | [`Register::snapshot`] and [`Snapshot::touching`]: in memory, no database |
//! | `rettesnor conflicts` | [`Register::open`], [`Register::refresh`], [`Register::snapshot`] |
//! | `/praksis`, `/api/v1/conflicts` | [`Register::settle`], [`Register::set_signal`], [`Register::write_clarification`], [`practice`], [`pressure`], [`bundle`] |
//!
//! | file | what it does |
//! |---|---|
//! | `find` | new versions through the engine |
//! | `merge` | a machine's finding under a person's decision; pure rules |
//! | `news` | what an ingest brought |
//! | `act` | what people do, and who they are |
//! | `clarification` | questions answered in writing, and their files |
//! | `view` | a conflict as JSON |
//! | `snapshot` | all of it in memory, and which conflicts an answer touches |
//! | `practice`, `pressure`, `bundle` | rulings per provision, per circular passage, for a meeting |
//! | `report` | what is sent on, as Markdown or Word |
//!
//! Everything of one update is written in one transaction. Decisions are never overwritten: each act is a row with the
//! state before and after, and a change that was made on an outdated view is refused ([`RegisterError::Stale`]).

mod act;
pub mod bundle;
mod clarification;
mod find;
mod merge;
mod news;
pub mod practice;
pub mod pressure;
pub mod report;
mod rows;
mod snapshot;
pub mod view;

pub(crate) use find::statement_key;

pub use act::{Act, Actor, Role, Settlement, Signal, SignalKind};
pub use clarification::{Clarification, Draft, SIX_WEEKS};
pub use merge::{Decision, Resolution, Status};
pub use news::{NewsItem, SupersededPassage, WhatIsNew};
pub use snapshot::{NearMiss, Snapshot, Touch, is_on, kind_name, reason_name};

use std::path::{Path, PathBuf};
use std::sync::Arc;

use parking_lot::RwLock;

use crate::embedding::{Embedder, EmbeddingError};
use crate::language::Analyser;
use crate::store::{Catalogue, Store, StoreError};

/// What can go wrong in the register.
#[derive(Debug, thiserror::Error)]
pub enum RegisterError {
    /// The store refused.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The model refused.
    #[error(transparent)]
    Embedding(#[from] EmbeddingError),
    /// The engine's own data cannot be read.
    #[error("konfliktmotoren kan ikke leses: {0}")]
    Engine(#[from] serde_json::Error),
    /// A worker died.
    #[error("en arbeidstråd stoppet uventet: {0}")]
    Worker(#[from] tokio::task::JoinError),
    /// A file could not be written.
    #[error("avklaringen kan ikke skrives til fil: {0}")]
    File(#[from] std::io::Error),
    /// Somebody else has changed it since it was read.
    #[error("noen andre har endret dette siden du åpnet det; se hva som er endret, og gjør valget på nytt")]
    Stale {
        /// The change that came before.
        by: Option<Box<Act>>,
    },
    /// There is no such thing.
    #[error("{0}")]
    Missing(String),
    /// The act breaks a rule.
    #[error("{0}")]
    Refused(String),
}

impl From<sqlx::Error> for RegisterError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

/// What documents are read with.
#[derive(Clone)]
pub struct Models {
    /// Embeds statements.
    pub embedder: Arc<dyn Embedder>,
    /// The Norwegian analysis.
    pub analyser: Arc<Analyser>,
}

/// The register.
pub struct Register {
    store: Store,
    clarifications: PathBuf,
    snapshot: RwLock<Arc<Snapshot>>,
    // One change at a time in this process; the revisions guard against other processes.
    changing: tokio::sync::Mutex<()>,
}

impl Register {
    /// The register in a store; empty in memory until [`Register::refresh`] or [`Register::update`].
    pub fn open(store: Store, data_dir: &Path) -> Self {
        Self {
            store,
            clarifications: data_dir.join("clarifications"),
            snapshot: RwLock::default(),
            changing: tokio::sync::Mutex::default(),
        }
    }

    /// The folder that clarifications are written to, to be ingested from.
    pub fn clarification_folder(&self) -> &Path {
        &self.clarifications
    }

    /// The state in memory. Stays as it is while it is used.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        Arc::clone(&self.snapshot.read())
    }

    /// Reads the state into memory.
    ///
    /// # Errors
    /// The database refuses.
    pub async fn refresh(&self, catalogue: &Catalogue) -> Result<(), RegisterError> {
        let snapshot = Snapshot::load(&self.store, catalogue).await?;
        *self.snapshot.write() = Arc::new(snapshot);
        Ok(())
    }

    /// Brings the register in step with the documents: new versions are read and compared with what is known, versions
    /// that are gone are forgotten, and what that changes is told.
    ///
    /// # Errors
    /// Database or model fail; nothing is then changed.
    pub async fn update(&self, catalogue: &Arc<Catalogue>, models: &Models) -> Result<WhatIsNew, RegisterError> {
        let _changing = self.changing.lock().await;
        let news = match find::find_conflicts(&self.store, catalogue, models).await? {
            Some(findings) => rows::write_findings(&self.store, catalogue, findings).await?,
            None => WhatIsNew::default(),
        };
        self.refresh(catalogue).await?;
        Ok(news)
    }

    /// What the engine has found, before people's decisions; for measuring.
    ///
    /// # Errors
    /// The database refuses.
    pub async fn findings(&self) -> Result<Vec<crate::conflict::Conflict>, RegisterError> {
        let rows = rows::conflicts(&self.store).await?;
        Ok(rows.into_iter().filter(|row| !row.gone).map(|row| row.conflict).collect())
    }

    /// Settles a conflict, or opens it again. `seen` is the revision that the decision was made on.
    ///
    /// # Errors
    /// No such conflict, somebody was there first, the act is incomplete, or the actor may not.
    pub async fn settle(
        &self,
        catalogue: &Catalogue,
        actor: &Actor,
        conflict: &str,
        seen: i64,
        settlement: &Settlement,
    ) -> Result<(), RegisterError> {
        actor.may_change()?;
        settlement.check(catalogue)?;
        let _changing = self.changing.lock().await;
        rows::settle(&self.store, actor, conflict, seen, settlement).await?;
        self.refresh(catalogue).await
    }

    /// Says how a ruling is to be read; `None` takes the signal away.
    ///
    /// # Errors
    /// No such ruling, somebody was there first, or the actor may not.
    pub async fn set_signal(
        &self,
        catalogue: &Catalogue,
        actor: &Actor,
        document: &str,
        seen: i64,
        signal: Option<Signal>,
    ) -> Result<(), RegisterError> {
        actor.may_change()?;
        let is_ruling = catalogue.document(document).any(|version| version.document.kind.is_ruling());
        if !is_ruling {
            return Err(RegisterError::Missing(format!("Det er ingen avgjørelse «{document}» i basen.")));
        }
        if let Some(signal) = &signal {
            act::check_text(&signal.note)?;
        }
        let _changing = self.changing.lock().await;
        rows::set_signal(&self.store, actor, document, seen, signal.as_ref()).await?;
        self.refresh(catalogue).await
    }

    /// Writes a clarification, or the next step of one (`id`), to the register and to its file. Gives its id. The file
    /// is then to be ingested.
    ///
    /// # Errors
    /// No such clarification, somebody was there first, it is incomplete, or the actor may not.
    pub async fn write_clarification(
        &self,
        catalogue: &Catalogue,
        actor: &Actor,
        id: Option<&str>,
        seen: i64,
        draft: Draft,
    ) -> Result<String, RegisterError> {
        actor.may_change()?;
        draft.check()?;
        let _changing = self.changing.lock().await;
        let (id, clarification) = rows::write_clarification(&self.store, actor, id, seen, draft).await?;
        clarification::write_file(&self.clarifications, &id, &clarification)?;
        self.refresh(catalogue).await?;
        Ok(id)
    }

    /// The acts on a conflict, a ruling's signal or a clarification, newest first.
    ///
    /// # Errors
    /// The database refuses.
    pub async fn acts(&self, subject: &str, target: &str) -> Result<Vec<Act>, RegisterError> {
        rows::acts(&self.store, subject, target).await
    }

    /// What the latest ingests brought, newest first.
    ///
    /// # Errors
    /// The database refuses.
    pub async fn news(&self, limit: u32) -> Result<Vec<(i64, WhatIsNew)>, RegisterError> {
        rows::news(&self.store, limit).await
    }

    /// Writes the files of all clarifications that lack one, after a kill between register and file.
    ///
    /// # Errors
    /// The database refuses, or a file cannot be written.
    pub async fn restore_clarification_files(&self) -> Result<(), RegisterError> {
        for (id, _, clarification) in rows::clarifications(&self.store).await? {
            clarification::write_file(&self.clarifications, &id, &clarification)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
