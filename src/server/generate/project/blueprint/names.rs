//! The names of one thing in the places that it has one: class, module, table, address, heading.
//!
//! Spellings and English numbers are the model's (`model/names.rs`); in here is what only people read, and what only files need.

use std::cmp::Ordering;

pub use super::super::model::names::{kebab_case, plural, singular, snake_case, words};

/// For people, in the middle of a sentence: `loan item`.
pub fn label(name: &str) -> String {
    words(name).join(" ")
}

/// For people, at the beginning: `Loan item`.
pub fn heading(name: &str) -> String {
    capital(&label(name))
}

pub fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// `a book`, `an author`.
pub fn article(label: &str) -> &'static str {
    let vowel = label.chars().next().is_some_and(|first| "aeiou".contains(first));
    let sounds_like_you = ["uni", "use", "usa", "uti", "eu", "one"].iter().any(|start| label.starts_with(start))
        && !["unin", "unim", "unid"].iter().any(|start| label.starts_with(start));
    if vowel && !sounds_like_you { "an" } else { "a" }
}

/// Lower-case ASCII letters, digits and hyphens, at most 40 characters, for folders and packages: never empty.
pub fn slug(name: &str) -> String {
    let ascii: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { ' ' }).collect();
    let mut slug = String::new();
    for word in ascii.split_whitespace() {
        if slug.len() + word.len() > 39 && !slug.is_empty() {
            break;
        }
        if !slug.is_empty() {
            slug.push('-');
        }
        slug.push_str(&word[..word.len().min(40)]);
    }
    if slug.starts_with(|first: char| first.is_ascii_alphabetic()) {
        slug
    } else {
        format!("project-{slug}").trim_end_matches('-').to_owned()
    }
}

/// Order in which runs of digits count as numbers: `item2` before `item10`, as tools that sort imports have it.
pub fn natural(a: &str, b: &str) -> Ordering {
    let (mut left, mut right) = (pieces(a).into_iter(), pieces(b).into_iter());
    loop {
        match (left.next(), right.next()) {
            (None, None) => return a.cmp(b),
            (None, Some(_)) => return Ordering::Less,
            (Some(_), None) => return Ordering::Greater,
            (Some(left), Some(right)) => match compare(&left, &right) {
                Ordering::Equal => {}
                other => return other,
            },
        }
    }
}

fn compare(left: &str, right: &str) -> Ordering {
    let number = |text: &str| text.starts_with(|first: char| first.is_ascii_digit()).then(|| text.trim_start_matches('0').to_owned());
    match (number(left), number(right)) {
        (Some(left), Some(right)) => left.len().cmp(&right.len()).then_with(|| left.cmp(&right)),
        _ => left.cmp(right),
    }
}

/// Runs of digits, and single characters between them.
fn pieces(text: &str) -> Vec<String> {
    let mut pieces: Vec<String> = Vec::new();
    for c in text.chars() {
        match pieces.last_mut() {
            Some(last) if c.is_ascii_digit() && last.starts_with(|first: char| first.is_ascii_digit()) => last.push(c),
            _ => pieces.push(c.to_string()),
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_read_words() {
        assert_eq!((label("LoanItem"), heading("due_date")), ("loan item".into(), "Due date".into()));
    }

    #[test]
    fn articles() {
        let said: Vec<&str> = ["book", "author", "user", "hour", "order", "university", "unit", "item"].into_iter().map(article).collect();
        assert_eq!(said, ["a", "an", "a", "a", "an", "a", "a", "an"]);
    }

    #[test]
    fn slugs_are_never_empty_or_long() {
        assert_eq!(slug("Town library"), "town-library");
        assert_eq!(slug("Bücherei 2"), "b-cherei-2");
        assert_eq!(slug("图书馆"), "project");
        assert_eq!(slug("3 bears"), "project-3-bears");
        assert!(slug(&"word ".repeat(40)).len() <= 40);
    }

    #[test]
    fn numbers_within_names_count_as_numbers() {
        let mut names = vec!["item10", "item2", "item", "item_b", "itema"];
        names.sort_by(|a, b| natural(a, b));
        assert_eq!(names, ["item", "item2", "item10", "item_b", "itema"]);
    }
}
