//! Mail, in a real conversation with a small server on loopback.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufStream},
    net::{TcpListener, TcpStream},
    sync::mpsc,
};

use super::{register, send, server};
use crate::harness::{Browser, within};

/// What was said to the server, and the text after DATA as it came, dots taken off.
#[derive(Debug)]
struct Mail {
    commands: Vec<String>,
    text: String,
}

/// Answers each mail's end with the next number.
async fn smtp(answers: &[u16]) -> (SocketAddr, mpsc::UnboundedReceiver<Mail>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (tell, told) = mpsc::unbounded_channel();
    let answers = Arc::new(Mutex::new(answers.to_vec()));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(converse(stream, Arc::clone(&answers), tell.clone()));
        }
    });
    (address, told)
}

async fn converse(stream: TcpStream, answers: Arc<Mutex<Vec<u16>>>, tell: mpsc::UnboundedSender<Mail>) -> std::io::Result<()> {
    let mut stream = BufStream::new(stream);
    let mut commands = Vec::new();
    let mut say = "220 here\r\n".to_owned();
    loop {
        stream.write_all(say.as_bytes()).await?;
        stream.flush().await?;
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        commands.push(line.trim_end().to_owned());
        say = match line.split_whitespace().next().unwrap_or_default() {
            "EHLO" => "250-here\r\n250-8BITMIME\r\n250 AUTH PLAIN LOGIN\r\n".into(),
            "AUTH" => "235 welcome\r\n".into(),
            "MAIL" | "RCPT" => "250 fine\r\n".into(),
            "DATA" => {
                stream.write_all(b"354 go on\r\n").await?;
                stream.flush().await?;
                let text = text(&mut stream).await?;
                tell.send(Mail { commands: commands.clone(), text }).unwrap();
                let mut answers = answers.lock().unwrap();
                let answer = if answers.len() > 1 { answers.remove(0) } else { answers[0] };
                format!("{answer} as told\r\n")
            }
            "QUIT" => "221 bye\r\n".into(),
            _ => "500 what?\r\n".into(),
        };
    }
}

async fn text(stream: &mut BufStream<TcpStream>) -> std::io::Result<String> {
    let mut text = String::new();
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await?;
        if line == ".\r\n" {
            return Ok(text);
        }
        text += line.strip_prefix('.').unwrap_or(&line);
    }
}

async fn with_mail(answers: &[u16]) -> (crate::harness::TestServer, Browser, mpsc::UnboundedReceiver<Mail>) {
    let (address, mails) = smtp(answers).await;
    let (server, ada) = server(|settings| {
        settings.mail.url = format!("smtp://{address}");
        settings.mail.from = "Livegen <livegen@example.org>".into();
        settings.server.public_url = "https://livegen.example.org".into();
    })
    .await;
    (server, ada, mails)
}

async fn switch_on(browser: &Browser) {
    assert_eq!(send(browser, Method::GET, "/api/v1/account/mail", Value::Null).await.1, json!({"available": true, "when_done": false}));
    let (status, body) = send(browser, Method::PUT, "/api/v1/account/mail", json!({"when_done": true})).await;
    assert_eq!(status, StatusCode::NO_CONTENT, "{body}");
    assert_eq!(send(browser, Method::GET, "/api/v1/account/mail", Value::Null).await.1, json!({"available": true, "when_done": true}));
}

async fn next(mails: &mut mpsc::UnboundedReceiver<Mail>) -> Mail {
    within("a mail", mails.recv()).await.unwrap()
}

fn header<'a>(mail: &'a Mail, name: &str) -> &'a str {
    let head = mail.text.split("\r\n\r\n").next().unwrap();
    let fits = |line: &&str| line.to_lowercase().starts_with(&format!("{}:", name.to_lowercase()));
    let mut found = head.split("\r\n").filter(fits);
    let line = found.next().unwrap_or_else(|| panic!("no {name} in {head}"));
    assert!(found.next().is_none(), "{name} twice in {head}");
    line.split_once(": ").unwrap().1
}

#[tokio::test]
async fn an_end_is_mailed_to_who_switched_it_on() {
    let (server, ada, mut mails) = with_mail(&[250]).await;
    let bob = server.browser();
    register(&bob, "bob@example.org").await;
    switch_on(&ada).await;
    bob.submit("not for bob").await;
    let task = ada.submit("café").await;
    let mail = next(&mut mails).await;
    assert_eq!(
        mail.commands[1..].iter().map(|line| line.split(" BODY").next().unwrap()).collect::<Vec<_>>(),
        ["MAIL FROM:<livegen@example.org>", "RCPT TO:<ada@example.org>", "DATA"]
    );
    assert_eq!((header(&mail, "From"), header(&mail, "To")), ("Livegen <livegen@example.org>", "ada@example.org"));
    assert_eq!(header(&mail, "Message-ID"), format!("<msg_{}@example.org>", task.0.simple()));
    assert_eq!(header(&mail, "Auto-Submitted"), "auto-generated");
    assert!(header(&mail, "Subject").starts_with("Done: Scripted"), "{}", mail.text);
    assert!(header(&mail, "Content-Type").starts_with("text/plain"));
    let body = mail.text.split_once("\r\n\r\n").unwrap().1;
    assert!(body.replace("=\r\n", "").contains(&format!("https://livegen.example.org/tasks/{task}")), "{body}");
    assert!(body.contains("All done"), "{body}");

    let (status, _) = send(&ada, Method::PUT, "/api/v1/account/mail", json!({"when_done": false})).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    let silent = ada.submit("x").await;
    within("the end", async { while ada.snapshot(silent).await.progress < 100 {} }).await;
    assert_eq!(server.state.store.claim_deliveries(livegen::protocol::Timestamp::from_micros(i64::MAX / 2), 1, 9).await.unwrap(), []);
    assert!(mails.try_recv().is_err());
    server.stop().await;
}

#[tokio::test]
async fn a_busy_server_is_asked_again_and_a_refusal_is_final() {
    let (server, ada, mut mails) = with_mail(&[451, 250, 550, 250]).await;
    switch_on(&ada).await;
    let first = ada.submit("one").await;
    let (one, two) = (next(&mut mails).await, next(&mut mails).await);
    let id = format!("<msg_{}@example.org>", first.0.simple());
    assert_eq!((header(&one, "Message-ID"), header(&two, "Message-ID")), (&*id, &*id));
    assert_eq!(one.text, two.text);
    let second = ada.submit("two").await;
    assert!(next(&mut mails).await.text.contains(&second.to_string()));
    let third = ada.submit("three").await;
    assert!(next(&mut mails).await.text.contains(&third.to_string()), "what was refused for good is not sent again");
    server.stop().await;
}

#[tokio::test]
async fn a_title_with_line_breaks_adds_no_header() {
    let (server, ada, mut mails) = with_mail(&[250]).await;
    switch_on(&ada).await;
    ada.submit("x\r\nBcc: eve@example.org\r\n\r\n.\r\nMAIL FROM:<eve@example.org>").await;
    let mail = next(&mut mails).await;
    assert_eq!(mail.commands.iter().filter(|line| line.starts_with("RCPT")).count(), 1);
    assert!(!mail.text.split("\r\n\r\n").next().unwrap().to_lowercase().contains("\r\nbcc"), "{}", mail.text);
    server.stop().await;
}

#[tokio::test]
async fn without_a_mail_server_there_is_nothing_to_switch_on() {
    let (server, ada) = server(|_| ()).await;
    assert_eq!(send(&ada, Method::GET, "/api/v1/account/mail", Value::Null).await.1, json!({"available": false, "when_done": false}));
    let (status, problem) = send(&ada, Method::PUT, "/api/v1/account/mail", json!({"when_done": true})).await;
    assert_eq!(status, StatusCode::CONFLICT, "{problem}");
    assert!(!ada.get("/account").send().await.unwrap().text().await.unwrap().contains("/account/mail"));
    let guest = server.browser();
    assert_eq!(send(&guest, Method::PUT, "/api/v1/account/mail", json!({"when_done": true})).await.0, StatusCode::FORBIDDEN);
    server.stop().await;
}

#[tokio::test]
async fn the_password_comes_from_the_environment() {
    let (address, mut mails) = smtp(&[250]).await;
    let dir = tempfile::tempdir().unwrap();
    let mut command = crate::process::serve(dir.path(), 0);
    command
        .env("LIVEGEN_MAIL_URL", format!("smtp://post%40man@{address}"))
        .env("LIVEGEN_MAIL_FROM", "livegen@example.org")
        .env("SMTP_PASSWORD", "hush-hush");
    let process = crate::process::Process::start(command);
    let ada = Browser::at(process.address);
    register(&ada, "ada@example.org").await;
    switch_on(&ada).await;
    ada.submit(include_str!("../../../public/samples/bookshop.yaml")).await;
    let mail = next(&mut mails).await;
    // base64 of "\0post@man\0hush-hush".
    assert!(mail.commands.contains(&"AUTH PLAIN AHBvc3RAbWFuAGh1c2gtaHVzaA==".to_owned()), "{:?}", mail.commands);
}
