//! The API's description of itself: as it was reviewed, true for the running server, and good enough to test that server by.

use std::{
    path::{Path, PathBuf},
    process::Output,
};

use livegen::{
    protocol::account::Role,
    server::{generate::test_suite, http::openapi, store::accounts::AccountChange},
};
use reqwest::{StatusCode, header};
use serde_json::{Value, json};

use crate::{
    harness::{Browser, TestServer},
    suite::python,
};

const SNAPSHOT: &str = "docs/openapi.json";
const PROGRAMS: &str = "schemathesis==4.32.5\n";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// What is described is a promise: a change of it is looked at. `UPDATE=1` takes the new one over.
#[test]
fn the_description_is_the_one_that_was_reviewed() {
    let now = serde_json::to_string_pretty(openapi::document()).unwrap() + "\n";
    let path = root().join(SNAPSHOT);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &now).unwrap();
    }
    let reviewed = std::fs::read_to_string(&path).unwrap_or_default();
    let line = now.lines().zip(reviewed.lines()).position(|(now, reviewed)| now != reviewed);
    assert!(
        now == reviewed,
        "{SNAPSHOT} differs from line {line:?}; look at it with `UPDATE=1 cargo test --test it -- reviewed` and git diff"
    );
}

#[test]
fn every_operation_says_what_it_answers() {
    let document = openapi::document();
    let mut names = std::collections::HashSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let name = operation["operationId"].as_str().unwrap_or_else(|| panic!("{method} {path} has no operationId"));
            assert!(names.insert(name), "{name} is there twice");
            assert!(operation["summary"].as_str().is_some_and(|summary| summary.len() > 5), "{name} has no summary");
            let responses = operation["responses"].as_object().unwrap();
            assert!(responses.keys().any(|status| status.starts_with('2') || status == "101"), "{name} has no success");
            for (status, response) in responses.iter().filter(|(status, _)| status.starts_with(['4', '5'])) {
                let reference = response["$ref"].as_str().unwrap_or_else(|| panic!("{name} has a {status} of its own"));
                let refusal = &document.pointer(&reference[1..]).unwrap()["content"];
                assert_eq!(refusal.as_object().unwrap().keys().collect::<Vec<_>>(), ["application/problem+json"], "{name} {status}");
            }
        }
    }
    assert!(names.len() >= 36, "{}", names.len());
}

/// A server with its admin, and three keys: for what everybody has, for what admins may, for both.
async fn furnished() -> (TestServer, [String; 3]) {
    // Each of hundreds of tests starts what it needs, and nobody waits for any of it.
    let server = TestServer::builder().settings(|settings| settings.limits.open_tasks_per_account = 100_000).spawn().await;
    let browser = server.browser();
    let post = async |path: &str, body: Value, status: StatusCode| {
        let answer = browser.post(path).json(&body).send().await.unwrap();
        assert_eq!(answer.status(), status, "{path}");
        answer.json::<Value>().await.unwrap()
    };
    let password = "a sentence to remember";
    let ada = post("/api/v1/account", json!({ "email": "ada@example.org", "password": password }), StatusCode::CREATED).await;
    let change = AccountChange { role: Some(Role::Admin), ..AccountChange::default() };
    let id = ada["account_id"].as_str().unwrap().parse().unwrap();
    server.state.store.change_account(id, change, server.state.clock.now()).await.unwrap();
    let mut keys = Vec::new();
    for scopes in [vec!["tasks:read", "tasks:write", "account"], vec!["admin"], vec!["tasks:read", "tasks:write", "account", "admin"]] {
        let key = post("/api/v1/keys", json!({ "name": "tests", "scopes": scopes }), StatusCode::CREATED).await;
        keys.push(key["key"].as_str().unwrap().to_owned());
    }
    (server, keys.try_into().unwrap())
}

async fn run(mut command: tokio::process::Command) -> Output {
    command.env("no_proxy", "*").env("PYTHONDONTWRITEBYTECODE", "1").kill_on_drop(true).output().await.unwrap()
}

/// Thousands of requests made from the description, valid and not: nothing is answered otherwise than described.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn schemathesis_finds_nothing() {
    let interpreter = tokio::task::spawn_blocking(|| python::environment("schemathesis", PROGRAMS)).await.unwrap();
    let (server, [key, admin_key, _]) = furnished().await;
    let address = format!("http://{}/api/openapi.json", server.address);
    let folder = tempfile::tempdir().unwrap();
    let st = |arguments: &[&str]| {
        let mut command = tokio::process::Command::new(interpreter.with_file_name("st"));
        command.arg("--config-file").arg(root().join("tests/schemathesis.toml")).arg("run").arg(&address).current_dir(folder.path());
        command.args(["--checks", "all", "--seed", "7", "--suppress-health-check", "all", "--no-color"]).args(arguments);
        command
    };
    let (bearer, admin_bearer) = (format!("Authorization: Bearer {key}"), format!("Authorization: Bearer {admin_key}"));
    // What would end the key or its account's sessions is looked at as a guest, below.
    let endings = ["revoke_key", "sign_out", "sign_out_everywhere"];
    let mut with_key = st(&["--max-examples", "40", "-H", &bearer]);
    with_key.args(endings.iter().flat_map(|name| ["--exclude-operation-id", name]));
    let mut as_guest = st(&["--max-examples", "15", "--phases", "examples,coverage,fuzzing"]);
    as_guest.args(endings.iter().flat_map(|name| ["--include-operation-id", name]));
    let as_admin = st(&["--max-examples", "40", "-H", &admin_bearer, "--include-tag", "admin"]);
    for command in [with_key, as_guest, as_admin] {
        let output = run(command).await;
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && said.contains("No issues found"), "{said}{}", String::from_utf8_lossy(&output.stderr));
    }
    server.stop().await;
}

/// Our own generator, from our own description, against our own server.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn its_own_suite_passes() {
    let (server, [_, _, key]) = furnished().await;
    let described: String = Browser::at(server.address).get("/api/openapi.json").send().await.unwrap().text().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    python::unpack(&test_suite::generate(&described).unwrap().zip().unwrap(), folder.path());
    let inside: PathBuf = std::fs::read_dir(folder.path().join("unpacked")).unwrap().next().unwrap().unwrap().path();
    let requirements = std::fs::read_to_string(inside.join("requirements.txt")).unwrap();
    let interpreter = tokio::task::spawn_blocking(move || python::interpreter(&requirements)).await.unwrap();
    let mut command = tokio::process::Command::new(interpreter);
    command.args(["-m", "pytest", "-q", "--tb=short", "-p", "no:cacheprovider", "-rs"]).current_dir(&inside);
    // Which run of that project a comment is about, or which other run one is compared with, is more than a description can say.
    command.args(["-k", "not test_add_comment and not test_compare_runs__with_against"]);
    command.env("BASE_URL", format!("http://{}", server.address)).env("API_TOKEN", &key);
    let output = run(command).await;
    let said = String::from_utf8_lossy(&output.stdout);
    let last = said.lines().last().unwrap_or_default();
    assert!(output.status.success() && !last.contains("failed"), "{said}");
    let count = |word: &str| last.split(", ").find_map(|part| part.strip_suffix(word)?.trim().parse::<usize>().ok()).unwrap_or(0);
    let passed = last.split(" passed").next().and_then(|text| text.rsplit(' ').next()).and_then(|text| text.parse().ok()).unwrap_or(0);
    assert!(passed > 200 && count("skipped") < passed / 5, "{last}");
    server.stop().await;
}

/// Refused before its body was read, a request leaves the connection fit for the next: proxies share connections among clients.
#[tokio::test]
async fn an_early_refusal_keeps_the_connection() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let server = TestServer::builder().spawn().await;
    let mut wire = tokio::net::TcpStream::connect(server.address).await.unwrap();
    for _ in 0..20 {
        let head =
            format!("POST /api/v1/tasks HTTP/1.1\r\nhost: {}\r\ncontent-type: text/plain\r\ncontent-length: 5\r\n\r\n", server.address);
        wire.write_all(head.as_bytes()).await.unwrap();
        // As clients do that write head and body by two calls, and a network that is in no hurry.
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        wire.write_all(b"12345").await.unwrap();
        let mut answer = vec![0; 16 * 1024];
        let read = wire.read(&mut answer).await.unwrap();
        assert!(answer[..read].starts_with(b"HTTP/1.1 415"), "{}", String::from_utf8_lossy(&answer[..read]));
    }
    server.stop().await;
}

/// Also what layers refuse before a handler sees it, and also when it is compressed on its way.
#[tokio::test]
async fn every_refusal_is_a_problem() {
    let server = TestServer::builder().spawn().await;
    let browser = server.browser();
    let long = "x".repeat(3_000);
    let refused = [
        (browser.get("/api/v1/tasks?limit=1&limit=2"), 422),
        (browser.get(&format!("/api/v1/tasks?before={long}")), 422),
        (browser.http.request(reqwest::Method::PATCH, browser.url("/api/v1/tasks")), 405),
        (browser.get("/api/nothing/here"), 404),
        (browser.post("/api/v1/tasks").header(header::CONTENT_TYPE, "text/plain").body("x"), 415),
        (browser.post("/api/v1/keys").header(header::CONTENT_TYPE, "application/json").body("{"), 400),
        (browser.post("/api/v1/tasks").header("idempotency-key", "").json(&json!({ "kind": "prompt", "prompt": "a poem" })), 422),
        (browser.get("/api/v1/tasks").header(header::AUTHORIZATION, "Bearer lg_no"), 401),
    ];
    for (request, status) in refused {
        let answer = request.header(header::ACCEPT_ENCODING, "gzip").send().await.unwrap();
        assert_eq!(answer.status().as_u16(), status, "{}", answer.url());
        assert_eq!(answer.headers()[header::CONTENT_TYPE], "application/problem+json", "{}", answer.url());
        let (url, whole) = (answer.url().clone(), answer.bytes().await.unwrap());
        let problem: Value = serde_json::from_slice(&whole).unwrap_or_else(|error| panic!("{url}: {error}"));
        assert_eq!(problem["status"], status, "{url}");
    }
    server.stop().await;
}
