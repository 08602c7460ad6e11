//! A task's log: it follows its end until somebody scrolls up, can be filtered and searched, and every line has an
//! address (`#L123`, `#L120-L130`).

mod follow;
mod lines;
mod permalink;
mod sheet;

use leptos::{ev::KeyboardEvent, prelude::*, task::spawn_local, web_sys};

use super::icon::icon;
use crate::{
    app::{
        api, figures,
        signals::{switch, words},
    },
    client::view::Live,
};
use follow::Follow;
use permalink::Permalink;
use sheet::Sheet;

/// `shown`: whether the log is in sight at all.
#[component]
pub fn LogPanel(live: Live, shown: Signal<bool>) -> impl IntoView {
    let (frame, list) = (NodeRef::new(), NodeRef::new());
    let follow = Follow::new(live, frame, shown);
    let sheet = Sheet::new(live, follow, list);
    let permalink = Permalink::new(sheet, follow);
    let level = RwSignal::new("debug".to_owned());
    let failed = RwSignal::new(String::new());
    let loading = RwSignal::new(false);
    let missing = Memo::new(move |_| live.snapshot.with(|snapshot| snapshot.log_total).saturating_sub(live.log.loaded.get() as u64));
    let load = move |_| {
        let Some(before) = live.log.first_seq().filter(|_| !loading.get_untracked()) else { return };
        loading.set(true);
        follow.hold();
        spawn_local(async move {
            let answer = api::log_before(live.task_id, before).await;
            if loading.try_set(false).is_none() {
                match answer {
                    Ok(lines) => sheet.prepend(lines),
                    Err(problem) => failed.set(problem.title),
                }
            }
        });
    };
    let empty = words(move || {
        live.snapshot
            .with(|snapshot| match (snapshot.log_total, snapshot.is_terminal()) {
                (0, true) => "This task wrote no log.",
                (0, false) => "Lines appear here as the task writes them.",
                _ => "",
            })
            .to_owned()
    });
    let jump = words(move || match follow.unseen.get() {
        0 => "Jump to latest".to_owned(),
        count @ 1..=99 => format!("Jump to latest ({count} new)"),
        _ => "Jump to latest (99+ new)".to_owned(),
    });
    let ended = live.part(crate::protocol::TaskSnapshot::is_terminal);
    view! {
        <div class="log-tools">
            <Search sheet follow />
            <label class="offscreen" for="log-level">
                "Level"
            </label>
            <select id="log-level" class="needs-script" on:change=move |event| level.set(event_target_value(&event))>
                <option value="debug">"All levels"</option>
                <option value="info">"Info and above"</option>
                <option value="warning">"Warnings and errors"</option>
                <option value="error">"Errors only"</option>
            </select>
            <span class="spacer"></span>
            <a class="button small" href=format!("/api/v1/tasks/{}/log.txt", live.task_id) rel="external">
                {icon("external")}
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
                node_ref=frame
                data-show=words(move || level.get())
                on:scroll=move |_| follow.scrolled()
                on:click=move |event| permalink.clicked(&event)
            >
                <p class="earlier" hidden=switch(move || missing.get() == 0)>
                    <button type="button" class="button small needs-script" disabled=switch(move || loading.get()) on:click=load>
                        "Load earlier lines"
                    </button>
                    <span class="muted">{words(move || format!("{} earlier", figures::count_of(missing.get(), "line", "lines")))}</span>
                    <span class="bad">{words(move || failed.get())}</span>
                </p>
                <div node_ref=list inner_html=sheet.first_html()></div>
                <p class="empty" hidden=switch(move || empty.get().is_empty())>
                    {empty}
                </p>
            </div>
            <button
                type="button"
                class="jump"
                data-key="End"
                hidden=switch(move || follow.following.get() || (ended.get() && follow.unseen.get() == 0))
                on:click=move |_| follow.to_end()
            >
                {icon("down")}
                <span>{jump}</span>
            </button>
        </div>
    }
}

#[component]
fn Search(sheet: Sheet, follow: Follow) -> impl IntoView {
    let total = move || sheet.live.snapshot.with(|snapshot| snapshot.log_total);
    let found = words(move || {
        let Some(count) = sheet.matches.get() else { return String::new() };
        let (count, loaded) = (figures::count_of(count as u64, "line", "lines"), sheet.live.log.loaded.get() as u64);
        if loaded < total() { format!("{count} of the last {}", figures::grouped(loaded)) } else { count }
    });
    let search = move |text: &str| {
        follow.hold();
        sheet.search(text);
    };
    let leave = move |event: KeyboardEvent| {
        if event.key() == "Escape" {
            let input: web_sys::HtmlInputElement = event_target(&event);
            input.set_value("");
            let _ = input.blur();
            search("");
        }
    };
    view! {
        <div class="search needs-script">
            {icon("search")}
            <input
                type="search"
                placeholder="Search the log"
                aria-label="Search the log"
                data-key="/"
                on:input=move |event| search(&event_target_value(&event))
                on:keydown=leave
            />
            <span class="muted" role="status">
                {found}
            </span>
        </div>
    }
}
