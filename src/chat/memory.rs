//! The conversations held in memory: bounded in number and in age.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use uuid::Uuid;

/// Conversations held; when one more comes, the one longest silent is forgotten.
const MAX_CONVERSATIONS: usize = 2_000;

/// A conversation silent for this long is forgotten. A call lasts ten minutes on average.
const MAX_SILENCE: Duration = Duration::from_secs(60 * 60);

/// Turns kept of one conversation: the question it is about, and the latest follow-ups to it.
const MAX_TURNS: usize = 3;

/// The last questions of each conversation.
#[derive(Default)]
pub struct Conversations {
    held: Mutex<HashMap<Uuid, Conversation>>,
}

struct Conversation {
    turns: Vec<String>,
    at: Instant,
}

impl Conversations {
    /// What a follow-up in this conversation leans on: the question it is about first, then later follow-ups.
    pub fn turns(&self, conversation: Uuid) -> Vec<String> {
        let held = self.held.lock();
        let fresh = held.get(&conversation).filter(|c| c.at.elapsed() < MAX_SILENCE);
        fresh.map(|c| c.turns.clone()).unwrap_or_default()
    }

    /// Keeps a question: a follow-up after those it follows, any other in their place.
    pub fn remember(&self, id: Uuid, question: &str, is_follow_up: bool) {
        let mut held = self.held.lock();
        if !held.contains_key(&id) {
            make_room(&mut held);
        }
        let conversation = held.entry(id).or_insert_with(|| Conversation { turns: Vec::new(), at: Instant::now() });
        conversation.at = Instant::now();
        if !is_follow_up {
            conversation.turns.clear();
        } else if conversation.turns.len() == MAX_TURNS {
            // The question that the follow-ups are about stays.
            conversation.turns.remove(1);
        }
        conversation.turns.push(question.to_owned());
    }
}

/// Forgets conversations that are over, else the one longest silent.
fn make_room(held: &mut HashMap<Uuid, Conversation>) {
    if held.len() < MAX_CONVERSATIONS {
        return;
    }
    held.retain(|_, conversation| conversation.at.elapsed() < MAX_SILENCE);
    if held.len() >= MAX_CONVERSATIONS {
        let longest_silent = held.iter().min_by_key(|(_, conversation)| conversation.at).map(|(id, _)| *id);
        longest_silent.map(|id| held.remove(&id));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_conversation_remembers_its_own_questions() {
        let conversations = Conversations::default();
        let (one, other) = (Uuid::new_v4(), Uuid::new_v4());
        conversations.remember(one, "første", false);
        conversations.remember(one, "ny", false);
        conversations.remember(one, "og hvis?", true);
        assert_eq!(conversations.turns(one), ["ny", "og hvis?"]);
        assert!(conversations.turns(other).is_empty());
    }

    #[test]
    fn the_question_that_follow_ups_are_about_stays() {
        let conversations = Conversations::default();
        let id = Uuid::new_v4();
        conversations.remember(id, "om dette", false);
        for follow_up in ["a", "b", "c", "d"] {
            conversations.remember(id, follow_up, true);
        }
        assert_eq!(conversations.turns(id), ["om dette", "c", "d"]);
    }

    #[test]
    fn the_longest_silent_gives_way() {
        let conversations = Conversations::default();
        let first = Uuid::new_v4();
        conversations.remember(first, "eldst", false);
        for _ in 0..MAX_CONVERSATIONS {
            conversations.remember(Uuid::new_v4(), "ny", false);
        }
        assert!(conversations.turns(first).is_empty());
        assert_eq!(conversations.held.lock().len(), MAX_CONVERSATIONS);
    }
}
