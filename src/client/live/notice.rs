//! Notifications outside of the page, as far as the browser allows them.

use js_sys::Reflect;
use leptos::prelude::*;
use wasm_bindgen::{JsCast, closure::Closure};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Notification, NotificationOptions, NotificationPermission};

use crate::client::consent::Consent;

pub fn consent() -> Consent {
    let window = window();
    // First, because some browsers do not even have the means then.
    if !window.is_secure_context() {
        return Consent::Insecure;
    }
    if !Reflect::has(&window, &"Notification".into()).unwrap_or(false) {
        return Consent::Unavailable;
    }
    match Notification::permission() {
        NotificationPermission::Granted => Consent::Given,
        NotificationPermission::Denied => Consent::Refused,
        _ => Consent::Undecided,
    }
}

/// Has the browser ask; only in answer to a click.
pub fn ask_consent(done: Callback<Consent>) {
    let Ok(asked) = Notification::request_permission() else {
        return done.run(Consent::Unavailable);
    };
    spawn_local(async move {
        let _ = JsFuture::from(asked).await;
        done.try_run(consent());
    });
}

/// Shows it unless somebody looks at the page. Of several with one tag one is shown; a click brings the page back.
pub fn notify(title: &str, text: &str, tag: &str) {
    if !document().hidden() || consent() != Consent::Given {
        return;
    }
    let options = NotificationOptions::new();
    options.set_body(text);
    options.set_tag(tag);
    options.set_icon("/favicon.svg");
    // Some browsers on phones show none for a page; the title has it all the same.
    let Ok(notification) = Notification::new_with_options(title, &options) else { return };
    let shown = notification.clone();
    let clicked = Closure::once_into_js(move || {
        let _ = window().focus();
        shown.close();
    });
    notification.set_onclick(clicked.dyn_ref());
}
