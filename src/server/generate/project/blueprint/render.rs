//! The template engine as blueprints use it: strict about names, with the few functions that keep generated code well formed.

use minijinja::value::ViaDeserialize;
use minijinja::{Environment, UndefinedBehavior};

use super::stacks::Blueprint;
use super::{BlueprintError, names};

/// What all stacks share, and what this one adds.
pub fn engine(stack: &dyn Blueprint) -> Environment<'static> {
    let mut engine = Environment::new();
    engine.set_undefined_behavior(UndefinedBehavior::Strict);
    engine.set_trim_blocks(true);
    engine.set_lstrip_blocks(true);
    engine.set_keep_trailing_newline(true);
    engine.set_auto_escape_callback(|name| if name.ends_with(".html") { minijinja::AutoEscape::Html } else { minijinja::AutoEscape::None });
    // JSON's strings are strings of TOML and YAML too.
    engine.add_filter("json", |value: ViaDeserialize<serde_json::Value>| value.0.to_string());
    engine.add_filter("pretty", |value: ViaDeserialize<serde_json::Value>| format!("{:#}", value.0));
    engine.add_filter("capital", |text: &str| names::capital(text));
    // Text within Markdown: nothing in it is markup.
    engine.add_filter("markdown", |text: &str| {
        text.chars().flat_map(|c| if "\\`*_{}[]<>#|!".contains(c) { vec!['\\', c] } else { vec![c] }).collect::<String>()
    });
    stack.teach(&mut engine);
    engine
}

/// # Errors
/// Names the template and the line.
pub fn render(engine: &Environment<'_>, name: &str, source: &str, scope: &minijinja::Value) -> Result<String, BlueprintError> {
    if !source.contains("{{") && !source.contains("{%") && !source.contains("{#") {
        return Ok(source.to_owned());
    }
    engine
        .render_named_str(name, source, scope)
        .map_err(|error| BlueprintError { place: format!("{name}:{}", error.line().unwrap_or_default()), message: error.to_string() })
}
