//! What the server functions of `app/api.rs` have in common: the caller of the request they run in, and the HTTP
//! status of its answer. A page that is rendered is such a request too, and gets the status of what it shows.

use axum::http::StatusCode;
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;

use super::{http::problem::limit_headers, tasks::Caller};
use crate::protocol::{Problem, TaskId};

/// Runs a use case for the caller in the context.
///
/// # Errors
/// The use case's; the answer's status is the problem's.
pub async fn answer<T, A>(use_case: impl FnOnce(Caller) -> A) -> Result<T, Problem>
where
    A: Future<Output = Result<T, Problem>>,
{
    let response = use_context::<ResponseOptions>();
    let result = match use_context::<Caller>() {
        Some(caller) => use_case(caller).await,
        None => Err(Problem::internal()),
    };
    if let (Err(problem), Some(response)) = (&result, response)
        && let Ok(status) = StatusCode::from_u16(problem.status)
    {
        response.set_status(status);
        for (name, value) in limit_headers(problem) {
            response.insert_header(name, value);
        }
    }
    result
}

/// What is no id at all is as unknown as an id that nobody has.
///
/// # Errors
/// Not found.
pub fn task_id(text: &str) -> Result<TaskId, Problem> {
    text.parse().map_err(|_| Problem::not_found("task"))
}
