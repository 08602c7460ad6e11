//! Rules for texts.

use std::sync::OnceLock;

use regex::Regex;
use serde_json::{Value, json};

use super::{Fault, Rule};

/// A pattern for the whole value, compiled when it is first needed.
#[derive(Debug)]
pub struct Pattern {
    expression: &'static str,
    compiled: OnceLock<Regex>,
}

impl Pattern {
    pub const fn new(expression: &'static str) -> Self {
        Self { expression, compiled: OnceLock::new() }
    }

    pub const fn as_str(&self) -> &'static str {
        self.expression
    }

    pub fn is_match(&self, text: &str) -> bool {
        // Patterns are part of the program: the tests find one that cannot be compiled.
        let compile = || Regex::new(self.expression).expect("a pattern of the program");
        self.compiled.get_or_init(compile).is_match(text)
    }
}

static EMAIL: Pattern = Pattern::new(r"^[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$");
static URL: Pattern = Pattern::new(r"^https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?([/?#][!-~]*)?$");

/// A text; lengths are in characters.
#[derive(Debug)]
pub struct Text {
    least: usize,
    most: usize,
    pattern: Option<&'static Pattern>,
}

impl Text {
    pub const ANY: Self = Self::new(0, usize::MAX);

    pub const fn new(least: usize, most: usize) -> Self {
        Self { least, most, pattern: None }
    }

    pub const fn matching(least: usize, most: usize, pattern: &'static Pattern) -> Self {
        Self { least, most, pattern: Some(pattern) }
    }
}

impl Rule for Text {
    type Value = String;

    fn read(&self, value: &Value) -> Result<String, Fault> {
        let text = value.as_str().ok_or("Should be a text")?;
        let length = text.chars().count();
        if length < self.least {
            return Err(format!("Should have {} or more characters", self.least).into());
        }
        if length > self.most {
            return Err(format!("Should have {} or fewer characters", self.most).into());
        }
        if text.contains('\0') {
            return Err("Should not contain NUL characters".into());
        }
        if let Some(pattern) = self.pattern.filter(|pattern| !pattern.is_match(text)) {
            return Err(format!("Should match {}", pattern.as_str()).into());
        }
        Ok(text.to_owned())
    }

    fn schema(&self) -> Value {
        let pattern = self.pattern.map_or(r"^[^\x00]*$", |pattern| pattern.as_str());
        let mut schema = json!({"type": "string", "pattern": pattern});
        if self.least > 0 {
            schema["minLength"] = self.least.into();
        }
        if self.most < usize::MAX {
            schema["maxLength"] = self.most.into();
        }
        schema
    }
}

/// An e-mail address.
#[derive(Debug)]
pub struct Email(Text);

impl Email {
    pub const ANY: Self = Self::new(0, 254);

    pub const fn new(least: usize, most: usize) -> Self {
        Self(Text::matching(least, most, &EMAIL))
    }
}

impl Rule for Email {
    type Value = String;

    fn read(&self, value: &Value) -> Result<String, Fault> {
        self.0.read(value)
    }

    fn schema(&self) -> Value {
        let mut schema = self.0.schema();
        schema["format"] = "email".into();
        schema
    }
}

/// The address of a page.
#[derive(Debug)]
pub struct Url(Text);

impl Url {
    pub const fn new(least: usize, most: usize) -> Self {
        Self(Text::matching(least, most, &URL))
    }
}

impl Rule for Url {
    type Value = String;

    fn read(&self, value: &Value) -> Result<String, Fault> {
        self.0.read(value)
    }

    fn schema(&self) -> Value {
        let mut schema = self.0.schema();
        schema["format"] = "uri".into();
        schema
    }
}
