//! Pages, forms and components.

use leptos::prelude::*;

#[component]
pub fn App() -> impl IntoView {
    view! { <main>"Livegen"</main> }
}
