//! The room's socket: what happens in a project's room besides the log. It is opened again, with growing pauses, until the room is closed
//! to this browser or the page has gone.

use futures::{
    StreamExt,
    future::{AbortHandle, Either, abortable, select},
};
use gloo_net::{
    http::Request,
    websocket::{Message, WebSocketError, futures::WebSocket},
};
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::browser::monotonic_ms;
use crate::{
    client::room::Heard,
    protocol::{CloseCode, TaskId, frame::SILENCE_MS, room::RoomFrame},
};

const FIRST_PAUSE_MS: u32 = 500;
const LONGEST_PAUSE_MS: u32 = 30_000;
/// A connection that held this long was a good one.
const HEALTHY_MS: u64 = 10_000;

/// Ends with the owner that called.
pub fn enter(project_id: TaskId, hear: Callback<Heard>) {
    let (talk, abort) = abortable(talk(project_id, hear));
    spawn_local(async {
        let _ = talk.await;
    });
    let abort = StoredValue::new(abort);
    on_cleanup(move || {
        abort.try_with_value(AbortHandle::abort);
    });
}

async fn talk(project_id: TaskId, hear: Callback<Heard>) {
    let mut pause = FIRST_PAUSE_MS;
    loop {
        let began = monotonic_ms();
        if listen(project_id, hear).await || is_closed(project_id).await {
            hear.try_run(Heard::Closed);
            return;
        }
        hear.try_run(Heard::Lost);
        if monotonic_ms() >= began + HEALTHY_MS {
            pause = FIRST_PAUSE_MS;
        }
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let spread = (js_sys::Math::random() * f64::from(pause)) as u32;
        TimeoutFuture::new(pause + spread).await;
        pause = (pause * 2).min(LONGEST_PAUSE_MS);
    }
}

/// Until the connection ends; whether for good.
async fn listen(project_id: TaskId, hear: Callback<Heard>) -> bool {
    let Ok(mut socket) = WebSocket::open(&address(project_id)) else { return false };
    let mut opened = false;
    loop {
        #[allow(clippy::cast_possible_truncation)]
        let silence = TimeoutFuture::new(SILENCE_MS as u32);
        let Either::Left((message, _)) = select(socket.next(), silence).await else { return false };
        match message {
            Some(Ok(Message::Text(text))) => {
                if !opened {
                    opened = true;
                    hear.try_run(Heard::Opened);
                }
                if let Ok(frame) = serde_json::from_str::<RoomFrame>(&text) {
                    hear.try_run(Heard::Frame(frame));
                }
            }
            Some(Ok(Message::Bytes(_))) => {}
            Some(Err(WebSocketError::ConnectionClose(close))) => return !CloseCode::should_reconnect(close.code),
            Some(Err(_)) | None => return false,
        }
    }
}

/// A socket that is refused does not say why; a request does.
async fn is_closed(project_id: TaskId) -> bool {
    let answer = Request::get(&format!("/api/v1/projects/{project_id}/runs?limit=1")).send().await;
    answer.is_ok_and(|answer| matches!(answer.status(), 401 | 403 | 404))
}

fn address(project_id: TaskId) -> String {
    let location = window().location();
    let scheme = if location.protocol().is_ok_and(|protocol| protocol == "https:") { "wss" } else { "ws" };
    format!("{scheme}://{}/api/v1/projects/{project_id}/live", location.host().unwrap_or_default())
}
