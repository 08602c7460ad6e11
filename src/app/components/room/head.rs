//! The top of a room: which run this is, who is here, and again.

use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local};

use crate::{
    app::{
        api,
        components::{icon::icon, problem_note::ProblemNote},
        figures,
        signals::{perhaps, switch, words},
    },
    client::{room::Room, view::Live},
    protocol::{Kind, room::Presence},
};

#[component]
pub fn RoomHead(room: Room, live: Live) -> impl IntoView {
    let project_id = room.standing.project_id;
    let sending = RwSignal::new(false);
    let ended = live.part(crate::protocol::TaskSnapshot::is_terminal);
    let number = words(move || {
        let number = room.runs.with(|page| page.runs.iter().find(|run| run.task.task_id == live.task_id).map(|run| run.number));
        number.map(|number| format!("Run {number}")).unwrap_or_default()
    });
    let again = move |event: SubmitEvent| {
        event.prevent_default();
        if sending.get_untracked() {
            return;
        }
        sending.set(true);
        spawn_local(async move {
            // The room's socket tells of the run: here, and to everybody who is here.
            let answer = api::run_again(project_id).await;
            sending.try_set(false);
            room.refused.try_set(answer.err());
        });
    };
    let waiting = perhaps(move || (!ended.get()).then_some("When the present run has ended"));
    view! {
        <div class="room-head">
            <p class="facts">
                <span>{live.now(|snapshot| if snapshot.kind == Kind::Project { "Project room" } else { "All versions" })}</span>
                <span>{number}</span>
                {(!room.standing.owner).then(|| view! { <span>"You have a link to it, for watching"</span> })}
            </p>
            <Here room />
            {room
                .standing
                .owner
                .then(|| {
                    view! {
                        <form method="post" action=format!("/projects/{project_id}") on:submit=again>
                            <input type="hidden" name="do" value="generate" />
                            <button class="button" disabled=switch(move || sending.get() || !ended.get()) title=waiting>
                                {icon("refresh")}
                                "Generate again"
                            </button>
                        </form>
                    }
                })}
        </div>
        <p class="note note-bad" role="alert" hidden=switch(move || !room.closed.get())>
            "This room is not open to this browser any more: the link to it has expired or was revoked. What you see is how things stood."
        </p>
        <ProblemNote problem=Signal::derive(move || room.refused.get().map(|problem| (problem, String::new()))) />
    }
}

/// Who is here. Known only while the room's socket is open.
#[component]
fn Here(room: Room) -> impl IntoView {
    let count = words(move || {
        let count = room.presence.with(|presence| presence.as_ref().map_or(0, |presence| presence.count));
        format!("{} here", figures::count_of(count.into(), "person", "people"))
    });
    let people = move || room.presence.with(|presence| presence.as_ref().map(names).unwrap_or_default());
    view! {
        <div class="here" hidden=switch(move || room.presence.with(Option::is_none))>
            <span class="muted">{count}</span>
            <ul aria-label="Who is here">
                <For each=people key=|name| name.clone() let(name)>
                    <li>{name}</li>
                </For>
            </ul>
        </div>
    }
}

fn names(presence: &Presence) -> Vec<String> {
    let name = |person: &crate::protocol::room::Person| if person.you { format!("{} (you)", person.name) } else { person.name.clone() };
    presence.people.iter().map(name).collect()
}
