//! Tokens: held when a task is made, spent or given back when it ends, never lost and never below zero.

use std::collections::BTreeMap;

use livegen::{
    protocol::{
        AccountId, EventBody, Problem, Status, TaskId,
        account::{Price, Role, Tokens},
    },
    server::store::{
        CancelAnswer, Lease, NewTask, Outcome, Store, StoreError,
        accounts::{AccountChange, NewAccount},
    },
};
use proptest::{
    prelude::*,
    test_runner::{Config, TestCaseError, TestRunner},
};

use super::harness::*;

fn priced(account_id: AccountId, ms: i64, tokens: u32) -> NewTask {
    NewTask { price: Price { tokens, subscription: true }, ..new_task(account_id, ms) }
}

fn completed_for(tokens: u64) -> Outcome {
    Outcome::Completed { message: "Done".into(), result: serde_json::Value::Null, artifact: None, tokens }
}

async fn balance(store: &dyn Store, account_id: AccountId) -> (i64, i64) {
    let Tokens { free, held } = store.tokens(account_id).await.unwrap().unwrap_or_default();
    (free, held)
}

pub async fn a_task_holds_and_spends(house: House) {
    let store = house.open().await;
    store.grant(account(1), 1000, at(0)).await.unwrap();
    for (used, left) in [(0, 1000), (150, 850), (700, 150)] {
        store.submit(priced(account(1), 1, 700)).await.unwrap();
        assert_eq!(balance(&*store, account(1)).await.1, 700);
        let claim = claim(&*store, 2).await;
        store.finish(claim.lease, at(3), completed_for(used)).await.unwrap();
        assert_eq!(balance(&*store, account(1)).await, (left, 0));
    }
    // More than was held is never taken.
    store.submit(priced(account(1), 4, 100)).await.unwrap();
    let claim = claim(&*store, 5).await;
    store.finish(claim.lease, at(6), completed_for(100_000)).await.unwrap();
    assert_eq!(balance(&*store, account(1)).await, (50, 0));
    assert_eq!(store.ledger_error().await.unwrap(), (0, 0));
    let postings = store.postings(account(1), 100).await.unwrap();
    assert_eq!(postings.iter().filter(|posting| posting.book == "free").map(|posting| posting.amount).sum::<i64>(), 50);
}

pub async fn whatever_fails_costs_nothing(house: House) {
    let store = house.open().await;
    store.grant(account(1), 700, at(0)).await.unwrap();
    let failed = || Outcome::Failed { problem: Problem::internal() };
    for outcome in [failed(), Outcome::Cancelled { message: "c".into() }] {
        store.submit(priced(account(1), 1, 700)).await.unwrap();
        let claim = claim(&*store, 2).await;
        store.finish(claim.lease, at(3), outcome).await.unwrap();
        assert_eq!(balance(&*store, account(1)).await, (700, 0));
    }
    // A retry keeps what it holds.
    store.submit(priced(account(1), 4, 700)).await.unwrap();
    let first = claim(&*store, 5).await;
    store.finish(first.lease, at(6), Outcome::Retry { run_at: at(7), message: "again".into() }).await.unwrap();
    assert_eq!(balance(&*store, account(1)).await, (0, 700));
    // So does a task whose worker died, until it is given up.
    let second = store.claim("w", at(8), 1).await.unwrap().unwrap();
    assert_eq!(second.lease.attempt, 2);
    store.rescue(at(1000), 1).await.unwrap();
    assert_eq!(balance(&*store, account(1)).await, (700, 0));
    assert_eq!(store.ledger_error().await.unwrap(), (0, 0));
}

pub async fn too_few_tokens_make_no_task(house: House) {
    let store = house.open().await;
    store.grant(account(1), 699, at(0)).await.unwrap();
    let task = priced(account(1), 1, 700);
    refused!(store.submit(task.clone()).await, StoreError::TooFewTokens { needed: 700, free: 699 });
    refused!(store.summary(account(1), task.task_id).await, StoreError::NotFound);
    assert_eq!(balance(&*store, account(1)).await, (699, 0));
    refused!(store.submit(priced(account(2), 2, 1)).await, StoreError::TooFewTokens { needed: 1, free: 0 });
    refused!(store.grant(account(1), -700, at(3)).await, StoreError::TooFewTokens { .. });
    store.grant(account(1), 1, at(4)).await.unwrap();
    store.submit(task).await.unwrap();
    // The same key again holds nothing twice.
    store.grant(account(3), 1000, at(5)).await.unwrap();
    for ms in 6..9 {
        store.submit(NewTask { idempotency_key: Some("k".into()), ..priced(account(3), ms, 700) }).await.unwrap();
    }
    assert_eq!(balance(&*store, account(3)).await, (300, 700));
}

pub async fn an_ended_subscription_makes_no_task(house: House) {
    let store = house.open().await;
    let new =
        NewAccount {
            account_id: account(1), email: "ada@example.org".into(), password: "$argon2id$…".into(), role: Role::User, at: at(0)
        };
    store.register(new).await.unwrap();
    store.grant(account(1), 5000, at(0)).await.unwrap();
    store.submit(priced(account(1), 1, 700)).await.unwrap();
    let until = |until| AccountChange { subscribed_until: Some(until), ..AccountChange::default() };
    store.change_account(account(1), until(Some(at(100))), at(2)).await.unwrap();
    store.submit(priced(account(1), 99, 700)).await.unwrap();
    refused!(store.submit(priced(account(1), 100, 700)).await, StoreError::NotSubscribed { .. });
    // What needs none is made all the same.
    store.submit(new_task(account(1), 101)).await.unwrap();
    store.change_account(account(1), until(None), at(102)).await.unwrap();
    store.submit(priced(account(1), 103, 700)).await.unwrap();
}

pub async fn a_refused_task_fails_at_once(house: House) {
    let store = house.open().await;
    let problem = Problem::new(402, "too-few-tokens", "Insufficient tokens", "700 are needed");
    let task = NewTask { refused: Some(problem.clone()), ..priced(account(1), 1, 700) };
    let submitted = store.submit(task).await.unwrap();
    assert_eq!(submitted.events, all_events(&*store, submitted.task_id).await);
    assert_eq!(completion(&submitted.events[1]).0, Status::Failed);
    assert!(matches!(&submitted.events[1].body, EventBody::Completion { error: Some(error), .. } if *error == problem));
    claim_nothing(&*store, 2).await;
    assert_eq!(store.ledger_error().await.unwrap(), (0, 0));
}

pub async fn two_hundred_callers_share_what_is_there(house: House) {
    let store = house.open_with(1000).await;
    store.grant(account(1), 7000, at(0)).await.unwrap();
    let callers = (0..200).map(|n| {
        let store = store.clone();
        tokio::spawn(async move { store.submit(priced(account(1), n, 700)).await })
    });
    let answers: Vec<_> = futures::future::join_all(callers).await.into_iter().map(Result::unwrap).collect();
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 10);
    assert!(answers.iter().all(|answer| matches!(answer, Ok(_) | Err(StoreError::TooFewTokens { needed: 700, .. }))));
    assert_eq!(balance(&*store, account(1)).await, (0, 7000));
    assert_eq!(store.ledger_error().await.unwrap(), (0, 0));
}

#[derive(Clone, Debug)]
enum Op {
    Grant { account: u8, amount: i64 },
    Submit { account: u8, tokens: u32 },
    Claim,
    Finish { lease: usize, how: u8, used: u64 },
    Cancel { task: usize },
    Rescue,
    Adopt { from: u8, to: u8 },
}

fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        2 => (0_u8..3, -500_i64..1500).prop_map(|(account, amount)| Op::Grant { account, amount }),
        4 => (0_u8..3, 0_u32..900).prop_map(|(account, tokens)| Op::Submit { account, tokens }),
        4 => Just(Op::Claim),
        4 => (0_usize..100, 0_u8..5, 0_u64..1000).prop_map(|(lease, how, used)| Op::Finish { lease, how, used }),
        1 => (0_usize..100).prop_map(|task| Op::Cancel { task }),
        1 => Just(Op::Rescue),
        1 => (0_u8..3, 0_u8..3).prop_map(|(from, to)| Op::Adopt { from, to }),
    ]
}

/// What is free, and what each open task holds; wallets must say just this after every step.
#[derive(Default)]
struct Model {
    free: BTreeMap<u8, i64>,
    open: BTreeMap<TaskId, (u8, i64)>,
}

impl Model {
    fn end(&mut self, task_id: TaskId, used: i64) {
        if let Some((account, held)) = self.open.remove(&task_id) {
            *self.free.entry(account).or_default() += held - used.min(held);
        }
    }
}

pub async fn random_programs_never_lose_a_token(house: House) {
    let handle = tokio::runtime::Handle::current();
    let run = move || {
        let mut runner = TestRunner::new(Config { cases: 40, failure_persistence: None, ..Config::default() });
        runner
            .run(&proptest::collection::vec(op(), 1..60), |ops| handle.block_on(program(&house, ops)))
            .unwrap_or_else(|error| panic!("{error}"));
    };
    tokio::task::spawn_blocking(run).await.unwrap();
}

async fn program(house: &House, ops: Vec<Op>) -> Result<(), TestCaseError> {
    let store = house.open_fresh(1000).await;
    let (mut model, mut leases, mut tasks): (Model, Vec<Lease>, Vec<(TaskId, u8)>) = Default::default();
    for (step, op) in (1_i64..).zip(ops) {
        let ms = step * 10;
        match op {
            Op::Grant { account: who, amount } => {
                let free = model.free.entry(who).or_default();
                let given = store.grant(account(who), amount, at(ms)).await;
                prop_assert_eq!(given.is_ok(), *free + amount >= 0);
                *free += if given.is_ok() { amount } else { 0 };
            }
            Op::Submit { account: who, tokens } => {
                let new = NewTask { price: Price { tokens, subscription: false }, ..new_task(account(who), ms) };
                let task_id = new.task_id;
                let free = model.free.entry(who).or_default();
                let made = store.submit(new).await;
                prop_assert_eq!(made.is_ok(), tokens == 0 || *free >= i64::from(tokens));
                if made.is_ok() {
                    *free -= i64::from(tokens);
                    model.open.insert(task_id, (who, i64::from(tokens)));
                    tasks.push((task_id, who));
                }
            }
            Op::Claim => leases.extend(store.claim("w", at(ms), 1_000_000).await.unwrap().map(|claim| claim.lease)),
            Op::Finish { lease, how, used } if !leases.is_empty() => {
                let lease = leases[lease % leases.len()];
                let outcome = match how {
                    0 | 1 => completed_for(used),
                    2 => Outcome::Failed { problem: Problem::internal() },
                    3 => Outcome::Released { message: "r".into() },
                    _ => Outcome::Retry { run_at: at(ms), message: "again".into() },
                };
                let spends = matches!(outcome, Outcome::Completed { .. });
                if let Ok(event) = store.finish(lease, at(ms), outcome).await
                    && event.body.is_terminal()
                {
                    model.end(lease.task_id, if spends { i64::try_from(used).unwrap() } else { 0 });
                }
            }
            Op::Cancel { task } if !tasks.is_empty() => {
                let (task_id, who) = tasks[task % tasks.len()];
                if let Ok(CancelAnswer::Cancelled(_)) = store.request_cancel(account(who), task_id, at(ms)).await {
                    model.end(task_id, 0);
                }
            }
            Op::Rescue => {
                for event in store.rescue_all(at(ms), 2).await.unwrap().events {
                    if event.body.is_terminal() {
                        model.end(event.task_id, 0);
                    }
                }
            }
            Op::Adopt { from, to } if from != to => {
                store.adopt(account(from), account(to), at(ms)).await.unwrap();
                for owner in model.open.values_mut().map(|(owner, _)| owner).chain(tasks.iter_mut().map(|(_, owner)| owner)) {
                    *owner = if *owner == from { to } else { *owner };
                }
            }
            Op::Finish { .. } | Op::Cancel { .. } | Op::Adopt { .. } => {}
        }
        prop_assert_eq!(store.ledger_error().await.unwrap(), (0, 0));
        for who in 0..3 {
            let held: i64 = model.open.values().filter(|(owner, _)| *owner == who).map(|(_, held)| held).sum();
            prop_assert_eq!(balance(&*store, account(who)).await, (model.free.get(&who).copied().unwrap_or(0), held));
        }
    }
    store.close().await;
    Ok(())
}
