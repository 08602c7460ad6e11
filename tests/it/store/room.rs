//! Rooms: the runs of a project, the links that let others watch them, and comments.

use livegen::{
    protocol::{
        AccountId, TaskId,
        room::{ShareId, ShareInfo},
    },
    server::store::{
        NewTask, Store, StoreError,
        accounts::{AccountChange, Digest, NewAccount},
        room::{MAX_COMMENTS, MAX_COMMENTS_OF_ONE, MAX_SHARES, NewComment, NewShare},
    },
};

use super::harness::*;

async fn again(store: &dyn Store, account_id: AccountId, retry_of: TaskId, ms: i64) -> TaskId {
    let mut new: NewTask = new_task(account_id, ms);
    new.created.retry_of = Some(retry_of);
    store.submit(new).await.unwrap().task_id
}

fn share(project_id: TaskId, account_id: AccountId, secret: Digest) -> NewShare {
    let share = ShareInfo {
        id: ShareId(next_id(0).0),
        label: "for Ada".into(),
        may_comment: true,
        created_at: at(10),
        expires_at: at(1000),
        last_used_at: None,
    };
    NewShare { share, project_id, account_id, secret }
}

const fn secret(number: u8) -> Digest {
    [number; 32]
}

fn comment(task_id: TaskId, account_id: AccountId, text: &str) -> NewComment {
    NewComment { task_id, seq: 1, account_id, name: "Ada".into(), text: text.into(), at: at(20) }
}

pub async fn runs_of_a_project_stand_together(house: House) {
    let store = house.open().await;
    let first = submit(&*store, account(1), 0).await;
    let stranger = submit(&*store, account(2), 0).await;
    assert_eq!(store.project_of(account(1), first).await.unwrap(), first);
    // A tree, not a list: a failed run may be repeated twice.
    let second = again(&*store, account(1), first, 1).await;
    let third = again(&*store, account(1), first, 2).await;
    let fourth = again(&*store, account(1), second, 3).await;
    for run in [first, second, third, fourth] {
        assert_eq!(store.project_of(account(1), run).await.unwrap(), first);
        refused!(store.project_of(account(2), run).await, StoreError::NotFound);
    }
    assert_eq!(store.present_run(account(1), first).await.unwrap(), fourth);
    refused!(store.present_run(account(2), first).await, StoreError::NotFound);
    refused!(store.present_run(account(1), second).await, StoreError::NotFound);
    let page = store.runs(account(1), first, None, 3).await.unwrap();
    let shown = |page: &livegen::protocol::room::RunPage| page.runs.iter().map(|run| (run.number, run.task.task_id)).collect::<Vec<_>>();
    assert_eq!((shown(&page), page.more), (vec![(4, fourth), (3, third), (2, second)], true));
    let rest = store.runs(account(1), first, Some(second), 3).await.unwrap();
    assert_eq!((shown(&rest), rest.more), (vec![(1, first)], false));
    assert_eq!(store.runs(account(2), first, None, 9).await.unwrap().runs, []);
    assert!(page.runs.iter().all(|run| !run.download));
    // Somebody else's task is no project to go on with.
    let own = again(&*store, account(1), stranger, 4).await;
    assert_eq!(store.project_of(account(1), own).await.unwrap(), own);
    // The oldest is claimed first, and has something to download when it is done.
    let lease = claim(&*store, 5).await.lease;
    assert_eq!(lease.task_id, first);
    store.finish(lease, at(6), completed()).await.unwrap();
    let page = store.runs(account(1), first, None, 9).await.unwrap();
    assert_eq!(page.runs.iter().map(|run| run.download).collect::<Vec<_>>(), [false, false, false, true]);
}

pub async fn links_are_good_for_their_project_until_they_end(house: House) {
    let store = house.open().await;
    let project = submit(&*store, account(1), 0).await;
    let run = again(&*store, account(1), project, 1).await;
    let other = submit(&*store, account(1), 2).await;
    let new = share(project, account(1), secret(1));
    refused!(store.add_share(share(project, account(2), secret(9))).await, StoreError::NotFound);
    refused!(store.add_share(share(run, account(1), secret(9))).await, StoreError::NotFound);
    store.add_share(new.clone()).await.unwrap();
    for task_id in [project, run] {
        let shared = store.shared(secret(1), task_id, at(999)).await.unwrap().unwrap();
        assert_eq!((shared.share_id, shared.project_id, shared.owner), (new.share.id, project, account(1)));
        assert!(shared.may_comment && shared.expires_at == at(1000));
    }
    for (secret, task_id, ms) in [(secret(1), other, 20), (secret(1), project, 1000), (secret(2), project, 20)] {
        assert_eq!(store.shared(secret, task_id, at(ms)).await.unwrap(), None);
    }
    store.touch_share(secret(1), at(50)).await.unwrap();
    let used = ShareInfo { last_used_at: Some(at(50)), ..new.share.clone() };
    assert_eq!(store.shares(account(1), project, at(51)).await.unwrap(), [used]);
    assert_eq!(store.shares(account(2), project, at(51)).await.unwrap(), []);
    assert_eq!(store.shares(account(1), project, at(1000)).await.unwrap(), [], "it has expired");

    refused!(store.revoke_share(account(2), project, new.share.id).await, StoreError::NotFound);
    refused!(store.revoke_share(account(1), other, new.share.id).await, StoreError::NotFound);
    let before = store.last_revocation().await.unwrap();
    store.revoke_share(account(1), project, new.share.id).await.unwrap();
    assert_eq!(store.shared(secret(1), project, at(51)).await.unwrap(), None);
    let told = store.revoked_after(before).await.unwrap();
    assert_eq!(told.iter().map(|told| (told.account_id, told.credential)).collect::<Vec<_>>(), [(account(1), Some(secret(1)))]);
    refused!(store.revoke_share(account(1), project, new.share.id).await, StoreError::NotFound);
}

pub async fn links_go_with_their_owner(house: House) {
    let store = house.open().await;
    let project = submit(&*store, account(1), 0).await;
    store.add_share(share(project, account(1), secret(1))).await.unwrap();
    let id = store.add_comment(comment(project, account(1), "mine")).await.unwrap();
    let email = "ada@example.org".into();
    let role = livegen::protocol::account::Role::User;
    store.register(NewAccount { account_id: account(3), email, password: "$argon2id$…".into(), role, at: at(0) }).await.unwrap();
    store.adopt(account(1), account(3), at(5)).await.unwrap();
    assert_eq!(store.shared(secret(1), project, at(20)).await.unwrap().unwrap().owner, account(3));
    assert_eq!(store.shares(account(1), project, at(20)).await.unwrap(), []);
    let comments = store.comments(project, account(3), None, 9).await.unwrap().comments;
    assert_eq!((comments[0].id, comments[0].owner, comments[0].mine), (id, true, true));
    let disabled = |disabled| AccountChange { disabled: Some(disabled), ..AccountChange::default() };
    // Somebody else stays admin, so that anybody may be shut out.
    store.change_account(account(3), disabled(true), at(30)).await.unwrap();
    assert_eq!(store.shared(secret(1), project, at(31)).await.unwrap(), None);
    store.change_account(account(3), disabled(false), at(32)).await.unwrap();
    assert!(store.shared(secret(1), project, at(33)).await.unwrap().is_some());
}

pub async fn links_are_bounded_and_expired_ones_go(house: House) {
    let store = house.open().await;
    let project = submit(&*store, account(1), 0).await;
    for number in 0..MAX_SHARES {
        store.add_share(share(project, account(1), secret(u8::try_from(number).unwrap()))).await.unwrap();
    }
    refused!(store.add_share(share(project, account(1), secret(200))).await, StoreError::Limit { .. });
    let mut later = share(project, account(1), secret(201));
    (later.share.created_at, later.share.expires_at) = (at(1000), at(2000));
    store.add_share(later).await.unwrap();
    assert_eq!(store.shares(account(1), project, at(1000)).await.unwrap().len(), 1);
}

pub async fn comments_stay_with_their_run(house: House) {
    let store = house.open().await;
    let project = submit(&*store, account(1), 0).await;
    let run = again(&*store, account(1), project, 1).await;
    let other = submit(&*store, account(2), 1).await;
    let first = store.add_comment(comment(project, account(1), "one")).await.unwrap();
    let second = store.add_comment(comment(run, account(2), "two")).await.unwrap();
    refused!(store.add_comment(NewComment { seq: 2, ..comment(run, account(1), "of what?") }).await, StoreError::Refused { .. });
    refused!(store.add_comment(NewComment { seq: 0, ..comment(run, account(1), "of what?") }).await, StoreError::Refused { .. });
    refused!(store.add_comment(comment(next_id(9), account(1), "of what?")).await, StoreError::NotFound);
    let shown = async |asker| {
        let page = store.comments(project, asker, None, 9).await.unwrap();
        page.comments.iter().map(|said| (said.id, said.task_id, said.text.clone(), said.owner, said.mine)).collect::<Vec<_>>()
    };
    assert_eq!(shown(account(1)).await, [(first, project, "one".into(), true, true), (second, run, "two".into(), false, false)]);
    assert_eq!(shown(account(2)).await, [(first, project, "one".into(), true, false), (second, run, "two".into(), false, true)]);
    let page = store.comments(project, account(1), None, 1).await.unwrap();
    assert_eq!((page.comments[0].id, page.more), (second, true));
    let page = store.comments(project, account(1), Some(second), 1).await.unwrap();
    assert_eq!((page.comments[0].id, page.more), (first, false));

    refused!(store.remove_comment(project, account(2), first).await, StoreError::NotFound);
    refused!(store.remove_comment(other, account(2), second).await, StoreError::NotFound);
    store.remove_comment(project, account(2), second).await.unwrap();
    let third = store.add_comment(comment(run, account(2), "three")).await.unwrap();
    store.remove_comment(project, account(1), third).await.unwrap();
    refused!(store.remove_comment(project, account(1), third).await, StoreError::NotFound);
    assert_eq!(shown(account(1)).await.len(), 1);
    store.close().await;
    assert_eq!(house.open().await.comments(project, account(1), None, 9).await.unwrap().comments.len(), 1);
}

pub async fn comments_are_bounded(house: House) {
    let store = house.open().await;
    let project = submit(&*store, account(1), 0).await;
    for number in 0..MAX_COMMENTS {
        let author = account(2 + u8::try_from(number / MAX_COMMENTS_OF_ONE).unwrap());
        store.add_comment(comment(project, author, "again")).await.unwrap();
        if number + 1 == MAX_COMMENTS_OF_ONE {
            refused!(store.add_comment(comment(project, author, "and again")).await, StoreError::Limit { .. });
        }
    }
    refused!(store.add_comment(comment(project, account(9), "one more")).await, StoreError::Limit { .. });
    assert_eq!(store.comments(project, account(1), None, u32::MAX).await.unwrap().comments.len(), 200);
}
