//! Schema objects of every dialect → the arena.
//!
//! A worklist, not recursion: each schema node of the document becomes one arena entry, however often and in
//! whatever circles it is referred to. Swagger 2.0's parameter objects are read as schemas too.

use std::collections::HashMap;

use serde_json::Number;

use super::fault::{Fault, Note};
use super::place::Place;
use super::reference;
use super::version::Version;
use crate::server::generate::test_suite::json::Json;
use crate::server::generate::test_suite::schema::{Additional, Bound, Choice, Schema, SchemaId};

/// Distinct schema nodes of one description.
const MAX_SCHEMAS: usize = 100_000;

/// Constraints that have no place in [`Schema`].
const UNMODELLED: [&str; 14] = [
    "not",
    "if",
    "then",
    "else",
    "patternProperties",
    "propertyNames",
    "dependentRequired",
    "dependentSchemas",
    "dependencies",
    "contains",
    "prefixItems",
    "unevaluatedProperties",
    "unevaluatedItems",
    "$dynamicRef",
];

pub struct SchemaReader<'a> {
    root: Place<'a>,
    version: Version,
    ids: HashMap<usize, SchemaId>,
    pub written: Vec<Schema>,
    waiting: Vec<(SchemaId, Place<'a>)>,
    any: Option<SchemaId>,
    pub faults: Vec<Fault>,
    pub notes: Vec<Note>,
}

impl<'a> SchemaReader<'a> {
    pub fn new(root: Place<'a>, version: Version) -> Self {
        Self {
            root,
            version,
            ids: HashMap::new(),
            written: Vec::new(),
            waiting: Vec::new(),
            any: None,
            faults: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// The schema without any constraint.
    pub fn any(&mut self) -> SchemaId {
        if let Some(id) = self.any {
            return id;
        }
        let id = self.add(Schema::default());
        self.any = Some(id);
        id
    }

    /// Adds a schema that stands in no document, such as the object that form fields make up.
    pub fn add(&mut self, schema: Schema) -> SchemaId {
        let id = SchemaId(u32::try_from(self.written.len()).unwrap_or(u32::MAX));
        self.written.push(schema);
        id
    }

    /// The arena's id of a schema in the document; it is read later, by [`Self::finish`].
    pub fn id(&mut self, place: &Place<'a>) -> SchemaId {
        let place = match self.through_plain_references(place) {
            Ok(place) => place,
            Err(fault) => {
                self.faults.push(fault);
                return self.any();
            }
        };
        if let Some(id) = self.ids.get(&place.identity()) {
            return *id;
        }
        if self.written.len() >= MAX_SCHEMAS {
            if self.written.len() == MAX_SCHEMAS {
                self.faults.push(Fault::at(place.pointer(), format!("there are more than {MAX_SCHEMAS} schemas")));
                self.add(Schema::default());
            }
            return self.any();
        }
        let id = self.add(Schema::default());
        self.ids.insert(place.identity(), id);
        self.waiting.push((id, place));
        id
    }

    /// Follows references that say nothing else. With siblings (3.1) the node is a schema of its own.
    fn through_plain_references(&self, place: &Place<'a>) -> Result<Place<'a>, Fault> {
        let mut here = place.clone();
        for _ in 0..64 {
            let Some(reference) = here.text("$ref") else { return Ok(here) };
            if self.version.siblings_count() && here.entries().any(|(key, _)| key != "$ref" && key != "description" && key != "summary") {
                return Ok(here);
            }
            here = reference::target(&self.root, reference).map_err(|message| Fault::at(here.pointer(), message))?;
        }
        Err(Fault::at(place.pointer(), "this reference leads round in a circle and never arrives at a schema"))
    }

    /// Reads everything that was asked for, and what that refers to in turn.
    pub fn finish(&mut self) {
        while let Some((id, place)) = self.waiting.pop() {
            let schema = self.read(&place);
            self.written[id.0 as usize] = schema;
        }
    }

    fn read(&mut self, place: &Place<'a>) -> Schema {
        let mut schema = Schema { name: component_name(place), ..Schema::default() };
        match place.node {
            Json::Map(_) => {}
            Json::Bool(true) => return schema,
            Json::Bool(false) => {
                schema.never = true;
                return schema;
            }
            other => {
                self.faults
                    .push(Fault::at(place.pointer(), format!("a schema must be an object, but here is {}", article(other.type_name()))));
                return schema;
            }
        }
        if let Some(reference) = place.text("$ref") {
            match reference::target(&self.root, reference) {
                Ok(target) => schema.all_of.push(self.id(&target)),
                Err(message) => self.faults.push(Fault::at(place.pointer(), message)),
            }
        }
        self.read_types(place, &mut schema);
        self.read_values(place, &mut schema);
        self.read_bounds(place, &mut schema);
        self.read_structure(place, &mut schema);
        for keyword in UNMODELLED {
            if place.node.get(keyword).is_some() {
                schema.unmodelled.push(format!("`{keyword}`"));
            }
        }
        schema
    }

    fn read_types(&mut self, place: &Place<'a>, schema: &mut Schema) {
        let names: Vec<&str> = match place.node.get("type") {
            None => Vec::new(),
            Some(Json::Text(name)) => vec![name],
            Some(Json::List(names)) if names.iter().all(|name| name.text().is_some()) => names.iter().filter_map(Json::text).collect(),
            Some(_) => {
                self.faults.push(Fault::at(place.pointer(), "`type` must be a name or a list of names"));
                Vec::new()
            }
        };
        for name in names {
            if name == "file" && self.version == Version::Swagger2 {
                schema.types.insert("string");
                schema.format = Some("binary".into());
            } else if !schema.types.insert(name) {
                let shown: String = name.chars().take(80).collect();
                self.notes.push(Note {
                    pointer: place.pointer(),
                    message: format!("the type `{shown}` is not one of JSON's; it is taken as any type"),
                });
            }
        }
        if (place.flag("nullable") || place.flag("x-nullable")) && !schema.types.is_any() {
            schema.types.insert("null");
        }
        schema.read_only = place.flag("readOnly");
        schema.write_only = place.flag("writeOnly");
    }

    fn read_values(&mut self, place: &Place<'a>, schema: &mut Schema) {
        match place.node.get("enum") {
            None => {}
            Some(Json::List(values)) if !values.is_empty() => schema.values = Some(values.clone()),
            Some(_) => self
                .notes
                .push(Note { pointer: place.pointer(), message: "`enum` is not a list of values; it is left out of account".into() }),
        }
        if let Some(value) = place.node.get("const") {
            schema.values = Some(vec![value.clone()]);
        }
        schema.default = place.node.get("default").cloned();
        schema.examples.extend(place.node.get("example").cloned());
        if let Some(Json::List(examples)) = place.node.get("examples") {
            schema.examples.extend(examples.iter().take(3).cloned());
        }
    }

    fn read_bounds(&mut self, place: &Place<'a>, schema: &mut Schema) {
        schema.format = schema.format.take().or_else(|| place.text("format").filter(|format| !format.is_empty()).map(str::to_owned));
        schema.pattern = place.text("pattern").map(str::to_owned);
        schema.min_length = self.size(place, "minLength");
        schema.max_length = self.size(place, "maxLength");
        schema.min_items = self.size(place, "minItems");
        schema.max_items = self.size(place, "maxItems");
        schema.min_properties = self.size(place, "minProperties");
        schema.max_properties = self.size(place, "maxProperties");
        schema.unique_items = place.flag("uniqueItems");
        schema.multiple_of = number(place, "multipleOf").filter(|step| step.as_f64().is_some_and(|step| step > 0.0));
        schema.minimum = bound(place, "minimum", "exclusiveMinimum");
        schema.maximum = bound(place, "maximum", "exclusiveMaximum");
    }

    fn size(&mut self, place: &Place<'a>, key: &str) -> Option<u64> {
        let value = place.node.get(key)?;
        let size = match value {
            Json::Number(number) => number.as_u64().or_else(|| {
                #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked: whole, positive and small")]
                number.as_f64().filter(|value| value.fract() == 0.0 && (0.0..1e15).contains(value)).map(|value| value as u64)
            }),
            _ => None,
        };
        if size.is_none() {
            self.notes.push(Note {
                pointer: place.pointer(),
                message: format!("`{key}` is not a whole number of 0 or more; it is left out of account"),
            });
        }
        size
    }

    fn read_structure(&mut self, place: &Place<'a>, schema: &mut Schema) {
        schema.items = place.get("items").filter(|items| !matches!(items.node, Json::List(_))).map(|items| self.id(&items));
        if let Some(properties) = place.get("properties") {
            if properties.is_map() {
                schema.properties = properties.entries().map(|(name, property)| (name.to_owned(), self.id(&property))).collect();
            } else {
                self.faults.push(Fault::at(properties.pointer(), "`properties` must be an object"));
            }
        }
        // Swagger 2.0 parameters and sloppy schemas have a boolean here.
        schema.required =
            place.node.get("required").map(Json::list).unwrap_or_default().iter().filter_map(Json::text).map(str::to_owned).collect();
        schema.additional = match place.get("additionalProperties") {
            None => Additional::Allowed,
            Some(additional) => match additional.node {
                Json::Bool(true) => Additional::Allowed,
                Json::Bool(false) => Additional::Forbidden,
                _ => Additional::Typed(self.id(&additional)),
            },
        };
        schema.all_of.extend(self.branches(place, "allOf"));
        for (key, exactly_one) in [("oneOf", true), ("anyOf", false)] {
            let branches = self.branches(place, key);
            if !branches.is_empty() {
                schema.choices.push(Choice { exactly_one, branches });
            }
        }
    }

    fn branches(&mut self, place: &Place<'a>, key: &str) -> Vec<SchemaId> {
        let Some(list) = place.get(key) else { return Vec::new() };
        if !matches!(list.node, Json::List(_)) {
            self.faults.push(Fault::at(list.pointer(), format!("`{key}` must be a list of schemas")));
        }
        let mut branches: Vec<SchemaId> = list.items().map(|branch| self.id(&branch)).collect();
        let mut seen = std::collections::HashSet::new();
        branches.retain(|branch| seen.insert(*branch));
        branches
    }
}

fn component_name(place: &Place<'_>) -> Option<String> {
    let pointer = place.pointer();
    let name = pointer.strip_prefix("/components/schemas/").or_else(|| pointer.strip_prefix("/definitions/"))?;
    (!name.contains('/')).then(|| name.replace("~1", "/").replace("~0", "~"))
}

fn number(place: &Place<'_>, key: &str) -> Option<Number> {
    match place.node.get(key) {
        Some(Json::Number(number)) => Some(number.clone()),
        _ => None,
    }
}

/// `exclusiveMinimum` is a flag beside `minimum` up to 3.0 and a bound of its own in 3.1.
fn bound(place: &Place<'_>, key: &str, exclusive_key: &str) -> Option<Bound> {
    match number(place, exclusive_key) {
        Some(value) => Some(Bound { value, exclusive: true }),
        None => number(place, key).map(|value| Bound { value, exclusive: place.flag(exclusive_key) }),
    }
}

pub fn article(type_name: &str) -> String {
    match type_name {
        "null" => "nothing".to_owned(),
        "array" | "object" => format!("an {type_name}"),
        other => format!("a {other}"),
    }
}
