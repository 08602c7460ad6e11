//! Source and paths that stay valid whatever names a description holds.

use std::collections::HashSet;

use proptest::prelude::*;

use super::{paths, python};
use crate::server::generate::test_suite::json::Json;
use crate::server::generate::test_suite::suite;

const BOOKSHOP: &str = include_str!("../../../../../public/samples/bookshop.yaml");

#[test]
fn a_file_reads_like_written_by_hand() {
    let suite = suite::generate(BOOKSHOP).unwrap();
    let file = suite.files.iter().find(|file| file.path == "bookshop-api-tests/tests/test_reviews.py").unwrap();
    insta::assert_snapshot!("test_reviews", String::from_utf8(file.content.clone()).unwrap());
}

#[test]
fn the_suite_is_complete_and_sorted() {
    let suite = suite::generate(BOOKSHOP).unwrap();
    let paths: Vec<&str> = suite.files.iter().map(|file| file.path.trim_start_matches("bookshop-api-tests/")).collect();
    assert_eq!(
        paths,
        [
            ".github/workflows/tests.yml",
            "README.md",
            "cases.json",
            "pyproject.toml",
            "requirements.txt",
            "tests/conftest.py",
            "tests/contract.json",
            "tests/support.py",
            "tests/test_authors.py",
            "tests/test_books.py",
            "tests/test_orders.py",
            "tests/test_reviews.py",
        ]
    );
    let cases = suite.files.iter().find(|file| file.path.ends_with("cases.json")).unwrap();
    let cases: serde_json::Value = serde_json::from_slice(&cases.content).unwrap();
    assert_eq!(cases.as_array().map(Vec::len), Some(suite.cases));
}

#[test]
fn literals_are_python() {
    let value = Json::Map(
        [
            ("a\"b'".to_owned(), Json::List(vec![Json::Null, Json::Bool(true), Json::from(1.5)])),
            ("line\nbreak\u{202e}\u{0}".to_owned(), Json::Text("\\".into())),
            ("long".to_owned(), Json::Text("x".repeat(500))),
            ("same".to_owned(), Json::List(vec![Json::from(7_i64); 9])),
        ]
        .into_iter()
        .collect(),
    );
    assert_eq!(
        python::literal(&value, 0, usize::MAX),
        r#"{"a\"b'": [None, True, 1.5], "line\nbreak\u202e\x00": "\\", "long": "x" * 500, "same": [7] * 9}"#
    );
    assert_eq!(python::identifier("class"), "class_");
    assert_eq!(python::docstring("a \"\"\" b\\\n\"c\""), "\"\"\"a ” b/ \"c\" \"\"\"");
}

/// What a Python string literal of ours means, read back by the rules of Python.
fn unquoted(literal: &str) -> Option<String> {
    let quote = literal.chars().next()?;
    let inner = literal.strip_prefix(quote)?.strip_suffix(quote)?;
    let mut out = String::new();
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        if c == quote || c == '\n' || c == '\r' {
            return None;
        }
        if c != '\\' {
            out.push(c);
            continue;
        }
        let digits = match chars.next()? {
            'n' => {
                out.push('\n');
                continue;
            }
            'r' => {
                out.push('\r');
                continue;
            }
            't' => {
                out.push('\t');
                continue;
            }
            'x' => 2,
            'u' => 4,
            'U' => 8,
            other => {
                out.push(other);
                continue;
            }
        };
        let code: String = chars.by_ref().take(digits).collect();
        out.push(char::from_u32(u32::from_str_radix(&code, 16).ok()?)?);
    }
    Some(out)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn strings_read_back_as_they_were(text in any::<String>()) {
        let literal = python::string(&text);
        if literal.contains(" * ") && text.chars().count() > 30 {
            return Ok(());
        }
        prop_assert_eq!(unquoted(&literal), Some(text));
    }

    #[test]
    fn prose_is_one_visible_line(text in any::<String>()) {
        let prose = python::prose(&text);
        let hidden = ['\u{2028}', '\u{202e}', '\u{feff}'];
        prop_assert!(!prose.contains(char::is_control) && !prose.contains(hidden));
        let docstring = python::docstring(&text);
        prop_assert!(docstring.len() >= 6 && docstring.ends_with("\"\"\"") && !docstring[3..docstring.len() - 3].contains("\"\"\"") && !docstring.contains('\\'));
        prop_assert!(!docstring[..docstring.len() - 3].ends_with('"') || docstring.len() == 6);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn file_names_are_plain_and_never_collide(texts in prop::collection::vec(hostile(), 1..6)) {
        let mut names = paths::Names::default();
        let mut seen = HashSet::new();
        for text in &texts {
            let stem = names.stem(text, "resource");
            prop_assert!(!stem.is_empty() && stem.len() <= 70, "{stem}");
            prop_assert!(stem.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_'), "{stem}");
            prop_assert!(!stem.starts_with(|c: char| c.is_ascii_digit()));
            prop_assert!(!["con", "nul", "aux", "prn", "com1", "lpt9"].contains(&stem.as_str()));
            prop_assert!(seen.insert(stem.to_lowercase()), "{stem} twice");
        }
        let folder = paths::folder(&texts[0]);
        prop_assert!(folder.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'), "{folder}");
    }
}

fn hostile() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[./\\\\:]{0,8}[a-z]{0,3}[. ]{0,3}",
        prop::sample::select(vec![
            "..",
            "../../x",
            "/etc/passwd",
            "C:\\x",
            "CON",
            "con",
            "Con",
            "nul.txt",
            "LPT9",
            "a\0b",
            "a ",
            "a.",
            "A",
            "a",
            "ä",
            "\u{202e}txt",
            "-",
            "",
            "1",
            "Straße",
            "STRASSE"
        ])
        .prop_map(str::to_owned),
    ]
}

/// Any node of a description may be anything: never a panic, never a hang.
#[test]
fn mutilated_descriptions_never_panic() {
    let original: serde_json::Value = serde_json::from_str(include_str!("../../../../../tests/fixtures/library-3.0.json")).unwrap();
    let mut pointers = Vec::new();
    collect(&original, String::new(), &mut pointers);
    let replacements = [
        serde_json::json!(null),
        serde_json::json!(true),
        serde_json::json!(-1.5),
        serde_json::json!("x"),
        serde_json::json!([]),
        serde_json::json!({}),
        serde_json::json!([[{}]]),
        serde_json::json!({"$ref": "#/components/schemas/Loan"}),
        serde_json::json!({"$ref": "#"}),
        serde_json::json!({"$ref": 5}),
        serde_json::json!(9_223_372_036_854_775_807_u64),
    ];
    let mut accepted = 0;
    for pointer in &pointers {
        for replacement in &replacements {
            let mut changed = original.clone();
            *changed.pointer_mut(pointer).unwrap() = replacement.clone();
            match suite::generate(&changed.to_string()) {
                Ok(suite) => {
                    accepted += 1;
                    suite.zip().unwrap();
                }
                Err(problem) => assert_eq!(problem.slug(), "invalid-description", "{pointer} = {replacement}"),
            }
        }
    }
    assert!(accepted > 200, "{accepted}");
}

fn collect(value: &serde_json::Value, pointer: String, pointers: &mut Vec<String>) {
    match value {
        serde_json::Value::Object(map) => {
            for (key, part) in map {
                collect(part, format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1")), pointers);
            }
        }
        serde_json::Value::Array(items) => {
            for (index, part) in items.iter().enumerate() {
                collect(part, format!("{pointer}/{index}"), pointers);
            }
        }
        _ => {}
    }
    pointers.push(pointer);
}
