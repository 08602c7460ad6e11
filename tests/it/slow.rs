//! Slow and greedy clients harm only themselves.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use livegen::{
    protocol::{EventBody, Inspected, Kind, Level, Problem, StagePlan, TaskInput},
    server::generate::{Generator, StageContext, StageError, Work},
};
use serde_json::Value;
use tokio::io::AsyncWriteExt;

use crate::harness::{TestServer, assert_whole, within};

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
        vec![StagePlan { name: "flood".into(), label: "Flood".into(), weight: 100 }]
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
        if let livegen::protocol::Frame::Event(event) = frame {
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
