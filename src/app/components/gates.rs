//! What was seen of a finished project: its gates with their receipts, and where an edit met something else than it was made on.

use leptos::prelude::*;

use crate::{
    app::{figures, whole::Whole},
    client::view::Live,
    protocol::{
        Kind, TaskId,
        edit::{Conflict, ConflictHunk, ConflictKind, GateReceipt, GateResult, ProjectResult},
    },
};

#[component]
pub fn GatesPanel(live: Live, owner: bool) -> impl IntoView {
    let task_id = live.task_id;
    let result = live.part(|snapshot| snapshot.result.clone().filter(|_| snapshot.kind == Kind::Project));
    move || {
        let result = result.get().and_then(|result| serde_json::from_value::<ProjectResult>(result).ok());
        result.map(|ProjectResult { gates, conflicts }| {
            Whole(view! { <div class="outcomes">{conflicts_panel(task_id, conflicts, owner)} {gates_panel(gates)}</div> })
        })
    }
}

fn gates_panel(gates: Vec<GateResult>) -> impl IntoView {
    let verified = gates.iter().filter(|gate| gate.verified).count();
    let summary = match (gates.len(), verified) {
        (0, _) => "Not verified here: nothing of this project was run. The log says why.".to_owned(),
        (all, verified) if all == verified => format!("All {all} gates were seen to hold, here, on these files."),
        (all, verified) => format!("{verified} of {all} gates were seen to hold here; the others could not be tried."),
    };
    let none = gates.is_empty();
    let items = gates.into_iter().map(gate);
    view! {
        <section class="panel gates" aria-labelledby="gates-title">
            <details>
                <summary>
                    <h2 id="gates-title">"Gates"</h2>
                    " "
                    <span class="muted">{summary}</span>
                </summary>
                <ul class="gate-list" hidden=none>
                    {items.collect_view()}
                </ul>
            </details>
        </section>
    }
}

fn gate(gate: GateResult) -> impl IntoView {
    let GateResult { name, expectation, verified, note, receipts } = gate;
    let (state, word) = if verified { ("completed", "verified") } else { ("queued", "not verified here") };
    let no_receipts = receipts.is_empty();
    let caption = format!("What was run for {name}");
    let rows = receipts.into_iter().map(|GateReceipt { command, exit_code, seconds }| {
        let code = exit_code.map_or_else(|| "none".to_owned(), |code| code.to_string());
        // Saturates: nobody reads a time beyond centuries.
        #[allow(clippy::cast_possible_truncation)]
        let took = figures::span((seconds * 1000.0) as i64);
        view! {
            <tr>
                <td>
                    <code>{command}</code>
                </td>
                <td>{code}</td>
                <td>{took}</td>
            </tr>
        }
    });
    view! {
        <li>
            <p class="gate-head">
                <strong>{name}</strong>
                " "
                <span class="pill" data-state=state>
                    {word}
                </span>
            </p>
            <p>{expectation}</p>
            <p class="muted" hidden=note.is_empty()>
                {note.clone()}
            </p>
            <div class="table-frame" tabindex="0" role="region" aria-label=caption hidden=no_receipts>
                <table class="receipts">
                    <thead>
                        <tr>
                            <th scope="col">"Command"</th>
                            <th scope="col">"Exit code"</th>
                            <th scope="col">"Time"</th>
                        </tr>
                    </thead>
                    <tbody>{rows.collect_view()}</tbody>
                </table>
            </div>
        </li>
    }
}

fn conflicts_panel(task_id: TaskId, conflicts: Vec<Conflict>, owner: bool) -> impl IntoView {
    let none = conflicts.is_empty();
    let items = conflicts.into_iter().map(move |conflict| one_conflict(task_id, conflict, owner));
    view! {
        <section class="panel conflicts" aria-labelledby="conflicts-title" hidden=none>
            <h2 id="conflicts-title">"Edits that met something new"</h2>
            <ul>{items.collect_view()}</ul>
        </section>
    }
}

fn one_conflict(task_id: TaskId, conflict: Conflict, owner: bool) -> impl IntoView {
    let Conflict { path, kind, hunks, hunks_total } = conflict;
    let words = match kind {
        ConflictKind::Overlap => "The same lines were edited and generated anew. The edit stands; this is what was generated instead.",
        ConflictKind::Gone => "This file is not generated any more. The edit waits: it is back as soon as the file is.",
    };
    let more = hunks_total.saturating_sub(hunks.len());
    let gone = kind == ConflictKind::Gone;
    let edit = (owner && !gone).then(|| {
        let address = format!("/tasks/{task_id}/edit?file={}", leptos_router::location::Url::escape(&path));
        view! {
            <a href=address rel="external">
                "Edit"
            </a>
        }
    });
    let hunks = hunks.into_iter().map(|ConflictHunk { line, edited, generated }| {
        let sides = format!("Line {line}");
        view! {
            <div class="conflict">
                <p class="muted">{sides}</p>
                <div class="sides">
                    <div>
                        <p>"Edited"</p>
                        <pre tabindex="0">{edited}</pre>
                    </div>
                    <div hidden=gone>
                        <p>"Generated"</p>
                        <pre tabindex="0">{generated}</pre>
                    </div>
                </div>
            </div>
        }
    });
    view! {
        <li>
            <p>
                <code>{path}</code>
                " "
                {edit}
            </p>
            <p class="muted">{words}</p>
            {hunks.collect_view()}
            <p class="muted" hidden=more == 0>
                {format!("And {more} more places.")}
            </p>
        </li>
    }
}
