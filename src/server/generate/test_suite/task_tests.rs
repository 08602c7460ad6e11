//! The stages as people watch them: messages, progress, files as they appear, resumption and stopping.

use std::collections::BTreeMap;
use std::sync::Mutex;

use async_trait::async_trait;
use serde_json::Value;

use super::{TestSuite, suite};
use crate::protocol::{Level, TaskInput, TestSuiteInput};
use crate::server::generate::{Generator, Package, StageContext, StageError, Step, Stop, Work};

const BOOKSHOP: &str = include_str!("../../../../public/samples/bookshop.yaml");

#[derive(Default)]
struct Recorder {
    steps: Mutex<Vec<Step>>,
    logs: Mutex<Vec<(Level, String)>>,
    files: Mutex<BTreeMap<String, Vec<u8>>>,
    written: Mutex<Vec<String>>,
    package: Mutex<Option<Package>>,
    /// Says "stop" once this many files are written.
    stop_after: Option<usize>,
}

#[async_trait]
impl StageContext for Recorder {
    async fn step(&self, step: Step) -> Result<(), Stop> {
        self.steps.lock().unwrap().push(step);
        Ok(())
    }

    async fn log(&self, level: Level, message: String) -> Result<(), Stop> {
        self.logs.lock().unwrap().push((level, message));
        Ok(())
    }

    async fn file(&self, path: &str, content: Vec<u8>) -> Result<(), Stop> {
        if self.stop_after.is_some_and(|limit| self.written.lock().unwrap().len() >= limit) {
            return Err(Stop::Shutdown);
        }
        self.written.lock().unwrap().push(path.to_owned());
        self.files.lock().unwrap().insert(path.to_owned(), content);
        Ok(())
    }

    async fn files(&self) -> Result<Vec<String>, Stop> {
        Ok(self.files.lock().unwrap().keys().cloned().collect())
    }

    async fn read_file(&self, path: &str) -> Result<Option<Vec<u8>>, Stop> {
        Ok(self.files.lock().unwrap().get(path).cloned())
    }

    async fn package(&self, package: Package) -> Result<(), Stop> {
        *self.package.lock().unwrap() = Some(package);
        Ok(())
    }
}

fn input(description: &str) -> TaskInput {
    TaskInput::TestSuite(TestSuiteInput { name: Some("bookshop.yaml".into()), description: Some(description.into()), url: None })
}

/// Runs all stages in order, as the executor does.
async fn run(description: &str, recorder: &Recorder) -> Result<Value, StageError> {
    let mut work = Work { input: std::sync::Arc::new(input(description)), done: Vec::new() };
    let mut last = Value::Null;
    for stage in TestSuite.stages() {
        last = TestSuite.run_stage(&stage.name, &work, recorder).await?;
        work.done.push((stage.name, std::sync::Arc::new(last.clone())));
    }
    Ok(last)
}

#[tokio::test]
async fn the_messages_are_the_founding_ones() {
    let recorder = Recorder::default();
    run(BOOKSHOP, &recorder).await.unwrap();
    let steps = recorder.steps.into_inner().unwrap();
    let messages: Vec<&str> = steps.iter().map(|step| step.message.as_str()).collect();
    assert_eq!(
        messages[..4],
        [
            "Parsing OpenAPI specification...",
            "OpenAPI specification parsed successfully",
            "Generating test cases for 12 endpoints...",
            "Generating test cases for endpoint 1/12: GET /books",
        ]
    );
    assert_eq!(
        messages[messages.len() - 3..],
        ["Test cases generated successfully", "Creating ZIP file...", "ZIP file created successfully"]
    );
    let endpoints: Vec<Option<u32>> =
        steps.iter().filter(|step| step.message.contains("endpoint ")).map(|step| step.current_endpoint).collect();
    assert_eq!(endpoints, (1..=12).map(Some).collect::<Vec<_>>());
    assert!(steps.iter().filter(|step| step.current_endpoint.is_some()).all(|step| step.endpoint_count == Some(12)));
    let last_of_stages: Vec<u8> = steps.iter().filter(|step| step.message.ends_with("successfully")).map(|step| step.percent).collect();
    assert_eq!(last_of_stages, [99, 99, 99]);
    assert_eq!(TestSuite.completed_message(), "Generation complete! ZIP file ready for download.");
    assert_eq!(TestSuite.stages().iter().map(|stage| stage.weight).sum::<u8>(), 100);
}

#[tokio::test]
async fn the_result_is_the_pure_suite() {
    let recorder = Recorder::default();
    let result = run(BOOKSHOP, &recorder).await.unwrap();
    let expected = suite::generate(BOOKSHOP).unwrap();
    let package = recorder.package.into_inner().unwrap().unwrap();
    assert_eq!(package.name, "bookshop-api-tests.zip");
    assert_eq!(package.content, expected.zip().unwrap());
    assert_eq!(result["artifact"]["bytes"], package.content.len());
    assert_eq!(result["artifact"]["sha256"].as_str().map(str::len), Some(64));
    assert_eq!(result["operations"], 12);
    assert_eq!(result["cases"], expected.cases);
    assert_eq!(result["skipped"], expected.skipped);
    assert_eq!(result["files"], expected.files.len());
    assert_eq!(result["cases_by_kind"], serde_json::to_value(&expected.cases_by_kind).unwrap());
    let steps = recorder.steps.into_inner().unwrap();
    let counts: BTreeMap<String, u64> = steps.into_iter().flat_map(|step| step.counts).collect();
    assert_eq!(counts.keys().map(String::as_str).collect::<Vec<_>>(), ["cases", "files", "operations", "schemas", "skipped"]);
}

#[tokio::test]
async fn a_resumed_attempt_writes_only_what_is_missing() {
    let mut recorder = Recorder { stop_after: Some(8), ..Recorder::default() };
    let error = run(BOOKSHOP, &recorder).await.unwrap_err();
    assert!(matches!(error, StageError::Stop(Stop::Shutdown)), "{error}");
    let before = std::mem::take(recorder.written.get_mut().unwrap());
    assert_eq!(before.len(), 8);
    recorder.stop_after = None;
    run(BOOKSHOP, &recorder).await.unwrap();
    let after = recorder.written.into_inner().unwrap();
    assert!(after.iter().all(|path| !before.contains(path)), "{after:?}");
    assert_eq!(recorder.package.into_inner().unwrap().unwrap().content, suite::generate(BOOKSHOP).unwrap().zip().unwrap());
}

#[test]
fn inspection_says_what_it_is_or_what_is_wrong() {
    let inspected = TestSuite.inspect(&input(BOOKSHOP)).unwrap();
    assert_eq!(inspected.title, "Test suite for Bookshop API");
    assert_eq!(inspected.source, "bookshop.yaml · OpenAPI 3.1 · 12 operations");
    assert_eq!(TestSuite.inspect(&input(" ")).unwrap_err().errors[0].field, "description");
    let missing = TaskInput::TestSuite(TestSuiteInput::default());
    assert_eq!(TestSuite.inspect(&missing).unwrap_err().errors[0].field, "description");
    assert_eq!(TestSuite.inspect(&input("openapi: 3.0.0\n")).unwrap_err().slug(), "invalid-description");
}

#[tokio::test]
async fn what_is_left_out_is_told() {
    let description = "openapi: 3.0.0\ninfo: {title: x, version: '1'}\npaths:\n  /a:\n    post:\n      requestBody: {required: true, content: {application/xml: {schema: {type: object}}}}\n      responses: {'200': {description: x}, 'oops': {description: x}}\n";
    let recorder = Recorder::default();
    run(description, &recorder).await.unwrap();
    let logs = recorder.logs.into_inner().unwrap();
    let warned = |words: &str| logs.iter().any(|(level, text)| *level == Level::Warning && text.contains(words));
    assert!(warned("POST /a: no cases from a valid request, because no body is written for application/xml"), "{logs:?}");
    assert!(warned("/paths/~1a/post/responses/oops: `OOPS` is no status code"), "{logs:?}");
}
