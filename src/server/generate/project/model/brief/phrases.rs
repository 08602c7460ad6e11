//! Phrases: the pieces of a list, the noun of a phrase, the title that a head makes.

use super::super::names;
use super::clauses::Token;
use super::domains::{self, Domain};
use super::fields::has;
use super::words::{ADJECTIVES, APPS, DETERMINERS, FIELD_PLURALS, FILLERS, KEEP};

/// A word that means a domain and is no thing in one.
pub fn is_domain_only(word: &str) -> bool {
    Domain::of(word).is_some() && domains::entity(&names::pascal_case(&names::singular(word)), None).is_none()
}

/// Independent halves: "a project has many tasks and each task belongs to a user".
pub fn parts(tokens: &[Token]) -> Vec<&[Token]> {
    let mut parts = Vec::new();
    let mut start = 0;
    for at in 1..tokens.len() {
        let begins = tokens[at].word().is_some_and(|word| matches!(word, "each" | "every" | "where" | "which" | "who" | "that"))
            && matches!(tokens[at - 1], Token::And | Token::Comma);
        if begins {
            parts.push(&tokens[start..at - 1]);
            start = at;
        }
    }
    parts.push(&tokens[start..]);
    parts
}

pub type Piece = (Vec<String>, Vec<Vec<String>>, Token);

/// The pieces of a list: words, what stands in brackets behind them, and what joins them to the piece before.
pub fn pieces(tokens: &[Token]) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut joint = Token::Comma;
    let mut begun = false;
    for token in tokens {
        match token {
            Token::Word(word) => {
                if !begun {
                    pieces.push((Vec::new(), Vec::new(), joint.clone()));
                    begun = true;
                }
                if let Some((words, _, _)) = pieces.last_mut() {
                    words.push(word.clone());
                }
            }
            Token::Aside(parts) => {
                if let Some((_, aside, _)) = pieces.last_mut() {
                    aside.extend(parts.iter().cloned());
                }
            }
            Token::Comma | Token::And | Token::Colon => {
                // ", and" counts as "and".
                joint = if begun || *token == Token::And { token.clone() } else { joint };
                begun = false;
            }
        }
    }
    expand(pieces)
}

/// "start and end date" are two dates.
pub fn expand(mut pieces: Vec<Piece>) -> Vec<Piece> {
    const TWINS: [(&str, &str); 9] = [
        ("start", "end"),
        ("first", "last"),
        ("begin", "end"),
        ("opening", "closing"),
        ("min", "max"),
        ("arrival", "departure"),
        ("birth", "death"),
        ("home", "away"),
        ("starting", "ending"),
    ];
    for index in 1..pieces.len() {
        let (before, here) = pieces.split_at_mut(index);
        if let (Some((first, _, _)), Some((second, _, Token::And))) = (before.last_mut(), here.first())
            && let (Some(one), [other, rest @ ..]) = (first.last().cloned(), second.as_slice())
            && !rest.is_empty()
            && TWINS.contains(&(one.as_str(), other.as_str()))
        {
            first.extend(rest.iter().cloned());
        }
    }
    pieces
}

/// The noun of a phrase: its last two words at most, without articles and adjectives; what comes behind "for", "from" … is no part of it.
pub fn noun_of(words: &[String]) -> Option<String> {
    let end = words
        .iter()
        .position(|word| has("for from who which that where when by of in on at to per about without as", word))
        .filter(|end| *end > 0)
        .unwrap_or(words.len());
    let nouns: Vec<&str> =
        words[..end].iter().map(String::as_str).filter(|word| !has(DETERMINERS, word) && !has(ADJECTIVES, word)).collect();
    let nouns = &nouns[nouns.len().saturating_sub(2)..];
    let noun = nouns.join(" ");
    (noun.contains(|c: char| c.is_ascii_lowercase()) && noun.len() <= 40).then_some(noun)
}

pub fn last_noun(tokens: &[Token]) -> Option<String> {
    let words: Vec<String> = tokens.iter().filter_map(Token::word).filter(|word| !has(APPS, word)).map(str::to_owned).collect();
    let behind = words.iter().rposition(|word| word == "for").map_or(0, |at| at + 1);
    let nouns: Vec<String> = words[behind..].to_vec();
    noun_of(&nouns).or_else(|| noun_of(&words)).map(|noun| {
        if Domain::of(noun.rsplit(' ').next().unwrap_or_default()).is_some()
            && domains::entity(&names::pascal_case(&names::singular(&noun)), None).is_none()
        {
            noun.rsplit(' ').next().unwrap_or_default().to_owned()
        } else {
            noun
        }
    })
}

/// More than one, and not only by its spelling.
pub fn is_many(noun: &str) -> bool {
    let last = noun.rsplit(' ').next().unwrap_or_default();
    names::is_plural(last) && !has(FIELD_PLURALS, last)
}

/// "books, authors and loans"
pub fn lists_things(tokens: &[Token]) -> bool {
    let pieces = pieces(tokens);
    pieces.len() > 1 && pieces.iter().all(|(words, _, _)| words.len() <= 4 && noun_of(words).is_some_and(|noun| is_many(&noun)))
        || matches!(pieces.as_slice(), [(words, aside, _)] if !aside.is_empty() && words.len() <= 3)
}

/// The words of a head as a title: "an app to manage invoices for freelancers" is about "Invoices for freelancers".
pub fn title(head: &[Token]) -> String {
    let words: Vec<&str> = head.iter().filter_map(Token::word).collect();
    let end = words.iter().position(|word| has("where which that who so", word)).unwrap_or(words.len());
    let mut words: Vec<&str> =
        words[..end].iter().copied().filter(|word| *word == "for" || !(has(DETERMINERS, word) || has(FILLERS, word))).collect();
    let start = words.iter().position(|word| !has(APPS, word) && !has(KEEP, word) && !has(ADJECTIVES, word)).unwrap_or(words.len());
    words.drain(..start);
    if let Some(at) = words.iter().position(|word| *word == "for").filter(|at| *at != 1 || words.len() > 5) {
        words.truncate(at);
    }
    words.truncate(5);
    while words.last() == Some(&"for") {
        words.pop();
    }
    let mut title = words.join(" ");
    if let Some(first) = title.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    title
}
