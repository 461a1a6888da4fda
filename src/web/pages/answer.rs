//! An answer, made ready for its template.

use askama::Template;

use crate::answer::view::AnswerView;
use crate::answer::{Status, Warning};
use crate::store::Catalogue;

use super::conflict::Conflict;
use super::source::{Source, holds};
use super::words;

/// Passages listed as "andre funn".
const MAX_OTHERS: usize = 20;

/// One question with its answer.
#[derive(Template)]
#[template(path = "answer.html")]
pub struct AnswerPage {
    id: String,
    question: String,
    as_of: String,
    as_of_iso: String,
    status: Status,
    conflicts: Vec<Conflict>,
    sentences: Vec<Sentence>,
    /// How the question was read, where that is not as it was typed.
    read_as: Vec<String>,
    warnings: Vec<String>,
    word: String,
    choices: Vec<(String, String)>,
    handover: String,
    used: Vec<Source>,
    others: Vec<Source>,
    note: String,
}

/// A sentence with its footnotes, as indexes into the used sources.
struct Sentence {
    text: String,
    notes: Vec<usize>,
}

impl AnswerPage {
    /// An answer to be shown.
    pub fn of(view: &AnswerView, catalogue: &Catalogue) -> Self {
        let used = view.citations.iter().enumerate();
        let used = used.map(|(at, citation)| Source::used(at + 1, citation, &view.sources, catalogue));
        let others =
            view.sources.iter().filter(|passage| !view.citations.iter().any(|citation| holds(passage, citation)));
        let clarification = view.clarification.as_ref();
        let (read_as, warnings): (Vec<&Warning>, Vec<&Warning>) =
            view.warnings.iter().partition(|warning| matches!(warning.code, "follow_up" | "spelling"));
        let conflicts = Conflict::all(&view.conflicts, catalogue);
        Self {
            note: note(view, &conflicts),
            id: view.id.clone(),
            question: view.question.clone(),
            as_of: words::date(&view.as_of),
            as_of_iso: view.as_of.clone(),
            status: view.status,
            conflicts,
            sentences: sentences(view),
            read_as: read_as.into_iter().map(|warning| warning.text.clone()).collect(),
            warnings: warnings.into_iter().map(|warning| warning.text.clone()).collect(),
            word: clarification.map(|c| c.word.clone()).unwrap_or_default(),
            choices: clarification
                .map(|c| c.choices.iter().map(|choice| (choice.label.clone(), choice.question.clone())).collect())
                .unwrap_or_default(),
            handover: view.handover.clone().unwrap_or_default(),
            used: used.collect(),
            others: others.take(MAX_OTHERS).map(|passage| Source::other(passage, catalogue)).collect(),
        }
    }

    /// What a screen reader is told when the answer has come.
    pub fn spoken(&self) -> String {
        match self.status {
            Status::Blocked => format!("Spørsmålet ble stoppet. {}", self.warnings.join(" ")),
            Status::NoBasis => "Kunnskapsbasen har ikke svar på dette.".to_owned(),
            Status::Clarify => {
                let labels: Vec<&str> = self.choices.iter().map(|(label, _)| label.as_str()).collect();
                format!("Spørsmålet kan bety flere ting. Velg mellom: {}.", labels.join("; "))
            }
            Status::Answered | Status::Partial => {
                let sentences: Vec<&str> = self.sentences.iter().map(|sentence| sentence.text.as_str()).collect();
                let conflict = if self.conflicts.iter().any(|c| !c.is_resolved) { "Kildene er uenige." } else { "" };
                [conflict, &sentences.join(" "), &self.warnings.join(" "), &self.read_as.join(" ")].join(" ")
            }
        }
    }

    /// Whether the question was stopped; it is then not shown again.
    pub fn is_blocked(&self) -> bool {
        self.status == Status::Blocked
    }

    fn is_partial(&self) -> bool {
        self.status == Status::Partial
    }

    /// The title of the page.
    pub fn title(&self) -> &str {
        &self.question
    }
}

fn sentences(view: &AnswerView) -> Vec<Sentence> {
    let index = |id: &String| view.citations.iter().position(|citation| citation.id == *id);
    view.answer
        .iter()
        .map(|sentence| Sentence {
            text: sentence.text.clone(),
            notes: sentence.citations.iter().filter_map(index).collect(),
        })
        .collect()
}

/// The note for the case: question, answer, sources and dates, as plain text.
fn note(view: &AnswerView, conflicts: &[Conflict]) -> String {
    if view.answer.is_empty() {
        return String::new();
    }
    let mut note = format!("Spørsmål: {}\nRegler per: {}\n\n", view.question, words::date(&view.as_of));
    for conflict in conflicts {
        note.push_str(if conflict.is_resolved { "Avklart uenighet" } else { "Kildene er uenige" });
        note.push_str(&format!(" ({}): {}\n", conflict.kind, conflict.question));
        for side in &conflict.sides {
            note.push_str(&format!("– {}\n", side.stance));
            for quote in &side.quotes {
                note.push_str(&format!("  «{}» ({}, {})\n", quote.quote, quote.id, quote.locator));
            }
        }
        note.push('\n');
    }
    note.push_str("Svar:\n");
    let number =
        |id: &String| view.citations.iter().position(|citation| citation.id == *id).map(|at| format!("[{}]", at + 1));
    for sentence in &view.answer {
        let numbers: Vec<String> = sentence.citations.iter().filter_map(number).collect();
        note.push_str(&format!("{} {}\n", sentence.text, numbers.join("")));
    }
    for warning in &view.warnings {
        note.push_str(&format!("Merk: {}\n", warning.text));
    }
    note.push_str("\nKilder:\n");
    for (at, citation) in view.citations.iter().enumerate() {
        let document = &citation.document;
        let place = words::place(document, &citation.locator);
        let facts = words::facts(document);
        let tags: String = words::tags(document).iter().map(|tag| format!(" ({})", tag.text)).collect();
        note.push_str(&format!("[{}] {place} – {}, {facts}{tags}\n", at + 1, words::kind(document.kind)));
    }
    let today = words::date(&jiff::Zoned::now().date().to_string());
    note.push_str(&format!("\nSlått opp i Rettesnor {today}.\n"));
    note
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answer::view::SentenceView;
    use serde_json::{Value, json};

    fn view(status: Status) -> AnswerView {
        AnswerView {
            id: "a1".into(),
            question: "Er <b>dette</b> trygt?".into(),
            as_of: "2026-11-21".into(),
            status,
            answer: Vec::new(),
            citations: Vec::new(),
            conflicts: Vec::new(),
            warnings: Vec::new(),
            clarification: None,
            handover: None,
            sources: Vec::new(),
        }
    }

    fn html(view: &AnswerView) -> String {
        AnswerPage::of(view, &Catalogue::default()).render().unwrap()
    }

    fn conflict(status: &str) -> Value {
        let side = |stance: &str, quote: &str| json!({"stance": stance, "documents": [{"id": "X-1", "quote": quote, "locator": "§ 1"}]});
        json!({"id": "c1", "type": "tribunal_vs_circular", "status": status, "question": "Kreves arbeid?",
               "sides": [side("Ja", "det kreves <i>arbeid</i>"), side("Nei", "det kreves ikke arbeid")],
               "explanation": "Kjennelsen er nyere.", "resolved_by": null})
    }

    #[test]
    fn a_conflict_stands_before_the_answer_with_both_sides() {
        let mut view = view(Status::Answered);
        view.answer = vec![SentenceView { text: "Loven sier noe.".into(), citations: Vec::new() }];
        view.conflicts = vec![conflict("open")];
        let page = html(&view);
        let at = |text: &str| page.find(text).unwrap_or_else(|| panic!("{text} mangler"));
        assert!(
            at("Kildene er uenige") < at("det kreves ikke arbeid")
                && at("det kreves ikke arbeid") < at("Loven sier noe.")
        );
        assert!(!page.contains("<i>") && !page.contains("<b>"), "tekst fra dokumenter og brukere er tekst");
        let note = AnswerPage::of(&view, &Catalogue::default()).note;
        assert!(
            note.contains("Kildene er uenige (Trygderetten mot rundskriv)")
                && note.contains("«det kreves ikke arbeid» (X-1, § 1)")
        );
        view.conflicts = vec![conflict("resolved")];
        assert!(html(&view).contains("Avklart uenighet"));
    }

    #[test]
    fn what_is_not_answered_says_what_to_do() {
        let mut unknown = view(Status::NoBasis);
        unknown.handover = Some("Til fagansvarlig\n\nSpørsmål".into());
        let page = html(&unknown);
        assert!(
            page.contains("har ikke svar")
                && page.contains("Kopier til fagansvarlig")
                && !page.contains("Kopier som referat")
        );
        let mut blocked = view(Status::Blocked);
        blocked.question = String::new();
        blocked.warnings = vec![Warning { code: "personal_data", text: "Ta det bort.".into() }];
        let page = html(&blocked);
        assert!(page.contains("Spørsmålet ble stoppet") && page.matches("Ta det bort.").count() == 1);
    }
}
