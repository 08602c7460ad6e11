//! Reading what tools say: how many tests passed, how much they cover; and whether a failure is this host's and not the project's.

use std::sync::LazyLock;

use regex::Regex;

use super::outcome::tail;
use crate::server::run::Ended;

/// What the tests of a project must cover, in percent of its lines.
pub const LEAST_COVERAGE: f64 = 80.0;

/// What a run of tests has shown.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Figures {
    pub passed: Option<u64>,
    pub covered_percent: Option<f64>,
}

static PASSED: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\b(\d+) passed\b").ok());
static PERCENT: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\b(\d+(?:\.\d+)?)\s*%?").ok());

/// Reads the last words of pytest, Vitest, cargo and their tools for coverage.
pub fn figures(output: &str) -> Figures {
    let mut figures = Figures::default();
    let plain = without_colours(output);
    for line in plain.lines().map(str::trim) {
        // Vitest counts files too, and by the same words.
        if line.starts_with("Test Files") {
            continue;
        }
        let counts =
            PASSED.as_ref().map(|pattern| pattern.captures_iter(line).filter_map(|found| found[1].parse::<u64>().ok()).sum::<u64>());
        if let Some(count) = counts.filter(|_| line.contains(" passed")) {
            *figures.passed.get_or_insert(0) += count;
        }
        let percents = |text: &str| -> Vec<f64> {
            PERCENT
                .as_ref()
                .map(|pattern| pattern.captures_iter(text).filter_map(|found| found[1].parse().ok()).collect())
                .unwrap_or_default()
        };
        if let Some(rest) = line.strip_prefix("All files") {
            // Statements, branches, functions, lines.
            figures.covered_percent = percents(rest).get(3).copied();
        } else if line.starts_with("TOTAL") {
            let last = line.split_whitespace().rfind(|word| word.ends_with('%'));
            figures.covered_percent = last.and_then(|word| word.trim_end_matches('%').parse().ok()).or(figures.covered_percent);
        }
    }
    figures
}

impl Figures {
    /// What is wrong with a run of tests that has ended well; `measured`: whether it has to say what it covers, else why it does not.
    pub fn fault(&self, measured: Result<(), &str>) -> Option<String> {
        match (self.passed, self.covered_percent) {
            (None | Some(0), _) => Some("ended well, but no test has passed".into()),
            (_, None) if measured.is_ok() => Some("ended well, but does not say how much it covers".into()),
            (_, Some(percent)) if percent < LEAST_COVERAGE => {
                Some(format!("ended well, but covers {percent} % of the lines instead of {LEAST_COVERAGE}"))
            }
            _ => None,
        }
    }

    /// For people.
    pub fn note(&self) -> Option<String> {
        let passed = format!("{} passed", self.passed?);
        Some(match self.covered_percent {
            Some(percent) => format!("{passed}, {percent} % of lines covered"),
            None => passed,
        })
    }
}

fn without_colours(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(char) = chars.next() {
        if char != '\u{1b}' {
            plain.push(char);
        } else if chars.next() == Some('[') {
            // Up to the letter that ends it.
            for char in chars.by_ref() {
                if char.is_ascii_alphabetic() {
                    break;
                }
            }
        }
    }
    plain
}

/// What a failure says about the host instead of about the project.
pub fn missing_here(ended: &Ended) -> Option<String> {
    let said = |words: &[&str]| words.iter().any(|word| ended.output.contains(word));
    if ended.exit_code == Some(127) {
        return Some(format!("a program is missing: {}", tail(&ended.output).last().cloned().unwrap_or_default()));
    }
    if said(&["ensurepip is not available"]) {
        return Some("Python cannot make virtual environments here (package python3-venv)".into());
    }
    None
}

/// The same for a command that fetches packages.
pub fn unreachable(ended: &Ended) -> Option<String> {
    let said = |words: &[&str]| words.iter().any(|word| ended.output.contains(word));
    let words = [
        "Temporary failure in name resolution",
        "NewConnectionError",
        "Failed to establish a new connection",
        "Read timed out",
        "Could not resolve host",
        "Could not connect to server",
        "failed to download from",
        "spurious network error",
        "ENOTFOUND",
        "EAI_AGAIN",
        "ECONNREFUSED",
        "ETIMEDOUT",
    ];
    (ended.timed_out || said(&words)).then(|| "packages cannot be fetched from here".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_runners_say_is_read() {
        for (output, passed, covered) in [
            ("Name  Stmts  Miss  Cover\nTOTAL   512   9   98%\n\n======= 46 passed in 1.20s =======", Some(46), Some(98.0)),
            (
                "\u{1b}[32m Test Files  3 passed (3)\n      Tests  12 passed (12)\u{1b}[39m\nAll files |   91.5 |  80.1 | 95 | 92.25 |",
                Some(12),
                Some(92.25),
            ),
            ("test result: ok. 3 passed; 0 failed\ntest result: ok. 4 passed; 0 failed", Some(7), None),
            ("TOTAL  100 10 90.00% 20 2 90.00% 300 30 79.50%\ntest result: ok. 1 passed; 0 failed", Some(1), Some(79.5)),
            ("no tests ran in 0.01s", None, None),
        ] {
            assert_eq!(figures(output), Figures { passed, covered_percent: covered }, "{output}");
        }
    }

    #[test]
    fn tests_that_show_too_little_are_a_fault() {
        let figures = |passed, covered_percent| Figures { passed, covered_percent };
        assert_eq!(figures(Some(3), Some(80.0)).fault(Ok(())), None);
        assert!(figures(Some(3), Some(79.9)).fault(Ok(())).is_some());
        assert!(figures(Some(3), Some(12.0)).fault(Err("no tool")).is_some());
        assert!(figures(Some(3), None).fault(Ok(())).is_some());
        assert_eq!(figures(Some(3), None).fault(Err("no tool")), None);
        assert!(figures(None, Some(90.0)).fault(Ok(())).is_some());
        assert!(figures(Some(0), Some(90.0)).fault(Ok(())).is_some());
    }
}
