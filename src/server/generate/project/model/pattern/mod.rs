//! Patterns: the part of the regular expressions that Python's `re`, Rust's `regex` and JavaScript (flag `u`) read alike.
//!
//! A pattern is for the whole value, with or without `^` and `$`. Left out are look-around, back-references, inline flags, Unicode
//! classes, and the classes on which the languages differ (`\d` is also ٣ in two of them). Nested repetitions that make a
//! backtracking engine run for ever are refused. Of every accepted pattern values can be made: [`examples`].

mod examples;
mod syntax;
mod tame;
#[cfg(test)]
mod tests;

use regex::{Regex, RegexBuilder};
use regex_syntax::hir::Hir;

pub const MAX_CHARS: usize = 200;
const MAX_COMPILED_BYTES: usize = 4 * 1024 * 1024;
const NEST_LIMIT: u32 = 16;

pub use examples::MAX_LENGTH as MAX_EXAMPLE;

/// A pattern that all languages read alike.
#[derive(Clone, Debug)]
pub struct Pattern {
    hir: Hir,
    regex: Regex,
}

impl Pattern {
    /// Reads a pattern.
    ///
    /// # Errors
    /// What to write instead.
    pub fn read(pattern: &str) -> Result<Self, String> {
        if pattern.is_empty() {
            return Err("is empty; leave it out, or write what values look like: `[A-Z]{3}`".into());
        }
        if pattern.chars().count() > MAX_CHARS {
            return Err(format!("has more than {MAX_CHARS} characters"));
        }
        syntax::check(pattern)?;
        let hir = regex_syntax::ParserBuilder::new()
            .nest_limit(NEST_LIMIT)
            .build()
            .parse(pattern)
            .map_err(|error| format!("is no regular expression: {}", reason(&error)))?;
        if !tame::is_tame(&hir) {
            return Err(
                "has a repetition within a repetition that can make Python and JavaScript run for ever; write it without, or with a sign between, as in `[a-z]+(-[a-z]+)*`"
                    .into(),
            );
        }
        let regex = RegexBuilder::new(&format!("^(?:{pattern})$"))
            .size_limit(MAX_COMPILED_BYTES)
            .nest_limit(NEST_LIMIT + 2)
            .build()
            .map_err(|_| "is too large: use smaller counts in `{…}`".to_owned())?;
        Ok(Self { hir, regex })
    }

    /// Whether the whole value matches.
    pub fn matches(&self, value: &str) -> bool {
        self.regex.is_match(value)
    }

    /// At most `count` different values with a length within the bounds; none where there are none.
    ///
    /// None has more than [`MAX_EXAMPLE`] characters.
    pub fn examples(&self, min_length: u32, max_length: u32, count: usize) -> Vec<String> {
        examples::examples(self, min_length, max_length, count)
    }
}

/// `\d`, `\w`, `\s` and what is escaped without need, in the syntax that all languages share. Everything else stays as it is.
pub fn portable(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len());
    let mut chars = pattern.chars();
    let mut in_class = false;
    while let Some(c) = chars.next() {
        if c != '\\' {
            in_class = (in_class || c == '[') && c != ']';
            out.push(c);
            continue;
        }
        let Some(next) = chars.next() else {
            out.push('\\');
            break;
        };
        let class = match next {
            'd' | 'D' => "0-9",
            'w' | 'W' => "0-9A-Za-z_",
            's' | 'S' => " \\t\\n\\r",
            _ => "",
        };
        match (class, in_class, next.is_ascii_uppercase()) {
            ("", _, _) if (syntax::is_special(next) && (next != '-' || in_class)) || next.is_ascii_alphanumeric() => {
                out.extend(['\\', next]);
            }
            ("", _, _) => out.push(next),
            (_, true, false) => out.push_str(class),
            (_, true, true) => out.extend(['\\', next]),
            (_, false, negated) => out.extend([if negated { "[^" } else { "[" }, class, "]"]),
        }
    }
    out
}

fn reason(error: &regex_syntax::Error) -> String {
    match error {
        regex_syntax::Error::Parse(error) => error.kind().to_string(),
        regex_syntax::Error::Translate(error) => error.kind().to_string(),
        _ => "it cannot be read".into(),
    }
}
