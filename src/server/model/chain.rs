//! The fallback chain: one model after the other until one answers well, then nobody, which means the built-in generator.
//!
//! What happens to an error is decided in [`circuit`](super::circuit), which is pure; this is the walk around it. Every question
//! ends in an [`Outcome`] that says what was tried, why each model was left, what was used and what it cost.
//!
//! One lock guards the memory of who is left alone; it is never held while somebody is asked.

use std::{
    collections::HashMap,
    fmt,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use tokio::time::{sleep, timeout};

use super::{
    Answer, Ask, Cancelled, Listener, Model, ModelError, ModelName, Reply,
    circuit::{Circuit, Policy, Step, Verdict, next_step},
    providers,
};
use crate::{
    protocol::Timestamp,
    server::{
        clock::{Clock, SystemClock},
        config::{ChainEntry, Provider, Settings},
    },
};

/// Says in words what is wrong with a text, if something is. The words are shown to whoever asked: they name what is missing
/// and do not repeat the text.
pub type Check<'c> = dyn Fn(&str) -> Result<(), String> + Send + Sync + 'c;

/// Whom generators ask. One for the whole server.
pub struct Models {
    entries: Vec<Entry>,
    policy: Policy,
    /// For one question, all entries together.
    total: Duration,
    clock: Arc<dyn Clock>,
    memory: Mutex<Memory>,
}

/// One model of the chain and what it may use.
#[derive(Clone)]
pub struct Entry {
    pub model: Arc<dyn Model>,
    /// Entries with the same word fail together.
    pub circuit: String,
    /// For the whole answer, the listener's time included.
    pub timeout: Duration,
    pub budget_tokens: u32,
    /// Of a million tokens in and out.
    pub prices: Option<(f64, f64)>,
}

#[derive(Default)]
struct Memory {
    circuits: HashMap<String, Circuit>,
    /// By entry: it named a time before which it wants no question.
    rests: HashMap<usize, Timestamp>,
}

/// How a question ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    Answered {
        answer: Answer,
        tries: Vec<Try>,
    },
    /// No model answered well, or there is none: the caller does it itself.
    BuiltIn {
        tries: Vec<Try>,
    },
    /// The listener did not want it any more.
    Cancelled {
        tries: Vec<Try>,
    },
}

/// One step of the walk, for the task's log: `to_string()` is a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Try {
    pub model: ModelName,
    /// `None`: it answered.
    pub left: Option<Left>,
    pub usage: Usage,
}

/// Why an entry of the chain was left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Left {
    Error(ModelError),
    /// It was not asked: it failed often or wants to be left alone, for so long.
    Resting(Duration),
    /// It was not asked: the time for all of them is used up.
    NoTime,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    pub tokens_in: u64,
    pub tokens_out: u64,
    /// Not counted by the provider but estimated from the lengths.
    pub estimated: bool,
    pub cost_micros: Option<u64>,
}

impl Models {
    pub fn from_settings(settings: &Settings, clock: Arc<dyn Clock>) -> Self {
        let model = &settings.model;
        let policy =
            Policy { failures: model.circuit_failures, pause_ms: i64::try_from(model.circuit_seconds).unwrap_or(60).saturating_mul(1000) };
        let entries = model.in_force(&settings.keys).iter().map(|entry| providers::entry(entry, &settings.keys, &clock)).collect();
        Self::new(entries, policy, Duration::from_secs(model.total_seconds), clock)
    }

    pub fn new(entries: Vec<Entry>, policy: Policy, total: Duration, clock: Arc<dyn Clock>) -> Self {
        Self { entries, policy, total, clock, memory: Mutex::default() }
    }

    /// Nobody to ask: for the command line and for tests.
    pub fn none() -> Self {
        Self::of(Vec::new(), Arc::new(SystemClock))
    }

    /// These models in this order with the usual limits and no prices, each with a circuit of its own: for tests.
    pub fn of(models: Vec<Arc<dyn Model>>, clock: Arc<dyn Clock>) -> Self {
        let usual = ChainEntry::new(Provider::Ollama, "");
        let timeout = Duration::from_secs(usual.timeout_seconds);
        let entry = |model: Arc<dyn Model>| Entry {
            circuit: model.name().to_string(),
            model,
            timeout,
            budget_tokens: usual.budget_tokens,
            prices: None,
        };
        Self::new(models.into_iter().map(entry).collect(), Policy { failures: 3, pause_ms: 60_000 }, 3 * timeout, clock)
    }

    /// Without any entry every question ends at the built-in generator.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// In the order in which they are asked.
    pub fn names(&self) -> impl Iterator<Item = &ModelName> {
        self.entries.iter().map(|entry| entry.model.name())
    }

    /// Asks one after the other until an answer passes the check.
    ///
    /// # Cancel safety
    /// Dropping the future closes the connection; so does the listener's [`Listener::cancelled`], with an outcome.
    pub async fn ask(&self, ask: &Ask, check: &Check<'_>, listener: &dyn Listener) -> Outcome {
        let mut tries = Vec::new();
        let walked = tokio::select! {
            biased;
            () = listener.cancelled() => Err(Cancelled),
            walked = self.walk(ask, check, listener, &mut tries) => walked,
        };
        match walked {
            Ok(Some(answer)) => Outcome::Answered { answer, tries },
            Ok(None) => Outcome::BuiltIn { tries },
            Err(Cancelled) => Outcome::Cancelled { tries },
        }
    }

    async fn walk(&self, ask: &Ask, check: &Check<'_>, listener: &dyn Listener, tries: &mut Vec<Try>) -> Result<Option<Answer>, Cancelled> {
        let began = self.clock.now();
        for (index, entry) in self.entries.iter().enumerate() {
            let mut waited = false;
            loop {
                let now = self.clock.now();
                let left = self.total.saturating_sub(Duration::from_millis(now.ms_since(began).unsigned_abs()));
                let admitted = if left.is_zero() { Err(Left::NoTime) } else { self.admit(index, entry, now).map_err(Left::Resting) };
                if let Err(why) = admitted {
                    let attempt = Try { model: entry.model.name().clone(), left: Some(why), usage: Usage::default() };
                    listener.left(&attempt).await?;
                    tries.push(attempt);
                    break;
                }
                listener.asked(entry.model.name()).await?;
                let (attempt, result) = entry.ask(ask, check, listener, left).await;
                let step = self.settle(index, entry, result.as_ref().err(), waited, left);
                tries.push(attempt.clone());
                match (result, step) {
                    (Ok(text), _) => return Ok(Some(entry.answer(text, attempt.usage))),
                    (Err(_), Step::Stop) => return Err(Cancelled),
                    (Err(_), Step::Again(wait)) => {
                        listener.left(&attempt).await?;
                        sleep(wait).await;
                        waited = true;
                    }
                    (Err(_), Step::Next | Step::NextAndRest(_)) => {
                        listener.left(&attempt).await?;
                        break;
                    }
                }
            }
        }
        Ok(None)
    }

    /// May it be asked now? Else, for how long not.
    fn admit(&self, index: usize, entry: &Entry, now: Timestamp) -> Result<(), Duration> {
        let mut memory = self.memory();
        let pause = |until: Timestamp| Duration::from_millis(until.ms_since(now).unsigned_abs());
        if let Some(until) = memory.rests.get(&index).copied() {
            // Further off than anybody may ask for: the clock was set back.
            if until > now && pause(until) <= super::circuit::LONGEST_REST {
                return Err(pause(until));
            }
            memory.rests.remove(&index);
        }
        let circuit = memory.circuits.entry(entry.circuit.clone()).or_default();
        match (circuit.next_on_ask(now, self.policy), *circuit) {
            (Some(next), _) => {
                *circuit = next;
                Ok(())
            }
            (None, Circuit::Open { until } | Circuit::HalfOpen { until }) => Err(pause(until)),
            (None, _) => Err(Duration::ZERO),
        }
    }

    /// Remembers a result and says what to do next.
    fn settle(&self, index: usize, entry: &Entry, error: Option<&ModelError>, waited: bool, left: Duration) -> Step {
        let now = self.clock.now();
        let step = error.map_or(Step::Stop, |error| next_step(error, waited, left));
        let verdict = error.map_or(Verdict::Well, Verdict::of);
        let mut memory = self.memory();
        if let Step::NextAndRest(rest) = step {
            memory.rests.insert(index, now.plus_ms(i64::try_from(rest.as_millis()).unwrap_or(0)));
        }
        let circuit = memory.circuits.entry(entry.circuit.clone()).or_default();
        let next = circuit.next_on_result(verdict, now, self.policy);
        if matches!(next, Circuit::Open { .. }) && !matches!(*circuit, Circuit::Open { .. }) && verdict != Verdict::Nothing {
            tracing::warn!(provider = %entry.circuit, "a provider of language models keeps failing; it is left alone for a while");
        }
        *circuit = next;
        step
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Entry {
    async fn ask(&self, ask: &Ask, check: &Check<'_>, listener: &dyn Listener, left: Duration) -> (Try, Result<String, ModelError>) {
        let ask = Ask { max_output_tokens: ask.max_output_tokens.min(self.budget_tokens), ..ask.clone() };
        let heard = Heard { listener, bytes: AtomicUsize::new(0) };
        let asked = timeout(self.timeout.min(left), self.model.ask(&ask, &heard)).await.unwrap_or(Err(ModelError::TimedOut));
        let bytes = heard.bytes.into_inner();
        let usage = self.usage(&ask, asked.as_ref().ok(), bytes);
        let checked = asked.and_then(|reply| match check(&reply.text) {
            Ok(()) => Ok(reply.text),
            Err(fault) => Err(ModelError::BadOutput(fault)),
        });
        if let Err(error) = &checked {
            tracing::info!(model = %self.model.name(), kind = error.kind(), "a language model gave no answer that can be used");
        }
        let attempt = Try { model: self.model.name().clone(), left: checked.as_ref().err().cloned().map(Left::Error), usage };
        (attempt, checked)
    }

    /// What an answer used; for one that broke off, what must have been used for what was heard. A provider that counts more
    /// than there can have been is not believed: somebody pays for it.
    fn usage(&self, ask: &Ask, reply: Option<&Reply>, heard_bytes: usize) -> Usage {
        let estimate = |bytes: usize| bytes.div_ceil(4) as u64;
        let (counted_in, counted_out) = reply.map_or((None, None), |reply| (reply.tokens_in, reply.tokens_out));
        let used = reply.is_some() || heard_bytes > 0;
        let question_bytes = ask.system.len() + ask.prompt.len();
        let question = if used { estimate(question_bytes) } else { 0 };
        // A token is at least a byte; providers wrap a question into some of their own.
        let (most_in, most_out) = (question_bytes as u64 + 1000, u64::from(ask.max_output_tokens).max(heard_bytes as u64));
        let tokens_in = counted_in.map_or(question, |counted| counted.min(most_in));
        let tokens_out = counted_out.map_or(estimate(heard_bytes), |counted| counted.min(most_out));
        let cost_micros = self.prices.map(|prices| cost_micros(tokens_in, tokens_out, prices));
        Usage { tokens_in, tokens_out, estimated: used && (counted_in.is_none() || counted_out.is_none()), cost_micros }
    }

    fn answer(&self, text: String, usage: Usage) -> Answer {
        let ModelName { provider, model } = self.model.name().clone();
        let Usage { tokens_in, tokens_out, estimated, cost_micros } = usage;
        Answer { text, provider, model, tokens_in, tokens_out, estimated, cost_micros }
    }
}

/// A price per million tokens is as many millionths per token. Rounded up.
#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "bounded, never negative")]
fn cost_micros(tokens_in: u64, tokens_out: u64, (price_in, price_out): (f64, f64)) -> u64 {
    (tokens_in as f64 * price_in + tokens_out as f64 * price_out).ceil() as u64
}

/// Counts what passes.
struct Heard<'l> {
    listener: &'l dyn Listener,
    bytes: AtomicUsize,
}

#[async_trait]
impl Listener for Heard<'_> {
    async fn piece(&self, text: &str) -> Result<(), Cancelled> {
        self.bytes.fetch_add(text.len(), Ordering::Relaxed);
        self.listener.piece(text).await
    }
}

impl Outcome {
    pub fn tries(&self) -> &[Try] {
        match self {
            Self::Answered { tries, .. } | Self::BuiltIn { tries } | Self::Cancelled { tries } => tries,
        }
    }

    /// Of all tries together: what failed may have cost something too. `None` when no price is known.
    pub fn cost_micros(&self) -> Option<u64> {
        self.tries().iter().filter_map(|attempt| attempt.usage.cost_micros).reduce(u64::saturating_add)
    }
}

impl fmt::Display for Try {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.left {
            None => write!(f, "{} answered", self.model)?,
            Some(Left::Error(error)) => write!(f, "{} gave no answer: {error}", self.model)?,
            Some(Left::Resting(wait)) => write!(f, "{} was not asked: it is left alone for {} s", self.model, wait.as_secs().max(1))?,
            Some(Left::NoTime) => write!(f, "{} was not asked: the time is used up", self.model)?,
        }
        let Usage { tokens_in, tokens_out, estimated, cost_micros } = self.usage;
        if tokens_in > 0 || tokens_out > 0 {
            let about = if estimated { "about " } else { "" };
            write!(f, " ({about}{tokens_in} tokens in, {tokens_out} out")?;
            if let Some(cost) = cost_micros {
                write!(f, ", cost {}.{:06}", cost / 1_000_000, cost % 1_000_000)?;
            }
            f.write_str(")")?;
        }
        Ok(())
    }
}
