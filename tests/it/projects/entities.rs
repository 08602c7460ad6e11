//! The entities of a brief, proposed by language models. Nothing is run here: what comes of a bad answer is seen in the model.

use std::time::Duration;

use livegen::{
    protocol::{Status, TaskId},
    server::model::{ModelError, scripted::Act},
};
use serde_json::{Value, json};

use super::{
    answers::{BRIEF, entities},
    ended, file, lines, manifest, scripted, server, submit, unverified,
};
use crate::harness::{Browser, within};

async fn names(browser: &Browser, task: TaskId) -> Vec<String> {
    let manifest = manifest(browser, task).await;
    manifest["model"]["entities"].as_array().unwrap().iter().map(|entity| entity["name"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_good_answer_is_the_project_and_its_author_is_named() {
    let text = format!("Here you are:\n```json\n{}\n```", entities());
    let pieces: Vec<String> = text.as_bytes().chunks(40).map(|piece| String::from_utf8(piece.to_vec()).unwrap()).collect();
    let model = scripted("good", [Act::Counted { pieces, tokens_in: 300, tokens_out: 200 }]);
    let server = server(&[&model], unverified).await;
    let browser = server.browser();
    let before: Value = browser.get("/api/v1/account").send().await.unwrap().json().await.unwrap();
    let task = submit(&browser, json!({"brief": BRIEF})).await;
    let log = lines(&ended(&browser, task).await);
    assert_eq!(names(&browser, task).await, ["Volume", "Lending"], "{log}");
    let manifest = manifest(&browser, task).await;
    assert_eq!(manifest["language_models"], json!({"entities": "scripted/good"}));
    assert!(log.contains("scripted/good answered") && log.contains("Lending desk: Volume, Lending"), "{log}");
    // Rules would have to be run, and nothing is run here.
    assert!(log.contains("No rules between fields are asked for"), "{log}");
    // What it said grew in the task, and is no part of the project.
    assert!(file(&browser, task, "drafts/entities.json").await.is_none_or(|text| text.contains("Lending")));
    assert!(manifest["files"].as_object().unwrap().keys().all(|path| !path.starts_with("drafts/")));
    let snapshot = browser.snapshot(task).await;
    let result = snapshot.result.unwrap();
    assert_eq!((&result["tokens_used"], &result["name"]), (&json!(500), &json!("Lending desk")));
    let after: Value = browser.get("/api/v1/account").send().await.unwrap().json().await.unwrap();
    let free = |account: &Value| account["tokens"]["free"].as_i64().unwrap();
    assert_eq!((free(&before) - free(&after), &after["tokens"]["held"]), (500, &json!(0)), "{before} {after}");

    // The question holds the brief and what the rules made of it, and nothing of the server.
    let asked = &model.asked()[0];
    let question: Value = serde_json::from_str(&asked.prompt).unwrap();
    assert_eq!(question.as_object().unwrap().keys().collect::<Vec<_>>(), ["brief", "draft"]);
    assert_eq!(question["brief"], BRIEF);
    for secret in [server.address.to_string(), server.dir.path().display().to_string(), std::env::var("PATH").unwrap()] {
        assert!(!asked.prompt.contains(&secret) && !asked.system.contains(&secret), "{secret}");
    }
    server.stop().await;
}

#[tokio::test]
async fn what_cannot_be_used_goes_to_the_next_model_and_then_to_the_rules() {
    let many: Vec<Value> = (0..2_000).map(|n| json!({"name": format!("A{n}"), "fields": []})).collect();
    let with = |change: &dyn Fn(&mut Value)| {
        let mut answer = entities();
        change(&mut answer);
        Act::answer(&answer.to_string())
    };
    let whole = entities().to_string();
    let bad = [
        Act::answer("I would love to help with that!"),
        Act::answer("{\"name\": "),
        Act::answer(&whole[..whole.len() / 2]),
        Act::BreaksOff(vec![whole.clone()]),
        Act::Refuses,
        Act::fails(ModelError::TimedOut),
        Act::NeverEnds("{\"name\": \"x\", ".into()),
        with(&|answer| answer["entities"][1]["fields"][0]["type"] = json!("moment")),
        with(&|answer| answer["entities"][1]["name"] = json!("../../etc/cron.d/x")),
        with(&|answer| answer["entities"][1]["name"] = json!("Lending\"; import os #")),
        with(&|answer| answer["entities"][1]["fields"][0]["name"] = json!("$(env > /tmp/x)")),
        with(&|answer| answer["relations"][0]["to"]["entity"] = json!("Nowhere")),
        with(&|answer| answer["description"] = json!("line\nline \u{1b}]0;title\u{7}")),
        with(&|answer| answer["entities"] = json!(many)),
        with(&|answer| answer["files"] = json!({"/etc/passwd": "x"})),
    ];
    for act in bad {
        let (first, second) = (scripted("bad", [act.clone()]), scripted("good", [Act::answer(&whole)]));
        let server = server(&[&first, &second], unverified).await;
        let browser = server.browser();
        let task = submit(&browser, json!({"brief": BRIEF})).await;
        let log = lines(&ended(&browser, task).await);
        assert_eq!(manifest(&browser, task).await["language_models"], json!({"entities": "scripted/good"}), "{act:?}\n{log}");
        assert!(log.contains("scripted/bad gave no answer"), "{log}");
        assert!(!log.contains('\u{1b}'), "{log}");
        server.stop().await;
    }
    let model = scripted("bad", [Act::answer("no")]);
    let server = server(&[&model], unverified).await;
    let browser = server.browser();
    let task = submit(&browser, json!({"brief": BRIEF})).await;
    let log = lines(&ended(&browser, task).await);
    assert_eq!(names(&browser, task).await, ["Book", "Loan"], "{log}");
    assert_eq!(manifest(&browser, task).await["language_models"], json!({}));
    server.stop().await;
}

#[tokio::test]
async fn a_model_that_somebody_gave_is_theirs() {
    let model = scripted("eager", [Act::answer(&entities().to_string())]);
    let server = server(&[&model], unverified).await;
    let browser = server.browser();
    for input in [json!({"text": "project \"Shelf\"\nentity Book { title string }"}), json!({"model": entities(), "brief": BRIEF})] {
        let task = submit(&browser, input).await;
        let log = lines(&ended(&browser, task).await);
        assert_eq!(browser.snapshot(task).await.status, Status::Completed, "{log}");
        assert_eq!(manifest(&browser, task).await["language_models"], json!({}));
    }
    assert_eq!(model.asked(), []);
    server.stop().await;
}

#[tokio::test]
async fn a_task_is_cancelled_while_a_model_says_nothing() {
    for act in [Act::Silent, Act::Slowly { pieces: vec!["{".into(); 10_000], pause: Duration::from_millis(20) }] {
        let model = scripted("slow", [act]);
        let server = server(&[&model], unverified).await;
        let browser = server.browser();
        let task = submit(&browser, json!({"brief": BRIEF})).await;
        let mut live = browser.watch(task, Some(0)).await;
        live.connection().await;
        live.until(|event| lines(std::slice::from_ref(event)).contains("Asking scripted/slow")).await;
        browser.post(&format!("/api/v1/tasks/{task}/cancel")).send().await.unwrap().error_for_status().unwrap();
        within("the end", live.rest()).await;
        assert_eq!(browser.snapshot(task).await.status, Status::Cancelled);
        server.stop().await;
    }
}
