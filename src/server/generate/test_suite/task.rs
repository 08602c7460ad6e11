//! The test suite as a task: parsing → generating → zipping, each step told as it is taken.
//!
//! Files are handed over as they are written, so that people see them appear; a resumed attempt writes only
//! those that are missing. CPU-bound parts run on blocking threads.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::cases;
use super::suite::{Prepared, ResourcePlan};
use crate::protocol::{Inspected, Kind, Level, Problem, StagePlan, TaskInput, TestSuiteInput};
use crate::server::generate::archive;
use crate::server::generate::{Generator, Package, StageContext, StageError, Step, Work};

const PARSING: &str = "parsing";
const GENERATING: &str = "generating";
const ZIPPING: &str = "zipping";

/// Log lines about the description; the README has more.
const MAX_LOGGED: usize = 20;

/// The generator of API test suites.
#[derive(Clone, Copy, Debug, Default)]
pub struct TestSuite;

#[async_trait]
impl Generator for TestSuite {
    fn kind(&self) -> Kind {
        Kind::TestSuite
    }

    fn stages(&self) -> Vec<StagePlan> {
        [(PARSING, "Parsing", 10), (GENERATING, "Generating", 75), (ZIPPING, "Zipping", 15)]
            .map(|(name, label, weight)| StagePlan::new(name, label, weight))
            .into()
    }

    fn completed_message(&self) -> String {
        "Generation complete! ZIP file ready for download.".into()
    }

    fn inspect(&self, input: &TaskInput) -> Result<Inspected, Problem> {
        let TaskInput::TestSuite(input) = input else { return Err(Problem::internal()) };
        let model = super::description::read(text(input)?)?;
        let name = super::description::one_line(input.name.as_deref().or(input.url.as_deref()).unwrap_or("pasted description"), 80);
        let count = model.operations.len();
        Ok(Inspected {
            title: format!("Test suite for {}", model.title),
            source: format!("{name} · {} · {count} operation{}", model.dialect, if count == 1 { "" } else { "s" }),
        })
    }

    async fn run_stage(&self, stage: &str, work: &Work, context: &dyn StageContext) -> Result<Value, StageError> {
        let TaskInput::TestSuite(input) = &*work.input else { return Err(StageError::Fail(Problem::internal())) };
        match stage {
            PARSING => parse(input, context).await,
            GENERATING => generate(input, context).await,
            ZIPPING => zip(work, context).await,
            _ => Err(StageError::Fail(Problem::internal())),
        }
    }
}

fn text(input: &TestSuiteInput) -> Result<&str, Problem> {
    match input.description.as_deref() {
        Some(text) if !text.trim().is_empty() => Ok(text),
        Some(_) => Err(Problem::invalid("description", "The description is empty.")),
        None => Err(Problem::invalid("description", "Give a description: upload a file, paste its text or name its address.")),
    }
}

/// Runs CPU-bound work where it holds nobody up.
async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, StageError> {
    tokio::task::spawn_blocking(work).await.map_err(|_| StageError::Fail(Problem::internal()))
}

async fn prepare(input: &TestSuiteInput) -> Result<Arc<Prepared>, StageError> {
    let description = text(input).map_err(StageError::Fail)?.to_owned();
    aside(move || Prepared::new(&description)).await?.map(Arc::new).map_err(StageError::Fail)
}

fn step(percent: usize, message: impl Into<String>) -> Step {
    Step { percent: u8::try_from(percent.min(99)).unwrap_or(99), message: message.into(), ..Step::default() }
}

fn counts(pairs: &[(&str, usize)]) -> Vec<(String, u64)> {
    pairs.iter().map(|(name, count)| ((*name).to_owned(), *count as u64)).collect()
}

async fn parse(input: &TestSuiteInput, context: &dyn StageContext) -> Result<Value, StageError> {
    context.step(step(10, "Parsing OpenAPI specification...")).await?;
    let prepared = prepare(input).await?;
    let model = &prepared.model;
    context
        .log(
            Level::Info,
            format!(
                "{}: {} operations in {} resources, {} schemas",
                model.dialect,
                model.operations.len(),
                prepared.resources.len(),
                model.schemas.len()
            ),
        )
        .await?;
    for note in model.notes.iter().take(MAX_LOGGED) {
        context.log(Level::Warning, format!("{}: {}", note.pointer, note.message)).await?;
    }
    if model.notes.len() > MAX_LOGGED {
        context.log(Level::Info, format!("… and {} more remarks; README.md of the suite has them", model.notes.len() - MAX_LOGGED)).await?;
    }
    let counts = counts(&[("operations", model.operations.len()), ("schemas", model.schemas.len())]);
    context.step(Step { counts, ..step(99, "OpenAPI specification parsed successfully") }).await?;
    Ok(
        json!({"title": model.title, "dialect": model.dialect, "operations": model.operations.len(), "schemas": model.schemas.len(), "remarks": model.notes.len()}),
    )
}

async fn generate(input: &TestSuiteInput, context: &dyn StageContext) -> Result<Value, StageError> {
    let prepared = prepare(input).await?;
    let total = prepared.model.operations.len();
    let endpoints = u32::try_from(total).unwrap_or(u32::MAX);
    let plural = if total == 1 { "" } else { "s" };
    context
        .step(Step { endpoint_count: Some(endpoints), ..step(0, format!("Generating test cases for {total} endpoint{plural}...")) })
        .await?;
    let there = context.files().await?;
    let mut written = there.len();
    for file in prepared.frame() {
        if !there.contains(&file.path) {
            context.file(&file.path, file.content).await?;
            written += 1;
        }
    }
    let mut plans: Vec<ResourcePlan> = Vec::new();
    let (mut done, mut made, mut skipped) = (0, 0, 0);
    for resource in &prepared.resources {
        for index in &resource.operations {
            done += 1;
            let line = prepared.model.operations[*index].line();
            context
                .step(Step {
                    endpoint_count: Some(endpoints),
                    current_endpoint: u32::try_from(done).ok(),
                    counts: counts(&[("cases", made), ("skipped", skipped), ("files", written)]),
                    ..step(done * 98 / total.max(1), format!("Generating test cases for endpoint {done}/{total}: {line}"))
                })
                .await?;
        }
        let (worker, own) = (Arc::clone(&prepared), resource.clone());
        let (plan, file) = aside(move || {
            let plan = worker.resource(&own);
            let file = worker.file(&plan);
            (plan, file)
        })
        .await?;
        made += plan.cases.len();
        skipped += plan.skipped();
        // On a resumed attempt the file is there already, with the same bytes.
        if !there.contains(&file.path) {
            report(&plan, context).await?;
            context.file(&file.path, file.content).await?;
            written += 1;
        }
        plans.push(plan);
    }
    for file in prepared.overview(&plans) {
        context.file(&file.path, file.content).await?;
    }
    let files = context.files().await?.len();
    let figures = counts(&[("operations", total), ("cases", made), ("skipped", skipped), ("files", files)]);
    context
        .step(Step {
            endpoint_count: Some(endpoints),
            current_endpoint: Some(endpoints),
            counts: figures,
            ..step(99, "Test cases generated successfully")
        })
        .await?;
    let by_kind: BTreeMap<&str, u64> = cases::by_kind(plans.iter().flat_map(|plan| &plan.cases));
    Ok(json!({"folder": prepared.folder, "operations": total, "cases": made, "skipped": skipped, "files": files, "cases_by_kind": by_kind}))
}

/// What a resource's cases leave out, and why.
async fn report(plan: &ResourcePlan, context: &dyn StageContext) -> Result<(), StageError> {
    context
        .log(
            Level::Info,
            format!("{}: {} test cases for {} operations", plan.resource.path(), plan.cases.len(), plan.resource.operations.len()),
        )
        .await?;
    for remark in plan.remarks.iter().take(MAX_LOGGED) {
        context.log(Level::Warning, remark.clone()).await?;
    }
    for (reason, count) in plan.left_out.iter().take(MAX_LOGGED) {
        context.log(Level::Info, format!("{}: {count} left out: {reason}", plan.resource.path())).await?;
    }
    Ok(())
}

async fn zip(work: &Work, context: &dyn StageContext) -> Result<Value, StageError> {
    context.step(step(20, "Creating ZIP file...")).await?;
    let generated = work.output(GENERATING).cloned().unwrap_or_default();
    let folder = generated.get("folder").and_then(Value::as_str).unwrap_or("api-tests").to_owned();
    let mut files = Vec::new();
    for path in context.files().await? {
        if let Some(content) = context.read_file(&path).await? {
            files.push((path, content));
        }
    }
    let archive = aside(move || archive::zip(files.iter().map(|(path, content)| (path.as_str(), content.as_slice())))).await?;
    let zip = archive.map_err(|_| StageError::Fail(Problem::internal()))?;
    let name = format!("{folder}.zip");
    let sha256 = Sha256::digest(&zip).iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
    let artifact = json!({"name": name, "bytes": zip.len(), "sha256": sha256});
    context.package(Package { name, media_type: "application/zip".into(), content: zip }).await?;
    context.step(step(99, "ZIP file created successfully")).await?;
    let figure = |name: &str| generated.get(name).cloned().unwrap_or_default();
    Ok(json!({
        "artifact": artifact,
        "operations": figure("operations"),
        "cases": figure("cases"),
        "skipped": figure("skipped"),
        "files": figure("files"),
        "cases_by_kind": figure("cases_by_kind"),
    }))
}
