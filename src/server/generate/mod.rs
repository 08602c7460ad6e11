//! Generators: what turns an input into files. Pure work and reports; no store, hub or HTTP in here.
//!
//! A [`Generator`] is a graph of stages. `pipeline` runs each when those before it are finished; `queue/executor.rs` stores each stage's
//! output as a checkpoint and, after a crash, only what is unfinished runs again. A stage reaches the outside only
//! through its [`StageContext`].

pub mod archive;
pub mod draft;
pub mod pipeline;
pub mod project;
pub mod prompt;
pub mod test_suite;

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::Value;

use crate::protocol::{Inspected, Kind, Level, Problem, StagePlan, TaskInput, account::Price};

/// A kind of generation.
#[async_trait]
pub trait Generator: Send + Sync {
    fn kind(&self) -> Kind;

    /// Weights add up to 100.
    fn stages(&self) -> Vec<StagePlan>;

    /// What a task of this kind needs of its account.
    fn price(&self) -> Price {
        Price::default()
    }

    /// What of the held tokens was really used, by the task's result.
    fn tokens_used(&self, _result: &Value) -> u64 {
        0
    }

    /// What the task says when all stages are done.
    fn completed_message(&self) -> String;

    /// Looks at an input before a task is made of it: what it is, or what is wrong with it. CPU-bound and
    /// bounded (≤ 1 s, ≤ 64 MiB for the worst input); called on a blocking thread.
    ///
    /// # Errors
    /// A problem that names the field and the place.
    fn inspect(&self, input: &TaskInput) -> Result<Inspected, Problem>;

    /// The stages of whose own input something is another in `after` than in `before`, which came to `done`. What comes after them
    /// is not named.
    fn changed(&self, before: &TaskInput, after: &TaskInput, _done: &[(String, Value)]) -> Vec<String> {
        if before == after { Vec::new() } else { self.stages().into_iter().map(|stage| stage.name).collect() }
    }

    /// The stage that writes a file.
    fn author(&self, _path: &str) -> Option<String> {
        None
    }

    /// What comes along of a stage's output into a run that begins from its own: all but what is counted once.
    fn carried(&self, _stage: &str, output: Value) -> Value {
        output
    }

    /// A file as a run that came to `done` had generated it, where that is not what it stored.
    fn generated(&self, _path: &str, _done: &[(String, Value)]) -> Option<String> {
        None
    }

    /// Runs one stage. Its output is stored and handed to later stages in `work.done`; the last stage's output is
    /// the task's `result`.
    /// Must be deterministic: after a crash the stage runs again from its beginning.
    ///
    /// # Errors
    /// [`StageError::Stop`] is passed through as it came from the context.
    async fn run_stage(&self, stage: &str, work: &Work, context: &dyn StageContext) -> Result<Value, StageError>;
}

/// What a stage works on.
#[derive(Clone, Debug)]
pub struct Work {
    pub input: Arc<TaskInput>,
    /// Outputs of the stages that were finished when this one began, by name.
    pub done: Vec<(String, Arc<Value>)>,
}

impl Work {
    pub fn output(&self, stage: &str) -> Option<&Value> {
        self.done.iter().find(|(name, _)| name == stage).map(|(_, output)| &**output)
    }
}

/// A stage's report of where it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Step {
    /// The stage's own progress, 0–99; 100 is said by the pipeline when the stage has ended.
    pub percent: u8,
    /// The whole task's progress, where clients were promised exact figures: it stands until the next step, whatever the
    /// weights of the stages would make of it.
    pub overall: Option<u8>,
    pub message: String,
    pub endpoint_count: Option<u32>,
    pub current_endpoint: Option<u32>,
    /// Figures so far, by name; later values replace earlier ones.
    pub counts: Vec<(String, u64)>,
}

/// The finished download.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Package {
    pub name: String,
    pub media_type: String,
    pub content: Vec<u8>,
}

/// The only way out of a stage. Every call is an opportunity to be told to stop, and is durable when it returns.
#[async_trait]
pub trait StageContext: Send + Sync {
    async fn step(&self, step: Step) -> Result<(), Stop>;
    async fn log(&self, level: Level, message: String) -> Result<(), Stop>;
    /// Stores a file of the result. The same path again replaces it.
    async fn file(&self, path: &str, content: Vec<u8>) -> Result<(), Stop>;
    /// Paths stored so far (by earlier attempts too), ordered.
    async fn files(&self) -> Result<Vec<String>, Stop>;
    async fn read_file(&self, path: &str) -> Result<Option<Vec<u8>>, Stop>;
    /// Hands over the download; the last stage does.
    async fn package(&self, package: Package) -> Result<(), Stop>;
    /// Whether the next call would be told to stop.
    fn is_stopped(&self) -> bool {
        false
    }
    /// Returns when the stage should end: for waiting beside something that takes long.
    async fn stopped(&self) {
        std::future::pending::<()>().await;
    }
}

/// The outside wants the stage to end now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Stop {
    #[error("cancelled")]
    Cancelled,
    #[error("the server is stopping")]
    Shutdown,
    #[error("the attempt is over")]
    Stale,
    #[error("the store does not answer")]
    Store,
}

#[derive(Clone, Debug, thiserror::Error)]
pub enum StageError {
    #[error(transparent)]
    Stop(#[from] Stop),
    /// Worth another attempt (a time-out, a full disk).
    #[error("{0}")]
    Retry(String),
    /// Would fail again.
    #[error("{0}")]
    Fail(Problem),
}
