//! Descriptions that want to harm: every one ends soon, on a small stack, with a clear error or a bounded result.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use crate::protocol::Problem;
use crate::server::generate::test_suite::suite::{self, Suite};

/// Unoptimised builds on a busy machine get more time; the bar of the optimised build is one second.
const LIMIT: Duration = if cfg!(debug_assertions) { Duration::from_secs(20) } else { Duration::from_secs(1) };
const STACK_BYTES: usize = 512 * 1024;

/// Reads the description on a small stack, within the time.
fn survive(name: &str, text: String) -> Result<usize, Problem> {
    timely(name, move || super::read(&text).map(|model| model.operations.len()))
}

/// The whole way, as a task would go it.
fn generate(text: String) -> Result<Suite, Problem> {
    timely("generating", move || suite::generate(&text))
}

/// Runs the work on a small stack. A busy machine may make it late, but not three times.
fn timely<T: Send + 'static>(name: &str, work: impl Fn() -> T + Send + 'static) -> T {
    let (result, times) = on_small_stack(move || {
        let mut times = Vec::new();
        loop {
            let start = Instant::now();
            let result = work();
            times.push(start.elapsed());
            if start.elapsed() < LIMIT || times.len() == 3 {
                return (result, times);
            }
        }
    });
    assert!(times.iter().any(|time| *time < LIMIT), "{name}: {times:?}");
    result
}

fn on_small_stack<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    // Debug frames are several times as large as the ones that are shipped.
    let stack = if cfg!(debug_assertions) { 8 * STACK_BYTES } else { STACK_BYTES };
    std::thread::Builder::new().stack_size(stack).spawn(work).unwrap().join().unwrap()
}

fn refused(name: &str, text: String) -> Problem {
    let problem = survive(name, text).expect_err(name);
    assert_eq!(problem.status, 422, "{name}");
    assert_eq!(problem.slug(), "invalid-description", "{name}");
    assert!(!problem.detail.is_empty() && problem.detail.len() < 1_000, "{name}: {}", problem.detail);
    problem
}

/// A description whose schemas are given; one operation sends and receives the schema `A0`.
fn with_schemas(schemas: &str) -> String {
    format!(
        r##"{{"openapi":"3.1.0","info":{{"title":"x","version":"1"}},"paths":{{"/a":{{"post":{{"requestBody":{{"required":true,"content":{{"application/json":{{"schema":{{"$ref":"#/components/schemas/A0"}}}}}}}},"responses":{{"200":{{"description":"x","content":{{"application/json":{{"schema":{{"$ref":"#/components/schemas/A0"}}}}}}}}}}}}}}}},"components":{{"schemas":{{{schemas}}}}}}}"##
    )
}

#[test]
fn yaml_bombs_are_refused() {
    let mut laughs = String::from("a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n");
    for level in 1..=9 {
        let previous = format!("*a{}", level - 1);
        let _ = writeln!(laughs, "a{level}: &a{level} [{}]", vec![previous; 9].join(", "));
    }
    refused("billion laughs", format!("openapi: 3.0.0\n{laughs}"));
    refused("alias to itself", "openapi: 3.0.0\na: &a [*a]\n".into());
    refused("fan-out", format!("openapi: 3.0.0\nx: &x [{}]\ny: [{}]\n", "1, ".repeat(1_000), "*x, ".repeat(10_000)));
    refused("merge bomb", format!("openapi: 3.0.0\nx: &x {{a: 1}}\ny:\n{}", "  - <<: *x\n".repeat(50_000)));
    refused("documents", "openapi: 3.0.0\n---\n".repeat(100_000));
    refused("flow depth", format!("openapi: 3.0.0\nx: {}", "[".repeat(100_000)));
    refused("block depth", {
        let mut text = String::from("openapi: 3.0.0\n");
        for depth in 0..1_000 {
            let _ = writeln!(text, "{}a:", " ".repeat(depth));
        }
        text
    });
    refused(
        "many keys",
        (0..450_000).fold(String::from("openapi: 3.0.0\n"), |mut text, index| {
            let _ = writeln!(text, "k{index}: 1");
            text
        }),
    );
}

#[test]
fn deep_and_odd_json_is_refused() {
    for depth in [127, 128, 129, 1_000_000] {
        let _ = survive("depth", format!("{{\"openapi\":\"3.0.0\",\"x\":{}{}}}", "[".repeat(depth), "]".repeat(depth)));
    }
    refused("a million deep", "[".repeat(1_000_000));
    refused("a million objects deep", "{\"a\":".repeat(1_000_000));
    let problem = refused("duplicate keys", "{\"openapi\": \"3.0.0\",\n \"paths\": {},\n \"paths\": {}}".into());
    assert_eq!(problem.errors[0].line, Some(3));
    assert!(problem.detail.contains("\"paths\" stands here twice"), "{}", problem.detail);
    refused("huge number", "{\"openapi\": \"3.0.0\", \"x\": 1e400}".into());
    refused("huge number in YAML", "openapi: 3.0.0\nx: 1e400\n".into());
    refused("lone surrogate", "{\"openapi\": \"3.0.0\", \"x\": \"\\ud800\"}".into());
    refused("too many values", format!("{{\"openapi\":\"3.0.0\",\"x\":[{}1]}}", "1,".repeat(1_000_000)));
    let mut good = with_schemas(r#""A0":{"type":"object","properties":{"__proto__":{"type":"string"},"constructor":{"type":"integer"}}}"#);
    good.insert(0, '\u{feff}');
    assert_eq!(survive("BOM and prototype names", good), Ok(1));
}

#[test]
fn reference_bombs_end() {
    // 2^40 leaves, were they copied.
    let mut tree = String::new();
    for level in 0..40 {
        let _ = write!(
            tree,
            r##""A{level}":{{"type":"object","required":["l","r"],"properties":{{"l":{{"$ref":"#/components/schemas/A{0}"}},"r":{{"$ref":"#/components/schemas/A{0}"}}}}}},"##,
            level + 1
        );
    }
    let suite = generate(with_schemas(&format!(r#"{tree}"A40":{{"type":"string"}}"#))).unwrap();
    assert!(suite.skipped > 0);

    let mut lists = String::new();
    for level in 0..40 {
        let _ = write!(
            lists,
            r##""A{level}":{{"allOf":[{{"$ref":"#/components/schemas/A{0}"}},{{"$ref":"#/components/schemas/A{0}"}}],"anyOf":[{{"$ref":"#/components/schemas/A{0}"}},{{"$ref":"#/components/schemas/A{0}"}},{{"type":"object"}}]}},"##,
            level + 1
        );
    }
    generate(with_schemas(&format!(r#"{lists}"A40":{{"type":"object"}}"#))).unwrap();

    let problem = refused("to itself", with_schemas(r##""A0":{"$ref":"#/components/schemas/A0"}"##));
    assert!(problem.detail.contains("circle"), "{}", problem.detail);
    refused("to each other", with_schemas(r##""A0":{"$ref":"#/components/schemas/B"},"B":{"$ref":"#/components/schemas/A0"}"##));
    for reference in ["file:///etc/passwd", "http://169.254.169.254/latest", "other.yaml#/A", "#/components/schemas/Nowhere", "#anchor"] {
        let problem = refused(reference, with_schemas(&format!(r#""A0":{{"$ref":"{reference}"}}"#)));
        assert_eq!(problem.errors[0].pointer.as_deref(), Some("/components/schemas/A0"), "{reference}");
    }
    for (name, schemas) in [
        ("recursive", r##""A0":{"type":"object","properties":{"next":{"$ref":"#/components/schemas/A0"}}}"##),
        ("required recursive", r##""A0":{"type":"object","required":["next"],"properties":{"next":{"$ref":"#/components/schemas/A0"}}}"##),
        ("recursive choice", r##""A0":{"oneOf":[{"$ref":"#/components/schemas/A0"},{"type":"string"}]}"##),
        (
            "recursive allOf",
            r##""A0":{"allOf":[{"$ref":"#/components/schemas/A0"},{"type":"object","properties":{"a":{"type":"integer"}}}]}"##,
        ),
        (
            "crossed allOf",
            r##""A0":{"allOf":[{"$ref":"#/components/schemas/B"},{"$ref":"#/components/schemas/C"}]},"B":{"properties":{"x":{"$ref":"#/components/schemas/A0"}}},"C":{"properties":{"x":{"$ref":"#/components/schemas/B"}}}"##,
        ),
        ("list of itself", r##""A0":{"type":"array","minItems":1,"items":{"$ref":"#/components/schemas/A0"}}"##),
        ("map of itself", r##""A0":{"type":"object","additionalProperties":{"$ref":"#/components/schemas/A0"},"minProperties":1}"##),
    ] {
        assert!(generate(with_schemas(schemas)).is_ok(), "{name}");
    }
    let many = (0..10_000).fold(String::new(), |mut text, index| {
        let _ = write!(text, r##","p{index}":{{"$ref":"#/components/schemas/B"}}"##);
        text
    });
    generate(with_schemas(&format!(r#""A0":{{"type":"object","properties":{{"a":{{"type":"string"}}{many}}}}},"B":{{"type":"object","properties":{{"b":{{"type":"string"}}}}}}"#))).unwrap();
}

#[test]
fn evil_patterns_cost_nothing() {
    let patterns = [
        "(a+)+$",
        "(.*a){25}",
        "(?=(a+))\\\\1",
        "\\\\w{200000}",
        "(?:a{1000}){1000}",
        "\\\\p{L}{500}",
        "((((((((((a*)*)*)*)*)*)*)*)*)*)*",
        "(a|a)*$",
        "(a|aa)+$",
        "([a-zA-Z]+)*$",
        "^(([a-z])+.)+[A-Z]([a-z])+$",
        "(",
        "[",
        "*",
        "a{99999999999}",
        "(?<name>a)\\\\k<name>",
        "(?!x)",
        "\\\\",
        "[^]",
        "(?R)",
        "x{0,65535}{0,65535}",
    ];
    let deep = format!("{}a{}", "(".repeat(500), ")".repeat(500));
    let long = "a?".repeat(20_000);
    for pattern in patterns.iter().copied().chain([deep.as_str(), long.as_str()]) {
        let text = with_schemas(&format!(
            r#""A0":{{"type":"object","required":["p"],"properties":{{"p":{{"type":"string","minLength":2000,"maxLength":60000,"pattern":"{pattern}"}},"q":{{"type":"string","pattern":"{pattern}"}}}}}}"#
        ));
        generate(text).unwrap_or_else(|problem| panic!("{pattern}: {problem}"));
    }
}

#[test]
fn large_numbers_of_everything_are_bounded() {
    let values = (0..100_000).map(|index| format!("\"v{index}\"")).collect::<Vec<_>>().join(",");
    let suite = generate(with_schemas(&format!(
        r#""A0":{{"type":"object","required":["e"],"properties":{{"e":{{"type":"string","enum":[{values}]}}}}}}"#
    )))
    .unwrap();
    assert!(suite.cases < 100, "{}", suite.cases);
    let bounds = r#""A0":{"type":"object","required":["a","b","c"],"properties":{"a":{"type":"string","minLength":1,"maxLength":1e15},"b":{"type":"array","items":{"type":"string"},"minItems":0,"maxItems":1000000000},"c":{"type":"integer","minimum":-9223372036854775808,"maximum":18446744073709551615}}}"#;
    let zip = generate(with_schemas(bounds)).unwrap().zip().unwrap();
    assert!(zip.len() < 200_000, "{}", zip.len());
    refused("endless wish", with_schemas("\"A0\":{\"type\":\"array\",\"items\":5}"));
    assert!(generate(with_schemas(r#""A0":{"type":"array","minItems":1000000000,"items":{"type":"string"}}"#)).is_ok());
    let paths = (0..5_001).fold(String::new(), |mut text, index| {
        let _ = write!(text, r#""/p{index}":{{"get":{{"responses":{{}}}}}},"#);
        text
    });
    let problem = refused(
        "too many operations",
        format!(r#"{{"openapi":"3.0.0","info":{{"title":"x","version":"1"}},"paths":{{{}}}}}"#, paths.trim_end_matches(',')),
    );
    assert!(problem.detail.contains("5000 operations"), "{}", problem.detail);
    let parameters = (0..25_000).fold(String::new(), |mut text, index| {
        let _ = write!(text, r#"{{"name":"p{index}","in":"query","schema":{{}}}},"#);
        text
    });
    let one = |inside: &str| {
        format!(r#"{{"openapi":"3.0.0","info":{{"title":"x","version":"1"}},"paths":{{"/a":{{"get":{{{inside},"responses":{{}}}}}}}}}}"#)
    };
    let problem = refused("too many parameters", one(&format!(r#""parameters":[{}]"#, parameters.trim_end_matches(','))));
    assert!(problem.detail.contains("300 parameters"), "{}", problem.detail);
    let names = (0..70_000).map(|index| format!("\"r{index}\"")).collect::<Vec<_>>().join(",");
    let suite = generate(with_schemas(&format!(r#""A0":{{"type":"object","required":[{names}]}}"#))).unwrap();
    assert!(suite.skipped > 0);
    let same = (0..4_000).fold(String::new(), |mut text, index| {
        let _ = write!(
            text,
            r#""/s{index}/{{id}}":{{"get":{{"operationId":"{}","tags":["{}"],"responses":{{}}}}}},"#,
            "-".repeat(index % 50),
            ".".repeat(index)
        );
        text
    });
    generate(format!(r#"{{"openapi":"3.0.0","info":{{"title":"x","version":"1"}},"paths":{{{}}}}}"#, same.trim_end_matches(','))).unwrap();
    let key = "k".repeat(1_000_000);
    assert_eq!(
        survive(
            "long keys",
            with_schemas(&format!(r#""A0":{{"type":"object","properties":{{"{key}":{{"type":"strange","minLength":-1}}}}}}"#))
        ),
        Ok(1)
    );
}
