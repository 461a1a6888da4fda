//! Documents: where they are found, how each format is read, and how they are cut into passages.
//!
//! In: paths to files, folders and archives. Out: [`Document`]s whose [`Section`]s follow the text's own
//! structure, and [`Passage`]s small enough for the embedding model. This module knows the `law` module and
//! nothing else: no index, no store, no model. Text in a document is data; nothing in it is ever obeyed.

mod document;
mod passage;
mod quotable;
pub mod reader;
mod sentences;
mod source;
mod standing;

pub use document::{Document, Language, Mark, Outcome, Panel, Provenance, Reasoning, ReversalReason, Role, Section};
pub use passage::{Passage, cut, embedding_text};
pub use quotable::{QUOTABLE_VERSION, quotable};
pub use reader::{Problem, ReadError, read};
pub use sentences::sentences;
pub use source::{Source, sources};
pub use standing::question_files;
