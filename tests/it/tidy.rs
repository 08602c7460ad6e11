//! The house rules that a compiler does not know: who may know whom, what may stand where, how long a file may be.
//!
//! Each rule says why it is there. A breach is named by file and line. Comments are not looked at, and code under
//! `#[cfg(test)]` only where a rule says so; a test module stands at the end of its file.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

const MOST_LINES: usize = 400;

struct Rule {
    why: &'static str,
    /// Where it holds: beginnings of paths.
    within: &'static [&'static str],
    /// Where it does not.
    except: &'static [&'static str],
    in_tests_too: bool,
    /// Words that must not appear; they begin and end as words.
    forbidden: &'static [&'static str],
}

const RULES: &[Rule] = &[
    Rule {
        why: "protocol/ is pure and shared: it imports nothing else of the crate",
        within: &["src/protocol/"],
        except: &[],
        in_tests_too: true,
        forbidden: &["crate::app", "crate::client", "crate::server", "super::super::app", "super::super::client", "super::super::server"],
    },
    Rule {
        why: "generators are handed what they need: they know no store, hub, queue or http",
        within: &["src/server/generate/"],
        except: &[],
        in_tests_too: true,
        forbidden: &[
            "server::store",
            "server::hub",
            "server::http",
            "server::queue",
            "server::tasks",
            "server::state",
            "super::store",
            "super::hub",
            "super::http",
            "super::queue",
            "sqlx::",
            " axum::",
        ],
    },
    Rule {
        why: "http/ holds no SQL: a store method is one business transaction",
        within: &["src/server/http/"],
        except: &[],
        in_tests_too: true,
        forbidden: &["sqlx", "SELECT", "INSERT INTO", "UPDATE", "DELETE FROM", "CREATE TABLE"],
    },
    Rule {
        why: "time and chance are handed in, so that a test can say what they are",
        within: &["src/"],
        // The third is the browser's edge: it reads the browser's clock and hands it in.
        // The last one writes such words into tests of generated projects.
        except: &[
            "src/server/clock.rs",
            "src/server/random.rs",
            "src/client/live/browser.rs",
            "src/server/generate/project/blueprint/stacks/axum/mod.rs",
        ],
        in_tests_too: false,
        forbidden: &["SystemTime::now", "Uuid::new_v4", "Uuid::now_v7", "rand::", "Utc::now", "Date::now"],
    },
    Rule {
        why: "a stopwatch decides nothing that is stored: only silence on a connection, a commit's length, the time given to colours",
        within: &["src/server/"],
        except: &[
            "src/server/http/live.rs",
            "src/server/http/events.rs",
            "src/server/store/sqlite/writer.rs",
            "src/server/highlight/mod.rs",
        ],
        in_tests_too: false,
        forbidden: &["Instant::now"],
    },
    Rule {
        why: "the server answers with an error instead of a panic",
        within: &["src/server/"],
        except: &[],
        in_tests_too: false,
        forbidden: &[".unwrap()", ".expect(", "panic!", "unreachable!"],
    },
    Rule {
        why: "what people see is escaped by Leptos; only these write markup, of text that app/markup.rs has escaped, or a constant",
        within: &["src/"],
        except: &[
            "src/app/components/files/preview.rs",
            "src/app/components/log/mod.rs",
            "src/app/components/log/sheet.rs",
            "src/app/components/problem_note.rs",
            "src/app/components/room/comments.rs",
            "src/app/components/so_far.rs",
            "src/app/forms/project.rs",
            "src/app/forms/prompt.rs",
            "src/app/forms/test_suite.rs",
            "src/app/pages/task.rs",
            "src/app/still.rs",
        ],
        in_tests_too: true,
        forbidden: &["inner_html", "set_inner_html", "insert_adjacent_html", "document_write"],
    },
    Rule {
        why: "only the command line writes to the terminal; everything else is logged",
        within: &["src/server/", "src/app/", "src/client/", "src/protocol/"],
        except: &[],
        in_tests_too: false,
        forbidden: &["println!", "print!", "eprintln!", "eprint!", "dbg!"],
    },
    Rule {
        why: "what is not done is an issue, not a note in the code",
        within: &["src/", "tests/", "benches/", "scripts/site/src/"],
        // The second looks for such notes in generated projects.
        except: &["tests/it/tidy.rs", "src/server/generate/project/review.rs"],
        in_tests_too: true,
        forbidden: &["TODO", "FIXME", "XXX", "HACK", "todo!", "unimplemented!", "#[ignore"],
    },
    Rule {
        why: "whole modules are gated, never lines: three places say which target gets what",
        within: &["src/"],
        except: &["src/lib.rs", "src/client/mod.rs", "src/app/pages/mod.rs"],
        in_tests_too: true,
        forbidden: &["cfg(feature", "cfg(not(feature", "cfg!(feature", "cfg_attr(feature", "cfg_if!", "target_arch", "target_family"],
    },
];

/// How a shared type is made part of the API's description.
const DESCRIBED: [&str; 2] = [r#"#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]"#, r#"#[cfg_attr(feature = "ssr", schema("#];

#[test]
fn the_code_keeps_the_house_rules() {
    let breaches: Vec<String> = rust_files().iter().flat_map(|path| breaches(path, &read(path))).collect();
    assert!(breaches.is_empty(), "\n{}\n", breaches.join("\n"));
}

#[test]
fn every_rule_catches_its_breach() {
    for rule in RULES {
        for word in rule.forbidden {
            let text = format!("//! A file.\nfn f() {{ {word} ; }}\n");
            let path = format!("{}planted.rs", rule.within[0]);
            assert!(breaches(&path, &text).iter().any(|breach| breach.contains(rule.why)), "{word} passes in {path}");
        }
    }
    let tested = "//! A file.\n#[cfg(test)]\nmod tests {\n    fn f() { x.unwrap() }\n}\n";
    assert_eq!(breaches("src/server/planted.rs", tested), Vec::<String>::new());
    assert_eq!(
        breaches("src/server/planted.rs", "//! A file.\n// An .unwrap() that is spoken of.\nfn operand::x() {}\n"),
        Vec::<String>::new()
    );
    assert_eq!(breaches("src/planted.rs", "fn f() {}\n").len(), 1);
    assert_eq!(breaches("src/planted.rs", &"//! A line.\n".repeat(MOST_LINES + 1)).len(), 1);
}

fn breaches(path: &str, text: &str) -> Vec<String> {
    let mut breaches = Vec::new();
    if !text.starts_with("//!") {
        breaches.push(format!("{path}:1: a file opens with `//!`: what it is, what it guarantees, what it leaves out"));
    }
    let lines = text.lines().count();
    if lines > MOST_LINES {
        breaches.push(format!("{path}:{lines}: a file has at most {MOST_LINES} lines"));
    }
    let mut in_tests = path.starts_with("tests/") || path.contains("/tests/") || path.ends_with("tests.rs");
    let mut gated = false;
    for (index, line) in text.lines().enumerate() {
        in_tests |= gated && line.trim_start().starts_with("mod ") && line.ends_with('{');
        gated = line.trim() == "#[cfg(test)]";
        // The server describes the shared types from where they are declared.
        let code =
            if path.starts_with("src/protocol/") && DESCRIBED.iter().any(|how| line.trim().starts_with(how)) { "" } else { code_of(line) };
        for rule in RULES.iter().filter(|rule| rule.holds_in(path) && (rule.in_tests_too || !in_tests)) {
            for word in rule.forbidden.iter().filter(|word| contains_word(code, word)) {
                breaches.push(format!("{path}:{}: `{word}`: {}", index + 1, rule.why));
            }
        }
    }
    breaches
}

impl Rule {
    fn holds_in(&self, path: &str) -> bool {
        self.within.iter().any(|start| path.starts_with(start)) && !self.except.contains(&path)
    }
}

/// A line without its comment; notes of what is not done count wherever they stand.
fn code_of(line: &str) -> &str {
    let comment = if line.trim_start().starts_with("//") { line.find("//") } else { line.find(" // ") };
    let unfinished = ["TODO", "FIXME"].iter().any(|word| line.contains(word));
    comment.filter(|_| !unfinished).map_or(line, |at| &line[..at])
}

fn contains_word(text: &str, word: &str) -> bool {
    let is_word = |char: Option<char>| char.is_some_and(|char| char.is_alphanumeric() || char == '_');
    text.match_indices(word).any(|(at, found)| {
        let (before, after) = (text[..at].chars().next_back(), text[at + found.len()..].chars().next());
        let goes_on = (is_word(before) && is_word(word.chars().next())) || (is_word(after) && is_word(word.chars().next_back()));
        !goes_on
    })
}

/// Crates that are heavy or useless in a browser, with those that may bring them in all the same.
/// What Leptos brings is not called by our code, and the linker leaves it out.
const BANNED_IN_WASM: &[(&str, &[&str])] = &[
    ("regex", &["leptos_config"]),
    ("url", &["leptos_router", "server_fn"]),
    ("idna", &["url"]),
    ("chrono", &[]),
    ("jiff", &[]),
    ("leptos-use", &[]),
    ("pulldown-cmark", &[]),
    ("rand", &[]),
    ("reqwest", &[]),
    ("syntect", &[]),
    ("time", &[]),
    ("tokio", &[]),
    ("tracing", &[]),
    ("tracing-subscriber", &[]),
    ("validator", &[]),
];

#[test]
fn the_browser_carries_nothing_that_it_does_not_need() {
    let all = wasm_tree(&[]);
    assert!(all.iter().any(|(name, _)| name == "leptos"), "cargo tree shows nothing");
    for (name, version) in all {
        let Some((_, allowed)) = BANNED_IN_WASM.iter().find(|(banned, _)| *banned == name) else { continue };
        let parents = wasm_tree(&["--invert", &format!("{name}@{version}"), "--depth", "1"]);
        let unexpected: Vec<_> =
            parents.iter().map(|(parent, _)| parent).filter(|parent| **parent != name && !allowed.contains(&parent.as_str())).collect();
        assert!(unexpected.is_empty(), "{name} comes into the browser's wasm by {unexpected:?}");
    }
}

/// Name and version of the crates in the browser's build.
fn wasm_tree(arguments: &[&str]) -> BTreeSet<(String, String)> {
    let mut command = Command::new(env!("CARGO"));
    command.current_dir(env!("CARGO_MANIFEST_DIR")).args([
        "tree",
        "--locked",
        "--package",
        "livegen",
        "--target",
        "wasm32-unknown-unknown",
    ]);
    command.args(["--no-default-features", "--features", "hydrate", "--edges", "normal", "--prefix", "none", "--format", "{p}"]);
    let output = command.args(arguments).output().expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("cargo writes UTF-8");
    let packages = text.lines().filter_map(|line| line.split_once(" v"));
    packages.map(|(name, rest)| (name.to_owned(), rest.split_whitespace().next().unwrap_or_default().to_owned())).collect()
}

#[test]
fn what_is_written_twice_says_the_same() {
    let cargo: toml::Table = read("Cargo.toml").parse().expect("Cargo.toml is TOML");
    let leptos: toml::Table = read("Leptos.toml").parse().expect("Leptos.toml is TOML");
    let section = |table: &toml::Table| table["package"]["metadata"]["leptos"].clone();
    assert_eq!(section(&cargo), section(&leptos), "[package.metadata.leptos] of Cargo.toml and Leptos.toml");

    let site: toml::Table = read("scripts/site/Cargo.toml").parse().expect("scripts/site/Cargo.toml is TOML");
    assert_eq!(
        cargo["dependencies"]["wasm-bindgen"]["version"], site["dependencies"]["wasm-bindgen-cli-support"],
        "wasm-bindgen and what binds its wasm"
    );
}

#[test]
fn the_lock_file_of_npm_names_no_registry() {
    let path = "end2end/package-lock.json";
    assert!(
        !read(path).contains("\"resolved\""),
        "{path} names the registry it was made with; npm's omit-lockfile-registry-resolved leaves that out"
    );
}

fn rust_files() -> Vec<String> {
    let mut files = Vec::new();
    for folder in ["src", "tests", "benches", "scripts/site/src"] {
        collect(&root().join(folder), &mut files);
    }
    assert!(files.len() > 10, "the sources are not where they were: {files:?}");
    files.sort();
    files
}

fn collect(folder: &Path, files: &mut Vec<String>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for path in entries.map(|entry| entry.expect("a folder can be listed").path()) {
        // Templates are another project's code.
        if path.is_dir() && !path.ends_with("project/blueprints") {
            collect(&path, files);
        } else if path.is_file() && path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path.strip_prefix(root()).expect("under the root").display().to_string());
        }
    }
}

fn root() -> PathBuf {
    env!("CARGO_MANIFEST_DIR").into()
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}
