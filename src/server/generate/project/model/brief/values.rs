//! What stands for the values of a field: "from 1 to 5", "status open, pending or closed", "one or more".
//!
//! Works on tokens, before they are cut into pieces: bounds become a [`Token::Range`], listed values stand in brackets behind their field.

use super::clauses::Token;
use super::domains;
use super::fields::{self, has};
use super::words::{DETERMINERS, HAS, KINDS, PREPOSITIONS};
use crate::server::generate::project::model::names;

/// A value is no longer than that.
const MAX_WORDS: usize = 3;

pub fn fold(tokens: &[Token]) -> Vec<Token> {
    listed(ranges(tokens))
}

fn number(token: Option<&Token>) -> Option<i64> {
    token?.word()?.parse().ok()
}

/// "from 1 to 5", "between 1 and 5"; "one or more" and "up to 30" are many.
fn ranges(tokens: &[Token]) -> Vec<Token> {
    let mut folded = Vec::with_capacity(tokens.len());
    let mut at = 0;
    while at < tokens.len() {
        let word = tokens[at].word().unwrap_or_default();
        let leads = usize::from(has("from between", word));
        let joined = match tokens.get(at + leads + 1) {
            Some(Token::Word(to)) => has("to through until bis", to),
            Some(Token::And) => word == "between",
            _ => false,
        };
        if let (Some(min), true, Some(max)) = (number(tokens.get(at + leads)), joined, number(tokens.get(at + leads + 2)))
            && min < max
        {
            folded.push(Token::Range(min, max));
            at += leads + 3;
            continue;
        }
        let more = |token: Option<&Token>| token.and_then(Token::word).is_some_and(|word| has("more many several", word));
        if has("one zero 0 1", word) && tokens.get(at + 1) == Some(&Token::Or) && more(tokens.get(at + 2)) {
            folded.push(Token::Word("many".into()));
            at += 3;
            continue;
        }
        let second = tokens.get(at + 1).and_then(Token::word).unwrap_or_default();
        if matches!((word, second), ("up", "to") | ("at", "least" | "most")) && number(tokens.get(at + 2)).is_some() {
            at += 3;
            if tokens.get(at).and_then(Token::word).is_none() {
                // "a quantity of at least 1" says nothing of how many.
                if folded.last().and_then(Token::word) == Some("of") {
                    folded.pop();
                }
                continue;
            }
            folded.push(Token::Word("many".into()));
            continue;
        }
        folded.push(tokens[at].clone());
        at += 1;
    }
    folded
}

/// Runs of words, each with the token in front of it.
struct Run {
    before: Option<Token>,
    words: Vec<String>,
    /// Where it ends in the tokens.
    end: usize,
    is_plain: bool,
}

fn runs(tokens: &[Token]) -> Vec<Run> {
    let mut runs = vec![Run { before: None, words: Vec::new(), end: 0, is_plain: true }];
    for (at, token) in tokens.iter().enumerate() {
        let Some(last) = runs.last_mut() else { break };
        match token {
            Token::Word(word) => last.words.push(word.clone()),
            Token::Aside(_) | Token::Range(..) => last.is_plain = false,
            Token::Comma | Token::And | Token::Or | Token::Colon => {
                // ", or" is an "or".
                if last.words.is_empty() && last.is_plain && last.before == Some(Token::Comma) {
                    last.before = Some(token.clone());
                } else {
                    runs.push(Run { before: Some(token.clone()), words: Vec::new(), end: 0, is_plain: true });
                }
            }
        }
        if let Some(last) = runs.last_mut() {
            last.end = at + 1;
        }
    }
    runs
}

/// "status open, pending or closed" is "status (open, pending, closed)".
fn listed(tokens: Vec<Token>) -> Vec<Token> {
    if !tokens.iter().any(|token| matches!(token, Token::Or | Token::Colon)) {
        return tokens;
    }
    let all = runs(&tokens);
    let mut folded: Vec<Token> = Vec::with_capacity(tokens.len());
    let mut copied = 0;
    let mut index = 0;
    while index < all.len() {
        let Some((head, first, last)) = list_at(&all, index) else {
            index += 1;
            continue;
        };
        let (values, rest) = values(&all, index, head, first, last);
        if values.len() < 2 {
            index += 1;
            continue;
        }
        // The words of the head stay, without those that lead to the values.
        let start = all[index].end - all[index].words.len();
        folded.extend(tokens[copied..start].iter().cloned());
        folded.extend(all[index].words[..head].iter().cloned().map(Token::Word));
        let inner = values.into_iter().flat_map(|value| value.into_iter().map(Token::Word).chain([Token::Comma])).collect();
        folded.push(Token::Aside(inner));
        folded.extend(rest.into_iter().map(Token::Word));
        copied = all[last].end;
        index = last + 1;
    }
    folded.extend(tokens[copied..].iter().cloned());
    folded
}

/// Whether a field and its values begin at a run: how many words the field has, and the first and last run with values.
fn list_at(all: &[Run], index: usize) -> Option<(usize, usize, usize)> {
    let run = &all[index];
    if !run.is_plain || run.words.is_empty() {
        return None;
    }
    let kind = run.words.iter().rposition(|word| has(KINDS, word));
    let after_colon = all.get(index + 1).is_some_and(|next| next.before == Some(Token::Colon));
    let (head, first) = match kind {
        Some(at) if !after_colon && at + 1 < run.words.len() => (at + 1, index),
        _ if after_colon => {
            let noun = run.words.last()?;
            let is_thing = domains::entity(&names::pascal_case(&names::singular(noun)), None).is_some() || names::is_plural(noun);
            if is_thing && !has(KINDS, noun) {
                return None;
            }
            let skipped = run.words.iter().rev().take_while(|word| has(LEADS, word)).count();
            (run.words.len() - skipped, index + 1)
        }
        _ => return None,
    };
    if head == 0 {
        return None;
    }
    let mut last = first;
    let mut has_or = false;
    for (at, next) in all.iter().enumerate().skip(first + 1) {
        let goes_on = match next.before {
            Some(Token::Or) => true,
            Some(Token::Comma) => !has_or && next.words.len() <= MAX_WORDS,
            // Behind a colon the list may end with "and".
            Some(Token::And) => after_colon && kind.is_some() && at + 1 == all.len() && next.words.len() <= MAX_WORDS,
            _ => false,
        };
        if !goes_on || !next.is_plain || next.words.is_empty() {
            break;
        }
        has_or |= next.before == Some(Token::Or);
        last = at;
    }
    let only_values = after_colon && kind.is_some() && last + 1 == all.len();
    let usual = all[first..=last].iter().skip(usize::from(first == index)).any(|run| run.words.last().is_some_and(|word| is_field(word)));
    ((has_or || only_values) && !usual && last > first).then_some((head, first, last))
}

/// Between a field and its values.
const LEADS: &str = "is are can may be being either one of as with which that it has will must";

fn is_field(word: &str) -> bool {
    fields::is_usual(word) && !fields::is_flag(word) && !has(KINDS, word)
}

/// The values, and what comes behind the last of them.
fn values(all: &[Run], index: usize, head: usize, first: usize, last: usize) -> (Vec<Vec<String>>, Vec<String>) {
    let mut rest = Vec::new();
    let mut values = Vec::new();
    for (at, run) in all.iter().enumerate().take(last + 1).skip(first) {
        let words = if at == index { &run.words[head..] } else { &run.words[..] };
        let words: Vec<String> = words.iter().skip_while(|word| has(LEADS, word) || has("a an the", word)).cloned().collect();
        let mut end = words.len();
        if at == last {
            end = words
                .iter()
                .enumerate()
                .position(|(at, word)| at > 0 && (has(HAS, word) || has(PREPOSITIONS, word) || has(DETERMINERS, word)))
                .unwrap_or(words.len())
                .min(MAX_WORDS);
            rest = words[end..].to_vec();
        }
        if (1..=MAX_WORDS).contains(&end) {
            values.push(words[..end].to_vec());
        }
    }
    (values, rest)
}

#[cfg(test)]
mod tests {
    use super::super::clauses::clauses;
    use super::*;

    fn shown(tokens: &[Token]) -> String {
        let word = |token: &Token| match token {
            Token::Word(word) => word.clone(),
            Token::Comma => ",".into(),
            Token::And => "and".into(),
            Token::Or => "or".into(),
            Token::Colon => ":".into(),
            Token::Range(min, max) => format!("{min}..{max}"),
            Token::Aside(inner) => format!("({})", shown(inner)),
        };
        tokens.iter().map(word).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn values_stand_in_brackets_behind_their_field() {
        for (text, expected) in [
            ("name and status pending, shipped or delivered", "name and status (pending , shipped , delivered ,)"),
            (
                "priority low/medium/high, status open/in progress, labels",
                "priority (low , medium , high ,) , status (open , in progress ,) , labels",
            ),
            ("a status: received, in progress or resolved", "a status (received , in progress , resolved ,)"),
            ("status: draft, published", "status (draft , published ,)"),
            ("surface: asphalt|gravel", "surface (asphalt , gravel ,)"),
            ("ratings from 1 to 5 by users", "ratings 1..5 by users"),
            ("a price between 1 and 20", "a price 1..20"),
            ("complexity 1-5", "complexity 1..5"),
            ("one or more days", "many days"),
            ("category: name, description", "category : name , description"),
            ("books: title, isbn or ean", "books : title , isbn or ean"),
            ("photos or videos", "photos or videos"),
        ] {
            assert_eq!(shown(&clauses(text)[0].tokens), expected, "{text}");
        }
    }
}
