//! People and what proves who they are.

use livegen::{
    protocol::account::{KeyId, KeyInfo, Role, Scope},
    server::store::{
        NewTask, StoreError,
        accounts::{AccountChange, AccountFilter, AuditFilter, Digest, NewAccount, NewAudit, NewKey},
    },
};

use super::harness::*;

fn person(number: u8, email: &str) -> NewAccount {
    NewAccount { account_id: account(number), email: email.into(), password: "$argon2id$…".into(), role: Role::User, at: at(0) }
}

const fn secret(number: u8) -> Digest {
    [number; 32]
}

fn key(number: u8, secret_number: u8, expires_at: Option<i64>) -> NewKey {
    let info = KeyInfo {
        id: KeyId(next_id(0).0),
        name: format!("key {number}"),
        prefix: "lg_abc".into(),
        scopes: vec![Scope::Read],
        created_at: at(0),
        expires_at: expires_at.map(at),
        last_used_at: None,
    };
    NewKey { key: info, account_id: account(number), secret: secret(secret_number) }
}

pub async fn an_address_has_one_account(house: House) {
    let store = house.open().await;
    store.register(person(1, "ada@example.org")).await.unwrap();
    refused!(store.register(person(2, "ada@example.org")).await, StoreError::Taken);
    let known = store.account_by_email("ada@example.org").await.unwrap().unwrap();
    assert_eq!((known.account_id, known.role, known.disabled_at), (account(1), Role::User, None));
    assert_eq!(store.account(account(1)).await.unwrap().unwrap(), known);
    assert_eq!(store.account(account(2)).await.unwrap(), None);
    let listed = store.accounts(&AccountFilter { limit: 9, ..AccountFilter::default() }).await.unwrap();
    assert_eq!(listed.into_iter().map(|(account, _)| account).collect::<Vec<_>>(), vec![known]);
    refused!(store.change_account(account(2), AccountChange::default(), at(1)).await, StoreError::NotFound);
}

pub async fn sessions_end(house: House) {
    let store = house.open().await;
    store.register(person(1, "ada@example.org")).await.unwrap();
    for number in 1..=4 {
        store.open_session(secret(number), account(1), at(0), at(1000)).await.unwrap();
    }
    let proof = store.session(secret(1), at(999)).await.unwrap().unwrap();
    assert_eq!((proof.account_id, proof.scopes), (account(1), Scope::ALL.to_vec()));
    assert_eq!(store.session(secret(1), at(1000)).await.unwrap(), None, "its time is over");
    assert_eq!(store.session(secret(9), at(1)).await.unwrap(), None);

    store.end_session(secret(1)).await.unwrap();
    assert_eq!(store.session(secret(1), at(1)).await.unwrap(), None);
    assert!(store.session(secret(2), at(1)).await.unwrap().is_some());

    let disabled = |disabled| AccountChange { disabled: Some(disabled), ..AccountChange::default() };
    store.change_account(account(1), disabled(true), at(5)).await.unwrap();
    assert_eq!(store.session(secret(2), at(6)).await.unwrap(), None);
    store.change_account(account(1), disabled(false), at(7)).await.unwrap();
    assert_eq!(store.session(secret(2), at(8)).await.unwrap(), None, "what ended does not come back");

    store.open_session(secret(5), account(1), at(8), at(1000)).await.unwrap();
    store.end_sessions(account(1)).await.unwrap();
    assert_eq!(store.session(secret(5), at(9)).await.unwrap(), None);

    store.open_session(secret(6), account(1), at(9), at(1000)).await.unwrap();
    let password = AccountChange { password: Some("$argon2id$new".into()), ..AccountChange::default() };
    store.change_account(account(1), password, at(10)).await.unwrap();
    assert_eq!(store.session(secret(6), at(11)).await.unwrap(), None, "a new password signs out everywhere");
}

pub async fn keys_are_scoped_and_revoked(house: House) {
    let store = house.open().await;
    store.register(person(1, "ada@example.org")).await.unwrap();
    store.register(person(2, "bob@example.org")).await.unwrap();
    store.add_key(key(1, 1, None)).await.unwrap();
    store.add_key(key(1, 2, Some(100))).await.unwrap();
    assert_eq!(store.key(secret(1), at(50)).await.unwrap().unwrap().scopes, vec![Scope::Read]);
    assert!(store.key(secret(2), at(99)).await.unwrap().is_some());
    assert_eq!(store.key(secret(2), at(100)).await.unwrap(), None, "expired");

    store.touch_key(secret(1), at(60)).await.unwrap();
    let keys = store.keys(account(1)).await.unwrap();
    assert_eq!(keys.len(), 2);
    let used = keys.iter().find(|key| key.last_used_at.is_some()).unwrap();
    assert_eq!(used.last_used_at, Some(at(60)));
    refused!(store.revoke_key(account(2), used.id).await, StoreError::NotFound);
    store.revoke_key(account(1), used.id).await.unwrap();
    refused!(store.revoke_key(account(1), used.id).await, StoreError::NotFound);
    assert_eq!(store.key(secret(1), at(70)).await.unwrap(), None);

    store.change_account(account(1), AccountChange { disabled: Some(true), ..AccountChange::default() }, at(80)).await.unwrap();
    assert_eq!(store.key(secret(2), at(90)).await.unwrap(), None, "a disabled account's key is refused");
    for number in 10..110 {
        store.add_key(key(2, number, None)).await.unwrap();
    }
    refused!(store.add_key(key(2, 200, None)).await, StoreError::Limit { .. });
}

pub async fn tickets_are_good_once(house: House) {
    let store = house.open().await;
    store.add_ticket(secret(1), account(1), secret(7), at(0), at(100)).await.unwrap();
    store.add_ticket(secret(2), account(1), secret(7), at(0), at(100)).await.unwrap();
    assert_eq!(store.take_ticket(secret(1), at(50)).await.unwrap(), Some((account(1), secret(7))));
    assert_eq!(store.take_ticket(secret(1), at(50)).await.unwrap(), None, "taken");
    assert_eq!(store.take_ticket(secret(2), at(100)).await.unwrap(), None, "too late");
    assert_eq!(store.take_ticket(secret(3), at(1)).await.unwrap(), None);
}

pub async fn revocations_are_told_in_order(house: House) {
    let store = house.open().await;
    store.register(person(1, "ada@example.org")).await.unwrap();
    assert_eq!(store.last_revocation().await.unwrap(), 0);
    store.open_session(secret(1), account(1), at(0), at(1000)).await.unwrap();
    store.add_key(key(1, 2, None)).await.unwrap();
    store.end_session(secret(1)).await.unwrap();
    store.end_session(secret(1)).await.unwrap();
    let id = store.keys(account(1)).await.unwrap()[0].id;
    store.revoke_key(account(1), id).await.unwrap();
    store.end_sessions(account(1)).await.unwrap();
    let told = store.revoked_after(0).await.unwrap();
    let credentials: Vec<_> = told.iter().map(|revocation| revocation.credential).collect();
    assert_eq!(credentials, [Some(secret(1)), Some(secret(2)), None]);
    assert!(told.iter().all(|revocation| revocation.account_id == account(1)));
    assert_eq!(store.revoked_after(told[1].revocation_id).await.unwrap(), told[2..]);
    assert_eq!(store.last_revocation().await.unwrap(), told[2].revocation_id);
}

pub async fn a_guests_things_come_along(house: House) {
    let store = house.open().await;
    let (guest, ada) = (account(1), account(2));
    store.register(NewAccount { account_id: ada, ..person(2, "ada@example.org") }).await.unwrap();
    store.grant(guest, 1000, at(0)).await.unwrap();
    let keyed = |account_id, ms| NewTask { idempotency_key: Some("same".into()), ..new_task(account_id, ms) };
    let theirs = store.submit(keyed(ada, 1)).await.unwrap().task_id;
    let mut priced = keyed(guest, 2);
    priced.price.tokens = 700;
    let mine = store.submit(priced).await.unwrap().task_id;
    store.adopt(guest, ada, at(3)).await.unwrap();

    assert_eq!(store.summary(ada, mine).await.unwrap().task_id, mine);
    refused!(store.summary(guest, mine).await, StoreError::NotFound);
    assert_eq!(store.submit(keyed(ada, 4)).await.unwrap().task_id, theirs, "the account's own key still names its own task");
    let tokens = store.tokens(ada).await.unwrap().unwrap();
    assert_eq!((tokens.free, tokens.held), (0, 700), "what the task holds comes along, what is free stays behind");
    store.request_cancel(ada, mine, at(5)).await.unwrap();
    let tokens = store.tokens(ada).await.unwrap().unwrap();
    assert_eq!((tokens.free, tokens.held), (700, 0));
    assert_eq!(store.ledger_error().await.unwrap(), (0, 0));
}

pub async fn what_was_done_is_on_record(house: House) {
    let store = house.open().await;
    let entry = |number, action| NewAudit {
        at: at(0),
        account_id: Some(account(number)),
        by: None,
        action,
        detail: "with a password".into(),
        address: "127.0.0.1".into(),
    };
    for (number, action) in [(1, "sign-in"), (2, "sign-in"), (1, "sign-out")] {
        store.record(entry(number, action)).await.unwrap();
    }
    let actions = |entries: Vec<livegen::protocol::account::AuditEntry>| entries.into_iter().map(|entry| entry.action).collect::<Vec<_>>();
    let of = |number| AuditFilter { account_id: Some(account(number)), before: None, limit: 10 };
    assert_eq!(actions(store.audit(of(1)).await.unwrap()), ["sign-out", "sign-in"]);
    let newest = store.audit(AuditFilter { limit: 2, ..AuditFilter::default() }).await.unwrap();
    assert_eq!(newest.len(), 2);
    let older = AuditFilter { before: Some(newest[1].id), limit: 2, ..AuditFilter::default() };
    assert_eq!(actions(store.audit(older).await.unwrap()), ["sign-in"]);

    let by = NewAudit { by: Some(account(2)), ..entry(1, "role set") };
    store.register(person(1, "ada@example.org")).await.unwrap();
    store.change_account(account(1), AccountChange { record: vec![by], ..AccountChange::default() }, at(1)).await.unwrap();
    let entries = store.audit(of(1)).await.unwrap();
    assert_eq!(
        (entries[0].account_id, entries[0].by, entries[0].email.as_deref()),
        (Some(account(1)), Some(account(2)), Some("ada@example.org"))
    );
}

pub async fn accounts_are_listed_in_pages(house: House) {
    let store = house.open().await;
    for (number, email) in [(1, "c@example.org"), (2, "a@example.org"), (3, "b@example.com"), (4, "a_b@example.org")] {
        store.register(person(number, email)).await.unwrap();
    }
    let list = async |email: Option<&str>, after: Option<&str>, limit| {
        let filter = AccountFilter { email: email.map(Into::into), after: after.map(Into::into), limit };
        let found = store.accounts(&filter).await.unwrap();
        found.into_iter().map(|(account, _)| account.email).collect::<Vec<_>>()
    };
    assert_eq!(list(None, None, 3).await, ["a@example.org", "a_b@example.org", "b@example.com"]);
    assert_eq!(list(None, Some("b@example.com"), 3).await, ["c@example.org"]);
    assert_eq!(list(Some("example.org"), Some("a@example.org"), 9).await, ["a_b@example.org", "c@example.org"]);
    assert_eq!(list(Some("_"), None, 9).await, ["a_b@example.org"], "no wildcard");
    assert_eq!(list(Some("%"), None, 9).await, Vec::<String>::new());
}

pub async fn somebody_stays_admin_whatever_happens_at_once(house: House) {
    let store = house.open().await;
    for number in 1..=8 {
        let role = if number <= 6 { Role::Admin } else { Role::User };
        store.register(NewAccount { role, ..person(number, &format!("{number}@example.org")) }).await.unwrap();
    }
    let leave = |number: u8| {
        let store = store.clone();
        let change = AccountChange {
            role: number.is_multiple_of(2).then_some(Role::User),
            disabled: (!number.is_multiple_of(2)).then_some(true),
            grant: Some(7),
            ..AccountChange::default()
        };
        async move { store.change_account(account(number), change, at(1)).await }
    };
    let left = futures::future::join_all((1..=6).map(leave)).await;
    assert_eq!(left.iter().filter(|left| left.is_ok()).count(), 5);
    let last = left.iter().position(|left| matches!(left, Err(StoreError::LastAdmin))).expect("one was refused");
    let last = u8::try_from(last + 1).unwrap();
    let known = store.account(account(last)).await.unwrap().unwrap();
    assert_eq!((known.role, known.disabled_at), (Role::Admin, None));
    assert_eq!(store.tokens(account(last)).await.unwrap().unwrap_or_default().free, 0, "all of the change was refused");
    // Others may go, and the last one once somebody else is there.
    leave(7).await.unwrap();
    refused!(leave(last).await, StoreError::LastAdmin);
    store.change_account(account(8), AccountChange { role: Some(Role::Admin), ..AccountChange::default() }, at(2)).await.unwrap();
    leave(last).await.unwrap();
    let taken = AccountChange { grant: Some(-8), role: Some(Role::Admin), ..AccountChange::default() };
    refused!(store.change_account(account(7), taken, at(3)).await, StoreError::TooFewTokens { .. });
    assert_eq!(store.account(account(7)).await.unwrap().unwrap().role, Role::User);
    assert_eq!(store.ledger_error().await.unwrap(), (0, 0));
}
