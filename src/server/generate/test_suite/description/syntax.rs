//! Text → [`Json`]: JSON or YAML by its content, strictly and within bounds.
//!
//! One reader for both, so that validation and use never see two documents: duplicate keys are an error, aliases,
//! nodes and depth are counted, and a broken document says its line and column.

use std::cell::Cell;
use std::fmt;

use indexmap::IndexMap;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::fault::Fault;
use crate::protocol::input::MAX_DESCRIPTION_BYTES;
use crate::server::generate::test_suite::json::{Json, MAX_DEPTH};

/// More nodes than a description of the largest size that people maintain; they have one for some 30 bytes.
const MAX_NODES: usize = 300_000;
/// Below the density of any real description; bombs have a node for every two bytes.
const BYTES_PER_NODE: usize = 8;
/// Small documents may be dense.
const FREE_NODES: usize = 50_000;

/// How many nodes a text of this size may hold, so that memory stays in proportion to it.
fn node_budget(bytes: usize) -> usize {
    (FREE_NODES + bytes / BYTES_PER_NODE).min(MAX_NODES)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Syntax {
    Json,
    Yaml,
}

/// Reads a document. The fault's pointer is empty: the place is a line and a column.
pub fn parse(text: &str) -> Result<(Json, Syntax), Fault> {
    if text.len() > MAX_DESCRIPTION_BYTES {
        return Err(Fault::document(format!("the description is larger than {} MiB", MAX_DESCRIPTION_BYTES / 1024 / 1024)));
    }
    let text = without_bom(text);
    let start = text.trim_start();
    if start.is_empty() {
        return Err(Fault::document("the description is empty"));
    }
    if start.starts_with('<') {
        return Err(Fault::document(
            "this is a web page or XML, not an OpenAPI description in JSON or YAML; look for a link to the raw file",
        ));
    }
    let syntax = if start.starts_with(['{', '[']) { Syntax::Json } else { Syntax::Yaml };
    let budget = Cell::new(node_budget(text.len()));
    let seed = Node { budget: &budget, depth: MAX_DEPTH };
    let document = read(text, syntax, seed).map_err(|(message, line, column)| Fault {
        message: format!("this is not valid {}: {message}", if syntax == Syntax::Json { "JSON" } else { "YAML" }),
        line,
        column,
        ..Fault::default()
    })?;
    Ok((document, syntax))
}

pub fn without_bom(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

/// What went wrong, and the line and column of it where the reader knows them.
pub type SyntaxError = (String, Option<u64>, Option<u64>);

/// Feeds a document to any seed; the reader's limits are the same for every caller.
pub fn read<'de, S: DeserializeSeed<'de>>(text: &'de str, syntax: Syntax, seed: S) -> Result<S::Value, SyntaxError> {
    match syntax {
        Syntax::Json => {
            let mut reader = serde_json::Deserializer::from_str(text);
            let value = seed.deserialize(&mut reader).and_then(|value| reader.end().map(|()| value));
            value.map_err(|error| {
                let (line, column) = (error.line() as u64, error.column() as u64);
                let message = error.to_string();
                let message = message.split(" at line ").next().unwrap_or_default().to_owned();
                (message, (line > 0).then_some(line), (line > 0).then_some(column))
            })
        }
        Syntax::Yaml => serde_saphyr::with_deserializer_from_str_with_options(text, yaml_options(), |reader| seed.deserialize(reader))
            .map_err(|error| {
                let place = error.location();
                let message = error.without_snippet().render_with_formatter(&serde_saphyr::UserMessageFormatter);
                (yaml_words(&message), place.map(|at| at.line()), place.map(|at| at.column()))
            }),
    }
}

fn yaml_options() -> serde_saphyr::Options {
    serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_reader_input_bytes: Some(MAX_DESCRIPTION_BYTES),
            max_events: 3 * MAX_NODES,
            max_nodes: MAX_NODES,
            max_aliases: 2_000,
            max_anchors: 2_000,
            max_recorded_anchor_events: 200_000,
            max_recorded_anchor_bytes: 16 * 1024 * 1024,
            max_total_scalar_bytes: 2 * MAX_DESCRIPTION_BYTES,
            max_depth: MAX_DEPTH,
            flow_nesting_limit: MAX_DEPTH,
            max_documents: 1,
            max_merge_keys: 2_000,
        },
        alias_limits: serde_saphyr::alias_limits! { max_total_replayed_events: 200_000, max_replay_stack_depth: 32 },
        // YAML 1.2, as OpenAPI demands: `no` and `on` are texts.
        strict_booleans: true,
        emit_comments: false,
        with_snippet: false,
    }
}

/// The reader's message without what the line and column say already, and without the names of its limits.
fn yaml_words(message: &str) -> String {
    if message.contains("limits breached") {
        return "it has more values, levels, aliases or documents than a description may have".into();
    }
    let message = message.split(" at line ").next().unwrap_or_default();
    shortened(message.split(" (defined").next().unwrap_or_default()).replace('\n', " ")
}

fn shortened(text: &str) -> String {
    if text.chars().count() > 300 { text.chars().take(300).chain(['…']).collect() } else { text.to_owned() }
}

/// Reads one value; `budget` counts the nodes of the whole document.
#[derive(Clone, Copy)]
struct Node<'a> {
    budget: &'a Cell<usize>,
    depth: usize,
}

impl Node<'_> {
    fn deeper<E: Error>(self) -> Result<Self, E> {
        let depth = self.depth.checked_sub(1).ok_or_else(|| E::custom(format!("it is nested deeper than {MAX_DEPTH} levels")))?;
        Ok(Self { depth, ..self })
    }
}

impl<'de> DeserializeSeed<'de> for Node<'_> {
    type Value = Json;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json, D::Error> {
        let left =
            self.budget.get().checked_sub(1).ok_or_else(|| D::Error::custom("it holds more values than any description of its size"))?;
        self.budget.set(left);
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node<'_> {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Json, E> {
        Ok(Json::Number(value.into()))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Json, E> {
        Ok(Json::Number(value.into()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Json, E> {
        serde_json::Number::from_f64(value).map(Json::Number).ok_or_else(|| E::custom("numbers must be finite"))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Json, E> {
        Ok(Json::Text(value.to_owned()))
    }

    fn visit_string<E: Error>(self, value: String) -> Result<Json, E> {
        Ok(Json::Text(value))
    }

    fn visit_unit<E: Error>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_none<E: Error>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json, A::Error> {
        let deeper = self.deeper()?;
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(deeper)? {
            list.push(item);
        }
        Ok(Json::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Json, A::Error> {
        let deeper = self.deeper()?;
        let mut map = IndexMap::new();
        while let Some(key) = entries.next_key::<String>()? {
            if map.contains_key(&key) {
                return Err(A::Error::custom(format!("the key {:?} stands here twice", shortened(&key))));
            }
            let value = entries.next_value_seed(deeper)?;
            map.insert(key, value);
        }
        Ok(Json::Map(map))
    }
}
