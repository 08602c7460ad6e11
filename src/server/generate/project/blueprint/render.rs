//! The template engine as blueprints use it: strict about names, with the few functions that keep generated code well formed.

use minijinja::value::ViaDeserialize;
use minijinja::{Environment, UndefinedBehavior};

use super::{BlueprintError, names, python};

/// # Errors
/// Never in practice: the syntax markers are constants.
pub fn engine() -> Result<Environment<'static>, BlueprintError> {
    let mut engine = Environment::new();
    engine.set_undefined_behavior(UndefinedBehavior::Strict);
    engine.set_trim_blocks(true);
    engine.set_lstrip_blocks(true);
    engine.set_keep_trailing_newline(true);
    engine.set_auto_escape_callback(|name| if name.ends_with(".html") { minijinja::AutoEscape::Html } else { minijinja::AutoEscape::None });
    engine.add_function("fold", |head: &str, items: Vec<String>, tail: &str| python::fold(head, &items, tail));
    engine.add_function("fold_import", |module: &str, names: Vec<String>| python::import(module, &names));
    engine.add_function("parametrize", |name: &str, values: Vec<String>| python::parametrize(name, &values));
    engine.add_filter("python", |value: ViaDeserialize<serde_json::Value>| python::literal(&value.0));
    // JSON's strings are strings of TOML and YAML too.
    engine.add_filter("json", |value: ViaDeserialize<serde_json::Value>| value.0.to_string());
    engine.add_filter("pretty", |value: ViaDeserialize<serde_json::Value>| format!("{:#}", value.0));
    engine.add_filter("doc", |text: &str| python::doc(text));
    engine.add_filter("capital", |text: &str| names::capital(text));
    engine.add_filter("quoted", |list: Vec<String>| list.iter().map(|text| python::text(text)).collect::<Vec<_>>());
    // Text within Markdown: nothing in it is markup.
    engine.add_filter("markdown", |text: &str| {
        text.chars().flat_map(|c| if "\\`*_{}[]<>#|!".contains(c) { vec!['\\', c] } else { vec![c] }).collect::<String>()
    });
    Ok(engine)
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
