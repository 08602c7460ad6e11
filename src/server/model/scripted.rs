//! A model for tests, of this module and of others: it does what its script says, question after question, and remembers what it
//! was asked. When the script has ended, its last act goes on.

use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;

use super::{Ask, Draft, Listener, Model, ModelError, ModelName, Reply};

/// What it does when it is asked.
#[derive(Clone, Debug)]
pub enum Act {
    /// Answers in these pieces. Tokens are not counted unless by [`Act::Counted`].
    Answer(Vec<String>),
    Counted {
        pieces: Vec<String>,
        tokens_in: u64,
        tokens_out: u64,
    },
    /// Answers with a pause before each piece.
    Slowly {
        pieces: Vec<String>,
        pause: Duration,
    },
    /// Says these pieces and breaks off.
    BreaksOff(Vec<String>),
    /// Says these pieces, then fails so.
    Fails {
        pieces: Vec<String>,
        error: ModelError,
    },
    Refuses,
    /// Says the same piece again and again.
    NeverEnds(String),
    /// Never says anything.
    Silent,
}

impl Act {
    pub fn answer(text: &str) -> Self {
        Self::Answer(vec![text.into()])
    }

    pub fn fails(error: ModelError) -> Self {
        Self::Fails { pieces: Vec::new(), error }
    }
}

pub struct ScriptedModel {
    name: ModelName,
    script: Mutex<VecDeque<Act>>,
    asked: Mutex<Vec<Ask>>,
}

impl ScriptedModel {
    pub fn new(model: &str, script: impl IntoIterator<Item = Act>) -> Self {
        let name = ModelName { provider: "scripted".into(), model: model.into() };
        Self { name, script: Mutex::new(script.into_iter().collect()), asked: Mutex::default() }
    }

    /// Every question so far.
    pub fn asked(&self) -> Vec<Ask> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn next_act(&self) -> Act {
        let mut script = self.script.lock().unwrap_or_else(PoisonError::into_inner);
        let act = if script.len() > 1 { script.pop_front() } else { script.front().cloned() };
        act.unwrap_or(Act::Silent)
    }
}

#[async_trait]
impl Model for ScriptedModel {
    fn name(&self) -> &ModelName {
        &self.name
    }

    async fn ask(&self, ask: &Ask, listener: &dyn Listener) -> Result<Reply, ModelError> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).push(ask.clone());
        let mut draft = Draft::new(ask, listener);
        let (pieces, pause, end) = match self.next_act() {
            Act::Answer(pieces) => (pieces, None, Ok((None, None))),
            Act::Counted { pieces, tokens_in, tokens_out } => (pieces, None, Ok((Some(tokens_in), Some(tokens_out)))),
            Act::Slowly { pieces, pause } => (pieces, Some(pause), Ok((None, None))),
            Act::BreaksOff(pieces) => (pieces, None, Err(ModelError::unavailable("its answer broke off"))),
            Act::Fails { pieces, error } => (pieces, None, Err(error)),
            Act::Refuses => (Vec::new(), None, Err(ModelError::Refused)),
            Act::NeverEnds(piece) => loop {
                draft.push(&piece).await?;
                tokio::task::yield_now().await;
            },
            Act::Silent => std::future::pending().await,
        };
        for piece in pieces {
            if let Some(pause) = pause {
                tokio::time::sleep(pause).await;
            }
            draft.push(&piece).await?;
        }
        let (tokens_in, tokens_out) = end?;
        draft.finish(tokens_in, tokens_out)
    }
}
