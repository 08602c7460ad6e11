//! Who may see what, and what happens to requests that should not be.

use livegen::protocol::{Problem, TaskId};
use reqwest::{Method, StatusCode, header, multipart};
use serde_json::{Value, json};

use crate::harness::{ALL_STEPS, Browser, STEPS, Scripted, TestServer};

/// Every way to a task: method and path.
const WAYS: &[(&str, &str)] = &[
    ("GET", "/api/v1/tasks/{id}"),
    ("GET", "/api/v1/tasks/{id}/events?after=0"),
    ("GET", "/api/v1/tasks/{id}/events"),
    ("GET", "/api/v1/tasks/{id}/files"),
    ("GET", "/api/v1/tasks/{id}/files/parsing.txt"),
    ("GET", "/api/v1/tasks/{id}/artifact"),
    ("GET", "/api/v1/tasks/{id}/log.txt"),
    ("GET", "/api/v1/tasks/{id}/live"),
    ("POST", "/api/v1/tasks/{id}/cancel"),
    ("POST", "/api/v1/tasks/{id}/retry"),
    ("POST", "/api/v1/tasks/{id}/fork"),
    ("GET", "/api/v1/tasks/{id}/diff?against={id}"),
    ("GET", "/api/v1/tasks/{id}/diff/parsing.txt?against={id}"),
    ("GET", "/api/projects/{id}"),
    ("POST", "/api/projects/{id}/generate"),
    ("GET", "/api/ws/projects/{id}"),
    ("GET", "/api/project-generation/ws/tasks/{id}"),
    ("GET", "/ws/{id}"),
    ("GET", "/api/progress/{id}"),
    ("GET", "/api/download/{id}"),
];

/// Those of them that are WebSockets.
const SOCKETS: &[&str] = &["/api/v1/tasks/{id}/live", "/api/ws/projects/{id}", "/api/project-generation/ws/tasks/{id}", "/ws/{id}"];

async fn knock(browser: &Browser, task: TaskId, (method, path): (&str, &str)) -> (StatusCode, String) {
    let url = browser.url(&path.replace("{id}", &task.to_string()));
    let request = browser.http.request(method.parse::<Method>().unwrap(), url);
    let request = if method == "POST" { request.json(&json!({})) } else { request };
    let answer = request.send().await.unwrap();
    let status = answer.status();
    (status, answer.text().await.unwrap())
}

#[tokio::test]
async fn another_guest_finds_nothing_and_learns_nothing() {
    let script = Scripted::new();
    script.allow(STEPS);
    let server = TestServer::builder().generator(&script).spawn().await;
    let (owner, stranger) = (server.browser(), server.browser());
    let task = owner.submit("mine").await;
    stranger.submit("theirs").await;
    let nobodys: TaskId = "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap();
    for way in WAYS {
        let (status, body) = knock(&stranger, task, *way).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{way:?}");
        assert_eq!((status, body), knock(&stranger, nobodys, *way).await, "{way:?} must not tell whether the task exists");
        // Without any cookie at all it is the same.
        assert_eq!(knock(&server.browser(), task, *way).await.0, StatusCode::NOT_FOUND, "{way:?}");
    }
    for socket in SOCKETS {
        let path = socket.replace("{id}", &task.to_string());
        assert_eq!(stranger.try_watch(&path, &[]).await.err(), Some(404), "{socket}");
        assert_eq!(owner.try_watch(&path, &[("origin", "http://evil.example")]).await.err(), Some(403), "{socket}");
        assert!(owner.try_watch(&path, &[]).await.is_ok(), "{socket}");
    }
    let list: Value = stranger.get("/api/v1/tasks").send().await.unwrap().json().await.unwrap();
    assert_eq!(list["tasks"].as_array().unwrap().len(), 1);
    let forged =
        format!("livegen_session={}", owner.cookie().unwrap().split_once('%').map_or("x", |_| "00000000-0000-7000-8000-000000000000"));
    let answer = server.browser().get(&format!("/api/v1/tasks/{task}")).header(header::COOKIE, forged).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::NOT_FOUND, "an unsigned cookie is worth nothing");
    assert_eq!(owner.get(&format!("/api/v1/tasks/{task}")).send().await.unwrap().status(), StatusCode::OK);
    server.stop().await;
}

#[tokio::test]
async fn the_session_cookie_is_out_of_reach_of_scripts_and_other_sites() {
    let server = TestServer::builder().generator(&Scripted::new()).spawn().await;
    let answer = server.browser().get("/api/v1/tasks").send().await.unwrap();
    let cookie = answer.headers()[header::SET_COOKIE].to_str().unwrap();
    for attribute in ["HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    server.stop().await;
}

#[tokio::test]
async fn requests_from_other_sites_change_nothing() {
    let server = TestServer::builder().generator(&Scripted::new()).spawn().await;
    let browser = server.browser();
    let task = browser.submit("target").await;
    for path in [
        "/api/v1/tasks".to_owned(),
        "/api/generate".into(),
        "/api/project-generation/generate/async".into(),
        format!("/api/v1/tasks/{task}/cancel"),
        format!("/api/projects/{task}/generate"),
        format!("/tasks/{task}/cancel"),
        format!("/api/v1/tasks/{task}/fork"),
        format!("/tasks/{task}/fork"),
        format!("/tasks/{task}/edit"),
        "/new/test-suite".into(),
        "/api/fn/cancel".into(),
        "/theme".into(),
    ] {
        for (name, value) in [("origin", "http://evil.example"), ("origin", "null"), ("sec-fetch-site", "cross-site")] {
            let answer =
                browser.post(&path).header(name, value).header(header::CONTENT_TYPE, "text/plain").body("{}").send().await.unwrap();
            assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{path} with {name}: {value}");
        }
    }
    assert!(!browser.snapshot(task).await.is_terminal());
    server.stop().await;
}

async fn refused(browser: &Browser, body: Value) -> (u16, Problem) {
    let answer = browser.post("/api/v1/tasks").json(&body).send().await.unwrap();
    assert_eq!(answer.headers()[header::CONTENT_TYPE], "application/problem+json", "{body}");
    let status = answer.status().as_u16();
    let problem: Problem = answer.json().await.unwrap();
    assert_eq!(problem.status, status);
    (status, problem)
}

#[tokio::test]
async fn bad_input_is_refused_by_name_and_makes_no_task() {
    let server = TestServer::builder().generator(&Scripted::new()).spawn().await;
    let browser = server.browser();
    for (body, status, field) in [
        (json!({"kind": "test_suite"}), 422, "description"),
        (json!({"kind": "test_suite", "description": "  \n"}), 422, "description"),
        (json!({"kind": "test_suite", "description": "bad"}), 422, "description"),
        (json!({"kind": "test_suite", "description": "a", "url": "http://example.org/"}), 422, "url"),
        (json!({"kind": "test_suite", "url": "http://127.0.0.1/openapi.yaml"}), 422, "url"),
        (json!({"kind": "test_suite", "url": "file:///etc/passwd"}), 422, "url"),
    ] {
        let (got, problem) = refused(&browser, body.clone()).await;
        assert_eq!((got, problem.errors[0].field.as_str()), (status, field), "{body}: {problem}");
    }
    for body in [json!({"kind": "spaceship"}), json!({"kind": 7}), json!([]), json!({"kind": "test_suite", "description": 7})] {
        assert_eq!(refused(&browser, body).await.0, 400);
    }
    assert_eq!(
        refused(&browser, json!({"kind": "test_suite", "description": "panic"})).await.0,
        500,
        "a bug in a generator is a 500 and not a dead server"
    );
    let text = |body: &str| browser.post("/api/v1/tasks").header(header::CONTENT_TYPE, "text/csv").body(body.to_owned());
    assert_eq!(text("a,b").send().await.unwrap().status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let latin1 = multipart::Form::new().part("file", multipart::Part::bytes(vec![0xff, 0xfe, 0x41]).file_name("a.yaml"));
    let answer = browser.post("/api/v1/tasks").multipart(latin1).send().await.unwrap();
    assert_eq!(answer.json::<Problem>().await.unwrap().errors[0].field, "file");
    let list: Value = browser.get("/api/v1/tasks").send().await.unwrap().json().await.unwrap();
    assert_eq!(list["tasks"], json!([]), "nothing half-done");
    server.stop().await;
}

#[tokio::test]
async fn too_much_is_too_much() {
    let server =
        TestServer::builder().generator(&Scripted::new()).settings(|settings| settings.limits.open_tasks_per_account = 3).spawn().await;
    let browser = server.browser();
    let large = "x".repeat(16 * 1024 * 1024 + 1);
    let form = multipart::Form::new().part("file", multipart::Part::text(large.clone()).file_name("big.yaml"));
    let answer = browser.post("/api/v1/tasks").multipart(form).send().await.unwrap();
    assert_eq!((answer.status().as_u16(), answer.headers()[header::CONTENT_TYPE].to_str().unwrap()), (413, "application/problem+json"));
    assert_eq!(refused(&browser, json!({"kind": "test_suite", "description": large})).await.0, 422);
    let form = multipart::Form::new().text("other", "y".repeat(21 * 1024 * 1024));
    // The connection may be closed before everything is sent: either way it is not taken.
    if let Ok(answer) = browser.post("/api/v1/tasks").multipart(form).send().await {
        assert!(answer.status().is_client_error(), "{}", answer.status());
    }
    for n in 0..3 {
        browser.submit(&format!("task {n}")).await;
    }
    assert_eq!(refused(&browser, json!({"kind": "test_suite", "description": "one too many"})).await.0, 429);
    server.browser().submit("another account has its own limit").await;
    server.stop().await;
}

#[tokio::test]
async fn the_same_key_makes_one_task() {
    let server = TestServer::builder().generator(&Scripted::new()).spawn().await;
    let browser = server.browser();
    browser.get("/api/v1/tasks").send().await.unwrap();
    let send = |description: &str| {
        browser
            .post("/api/v1/tasks")
            .header("idempotency-key", "once")
            .json(&json!({"kind": "test_suite", "description": description}))
            .send()
    };
    let answers = futures::future::join_all((0..20).map(|_| send("same"))).await;
    let mut ids = Vec::new();
    for answer in answers {
        let body: Value = answer.unwrap().error_for_status().unwrap().json().await.unwrap();
        ids.push(body["task_id"].clone());
    }
    ids.dedup();
    assert_eq!(ids.len(), 1);
    assert_eq!(send("different").await.unwrap().status(), StatusCode::UNPROCESSABLE_ENTITY);
    server.stop().await;
}

#[tokio::test]
async fn downloads_are_downloads() {
    let script = Scripted::new();
    script.allow(ALL_STEPS);
    let server = TestServer::builder().generator(&script).spawn().await;
    let browser = server.browser();
    let task = browser.submit("<script>alert(1)</script>").await;
    browser.watch(task, Some(0)).await.rest().await;
    let zip = browser.get(&format!("/api/v1/tasks/{task}/artifact")).send().await.unwrap();
    assert_eq!(zip.headers()[header::CONTENT_TYPE], "application/zip");
    assert_eq!(zip.headers()[header::CONTENT_DISPOSITION], "attachment; filename=\"result.zip\"");
    assert_eq!(zip.bytes().await.unwrap().as_ref(), b"PK");
    let file = browser.get(&format!("/api/v1/tasks/{task}/files/parsing.txt")).send().await.unwrap();
    assert_eq!(file.headers()[header::CONTENT_TYPE], "text/plain; charset=utf-8");
    assert_eq!(file.headers()[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
    assert!(file.text().await.unwrap().contains("<script>"));
    for path in ["../livegen.db", "%2e%2e/livegen.db", "nothing.txt"] {
        let answer = browser.get(&format!("/api/v1/tasks/{task}/files/{path}")).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{path}");
    }
    let log = browser.get(&format!("/api/v1/tasks/{task}/log.txt")).send().await.unwrap().text().await.unwrap();
    assert_eq!(log.matches("did ").count(), ALL_STEPS);
    server.stop().await;
}

#[tokio::test]
async fn every_refusal_under_api_is_a_problem() {
    let server = TestServer::builder().generator(&Scripted::new()).spawn().await;
    let browser = server.browser();
    for (method, path, status) in [
        ("GET", "/api/v1/nothing", 404),
        ("GET", "/api/v1/tasks/x", 404),
        ("DELETE", "/api/v1/tasks", 405),
        ("PUT", "/api/v1/tasks/x/cancel", 405),
        ("GET", "/api/progress/x", 404),
        ("POST", "/api/download/x", 405),
        ("GET", "/api/project-generation/generate/async", 405),
        ("GET", "/api/project-generation/ws/tasks/x", 404),
        ("DELETE", "/api/generate", 405),
        ("GET", "/ws/x", 404),
        ("GET", "/api/v1/tasks?status=sleeping", 422),
        ("GET", "/api/v1/tasks?limit=0", 422),
        ("GET", "/api/v1/tasks?before=yesterday", 422),
    ] {
        let answer = browser.http.request(method.parse::<Method>().unwrap(), browser.url(path)).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), status, "{method} {path}");
        assert_eq!(answer.headers()[header::CONTENT_TYPE], "application/problem+json", "{method} {path}");
        assert_eq!(answer.json::<Problem>().await.unwrap().status, status);
    }
    server.stop().await;
}

/// A page without its policy stands still, one with another page's policy too. Both came about when many were rendered at once,
/// beside server functions whose callers had gone.
#[test]
fn each_of_many_pages_at_once_has_its_own_policy() {
    // Without optimisation a page's rendering needs more stack than a thread has by default.
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    runtime.worker_threads(4).thread_stack_size(16 << 20).enable_all().build().unwrap().block_on(many_pages_at_once());
}

async fn many_pages_at_once() {
    let server = TestServer::builder().generator(&Scripted::new()).spawn().await;
    let browser = server.browser();
    let task = browser.submit("policy").await;
    let pages = (0..8).map(|n| {
        let browser = browser.clone();
        tokio::spawn(async move {
            for round in 0..60 {
                let path = if (n + round) % 3 == 0 { "/tasks".to_owned() } else { format!("/tasks/{task}") };
                let answer = browser.get(&path).send().await.unwrap();
                let (status, policy) = (answer.status(), answer.headers()["content-security-policy"].to_str().unwrap().to_owned());
                let html = answer.text().await.unwrap();
                let (_, nonce) = policy.split_once("'nonce-").unwrap_or_else(|| panic!("{status} {path}: {policy}\n{html}"));
                let nonce = nonce.split('\'').next().unwrap();
                assert!(html.contains(&format!("<script type=\"module\" nonce=\"{nonce}\"")), "{path}: another page's policy");
            }
        })
    });
    let gone = (0..4).map(|_| {
        let browser = browser.clone();
        tokio::spawn(async move {
            for wait_us in (0..200).map(|n| n * 20) {
                let asking = browser.post("/api/fn/task").json(&json!({ "id": task })).send();
                let _ = tokio::time::timeout(std::time::Duration::from_micros(wait_us), asking).await;
            }
        })
    });
    for ended in futures::future::join_all(pages.chain(gone)).await {
        ended.unwrap();
    }
    server.stop().await;
}
