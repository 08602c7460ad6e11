//! `/projects/{id}`: a project's room. Its present run as it becomes, all its runs, who is here, what was said, who else may look.
//!
//! The page goes on with the next run by itself when one begins: the room's socket says so.

use leptos::{prelude::*, task::spawn_local};
use leptos_router::hooks::{use_params_map, use_query_map};

use super::{
    load::{Ask, Load},
    task::{refresh, run, watch},
};
use crate::{
    app::{
        api,
        components::{
            room::{Comments, RoomHead, Runs, Shares, note_lines},
            task_head::Place,
        },
        whole::Whole,
    },
    client::{
        edge,
        room::{Heard, Room},
    },
    protocol::{
        FileView, Problem, TaskId, TaskSnapshot,
        room::{RoomFrame, RoomView},
    },
};

type Run = (TaskSnapshot, Option<Result<FileView, Problem>>);

#[component]
pub fn ProjectPage() -> impl IntoView {
    let params = use_params_map();
    let query = use_query_map();
    let id = Memo::new(move |_| params.with(|params| params.get("id")).unwrap_or_default());
    // Another id is another page, as with tasks.
    Whole(move || {
        let file = query.with_untracked(|query| query.get("file"));
        let ask = Signal::stored(Ask::Project { id: id.get(), file });
        Whole(view! { <Load ask /> })
    })
}

pub fn project(view: RoomView, initial: TaskSnapshot, file: Option<Result<FileView, Problem>>) -> impl IntoView {
    let (room, told) = Room::new(view);
    let running = !initial.is_terminal();
    let present: RwSignal<Run> = RwSignal::new((initial, file));
    listen(room, present);
    let place = Place { standing: room.standing, in_room: true };
    Whole(view! {
        {refresh(running)}
        <article class="column task room">
            {move || {
                let (snapshot, file) = present.get();
                let live = watch(snapshot);
                note_lines(room, live);
                let parts = vec![
                    view! { <RoomHead room live /> }.into_any(),
                    run(live, file, place).into_any(),
                    view! { <Comments room live /> }.into_any(),
                ];
                Whole(parts)
            }}
            <div class="room-rest">
                <Runs room />
                {place.standing.owner.then(|| view! { <Shares room fresh=told.fresh /> })}
            </div>
        </article>
    })
}

/// Takes what the room's socket tells. What it only hints at is asked for.
fn listen(room: Room, present: RwSignal<Run>) {
    let project_id = room.standing.project_id;
    let heard = move |heard: Heard| match heard {
        Heard::Opened => {
            room.closed.set(false);
            ask_comments(room);
            ask_runs(room, present);
        }
        Heard::Frame(RoomFrame::Presence { presence, .. }) => room.presence.set(Some(presence)),
        Heard::Frame(RoomFrame::Comments { .. }) => ask_comments(room),
        Heard::Frame(RoomFrame::Run { .. }) => ask_runs(room, present),
        Heard::Frame(_) => {}
        Heard::Lost => room.presence.set(None),
        Heard::Closed => {
            room.presence.set(None);
            room.closed.set(true);
        }
    };
    let heard = Callback::new(heard);
    Effect::new(move |_| edge::enter(project_id, heard));
}

fn ask_comments(room: Room) {
    spawn_local(async move {
        if let Ok(page) = api::comments(room.standing.project_id).await {
            room.comments.try_set(page);
        }
    });
}

/// And goes on with the newest.
fn ask_runs(room: Room, present: RwSignal<Run>) {
    spawn_local(async move {
        let Ok(page) = api::runs(room.standing.project_id, None).await else { return };
        let newest = page.runs.first().map(|run| run.task.task_id);
        room.runs.try_set(page);
        let Some(newest) = newest.filter(|newest| shown(present).is_some_and(|shown| shown != *newest)) else { return };
        if let Ok(snapshot) = api::task(newest.to_string()).await {
            present.try_set((snapshot, None));
        }
    });
}

/// `None`: the page has gone.
fn shown(present: RwSignal<Run>) -> Option<TaskId> {
    present.try_with_untracked(|(snapshot, _)| snapshot.task_id)
}
