//! The last two rungs: ask for what comes after the cursor, with or without waiting for it.

use std::{future::Future, pin::Pin};

use gloo_net::http::Request;
use serde::Deserialize;
use web_sys::AbortController;

use super::session::Heard;
use crate::protocol::{CloseCode, Event, TaskId};

/// `{"events":[…],"head":12}`
#[derive(Deserialize)]
struct Answer {
    events: Vec<Event>,
    head: u64,
}

/// Asks until the head is reached, then says that it was answered.
pub fn talk(
    task_id: TaskId,
    wait_seconds: u32,
    cursor: impl Fn() -> Option<u64> + 'static,
    hear: impl Fn(Heard) + 'static,
) -> Pin<Box<dyn Future<Output = ()>>> {
    Box::pin(async move {
        let Ok(controller) = AbortController::new() else { return hear(Heard::Failed(None)) };
        let abort = AbortOnDrop(controller);
        while let Some(after) = cursor() {
            let address = format!("/api/v1/tasks/{task_id}/events?after={after}&wait={wait_seconds}");
            let request = Request::get(&address).header("Accept", "application/json").abort_signal(Some(&abort.0.signal()));
            let answer = match request.send().await {
                Ok(response) if response.ok() => response.text().await.ok().and_then(|text| serde_json::from_str::<Answer>(&text).ok()),
                Ok(response) => return hear(Heard::Failed(close_code(response.status()))),
                Err(_) => None,
            };
            let Some(answer) = answer else { return hear(Heard::Failed(None)) };
            let empty = answer.events.is_empty();
            for event in answer.events {
                hear(Heard::Event(event));
            }
            if empty || cursor().is_none_or(|seq| seq >= answer.head) {
                return hear(Heard::Answered);
            }
        }
    })
}

/// A refusal over HTTP in the words of the socket.
fn close_code(status: u16) -> Option<u16> {
    match status {
        404 => Some(CloseCode::UnknownTask.code()),
        401 | 403 => Some(CloseCode::Forbidden.code()),
        _ => None,
    }
}

struct AbortOnDrop(AbortController);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}
