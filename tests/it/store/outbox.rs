//! Being told: who gets which message, who sends it, and how that ends.

use livegen::{
    protocol::{
        AccountId, Problem,
        account::{MailState, Role},
        webhook::{DeliveryState, Occasion, WebhookId},
    },
    server::store::{
        Outcome, Store, StoreError,
        accounts::{AccountChange, Digest, NewAccount},
        outbox::{
            Answer, Asked, CONFIRMATION_PAUSE_MS, Due, Fate, MAX_CONFIRMATIONS_PER_DAY, MAX_MAILS_PER_HOUR, MAX_WAITING, MAX_WEBHOOKS,
            NewConfirmation, NewWebhook, SigningKey, Target,
        },
    },
};

use super::harness::*;

async fn register(store: &dyn Store, number: u8) -> AccountId {
    let new = NewAccount {
        account_id: account(number),
        email: format!("person{number}@example.org"),
        password: "$argon2id$…".into(),
        role: Role::User,
        at: at(0),
    };
    store.register(new).await.unwrap();
    account(number)
}

async fn webhook(store: &dyn Store, account_id: AccountId, events: &[Occasion]) -> WebhookId {
    let webhook_id = WebhookId(next_id(0).0);
    let new = NewWebhook {
        webhook_id,
        account_id,
        url: format!("https://example.org/{}", webhook_id.0),
        secret: SigningKey([7; 24]),
        events: events.to_vec(),
        description: "the chat".into(),
        at: at(0),
    };
    store.add_webhook(new).await.unwrap();
    webhook_id
}

/// A link to the address of person `number`, good for ten milliseconds.
async fn link(store: &dyn Store, number: u8, secret: Digest, ms: i64) {
    let email = format!("person{number}@example.org");
    store
        .add_confirmation(NewConfirmation { secret, account_id: account(number), email, at: at(ms), expires_at: at(ms + 10) })
        .await
        .unwrap();
}

async fn confirmed(store: &dyn Store, number: u8) -> AccountId {
    let account_id = register(store, number).await;
    link(store, number, [number; 32], 0).await;
    assert_eq!(store.confirm([number; 32], at(1)).await.unwrap(), Some(account_id));
    account_id
}

/// Cancelled before it starts.
async fn cancelled(store: &dyn Store, account_id: AccountId, ms: i64) -> livegen::protocol::TaskId {
    let task_id = submit(store, account_id, ms).await;
    store.request_cancel(account_id, task_id, at(ms)).await.unwrap();
    task_id
}

async fn due(store: &dyn Store, ms: i64) -> Vec<Due> {
    store.claim_deliveries(at(ms), LEASE_MS, 8).await.unwrap()
}

async fn end(store: &dyn Store, due: &Due, ms: i64, fate: Fate) {
    store.end_delivery(due.lease, at(ms), Answer { status: Some(500), error: Some("no".into()) }, fate).await.unwrap();
}

fn hook_of(due: &Due) -> WebhookId {
    match &due.target {
        Target::Webhook { webhook_id, .. } => *webhook_id,
        other => panic!("a webhook is expected, not {other:?}"),
    }
}

pub async fn an_end_is_told_to_whoever_asked(house: House) {
    let store = house.open().await;
    let (ada, bob) = (register(&*store, 1).await, register(&*store, 2).await);
    let all = webhook(&*store, ada, &Occasion::OF_TASKS).await;
    let failures = webhook(&*store, ada, &[Occasion::Failed]).await;

    let lease = running(&*store, ada, 1).await;
    assert_eq!(due(&*store, 1).await, [], "nothing has ended");
    store.finish(lease, at(2), completed()).await.unwrap();
    let told = due(&*store, 2).await;
    assert_eq!(
        told.iter().map(|due| (hook_of(due), due.occasion, due.task_id)).collect::<Vec<_>>(),
        [(all, Occasion::Completed, Some(lease.task_id))]
    );
    assert_eq!((told[0].message_id, told[0].account_id, told[0].created_at), (lease.task_id.0, ada, at(2)));
    assert!(matches!(&told[0].target, Target::Webhook { secrets, .. } if *secrets == [SigningKey([7; 24])]));
    end(&*store, &told[0], 3, Fate::Arrived).await;

    let lease = running(&*store, ada, 4).await;
    store.finish(lease, at(5), Outcome::Failed { problem: Problem::internal() }).await.unwrap();
    let mut hooks: Vec<_> = due(&*store, 5).await.iter().map(hook_of).collect();
    hooks.sort();
    assert_eq!(hooks, [all, failures]);
    store.claim_deliveries(at(5), LEASE_MS, 8).await.unwrap();

    cancelled(&*store, bob, 6).await;
    let nobodys = store.submit(new_task(account(9), 7)).await.unwrap().task_id;
    store.request_cancel(account(9), nobodys, at(7)).await.unwrap();
    assert_eq!(due(&*store, 8).await, [], "neither who asked for nothing nor a guest");
    let mut refused = new_task(ada, 9);
    refused.refused = Some(Problem::internal());
    store.submit(refused).await.unwrap();
    assert_eq!(store.deliveries(ada, failures).await.unwrap().len(), 2, "refused at once is failed too");
}

pub async fn mail_is_for_who_switched_it_on(house: House) {
    let store = house.open().await;
    let ada = confirmed(&*store, 1).await;
    cancelled(&*store, ada, 1).await;
    assert!(!store.mail(ada).await.unwrap().when_done);
    store.want_mail(ada, true).await.unwrap();
    refused!(store.want_mail(account(7), true).await, StoreError::NotFound);
    refused!(store.mail(account(7)).await, StoreError::NotFound);
    assert!(store.mail(ada).await.unwrap().when_done);
    let first = cancelled(&*store, ada, 2).await;
    cancelled(&*store, ada, 3).await;
    let told = due(&*store, 3).await;
    assert_eq!(told.len(), 1, "one at a time");
    assert_eq!((&told[0].target, told[0].task_id), (&Target::Mail { email: "person1@example.org".into() }, Some(first)));
    end(&*store, &told[0], 3, Fate::Arrived).await;
    store.want_mail(ada, false).await.unwrap();
    assert_eq!(due(&*store, 4).await[0].target, Target::Nobody, "who does not want it any more is not written to");
}

pub async fn an_address_is_confirmed_by_a_link(house: House) {
    let store = house.open().await;
    let (ada, bob) = (register(&*store, 1).await, register(&*store, 2).await);
    assert_eq!(store.mail(ada).await.unwrap(), MailState::default());
    store.want_mail(ada, true).await.unwrap();
    cancelled(&*store, ada, 1).await;
    assert_eq!(due(&*store, 2).await, [], "wanted, and not confirmed");

    link(&*store, 1, [1; 32], 10).await;
    link(&*store, 1, [2; 32], 15).await;
    link(&*store, 2, [3; 32], 15).await;
    assert_eq!(store.confirmation([1; 32], at(19)).await.unwrap().as_deref(), Some("person1@example.org"));
    assert_eq!(
        (store.confirmation([1; 32], at(20)).await.unwrap(), store.confirm([1; 32], at(20)).await.unwrap()),
        (None, None),
        "too old"
    );
    assert_eq!(
        (store.confirmation([9; 32], at(16)).await.unwrap(), store.confirm([9; 32], at(16)).await.unwrap()),
        (None, None),
        "unknown"
    );
    assert_eq!(store.confirm([1; 32], at(19)).await.unwrap(), Some(ada));
    for used in [[1; 32], [2; 32]] {
        assert_eq!(
            (store.confirmation(used, at(19)).await.unwrap(), store.confirm(used, at(19)).await.unwrap()),
            (None, None),
            "once, and all"
        );
    }
    assert_eq!((store.mail(ada).await.unwrap().confirmed, store.mail(bob).await.unwrap().confirmed), (true, false));
    let other = NewConfirmation { secret: [4; 32], account_id: bob, email: "person1@example.org".into(), at: at(15), expires_at: at(25) };
    store.add_confirmation(other).await.unwrap();
    assert_eq!(store.confirm([4; 32], at(16)).await.unwrap(), None, "of an address that is not the account's");
    store.change_account(bob, AccountChange { disabled: Some(true), ..AccountChange::default() }, at(16)).await.unwrap();
    assert_eq!(
        (store.confirmation([3; 32], at(17)).await.unwrap(), store.confirm([3; 32], at(17)).await.unwrap()),
        (None, None),
        "disabled"
    );

    cancelled(&*store, ada, 30).await;
    assert_eq!(due(&*store, 31).await[0].target, Target::Mail { email: "person1@example.org".into() });
}

pub async fn confirmations_are_few(house: House) {
    let store = house.open().await;
    let ada = register(&*store, 1).await;
    let ask = async |ms| store.ask_confirmation(ada, next_id(ms).0, at(ms)).await.unwrap();
    let (minute, day) = (CONFIRMATION_PAUSE_MS, 24 * 3_600_000);
    for asked in 0..i64::from(MAX_CONFIRMATIONS_PER_DAY) {
        assert_eq!(ask(asked * minute).await, Asked::Written);
        assert_eq!(
            ask(asked * minute + minute - 1).await,
            Asked::TooSoon { next_at: at(if asked == 4 { day } else { (asked + 1) * minute }) }
        );
    }
    let last = 4 * minute;
    assert_eq!(store.mail(ada).await.unwrap().confirmation_asked_at, Some(at(last)));
    let first = due(&*store, last).await.remove(0);
    assert_eq!(
        (&first.target, first.task_id, first.created_at),
        (&Target::Confirmation { email: "person1@example.org".into() }, None, at(0))
    );
    end(&*store, &first, last, Fate::Arrived).await;
    assert_eq!(ask(day - 1).await, Asked::TooSoon { next_at: at(day) }, "also when it has arrived");
    assert_eq!(ask(day).await, Asked::Written);
    assert_eq!(ask(day + minute - 1).await, Asked::TooSoon { next_at: at(day + minute) });
    link(&*store, 1, [1; 32], day).await;
    store.confirm([1; 32], at(day)).await.unwrap();
    assert_eq!(ask(day + minute).await, Asked::Confirmed);
    assert_eq!(due(&*store, day).await[0].target, Target::Nobody, "what waited has nothing to ask any more");
    refused!(store.ask_confirmation(account(7), next_id(day).0, at(day)).await, StoreError::NotFound);
}

pub async fn a_message_is_sent_by_one_and_each_target_gets_one_at_a_time(house: House) {
    let store = house.open().await;
    let ada = register(&*store, 1).await;
    let (one, other) = (webhook(&*store, ada, &Occasion::OF_TASKS).await, webhook(&*store, ada, &Occasion::OF_TASKS).await);
    for ms in 1..=3 {
        cancelled(&*store, ada, ms).await;
    }
    let told = due(&*store, 10).await;
    let mut hooks: Vec<_> = told.iter().map(hook_of).collect();
    hooks.sort();
    assert_eq!(hooks, [one, other]);
    assert!(told.iter().all(|due| due.created_at == at(1)), "the oldest first");
    assert_eq!(due(&*store, 11).await, [], "both are busy");
    let (mine, rest) = (&told[0], &told[1]);
    end(&*store, mine, 12, Fate::Arrived).await;
    let next = due(&*store, 13).await;
    assert_eq!(next.iter().map(|due| (hook_of(due), due.created_at)).collect::<Vec<_>>(), [(hook_of(mine), at(2))]);
    // The sender of the other was lost: its message is sent again, as the second attempt.
    let mut later = store.claim_deliveries(at(20 + LEASE_MS), LEASE_MS, 1).await.unwrap();
    assert_eq!(later.len(), 1, "no more than asked for");
    let mut seen = Vec::new();
    while !later.is_empty() {
        for next in later {
            end(&*store, &next, 20 + LEASE_MS, Fate::Arrived).await;
            seen.push((next.lease.delivery_id, next.lease.attempt));
        }
        later = due(&*store, 20 + LEASE_MS).await;
    }
    assert!(seen.contains(&(rest.lease.delivery_id, 2)), "{seen:?}");
    assert_eq!(seen.len(), 5);
    refused!(store.end_delivery(rest.lease, at(21 + LEASE_MS), Answer::default(), Fate::Arrived).await, StoreError::StaleAttempt);
    refused!(store.end_delivery(mine.lease, at(21 + LEASE_MS), Answer::default(), Fate::Gone).await, StoreError::StaleAttempt);

    cancelled(&*store, ada, 50).await;
    assert_eq!(due(&*store, 50).await.len(), 2);
    assert_eq!(due(&*store, 51).await, []);
    assert_eq!(store.free_deliveries(at(51)).await.unwrap(), 2);
    assert_eq!(due(&*store, 51).await.len(), 2, "a restart does not wait for leases");
}

pub async fn attempts_end_as_they_are_said_to(house: House) {
    let store = house.open().await;
    let ada = register(&*store, 1).await;
    let hook = webhook(&*store, ada, &Occasion::OF_TASKS).await;
    let last = async |n: usize| store.deliveries(ada, hook).await.unwrap().remove(n);
    cancelled(&*store, ada, 1).await;
    let first = due(&*store, 1).await.remove(0);
    store
        .end_delivery(first.lease, at(2), Answer { status: Some(503), error: Some("x".repeat(5_000)) }, Fate::Again { at: at(100) })
        .await
        .unwrap();
    let shown = last(0).await;
    assert_eq!((shown.state, shown.next_at, shown.status, shown.attempts), (DeliveryState::Waiting, Some(at(100)), Some(503), 1));
    assert_eq!(shown.error.unwrap().len(), 300);
    assert_eq!(due(&*store, 99).await, []);
    let again = due(&*store, 100).await.remove(0);
    assert_eq!((again.lease.attempt, again.message_id), (2, first.message_id));
    end(&*store, &again, 101, Fate::GivenUp { disable_before: at(1) }).await;
    assert_eq!((last(0).await.state, last(0).await.done_at), (DeliveryState::GivenUp, Some(at(101))));
    assert_eq!(store.webhooks(ada).await.unwrap()[0].disabled_at, None, "it has failed since 2 only");

    for ms in [200, 201] {
        cancelled(&*store, ada, ms).await;
    }
    let told = due(&*store, 202).await.remove(0);
    end(&*store, &told, 203, Fate::GivenUp { disable_before: at(2) }).await;
    let shown = store.webhooks(ada).await.unwrap().remove(0);
    assert_eq!(shown.disabled_at, Some(at(203)));
    assert!(shown.disabled_why.unwrap().contains("too long"));
    assert_eq!(shown.last.unwrap().error.unwrap(), "Not sent: the webhook was disabled.", "what waited is not sent");
    cancelled(&*store, ada, 204).await;
    assert_eq!(due(&*store, 205).await, [], "nothing is written for a disabled one");

    store.ping(ada, hook, next_id(206).0, at(206)).await.unwrap();
    refused!(store.ping(ada, hook, next_id(207).0, at(207)).await, StoreError::Limit { .. });
    let test = due(&*store, 207).await.remove(0);
    assert_eq!((test.occasion, test.task_id), (Occasion::Ping, None));
    store.end_delivery(test.lease, at(208), Answer { status: Some(204), error: None }, Fate::Arrived).await.unwrap();
    assert_eq!(store.webhooks(ada).await.unwrap()[0].disabled_at, None, "a test that arrives puts it back to work");
    assert_eq!((last(0).await.state, last(0).await.status), (DeliveryState::Arrived, Some(204)));

    cancelled(&*store, ada, 209).await;
    let told = due(&*store, 210).await.remove(0);
    end(&*store, &told, 211, Fate::Gone).await;
    assert!(store.webhooks(ada).await.unwrap()[0].disabled_why.as_ref().unwrap().contains("410"));
    assert_eq!(store.forget_deliveries(at(203)).await.unwrap(), 1);
    assert_eq!(store.forget_deliveries(at(10_000)).await.unwrap(), 4);
    assert_eq!(store.deliveries(ada, hook).await.unwrap(), []);
}

pub async fn secrets_overlap_when_they_change(house: House) {
    let store = house.open().await;
    let ada = register(&*store, 1).await;
    let hook = webhook(&*store, ada, &Occasion::OF_TASKS).await;
    refused!(store.change_secret(account(2), hook, SigningKey([8; 24]), at(50)).await, StoreError::NotFound);
    store.change_secret(ada, hook, SigningKey([8; 24]), at(50)).await.unwrap();
    for ms in [10, 60] {
        cancelled(&*store, ada, ms).await;
        let told = due(&*store, ms).await.remove(0);
        let Target::Webhook { secrets, .. } = &told.target else { panic!("{told:?}") };
        let expected = [SigningKey([8; 24]), SigningKey([7; 24])];
        assert_eq!(*secrets, expected[..if ms == 10 { 2 } else { 1 }]);
        end(&*store, &told, ms, Fate::Arrived).await;
    }
    assert_eq!(format!("{:?}", SigningKey([8; 24])), "SigningKey(***)");
}

pub async fn a_strangers_webhook_does_not_exist(house: House) {
    let store = house.open().await;
    let (ada, bob) = (register(&*store, 1).await, register(&*store, 2).await);
    let hook = webhook(&*store, ada, &Occasion::OF_TASKS).await;
    assert_eq!(store.webhooks(bob).await.unwrap(), []);
    refused!(store.deliveries(bob, hook).await, StoreError::NotFound);
    refused!(store.remove_webhook(bob, hook).await, StoreError::NotFound);
    refused!(store.ping(bob, hook, next_id(1).0, at(1)).await, StoreError::NotFound);
    cancelled(&*store, ada, 1).await;
    let told = due(&*store, 1).await.remove(0);
    store.remove_webhook(ada, hook).await.unwrap();
    refused!(store.end_delivery(told.lease, at(2), Answer::default(), Fate::Arrived).await, StoreError::StaleAttempt);
    refused!(store.deliveries(ada, hook).await, StoreError::NotFound);
    assert_eq!(due(&*store, LEASE_MS * 2).await, [], "its messages went with it");

    webhook(&*store, ada, &Occasion::OF_TASKS).await;
    cancelled(&*store, ada, 3).await;
    store.change_account(ada, AccountChange { disabled: Some(true), ..AccountChange::default() }, at(4)).await.unwrap();
    assert_eq!(due(&*store, 5).await[0].target, Target::Nobody, "a disabled account is told nothing");
}

pub async fn outboxes_are_bounded(house: House) {
    let store = house.open().await;
    let ada = register(&*store, 1).await;
    let hook = webhook(&*store, ada, &Occasion::OF_TASKS).await;
    for _ in 0..MAX_WAITING + 5 {
        cancelled(&*store, ada, 1).await;
    }
    assert_eq!(store.deliveries(ada, hook).await.unwrap().len(), 50, "a list is bounded");
    let mut sent = 0;
    while let Some(next) = due(&*store, 2).await.first() {
        end(&*store, next, 2, Fate::Arrived).await;
        sent += 1;
    }
    assert_eq!(sent, MAX_WAITING);
    for _ in 1..MAX_WEBHOOKS {
        webhook(&*store, ada, &[Occasion::Failed]).await;
    }
    let one_more = NewWebhook {
        webhook_id: WebhookId(next_id(0).0),
        account_id: ada,
        url: "https://example.org".into(),
        secret: SigningKey([0; 24]),
        events: vec![],
        description: String::new(),
        at: at(0),
    };
    refused!(store.add_webhook(one_more).await, StoreError::Limit { .. });

    let bob = confirmed(&*store, 2).await;
    store.want_mail(bob, true).await.unwrap();
    let hour = 3_600_000;
    for ms in [0, hour - 1, hour] {
        for _ in 0..MAX_MAILS_PER_HOUR {
            cancelled(&*store, bob, 10 + ms).await;
        }
    }
    let mut mails = Vec::new();
    while let Some(next) = due(&*store, 10 + hour).await.first() {
        end(&*store, next, 10 + hour, Fate::Arrived).await;
        mails.push(next.created_at);
    }
    let count = |ms: i64| mails.iter().filter(|created_at| **created_at == at(10 + ms)).count();
    assert_eq!((count(0), count(hour - 1), count(hour)), (30, 0, 30), "so many in an hour");
}
