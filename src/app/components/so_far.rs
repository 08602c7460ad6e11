//! The figures that a task has reported so far.

use leptos::prelude::*;

use crate::{
    app::{figures, markup::escape},
    client::view::Live,
    protocol::TaskSnapshot,
};

#[component]
pub fn SoFar(live: Live) -> impl IntoView {
    view! {
        <section class="panel so-far" aria-labelledby="so-far-title">
            <h2 id="so-far-title">"So far"</h2>
            <dl inner_html=live.words(html)></dl>
        </section>
    }
}

fn html(snapshot: &TaskSnapshot) -> String {
    let mut html = String::new();
    let mut row = |name: &str, count: u64| {
        html.push_str("<div><dt>");
        escape(&words(name), &mut html);
        html.push_str("</dt><dd>");
        html.push_str(&figures::grouped(count));
        html.push_str("</dd></div>");
    };
    for (name, count) in &snapshot.counts {
        row(name, *count);
    }
    if !snapshot.counts.contains_key("files") {
        row("files", snapshot.files_total);
    }
    html
}

/// `skipped_with_reason` → `Skipped with reason`
fn words(name: &str) -> String {
    let mut letters = name.replace('_', " ");
    if let Some(first) = letters.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    letters
}
