//! The edge in the browser: carries out what [`Reconnect`](super::reconnect::Reconnect) decides, and does for the
//! pages what only a browser can do. No decisions in here.

mod browser;
mod files;
mod notice;
mod poll;
mod room;
mod session;
mod socket;
mod stream;

use std::{cell::RefCell, rc::Rc};

use leptos::{ev, prelude::*};

pub use browser::{
    copy, forget, form_value, has_selection_in, local_clock, local_text, now, origin, random_key, recall, remember, set_theme,
};
pub use files::{chosen_file, dropped_file, pasted_text};
pub use notice::{ask_consent, consent, notify};
pub use room::enter;

use super::{reconnect::Input, view::Live};
use crate::protocol::TaskSnapshot;
use session::Session;

/// Follows a task from what is known of it to its end. Everything ends with the owner that called.
pub fn watch(initial: TaskSnapshot) -> Live {
    let ended = initial.is_terminal();
    let seq = initial.seq;
    let task_id = initial.task_id;
    // The session needs the signals and the signals' callback needs the session.
    let slot: StoredValue<Option<Rc<RefCell<Session>>>, LocalStorage> = StoredValue::new_local(None);
    let tell = move |input: Input| {
        if let Some(session) = slot.try_get_value().flatten() {
            Session::step(&session, input);
        }
    };
    let live = Live::new(initial, Callback::new(tell));
    if ended {
        return live;
    }
    slot.set_value(Some(Session::new(live, task_id, seq)));
    let listeners = [
        window_event_listener(ev::online, move |_| tell(Input::Online)),
        window_event_listener(ev::offline, move |_| tell(Input::Offline)),
    ];
    let visibility = document_visibility(move |hidden| tell(if hidden { Input::Hidden } else { Input::Shown }));
    on_cleanup(move || {
        for listener in listeners {
            listener.remove();
        }
        visibility.remove();
    });
    if !window().navigator().on_line() {
        tell(Input::Offline);
    }
    if document().hidden() {
        tell(Input::Hidden);
    }
    tell(Input::Start);
    live
}

/// `visibilitychange` bubbles from the document to the window.
fn document_visibility(tell: impl Fn(bool) + 'static) -> WindowListenerHandle {
    window_event_listener(ev::visibilitychange, move |_| tell(document().hidden()))
}
