//! Registering, signing in and out, API keys, tickets: who gets in, and that whoever is shown out is out within a second.

use std::time::{Duration, Instant};

use livegen::{
    protocol::{Problem, TaskId},
    server::{
        clock::ManualClock,
        store::{Accounts, SqliteOptions, SqliteStore},
    },
};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::harness::{Browser, Live, Scripted, TestServer, live_path, send};

const PASSWORD: &str = "correct horse battery";

async fn register(browser: &Browser, email: &str) {
    let (status, body) = send(browser, Method::POST, "/api/v1/account", json!({"email": email, "password": PASSWORD})).await;
    assert_eq!(status, StatusCode::CREATED, "{body}");
}

async fn sign_in(browser: &Browser, email: &str, password: &str) -> StatusCode {
    send(browser, Method::POST, "/api/v1/sessions", json!({"email": email, "password": password})).await.0
}

async fn sees(browser: &Browser, task: TaskId) -> bool {
    browser.get(&format!("/api/v1/tasks/{task}")).send().await.unwrap().status().is_success()
}

async fn me(browser: &Browser) -> Value {
    send(browser, Method::GET, "/api/v1/account", Value::Null).await.1
}

/// A server whose tasks wait for nothing to happen: good for watching.
async fn server() -> TestServer {
    TestServer::builder().generator(&Scripted::new()).spawn().await
}

async fn make_key(browser: &Browser, scopes: &[&str]) -> (String, String) {
    let (status, key) = send(browser, Method::POST, "/api/v1/keys", json!({"name": "ci", "scopes": scopes})).await;
    assert_eq!(status, StatusCode::CREATED, "{key}");
    (key["key"].as_str().unwrap().to_owned(), key["id"].as_str().unwrap().to_owned())
}

/// The code with which the server closes, and how long that took.
async fn closes(mut live: Live) -> (u16, Duration) {
    let began = Instant::now();
    let (_, code) = live.rest().await;
    (code, began.elapsed())
}

#[tokio::test]
async fn what_a_guest_made_comes_along() {
    let server = server().await;
    let ada = server.browser();
    let before = ada.submit("as a guest").await;
    assert_eq!(me(&ada).await["guest"], true);
    register(&ada, "Ada@example.org").await;
    let known = me(&ada).await;
    assert_eq!((&known["guest"], &known["email"]), (&json!(false), &json!("ada@example.org")));
    assert!(sees(&ada, before).await);
    let after = ada.submit("registered").await;

    assert_eq!(send(&ada, Method::DELETE, "/api/v1/sessions/current", Value::Null).await.0, StatusCode::NO_CONTENT);
    assert!(!sees(&ada, before).await, "a guest again, and another one");
    assert_eq!(me(&ada).await["guest"], true);

    let elsewhere = server.browser();
    let made_elsewhere = elsewhere.submit("on the phone").await;
    for (email, password) in [("ada@example.org", "wrong horse battery"), ("bob@example.org", PASSWORD)] {
        let (status, problem) = send(&elsewhere, Method::POST, "/api/v1/sessions", json!({"email": email, "password": password})).await;
        assert_eq!((status, &problem["detail"]), (StatusCode::UNAUTHORIZED, &json!("The e-mail address or the password is wrong.")));
    }
    assert_eq!(sign_in(&elsewhere, " ADA@example.org ", PASSWORD).await, StatusCode::OK);
    for task in [before, after, made_elsewhere] {
        assert!(sees(&elsewhere, task).await);
    }
    let audit = send(&elsewhere, Method::GET, "/api/v1/account/audit", Value::Null).await.1;
    let actions: Vec<&str> = audit["entries"].as_array().unwrap().iter().map(|entry| entry["action"].as_str().unwrap()).collect();
    assert_eq!(actions, ["sign-in", "sign-out", "register"]);
    server.stop().await;
}

#[tokio::test]
async fn bad_input_is_explained_by_field() {
    let server = server().await;
    let browser = server.browser();
    register(&server.browser(), "taken@example.org").await;
    for (body, status, field) in [
        (json!({"email": "ada", "password": PASSWORD}), 422, "email"),
        (json!({"email": "ada@example.org", "password": "short"}), 422, "password"),
        (json!({"email": "taken@example.org", "password": PASSWORD}), 409, "email"),
        (json!({"email": "ada@example.org"}), 422, ""),
        (json!([1]), 422, ""),
    ] {
        let answer = browser.post("/api/v1/account").json(&body).send().await.unwrap();
        assert_eq!(answer.status(), status, "{body}");
        assert_eq!(answer.headers()["content-type"], "application/problem+json");
        let problem: Problem = answer.json().await.unwrap();
        assert_eq!(problem.errors.first().map_or("", |error| &error.field), field, "{problem}");
    }
    for (method, path) in [(Method::POST, "/api/v1/keys"), (Method::DELETE, "/api/v1/sessions"), (Method::PUT, "/api/v1/account/password")]
    {
        let body = json!({"name": "x", "scopes": ["account"], "old_password": "x", "password": PASSWORD});
        assert_eq!(send(&browser, method, path, body).await.0, StatusCode::FORBIDDEN, "a guest has none of it: {path}");
    }
    server.stop().await;
}

#[tokio::test]
async fn keys_do_what_their_scopes_say_until_they_are_revoked() {
    let server = server().await;
    let ada = server.browser();
    register(&ada, "ada@example.org").await;
    let task = ada.submit("for the key").await;
    let (reader, reader_id) = make_key(&ada, &["tasks:read"]).await;
    let (writer, _) = make_key(&ada, &["tasks:read", "tasks:write"]).await;
    assert!(reader.starts_with("lg_"));
    let program = |key: &str, method: Method, path: String| {
        let request = reqwest::Client::builder().no_proxy().build().unwrap().request(method, server.browser().url(&path)).bearer_auth(key);
        async move { request.send().await.unwrap().status().as_u16() }
    };
    let path = format!("/api/v1/tasks/{task}");
    assert_eq!(program(&reader, Method::GET, path.clone()).await, 200);
    assert_eq!(program(&reader, Method::POST, format!("{path}/cancel")).await, 403);
    assert_eq!(program(&writer, Method::GET, "/api/v1/keys".into()).await, 403);
    assert_eq!(program("lg_0000", Method::GET, path.clone()).await, 401);
    assert_eq!(program("", Method::GET, path.clone()).await, 401);
    let listed = send(&ada, Method::GET, "/api/v1/keys", Value::Null).await.1;
    assert!(!listed.to_string().contains(&reader), "a key is shown once");
    assert!(listed["keys"].as_array().unwrap().iter().any(|key| key["last_used_at"].is_string()), "{listed}");

    // A live connection of the key ends with it; one of the session, and one of the other key, go on.
    let bearer = |key: &str| [("authorization", format!("Bearer {key}"))];
    let anybody = server.browser();
    let watch = |headers: [(&'static str, String); 1]| {
        let anybody = anybody.clone();
        async move { anybody.try_watch(&live_path(task, None), &[(headers[0].0, &headers[0].1)]).await.unwrap() }
    };
    let of_reader = watch(bearer(&reader)).await;
    let mut of_writer = watch(bearer(&writer)).await;
    let mut of_session = ada.watch(task, None).await;
    assert_eq!(send(&server.browser(), Method::DELETE, &format!("/api/v1/keys/{reader_id}"), Value::Null).await.0, StatusCode::NOT_FOUND);
    assert_eq!(send(&ada, Method::DELETE, &format!("/api/v1/keys/{reader_id}"), Value::Null).await.0, StatusCode::NO_CONTENT);
    let (code, took) = closes(of_reader).await;
    assert_eq!(code, 4503);
    assert!(took < Duration::from_secs(1), "{took:?}");
    assert_eq!(program(&reader, Method::GET, path.clone()).await, 401);
    ada.post(&format!("{path}/cancel")).send().await.unwrap();
    for live in [&mut of_writer, &mut of_session] {
        assert_eq!(live.rest().await.1, 1000);
    }
    server.stop().await;
}

#[tokio::test]
async fn signing_out_everywhere_closes_everything_within_a_second() {
    let server = server().await;
    let (one, other) = (server.browser(), server.browser());
    register(&one, "ada@example.org").await;
    assert_eq!(sign_in(&other, "ada@example.org", PASSWORD).await, StatusCode::OK);
    let task = one.submit("watched").await;
    let (first, second) = (one.watch(task, None).await, other.watch(task, None).await);
    let mut stream = other.get(&format!("/api/v1/tasks/{task}/events")).header("accept", "text/event-stream").send().await.unwrap();
    let bystander = server.browser();
    let theirs = bystander.submit("somebody else's").await;
    let mut unharmed = bystander.watch(theirs, None).await;

    let began = Instant::now();
    assert_eq!(send(&one, Method::DELETE, "/api/v1/sessions", Value::Null).await.0, StatusCode::NO_CONTENT);
    assert_eq!(closes(first).await.0, 4503);
    assert_eq!(closes(second).await.0, 4503);
    while stream.chunk().await.unwrap().is_some() {}
    assert!(began.elapsed() < Duration::from_secs(1), "{:?}", began.elapsed());
    assert!(!sees(&other, task).await);
    bystander.post(&format!("/api/v1/tasks/{theirs}/cancel")).send().await.unwrap();
    assert_eq!(unharmed.rest().await.1, 1000);
    server.stop().await;
}

#[tokio::test]
async fn a_wait_that_outlives_its_session_is_told_nothing() {
    let server = server().await;
    let (ada, hers) = (server.browser(), server.browser());
    register(&ada, "ada@example.org").await;
    assert_eq!(sign_in(&hers, "ada@example.org", PASSWORD).await, StatusCode::OK);
    let task = ada.submit("waited for").await;
    let after = ada.log(task).await.len();
    let path = format!("/api/v1/tasks/{task}/events?after={after}&wait=20");
    let waiting = tokio::spawn(ada.get(&path).header("accept", "application/json").send());
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(send(&hers, Method::DELETE, "/api/v1/sessions", Value::Null).await.0, StatusCode::NO_CONTENT);
    assert_eq!(sign_in(&hers, "ada@example.org", PASSWORD).await, StatusCode::OK);
    hers.post(&format!("/api/v1/tasks/{task}/cancel")).send().await.unwrap();
    let answer = waiting.await.unwrap().unwrap();
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    assert!(!answer.text().await.unwrap().contains("cancel"));
    server.stop().await;
}

#[tokio::test]
async fn what_another_process_revokes_closes_too() {
    let server = server().await;
    let ada = server.browser();
    register(&ada, "ada@example.org").await;
    let task = ada.submit("watched").await;
    let live = ada.watch(task, None).await;
    let beside = SqliteStore::open_beside(server.dir.path().join("livegen.db"), SqliteOptions::default()).await.unwrap();
    let account = beside.account_by_email("ada@example.org").await.unwrap().unwrap();
    let began = Instant::now();
    beside.end_sessions(account.account_id).await.unwrap();
    assert_eq!(closes(live).await.0, 4503);
    assert!(began.elapsed() < Duration::from_secs(1), "{:?}", began.elapsed());
    server.stop().await;
}

#[tokio::test]
async fn a_ticket_opens_one_connection() {
    let server = server().await;
    let ada = server.browser();
    register(&ada, "ada@example.org").await;
    let task = ada.submit("by ticket").await;
    let ticket = |body: Value| body["ticket"].as_str().unwrap().to_owned();
    let first = ticket(send(&ada, Method::POST, "/api/v1/tickets", Value::Null).await.1);
    let unused = ticket(send(&ada, Method::POST, "/api/v1/tickets", Value::Null).await.1);
    let anybody = server.browser();
    let path = |ticket: &str| format!("/api/v1/tasks/{task}/live?ticket={ticket}");
    let live = anybody.try_watch(&path(&first), &[]).await.unwrap();
    for bad in [&first, "0000", ""] {
        assert_eq!(anybody.try_watch(&path(bad), &[]).await.err(), Some(401), "{bad}");
    }
    send(&ada, Method::DELETE, "/api/v1/sessions/current", Value::Null).await;
    assert_eq!(closes(live).await.0, 4503, "what hangs on a ticket ends with what it was asked for with");
    assert_eq!(anybody.try_watch(&path(&unused), &[]).await.err(), Some(401));

    // A guest's works too, and is good for reading only.
    let guest = server.browser();
    let mine = guest.submit("a guest's").await;
    let own = ticket(send(&guest, Method::POST, "/api/v1/tickets", Value::Null).await.1);
    assert_eq!(
        send(&anybody, Method::POST, &format!("/api/v1/tasks/{mine}/cancel?ticket={own}"), Value::Null).await.0,
        StatusCode::FORBIDDEN
    );
    server.stop().await;
}

/// As Node's own WebSocket asks: no origin, some `Sec-Fetch-*`, no header of the caller's.
const AS_NODE: (&str, &str) = ("sec-fetch-mode", "websocket");

#[tokio::test]
async fn a_socket_by_ticket_or_key_needs_no_origin_and_one_by_cookie_does() {
    let server = server().await;
    let ada = server.browser();
    register(&ada, "ada@example.org").await;
    let task = ada.submit("from everywhere").await;
    let (key, _) = make_key(&ada, &["tasks:read"]).await;
    let bearer = format!("Bearer {key}");
    let path = live_path(task, None);
    let ticket = async || {
        let body = send(&ada, Method::POST, "/api/v1/tickets", Value::Null).await.1;
        format!("/api/v1/tasks/{task}/live?ticket={}", body["ticket"].as_str().unwrap())
    };
    let nobody = server.browser();
    let own = format!("http://{}", server.address);
    for origin in ["http://evil.example", "null"] {
        let foreign = ("origin", origin);
        assert_eq!(ada.try_watch(&path, &[foreign]).await.err(), Some(403), "with a cookie");
        assert_eq!(nobody.try_watch(&ticket().await, &[foreign]).await.err(), Some(403), "with a ticket");
        assert_eq!(nobody.try_watch(&path, &[foreign, ("authorization", &bearer)]).await.err(), Some(403), "with a key");
    }
    assert_eq!(ada.try_watch(&path, &[AS_NODE]).await.err(), Some(403), "a browser that states no origin, with a cookie");
    assert!(nobody.try_watch(&ticket().await, &[AS_NODE]).await.is_ok());
    assert!(nobody.try_watch(&ticket().await, &[("origin", &own)]).await.is_ok());
    assert!(nobody.try_watch(&path, &[AS_NODE, ("authorization", &bearer)]).await.is_ok());
    // What looks like a proof and is none gets nowhere, whatever cookie comes with it.
    assert_eq!(ada.try_watch(&format!("{path}?ticket=0000"), &[AS_NODE]).await.err(), Some(401));
    assert_eq!(ada.try_watch(&format!("{path}?ticket="), &[AS_NODE]).await.err(), Some(401));
    assert_eq!(ada.try_watch(&path, &[AS_NODE, ("authorization", "Bearer lg_0")]).await.err(), Some(401));
    assert_eq!(ada.try_watch(&path, &[AS_NODE, ("authorization", "")]).await.err(), Some(401));
    server.stop().await;
}

#[tokio::test]
async fn guessing_is_slow_and_a_new_password_ends_sessions() {
    // Time stands still, so that guesses are as fast as can be on any machine.
    let clock = std::sync::Arc::new(ManualClock::default());
    let server = TestServer::builder().generator(&Scripted::new()).clock(&clock).spawn().await;
    let ada = server.browser();
    register(&ada, "ada@example.org").await;
    let body = json!({"old_password": PASSWORD, "password": "another good sentence"});
    assert_eq!(send(&ada, Method::PUT, "/api/v1/account/password", body).await.0, StatusCode::NO_CONTENT);
    assert_eq!(me(&ada).await["guest"], true, "signed out by it");
    let guesser = server.browser();
    let mut answers = Vec::new();
    for n in 0..12 {
        answers.push(sign_in(&guesser, "ada@example.org", &format!("guess number {n}")).await.as_u16());
    }
    assert!(answers.starts_with(&[401, 401, 401]), "{answers:?}");
    assert!(answers.ends_with(&[429, 429]), "{answers:?}");
    server.stop().await;
}

#[tokio::test]
async fn no_secret_is_in_the_database() {
    let server = server().await;
    let ada = server.browser();
    register(&ada, "ada@example.org").await;
    let (key, _) = make_key(&ada, &["tasks:read"]).await;
    let ticket = send(&ada, Method::POST, "/api/v1/tickets", Value::Null).await.1["ticket"].as_str().unwrap().to_owned();
    let cookie = ada.cookie().unwrap();
    let session = cookie.rsplit("s.").next().unwrap().to_owned();
    assert_eq!(session.len(), 64, "{cookie}");
    ada.submit("x").await;
    let dir = server.stop().await;
    let mut bytes = 0;
    for entry in std::fs::read_dir(dir.path()).unwrap() {
        let content = std::fs::read(entry.unwrap().path()).unwrap();
        bytes += content.len();
        for secret in [&key, &ticket, &session, PASSWORD] {
            assert!(!content.windows(secret.len()).any(|window| window == secret.as_bytes()));
        }
    }
    assert!(bytes > 10_000);
}

#[tokio::test]
async fn operators_look_after_accounts_while_the_server_runs() {
    use std::process::Stdio;
    use tokio::io::AsyncWriteExt;
    let server = server().await;
    let database = format!("sqlite://{}", server.dir.path().join("livegen.db").display());
    // Waited for without blocking: a server that stands still in the middle of a write keeps the database locked.
    let livegen = async |args: &[&str], input: &str| {
        let mut child = tokio::process::Command::from(crate::process::livegen())
            .arg("accounts")
            .args(args)
            .env("LIVEGEN_DATABASE_URL", &database)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        // Commands that read nothing may have gone already.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes()).await;
        let output = child.wait_with_output().await.unwrap();
        let said = [output.stdout, output.stderr].concat();
        (output.status.code().unwrap(), String::from_utf8(said).unwrap())
    };
    let done = |(code, said): &(i32, String)| assert_eq!(*code, 0, "{said}");
    done(&livegen(&["add", "ada@example.org", "--admin"], &format!("{PASSWORD}\n")).await);
    let again = livegen(&["add", "ada@example.org"], PASSWORD).await;
    assert!(again.0 == 5 && again.1.contains("has an account"), "{again:?}");
    assert_eq!(livegen(&["add", "bob@example.org"], "short").await.0, 5);
    let ada = server.browser();
    assert_eq!(sign_in(&ada, "ada@example.org", PASSWORD).await, StatusCode::OK);
    assert_eq!(me(&ada).await["role"], "admin");
    let before = me(&ada).await["tokens"]["free"].as_i64().unwrap();
    done(&livegen(&["grant", "ada@example.org", "-1000"], "").await);
    assert_eq!(me(&ada).await["tokens"]["free"].as_i64().unwrap(), before - 1000);
    done(&livegen(&["subscribe", "ada@example.org", "2020-01-31"], "").await);
    assert_eq!(me(&ada).await["subscribed_until"], "2020-01-31T00:00:00.000000Z");
    assert_eq!(livegen(&["subscribe", "ada@example.org", "soon"], "").await.0, 5);
    let task = ada.submit("watched").await;
    let live = ada.watch(task, None).await;
    let last = livegen(&["disable", "ADA@example.org"], "").await;
    assert!(last.0 == 5 && last.1.contains("last admin"), "{last:?}");
    done(&livegen(&["add", "eve@example.org", "--admin"], PASSWORD).await);
    done(&livegen(&["disable", "ADA@example.org"], "").await);
    assert_eq!(closes(live).await.0, 4503);
    assert_eq!(sign_in(&ada, "ada@example.org", PASSWORD).await, StatusCode::UNAUTHORIZED);
    let listed = livegen(&["list", "--json"], "").await.1;
    let listed: Value = serde_json::from_str(listed.lines().next().unwrap()).unwrap();
    assert_eq!((&listed["state"], &listed["role"]), (&json!("disabled"), &json!("admin")));
    assert!(livegen(&["audit", "ada@example.org"], "").await.1.contains("account disabled"));
    assert_eq!(livegen(&["enable", "nobody@example.org"], "").await.0, 5);
    server.stop().await;
}
