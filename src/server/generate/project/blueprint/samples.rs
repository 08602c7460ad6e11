//! Values that satisfy every rule of their field, for seed data, examples and tests: the same ones for the same seed.
//!
//! Unique fields get distinct values. Where rules leave room for a few only, there are few: a number of rows is a wish.

use std::collections::{BTreeMap, HashSet};

use serde_json::Value;

use super::limits::Limits;
use super::phrases;
use super::shape::{EntityShape, Shape};
use super::{chance::Chance, pattern};
use crate::protocol::project::{Field, FieldType};

/// How many of each thing there are where nothing speaks against it.
pub const ROWS: usize = 6;
/// Tries for a value that was not there yet.
const MAX_TRIES: u64 = 60;

/// One thing as it would be sent, relations by the ids of other rows.
#[derive(Clone, Debug)]
pub struct Row {
    pub id: String,
    pub values: Vec<(String, Value)>,
}

/// Rows of every entity, in the order of the model. The first row of each has all its fields.
pub fn rows(shape: &Shape<'_>, seed: u64) -> Vec<Vec<Row>> {
    let mut all: Vec<Vec<Row>> = vec![Vec::new(); shape.entities.len()];
    for index in &shape.order {
        let entity = &shape.entities[*index];
        let mut rows: Vec<Row> = Vec::new();
        let mut taken: HashSet<(usize, String)> = HashSet::new();
        for n in 0..ROWS {
            let Some(mut values) = own_values(shape, entity, seed, n, &mut taken) else { break };
            relate(entity, *index, n, &all, &rows, &mut values);
            let id = Chance::new(seed, &[&entity.entity.name, "id", &n.to_string()]).uuid();
            rows.push(Row { id, values });
        }
        all[*index] = rows;
    }
    all
}

fn own_values(
    shape: &Shape<'_>,
    entity: &EntityShape<'_>,
    seed: u64,
    n: usize,
    taken: &mut HashSet<(usize, String)>,
) -> Option<Vec<(String, Value)>> {
    let mut values = Vec::new();
    for (at, field) in entity.entity.fields.iter().enumerate() {
        let mut chance = Chance::new(seed, &[&entity.entity.name, &field.name, &n.to_string()]);
        // Not everything is known of everything.
        if !field.required && n > 0 && chance.below(5) == 0 {
            continue;
        }
        let value = (0..MAX_TRIES).find_map(|attempt| {
            let value = value(shape, field, &mut chance, n, attempt)?;
            (!field.unique || !taken.contains(&(at, value.to_string()))).then_some(value)
        });
        match value {
            Some(value) => {
                taken.insert((at, value.to_string()));
                values.push((field.name.clone(), value));
            }
            None if field.required || n == 0 => return None,
            None => {}
        }
    }
    Some(values)
}

/// Gives rows the values that keep rules between fields, where they have these fields; unique ones stay as they are.
pub fn keep(rows: &mut [Row], values: Option<&BTreeMap<String, Value>>, fields: &[Field]) {
    let Some(values) = values else { return };
    let may_change = |name: &String| fields.iter().any(|field| field.name == *name && !field.unique);
    for (name, value) in rows.iter_mut().flat_map(|row| &mut row.values) {
        if let Some(kept) = values.get(name).filter(|_| may_change(name)) {
            value.clone_from(kept);
        }
    }
}

/// Adds the ids of what stands in relation: of rows that are made already.
fn relate(entity: &EntityShape<'_>, index: usize, n: usize, all: &[Vec<Row>], own: &[Row], values: &mut Vec<(String, Value)>) {
    for one in &entity.ones {
        let rows = if one.target == index { own } else { &all[one.target] };
        // The first things of their kind belong to nothing of their kind.
        if !rows.is_empty() {
            let row = if one.target == index { &rows[n / 2 % rows.len()] } else { &rows[n % rows.len()] };
            values.push((format!("{}_id", one.field), row.id.clone().into()));
        }
    }
    for list in &entity.lists {
        let rows = if list.target == index { own } else { &all[list.target] };
        let mut ids: Vec<Value> = rows.iter().skip(n % 3).take(1 + n % 2).map(|row| row.id.clone().into()).collect();
        ids.dedup();
        values.push((format!("{}_ids", list.one), ids.into()));
    }
}

/// A value of the field. `attempt` counts up where one was taken already.
pub fn value(shape: &Shape<'_>, field: &Field, chance: &mut Chance, n: usize, attempt: u64) -> Option<Value> {
    let limits = Limits::of(field);
    let after = |count: u64| usize::try_from(count).unwrap_or(usize::MAX);
    Some(match field.kind {
        FieldType::String | FieldType::Text => {
            if let Some(expression) = &limits.pattern {
                let n = if field.unique { n.saturating_mul(8) + after(attempt) } else { after(chance.below(500)) };
                let matching = |n| pattern::matching(expression, limits.min_length, Some(limits.max_length), n);
                return matching(n).or_else(|| matching(n % 2)).or_else(|| matching(0)).map(Value::from);
            }
            phrases::text(field, &limits, chance, attempt).into()
        }
        FieldType::Integer => {
            let (low, high) = phrases::usual_integers(&field.name);
            number_between(low.into(), high.into(), limits.min_integer.into(), limits.max_integer.into(), chance, attempt)
                .and_then(|value| i64::try_from(value).ok())?
                .into()
        }
        FieldType::Decimal => {
            let value = number_between(100, 9_999, limits.min_hundredths.into(), limits.max_hundredths.into(), chance, attempt)?;
            let (sign, size) = (if value < 0 { "-" } else { "" }, value.unsigned_abs());
            format!("{sign}{}.{:02}", size / 100, size % 100).into()
        }
        FieldType::Float => {
            let (low, high) = (limits.min_float.unwrap_or(f64::MIN), limits.max_float.unwrap_or(f64::MAX));
            let (from, to) = if low > 100.0 || high < 0.0 { (low.max(-1e9), high.min(1e9)) } else { (low.max(0.0), high.min(100.0)) };
            #[allow(clippy::cast_precision_loss, reason = "below 1001")]
            let share = (chance.below(1_001)) as f64 / 1_000.0;
            let value = from + (to - from) * share;
            let rounded = (value * 100.0).round() / 100.0;
            serde_json::Number::from_f64(if (low..=high).contains(&rounded) { rounded } else { from.clamp(low, high) })?.into()
        }
        FieldType::Boolean => (chance.below(2) == 0).into(),
        FieldType::Date => phrases::date(chance, attempt).into(),
        FieldType::DateTime => {
            format!("{}T{:02}:{:02}:00Z", phrases::date(chance, attempt), 8 + chance.below(11), 5 * chance.below(12)).into()
        }
        FieldType::Uuid => chance.uuid().into(),
        FieldType::Email => phrases::email(&limits, chance, attempt)?.into(),
        FieldType::Url => phrases::address(&limits, chance, attempt)?.into(),
        FieldType::Bytes => phrases::base64(&phrases::bytes(&limits, chance)).into(),
        FieldType::Enum => {
            let values = &shape.enumeration(field.enumeration.as_deref()?)?.values;
            let at = if field.unique { n.wrapping_add(after(attempt)) } else { after(chance.below(values.len() as u64)) };
            values.get(at % values.len().max(1))?.clone().into()
        }
    })
}

/// Within the bounds, and where they allow it within what is usual.
fn number_between(low: i128, high: i128, min: i128, max: i128, chance: &mut Chance, attempt: u64) -> Option<i128> {
    if min > max {
        return None;
    }
    let (from, to) = if low > max || high < min { (min, max.min(min.saturating_add(1_000))) } else { (low.max(min), high.min(max)) };
    let span = u64::try_from(to - from).unwrap_or(u64::MAX - 1) + 1;
    let value = from + i128::from((chance.below(span) + attempt) % span);
    Some(value.clamp(min, max))
}
