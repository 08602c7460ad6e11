//! Generated files: list, content, highlighted preview, the download.

use super::Caller;
use crate::{
    protocol::{FileEntry, FileView, Kind, Problem, PromptResult, TaskId, TaskSnapshot},
    server::{
        generate::prompt::segments,
        highlight::highlight,
        inert::clean_text,
        store::{Artifact, StoredFile},
    },
};

impl Caller {
    pub async fn files(&self, task_id: TaskId) -> Result<Vec<FileEntry>, Problem> {
        self.summary(task_id).await?;
        Ok(self.state.store.files(task_id).await?)
    }

    pub async fn file(&self, task_id: TaskId, path: &str) -> Result<StoredFile, Problem> {
        self.summary(task_id).await?;
        self.state.store.file(task_id, path).await?.ok_or_else(|| Problem::not_found("file"))
    }

    pub async fn file_view(&self, task_id: TaskId, path: &str) -> Result<FileView, Problem> {
        let StoredFile { entry, content } = self.file(task_id, path).await?;
        let view = tokio::task::spawn_blocking(move || {
            let shown = highlight(&entry.path, &content);
            FileView { path: entry.path, bytes: entry.bytes, sha256: entry.sha256, ..shown }
        });
        view.await.map_err(|error| {
            tracing::error!(%error, "highlighting panicked");
            Problem::internal()
        })
    }

    /// The text that a task of kind `prompt` came to.
    pub async fn prompt(&self, task_id: TaskId) -> Result<String, Problem> {
        let StoredFile { content, .. } = self.file(task_id, "prompt.md").await?;
        String::from_utf8(content).map_err(|_| Problem::internal())
    }

    /// A task as its page shows it: texts of a prompt that are too long for the log come from its files.
    pub async fn page(&self, task_id: TaskId) -> Result<TaskSnapshot, Problem> {
        let mut snapshot = self.snapshot(task_id).await?.as_ref().clone();
        let result = snapshot.result.clone().filter(|_| snapshot.kind == Kind::Prompt).map(serde_json::from_value::<PromptResult>);
        if let Some(Ok(result)) = result.filter(|result| matches!(result, Ok(result) if result.cut)) {
            let prompt = self.prompt(task_id).await?;
            let original = self.file(task_id, "original.md").await?.content;
            let whole = tokio::task::spawn_blocking(move || {
                let original = clean_text(&String::from_utf8_lossy(&original)).into_owned();
                let segments = segments(&original, &prompt);
                serde_json::to_value(PromptResult { original, prompt, segments, cut: false, ..result })
            });
            snapshot.result = whole.await.ok().and_then(Result::ok).or(snapshot.result);
        }
        Ok(snapshot)
    }

    pub async fn artifact(&self, task_id: TaskId) -> Result<Artifact, Problem> {
        let summary = self.summary(task_id).await?;
        let artifact = self.state.store.artifact(task_id).await?;
        artifact.ok_or_else(|| {
            Problem::conflict(if summary.status.is_terminal() {
                format!("The task is {}: it has no download.", summary.status)
            } else {
                "The download is there when the task is completed.".into()
            })
        })
    }
}
