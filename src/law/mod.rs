//! Norwegian welfare law as text names it: what a reference means, what laws are called, and how
//! much a source weighs.
//!
//! In comes text, and at most the law it is about; out come canonical ids with their spans. Nothing
//! here reads files, keeps state or knows of anything else in the program.

mod benefits;
mod id;
mod kinds;
mod months;
pub mod names;
mod references;
mod weight;

pub use benefits::benefit_name;
pub use id::{DocumentRef, IdError, LawId, LawKind, Levels, ProvisionId, Unit};
pub use months::month;
pub use names::{find_law, short_title};
pub use references::{Reference, find};
pub use weight::{Authority, Court, Reasoning, SourceKind, Standing, UnknownKind, authority};
