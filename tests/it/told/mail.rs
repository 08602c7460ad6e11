//! Mail about tasks, in a real conversation with a small server on loopback.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::{postbox::Postbox, register, send, server};
use crate::harness::{Browser, TestServer, within};

/// A server that sends mail, and Ada, who gets it: her address is confirmed, and how her mails are answered is said.
async fn with_mail(answers: &[u16]) -> (TestServer, Browser, Postbox) {
    let mut postbox = Postbox::start(&[&[250], answers].concat()).await;
    let (server, ada) = server(|settings| {
        settings.mail.url = format!("smtp://{}", postbox.address);
        settings.mail.from = "Livegen <livegen@example.org>".into();
        settings.server.public_url = "https://livegen.example.org".into();
    })
    .await;
    confirm(&ada, &postbox.next().await.token()).await;
    (server, ada, postbox)
}

async fn confirm(browser: &Browser, token: &str) {
    let (status, body) = send(browser, Method::PUT, "/api/v1/account/mail/confirmation", json!({"token": token})).await;
    assert_eq!(status, StatusCode::NO_CONTENT, "{body}");
}

async fn switch_on(browser: &Browser) {
    let state = async || send(browser, Method::GET, "/api/v1/account/mail", Value::Null).await.1;
    let before = state().await;
    assert_eq!([&before["available"], &before["confirmed"], &before["when_done"]], [true, true, false], "off until it is asked for");
    let (status, body) = send(browser, Method::PUT, "/api/v1/account/mail", json!({"when_done": true})).await;
    assert_eq!(status, StatusCode::NO_CONTENT, "{body}");
    assert_eq!(state().await["when_done"], true);
}

#[tokio::test]
async fn an_end_is_mailed_to_who_switched_it_on() {
    let (server, ada, mut mails) = with_mail(&[250]).await;
    let bob = server.browser();
    register(&bob, "bob@example.org").await;
    assert_eq!(mails.next().await.header("To"), "bob@example.org", "he is asked for a confirmation");
    switch_on(&ada).await;
    bob.submit("not for bob").await;
    let task = ada.submit("café").await;
    let mail = mails.next().await;
    assert_eq!(
        mail.commands[1..].iter().map(|line| line.split(" BODY").next().unwrap()).collect::<Vec<_>>(),
        ["MAIL FROM:<livegen@example.org>", "RCPT TO:<ada@example.org>", "DATA"]
    );
    assert_eq!((mail.header("From"), mail.header("To")), ("Livegen <livegen@example.org>", "ada@example.org"));
    assert_eq!(mail.header("Message-ID"), format!("<msg_{}@example.org>", task.0.simple()));
    assert_eq!(mail.header("Auto-Submitted"), "auto-generated");
    assert!(mail.header("Subject").starts_with("Done: Scripted"), "{}", mail.text);
    assert!(mail.header("Content-Type").starts_with("text/plain"));
    let body = mail.body();
    assert!(body.contains(&format!("https://livegen.example.org/tasks/{task}")), "{body}");
    assert!(body.contains("All done"), "{body}");

    let (status, _) = send(&ada, Method::PUT, "/api/v1/account/mail", json!({"when_done": false})).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    let silent = ada.submit("x").await;
    within("the end", async { while ada.snapshot(silent).await.progress < 100 {} }).await;
    assert_eq!(server.state.store.claim_deliveries(livegen::protocol::Timestamp::from_micros(i64::MAX / 2), 1, 9).await.unwrap(), []);
    assert!(mails.is_empty());
    server.stop().await;
}

#[tokio::test]
async fn a_busy_server_is_asked_again_and_a_refusal_is_final() {
    let (server, ada, mut mails) = with_mail(&[451, 250, 550, 250]).await;
    switch_on(&ada).await;
    let first = ada.submit("one").await;
    let (one, two) = (mails.next().await, mails.next().await);
    let id = format!("<msg_{}@example.org>", first.0.simple());
    assert_eq!((one.header("Message-ID"), two.header("Message-ID")), (&*id, &*id));
    assert_eq!(one.text, two.text);
    let second = ada.submit("two").await;
    assert!(mails.next().await.text.contains(&second.to_string()));
    let third = ada.submit("three").await;
    assert!(mails.next().await.text.contains(&third.to_string()), "what was refused for good is not sent again");
    server.stop().await;
}

#[tokio::test]
async fn a_title_with_line_breaks_adds_no_header() {
    let (server, ada, mut mails) = with_mail(&[250]).await;
    switch_on(&ada).await;
    ada.submit("x\r\nBcc: eve@example.org\r\n\r\n.\r\nMAIL FROM:<eve@example.org>").await;
    let mail = mails.next().await;
    assert_eq!(mail.commands.iter().filter(|line| line.starts_with("RCPT")).count(), 1);
    assert!(!mail.text.split("\r\n\r\n").next().unwrap().to_lowercase().contains("\r\nbcc"), "{}", mail.text);
    server.stop().await;
}

#[tokio::test]
async fn without_a_mail_server_there_is_nothing_to_switch_on() {
    let (server, ada) = server(|_| ()).await;
    assert_eq!(
        send(&ada, Method::GET, "/api/v1/account/mail", Value::Null).await.1,
        json!({"available": false, "confirmed": false, "when_done": false})
    );
    let (status, problem) = send(&ada, Method::PUT, "/api/v1/account/mail", json!({"when_done": true})).await;
    assert_eq!(status, StatusCode::CONFLICT, "{problem}");
    assert_eq!(send(&ada, Method::POST, "/api/v1/account/mail/confirmation", Value::Null).await.0, StatusCode::CONFLICT);
    assert!(!ada.get("/account").send().await.unwrap().text().await.unwrap().contains("/account/mail"));
    let guest = server.browser();
    assert_eq!(send(&guest, Method::PUT, "/api/v1/account/mail", json!({"when_done": true})).await.0, StatusCode::FORBIDDEN);
    assert_eq!(send(&guest, Method::POST, "/api/v1/account/mail/confirmation", Value::Null).await.0, StatusCode::FORBIDDEN);
    server.stop().await;
}

#[tokio::test]
async fn the_password_comes_from_the_environment() {
    let mut mails = Postbox::start(&[250]).await;
    let dir = tempfile::tempdir().unwrap();
    let mut command = crate::process::serve(dir.path(), 0);
    command
        .env("LIVEGEN_MAIL_URL", format!("smtp://post%40man@{}", mails.address))
        .env("LIVEGEN_MAIL_FROM", "livegen@example.org")
        .env("SMTP_PASSWORD", "hush-hush");
    let process = crate::process::Process::start(command);
    let ada = Browser::at(process.address);
    register(&ada, "ada@example.org").await;
    confirm(&ada, &mails.next().await.token()).await;
    switch_on(&ada).await;
    ada.submit(include_str!("../../../public/samples/bookshop.yaml")).await;
    let mail = mails.next().await;
    // base64 of "\0post@man\0hush-hush".
    assert!(mail.commands.contains(&"AUTH PLAIN AHBvc3RAbWFuAGh1c2gtaHVzaA==".to_owned()), "{:?}", mail.commands);
}
