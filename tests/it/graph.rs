//! Stages that form a graph: what does not wait for each other runs side by side, and nothing that is finished runs again.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use async_trait::async_trait;
use livegen::{
    protocol::{EventBody, Inspected, Kind, Level, Problem, StagePlan, StageState, Status, TaskInput},
    server::generate::{Generator, Package, StageContext, StageError, Step, Work},
};
use serde_json::{Value, json};
use tokio::sync::Barrier;

use crate::harness::{TestServer, assert_whole};

/// first → left and right → last. Left and right end only when both have begun.
pub struct Diamond {
    meeting: Barrier,
    /// How often each stage has begun, in the plan's order.
    begun: [AtomicU32; 4],
    /// Attempts of `right` that say retry, once they have met.
    failures: AtomicU32,
}

const NAMES: [&str; 4] = ["first", "left", "right", "last"];

impl Diamond {
    pub fn new(failures: u32) -> Arc<Self> {
        Arc::new(Self { meeting: Barrier::new(2), begun: Default::default(), failures: AtomicU32::new(failures) })
    }

    fn begun(&self) -> [u32; 4] {
        self.begun.each_ref().map(|count| count.load(Ordering::SeqCst))
    }
}

#[async_trait]
impl Generator for Diamond {
    fn kind(&self) -> Kind {
        Kind::TestSuite
    }

    fn stages(&self) -> Vec<StagePlan> {
        let after = |name: &str, weight| StagePlan { after: Some(vec!["first".into()]), ..StagePlan::new(name, name, weight) };
        vec![StagePlan::new("first", "first", 10), after("left", 40), after("right", 40), StagePlan::new("last", "last", 10)]
    }

    fn completed_message(&self) -> String {
        "All done".into()
    }

    fn inspect(&self, _: &TaskInput) -> Result<Inspected, Problem> {
        Ok(Inspected { title: "Diamond".into(), source: "test".into() })
    }

    async fn run_stage(&self, stage: &str, work: &Work, context: &dyn StageContext) -> Result<Value, StageError> {
        let index = NAMES.iter().position(|name| *name == stage).unwrap();
        let again = self.begun[index].fetch_add(1, Ordering::SeqCst) > 0;
        context.step(Step { percent: 50, message: format!("{stage} at half"), ..Step::default() }).await?;
        if matches!(stage, "left" | "right") && !again {
            self.meeting.wait().await;
        }
        if stage == "right" && self.failures.load(Ordering::SeqCst) > 0 {
            // Left first, so that it is finished when this attempt ends.
            while !context.files().await?.contains(&"left.txt".to_owned()) {
                tokio::task::yield_now().await;
            }
            context.log(Level::Warning, "right says retry".into()).await?;
            tokio::time::sleep(std::time::Duration::from_millis(200)).await;
            self.failures.fetch_sub(1, Ordering::SeqCst);
            return Err(StageError::Retry("once more".into()));
        }
        context.file(&format!("{stage}.txt"), stage.into()).await?;
        if stage == "last" {
            context.package(Package { name: "r.zip".into(), media_type: "application/zip".into(), content: b"PK".to_vec() }).await?;
        }
        Ok(json!(work.done.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>()))
    }
}

#[tokio::test]
async fn stages_that_do_not_wait_for_each_other_run_side_by_side() {
    let diamond = Diamond::new(0);
    let server = TestServer::builder().generators(vec![diamond.clone()]).spawn().await;
    let browser = server.browser();
    let task = browser.submit("graph").await;
    let (log, _) = browser.watch(task, Some(0)).await.rest().await;
    assert_whole(task, &log);
    let shown = browser.snapshot(task).await;
    assert_eq!((shown.status, shown.progress), (Status::Completed, 100));
    assert!(shown.stages.iter().all(|stage| stage.state == StageState::Completed && stage.progress == 100), "{:?}", shown.stages);
    let mut seen = shown.result.unwrap().as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_owned()).collect::<Vec<_>>();
    seen.sort();
    assert_eq!((seen.join(" ").as_str(), diamond.begun()), ("first left right", [1, 1, 1, 1]), "the last has what all have made");
    let progress: Vec<u8> = log
        .iter()
        .filter_map(|event| if let EventBody::StatusUpdate(update) = &event.body { Some(update.progress) } else { None })
        .collect();
    assert!(progress.is_sorted() && progress.contains(&50), "10 and twice half of 40: {progress:?}");
    server.stop().await;
}

#[tokio::test]
async fn what_is_finished_beside_a_failure_does_not_run_again() {
    let diamond = Diamond::new(1);
    let server = TestServer::builder().generators(vec![diamond.clone()]).spawn().await;
    let browser = server.browser();
    let task = browser.submit("graph").await;
    let (log, _) = browser.watch(task, Some(0)).await.rest().await;
    assert_whole(task, &log);
    assert_eq!(browser.snapshot(task).await.status, Status::Completed);
    assert_eq!(diamond.begun(), [1, 1, 2, 1]);
    server.stop().await;
}
