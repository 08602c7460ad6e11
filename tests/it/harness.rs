//! Whole servers for tests: real sockets on port 0, a real database in a temporary folder, a client per browser.
//!
//! A [`Scripted`] generator moves only when a test lets it, so that tests decide what "half-way" is; no test sleeps
//! to wait for something.

mod captured;
mod scripted;

use std::{net::SocketAddr, sync::Arc, time::Duration};

use futures::{SinkExt, StreamExt};
use leptos::config::LeptosOptions;
use livegen::{
    protocol::{Event, Frame, TaskId, TaskSnapshot, frame::Connection},
    server::{
        clock::{Clock, ManualClock},
        config::Settings,
        generate::Generator,
        lifecycle::{Parts, Server},
        model::Models,
        state::AppState,
        store::Store,
    },
};
use reqwest::{Method, RequestBuilder, StatusCode, header};
use serde_json::{Value, json};
use tokio::{net::TcpStream, task::JoinHandle};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream,
    tungstenite::{Message, client::IntoClientRequest, protocol::CloseFrame},
};
use tokio_util::sync::CancellationToken;

use crate::nowhere::Nowhere;
pub use captured::Captured;
pub use scripted::{ALL_STEPS, STEPS, Scripted};

/// Nothing in a test takes longer; a hanging test fails here instead of hanging.
pub const PATIENCE: Duration = Duration::from_secs(20);

pub async fn within<T>(what: &str, future: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, future).await.unwrap_or_else(|_| panic!("waited too long for {what}"))
}

pub struct TestServer {
    pub address: SocketAddr,
    pub state: AppState,
    pub dir: Arc<tempfile::TempDir>,
    stop: CancellationToken,
    running: JoinHandle<anyhow::Result<()>>,
}

pub struct Builder {
    settings: Settings,
    parts: Parts,
    dir: Option<Arc<tempfile::TempDir>>,
}

impl TestServer {
    pub fn builder() -> Builder {
        let mut settings = Settings::default();
        settings.server.addr = SocketAddr::from(([127, 0, 0, 1], 0));
        settings.queue.poll_ms = 50;
        settings.queue.retry_base_seconds = 0;
        settings.queue.soft_stop_seconds = 2;
        settings.queue.hard_stop_seconds = 5;
        // Tests ask faster than people: those of limits set their own.
        // Installing and testing projects takes long, and is asked for by the tests that look at it.
        settings.project.verify = false;
        settings.limits.set_none();
        let parts = Parts { models: Some(Arc::new(Models::none())), resolver: Some(Arc::new(Nowhere)), ..Parts::default() };
        Builder { settings, parts, dir: None }
    }

    /// A browser of its own: its cookies make it a guest of its own.
    pub fn browser(&self) -> Browser {
        Browser::at(self.address)
    }

    /// SIGTERM's way.
    pub async fn stop(self) -> Arc<tempfile::TempDir> {
        self.stop.cancel();
        within("the server to stop", self.running).await.unwrap().unwrap();
        self.dir
    }

    pub fn begin_stop(&self) {
        self.stop.cancel();
    }
}

impl Builder {
    pub fn settings(mut self, change: impl FnOnce(&mut Settings)) -> Self {
        change(&mut self.settings);
        self
    }

    pub fn generator(mut self, generator: &Arc<Scripted>) -> Self {
        self.parts.generators = Some(vec![Arc::clone(generator) as Arc<dyn Generator>]);
        self
    }

    pub fn generators(mut self, generators: Vec<Arc<dyn Generator>>) -> Self {
        self.parts.generators = Some(generators);
        self
    }

    /// The data of a server that was stopped before.
    pub fn data(mut self, dir: Arc<tempfile::TempDir>) -> Self {
        self.dir = Some(dir);
        self
    }

    /// Language models; none unless a test gives some, whatever keys the environment holds.
    pub fn models(mut self, models: Models) -> Self {
        self.parts.models = Some(Arc::new(models));
        self
    }

    /// Time as the test says.
    pub fn clock(mut self, clock: &Arc<ManualClock>) -> Self {
        self.parts.clock = Some(Arc::clone(clock) as Arc<dyn Clock>);
        self
    }

    /// Those that the settings name.
    pub fn models_of_settings(mut self) -> Self {
        self.parts.models = None;
        self
    }

    /// Another node beside the one that opened this store.
    pub fn store(mut self, store: Arc<dyn Store>) -> Self {
        self.parts.store = Some(store);
        self
    }

    pub async fn spawn(mut self) -> TestServer {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let dir = self.dir.take().unwrap_or_else(|| Arc::new(tempfile::tempdir().unwrap()));
        self.settings.database.url = format!("sqlite://{}", dir.path().join("livegen.db").display());
        let leptos =
            LeptosOptions::builder().output_name("livegen").site_root(dir.path().join("site").to_string_lossy().into_owned()).build();
        let server = Server::build(self.settings, leptos, self.parts).await.unwrap();
        let (address, state) = (server.address(), server.state().clone());
        let stop = CancellationToken::new();
        let running = tokio::spawn(server.run_until_stopped(stop.clone()));
        TestServer { address, state, dir, stop, running }
    }
}

/// Somebody's browser, or curl with a cookie jar.
#[derive(Clone)]
pub struct Browser {
    pub http: reqwest::Client,
    jar: Arc<reqwest::cookie::Jar>,
    address: SocketAddr,
}

impl Browser {
    pub fn at(address: SocketAddr) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let jar = Arc::new(reqwest::cookie::Jar::default());
        let http = reqwest::Client::builder()
            .cookie_provider(Arc::clone(&jar))
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .unwrap();
        Self { http, jar, address }
    }

    /// As the one whose cookie it is.
    pub fn with_cookie(self, cookie: &str) -> Self {
        self.jar.add_cookie_str(cookie, &self.url("/").parse().unwrap());
        self
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub fn get(&self, path: &str) -> RequestBuilder {
        self.http.get(self.url(path))
    }

    pub fn post(&self, path: &str) -> RequestBuilder {
        self.http.post(self.url(path))
    }

    pub fn cookie(&self) -> Option<String> {
        use reqwest::cookie::CookieStore;
        self.jar.cookies(&self.url("/").parse().unwrap()).map(|value| value.to_str().unwrap().to_owned())
    }

    pub async fn submit(&self, description: &str) -> TaskId {
        let answer = self
            .post("/api/v1/tasks")
            .json(&json!({"kind": "test_suite", "name": "api.yaml", "description": description}))
            .send()
            .await
            .unwrap();
        let status = answer.status();
        let body: Value = answer.json().await.unwrap();
        assert_eq!(status, StatusCode::CREATED, "{body}");
        body["task_id"].as_str().unwrap().parse().unwrap()
    }

    pub async fn snapshot(&self, task: TaskId) -> TaskSnapshot {
        self.get(&format!("/api/v1/tasks/{task}")).send().await.unwrap().error_for_status().unwrap().json().await.unwrap()
    }

    /// The whole log by polling.
    pub async fn log(&self, task: TaskId) -> Vec<Event> {
        let mut events = Vec::new();
        loop {
            let after = events.len();
            let page: Value = self
                .get(&format!("/api/v1/tasks/{task}/events?after={after}"))
                .header(header::ACCEPT, "application/json")
                .send()
                .await
                .unwrap()
                .json()
                .await
                .unwrap();
            let page: Vec<Event> = serde_json::from_value(page["events"].clone()).unwrap();
            if page.is_empty() {
                return events;
            }
            events.extend(page);
        }
    }

    pub async fn watch(&self, task: TaskId, after: Option<u64>) -> Live {
        self.try_watch(&live_path(task, after), &[]).await.unwrap_or_else(|status| panic!("the socket was refused with {status}"))
    }

    /// Opens a WebSocket with extra headers; the HTTP status when it is refused.
    pub async fn try_watch(&self, path: &str, headers: &[(&str, &str)]) -> Result<Live, u16> {
        let mut request = format!("ws://{}{path}", self.address).into_client_request().unwrap();
        if let Some(cookie) = self.cookie() {
            request.headers_mut().insert("cookie", cookie.parse().unwrap());
        }
        for (name, value) in headers {
            request.headers_mut().append(name.parse::<header::HeaderName>().unwrap(), value.parse().unwrap());
        }
        match tokio_tungstenite::connect_async(request).await {
            Ok((socket, _)) => Ok(Live { socket, patience: PATIENCE }),
            Err(tokio_tungstenite::tungstenite::Error::Http(response)) => Err(response.status().as_u16()),
            Err(error) => panic!("{error}"),
        }
    }
}

/// A request, and what of its answer is JSON.
pub async fn send(browser: &Browser, method: Method, path: &str, body: Value) -> (StatusCode, Value) {
    let mut request = browser.http.request(method, browser.url(path));
    if !body.is_null() {
        request = request.json(&body);
    }
    let answer = request.send().await.unwrap();
    let status = answer.status();
    if !status.is_success() {
        assert_eq!(answer.headers()[header::CONTENT_TYPE], "application/problem+json", "{path}");
    }
    (status, serde_json::from_str(&answer.text().await.unwrap()).unwrap_or(Value::Null))
}

pub fn live_path(task: TaskId, after: Option<u64>) -> String {
    let query = after.map(|after| format!("?after={after}")).unwrap_or_default();
    format!("/api/v1/tasks/{task}/live{query}")
}

/// A WebSocket client of the native endpoint.
pub struct Live {
    pub socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    /// How long the next frame may take.
    pub patience: Duration,
}

impl Live {
    pub async fn next_frame(&mut self) -> Result<Frame, Option<CloseFrame>> {
        loop {
            match tokio::time::timeout(self.patience, self.socket.next()).await.expect("waited too long for a frame") {
                Some(Ok(Message::Text(text))) => return Ok(Frame::decode(&text).unwrap()),
                Some(Ok(Message::Close(frame))) => return Err(frame),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Err(None),
            }
        }
    }

    pub async fn connection(&mut self) -> Connection {
        match self.next_frame().await {
            Ok(Frame::Connection(connection)) => connection,
            other => panic!("expected the connection frame, got {other:?}"),
        }
    }

    /// The next one, after any signs of life.
    pub async fn next_event(&mut self) -> Event {
        loop {
            match self.next_frame().await {
                Ok(Frame::Event(event)) => return *event,
                Ok(Frame::Heartbeat(_)) => {}
                other => panic!("expected an event, got {other:?}"),
            }
        }
    }

    /// Events up to and with the first that fits.
    pub async fn until(&mut self, fits: impl Fn(&Event) -> bool) -> Vec<Event> {
        let mut events = Vec::new();
        loop {
            events.push(self.next_event().await);
            if fits(events.last().unwrap()) {
                return events;
            }
        }
    }

    /// Everything up to the server's close, and its code.
    pub async fn rest(&mut self) -> (Vec<Event>, u16) {
        let mut events = Vec::new();
        loop {
            match self.next_frame().await {
                Ok(Frame::Event(event)) => events.push(*event),
                Ok(_) => {}
                Err(close) => return (events, close.map_or(1006, |close| close.code.into())),
            }
        }
    }

    pub async fn say(&mut self, text: &str) {
        self.socket.send(Message::text(text.to_owned())).await.unwrap();
    }
}

/// Checks what must hold for every finished log.
pub fn assert_whole(task: TaskId, events: &[Event]) {
    for (expected, event) in (1..).zip(events) {
        assert_eq!((event.task_id, event.seq), (task, expected), "a gap or a duplicate");
    }
    let terminal: Vec<_> = events.iter().filter(|event| event.body.is_terminal()).map(|event| event.seq).collect();
    assert_eq!(terminal, [events.len() as u64], "exactly one completion, and it is the last");
}
