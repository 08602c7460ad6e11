//! The statements: `project`, `entity`, `enum`, and what of JHipster's is passed over.

use super::super::faults::shown;
use super::super::names;
use super::parser::{Failed, Parser, Step};
use super::tokens::{At, Token};
use crate::protocol::project::{Entity, Enumeration};

const STATEMENTS: &str = "`project`, `entity`, `enum`, `relationship`, `paginate`, `search` or `filter`";
/// Of JHipster's generators; nothing of a model.
const PASSED_OVER: [&str; 12] = [
    "dto",
    "service",
    "microservice",
    "clientRootFolder",
    "angularSuffix",
    "skipClient",
    "skipServer",
    "noFluentMethod",
    "readOnly",
    "embedded",
    "use",
    "changelogDate",
];

impl Parser {
    pub fn statement(&mut self) {
        self.part = Default::default();
        let at = self.at();
        let done = match self.take() {
            Token::Doc(text) => {
                let at = self.at();
                self.take_annotations();
                match self.peek() {
                    Token::Word(word) if word == "entity" => {
                        self.take();
                        self.entity(text)
                    }
                    Token::Word(word) if word == "project" => {
                        self.parsed.model.description = text;
                        self.place("/description".into(), at);
                        Ok(())
                    }
                    // Of an enumeration or a relation: models have no place for it.
                    _ => Ok(()),
                }
            }
            Token::Word(word) => self.named_statement(&word, at),
            Token::Sign('@') => {
                self.annotation(at);
                Ok(())
            }
            Token::Sign(';' | ',') => Ok(()),
            other => {
                self.error(at, format!("Expected {STATEMENTS}, found {}.", other.shown()));
                Err(Failed)
            }
        };
        if done.is_err() {
            self.recover();
        }
    }

    fn named_statement(&mut self, word: &str, at: At) -> Step {
        match word {
            "project" => {
                self.part = ("name".into(), "`project`".into());
                self.place("/name".into(), self.at());
                match self.peek().clone() {
                    Token::Text(name) => {
                        self.take();
                        self.parsed.model.name = name;
                        Ok(())
                    }
                    _ => self.expected("the project's name, such as \"Town library\""),
                }
            }
            "entity" => self.entity(String::new()),
            "enum" => self.enumeration(),
            "relationship" => self.relationship(),
            "paginate" => self.option("paginate"),
            "search" => self.option("search"),
            "filter" => self.option("filter"),
            "application" | "deployment" => {
                self.note(at, &format!("`{word}` is passed over; the project's options are chosen elsewhere."));
                self.skip_brackets('{', '}');
                Ok(())
            }
            _ if PASSED_OVER.contains(&word) => {
                self.note(at, &format!("`{word}` is passed over; it is for JHipster's generators."));
                while *self.peek() != Token::End && !self.begins_line(0) {
                    self.take();
                }
                Ok(())
            }
            _ if self.take_sign('=') => match self.take() {
                Token::Number(number) => {
                    self.constants.insert(word.to_owned(), number);
                    Ok(())
                }
                _ => self.expected("a number"),
            },
            _ => {
                self.error(at, format!("Expected {STATEMENTS}, found `{}`.", shown(word)));
                Err(Failed)
            }
        }
    }

    /// After an error: to a line that begins with the word of a statement.
    fn recover(&mut self) {
        while *self.peek() != Token::End {
            let begins = self.begins_line(0)
                && matches!(self.peek(), Token::Word(word) if ["project", "entity", "enum", "relationship", "paginate", "search", "filter"].contains(&word.as_str()));
            if begins {
                return;
            }
            self.take();
        }
    }

    fn entity(&mut self, description: String) -> Step {
        self.part = ("entities".into(), "an entity".into());
        let index = self.parsed.model.entities.len();
        self.place(format!("/entities/{index}"), self.at());
        let name = self.word("the entity's name")?;
        self.part = (format!("entities.{}", shown(&name)), format!("the entity `{}`", shown(&name)));
        let plural = if self.take_word("plural") { Some(self.word("the plural of the entity's name")?) } else { None };
        if *self.peek() == Token::Sign('(') {
            self.note(self.at(), "the table's name is passed over; it is made of the entity's.");
            self.skip_brackets('(', ')');
        }
        let entity = Entity { name, plural, description, fields: Vec::new(), pagination: true, search: true, filter: true };
        self.parsed.model.entities.push(entity.clone());
        // JHipster allows an entity without a body.
        if *self.peek() != Token::Sign('{') && self.begins_line(0) {
            return Ok(());
        }
        self.sign('{', "before the fields")?;
        let part = self.part.clone();
        loop {
            self.part = part.clone();
            let description = if let Token::Doc(text) = self.peek().clone() {
                self.take();
                text
            } else {
                String::new()
            };
            self.take_annotations();
            if self.take_sign('}') {
                return Ok(());
            }
            if self.take_sign(',') || self.take_sign(';') {
                continue;
            }
            if *self.peek() == Token::End {
                return self.expected("`}` behind the last field");
            }
            let fields = self.parsed.model.entities.get(index).map_or(0, |entity| entity.fields.len());
            match self.field(&entity.name, &format!("/entities/{index}/fields/{fields}"), description) {
                Ok(field) => {
                    if let Some(entity) = self.parsed.model.entities.get_mut(index) {
                        entity.fields.push(field);
                    }
                }
                Err(Failed) => self.skip_line(),
            }
        }
    }

    fn enumeration(&mut self) -> Step {
        self.part = ("enums".into(), "an enumeration".into());
        let index = self.parsed.model.enums.len();
        self.place(format!("/enums/{index}"), self.at());
        let name = self.word("the enumeration's name")?;
        self.part = (format!("enums.{}", shown(&name)), format!("the enumeration `{}`", shown(&name)));
        self.sign('{', "before the values")?;
        let mut values = Vec::new();
        loop {
            if let Token::Doc(_) = self.peek() {
                self.take();
            } else if self.take_sign('}') {
                break;
            } else if !self.take_sign(',') {
                self.place(format!("/enums/{index}/values/{}", values.len()), self.at());
                let value = self.word("a value or `}`")?;
                values.push(if value.contains(|c: char| c.is_ascii_uppercase()) { names::snake_case(&value) } else { value });
                if *self.peek() == Token::Sign('(') {
                    self.note(self.at(), "an enumeration's value has no second name here; it is passed over.");
                    self.skip_brackets('(', ')');
                }
            }
        }
        self.parsed.model.enums.push(Enumeration { name, values });
        Ok(())
    }

    pub fn take_annotations(&mut self) {
        while *self.peek() == Token::Sign('@') {
            let at = self.at();
            self.take();
            self.annotation(at);
        }
    }

    fn annotation(&mut self, at: At) {
        self.note(at, &format!("the annotation {} is passed over.", self.peek().shown()));
        self.take();
        if *self.peek() == Token::Sign('(') {
            self.skip_brackets('(', ')');
        }
    }
}

/// Without what spellings differ in: `min_length` and `minlength`.
pub fn plain(word: &str) -> String {
    word.chars().filter(|c| *c != '_').map(|c| c.to_ascii_lowercase()).collect()
}
