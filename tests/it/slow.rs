//! Slow and greedy clients harm only themselves.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use futures::StreamExt;
use livegen::{
    protocol::{EventBody, Frame, Inspected, Kind, Level, Problem, StagePlan, TaskInput},
    server::generate::{Generator, StageContext, StageError, Work},
};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_tungstenite::tungstenite::Message;

use crate::harness::{Scripted, TestServer, assert_whole, live_path, within};

/// Many long log lines at once.
struct Flood;

const LINES: usize = 400;
const LINE_BYTES: usize = 30_000;

#[async_trait]
impl Generator for Flood {
    fn kind(&self) -> Kind {
        Kind::TestSuite
    }

    fn stages(&self) -> Vec<StagePlan> {
        vec![StagePlan::new("flood", "Flood", 100)]
    }

    fn completed_message(&self) -> String {
        "Dry again".into()
    }

    fn inspect(&self, _: &TaskInput) -> Result<Inspected, Problem> {
        Ok(Inspected { title: "Flood".into(), source: "rain".into() })
    }

    async fn run_stage(&self, _: &str, _: &Work, context: &dyn StageContext) -> Result<Value, StageError> {
        for _ in 0..LINES {
            context.log(Level::Info, "~".repeat(LINE_BYTES)).await?;
        }
        Ok(Value::Null)
    }
}

#[tokio::test]
async fn who_does_not_read_is_dropped_and_the_others_notice_nothing() {
    let server = TestServer::builder().generators(vec![Arc::new(Flood)]).spawn().await;
    let browser = server.browser();
    let task = browser.submit("rain").await;
    let mut healthy = browser.watch(task, Some(0)).await;
    let mut lazy = Vec::new();
    for _ in 0..5 {
        lazy.push(browser.watch(task, Some(0)).await);
    }
    let (log, code) = healthy.rest().await;
    assert_whole(task, &log);
    assert_eq!(code, 1000);
    let lines = log.iter().filter(|event| matches!(event.body, EventBody::Log { .. })).count();
    assert_eq!(lines, LINES);
    // Nothing is queued for those who do not read: after the send limit their connections are simply gone.
    within("slow connections to be dropped", async {
        while server.state.admission.open() > 0 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    })
    .await;
    // And whoever was dropped resumes where it was.
    let mut seen = Vec::new();
    let mut dropped = lazy.pop().unwrap();
    while let Ok(frame) = dropped.next_frame().await {
        if let Frame::Event(event) = frame {
            seen.push(*event);
        }
    }
    assert!(seen.len() < log.len(), "the whole log would not fit into socket buffers");
    let (rest, _) = browser.watch(task, Some(seen.len() as u64)).await.rest().await;
    seen.extend(rest);
    assert_eq!(seen, log);
    server.stop().await;
}

#[tokio::test]
async fn half_requests_do_not_keep_others_out() {
    let server = TestServer::builder().generators(vec![Arc::new(Flood)]).spawn().await;
    let mut halves = Vec::new();
    for _ in 0..200 {
        let mut socket = tokio::net::TcpStream::connect(server.address).await.unwrap();
        socket
            .write_all(b"POST /api/v1/tasks HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{")
            .await
            .unwrap();
        halves.push(socket);
    }
    let answer = within("an answer beside 200 half requests", server.browser().get("/readyz").send()).await.unwrap();
    assert!(answer.status().is_success());
    // A server that stops does not wait for them for ever either.
    server.stop().await;
    drop(halves);
}

/// Two clients at the same quiet task. One of them never answers a ping: after 30 s of quiet and 10 s of patience it is told
/// to come back, by a code of its own. Real time, because sockets know no other.
#[tokio::test]
async fn who_does_not_answer_a_ping_is_let_go_and_who_does_stays() {
    let server = TestServer::builder().generator(&Scripted::new()).spawn().await;
    let browser = server.browser();
    let task = browser.submit("quiet").await;
    let mut alive = browser.watch(task, None).await;
    let staying = tokio::spawn(async move {
        let mut beats = Vec::new();
        loop {
            let frame = tokio::time::timeout(Duration::from_secs(45), alive.socket.next()).await.unwrap().unwrap().unwrap();
            match frame {
                Message::Text(text) => match Frame::decode(&text).unwrap() {
                    Frame::Heartbeat(beat) => beats.push(beat.seq),
                    Frame::Event(event) if event.body.is_terminal() => return beats,
                    _ => {}
                },
                Message::Close(close) => panic!("closed: {close:?}"),
                _ => {}
            }
        }
    });

    // By hand, because every library answers pings.
    let mut mute = tokio::net::TcpStream::connect(server.address).await.unwrap();
    let request = format!(
        "GET {} HTTP/1.1\r\nhost: {}\r\ncookie: {}\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n\
         sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
        live_path(task, None),
        server.address,
        browser.cookie().unwrap()
    );
    mute.write_all(request.as_bytes()).await.unwrap();
    let mut heard = Vec::new();
    tokio::time::timeout(Duration::from_mins(1), mute.read_to_end(&mut heard)).await.expect("an end").unwrap();
    let close = [4010_u16.to_be_bytes().as_slice(), b"no pong, reconnect"].concat();
    assert!(heard.windows(2).any(|frame| frame == [0x89, 0]), "a ping came");
    assert!(heard.ends_with(&close), "the last words were {:?}", String::from_utf8_lossy(&heard[heard.len().saturating_sub(60)..]));

    browser.post(&format!("/api/v1/tasks/{task}/cancel")).send().await.unwrap();
    let beats = staying.await.unwrap();
    assert!(!beats.is_empty(), "a heartbeat came");
    server.stop().await;
}
