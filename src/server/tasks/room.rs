//! A project's room: its runs, the links to it, what is said in it.
//!
//! A room is named by any of its runs. Who has a link sees runs and comments, and no links: neither others nor their own.

use super::{Caller, access::watch_only};
use crate::{
    protocol::{
        Problem, TaskId, Timestamp,
        room::{
            Comment, CommentPage, CommentWish, FreshShare, MAX_COMMENT_CHARS, MAX_LABEL_CHARS, MAX_NAME_CHARS, RoomView, RunPage,
            SHARE_HOURS, ShareId, ShareInfo, ShareWish, Told,
        },
    },
    server::{
        accounts::secret,
        inert::clean_text,
        random,
        store::{
            StoreError,
            room::{MAX_COMMENTS_PER_READ, NewComment, NewShare},
        },
    },
};

/// Runs of a page when nothing else is asked for.
const RUN_PAGE: u32 = 25;
const HOUR_MS: i64 = 3_600_000;
/// What the owner of a project is called in its room.
pub const OWNER: &str = "Owner";

impl Caller {
    /// The room as its page shows it, with what a form of it came to.
    pub async fn room(&self, task_id: TaskId, told: Told) -> Result<RoomView, Problem> {
        let standing = self.standing(task_id).await?;
        let project_id = standing.project_id;
        let shares = if standing.owner { self.shares(project_id).await? } else { Vec::new() };
        let (runs, comments) = (self.runs(project_id, None, 0).await?, self.comments(project_id, None).await?);
        Ok(RoomView { standing, runs, comments, shares, told })
    }

    /// The project's newest run.
    pub async fn present_run(&self, task_id: TaskId) -> Result<TaskId, Problem> {
        let (owner, project_id) = self.project(task_id).await?;
        Ok(self.state.store.present_run(owner, project_id).await?)
    }

    pub async fn runs(&self, task_id: TaskId, before: Option<TaskId>, limit: u32) -> Result<RunPage, Problem> {
        let (owner, project_id) = self.project(task_id).await?;
        let limit = if limit == 0 { RUN_PAGE } else { limit };
        Ok(self.state.store.runs(owner, project_id, before, limit).await?)
    }

    async fn project(&self, task_id: TaskId) -> Result<(crate::protocol::AccountId, TaskId), Problem> {
        let access = self.access(task_id).await?;
        let project_id = match access.shared {
            Some(shared) => shared.project_id,
            None => self.state.store.project_of(access.owner, task_id).await?,
        };
        Ok((access.owner, project_id))
    }

    async fn own_project(&self, task_id: TaskId) -> Result<TaskId, Problem> {
        self.owned(task_id).await?;
        Ok(self.state.store.project_of(self.account_id, task_id).await?)
    }

    // -- links ------------------------------------------------------------------------------------------

    pub async fn shares(&self, task_id: TaskId) -> Result<Vec<ShareInfo>, Problem> {
        let project_id = self.own_project(task_id).await?;
        Ok(self.state.store.shares(self.account_id, project_id, self.state.clock.now()).await?)
    }

    /// Makes a link. The answer is the only time that its token is seen.
    pub async fn add_share(&self, task_id: TaskId, wish: ShareWish) -> Result<FreshShare, Problem> {
        let project_id = self.own_project(task_id).await?;
        if !SHARE_HOURS.contains(&wish.hours) {
            return Err(Problem::invalid("hours", "A link is good for 1 hour to 30 days (720 hours)."));
        }
        let label = line(&wish.label);
        if label.chars().count() > MAX_LABEL_CHARS {
            return Err(Problem::invalid("label", format!("A label has at most {MAX_LABEL_CHARS} characters.")));
        }
        let (token, at) = (secret::new(), self.state.clock.now());
        let info = ShareInfo {
            id: ShareId(random::new_task_id(&*self.state.clock).0),
            label,
            may_comment: wish.may_comment,
            created_at: at,
            expires_at: at.plus_ms(i64::from(wish.hours) * HOUR_MS),
            last_used_at: None,
        };
        let new = NewShare { share: info.clone(), project_id, account_id: self.account_id, secret: secret::digest(&token) };
        self.state.store.add_share(new).await.map_err(|error| match error {
            StoreError::Limit { .. } => Problem::conflict("The project has as many links as it can. Revoke one that is not needed."),
            error => error.into(),
        })?;
        self.record("link made", format!("{} to {project_id}, until {}", info.id.0, info.expires_at), self.address).await?;
        Ok(FreshShare { path: format!("/projects/{project_id}?share={token}"), info, token })
    }

    /// Whoever has it is out within a second.
    pub async fn revoke_share(&self, task_id: TaskId, share_id: ShareId) -> Result<(), Problem> {
        let project_id = self.own_project(task_id).await?;
        let revoked = self.state.store.revoke_share(self.account_id, project_id, share_id).await;
        revoked.map_err(|error| missing(error, "link"))?;
        self.state.revoke_now().await;
        self.record("link revoked", share_id.0.to_string(), self.address).await
    }

    // -- comments ---------------------------------------------------------------------------------------

    pub async fn comments(&self, task_id: TaskId, before: Option<i64>) -> Result<CommentPage, Problem> {
        let (_, project_id) = self.project(task_id).await?;
        Ok(self.state.store.comments(project_id, self.account_id, before, MAX_COMMENTS_PER_READ).await?)
    }

    pub async fn add_comment(&self, room: TaskId, wish: CommentWish) -> Result<Comment, Problem> {
        let standing = self.standing(room).await?;
        if !standing.may_comment {
            return Err(watch_only("Whoever made it did not allow comments."));
        }
        if self.standing(wish.task_id).await?.project_id != standing.project_id {
            return Err(Problem::not_found("task"));
        }
        let text = clean_text(wish.text.trim()).into_owned();
        if text.is_empty() || text.chars().count() > MAX_COMMENT_CHARS {
            return Err(Problem::invalid("text", format!("A comment has 1 to {MAX_COMMENT_CHARS} characters.")));
        }
        let name = if standing.owner { OWNER.to_owned() } else { name(&wish.name)? };
        let at: Timestamp = self.state.clock.now();
        let CommentWish { task_id, seq, .. } = wish;
        let new = NewComment { task_id, seq, account_id: self.account_id, name: name.clone(), text: text.clone(), at };
        let id = self.state.store.add_comment(new).await.map_err(|error| match error {
            StoreError::Refused { .. } => Problem::invalid("seq", "The run's log has no such line yet."),
            StoreError::Limit { .. } => Problem::conflict("There are as many comments as there can be. Take some back first."),
            error => error.into(),
        })?;
        self.state.rooms.said(standing.project_id);
        Ok(Comment { id, task_id, seq, name, text, at, owner: standing.owner, mine: true })
    }

    pub async fn remove_comment(&self, room: TaskId, comment_id: i64) -> Result<(), Problem> {
        let (_, project_id) = self.project(room).await?;
        let removed = self.state.store.remove_comment(project_id, self.account_id, comment_id).await;
        removed.map_err(|error| missing(error, "comment"))?;
        self.state.rooms.said(project_id);
        Ok(())
    }
}

fn missing(error: StoreError, what: &str) -> Problem {
    match error {
        StoreError::NotFound => Problem::not_found(what),
        error => error.into(),
    }
}

/// One line of text, without what a terminal or a reader would obey.
fn line(text: &str) -> String {
    clean_text(text.trim()).replace(['\n', '\t'], " ")
}

fn name(text: &str) -> Result<String, Problem> {
    let name = line(text);
    if name.is_empty() || name.chars().count() > MAX_NAME_CHARS {
        return Err(Problem::invalid("name", format!("Say who you are, in at most {MAX_NAME_CHARS} characters.")));
    }
    if name.to_lowercase() == OWNER.to_lowercase() {
        return Err(Problem::invalid("name", "That is what the project's owner is called here. Please take another name."));
    }
    Ok(name)
}
