//! The figures that a task has reported so far.

use leptos::prelude::*;

use crate::{app::figures, client::view::Live};

#[component]
pub fn SoFar(live: Live) -> impl IntoView {
    let names = live.part(|snapshot| snapshot.counts.keys().cloned().collect::<Vec<_>>());
    let files = live.part(|snapshot| snapshot.files_total);
    view! {
        <section class="panel so-far" aria-labelledby="so-far-title">
            <h2 id="so-far-title">"So far"</h2>
            <dl>
                <For each=move || names.get() key=Clone::clone let(name)>
                    <Count live name />
                </For>
                <Show when=move || names.with(|names| !names.iter().any(|name| name == "files"))>
                    <div>
                        <dt>"Files"</dt>
                        <dd>{move || figures::grouped(files.get())}</dd>
                    </div>
                </Show>
            </dl>
        </section>
    }
}

#[component]
fn Count(live: Live, name: String) -> impl IntoView {
    let label = words(&name);
    let count = live.part(move |snapshot| snapshot.counts.get(&name).copied().unwrap_or(0));
    view! {
        <div>
            <dt>{label}</dt>
            <dd>{move || figures::grouped(count.get())}</dd>
        </div>
    }
}

/// `skipped_with_reason` → `Skipped with reason`
fn words(name: &str) -> String {
    let mut letters = name.replace('_', " ");
    if let Some(first) = letters.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    letters
}
