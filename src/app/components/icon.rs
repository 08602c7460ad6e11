//! Icons: symbols of one sprite, for decoration only; whatever they mean is said in words beside them.

use leptos::tachys::html::InertElement;

pub fn icon(name: &'static str) -> InertElement {
    InertElement::new(format!(r#"<svg class="icon" aria-hidden="true" focusable="false"><use href="/icon.svg#{name}"></use></svg>"#))
}
