//! Phrases: the pieces of a list, the noun of a phrase, the title that a head makes.

use super::super::names;
use super::clauses::Token;
use super::domains::{self, Domain};
use super::fields::has;
use super::words::{ADJECTIVES, APPS, DETERMINERS, FIELD_PLURALS, FILLERS, KEEP, PREPOSITIONS};

/// A word that means a domain and is no thing in one.
pub fn is_domain_only(word: &str) -> bool {
    Domain::of(word).is_some() && domains::entity(&names::pascal_case(&names::singular(word)), None).is_none()
}

/// Independent halves: "a project has many tasks and each task belongs to a user", "a platform where companies post jobs".
pub fn parts(tokens: &[Token]) -> Vec<&[Token]> {
    let mut parts = Vec::new();
    let mut start = 0;
    for at in 1..tokens.len() {
        let Some(word) = tokens[at].word() else { continue };
        let is_behind_joint = matches!(tokens[at - 1], Token::And | Token::Comma);
        if has("each every where which who that", word) && is_behind_joint {
            parts.push(&tokens[start..at - 1]);
            start = at;
        } else if word == "where" && at > start {
            parts.push(&tokens[start..at]);
            start = at + 1;
        }
    }
    parts.push(&tokens[start..]);
    parts.retain(|part| !part.is_empty());
    parts
}

/// A piece of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    pub words: Vec<String>,
    /// What stands in brackets behind them.
    pub aside: Vec<Piece>,
    pub range: Option<(i64, i64)>,
    /// What joins it to the piece before.
    pub joint: Token,
}

/// The pieces of a list.
pub fn pieces(tokens: &[Token]) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut joint = Token::Comma;
    let mut begun = false;
    for token in tokens {
        match token {
            Token::Word(word) => {
                if !begun {
                    pieces.push(Piece { words: Vec::new(), aside: Vec::new(), range: None, joint: joint.clone() });
                    begun = true;
                }
                if let Some(piece) = pieces.last_mut() {
                    piece.words.push(word.clone());
                }
            }
            Token::Aside(inner) => {
                if let Some(piece) = pieces.last_mut() {
                    piece.range = piece.range.or_else(|| range_of(inner));
                    piece.aside.extend(self::pieces(inner));
                }
            }
            Token::Range(min, max) => {
                if let Some(piece) = pieces.last_mut() {
                    piece.range = Some((*min, *max));
                }
            }
            Token::Comma | Token::And | Token::Or | Token::Colon => {
                // ", and" counts as "and".
                joint = if begun || *token == Token::And { token.clone() } else { joint };
                begun = false;
            }
        }
    }
    expand(pieces)
}

/// Brackets with nothing but bounds in them.
fn range_of(inner: &[Token]) -> Option<(i64, i64)> {
    match inner {
        [Token::Range(min, max)] => Some((*min, *max)),
        _ => None,
    }
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
        if let (Some(first), Some(second)) = (before.last_mut(), here.first())
            && second.joint == Token::And
            && let (Some(one), [other, rest @ ..]) = (first.words.last().cloned(), second.words.as_slice())
            && !rest.is_empty()
            && TWINS.contains(&(one.as_str(), other.as_str()))
        {
            first.words.extend(rest.iter().cloned());
        }
    }
    pieces
}

/// The noun of a phrase: its last two words at most, without articles and adjectives; what comes behind "for", "from" … is no part of it.
pub fn noun_of(words: &[String]) -> Option<String> {
    let end = words
        .iter()
        .position(|word| {
            has(PREPOSITIONS, word) || has("who which that where when without as i we they is are was were up out off down", word)
        })
        .filter(|end| *end > 0)
        .unwrap_or(words.len());
    let nouns: Vec<&str> = words[..end]
        .iter()
        .map(String::as_str)
        .filter(|word| !has(DETERMINERS, word) && !has(ADJECTIVES, word) && *word != "which" && !is_number(word))
        .collect();
    let nouns = &nouns[nouns.len().saturating_sub(2)..];
    let noun = nouns.join(" ");
    (noun.contains(|c: char| c.is_ascii_lowercase()) && noun.len() <= 40).then_some(noun)
}

/// "12 flats" are flats.
fn is_number(word: &str) -> bool {
    word.bytes().all(|byte| byte.is_ascii_digit())
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
    let is_list = |piece: &Piece| {
        let end = piece.words.iter().position(|word| has(PREPOSITIONS, word)).unwrap_or_default();
        (1..4).contains(&end) && piece.words[..end].last().is_some_and(|word| is_many(word))
    };
    pieces.len() > 1 && pieces.iter().all(|piece| piece.words.len() <= 4 && noun_of(&piece.words).is_some_and(|noun| is_many(&noun)))
        // "screenings of films in venues"
        || pieces.first().is_some_and(|piece| is_list(piece) && piece.words.iter().all(|word| !has("is are was were", word)))
        || matches!(pieces.as_slice(), [piece] if !piece.aside.is_empty() && piece.words.len() <= 3)
}

/// The words of a head as a title: "an app to manage invoices for freelancers" is about "Invoices for freelancers".
pub fn title(head: &[Token]) -> String {
    let words: Vec<&str> = head.iter().filter_map(Token::word).collect();
    let end = words.iter().position(|word| has("where which that who so", word)).unwrap_or(words.len());
    let mut words: Vec<&str> = words[..end]
        .iter()
        .copied()
        .filter(|word| *word == "for" || *word == "of" || !(has(DETERMINERS, word) || has(FILLERS, word)))
        .collect();
    // "help me organise a festival", though not "a help desk"
    if matches!(words.as_slice(), ["help", next, ..] if has("organise organize", next) || has(KEEP, next)) {
        words.remove(0);
    }
    let start = words
        .iter()
        .position(|word| !has(APPS, word) && !has(KEEP, word) && !has(ADJECTIVES, word) && !has("of overview organise organize", word))
        .unwrap_or(words.len());
    words.drain(..start);
    if let Some(at) = words.iter().position(|word| *word == "for").filter(|at| *at != 1 || words.len() > 5) {
        words.truncate(at);
    }
    words.truncate(5);
    while words.last().is_some_and(|word| has("for of", word)) {
        words.pop();
    }
    let mut title = words.join(" ");
    if let Some(first) = title.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    title
}
