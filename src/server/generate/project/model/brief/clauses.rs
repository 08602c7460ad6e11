//! A brief → clauses → tokens: sentences, lines and bullets, cut where one thing is said.

use super::super::names;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Token {
    /// Lower case, ASCII.
    Word(String),
    Comma,
    And,
    Colon,
    /// What stands in brackets, as lists of words.
    Aside(Vec<Vec<String>>),
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
}

/// More than anybody means.
const MAX_CLAUSES: usize = 400;
const MAX_TOKENS: usize = 400;

/// The clauses of a brief; bounded.
pub fn clauses(text: &str) -> Vec<Clause> {
    let mut clauses = Vec::new();
    for line in text.lines() {
        let indent = line.len() - line.trim_start().len();
        let (plain, is_bullet, is_heading) = unmarked(line.trim());
        for sentence in sentences(plain) {
            let mut tokens = tokens(sentence);
            tokens.truncate(MAX_TOKENS);
            let opens = tokens.last() == Some(&Token::Colon);
            while matches!(tokens.last(), Some(Token::Colon | Token::Comma | Token::And)) {
                tokens.pop();
            }
            if !tokens.is_empty() && clauses.len() < MAX_CLAUSES {
                clauses.push(Clause { tokens, is_bullet, is_heading, indent, opens });
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

fn tokens(sentence: &str) -> Vec<Token> {
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
            ',' | '/' | '|' | '→' => tokens.push(Token::Comma),
            '&' | '+' => tokens.push(Token::And),
            ':' | '–' | '—' => tokens.push(Token::Colon),
            '-' if tokens.len() == 1 => tokens.push(Token::Colon),
            '(' | '[' | '{' => {
                let close = match c {
                    '(' => ')',
                    '[' => ']',
                    _ => '}',
                };
                let from = at + c.len_utf8();
                let Some(length) = sentence[from..].find(close) else { continue };
                tokens.push(Token::Aside(aside(&sentence[from..from + length])));
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
    if ["and", "plus", "und", "sowie"].contains(&lower.as_str()) {
        tokens.push(Token::And);
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

fn aside(text: &str) -> Vec<Vec<String>> {
    tokens(text)
        .split(|token| !matches!(token, Token::Word(_)))
        .map(|part| part.iter().filter_map(Token::word).filter(|word| *word != "or").map(str::to_owned).collect::<Vec<_>>())
        .filter(|part| !part.is_empty())
        .collect()
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
                "books [[\"title\"], [\"isbn\"]] 100",
                "email And due date 101"
            ]
        );
    }
}
