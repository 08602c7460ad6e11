//! The founding documents' endpoints. Every expectation stands in the document that a file names, or in a comment where it leaves a choice.

mod suite;

use livegen::protocol::{Problem, TaskId};
use reqwest::{RequestBuilder, header};
use serde_json::Value;

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
