//! Links that let others watch: the owner's to make, see and revoke. A link is shown once, when it is made.

use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local};

use crate::{
    app::{
        api,
        components::{copy_button::CopyButton, moment::Ago},
        signals::{switch, words},
    },
    client::{edge, room::Room},
    protocol::room::{FreshShare, MAX_LABEL_CHARS, ShareInfo, ShareWish},
};

/// How long a link may be good, in hours and in words.
const TERMS: [(u32, &str); 4] = [(1, "1 hour"), (24, "1 day"), (7 * 24, "7 days"), (30 * 24, "30 days")];

#[component]
pub fn Shares(
    room: Room,
    /// One that was made just now.
    fresh: Option<FreshShare>,
) -> impl IntoView {
    let fresh = RwSignal::new(fresh);
    let rows = move || room.shares.with(Vec::clone);
    view! {
        <section id="links" class="panel room-panel" aria-labelledby="links-title">
            <h2 id="links-title">"Links for watching"</h2>
            <p class="muted">"Whoever has a link sees this project's runs, logs, files and comments, and nothing else. They need no account."</p>
            <Fresh fresh />
            <ul class="links">
                <For each=rows key=|share| share.id let(share)>
                    {row(room, share)}
                </For>
            </ul>
            <Make room fresh />
        </section>
    }
}

#[component]
fn Fresh(fresh: RwSignal<Option<FreshShare>>) -> impl IntoView {
    // The server does not know by which name it was reached.
    let origin = RwSignal::new(String::new());
    Effect::new(move |_| origin.set(edge::origin()));
    let address =
        words(move || fresh.with(|fresh| fresh.as_ref().map(|fresh| format!("{}{}", origin.get(), fresh.path)).unwrap_or_default()));
    let text = Callback::new(move |()| address.get_untracked());
    view! {
        <div class="note fresh-link" role="status" hidden=switch(move || fresh.with(Option::is_none))>
            <p>"The link, shown this once:"</p>
            <code>{address}</code>
            <CopyButton text hidden=switch(|| false) />
        </div>
    }
}

fn row(room: Room, share: ShareInfo) -> impl IntoView {
    let project_id = room.standing.project_id;
    let ShareInfo { id, label, may_comment, created_at, expires_at, last_used_at } = share;
    let name = if label.is_empty() { "A link".to_owned() } else { label };
    let revoke = move |event: SubmitEvent| {
        event.prevent_default();
        spawn_local(async move {
            match api::unshare(project_id, id).await {
                Ok(()) => {
                    room.shares.try_update(|shares| shares.retain(|share| share.id != id));
                }
                Err(problem) => {
                    room.refused.try_set(Some(problem));
                }
            }
        });
    };
    let revoke_label = format!("Revoke: {name}");
    view! {
        <li>
            <b>{name}</b>
            <p class="facts">
                <span>"made " <Ago at=Signal::stored(created_at) /></span>
                <span>{format!("good until {}", crate::app::figures::utc(expires_at))}</span>
                <span>{last_used_at.map_or_else(|| "not used yet".to_owned(), |_| "used ".to_owned())} {last_used_at.map(|at| view! { <Ago at=Signal::stored(at) /> })}</span>
                <span>{if may_comment { "may comment" } else { "watching only" }}</span>
            </p>
            <form method="post" action=format!("/projects/{project_id}") on:submit=revoke>
                <input type="hidden" name="do" value="unshare" />
                <input type="hidden" name="share" value=id.0.to_string() />
                <button class="button small" aria-label=revoke_label>
                    "Revoke"
                </button>
            </form>
        </li>
    }
}

#[component]
fn Make(room: Room, fresh: RwSignal<Option<FreshShare>>) -> impl IntoView {
    let project_id = room.standing.project_id;
    let sending = RwSignal::new(false);
    let make = move |event: SubmitEvent| {
        event.prevent_default();
        if sending.get_untracked() {
            return;
        }
        sending.set(true);
        let form: leptos::web_sys::HtmlFormElement = event_target(&event);
        let value = |name: &str| edge::form_value(&form, name);
        let wish = ShareWish {
            hours: value("hours").and_then(|hours| hours.parse().ok()).unwrap_or(TERMS[1].0),
            label: value("label").unwrap_or_default(),
            may_comment: value("may_comment").is_some(),
        };
        spawn_local(async move {
            let answer = api::share(project_id, wish).await;
            if sending.try_set(false).is_none() {
                match answer {
                    Ok(made) => {
                        room.shares.update(|shares| shares.insert(0, made.info.clone()));
                        room.refused.set(None);
                        fresh.set(Some(made));
                    }
                    Err(problem) => room.refused.set(Some(problem)),
                }
            }
        });
    };
    let terms = TERMS.map(|(hours, words)| view! { <option value=hours.to_string() selected=hours == TERMS[2].0>{words}</option> });
    view! {
        <form class="make-link" method="post" action=format!("/projects/{project_id}") on:submit=make>
            <input type="hidden" name="do" value="share" />
            <label>
                "For whom "
                <input type="text" name="label" maxlength=MAX_LABEL_CHARS.to_string() autocomplete="off" placeholder="so that you know it later" />
            </label>
            <label>
                "Good for "
                <select name="hours">{terms.collect_view()}</select>
            </label>
            <label class="check">
                <input type="checkbox" name="may_comment" value="1" />
                "May comment"
            </label>
            <button class="button" disabled=switch(move || sending.get())>
                "Make a link"
            </button>
        </form>
    }
}
