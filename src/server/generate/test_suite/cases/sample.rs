//! Schema → a value that conforms to it, the same one every time.
//!
//! Documented examples and defaults come first, because their authors know what the server likes. Bounded in depth
//! and nodes; what cannot be made says why.

use super::conforms::{self, Verdict};
use super::{format, pattern, references};
use crate::server::generate::test_suite::description::one_line;
use crate::server::generate::test_suite::json::Json;
use crate::server::generate::test_suite::number;
use crate::server::generate::test_suite::schema::{Additional, Bound, Schema, SchemaId, Schemas};
use indexmap::IndexMap;
use serde_json::Number;

const MAX_NODES: usize = 400;
const MAX_DEPTH: usize = 12;
/// Optional properties are filled in down to here.
const OPTIONAL_DEPTH: usize = 3;
/// Longest text that is written into a file.
pub const MAX_TEXT_CHARS: u64 = 5_000;
pub const MAX_LIST_ITEMS: u64 = 100;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fill {
    /// Required properties only.
    Required,
    /// Optional ones too, except those that must name something that exists.
    All,
}

/// Makes a value. `model` is an example whose parts are taken where they fit.
///
/// # Errors
/// Why no value could be made, in words for people.
pub fn sample(schemas: &Schemas, id: SchemaId, fill: Fill, model: Option<&Json>) -> Result<Json, String> {
    let mut sampler = Sampler { schemas, fill, nodes: 0, trail: Vec::new() };
    let value = sampler.value(id, model)?;
    match conforms::check(schemas, id, &value) {
        Verdict::Invalid => Err("no value was found that satisfies all of its schema".into()),
        _ => Ok(value),
    }
}

/// The same for a schema outside of the arena.
pub fn of_schema(schemas: &Schemas, schema: &Schema, fill: Fill) -> Result<Json, String> {
    let mut sampler = Sampler { schemas, fill, nodes: 0, trail: Vec::new() };
    let value = sampler.of_schema(schema, None)?;
    match conforms::check_against(schemas, schema, &value) {
        Verdict::Invalid => Err("no value was found that satisfies all of its schema".into()),
        _ => Ok(value),
    }
}

struct Sampler<'a> {
    schemas: &'a Schemas,
    fill: Fill,
    nodes: usize,
    /// The schemas that we are inside of, to see circles.
    trail: Vec<SchemaId>,
}

impl Sampler<'_> {
    fn value(&mut self, id: SchemaId, model: Option<&Json>) -> Result<Json, String> {
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            return Err(format!("a value of it would have more than {MAX_NODES} parts"));
        }
        if self.trail.len() >= MAX_DEPTH || self.trail.iter().filter(|other| **other == id).count() > 1 {
            return Err("its required parts contain themselves without end".into());
        }
        self.trail.push(id);
        let value = self.of_schema(self.schemas.get(id), model);
        self.trail.pop();
        value
    }

    fn of_schema(&mut self, schema: &Schema, model: Option<&Json>) -> Result<Json, String> {
        if schema.never {
            return Err("nothing can satisfy its schema".into());
        }
        let fits = |value: &Json| conforms::check_against(self.schemas, schema, value) != Verdict::Invalid;
        if let Some(model) = model
            && !matches!(model, Json::Map(_) | Json::List(_))
            && fits(model)
        {
            return Ok(model.clone());
        }
        if !schema.choices.is_empty() {
            return self.of_choice(schema, model);
        }
        let object = schema.is_object();
        if !object {
            let given = schema.examples.iter().chain(&schema.default).chain(schema.values.iter().flatten());
            if let Some(value) = given
                .into_iter()
                .find(|value| size(value) <= MAX_NODES / 4 && (**value != Json::Null || schema.types.has("null")) && fits(value))
            {
                return Ok(value.clone());
            }
        }
        if let Some(values) = &schema.values {
            return values.first().cloned().ok_or_else(|| "its enum is empty".to_owned());
        }
        match schema.types.single().or_else(|| schema.types.names().find(|name| *name != "null")) {
            Some("object") => self.object(schema, model),
            Some("array") => self.list(schema, model),
            Some("integer") => number_within(schema, true),
            Some("number") => number_within(schema, false),
            Some("boolean") => Ok(Json::Bool(true)),
            Some("string") => text_within(schema),
            Some(_) => Ok(Json::Null),
            None if object || !schema.required.is_empty() => self.object(schema, model),
            None if schema.items.is_some() => self.list(schema, model),
            None if schema.types.has("null") => Ok(Json::Null),
            None => Ok(model.cloned().unwrap_or_else(|| Json::from("text"))),
        }
    }

    /// The first branch that works, together with what stands beside the choice.
    fn of_choice(&mut self, schema: &Schema, model: Option<&Json>) -> Result<Json, String> {
        let mut base = schema.clone();
        let choice = base.choices.remove(0);
        let mut why = "its alternatives are empty".to_owned();
        let mut branches: Vec<SchemaId> = choice.branches.clone();
        if let Some(model) = model {
            branches.sort_by_key(|branch| conforms::check(self.schemas, *branch, model) == Verdict::Invalid);
        }
        for branch in branches.into_iter().take(8) {
            if self.trail.iter().filter(|other| **other == branch).count() > 1 {
                continue;
            }
            let together = beside(&base, self.schemas.get(branch));
            let before = self.nodes;
            self.trail.push(branch);
            let made = if self.trail.len() > MAX_DEPTH {
                Err("its alternatives are nested without end".into())
            } else {
                self.of_schema(&together, model)
            };
            self.trail.pop();
            match made {
                Ok(value) if conforms::check_against(self.schemas, schema, &value) != Verdict::Invalid => return Ok(value),
                Ok(_) => "no alternative gives a value that satisfies the whole".clone_into(&mut why),
                Err(error) => why = error,
            }
            if self.nodes > MAX_NODES {
                break;
            }
            self.nodes = before + (self.nodes - before) / 2;
        }
        Err(why)
    }

    fn object(&mut self, schema: &Schema, model: Option<&Json>) -> Result<Json, String> {
        let mut map = IndexMap::new();
        let example = schema.examples.iter().find(|example| matches!(example, Json::Map(_)));
        // Of no declared form: its author knows what goes in.
        if let (true, Some(example)) = (schema.properties.is_empty(), model.or(example)) {
            return Ok(example.clone());
        }
        for (name, id) in &schema.properties {
            let property = self.schemas.get(*id);
            let required = schema.required.contains(name);
            let given = model.and_then(|model| model.get(name)).or_else(|| example.and_then(|example| example.get(name)));
            let wanted = self.fill == Fill::All && self.trail.len() <= OPTIONAL_DEPTH && !self.trail.contains(id);
            if property.read_only || !(required || wanted && is_safe(name, property, given)) {
                continue;
            }
            match self.value(*id, given) {
                // Nothing but the id of something else would have been in there.
                Ok(Json::Map(map)) if !required && map.is_empty() && !property.properties.is_empty() => {}
                Ok(value) => {
                    map.insert(name.clone(), value);
                }
                Err(why) if required => return Err(nested(name, &why)),
                Err(_) => {}
            }
        }
        for name in &schema.required {
            if !map.contains_key(name) && !schema.properties.contains_key(name) {
                self.nodes += 1;
                if self.nodes > MAX_NODES {
                    return Err(format!("a value of it would have more than {MAX_NODES} parts"));
                }
                let value = match schema.additional {
                    Additional::Typed(id) => self.value(id, None)?,
                    Additional::Forbidden => return Err(format!("it demands `{}`, which it forbids", one_line(name, 60))),
                    Additional::Allowed => Json::from("text"),
                };
                map.insert(name.clone(), value);
            }
        }
        if let Some(min) = schema.min_properties {
            self.reach(schema, &mut map, min)?;
        }
        Ok(Json::Map(map))
    }

    /// Adds optional or made-up properties until there are enough.
    fn reach(&mut self, schema: &Schema, map: &mut IndexMap<String, Json>, min: u64) -> Result<(), String> {
        for (name, id) in &schema.properties {
            if (map.len() as u64) < min
                && !map.contains_key(name)
                && !self.schemas.get(*id).read_only
                && let Ok(value) = self.value(*id, None)
            {
                map.insert(name.clone(), value);
            }
        }
        for index in 1..=min.min(50) {
            if map.len() as u64 >= min {
                break;
            }
            let value = match schema.additional {
                Additional::Typed(id) => self.value(id, None)?,
                Additional::Allowed => Json::from("text"),
                Additional::Forbidden => return Err("it demands more properties than it has".into()),
            };
            map.insert(format!("key{index}"), value);
        }
        Ok(())
    }

    fn list(&mut self, schema: &Schema, model: Option<&Json>) -> Result<Json, String> {
        let given: &[Json] = model.map(Json::list).unwrap_or_default();
        if !given.is_empty()
            && given.len() <= 20
            && model.is_some_and(|model| {
                size(model) < MAX_NODES / 4 && conforms::check_against(self.schemas, schema, model) != Verdict::Invalid
            })
        {
            return Ok(model.cloned().unwrap_or_default());
        }
        let min = schema.min_items.unwrap_or(0);
        let wanted = min.max(u64::from(schema.max_items != Some(0)));
        if wanted > MAX_LIST_ITEMS {
            return Err(format!("it wants a list of {wanted} items"));
        }
        let Some(id) = schema.items else { return Ok(Json::List(vec![Json::from("text"); usize::try_from(wanted).unwrap_or(0)])) };
        let mut items: Vec<Json> = Vec::new();
        for index in 0..wanted {
            match self.value(id, given.first()) {
                Ok(value) => items.push(if schema.unique_items { distinct(self.schemas, id, value, &items) } else { value }),
                // A list may end a circle by being empty.
                Err(_) if index == 0 && min == 0 => break,
                Err(why) => return Err(why),
            }
        }
        Ok(Json::List(items))
    }
}

fn nested(name: &str, why: &str) -> String {
    if why.starts_with('`') { why.to_owned() } else { format!("`{}`: {why}", one_line(name, 60)) }
}

/// Whether an optional property can be filled in without knowing the server's data.
fn is_safe(name: &str, schema: &Schema, given: Option<&Json>) -> bool {
    if references::is_reference(name) {
        return false;
    }
    if given.is_some() || !schema.examples.is_empty() || schema.values.is_some() {
        return true;
    }
    schema.unmodelled.is_empty() && schema.format.as_deref().is_none_or(format::is_known)
}

/// A base and one branch as one schema; on a shared property the branch is the more exact one.
fn beside(base: &Schema, branch: &Schema) -> Schema {
    let mut properties = IndexMap::new();
    let mut together = crate::server::generate::test_suite::description::both(base, branch, &mut |_, theirs| theirs);
    // The branch may narrow a property of the base (a discriminator's constant).
    for (name, id) in together.properties.drain(..) {
        properties.insert(name.clone(), branch.properties.get(&name).copied().unwrap_or(id));
    }
    together.properties = properties;
    together
}

pub fn size(value: &Json) -> usize {
    match value {
        Json::List(items) => 1 + items.iter().map(size).sum::<usize>(),
        Json::Map(map) => 1 + map.values().map(size).sum::<usize>(),
        _ => 1,
    }
}

/// Makes an item differ from its predecessors.
pub fn distinct(schemas: &Schemas, id: SchemaId, value: Json, others: &[Json]) -> Json {
    if !others.contains(&value) {
        return value;
    }
    let schema = schemas.get(id);
    let count = others.len();
    let steps = f64::from(u32::try_from(count).unwrap_or(u32::MAX));
    let candidates: Vec<Json> = match &value {
        _ if schema.values.is_some() => schema.values.iter().flatten().cloned().collect(),
        Json::Number(number) => [1.0, -1.0].iter().filter_map(|sign| number::plus(number, sign * steps)).map(Json::Number).collect(),
        Json::Text(text) => vec![
            format!("{text}{count}").into_json(),
            format!("{count}{text}").into_json(),
            text.chars().skip(count).collect::<String>().into_json(),
        ],
        Json::Map(map) => map
            .iter()
            .filter_map(|(key, part)| match part {
                Json::Text(text) => Some((key, format!("{text}{count}").into_json())),
                Json::Number(number) => number::plus(number, steps).map(|number| (key, Json::Number(number))),
                _ => None,
            })
            .map(|(key, part)| {
                let mut map = map.clone();
                map.insert(key.clone(), part);
                Json::Map(map)
            })
            .collect(),
        _ => Vec::new(),
    };
    candidates
        .into_iter()
        .find(|candidate| !others.contains(candidate) && conforms::check(schemas, id, candidate) != Verdict::Invalid)
        .unwrap_or(value)
}

trait IntoJson {
    fn into_json(self) -> Json;
}

impl IntoJson for String {
    fn into_json(self) -> Json {
        Json::Text(self)
    }
}

/// A number within the bounds, near the lower one.
fn number_within(schema: &Schema, whole: bool) -> Result<Json, String> {
    let one = Number::from(1);
    let step = schema.multiple_of.clone();
    let mut candidates: Vec<Number> = vec![one];
    if let Some(Bound { value, .. }) = &schema.minimum {
        candidates.extend(
            [Some(value.clone()), number::plus(value, 1.0), (!whole).then(|| number::plus(value, 0.5)).flatten()].into_iter().flatten(),
        );
        candidates.extend(step.as_ref().and_then(|step| number::next_multiple(value, step)));
        candidates.extend(step.as_ref().and_then(|step| number::next_multiple(&number::plus(value, 1.0)?, step)));
    }
    if let Some(Bound { value, .. }) = &schema.maximum {
        candidates.extend(
            [Some(value.clone()), number::plus(value, -1.0), (!whole).then(|| number::plus(value, -0.5)).flatten()].into_iter().flatten(),
        );
    }
    if let (Some(min), Some(max), false) = (&schema.minimum, &schema.maximum, whole)
        && let (Some(low), Some(high)) = (min.value.as_f64(), max.value.as_f64())
        && let Json::Number(middle) = Json::from(f64::midpoint(low, high))
    {
        candidates.push(middle);
    }
    candidates.extend(step.clone());
    candidates.push(Number::from(0));
    let numbers = Schema { choices: Vec::new(), ..schema.clone() };
    let none = Schemas::default();
    candidates
        .into_iter()
        .map(Json::Number)
        .find(|candidate| conforms::check_against(&none, &numbers, candidate) != Verdict::Invalid)
        .ok_or_else(|| "no number within its bounds was found".to_owned())
}

/// A text of the format and pattern, within the bounds.
fn text_within(schema: &Schema) -> Result<Json, String> {
    let min = schema.min_length.unwrap_or(0);
    let max = schema.max_length;
    if min > MAX_TEXT_CHARS {
        return Err(format!("it wants a text of {min} characters"));
    }
    if let Some(pattern) = &schema.pattern {
        let max = max.map(|max| usize::try_from(max).unwrap_or(usize::MAX));
        return pattern::matching(pattern, usize::try_from(min).unwrap_or(0), max)
            .map(Json::Text)
            .ok_or_else(|| format!("no text was found that matches the pattern `{}`", one_line(pattern, 80)));
    }
    if let Some(example) = schema.format.as_deref().and_then(format::example) {
        return Ok(sized(example, min, max));
    }
    Ok(sized("text", min, max))
}

/// The text cut or lengthened to the bounds.
fn sized(text: &str, min: u64, max: Option<u64>) -> Json {
    let mut text: String = text.chars().take(usize::try_from(max.unwrap_or(u64::MAX)).unwrap_or(usize::MAX)).collect();
    let length = text.chars().count() as u64;
    if length < min {
        text.extend(std::iter::repeat_n('a', usize::try_from(min - length).unwrap_or(0)));
    }
    Json::Text(text)
}
