//! How cases and values are called, for people.

use std::collections::{HashMap, HashSet};

use super::references;
use crate::server::generate::test_suite::description::one_line;
use crate::server::generate::test_suite::json::Json;
use crate::server::generate::test_suite::schema::Schema;

/// Gives out names, each once: the second `a` is `a_2`.
#[derive(Debug, Default)]
pub struct Unique {
    taken: HashSet<String>,
    /// Where to go on counting, so that thousands of equal names stay cheap.
    counts: HashMap<String, usize>,
}

impl Unique {
    pub fn name(&mut self, wanted: String) -> String {
        if self.taken.insert(wanted.clone()) {
            return wanted;
        }
        let count = self.counts.entry(wanted.clone()).or_insert(1);
        loop {
            *count += 1;
            let name = format!("{wanted}_{count}");
            if self.taken.insert(name.clone()) {
                return name;
            }
        }
    }
}

/// `ticket_type`: lower-case ASCII words joined by `_`, at most 60 characters, never empty, never beginning with a digit.
pub fn snake(name: &str) -> String {
    let ascii: String = name.chars().take(400).map(|c| if c.is_ascii_alphanumeric() { c } else { ' ' }).collect();
    let mut snake = references::words(&ascii).join("_");
    snake.truncate(60);
    let snake = snake.trim_end_matches('_');
    match snake.chars().next() {
        None => "x".to_owned(),
        Some(first) if first.is_ascii_digit() => format!("n{snake}"),
        Some(_) => snake.to_owned(),
    }
}

/// A value in a sentence: `"general"`, 12345, a list of 3 items.
pub fn shown(value: &Json) -> String {
    match value {
        Json::Null => "null".into(),
        Json::Bool(value) => value.to_string(),
        Json::Number(number) => number.to_string(),
        Json::Text(text) => format!("\"{}\"", one_line(text, 60)),
        Json::List(items) => format!("a list of {} item{}", items.len(), if items.len() == 1 { "" } else { "s" }),
        Json::Map(_) => "an object".into(),
        Json::Made(name) => name.clone(),
    }
}

/// A value as part of a name.
pub fn words_of(value: &Json) -> String {
    match value {
        Json::Number(number) => number.to_string().replace('-', "minus "),
        Json::Text(text) if text.is_empty() => "empty".into(),
        Json::Text(text) => one_line(text, 40),
        Json::List(_) => "list".into(),
        Json::Map(_) => "object".into(),
        other => shown(other),
    }
}

/// `a string`, `an integer or null`.
pub fn type_words(schema: &Schema) -> String {
    let words: Vec<String> = schema
        .types
        .names()
        .map(|name| match name {
            "null" => "null".to_owned(),
            "integer" | "array" | "object" => format!("an {name}"),
            other => format!("a {other}"),
        })
        .collect();
    words.join(" or ")
}

/// `special-events` → `special_event`.
pub fn singular(word: &str) -> String {
    let word = snake(word);
    if let Some(stem) = word.strip_suffix("ies").filter(|stem| stem.len() > 1) {
        return format!("{stem}y");
    }
    for ending in ["sses", "shes", "ches", "xes"] {
        if word.ends_with(ending) {
            return word[..word.len() - 2].to_owned();
        }
    }
    match word.strip_suffix('s') {
        // A class, a status, an analysis.
        Some(stem) if !stem.ends_with(['s', 'u', 'i']) && stem.len() > 1 => stem.to_owned(),
        _ => word,
    }
}
