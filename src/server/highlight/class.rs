//! From a parser's scopes (`source.python meta.function storage.type.function`) to the few classes that the style sheet knows.

use std::sync::LazyLock;

use syntect::parsing::Scope;

/// The first row that is a prefix of a scope gives its class. `""` ends the search: plain text inside of something coloured.
const ROWS: &[(&str, &str)] = &[
    ("comment", "comment"),
    ("constant.numeric", "number"),
    ("constant", "constant"),
    ("string", "string"),
    ("storage.type.string", "string"),
    ("keyword.operator.logical", "keyword"),
    ("keyword.operator.word", "keyword"),
    ("keyword.operator", "punctuation"),
    ("keyword", "keyword"),
    ("storage", "keyword"),
    ("variable.language", "constant"),
    ("entity.name.function", "function"),
    ("support.function", "function"),
    ("variable.function", "function"),
    ("variable.annotation.function", "function"),
    ("entity.name.section", "heading"),
    ("markup.heading", "heading"),
    ("markup.raw", "string"),
    ("markup.underline.link", "constant"),
    ("markup.inserted", "string"),
    ("markup.deleted", "keyword"),
    ("entity.name.tag", "attribute"),
    ("entity.other.attribute-name", "attribute"),
    ("support.type.property-name", "attribute"),
    ("entity.name", "type"),
    ("entity.other.inherited-class", "type"),
    ("support.type", "type"),
    ("support.class", "type"),
    ("support.constant", "constant"),
    ("punctuation", "punctuation"),
    ("meta.annotation.arguments", ""),
    ("meta.annotation", "function"),
    ("meta.interpolation", ""),
    ("meta.template.expression", ""),
    ("source", ""),
    ("text", ""),
];

struct Table {
    rows: Vec<(Scope, &'static str)>,
    /// Delimiters that look like what they delimit: quotes, comment signs, heading signs.
    delimiters: Vec<Scope>,
    /// JSON's keys are strings in a place that says so.
    key: Option<Scope>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| Table {
    rows: ROWS.iter().filter_map(|(prefix, class)| Some((Scope::new(prefix).ok()?, *class))).collect(),
    delimiters: ["string", "comment", "heading", "raw", "annotation"]
        .iter()
        .filter_map(|what| Scope::new(&format!("punctuation.definition.{what}")).ok())
        .collect(),
    key: Scope::new("meta.structure.dictionary.key").ok(),
});

/// The class of a span with these scopes, outermost first; empty for plain text.
pub fn of(scopes: &[Scope]) -> &'static str {
    let table = &*TABLE;
    let mut fallback = "";
    for (depth, scope) in scopes.iter().enumerate().rev() {
        if table.delimiters.iter().any(|delimiter| delimiter.is_prefix_of(*scope)) {
            fallback = "punctuation";
            continue;
        }
        let Some((_, class)) = table.rows.iter().find(|(prefix, _)| prefix.is_prefix_of(*scope)) else { continue };
        let is_key = *class == "string" && depth > 0 && table.key.is_some_and(|key| key.is_prefix_of(scopes[depth - 1]));
        return if is_key {
            "attribute"
        } else if class.is_empty() {
            fallback
        } else {
            class
        };
    }
    fallback
}
