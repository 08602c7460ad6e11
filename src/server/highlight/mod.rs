//! The preview of a generated file: its text in lines of spans, each with the class of what it is.
//!
//! Guarantees that the spans of a line, put together, are the line's text; that nothing is ever HTML; and that any content takes
//! a bounded time and yields a bounded answer: at most [`MAX_BYTES`], [`MAX_LINES`] and [`MAX_SPANS`], plain text where highlighting
//! would cost too much. Leaves out what the caller knows: path, size and digest.
//!
//! CPU-bound, up to [`BUDGET`] and a little: callers run it in `tokio::task::spawn_blocking`.

mod class;
mod settings;

use std::{
    sync::LazyLock,
    time::{Duration, Instant},
};

use syntect::parsing::{ParseState, ScopeStack, SyntaxReference, SyntaxSet};

use crate::protocol::{FileLine, FileView, Span};

pub const MAX_LINES: usize = 10_000;
pub const MAX_BYTES: usize = 1024 * 1024;
/// Lines with more are plain: minified code is not read, and its cost grows faster than its length.
pub const MAX_LINE_CHARS: usize = 2_000;
/// After so many highlighted spans the rest is plain.
pub const MAX_SPANS: usize = 100_000;
/// After this time the rest is plain: enough for 2,000 lines of Python on an idle core (0.09 ms each), and little enough for 10,000 lines
/// to be on the screen within half a second. It is real time, not the server's `Clock`: what it bounds is the CPU that a hostile file
/// may take, nothing is stored of it, and no decision but this file's colours hangs on it.
pub const BUDGET: Duration = Duration::from_millis(200);

/// Loaded at first use: some milliseconds and megabytes that a server without viewers need not spend.
static SYNTAXES: LazyLock<SyntaxSet> = LazyLock::new(SyntaxSet::load_defaults_newlines);

/// Fills `lines`, `truncated` and `binary`; the rest is the caller's. `path` decides the language.
pub fn highlight(path: &str, content: &[u8]) -> FileView {
    highlight_within(BUDGET, path, content)
}

fn highlight_within(budget: Duration, path: &str, content: &[u8]) -> FileView {
    let Some((text, cut)) = as_text(content) else {
        return FileView { binary: true, ..FileView::default() };
    };
    let mut painter = Painter::new(path, budget);
    let mut lines: Vec<FileLine> = Vec::new();
    let mut rest = text;
    while !rest.is_empty() && lines.len() < MAX_LINES {
        let end = rest.find('\n').map_or(rest.len(), |at| at + 1);
        let (line, after) = rest.split_at(end);
        lines.push(painter.paint(line));
        rest = after;
    }
    FileView { lines, truncated: cut || !rest.is_empty(), ..FileView::default() }
}

/// The text, and whether it is only the beginning; `None` for what is not text.
fn as_text(content: &[u8]) -> Option<(&str, bool)> {
    let head = content.get(..MAX_BYTES).unwrap_or(content);
    let cut = head.len() < content.len();
    let text = match std::str::from_utf8(head) {
        Ok(text) => text,
        // The cut may have gone through a character.
        Err(error) if cut && error.error_len().is_none() => std::str::from_utf8(&head[..error.valid_up_to()]).ok()?,
        Err(_) => return None,
    };
    (!text.contains('\0')).then_some((text, cut))
}

enum Language {
    Plain,
    Settings,
    Syntax(Box<(ParseState, ScopeStack)>),
}

struct Painter {
    language: Language,
    started: Instant,
    budget: Duration,
    spans: usize,
}

impl Painter {
    fn new(path: &str, budget: Duration) -> Self {
        let language = match syntax_name(path) {
            None => Language::Plain,
            Some(SETTINGS) => Language::Settings,
            Some(name) => {
                find_syntax(name).map_or(Language::Plain, |syntax| Language::Syntax(Box::new((ParseState::new(syntax), ScopeStack::new()))))
            }
        };
        Self { language, started: Instant::now(), budget, spans: 0 }
    }

    /// One line, with its line feed if it has one.
    fn paint(&mut self, line: &str) -> FileLine {
        let shown = shown(line);
        if line.len() > MAX_LINE_CHARS && line.chars().nth(MAX_LINE_CHARS).is_some() {
            return plain(shown);
        }
        if self.spans > MAX_SPANS || self.started.elapsed() > self.budget {
            self.language = Language::Plain;
        }
        let spans = match &mut self.language {
            Language::Plain => None,
            Language::Settings => Some(settings::paint(shown)),
            Language::Syntax(state) => paint_by_syntax(state, line, shown),
        };
        let Some(spans) = spans else {
            self.language = Language::Plain;
            return plain(shown);
        };
        let line = merge(spans);
        self.spans += line.len();
        line
    }
}

/// `None` when the parser gave up: it must not be used again.
fn paint_by_syntax<'a>(state: &mut (ParseState, ScopeStack), line: &str, shown: &'a str) -> Option<Vec<(&'static str, &'a str)>> {
    let (parser, scopes) = state;
    let mut spans = Vec::new();
    let mut start = 0;
    for (at, operation) in parser.parse_line(line, &SYNTAXES).ok()? {
        let end = at.min(shown.len());
        if end > start {
            spans.push((class::of(scopes.as_slice()), shown.get(start..end)?));
            start = end;
        }
        scopes.apply(&operation).ok()?;
    }
    spans.push((class::of(scopes.as_slice()), shown.get(start..)?));
    Some(spans)
}

/// The line without its end.
fn shown(line: &str) -> &str {
    let line = line.strip_suffix('\n').unwrap_or(line);
    line.strip_suffix('\r').unwrap_or(line)
}

fn plain(text: &str) -> FileLine {
    merge([("", text)])
}

/// Joins neighbours of one class; blanks join whatever stands before them, since they show no colour.
fn merge<'a>(spans: impl IntoIterator<Item = (&'static str, &'a str)>) -> FileLine {
    let mut line = FileLine::new();
    for (class, text) in spans {
        if text.is_empty() {
            continue;
        }
        // A lone carriage return would become a line feed in HTML, and the page would no longer be the one that was rendered.
        let text = text.replace('\r', "\u{240d}");
        match line.last_mut() {
            Some(last) if last.class == class || text.trim().is_empty() => last.text.push_str(&text),
            _ => line.push(Span { class: class.into(), text }),
        }
    }
    line
}

const SETTINGS: &str = "settings";

/// The language of a file by its name. Languages that the built-in set does not have are shown as their nearest relative.
fn syntax_name(path: &str) -> Option<&'static str> {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    Some(match (name.as_str(), extension) {
        ("dockerfile" | "containerfile", _) | (_, "dockerfile" | "sh" | "bash" | "zsh") => "Bourne Again Shell (bash)",
        ("makefile", _) | (_, "mk") => "Makefile",
        ("pipfile" | "cargo.lock" | "poetry.lock" | ".env" | ".editorconfig" | ".gitconfig" | "requirements.txt", _)
        | (_, "toml" | "ini" | "cfg" | "conf" | "env" | "properties" | "example") => SETTINGS,
        (_, "py" | "pyi") => "Python",
        (_, "js" | "mjs" | "cjs" | "jsx" | "ts" | "mts" | "cts" | "tsx") => "JavaScript",
        (_, "json" | "jsonc" | "ipynb" | "har") => "JSON",
        (_, "yaml" | "yml") => "YAML",
        (_, "md" | "markdown") => "Markdown",
        (_, "html" | "htm" | "vue" | "svelte") => "HTML",
        (_, "xml" | "svg" | "xsd") => "XML",
        (_, "css" | "scss" | "less") => "CSS",
        (_, "rs") => "Rust",
        (_, "sql") => "SQL",
        (_, "go") => "Go",
        (_, "java" | "kt") => "Java",
        (_, "rb") => "Ruby",
        (_, "php") => "PHP",
        (_, "c" | "h") => "C",
        (_, "cpp" | "cc" | "hpp") => "C++",
        (_, "cs") => "C#",
        (_, "diff" | "patch") => "Diff",
        _ => return None,
    })
}

fn find_syntax(name: &str) -> Option<&'static SyntaxReference> {
    SYNTAXES.find_syntax_by_name(name)
}

#[cfg(test)]
mod tests;
