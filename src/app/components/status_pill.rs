//! A task's state, in colour and in words.

use leptos::prelude::*;

use crate::{
    app::signals::{perhaps, words},
    protocol::{CancelPhase, Status},
};

#[component]
pub fn StatusPill(status: Signal<(Status, Option<CancelPhase>)>) -> impl IntoView {
    view! {
        <span class="pill" data-state=perhaps(move || Some(status.get().0.as_str()))>
            {words(move || {
                let (status, cancel) = status.get();
                label(status, cancel).to_owned()
            })}
        </span>
    }
}

pub fn label(status: Status, cancel: Option<CancelPhase>) -> &'static str {
    match (status, cancel) {
        (Status::Running, Some(CancelPhase::Requested)) => "Cancelling",
        (Status::Running, Some(CancelPhase::Acknowledged)) => "Stopping",
        (Status::Queued, _) => "Queued",
        (Status::Running, None) => "Running",
        (Status::Completed, _) => "Completed",
        (Status::Failed, _) => "Failed",
        (Status::Cancelled, _) => "Cancelled",
    }
}
