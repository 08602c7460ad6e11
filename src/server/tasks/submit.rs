//! From an input to a queued task: fetch it if it is an address, look at it, then one transaction.
//!
//! Whatever is wrong with an input is said before any task is made.

use std::time::Duration;

use super::Caller;
use crate::{
    protocol::{
        Created, Inspected, Kind, Problem, PromptInput, TaskId, TaskInput, TestSuiteInput,
        input::MAX_DESCRIPTION_BYTES,
        project::{ModelDraft, ProjectInput},
    },
    server::{
        generate::project::{self, model::Drafted},
        random,
        store::{Carry, NewTask, StoreError},
    },
};

const MAX_NAME_CHARS: usize = 200;
pub const MAX_KEY_CHARS: usize = 200;
/// How long a description may wait for its turn to be looked at.
const INSPECTION_WAIT: Duration = Duration::from_secs(10);

/// What becomes of an input that the account may not have made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// An error, and no task.
    Said,
    /// A task that fails with that error.
    Made,
}

impl Caller {
    /// Says what an input is, or what is wrong with it, without making a task.
    pub async fn inspect(&self, input: TaskInput) -> Result<Inspected, Problem> {
        let input = self.complete(input).await?;
        self.look_at(input).await.map(|(_, inspected)| inspected)
    }

    /// Queues a task. The same key with the same input gives the same task, however often it is sent.
    pub async fn submit(&self, input: TaskInput, idempotency_key: Option<String>) -> Result<TaskId, Problem> {
        self.submit_as(input, idempotency_key, None, Refusal::Said).await
    }

    /// As [`Caller::submit`], but too few tokens or an ended subscription make a task that fails at once: for clients that learn of it
    /// from the task's status only.
    pub async fn submit_or_fail(&self, input: TaskInput, idempotency_key: Option<String>) -> Result<TaskId, Problem> {
        self.submit_as(input, idempotency_key, None, Refusal::Made).await
    }

    pub(super) async fn submit_as(
        &self,
        input: TaskInput,
        key: Option<String>,
        retry_of: Option<TaskId>,
        refusal: Refusal,
    ) -> Result<TaskId, Problem> {
        self.submit_with(input, key, retry_of, refusal, None).await
    }

    /// `carry`: what the new task takes over of an earlier one.
    pub(super) async fn submit_with(
        &self,
        input: TaskInput,
        key: Option<String>,
        retry_of: Option<TaskId>,
        refusal: Refusal,
        carry: Option<Carry>,
    ) -> Result<TaskId, Problem> {
        let key = key.filter(|key| !key.is_empty());
        if key.as_ref().is_some_and(|key| key.chars().count() > MAX_KEY_CHARS || key.chars().any(char::is_control)) {
            return Err(Problem::invalid(
                "idempotency_key",
                format!("An idempotency key has at most {MAX_KEY_CHARS} printable characters."),
            ));
        }
        // Before anything is fetched or looked at: what is refused costs nothing.
        let guest_at = self.identity.is_guest().then_some(self.address);
        self.state.limits.admit_start(self.account_id, guest_at, self.state.clock.now())?;
        let input = self.complete(input).await?;
        let retry_of = match &input {
            TaskInput::Prompt(PromptInput { from: Some(from), .. }) if retry_of.is_none() => Some(self.earlier_prompt(*from).await?),
            _ => retry_of,
        };
        let (input, inspected) = self.look_at(input).await?;
        let kind = input.kind();
        let generator = self.state.generators.get(&kind);
        let stages = generator.map(|generator| generator.stages()).unwrap_or_default();
        let price = generator.map(|generator| generator.price()).unwrap_or_default();
        let created = Created {
            kind,
            title: inspected.title,
            source: inspected.source,
            stages,
            max_attempts: self.state.settings.queue.max_retries + 1,
            retry_of,
        };
        let clock = &*self.state.clock;
        let new = NewTask {
            task_id: random::new_task_id(clock),
            account_id: self.account_id,
            input,
            created,
            idempotency_key: key,
            price,
            refused: None,
            at: clock.now(),
        };
        let again = (refusal == Refusal::Made).then(|| new.clone());
        let stored = match carry {
            Some(carry) => self.state.store.submit_with(new, carry).await,
            None => self.state.store.submit(new).await,
        };
        let submitted = match (stored, again) {
            (Err(error @ (StoreError::TooFewTokens { .. } | StoreError::NotSubscribed { .. })), Some(new)) => {
                self.state.store.submit(NewTask { refused: Some(error.into()), ..new }).await?
            }
            (submitted, _) => submitted?,
        };
        self.state.hub.publish(&submitted.events);
        if retry_of.is_some() {
            self.state.rooms.ran(self.state.store.project_of(self.account_id, submitted.task_id).await?);
        }
        self.state.queue.wake();
        Ok(submitted.task_id)
    }

    /// One's own, and a prompt.
    async fn earlier_prompt(&self, from: TaskId) -> Result<TaskId, Problem> {
        match self.owned(from).await {
            Ok(summary) if summary.kind == Kind::Prompt => Ok(from),
            Ok(_) => Err(Problem::invalid("from", "This task is no prompt, so there is no next version of it.")),
            Err(problem) if problem.status < 500 => Err(Problem::invalid("from", "There is no such prompt of yours.")),
            Err(problem) => Err(problem),
        }
    }

    /// A model made of what was given, to be looked at before a project is made of it.
    pub async fn draft(&self, input: ProjectInput) -> Result<ModelDraft, Problem> {
        let _turn = self.turn().await?;
        let drafted = tokio::task::spawn_blocking(move || {
            let Drafted { model, notes } = project::input::draft(&input)?;
            project::model::validate(&model).map_err(project::model::problem)?;
            Ok(ModelDraft { text: project::model::text::print(&model), model, notes })
        });
        drafted.await.map_err(|_| Problem::internal())?
    }

    /// Checks the fields and turns an address into the document behind it.
    async fn complete(&self, input: TaskInput) -> Result<TaskInput, Problem> {
        let TestSuiteInput { name, description, url } = match input {
            TaskInput::TestSuite(input) => input,
            // These are complete as they are; their generators say what is wrong with them.
            TaskInput::Prompt(_) | TaskInput::Project(_) => return Ok(input),
        };
        let description = description.filter(|text| !text.trim().is_empty());
        let url = url.map(|url| url.trim().to_owned()).filter(|url| !url.is_empty());
        let name = name
            .map(|name| name.chars().filter(|c| !c.is_control()).take(MAX_NAME_CHARS).collect())
            .filter(|name: &String| !name.is_empty());
        let (name, description) = match (description, url) {
            (Some(text), None) => (name, text),
            (None, Some(url)) => {
                let fetched = self.state.fetcher.fetch(&url).await?;
                (name.or(Some(fetched.name)), fetched.text)
            }
            (Some(_), Some(_)) => return Err(Problem::invalid("url", "Give a description or an address, not both.")),
            (None, None) => {
                return Err(Problem::invalid(
                    "description",
                    "Give an OpenAPI description: drop a file, paste its text, or give its address.",
                ));
            }
        };
        if description.len() > MAX_DESCRIPTION_BYTES {
            return Err(Problem::invalid(
                "description",
                format!("The description has {} bytes; at most {MAX_DESCRIPTION_BYTES} (16 MiB) are accepted.", description.len()),
            ));
        }
        Ok(TaskInput::TestSuite(TestSuiteInput { name, description: Some(description), url: None }))
    }

    async fn look_at(&self, input: TaskInput) -> Result<(TaskInput, Inspected), Problem> {
        let Some(generator) = self.state.generators.get(&input.kind()).cloned() else {
            return Err(Problem::invalid("kind", format!("This server cannot generate {}.", input.kind())));
        };
        let _turn = self.turn().await?;
        tokio::task::spawn_blocking(move || {
            let inspected = generator.inspect(&input)?;
            Ok((input, inspected))
        })
        .await
        .unwrap_or_else(|error| {
            tracing::error!(%error, "a generator's inspection panicked");
            Err(Problem::internal())
        })
    }

    /// Looking at what somebody sent is work: only so many do it at once.
    async fn turn(&self) -> Result<tokio::sync::SemaphorePermit<'_>, Problem> {
        let turn = tokio::time::timeout(INSPECTION_WAIT, self.state.inspections.acquire()).await;
        let busy = || Problem::unavailable("Many descriptions are being checked right now. Please try again in a few seconds.");
        turn.ok().and_then(Result::ok).ok_or_else(busy)
    }
}
