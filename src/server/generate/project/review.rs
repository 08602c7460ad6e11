//! The review: what can be said of a project by reading it. Nothing half done, no secrets, no file that is not text, nothing missing.

use std::sync::LazyLock;

use regex::{Regex, RegexSet};

use crate::protocol::project::ProjectModel;

/// What is wrong with a file: its path, the line, what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub path: String,
    pub line: usize,
    pub what: &'static str,
    /// A key or the like, rather than something that is not done.
    pub is_secret: bool,
}

impl Finding {
    fn new(path: &str, line: usize, what: &'static str, is_secret: bool) -> Self {
        Self { path: path.into(), line, what, is_secret }
    }

    /// A file that should be there.
    pub fn missing(path: &str) -> Self {
        Self::new(path, 0, "it is missing", false)
    }
}

/// What no line of a finished project has, each with its name. The last ones are secrets, by the shapes of those that are in use.
const FORBIDDEN: [(&str, &str); 16] = [
    (r"\b(TODO|FIXME|XXX)\b", "something is left to do"),
    (r"(?i)(rest|remainder) of (the |your )?(code|file|implementation|function)", "something is left out"),
    (r"(?i)(your|implement|add) (code|logic|implementation) (goes )?here", "something is left out"),
    (r"(?i)(#|//|/\*)\s*\.\.\. ?(existing|remaining|other|same|unchanged|previous) ", "something is left out"),
    (r"\b(unimplemented|todo)!\s*\(", "something is left to do"),
    (r"raise NotImplementedError|(?i)throw new Error\(.not implemented", "something is left to do"),
    (r"\{\{-? [a-z_][a-z_.]*( ?\|[^}]*)? ?-?\}\}|\{%-? ", TEMPLATE),
    (r"-----BEGIN [A-Z ]*PRIVATE KEY-----", "a private key"),
    (r"\b(AKIA|ASIA)[0-9A-Z]{16}\b", "an access key"),
    (r"\bgh[pousr]_[A-Za-z0-9]{36}\b|\bgithub_pat_[A-Za-z0-9_]{22,}|\bglpat-[A-Za-z0-9_-]{20,}", "a token of some service"),
    (r"\bsk-[A-Za-z0-9_-]{32,}|\b[sr]k_live_[A-Za-z0-9]{20,}|\bxox[abprs]-[A-Za-z0-9-]{20,}", "a token of some service"),
    (r"\bAIza[0-9A-Za-z_-]{35}\b|\bya29\.[0-9A-Za-z_-]{20,}", "a token of some service"),
    (r"\bnpm_[A-Za-z0-9]{36}\b|\bpypi-[A-Za-z0-9_-]{40,}|\bhf_[A-Za-z0-9]{30,}", "a token of some service"),
    (r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}", "a signed token"),
    (r"[a-z][a-z0-9+]*://[^/\s:@$]+:[^/\s:@${]{12,}@", "an address with a password"),
    (r#"(?i)\b(secret|password|api_?key|token)["']?\s*[:=]\s*["'][A-Za-z0-9+/_=-]{32,}["']"#, "a secret"),
];
const TEMPLATE: &str = "a template that was not filled in";
/// As many of them are no secrets.
const UNFINISHED: usize = 7;

static PATTERNS: LazyLock<Option<RegexSet>> = LazyLock::new(|| RegexSet::new(FORBIDDEN.map(|(pattern, _)| pattern)).ok());

/// Each of them alone, for it says what it found; in capitals or not, for a status `todo` becomes a constant `TODO`.
static ALONE: LazyLock<Vec<Regex>> =
    LazyLock::new(|| FORBIDDEN.iter().filter_map(|(pattern, _)| Regex::new(&format!("(?i){pattern}")).ok()).collect());

/// Reads the files; bounded by their size.
pub fn review<'f>(files: impl Iterator<Item = (&'f str, &'f str)>) -> Vec<Finding> {
    read(files, "")
}

/// The same of the project of a model. What its owner calls things is not half done: the TODO of a TODO app. A secret stays one.
pub fn review_of<'f>(files: impl Iterator<Item = (&'f str, &'f str)>, model: &ProjectModel) -> Vec<Finding> {
    read(files, &serde_json::to_string(model).unwrap_or_default())
}

/// `said`: words that are somebody's own.
fn read<'f>(files: impl Iterator<Item = (&'f str, &'f str)>, said: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, content) in files {
        if content.trim().is_empty() && !path.ends_with("__init__.py") {
            findings.push(Finding::new(path, 1, "it is empty", false));
        }
        if path.ends_with(".json") && serde_json::from_str::<serde_json::Value>(content).is_err() {
            findings.push(Finding::new(path, 1, "it is no JSON", false));
        }
        if path.ends_with(".toml") && content.parse::<toml::Table>().is_err() {
            findings.push(Finding::new(path, 1, "it is no TOML", false));
        }
        if (path.ends_with(".yaml") || path.ends_with(".yml")) && serde_saphyr::from_str::<serde_json::Value>(content).is_err() {
            findings.push(Finding::new(path, 1, "it is no YAML", false));
        }
        let Some(patterns) = &*PATTERNS else { continue };
        // GitHub's own expressions in workflows look like templates; so do Alembic's and JavaScript's.
        let templates_are_fine = path.starts_with(".github/") || path.ends_with(".mako") || path.ends_with(".js");
        for (index, line) in content.lines().enumerate() {
            for found in patterns.matches(line) {
                let (_, what) = FORBIDDEN[found];
                let is_said = found < UNFINISHED && ALONE.get(found).is_some_and(|pattern| is_said(pattern, line, said));
                if !(templates_are_fine && what == TEMPLATE || is_said) {
                    findings.push(Finding::new(path, index + 1, what, found >= UNFINISHED));
                }
            }
        }
    }
    findings
}

/// Whether all that a pattern finds in a line is found in what was said too.
fn is_said(pattern: &Regex, line: &str, said: &str) -> bool {
    pattern.find_iter(line).all(|words| pattern.find_iter(said).any(|other| other.as_str().eq_ignore_ascii_case(words.as_str())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, content: &str) -> Vec<&'static str> {
        review(std::iter::once((path, content))).into_iter().map(|finding| finding.what).collect()
    }

    #[test]
    fn what_is_half_done_or_secret_is_found() {
        for (content, what) in [
            ("x = 1  # TODO: the rest", "something is left to do"),
            ("    todo!()", "something is left to do"),
            ("# ... rest of the code", "something is left out"),
            ("raise NotImplementedError", "something is left to do"),
            ("-----BEGIN RSA PRIVATE KEY-----", "a private key"),
            ("key = 'AKIAIOSFODNN7EXAMPLE'", "an access key"),
            ("hello {{ name }}", "a template that was not filled in"),
            ("    # ... existing code stays", "something is left out"),
            ("url = 'postgres://admin:hunter2hunter2@db/x'", "an address with a password"),
            ("token: eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJlLWhlcmU", "a signed token"),
            ("API_KEY = 'c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0'", "a secret"),
        ] {
            assert_eq!(found("a.py", content), [what], "{content}");
        }
        assert_eq!(found("a.json", "{"), ["it is no JSON"]);
        assert_eq!(found("a.yml", "a: ["), ["it is no YAML"]);
        assert_eq!(found("a.toml", "a = "), ["it is no TOML"]);
        assert_eq!(found("a.py", "\n"), ["it is empty"]);
    }

    #[test]
    fn what_somebody_calls_a_thing_is_not_half_done() {
        let description = "Fills {{ name }} in; AKIAIOSFODNN7EXAMPLE".to_owned();
        let model = ProjectModel { name: "TODO app".into(), description, ..ProjectModel::default() };
        let found = |content: &str| review_of(std::iter::once(("a.py", content)), &model).len();
        for (content, count) in [
            ("# The TODO app", 0),
            ("TODO = \"todo\"", 0),
            ("# Fills {{ name }} in", 0),
            ("# Fills {{ names }} in", 1),
            ("# Fills {{ name }} in, and {{ more }}", 1),
            ("# FIXME", 1),
            ("# AKIAIOSFODNN7EXAMPLE", 1),
        ] {
            assert_eq!(found(content), count, "{content}");
        }
    }

    #[test]
    fn the_list_says_which_are_secrets() {
        assert!(FORBIDDEN[..UNFINISHED].iter().all(|(_, what)| what.starts_with("something") || *what == TEMPLATE));
        assert!(FORBIDDEN[UNFINISHED..].iter().all(|(_, what)| what.starts_with('a')) && FORBIDDEN[UNFINISHED].1 == "a private key");
    }

    #[test]
    fn what_is_done_is_not() {
        for (path, content) in [
            ("app/models/todo.py", "class Todo(Base):\n    todos: list[str]"),
            (".github/workflows/ci.yml", "key: ${{ runner.os }}"),
            ("app/__init__.py", ""),
            ("a.py", "# The rest is read from the database."),
            (".env", "DATABASE_URL=postgresql+psycopg://postgres:postgres@localhost:5432/library"),
        ] {
            assert_eq!(found(path, content), [] as [&str; 0], "{content}");
        }
    }
}
