//! The home page's cards for projects and prompts: plain forms, the same with and without script, so that they cost a first visit
//! nothing but their text.

use leptos::{prelude::*, tachys::html::InertElement};

use super::form_key;
use crate::protocol::Kind;

/// What a card says; all of it is ours, so that nothing has to be escaped.
struct Card {
    kind: Kind,
    icon: &'static str,
    about: &'static str,
    /// The field and what one could write into it.
    field: &'static str,
    label: &'static str,
    example: &'static str,
    /// What is sent beside the field.
    more: &'static str,
    button: &'static str,
    new: &'static str,
    sample: &'static str,
    sample_label: &'static str,
}

const PROJECT: Card = Card {
    kind: Kind::Project,
    icon: "blocks",
    about: "From a brief to a project that was built and tested before it is called done. Twelve agents, one room.",
    field: "brief",
    label: "What the project is about",
    example: "a library: books, authors, loans with due date",
    more: r#"<input type="hidden" name="front_end" value="yes"><input type="hidden" name="docker" value="yes"><input type="hidden" name="ci" value="yes">"#,
    button: "Draft",
    new: "New project",
    sample: "library",
    sample_label: "the library",
};

const PROMPT: Card = Card {
    kind: Kind::Prompt,
    icon: "pen",
    about: "From a rough prompt to a clear one. See each change, why it was made, and what it gained.",
    field: "prompt",
    label: "A rough prompt",
    example: "write a mail to my landlord…",
    more: "",
    button: "Improve",
    new: "New prompt",
    sample: "landlord",
    sample_label: "an example",
};

#[component]
pub fn QuickCards() -> impl IntoView {
    let key = form_key();
    (card(&PROJECT, &key), card(&PROMPT, &key))
}

fn card(card: &Card, key: &str) -> InertElement {
    let Card { kind, icon, about, field, label, example, more, button, new, sample, sample_label } = card;
    let (path, title) = (kind.path(), kind.label());
    InertElement::new(format!(
        r#"<section class="panel card" aria-labelledby="{path}-title"><span class="card-icon"><svg class="icon" aria-hidden="true" focusable="false"><use href="/icon.svg#{icon}"></use></svg></span><h2 id="{path}-title">{title}</h2><p class="muted">{about}</p><form method="post" action="/new/{path}" class="drop quick"><input type="hidden" name="idempotency_key" value="{key}-{path}">{more}<label class="offscreen" for="quick-{path}">{label}</label><input id="quick-{path}" type="text" name="{field}" required autocomplete="off" placeholder="{example}"><button class="button">{button}</button></form><div class="row"><a class="button" href="/new/{path}">{new}</a><div class="muted">or try <form method="post" action="/new/{path}" class="inline"><input type="hidden" name="sample" value="{sample}"><input type="hidden" name="idempotency_key" value="{key}-{sample}">{more}<button class="link">{sample_label}</button></form></div></div></section>"#
    ))
}
