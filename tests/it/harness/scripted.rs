//! A generator that moves only when a test lets it.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use livegen::{
    protocol::{Inspected, Kind, Level, Problem, StagePlan, TaskInput},
    server::generate::{Generator, Package, StageContext, StageError, Step, Work},
};
use serde_json::{Value, json};
use tokio::sync::Semaphore;

/// Three stages of five steps; each step waits for a permit. Descriptions are taken as they are, but for `bad`.
pub struct Scripted {
    gate: Semaphore,
    /// What the beginnings of stages answer, in order, before they work.
    failures: Mutex<VecDeque<(&'static str, StageError)>>,
    /// Every stage that was begun, in order.
    pub begun: Mutex<Vec<String>>,
}

pub const STEPS: usize = 5;
pub const ALL_STEPS: usize = 3 * STEPS;

impl Scripted {
    pub fn new() -> Arc<Self> {
        Arc::new(Self { gate: Semaphore::new(0), failures: Mutex::default(), begun: Mutex::default() })
    }

    /// Lets `steps` steps happen.
    pub fn allow(&self, steps: usize) {
        self.gate.add_permits(steps);
    }

    pub fn fail_next(&self, stage: &'static str, error: StageError) {
        self.failures.lock().unwrap().push_back((stage, error));
    }
}

#[async_trait]
impl Generator for Scripted {
    fn kind(&self) -> Kind {
        Kind::TestSuite
    }

    fn stages(&self) -> Vec<StagePlan> {
        [("parsing", 20), ("generating", 60), ("zipping", 20)].map(|(name, weight)| StagePlan::new(name, name, weight)).into()
    }

    fn completed_message(&self) -> String {
        "All done".into()
    }

    fn inspect(&self, input: &TaskInput) -> Result<Inspected, Problem> {
        let TaskInput::TestSuite(input) = input else { return Err(Problem::internal()) };
        match input.description.as_deref() {
            Some("bad") => Err(Problem::invalid("description", "This one is bad.")),
            Some("panic") => panic!("a generator's bug"),
            _ => Ok(Inspected { title: format!("Scripted {}", input.description.as_deref().unwrap_or_default()), source: "script".into() }),
        }
    }

    async fn run_stage(&self, stage: &str, work: &Work, context: &dyn StageContext) -> Result<Value, StageError> {
        self.begun.lock().unwrap().push(stage.into());
        let failure = {
            let mut failures = self.failures.lock().unwrap();
            let next = failures.front().is_some_and(|(at, _)| *at == stage);
            if next { failures.pop_front() } else { None }
        };
        if let Some((_, error)) = failure {
            return Err(error);
        }
        for step in 1..=STEPS {
            self.gate.acquire().await.unwrap().forget();
            let percent = u8::try_from(step * 100 / STEPS).unwrap();
            context.step(Step { percent, message: format!("{stage} {step}/{STEPS}"), ..Step::default() }).await?;
            context.log(Level::Info, format!("did {step} of {stage}")).await?;
        }
        context.file(&format!("{stage}.txt"), format!("{stage} of {:?}\n", work.input).into_bytes()).await?;
        if stage == "zipping" {
            context.package(Package { name: "result.zip".into(), media_type: "application/zip".into(), content: b"PK".to_vec() }).await?;
        }
        Ok(json!({ "stage": stage, "before": work.done.len() }))
    }
}
