//! Projects over REST: models are drafted, and what is wrong with one is named by entity and field.

use livegen::protocol::{Problem, project::ModelDraft};
use reqwest::{
    Method, StatusCode,
    multipart::{Form, Part},
};
use serde_json::{Value, json};

use super::{ended, submit, unverified};
use crate::harness::{Browser, TestServer, send};

const DRAFT: &str = "/api/v1/projects/draft";

async fn refused(browser: &Browser, path: &str, body: &Value) -> Problem {
    let answer = browser.post(path).json(body).send().await.unwrap();
    let status = answer.status().as_u16();
    let problem: Problem = answer.json().await.unwrap();
    assert_eq!(problem.status, status);
    problem
}

#[tokio::test]
async fn a_model_is_drafted_looked_at_and_sent_back_as_it_is_or_changed() {
    let server = TestServer::builder().settings(unverified).spawn().await;
    let browser = server.browser();
    let draft = async |body: Value| -> ModelDraft {
        browser.post(DRAFT).json(&body).send().await.unwrap().error_for_status().unwrap().json().await.unwrap()
    };
    let drafted =
        draft(json!({"brief": "a library: books with title, ISBN and year, authors, loans with due date", "name": "Town library"})).await;
    let names: Vec<&str> = drafted.model.entities.iter().map(|entity| entity.name.as_str()).collect();
    assert_eq!((names.as_slice(), drafted.model.name.as_str()), (["Book", "Author", "Loan"].as_slice(), "Town library"));
    assert!(drafted.text.contains("entity Book {") && drafted.text.starts_with("project \"Town library\""), "{}", drafted.text);
    assert!(!drafted.notes.is_empty(), "what was assumed is said");
    // Both forms are the same model, and a task takes either.
    assert_eq!(draft(json!({"text": drafted.text})).await.model, drafted.model);
    assert_eq!(draft(json!({"model": drafted.model})).await.text, drafted.text);
    let described = draft(json!({"description": include_str!("../../fixtures/library-3.1.yaml")})).await;
    assert!(described.model.entities.iter().any(|entity| entity.name == "Loan"));
    for input in [json!({"text": drafted.text}), json!({"model": drafted.model, "seed": 7, "name": "Other"})] {
        submit(&browser, input).await;
    }
    let list: Value = browser.get("/api/v1/tasks?kind=project").send().await.unwrap().json().await.unwrap();
    assert_eq!(list["tasks"].as_array().unwrap().len(), 2, "drafts make no tasks");
    assert_eq!(list["tasks"][0]["title"], "Project: Other");
    server.stop().await;
}

#[tokio::test]
async fn a_form_takes_what_json_takes() {
    let server = TestServer::builder().settings(unverified).spawn().await;
    let browser = server.browser();
    let post = async |fields: &[(&'static str, &str)]| {
        let form = fields.iter().fold(Form::new(), |form, (name, value)| match *name {
            "file" => form.part("file", Part::text((*value).to_owned()).file_name("api.yaml")),
            name => form.text(name, (*value).to_owned()),
        });
        let answer = browser.post("/api/v1/tasks").multipart(form).send().await.unwrap();
        (answer.status().as_u16(), answer.json::<Value>().await.unwrap())
    };
    let description = include_str!("../../fixtures/library-3.1.yaml");
    let options = r#"{"front_end": false, "stack": "hono"}"#;
    for (fields, title, source) in [
        (vec![("kind", "project"), ("brief", "books with title"), ("options", options), ("seed", "7")], "Project: ", "Hono"),
        (vec![("kind", "project"), ("text", "entity Pen { ink string }"), ("name", "Pens")], "Project: Pens", "FastAPI"),
        (vec![("kind", "project"), ("file", description)], "Project: Library", "1 entity"),
        (vec![("kind", "prompt"), ("prompt", "a poem about the sea")], "Prompt", ""),
        (vec![("kind", "test_suite"), ("file", description)], "Test suite", "api.yaml"),
        (vec![("description", description)], "Test suite", ""),
    ] {
        let (status, started) = post(&fields).await;
        assert_eq!(status, 201, "{fields:?} {started}");
        let task = browser.snapshot(started["task_id"].as_str().unwrap().parse().unwrap()).await;
        assert!(task.title.starts_with(title) && task.source.contains(source), "{fields:?} {} {}", task.title, task.source);
    }
    for (fields, place) in [
        (vec![("kind", "spaceship"), ("brief", "books")], "kind"),
        (vec![("kind", "project")], "brief"),
        (vec![("kind", "project"), ("brief", "books"), ("options", "hono")], "options"),
        (vec![("kind", "project"), ("brief", "books"), ("stack", "hono")], "stack"),
        (vec![("kind", "prompt")], "prompt"),
        (vec![("brief", "books")], "description"),
    ] {
        let (status, problem) = post(&fields).await;
        assert_eq!((status, &problem["errors"][0]["field"]), (422, &json!(place)), "{fields:?} {problem}");
    }
    server.stop().await;
}

/// Of a project the answer names the room, which stays the same with every run.
#[tokio::test]
async fn whoever_starts_a_run_is_told_its_room() {
    let server = TestServer::builder().settings(unverified).spawn().await;
    let browser = server.browser();
    let project = submit(&browser, json!({"brief": "books with title"})).await;
    ended(&browser, project).await;
    let (_, forked) = send(&browser, Method::POST, &format!("/api/v1/tasks/{project}/fork"), json!({})).await;
    assert_eq!((&forked["room"], forked["page"] != json!(format!("/tasks/{project}"))), (&json!(format!("/projects/{project}")), true));
    let (_, prompt) = send(&browser, Method::POST, "/api/v1/tasks", json!({"kind": "prompt", "prompt": "a poem"})).await;
    assert_eq!(prompt.get("room"), None);
    server.stop().await;
}

#[tokio::test]
async fn what_is_wrong_with_a_model_names_entity_and_field_wherever_it_is_sent() {
    let server = TestServer::builder().settings(unverified).spawn().await;
    let browser = server.browser();
    let model = |field: Value| json!({"name": "Shop", "entities": [{"name": "Book", "fields": [field]}]});
    for (input, place) in [
        (json!({"model": model(json!({"name": "price", "type": "money"}))}), "model.entities.Book.fields.price.type"),
        (json!({"model": model(json!({"name": "price"}))}), "model.entities.Book.fields.price"),
        (json!({"model": model(json!({"name": "Price", "type": "decimal"}))}), "entities.Book.fields.Price.name"),
        (json!({"model": model(json!({"name": "title", "type": "string", "min": 3}))}), "entities.Book.fields.title.min"),
        (json!({"model": {"name": "Shop", "entities": []}}), "entities"),
        (json!({"text": "project \"Shop\"\nentity Book {\n  title strin\n}"}), "entities.Book.fields.title"),
        (json!({"brief": "a shop", "options": {"stack": "cobol"}}), "options.stack"),
        (json!({"brief": 7}), "brief"),
        (json!({"briefs": "a shop"}), "briefs"),
        (json!({"text": "entity A { a string }", "description": "openapi: 3.1.0"}), "description"),
        (json!({}), "brief"),
    ] {
        let mut task = input.clone();
        task["kind"] = json!("project");
        for (path, body) in [(DRAFT, &input), ("/api/v1/tasks", &task)] {
            let problem = refused(&browser, path, body).await;
            assert_eq!((problem.status, problem.errors[0].field.as_str()), (422, place), "{path} {input} {problem}");
        }
    }
    let answer = browser.post(DRAFT).header("content-type", "text/plain").body("x").send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let answer = browser.post(DRAFT).header("content-type", "application/json").body("{").send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
    let list: Value = browser.get("/api/v1/tasks").send().await.unwrap().json().await.unwrap();
    assert_eq!(list["tasks"], json!([]));
    server.stop().await;
}
