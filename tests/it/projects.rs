//! Projects from outside: over REST, on the command line, and with language models that help, fail and mean harm.

mod answers;
mod cli;
mod entities;
mod rest;
mod rules;
mod stopped;

use std::{path::PathBuf, sync::Arc};

use livegen::{
    protocol::{Event, EventBody, TaskId},
    server::{
        clock::SystemClock,
        config::Settings,
        model::{
            Model, Models,
            scripted::{Act, ScriptedModel},
        },
    },
};
use reqwest::header;
use serde_json::{Value, json};

use crate::harness::{Browser, TestServer, within};

/// What is installed for one test is there for the next.
pub fn workshop() -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("workshop")
}

fn verified(settings: &mut Settings) {
    settings.project.verify = true;
    settings.project.folder = workshop().display().to_string();
}

fn unverified(settings: &mut Settings) {
    settings.project.verify = false;
}

/// A server whose language models do what these scripts say, in this order of asking.
async fn server(models: &[&Arc<ScriptedModel>], change: fn(&mut Settings)) -> TestServer {
    let models = models.iter().map(|model| Arc::clone(model) as Arc<dyn Model>).collect();
    TestServer::builder().settings(change).models(Models::of(models, Arc::new(SystemClock))).spawn().await
}

fn scripted(name: &str, script: impl IntoIterator<Item = Act>) -> Arc<ScriptedModel> {
    Arc::new(ScriptedModel::new(name, script))
}

/// The smallest project of a brief, or of whatever else `input` says.
async fn submit(browser: &Browser, input: Value) -> TaskId {
    let mut body = json!({"kind": "project", "options": {"front_end": false, "docker": false, "ci": false}});
    body.as_object_mut().unwrap().extend(input.as_object().unwrap().clone());
    let answer = browser.post("/api/v1/tasks").json(&body).send().await.unwrap();
    let status = answer.status();
    let said: Value = answer.json().await.unwrap();
    assert_eq!(status, 201, "{said}");
    said["task_id"].as_str().unwrap().parse().unwrap()
}

/// The whole log, when the task has ended. Gates may take their time, each event must not take longer than a test's patience times ten.
async fn ended(browser: &Browser, task: TaskId) -> Vec<Event> {
    let mut events: Vec<Event> = Vec::new();
    let mut quiet = 0;
    while !events.last().is_some_and(|event| event.body.is_terminal()) {
        let path = format!("/api/v1/tasks/{task}/events?after={}&wait=15", events.len());
        let request = browser.get(&path).header(header::ACCEPT, "application/json").send();
        let page: Value = within("news", request).await.unwrap().json().await.unwrap();
        let page: Vec<Event> = serde_json::from_value(page["events"].clone()).unwrap();
        quiet = if page.is_empty() { quiet + 1 } else { 0 };
        assert!(quiet < 15, "nothing happens any more: {:?}", events.last());
        events.extend(page);
    }
    events
}

fn lines(events: &[Event]) -> String {
    let line = |event: &Event| match &event.body {
        EventBody::Log { level, message, .. } => Some(format!("{level}: {message}\n")),
        EventBody::Completion { status, error, .. } => Some(format!("{status}: {error:?}\n")),
        _ => None,
    };
    events.iter().filter_map(line).collect()
}

async fn file(browser: &Browser, task: TaskId, path: &str) -> Option<String> {
    let answer = browser.get(&format!("/api/v1/tasks/{task}/files/{path}")).send().await.unwrap();
    if answer.status().is_success() { Some(answer.text().await.unwrap()) } else { None }
}

async fn manifest(browser: &Browser, task: TaskId) -> Value {
    serde_json::from_str(&file(browser, task, "MANIFEST.json").await.unwrap()).unwrap()
}
