//! Questions raised and answered in writing. Each is a file too, so that it is read like any other source.

use std::fmt::Write as _;
use std::path::Path;

use jiff::civil::Date;
use jiff::{Span, ToSpan as _};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::RegisterError;
use super::act::check_text;
use crate::conflict::INTERIM;
use crate::law::ProvisionId;

/// The time within which a question that is raised is to be answered.
pub const SIX_WEEKS: i64 = 6;

/// A question, its interim line, and its answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clarification {
    /// The question.
    pub question: String,
    /// Canonical ids of its provisions.
    pub provisions: Vec<String>,
    /// Codes of its benefits.
    pub benefits: Vec<String>,
    /// What to say until it is answered.
    pub interim: String,
    /// Who answers it.
    pub owner: String,
    /// When it was raised.
    pub asked_on: Date,
    /// When it is to be answered.
    pub due: Date,
    /// The answer.
    pub line: String,
    /// When it was answered.
    pub closed_on: Option<Date>,
    /// The conflict it is about.
    pub conflict: Option<String>,
}

impl Clarification {
    /// Whether it says anything that a reader can go by.
    pub fn has_line(&self) -> bool {
        !self.line.is_empty() || !self.interim.is_empty()
    }

    /// Days left until it is due; `None` when it is answered.
    pub fn days_left(&self, today: Date) -> Option<i64> {
        if self.closed_on.is_some() {
            return None;
        }
        today.until(self.due).ok().map(|span| i64::from(span.get_days()))
    }
}

/// What somebody writes; it stands in place of what was there.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Draft {
    /// The question.
    pub question: String,
    /// Provisions, in canonical form.
    pub provisions: Vec<String>,
    /// Benefit codes.
    pub benefits: Vec<String>,
    /// What to say until it is answered.
    pub interim: String,
    /// Who answers it.
    pub owner: String,
    /// The answer; closes the question.
    pub line: String,
    /// The conflict it is about.
    pub conflict: Option<String>,
}

impl Draft {
    pub(super) fn check(&self) -> Result<(), RegisterError> {
        for text in [&self.question, &self.interim, &self.owner, &self.line] {
            check_text(text)?;
        }
        if self.question.trim().is_empty() {
            return Err(RegisterError::Refused("Skriv hva spørsmålet er.".into()));
        }
        if self.owner.trim().is_empty() {
            return Err(RegisterError::Refused("Skriv hvem som skal svare på spørsmålet.".into()));
        }
        match self.provisions.iter().find(|id| id.parse::<ProvisionId>().is_err()) {
            Some(wrong) => Err(RegisterError::Refused(format!(
                "«{wrong}» er ingen bestemmelse; skriv for eksempel lov/1997-02-28-19/§8-4."
            ))),
            None => Ok(()),
        }
    }

    /// The next state of a clarification.
    pub(super) fn onto(self, earlier: Option<&Clarification>, today: Date) -> Clarification {
        let asked_on = earlier.map_or(today, |e| e.asked_on);
        let line = self.line.trim().to_owned();
        let closed_on = if line.is_empty() { None } else { earlier.and_then(|e| e.closed_on).or(Some(today)) };
        let six_weeks: Span = SIX_WEEKS.weeks();
        Clarification {
            question: self.question.trim().to_owned(),
            provisions: self.provisions,
            benefits: self.benefits,
            interim: self.interim.trim().to_owned(),
            owner: self.owner.trim().to_owned(),
            due: asked_on.checked_add(six_weeks).unwrap_or(asked_on),
            asked_on,
            line,
            closed_on,
            conflict: self
                .conflict
                .filter(|id| !id.trim().is_empty())
                .or_else(|| earlier.and_then(|e| e.conflict.clone())),
        }
    }
}

/// Writes the clarification as a document, whole or not at all. One without a line yet has no file.
pub(super) fn write_file(folder: &Path, id: &str, clarification: &Clarification) -> std::io::Result<()> {
    let file = folder.join(format!("{id}.md"));
    if !clarification.has_line() {
        // One whose line was taken back is no source any more.
        return match std::fs::remove_file(&file) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        };
    }
    let text = markdown(id, clarification);
    if std::fs::read_to_string(&file).is_ok_and(|held| held == text) {
        return Ok(());
    }
    std::fs::create_dir_all(folder)?;
    let half = folder.join(format!(".{id}.half"));
    std::fs::write(&half, text)?;
    std::fs::rename(half, file)
}

/// The clarification as Markdown with front matter.
pub(super) fn markdown(id: &str, clarification: &Clarification) -> String {
    // JSON strings and lists are YAML too; that keeps what a person wrote from being read as anything else.
    let quoted = |text: &str| serde_json::to_string(text).unwrap_or_default();
    let list = |items: &[String]| serde_json::to_string(items).unwrap_or_default();
    let date = clarification.closed_on.unwrap_or(clarification.asked_on);
    let mut text = format!(
        "---\nid: {id}\nkind: clarification\ntitle: {}\nissuer: {}\nlanguage: nb\ndate: {date}\nbenefits: {}\nprovisions: {}\nprovenance: official\n---\n",
        quoted(&format!("Avklaring: {}", one_line(&clarification.question))),
        quoted(&one_line(&clarification.owner)),
        list(&clarification.benefits),
        list(&clarification.provisions),
    );
    // The question is the title: a question is no statement of the rule, and must not be quoted as one.
    let (heading, line) = match clarification.line.as_str() {
        "" => (INTERIM, &clarification.interim),
        _ => ("Svar", &clarification.line),
    };
    let _ = write!(text, "## {heading}\n\n{}\n", plain(line));
    text
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Text without Markdown's own signs at the beginning of lines.
fn plain(text: &str) -> String {
    text.lines().map(|line| line.trim_start_matches(['#', '>', '-', ' ', '`', '='])).collect::<Vec<_>>().join("\n")
}
