//! Rules between fields, written by language models: kept if every gate is passed with them, and in no other case. Real gates in the real
//! sandbox.

use livegen::{
    protocol::Status,
    server::{
        config::{SandboxUse, Settings},
        model::scripted::Act,
    },
};
use serde_json::{Value, json};

use super::{
    answers::{BRIEF, RULES, TESTS, entities, rules},
    ended, file, lines, manifest, scripted, server, submit, unverified, verified,
};
use crate::harness::within;

fn act(answer: &Value) -> Act {
    Act::answer(&answer.to_string())
}

/// The first try does not parse; told so, the author mends it.
#[tokio::test]
async fn rules_that_pass_every_gate_are_kept() {
    let broken = rules(&RULES.replace("is not None and", "is not None and and"), TESTS);
    let model = scripted("good", [act(&entities()), act(&broken), act(&rules(RULES, TESTS))]);
    let server = server(&[&model], verified).await;
    let browser = server.browser();
    let task = submit(&browser, json!({"brief": BRIEF})).await;
    let log = lines(&ended(&browser, task).await);
    let snapshot = browser.snapshot(task).await;
    assert_eq!(snapshot.status, Status::Completed, "{log}");
    let manifest = manifest(&browser, task).await;
    let credit = &manifest["language_models"]["rules"];
    assert_eq!((&credit["by"], &credit["kept"], &credit["mended"]), (&json!("scripted/good"), &json!(true), &json!(1)), "{log}");
    assert_eq!(snapshot.result.unwrap()["language_models"]["rules"]["rules"], json!(["A lending is due after it began."]));
    // Told what was wrong, by its own files.
    let told: Value = serde_json::from_str(&model.asked()[2].prompt).unwrap();
    assert!(told["failure"]["output"].as_str().unwrap().contains("app/rules/lending.py:9"), "{told}");
    // Formatted as the project's tools do, called where it belongs, and a part of the project.
    let kept = file(&browser, task, "app/rules/lending.py").await.unwrap();
    assert!(kept.contains("yield Violation(\"due_on\", ") && kept.contains("\n\n\ndef check("), "{kept}");
    assert!(file(&browser, task, "app/routes/lendings.py").await.unwrap().contains("enforce(check(body))"));
    let seed: Value = serde_json::from_str(&file(&browser, task, "app/seed.json").await.unwrap()).unwrap();
    assert_eq!(seed["lendings"][0]["due_on"], "2026-03-30");
    for path in ["app/rules/lending.py", "app/rules/__init__.py", "tests/rules/test_lending.py"] {
        assert!(manifest["files"][path].is_string(), "{path}");
    }
    for gate in manifest["gates"].as_array().unwrap() {
        assert_eq!(gate["verified"], true, "{gate}");
        let inside = |receipt: &Value| receipt["sandboxed"] == true || receipt["command"].as_str().unwrap().contains("venv");
        assert!(gate["receipts"].as_array().unwrap().iter().all(inside), "{gate}");
    }
    server.stop().await;
}

/// Tests that fail, then code that would reach for what it may not: two rounds, and the blueprint alone is the project.
#[tokio::test]
async fn rules_that_do_not_pass_are_left_out_and_the_project_is_made_without_them() {
    let canary = tempfile::tempdir().unwrap();
    let path = canary.path().join("seen");
    let failing = rules(RULES, &TESTS.replace("(None, [])", "(None, [\"due_on\"])"));
    let reaching = rules(
        &RULES.replace("    if body", &format!("    open({:?}, \"w\").write(\"x\")\n    if body", path.display().to_string())),
        TESTS,
    );
    let asking = rules(&format!("import socket\nimport os\n{RULES}\nsocket.create_connection((\"127.0.0.1\", 1))\nos.environ"), TESTS);
    let model = scripted("bad", [act(&entities()), act(&failing), act(&reaching), act(&asking)]);
    let server = server(&[&model], verified).await;
    let browser = server.browser();
    let task = submit(&browser, json!({"brief": BRIEF})).await;
    let log = lines(&ended(&browser, task).await);
    assert_eq!(browser.snapshot(task).await.status, Status::Completed, "{log}");
    let manifest = manifest(&browser, task).await;
    let credit = &manifest["language_models"]["rules"];
    assert_eq!((&credit["kept"], &credit["mended"]), (&json!(false), &json!(2)), "{log}");
    assert!(credit["note"].as_str().unwrap().contains("`socket` may not be imported"), "{credit}");
    assert!(log.contains("The project is made without the rules of scripted/bad"), "{log}");
    assert_eq!(model.asked().len(), 4, "two rounds and no more");
    let told = |at: usize| serde_json::from_str::<Value>(&model.asked()[at].prompt).unwrap()["failure"].to_string();
    assert!(told(2).contains("test_a_lending_is_due_after_it_began") && told(3).contains("`open` may not be used"), "{}", told(2));
    assert!(!path.exists());
    // Nothing of it is anywhere in the project, and the project was verified as it is.
    assert_eq!(file(&browser, task, "app/rules/lending.py").await, None);
    assert!(!file(&browser, task, "app/routes/lendings.py").await.unwrap().contains("enforce"));
    assert!(manifest["gates"].as_array().unwrap().iter().all(|gate| gate["verified"] == true), "{manifest}");
    server.stop().await;
}

/// What is no rules file is not even looked at: each of these is left for the next model, and the last has nothing to add.
#[tokio::test]
async fn files_that_nobody_offered_a_place_for_are_refused_unread() {
    let with = |path: &str| {
        let mut answer = rules(RULES, TESTS);
        answer["files"][path] = json!("import os\nos.system('id')\n");
        act(&answer)
    };
    let many: serde_json::Map<String, Value> = (0..10_000).map(|n| (format!("app/rules/a{n}.py"), json!("x = 1"))).collect();
    let mut flood = rules(RULES, TESTS);
    flood["files"] = Value::Object(many);
    let bad = [
        with("../../app/main.py"),
        with("/etc/passwd"),
        with("app/rules/$(id).py"),
        with("tests/conftest.py"),
        act(&flood),
        Act::NeverEnds("{\"rules\": [".into()),
        Act::answer("Print the environment? Sure: `{{ env }}`"),
    ];
    let count = bad.len();
    let mut models: Vec<_> = bad.into_iter().enumerate().map(|(at, act)| scripted(&format!("bad-{at}"), [act])).collect();
    models.push(scripted("last", [act(&json!({"rules": [], "files": {}}))]));
    let server = server(&models.iter().collect::<Vec<_>>(), verified).await;
    let browser = server.browser();
    let task = submit(&browser, json!({"model": entities(), "brief": BRIEF})).await;
    let log = lines(&ended(&browser, task).await);
    assert!(log.contains("No rules between fields are added"), "{log}");
    assert_eq!(log.matches("gave no answer").count(), count, "{log}");
    assert_eq!(log.matches("it has a file where none may be").count(), 4, "{log}");
    assert!(!log.contains("$(id)") && !log.contains("/etc/passwd"), "{log}");
    assert_eq!(browser.snapshot(task).await.status, Status::Completed, "{log}");
    assert_eq!(manifest(&browser, task).await["language_models"], json!({}));
    server.stop().await;
}

/// No sandbox: nobody is asked for code, and it is said.
#[tokio::test]
async fn without_a_sandbox_no_model_writes_code() {
    let model = scripted("good", [act(&rules(RULES, TESTS))]);
    for change in [unverified, |settings: &mut Settings| {
        settings.project.verify = true;
        settings.project.sandbox = SandboxUse::Off;
    }] {
        let server = server(&[&model], change).await;
        let browser = server.browser();
        let task = submit(&browser, json!({"model": entities(), "brief": BRIEF})).await;
        let mut live = browser.watch(task, Some(0)).await;
        live.connection().await;
        live.until(|event| lines(std::slice::from_ref(event)).contains("only run in a sandbox")).await;
        // How it goes on is the gates' business.
        let _ = browser.post(&format!("/api/v1/tasks/{task}/cancel")).send().await.unwrap();
        within("the end", live.rest()).await;
        assert_eq!(model.asked(), []);
        server.stop().await;
    }
}
