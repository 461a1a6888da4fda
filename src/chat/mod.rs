//! Conversations: what was asked before, so that "og hvis hun er student?" is understood.
//!
//! In: a question as typed, and which conversation it belongs to. Out: the answer. A conversation lives in memory only,
//! for as long as a call may last; questions that were stopped are never kept. How a question is answered is not known
//! here.

mod follow_up;
mod memory;

pub use follow_up::whole;
pub use memory::Conversations;

use std::sync::Arc;

use uuid::Uuid;

use crate::answer::view::AnswerView;
use crate::answer::{Status, Warning};
use crate::app::{App, MAX_QUESTION, today};
use crate::retrieval::RetrievalError;

/// A question as it came in.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The words, as typed.
    pub question: String,
    /// The day whose rules are asked for, yyyymmdd.
    pub day: u32,
    /// The conversation it belongs to, if any.
    pub conversation: Option<Uuid>,
}

/// Answers questions, each in the light of those before it.
pub struct Chat {
    app: Arc<App>,
    conversations: Conversations,
}

impl Chat {
    /// A chat without any conversation yet.
    pub fn new(app: Arc<App>) -> Self {
        Self { app, conversations: Conversations::default() }
    }

    /// The base it answers from.
    pub fn app(&self) -> &App {
        &self.app
    }

    /// Answers a question. Blocks while model and index work.
    ///
    /// # Errors
    /// Model or index fail.
    pub fn ask(&self, asked: &Asked) -> Result<AnswerView, RetrievalError> {
        let earlier = asked.conversation.map(|id| self.conversations.turns(id)).unwrap_or_default();
        let whole =
            whole(&asked.question, &earlier, self.app.analyser()).filter(|whole| whole.chars().count() <= MAX_QUESTION);
        let read_as = whole.as_deref().unwrap_or(&asked.question);
        let answer = self.app.ask(read_as, asked.day)?;
        let id = Uuid::new_v4().to_string();
        let mut view = AnswerView::of(id, &asked.question, &answer, asked.day, today());
        view.conflicts = self.app.conflicts(&answer);
        // A stopped question may hold personal data: it is neither kept nor repeated.
        if view.status != Status::Blocked {
            if let Some(whole) = &whole {
                view.warnings.insert(0, Warning { code: "follow_up", text: format!("Lest som: «{whole}»") });
            }
            if let Some(conversation) = asked.conversation {
                self.conversations.remember(conversation, asked.question.trim(), whole.is_some());
            }
        }
        Ok(view)
    }
}
