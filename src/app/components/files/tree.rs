//! The file tree: one flat list of rows, so that a new file is one new row and everything else stays.

use std::{collections::HashSet, sync::Arc};

use leptos::{attr::custom::custom_attribute, either::Either, ev::KeyboardEvent, prelude::*, wasm_bindgen::JsCast, web_sys};
use leptos_router::location::Url;

use super::Version;
use crate::{
    app::{components::icon::icon, signals::perhaps},
    client::view::Live,
    protocol::FileEntry,
};

/// Deeper levels are indented like this one.
const MAX_DEPTH: usize = 12;

#[component]
pub fn Tree(live: Live, shown: Memo<Option<Version>>) -> impl IntoView {
    let collapsed = RwSignal::new(HashSet::<String>::new());
    let rows = Memo::new(move |_| collapsed.with(|collapsed| rows(&live.files.get(), collapsed)));
    let seen = live.now(|snapshot| snapshot.seq);
    view! {
        <ul class="tree" aria-label="Files" on:keydown=move |event| move_focus(&event)>
            <For each=move || rows.get() key=|row| (row.path.clone(), row.file.is_some()) let(row)>
                <RowView row shown collapsed seen />
            </For>
        </ul>
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Row {
    path: String,
    depth: usize,
    /// The seq of the file; `None` for folders.
    file: Option<u64>,
}

#[component]
fn RowView(row: Row, shown: Memo<Option<Version>>, collapsed: RwSignal<HashSet<String>>, seen: u64) -> impl IntoView {
    let Row { path, depth, file } = row;
    let name = path.rsplit('/').next().unwrap_or_default().to_owned();
    let inner = if let Some(seq) = file {
        let this = path.clone();
        let current = perhaps(move || shown.with(|shown| shown.as_ref().is_some_and(|(path, _)| *path == this)).then_some("true"));
        Either::Left(view! {
            <a href=format!("?tab=files&file={}", Url::escape(&path)) data-noscroll="" aria-current=current title=path>
                {icon("file")}
                <span class="name">{name}</span>
                <span class="new" hidden=seq <= seen>
                    "new"
                </span>
            </a>
        })
    } else {
        let (this, toggled) = (path.clone(), path);
        let open = perhaps(move || Some(if collapsed.with(|collapsed| collapsed.contains(&this)) { "false" } else { "true" }));
        let toggle = move |_| {
            collapsed.update(|collapsed| {
                if !collapsed.remove(&toggled) {
                    collapsed.insert(toggled.clone());
                }
            });
        };
        Either::Right(view! {
            <button type="button" aria-expanded=open on:click=toggle>
                {icon("chevron")}
                <span class="name">{name}</span>
            </button>
        })
    };
    view! {
        <li class=format!("depth-{}", depth.min(MAX_DEPTH)) {..custom_attribute("aria-level", (depth + 1).to_string())}>
            {inner}
        </li>
    }
}

/// Files and the folders above them, in order, without what is inside collapsed folders. `files` are ordered by path, so
/// that everything of a folder stands together.
fn rows(files: &Arc<Vec<FileEntry>>, collapsed: &HashSet<String>) -> Vec<Row> {
    let mut rows = Vec::with_capacity(files.len() + 8);
    let mut open: Vec<&str> = Vec::new();
    for file in files.iter() {
        let folders: Vec<&str> = file.path.match_indices('/').map(|(end, _)| &file.path[..end]).collect();
        let kept = open.iter().zip(&folders).take_while(|(before, now)| before == now).count();
        open.truncate(kept);
        let mut hidden = open.iter().any(|folder| collapsed.contains(*folder));
        for folder in &folders[kept..] {
            if !hidden {
                rows.push(Row { path: (*folder).to_owned(), depth: open.len(), file: None });
            }
            hidden |= collapsed.contains(*folder);
            open.push(folder);
        }
        if !hidden {
            rows.push(Row { path: file.path.clone(), depth: folders.len(), file: Some(file.seq) });
        }
    }
    rows
}

/// Arrows walk the rows; left and right close and open folders.
fn move_focus(event: &KeyboardEvent) {
    let Some(control) = event.target().and_then(|target| target.dyn_into::<web_sys::HtmlElement>().ok()) else { return };
    let Ok(Some(row)) = control.closest("li") else { return };
    let expanded = control.get_attribute("aria-expanded");
    let to = match event.key().as_str() {
        "ArrowDown" => row.next_element_sibling(),
        "ArrowUp" => row.previous_element_sibling(),
        "ArrowRight" if expanded.as_deref() == Some("false") => return control.click(),
        "ArrowLeft" if expanded.as_deref() == Some("true") => return control.click(),
        _ => return,
    };
    let next = to.and_then(|row| row.first_element_child()).and_then(|next| next.dyn_into::<web_sys::HtmlElement>().ok());
    if let Some(next) = next {
        event.prevent_default();
        let _ = next.focus();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(paths: &[&str]) -> Arc<Vec<FileEntry>> {
        Arc::new(paths.iter().map(|path| FileEntry { seq: 1, path: (*path).into(), bytes: 1, sha256: String::new() }).collect())
    }

    fn shape(files: &Arc<Vec<FileEntry>>, collapsed: &[&str]) -> Vec<String> {
        let collapsed = collapsed.iter().map(|path| (*path).to_owned()).collect();
        rows(files, &collapsed)
            .iter()
            .map(|row| format!("{}{}{}", "  ".repeat(row.depth), row.path, if row.file.is_none() { "/" } else { "" }))
            .collect()
    }

    #[test]
    fn folders_stand_above_their_files() {
        let files = files(&["README.md", "a/b/one.py", "a/b/two.py", "a/c.py", "ab/d.py"]);
        assert_eq!(shape(&files, &[]), ["README.md", "a/", "  a/b/", "    a/b/one.py", "    a/b/two.py", "  a/c.py", "ab/", "  ab/d.py"]);
    }

    #[test]
    fn what_is_collapsed_hides_everything_inside() {
        let files = files(&["a/b/one.py", "a/b/two.py", "a/c.py", "z.py"]);
        assert_eq!(shape(&files, &["a/b"]), ["a/", "  a/b/", "  a/c.py", "z.py"]);
        assert_eq!(shape(&files, &["a"]), ["a/", "z.py"]);
    }
}
