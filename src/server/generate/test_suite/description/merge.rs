//! `allOf` merged: one schema that says what all of its members say.
//!
//! Every member is taken once per schema, so diamonds cost nothing; conflicts on a property make one new
//! schema per distinct set of members, and a budget ends what would still grow without end.

use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};

use crate::server::generate::test_suite::number;
use crate::server::generate::test_suite::schema::{Additional, Bound, Schema, SchemaId};

/// How many schemas property conflicts may add.
const MAX_ADDED: usize = 20_000;
/// Members of one `allOf`, nested ones counted, that are looked at.
const MAX_MEMBERS: usize = 64;
/// Pairs of values compared when two enums meet.
const MAX_COMPARED: usize = 1_000_000;

/// Takes schemas as written and returns each with its `allOf` merged in. May add schemas to both lists.
pub fn merge_all(written: &mut Vec<Schema>) -> Vec<Schema> {
    let limit = written.len() + MAX_ADDED;
    let mut combined: HashMap<Vec<SchemaId>, SchemaId> = HashMap::new();
    let mut merged = Vec::with_capacity(written.len());
    let mut next = 0;
    while next < written.len() {
        let mut members = Vec::new();
        flatten(written, next, &mut members);
        let mut parts = members.iter().map(|index| written[*index].clone());
        let mut result = parts.next().unwrap_or_default();
        result.all_of.clear();
        for part in parts.collect::<Vec<_>>() {
            result = both(&result, &part, &mut |a, b| {
                let mut key = vec![a, b];
                key.sort_unstable();
                key.dedup();
                if key.len() == 1 {
                    return a;
                }
                if let Some(known) = combined.get(&key) {
                    return *known;
                }
                if written.len() >= limit {
                    return a;
                }
                let Ok(index) = u32::try_from(written.len()) else { return a };
                written.push(Schema { all_of: vec![a, b], ..Schema::default() });
                combined.insert(key, SchemaId(index));
                SchemaId(index)
            });
        }
        if members.len() > 1 && result.additional == Additional::Forbidden {
            // `additionalProperties: false` beside `allOf` forbids the members' own properties; nobody means that.
            result.additional = Additional::Allowed;
        }
        if members.len() == MAX_MEMBERS {
            result.unmodelled.push("a very deep `allOf`".into());
        }
        merged.push(result);
        next += 1;
    }
    merged
}

/// The schema and all members of its `allOf`, each once, outermost first.
fn flatten(written: &[Schema], start: usize, members: &mut Vec<usize>) {
    let mut seen = HashSet::new();
    let mut stack = vec![start];
    while let Some(index) = stack.pop()
        && members.len() < MAX_MEMBERS
    {
        if let Some(schema) = written.get(index)
            && seen.insert(index)
        {
            members.push(index);
            stack.extend(schema.all_of.iter().rev().map(|id| id.0 as usize));
        }
    }
}

/// What both say. The first one's annotations win. `combine` makes one schema of two for a shared property.
pub fn both(a: &Schema, b: &Schema, combine: &mut dyn FnMut(SchemaId, SchemaId) -> SchemaId) -> Schema {
    let mut result = a.clone();
    match a.types.both(b.types) {
        Some(types) => result.types = types,
        None => result.never = true,
    }
    result.never |= b.never;
    result.values = match (&a.values, &b.values) {
        (Some(a), Some(b)) if a.len() * b.len() <= MAX_COMPARED => Some(a.iter().filter(|value| b.contains(value)).cloned().collect()),
        (a, b) => a.clone().or_else(|| b.clone()),
    };
    result.never |= result.values.as_ref().is_some_and(Vec::is_empty);
    result.format = a.format.clone().or_else(|| b.format.clone());
    if let (Some(mine), Some(theirs)) = (&a.pattern, &b.pattern)
        && mine != theirs
    {
        result.unmodelled.push("a second `pattern`".into());
    }
    result.pattern = a.pattern.clone().or_else(|| b.pattern.clone());
    result.min_length = a.min_length.max(b.min_length);
    result.max_length = least(a.max_length, b.max_length);
    result.min_items = a.min_items.max(b.min_items);
    result.max_items = least(a.max_items, b.max_items);
    result.min_properties = a.min_properties.max(b.min_properties);
    result.max_properties = least(a.max_properties, b.max_properties);
    result.minimum = tighter(a.minimum.as_ref(), b.minimum.as_ref(), Ordering::Greater);
    result.maximum = tighter(a.maximum.as_ref(), b.maximum.as_ref(), Ordering::Less);
    if a.multiple_of.is_some() && b.multiple_of.is_some() && a.multiple_of != b.multiple_of {
        result.unmodelled.push("a second `multipleOf`".into());
    }
    result.multiple_of = a.multiple_of.clone().or_else(|| b.multiple_of.clone());
    result.unique_items |= b.unique_items;
    result.items = match (a.items, b.items) {
        (Some(a), Some(b)) => Some(combine(a, b)),
        (a, b) => a.or(b),
    };
    for (name, theirs) in &b.properties {
        let id = a.properties.get(name).map_or(*theirs, |mine| combine(*mine, *theirs));
        result.properties.insert(name.clone(), id);
    }
    result.required.extend(b.required.iter().cloned());
    result.additional = match (a.additional, b.additional) {
        (Additional::Typed(a), Additional::Typed(b)) => Additional::Typed(combine(a, b)),
        // Each member's own "nothing else" does not know the other's properties.
        (Additional::Forbidden, _) | (_, Additional::Forbidden) => Additional::Allowed,
        (Additional::Allowed, other) | (other, Additional::Allowed) => other,
    };
    result.choices.extend(b.choices.iter().cloned());
    result.read_only |= b.read_only;
    result.write_only |= b.write_only;
    result.default = a.default.clone().or_else(|| b.default.clone());
    result.examples.extend(b.examples.iter().cloned());
    result.unmodelled.extend(b.unmodelled.iter().cloned());
    result
}

fn least(a: Option<u64>, b: Option<u64>) -> Option<u64> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

fn tighter(a: Option<&Bound>, b: Option<&Bound>, wanted: Ordering) -> Option<Bound> {
    match (a, b) {
        (Some(a), Some(b)) => {
            let order = number::compare(&a.value, &b.value);
            let first = order == wanted || (order == Ordering::Equal && a.exclusive);
            Some(if first { a } else { b }.clone())
        }
        (a, b) => a.or(b).cloned(),
    }
}
