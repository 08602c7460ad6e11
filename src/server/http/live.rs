//! `GET /api/v1/tasks/{id}/live?after=N`: a task's log over a WebSocket.
//!
//! Guarantees: the first frame is `connection`; then every event after N, in order, each once, then live. Nothing is
//! queued for a session: it pulls batches from the hub at its client's pace, so a slow client costs one batch. A client
//! that takes longer than [`SEND_LIMIT`] for a batch, or answers no ping, is closed with a code that says "resume".

use std::{ops::ControlFlow, pin::pin, time::Duration};

use axum::{
    extract::{
        Query, State,
        ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade, rejection::WebSocketUpgradeRejection},
    },
    response::{IntoResponse, Response},
};
use futures::SinkExt;
use serde::Deserialize;
use tokio::time::{Instant, timeout};

use super::{TaskPath, admission::Permit};
use crate::{
    protocol::{
        ClientFrame, CloseCode, Frame, Problem, TaskId,
        frame::{Connection, HEARTBEAT_MS, Heartbeat, MAX_CLIENT_FRAME_BYTES},
    },
    server::{hub::Subscription, state::AppState, tasks::Caller},
};

/// How long a client may take for one batch (at most 256 KiB).
const SEND_LIMIT: Duration = Duration::from_secs(10);
/// How long a client may take to answer a ping.
const PONG_LIMIT: Duration = Duration::from_secs(10);
const HEARTBEAT: Duration = Duration::from_millis(HEARTBEAT_MS);
/// What the socket may hold unsent beyond a batch; the library's default is unlimited.
const WRITE_BUFFER_BYTES: usize = 512 * 1024;
/// Per connection, for as long as it lasts: idle watchers should cost little.
const READ_BUFFER_BYTES: usize = 2 * 1024;

#[derive(Deserialize)]
pub(super) struct Cursor {
    pub after: Option<u64>,
}

pub(super) async fn live(
    State(state): State<AppState>,
    caller: Caller,
    TaskPath(task_id): TaskPath,
    cursor: Result<Query<Cursor>, axum::extract::rejection::QueryRejection>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    let Ok(Query(cursor)) = cursor else {
        return Problem::invalid("after", "`after` is the number of the last event that you have.").into_response();
    };
    let opening = match open(&caller, task_id, cursor.after).await {
        Ok(opening) => opening,
        Err(problem) => return problem.into_response(),
    };
    let Ok(upgrade) = upgrade else {
        return Problem::new(426, "upgrade-required", "This is a WebSocket", "Connect with the WebSocket protocol, or use …/events.")
            .into_response();
    };
    let permit = match state.admission.admit(&caller.identity) {
        Ok(permit) => permit,
        Err(refused) => return refused.into_response(),
    };
    upgrade
        .max_message_size(MAX_CLIENT_FRAME_BYTES)
        .max_frame_size(MAX_CLIENT_FRAME_BYTES)
        .read_buffer_size(READ_BUFFER_BYTES)
        .write_buffer_size(0)
        .max_write_buffer_size(WRITE_BUFFER_BYTES)
        .on_upgrade(move |socket| async move {
            Session { socket, state, task_id, opening, permit }.run().await;
        })
}

/// Where a watcher starts.
pub(super) struct Opening {
    pub connection: Connection,
    pub subscription: Subscription,
}

/// Subscribes and composes the first frame. Without a cursor, or with one from another life of the log (it lies beyond
/// the head), the snapshot stands for everything so far.
pub(super) async fn open(caller: &Caller, task_id: TaskId, after: Option<u64>) -> Result<Opening, Problem> {
    let snapshot = caller.snapshot(task_id).await?;
    let resumed = after.filter(|after| *after <= snapshot.seq);
    let subscription = caller.watch(task_id, resumed.unwrap_or(snapshot.seq)).await?;
    let connection = Connection {
        task_id,
        seq: snapshot.seq,
        timestamp: caller.state.clock.now(),
        status: snapshot.status,
        progress: snapshot.progress,
        message: "Connected".into(),
        snapshot: resumed.is_none().then(|| Box::new((*snapshot).clone())),
    };
    Ok(Opening { connection, subscription })
}

struct Session {
    socket: WebSocket,
    state: AppState,
    task_id: TaskId,
    opening: Opening,
    permit: Permit,
}

/// Why a session ended; `None`: the log is complete, or the client left.
type End = Option<CloseCode>;

impl Session {
    async fn run(mut self) {
        let end = self.serve().await;
        let (code, reason) = end.map_or((1000, "complete"), |end| (end.code(), end.reason()));
        let close = Message::Close(Some(CloseFrame { code, reason: reason.into() }));
        // The client may be gone already; and if it is not, it has a second to say goodbye.
        let _ = timeout(Duration::from_secs(1), async {
            self.socket.send(close).await?;
            while let Some(Ok(_)) = self.socket.recv().await {}
            Ok::<_, axum::Error>(())
        })
        .await;
    }

    async fn serve(&mut self) -> End {
        let first = Frame::Connection(self.opening.connection.clone()).encode();
        // The snapshot in it may be large, and is not needed again.
        self.opening.connection.snapshot = None;
        if let ControlFlow::Break(end) = self.send(vec![Message::text(first)]).await {
            return end;
        }
        if self.opening.connection.status.is_terminal() && self.opening.subscription.cursor() == self.opening.connection.seq {
            return None;
        }
        // Made once: with a thousand watchers, registering timers and waiters anew for every event is what costs.
        let mut end = pin!(self.permit.end.clone().cancelled_owned());
        let mut timer = pin!(tokio::time::sleep(HEARTBEAT));
        let mut pong_missing = false;
        loop {
            let flow = tokio::select! {
                () = &mut end => {
                    return Some(if self.state.soft_stop.is_cancelled() { CloseCode::Shutdown } else { CloseCode::Forbidden });
                }
                batch = self.opening.subscription.next() => match batch {
                    Ok(batch) => {
                        let terminal = batch.last().is_some_and(|event| event.terminal);
                        let sent = self.send(batch.iter().map(|event| Message::Text(event.json.clone())).collect()).await;
                        if terminal && sent.is_continue() { ControlFlow::Break(None) } else { sent }
                    }
                    Err(error) => {
                        tracing::error!(%error, "cannot read the log for a live connection");
                        return Some(CloseCode::Internal);
                    }
                },
                received = self.socket.recv() => match received {
                    Some(Ok(message)) => {
                        if matches!(message, Message::Pong(_)) && pong_missing {
                            pong_missing = false;
                            timer.as_mut().reset(Instant::now() + HEARTBEAT);
                        }
                        self.answer(message).await
                    }
                    // An oversized or broken frame. (Or the network is gone: then nobody hears this.)
                    Some(Err(_)) => return Some(CloseCode::BadFrame),
                    None => return None,
                },
                () = &mut timer => {
                    if pong_missing {
                        return Some(CloseCode::NoPong);
                    }
                    timer.as_mut().reset(Instant::now() + PONG_LIMIT);
                    pong_missing = true;
                    let beat = Heartbeat { task_id: self.task_id, seq: self.opening.subscription.head(), timestamp: self.state.clock.now() };
                    self.send(vec![Message::text(Frame::Heartbeat(beat).encode()), Message::Ping(bytes::Bytes::new())]).await
                }
            };
            if let ControlFlow::Break(end) = flow {
                return end;
            }
        }
    }

    async fn send(&mut self, messages: Vec<Message>) -> ControlFlow<End> {
        let sending = async {
            for message in messages {
                self.socket.feed(message).await?;
            }
            self.socket.flush().await
        };
        match timeout(SEND_LIMIT, sending).await {
            Ok(Ok(())) => ControlFlow::Continue(()),
            Ok(Err(_)) => ControlFlow::Break(None),
            Err(_) => ControlFlow::Break(Some(CloseCode::SlowConsumer)),
        }
    }

    async fn answer(&mut self, message: Message) -> ControlFlow<End> {
        match message {
            Message::Text(text) => match serde_json::from_str(&text) {
                Ok(ClientFrame::Ping) => self.send(vec![Message::text(Frame::Pong.encode())]).await,
                Err(_) => ControlFlow::Break(Some(CloseCode::BadFrame)),
            },
            Message::Binary(_) => ControlFlow::Break(Some(CloseCode::BadFrame)),
            Message::Close(_) => ControlFlow::Break(None),
            // The library answers pings.
            Message::Ping(_) | Message::Pong(_) => ControlFlow::Continue(()),
        }
    }
}
