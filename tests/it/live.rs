//! Live delivery: every way of watching a task gives the same log, whenever one starts and whatever breaks between.

use futures::StreamExt;
use livegen::protocol::{Event, EventBody, Frame, Status, TaskSnapshot};
use reqwest::{StatusCode, header};
use serde_json::Value;

use crate::harness::{ALL_STEPS, STEPS, Scripted, TestServer, assert_whole, live_path, within};

fn says(event: &Event, text: &str) -> bool {
    matches!(&event.body, EventBody::StatusUpdate(update) if update.message == text)
}

#[tokio::test]
async fn a_run_is_watched_from_its_first_event_to_its_last() {
    let script = Scripted::new();
    let server = TestServer::builder().generator(&script).spawn().await;
    let browser = server.browser();
    let task = browser.submit("one").await;
    let mut live = browser.watch(task, Some(0)).await;
    let first = live.connection().await;
    assert!(first.snapshot.is_none(), "whoever has a cursor gets events, not a snapshot");
    let queued = live.next_event().await;
    assert_eq!(queued.seq, 1);
    script.allow(ALL_STEPS);
    let (events, code) = live.rest().await;
    let events: Vec<_> = std::iter::once(queued).chain(events).collect();
    assert_whole(task, &events);
    assert_eq!(code, 1000, "the server says goodbye when the log is complete");
    let shown = browser.snapshot(task).await;
    assert_eq!(TaskSnapshot::fold(task, &events), shown, "REST and socket are the same fold");
    assert_eq!((shown.status, shown.progress, shown.files.len(), shown.log_total), (Status::Completed, 100, 3, ALL_STEPS as u64));
    assert_eq!(shown.message, "All done");
    server.stop().await;
}

#[tokio::test]
async fn resuming_after_any_event_misses_nothing_and_repeats_nothing() {
    let script = Scripted::new();
    let server = TestServer::builder().generator(&script).spawn().await;
    let browser = server.browser();
    let task = browser.submit("resume").await;
    script.allow(STEPS);
    let mut live = browser.watch(task, Some(0)).await;
    live.connection().await;
    let seen = live.until(|event| says(event, "parsing 5/5")).await;
    // The network is gone: no goodbye.
    drop(live);
    script.allow(ALL_STEPS - STEPS);
    let mut again = browser.watch(task, Some(seen.len() as u64)).await;
    again.connection().await;
    let (rest, _) = again.rest().await;
    let all: Vec<_> = seen.into_iter().chain(rest).collect();
    assert_whole(task, &all);
    for after in 0..all.len() as u64 {
        let mut late = browser.watch(task, Some(after)).await;
        assert_eq!(late.connection().await.seq, all.len() as u64);
        let (events, code) = late.rest().await;
        assert_eq!((events.as_slice(), code), (&all[usize::try_from(after).unwrap()..], 1000));
    }
    server.stop().await;
}

#[tokio::test]
async fn without_a_cursor_the_snapshot_stands_for_the_past() {
    let script = Scripted::new();
    let server = TestServer::builder().generator(&script).spawn().await;
    let browser = server.browser();
    let task = browser.submit("snapshot").await;
    script.allow(2);
    let mut first = browser.watch(task, Some(0)).await;
    first.connection().await;
    let past = first.until(|event| matches!(&event.body, EventBody::Log { message, .. } if message == "did 2 of parsing")).await;
    let mut late = browser.watch(task, None).await;
    let mut snapshot = *late.connection().await.snapshot.expect("a snapshot");
    assert_eq!(snapshot, TaskSnapshot::fold(task, &past));
    // A cursor from another life of the log is worth nothing either.
    let mut stranger = browser.watch(task, Some(999)).await;
    assert!(stranger.connection().await.snapshot.is_some());
    script.allow(ALL_STEPS);
    for event in late.rest().await.0 {
        snapshot.apply(&event);
    }
    assert_eq!(snapshot, browser.snapshot(task).await);
    server.stop().await;
}

#[tokio::test]
async fn event_stream_polling_and_socket_tell_the_same() {
    let script = Scripted::new();
    let server = TestServer::builder().generator(&script).spawn().await;
    let browser = server.browser();
    let task = browser.submit("ladder").await;
    let stream =
        browser.get(&format!("/api/v1/tasks/{task}/events?after=0")).header(header::ACCEPT, "text/event-stream").send().await.unwrap();
    assert_eq!(stream.headers()[header::CONTENT_TYPE], "text/event-stream");
    let waiting = browser.get(&format!("/api/v1/tasks/{task}/events?after=2&wait=20")).header(header::ACCEPT, "application/json").send();
    let (waited, ()) = tokio::join!(waiting, async { script.allow(ALL_STEPS) });
    let waited: Value = waited.unwrap().json().await.unwrap();
    assert_eq!(waited["events"][0]["seq"], 3, "a long-poll answers with what comes");
    let body = within("the stream to end", stream.text()).await.unwrap();
    let frames: Vec<Frame> = body.lines().filter_map(|line| line.strip_prefix("data: ")).map(|data| Frame::decode(data).unwrap()).collect();
    assert!(matches!(frames[0], Frame::Connection(_)));
    let streamed: Vec<Event> =
        frames.into_iter().filter_map(|frame| if let Frame::Event(event) = frame { Some(*event) } else { None }).collect();
    assert_whole(task, &streamed);
    assert_eq!(streamed, browser.log(task).await);
    let resumed = browser
        .get(&format!("/api/v1/tasks/{task}/events"))
        .header("last-event-id", (streamed.len() - 1).to_string())
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    assert_eq!(resumed.matches("\nid: ").count() + usize::from(resumed.starts_with("id: ")), 1, "{resumed}");
    server.stop().await;
}

#[tokio::test]
async fn many_watchers_see_the_same_and_cost_nothing_afterwards() {
    let script = Scripted::new();
    let server = TestServer::builder().generator(&script).settings(|settings| settings.limits.live_connections = 40).spawn().await;
    let browser = server.browser();
    let task = browser.submit("crowd").await;
    let watchers: Vec<_> = futures::stream::iter(0..40).then(|_| browser.watch(task, Some(0))).collect().await;
    assert_eq!(browser.try_watch(&live_path(task, None), &[]).await.err(), Some(503), "the 41st is told to come back");
    script.allow(ALL_STEPS);
    let logs = futures::future::join_all(watchers.into_iter().map(|mut live| async move { live.rest().await.0 })).await;
    for log in &logs {
        assert_whole(task, log);
        assert_eq!(log, &logs[0]);
    }
    within("permits to come back", async {
        while server.state.admission.open() > 0 || server.state.hub.watched() > 0 {
            tokio::task::yield_now().await;
        }
    })
    .await;
    server.stop().await;
}

#[tokio::test]
async fn pings_are_answered_and_nonsense_ends_the_connection() {
    let server = TestServer::builder().generator(&Scripted::new()).spawn().await;
    let browser = server.browser();
    let task = browser.submit("manners").await;
    let mut live = browser.watch(task, None).await;
    live.connection().await;
    live.say(r#"{"type":"ping"}"#).await;
    loop {
        // Events may come between.
        if let Frame::Pong = live.next_frame().await.unwrap() {
            break;
        }
    }
    for nonsense in ["hello", r#"{"type":"drop table"}"#, "[]"] {
        let mut live = browser.watch(task, None).await;
        live.connection().await;
        live.say(nonsense).await;
        assert_eq!(live.rest().await.1, 4500, "{nonsense}");
    }
    let mut live = browser.watch(task, None).await;
    live.connection().await;
    live.say(&"x".repeat(65 * 1024)).await;
    assert!(live.rest().await.1 != 1000, "a frame above 64 KiB is not read");
    server.stop().await;
}

#[tokio::test]
async fn a_stopping_server_tells_its_watchers_to_come_back() {
    let server = TestServer::builder().generator(&Scripted::new()).spawn().await;
    let browser = server.browser();
    let task = browser.submit("goodbye").await;
    let mut live = browser.watch(task, None).await;
    live.connection().await;
    server.begin_stop();
    assert_eq!(live.rest().await.1, 4000);
    server.stop().await;
}

#[tokio::test]
async fn what_is_no_watcher_is_refused_before_the_upgrade() {
    let server = TestServer::builder().generator(&Scripted::new()).spawn().await;
    let browser = server.browser();
    let task = browser.submit("strangers").await;
    assert_eq!(browser.get(&live_path(task, None)).send().await.unwrap().status(), StatusCode::UPGRADE_REQUIRED);
    let evil = [("origin", "http://evil.example"), ("sec-fetch-site", "cross-site")];
    assert_eq!(browser.try_watch(&live_path(task, None), &evil).await.err(), Some(403), "another site's page may not watch");
    let own = format!("http://{}", server.address);
    assert!(browser.try_watch(&live_path(task, None), &[("origin", &own)]).await.is_ok());
    for path in ["/api/v1/tasks/nothing/live", "/api/v1/tasks/01890a5d-ac96-774b-bcce-b302099a8057/live"] {
        assert_eq!(browser.try_watch(path, &[]).await.err(), Some(404), "{path}");
    }
    assert_eq!(browser.try_watch(&format!("/api/v1/tasks/{task}/live?after=-1"), &[]).await.err(), Some(422));
    server.stop().await;
}
