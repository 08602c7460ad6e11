//! What is read from descriptions, and what broken ones are told.

use super::read;
use crate::protocol::Problem;
use crate::server::generate::test_suite::model::{In, SecurityScheme, Style};
use crate::server::generate::test_suite::suite;

fn problem(text: &str) -> Problem {
    read(text).expect_err(text)
}

/// Each broken description, and where and how it is said to be broken.
#[test]
fn broken_descriptions_name_the_place() {
    let openapi = "openapi: 3.0.0\ninfo: {title: x, version: '1'}\n";
    for (text, place, words) in [
        ("", (None, None), "is empty"),
        ("  \n\t", (None, None), "is empty"),
        ("<!DOCTYPE html><html></html>", (None, None), "web page"),
        ("hello", (Some(""), None), "is an object"),
        ("42", (Some(""), None), "is an object"),
        ("asyncapi: 2.6.0\ninfo: {}\n", (Some("/asyncapi"), Some(1)), "AsyncAPI"),
        ("info: {}\n", (Some(""), None), "neither `openapi"),
        ("openapi: 4.0.0\npaths: {}\n", (Some("/openapi"), Some(1)), "version `4.0.0`"),
        ("swagger: '1.2'\npaths: {}\n", (Some("/swagger"), Some(1)), "version `1.2`"),
        ("openapi: 3.0.0\ninfo: {title: x}\npaths: {}\n", (Some("/paths"), Some(3)), "no operation"),
        ("openapi: 3.0.0\ninfo: {title: x}\n", (Some(""), None), "no `paths`"),
        ("openapi: 3.0.0\npaths: [a]\n", (Some("/paths"), Some(2)), "must be an object"),
        ("{\"openapi\": \"3.0.0\",\n \"paths\": {,}}", (None, Some(2)), "not valid JSON"),
        ("openapi: 3.0.0\npaths:\n  /a: {get: [}\n", (None, Some(3)), "not valid YAML"),
        ("openapi: 3.0.0\npaths: {}\npaths: {}\n", (None, Some(3)), "not valid YAML"),
    ] {
        let problem = problem(text);
        assert_eq!((problem.status, problem.slug()), (422, "invalid-description"), "{text}");
        let error = &problem.errors[0];
        assert_eq!(error.field, "description");
        assert!(error.message.contains(words), "{text}: {}", error.message);
        assert_eq!((error.pointer.as_deref(), error.line), place, "{text}: {}", error.message);
    }
    for (paths, pointer, line, words) in [
        ("paths:\n  /pets:\n    get:\n      parameters:\n        - {name: limit}\n", "/paths/~1pets/get/parameters/0", 5, "lacks `in`"),
        ("paths:\n  /pets:\n    get:\n      parameters:\n        - {in: query}\n", "/paths/~1pets/get/parameters/0", 5, "lacks `name`"),
        (
            "paths:\n  /pets:\n    get:\n      parameters:\n        - {in: body, name: x}\n",
            "/paths/~1pets/get/parameters/0",
            5,
            "not `body`",
        ),
        ("paths:\n  pets:\n    get: {}\n", "/paths/pets", 3, "begin with `/`"),
        ("paths:\n  /pets:\n    get: 5\n", "/paths/~1pets/get", 3, "must be an object"),
        (
            "paths:\n  /pets:\n    get:\n      responses: {'200': {$ref: '#/nowhere'}}\n",
            "/paths/~1pets/get/responses/200",
            4,
            "leads to nothing",
        ),
        ("paths:\n  /pets: {$ref: 'https://example.com/a.yaml'}\n", "/paths/~1pets", 2, "leads out of this document"),
    ] {
        let problem = problem(&format!("{openapi}{paths}"));
        let error = &problem.errors[0];
        assert_eq!(error.pointer.as_deref(), Some(pointer), "{paths}");
        assert_eq!(error.line, Some(line + 2), "{paths}");
        assert!(error.message.contains(words), "{paths}: {}", error.message);
        assert!(problem.detail.contains(&format!("Line {}", line + 2)), "{}", problem.detail);
    }
}

#[test]
fn all_faults_are_reported_at_once() {
    let problem = problem(
        "openapi: 3.0.0\npaths:\n  /a:\n    get:\n      parameters: [{name: a}, {in: query}, {in: query, name: c, schema: {$ref: '#/x'}}]\n",
    );
    assert_eq!(problem.errors.len(), 3, "{problem}");
    assert!(problem.detail.ends_with("2 more places need mending."), "{}", problem.detail);
}

/// The same API in three dialects.
const V31: &str = include_str!("../../../../../tests/fixtures/library-3.1.yaml");
const V30: &str = include_str!("../../../../../tests/fixtures/library-3.0.json");
const V20: &str = include_str!("../../../../../tests/fixtures/library-2.0.yaml");

#[test]
fn three_dialects_give_the_same_model() {
    for (text, dialect) in [(V31, "OpenAPI 3.1"), (V30, "OpenAPI 3.0"), (V20, "Swagger 2.0")] {
        let model = read(text).unwrap_or_else(|problem| panic!("{dialect}: {problem}"));
        assert_eq!(model.dialect, dialect);
        assert_eq!(model.title, "Library");
        assert_eq!(model.servers, ["https://library.example/v1"]);
        let keys: Vec<&str> = model.operations.iter().map(|operation| operation.key.as_str()).collect();
        assert_eq!(keys, ["findLoans", "lend", "GET /loans/{loanId}"], "{dialect}");
        let [find, lend, get] = model.operations.as_slice() else { panic!("{dialect}") };

        let states = &find.parameters[0];
        assert_eq!(
            (states.name.as_str(), states.place, states.style, states.explode, states.required),
            ("states", In::Query, Style::Plain, true, false)
        );
        let items = model.schemas.get(model.schemas.get(states.schema).items.unwrap());
        assert_eq!(items.values.as_ref().map(Vec::len), Some(3), "{dialect}");
        let weight = model.schemas.get(find.parameters[1].schema);
        assert!(weight.minimum.as_ref().is_some_and(|bound| bound.exclusive && bound.value.as_f64() == Some(0.0)), "{dialect}");
        assert_eq!(model.schemas.get(find.parameters[1].schema).maximum.as_ref().map(|bound| bound.exclusive), Some(false), "{dialect}");

        assert!(lend.needs_credentials() && !find.needs_credentials());
        let content = &lend.body.as_ref().unwrap().contents[0];
        assert_eq!(content.media_type, "application/json");
        let loan = model.schemas.get(content.schema.unwrap());
        assert_eq!(loan.required.iter().map(String::as_str).collect::<Vec<_>>(), ["book", "reader", "days"], "{dialect}: allOf is merged");
        let note = model.schemas.get(loan.properties["note"]);
        assert!(note.is_nullable(), "{dialect}");
        let renewed = model.schemas.get(loan.properties["renews"]);
        assert_eq!(renewed.name, model.schemas.get(content.schema.unwrap()).name, "{dialect}: a circle closes");

        assert_eq!(get.path_parameter("loanId").map(|parameter| parameter.required), Some(true));
        assert_eq!(get.successes(), [200]);
        assert_eq!(model.security_schemes, [("key".to_owned(), SecurityScheme::ApiKey { place: In::Header, name: "X-Key".into() })]);
    }
}

#[test]
fn json_and_yaml_of_one_document_give_the_same_suite() {
    let json = serde_json::to_string(&serde_json::from_str::<serde_json::Value>(V30).unwrap()).unwrap();
    // JSON is YAML, but a leading brace says JSON: a comment makes it YAML.
    let as_json = suite::generate(&json).unwrap();
    let as_yaml = suite::generate(&format!("# the same\n{json}")).unwrap();
    assert_eq!(as_json.files, as_yaml.files);
}

#[test]
fn yaml_keeps_texts_that_look_like_something_else() {
    let model = read(
        "openapi: 3.1.0\ninfo: {title: no, version: 1.0}\npaths:\n  /a:\n    get:\n      parameters:\n        - {name: on, in: query, schema: {type: string, enum: [yes, no, on, off, 09:00, 2026-01-01, ~]}}\n      responses: {200: {description: x}, default: {description: y}}\n",
    )
    .unwrap();
    assert_eq!(model.title, "no");
    let operation = &model.operations[0];
    assert_eq!(operation.parameters[0].name, "on");
    let values = model.schemas.get(operation.parameters[0].schema).values.clone().unwrap();
    let texts: Vec<Option<&str>> = values.iter().map(|value| value.text()).collect();
    assert_eq!(texts, [Some("yes"), Some("no"), Some("on"), Some("off"), Some("09:00"), Some("2026-01-01"), None]);
    assert_eq!(operation.responses[0].status, "200");
}
