//! A task's log over a WebSocket: `GET /api/v1/tasks/{id}/live?after=N`, and the founding sockets, which differ in their [`Framing`] only.
//!
//! Guarantees of the native one: the first frame is `connection`; then every event after N, in order, each once, then live. Nothing is
//! queued for a session: it pulls batches from the hub at its client's pace, so a slow client costs one batch. A client
//! that takes longer than [`SEND_LIMIT`] for a batch, or answers no ping, is closed with a code that says "resume".

use std::{ops::ControlFlow, pin::pin, sync::Arc, time::Duration};

use axum::{
    extract::{
        Query,
        rejection::QueryRejection,
        ws::{CloseFrame, Message, Utf8Bytes, WebSocket, WebSocketUpgrade, rejection::WebSocketUpgradeRejection},
    },
    response::{IntoResponse, Response},
};
use futures::SinkExt;
use serde::Deserialize;
use tokio::time::{Instant, timeout};
use utoipa::IntoParams;

use super::{
    TaskPath,
    admission::{self, Permit},
    framing::{Beginning, Framing, Native},
    openapi::{NotFound, Unacceptable, UpgradeRequired},
};
use crate::{
    protocol::{
        ClientFrame, CloseCode, Frame, Problem, TaskId,
        frame::{Connection, HEARTBEAT_MS, Heartbeat, MAX_CLIENT_FRAME_BYTES},
        room::RoomFrame,
    },
    server::{
        hub::{Batch, Guise, News, Seat, Subscription},
        store::{StoreError, room::Shared},
        tasks::Caller,
    },
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

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Cursor {
    /// The last event that you have: all after it follow.
    #[param(nullable = false)]
    pub after: Option<u64>,
}

/// What every socket's request says.
pub(super) type Knock = (Caller, TaskPath, Result<Query<Cursor>, QueryRejection>, Result<WebSocketUpgrade, WebSocketUpgradeRejection>);

/// A task's log over a WebSocket.
#[utoipa::path(
    get, path = "/api/v1/tasks/{id}/live", operation_id = "watch_task", tag = "live",
    params(("id" = TaskId, Path, description = "The task."), Cursor),
    responses((status = 101, description = "A WebSocket."), NotFound, Unacceptable, UpgradeRequired)
)]
pub(super) async fn live(knock: Knock) -> Response {
    watch(knock, Box::new(Native)).await
}

/// Lets a watcher in, or says by a status why not: before the upgrade, so that scripts see it.
pub(super) async fn watch(knock: Knock, framing: Box<dyn Framing>) -> Response {
    let (caller, TaskPath(task_id), cursor, upgrade) = knock;
    let Ok(Query(cursor)) = cursor else {
        return Problem::invalid("after", "`after` is the number of the last event that you have.").into_response();
    };
    let opening = match open(&caller, task_id, cursor.after, framing.beginning()).await {
        Ok(opening) => opening,
        Err(problem) => return problem.into_response(),
    };
    let Ok(upgrade) = upgrade else {
        let instead = format!("Connect with the WebSocket protocol, or use GET /api/v1/tasks/{task_id}/events.");
        return Problem::new(426, "upgrade-required", "This is a WebSocket", instead).into_response();
    };
    let permit = match admission::let_in(&caller, task_id, opening.shared).await {
        Ok(permit) => permit,
        Err(refused) => return refused,
    };
    let seat = match framing.room() {
        Some(_) => match take_seat(&caller, task_id).await {
            Ok(seat) => Some(seat),
            Err(problem) => return problem.into_response(),
        },
        None => None,
    };
    let is_over = opening.connection.status.is_terminal() && opening.subscription.cursor() == opening.connection.seq;
    upgrade
        .max_message_size(MAX_CLIENT_FRAME_BYTES)
        .max_frame_size(MAX_CLIENT_FRAME_BYTES)
        .read_buffer_size(READ_BUFFER_BYTES)
        .write_buffer_size(0)
        .max_write_buffer_size(WRITE_BUFFER_BYTES)
        .on_upgrade(move |socket| async move {
            Session { socket, caller, task_id, opening, framing, is_over, permit, seat }.run().await;
        })
}

/// A place in the room of the task's project.
async fn take_seat(caller: &Caller, task_id: TaskId) -> Result<Seat, Problem> {
    let standing = caller.standing(task_id).await?;
    let guise = match (standing.owner, caller.identity.is_guest()) {
        (true, _) => Guise::Owner,
        (false, false) => Guise::Member,
        (false, true) => Guise::Guest,
    };
    let seat = caller.state.rooms.enter(standing.project_id, caller.account_id, guise);
    seat.ok_or_else(|| Problem::unavailable("The room is full. Please try again later."))
}

/// Where a watcher starts.
pub(super) struct Opening {
    pub connection: Connection,
    pub subscription: Subscription,
    /// The link that let them in, if it was one.
    pub shared: Option<Shared>,
}

/// Subscribes and composes the first frame. Without a cursor, or with one from another life of the log (it lies beyond
/// the head), it starts from `beginning`.
pub(super) async fn open(caller: &Caller, task_id: TaskId, after: Option<u64>, beginning: Beginning) -> Result<Opening, Problem> {
    let shared = caller.access(task_id).await?.shared;
    let snapshot = caller.snapshot(task_id).await?;
    let whole = (beginning == Beginning::WholeLog).then_some(0);
    let resumed = after.filter(|after| *after <= snapshot.seq).or(whole);
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
    Ok(Opening { connection, subscription, shared })
}

struct Session {
    socket: WebSocket,
    caller: Caller,
    task_id: TaskId,
    opening: Opening,
    framing: Box<dyn Framing>,
    /// The completion was sent.
    is_over: bool,
    permit: Permit,
    /// In a room.
    seat: Option<Seat>,
}

/// Why a session ended; `None`: the log is complete, or the client left.
type End = Option<CloseCode>;

impl Session {
    async fn run(mut self) {
        let end = self.serve().await;
        // Whoever has left is not there while goodbyes are said.
        self.seat = None;
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
        let first = self.framing.greet(&self.opening.connection);
        // The snapshot in it may be large, and is not needed again.
        self.opening.connection.snapshot = None;
        if let ControlFlow::Break(end) = self.send(first).await {
            return end;
        }
        let everything = News { people: true, ..News::default() };
        if let ControlFlow::Break(end) = self.tell_news(everything).await {
            return end;
        }
        if let ControlFlow::Break(end) = self.go_on().await {
            return end;
        }
        let in_room = self.framing.room().is_some();
        // Made once: with a thousand watchers, registering timers and waiters anew for every event is what costs.
        let mut end = pin!(self.permit.end.clone().cancelled_owned());
        let mut timer = pin!(tokio::time::sleep(HEARTBEAT));
        let mut pong_missing = false;
        loop {
            let flow = tokio::select! {
                () = &mut end => return Some(why_ended(&self.caller, self.task_id).await),
                news = news(self.seat.as_mut()) => self.tell_news(news).await,
                batch = next(&mut self.opening.subscription, in_room) => match batch {
                    Ok(Some(batch)) => {
                        self.is_over = batch.last().is_some_and(|event| event.terminal);
                        let messages = self.framing.tell(&batch);
                        let sent = self.send(messages).await;
                        if sent.is_continue() { self.go_on().await } else { sent }
                    }
                    Ok(None) => self.go_on().await,
                    Err(error) => {
                        tracing::error!(%error, "cannot read the log for a live connection");
                        return Some(why_failed(&self.caller));
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
                    let beat = Heartbeat { task_id: self.task_id, seq: self.opening.subscription.head(), timestamp: self.caller.state.clock.now() };
                    let beat = self.framing.heartbeat(beat).map(Message::Text);
                    let sent = self.send_all(beat.into_iter().chain([Message::Ping(bytes::Bytes::new())])).await;
                    // The hint that there is a newer run may have been lost between nodes.
                    if sent.is_continue() { self.go_on().await } else { sent }
                }
            };
            if let ControlFlow::Break(end) = flow {
                return end;
            }
        }
    }

    /// After a completion: the end; in a room a newer run, if there is one. It is looked up as the caller who opened the room: a hint is
    /// not believed, and nobody is shown what is not theirs.
    async fn go_on(&mut self) -> ControlFlow<End> {
        if !self.is_over {
            return ControlFlow::Continue(());
        }
        let Some(room) = self.framing.room() else { return ControlFlow::Break(None) };
        let next = match self.caller.latest_run(room).await {
            Ok(latest) if latest > self.task_id => self.caller.watch(latest, 0).await.map(|subscription| (latest, subscription)),
            Ok(_) => return ControlFlow::Continue(()),
            Err(problem) => Err(problem),
        };
        let Ok((latest, subscription)) = next else { return ControlFlow::Break(Some(why_failed(&self.caller))) };
        (self.task_id, self.opening.subscription, self.is_over) = (latest, subscription, false);
        ControlFlow::Continue(())
    }

    /// What happened in the room besides the log.
    async fn tell_news(&mut self, news: News) -> ControlFlow<End> {
        let (Some(seat), Some(project_id)) = (&self.seat, self.framing.room()) else { return ControlFlow::Continue(()) };
        let present = if news.runs && self.framing.tells_runs() { self.caller.present_run(seat.project_id).await.ok() } else { None };
        let people = news.people.then(|| RoomFrame::Presence { project_id, presence: seat.presence() });
        let comments = news.comments.then_some(RoomFrame::Comments { project_id });
        let run = present.map(|task_id| RoomFrame::Run { project_id, task_id });
        let frames = people.into_iter().chain(comments).chain(run);
        let texts: Vec<Utf8Bytes> = frames.filter_map(|frame| serde_json::to_string(&frame).ok()).map(Utf8Bytes::from).collect();
        self.send(texts).await
    }

    async fn send(&mut self, texts: impl IntoIterator<Item = Utf8Bytes>) -> ControlFlow<End> {
        self.send_all(texts.into_iter().map(Message::Text)).await
    }

    async fn send_all(&mut self, messages: impl Iterator<Item = Message>) -> ControlFlow<End> {
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
                Ok(ClientFrame::Ping) => self.send([Frame::Pong.encode().into()]).await,
                Err(_) if !self.framing.is_strict() => ControlFlow::Continue(()),
                Err(_) => ControlFlow::Break(Some(CloseCode::BadFrame)),
            },
            Message::Binary(_) => ControlFlow::Break(Some(CloseCode::BadFrame)),
            Message::Close(_) => ControlFlow::Break(None),
            // The library answers pings.
            Message::Ping(_) | Message::Pong(_) => ControlFlow::Continue(()),
        }
    }
}

/// A server that stops closes its store, which is no fault.
fn why_failed(caller: &Caller) -> CloseCode {
    if caller.state.soft_stop.is_cancelled() { CloseCode::Shutdown } else { CloseCode::Internal }
}

/// The server stops, what let them in is not good any more, or it is to be looked at anew.
async fn why_ended(caller: &Caller, task_id: TaskId) -> CloseCode {
    if caller.state.soft_stop.is_cancelled() {
        return CloseCode::Shutdown;
    }
    let good = caller.state.is_good(caller.identity.credential()).await.is_ok_and(|good| good);
    if good && caller.access(task_id).await.is_ok() { CloseCode::Internal } else { CloseCode::Forbidden }
}

async fn news(seat: Option<&mut Seat>) -> News {
    match seat {
        Some(seat) => seat.news().await,
        None => std::future::pending().await,
    }
}

/// `None`: a hint that there may be a newer run, which only rooms wait for.
async fn next(subscription: &mut Subscription, in_room: bool) -> Result<Option<Arc<Batch>>, StoreError> {
    if in_room { subscription.next_or_repeat().await } else { subscription.next().await.map(Some) }
}
