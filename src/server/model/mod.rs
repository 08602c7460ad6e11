//! Language models behind one trait that streams. What a generator calls is [`Models::ask`], which goes through a chain of models and
//! ends, when none has answered well, with [`Outcome::BuiltIn`]: then the caller does it itself.
//!
//! - [`chain`]: which model is asked when, and what happens to each failure; [`circuit`]: whom to leave alone for now
//! - [`providers`]: Gemini, Groq, `OpenAI`, Anthropic, Ollama and whatever speaks `OpenAI`'s format, over HTTP
//! - [`scripted`]: a model for tests that answers well, badly, slowly or never
//!
//! Guarantees: an answer is bounded in bytes and time whatever the other side sends; text is handed on as it comes, and a slow
//! [`Listener`] slows the reading; dropping a question's future closes its connection; no error holds a key or anything that
//! was sent or received.
//!
//! Leaves out: judging the text. It comes from outside and may hold anything; the chain's caller gives a check, and the store makes
//! harmless what is shown.

pub mod chain;
pub mod circuit;
pub mod providers;
pub(in crate::server) mod retry_after;
pub mod scripted;
mod secret;
#[cfg(test)]
mod tests;

use std::{fmt, time::Duration};

use async_trait::async_trait;

pub use chain::{Models, Outcome, Try};
pub use secret::{Keys, Secret};

/// No answer is longer, whoever gives it.
pub const MAX_ANSWER_BYTES: usize = 1024 * 1024;

/// One question.
#[derive(Clone, Debug, PartialEq)]
pub struct Ask {
    pub system: String,
    pub prompt: String,
    /// An entry of the chain may allow fewer.
    pub max_output_tokens: u32,
    /// `None` leaves it to the model; some accept nothing else.
    pub temperature: Option<f32>,
}

/// A model that can be asked.
#[async_trait]
pub trait Model: Send + Sync {
    fn name(&self) -> &ModelName;

    /// Asks once; text goes to the listener as it comes, all of it is in the reply.
    ///
    /// # Errors
    /// Why there is no whole answer. What the listener has heard until then is void.
    ///
    /// # Cancel safety
    /// Dropping the future closes the connection.
    async fn ask(&self, ask: &Ask, listener: &dyn Listener) -> Result<Reply, ModelError>;
}

/// Hears an answer while it is made. The next piece is read when this has returned.
#[async_trait]
pub trait Listener: Send + Sync {
    /// A model is going to be asked.
    ///
    /// # Errors
    /// As [`Listener::piece`].
    async fn asked(&self, model: &ModelName) -> Result<(), Cancelled> {
        let _ = model;
        Ok(())
    }

    /// # Errors
    /// When the answer is not wanted any more.
    async fn piece(&self, text: &str) -> Result<(), Cancelled>;

    /// A model was left for the next one: the pieces so far are void.
    ///
    /// # Errors
    /// As [`Listener::piece`].
    async fn left(&self, attempt: &Try) -> Result<(), Cancelled> {
        let _ = attempt;
        Ok(())
    }

    /// Returns as soon as the answer is not wanted any more, also between pieces.
    async fn cancelled(&self) {
        std::future::pending::<()>().await;
    }
}

/// Nobody listens.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unheard;

#[async_trait]
impl Listener for Unheard {
    async fn piece(&self, _: &str) -> Result<(), Cancelled> {
        Ok(())
    }
}

/// The listener does not want the answer any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cancelled;

/// Who answers: a provider and its name for the model.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ModelName {
    pub provider: String,
    pub model: String,
}

impl fmt::Display for ModelName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.provider, self.model)
    }
}

/// One model's whole answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    pub text: String,
    /// As counted by the provider, if it did.
    pub tokens_in: Option<u64>,
    pub tokens_out: Option<u64>,
}

/// The answer that the chain took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    pub text: String,
    pub provider: String,
    pub model: String,
    pub tokens_in: u64,
    pub tokens_out: u64,
    /// The provider counted no tokens; they are estimated from the lengths.
    pub estimated: bool,
    /// Millionths of the currency in which the settings give prices; `None` without prices.
    pub cost_micros: Option<u64>,
}

/// Why a model gave no answer that can be used. The words are ours: they may be shown to whoever asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    #[error("it is asked too much at the moment{}", wait(*retry_after))]
    RateLimited { retry_after: Option<Duration> },
    #[error("it took too long")]
    TimedOut,
    /// Its safety or content filter spoke.
    #[error("it refused to answer")]
    Refused,
    #[error("its answer is not usable: {0}")]
    BadOutput(String),
    /// No connection, a 5xx, a stream that breaks off or makes no sense, a question that it does not take.
    #[error("it is not available: {what}{}", wait(*retry_after))]
    Unavailable { what: String, retry_after: Option<Duration> },
    #[error("it does not accept the key, or there is none")]
    Unauthorized,
    #[error("{0}")]
    TooLong(TooLong),
    #[error("cancelled")]
    Cancelled,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TooLong {
    #[error("the question is longer than it takes")]
    Question,
    #[error("its answer did not fit into the budget of output tokens")]
    Answer,
}

impl ModelError {
    pub fn unavailable(what: impl Into<String>) -> Self {
        Self::Unavailable { what: what.into(), retry_after: None }
    }

    /// One word for the server's own log.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::RateLimited { .. } => "rate-limited",
            Self::TimedOut => "timed-out",
            Self::Refused => "refused",
            Self::BadOutput(_) => "bad-output",
            Self::Unavailable { .. } => "unavailable",
            Self::Unauthorized => "unauthorized",
            Self::TooLong(_) => "too-long",
            Self::Cancelled => "cancelled",
        }
    }
}

impl From<Cancelled> for ModelError {
    fn from(_: Cancelled) -> Self {
        Self::Cancelled
    }
}

fn wait(retry_after: Option<Duration>) -> String {
    retry_after.map_or_else(String::new, |wait| format!(" (it asks to wait {} s)", wait.as_secs().max(1)))
}

/// An answer in the making: handed on piece by piece, never above its bound.
pub(crate) struct Draft<'l> {
    text: String,
    max_bytes: usize,
    listener: &'l dyn Listener,
}

impl<'l> Draft<'l> {
    /// A token is rarely longer than a word; whoever sends far more bytes than tokens were asked for is stopped.
    pub fn new(ask: &Ask, listener: &'l dyn Listener) -> Self {
        let max_bytes = (ask.max_output_tokens as usize).saturating_mul(32).saturating_add(4096).min(MAX_ANSWER_BYTES);
        Self { text: String::new(), max_bytes, listener }
    }

    pub async fn push(&mut self, piece: &str) -> Result<(), ModelError> {
        if piece.is_empty() {
            return Ok(());
        }
        if piece.len() > self.max_bytes - self.text.len() {
            return Err(ModelError::TooLong(TooLong::Answer));
        }
        self.text.push_str(piece);
        Ok(self.listener.piece(piece).await?)
    }

    pub fn finish(self, tokens_in: Option<u64>, tokens_out: Option<u64>) -> Result<Reply, ModelError> {
        if self.text.trim().is_empty() {
            return Err(ModelError::BadOutput("it is empty".into()));
        }
        Ok(Reply { text: self.text, tokens_in, tokens_out })
    }
}
