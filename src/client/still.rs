//! The edge on the server: a page that is rendered stands still, and there is no browser to ask anything of.

use leptos::{ev, prelude::*, web_sys};

use super::{consent::Consent, document::Document, room::Heard, view::Live};
use crate::protocol::{Problem, TaskId, TaskSnapshot, Timestamp};

pub fn watch(initial: TaskSnapshot) -> Live {
    Live::new(initial, Callback::new(|_| ()))
}

pub fn enter(_project_id: TaskId, _hear: Callback<Heard>) {}

pub fn origin() -> String {
    String::new()
}

/// The browser's clock; the server renders with the instant of the visit instead.
pub fn now() -> Timestamp {
    Timestamp::default()
}

pub fn local_text(_at: Timestamp) -> Option<String> {
    None
}

pub fn random_key() -> String {
    String::new()
}

pub fn copy(_text: String, _done: Callback<bool>) {}

pub fn set_theme(_theme: &str) {}

pub fn recall(_key: &str) -> Option<String> {
    None
}

pub fn remember(_key: &str, _text: &str) {}

pub fn forget(_key: &str) {}

pub fn dropped_file(_event: &ev::DragEvent, _done: Callback<Result<Document, Problem>>) -> bool {
    false
}

pub fn chosen_file(_input: &web_sys::HtmlInputElement, _done: Callback<Result<Document, Problem>>) -> bool {
    false
}

pub fn pasted_text(_event: &ev::ClipboardEvent) -> Option<String> {
    None
}

pub fn form_value(_form: &web_sys::HtmlFormElement, _name: &str) -> Option<String> {
    None
}

pub fn has_selection_in(_element: &web_sys::Element) -> bool {
    false
}

pub fn local_clock(_at: Timestamp) -> Option<String> {
    None
}

pub fn consent() -> Consent {
    Consent::Unavailable
}

pub fn ask_consent(_done: Callback<Consent>) {}

pub fn notify(_title: &str, _text: &str, _tag: &str) {}
