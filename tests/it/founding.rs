//! The founding documents' endpoints. Every expectation stands in the document that a file names, or in a comment where it leaves a choice.

mod clients;
mod feed;
mod generation;
mod prompt;
mod room;
mod suite;

use futures::StreamExt;
use livegen::protocol::{Problem, TaskId};
use reqwest::{RequestBuilder, header};
use serde_json::Value;
use tokio_tungstenite::tungstenite::Message;

use crate::harness::{Live, within};

/// Five operations, those of document 004's example flow among them.
pub const PETS: &str = "openapi: 3.0.3
info: {title: Pets, version: '1'}
paths:
  /pets:
    get: {responses: {'200': {description: all}}}
    post: {responses: {'201': {description: made}}}
  /pets/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
    get: {responses: {'200': {description: one}}}
    put: {responses: {'200': {description: changed}}}
    delete: {responses: {'204': {description: gone}}}
";

/// The id that an answer with this status gives.
pub async fn started(request: RequestBuilder, status: u16) -> TaskId {
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status().as_u16(), status);
    assert_eq!(answer.headers()[header::CONTENT_TYPE], "application/json");
    let body: Value = answer.json().await.unwrap();
    assert_eq!(body["status"], "queued", "{body}");
    body["task_id"].as_str().unwrap().parse().unwrap()
}

pub async fn refused(request: RequestBuilder) -> Problem {
    let answer = request.send().await.unwrap();
    assert_eq!(answer.headers()[header::CONTENT_TYPE], "application/problem+json", "{}", answer.status());
    let status = answer.status().as_u16();
    let problem: Problem = answer.json().await.unwrap();
    assert_eq!(problem.status, status);
    problem
}

pub fn keys(message: &Value) -> Vec<&str> {
    message.as_object().unwrap().keys().map(String::as_str).collect()
}

impl Live {
    /// The next message as JSON, whatever its format; the code when the server closed.
    pub async fn next_json(&mut self) -> Result<Value, u16> {
        loop {
            match within("a message", self.socket.next()).await {
                Some(Ok(Message::Text(text))) => return Ok(serde_json::from_str(&text).unwrap()),
                Some(Ok(Message::Close(frame))) => return Err(frame.map_or(1005, |frame| frame.code.into())),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Err(1006),
            }
        }
    }

    /// Every message up to the server's close, and its code.
    pub async fn rest_json(&mut self) -> (Vec<Value>, u16) {
        let mut messages = Vec::new();
        loop {
            match self.next_json().await {
                Ok(message) => messages.push(message),
                Err(code) => return (messages, code),
            }
        }
    }
}
