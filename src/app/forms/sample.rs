//! One click to a running task.

use leptos::prelude::*;

use super::form_key;

#[component]
pub fn SampleForm() -> impl IntoView {
    let key = form_key();
    view! {
        <form method="post" action="/new/test-suite" enctype="multipart/form-data" class="inline">
            <input type="hidden" name="sample" value="bookshop" />
            <input type="hidden" name="idempotency_key" value=format!("{key}-sample") />
            <button class="link">"the bookshop API"</button>
        </form>
    }
}
