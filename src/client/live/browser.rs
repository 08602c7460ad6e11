//! Small things that a page asks of the browser.

use js_sys::{Date, Math, Reflect};
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Element, HtmlDocument, HtmlTextAreaElement, Storage};

use crate::protocol::Timestamp;

const YEAR_SECONDS: u32 = 365 * 24 * 3600;

/// The browser's clock, which may be wrong.
pub fn now() -> Timestamp {
    #[allow(clippy::cast_possible_truncation)]
    let micros = (Date::now() * 1000.0) as i64;
    Timestamp::from_micros(micros)
}

/// Milliseconds since the page began; never goes back.
pub fn monotonic_ms() -> u64 {
    let ms = window().performance().map_or_else(Date::now, |performance| performance.now());
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let ms = ms as u64;
    ms
}

/// In the reader's zone and manner.
pub fn local_text(at: Timestamp) -> Option<String> {
    #[allow(clippy::cast_precision_loss)]
    let ms = at.as_millis() as f64;
    Date::new(&JsValue::from_f64(ms)).to_locale_string("default", &JsValue::UNDEFINED).as_string()
}

/// Hours, minutes and seconds in the reader's zone.
pub fn local_clock(at: Timestamp) -> Option<String> {
    #[allow(clippy::cast_precision_loss)]
    let ms = at.as_millis() as f64;
    let date = Date::new(&JsValue::from_f64(ms));
    Some(format!("{:02}:{:02}:{:02}", date.get_hours(), date.get_minutes(), date.get_seconds()))
}

/// Scheme, host and port of the page.
pub fn origin() -> String {
    window().location().origin().unwrap_or_default()
}

/// Enough chance to tell two forms of one account apart; no secret.
pub fn random_key() -> String {
    format!("{:x}-{:x}", Math::random().to_bits(), Math::random().to_bits())
}

/// Copies text, over plain HTTP too, and says whether it worked.
pub fn copy(text: String, done: Callback<bool>) {
    let clipboard = Reflect::get(&window().navigator(), &"clipboard".into()).is_ok_and(|clipboard| !clipboard.is_undefined());
    spawn_local(async move {
        let copied = clipboard && JsFuture::from(window().navigator().clipboard().write_text(&text)).await.is_ok();
        done.run(copied || copy_by_selection(&text).unwrap_or(false));
    });
}

/// Without a secure context there is no clipboard; selecting and copying works, next to the focus, because a dialog
/// makes everything outside of it inert.
fn copy_by_selection(text: &str) -> Option<bool> {
    let document = document();
    let focused = document.active_element();
    let place = focused.as_ref().and_then(|focused| focused.parent_element()).or_else(|| document.body().map(Into::into))?;
    let area: HtmlTextAreaElement = document.create_element("textarea").ok()?.dyn_into().ok()?;
    area.set_value(text);
    area.set_class_name("offscreen");
    place.append_child(&area).ok()?;
    area.select();
    let copied = document.dyn_ref::<HtmlDocument>()?.exec_command("copy").unwrap_or(false);
    area.remove();
    if let Some(focused) = focused.and_then(|focused| focused.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = focused.focus();
    }
    Some(copied)
}

/// `light`, `dark`, or `system` for neither.
pub fn set_theme(theme: &str) {
    let document = document();
    let (theme, age) = if theme == "system" { (None, 0) } else { (Some(theme), YEAR_SECONDS) };
    if let Some(root) = document.document_element() {
        let _ = theme.map_or_else(|| root.remove_attribute("data-theme"), |theme| root.set_attribute("data-theme", theme));
    }
    if let Some(document) = document.dyn_ref::<HtmlDocument>() {
        let _ = document.set_cookie(&format!("theme={}; Path=/; Max-Age={age}; SameSite=Lax", theme.unwrap_or_default()));
    }
}

pub fn recall(key: &str) -> Option<String> {
    storage()?.get_item(key).ok().flatten()
}

/// Keeps text for the next visit; a full or forbidden storage is no reason to disturb anybody.
pub fn remember(key: &str, text: &str) {
    if let Some(storage) = storage() {
        let _ = storage.set_item(key, text);
    }
}

pub fn forget(key: &str) {
    if let Some(storage) = storage() {
        let _ = storage.remove_item(key);
    }
}

fn storage() -> Option<Storage> {
    window().local_storage().ok().flatten()
}

/// What a field of a form holds; `None` for a box that is not ticked.
pub fn form_value(form: &web_sys::HtmlFormElement, name: &str) -> Option<String> {
    web_sys::FormData::new_with_form(form).ok()?.get(name).as_string()
}

/// Whether somebody has selected text in there.
pub fn has_selection_in(element: &Element) -> bool {
    let Ok(Some(selection)) = window().get_selection() else { return false };
    !selection.is_collapsed() && selection.anchor_node().is_some_and(|node| element.contains(Some(&node)))
}
