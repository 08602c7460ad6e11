//! REST: `/api/v1/projects`. A project is a task like any other (`/api/v1/tasks`); what is here comes before there is one.

use axum::{Json, extract::Request};

use super::{
    openapi::{NotOfThisKind, Unacceptable, requests::AskedDraft},
    upload,
};
use crate::{
    protocol::{Problem, project::ModelDraft},
    server::tasks::Caller,
};

/// Draft a model, without making a task.
///
/// Of a brief in plain words or an API description comes a model of entities, as JSON and in their language, with what was assumed on
/// the way. It is made by rules: nobody is asked, the same input gives the same model. A model that is sent comes back as it will be read, or with
/// what is wrong with it, by entity and field.
#[utoipa::path(
    post, path = "/api/v1/projects/draft", operation_id = "draft_project", tag = "tasks",
    request_body(content((AskedDraft = "application/json"))),
    responses((status = 200, description = "The model.", body = ModelDraft), NotOfThisKind, Unacceptable)
)]
pub(super) async fn draft(caller: Caller, request: Request) -> Result<Json<ModelDraft>, Problem> {
    caller.draft(upload::read_json(request).await?).await.map(Json)
}
