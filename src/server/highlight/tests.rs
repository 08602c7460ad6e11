//! Colours that say what a thing is, on every language that a suite holds, in bounded time.

use std::fmt::Write as _;

use proptest::prelude::*;

use super::*;

/// Time enough for a slow build on a busy machine, where regular expressions are compiled at first use.
const PATIENT: Duration = Duration::from_mins(1);

/// What the spans of a view say, put together.
fn text_of(view: &FileView) -> String {
    let lines: Vec<String> = view.lines.iter().map(|line| line.iter().map(|span| span.text.as_str()).collect()).collect();
    lines.join("\n")
}

/// `class:text` of every coloured span that is not punctuation.
fn coloured(path: &str, content: &str) -> Vec<String> {
    let view = highlight_within(PATIENT, path, content.as_bytes());
    assert_eq!(text_of(&view), content.trim_end_matches('\n'));
    let spans = view.lines.into_iter().flatten();
    spans
        .filter(|span| !matches!(span.class.as_str(), "" | "punctuation"))
        .map(|span| format!("{}:{}", span.class, span.text.trim()))
        .collect()
}

#[track_caller]
fn check(path: &str, content: &str, expected: &[&str]) {
    assert_eq!(coloured(path, content), expected, "{path}");
}

#[test]
fn python() {
    check(
        "tests/test_pets.py",
        "import os  # why\n@fixture\nclass Pets(Base):\n    def test(self, x: int = 1) -> None:\n        \"\"\"Doc.\"\"\"\n        return f\"a{x}\\n\" and not None\n",
        &[
            "keyword:import",
            "comment:# why",
            "function:@fixture",
            "keyword:class",
            "type:Pets",
            "type:Base",
            "keyword:def",
            "function:test",
            "type:int",
            "number:1",
            "constant:None",
            "comment:\"\"\"Doc.\"\"\"",
            "keyword:return",
            "string:f\"a",
            "constant:\\n",
            "string:\"",
            "keyword:and not",
            "constant:None",
        ],
    );
}

#[test]
fn data_and_settings() {
    check(
        "a.json",
        r#"{"a": [1, true, "x\n", {"b": null}]}"#,
        &["attribute:\"a\"", "number:1", "constant:true", "string:\"x", "constant:\\n", "string:\"", "attribute:\"b\"", "constant:null"],
    );
    check(
        "openapi.YAML",
        "# c\npaths:\n  /pets: {x: 1}\nd: \"x\"\n",
        &["comment:# c", "attribute:paths", "attribute:/pets", "attribute:x", "number:1", "attribute:d", "string:\"x\""],
    );
    check(
        "pyproject.toml",
        "[project]\nname = \"a # b\" # c\nversion = 1.5\ndeps = [\"x\", 'y']\nurl = http://x/#y\non = true\n",
        &[
            "heading:[project]",
            "attribute:name",
            "string:\"a # b\"",
            "comment:# c",
            "attribute:version",
            "number:1.5",
            "attribute:deps",
            "string:\"x\"",
            "string:'y'",
            "attribute:url",
            "attribute:on",
            "constant:true",
        ],
    );
    check(
        ".env.example",
        "; c\nBASE_URL=http://127.0.0.1:8080\nTOKEN=\"a\\\"b\n",
        &["comment:; c", "attribute:BASE_URL", "attribute:TOKEN", "string:\"a\\\"b"],
    );
    check("requirements.txt", "# pinned\nhttpx==0.28.1\n", &["comment:# pinned", "attribute:httpx", "number:0.28.1"]);
}

#[test]
fn documents_and_scripts() {
    check("README.md", "# Title\n`code` and text\n", &["heading:# Title", "string:`code`"]);
    check(
        "run.sh",
        "if true; then echo \"hi\"; fi # c\n",
        &["keyword:if", "function:true", "keyword:; then", "function:echo", "string:\"hi\"", "keyword:; fi", "comment:# c"],
    );
    check("Dockerfile", "# c\nRUN pip install\n", &["comment:# c", "function:RUN"]);
    check("index.html", "<!-- c --><p class=\"a\">x</p>\n", &["comment:<!-- c -->", "attribute:p class", "string:\"a\"", "attribute:p"]);
    check("a.rs", "fn f() -> u8 { \"a\" }\n", &["keyword:fn", "function:f", "keyword:u8", "string:\"a\""]);
    check("a.sql", "select 1 -- c\n", &["keyword:select", "number:1", "comment:-- c"]);
    for path in ["a.ts", "a.js"] {
        check(path, "const f = `a`; // c\n", &["keyword:const", "string:`a`", "comment:// c"]);
    }
    check("notes.txt", "if 1 then \"x\" # no\n", &[]);
    check("LICENSE", "class A\n", &[]);
}

#[test]
fn every_language_that_is_named_is_there() {
    for path in [
        "a.sh", "Makefile", "a.py", "a.js", "a.json", "a.yaml", "a.md", "a.html", "a.xml", "a.css", "a.rs", "a.sql", "a.go", "a.java",
        "a.rb", "a.php", "a.c", "a.cpp", "a.cs", "a.diff",
    ] {
        let name = syntax_name(path).unwrap();
        assert!(find_syntax(name).is_some(), "{path}: {name}");
    }
}

#[test]
fn lines_end_where_people_see_them_end() {
    let lines = |content: &str| highlight("a.txt", content.as_bytes()).lines.iter().map(Vec::len).collect::<Vec<_>>();
    assert_eq!(lines(""), [0; 0]);
    assert_eq!(lines("a"), [1]);
    assert_eq!(lines("a\n"), [1]);
    assert_eq!(lines("\n\na\r\n\r\n"), [0, 0, 1, 0]);
    assert_eq!(text_of(&highlight("a.py", b"x = 1\r\ny\r= 2\r\n")), "x = 1\ny\u{240d}= 2");
}

#[test]
fn what_is_not_text_is_binary() {
    for content in [b"a\0b".as_slice(), b"\xff\xfe", b"caf\xe9", b"\xe2\x82"] {
        let view = highlight("a.py", content);
        assert!(view.binary && view.lines.is_empty() && !view.truncated, "{content:?}");
    }
}

#[test]
fn long_files_are_cut() {
    let view = highlight("a.txt", "x\n".repeat(MAX_LINES + 1).as_bytes());
    assert_eq!((view.lines.len(), view.truncated), (MAX_LINES, true));
    let view = highlight("a.txt", "x\n".repeat(MAX_LINES).as_bytes());
    assert_eq!((view.lines.len(), view.truncated), (MAX_LINES, false));

    // The limit falls into the middle of a character.
    let content = format!("a{}", "é".repeat(MAX_BYTES));
    let view = highlight("a.txt", content.as_bytes());
    assert_eq!((view.binary, view.truncated, text_of(&view).len()), (false, true, MAX_BYTES - 1));
}

#[test]
fn long_lines_are_plain_and_the_rest_is_not() {
    let content = format!("x = '{}'\nimport os\n", "é".repeat(MAX_LINE_CHARS));
    let view = highlight_within(PATIENT, "a.py", content.as_bytes());
    assert_eq!(view.lines[0].len(), 1);
    assert_eq!(view.lines[1][0], Span { class: "keyword".into(), text: "import ".into() });
    let content = format!("x = '{}'\n", "é".repeat(MAX_LINE_CHARS - 7));
    assert!(highlight_within(PATIENT, "a.py", content.as_bytes()).lines[0].len() > 1);
}

/// What finding a span's class costs depends on the parser's own limit of nesting: 100 contexts in syntect 5.3.
#[test]
fn nesting_stays_shallow() {
    for (path, unit) in [("a.json", "{\"a\":\n"), ("a.py", "[\n"), ("a.js", "(["), ("a.rs", "{\n"), ("a.html", "<script>{")] {
        let mut state = (ParseState::new(find_syntax(syntax_name(path).unwrap()).unwrap()), ScopeStack::new());
        for _ in 0..1000 {
            paint_by_syntax(&mut state, unit, shown(unit)).unwrap();
        }
        assert!(state.1.len() <= 300, "{path}: {}", state.1.len());
    }
}

/// Hostile files: they must come back whole, and soon. The bound is far from the budget because the tests' build is slow.
#[test]
fn hostile_files_are_bounded() {
    let nested = "[".repeat(1900) + "\n";
    for (name, path, content) in [
        ("brackets", "a.py", nested.repeat(500)),
        ("braces", "a.json", "{\"a\":".repeat(200_000)),
        ("deep JSON by line", "a.json", "{\"a\":\n".repeat(170_000)),
        ("tokens", "a.js", "a+1;".repeat(450).add_line().repeat(580)),
        ("settings", "a.toml", "a=1,".repeat(450).add_line().repeat(580)),
        ("emphasis", "a.md", "*_`[(".repeat(390).add_line().repeat(530)),
        ("quotes", "a.yaml", "'\"".repeat(900).add_line().repeat(570)),
        ("tags", "a.html", "<a <b ".repeat(330).add_line().repeat(520)),
        ("one line", "a.py", "x".repeat(MAX_BYTES)),
        ("blank lines", "a.py", "\n".repeat(MAX_BYTES)),
    ] {
        let started = Instant::now();
        let view = highlight(path, content.as_bytes());
        let elapsed = started.elapsed();
        let spans: usize = view.lines.iter().map(Vec::len).sum();
        println!("{name}: {} lines, {spans} spans in {elapsed:?}", view.lines.len());
        assert!(content.starts_with(text_of(&view).trim_end_matches('\n')), "{name}");
        assert!(spans <= MAX_SPANS + MAX_LINE_CHARS + MAX_LINES, "{name}: {spans}");
        assert!(elapsed < Duration::from_secs(20), "{name}: {elapsed:?}");
    }
}

trait AddLine {
    fn add_line(self) -> String;
}

impl AddLine for String {
    fn add_line(mut self) -> String {
        self.push('\n');
        self
    }
}

#[test]
fn a_thousand_lines_of_python() {
    let mut content = String::new();
    for i in 0..200 {
        let _ = write!(
            content,
            "def test_get_pet_{i}(client: httpx.Client) -> None:\n    \"\"\"GET /pets/{{id}} answers 200.\"\"\"\n    response = client.get(\"/pets/{i}\", params={{\"limit\": {i}}})\n    assert response.status_code == 200, response.text  # documented\n\n"
        );
    }
    LazyLock::force(&SYNTAXES);
    let started = Instant::now();
    let view = highlight_within(PATIENT, "test_pets.py", content.as_bytes());
    println!("{} lines of Python in {:?}", view.lines.len(), started.elapsed());
    assert_eq!(text_of(&view), content.trim_end_matches('\n').to_owned() + "\n");
}

proptest! {
    #[test]
    fn spans_put_together_are_the_text(
        path in prop::sample::select(vec!["a.py", "a.json", "a.yaml", "a.md", "a.toml", "a.sh", "a.html", "a.js", "Dockerfile", "a.sql", "a.rs", "a.txt"]),
        content in "([a-z0-9 \"'#=:{}\\[\\]()<>/\\\\*`é€😀.,;-]|\\n|\\t|def |class |\\$\\{|\"\"\"|\\PC){0,120}",
    ) {
        prop_assume!(!content.contains('\r'));
        let view = highlight(path, content.as_bytes());
        prop_assert!(!view.binary && !view.truncated);
        prop_assert_eq!(text_of(&view), content.strip_suffix('\n').unwrap_or(&content));
        for span in view.lines.iter().flatten() {
            prop_assert!(!span.text.is_empty());
            prop_assert!(matches!(
                span.class.as_str(),
                "" | "comment" | "string" | "number" | "keyword" | "function" | "type" | "attribute" | "constant" | "heading" | "punctuation"
            ));
        }
    }
}
