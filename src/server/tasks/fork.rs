//! Forks: a new run that begins from an earlier one, in which only that runs again whose input is another, and what depends on it.

use super::{Caller, submit::Refusal};
use crate::{
    protocol::{
        Problem, TaskId, TaskInput, TaskSummary,
        edit::{EditChange, FileEdit, Fork, MAX_EDIT_BYTES},
        project::{ProjectInput, ProjectOptions},
    },
    server::{
        generate::{Generator, pipeline::closure, project},
        store::Carry,
    },
};

/// What the stages of a run came to, by name.
type Done = [(String, serde_json::Value)];

/// A file as somebody would begin to edit it.
pub struct Editable {
    /// The task's.
    pub title: String,
    pub content: String,
    /// It stands there as somebody has edited it before.
    pub is_edited: bool,
}

/// What a new run would begin with.
pub struct ForkStart {
    /// The task's.
    pub title: String,
    /// The model, in the language of entities.
    pub text: String,
    pub options: ProjectOptions,
    /// Name and label.
    pub agents: Vec<(String, String)>,
    /// Files that were edited.
    pub edits: Vec<String>,
}

impl Caller {
    /// Starts a run with the input of one that has ended, changed as asked. Finished work that depends on nothing that changed is carried over.
    pub async fn fork(&self, task_id: TaskId, fork: Fork, key: Option<String>) -> Result<TaskId, Problem> {
        let (summary, before) = self.project_run(task_id).await?;
        if !summary.status.is_terminal() {
            return Err(Problem::conflict(format!("The task is still {}. Cancel it first, or wait.", summary.status)));
        }
        let Some(generator) = self.state.generators.get(&summary.kind).cloned() else { return Err(Problem::internal()) };
        let done = self.state.store.checkpoints(self.account_id, task_id).await?;
        let stages = generator.stages();
        if let Some(unknown) = fork.agents.iter().find(|name| !stages.iter().any(|stage| stage.name == **name)) {
            let all = stages.iter().map(|stage| stage.name.as_str()).collect::<Vec<_>>().join(", ");
            return Err(Problem::invalid("agents", format!("There is no agent `{unknown}`; there are {all}.")));
        }
        let mut after = project::fork::named(&before, fork.apply(before.clone()), &done);
        after.edits = self.edits(&*generator, task_id, &before, &fork.edits, &done).await?;
        let (before, after) = (TaskInput::Project(Box::new(before)), TaskInput::Project(Box::new(after)));
        let mut changed = generator.changed(&before, &after, &done);
        changed.extend(fork.agents);
        changed.extend(stages.iter().map(|stage| &stage.name).filter(|name| !done.iter().any(|(known, _)| known == *name)).cloned());
        // The last stage hands over the download: it always runs.
        changed.extend(stages.last().map(|stage| stage.name.clone()));
        let again = closure(&stages, &changed);
        let carried: Vec<String> = stages.iter().map(|stage| &stage.name).filter(|name| !again.contains(name)).cloned().collect();
        let label = |names: &[String]| {
            let labels: Vec<&str> = stages.iter().filter(|stage| names.contains(&stage.name)).map(|stage| stage.label.as_str()).collect();
            if labels.is_empty() { "nothing".to_owned() } else { labels.join(", ") }
        };
        let mut files = Vec::new();
        for file in self.state.store.files(task_id).await? {
            if generator.author(&file.path).is_some_and(|author| carried.contains(&author)) {
                files.push(file.path);
            }
        }
        let note = format!("Carried over from the earlier run: {}. Runs again: {}", label(&carried), label(&again));
        let outputs = done.into_iter().filter(|(name, _)| carried.contains(name));
        let stages = outputs.map(|(name, output)| (name.clone(), generator.carried(&name, output))).collect();
        let carry = Carry { from: task_id, stages, files, note };
        self.submit_with(after, key, Some(task_id), Refusal::Said, Some(carry)).await
    }

    /// # Errors
    /// Not found, not a project's, not text, or too large for it.
    pub async fn editable(&self, task_id: TaskId, path: &str) -> Result<Editable, Problem> {
        let (summary, input) = self.project_run(task_id).await?;
        let file = self.state.store.file(task_id, path).await?.ok_or_else(|| Problem::not_found("file"))?;
        if file.content.len() > MAX_EDIT_BYTES {
            let detail = format!("`{path}` has {} bytes; at most {MAX_EDIT_BYTES} can be edited here.", file.content.len());
            return Err(Problem::invalid("path", detail));
        }
        let content = String::from_utf8(file.content).ok().filter(|text| !text.contains('\0'));
        let content = content.ok_or_else(|| Problem::invalid("path", format!("`{path}` is not text.")))?;
        Ok(Editable { title: summary.title, content, is_edited: input.edits.iter().any(|edit| edit.path == path) })
    }

    pub async fn fork_start(&self, task_id: TaskId) -> Result<ForkStart, Problem> {
        let (summary, input) = self.project_run(task_id).await?;
        let stages = self.state.generators.get(&summary.kind).map(|generator| generator.stages()).unwrap_or_default();
        let options = input.options;
        let edits = input.edits.iter().map(|edit| edit.path.clone()).collect();
        let text = self.draft(input).await?.text;
        let agents = stages.into_iter().map(|stage| (stage.name, stage.label)).collect();
        Ok(ForkStart { title: summary.title, text, options, agents, edits })
    }

    /// A run of a project, and its input.
    async fn project_run(&self, task_id: TaskId) -> Result<(TaskSummary, ProjectInput), Problem> {
        let summary = self.owned(task_id).await?;
        match self.state.store.input(self.account_id, task_id).await? {
            TaskInput::Project(input) => Ok((summary, *input)),
            _ => Err(Problem::conflict("Only a project can be begun from; any other task is run again as a whole.")),
        }
    }

    /// The edits of the new run: those of the old one, and what was changed since.
    async fn edits(
        &self,
        generator: &dyn Generator,
        task_id: TaskId,
        before: &ProjectInput,
        changes: &[EditChange],
        done: &Done,
    ) -> Result<Vec<FileEdit>, Problem> {
        let mut edits = before.edits.clone();
        for (index, EditChange { path, content }) in changes.iter().enumerate() {
            let old = edits.iter().position(|edit| edit.path == *path).map(|index| edits.remove(index));
            let Some(content) = content else { continue };
            let field = format!("edits[{index}].path");
            let Some(file) = self.state.store.file(task_id, path).await? else {
                return Err(Problem::invalid(&field, format!("`{path}` is no file of this run.")));
            };
            if generator.author(path).is_none() {
                return Err(Problem::invalid(&field, format!("`{path}` is no file of the project itself.")));
            }
            if generator.author(path) == generator.stages().last().map(|stage| stage.name.clone()) {
                return Err(Problem::invalid(&field, format!("`{path}` says what was seen of this run; it is written anew by each.")));
            }
            let Ok(stored) = String::from_utf8(file.content) else {
                return Err(Problem::invalid(&field, format!("`{path}` is not text.")));
            };
            // Behind an edit stands what was generated; where that is not known, what the edit was made on.
            let base = generator.generated(path, done).or(old.map(|edit| edit.base)).unwrap_or(stored);
            // Forms send line ends as CR LF.
            let content = if base.contains('\r') { content.clone() } else { content.replace("\r\n", "\n") };
            if content != base {
                edits.push(FileEdit { path: path.clone(), base, content });
            }
        }
        Ok(edits)
    }
}
