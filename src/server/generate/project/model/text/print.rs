//! A model → text, the way one would write it by hand.

use std::fmt::Write as _;

use crate::protocol::project::{Entity, Field, FieldType, ProjectModel, Relation, RelationEnd, RelationKind};

/// A sound model as text; [`super::parse`] gives it back.
pub fn print(model: &ProjectModel) -> String {
    let mut text = String::new();
    describe(&model.description, "", &mut text);
    let _ = writeln!(text, "project {}", quoted(&model.name));
    for entity in &model.entities {
        text.push('\n');
        print_entity(entity, &mut text);
    }
    if !model.enums.is_empty() {
        text.push('\n');
    }
    for enumeration in &model.enums {
        let _ = writeln!(text, "enum {} {{ {} }}", enumeration.name, enumeration.values.join(", "));
    }
    for block in model.relations.chunk_by(|one, next| one.kind == next.kind) {
        print_relations(block, &mut text);
    }
    let mut is_first = true;
    for option in ["paginate", "search", "filter"] {
        let is_off = |entity: &&Entity| match option {
            "paginate" => !entity.pagination,
            "search" => !entity.search,
            _ => !entity.filter,
        };
        let off: Vec<&str> = model.entities.iter().filter(is_off).map(|entity| entity.name.as_str()).collect();
        if !off.is_empty() {
            let _ = writeln!(text, "{}{option} {} no", if is_first { "\n" } else { "" }, off.join(", "));
            is_first = false;
        }
    }
    text
}

fn print_entity(entity: &Entity, text: &mut String) {
    describe(&entity.description, "", text);
    let plural = entity.plural.as_ref().map(|plural| format!("plural {plural} ")).unwrap_or_default();
    let _ = writeln!(text, "entity {} {plural}{{", entity.name);
    for field in &entity.fields {
        describe(&field.description, "  ", text);
        let _ = writeln!(text, "  {}", print_field(field));
    }
    text.push_str("}\n");
}

fn print_field(field: &Field) -> String {
    let kind = match (&field.enumeration, field.kind) {
        (Some(name), FieldType::Enum) => name.as_str(),
        (_, kind) => kind.as_str(),
    };
    let mut line = format!("{} {kind}", field.name);
    for (word, is_set) in [("required", field.required), ("unique", field.unique)] {
        if is_set {
            let _ = write!(line, " {word}");
        }
    }
    for (word, bound) in [("min", &field.min), ("max", &field.max)] {
        if let Some(bound) = bound {
            let _ = write!(line, " {word}({bound})");
        }
    }
    let bounds =
        [("minlength", field.min_length), ("maxlength", field.max_length), ("minbytes", field.min_bytes), ("maxbytes", field.max_bytes)];
    for (word, bound) in bounds {
        if let Some(bound) = bound {
            let _ = write!(line, " {word}({bound})");
        }
    }
    if let Some(pattern) = &field.pattern {
        let _ = write!(line, " pattern({})", delimited(pattern));
    }
    line
}

fn print_relations(relations: &[Relation], text: &mut String) {
    let Some(first) = relations.first() else { return };
    let kind = match first.kind {
        RelationKind::OneToMany => "OneToMany",
        RelationKind::ManyToMany => "ManyToMany",
    };
    let lines: Vec<String> = relations
        .iter()
        .map(|relation| format!("{} to {}", print_end(&relation.from, false), print_end(&relation.to, relation.required)))
        .collect();
    if let [line] = lines.as_slice() {
        let _ = writeln!(text, "\nrelationship {kind} {{ {line} }}");
    } else {
        let _ = writeln!(text, "\nrelationship {kind} {{\n  {}\n}}", lines.join("\n  "));
    }
}

fn print_end(end: &RelationEnd, required: bool) -> String {
    match (&end.field, required) {
        (None, false) => end.entity.clone(),
        (None, true) => format!("{}{{required}}", end.entity),
        (Some(field), false) => format!("{}{{{field}}}", end.entity),
        (Some(field), true) => format!("{}{{{field} required}}", end.entity),
    }
}

fn describe(description: &str, indent: &str, text: &mut String) {
    if !description.is_empty() {
        let _ = writeln!(text, "{indent}/** {} */", description.replace('\\', "\\\\").replace("*/", "*\\/"));
    }
}

pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// `/…/`, unless a bare `/` in it would end it too early.
fn delimited(pattern: &str) -> String {
    let mut escaped = false;
    for c in pattern.chars() {
        if c == '/' && !escaped {
            return quoted(pattern);
        }
        escaped = c == '\\' && !escaped;
    }
    format!("/{pattern}/")
}
