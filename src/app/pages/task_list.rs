//! A list of tasks, or why there is none.

use leptos::prelude::*;

use super::asked::Asked;
use crate::{
    app::{components::task_table::TaskTable, forms::SampleForm, whole::Whole},
    protocol::TaskPage,
};

pub fn task_list(page: TaskPage, asked: &Asked) -> impl IntoView + use<> {
    let none = page.tasks.is_empty();
    let none_yet = none && !asked.is_filter();
    let newest = Asked { before: String::new(), ..asked.clone() }.address();
    let last = page.tasks.last().map(|task| task.task_id.to_string()).unwrap_or_default();
    let older = Asked { before: last, ..asked.clone() }.address();
    let (first, more) = (asked.before.is_empty(), page.more && !asked.recent);
    Whole(view! {
        <TaskTable page filter=asked.filter() caption="Tasks, newest first" />
        <nav class="pages" aria-label="Pages" hidden=first && !more>
            <a class="button" href=newest hidden=first>
                "Newest"
            </a>
            <span class="spacer"></span>
            <a class="button" href=older rel="next" hidden=!more>
                "Older"
            </a>
        </nav>
        <div class="panel empty" hidden=!none_yet>
            <p>"You have not started anything yet."</p>
            <div class="row">
                <a class="button primary" href="/new/test-suite">
                    "New test suite"
                </a>
                <div class="muted">"or try " <SampleForm /></div>
            </div>
        </div>
        <div class="panel empty" hidden=!none || none_yet>
            <p>"No task matches."</p>
            <p>
                <a class="button" href="/tasks">
                    "Clear the filter"
                </a>
            </p>
        </div>
    })
}
