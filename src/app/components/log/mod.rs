//! A task's log: it follows its end until somebody scrolls up, can be filtered and searched, and every line has an
//! address (`#L123`, `#L120-L130`).

mod follow;
mod line;
mod permalink;

use leptos::{prelude::*, task::spawn_local};

use super::icon::Icon;
use crate::{
    app::{api, figures},
    client::view::Live,
    protocol::{Problem, TaskId},
};
use follow::Follow;
use line::ChunkView;
use permalink::Permalink;

const LEVELS: [(&str, &str); 4] = [("debug", "All levels"), ("info", "Info and above"), ("warning", "Warnings and errors"), ("error", "Errors only")];

#[component]
pub fn LogPanel(live: Live) -> impl IntoView {
    let (task_id, since) = live.snapshot.with_untracked(|snapshot| (snapshot.task_id, snapshot.created_at));
    let node = NodeRef::new();
    let follow = Follow::new(live, node);
    let permalink = Permalink::new(live, follow);
    let needle = RwSignal::new(String::new());
    let level = RwSignal::new("debug".to_owned());
    let failed = RwSignal::new(None::<Problem>);
    let total = live.part(|snapshot| snapshot.log_total);
    let ended = live.part(crate::protocol::TaskSnapshot::is_terminal);
    view! {
        <div class="log-tools">
            <Search live needle follow />
            <label class="offscreen" for="log-level">
                "Level"
            </label>
            <select id="log-level" class="needs-script" on:change=move |event| level.set(event_target_value(&event))>
                {LEVELS.iter().map(|(value, label)| view! { <option value=*value>{*label}</option> }).collect_view()}
            </select>
            <span class="spacer"></span>
            <a class="button small" href=format!("/api/v1/tasks/{task_id}/log.txt") rel="external">
                <Icon name="external" />
                "Raw log"
            </a>
        </div>
        <div class="log-frame">
            <div
                class="log"
                role="log"
                aria-live="off"
                aria-label="Log"
                tabindex="0"
                node_ref=node
                data-show=move || level.get()
                on:scroll=move |_| follow.scrolled()
            >
                <Earlier live task_id follow failed />
                <For each=move || live.log.chunks.get() key=|chunk| chunk.id let(chunk)>
                    <ChunkView chunk needle since permalink />
                </For>
                <Show when=move || total.get() == 0>
                    <p class="empty">{move || if ended.get() { "This task wrote no log." } else { "Lines appear here as the task writes them." }}</p>
                </Show>
            </div>
            <Show when=move || !follow.following.get() && !ended.get() || follow.unseen.get().gt(&0)>
                <button type="button" class="jump" data-key="End" on:click=move |_| follow.to_end()>
                    <Icon name="down" />
                    {move || match follow.unseen.get() {
                        0 => "Jump to latest".to_owned(),
                        count @ 1..=99 => format!("Jump to latest ({count} new)"),
                        _ => "Jump to latest (99+ new)".to_owned(),
                    }}
                </button>
            </Show>
        </div>
    }
}

#[component]
fn Search(live: Live, needle: RwSignal<String>, follow: Follow) -> impl IntoView {
    let matches = Memo::new(move |_| {
        let needle = needle.get();
        if needle.is_empty() {
            return None;
        }
        let chunks = live.log.chunks.get();
        Some(chunks.iter().map(|chunk| chunk.lines.read().iter().filter(|line| line::contains(&line.message, &needle)).count()).sum::<usize>())
    });
    let total = live.part(|snapshot| snapshot.log_total);
    let found = move || {
        let loaded = live.log.loaded.get() as u64;
        matches.get().map(|count| {
            let count = figures::count_of(count as u64, "line", "lines");
            if loaded < total.get() { format!("{count} of the last {}", figures::grouped(loaded)) } else { count }
        })
    };
    let type_in = move |text: String| {
        needle.set(text.to_ascii_lowercase());
        follow.hold();
    };
    view! {
        <div class="search needs-script">
            <Icon name="search" />
            <input
                type="search"
                placeholder="Search the log"
                aria-label="Search the log"
                data-key="/"
                on:input=move |event| type_in(event_target_value(&event))
                on:keydown=move |event| {
                    if event.key() == "Escape" {
                        type_in(String::new());
                        let input: leptos::web_sys::HtmlInputElement = event_target(&event);
                        input.set_value("");
                        let _ = input.blur();
                    }
                }
            />
            <span class="muted" role="status">
                {found}
            </span>
        </div>
    }
}

#[component]
fn Earlier(live: Live, task_id: TaskId, follow: Follow, failed: RwSignal<Option<Problem>>) -> impl IntoView {
    let total = live.part(|snapshot| snapshot.log_total);
    let missing = Memo::new(move |_| total.get().saturating_sub(live.log.loaded.get() as u64));
    let loading = RwSignal::new(false);
    let load = move |_| {
        let Some(before) = live.log.first_seq().filter(|_| !loading.get_untracked()) else { return };
        loading.set(true);
        follow.hold();
        spawn_local(async move {
            let answer = api::log_before(task_id, before).await;
            loading.set(false);
            match answer {
                Ok(lines) => follow.keep_place(|| live.log.prepend(lines)),
                Err(problem) => failed.set(Some(problem)),
            }
        });
    };
    view! {
        <Show when=move || missing.get().gt(&0)>
            <p class="earlier">
                <button type="button" class="button small needs-script" disabled=move || loading.get() on:click=load>
                    {move || if loading.get() { "Loading…" } else { "Load earlier lines" }}
                </button>
                <span class="muted">{move || format!("{} earlier", figures::count_of(missing.get(), "line", "lines"))}</span>
                {move || failed.get().map(|problem| view! { <span class="bad">{problem.title}</span> })}
            </p>
        </Show>
    }
}
