//! Projects over REST: models are drafted, and what is wrong with one is named by entity and field.

use livegen::protocol::{Problem, project::ModelDraft};
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{submit, unverified};
use crate::harness::{Browser, TestServer};

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
