//! Server-sent events: the same frames, one per message.
//!
//! The browser reconnects an event source by itself, with the old cursor and without saying so; here that counts as
//! a failure, because there is one place that decides about reconnecting.

use std::{future::Future, pin::Pin};

use futures::{
    StreamExt,
    future::{Either, select},
};
use gloo_net::eventsource::{State, futures::EventSource};
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::window;

use super::session::Heard;
use crate::protocol::TaskId;

const LOOK_EVERY_MS: u32 = 500;

pub fn talk(task_id: TaskId, after: u64, hear: impl Fn(Heard) + 'static) -> Pin<Box<dyn Future<Output = ()>>> {
    Box::pin(async move {
        let origin = window().location().origin().unwrap_or_default();
        let Ok(mut source) = EventSource::new(&format!("{origin}/api/v1/tasks/{task_id}/events?after={after}")) else {
            return hear(Heard::Failed(None));
        };
        let Ok(mut messages) = source.subscribe("message") else {
            return hear(Heard::Failed(None));
        };
        let mut opened = false;
        loop {
            match select(messages.next(), TimeoutFuture::new(LOOK_EVERY_MS)).await {
                Either::Left((Some(Ok((_, message))), _)) => {
                    if let Some(text) = message.data().as_string() {
                        hear(Heard::Frame(text));
                    }
                }
                Either::Left(_) => break,
                Either::Right(_) => {}
            }
            match source.state() {
                State::Open => opened = true,
                State::Connecting if opened => break,
                State::Connecting => {}
                State::Closed => break,
            }
        }
        hear(Heard::Failed(None));
    })
}
