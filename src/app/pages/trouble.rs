//! A page that could not be made: what went wrong, and again.

use leptos::{either::Either, prelude::*};
use leptos_meta::Title;

use super::not_found::not_found;
use crate::{
    app::{components::icon::icon, whole::Whole},
    protocol::Problem,
};

const NO_TASK: &str = "There is no such task or project, or it belongs to another browser; a link to it may have ended. What guests start can be seen only where it was started, or by a link.";

pub fn trouble(problem: Problem, again: Callback<()>) -> impl IntoView {
    if problem.status == 404 {
        return Either::Left(not_found(NO_TASK));
    }
    Either::Right(Whole(view! {
        <Title text=problem.title.clone() />
        <div class="column message-page" role="alert">
            {icon(if problem.status == 0 { "offline" } else { "alert" })}
            <h1>{problem.title}</h1>
            <p class="muted">{problem.detail}</p>
            <p class="row">
                <button type="button" class="button primary needs-script" on:click=move |_| again.run(())>
                    "Try again"
                </button>
                <a class="button" href="/">
                    "Go home"
                </a>
            </p>
        </div>
    }))
}
