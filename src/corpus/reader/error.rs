//! What can be wrong with a file, each said in one sentence that tells what would be right.

use std::fmt;

use thiserror::Error;

/// A file, or an entry of an archive, that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub struct ReadError {
    /// Path of the file; for an entry of an archive `archive.zip/entry`.
    pub file: String,
    /// Line in the file, from 1, where the trouble stands.
    pub line: Option<usize>,
    /// What is wrong.
    pub problem: Problem,
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}, linje {line}: {}", self.file, self.problem),
            None => write!(f, "{}: {}", self.file, self.problem),
        }
    }
}

/// What is wrong, and what would be right.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[allow(missing_docs)] // each message says what its fields are
pub enum Problem {
    #[error("filen er tom; legg inn teksten eller fjern filen")]
    Empty,
    #[error("filen er {megabytes} MB; grensen er {limit} MB")]
    TooLarge { megabytes: u64, limit: u64 },
    #[error("filen er verken tekst, HTML, PDF eller DOCX; lagre den i et av formatene")]
    Binary,
    #[error("tegnsettet lar seg ikke tyde; lagre filen som UTF-8")]
    Encoding,
    #[error("teksten har elementer i flere enn {limit} nivåer; del den opp i færre nivåer")]
    TooDeep { limit: usize },
    #[error("metadataene mangler en avsluttende linje med «---»; sett den inn etter det siste feltet")]
    FrontMatterOpen,
    #[error("metadataene lar seg ikke lese som YAML ({detail}); skriv ett felt per linje som «felt: verdi»")]
    FrontMatter { detail: String },
    #[error("feltet «{field}» mangler; skriv {right}")]
    Missing { field: &'static str, right: String },
    #[error("feltet «{field}» er «{value}», som ikke er en tillatt verdi; skriv en av {allowed}")]
    NotAllowed { field: &'static str, value: String, allowed: String },
    #[error("feltet «{field}» er «{value}», som ikke finnes; skriv en gyldig dato som {example}")]
    NoSuchDate { field: &'static str, value: String, example: String },
    #[error("feltet «{field}» er «{value}», som ikke er en dato; skriv den som åååå-mm-dd, for eksempel 2024-04-11")]
    NotADate { field: &'static str, value: String },
    #[error("feltet «valid_to» er {to}, før «valid_from» som er {from}; bytt om eller rett datoene")]
    ValidityReversed { from: String, to: String },
    #[error("filen er et skannet bilde uten tekst; kjør OCR først")]
    Scan,
    #[error("filen er beskyttet med passord; lagre den uten passord")]
    Encrypted,
    #[error("{format}-filen er skadet eller avkortet; hent den på nytt fra kilden")]
    Broken { format: &'static str },
    #[error("filen lot seg ikke lese på {seconds} sekunder; lagre den på nytt eller som tekst")]
    TooSlow { seconds: u64 },
    #[error("filen har ingen tekst som kan siteres; legg inn teksten eller fjern filen")]
    NoText,
    #[error("filen er større enn {limit} MB utpakket; legg den utenfor arkivet eller del den opp")]
    EntryTooLarge { limit: u64 },
    #[error("filen er et arkiv inne i et arkiv; pakk det ut først")]
    NestedArchive,
    #[error("arkivet har flere enn {limit} filer; del det opp")]
    TooManyEntries { limit: usize },
    #[error("arkivet pakker ut til mer enn {limit} GB; del det opp")]
    ArchiveTooLarge { limit: u64 },
    #[error("filen kan ikke åpnes ({detail}); kontroller at den finnes og kan leses")]
    Io { detail: String },
}

impl Problem {
    /// The problem in the file `file`, without a line.
    pub fn in_file(self, file: impl Into<String>) -> ReadError {
        ReadError { file: file.into(), line: None, problem: self }
    }

    /// The problem on a line, counted from 1, of the file `file`.
    pub fn on_line(self, file: impl Into<String>, line: usize) -> ReadError {
        ReadError { file: file.into(), line: Some(line), problem: self }
    }
}
