//! Pages of a project's run, without script: edit a file, change what it is made of, see what differs from the run before.

use axum::{
    Form, Router,
    extract::{Query, Request},
    http::{Method, StatusCode, request::Parts},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use leptos_axum::render_app_async_with_context;
use serde::Deserialize;

use super::{TaskPath, pages, project_form::ProjectForm};
use crate::{
    app::still::{ChangesView, EditView, ForkView, RunView, run_shell},
    protocol::{
        Problem, TaskId,
        edit::{EditChange, Fork, OptionsChange},
    },
    server::{state::AppState, tasks::Caller},
};

pub(super) fn router() -> Router<AppState> {
    Router::new()
        .route("/tasks/{id}/edit", get(edit).post(save))
        .route("/tasks/{id}/fork", get(fork).post(begin))
        .route("/tasks/{id}/changes", get(changes))
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Asked {
    file: String,
    against: String,
}

async fn edit(caller: Caller, TaskPath(task_id): TaskPath, Query(asked): Query<Asked>, parts: Parts) -> Response {
    match edit_view(&caller, task_id, &asked.file, None).await {
        Ok(view) => page(&caller, parts, RunView::Edit(view), StatusCode::OK).await,
        Err(problem) => refused(&caller, parts, task_id, problem).await,
    }
}

async fn edit_view(caller: &Caller, task_id: TaskId, path: &str, typed: Option<(String, Problem)>) -> Result<EditView, Problem> {
    let editable = caller.editable(task_id, path).await?;
    let (content, problem) = typed.map_or((editable.content, None), |(content, problem)| (content, Some(problem)));
    Ok(EditView { task_id, title: editable.title, path: path.into(), content, is_edited: editable.is_edited, problem })
}

#[derive(Deserialize)]
struct Saved {
    path: String,
    content: String,
    /// `restore`: takes the edit back.
    #[serde(default)]
    action: String,
    idempotency_key: String,
}

async fn save(caller: Caller, TaskPath(task_id): TaskPath, parts: Parts, Form(saved): Form<Saved>) -> Response {
    let Saved { path, content, action, idempotency_key } = saved;
    let change = EditChange { path: path.clone(), content: (action != "restore").then(|| content.clone()) };
    match caller.fork(task_id, Fork { edits: vec![change], ..Fork::default() }, Some(idempotency_key)).await {
        Ok(new) => Redirect::to(&format!("/tasks/{new}")).into_response(),
        Err(problem) => {
            let status = status(&problem);
            match edit_view(&caller, task_id, &path, Some((content, problem.clone()))).await {
                Ok(view) => page(&caller, parts, RunView::Edit(view), status).await,
                Err(_) => refused(&caller, parts, task_id, problem).await,
            }
        }
    }
}

async fn fork(caller: Caller, TaskPath(task_id): TaskPath, parts: Parts) -> Response {
    match fork_view(&caller, task_id, None).await {
        Ok(view) => page(&caller, parts, RunView::Fork(view), StatusCode::OK).await,
        Err(problem) => refused(&caller, parts, task_id, problem).await,
    }
}

async fn fork_view(caller: &Caller, task_id: TaskId, sent: Option<(&Begun, Problem)>) -> Result<ForkView, Problem> {
    let start = caller.fork_start(task_id).await?;
    let mut view = ForkView {
        task_id,
        title: start.title,
        text: start.text,
        options: start.options,
        agents: start.agents.into_iter().map(|(name, label)| (name, label, false)).collect(),
        edits: start.edits.into_iter().map(|path| (path, true)).collect(),
        problem: None,
    };
    if let Some((begun, problem)) = sent {
        view.text = begun.project.text.clone().unwrap_or_default();
        view.options = begun.project.options();
        view.agents.iter_mut().for_each(|(name, _, ticked)| *ticked = begun.agents.split_whitespace().any(|agent| agent == name));
        view.problem = Some(problem);
    }
    Ok(view)
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Begun {
    #[serde(flatten)]
    project: ProjectForm,
    idempotency_key: String,
    /// Names with a space between them, gathered of the ticked ones.
    #[serde(skip)]
    agents: String,
    /// Paths of edits that are kept.
    #[serde(skip)]
    kept: Vec<String>,
}

/// A form's fields in order: those that are there more than once are gathered by hand.
async fn begin(caller: Caller, TaskPath(task_id): TaskPath, parts: Parts, Form(fields): Form<Vec<(String, String)>>) -> Response {
    let all = |name: &str| fields.iter().filter(|(field, _)| field == name).map(|(_, value)| value.clone()).collect::<Vec<_>>();
    let single = fields.iter().filter(|(field, _)| field != "agent" && field != "edit").cloned();
    let object: serde_json::Map<String, serde_json::Value> = single.map(|(field, value)| (field, value.into())).collect();
    let mut begun: Begun = serde_json::from_value(object.into()).unwrap_or_default();
    begun.agents = all("agent").join(" ");
    begun.kept = all("edit");
    match begin_run(&caller, task_id, &begun).await {
        Ok(new) => Redirect::to(&format!("/tasks/{new}")).into_response(),
        Err(problem) => {
            let status = status(&problem);
            match fork_view(&caller, task_id, Some((&begun, problem.clone()))).await {
                Ok(view) => page(&caller, parts, RunView::Fork(view), status).await,
                Err(_) => refused(&caller, parts, task_id, problem).await,
            }
        }
    }
}

async fn begin_run(caller: &Caller, task_id: TaskId, begun: &Begun) -> Result<TaskId, Problem> {
    let start = caller.fork_start(task_id).await?;
    let text = begun.project.input().text;
    // What was not touched is not sent on: a model that was given as a brief stays one.
    let text = text.filter(|text| text.trim() != start.text.trim());
    let options = begun.project.options();
    let change = OptionsChange {
        stack: Some(options.stack),
        database: Some(options.database),
        access: Some(options.access),
        front_end: Some(options.front_end),
        docker: Some(options.docker),
        ci: Some(options.ci),
        licence: Some(options.licence),
    };
    let dropped = start.edits.into_iter().filter(|path| !begun.kept.contains(path));
    let fork = Fork {
        text,
        options: Some(change),
        edits: dropped.map(|path| EditChange { path, content: None }).collect(),
        agents: begun.agents.split_whitespace().map(str::to_owned).collect(),
        ..Fork::default()
    };
    caller.fork(task_id, fork, Some(begun.idempotency_key.clone())).await
}

async fn changes(caller: Caller, TaskPath(task_id): TaskPath, Query(asked): Query<Asked>, parts: Parts) -> Response {
    match changes_view(&caller, task_id, &asked).await {
        Ok(view) => page(&caller, parts, RunView::Changes(view), StatusCode::OK).await,
        Err(problem) => refused(&caller, parts, task_id, problem).await,
    }
}

async fn changes_view(caller: &Caller, task_id: TaskId, asked: &Asked) -> Result<ChangesView, Problem> {
    let against = match asked.against.as_str() {
        "" => None,
        id => Some(id.parse().map_err(|_| Problem::not_found("task"))?),
    };
    let title = caller.summary(task_id).await?.title;
    let diff = caller.diff(task_id, against).await?;
    let file = match asked.file.as_str() {
        "" => None,
        path => Some(caller.file_diff(task_id, against, path).await?),
    };
    Ok(ChangesView { title, diff, file })
}

fn status(problem: &Problem) -> StatusCode {
    StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

async fn refused(caller: &Caller, parts: Parts, task_id: TaskId, problem: Problem) -> Response {
    let status = status(&problem);
    page(caller, parts, RunView::Refused(task_id, problem), status).await
}

async fn page(caller: &Caller, mut parts: Parts, view: RunView, status: StatusCode) -> Response {
    parts.method = Method::GET;
    let (context, options) = (pages::page_context(&caller.state), caller.state.leptos.clone());
    let render = render_app_async_with_context(context, move || run_shell(options.clone(), &view));
    let mut response = render(Request::from_parts(parts, axum::body::Body::empty())).await;
    *response.status_mut() = status;
    response
}
