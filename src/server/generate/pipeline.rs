//! Runs a generator's stages: each as soon as those that it comes after are finished, side by side where the plan allows it.
//!
//! Finished stages are not run again. Where reports go is the [`Journal`]'s business: the queue's is durable, the command line's draws a bar.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use futures::{StreamExt, stream::FuturesUnordered};
use serde_json::Value;

use super::{Generator, StageContext, StageError, Stop, Work};
use crate::protocol::{Problem, StagePlan, TaskInput};

/// Keeps what the stages report.
#[async_trait]
pub trait Journal: Send + Sync {
    /// A stage begins.
    async fn begin(&self, stage: &StagePlan, course: &Arc<Course>) -> Result<Arc<dyn StageContext>, Stop>;

    /// A stage has ended; its output is durable when this returns.
    async fn finish(&self, stage: &StagePlan, course: &Course, output: &Value) -> Result<(), Stop>;
}

/// How far each stage is: the whole task's progress is made of it.
pub struct Course {
    /// Name, weight, percent.
    stages: Mutex<Vec<(String, u8, u8)>>,
}

impl Course {
    pub fn new(stages: &[StagePlan]) -> Self {
        Self { stages: Mutex::new(stages.iter().map(|stage| (stage.name.clone(), stage.weight, 0)).collect()) }
    }

    /// The whole task's progress once this stage stands at `percent`.
    pub fn at(&self, stage: &str, percent: u8) -> u8 {
        let mut stages = self.stages.lock().unwrap_or_else(PoisonError::into_inner);
        for (name, _, at) in stages.iter_mut().filter(|(name, ..)| name == stage) {
            *at = (*at).max(percent.min(100));
            debug_assert_eq!(name, stage);
        }
        let done: u32 = stages.iter().map(|(_, weight, at)| u32::from(*weight) * u32::from(*at)).sum();
        u8::try_from((done / 100).min(100)).unwrap_or(100)
    }
}

/// Runs what is left to do and returns the last stage's output.
///
/// # Errors
/// The first that came from a stage; those beside it are ended where they are.
pub async fn run(
    generator: &dyn Generator,
    input: TaskInput,
    done: Vec<(String, Value)>,
    journal: &dyn Journal,
) -> Result<Value, StageError> {
    let stages = generator.stages();
    let course = Arc::new(Course::new(&stages));
    let mut work = Work { input: Arc::new(input), done: done.into_iter().map(|(name, output)| (name, Arc::new(output))).collect() };
    // The last stage hands over the download, which lives only until the task is finished: it always runs.
    let last = stages.len().saturating_sub(1);
    work.done.retain(|(name, _)| stages.get(last).is_some_and(|stage| stage.name != *name));
    let mut waiting: Vec<usize> = (0..stages.len()).filter(|index| work.output(&stages[*index].name).is_none()).collect();
    for (name, _) in &work.done {
        course.at(name, 100);
    }
    let mut running = FuturesUnordered::new();
    loop {
        waiting.retain(|&index| {
            let ready = comes_after(&stages, index).all(|name| work.output(name).is_some());
            if ready {
                running.push(run_stage(generator, &stages[index], work.clone(), &course, journal));
            }
            !ready
        });
        let Some(ended) = running.next().await else { break };
        let (name, output) = ended?;
        work.done.push((name, Arc::new(output)));
    }
    // Nothing runs and something waits: the plan goes round in a circle.
    let result = stages.get(last).filter(|_| waiting.is_empty()).and_then(|stage| work.output(&stage.name));
    result.cloned().ok_or_else(|| StageError::Fail(Problem::internal()))
}

async fn run_stage(
    generator: &dyn Generator,
    stage: &StagePlan,
    work: Work,
    course: &Arc<Course>,
    journal: &dyn Journal,
) -> Result<(String, Value), StageError> {
    let context = journal.begin(stage, course).await?;
    let output = generator.run_stage(&stage.name, &work, &*context).await?;
    journal.finish(stage, course, &output).await?;
    Ok((stage.name.clone(), output))
}

/// The stages that have to be finished before this one: those that its plan names, else the one before; all, for the last.
fn comes_after(stages: &[StagePlan], index: usize) -> impl Iterator<Item = &str> {
    let before = move |other: usize, stage: &StagePlan| match &stages[index].after {
        _ if index + 1 == stages.len() => other != index,
        Some(names) => names.contains(&stage.name),
        None => other + 1 == index,
    };
    stages.iter().enumerate().filter(move |(other, stage)| before(*other, stage)).map(|(_, stage)| stage.name.as_str())
}

/// The stages that have to run again when what `changed` were given is another: they, and whatever comes after them.
pub fn closure(stages: &[StagePlan], changed: &[String]) -> Vec<String> {
    let mut again: Vec<String> = Vec::new();
    for (index, stage) in stages.iter().enumerate() {
        if changed.contains(&stage.name) || comes_after(stages, index).any(|name| again.iter().any(|other| other == name)) {
            again.push(stage.name.clone());
        }
    }
    again
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(stages: &[(&str, u8, Option<&[&str]>)]) -> Vec<StagePlan> {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        stages.iter().map(|(name, weight, after)| StagePlan { after: after.map(names), ..StagePlan::new(name, name, *weight) }).collect()
    }

    #[test]
    fn overall_progress_is_made_of_all_stages() {
        let course = Course::new(&plan(&[("a", 10, None), ("b", 75, None), ("c", 15, None)]));
        for (stage, percent, expected) in
            [("a", 100, 10), ("b", 0, 10), ("b", 50, 47), ("c", 50, 55), ("b", 255, 92), ("b", 3, 92), ("c", 100, 100)]
        {
            assert_eq!(course.at(stage, percent), expected, "{stage} {percent}");
        }
    }

    #[test]
    fn what_comes_after_a_change_runs_again_and_nothing_else() {
        let stages = plan(&[
            ("a", 20, None),
            ("b", 20, None),
            ("c", 20, Some(&["a"])),
            ("d", 20, Some(&["b", "c"])),
            ("e", 10, Some(&["c"])),
            ("f", 10, None),
        ]);
        let again = |changed: &str| closure(&stages, &[changed.to_owned()]).join("");
        for (changed, expected) in [("a", "abcdef"), ("b", "bdf"), ("c", "cdef"), ("d", "df"), ("e", "ef"), ("f", "f"), ("x", "")] {
            assert_eq!(again(changed), expected, "{changed}");
        }
    }
}
