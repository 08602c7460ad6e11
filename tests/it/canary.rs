//! Secrets and inputs are in nothing that the real binary writes, with its log at its most talkative, as text and as JSON; and what
//! people send cannot forge a line of the log.
//!
//! Every secret is one that can be searched for. Whatever is found names the line.

use std::fmt::Write;

use base64::{Engine, prelude::BASE64_STANDARD};
use livegen::protocol::TaskId;
use reqwest::{Method, header, multipart};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::{
    harness::Browser,
    model::{
        formats::Format,
        stub::{Stub, plain},
    },
    process::{self, Process},
    told::postbox::Postbox,
};

const PROVIDER_KEY: &str = "sk-canary-provider-5d1c9e";
const REDIS_PASSWORD: &str = "canary-redis-77a1";
const MAIL_PASSWORD: &str = "canary-mail-c04e";
const PASSWORD: &str = "canary password of ada 41f0";
const NEW_PASSWORD: &str = "canary password renewed 9c3b";
const WRONG_PASSWORD: &str = "canary password guessed 0d7e";
const ADDRESS_PASSWORD: &str = "canary-address-6be2";
/// In every input: looks like somebody's token.
const INPUT: &str = "ghp_canaryINPUT8842aa";
/// Would be a line of its own, in red.
const FORGED: &str = "x\r\n2026-01-01T00:00:00Z ERROR FORGED-LINE\u{1b}[31m\u{9b}31m\u{2028}FORGED-LINE";

/// Everything that must not be seen, by name.
type Secrets = Vec<(String, String)>;

#[tokio::test]
async fn no_secret_and_no_input_is_in_a_log_of_text() {
    let said = session("text").await;
    for line in said.lines() {
        let forged = line.trim_start_matches(|c: char| !c.is_alphanumeric()).starts_with("FORGED-LINE");
        assert!(!forged && !line.starts_with("2026-01-01T00:00:00Z"), "a forged line: {line:?}");
    }
    let control = said.chars().find(|c| (c.is_control() && !matches!(c, '\n' | '\t')) || *c == '\u{2028}');
    assert_eq!(control, None, "what a terminal would obey");
}

#[tokio::test]
async fn no_secret_and_no_input_is_in_a_log_of_json() {
    let said = session("json").await;
    for line in said.lines().filter(|line| !line.starts_with("Livegen is ready on ")) {
        assert!(serde_json::from_str::<Value>(line).is_ok_and(|value| value.is_object()), "no object: {line:?}");
    }
}

/// A server's whole life; what it wrote, in which none of the secrets is.
async fn session(format: &str) -> String {
    let dir = tempfile::tempdir().unwrap();
    let echo = format!(r#"{{"error":{{"message":"Incorrect API key provided: {PROVIDER_KEY} for {INPUT}"}}}}"#);
    // A key that is refused is not tried again: that comes last.
    let good = plain(200, Format::OpenAi.media_type(), Format::OpenAi.stream());
    let stub = Stub::spawn_each(vec![good, plain(401, "application/json", echo)]).await;
    let settings = dir.path().join("livegen.toml");
    let chain = format!("{{ provider = \"openai\", model = \"m-1\", base_url = \"{}\" }}", stub.base());
    let text = format!("[model]\nchain = [{chain}]\n[package.metadata.leptos]\noutput-name = \"livegen\"\n");
    std::fs::write(&settings, text).unwrap();
    let mut postbox = Postbox::start(&[451, 250]).await;
    let mut command = process::serve(dir.path(), 0);
    command
        .env("LIVEGEN_CONFIG", &settings)
        .env("LIVEGEN_LOG_FILTER", "trace")
        .env("LIVEGEN_LOG_FORMAT", format)
        .env("LIVEGEN_ACCOUNTS_INITIAL_TOKENS", "1500")
        .env("REDIS_URL", format!("redis://:{REDIS_PASSWORD}@127.0.0.1:1/0"))
        .env("LIVEGEN_MAIL_URL", format!("smtp://postman@{}", postbox.address))
        .env("LIVEGEN_MAIL_FROM", "livegen@example.org")
        .env("LIVEGEN_WEBHOOKS_RETRY_PERCENT", "0")
        .env("SMTP_PASSWORD", MAIL_PASSWORD)
        .env("OPENAI_API_KEY", PROVIDER_KEY);
    let process = Process::start(command);
    let mut secrets: Secrets = [
        ("the provider's key", PROVIDER_KEY),
        ("Redis' password", REDIS_PASSWORD),
        ("the mail server's password", MAIL_PASSWORD),
        ("the mail server's password, as it is sent", &BASE64_STANDARD.encode(format!("\0postman\0{MAIL_PASSWORD}"))),
        ("a password", PASSWORD),
        ("a new password", NEW_PASSWORD),
        ("a wrong password", WRONG_PASSWORD),
        ("an address' password", ADDRESS_PASSWORD),
        ("an input", INPUT),
    ]
    .map(|(name, secret)| (name.to_owned(), secret.to_owned()))
    .into();
    let browser = Browser::at(process.address);
    let task = work_as_guest(&browser, &mut secrets).await;
    show_others(&browser, &Browser::at(process.address), task, &mut secrets).await;
    sign_in_and_out(&browser, task, &mut secrets).await;
    follow_links(&Browser::at(process.address), &mut postbox, &mut secrets).await;
    forge(&Browser::at(process.address)).await;
    assert!(stub.connections() > 1, "the provider was asked");
    process.signal("-TERM");
    let said = process.said();
    let talkative = said.contains("TRACE") && said.matches("DEBUG").count() > 100 && said.contains("stopping");
    assert!(talkative, "the log is not there: {}", said.lines().count());
    let mut found = String::new();
    for (name, secret) in &secrets {
        for line in said.lines().filter(|line| shows(line, secret)).take(2) {
            let _ = writeln!(found, "{name}: {}", line.chars().take(600).collect::<String>());
        }
    }
    assert!(found.is_empty(), "\n{found}");
    said
}

/// As it is, as a list of bytes, or with what a cookie or an address has in hexadecimal.
fn shows(line: &str, secret: &str) -> bool {
    let bytes: Vec<String> = secret.bytes().map(|byte| byte.to_string()).collect();
    let decoded = secret.replace("%2B", "+").replace("%2F", "/").replace("%3D", "=");
    let escaped = secret.replace(' ', "%20");
    let plus = secret.replace(' ', "+");
    [secret, &decoded, &escaped, &plus, &bytes.join(", ")].iter().any(|spelling| line.contains(*spelling))
}

async fn send(browser: &Browser, method: Method, path: &str, body: &Value) -> (u16, Value) {
    let answer = browser.http.request(method, browser.url(path)).json(body).send().await.unwrap();
    let status = answer.status().as_u16();
    (status, serde_json::from_str(&answer.text().await.unwrap()).unwrap_or(Value::Null))
}

fn prompt() -> Value {
    json!({"kind": "prompt", "prompt": format!("Write a poem about the token {INPUT} and 3 cats.")})
}

fn description() -> String {
    format!(
        "openapi: 3.1.0\ninfo: {{title: '{INPUT}', version: '1'}}\npaths:\n  /{INPUT}:\n    get:\n      responses: {{'200': {{description: ok}}}}\n"
    )
}

/// The signed cookie, and its secret part.
fn remember_cookie(name: &str, browser: &Browser, secrets: &mut Secrets) {
    let cookie = browser.cookie().unwrap();
    let (_, value) = cookie.split_once('=').unwrap();
    secrets.push((name.to_owned(), value.to_owned()));
    // The signature is 44 characters of base64, in the cookie's spelling; what follows it is the account's id, or the session's secret.
    secrets.push((format!("{name}, its signature"), value.chars().take(30).collect()));
    if let Some((_, secret)) = value.rsplit_once("s.") {
        secrets.push((format!("{name}, its secret"), secret.chars().take(40).collect()));
    }
}

async fn ended(browser: &Browser, task: &Value) -> Value {
    let path = format!("/api/v1/tasks/{}/events?after=0", task["task_id"].as_str().unwrap_or_else(|| panic!("{task}")));
    let stream = browser.get(&path).header(header::ACCEPT, "text/event-stream").send().await.unwrap().text().await.unwrap();
    let last = stream.lines().rev().find_map(|line| line.strip_prefix("data: ")).unwrap_or_else(|| panic!("{stream}"));
    serde_json::from_str(last).unwrap()
}

async fn work_as_guest(browser: &Browser, secrets: &mut Secrets) -> TaskId {
    browser.get("/").send().await.unwrap();
    remember_cookie("a guest's cookie", browser, secrets);
    let mut last = Value::Null;
    for description in [description(), format!("openapi: 3.1.0\ninfo: [{INPUT}")] {
        let body = json!({"kind": "test_suite", "name": format!("{INPUT}.yaml"), "description": description});
        let (_, made) = send(browser, Method::POST, "/api/v1/tasks", &body).await;
        if made["task_id"].is_string() {
            assert_eq!(ended(browser, &made).await["status"], "completed");
            let files = format!("/api/v1/tasks/{}/files", made["task_id"].as_str().unwrap());
            browser.get(&format!("{files}/tests/{INPUT}.py")).send().await.unwrap();
            last = made;
        }
        let form = multipart::Form::new().text("description", description.clone());
        browser.post("/new/test-suite").multipart(form).send().await.unwrap();
        send(browser, Method::POST, "/api/fn/check", &json!({"input": body})).await;
    }
    let fetched = json!({"kind": "test_suite", "url": format!("http://ada:{ADDRESS_PASSWORD}@127.0.0.1:1/{INPUT}")});
    assert_eq!(send(browser, Method::POST, "/api/v1/tasks", &fetched).await.0, 422);
    // Two are asked of the provider, which repeats everything once; for a third there are no tokens while they run, or it runs too.
    for _ in 0..2 {
        let (status, made) = send(browser, Method::POST, "/api/v1/tasks", &prompt()).await;
        assert_eq!(status, 201, "{made}");
        ended(browser, &made).await;
    }
    let founding = json!({"manual_prompt": format!("{INPUT} {}", "x ".repeat(50))});
    send(browser, Method::POST, "/api/v1/web-knowledge/generate-prompt-async/", &founding).await;
    // What cannot be read is not shown either.
    browser.post("/api/v1/tasks").header(header::CONTENT_TYPE, "application/json").body(format!("{{{INPUT}")).send().await.unwrap();
    let (_, made) = send(browser, Method::POST, "/api/v1/tasks", &json!({"kind": "test_suite", "description": description()})).await;
    let task: TaskId = made["task_id"].as_str().unwrap().parse().unwrap();
    browser.post(&format!("/api/v1/tasks/{task}/cancel")).send().await.unwrap();
    browser.get(&format!("/tasks/{}", last["task_id"].as_str().unwrap())).send().await.unwrap().text().await.unwrap();
    browser.get(&format!("/tasks?q={INPUT}")).send().await.unwrap().text().await.unwrap();
    browser.get(&format!("/api/v1/tasks?text={INPUT}")).send().await.unwrap();
    task
}

/// By a link, in an address and in a cookie; and what is said in a room.
async fn show_others(owner: &Browser, viewer: &Browser, task: TaskId, secrets: &mut Secrets) {
    let wish = json!({"hours": 1, "may_comment": true, "label": INPUT});
    let (status, link) = send(owner, Method::POST, &format!("/api/v1/projects/{task}/shares"), &wish).await;
    assert_eq!(status, 201, "{link}");
    let token = link["token"].as_str().unwrap().to_owned();
    assert_eq!(viewer.get(&format!("/api/v1/tasks/{task}?share={token}")).send().await.unwrap().status(), 200);
    assert!(viewer.try_watch(&format!("/api/v1/projects/{task}/live?share={token}"), &[]).await.is_ok());
    assert_eq!(viewer.get(link["path"].as_str().unwrap()).send().await.unwrap().status(), 303);
    assert_eq!(viewer.get(&format!("/projects/{task}")).send().await.unwrap().status(), 200);
    let comment = json!({"task_id": task, "seq": 1, "text": INPUT, "name": INPUT});
    assert_eq!(send(viewer, Method::POST, &format!("/api/v1/projects/{task}/comments"), &comment).await.0, 201);
    let share = link["id"].as_str().unwrap();
    assert_eq!(send(owner, Method::DELETE, &format!("/api/v1/projects/{task}/shares/{share}"), &Value::Null).await.0, 204);
    assert_eq!(viewer.get(&format!("/projects/{task}?share={token}")).send().await.unwrap().status(), 404);
    secrets.push(("a link's token".into(), token));
}

async fn sign_in_and_out(browser: &Browser, task: TaskId, secrets: &mut Secrets) {
    let credentials = |password: &str| json!({"email": "ada@example.org", "password": password});
    assert_eq!(send(browser, Method::POST, "/api/v1/account", &credentials(PASSWORD)).await.0, 201);
    remember_cookie("a session's cookie", browser, secrets);
    assert_eq!(send(browser, Method::POST, "/api/v1/sessions", &credentials(WRONG_PASSWORD)).await.0, 401);
    let form =
        |path: &str, body: String| browser.post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").body(body).send();
    let wrong = WRONG_PASSWORD.replace(' ', "+");
    assert_eq!(form("/account/sign-in", format!("email=ada%40example.org&password={wrong}")).await.unwrap().status(), 401);
    assert_eq!(send(browser, Method::POST, "/api/v1/sessions", &credentials(PASSWORD)).await.0, 200);
    let (status, key) = send(browser, Method::POST, "/api/v1/keys", &json!({"name": "ci", "scopes": ["tasks:read", "tasks:write"]})).await;
    assert_eq!(status, 201, "{key}");
    let key = key["key"].as_str().unwrap().to_owned();
    secrets.push(("an API key".into(), key[10..60].to_owned()));
    let program = reqwest::Client::builder().no_proxy().build().unwrap();
    assert_eq!(program.get(browser.url("/api/v1/tasks")).bearer_auth(&key).send().await.unwrap().status(), 200);
    let wrong_key = format!("lg_{INPUT}");
    assert_eq!(program.get(browser.url("/api/v1/tasks")).bearer_auth(wrong_key).send().await.unwrap().status(), 401);

    let nobody = Browser::at(browser.url("").trim_start_matches("http://").parse().unwrap());
    for way in ["live", "events"] {
        let (status, ticket) = send(browser, Method::POST, "/api/v1/tickets", &Value::Null).await;
        assert_eq!(status, 201, "{ticket}");
        let ticket = ticket["ticket"].as_str().unwrap().to_owned();
        let path = format!("/api/v1/tasks/{task}/{way}?after=0&ticket={ticket}");
        if way == "live" {
            nobody.try_watch(&path, &[]).await.unwrap().rest().await;
            assert_eq!(nobody.try_watch(&path, &[]).await.err(), Some(401), "once");
        } else {
            let answer = nobody.get(&path).header(header::ACCEPT, "text/event-stream").send().await.unwrap();
            assert_eq!(answer.status(), 200);
            answer.text().await.unwrap();
        }
        secrets.push(("a ticket".into(), ticket));
    }
    let change = json!({"old_password": PASSWORD, "password": NEW_PASSWORD});
    assert_eq!(send(browser, Method::PUT, "/api/v1/account/password", &change).await.0, 204);
    assert_eq!(send(browser, Method::POST, "/api/v1/sessions", &credentials(NEW_PASSWORD)).await.0, 200);
    remember_cookie("a newer session's cookie", browser, secrets);
    assert_eq!(send(browser, Method::DELETE, "/api/v1/sessions", &Value::Null).await.0, 204);
}

/// Those in the confirmation mails to who has registered: the first was not taken.
async fn follow_links(browser: &Browser, postbox: &mut Postbox, secrets: &mut Secrets) {
    for name in ["a link's token that was sent again", "a link's token"] {
        let mail = postbox.next().await;
        assert!(mail.commands.iter().any(|line| line.starts_with("AUTH PLAIN ")), "{mail:?}");
        secrets.push((name.into(), mail.token()));
    }
    let token = &secrets.last().unwrap().1;
    assert_eq!(browser.get(&format!("/account/confirm?token={token}")).send().await.unwrap().status(), 200);
    let body = format!("token={token}");
    let form = browser.post("/account/confirm").header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").body(body);
    assert_eq!(form.send().await.unwrap().status(), 303);
    assert_eq!(send(browser, Method::PUT, "/api/v1/account/mail/confirmation", &json!({"token": token})).await.0, 404);
}

/// Says what would be a line of the log, wherever something can be said.
async fn forge(browser: &Browser) {
    let encoded = FORGED.bytes().fold(String::new(), |text, byte| text + &format!("%{byte:02X}"));
    for path in [format!("/{encoded}"), format!("/tasks/{encoded}"), format!("/api/v1/tasks?text={encoded}"), format!("/api/{encoded}")] {
        browser.get(&path).send().await.unwrap();
    }
    let credentials = json!({"email": format!("{FORGED}@example.org"), "password": FORGED});
    send(browser, Method::POST, "/api/v1/sessions", &credentials).await;
    send(browser, Method::POST, "/api/v1/account", &credentials).await;
    let name = format!("{FORGED}.yaml");
    let broken = format!("openapi: 3.1.0\ninfo: [{FORGED}");
    for description in [FORGED.to_owned(), broken, description().replace(INPUT, "FORGED-LINE")] {
        send(browser, Method::POST, "/api/v1/tasks", &json!({"kind": "test_suite", "name": name, "description": description})).await;
    }
    send(browser, Method::POST, "/api/v1/tasks", &json!({"kind": FORGED, "url": FORGED})).await;
    send(browser, Method::POST, "/api/v1/tasks", &json!({"kind": "test_suite", "url": format!("http://127.0.0.1:1/{FORGED}")})).await;
    let (_, made) = send(browser, Method::POST, "/api/v1/tasks", &json!({"kind": "prompt", "prompt": FORGED})).await;
    if made["task_id"].is_string() {
        ended(browser, &made).await;
    }
    // What clients refuse to send.
    for path in ["/\u{9b}31mFORGED-LINE\u{7f}", "/api/v1/tasks/\u{2028}FORGED-LINE", "/tasks/x\nFORGED-LINE"] {
        let mut raw = TcpStream::connect(browser.url("").trim_start_matches("http://")).await.unwrap();
        raw.write_all(format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        raw.read_to_end(&mut answer).await.unwrap();
        assert!(answer.starts_with(b"HTTP/1.1 4"), "{path:?}");
    }
    // Headers hold no line breaks, but bytes beyond ASCII, among them a terminal's C1.
    let bytes = header::HeaderValue::from_bytes("x\u{9b}31m\tFORGED-LINE".as_bytes()).unwrap();
    for name in ["x-forwarded-for", "user-agent", "origin", "idempotency-key", "accept", "cookie", "authorization"] {
        browser.get("/api/v1/tasks").header(name, bytes.clone()).send().await.unwrap();
    }
}
