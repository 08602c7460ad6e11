//! Live delivery measured on the real binary in a process of its own, beside a floor in the same run.
//!
//! - fan-out: one task's events, about ten a second, to 1,000 WebSocket subscribers; latency from the event's own timestamp to its arrival.
//!   The floor is the same stack with nothing in it: axum, a broadcast channel and the same number of sockets.
//! - memory: the server's resident set before and after 2,000 idle subscribers came.
//! - pages: the server-rendered task page and the REST snapshot, one after the other, beside `/livez`.
//! - enqueue: `POST /api/v1/tasks` by 32 clients.
//!
//! Bounded: about two minutes. Run by `make bench`; figures go to `docs/BENCHMARKS.md` by hand.

#![expect(clippy::disallowed_methods, reason = "a benchmark reads the real clock")]

#[allow(dead_code, reason = "tests need more of it")]
#[path = "../tests/it/process.rs"]
mod process;

use std::{
    collections::HashMap,
    net::SocketAddr,
    process::{Child, Command, Stdio},
    sync::Arc,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use axum::{
    Router,
    extract::{
        State,
        ws::{Message as Sent, Utf8Bytes, WebSocketUpgrade},
    },
    routing::get,
};
use futures::StreamExt;
use livegen::protocol::{EventBody, Frame};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    sync::broadcast,
};
use tokio_tungstenite::tungstenite::{Message, client::IntoClientRequest, protocol::WebSocketConfig};

const SUBSCRIBERS: usize = 1_000;
const IDLE: usize = 2_000;
const EVENTS: usize = 100;
const ROUNDS: usize = 3;
const PAGES: usize = 500;
const ENQUEUED: usize = 6_000;
const CLIENTS: usize = 32;

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let floor = std::env::args().any(|argument| argument == "--floor-server");
    runtime.block_on(async { if floor { serve_floor().await } else { measure().await } });
}

async fn measure() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    println!("fan-out: {ROUNDS} × {EVENTS} events, ten a second, to {SUBSCRIBERS} WebSocket subscribers");
    // In turns: what else the machine does meets both.
    let (mut bare, mut ours) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let mut floor = Server::floor().await;
        bare.extend(fan_out(&format!("ws://{}/", floor.address), None).await);
        floor.stop();
        let mut server = Server::livegen(100).await;
        let (task, cookie) = server.submit(200).await;
        ours.extend(fan_out(&format!("ws://{}/api/v1/tasks/{task}/live?after=0", server.address), Some(&cookie)).await);
        server.stop();
    }
    for (what, part) in [("from the event", Arrival::since_event as fn(&Arrival) -> f64), ("from its first arrival", Arrival::since_first)]
    {
        println!("  {what} to each arrival");
        let (mut bare, mut ours): (Vec<f64>, Vec<f64>) = (bare.iter().map(part).collect(), ours.iter().map(part).collect());
        print_latencies("floor: axum and a broadcast channel", &mut bare);
        print_latencies("livegen, durable", &mut ours);
        println!("  p99 is {:.2} × the floor's", percentile(&ours, 99.0) / percentile(&bare, 99.0));
    }

    let mut server = Server::livegen(60_000).await;
    let (task, cookie) = server.submit(3).await;
    memory(&server, &task, &cookie).await;
    server.stop();

    let mut server = Server::livegen(0).await;
    let (task, cookie) = server.submit(40).await;
    server.completed(&task, &cookie).await;
    pages(&server, &task, &cookie).await;
    enqueue(&server).await;
    server.stop();
}

struct Server {
    child: Child,
    address: SocketAddr,
    http: reqwest::Client,
    _dir: tempfile::TempDir,
}

impl Server {
    async fn livegen(step_delay_ms: u32) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let mut command = tokio::process::Command::from(process::livegen());
        command
            .arg("serve")
            .env("LIVEGEN_SERVER_ADDR", "127.0.0.1:0")
            .env("LIVEGEN_DATABASE_URL", format!("sqlite://{}", dir.path().join("livegen.db").display()))
            .env("LIVEGEN_QUEUE_STEP_DELAY_MS", step_delay_ms.to_string())
            .env("LIVEGEN_LIMITS_LIVE_CONNECTIONS_PER_ACCOUNT", "20000")
            .env("LIVEGEN_LIMITS_REQUESTS_PER_MINUTE", "0")
            .env("LIVEGEN_LIMITS_REQUESTS_PER_MINUTE_PER_ADDRESS", "0")
            .env("LIVEGEN_LIMITS_STARTS_PER_MINUTE", "0")
            .env("LIVEGEN_LIMITS_OPEN_TASKS_PER_ACCOUNT", "100000")
            .env("LIVEGEN_LOG_FILTER", "error");
        Self::start(command, dir).await
    }

    async fn floor() -> Self {
        let mut command = tokio::process::Command::new(std::env::current_exe().unwrap());
        command.arg("--floor-server");
        Self::start(command, tempfile::tempdir().unwrap()).await
    }

    async fn start(command: tokio::process::Command, dir: tempfile::TempDir) -> Self {
        let mut command = command.into_std();
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let stdout = tokio::process::ChildStdout::from_std(child.stdout.take().unwrap()).unwrap();
        let line = BufReader::new(stdout).lines().next_line().await.unwrap().unwrap();
        let address = line.rsplit('/').next().unwrap().parse().unwrap();
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { child, address, http, _dir: dir }
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// A task of `operations` operations; its id and its owner's cookie.
    async fn submit(&self, operations: usize) -> (String, String) {
        let answer = self.http.post(self.url("/api/v1/tasks")).json(&input(operations)).send().await.unwrap();
        let cookie = answer.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
        let body: Value = answer.json().await.unwrap();
        (body["task_id"].as_str().unwrap_or_else(|| panic!("{body}")).to_owned(), cookie)
    }

    async fn completed(&self, task: &str, cookie: &str) {
        loop {
            let answer = self.http.get(self.url(&format!("/api/v1/tasks/{task}"))).header("cookie", cookie).send().await.unwrap();
            let body: Value = answer.json().await.unwrap();
            if body["status"] == "completed" {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    fn resident_kib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }

    fn stop(&mut self) {
        let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        let _ = self.child.wait();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn input(operations: usize) -> Value {
    let paths: serde_json::Map<String, Value> = (0..operations)
        .map(|n| {
            let operation = json!({"operationId": format!("getThing{n}"), "tags": ["things"], "parameters": [{"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": 100}}], "responses": {"200": {"description": "ok", "content": {"application/json": {"schema": {"type": "object"}}}}}});
            (format!("/things{n}"), json!({ "get": operation }))
        })
        .collect();
    let description = json!({"openapi": "3.0.3", "info": {"title": "Bench", "version": "1"}, "paths": paths});
    json!({"kind": "test_suite", "name": "bench.json", "description": description.to_string()})
}

/// Sockets with small buffers: this process must not be what is measured.
async fn connect(
    url: &str,
    cookie: Option<&str>,
) -> tokio_tungstenite::WebSocketStream<tokio_tungstenite::MaybeTlsStream<tokio::net::TcpStream>> {
    let mut request = url.into_client_request().unwrap();
    if let Some(cookie) = cookie {
        request.headers_mut().insert("cookie", cookie.parse().unwrap());
    }
    let config = WebSocketConfig::default().read_buffer_size(4 * 1024).write_buffer_size(0);
    tokio_tungstenite::connect_async_with_config(request, Some(config), true).await.unwrap().0
}

fn now_micros() -> i64 {
    i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_micros()).unwrap()
}

/// One event at one subscriber, in microseconds of the clock that both processes share.
struct Arrival {
    sent: i64,
    first: i64,
    arrived: i64,
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds")]
impl Arrival {
    /// Milliseconds with everything in between: the commit too.
    fn since_event(&self) -> f64 {
        (self.arrived - self.sent) as f64 / 1000.0
    }

    /// Milliseconds of the fan-out alone.
    fn since_first(&self) -> f64 {
        (self.arrived - self.first) as f64 / 1000.0
    }
}

async fn fan_out(url: &str, cookie: Option<&str>) -> Vec<Arrival> {
    let sockets: Vec<_> = futures::stream::iter(0..SUBSCRIBERS).map(|_| connect(url, cookie)).buffer_unordered(32).collect().await;
    let connected = now_micros();
    let readers = sockets.into_iter().map(|mut socket| {
        tokio::spawn(async move {
            let mut arrivals = Vec::with_capacity(EVENTS);
            while arrivals.len() < EVENTS {
                let Some(Ok(message)) = socket.next().await else { break };
                let arrived = now_micros();
                let Message::Text(text) = message else { continue };
                let Ok(Frame::Event(event)) = Frame::decode(&text) else { continue };
                let sent = event.timestamp.as_micros();
                // Only what was sent while everybody was there, and of the steps: ten a second.
                if sent > connected && matches!(event.body, EventBody::StatusUpdate(_)) {
                    arrivals.push((event.seq, sent, arrived));
                }
            }
            arrivals
        })
    });
    let all: Vec<(u64, i64, i64)> = futures::future::join_all(readers).await.into_iter().flat_map(Result::unwrap).collect();
    assert!(all.len() > SUBSCRIBERS * EVENTS / 2, "only {} deliveries", all.len());
    let mut first = HashMap::new();
    for (seq, _, arrived) in &all {
        first.entry(*seq).and_modify(|first: &mut i64| *first = (*first).min(*arrived)).or_insert(*arrived);
    }
    all.into_iter().map(|(seq, sent, arrived)| Arrival { sent, first: first[&seq], arrived }).collect()
}

async fn memory(server: &Server, task: &str, cookie: &str) {
    let url = format!("ws://{}/api/v1/tasks/{task}/live?after=0", server.address);
    // The first connections pay for pools and code pages; they are not what one more costs.
    let warm: Vec<_> = futures::stream::iter(0..100).map(|_| connect(&url, Some(cookie))).buffer_unordered(32).collect().await;
    let before = server.resident_kib();
    let sockets: Vec<_> = futures::stream::iter(0..IDLE).map(|_| connect(&url, Some(cookie))).buffer_unordered(32).collect().await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let after = server.resident_kib();
    println!("memory: {IDLE} idle subscribers, resident {before} → {after} KiB");
    #[expect(clippy::cast_precision_loss, reason = "KiB")]
    let each = (after.saturating_sub(before)) as f64 * 1.024 / IDLE as f64;
    println!("  {each:.1} kB each");
    drop((warm, sockets));
}

async fn pages(server: &Server, task: &str, cookie: &str) {
    println!("pages: {PAGES} requests one after the other, finished task of 40 operations");
    for (what, path) in [
        ("floor: /livez", "/livez".to_owned()),
        ("task page, server-rendered", format!("/tasks/{task}")),
        ("snapshot, JSON", format!("/api/v1/tasks/{task}")),
        ("history page", "/tasks".to_owned()),
    ] {
        let mut times = Vec::with_capacity(PAGES);
        let mut bytes = 0;
        for _ in 0..PAGES {
            let began = Instant::now();
            let answer = server.http.get(server.url(&path)).header("cookie", cookie).send().await.unwrap();
            assert!(answer.status().is_success(), "{path}: {}", answer.status());
            bytes = answer.bytes().await.unwrap().len();
            times.push(began.elapsed().as_secs_f64() * 1000.0);
        }
        times.sort_by(f64::total_cmp);
        println!("  {what:<30} p50 {:6.2} ms  p99 {:6.2} ms  {bytes} bytes", percentile(&times, 50.0), percentile(&times, 99.0));
    }
}

async fn enqueue(server: &Server) {
    let body = Arc::new(input(1).to_string());
    let (_, cookie) = server.submit(1).await;
    let began = Instant::now();
    let clients = (0..CLIENTS).map(|_| {
        let (http, url, body, cookie) = (server.http.clone(), server.url("/api/v1/tasks"), Arc::clone(&body), cookie.clone());
        tokio::spawn(async move {
            let mut times = Vec::new();
            for _ in 0..ENQUEUED / CLIENTS {
                let began = Instant::now();
                let request = http.post(&url).header("cookie", &cookie).header("content-type", "application/json").body((*body).clone());
                assert_eq!(request.send().await.unwrap().status(), 201);
                times.push(began.elapsed().as_secs_f64() * 1000.0);
            }
            times
        })
    });
    let mut times: Vec<f64> = futures::future::join_all(clients).await.into_iter().flat_map(Result::unwrap).collect();
    #[expect(clippy::cast_precision_loss, reason = "a few thousand")]
    let rate = times.len() as f64 / began.elapsed().as_secs_f64();
    times.sort_by(f64::total_cmp);
    println!(
        "enqueue over HTTP, parsed and durable, two workers busy beside it: {rate:.0}/s by {CLIENTS} clients, p50 {:.1} ms, p99 {:.1} ms",
        percentile(&times, 50.0),
        percentile(&times, 99.0)
    );
}

#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an index")]
fn percentile(sorted: &[f64], percent: f64) -> f64 {
    sorted[((sorted.len() - 1) as f64 * percent / 100.0) as usize]
}

fn print_latencies(what: &str, times: &mut [f64]) {
    times.sort_by(f64::total_cmp);
    println!(
        "  {what:<38} p50 {:7.2} ms  p99 {:7.2} ms  max {:7.2} ms",
        percentile(times, 50.0),
        percentile(times, 99.0),
        percentile(times, 100.0)
    );
}

/// The same stack with nothing in it: every 100 ms an event of the same size to everybody.
async fn serve_floor() {
    let (sender, _) = broadcast::channel::<Utf8Bytes>(64);
    let router = Router::new().route("/", get(subscribe)).with_state(sender.clone());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    println!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let mut every = tokio::time::interval(Duration::from_millis(100));
        for seq in 1_u64.. {
            every.tick().await;
            let timestamp = livegen::protocol::Timestamp::from_micros(now_micros());
            let id = "01890a5d-ac96-774b-bcce-b302099a8057";
            let event = json!({"type": "status_update", "task_id": id, "project_id": id, "seq": seq, "timestamp": timestamp, "status": "running", "attempt": 1, "stage": "generating", "progress": 40, "stage_progress": 20, "message": "Generating test cases for endpoint 100/200: GET /things100", "endpoint_count": 200, "current_endpoint": 100, "result": null, "error": null});
            let _ = sender.send(event.to_string().into());
        }
    });
    axum::serve(listener, router).await.unwrap();
}

async fn subscribe(State(sender): State<broadcast::Sender<Utf8Bytes>>, upgrade: WebSocketUpgrade) -> axum::response::Response {
    let mut receiver = sender.subscribe();
    upgrade.on_upgrade(move |mut socket| async move {
        while let Ok(text) = receiver.recv().await {
            if socket.send(Sent::Text(text)).await.is_err() {
                return;
            }
        }
    })
}
