//! Edited files: kept by every later run, merged with what is generated anew, told where both met; by REST and by forms without script.

use std::sync::Arc;

use livegen::{
    protocol::{
        Level, Status, TaskId,
        diff::{Change, FileDiff, RunDiff},
        edit::Conflict,
    },
    server::generate::project::Project,
};
use serde_json::{Value, json};

use super::{MODEL, fork, forked, lines, problem, run, text};
use crate::harness::{Browser, TestServer};

const URLENCODED: &str = "application/x-www-form-urlencoded";

fn encoded(form: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish()
}

async fn server() -> TestServer {
    TestServer::builder().generators(vec![Arc::new(Project::default())]).spawn().await
}

async fn conflicts(browser: &Browser, task: TaskId) -> Vec<Conflict> {
    let shown = browser.snapshot(task).await;
    assert_eq!(shown.status, Status::Completed, "{:?}", shown.error);
    serde_json::from_value(shown.result.unwrap()["conflicts"].clone()).unwrap()
}

#[tokio::test]
async fn an_edit_outlives_another_model_and_another_run() {
    let server = server().await;
    let browser = server.browser();
    let first = run(&browser, &json!({"kind": "project", "text": MODEL})).await;
    let readme = text(&browser, first, "README.md").await;
    let edited = forked(&browser, first, &json!({"edits": [{"path": "README.md", "content": format!("{readme}\nRead by us.\n")}]})).await;
    assert!(conflicts(&browser, edited).await.is_empty());
    // Another model changes the README elsewhere: both are in it.
    let grown = forked(&browser, edited, &json!({"text": format!("{MODEL}entity Shelf {{\n  code string required\n}}\n")})).await;
    let merged = text(&browser, grown, "README.md").await;
    assert!(merged.contains("Read by us.") && merged.to_lowercase().contains("shel"), "{merged}");
    assert!(conflicts(&browser, grown).await.is_empty());
    // Plainly run again, as the room does: still there.
    let answer: Value = browser.post(&format!("/api/v1/tasks/{grown}/retry")).send().await.unwrap().json().await.unwrap();
    let again: TaskId = answer["task_id"].as_str().unwrap().parse().unwrap();
    browser.watch(again, Some(0)).await.rest().await;
    assert_eq!(text(&browser, again, "README.md").await, merged);
    // Edited once more, and the model goes back: the base is what was generated, not what was merged.
    let twice = forked(&browser, again, &json!({"edits": [{"path": "README.md", "content": format!("{merged}And by others.\n")}]})).await;
    let back = forked(&browser, twice, &json!({"text": MODEL})).await;
    assert_eq!(text(&browser, back, "README.md").await, format!("{readme}\nRead by us.\nAnd by others.\n"));
    // And taken back.
    let restored = forked(&browser, back, &json!({"edits": [{"path": "README.md"}]})).await;
    assert_eq!(text(&browser, restored, "README.md").await, readme);
    server.stop().await;
}

#[tokio::test]
async fn where_an_edit_and_the_generator_meet_both_sides_are_told() {
    let server = server().await;
    let browser = server.browser();
    let first = run(&browser, &json!({"kind": "project", "text": MODEL})).await;
    let path = "app/models/book.py";
    let module = text(&browser, first, path).await;
    let line = module.lines().find(|line| line.contains("title")).unwrap().to_owned();
    let ours = format!("{line}  # ours");
    let edited = forked(&browser, first, &json!({"edits": [{"path": path, "content": module.replacen(&line, &ours, 1)}]})).await;
    assert!(text(&browser, edited, path).await.contains("# ours"));
    let met =
        forked(&browser, edited, &json!({"text": MODEL.replace("title string required", "title string required maxlength(77)")})).await;
    let found = conflicts(&browser, met).await;
    assert_eq!((found.len(), found[0].path.as_str(), found[0].kind.as_str()), (1, path, "overlap"));
    assert!(found[0].hunks[0].edited.contains("# ours"), "{found:?}");
    assert!(found[0].hunks[0].generated.contains("77"), "{found:?}");
    assert!(text(&browser, met, path).await.contains("# ours"), "the edit stands");
    let log = browser.log(met).await;
    assert!(
        lines(&log, Level::Warning).iter().any(|line| line.starts_with(path) && line.contains("the edit stands")),
        "{:?}",
        lines(&log, Level::Warning)
    );
    // The file goes: the edit waits, and is told. It is back with the file.
    let without =
        forked(&browser, edited, &json!({"options": {"docker": false}, "edits": [{"path": "Dockerfile", "content": "FROM scratch\n"}]}))
            .await;
    let found = conflicts(&browser, without).await;
    assert_eq!(found.iter().map(|conflict| (conflict.path.as_str(), conflict.kind.as_str())).collect::<Vec<_>>(), [("Dockerfile", "gone")]);
    let back = forked(&browser, without, &json!({"options": {"docker": true}})).await;
    assert_eq!(text(&browser, back, "Dockerfile").await, "FROM scratch\n");
    assert!(conflicts(&browser, back).await.is_empty());
    server.stop().await;
}

#[tokio::test]
async fn what_differs_from_the_run_before_is_told_by_file_line_and_word() {
    let server = server().await;
    let (browser, stranger) = (server.browser(), server.browser());
    let first = run(&browser, &json!({"kind": "project", "text": MODEL})).await;
    assert_eq!(browser.get(&format!("/api/v1/tasks/{first}/diff")).send().await.unwrap().status(), 409, "there is none before");
    let second = forked(
        &browser,
        first,
        &json!({"options": {"docker": false}, "text": MODEL.replace("Shelf", "Rack").replace("name string", "full_name string")}),
    )
    .await;
    let diff: RunDiff = browser.get(&format!("/api/v1/tasks/{second}/diff")).send().await.unwrap().json().await.unwrap();
    assert_eq!((diff.task_id, diff.against), (second, first));
    let change = |path: &str| diff.files.iter().find(|file| file.path == path).map(|file| file.change);
    assert_eq!(
        (change("Dockerfile"), change("LICENSE"), change("app/models/author.py")),
        (Some(Change::Removed), Some(Change::Same), Some(Change::Changed))
    );
    let file: FileDiff =
        browser.get(&format!("/api/v1/tasks/{second}/diff/app/models/author.py")).send().await.unwrap().json().await.unwrap();
    let differs: Vec<&str> = file
        .hunks
        .iter()
        .flat_map(|hunk| &hunk.lines)
        .flat_map(|line| &line.pieces)
        .filter(|piece| piece.differs)
        .map(|piece| piece.text.as_str())
        .collect();
    assert!(differs.iter().any(|text| text.contains("full_name")), "{differs:?}");
    // The other way round, against a run that is named.
    let diff: RunDiff = browser.get(&format!("/api/v1/tasks/{first}/diff?against={second}")).send().await.unwrap().json().await.unwrap();
    assert!(diff.files.iter().any(|file| file.path == "Dockerfile" && file.change == Change::Added));
    for (path, status) in [("diff/nothing.py", 404), ("diff?against=x", 422), ("diff/README.md?against=x", 422)] {
        assert_eq!(browser.get(&format!("/api/v1/tasks/{second}/{path}")).send().await.unwrap().status(), status, "{path}");
    }
    let own = run(&stranger, &json!({"kind": "project", "text": MODEL})).await;
    for path in [
        format!("/api/v1/tasks/{own}/diff?against={first}"),
        format!("/api/v1/tasks/{own}/diff/README.md?against={first}"),
        format!("/api/v1/tasks/{first}/diff?against={own}"),
    ] {
        assert_eq!(stranger.get(&path).send().await.unwrap().status(), 404, "{path}");
    }
    server.stop().await;
}

#[tokio::test]
async fn edits_are_bounded_and_stay_inside_of_the_project() {
    let server = server().await;
    let browser = server.browser();
    let edit = |path: &str, content: &str| json!({"path": path, "base": "", "content": content});
    for (edits, field) in [
        (json!([edit("../x", "y")]), "edits[0].path"),
        (json!([edit("README.md", "x"), edit("README.md", "y")]), "edits[1].path"),
        (json!([edit("README.md", &"x\n".repeat(6_000))]), "edits[0].content"),
        (json!((0..51).map(|number| edit(&number.to_string(), "x")).collect::<Vec<_>>()), "edits"),
    ] {
        let answer = browser.post("/api/v1/tasks").json(&json!({"kind": "project", "text": MODEL, "edits": edits})).send().await.unwrap();
        let refused = problem(answer).await;
        assert_eq!((refused.status, refused.errors[0].field.as_str()), (422, field), "{refused}");
    }
    // A path that is none of the project's writes nothing.
    let task = run(&browser, &json!({"kind": "project", "text": MODEL, "edits": [edit("app/own.py", "import os\n")]})).await;
    assert!(!browser.snapshot(task).await.files.iter().any(|file| file.path == "app/own.py"));
    assert_eq!(conflicts(&browser, task).await[0].kind.as_str(), "gone");
    let refused = problem(fork(&browser, task, &json!({"edits": [{"path": "MANIFEST.json", "content": "{}"}]})).await).await;
    assert_eq!(refused.status, 422);
    server.stop().await;
}

#[tokio::test]
async fn forms_without_script_edit_change_and_compare() {
    let server = server().await;
    let (browser, stranger) = (server.browser(), server.browser());
    let first = run(&browser, &json!({"kind": "project", "text": MODEL})).await;
    let page = async |browser: &Browser, path: String| {
        let answer = browser.get(&path).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    };
    let (status, edit) = page(&browser, format!("/tasks/{first}/edit?file=README.md")).await;
    assert!(status == 200 && edit.contains("<textarea"), "{edit}");
    let readme = text(&browser, first, "README.md").await;
    // As browsers send it.
    let form = [
        ("path", "README.md"),
        ("content", &format!("{readme}\nOurs.\n").replace('\n', "\r\n")),
        ("action", "save"),
        ("idempotency_key", "k1"),
    ];
    let answer =
        browser.post(&format!("/tasks/{first}/edit")).header("content-type", URLENCODED).body(encoded(&form)).send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 303);
    let second: TaskId = answer.headers()["location"].to_str().unwrap().rsplit('/').next().unwrap().parse().unwrap();
    browser.watch(second, Some(0)).await.rest().await;
    assert_eq!(text(&browser, second, "README.md").await, format!("{readme}\nOurs.\n"));

    let (status, changes) = page(&browser, format!("/tasks/{second}/changes?file=README.md")).await;
    assert!(status == 200 && changes.contains("data-change=\"added\"") && changes.contains("Ours."), "{changes}");

    let (status, fork) = page(&browser, format!("/tasks/{second}/fork")).await;
    assert!(
        status == 200 && fork.contains("entity Book") && fork.contains("value=\"README.md\"") && fork.contains("value=\"front_end\""),
        "{fork}"
    );
    let options =
        [("stack", "fastapi"), ("database", "sqlite"), ("access", "open"), ("licence", "mit"), ("front_end", "yes"), ("ci", "yes")];
    let form: Vec<(&str, &str)> = options
        .into_iter()
        .chain([("text", MODEL), ("edit", "README.md"), ("agent", "tests"), ("agent", "front_end"), ("idempotency_key", "k2")])
        .collect();
    let answer =
        browser.post(&format!("/tasks/{second}/fork")).header("content-type", URLENCODED).body(encoded(&form)).send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 303);
    let third: TaskId = answer.headers()["location"].to_str().unwrap().rsplit('/').next().unwrap().parse().unwrap();
    browser.watch(third, Some(0)).await.rest().await;
    let files = browser.snapshot(third).await.files;
    assert!(!files.iter().any(|file| file.path == "Dockerfile"), "the box was not ticked");
    assert!(text(&browser, third, "README.md").await.contains("Ours."));

    let broken: Vec<(&str, &str)> = vec![("text", "entity Book {"), ("idempotency_key", "k3")];
    let answer =
        browser.post(&format!("/tasks/{second}/fork")).header("content-type", URLENCODED).body(encoded(&broken)).send().await.unwrap();
    let (status, shown) = (answer.status().as_u16(), answer.text().await.unwrap());
    assert!(status == 422 && shown.contains("Line 1") && shown.contains("entity Book {"), "{status} {shown}");
    for path in ["edit?file=README.md", "fork", "changes"] {
        assert_eq!(page(&stranger, format!("/tasks/{second}/{path}")).await.0, 404, "{path}");
    }
    assert_eq!(page(&browser, format!("/tasks/{first}/edit?file=none")).await.0, 404);
    assert_eq!(page(&browser, format!("/tasks/{first}/changes")).await.0, 409);
    server.stop().await;
}
