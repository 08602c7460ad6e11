//! What a project is called: as somebody says, else by what it is for, else by what is in it.

use super::super::names;
use super::read::Found;

pub fn project_name(found: &Found, text: &str) -> String {
    // `called "Shelfie"`
    for word in ["called ", "named ", "genannt "] {
        let quoted = text.split_once(word).map(|(_, rest)| rest.trim_start());
        let name: Option<String> = quoted.map(|rest| match rest.chars().next() {
            Some(quote @ ('"' | '\'' | '`')) => rest[1..].split(quote).next().unwrap_or_default().chars().take(60).collect(),
            Some(first) if first.is_uppercase() => {
                rest.split(|c: char| !c.is_alphanumeric() && c != '-').next().unwrap_or_default().chars().take(60).collect()
            }
            _ => String::new(),
        });
        let name = name.unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
        if name.contains(|c: char| c.is_ascii_alphabetic()) {
            return name;
        }
    }
    let title = found.title.clone().filter(|title| title.contains(|c: char| c.is_ascii_alphabetic()));
    let of_domain =
        found.domain.filter(|domain| found.things.keys().any(|name| domain.entity(name).is_some())).map(|domain| domain.model.name.clone());
    let own = found.things.keys().find(|name| *name != "User").or(found.things.keys().next());
    let of_things = own.map(|name| names::snake_case(&names::plural(name)).replace('_', " "));
    let title = title.map(|title| as_written(&title, text));
    let mut name = title.or(of_domain).or(of_things).unwrap_or_else(|| "New project".into());
    if let Some(first) = name.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    name
}

/// Names that are written in capital letters, and German nouns, keep them.
fn as_written(title: &str, text: &str) -> String {
    let written: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).filter(|word| word.chars().count() > 1).collect();
    let is_loud = !written.iter().any(|word| word.chars().any(char::is_lowercase));
    let word = |plain: &str| {
        let found = written.iter().find(|word| names::words(word).concat() == plain.to_lowercase());
        let keeps = |word: &&&str| !word.is_ascii() || (!is_loud && word.chars().all(|c| c.is_uppercase() || c.is_ascii_digit()));
        found.filter(keeps).map_or_else(|| plain.to_owned(), |word| (*word).to_owned())
    };
    title.split(' ').map(word).collect::<Vec<_>>().join(" ")
}
