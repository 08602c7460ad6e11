//! Document 000's Redis: with `REDIS_URL` every event is published on `project_tasks:{task_id}` and wakes other nodes; absent, wrong, dead
//! or hanging it holds up nobody and loses nothing.
//!
//! The tests start a `redis-server` of their own, and fail where there is none (`scripts/setup.sh redis` installs it).

use std::{
    net::TcpListener,
    process::{Child, Command, Stdio},
    sync::Arc,
    time::Duration,
};

use futures::StreamExt;
use livegen::protocol::{Event, Status, TaskId};
use serde_json::Value;

use crate::harness::{ALL_STEPS, STEPS, Scripted, TestServer, assert_whole, within};

/// A Redis that keeps nothing on disk.
struct Redis {
    port: u16,
    process: Child,
}

impl Redis {
    async fn start() -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut redis = Self { port, process: Self::spawn(port) };
        redis.ready().await;
        redis
    }

    fn spawn(port: u16) -> Child {
        let mut command = Command::new("redis-server");
        command.args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]);
        command.stdout(Stdio::null()).spawn().expect("redis-server is needed for this test: `scripts/setup.sh redis` installs it")
    }

    async fn ready(&mut self) {
        within("Redis to answer", async {
            while redis::Client::open(self.url()).unwrap().get_multiplexed_async_connection().await.is_err() {
                assert!(self.process.try_wait().unwrap().is_none(), "redis-server ended");
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        })
        .await;
    }

    fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/0", self.port)
    }

    fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    async fn restart(&mut self) {
        self.process = Self::spawn(self.port);
        self.ready().await;
    }

    /// STOP: it takes connections and answers nothing. CONT: it goes on.
    fn signal(&self, name: &str) {
        assert!(Command::new("kill").args([&format!("-{name}"), &self.process.id().to_string()]).status().unwrap().success());
    }

    /// What anybody hears who listens to this channel or pattern.
    async fn subscribe(&self, pattern: &str) -> redis::aio::PubSubStream {
        let mut subscription = redis::Client::open(self.url()).unwrap().get_async_pubsub().await.unwrap();
        subscription.psubscribe(pattern).await.unwrap();
        subscription.into_on_message()
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

async fn node(script: &Arc<Scripted>, url: String) -> TestServer {
    TestServer::builder().generator(script).settings(|settings| settings.redis.url = url).spawn().await
}

/// Another node beside `first`: it shares the store, works on nothing, and hears of events by Redis only.
async fn reader_beside(first: &TestServer, url: String) -> TestServer {
    let builder = TestServer::builder().generator(&Scripted::new()).store(first.state.store.clone());
    let reader = builder.settings(|settings| (settings.redis.url, settings.queue.workers) = (url, 0)).spawn().await;
    within("the reader's subscription", async {
        while !reader.state.hub.bus().is_heard() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
    reader
}

async fn heard(stream: &mut redis::aio::PubSubStream) -> (String, Value) {
    let message = within("a message from Redis", stream.next()).await.expect("the subscription lives");
    (message.get_channel_name().to_owned(), serde_json::from_slice(message.get_payload_bytes()).unwrap())
}

async fn until_published(server: &TestServer) {
    within("everything to be published", async {
        while server.state.hub.bus().counts().waiting > 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await;
}

#[tokio::test]
async fn an_outsider_hears_every_event_in_order_as_clients_get_it() {
    let redis = Redis::start().await;
    let script = Scripted::new();
    let server = node(&script, redis.url()).await;
    let browser = server.browser();
    let mut stream = redis.subscribe("project_tasks:*").await;
    let task = browser.submit("published").await;
    script.allow(ALL_STEPS);
    let mut published: Vec<Value> = Vec::new();
    while published.last().is_none_or(|event| event["type"] != "completion") {
        let (channel, event) = heard(&mut stream).await;
        assert_eq!(channel, format!("project_tasks:{task}"));
        // The document's message.
        for field in ["result", "error"] {
            assert!(event.get(field).is_some(), "{field} is missing in {event}");
        }
        assert_eq!(event["task_id"], task.to_string());
        if matches!(event["type"].as_str(), Some("status_update" | "completion")) {
            assert!(["queued", "running", "completed"].contains(&event["status"].as_str().unwrap()), "{event}");
        }
        published.push(event);
    }
    let log: Vec<Value> = browser.log(task).await.iter().map(|event| serde_json::to_value(event).unwrap()).collect();
    assert_eq!(published, log, "the same JSON that clients get");
    assert_eq!(published.last().unwrap()["status"], "completed");
    let counts = server.state.hub.bus().counts();
    assert_eq!((counts.published, counts.dropped), (log.len() as u64, 0));
    server.stop().await;
}

#[tokio::test]
async fn another_node_s_watchers_are_woken_by_redis() {
    let redis = Redis::start().await;
    let script = Scripted::new();
    let worker = node(&script, redis.url()).await;
    let reader = reader_beside(&worker, redis.url()).await;
    let browser = worker.browser();
    let task = browser.submit("two nodes").await;
    let elsewhere = reader.browser().with_cookie(&browser.cookie().unwrap());
    let mut live = elsewhere.watch(task, Some(0)).await;
    live.connection().await;
    let mut events = Vec::new();
    // By Redis this takes milliseconds; the reader's own look at the store would need a second or more for each step.
    let started = tokio::time::Instant::now();
    for step in 1..=ALL_STEPS {
        script.allow(1);
        let wanted = format!("did {} of", (step - 1) % STEPS + 1);
        events.extend(live.until(|event| serde_json::to_string(event).unwrap().contains(&wanted)).await);
    }
    assert!(started.elapsed() < Duration::from_secs(5), "{ALL_STEPS} steps took {:?}", started.elapsed());
    let (rest, code) = live.rest().await;
    events.extend(rest);
    assert_whole(task, &events);
    assert_eq!(code, 1000);
    assert_eq!(events, browser.log(task).await);
    reader.stop().await;
    worker.stop().await;
}

#[tokio::test]
async fn a_room_on_another_node_goes_on_with_the_next_run() {
    let redis = Redis::start().await;
    let script = Scripted::new();
    let worker = node(&script, redis.url()).await;
    let reader = reader_beside(&worker, redis.url()).await;
    let browser = worker.browser();
    let project = browser.submit("far room").await;
    let elsewhere = reader.browser().with_cookie(&browser.cookie().unwrap());
    let mut room = elsewhere.try_watch(&format!("/api/ws/projects/{project}"), &[]).await.unwrap();
    script.allow(2 * ALL_STEPS);
    while room.next_json().await.unwrap()["type"] != "completion" {}
    let again: Value = browser.post(&format!("/api/projects/{project}/generate")).send().await.unwrap().json().await.unwrap();
    let first = room.next_json().await.unwrap();
    assert_eq!((&first["task_id"], &first["project_id"]), (&again["task_id"], &serde_json::json!(project)));
    while room.next_json().await.unwrap()["type"] != "completion" {}
    reader.stop().await;
    worker.stop().await;
}

#[tokio::test]
async fn what_others_write_to_redis_is_never_believed() {
    let redis = Redis::start().await;
    let script = Scripted::new();
    let server = node(&script, redis.url()).await;
    let browser = server.browser();
    let task = browser.submit("forged").await;
    let mut watcher = browser.watch(task, Some(0)).await;
    watcher.connection().await;
    let mut forged = redis::Client::open(redis.url()).unwrap().get_multiplexed_async_connection().await.unwrap();
    let mut say = async |channel: String, text: String| {
        let heard: u32 = redis::cmd("PUBLISH").arg(channel).arg(text).query_async(&mut forged).await.unwrap();
        assert!(heard <= 1);
    };
    let forgery = serde_json::json!({"type": "completion", "task_id": task, "seq": u64::MAX, "timestamp": "2026-01-01T00:00:00Z",
        "status": "completed", "message": "LIE"});
    for text in [forgery.to_string(), "{}".into(), "not json".into(), "x".repeat(1 << 20)] {
        say(format!("project_tasks:{task}"), text).await;
        say("project_tasks:nonsense".into(), forgery.to_string()).await;
    }
    script.allow(ALL_STEPS);
    let (events, _) = watcher.rest().await;
    assert_whole(task, &events);
    assert!(!serde_json::to_string(&events).unwrap().contains("LIE"));
    server.stop().await;
}

/// What befalls Redis in the middle of a task, and what ends it.
async fn survives(strike: impl Fn(&mut Redis), recover: impl AsyncFn(&mut Redis)) {
    let mut redis = Redis::start().await;
    let script = Scripted::new();
    let worker = node(&script, redis.url()).await;
    let reader = reader_beside(&worker, redis.url()).await;
    let browser = worker.browser();
    let task = browser.submit("outage").await;
    let mut near = browser.watch(task, Some(0)).await;
    let mut far = reader.browser().with_cookie(&browser.cookie().unwrap()).watch(task, Some(0)).await;
    near.connection().await;
    far.connection().await;
    script.allow(STEPS);
    let is_there = |event: &Event| serde_json::to_string(event).unwrap().contains("did 5 of parsing");
    let mut seen = near.until(is_there).await;
    let mut seen_far = far.until(is_there).await;

    strike(&mut redis);
    let struck = tokio::time::Instant::now();
    script.allow(ALL_STEPS);
    seen.extend(near.rest().await.0);
    assert!(struck.elapsed() < Duration::from_secs(1), "the worker's own watcher waited {:?}", struck.elapsed());
    seen_far.extend(far.rest().await.0);
    // The store is asked every second.
    assert!(struck.elapsed() < Duration::from_millis(2500), "the other node's watcher waited {:?}", struck.elapsed());
    for events in [&seen, &seen_far] {
        assert_whole(task, events);
        assert_eq!(events, &browser.log(task).await);
    }
    assert_eq!(browser.snapshot(task).await.status, Status::Completed);

    recover(&mut redis).await;
    let recovered = tokio::time::Instant::now();
    until_published(&worker).await;
    assert!(recovered.elapsed() < Duration::from_secs(3), "publishing resumed after {:?}", recovered.elapsed());
    let mut stream = redis.subscribe("project_tasks:*").await;
    let again: TaskId = browser.submit("after the outage").await;
    while heard(&mut stream).await.0 != format!("project_tasks:{again}") {}
    worker.stop().await;
    reader.stop().await;
}

#[tokio::test]
async fn a_killed_redis_holds_up_nobody_and_comes_back() {
    survives(Redis::kill, async |redis: &mut Redis| redis.restart().await).await;
}

#[tokio::test]
async fn a_hanging_redis_holds_up_nobody_and_comes_back() {
    survives(|redis: &mut Redis| redis.signal("STOP"), async |redis: &mut Redis| redis.signal("CONT")).await;
}

#[tokio::test]
async fn an_absent_or_wrong_redis_is_no_reason_not_to_work() {
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for url in [format!("redis://{nobody}/"), "localhost".into(), "rediss://127.0.0.1:1/".into(), "redis://no-such-host.invalid/".into()] {
        let script = Scripted::new();
        script.allow(ALL_STEPS);
        let started = tokio::time::Instant::now();
        let server = node(&script, url.clone()).await;
        let browser = server.browser();
        let task = browser.submit("alone").await;
        let mut live = browser.watch(task, Some(0)).await;
        live.connection().await;
        assert_whole(task, &live.rest().await.0);
        assert!(started.elapsed() < Duration::from_secs(2), "{url}: {:?}", started.elapsed());
        server.stop().await;
        assert!(started.elapsed() < Duration::from_secs(5), "{url}: stopping waits a moment for a last message, no longer");
    }
}
