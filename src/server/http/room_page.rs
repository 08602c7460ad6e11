//! The forms of a project's room, without script: all post to the room's own address, so that the page that shows what became of one is the room.

use axum::{
    Form,
    extract::State,
    http::request::Parts,
    response::{IntoResponse, Redirect, Response},
};

use super::{TaskPath, pages};
use crate::{
    protocol::{
        Problem, TaskId,
        room::{CommentWish, MAX_COMMENT_CHARS, MAX_NAME_CHARS, ShareId, ShareWish, Told},
    },
    server::{state::AppState, tasks::Caller},
};

struct Fields(Vec<(String, String)>);

impl Fields {
    fn text(&self, name: &str) -> &str {
        self.0.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value)
    }
}

/// `POST /projects/{id}`: what is wanted is in `do`.
pub(super) async fn act(
    State(state): State<AppState>,
    caller: Caller,
    TaskPath(id): TaskPath,
    parts: Parts,
    Form(fields): Form<Vec<(String, String)>>,
) -> Response {
    let fields = Fields(fields);
    let back = |place: &str| Ok(Err(Redirect::to(&format!("/projects/{id}{place}"))));
    let done: Result<Result<Told, Redirect>, Problem> = match fields.text("do") {
        "generate" => caller.run_again(id).await.and_then(|_| back("")),
        "share" => {
            let hours = fields.text("hours").parse().unwrap_or(0);
            let wish = ShareWish { hours, label: fields.text("label").into(), may_comment: !fields.text("may_comment").is_empty() };
            caller.add_share(id, wish).await.map(|fresh| Ok(Told { fresh: Some(fresh), ..Told::default() }))
        }
        "unshare" => match fields.text("share").parse() {
            Ok(share) => caller.revoke_share(id, ShareId(share)).await.and_then(|()| back("#links")),
            Err(_) => Err(Problem::not_found("link")),
        },
        "comment" => comment(&caller, id, &fields).await.and_then(|()| back("#comments")),
        "uncomment" => match fields.text("comment").parse() {
            Ok(comment) => caller.remove_comment(id, comment).await.and_then(|()| back("#comments")),
            Err(_) => Err(Problem::not_found("comment")),
        },
        _ => Err(Problem::invalid("do", "The form does not say what is wanted.")),
    };
    let told = match done {
        Ok(Err(back)) => return back.into_response(),
        Ok(Ok(told)) => told,
        Err(problem) => Told {
            problem: Some(problem),
            fresh: None,
            // What was typed comes back, unless nobody could have typed it.
            comment: fields.text("text").chars().take(2 * MAX_COMMENT_CHARS).collect(),
            name: fields.text("name").chars().take(2 * MAX_NAME_CHARS).collect(),
        },
    };
    pages::show_room(&state, parts, told).await
}

async fn comment(caller: &Caller, id: TaskId, fields: &Fields) -> Result<(), Problem> {
    let task_id: TaskId = fields.text("task").parse().map_err(|_| Problem::not_found("task"))?;
    let seq = match fields.text("seq").trim() {
        "" => caller.snapshot(task_id).await?.last_line(),
        line => line.parse().map_err(|_| Problem::invalid("seq", "A line is a number, as it stands before it in the log."))?,
    };
    let wish = CommentWish { task_id, seq, text: fields.text("text").into(), name: fields.text("name").into() };
    caller.add_comment(id, wish).await.map(drop)
}
