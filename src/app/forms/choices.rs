//! The choices around a project's model, as fields of a form.

use leptos::prelude::*;

use crate::protocol::project::{Access, Database, Licence, ProjectOptions, Stack};

#[component]
pub fn Choices(options: ProjectOptions) -> impl IntoView {
    view! {
        <fieldset class="choices">
            <legend>"Choices"</legend>
            {choice("stack", "Stack", options.stack, Stack::ALL, Stack::as_str, Stack::label)}
            {choice("database", "Database", options.database, Database::ALL, Database::as_str, Database::label)}
            {choice("access", "Access", options.access, Access::ALL, Access::as_str, Access::label)}
            {choice("licence", "Licence", options.licence, Licence::ALL, Licence::as_str, Licence::label)}
            {tick("front_end", "yes", "Web front end", options.front_end)} {tick("docker", "yes", "Dockerfile", options.docker)}
            {tick("ci", "yes", "CI workflow for GitHub", options.ci)}
        </fieldset>
    }
}

fn choice<T: Copy + PartialEq>(
    name: &'static str,
    label: &'static str,
    chosen: T,
    all: &[T],
    word: fn(T) -> &'static str,
    shown: fn(T) -> &'static str,
) -> impl IntoView {
    let options = all.iter().map(|value| {
        view! {
            <option value=word(*value) selected=*value == chosen>
                {shown(*value)}
            </option>
        }
    });
    view! {
        <label class="choice">
            {label} <select name=name autocomplete="off">
                {options.collect_view()}
            </select>
        </label>
    }
}

/// A box; `value` is sent when it is ticked.
pub fn tick(name: &'static str, value: impl Into<String>, label: impl IntoView, ticked: bool) -> impl IntoView {
    let value = value.into();
    view! {
        <label class="tick">
            <input type="checkbox" name=name value=value checked=ticked autocomplete="off" />
            {label}
        </label>
    }
}
