//! One page's watch over one task: the state machine, its connections, its timer, and the batch of events that
//! the next frame will show.

use std::{
    cell::RefCell,
    rc::{Rc, Weak},
    time::Duration,
};

use futures::future::{AbortHandle, abortable};
use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::{browser, poll, socket, stream};
use crate::{
    client::{
        reconnect::{Command, ConnectionId, Input, Link, Reconnect, Transport},
        view::{Connection, Live},
    },
    protocol::{Event, Frame, TaskId},
};

/// Events that wait for the next frame; more are applied at once.
const MAX_BATCH: usize = 2_000;
/// A hidden tab gets no frames; its title still wants to know.
const HIDDEN_BATCH_MS: u32 = 500;

/// What a connection has to say.
pub enum Heard {
    Frame(String),
    Event(Event),
    Answered,
    Failed(Option<u16>),
}

pub struct Session {
    live: Live,
    pub task_id: TaskId,
    /// The last event received, applied or in the batch.
    pub seq: u64,
    machine: Reconnect,
    connections: Vec<(ConnectionId, Handle)>,
    timer: Option<Timeout>,
    batch: Vec<Event>,
    batch_timer: Option<Timeout>,
    frame_asked: bool,
}

/// Dropping it ends the connection.
struct Handle {
    abort: AbortHandle,
    ping: Option<socket::Ping>,
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.abort.abort();
    }
}

impl Session {
    pub fn new(live: Live, task_id: TaskId, seq: u64) -> Rc<RefCell<Self>> {
        Rc::new(RefCell::new(Self {
            live,
            task_id,
            seq,
            machine: Reconnect::default(),
            connections: Vec::new(),
            timer: None,
            batch: Vec::new(),
            batch_timer: None,
            frame_asked: false,
        }))
    }

    pub fn step(this: &Rc<RefCell<Self>>, input: Input) {
        let now_ms = browser::monotonic_ms();
        let commands = this.borrow_mut().machine.step(input, now_ms, js_sys::Math::random());
        for command in commands {
            match command {
                Command::Open(id, transport) => Self::open(this, id, transport),
                Command::Close(id) => this.borrow_mut().connections.retain(|(known, _)| *known != id),
                Command::Ping(id) => this.borrow().ping(id),
            }
        }
        let weak = Rc::downgrade(this);
        let mut session = this.borrow_mut();
        session.timer = session.machine.wake_at().map(|at| {
            let ms = u32::try_from(at.saturating_sub(now_ms)).unwrap_or(u32::MAX);
            Timeout::new(ms, move || Self::step_weak(&weak, Input::Woken))
        });
        let connection = session.connection(now_ms);
        let live = session.live;
        drop(session);
        // Each frame that is heard comes through here; only a change of state is worth a notification.
        let known = live.connection.try_get_untracked();
        if known.is_some_and(|known| known.link != connection.link || known.due_at != connection.due_at || older(known, connection)) {
            live.connection.set(connection);
        }
    }

    fn step_weak(weak: &Weak<RefCell<Self>>, input: Input) {
        if let Some(this) = weak.upgrade() {
            Self::step(&this, input);
        }
    }

    fn open(this: &Rc<RefCell<Self>>, id: ConnectionId, transport: Transport) {
        let weak = Rc::downgrade(this);
        let (task_id, after) = {
            let session = this.borrow();
            (session.task_id, session.seq)
        };
        let hear = {
            let weak = weak.clone();
            move |heard| Self::hear(&weak, id, heard)
        };
        let (ping, talk) = match transport {
            Transport::WebSocket => {
                let (ping, talk) = socket::talk(task_id, after, hear);
                (Some(ping), talk)
            }
            Transport::EventStream => (None, stream::talk(task_id, after, hear)),
            Transport::LongPoll => (None, poll::talk(task_id, 25, Self::cursor(weak), hear)),
            Transport::Poll => (None, poll::talk(task_id, 0, Self::cursor(weak), hear)),
        };
        let (talk, abort) = abortable(talk);
        this.borrow_mut().connections.push((id, Handle { abort, ping }));
        spawn_local(async move {
            let _ = talk.await;
        });
    }

    fn cursor(weak: Weak<RefCell<Self>>) -> impl Fn() -> Option<u64> {
        move || weak.upgrade().map(|this| this.borrow().seq)
    }

    fn ping(&self, id: ConnectionId) {
        if let Some((_, handle)) = self.connections.iter().find(|(known, _)| *known == id)
            && let Some(ping) = &handle.ping
        {
            ping.send();
        }
    }

    fn hear(weak: &Weak<RefCell<Self>>, id: ConnectionId, heard: Heard) {
        let Some(this) = weak.upgrade() else { return };
        if !this.borrow().connections.iter().any(|(known, _)| *known == id) {
            return;
        }
        match heard {
            Heard::Frame(text) => match Frame::decode(&text) {
                Ok(frame) => Self::take_frame(&this, id, frame),
                Err(error) => {
                    leptos::logging::warn!("a frame that cannot be read: {error}");
                    Self::step(&this, Input::Gap(id));
                }
            },
            Heard::Event(event) => Self::take_event(&this, id, event),
            Heard::Answered => {
                this.borrow_mut().connections.retain(|(known, _)| *known != id);
                Self::step(&this, Input::Answered(id));
            }
            Heard::Failed(code) => {
                this.borrow_mut().connections.retain(|(known, _)| *known != id);
                Self::step(&this, Input::Failed(id, code));
            }
        }
    }

    fn take_frame(this: &Rc<RefCell<Self>>, id: ConnectionId, frame: Frame) {
        match frame {
            Frame::Connection(_) => Self::step(this, Input::Opened(id)),
            Frame::Pong => Self::step(this, Input::Heard(id)),
            Frame::Heartbeat(heartbeat) => {
                let behind = heartbeat.seq > this.borrow().seq;
                Self::step(this, if behind { Input::Gap(id) } else { Input::Heard(id) });
            }
            Frame::Event(event) => Self::take_event(this, id, *event),
        }
    }

    fn take_event(this: &Rc<RefCell<Self>>, id: ConnectionId, event: Event) {
        let expected = this.borrow().seq + 1;
        if event.seq > expected {
            return Self::step(this, Input::Gap(id));
        }
        Self::step(this, Input::Heard(id));
        if event.seq < expected {
            return;
        }
        let terminal = event.body.is_terminal();
        let full = {
            let mut session = this.borrow_mut();
            session.seq = event.seq;
            session.batch.push(event);
            terminal || session.batch.len() >= MAX_BATCH
        };
        if full {
            Self::flush(this);
        } else {
            Self::ask_for_frame(this);
        }
        if terminal {
            Self::step(this, Input::Ended);
        }
    }

    fn ask_for_frame(this: &Rc<RefCell<Self>>) {
        let weak = Rc::downgrade(this);
        let mut session = this.borrow_mut();
        if session.frame_asked {
            return;
        }
        session.frame_asked = true;
        let flush = move || {
            if let Some(this) = weak.upgrade() {
                Self::flush(&this);
            }
        };
        // Frames stop when the tab is hidden, also one that was asked for just before: hence always the timer too.
        session.batch_timer = Some(Timeout::new(HIDDEN_BATCH_MS, flush.clone()));
        request_animation_frame(flush);
    }

    fn flush(this: &Rc<RefCell<Self>>) {
        let (live, events) = {
            let mut session = this.borrow_mut();
            session.frame_asked = false;
            session.batch_timer = None;
            (session.live, std::mem::take(&mut session.batch))
        };
        if !events.is_empty() && !live.snapshot.is_disposed() {
            live.apply(&events);
        }
    }

    fn connection(&self, now_ms: u64) -> Connection {
        let now = browser::now();
        let link = self.machine.link();
        let due_at = match link {
            Link::Reconnecting { at_ms, .. } => Some(now.plus_ms(i64::try_from(at_ms.saturating_sub(now_ms)).unwrap_or(0))),
            _ => None,
        };
        let heard_ms = self.machine.heard_at().map(|at| i64::try_from(now_ms.saturating_sub(at)).unwrap_or(0));
        Connection { link, heard_at: heard_ms.map(|ms| now.plus_ms(-ms)), due_at }
    }
}

/// Whether what is shown as "last heard" is more than a second behind.
fn older(known: Connection, fresh: Connection) -> bool {
    match (known.heard_at, fresh.heard_at) {
        (Some(known), Some(fresh)) => fresh.ms_since(known) >= Duration::from_secs(1).as_millis().try_into().unwrap_or(i64::MAX),
        (known, fresh) => known != fresh,
    }
}
