//! Links: what whoever has one may see, what they may not, and that it ends.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use livegen::{
    protocol::TaskId,
    server::{
        clock::ManualClock,
        generate::project::Project,
        store::{Rooms, SqliteOptions, SqliteStore},
    },
};
use reqwest::{Method, StatusCode, header};
use serde_json::{Value, json};

use super::{enter, revoke, share};
use crate::{
    fork::{MODEL, forked, run, text},
    harness::{ALL_STEPS, Browser, Scripted, TestServer, send},
};

/// Every way to read a run, and what a guest without a link gets there.
const READING: &[&str] = &[
    "/api/v1/tasks/{id}",
    "/api/v1/tasks/{id}/events?after=0",
    "/api/v1/tasks/{id}/files",
    "/api/v1/tasks/{id}/files/parsing.txt",
    "/api/v1/tasks/{id}/artifact",
    "/api/v1/tasks/{id}/log.txt",
    "/api/projects/{id}",
    "/api/progress/{id}",
    "/api/download/{id}",
    "/api/v1/projects/{id}/runs",
    "/api/v1/projects/{id}/comments",
    "/api/v1/tasks/{id}/diff?against={id}",
    "/api/v1/tasks/{id}/diff/parsing.txt?against={id}",
    "/tasks/{id}/changes?against={id}&file=parsing.txt",
    "/projects/{id}",
    "/tasks/{id}",
];

/// Whoever opens these with a token in the address is sent on without it.
const SENT_ON: [&str; 2] = ["/projects/{id}", "/tasks/{id}"];

const SOCKETS: &[&str] = &[
    "/api/v1/tasks/{id}/live",
    "/api/v1/projects/{id}/live",
    "/api/ws/projects/{id}",
    "/api/project-generation/ws/tasks/{id}",
    "/ws/{id}",
];

/// What pages ask of the server.
const FUNCTIONS: &[(&str, &str)] = &[
    ("/api/fn/task", r#"{"id":"{id}"}"#),
    ("/api/fn/file", r#"{"task_id":"{id}","path":"parsing.txt"}"#),
    ("/api/fn/log", r#"{"task_id":"{id}","before":100000}"#),
    ("/api/fn/room", r#"{"id":"{id}"}"#),
    ("/api/fn/runs", r#"{"id":"{id}","before":"{id}"}"#),
    ("/api/fn/standing", r#"{"id":"{id}"}"#),
];

/// Everything that changes something, or shows what is the owner's alone.
const ACTS: &[(&str, &str, &str)] = &[
    ("POST", "/api/v1/tasks/{id}/cancel", ""),
    ("POST", "/api/v1/tasks/{id}/retry", ""),
    ("POST", "/api/v1/tasks/{id}/fork", "{}"),
    ("GET", "/tasks/{id}/edit?file=parsing.txt", ""),
    ("POST", "/tasks/{id}/edit", "path=parsing.txt&content=x&idempotency_key=k"),
    ("GET", "/tasks/{id}/fork", ""),
    ("POST", "/tasks/{id}/fork", "text=entity+Book+%7B+title+string+%7D&idempotency_key=k"),
    ("POST", "/api/projects/{id}/generate", ""),
    ("POST", "/api/fn/cancel", r#"{"task_id":"{id}"}"#),
    ("POST", "/api/fn/retry", r#"{"task_id":"{id}"}"#),
    ("POST", "/api/fn/run_again", r#"{"id":"{id}"}"#),
    ("GET", "/api/v1/projects/{id}/shares", ""),
    ("POST", "/api/v1/projects/{id}/shares", r#"{"hours":1}"#),
    ("DELETE", "/api/v1/projects/{id}/shares/{id}", ""),
    ("POST", "/api/fn/share", r#"{"id":"{id}","wish":{"hours":1,"label":"","may_comment":true}}"#),
    ("POST", "/api/fn/unshare", r#"{"id":"{id}","share":"{id}"}"#),
    ("POST", "/api/v1/projects/{id}/comments", r#"{"task_id":"{id}","seq":1,"text":"hello","name":"Eve"}"#),
    ("POST", "/api/fn/comment", r#"{"id":"{id}","wish":{"task_id":"{id}","seq":1,"text":"hello","name":"Eve"}}"#),
];

/// How somebody shows a token: by a cookie, as browsers do, or in the address.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Shown<'t> {
    Nothing,
    InAddress(&'t str),
    InCookie(&'t str),
}

impl Shown<'_> {
    fn token(&self) -> Option<&str> {
        match self {
            Self::Nothing => None,
            Self::InAddress(token) | Self::InCookie(token) => Some(token),
        }
    }

    fn address(&self, path: &str, id: TaskId) -> String {
        let is_sent_on = SENT_ON.contains(&path);
        let path = path.replace("{id}", &id.to_string());
        match self {
            Self::InAddress(token) if !is_sent_on => {
                format!("{path}{}share={token}", if path.contains('?') { "&" } else { "?" })
            }
            _ => path,
        }
    }
}

struct Stranger<'t> {
    browser: Browser,
    shown: Shown<'t>,
}

impl<'t> Stranger<'t> {
    fn new(server: &TestServer, shown: Shown<'t>) -> Self {
        let browser = server.browser();
        let browser = match (shown, shown.token()) {
            (Shown::InCookie(_), Some(token)) => browser.with_cookie(&format!("livegen_shares={token}; Path=/")),
            _ => browser,
        };
        Self { browser, shown }
    }

    async fn ask(&self, method: &str, path: &str, id: TaskId, body: &str) -> (StatusCode, String) {
        let url = self.browser.url(&self.shown.address(path, id));
        let mut request = self.browser.http.request(method.parse::<Method>().unwrap(), url);
        request = request.header(header::ACCEPT, if path.starts_with("/api") { "application/json" } else { "text/html" });
        if !body.is_empty() {
            let media_type = if body.starts_with('{') { "application/json" } else { "application/x-www-form-urlencoded" };
            request = request.header(header::CONTENT_TYPE, media_type).body(body.replace("{id}", &id.to_string()));
        }
        let answer = request.send().await.unwrap();
        let status = answer.status();
        (status, answer.text().await.unwrap())
    }

    async fn sees_nothing(&self, id: TaskId, nobodys: TaskId) {
        for path in READING {
            let (status, body) = self.ask("GET", path, id, "").await;
            assert_eq!(status, StatusCode::NOT_FOUND, "{:?} {path}", self.shown);
            if path.starts_with("/api") {
                assert_eq!(
                    (status, body),
                    self.ask("GET", path, nobodys, "").await,
                    "{:?} {path} tells whether there is such a thing",
                    self.shown
                );
            }
        }
        for (path, body) in FUNCTIONS {
            assert_eq!(self.ask("POST", path, id, body).await.0, StatusCode::NOT_FOUND, "{:?} {path}", self.shown);
        }
        for (method, path, body) in ACTS {
            assert_eq!(self.ask(method, path, id, body).await.0, StatusCode::NOT_FOUND, "{:?} {method} {path}", self.shown);
        }
        for path in SOCKETS {
            assert_eq!(self.browser.try_watch(&self.shown.address(path, id), &[]).await.err(), Some(404), "{:?} {path}", self.shown);
        }
    }
}

/// Rendering a page needs more stack than a thread has by default, without optimisation.
fn with_stack(test: impl Future<Output = ()>) {
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    runtime.worker_threads(2).thread_stack_size(16 << 20).enable_all().build().unwrap().block_on(test);
}

#[test]
fn only_a_good_link_to_the_project_opens_anything() {
    with_stack(async {
        let script = Scripted::new();
        script.allow(ALL_STEPS * 2);
        let clock = Arc::new(ManualClock::default());
        let server = TestServer::builder().generator(&script).clock(&clock).spawn().await;
        let owner = server.browser();
        let project = owner.submit("mine").await;
        owner.watch(project, Some(0)).await.rest().await;
        let other = owner.submit("mine too").await;
        owner.watch(other, Some(0)).await.rest().await;
        let nobodys: TaskId = "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap();
        let (_, expired) = share(&owner, project, true).await;
        clock.advance_ms(3_600_000);
        let (good_id, good) = share(&owner, project, false).await;
        let (revoked_id, revoked) = share(&owner, project, true).await;
        revoke(&owner, project, &revoked_id).await;
        let (_, of_other) = share(&owner, other, true).await;
        let random = "0123456789abcdef".repeat(4);
        for token in [&expired, &revoked, &of_other, &random, "", "x", &good[..63], &good.to_uppercase()] {
            for shown in [Shown::InAddress(token), Shown::InCookie(token)] {
                Stranger::new(&server, shown).sees_nothing(project, nobodys).await;
            }
        }
        Stranger::new(&server, Shown::Nothing).sees_nothing(project, nobodys).await;

        for shown in [Shown::InAddress(&good), Shown::InCookie(&good)] {
            let viewer = Stranger::new(&server, shown);
            for path in READING.iter().filter(|path| shown != Shown::InAddress(&good) || !SENT_ON.contains(path)) {
                let (status, body) = viewer.ask("GET", path, project, "").await;
                assert_eq!(status, StatusCode::OK, "{shown:?} {path}: {body}");
            }
            for (path, body) in FUNCTIONS {
                assert_eq!(viewer.ask("POST", path, project, body).await.0, StatusCode::OK, "{shown:?} {path}");
            }
            for (method, path, body) in ACTS {
                let (status, said) = viewer.ask(method, path, project, body).await;
                assert_eq!(status, StatusCode::FORBIDDEN, "{shown:?} {method} {path}: {said}");
            }
            for path in SOCKETS {
                assert!(viewer.browser.try_watch(&shown.address(path, project), &[]).await.is_ok(), "{shown:?} {path}");
            }
            // Nothing else of the owner's.
            assert_eq!(viewer.ask("GET", "/api/v1/tasks/{id}", other, "").await.0, StatusCode::NOT_FOUND);
            let (_, list) = viewer.ask("GET", "/api/v1/tasks", project, "").await;
            assert_eq!(serde_json::from_str::<Value>(&list).unwrap()["tasks"], json!([]));
            let (_, room) = viewer.ask("POST", "/api/fn/room", project, r#"{"id":"{id}"}"#).await;
            let room = room.replace('\\', "");
            assert!(room.contains(r#""shares":[]"#) && !room.contains(&good_id) && !room.contains("for Ada"), "{room}");
        }
        server.stop().await;
    });
}

/// What whoever watches may not do is not offered to them: at the run, at a file, and where an edit met something new.
#[test]
fn who_watches_is_not_shown_what_only_the_owner_may_do() {
    with_stack(async {
        let server = TestServer::builder().generators(vec![Arc::new(Project::default())]).spawn().await;
        let owner = server.browser();
        let project = run(&owner, &json!({"kind": "project", "text": MODEL})).await;
        let path = "app/models/book.py";
        let edit = format!("{}# ours\n", text(&owner, project, path).await.replace("title", "title_of_ours"));
        let edited = forked(&owner, project, &json!({"edits": [{"path": path, "content": edit}]})).await;
        let met = forked(&owner, edited, &json!({"text": MODEL.replace("required", "required maxlength(77)")})).await;
        let (_, token) = share(&owner, project, true).await;
        let viewer = server.browser().with_cookie(&format!("livegen_shares={token}; Path=/"));
        for page in [format!("/tasks/{met}?file=README.md"), format!("/projects/{project}?file=README.md")] {
            for (browser, is_owner) in [(&owner, true), (&viewer, false)] {
                let html = browser.get(&page).send().await.unwrap().error_for_status().unwrap().text().await.unwrap();
                assert!(html.contains("Edits that met something new") && html.contains(&format!("/tasks/{met}/changes")), "{page}");
                for offer in
                    [format!("/tasks/{met}/fork"), "/edit?file=README".into(), "/edit?file=app".into(), format!("/tasks/{met}/retry")]
                {
                    assert_eq!(html.contains(&offer), is_owner, "{page} {offer}");
                }
            }
        }
        server.stop().await;
    });
}

#[test]
fn a_browser_is_sent_on_without_the_token() {
    with_stack(async {
        let script = Scripted::new();
        script.allow(ALL_STEPS);
        let server = TestServer::builder().generator(&script).spawn().await;
        let owner = server.browser();
        let project = owner.submit("shown").await;
        let (_, token) = share(&owner, project, false).await;
        let viewer = server.browser();
        let answer = viewer.get(&format!("/projects/{project}?tab=log&share={token}")).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        assert_eq!(answer.headers()[header::LOCATION], format!("/projects/{project}?tab=log"));
        assert_eq!(
            (&answer.headers()["referrer-policy"], &answer.headers()[header::CACHE_CONTROL]),
            (&"no-referrer".parse().unwrap(), &"no-store".parse().unwrap())
        );
        let cookie = answer.headers()[header::SET_COOKIE].to_str().unwrap().to_owned();
        for attribute in ["HttpOnly", "SameSite=Lax", "Path=/"] {
            assert!(cookie.contains(attribute), "{cookie}");
        }
        let page = viewer.get(&format!("/projects/{project}")).send().await.unwrap();
        assert_eq!(page.status(), StatusCode::OK);
        let html = page.text().await.unwrap();
        assert!(html.contains("Scripted shown") && !html.contains(&token));
        for absent in ["Generate again", "Make a link", ">Cancel<"] {
            assert!(!html.contains(absent), "{absent}");
        }
        // Many links do not push each other out of a bounded cookie one by one for nothing: the newest are kept.
        let mut last = String::new();
        for _ in 0..12 {
            let another = owner.submit("another").await;
            let (_, token) = share(&owner, another, false).await;
            let answer = viewer.get(&format!("/projects/{another}?share={token}")).send().await.unwrap();
            last = answer.headers()[header::SET_COOKIE].to_str().unwrap().to_owned();
            owner.post(&format!("/api/v1/tasks/{another}/cancel")).send().await.unwrap();
        }
        assert_eq!(last.split(';').next().unwrap().split('.').count(), 8);
        assert_eq!(viewer.get(&format!("/api/v1/tasks/{project}")).send().await.unwrap().status(), StatusCode::NOT_FOUND);
        server.stop().await;
    });
}

#[tokio::test]
async fn whoever_watches_is_out_within_a_second_of_the_revocation() {
    let server = TestServer::builder().generator(&Scripted::new()).spawn().await;
    let owner = server.browser();
    let project = owner.submit("watched").await;
    let beside = SqliteStore::open_beside(server.dir.path().join("livegen.db"), SqliteOptions::default()).await.unwrap();
    let mut run = project;
    for by_another_process in [false, true] {
        let (id, token) = share(&owner, project, false).await;
        let (_, kept) = share(&owner, project, false).await;
        let (viewer, bystander) = (server.browser(), server.browser());
        let mut watching = Vec::new();
        for path in SOCKETS {
            watching.push(viewer.try_watch(&Shown::InAddress(&token).address(path, run), &[]).await.unwrap());
        }
        let path = format!("/api/v1/tasks/{run}/events?share={token}");
        let mut stream = viewer.get(&path).header(header::ACCEPT, "text/event-stream").send().await.unwrap();
        let mut unharmed = bystander.try_watch(&Shown::InAddress(&kept).address(SOCKETS[0], run), &[]).await.unwrap();
        unharmed.connection().await;
        let after = owner.log(run).await.len();
        let path = format!("/api/v1/tasks/{run}/events?after={after}&wait=20&share={token}");
        let waiting = tokio::spawn(viewer.get(&path).header(header::ACCEPT, "application/json").send());
        let began = Instant::now();
        if by_another_process {
            let share_id = livegen::protocol::room::ShareId(id.parse().unwrap());
            beside.revoke_share(account_of(&owner).await, project, share_id).await.unwrap();
        } else {
            revoke(&owner, project, &id).await;
        }
        for live in &mut watching {
            assert_eq!(live.rest_json().await.1, 4503);
        }
        while stream.chunk().await.unwrap().is_some() {}
        assert!(began.elapsed() < Duration::from_secs(1), "{:?}", began.elapsed());
        assert_eq!(viewer.try_watch(&Shown::InAddress(&token).address(SOCKETS[0], run), &[]).await.err(), Some(404));
        // What happens afterwards is not told to who waited.
        owner.post(&format!("/api/v1/tasks/{run}/cancel")).send().await.unwrap().error_for_status().unwrap();
        assert_eq!(waiting.await.unwrap().unwrap().status(), StatusCode::NOT_FOUND);
        assert!(!unharmed.rest().await.0.is_empty(), "the other link is good still");
        let (_, next) = send(&owner, Method::POST, &format!("/api/v1/tasks/{run}/retry"), Value::Null).await;
        run = next["task_id"].as_str().unwrap().parse().unwrap();
    }
    server.stop().await;
}

async fn account_of(browser: &Browser) -> livegen::protocol::AccountId {
    let (_, me) = send(browser, Method::GET, "/api/v1/account", Value::Null).await;
    me["account_id"].as_str().unwrap().parse().unwrap()
}

#[tokio::test]
async fn whoever_watches_is_out_when_the_link_expires() {
    let clock = Arc::new(ManualClock::default());
    let server = TestServer::builder().generator(&Scripted::new()).clock(&clock).spawn().await;
    let owner = server.browser();
    let project = owner.submit("watched").await;
    let (_, token) = share(&owner, project, false).await;
    let viewer = server.browser().with_cookie(&format!("livegen_shares={token}; Path=/"));
    let (mut log, mut room) = (viewer.watch(project, None).await, enter(&viewer, project).await);
    clock.advance_ms(3_600_000);
    let began = Instant::now();
    assert_eq!((log.rest().await.1, room.rest_json().await.1), (4503, 4503));
    assert!(began.elapsed() < Duration::from_secs(1), "{:?}", began.elapsed());
    server.stop().await;
}

#[tokio::test]
async fn bad_wishes_are_refused_by_name() {
    let server = TestServer::builder().generator(&Scripted::new()).spawn().await;
    let owner = server.browser();
    let project = owner.submit("mine").await;
    let path = format!("/api/v1/projects/{project}/shares");
    for (wish, field) in
        [(json!({"hours": 0}), "hours"), (json!({"hours": 721}), "hours"), (json!({"hours": 1, "label": "x".repeat(81)}), "label")]
    {
        let (status, problem) = send(&owner, Method::POST, &path, wish.clone()).await;
        assert_eq!((status.as_u16(), problem["errors"][0]["field"].as_str()), (422, Some(field)), "{wish}: {problem}");
    }
    for number in 0..50 {
        let (status, made) = send(&owner, Method::POST, &path, json!({"hours": 1})).await;
        assert_eq!(status, StatusCode::CREATED, "{number}: {made}");
    }
    assert_eq!(send(&owner, Method::POST, &path, json!({"hours": 1})).await.0, StatusCode::CONFLICT);
    let (_, listed) = send(&owner, Method::GET, &path, Value::Null).await;
    assert_eq!(listed["shares"].as_array().unwrap().len(), 50);
    assert!(listed["shares"][0].get("token").is_none(), "{listed}");
    server.stop().await;
}
