//! Conflicts: documents that answer the same legal question differently.
//!
//! In: documents. Out: conflicts with their sides, and the near misses with the reason why they are none. Nothing here
//! knows of a database, a web page or an index; the caller keeps what is found.
//!
//! The way a document takes:
//!
//! | file | what it does |
//! |---|---|
//! | `statements` | what does each document itself say the rule is? ([`Reading`]) |
//! | `fold`, `stance`, `quantities`, `complement`, `treatment` | what a sentence says: which way, how much, counted from what, of whom |
//! | `base` | the readings that are known, by § |
//! | `compare` | what speaks for and against a pair of statements being a conflict ([`Features`]) |
//! | `exclude` | pairs that cannot be one, and why ([`Reason`]) |
//! | `judge` | weighs the features; another judge can be put in its place ([`PairJudge`]) |
//! | `engine` | new documents against known ones |
//! | `group` | pairs to legal questions with sides |
//! | `settle` | what has settled a question |
//! | `wording` | the question, the stances and the explanation, in words |

mod base;
mod compare;
mod complement;
mod engine;
mod exclude;
mod fit;
mod fold;
mod group;
mod judge;
mod quantities;
mod settle;
mod stance;
mod statements;
mod treatment;
mod types;
mod wording;

pub use base::Base;
pub use compare::{Feature, Features, compare};
pub use engine::{Candidate, Compared, Engine, Found};
pub use exclude::{Reason, Rejected};
pub use fit::{Example, fit};
pub use group::conflicts;
pub use judge::{Judge, PairJudge, Weights};
pub use quantities::{Measure, Quantity};
pub use settle::INTERIM;
pub use statements::{Reading, Speaker, Statement, Traits, embed, read};
pub use treatment::{Manner, Target, Treatment};
pub use types::{Conflict, ConflictKind, Pair, Settled, Side, SideDocument, Source};
