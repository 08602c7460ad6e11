//! A brief → clauses → tokens: sentences, lines and bullets, cut where one thing is said.

use super::super::names;
use super::{stories, values};

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Token {
    /// Lower case, ASCII.
    Word(String),
    Comma,
    And,
    Or,
    Colon,
    /// What stands in brackets.
    Aside(Vec<Token>),
    /// From the one to the other.
    Range(i64, i64),
}

impl Token {
    pub fn word(&self) -> Option<&str> {
        match self {
            Self::Word(word) => Some(word),
            _ => None,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clause {
    pub tokens: Vec<Token>,
    pub is_bullet: bool,
    pub is_heading: bool,
    /// Blanks before it.
    pub indent: usize,
    /// Ends with a colon: what follows is about it.
    pub opens: bool,
    /// As it was written, for people.
    pub text: String,
}

/// More than anybody means.
const MAX_CLAUSES: usize = 400;
const MAX_TOKENS: usize = 400;
/// Brackets within brackets.
const MAX_DEPTH: usize = 3;
/// Of a clause, when it is shown.
const MAX_SHOWN: usize = 100;

/// The clauses of a brief; bounded.
pub fn clauses(text: &str) -> Vec<Clause> {
    let mut clauses = Vec::new();
    for line in text.lines() {
        let indent = line.len() - line.trim_start().len();
        let (plain, is_bullet, is_heading) = unmarked(line.trim());
        for sentence in sentences(plain) {
            let mut tokens = tokens(sentence, 0);
            tokens.truncate(MAX_TOKENS);
            let opens = tokens.last() == Some(&Token::Colon);
            for mut tokens in stories::told(values::fold(&tokens)) {
                while matches!(tokens.last(), Some(Token::Colon | Token::Comma | Token::And | Token::Or)) {
                    tokens.pop();
                }
                if !tokens.is_empty() && clauses.len() < MAX_CLAUSES {
                    let text = sentence.trim().chars().take(MAX_SHOWN).collect();
                    clauses.push(Clause { tokens, is_bullet, is_heading, indent, opens, text });
                }
            }
        }
    }
    clauses
}

/// A line without its mark: `- `, `* `, `1. `, `## `.
fn unmarked(line: &str) -> (&str, bool, bool) {
    let heading = line.trim_start_matches('#');
    if heading.len() < line.len() {
        return (heading.trim(), false, true);
    }
    let number = line.trim_start_matches(|c: char| c.is_ascii_digit());
    let numbered = number.len() < line.len() && number.starts_with(['.', ')']);
    let bullet =
        if numbered { number.get(1..) } else { ["- ", "* ", "• ", "– ", "+ "].iter().find_map(|mark| line.strip_prefix(mark)) };
    match bullet {
        Some(rest) => (rest.trim(), true, false),
        None => (line, false, false),
    }
}

/// Parts of a line between full stops, semicolons and the like; a stop within a number or before a small letter is none.
fn sentences(line: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut start = 0;
    let mut depth = 0_usize;
    for (at, c) in line.char_indices() {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        let rest = &line[at + c.len_utf8()..];
        let stops = match c {
            ';' | '!' | '?' => depth == 0,
            '.' => depth == 0 && (rest.is_empty() || rest.starts_with(char::is_whitespace)) && !is_short(&line[start..at]),
            _ => false,
        };
        if stops {
            parts.push(&line[start..at]);
            start = at + c.len_utf8();
        }
    }
    parts.push(&line[start..]);
    parts
}

/// `e.g`, `etc`
fn is_short(text: &str) -> bool {
    ["e.g", "i.e", "etc", "z.B", "incl"].iter().any(|short| text.ends_with(short))
}

fn tokens(sentence: &str, depth: usize) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::new();
    let mut chars = sentence.char_indices().peekable();
    let mut word_start = None;
    while let Some((at, c)) = chars.next() {
        let inside = c.is_alphanumeric()
            || matches!(c, '\'' | '’')
            || (matches!(c, '-' | '_') && word_start.is_some() && chars.peek().is_some_and(|(_, next)| next.is_alphanumeric()));
        if inside {
            word_start.get_or_insert(at);
            continue;
        }
        if let Some(start) = word_start.take() {
            push_word(&sentence[start..at], &mut tokens);
        }
        match c {
            ',' => tokens.push(Token::Comma),
            '→' => tokens.push(Token::Word("has".into())),
            '/' | '|' => tokens.push(Token::Or),
            '&' | '+' => tokens.push(Token::And),
            // "1–5" is a range.
            '–' if is_number(tokens.last()) && chars.peek().is_some_and(|(_, next)| next.is_ascii_digit()) => {
                tokens.push(Token::Word("to".into()));
            }
            ':' | '–' | '—' => tokens.push(Token::Colon),
            // "project -> tasks"
            '-' | '=' if chars.peek().is_some_and(|(_, next)| *next == '>') => tokens.push(Token::Word("has".into())),
            // "job board - companies post jobs"
            '-' if sentence[..at].ends_with(' ') && sentence[at + 1..].starts_with(' ') && !tokens.contains(&Token::Colon) => {
                tokens.push(Token::Colon);
            }
            '-' if tokens.len() == 1 => tokens.push(Token::Colon),
            '(' | '[' | '{' => {
                let close = match c {
                    '(' => ')',
                    '[' => ']',
                    _ => '}',
                };
                let from = at + c.len_utf8();
                let Some(length) = sentence[from..].find(close) else { continue };
                if depth < MAX_DEPTH {
                    tokens.push(Token::Aside(values::fold(&self::tokens(&sentence[from..from + length], depth + 1))));
                }
                while chars.peek().is_some_and(|(next, _)| *next <= from + length) {
                    chars.next();
                }
            }
            _ => {}
        }
    }
    if let Some(start) = word_start {
        push_word(&sentence[start..], &mut tokens);
    }
    tokens
}

fn push_word(word: &str, tokens: &mut Vec<Token>) {
    let lower = word.to_lowercase();
    if let Some(joint) = joint(&lower) {
        tokens.push(joint);
        return;
    }
    if let Some((min, max)) = word.split_once('-')
        && [min, max].iter().all(|part| !part.is_empty() && part.len() < 10 && part.bytes().all(|byte| byte.is_ascii_digit()))
    {
        tokens.extend([min, "to", max].map(|part| Token::Word(part.into())));
        return;
    }
    // E-mail is one word, the parts of "order-item" and "dueDate" are two.
    if matches!(lower.as_str(), "e-mail" | "e-mails" | "to-do" | "to-dos" | "e-commerce" | "ecommerce") {
        tokens.push(Token::Word(if lower.starts_with("e-mail") { "email".into() } else { lower }));
        return;
    }
    let is_camel = word.chars().skip(1).any(|c| c.is_ascii_uppercase()) && word.chars().any(|c| c.is_ascii_lowercase());
    let parts = if is_camel || word.contains(['-', '_']) { names::words(word) } else { vec![names::words(word).concat()] };
    tokens.extend(parts.into_iter().filter(|part| !part.is_empty()).map(Token::Word));
}

fn joint(word: &str) -> Option<Token> {
    Some(match word {
        "and" | "plus" | "und" | "sowie" => Token::And,
        "or" | "oder" => Token::Or,
        _ => return None,
    })
}

fn is_number(token: Option<&Token>) -> bool {
    token.and_then(Token::word).is_some_and(|word| word.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn briefs_fall_into_clauses() {
        let clauses = clauses("# Shop\nWe sell e.g. tea. Price 9.99; done\n- Books (title, ISBN)\n  * e-mail & dueDate:");
        let shown: Vec<String> = clauses
            .iter()
            .map(|clause| {
                let words: Vec<String> = clause
                    .tokens
                    .iter()
                    .map(|token| match token {
                        Token::Word(word) => word.clone(),
                        Token::Aside(parts) => format!("{parts:?}"),
                        other => format!("{other:?}"),
                    })
                    .collect();
                format!("{} {}{}{}", words.join(" "), u8::from(clause.is_bullet), u8::from(clause.is_heading), u8::from(clause.opens))
            })
            .collect();
        assert_eq!(
            shown,
            [
                "shop 010",
                "we sell e g tea 000",
                "price 9 99 000",
                "done 000",
                "books [Word(\"title\"), Comma, Word(\"isbn\")] 100",
                "email And due date 101"
            ]
        );
    }
}
