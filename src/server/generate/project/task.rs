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
    agents::{self, ARCHITECTURE, REQUIREMENTS, REVIEW, VALIDATION, VERIFICATION, author},
    ask::{
        Asking, Credits, DRAFTS, entities,
        mend::{Trial, Tried},
        rules::{self, Proposal},
    },
    blueprint::{self, File, names},
    edits, fork,
    input::{self, Settled},
    review,
    verify::{Gate, Report, Trust, Verification, Workshop},
    writing::{without_rules, write, written},
};
use crate::{
    protocol::{Inspected, Kind, Level, Problem, StagePlan, TaskInput, account::Price, edit::Conflict, project::ProjectInput},
    server::{
        generate::{Generator, Package, StageContext, StageError, Step, Work, archive},
        model::Models,
    },
};

/// Version of what is made, beside that of the program: blueprints may change without it.
const ENGINE: &str = concat!("livegen ", env!("CARGO_PKG_VERSION"));
const MAX_FINDINGS: usize = 20;

/// The generator of projects.
#[derive(Clone, Default)]
pub struct Project {
    /// None: nothing is verified, and the manifest says so.
    pub workshop: Option<Arc<Workshop>>,
    /// Whoever started it said so, and not the settings.
    pub no_verify: bool,
    /// Asked for what no rule can know; none: the rules alone.
    pub models: Option<Arc<Models>>,
    /// What a task of this kind holds until it ends, where models are asked.
    pub tokens: u32,
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
    /// What the project's own code ran in.
    #[serde(default)]
    sandbox: String,
    download: String,
    /// What language models had a hand in.
    #[serde(default, skip_serializing_if = "Credits::is_empty")]
    language_models: Credits,
    #[serde(default)]
    tokens_used: u64,
}

#[async_trait]
impl Generator for Project {
    fn kind(&self) -> Kind {
        Kind::Project
    }

    fn stages(&self) -> Vec<StagePlan> {
        agents::plan()
    }

    fn price(&self) -> Price {
        if self.models().is_some() { Price { tokens: self.tokens, subscription: true } } else { Price::default() }
    }

    fn tokens_used(&self, result: &Value) -> u64 {
        result.get("tokens_used").and_then(Value::as_u64).unwrap_or(0).min(self.tokens.into())
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
        (!path.starts_with(DRAFTS)).then(|| author(path).to_owned())
    }

    fn carried(&self, _: &str, output: Value) -> Value {
        fork::carried(output)
    }

    fn generated(&self, path: &str, done: &[(String, Value)]) -> Option<String> {
        fork::generated(path, done)
    }

    async fn run_stage(&self, stage: &str, work: &Work, context: &dyn StageContext) -> Result<Value, StageError> {
        match stage {
            REQUIREMENTS => self.requirements(work, context).await,
            ARCHITECTURE => architecture(work, context).await,
            VALIDATION => self.validation(work, context).await,
            REVIEW => look_over(work, context).await,
            VERIFICATION => self.verify(work, context).await,
            agent => write(agent, work, context).await,
        }
    }
}

pub(super) fn asked(input: &TaskInput) -> Result<&ProjectInput, Problem> {
    match input {
        TaskInput::Project(input) => Ok(input),
        _ => Err(Problem::internal()),
    }
}

impl Project {
    fn models(&self) -> Option<&Models> {
        self.models.as_deref().filter(|models| !models.is_empty())
    }

    fn why_unverified(&self) -> &'static str {
        if self.no_verify { "--no-verify says that nothing of it is run" } else { "the settings say that nothing of it is run" }
    }

    async fn requirements(&self, work: &Work, context: &dyn StageContext) -> Result<Value, StageError> {
        let step = |percent, message: &str| Step { percent, message: message.into(), ..Step::default() };
        context.step(step(10, "Reading what is wanted")).await?;
        let asked = asked(&work.input).map_err(StageError::Fail)?;
        let mut settled = input::settle(asked).map_err(StageError::Fail)?;
        for note in &settled.notes {
            context.log(Level::Info, note.clone()).await?;
        }
        // A model that somebody gave is theirs.
        if let Some(models) = self.models().filter(|_| input::is_of_brief(asked)) {
            context.step(step(30, "Asking for better entities")).await?;
            let asking = Asking { models, context, tokens: self.tokens.into() };
            let brief = asked.brief.as_deref().unwrap_or_default();
            match entities::ask(&asking, brief, &settled.model, &settled.options).await? {
                Some((model, said)) => {
                    let name = asked.name.clone().filter(|name| !name.trim().is_empty());
                    (settled.by, settled.tokens, settled.model) = (Some(said.by), said.tokens, model);
                    settled.model.name = name.map_or(settled.model.name, |name| name.trim().to_owned());
                }
                None => context.log(Level::Info, "No model gave entities that could be used: those of the rules are taken".into()).await?,
            }
        }
        let entities = settled.model.entities.iter().map(|entity| entity.name.as_str()).collect::<Vec<_>>().join(", ");
        context.log(Level::Info, format!("{}: {entities}", settled.model.name)).await?;
        let counts =
            vec![("entities".into(), settled.model.entities.len() as u64), ("relations".into(), settled.model.relations.len() as u64)];
        context.step(Step { counts, ..step(90, "It is clear what is wanted") }).await?;
        let mut output = serde_json::to_value(settled).map_err(|_| StageError::Fail(Problem::internal()))?;
        output[fork::ENGINE_FIELD] = json!(ENGINE);
        Ok(output)
    }

    /// The files, and what a language model has to add to them. Its code is not run here, and not yet a part of the project.
    async fn validation(&self, work: &Work, context: &dyn StageContext) -> Result<Value, StageError> {
        let mut output = write(VALIDATION, work, context).await?;
        let settled = settled(work)?;
        let brief = asked(&work.input).map_err(StageError::Fail)?.brief.as_deref().filter(|brief| !brief.trim().is_empty());
        let (Some(models), Some(brief)) = (self.models(), brief) else { return Ok(output) };
        if !rules::has_place(settled.options.stack) {
            context
                .log(
                    Level::Info,
                    format!("No rules between fields are asked for: {} has no place for them yet", settled.options.stack.label()),
                )
                .await?;
            return Ok(output);
        }
        let sandbox = match &self.workshop {
            Some(workshop) => workshop.sandbox().await.map(|_| ()).map_err(|absent| absent.to_string()),
            None => Err(self.why_unverified().into()),
        };
        if let Err(why) = sandbox {
            let said = format!(
                "No rules between fields are asked for: what a model wrote is only run in a sandbox, and only kept if it was run; {why}"
            );
            context.log(Level::Warning, said).await?;
            return Ok(output);
        }
        context.step(Step { percent: 60, message: "Asking for rules between fields".into(), ..Step::default() }).await?;
        let asking = Asking { models, context, tokens: u64::from(self.tokens).saturating_sub(settled.tokens) };
        let (proposal, tokens) = rules::ask(&asking, brief, &settled, &made(&settled).await?).await?;
        match &proposal {
            Some(proposal) => {
                context.log(Level::Info, format!("{} proposes rules between fields; they are tried at the end", proposal.by)).await?;
                for rule in &proposal.rules {
                    context.log(Level::Info, rule.clone()).await?;
                }
            }
            None => context.log(Level::Info, "No rules between fields are added".into()).await?,
        }
        output["proposal"] = serde_json::to_value(proposal).map_err(|_| StageError::Fail(Problem::internal()))?;
        output["tokens"] = tokens.into();
        Ok(output)
    }
}

/// What the first agent has settled, for all others. The choices are the input's own: they may be others than in the run that the first
/// agent's work was carried over from.
pub(super) fn settled(work: &Work) -> Result<Settled, StageError> {
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

async fn look_over(work: &Work, context: &dyn StageContext) -> Result<Value, StageError> {
    context.step(Step { percent: 10, message: "Reading every file".into(), ..Step::default() }).await?;
    let files = written(context).await?;
    let settled = settled(work)?;
    let expected = made(&settled).await?;
    let mut findings = review::review_of(files.iter().map(|file| (file.path.as_str(), file.content.as_str())), &settled.model);
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

impl Project {
    async fn verify(&self, work: &Work, context: &dyn StageContext) -> Result<Value, StageError> {
        let settled = settled(work)?;
        let plain = made(&settled).await?;
        let files = without_rules(work, &plain, context).await?;
        let (tried, proposed) = self.try_rules(work, &settled, &files, context).await?;
        let mut credits = Credits { entities: settled.by.clone(), rules: None };
        let mut tokens = settled.tokens.saturating_add(proposed);
        let mut kept = None;
        if let Some(tried) = tried {
            tokens = tokens.saturating_add(tried.tokens);
            credits.rules = Some(tried.credit);
            kept = tried.kept;
        }
        let (files, report) = match (kept, &self.workshop) {
            (Some((changed, report)), _) => {
                for file in changed.iter().filter(|file| !files.contains(file)) {
                    context.file(&file.path, file.content.clone().into_bytes()).await?;
                }
                (changed, report)
            }
            (None, Some(workshop)) => {
                // What people wrote is trusted no more than what a language model wrote.
                let is_edited = !asked(&work.input).map_err(StageError::Fail)?.edits.is_empty();
                let trust = if is_edited { Trust::Foreign { blueprint: &plain } } else { Trust::Blueprint };
                let report = Verification::new(workshop, context).run(&files, &settled, trust).await?;
                (files, report)
            }
            (None, None) => {
                let why = self.why_unverified();
                context.log(Level::Warning, format!("Not verified here: {why}")).await?;
                (files, Report::nothing(why))
            }
        };
        context.step(Step { percent: 95, message: "Packing".into(), ..Step::default() }).await?;
        let manifest = manifest(&settled, &files, &report, &credits);
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
        let done = Done {
            name: settled.model.name,
            files: count,
            gates: report.gates,
            conflicts: fork::conflicts(&work.done),
            sandbox: report.sandbox,
            download,
            language_models: credits,
            tokens_used: tokens,
        };
        serde_json::to_value(done).map_err(|_| StageError::Fail(Problem::internal()))
    }
}

impl Project {
    /// Tries what a model has proposed. And what the proposal itself used.
    async fn try_rules(
        &self,
        work: &Work,
        settled: &Settled,
        files: &[File],
        context: &dyn StageContext,
    ) -> Result<(Option<Tried>, u64), StageError> {
        let output = work.output(VALIDATION);
        let used = output.and_then(|output| output["tokens"].as_u64()).unwrap_or(0);
        let proposal: Option<Proposal> = output.and_then(|output| serde_json::from_value(output["proposal"].clone()).ok()).flatten();
        let (Some(proposal), Some(workshop)) = (proposal, &self.workshop) else { return Ok((None, used)) };
        let brief = asked(&work.input).map_err(StageError::Fail)?.brief.as_deref().unwrap_or_default();
        let left = u64::from(self.tokens).saturating_sub(settled.tokens).saturating_sub(used);
        let asking = self.models().map(|models| Asking { models, context, tokens: left });
        let trial = Trial { workshop, settled, brief, files };
        Ok((Some(trial.run(asking.as_ref(), proposal, context).await?), used))
    }
}

/// What it was made of, and what of it was seen to work.
fn manifest(settled: &Settled, files: &[File], report: &Report, credits: &Credits) -> String {
    let hashes: std::collections::BTreeMap<&str, String> = files
        .iter()
        .map(|file| (file.path.as_str(), Sha256::digest(file.content.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()))
        .collect();
    let manifest = json!({
        "engine": ENGINE,
        "seed": settled.seed,
        "options": settled.options,
        "model": settled.model,
        "language_models": credits,
        "sandbox": report.sandbox,
        "gates": report.gates,
        "files": hashes,
    });
    format!("{manifest:#}\n")
}

fn files_of(settled: &Settled) -> Result<Vec<File>, Problem> {
    blueprint::blueprint(&settled.model, &settled.options, settled.seed).map_err(|error| Problem::invalid(&error.place, error.to_string()))
}

pub(super) async fn made(settled: &Settled) -> Result<Vec<File>, StageError> {
    let settled = settled.clone();
    let made = tokio::task::spawn_blocking(move || files_of(&settled)).await;
    made.map_err(|_| StageError::Fail(Problem::internal()))?.map_err(StageError::Fail)
}
