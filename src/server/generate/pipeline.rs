//! Runs a generator's stages in order, starting at the first unfinished one.
//!
//! Where reports go is the [`Journal`]'s business: the queue's is durable, the command line's draws a bar.

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::Value;

use super::{Generator, StageContext, StageError, Stop, Work};
use crate::protocol::{StagePlan, TaskInput};

/// Keeps what the stages report.
#[async_trait]
pub trait Journal: Send + Sync {
    /// A stage begins; `base` is the whole task's progress at its start.
    async fn begin(&self, stage: &StagePlan, base: u8) -> Result<Arc<dyn StageContext>, Stop>;

    /// A stage has ended; its output is durable when this returns.
    async fn finish(&self, stage: &StagePlan, base: u8, output: &Value) -> Result<(), Stop>;
}

/// Runs what is left to do and returns the last stage's output.
///
/// # Errors
/// The first stage's that did not succeed.
pub async fn run(
    generator: &dyn Generator,
    input: TaskInput,
    done: Vec<(String, Value)>,
    journal: &dyn Journal,
) -> Result<Value, StageError> {
    let mut work = Work { input, done };
    let mut base = 0;
    let mut result = Value::Null;
    let stages = generator.stages();
    for (index, stage) in stages.iter().enumerate() {
        // The last stage hands over the download, which lives only until the task is finished: it always runs.
        let last = index + 1 == stages.len();
        let finished = work.done.iter().any(|(name, _)| *name == stage.name);
        if last || !finished {
            let context = journal.begin(stage, base).await?;
            result = generator.run_stage(&stage.name, &work, &*context).await?;
            journal.finish(stage, base, &result).await?;
            work.done.push((stage.name.clone(), result.clone()));
        }
        base += stage.weight;
    }
    Ok(result)
}

/// The whole task's progress while a stage that begins at `base` stands at `percent`.
pub fn overall(base: u8, stage: &StagePlan, percent: u8) -> u8 {
    let part = u32::from(stage.weight) * u32::from(percent.min(100)) / 100;
    u8::try_from((u32::from(base) + part).min(100)).unwrap_or(100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overall_progress_spans_the_stage() {
        let stage = StagePlan { name: "generating".into(), label: "Generating".into(), weight: 75 };
        for (percent, expected) in [(0, 10), (50, 47), (100, 85), (255, 85)] {
            assert_eq!(overall(10, &stage, percent), expected);
        }
    }
}
