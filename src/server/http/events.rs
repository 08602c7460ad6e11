//! `GET /api/v1/tasks/{id}/events`: a task's log over plain HTTP.
//!
//! As Server-Sent Events (`Accept: text/event-stream`; resumes after `Last-Event-ID` or `?after=`): the same frames as over
//! the WebSocket. As JSON (`Accept: application/json`): what is there after `?after=`, or, with `?wait=` seconds, what comes.

use std::{convert::Infallible, time::Duration};

use axum::{
    extract::{Query, State},
    http::{HeaderMap, HeaderValue, header},
    response::{
        IntoResponse, Response, Sse,
        sse::{self, KeepAlive},
    },
};
use futures::{Stream, stream};
use serde::Deserialize;
use tokio::time::timeout;
use utoipa::{IntoParams, ToSchema};

use super::{
    TaskPath,
    admission::{self, Permit},
    framing::Beginning,
    live::{Opening, open},
    openapi::{NotFound, Unacceptable},
};
use crate::{
    protocol::{
        Event, Frame, Problem, TaskId,
        frame::{HEARTBEAT_MS, Heartbeat},
    },
    server::{hub::Batch, state::AppState, tasks::Caller},
};

/// Longest a long-poll waits: below the idle time-outs of usual proxies.
const MAX_WAIT_SECONDS: u64 = 25;
const HEARTBEAT: Duration = Duration::from_millis(HEARTBEAT_MS);

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct EventsQuery {
    /// The last event that you have.
    #[param(nullable = false)]
    after: Option<u64>,
    /// Seconds to wait for the next event, as JSON; at most 25 are waited.
    #[param(nullable = false)]
    wait: Option<u64>,
}

/// Some events of a task's log, and the number of its newest.
#[derive(ToSchema)]
#[expect(dead_code, reason = "written from events that are encoded already")]
struct EventPage {
    events: Vec<Event>,
    head: u64,
}

/// One Server-Sent Event.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the library writes it")]
struct Message {
    /// The event's number; absent where a frame is no event of the log.
    #[schema(nullable = false)]
    id: Option<String>,
    /// A frame, as JSON.
    #[schema(content_media_type = "application/json")]
    data: String,
}

/// A task's log: what is there, and what comes.
///
/// `Accept: application/json` gets a page, after `wait` at the latest; all others get Server-Sent Events whose `data` is
/// a frame each (`connection` first, then events, `heartbeat` in between).
#[utoipa::path(
    get, path = "/api/v1/tasks/{id}/events", operation_id = "read_events", tag = "live",
    params(
        ("id" = TaskId, Path, description = "The task."), EventsQuery,
        ("Last-Event-ID" = Option<String>, Header, description = "As `after`; browsers send it by themselves when they reconnect.")
    ),
    responses(
        (status = 200, description = "The log.", content((EventPage = "application/json"), (Message = "text/event-stream"))),
        NotFound, Unacceptable
    )
)]

pub(super) async fn events(
    State(state): State<AppState>,
    caller: Caller,
    TaskPath(task_id): TaskPath,
    query: Result<Query<EventsQuery>, axum::extract::rejection::QueryRejection>,
    headers: HeaderMap,
) -> Response {
    let Ok(Query(query)) = query else {
        return Problem::invalid("after", "`after` is an event's number, `wait` a number of seconds.").into_response();
    };
    let accepts =
        |media_type: &str| headers.get_all(header::ACCEPT).iter().any(|value| value.to_str().is_ok_and(|value| value.contains(media_type)));
    if accepts("application/json") && !accepts("text/event-stream") {
        let wait = Duration::from_secs(query.wait.unwrap_or(0).min(MAX_WAIT_SECONDS));
        return page(&caller, task_id, query.after.unwrap_or(0), wait).await.unwrap_or_else(IntoResponse::into_response);
    }
    let resumed = headers.get("last-event-id").and_then(|value| value.to_str().ok()).and_then(|value| value.parse().ok());
    let opening = match open(&caller, task_id, resumed.or(query.after), Beginning::Snapshot).await {
        Ok(opening) => opening,
        Err(problem) => return problem.into_response(),
    };
    match admission::let_in(&caller, task_id, opening.shared).await {
        Ok(permit) => stream_events(state, task_id, opening, permit),
        Err(refused) => refused,
    }
}

/// `{"events":[…],"head":12}`. Waits up to `wait` for the first event after `after`.
async fn page(caller: &Caller, task_id: TaskId, after: u64, wait: Duration) -> Result<Response, Problem> {
    let mut subscription = caller.watch(task_id, after).await?;
    let stop = caller.state.soft_stop.clone();
    let batch = if wait.is_zero() {
        subscription.try_next().await?
    } else {
        let batch = tokio::select! {
            waited = timeout(wait, subscription.next()) => waited.unwrap_or_else(|_| Ok(std::sync::Arc::default()))?,
            () = stop.cancelled() => return Err(Problem::unavailable("The server is restarting. Please ask again in a moment.")),
        };
        // Nothing that happened after it was revoked goes to whoever had it.
        admission::still_good(caller, task_id).await?;
        batch
    };
    let events = batch.iter().map(|event| event.json.as_str()).collect::<Vec<_>>().join(",");
    let head = subscription.head().max(caller.state.store.head_seq(task_id).await?);
    let body = format!(r#"{{"events":[{events}],"head":{head}}}"#);
    Ok(([(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")], body).into_response())
}

fn stream_events(state: AppState, task_id: TaskId, opening: Opening, permit: Permit) -> Response {
    let done = opening.connection.status.is_terminal() && opening.subscription.cursor() == opening.connection.seq;
    let first = sse::Event::default().data(Frame::Connection(opening.connection).encode());
    let follower = Follower { state, task_id, subscription: opening.subscription, done, permit };
    let frames = stream::unfold((Some(first), follower), |(first, mut follower)| async move {
        match first {
            Some(first) => Some((vec![first], (None, follower))),
            None => follower.next().await.map(|frames| (frames, (None, follower))),
        }
    });
    let mut response = Sse::new(flatten(frames)).keep_alive(KeepAlive::new().interval(Duration::from_secs(15))).into_response();
    // Proxies must pass each event on as it comes.
    response.headers_mut().insert("x-accel-buffering", HeaderValue::from_static("no"));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn flatten(frames: impl Stream<Item = Vec<sse::Event>>) -> impl Stream<Item = Result<sse::Event, Infallible>> {
    use futures::StreamExt;
    frames.flat_map(|frames| stream::iter(frames.into_iter().map(Ok)))
}

struct Follower {
    state: AppState,
    task_id: TaskId,
    subscription: crate::server::hub::Subscription,
    done: bool,
    permit: Permit,
}

impl Follower {
    async fn next(&mut self) -> Option<Vec<sse::Event>> {
        if self.done {
            return None;
        }
        tokio::select! {
            () = self.permit.end.cancelled() => None,
            batch = timeout(HEARTBEAT, self.subscription.next()) => match batch {
                Ok(Ok(batch)) => {
                    self.done = batch.last().is_some_and(|event| event.terminal);
                    Some(encode(&batch))
                }
                Ok(Err(error)) => {
                    tracing::error!(%error, "cannot read the log for an event stream");
                    None
                }
                Err(_) => {
                    let beat = Heartbeat { task_id: self.task_id, seq: self.subscription.head(), timestamp: self.state.clock.now() };
                    Some(vec![sse::Event::default().data(Frame::Heartbeat(beat).encode())])
                }
            },
        }
    }
}

fn encode(batch: &Batch) -> Vec<sse::Event> {
    // JSON has no raw line breaks, so one `data:` line carries it.
    batch.iter().map(|event| sse::Event::default().id(event.seq.to_string()).data(event.json.as_str())).collect()
}
