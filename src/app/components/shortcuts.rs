//! Keys that work everywhere, and the dialog that lists them.

use leptos::wasm_bindgen::JsCast;
use leptos::{ev, prelude::*, web_sys};
use leptos_router::hooks::use_navigate;

use super::icon::icon;

const DIALOG: &str = "shortcuts";

#[component]
pub fn Shortcuts() -> impl IntoView {
    let navigate = use_navigate();
    let after_g = StoredValue::new(false);
    Effect::new(move |_| {
        let navigate = navigate.clone();
        let keys = window_event_listener(ev::keydown, move |event| {
            if !is_plain(&event) {
                return;
            }
            let key = event.key();
            let gone = after_g.get_value();
            after_g.set_value(key == "g" && !gone);
            let path = match key.as_str() {
                "h" if gone => "/",
                "n" if gone => "/new/test-suite",
                "t" if gone => "/tasks",
                "?" => {
                    event.prevent_default();
                    return open();
                }
                key => {
                    if !gone && press(key) {
                        event.prevent_default();
                    }
                    return;
                }
            };
            event.prevent_default();
            navigate(path, leptos_router::NavigateOptions::default());
        });
        on_cleanup(move || keys.remove());
    });
    view! {
        <dialog id=DIALOG class="dialog panel" aria-labelledby="shortcuts-title">
            <form method="dialog" class="dialog-head">
                <h2 id="shortcuts-title">"Keyboard shortcuts"</h2>
                <button class="icon-button" aria-label="Close">
                    {icon("close")}
                </button>
            </form>
            <dl class="keys">
                <div>
                    <dt><kbd>"g"</kbd> <kbd>"h"</kbd></dt>
                    <dd>"Go home"</dd>
                </div>
                <div>
                    <dt><kbd>"g"</kbd> <kbd>"n"</kbd></dt>
                    <dd>"New test suite"</dd>
                </div>
                <div>
                    <dt><kbd>"g"</kbd> <kbd>"t"</kbd></dt>
                    <dd>"All tasks"</dd>
                </div>
                <div>
                    <dt><kbd>"l"</kbd></dt>
                    <dd>"Log of the task"</dd>
                </div>
                <div>
                    <dt><kbd>"f"</kbd></dt>
                    <dd>"Files of the task"</dd>
                </div>
                <div>
                    <dt><kbd>"/"</kbd></dt>
                    <dd>"Search the log or the list"</dd>
                </div>
                <div>
                    <dt><kbd>"End"</kbd></dt>
                    <dd>"Follow the end of the log"</dd>
                </div>
                <div>
                    <dt><kbd>"d"</kbd></dt>
                    <dd>"Download the result"</dd>
                </div>
                <div>
                    <dt><kbd>"r"</kbd></dt>
                    <dd>"Reconnect now"</dd>
                </div>
                <div>
                    <dt><kbd>"?"</kbd></dt>
                    <dd>"This list"</dd>
                </div>
                <div>
                    <dt><kbd>"Esc"</kbd></dt>
                    <dd>"Close"</dd>
                </div>
            </dl>
        </dialog>
    }
}

pub fn open() {
    if let Some(dialog) = document().get_element_by_id(DIALOG).and_then(|element| element.dyn_into::<web_sys::HtmlDialogElement>().ok()) {
        let _ = dialog.show_modal();
    }
}

/// Elements say by `data-key` which key stands for them: fields are focused, everything else is clicked.
fn press(key: &str) -> bool {
    if key.len() > 8 || key.contains(['"', '\\']) {
        return false;
    }
    let found = document().query_selector(&format!("[data-key=\"{key}\"]")).ok().flatten();
    let Some(element) = found.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok()) else { return false };
    if element.is_instance_of::<web_sys::HtmlInputElement>() {
        let _ = element.focus();
    } else {
        element.click();
    }
    true
}

/// No modifier, no repeat, no composition, and nobody is typing.
fn is_plain(event: &web_sys::KeyboardEvent) -> bool {
    let typing = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok()).is_some_and(|element| {
        matches!(element.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT") || element.closest("dialog[open]").ok().flatten().is_some()
    });
    !(typing
        || event.ctrl_key()
        || event.meta_key()
        || event.alt_key()
        || event.repeat()
        || event.is_composing()
        || event.default_prevented())
}
