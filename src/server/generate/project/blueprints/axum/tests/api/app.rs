//! What is true of the whole application.

use std::collections::HashSet;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::thread;
use std::time::Duration;

use app::settings::Settings;
use app::{db, seed};
use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::spawn_blocking;

use crate::support::{Answer, TestApp};

{% set first = entities[0] %}
const PATH: &str = "/api/{{ first.path }}";

#[tokio::test]
async fn it_says_that_it_is_well() {
    let answer = TestApp::start().await.anonymous("GET", "/healthz", None).await;
    assert_eq!((answer.status.as_u16(), answer.body), (200, json!({"status": "ok"})));
}

#[tokio::test]
async fn the_description_names_only_routes_that_are_there() {
    let app = TestApp::start().await;
    let description = app.anonymous("GET", "/openapi.json", None).await.body;
    let paths = description["paths"].as_object().expect("paths");
    assert!(paths.contains_key(PATH));
    for (path, operations) in paths {
        for method in operations.as_object().expect("operations").keys() {
            let address = path.split('{').next().unwrap_or_default();
            let address = format!("{address}{}", if path.contains('{') { "not-an-id" } else { "" });
            let answer = app.ask(&method.to_uppercase(), &address, None).await;
            let status = answer.status.as_u16();
            assert!(![404, 405].contains(&status), "{method} {path}: {status}");
            assert!(operations[method]["responses"][status.to_string()].is_object(), "{status}");
        }
    }
}

#[tokio::test]
async fn the_description_refers_only_to_what_it_has() {
    let app = TestApp::start().await;
    let description = app.anonymous("GET", "/openapi.json", None).await.body;
    let mut names = HashSet::new();
    gather(&description, &mut names);
    assert!(names.contains("#/components/schemas/Problem"));
    for name in names {
        assert!(description.pointer(&name[1..]).is_some(), "{name}");
    }
}

fn gather(node: &Value, names: &mut HashSet<String>) {
    match node {
        Value::Object(map) => {
            names.extend(map.get("$ref").and_then(Value::as_str).map(ToOwned::to_owned));
            map.values().for_each(|child| gather(child, names));
        }
        Value::Array(items) => items.iter().for_each(|child| gather(child, names)),
        _ => {}
    }
}

#[tokio::test]
async fn what_is_not_there_is_a_problem() {
    let app = TestApp::start().await;
    for path in ["/nothing", "/api/nothing", &format!("{PATH}/"), "/api"] {
        let answer = app.get(path).await;
        assert_eq!(answer.status, 404, "{path}");
        answer.assert_is_problem();
    }
}

#[tokio::test]
async fn a_wrong_method_is_told_the_right_ones() {
    let answer = TestApp::start().await.ask("PATCH", PATH, None).await;
    assert_eq!((answer.status.as_u16(), answer.header("allow")), (405, "GET,HEAD,POST"));
    answer.assert_is_problem();
}

async fn send(app: &TestApp, kind: &str, body: impl Into<Body>) -> Answer {
{% if accounts %}
    let request = Request::post(PATH).header("authorization", format!("Bearer {}", app.token));
{% else %}
    let request = Request::post(PATH);
{% endif %}
    app.send(request.header("content-type", kind).body(body.into()).expect("a request")).await
}

#[tokio::test]
async fn a_broken_body_is_a_problem() {
    let app = TestApp::start().await;
    let deep = "[".repeat(100_000);
    let bodies = [b"{".as_slice(), b"", b"{\"a\": 1e999999", deep.as_bytes(), b"\xff", b"[]", b"5"];
    for body in bodies {
        let answer = send(&app, "application/json", body.to_vec()).await;
        assert!([400, 422].contains(&answer.status.as_u16()), "{}", answer.status);
        answer.assert_is_problem();
    }
    let answer = send(&app, "text/plain", "{}").await;
    assert_eq!((answer.status.as_u16(), answer.fields()), (422, vec!["body"]));
}

#[tokio::test]
async fn a_large_body_is_refused() {
    let app = TestApp::start().await;
    let large = " ".repeat(Settings::default().max_body_bytes + 1);
    let answer = send(&app, "application/json", large.clone()).await;
    assert_eq!(answer.status, 413);
    answer.assert_is_problem();
    // Nor does it help to say that it is short.
    let request = Request::post(PATH).header("content-length", "2");
{% if accounts %}
    let request = request.header("authorization", format!("Bearer {}", app.token));
{% endif %}
    let answer = app.send(request.body(large.into()).expect("a request")).await;
    assert_eq!(answer.status, 413);
}

#[tokio::test]
async fn a_connection_outlives_a_refusal() {
    let app = TestApp::start().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(axum::serve(listener, app.router.clone()).into_future());
    let talk = move || {
        let mut connection = TcpStream::connect(address)?;
        let mut answers = BufReader::new(connection.try_clone()?);
        let mut statuses = Vec::new();
        for _ in 0..2 {
            let length = "Content-Length: 2\r\nHost: localhost\r\n\r\n";
            write!(connection, "POST {PATH}?unknown=1 HTTP/1.1\r\n{length}")?;
            // The body comes when the head could have been answered already.
            thread::sleep(Duration::from_millis(50));
            connection.write_all(b"{}")?;
            let head: Vec<String> = answers
                .by_ref()
                .lines()
                .take_while(|line| line.as_ref().is_ok_and(|line| !line.is_empty()))
                .collect::<Result<_, _>>()?;
            let length = head.iter().find_map(|line| line.strip_prefix("content-length: "));
            let length: u64 = length.and_then(|length| length.parse().ok()).unwrap_or_default();
            io::copy(&mut answers.by_ref().take(length), &mut io::sink())?;
            statuses.push(head[0].clone());
        }
        io::Result::Ok(statuses)
    };
    let statuses = spawn_blocking(talk).await.expect("no panic").expect("two answers");
    assert!(statuses.iter().all(|line| line.starts_with("HTTP/1.1 {{ 401 if accounts else 422 }}")), "{statuses:?}");
}

#[tokio::test]
async fn browsers_are_told_what_they_may_do() {
    let answer = TestApp::start().await.anonymous("GET", "/healthz", None).await;
    assert!(answer.header("content-security-policy").contains("default-src 'self'"));
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
}

#[tokio::test]
async fn what_breaks_is_a_problem_without_details() {
    let app = TestApp::without_tables().await;
    let answer = app.ask("GET", PATH, None).await;
    assert_eq!(answer.status, 500);
    answer.assert_is_problem();
    assert!(!answer.text.contains("{{ first.many }}"), "{}", answer.text);
}

#[tokio::test]
async fn seed_data_is_added_once() {
    let app = TestApp::start().await;
    let data: Value = serde_json::from_str(include_str!("../../src/seed.json")).expect("seed data");
    let kinds = data.as_object().expect("kinds of things");
    let count: usize = kinds.values().filter_map(Value::as_array).map(Vec::len).sum();
    assert_eq!(seed::fill(&app.pool).await.expect("seed data"), count);
    assert_eq!(seed::fill(&app.pool).await.expect("seed data"), 0);
}

#[tokio::test]
async fn migrations_go_down_and_up() {
    let app = TestApp::start().await;
    seed::fill(&app.pool).await.expect("seed data");
    db::migrate_down(&app.pool).await.expect("down");
    assert_eq!(app.get(PATH).await.status, {{ 500 }});
    db::migrate_up(&app.pool).await.expect("up");
    let answer = app.anonymous("GET", "/healthz", None).await;
    assert_eq!(answer.status, 200);
}
