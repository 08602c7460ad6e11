//! The project as a task: twelve agents, each with its part of the files, and at the end the gates.
//!
//! The download is a ZIP of one folder: the project, and `MANIFEST.json`, which says what it was made of and what was verified how.

use std::sync::Arc;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{
    agents::{self, ARCHITECTURE, REQUIREMENTS, REVIEW, VERIFICATION, author},
    blueprint::{self, File, names},
    input::{self, Settled},
    review,
    verify::{Gate, Report, Trust, Verification, Workshop},
};
use crate::{
    protocol::{Inspected, Kind, Level, Problem, StagePlan, TaskInput, project::ProjectInput},
    server::generate::{Generator, Package, StageContext, StageError, Step, Work, archive},
};

/// Version of what is made, beside that of the program: blueprints may change without it.
const ENGINE: &str = concat!("livegen ", env!("CARGO_PKG_VERSION"));
const MAX_FINDINGS: usize = 20;

/// The generator of projects.
#[derive(Clone, Default)]
pub struct Project {
    /// None: nothing is verified, and the manifest says so.
    pub workshop: Option<Arc<Workshop>>,
}

/// The task's result.
#[derive(Debug, Serialize, Deserialize)]
struct Done {
    name: String,
    files: usize,
    /// Gates that were verified here, and those that could not be.
    gates: Vec<Gate>,
    /// What the project's own code ran in.
    #[serde(default)]
    sandbox: String,
    download: String,
}

#[async_trait]
impl Generator for Project {
    fn kind(&self) -> Kind {
        Kind::Project
    }

    fn stages(&self) -> Vec<StagePlan> {
        agents::plan()
    }

    fn completed_message(&self) -> String {
        "Project generated".into()
    }

    fn inspect(&self, input: &TaskInput) -> Result<Inspected, Problem> {
        let settled = input::settle(asked(input)?)?;
        // What no blueprint can make is said before there is a task.
        files_of(&settled)?;
        let Settled { model, options, .. } = settled;
        let count = |count: usize, one: &str, many: &str| format!("{count} {}", if count == 1 { one } else { many });
        let source = [
            options.stack.label().to_owned(),
            options.database.label().to_owned(),
            count(model.entities.len(), "entity", "entities"),
            count(model.relations.len(), "relation", "relations"),
        ];
        Ok(Inspected { title: format!("Project: {}", model.name), source: source.join(" · ") })
    }

    async fn run_stage(&self, stage: &str, work: &Work, context: &dyn StageContext) -> Result<Value, StageError> {
        match stage {
            REQUIREMENTS => requirements(work, context).await,
            ARCHITECTURE => architecture(work, context).await,
            REVIEW => look_over(work, context).await,
            VERIFICATION => self.verify(work, context).await,
            agent => write(agent, work, context).await,
        }
    }
}

fn asked(input: &TaskInput) -> Result<&ProjectInput, Problem> {
    match input {
        TaskInput::Project(input) => Ok(input),
        _ => Err(Problem::internal()),
    }
}

async fn requirements(work: &Work, context: &dyn StageContext) -> Result<Value, StageError> {
    let step = |percent, message: &str| Step { percent, message: message.into(), ..Step::default() };
    context.step(step(10, "Reading what is wanted")).await?;
    let settled = input::settle(asked(&work.input).map_err(StageError::Fail)?).map_err(StageError::Fail)?;
    for note in &settled.notes {
        context.log(Level::Info, note.clone()).await?;
    }
    let entities = settled.model.entities.iter().map(|entity| entity.name.as_str()).collect::<Vec<_>>().join(", ");
    context.log(Level::Info, format!("{}: {entities}", settled.model.name)).await?;
    let counts = vec![("entities".into(), settled.model.entities.len() as u64), ("relations".into(), settled.model.relations.len() as u64)];
    context.step(Step { counts, ..step(90, "It is clear what is wanted") }).await?;
    Ok(serde_json::to_value(settled).map_err(|_| Problem::internal()).map_err(StageError::Fail)?)
}

/// What the first agent has settled, for all others.
fn settled(work: &Work) -> Result<Settled, StageError> {
    let output = work.output(REQUIREMENTS).cloned().unwrap_or_default();
    serde_json::from_value(output).map_err(|_| StageError::Fail(Problem::internal()))
}

async fn architecture(work: &Work, context: &dyn StageContext) -> Result<Value, StageError> {
    let settled = settled(work)?;
    let options = settled.options;
    let chosen = format!("{} on {}, {}", options.stack.label(), options.database.label(), options.access.label());
    context.step(Step { percent: 30, message: chosen, ..Step::default() }).await?;
    let files = made(&settled).await?;
    let mut parts: Vec<(&str, usize)> = Vec::new();
    for file in &files {
        let agent = author(&file.path);
        match parts.iter_mut().find(|(name, _)| *name == agent) {
            Some((_, count)) => *count += 1,
            None => parts.push((agent, 1)),
        }
    }
    context.log(Level::Info, format!("{} files will be written", files.len())).await?;
    Ok(json!({ "files": files.len(), "parts": parts.into_iter().collect::<std::collections::BTreeMap<_, _>>() }))
}

/// The files that an agent writes.
async fn write(agent: &str, work: &Work, context: &dyn StageContext) -> Result<Value, StageError> {
    let files: Vec<File> = made(&settled(work)?).await?.into_iter().filter(|file| author(&file.path) == agent).collect();
    let count = files.len();
    for (index, File { path, content }) in files.into_iter().enumerate() {
        let percent = u8::try_from((index * 100 / count.max(1)).min(99)).unwrap_or(99);
        context.step(Step { percent, message: path.clone(), ..Step::default() }).await?;
        context.file(&path, content.into_bytes()).await?;
    }
    let message = match count {
        0 => "Nothing to do for these choices".to_owned(),
        1 => "1 file".to_owned(),
        count => format!("{count} files"),
    };
    context.step(Step { percent: 99, message, ..Step::default() }).await?;
    Ok(json!({ "files": count }))
}

/// The project as the agents before have written it.
async fn written(context: &dyn StageContext) -> Result<Vec<File>, StageError> {
    let mut files = Vec::new();
    for path in context.files().await? {
        let content = context.read_file(&path).await?.unwrap_or_default();
        let content = String::from_utf8(content).map_err(|_| StageError::Fail(Problem::internal()))?;
        if path != MANIFEST {
            files.push(File { path, content });
        }
    }
    Ok(files)
}

async fn look_over(work: &Work, context: &dyn StageContext) -> Result<Value, StageError> {
    context.step(Step { percent: 10, message: "Reading every file".into(), ..Step::default() }).await?;
    let files = written(context).await?;
    let expected = made(&settled(work)?).await?;
    let mut findings = review::review(files.iter().map(|file| (file.path.as_str(), file.content.as_str())));
    let missing = expected.iter().filter(|file| !files.iter().any(|other| other.path == file.path));
    findings.extend(missing.map(|file| review::Finding::missing(&file.path)));
    for finding in findings.iter().take(MAX_FINDINGS) {
        context.log(Level::Error, format!("{}:{}: {}", finding.path, finding.line, finding.what)).await?;
    }
    if let Some(first) = findings.first() {
        let detail = format!("{} findings; the first: {}:{}: {}", findings.len(), first.path, first.line, first.what);
        return Err(StageError::Fail(Problem::new(500, "gate-failed", "The review was not passed", detail)));
    }
    context.log(Level::Info, format!("{} files read: nothing half done, no secrets, nothing missing", files.len())).await?;
    Ok(json!({ "files": files.len() }))
}

const MANIFEST: &str = "MANIFEST.json";

impl Project {
    async fn verify(&self, work: &Work, context: &dyn StageContext) -> Result<Value, StageError> {
        let settled = settled(work)?;
        let files = written(context).await?;
        let report = match &self.workshop {
            Some(workshop) => Verification::new(workshop, context).run(&files, &settled.options, Trust::Blueprint).await?,
            None => {
                let why = "this server is set not to run what it generates";
                context.log(Level::Warning, format!("Not verified here: {why}")).await?;
                Report::nothing(why)
            }
        };
        context.step(Step { percent: 95, message: "Packing".into(), ..Step::default() }).await?;
        let manifest = manifest(&settled, &files, &report);
        context.file(MANIFEST, manifest.clone().into_bytes()).await?;
        let folder = names::kebab_case(&settled.model.name);
        let download = format!("{folder}.zip");
        let count = files.len() + 1;
        let packed = tokio::task::spawn_blocking(move || {
            let all: Vec<(String, String)> = files
                .into_iter()
                .map(|file| (file.path, file.content))
                .chain(std::iter::once((MANIFEST.to_owned(), manifest)))
                .map(|(path, content)| (format!("{folder}/{path}"), content))
                .collect();
            archive::zip(all.iter().map(|(path, content)| (path.as_str(), content.as_bytes())))
        });
        let zip = packed.await.map_err(|_| StageError::Fail(Problem::internal()))?;
        let content = zip.map_err(|error| StageError::Retry(error.to_string()))?;
        context.package(Package { name: download.clone(), media_type: "application/zip".into(), content }).await?;
        let done = Done { name: settled.model.name, files: count, gates: report.gates, sandbox: report.sandbox, download };
        serde_json::to_value(done).map_err(|_| StageError::Fail(Problem::internal()))
    }
}

/// What it was made of, and what of it was seen to work.
fn manifest(settled: &Settled, files: &[File], report: &Report) -> String {
    let hashes: std::collections::BTreeMap<&str, String> = files
        .iter()
        .map(|file| (file.path.as_str(), Sha256::digest(file.content.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()))
        .collect();
    let manifest = json!({
        "engine": ENGINE,
        "seed": settled.seed,
        "options": settled.options,
        "model": settled.model,
        "sandbox": report.sandbox,
        "gates": report.gates,
        "files": hashes,
    });
    format!("{manifest:#}\n")
}

fn files_of(settled: &Settled) -> Result<Vec<File>, Problem> {
    blueprint::blueprint(&settled.model, &settled.options, settled.seed).map_err(|error| Problem::invalid(&error.place, error.to_string()))
}

async fn made(settled: &Settled) -> Result<Vec<File>, StageError> {
    let settled = settled.clone();
    let made = tokio::task::spawn_blocking(move || files_of(&settled)).await;
    made.map_err(|_| StageError::Fail(Problem::internal()))?.map_err(StageError::Fail)
}
