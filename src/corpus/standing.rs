//! A document's weight, and the question files that lie beside a corpus.

use std::path::{Path, PathBuf};

use super::document::{Document, Language, Provenance, Reasoning};
use crate::law::{self, Authority, Court, SourceKind, Standing};

impl Document {
    /// A document of which only the essentials are known.
    pub fn bare(id: &str, kind: SourceKind, title: &str, date: Option<jiff::civil::Date>) -> Self {
        Self {
            id: id.to_owned(),
            kind,
            title: title.to_owned(),
            issuer: None,
            language: Language::default(),
            date,
            valid_from: None,
            valid_to: None,
            benefits: Vec::new(),
            provisions: Vec::new(),
            outcome: None,
            case_no: None,
            panel: None,
            reversal_reason: None,
            office: None,
            provenance: Provenance::default(),
            source_url: None,
            text: String::new(),
            sections: Vec::new(),
        }
    }

    /// How much it weighs as a source.
    pub fn authority(&self) -> Authority {
        let panel = self.panel.as_ref();
        law::authority(
            self.kind,
            Standing {
                court: Court::of(&self.id),
                members: panel.and_then(|p| p.members),
                reasoning: panel.and_then(|p| p.reasoning).map(|r| match r {
                    Reasoning::Full => law::Reasoning::Full,
                    Reasoning::Simplified => law::Reasoning::Simplified,
                }),
            },
        )
    }
}

/// The `.jsonl` files in folders named `questions` under a path, in the order of their names.
pub fn question_files(path: &Path) -> Vec<PathBuf> {
    walkdir::WalkDir::new(path)
        .sort_by_file_name()
        .into_iter()
        .flatten()
        .map(walkdir::DirEntry::into_path)
        .filter(|file| file.extension().is_some_and(|ending| ending == "jsonl"))
        .filter(|file| file.parent().and_then(Path::file_name).is_some_and(|folder| folder == "questions"))
        .collect()
}
