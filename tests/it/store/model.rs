//! Random programs, run on the store and on a model of a few dozen lines: every answer and everything readable must be equal.

use std::collections::BTreeMap;

use livegen::{
    protocol::{AccountId, Event, Problem, Status, TaskFilter, TaskId, TaskSnapshot},
    server::store::{CancelAnswer, Lease, Outcome, Store, StoreError},
};
use proptest::{
    prelude::*,
    test_runner::{Config, TestCaseError, TestRunner},
};
use serde_json::json;

use super::harness::*;

const ACCOUNTS: u8 = 3;
const MAX_OPEN: usize = 4;
const MAX_FAILURES: u32 = 2;
const SHORT_LEASE_MS: i64 = 1000;

#[derive(Clone, Debug)]
enum Op {
    Submit { account: u8, key: Option<u8>, input: u8 },
    Claim,
    Wait { ms: u16 },
    // `lease` is one of all that were ever handed out, so that stale ones speak too.
    Heartbeat { lease: usize },
    Append { lease: usize, progress: Vec<Option<u8>> },
    PutFile { lease: usize, path: u8, content: u8 },
    FinishStage { lease: usize, stage: u8, output: u8 },
    Finish { lease: usize, how: u8, delay_ms: u16 },
    Cancel { account: u8, task: usize },
    Rescue { all: bool },
}

fn op() -> impl Strategy<Value = Op> {
    let lease = || 0_usize..1000;
    prop_oneof![
        4 => (0..ACCOUNTS, proptest::option::weighted(0.3, 0_u8..3), 0_u8..2).prop_map(|(account, key, input)| Op::Submit { account, key, input }),
        5 => Just(Op::Claim),
        3 => (0_u16..1500).prop_map(|ms| Op::Wait { ms }),
        1 => lease().prop_map(|lease| Op::Heartbeat { lease }),
        4 => (lease(), proptest::collection::vec(proptest::option::of(0_u8..120), 0..4)).prop_map(|(lease, progress)| Op::Append { lease, progress }),
        2 => (lease(), 0_u8..3, 0_u8..2).prop_map(|(lease, path, content)| Op::PutFile { lease, path, content }),
        2 => (lease(), 0_u8..3, 0_u8..2).prop_map(|(lease, stage, output)| Op::FinishStage { lease, stage, output }),
        3 => (lease(), 0_u8..5, 0_u16..2000).prop_map(|(lease, how, delay_ms)| Op::Finish { lease, how, delay_ms }),
        2 => (0..ACCOUNTS, 0_usize..1000).prop_map(|(account, task)| Op::Cancel { account, task }),
        2 => proptest::bool::weighted(0.2).prop_map(|all| Op::Rescue { all }),
    ]
}

#[derive(Clone, Debug)]
struct ModelTask {
    task_id: TaskId,
    account_id: AccountId,
    key: Option<u8>,
    input: u8,
    status: Status,
    attempt: u32,
    failures: u32,
    progress: u8,
    seq: u64,
    run_at: i64,
    lease_until: i64,
    cancel: bool,
    files: BTreeMap<u8, u8>,
    checkpoints: Vec<(u8, u8)>,
    /// What the store answered, in order: the log must be just this.
    events: Vec<Event>,
}

#[derive(Default)]
struct Model {
    now: i64,
    tasks: Vec<ModelTask>,
    leases: Vec<Lease>,
}

/// What the model says of a worker's write.
#[derive(Debug, PartialEq)]
enum Fence {
    Open(usize),
    Stale,
}

impl Model {
    fn fence(&self, lease: Lease) -> Fence {
        let index = self.tasks.iter().position(|task| task.task_id == lease.task_id).expect("leases are of known tasks");
        let task = &self.tasks[index];
        if task.status == Status::Running && task.attempt == lease.attempt { Fence::Open(index) } else { Fence::Stale }
    }

    fn running_of(&self, account_id: AccountId) -> usize {
        self.tasks.iter().filter(|task| task.account_id == account_id && task.status == Status::Running).count()
    }

    fn next(&self) -> Option<usize> {
        let due = self.tasks.iter().enumerate().filter(|(_, task)| task.status == Status::Queued && task.run_at <= self.now);
        due.min_by_key(|(_, task)| (self.running_of(task.account_id), task.run_at, task.task_id)).map(|(index, _)| index)
    }

    /// Any end of an attempt that is not a finish by its worker, or one that asked to run again.
    fn put_back(&mut self, index: usize, run_at: i64, counts: bool, bounded: bool) {
        let task = &mut self.tasks[index];
        task.failures += u32::from(counts);
        task.run_at = run_at;
        task.status = if task.cancel {
            Status::Cancelled
        } else if bounded && task.failures > MAX_FAILURES {
            Status::Failed
        } else {
            Status::Queued
        };
    }

    fn record(&mut self, index: usize, events: &[Event]) {
        let task = &mut self.tasks[index];
        for event in events {
            task.seq += 1;
            assert_eq!((event.task_id, event.seq, event.timestamp), (task.task_id, task.seq, at(self.now)));
            assert_eq!(event.body.is_terminal(), task.status.is_terminal() && task.seq == event.seq && Some(event) == events.last());
            task.events.push(event.clone());
        }
    }
}

pub async fn random_programs_match_the_model(house: House) {
    let programs = proptest::collection::vec(op(), 1..60);
    let handle = tokio::runtime::Handle::current();
    let run = || {
        // Sixty take seconds; a nightly run asks for more.
        let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(60);
        let mut runner = TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() });
        runner.run(&programs, |program| {
            handle.block_on(async {
                let store = house.open_fresh(u32::try_from(MAX_OPEN).unwrap()).await;
                let mut model = Model::default();
                for op in program {
                    step_both(&*store, &mut model, &op).await;
                    compare_heads(&*store, &model).await;
                }
                compare_everything(&*store, &model).await;
                store.close().await;
            });
            Ok::<(), TestCaseError>(())
        })
    };
    tokio::task::block_in_place(run).unwrap();
}

async fn step_both(store: &dyn Store, model: &mut Model, op: &Op) {
    let now = model.now;
    let lease_of = |number: usize| if model.leases.is_empty() { None } else { Some(model.leases[number % model.leases.len()]) };
    match op {
        Op::Submit { account: number, key, input } => submit_both(store, model, *number, *key, *input).await,
        Op::Claim => claim_both(store, model).await,
        Op::Wait { ms } => model.now += i64::from(*ms),
        Op::Heartbeat { lease } => {
            let Some(lease) = lease_of(*lease) else { return };
            let answer = store.heartbeat(lease, at(now), SHORT_LEASE_MS).await;
            match model.fence(lease) {
                Fence::Open(index) => {
                    let task = &mut model.tasks[index];
                    task.lease_until = task.lease_until.max(now + SHORT_LEASE_MS);
                    assert_eq!(answer.unwrap().cancel_requested, task.cancel);
                }
                Fence::Stale => refused!(answer, StoreError::StaleAttempt),
            }
        }
        Op::Append { lease, progress } => {
            let Some(lease) = lease_of(*lease) else { return };
            let bodies = progress.iter().map(|progress| progress.map_or_else(|| log("line"), |percent| step(percent, "step"))).collect();
            let answer = store.append(lease, at(now), bodies).await;
            match model.fence(lease) {
                Fence::Open(index) => {
                    model.record(index, &answer.unwrap());
                    let said = progress.iter().flatten().map(|percent| (*percent).min(99)).max().unwrap_or(0);
                    model.tasks[index].progress = model.tasks[index].progress.max(said);
                }
                Fence::Stale => refused!(answer, StoreError::StaleAttempt),
            }
        }
        Op::PutFile { lease, path, content } => {
            let Some(lease) = lease_of(*lease) else { return };
            let answer = store.put_file(lease, at(now), file(&format!("{path}.txt"), &content.to_string())).await;
            match model.fence(lease) {
                Fence::Open(index) => {
                    let same = model.tasks[index].files.insert(*path, *content) == Some(*content);
                    let event = answer.unwrap();
                    assert_eq!(event.is_none(), same);
                    model.record(index, event.as_slice());
                }
                Fence::Stale => refused!(answer, StoreError::StaleAttempt),
            }
        }
        Op::FinishStage { lease, stage, output } => {
            let Some(lease) = lease_of(*lease) else { return };
            let answer = store.finish_stage(lease, at(now), &format!("stage-{stage}"), &json!(output), vec![log("stage done")]).await;
            match model.fence(lease) {
                Fence::Open(index) => {
                    model.record(index, &answer.unwrap());
                    let checkpoints = &mut model.tasks[index].checkpoints;
                    match checkpoints.iter_mut().find(|(known, _)| known == stage) {
                        Some(known) => known.1 = *output,
                        None => checkpoints.push((*stage, *output)),
                    }
                }
                Fence::Stale => refused!(answer, StoreError::StaleAttempt),
            }
        }
        Op::Finish { lease, how, delay_ms } => {
            let Some(lease) = lease_of(*lease) else { return };
            finish_both(store, model, lease, *how, now + i64::from(*delay_ms)).await;
        }
        Op::Cancel { account: number, task } => cancel_both(store, model, account(*number), *task).await,
        Op::Rescue { all } => rescue_both(store, model, *all).await,
    }
}

async fn submit_both(store: &dyn Store, model: &mut Model, number: u8, key: Option<u8>, text: u8) {
    let account_id = account(number);
    let mut new = new_task(account_id, model.now);
    new.input = input(&text.to_string());
    new.idempotency_key = key.map(|key| format!("key-{key}"));
    let task_id = new.task_id;
    let answer = store.submit(new).await;
    let known = model.tasks.iter().find(|task| task.account_id == account_id && key.is_some() && task.key == key);
    let open = model.tasks.iter().filter(|task| task.account_id == account_id && !task.status.is_terminal()).count();
    match known {
        Some(known) if known.input == text => assert_eq!(answer.unwrap().task_id, known.task_id),
        Some(_) => refused!(answer, StoreError::KeyReused),
        None if open >= MAX_OPEN => refused!(answer, StoreError::Limit { .. }),
        None => {
            let now = model.now;
            model.tasks.push(ModelTask {
                task_id,
                account_id,
                key,
                input: text,
                status: Status::Queued,
                attempt: 0,
                failures: 0,
                progress: 0,
                seq: 0,
                run_at: now,
                lease_until: 0,
                cancel: false,
                files: BTreeMap::new(),
                checkpoints: Vec::new(),
                events: Vec::new(),
            });
            model.record(model.tasks.len() - 1, &answer.unwrap().events);
        }
    }
}

async fn claim_both(store: &dyn Store, model: &mut Model) {
    let answer = store.claim("worker", at(model.now), SHORT_LEASE_MS).await.unwrap();
    let Some(index) = model.next() else {
        assert!(answer.is_none(), "{answer:?}");
        return;
    };
    let claim = answer.expect("the model has a task that is due");
    let now = model.now;
    let task = &mut model.tasks[index];
    task.status = Status::Running;
    task.attempt += 1;
    task.lease_until = now + SHORT_LEASE_MS;
    assert_eq!(claim.lease, Lease { task_id: task.task_id, attempt: task.attempt });
    assert_eq!((claim.account_id, claim.failures, claim.progress), (task.account_id, task.failures, task.progress));
    assert_eq!(claim.input, input(&task.input.to_string()));
    let checkpoints = task.checkpoints.iter().map(|(stage, output)| (format!("stage-{stage}"), json!(output))).collect::<Vec<_>>();
    assert_eq!(claim.checkpoints, checkpoints);
    model.leases.push(claim.lease);
    model.record(index, &[claim.event]);
}

async fn finish_both(store: &dyn Store, model: &mut Model, lease: Lease, how: u8, run_at: i64) {
    let outcome = match how {
        0 => completed(),
        1 => Outcome::Failed { problem: Problem::internal() },
        2 => Outcome::Cancelled { message: "Cancelled".into() },
        3 => Outcome::Retry { run_at: at(run_at), message: "again".into() },
        _ => Outcome::Released { message: "stopping".into() },
    };
    let answer = store.finish(lease, at(model.now), outcome).await;
    let Fence::Open(index) = model.fence(lease) else {
        refused!(answer, StoreError::StaleAttempt);
        return;
    };
    match how {
        0 => {
            model.tasks[index].status = Status::Completed;
            model.tasks[index].progress = 100;
        }
        1 => model.tasks[index].status = Status::Failed,
        2 => model.tasks[index].status = Status::Cancelled,
        3 => model.put_back(index, run_at, true, false),
        _ => model.put_back(index, model.now, false, false),
    }
    model.record(index, &[answer.unwrap()]);
}

async fn cancel_both(store: &dyn Store, model: &mut Model, account_id: AccountId, number: usize) {
    if model.tasks.is_empty() {
        return;
    }
    let index = number % model.tasks.len();
    let task = &mut model.tasks[index];
    let answer = store.request_cancel(account_id, task.task_id, at(model.now)).await;
    if task.account_id != account_id {
        refused!(answer, StoreError::NotFound);
        return;
    }
    match (answer.unwrap(), task.status) {
        (CancelAnswer::Cancelled(event), Status::Queued) => {
            task.status = Status::Cancelled;
            model.record(index, &[event]);
        }
        (CancelAnswer::Requested(event), Status::Running) if !task.cancel => {
            task.cancel = true;
            model.record(index, &[event]);
        }
        (CancelAnswer::AlreadyRequested, Status::Running) if task.cancel => {}
        (CancelAnswer::Ended(status), ended) if ended.is_terminal() && status == ended => {}
        (answer, status) => panic!("{answer:?} to a cancel request for a {status} task"),
    }
}

async fn rescue_both(store: &dyn Store, model: &mut Model, all: bool) {
    let now = at(model.now);
    let rescued = if all { store.rescue_all(now, MAX_FAILURES).await } else { store.rescue(now, MAX_FAILURES).await };
    let events = rescued.unwrap().events;
    let lost = |task: &ModelTask| task.status == Status::Running && (all || task.lease_until < model.now);
    let lost = (0..model.tasks.len()).filter(|index| lost(&model.tasks[*index])).collect::<Vec<_>>();
    assert_eq!(events.len(), lost.len());
    for index in lost {
        let event = events.iter().find(|event| event.task_id == model.tasks[index].task_id).expect("each lost task is rescued").clone();
        model.put_back(index, model.now, true, true);
        model.record(index, &[event]);
    }
}

/// After every step: whatever changed, it is what the model says.
async fn compare_heads(store: &dyn Store, model: &Model) {
    for task in &model.tasks {
        let summary = store.summary(task.account_id, task.task_id).await.unwrap();
        assert_eq!((summary.status, summary.progress, summary.attempt, summary.seq), (task.status, task.progress, task.attempt, task.seq));
    }
    let due = model.tasks.iter().filter(|task| task.status == Status::Queued).map(|task| at(task.run_at)).min();
    assert_eq!(store.next_due().await.unwrap(), due);
}

async fn compare_everything(store: &dyn Store, model: &Model) {
    for task in &model.tasks {
        let events = all_events(store, task.task_id).await;
        assert_eq!(events, task.events);
        assert_eq!(events.iter().filter(|event| event.body.is_terminal()).count(), usize::from(task.status.is_terminal()));
        let snapshot = TaskSnapshot::fold(task.task_id, &events);
        let summary = store.summary(task.account_id, task.task_id).await.unwrap();
        assert_eq!((snapshot.status, snapshot.progress, snapshot.attempt), (task.status, task.progress, task.attempt));
        assert_eq!((snapshot.started_at, snapshot.finished_at), (summary.started_at, summary.finished_at));
        assert_eq!((snapshot.message, snapshot.created_at), (summary.message, summary.created_at));
        let files = store.files(task.task_id).await.unwrap();
        assert_eq!(snapshot.files, files);
        let content = task.files.iter().map(|(path, content)| (format!("{path}.txt"), format!("sha256-of-{content}"))).collect::<Vec<_>>();
        assert_eq!(files.into_iter().map(|file| (file.path, file.sha256)).collect::<Vec<_>>(), content);
        assert_eq!(store.artifact(task.task_id).await.unwrap().is_some(), task.status == Status::Completed);
    }
    for number in 0..ACCOUNTS {
        let page = store.list(account(number), &TaskFilter { limit: 100, ..TaskFilter::default() }).await.unwrap();
        let mut expect = model.tasks.iter().filter(|task| task.account_id == account(number)).map(|task| task.task_id).collect::<Vec<_>>();
        expect.sort_unstable_by(|a, b| b.cmp(a));
        assert_eq!(page.tasks.iter().map(|task| task.task_id).collect::<Vec<_>>(), expect);
    }
}
