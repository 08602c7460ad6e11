//! A page that could not be made: what went wrong, and again.

use leptos::{either::Either, prelude::*};
use leptos_meta::Title;

use super::NotFoundPage;
use crate::{
    app::components::icon::Icon,
    protocol::Problem,
};

#[component]
pub fn Trouble(problem: Problem, what: &'static str, again: Callback<()>) -> impl IntoView {
    if problem.status == 404 {
        return Either::Left(view! { <NotFoundPage what /> });
    }
    let icon = if problem.status == 0 { "offline" } else { "alert" };
    Either::Right(view! {
        <Title text=problem.title.clone() />
        <div class="column message-page" role="alert">
            <Icon name=icon />
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
    })
}
