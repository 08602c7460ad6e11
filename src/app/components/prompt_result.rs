//! What became of a prompt: original and result side by side, each change to be taken or left, the reasons, the scores.
//!
//! Without script everything is there to read; taking and leaving needs script.

use leptos::{either::Either, prelude::*};

use super::{copy_button::CopyButton, icon::icon};
use crate::{
    app::{
        signals::{switch, words},
        whole::Whole,
    },
    client::view::Live,
    protocol::{
        Kind, PromptResult, TaskId,
        prompt::{Change, Score, Segment, apply},
    },
};

/// Longer pieces of a change are shortened where they are listed; the texts above have them whole.
const SHOWN_CHARS: usize = 160;

#[component]
pub fn PromptPanel(live: Live) -> impl IntoView {
    let task_id = live.task_id;
    let result = live.part(|snapshot| snapshot.result.clone().filter(|_| snapshot.kind == Kind::Prompt));
    move || {
        let result = result.get().and_then(|result| serde_json::from_value::<PromptResult>(result).ok());
        result.map(|result| Whole(panel(task_id, result)))
    }
}

fn panel(task_id: TaskId, result: PromptResult) -> impl IntoView {
    let PromptResult { changes, segments, before, after, cut, .. } = result;
    let texts = if cut { Either::Left(too_long(task_id)) } else { Either::Right(texts(segments)) };
    view! {
        <section class="panel prompt-result" aria-labelledby="prompt-result-title">
            <div class="prompt-head">
                <h2 id="prompt-result-title">"Original and result"</h2>
                <span class="muted">{format!("score {} → {} of 100", before.total, after.total)}</span>
                <span class="spacer"></span>
                <a class="button small" href=format!("/new/prompt?from={task_id}")>
                    {icon("refresh")}
                    "Use as new input"
                </a>
            </div>
            {texts}
            {reasons(changes)}
            {scores(before, after)}
        </section>
    }
}

fn too_long(task_id: TaskId) -> impl IntoView {
    let file = move |name: &str| format!("/api/v1/tasks/{task_id}/files/{name}");
    view! {
        <p>
            "The texts are long. " <a href=format!("/tasks/{task_id}") rel="external">
                "Compare them"
            </a> ", or look at the " <a href=file("original.md") rel="external">
                "original"
            </a> " or the " <a href=file("prompt.md") rel="external">
                "result"
            </a> "."
        </p>
    }
}

/// Both texts, and a switch for each change.
fn texts(segments: Vec<Segment>) -> impl IntoView {
    let count = segments.iter().filter(|segment| segment.after.is_some()).count();
    let taken = RwSignal::new(vec![true; count]);
    let is_taken = move |number: usize| taken.with(|taken| taken.get(number).copied().unwrap_or(false));
    let (mut left, mut right, mut switches) = (Vec::new(), Vec::new(), Vec::new());
    let mut number = 0;
    for Segment { before, after } in segments.clone() {
        let Some(after) = after else {
            left.push(view! { <span>{before.clone()}</span> }.into_any());
            right.push(view! { <span>{before}</span> }.into_any());
            continue;
        };
        let this = number;
        number += 1;
        left.push(view! { <del>{before.clone()}</del> }.into_any());
        let (was, is) = (before.clone(), after.clone());
        let shown = words(move || if is_taken(this) { is.clone() } else { was.clone() });
        right.push(view! { <ins class:is-left=switch(move || !is_taken(this))>{shown}</ins> }.into_any());
        let choose = move |event| {
            let yes = event_target_checked(&event);
            taken.update(|taken| taken[this] = yes);
        };
        switches.push(view! {
            <li>
                <label>
                    <input type="checkbox" checked prop:checked=switch(move || is_taken(this)) on:change=choose />
                    <span>
                        <span class="offscreen">{format!("Change {}: ", this + 1)}</span>
                        <del>{shortened(&before)}</del>
                        " "
                        <ins>{shortened(&after)}</ins>
                    </span>
                </label>
            </li>
        });
    }
    let all = StoredValue::new(segments);
    let text = Callback::new(move |()| all.with_value(|segments| apply(segments, |number| taken.with_untracked(|taken| taken[number]))));
    let set_all = move |yes: bool| taken.update(|taken| taken.fill(yes));
    let summary = words(move || format!("{} of {count} changes taken", taken.with(|taken| taken.iter().filter(|yes| **yes).count())));
    view! {
        <div class="prompt-texts">
            <section aria-labelledby="prompt-original">
                <h3 id="prompt-original">"Original"</h3>
                <pre class="prompt-text" tabindex="0">{left}</pre>
            </section>
            <section aria-labelledby="prompt-text">
                <div class="prompt-head">
                    <h3 id="prompt-text">"Result"</h3>
                    <span class="spacer"></span>
                    <CopyButton text hidden=switch(|| false) />
                </div>
                <pre class="prompt-text" tabindex="0">{right}</pre>
            </section>
        </div>
        <fieldset class="prompt-choices needs-script" hidden=count == 0>
            <legend>"Take or leave"</legend>
            <div class="row">
                <button type="button" class="button small" on:click=move |_| set_all(true)>
                    "Accept all"
                </button>
                <button type="button" class="button small" on:click=move |_| set_all(false)>
                    "Restore original"
                </button>
                <span class="muted" aria-live="polite">
                    {summary}
                </span>
            </div>
            <ul>{switches}</ul>
        </fieldset>
    }
}

/// On one line and not too long; what is only space is named.
fn shortened(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.is_empty() && !text.is_empty() {
        return "(space)".into();
    }
    match line.char_indices().nth(SHOWN_CHARS) {
        Some((at, _)) => format!("{}…", &line[..at]),
        None => line,
    }
}

fn reasons(changes: Vec<Change>) -> impl IntoView {
    let none = changes.is_empty();
    let items = changes.into_iter().map(|change| {
        let (before, after) = (shortened(&change.before), shortened(&change.after));
        let (nothing_before, nothing_after) = (before.is_empty(), after.is_empty());
        view! {
            <li>
                <strong>{change.kind.label()}</strong>
                " "
                {change.reason}
                <span class="prompt-change" hidden=nothing_before && nothing_after>
                    <del hidden=nothing_before>{before}</del>
                    " "
                    <ins hidden=nothing_after>{after}</ins>
                </span>
            </li>
        }
    });
    view! {
        <h3>"Why"</h3>
        <p class="muted" hidden=!none>
            "Nothing was changed: the prompt says already what an answer depends on."
        </p>
        <ul class="prompt-reasons">{items.collect_view()}</ul>
    }
}

fn scores(before: Score, after: Score) -> impl IntoView {
    let row = |label: String, was: u8, is: u8, reason: String| {
        view! {
            <tr>
                <th scope="row">{label}</th>
                <td>{was.to_string()}</td>
                <td>{is.to_string()}</td>
                <td>{reason}</td>
            </tr>
        }
    };
    let rows: Vec<_> = before.marks.into_iter().zip(after.marks).map(|(was, is)| row(is.label, was.points, is.points, is.reason)).collect();
    view! {
        <h3>"Score"</h3>
        <div class="table-frame" tabindex="0" role="region" aria-label="Score">
            <table class="prompt-score">
                <thead>
                    <tr>
                        <th scope="col">"Criterion"</th>
                        <th scope="col">"Before"</th>
                        <th scope="col">"After"</th>
                        <th scope="col">"Reason"</th>
                    </tr>
                </thead>
                <tbody>{rows} {row("Total".into(), before.total, after.total, "Weighted mean".into())}</tbody>
            </table>
        </div>
    }
}
