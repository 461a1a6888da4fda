//! What the handlers share: the chat and the way in to it.

use std::sync::Arc;

use tokio::sync::mpsc;
use tokio_stream::Stream;
use tokio_stream::wrappers::ReceiverStream;

use super::TIME_LIMIT;
use super::gate::{Gate, Ticket};
use super::problem::Problem;
use crate::answer::view::{AnswerView, SentenceView};
use crate::app::App;
use crate::chat::{Asked, Chat};
use crate::config::Config;

/// State of the server.
pub struct Service {
    /// The chat.
    pub chat: Arc<Chat>,
    gate: Gate,
}

/// What happens while a question is answered.
pub enum Step {
    /// What is being done, for the reader.
    Status(&'static str),
    /// A sentence of the answer.
    Sentence(SentenceView),
    /// The whole answer; the last step.
    Answer(Box<AnswerView>),
    /// It failed; the last step.
    Failed(Problem),
}

impl Service {
    /// A server of `app`.
    pub fn new(app: Arc<App>, config: &Config) -> Self {
        Self { chat: Arc::new(Chat::new(app)), gate: Gate::new(config.workers, config.queue) }
    }

    /// The base.
    pub fn app(&self) -> &App {
        self.chat.app()
    }

    /// Does blocking work on the base, in turn.
    ///
    /// # Errors
    /// The queue is full, it took too long, or the work failed.
    pub async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Chat) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let chat = Arc::clone(&self.chat);
        self.gate.enter()?.run(TIME_LIMIT, async || {}, move || work(&chat)).await
    }

    /// Answers a question.
    ///
    /// # Errors
    /// The queue is full, it took too long, or model or index fail.
    pub async fn ask(&self, asked: Asked) -> Result<AnswerView, Problem> {
        self.work(move |chat| Ok(chat.ask(&asked)?)).await
    }

    /// Answers a question step by step. A full queue is told at once; later failures are the last step.
    ///
    /// # Errors
    /// The queue is full.
    pub fn ask_in_steps(&self, asked: Asked) -> Result<impl Stream<Item = Step> + use<>, Problem> {
        let ticket = self.gate.enter()?;
        let chat = Arc::clone(&self.chat);
        let (steps, stream) = mpsc::channel(16);
        tokio::spawn(async move {
            if let Err(problem) = answer(ticket, chat, asked, &steps).await {
                let _ = steps.send(Step::Failed(problem)).await;
            }
        });
        Ok(ReceiverStream::new(stream))
    }
}

/// A reader that has gone away is no error: what is sent then goes nowhere.
async fn answer(ticket: Ticket, chat: Arc<Chat>, asked: Asked, steps: &mpsc::Sender<Step>) -> Result<(), Problem> {
    let _ = steps.send(Step::Status("Leser spørsmålet")).await;
    let started = async || {
        let _ = steps.send(Step::Status("Søker i lov, rundskriv og avgjørelser")).await;
    };
    let view = ticket.run(TIME_LIMIT, started, move || Ok(chat.ask(&asked)?)).await?;
    let _ = steps.send(Step::Status("Setter sammen svaret")).await;
    for sentence in &view.answer {
        let _ = steps.send(Step::Sentence(sentence.clone())).await;
    }
    let _ = steps.send(Step::Answer(Box::new(view))).await;
    Ok(())
}
