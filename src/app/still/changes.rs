//! `/tasks/{id}/changes`: what became of each file since the run before, and of one file line by line.

use leptos::prelude::*;
use leptos_router::location::Url;

use crate::{
    app::figures,
    protocol::diff::{Change, DiffHunk, DiffLine, FileChange, FileDiff, LineChange, RunDiff},
};

/// What the page shows.
#[derive(Clone, Debug)]
pub struct ChangesView {
    /// The task's.
    pub title: String,
    pub diff: RunDiff,
    pub file: Option<FileDiff>,
}

pub(super) fn page(view: ChangesView) -> impl IntoView {
    let ChangesView { title, diff, file } = view;
    let RunDiff { task_id, against, files } = diff;
    let count = |change: Change| files.iter().filter(|file| file.change == change).count() as u64;
    let summary = format!(
        "{} changed, {} added, {} removed, {} the same",
        figures::grouped(count(Change::Changed)),
        figures::grouped(count(Change::Added)),
        figures::grouped(count(Change::Removed)),
        figures::grouped(count(Change::Same)),
    );
    let shown = file.as_ref().map(|file| file.path.clone());
    let all_same = files.iter().all(|file| file.change == Change::Same);
    let rows = files.into_iter().filter(|file| file.change != Change::Same).map(|file| {
        let href = format!("/tasks/{task_id}/changes?against={against}&file={}#diff", Url::escape(&file.path));
        let current = (shown.as_deref() == Some(&*file.path)).then_some("true");
        let size = size(&file);
        view! {
            <li>
                <a href=href aria-current=current>
                    <span class="change" data-change=file.change.as_str()>
                        {file.change.as_str()}
                    </span>
                    <span class="path">{file.path}</span>
                    <span class="muted">{size}</span>
                </a>
            </li>
        }
    });
    view! {
        <div class="column">
            <header class="page-head">
                <h1>"What has changed"</h1>
                <p class="muted">
                    <a href=format!("/tasks/{task_id}")>{title}</a> " beside " <a href=format!("/tasks/{against}")>"the run before"</a> ": " {summary}
                </p>
            </header>
            <p class="panel empty" hidden=!all_same>
                "Every file is the same as in the run before."
            </p>
            <ul class="panel changes" hidden=all_same aria-label="Files that differ">
                {rows.collect_view()}
            </ul>
            {file.map(shown_file)}
        </div>
    }
}

fn size(file: &FileChange) -> String {
    match (file.bytes_before, file.bytes) {
        (Some(before), Some(now)) if before != now => format!("{} → {}", figures::bytes(before), figures::bytes(now)),
        (_, Some(bytes)) | (Some(bytes), None) => figures::bytes(bytes),
        (None, None) => String::new(),
    }
}

fn shown_file(file: FileDiff) -> impl IntoView {
    let FileDiff { path, hunks, not_shown, .. } = file;
    let nothing = hunks.is_empty();
    view! {
        <section class="panel diff-panel" id="diff" aria-labelledby="diff-title">
            <h2 id="diff-title">{path.clone()}</h2>
            {not_shown.map(|why| view! { <p class="muted">{why}</p> })}
            <div class="diff-frame" tabindex="0" role="region" aria-label=format!("Lines of {path} that differ") hidden=nothing>
                <table class="diff">
                    <thead class="offscreen">
                        <tr>
                            <th scope="col">"Line before"</th>
                            <th scope="col">"Line now"</th>
                            <th scope="col">"Change"</th>
                            <th scope="col">"Text"</th>
                        </tr>
                    </thead>
                    {hunks.into_iter().map(|DiffHunk { lines }| view! { <tbody>{lines.into_iter().map(line).collect_view()}</tbody> }).collect_view()}
                </table>
            </div>
        </section>
    }
}

fn line(line: DiffLine) -> impl IntoView {
    let number = |number: Option<usize>| number.map(|number| number.to_string()).unwrap_or_default();
    let (sign, word) = match line.change {
        LineChange::Same => (" ", ""),
        LineChange::Added => ("+", "added"),
        LineChange::Removed => ("−", "removed"),
    };
    let pieces = line.pieces.into_iter().map(|piece| {
        if piece.differs { view! { <mark>{piece.text}</mark> }.into_any() } else { view! { <span>{piece.text}</span> }.into_any() }
    });
    view! {
        <tr data-change=line.change.as_str()>
            <td class="number">{number(line.before)}</td>
            <td class="number">{number(line.now)}</td>
            <td class="sign">
                <span aria-hidden="true">{sign}</span>
                <span class="offscreen">{word}</span>
            </td>
            <td class="text">{pieces.collect_view()}</td>
        </tr>
    }
}
