//! A task's state, in colour and in words.

use leptos::prelude::*;

use crate::protocol::{CancelPhase, Status};

#[component]
pub fn StatusPill(#[prop(into)] status: Signal<Status>, #[prop(optional, into)] cancel: Signal<Option<CancelPhase>>) -> impl IntoView {
    let text = move || label(status.get(), cancel.get());
    view! {
        <span class="pill" data-state=move || status.get().as_str()>
            {text}
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
