//! A generator of projects that counts: a → b and c → d (of both) → e, and nothing else.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use livegen::{
    protocol::{Inspected, Kind, Problem, StagePlan, TaskInput},
    server::generate::{Generator, Package, StageContext, StageError, Step, Work},
};
use serde_json::{Value, json};
use tokio::sync::Semaphore;

pub struct Counting {
    begun: Mutex<Vec<String>>,
    failures: Mutex<VecDeque<(&'static str, StageError)>>,
    /// Stages pass one at a time; none while it is held.
    gate: Semaphore,
}

pub fn plan() -> Vec<StagePlan> {
    let stage = |name: &str, after: &[&str]| StagePlan {
        after: Some(after.iter().map(|name| (*name).to_owned()).collect()),
        ..StagePlan::new(name, &name.to_uppercase(), 20)
    };
    vec![stage("a", &[]), stage("b", &["a"]), stage("c", &["a"]), stage("d", &["b"]), stage("e", &["c", "d"])]
}

impl Counting {
    pub fn new() -> Arc<Self> {
        Arc::new(Self { begun: Mutex::default(), failures: Mutex::default(), gate: Semaphore::new(1) })
    }

    /// The stages that have begun since, in the plan's order.
    pub fn take(&self) -> Vec<String> {
        let mut begun = std::mem::take(&mut *self.begun.lock().unwrap());
        begun.sort();
        begun
    }

    pub fn fail_next(&self, stage: &'static str, error: StageError) {
        self.failures.lock().unwrap().push_back((stage, error));
    }

    pub fn hold(&self) {
        self.gate.forget_permits(1);
    }

    pub fn release(&self) {
        self.gate.add_permits(1);
    }
}

#[async_trait]
impl Generator for Counting {
    fn kind(&self) -> Kind {
        Kind::Project
    }

    fn stages(&self) -> Vec<StagePlan> {
        plan()
    }

    fn completed_message(&self) -> String {
        "Counted".into()
    }

    fn inspect(&self, _: &TaskInput) -> Result<Inspected, Problem> {
        Ok(Inspected { title: "Counting".into(), source: "test".into() })
    }

    fn author(&self, path: &str) -> Option<String> {
        path.strip_suffix(".txt").map(str::to_owned)
    }

    async fn run_stage(&self, stage: &str, _: &Work, context: &dyn StageContext) -> Result<Value, StageError> {
        let _passes = self.gate.acquire().await.unwrap();
        self.begun.lock().unwrap().push(stage.into());
        context.step(Step { percent: 50, message: format!("{stage} at half"), ..Step::default() }).await?;
        let failure = {
            let mut failures = self.failures.lock().unwrap();
            let is_next = failures.front().is_some_and(|(at, _)| *at == stage);
            if is_next { failures.pop_front() } else { None }
        };
        if let Some((_, error)) = failure {
            return Err(error);
        }
        context.file(&format!("{stage}.txt"), stage.into()).await?;
        if stage == "e" {
            context.package(Package { name: "r.zip".into(), media_type: "application/zip".into(), content: b"PK".to_vec() }).await?;
        }
        Ok(json!(stage))
    }
}
