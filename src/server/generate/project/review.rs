//! The review: what can be said of a project by reading it. Nothing half done, no secrets, no file that is not text, nothing missing.

use std::sync::LazyLock;

use regex::RegexSet;

/// What is wrong with a file: its path, the line, what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub path: String,
    pub line: usize,
    pub what: &'static str,
}

/// What no line of a finished project has, each with its name.
const FORBIDDEN: [(&str, &str); 9] = [
    (r"\b(TODO|FIXME|XXX)\b", "something is left to do"),
    (r"(?i)(rest|remainder) of (the )?(code|file|implementation)", "something is left out"),
    (r"(?i)(your|implement) (code|logic|implementation) (goes )?here", "something is left out"),
    (r"\b(unimplemented|todo)!\s*\(", "something is left to do"),
    (r"raise NotImplementedError", "something is left to do"),
    (r"-----BEGIN [A-Z ]*PRIVATE KEY-----", "a private key"),
    (r"\b(AKIA|ASIA)[0-9A-Z]{16}\b", "an access key"),
    (r"\b(ghp|gho|ghs)_[A-Za-z0-9]{36}\b|\bsk-[A-Za-z0-9_-]{32,}\b|\bxox[bp]-[A-Za-z0-9-]{20,}", "a token of some service"),
    (r"\{\{-? [a-z_][a-z_.]*( ?\|[^}]*)? ?-?\}\}|\{%-? ", "a template that was not filled in"),
];

static PATTERNS: LazyLock<Option<RegexSet>> = LazyLock::new(|| RegexSet::new(FORBIDDEN.map(|(pattern, _)| pattern)).ok());

/// Reads the files; bounded by their size.
pub fn review<'f>(files: impl Iterator<Item = (&'f str, &'f str)>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, content) in files {
        if content.trim().is_empty() && !path.ends_with("__init__.py") {
            findings.push(Finding { path: path.into(), line: 1, what: "it is empty" });
        }
        if path.ends_with(".json") && serde_json::from_str::<serde_json::Value>(content).is_err() {
            findings.push(Finding { path: path.into(), line: 1, what: "it is no JSON" });
        }
        if path.ends_with(".toml") && content.parse::<toml::Table>().is_err() {
            findings.push(Finding { path: path.into(), line: 1, what: "it is no TOML" });
        }
        let Some(patterns) = &*PATTERNS else { continue };
        // GitHub's own expressions in workflows look like templates; so do Alembic's and JavaScript's.
        let templates_are_fine = path.starts_with(".github/") || path.ends_with(".mako") || path.ends_with(".js");
        for (index, line) in content.lines().enumerate() {
            for found in patterns.matches(line) {
                let (_, what) = FORBIDDEN[found];
                if !(templates_are_fine && found + 1 == FORBIDDEN.len()) {
                    findings.push(Finding { path: path.into(), line: index + 1, what });
                }
            }
        }
    }
    findings
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
        ] {
            assert_eq!(found("a.py", content), [what], "{content}");
        }
        assert_eq!(found("a.json", "{"), ["it is no JSON"]);
        assert_eq!(found("a.toml", "a = "), ["it is no TOML"]);
        assert_eq!(found("a.py", "\n"), ["it is empty"]);
    }

    #[test]
    fn what_is_done_is_not() {
        for (path, content) in [
            ("app/models/todo.py", "class Todo(Base):\n    todos: list[str]"),
            (".github/workflows/ci.yml", "key: ${{ runner.os }}"),
            ("app/__init__.py", ""),
            ("a.py", "# The rest is read from the database."),
        ] {
            assert_eq!(found(path, content), [] as [&str; 0], "{content}");
        }
    }
}
