//! Tokens → model, with the places of its parts; after an error it goes on with the next line or statement.

use std::collections::{BTreeMap, BTreeSet};

use super::tokens::{At, Token, tokens};
use crate::protocol::FieldError;
use crate::protocol::project::ProjectModel;

/// Errors of one text.
const MAX_ERRORS: usize = 50;
const MAX_NOTES: usize = 20;

/// What somebody who names nothing gets.
pub const UNNAMED: &str = "New project";

/// What was read, before anybody has looked whether it makes sense.
#[derive(Debug, Default)]
pub struct Parsed {
    pub model: ProjectModel,
    pub notes: Vec<String>,
    /// By pointer into the model.
    places: BTreeMap<String, At>,
}

impl Parsed {
    /// Where the part of the model stands that a pointer leads to, or the nearest around it.
    pub fn position(&self, pointer: &str) -> At {
        let mut pointer = pointer;
        loop {
            if let Some(at) = self.places.get(pointer) {
                return *at;
            }
            match pointer.rsplit_once('/') {
                Some((parent, _)) => pointer = parent,
                None => return At { line: 1, column: 1 },
            }
        }
    }
}

/// The error is among the parser's; its reader goes on elsewhere.
pub struct Failed;

pub type Step<T = ()> = Result<T, Failed>;

pub struct Parser {
    tokens: Vec<(Token, At)>,
    next: usize,
    /// Which part is being read: `entities.Book.fields.title`, and in words.
    pub part: (String, String),
    pub errors: Vec<FieldError>,
    pub parsed: Parsed,
    pub constants: BTreeMap<String, String>,
    pub enums: BTreeSet<String>,
    /// Options name entities that may come later.
    pub options: Vec<super::options::Choice>,
}

/// Reads all of a text.
///
/// # Errors
/// All that cannot be read, with line and column and what was expected.
pub fn parse(text: &str) -> Result<Parsed, Vec<FieldError>> {
    let tokens = tokens(text).map_err(|(at, message)| {
        vec![FieldError { field: "text".into(), message, line: Some(at.line), column: Some(at.column), ..FieldError::default() }]
    })?;
    let enums = tokens.windows(2).filter_map(|pair| match pair {
        [(first, _), (Token::Word(name), _)] if first.is_word("enum") => Some(name.clone()),
        _ => None,
    });
    let mut parser = Parser {
        enums: enums.collect(),
        tokens,
        next: 0,
        part: Default::default(),
        errors: Vec::new(),
        parsed: Parsed::default(),
        constants: BTreeMap::new(),
        options: Vec::new(),
    };
    while *parser.peek() != Token::End && parser.errors.len() < MAX_ERRORS {
        parser.statement();
    }
    parser.apply_options();
    if !parser.errors.is_empty() {
        return Err(parser.errors);
    }
    if parser.parsed.model.name.is_empty() && !parser.parsed.places.contains_key("/name") {
        UNNAMED.clone_into(&mut parser.parsed.model.name);
    }
    Ok(parser.parsed)
}

impl Parser {
    pub fn peek(&self) -> &Token {
        self.peek_at(0)
    }

    pub fn peek_at(&self, ahead: usize) -> &Token {
        self.tokens.get(self.next + ahead).map_or(&Token::End, |(token, _)| token)
    }

    pub fn at(&self) -> At {
        self.tokens.get(self.next).or(self.tokens.last()).map(|(_, at)| *at).unwrap_or_default()
    }

    /// Whether the token that comes after `ahead` others begins a line.
    pub fn begins_line(&self, ahead: usize) -> bool {
        let line = |index: usize| self.tokens.get(index).map(|(_, at)| at.line);
        let index = self.next + ahead;
        index == 0 || line(index - 1) != line(index)
    }

    pub fn take(&mut self) -> Token {
        let token = self.peek().clone();
        // The end stays.
        self.next = (self.next + 1).min(self.tokens.len() - 1);
        token
    }

    /// Takes the sign if it is next.
    pub fn take_sign(&mut self, sign: char) -> bool {
        let is_next = *self.peek() == Token::Sign(sign);
        if is_next {
            self.take();
        }
        is_next
    }

    pub fn take_word(&mut self, word: &str) -> bool {
        let is_next = self.peek().is_word(word);
        if is_next {
            self.take();
        }
        is_next
    }

    pub fn sign(&mut self, sign: char, why: &str) -> Step {
        if self.take_sign(sign) { Ok(()) } else { self.expected(&format!("`{sign}` {why}")) }
    }

    pub fn word(&mut self, what: &str) -> Step<String> {
        match self.peek().clone() {
            Token::Word(word) => {
                self.take();
                Ok(word)
            }
            _ => self.expected(what),
        }
    }

    /// Here should be something else.
    pub fn expected<T>(&mut self, what: &str) -> Step<T> {
        let found = self.peek().shown();
        let at = self.at();
        let part = if self.part.1.is_empty() { String::new() } else { format!(" in {}", self.part.1) };
        self.error(at, format!("Expected {what}{part}, found {found}."));
        Err(Failed)
    }

    pub fn error(&mut self, at: At, message: String) {
        if self.errors.len() < MAX_ERRORS {
            let field = if self.part.0.is_empty() { "text".to_owned() } else { self.part.0.clone() };
            self.errors.push(FieldError { field, message, line: Some(at.line), column: Some(at.column), ..FieldError::default() });
        }
    }

    pub fn note(&mut self, at: At, message: &str) {
        if self.parsed.notes.len() < MAX_NOTES {
            self.parsed.notes.push(format!("Line {}: {message}", at.line));
        }
    }

    pub fn place(&mut self, pointer: String, at: At) {
        self.parsed.places.insert(pointer, at);
    }

    /// Goes on to the next token that begins a line, or to `}`.
    pub fn skip_line(&mut self) {
        while *self.peek() != Token::End && *self.peek() != Token::Sign('}') {
            self.take();
            if self.begins_line(0) {
                return;
            }
        }
    }

    /// Passes over what stands in brackets; the opening one is next.
    pub fn skip_brackets(&mut self, open: char, close: char) {
        let mut depth = 0_usize;
        while *self.peek() != Token::End {
            match self.take() {
                Token::Sign(sign) if sign == open => depth += 1,
                Token::Sign(sign) if sign == close => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        return;
                    }
                }
                _ => {}
            }
        }
    }
}
