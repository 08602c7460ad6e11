//! Text → tokens: words, numbers, texts, patterns, comments that describe, and signs.

use crate::server::generate::test_suite::description::one_line;

/// Where something stands, both from 1; columns count characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct At {
    pub line: u64,
    pub column: u64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Token {
    Word(String),
    Number(String),
    /// `"…"`
    Text(String),
    /// `/…/`
    Pattern(String),
    /// `/** … */`
    Doc(String),
    Sign(char),
    End,
}

impl Token {
    /// How it is called in an error.
    pub fn shown(&self) -> String {
        match self {
            Self::Word(text) | Self::Number(text) => format!("`{}`", one_line(text, 40)),
            Self::Text(text) => format!("the text \"{}\"", one_line(text, 40)),
            Self::Pattern(_) => "a pattern".into(),
            Self::Doc(_) => "a description `/** … */`".into(),
            Self::Sign(sign) => format!("`{}`", sign.escape_debug()),
            Self::End => "the end of the text".into(),
        }
    }

    pub fn is_word(&self, word: &str) -> bool {
        matches!(self, Self::Word(text) if text == word)
    }
}

/// All tokens with their places; the last is [`Token::End`].
///
/// # Errors
/// What is not closed, and where it was opened.
pub fn tokens(text: &str) -> Result<Vec<(Token, At)>, (At, String)> {
    let mut reader = Reader { rest: text.strip_prefix('\u{feff}').unwrap_or(text), at: At { line: 1, column: 1 } };
    let mut tokens = Vec::new();
    loop {
        reader.skip_blanks()?;
        let at = reader.at;
        let token = reader.token(at)?;
        let ends = token == Token::End;
        tokens.push((token, at));
        if ends {
            return Ok(tokens);
        }
    }
}

struct Reader<'a> {
    rest: &'a str,
    at: At,
}

impl<'a> Reader<'a> {
    fn next(&mut self) -> Option<char> {
        let c = self.rest.chars().next()?;
        self.rest = &self.rest[c.len_utf8()..];
        if c == '\n' {
            self.at = At { line: self.at.line + 1, column: 1 };
        } else {
            self.at.column += 1;
        }
        Some(c)
    }

    fn take_while(&mut self, fits: impl Fn(char) -> bool) -> &'a str {
        let start = self.rest;
        while self.rest.starts_with(&fits) {
            self.next();
        }
        &start[..start.len() - self.rest.len()]
    }

    /// Blanks and comments; `/**/` and `/***` are comments, `/** ` is a description.
    fn skip_blanks(&mut self) -> Result<(), (At, String)> {
        loop {
            self.take_while(char::is_whitespace);
            let is_doc = self.rest.starts_with("/**") && !self.rest.starts_with("/**/") && !self.rest.starts_with("/***");
            if self.rest.starts_with("//") {
                self.take_while(|c| c != '\n');
            } else if self.rest.starts_with("/*") && !is_doc {
                self.comment()?;
            } else {
                return Ok(());
            }
        }
    }

    /// The inside of a comment, of which `\/` and `\\` are undone.
    fn comment(&mut self) -> Result<String, (At, String)> {
        let at = self.at;
        self.next();
        self.next();
        let mut text = String::new();
        loop {
            if self.rest.starts_with("*/") {
                self.next();
                self.next();
                return Ok(text);
            }
            match self.next() {
                Some('\\') if self.rest.starts_with(['/', '\\']) => text.extend(self.next()),
                Some(c) => text.push(c),
                None => return Err((at, "This comment is not closed; write `*/` behind it.".into())),
            }
        }
    }

    fn token(&mut self, at: At) -> Result<Token, (At, String)> {
        let Some(first) = self.rest.chars().next() else { return Ok(Token::End) };
        let second = self.rest[first.len_utf8()..].chars().next();
        if first.is_alphabetic() || first == '_' {
            return Ok(Token::Word(self.take_while(|c| c.is_alphanumeric() || c == '_').to_owned()));
        }
        if first.is_ascii_digit() || (first == '-' && second.is_some_and(|c| c.is_ascii_digit())) {
            self.next();
            let rest = self.take_while(|c| c.is_alphanumeric() || matches!(c, '.' | '_'));
            let mut number = format!("{first}{rest}");
            if number.ends_with(['e', 'E']) && self.rest.starts_with(['+', '-']) {
                number.extend(self.next());
                number.push_str(self.take_while(|c| c.is_ascii_digit()));
            }
            return Ok(Token::Number(number));
        }
        if self.rest.starts_with("/**") {
            return Ok(Token::Doc(described(&self.comment()?)));
        }
        self.next();
        match first {
            '"' => self.quoted(at),
            '/' => self.pattern(at),
            sign => Ok(Token::Sign(sign)),
        }
    }

    fn quoted(&mut self, at: At) -> Result<Token, (At, String)> {
        let mut text = String::new();
        loop {
            match self.next() {
                Some('"') => return Ok(Token::Text(text)),
                Some('\\') if self.rest.starts_with(['"', '\\']) => text.extend(self.next()),
                None | Some('\n') => return Err((at, "This text is not closed; write `\"` behind it, on the same line.".into())),
                Some(c) => text.push(c),
            }
        }
    }

    fn pattern(&mut self, at: At) -> Result<Token, (At, String)> {
        let mut text = String::new();
        loop {
            match self.next() {
                Some('/') => return Ok(Token::Pattern(text)),
                None | Some('\n') => {
                    return Err((
                        at,
                        "This pattern is not closed; write `/` behind it, on the same line, and `\\/` for the sign itself.".into(),
                    ));
                }
                Some('\\') => {
                    text.push('\\');
                    if !self.rest.starts_with('\n') {
                        text.extend(self.next());
                    }
                }
                Some(c) => text.push(c),
            }
        }
    }
}

/// A comment's words on one line, without the stars before its lines.
fn described(comment: &str) -> String {
    let mut lines = comment.strip_prefix('*').unwrap_or(comment).lines();
    let first = lines.next().unwrap_or_default().trim().to_owned();
    let rest = lines.map(|line| {
        let line = line.trim();
        line.strip_prefix('*').unwrap_or(line).trim()
    });
    std::iter::once(first.as_str()).chain(rest).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}
