//! Projects through a whole server, and their gates: what is called completed was installed, started and tested, and what is not was not.
//!
//! - here: a project that is well, and one that is not
//! - `trust`: who may run where, what is kept for whom, and what hostile code gets
//! - `matrix`: every pair of options, many models; all of them are built by `make test-projects`
//! - `paths`: no name becomes a path that leads elsewhere

mod matrix;
mod paths;
mod trust;

use std::{
    io::Read,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use livegen::{
    protocol::{Event, Inspected, Kind, Level, Problem, StagePlan, TaskId, TaskInput, account::Price},
    server::{
        clock::{Clock, SystemClock},
        config::{ProjectSettings, SandboxUse},
        generate::{
            Generator, Package, StageContext, StageError, Step, Stop, Work,
            project::{Project, verify::Workshop},
        },
        lifecycle,
    },
};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::harness::{Browser, TestServer, assert_whole};

const BRIEF: &str = "a library: books with title, ISBN and year, authors, loans with due date";
/// Longer than anything else is waited for: the first time, packages are fetched.
const BUILD: Duration = Duration::from_mins(10);

/// Kept from run to run, as a server's is.
fn folder() -> PathBuf {
    crate::projects::workshop()
}

fn workshop_in(folder: &Path, sandbox: SandboxUse) -> Arc<Workshop> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let settings = ProjectSettings { sandbox, folder: folder.display().to_string(), ..ProjectSettings::default() };
    lifecycle::workshop(&settings, &clock).unwrap()
}

async fn submit(browser: &Browser, input: Value) -> TaskId {
    let mut body = input;
    body["kind"] = "project".into();
    let answer = browser.post("/api/v1/tasks").json(&body).send().await.unwrap();
    let (status, said) = (answer.status(), answer.json::<Value>().await.unwrap());
    assert_eq!(status, StatusCode::CREATED, "{said}");
    said["task_id"].as_str().unwrap().parse().unwrap()
}

/// Watches a task to its end.
async fn ended(browser: &Browser, task: TaskId) -> Vec<Event> {
    let mut live = browser.watch(task, Some(0)).await;
    // A command that installs or tests may be long without a word.
    live.patience = BUILD;
    let caught_up = live.connection().await;
    assert_eq!(caught_up.task_id, task);
    let watched = async {
        let mut events = Vec::new();
        loop {
            events.push(live.next_event().await);
            if events.last().is_some_and(|event| event.body.is_terminal()) {
                return events;
            }
        }
    };
    tokio::time::timeout(BUILD, watched).await.expect("the project takes too long")
}

fn gate<'r>(gates: &'r Value, name: &str) -> &'r Value {
    let found = gates.as_array().unwrap().iter().find(|gate| gate["name"] == name);
    found.unwrap_or_else(|| panic!("no gate {name} in {gates}"))
}

#[tokio::test]
async fn what_is_completed_was_installed_started_and_tested() {
    let server = TestServer::builder()
        .settings(|settings| {
            settings.project.verify = true;
            settings.project.folder = folder().display().to_string();
        })
        .spawn()
        .await;
    let browser = server.browser();
    let task = submit(&browser, json!({"brief": BRIEF, "options": {"access": "accounts"}})).await;
    let events = ended(&browser, task).await;
    assert_whole(task, &events);
    let snapshot = serde_json::to_value(browser.snapshot(task).await).unwrap();
    assert_eq!(snapshot["status"], "completed", "{snapshot:#}");
    let download = browser.get(&format!("/api/v1/tasks/{task}/artifact")).send().await.unwrap().error_for_status().unwrap();
    let bytes = download.bytes().await.unwrap();
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut manifest = String::new();
    archive.by_name("library/MANIFEST.json").unwrap().read_to_string(&mut manifest).unwrap();
    let manifest: Value = serde_json::from_str(&manifest).unwrap();
    assert!(manifest["sandbox"].as_str().unwrap().starts_with("bubblewrap "), "{}", manifest["sandbox"]);
    let gates = &manifest["gates"];
    let names: Vec<&str> = gates.as_array().unwrap().iter().map(|gate| gate["name"].as_str().unwrap()).collect();
    let expected = [
        "nothing missing",
        "no secrets",
        "pins",
        "operations",
        "install",
        "migrations",
        "seed",
        "boot",
        "lint",
        "format",
        "tests",
        "own suite",
    ];
    assert_eq!(names, expected);
    for gate in gates.as_array().unwrap() {
        assert_eq!(gate["verified"], true, "{gate}");
        for receipt in gate["receipts"].as_array().unwrap() {
            // Fetching needs the network, everything else is inside.
            assert_eq!((&receipt["exit_code"], &receipt["sandboxed"]), (&json!(0), &json!(gate["name"] != "install")), "{receipt}");
        }
    }
    assert_eq!(gate(gates, "migrations")["receipts"].as_array().unwrap().len(), 3, "up, down, up");
    let tests = gate(gates, "tests")["note"].as_str().unwrap();
    let percent: f64 = tests.split(", ").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap();
    assert!(tests.contains(" passed, ") && percent >= 80.0, "{tests}");
    assert!(gate(gates, "own suite")["note"].as_str().unwrap().contains(" passed"));
    // Page and log say the same.
    assert_eq!(snapshot["result"]["gates"], *gates);
    let log = serde_json::to_string(&events).unwrap();
    assert!(log.contains("own suite: `livegen generate test-suite") && log.contains("pytest --cov"));
    server.stop().await;
}

/// The project's generator, at a price.
struct Priced {
    project: Project,
}

#[async_trait]
impl Generator for Priced {
    fn kind(&self) -> Kind {
        Kind::Project
    }

    fn stages(&self) -> Vec<StagePlan> {
        self.project.stages()
    }

    fn price(&self) -> Price {
        Price { tokens: 500, ..Price::default() }
    }

    fn completed_message(&self) -> String {
        self.project.completed_message()
    }

    fn inspect(&self, input: &TaskInput) -> Result<Inspected, Problem> {
        self.project.inspect(input)
    }

    async fn run_stage(&self, stage: &str, work: &Work, context: &dyn StageContext) -> Result<Value, StageError> {
        self.project.run_stage(stage, work, context).await
    }
}

async fn tokens(browser: &Browser) -> Value {
    let me: Value = browser.get("/api/v1/account").send().await.unwrap().json().await.unwrap();
    me["tokens"].clone()
}

#[tokio::test]
async fn a_gate_that_is_not_passed_fails_the_task_with_its_log_and_costs_nothing() {
    let project = Project { workshop: Some(workshop_in(&folder(), SandboxUse::Required)), ..Project::default() };
    let priced = Priced { project };
    let server = TestServer::builder().generators(vec![Arc::new(priced)]).spawn().await;
    let browser = server.browser();
    browser.get("/").send().await.unwrap();
    let before = tokens(&browser).await;
    assert!(before["free"].as_i64().unwrap() >= 500, "{before}");
    let edit = json!({"path": "app/__init__.py", "base": "", "content": "\"\"\"The application.\"\"\"\n\nimport os\n"});
    let task = submit(&browser, json!({"brief": BRIEF, "edits": [edit]})).await;
    let events = ended(&browser, task).await;
    assert_whole(task, &events);
    let snapshot = serde_json::to_value(browser.snapshot(task).await).unwrap();
    assert_eq!(snapshot["status"], "failed", "{snapshot:#}");
    let log = serde_json::to_string(&events).unwrap();
    // What the tool itself says.
    for said in ["F401", "app/__init__.py", "lint: `.venv/bin/ruff check .` ended with 1", "README.md, line"] {
        assert!(log.contains(said), "{said}");
    }
    assert!(!log.contains("own suite"), "nothing runs after a gate that failed");
    let problem = snapshot["error"].to_string();
    assert!(problem.contains("gate-failed") && problem.contains("lint"), "{problem}");
    assert_eq!(tokens(&browser).await, before);
    assert_eq!(browser.get(&format!("/api/v1/tasks/{task}/artifact")).send().await.unwrap().status(), StatusCode::CONFLICT);
    server.stop().await;
}

/// Listens to a stage without a server.
#[derive(Default)]
struct Listener(Mutex<Vec<String>>);

impl Listener {
    fn said(&self) -> String {
        self.0.lock().unwrap().join("\n")
    }
}

#[async_trait]
impl StageContext for Listener {
    async fn step(&self, _: Step) -> Result<(), Stop> {
        Ok(())
    }

    async fn log(&self, level: Level, message: String) -> Result<(), Stop> {
        self.0.lock().unwrap().push(format!("{}: {message}", level.as_str()));
        Ok(())
    }

    async fn file(&self, _: &str, _: Vec<u8>) -> Result<(), Stop> {
        Ok(())
    }

    async fn files(&self) -> Result<Vec<String>, Stop> {
        Ok(Vec::new())
    }

    async fn read_file(&self, _: &str) -> Result<Option<Vec<u8>>, Stop> {
        Ok(None)
    }

    async fn package(&self, _: Package) -> Result<(), Stop> {
        Ok(())
    }
}
