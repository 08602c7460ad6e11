//! What was said about moments of the runs. Lines of the log that it is about say so too.

use std::collections::BTreeMap;

use leptos::{ev::SubmitEvent, html, prelude::*, task::spawn_local};

use crate::{
    app::{
        api,
        components::moment::Ago,
        markup,
        signals::{switch, words},
    },
    client::{edge, room::Room, view::Live},
    protocol::{
        TaskId, TaskSnapshot,
        room::{Comment, CommentWish},
    },
};

/// Has the log of the run show where there are comments: in its first picture, and from then on.
pub fn note_lines(room: Room, live: Live) {
    let counted = move |comments: &[Comment]| {
        let mut counts = BTreeMap::new();
        for comment in comments.iter().filter(|comment| comment.task_id == live.task_id) {
            *counts.entry(comment.seq).or_default() += 1;
        }
        counts
    };
    live.log.noted.set(room.comments.with_untracked(|page| counted(&page.comments)));
    Effect::new(move |_| live.log.noted.set(room.comments.with(|page| counted(&page.comments))));
}

#[component]
pub fn Comments(room: Room, live: Live) -> impl IntoView {
    let rows = move || room.comments.with(|page| page.comments.clone());
    let none = switch(move || room.comments.with(|page| !page.comments.is_empty()));
    view! {
        <section id="comments" class="panel room-panel" aria-labelledby="comments-title">
            <h2 id="comments-title">"Comments"</h2>
            <p class="muted" hidden=none>
                {if room.standing.may_comment { "Nothing was said yet. Pick a line of the log and say what is on your mind." } else { "Nothing was said yet." }}
            </p>
            <p class="muted" hidden=switch(move || room.comments.with(|page| !page.more))>
                "There are older comments than these."
            </p>
            <ol class="comments">
                <For each=rows key=|comment| comment.id let(comment)>
                    {row(room, live.task_id, comment)}
                </For>
            </ol>
            {room.standing.may_comment.then(|| view! { <Say room live /> })}
        </section>
    }
}

fn row(room: Room, shown: TaskId, comment: Comment) -> impl IntoView {
    let project_id = room.standing.project_id;
    let Comment { id, task_id, seq, name, text, at, owner, mine } = comment;
    let number = room.runs.with_untracked(|page| page.runs.iter().find(|run| run.task.task_id == task_id).map(|run| run.number));
    let (place, address) = if task_id == shown {
        (format!("line {seq}"), format!("#L{seq}"))
    } else {
        (
            format!("{}, line {seq}", number.map_or("an earlier run".into(), |number| format!("run {number}"))),
            format!("/tasks/{task_id}#L{seq}"),
        )
    };
    let remove = move |event: SubmitEvent| {
        event.prevent_default();
        spawn_local(async move {
            if let Err(problem) = api::uncomment(project_id, id).await {
                room.refused.try_set(Some(problem));
            }
            refresh(room).await;
        });
    };
    let label = format!("Take back what {name} said about {place}");
    view! {
        <li class="comment">
            <p class="facts">
                <span>
                    <b>{name}</b>
                    <em class="tag" hidden=!owner>
                        "owner"
                    </em>
                </span>
                <span>
                    <a href=address>{place}</a>
                </span>
                <span>
                    <Ago at=Signal::stored(at) />
                </span>
            </p>
            <p class="said">{text}</p>
            <form method="post" action=format!("/projects/{project_id}") hidden=!(mine || room.standing.owner) on:submit=remove>
                <input type="hidden" name="do" value="uncomment" />
                <input type="hidden" name="comment" value=id.to_string() />
                <button class="button small" aria-label=label>
                    "Take back"
                </button>
            </form>
        </li>
    }
}

/// A server that is asked twice answers twice the same; whoever is told by the socket too loses nothing.
async fn refresh(room: Room) {
    if let Ok(page) = api::comments(room.standing.project_id).await {
        room.comments.try_set(page);
    }
}

#[component]
fn Say(room: Room, live: Live) -> impl IntoView {
    let project_id = room.standing.project_id;
    let (sending, picked) = (RwSignal::new(false), RwSignal::new(String::new()));
    Effect::new(move |_| {
        if let Some((line, _)) = live.log.picked.get() {
            picked.set(line.to_string());
        }
    });
    let area = NodeRef::<html::Textarea>::new();
    Effect::new(move |before: Option<()>| {
        let text = room.comment.get();
        let Some(area) = area.get() else { return };
        let value = area.value();
        // Made by script, the text area keeps the line break that a parser takes for its own.
        let typed = value.strip_prefix('\n').filter(|rest| *rest == text).unwrap_or(&value);
        if before.is_none() && typed != text {
            room.comment.set(typed.to_owned());
        } else if value != text {
            area.set_value(&text);
        }
    });
    let send = move |event: SubmitEvent| {
        event.prevent_default();
        if sending.get_untracked() {
            return;
        }
        sending.set(true);
        let form: leptos::web_sys::HtmlFormElement = event_target(&event);
        // What was typed before the page came alive is in the form only.
        let name = edge::form_value(&form, "name").unwrap_or_default();
        let seq = picked.get_untracked().trim().parse().unwrap_or_else(|_| live.now(TaskSnapshot::last_line));
        let wish = CommentWish { task_id: live.task_id, seq, text: room.comment.get_untracked(), name };
        spawn_local(async move {
            let answer = api::comment(project_id, wish).await;
            if sending.try_set(false).is_none() {
                match answer {
                    Ok(_) => {
                        room.comment.set(String::new());
                        room.refused.set(None);
                        refresh(room).await;
                    }
                    Err(problem) => room.refused.set(Some(problem)),
                }
            }
        });
    };
    view! {
        <form
            class="say"
            method="post"
            action=format!("/projects/{project_id}")
            hidden=switch(move || room.closed.get())
            on:submit=send
        >
            <input type="hidden" name="do" value="comment" />
            <input type="hidden" name="task" value=live.task_id.to_string() />
            <div class="say-where">
                <label>
                    "Line "
                    <input
                        type="text"
                        inputmode="numeric"
                        name="seq"
                        autocomplete="off"
                        placeholder="latest"
                        prop:value=words(move || picked.get())
                        on:input=move |event| picked.set(event_target_value(&event))
                    />
                </label>
                <label hidden=room.standing.owner>
                    "Your name "
                    <input
                        type="text"
                        name="name"
                        maxlength="40"
                        autocomplete="nickname"
                        value=room.name.get_untracked()
                        on:input=move |event| room.name.set(event_target_value(&event))
                    />
                </label>
            </div>
            <label for="comment-text">"Comment"</label>
            <textarea
                id="comment-text"
                name="text"
                rows="3"
                maxlength="2000"
                inner_html=markup::text_area(&room.comment.get_untracked())
                node_ref=area
                on:input=move |event| room.comment.set(event_target_value(&event))
            ></textarea>
            <div class="form-end">
                <button class="button" disabled=switch(move || sending.get())>
                    "Comment"
                </button>
                <span class="muted">"Everybody in the room reads it. Plain text, up to 2,000 characters."</span>
            </div>
        </form>
    }
}
