//! Lists: order, pages, filters, search.

use livegen::{
    protocol::{Kind, Status, TaskFilter, TaskId, TaskPage},
    server::store::{Store, StoreError},
};

use super::harness::*;

async fn titled(store: &dyn Store, title: &str, source: &str) -> TaskId {
    let mut new = new_task(account(1), 0);
    new.created.title = title.into();
    new.created.source = source.into();
    store.submit(new).await.unwrap().task_id
}

fn ids(page: &TaskPage) -> Vec<TaskId> {
    page.tasks.iter().map(|task| task.task_id).collect()
}

pub async fn newest_first_in_pages(house: House) {
    let store = house.open().await;
    let mut expect = Vec::new();
    for ms in 0..11 {
        expect.insert(0, submit(&*store, account(1), ms).await);
        submit(&*store, account(2), ms).await;
    }
    let (mut seen, mut filter) = (Vec::new(), TaskFilter { limit: 4, ..TaskFilter::default() });
    for more in [true, true, false] {
        let page = store.list(account(1), &filter).await.unwrap();
        assert_eq!(page.more, more);
        filter.before = page.tasks.last().map(|task| task.task_id);
        seen.extend(ids(&page));
    }
    assert_eq!(seen, expect);
    filter.before = expect.last().copied();
    assert_eq!(store.list(account(1), &filter).await.unwrap(), TaskPage::default());
    // A page that ends exactly at the end says so.
    assert!(!store.list(account(1), &TaskFilter { limit: 11, ..TaskFilter::default() }).await.unwrap().more);
}

pub async fn filters_combine(house: House) {
    let store = house.open().await;
    let museum = titled(&*store, "Museum", "a.yaml").await;
    let zoo = titled(&*store, "Zoo", "b.yaml").await;
    let park = titled(&*store, "Park", "museum.yaml").await;
    assert_eq!(claim(&*store, 0).await.lease.task_id, museum);
    let list = |filter: TaskFilter| {
        let store = store.clone();
        async move { ids(&store.list(account(1), &filter).await.unwrap()) }
    };
    let text = |text: &str| TaskFilter { text: Some(text.into()), ..TaskFilter::default() };
    assert_eq!(list(TaskFilter { status: Some(Status::Queued), ..TaskFilter::default() }).await, [park, zoo]);
    assert_eq!(list(TaskFilter { status: Some(Status::Running), ..TaskFilter::default() }).await, [museum]);
    assert_eq!(list(TaskFilter { kind: Some(Kind::TestSuite), ..TaskFilter::default() }).await, [park, zoo, museum]);
    assert_eq!(list(text("MUSEUM")).await, [park, museum]);
    assert_eq!(list(TaskFilter { status: Some(Status::Queued), ..text("museum") }).await, [park]);
    assert_eq!(list(TaskFilter { before: Some(park), ..text("museum") }).await, [museum]);
    assert_eq!(list(TaskFilter { status: Some(Status::Failed), ..text("museum") }).await, []);
    assert_eq!(list(text("  ")).await.len(), 3);
}

pub async fn search_takes_wildcards_literally(house: House) {
    let store = house.open().await;
    let percent = titled(&*store, "100 % cover", "x").await;
    let underscore = titled(&*store, "snake_case", "x").await;
    let umlaut = titled(&*store, "ÜBERSICHT", "x").await;
    let quoted = titled(&*store, r#"it's a "test" \ here"#, "x").await;
    for (text, expect) in [
        ("%", vec![percent]),
        ("_", vec![underscore]),
        ("übers", vec![umlaut]),
        ("'s", vec![quoted]),
        ("\\", vec![quoted]),
        ("%_%", vec![]),
        ("'; DROP TABLE task; --", vec![]),
    ] {
        let page = store.list(account(1), &TaskFilter { text: Some(text.into()), ..TaskFilter::default() }).await.unwrap();
        assert_eq!(ids(&page), expect, "{text}");
    }
}

pub async fn limits_are_clamped(house: House) {
    let store = house.open_with(1000).await;
    for ms in 0..120 {
        submit(&*store, account(1), ms).await;
    }
    for (limit, expect) in [(0, 25), (1, 1), (100, 100), (101, 100), (u32::MAX, 100)] {
        let page = store.list(account(1), &TaskFilter { limit, ..TaskFilter::default() }).await.unwrap();
        assert_eq!((page.tasks.len(), page.more), (expect, true));
    }
}

pub async fn the_newest_run_of_a_task_is_found(house: House) {
    let store = house.open().await;
    let run = async |owner: u8, ms: i64, retry_of: Option<TaskId>| {
        let mut new = new_task(account(owner), ms);
        new.created.retry_of = retry_of;
        store.submit(new).await.unwrap().task_id
    };
    let first = run(1, 0, None).await;
    let latest = async |task_id: TaskId| store.latest_run(account(1), task_id).await;
    assert_eq!(latest(first).await.unwrap(), first);
    let second = run(1, 1, Some(first)).await;
    let third = run(1, 2, Some(second)).await;
    run(1, 3, None).await;
    // Another account cannot make itself a run of somebody else's task.
    run(2, 4, Some(first)).await;
    for task_id in [first, second, third] {
        assert_eq!(latest(task_id).await.unwrap(), third);
    }
    let beside = run(1, 5, Some(first)).await;
    assert_eq!((latest(first).await.unwrap(), latest(second).await.unwrap()), (beside, third));
    assert!(matches!(store.latest_run(account(2), first).await, Err(StoreError::NotFound)));
}
