//! The files of a task: a tree that grows as they are written, and a preview that follows the newest one until
//! somebody chooses.

mod preview;
mod tree;

use std::{sync::Arc, time::Duration};

use leptos::{prelude::*, task::spawn_local};
use leptos_router::hooks::use_query_map;

use crate::{
    app::{api, signals::switch},
    client::view::Live,
    protocol::{FileEntry, FileView, Kind, Problem, TaskId, TaskSnapshot},
};
use preview::preview;
use tree::Tree;

/// Files that are written faster than this are not all worth a request.
const SETTLE: Duration = Duration::from_millis(150);

/// A file as it is now: another content is another file to show.
pub type Version = (String, String);

#[component]
pub fn FilesPanel(live: Live, file: Option<Result<FileView, Problem>>, owner: bool) -> impl IntoView {
    let task_id = live.task_id;
    let query = use_query_map();
    let chosen = Memo::new(move |_| query.with(|query| query.get("file")).filter(|path| !path.is_empty()));
    let follow = RwSignal::new(chosen.get_untracked().is_none());
    let shown = shown_file(live, chosen, follow);
    let file = RwSignal::new(file);
    // A run that has ended can be begun from, by whom it belongs to.
    let editable = owner.then(|| live.switch(|snapshot| snapshot.kind == Kind::Project && snapshot.is_terminal()));
    load(task_id, shown, file);
    let empty = live.switch(|snapshot| snapshot.files_total == 0);
    let none = live.words(|snapshot| {
        if snapshot.is_terminal() { "This task has no files." } else { "Files appear here as they are written." }.to_owned()
    });
    view! {
        <div class="files" hidden=empty>
            <div class="tree-frame">
                <label class="follow needs-script" hidden=live.switch(TaskSnapshot::is_terminal)>
                    <input
                        type="checkbox"
                        checked=follow.get_untracked()
                        prop:checked=switch(move || follow.get())
                        on:change=move |event| follow.set(event_target_checked(&event))
                    />
                    "Follow the newest file"
                </label>
                <Tree live shown />
            </div>
            <div class="preview-frame">
                {move || preview(task_id, file.get(), editable)}
            </div>
        </div>
        <p class="empty" hidden=live.switch(|snapshot| snapshot.files_total > 0)>
            {none}
        </p>
    }
}

/// Keeps `file` what is to be shown, asking at most every [`SETTLE`]. The file that the page came with is there already.
fn load(task_id: TaskId, shown: Memo<Option<Version>>, file: RwSignal<Option<Result<FileView, Problem>>>) {
    let came =
        file.with_untracked(|file| file.as_ref().and_then(|file| file.as_ref().ok()).map(|file| (file.path.clone(), file.sha256.clone())));
    let asked = StoredValue::new(came);
    let waiting = StoredValue::new(false);
    Effect::new(move |_| {
        if shown.get() == asked.get_value() || waiting.get_value() {
            return;
        }
        waiting.set_value(true);
        let ask = move || {
            let Some(version) = shown.try_get_untracked() else { return };
            waiting.set_value(false);
            asked.set_value(version.clone());
            let Some((path, _)) = version.clone() else { return };
            spawn_local(async move {
                let answer = api::file(task_id, path).await;
                if asked.try_get_value() == Some(version) {
                    file.set(Some(answer));
                }
            });
        };
        set_timeout(ask, SETTLE);
    });
}

/// The chosen file, or the newest while following; what somebody chooses ends the following.
fn shown_file(live: Live, chosen: Memo<Option<String>>, follow: RwSignal<bool>) -> Memo<Option<Version>> {
    let alive = RwSignal::new(false);
    Effect::new(move |_| alive.set(true));
    Effect::new(move |before: Option<Option<String>>| {
        let chosen = chosen.get();
        if chosen.is_some() && before.is_some_and(|before| before != chosen) {
            follow.set(false);
        }
        chosen
    });
    let ended_before = live.now(TaskSnapshot::is_terminal);
    Memo::new(move |before: Option<&Option<Version>>| {
        let files = live.files.get();
        let version = |file: &FileEntry| (file.path.clone(), file.sha256.clone());
        if let (Some(path), false) = (chosen.get(), follow.get()) {
            return files.iter().find(|file| file.path == path).map(version).or(Some((path, String::new())));
        }
        if !alive.get() {
            // A rendered page shows a preview only when asked: highlighting costs more than the rest of it.
            return None;
        }
        if ended_before || !follow.get() {
            return before.cloned().flatten().or_else(|| first_to_read(&files).map(version));
        }
        files.iter().max_by_key(|file| file.seq).map(version)
    })
}

/// The README nearest to the top, else the first file.
fn first_to_read(files: &Arc<Vec<FileEntry>>) -> Option<&FileEntry> {
    let readme = files.iter().filter(|file| file.path.rsplit('/').next() == Some("README.md"));
    readme.min_by_key(|file| file.path.len()).or_else(|| files.first())
}
