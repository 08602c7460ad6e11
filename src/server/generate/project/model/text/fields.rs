//! A field: its name, its type and its validations.

use serde_json::Number;

use super::super::faults::shown;
use super::super::{names, pattern};
use super::parser::{Failed, Parser, Step};
use super::statements::plain;
use super::tokens::Token;
use super::types::{TYPES, TypeWord, type_of};
use crate::protocol::project::{Field, FieldType};

const VALIDATIONS: &str =
    "`required`, `unique`, `min(…)`, `max(…)`, `minlength(…)`, `maxlength(…)`, `pattern(/…/)`, `minbytes(…)` or `maxbytes(…)`";

impl Parser {
    pub fn field(&mut self, entity: &str, pointer: &str, description: String) -> Step<Field> {
        let at = self.at();
        self.place(pointer.to_owned(), at);
        let name = self.word("a field's name or `}`")?;
        self.part =
            (format!("entities.{}.fields.{}", shown(entity), shown(&name)), format!("the field `{}` of `{}`", shown(&name), shown(entity)));
        let (kind, enumeration) = self.field_type()?;
        // JHipster's fields are in camel case.
        let name = if name.contains(|c: char| c.is_ascii_uppercase()) { names::snake_case(&name) } else { name };
        let mut field = Field {
            name,
            kind,
            enumeration,
            description,
            required: false,
            unique: false,
            min: None,
            max: None,
            min_length: None,
            max_length: None,
            pattern: None,
            min_bytes: None,
            max_bytes: None,
        };
        loop {
            // A field may be called `required`: its type stands behind it.
            let is_field = self.begins_line(0) && matches!(self.peek_at(1), Token::Word(_)) && !self.begins_line(1);
            match self.peek().clone() {
                Token::Word(word) if !is_field && is_validation(&word) => self.validation(&word, &mut field, pointer)?,
                Token::Sign(',' | '}' | ';' | '@') | Token::End | Token::Doc(_) => return Ok(field),
                _ if self.begins_line(0) => return Ok(field),
                _ => return self.expected(VALIDATIONS),
            }
        }
    }

    fn field_type(&mut self) -> Step<(FieldType, Option<String>)> {
        let at = self.at();
        if self.begins_line(0) {
            return self.expected(&format!("a type on the same line ({TYPES})"));
        }
        let word = self.word(&format!("a type ({TYPES})"))?;
        if self.enums.contains(&word) {
            return Ok((FieldType::Enum, Some(word)));
        }
        match type_of(&word) {
            TypeWord::Known(kind) => Ok((kind, None)),
            TypeWord::Instead(instead) => {
                self.error(at, format!("The type `{word}` in {} is not known; use {instead}.", self.part.1));
                Err(Failed)
            }
            TypeWord::Other => {
                let part = self.part.1.clone();
                self.error(at, format!("Expected a type ({TYPES}) in {part}, found `{}`.", shown(&word)));
                Err(Failed)
            }
        }
    }

    fn validation(&mut self, word: &str, field: &mut Field, pointer: &str) -> Step {
        let at = self.at();
        self.take();
        let plain = plain(word);
        let key = match plain.as_str() {
            "minlength" => "min_length",
            "maxlength" => "max_length",
            "minbytes" => "min_bytes",
            "maxbytes" => "max_bytes",
            other => other,
        };
        self.place(format!("{pointer}/{key}"), at);
        let is_new = match key {
            "required" => !std::mem::replace(&mut field.required, true),
            "unique" => !std::mem::replace(&mut field.unique, true),
            "min" => field.min.replace(self.number()?).is_none(),
            "max" => field.max.replace(self.number()?).is_none(),
            "min_length" => field.min_length.replace(self.size()?).is_none(),
            "max_length" => field.max_length.replace(self.size()?).is_none(),
            "min_bytes" => field.min_bytes.replace(self.size()?).is_none(),
            "max_bytes" => field.max_bytes.replace(self.size()?).is_none(),
            _ => field.pattern.replace(self.pattern()?).is_none(),
        };
        if !is_new {
            self.error(at, format!("`{}` is there twice in {}.", shown(word), self.part.1));
        }
        Ok(())
    }

    fn argument(&mut self) -> Step<String> {
        self.sign('(', "before the number")?;
        let number = match self.peek().clone() {
            Token::Number(number) => number,
            Token::Word(name) => match self.constants.get(&name) {
                Some(number) => number.clone(),
                None => return self.expected("a number"),
            },
            _ => return self.expected("a number"),
        };
        Ok(number)
    }

    fn number(&mut self) -> Step<Number> {
        let text = self.argument()?;
        let Ok(number) = serde_json::from_str::<Number>(&text) else { return self.expected("a number such as `12` or `0.5`") };
        self.take();
        self.sign(')', "behind the number")?;
        Ok(number)
    }

    fn size(&mut self) -> Step<u32> {
        let text = self.argument()?;
        let Ok(size) = text.parse::<u32>() else { return self.expected("a whole number from 0 to 4294967295") };
        self.take();
        self.sign(')', "behind the number")?;
        Ok(size)
    }

    fn pattern(&mut self) -> Step<String> {
        self.sign('(', "before the pattern")?;
        let (Token::Pattern(text) | Token::Text(text)) = self.peek().clone() else {
            return self.expected("a pattern between `/` and `/`, such as `/[A-Z]{3}/`");
        };
        self.take();
        self.sign(')', "behind the pattern")?;
        Ok(pattern::portable(&text))
    }
}

fn is_validation(word: &str) -> bool {
    ["required", "unique", "min", "max", "minlength", "maxlength", "pattern", "minbytes", "maxbytes"].contains(&plain(word).as_str())
}
