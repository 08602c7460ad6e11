//! Files and text that somebody drops, chooses or pastes.

use leptos::{ev, prelude::*, web_sys};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::{JsFuture, spawn_local};

use crate::{
    client::document::{Document, check_size},
    protocol::Problem,
};

type Done = Callback<Result<Document, Problem>>;

/// Reads the first file that was dropped; false when there is none.
pub fn dropped_file(event: &ev::DragEvent, done: Done) -> bool {
    let file = event.data_transfer().and_then(|data| data.files()).and_then(|files| files.get(0));
    read(file, done)
}

/// Reads the file that an input holds; false when there is none.
pub fn chosen_file(input: &web_sys::HtmlInputElement, done: Done) -> bool {
    read(input.files().and_then(|files| files.get(0)), done)
}

pub fn pasted_text(event: &ev::ClipboardEvent) -> Option<String> {
    let data = js_sys::Reflect::get(event, &"clipboardData".into()).ok()?.dyn_into::<web_sys::DataTransfer>().ok()?;
    data.get_data("text").ok().filter(|text| !text.trim().is_empty())
}

fn read(file: Option<web_sys::File>, done: Done) -> bool {
    let Some(file) = file else { return false };
    spawn_local(async move {
        let name = file.name();
        let answer = match check_size(&name, file.size()) {
            Ok(()) => match JsFuture::from(file.text()).await.ok().and_then(|text| text.as_string()) {
                Some(text) => Ok(Document { name, text }),
                None => Err(Problem::invalid("file", format!("{name} could not be read."))),
            },
            Err(problem) => Err(problem),
        };
        done.run(answer);
    });
    true
}
