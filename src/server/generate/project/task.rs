//! The project as a task: twelve agents, each with its part of the files, and at the end the gates.
//!
//! The download is a ZIP of one folder: the project, and `MANIFEST.json`, which says what it was made of and what was verified how.

use std::sync::Arc;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{
    MANIFEST,
    agents::{self, ARCHITECTURE, REQUIREMENTS, REVIEW, VERIFICATION, author},
    blueprint::{self, File, names},
    edits, fork,
    input::{self, Settled},
    review,
    verify::{Gate, Verification, Workshop},
};
use crate::{
    protocol::{
        Inspected, Kind, Level, Problem, StagePlan, TaskInput,
        edit::{Conflict, ConflictKind},
        project::ProjectInput,
    },
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
    /// Edits that met something else than they were made on.
    conflicts: Vec<Conflict>,
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
        edits::check(&asked(input)?.edits)?;
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

    fn changed(&self, before: &TaskInput, after: &TaskInput, done: &[(String, Value)]) -> Vec<String> {
        let (Ok(before), Ok(after)) = (asked(before), asked(after)) else { return Vec::new() };
        fork::changed(before, after, done, ENGINE)
    }

    fn author(&self, path: &str) -> Option<String> {
        Some(author(path).to_owned())
    }

    fn generated(&self, path: &str, done: &[(String, Value)]) -> Option<String> {
        fork::generated(path, done)
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
    let mut output = serde_json::to_value(settled).map_err(|_| StageError::Fail(Problem::internal()))?;
    output[fork::ENGINE_FIELD] = json!(ENGINE);
    Ok(output)
}

/// What the first agent has settled, for all others. The choices are the input's own: they may be others than in the run that the first
/// agent's work was carried over from.
fn settled(work: &Work) -> Result<Settled, StageError> {
    let output = work.output(REQUIREMENTS).cloned().unwrap_or_default();
    let settled: Settled = serde_json::from_value(output).map_err(|_| StageError::Fail(Problem::internal()))?;
    let asked = asked(&work.input).map_err(StageError::Fail)?;
    Ok(Settled { options: asked.options, seed: asked.seed, ..settled })
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
    let edits: Vec<_> = asked(&work.input).map_err(StageError::Fail)?.edits.iter().filter(|edit| author(&edit.path) == agent).collect();
    let (mut generated, mut conflicts) = (serde_json::Map::new(), Vec::new());
    for (index, File { path, content }) in files.iter().enumerate() {
        let percent = u8::try_from((index * 100 / count.max(1)).min(99)).unwrap_or(99);
        context.step(Step { percent, message: path.clone(), ..Step::default() }).await?;
        let Some(edit) = edits.iter().find(|edit| edit.path == *path) else {
            context.file(path, content.clone().into_bytes()).await?;
            continue;
        };
        generated.insert(path.clone(), json!(content));
        let (edit, new) = ((*edit).clone(), content.clone());
        let merged = tokio::task::spawn_blocking(move || edits::merge(&edit, &new)).await;
        let merged = merged.map_err(|_| StageError::Fail(Problem::internal()))?;
        context.log(Level::Info, format!("{path} was edited by hand: the edit is kept")).await?;
        context.file(path, merged.content.into_bytes()).await?;
        conflicts.extend(merged.conflict);
    }
    conflicts.extend(edits.iter().filter(|edit| !files.iter().any(|file| file.path == edit.path)).map(|edit| edits::gone(edit)));
    for Conflict { path, kind, hunks_total, .. } in &conflicts {
        let message = match kind {
            ConflictKind::Overlap => {
                format!("{path}: the same lines were edited by hand and generated anew ({hunks_total}×); the edit stands")
            }
            ConflictKind::Gone => format!("{path} was edited by hand and is not generated any more; the edit waits until it is again"),
        };
        context.log(Level::Warning, message).await?;
    }
    let message = match count {
        0 => "Nothing to do for these choices".to_owned(),
        1 => "1 file".to_owned(),
        count => format!("{count} files"),
    };
    context.step(Step { percent: 99, message, ..Step::default() }).await?;
    Ok(json!({ "files": count, (fork::GENERATED_FIELD): generated, (fork::CONFLICTS_FIELD): conflicts }))
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
    findings.extend(missing.map(|file| review::Finding { path: file.path.clone(), line: 0, what: "it is missing" }));
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

impl Project {
    async fn verify(&self, work: &Work, context: &dyn StageContext) -> Result<Value, StageError> {
        let settled = settled(work)?;
        let files = written(context).await?;
        let is_edited = !asked(&work.input).map_err(StageError::Fail)?.edits.is_empty();
        let gates = match &self.workshop {
            // What people wrote is not run beside what this server has.
            _ if is_edited => {
                context
                    .log(Level::Warning, "Not verified here: files were edited by hand, and are not run without a sandbox".into())
                    .await?;
                Vec::new()
            }
            Some(workshop) => Verification::new(workshop, context).run(&files, &settled.options).await?,
            None => {
                context.log(Level::Warning, "Not verified here: this server is set not to run what it generates".into()).await?;
                Vec::new()
            }
        };
        context.step(Step { percent: 95, message: "Packing".into(), ..Step::default() }).await?;
        let manifest = manifest(&settled, &files, &gates);
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
        let done = Done { name: settled.model.name, files: count, gates, conflicts: fork::conflicts(&work.done), download };
        serde_json::to_value(done).map_err(|_| StageError::Fail(Problem::internal()))
    }
}

/// What it was made of, and what of it was seen to work.
fn manifest(settled: &Settled, files: &[File], gates: &[Gate]) -> String {
    let hashes: std::collections::BTreeMap<&str, String> = files
        .iter()
        .map(|file| (file.path.as_str(), Sha256::digest(file.content.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()))
        .collect();
    let manifest = json!({
        "engine": ENGINE,
        "seed": settled.seed,
        "options": settled.options,
        "model": settled.model,
        "gates": gates,
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
