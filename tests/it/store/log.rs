//! The log: numbering, fencing of what may be said, bounds, files.

use livegen::{
    protocol::{CancelPhase, EventBody, Status, event::StatusUpdate},
    server::store::{NewFile, StoreError},
};

use super::harness::*;

pub async fn seqs_are_gapless_and_in_order(house: House) {
    let store = house.open().await;
    let lease = running(&*store, account(1), 0).await;
    let mut seqs = Vec::new();
    for round in 0..20 {
        let bodies = (0..round % 4).map(|n| log(&format!("{round}.{n}"))).collect();
        seqs.extend(store.append(lease, at(round), bodies).await.unwrap().iter().map(|event| event.seq));
    }
    assert_eq!(seqs, (3..33).collect::<Vec<u64>>());
    assert_eq!(all_events(&*store, lease.task_id).await.len(), 32);
    assert_eq!(store.head_seq(next_id(0)).await.unwrap(), 0);
    assert!(store.events_after(next_id(0), 0, 10).await.unwrap().is_empty());
}

pub async fn progress_never_falls(house: House) {
    let store = house.open().await;
    let lease = running(&*store, account(1), 0).await;
    let said = store.append(lease, at(1), vec![step(50, "a"), step(20, "b"), log("c"), step(100, "d"), step(60, "e")]).await.unwrap();
    let progress = said.iter().filter(|event| event.seq != 5).map(|event| update(event).progress).collect::<Vec<_>>();
    assert_eq!(progress, [50, 50, 99, 99]);
    let summary = store.summary(account(1), lease.task_id).await.unwrap();
    assert_eq!((summary.progress, summary.message.as_str()), (99, "e"));
    store.append(lease, at(2), vec![log("a log line is no message")]).await.unwrap();
    assert_eq!(store.summary(account(1), lease.task_id).await.unwrap().message, "e");
}

pub async fn workers_cannot_say_what_is_the_stores(house: House) {
    let store = house.open().await;
    let lease = running(&*store, account(1), 0).await;
    let end = EventBody::Completion { status: Status::Completed, message: "Done".into(), result: None, error: None };
    refused!(store.append(lease, at(1), vec![log("all or none"), end]).await, StoreError::Refused { .. });
    refused!(store.append(lease, at(1), vec![log("all or none"), EventBody::Unknown]).await, StoreError::Refused { .. });
    refused!(store.append(lease, at(1), vec![log("all or none"), step(1, &"x".repeat(70_000))]).await, StoreError::Limit { .. });
    assert_eq!(store.head_seq(lease.task_id).await.unwrap(), 2);

    let lie = StatusUpdate {
        attempt: 77,
        run_at: Some(at(9)),
        cancel: Some(CancelPhase::Acknowledged),
        ..StatusUpdate::new(Status::Failed, "lie")
    };
    let said = store.append(lease, at(2), vec![EventBody::StatusUpdate(lie)]).await.unwrap();
    let told = update(&said[0]);
    assert_eq!((told.status, told.attempt, told.run_at, told.cancel), (Status::Running, 1, None, Some(CancelPhase::Acknowledged)));
}

pub async fn text_is_made_harmless(house: House) {
    let store = house.open().await;
    let lease = running(&*store, account(1), 0).await;
    let said =
        store.append(lease, at(1), vec![log("\u{1B}[31mred\u{1B}[0m \u{202E}drow\0"), step(1, "\u{1B}]0;title\u{7}step")]).await.unwrap();
    let EventBody::Log { message, .. } = &said[0].body else { panic!() };
    assert_eq!(message, "red \u{FFFD}drow\u{FFFD}");
    assert_eq!(update(&said[1]).message, "step");
    assert_eq!(store.summary(account(1), lease.task_id).await.unwrap().message, "step");
    let stored = store.put_file(lease, at(2), file("a.txt", "\u{1B}[2Jraw")).await.unwrap().unwrap();
    let EventBody::File { preview, .. } = &stored.body else { panic!() };
    assert_eq!(preview.as_deref(), Some("raw"));
    // The file itself is what was made.
    assert_eq!(store.file(lease.task_id, "a.txt").await.unwrap().unwrap().content, b"\x1B[2Jraw");

    let long = store.append(lease, at(3), vec![log(&"é".repeat(100_000))]).await.unwrap();
    let EventBody::Log { message, .. } = &long[0].body else { panic!() };
    assert!(message.len() < 20_000 && message.ends_with("bytes cut)"), "{}", message.len());
    assert_eq!(all_events(&*store, lease.task_id).await.last(), long.last());
}

pub async fn replay_is_bounded(house: House) {
    let store = house.open().await;
    let lease = running(&*store, account(1), 0).await;
    for _ in 0..10 {
        store.append(lease, at(1), (0..20).map(|_| log(&"x".repeat(15_000))).collect()).await.unwrap();
    }
    let head = store.head_seq(lease.task_id).await.unwrap();
    assert_eq!(head, 202);
    assert_eq!(store.events_after(lease.task_id, 0, 7).await.unwrap().len(), 7);
    assert_eq!(store.events_after(lease.task_id, 0, 0).await.unwrap().len(), 0);
    assert!(store.events_after(lease.task_id, head, 10).await.unwrap().is_empty());
    assert!(store.events_after(lease.task_id, u64::MAX, 10).await.unwrap().is_empty());
    // Reading on after the last one gives everything, about a mebibyte at a time.
    let (mut after, mut reads) = (0, 0);
    loop {
        let events = store.events_after(lease.task_id, after, u32::MAX).await.unwrap();
        let Some(last) = events.last() else { break };
        let bytes: usize = events.iter().map(|event| serde_json::to_string(event).unwrap().len()).sum();
        assert!(bytes <= 1024 * 1024 + 64 * 1024, "{bytes}");
        assert_eq!(events[0].seq, after + 1);
        after = last.seq;
        reads += 1;
    }
    assert_eq!((after, reads), (head, 3));
}

pub async fn log_lines_page_backwards(house: House) {
    let store = house.open().await;
    let lease = running(&*store, account(1), 0).await;
    for n in 0..10 {
        store.append(lease, at(n), vec![log(&format!("line {n}")), step(1, "between")]).await.unwrap();
    }
    let page = |before, limit| store.log_before(lease.task_id, before, limit);
    let newest = page(u64::MAX, 4).await.unwrap();
    assert_eq!(newest.iter().map(|line| line.message.as_str()).collect::<Vec<_>>(), ["line 6", "line 7", "line 8", "line 9"]);
    assert_eq!((newest[0].seq, newest[0].at, newest[0].stage.as_deref()), (15, at(6), Some("generating")));
    let older = page(newest[0].seq, 100).await.unwrap();
    assert_eq!((older.len(), older[5].message.as_str(), older[0].message.as_str()), (6, "line 5", "line 0"));
    assert!(page(older[0].seq, 4).await.unwrap().is_empty());
    assert!(store.log_before(next_id(0), u64::MAX, 4).await.unwrap().is_empty());
}

pub async fn files_replace_and_repeat(house: House) {
    let store = house.open().await;
    let lease = running(&*store, account(1), 0).await;
    for (path, content) in [("b.py", "one"), ("a/ü.py", ""), ("b.py", "two, longer")] {
        assert!(store.put_file(lease, at(1), file(path, content)).await.unwrap().is_some());
    }
    let head = store.head_seq(lease.task_id).await.unwrap();
    // A stage that runs again after a crash makes the same files again: nothing happens.
    assert_eq!(store.put_file(lease, at(2), file("b.py", "two, longer")).await.unwrap(), None);
    assert_eq!(store.head_seq(lease.task_id).await.unwrap(), head);
    let files = store.files(lease.task_id).await.unwrap();
    assert_eq!(
        files.iter().map(|file| (file.path.as_str(), file.bytes, file.seq)).collect::<Vec<_>>(),
        [("a/ü.py", 0, 4), ("b.py", 11, 5)]
    );
    let binary = NewFile { path: "x.bin".into(), content: (0..=255).collect(), sha256: "s".into(), preview: None };
    store.put_file(lease, at(3), binary.clone()).await.unwrap();
    assert_eq!(store.file(lease.task_id, "x.bin").await.unwrap().unwrap().content, binary.content);
    refused!(store.put_file(lease, at(4), NewFile { path: "../x".into(), ..binary.clone() }).await, StoreError::Refused { .. });
    refused!(store.put_file(lease, at(4), NewFile { content: vec![0; 17 * 1024 * 1024], ..binary }).await, StoreError::Limit { .. });
}
