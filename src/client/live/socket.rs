//! The WebSocket: frames as they come, until it closes. Cursor in the address, so that nothing is lost between
//! two connections. At most once per connection; the log is what makes it exactly once.

use std::{cell::RefCell, future::Future, rc::Rc};

use futures::{SinkExt, StreamExt, stream::SplitSink};
use gloo_net::websocket::{Message, WebSocketError, futures::WebSocket};
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::session::Heard;
use crate::protocol::TaskId;

type Sink = Rc<RefCell<Option<SplitSink<WebSocket, Message>>>>;

/// Asks the server for a sign of life.
pub struct Ping(Sink);

impl Ping {
    pub fn send(&self) {
        let sink = Rc::clone(&self.0);
        spawn_local(async move {
            let Some(mut open) = sink.borrow_mut().take() else { return };
            // A failure shows as silence.
            let _ = open.send(Message::Text(r#"{"type":"ping"}"#.into())).await;
            *sink.borrow_mut() = Some(open);
        });
    }
}

impl Drop for Ping {
    fn drop(&mut self) {
        self.0.borrow_mut().take();
    }
}

pub fn talk(task_id: TaskId, after: u64, hear: impl Fn(Heard) + 'static) -> (Ping, std::pin::Pin<Box<dyn Future<Output = ()>>>) {
    let sink: Sink = Rc::default();
    let writer = Rc::clone(&sink);
    let talk = async move {
        let Ok(socket) = WebSocket::open(&address(task_id, after)) else {
            return hear(Heard::Failed(None));
        };
        let (write, mut read) = socket.split();
        *writer.borrow_mut() = Some(write);
        let mut code = None;
        while let Some(message) = read.next().await {
            match message {
                Ok(Message::Text(text)) => hear(Heard::Frame(text)),
                Ok(Message::Bytes(_)) | Err(WebSocketError::ConnectionError) => {}
                Err(WebSocketError::ConnectionClose(close)) => code = Some(close.code),
                Err(_) => break,
            }
        }
        hear(Heard::Failed(code));
    };
    (Ping(sink), Box::pin(talk))
}

fn address(task_id: TaskId, after: u64) -> String {
    let location = window().location();
    let scheme = if location.protocol().is_ok_and(|protocol| protocol == "https:") { "wss" } else { "ws" };
    let host = location.host().unwrap_or_default();
    format!("{scheme}://{host}/api/v1/tasks/{task_id}/live?after={after}")
}
