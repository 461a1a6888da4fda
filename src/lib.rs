//! Rettesnor: a knowledge base and guidance chatbot whose every sentence rests on a quoted source.
//!
//! A folder is a stage of the way a question or a document takes; see `docs/ARCHITECTURE.md`.

pub mod answer;
pub mod app;
pub mod chat;
pub mod config;
pub mod conflict;
pub mod corpus;
pub mod day;
pub mod embedding;
pub mod eval;
pub mod index;
pub mod ingest;
pub mod language;
pub mod law;
pub mod register;
pub mod retrieval;
pub mod store;
pub mod web;
