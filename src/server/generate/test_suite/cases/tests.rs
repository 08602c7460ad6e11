//! Values, patterns and the guards against cases that would fail correct servers.

use super::conforms::{self, Verdict};
use super::sample::{self, Fill};
use super::{Case, Fixture, Fixtures, Kind, Oracle, Plan, Source, format, pattern, plan, references, valid};
use crate::server::generate::test_suite::description::read;
use crate::server::generate::test_suite::json::Json;
use crate::server::generate::test_suite::model::Model;
use crate::server::generate::test_suite::suite::Prepared;

/// A model with one operation that sends this schema.
fn model(schema: &str) -> Model {
    read(&format!("openapi: 3.1.0\ninfo: {{title: x, version: '1'}}\npaths:\n  /a:\n    post:\n      requestBody: {{required: true, content: {{application/json: {{schema: {schema}}}}}}}\n      responses: {{'201': {{description: x}}}}\n")).unwrap_or_else(|problem| panic!("{schema}: {problem}"))
}

fn json(text: &str) -> Json {
    fn convert(value: &serde_json::Value) -> Json {
        match value {
            serde_json::Value::Null => Json::Null,
            serde_json::Value::Bool(value) => Json::Bool(*value),
            serde_json::Value::Number(value) => Json::Number(value.clone()),
            serde_json::Value::String(value) => Json::from(value.as_str()),
            serde_json::Value::Array(items) => Json::List(items.iter().map(convert).collect()),
            serde_json::Value::Object(map) => Json::Map(map.iter().map(|(key, value)| (key.clone(), convert(value))).collect()),
        }
    }
    convert(&serde_json::from_str(text).unwrap())
}

fn body_schema(model: &Model) -> crate::server::generate::test_suite::schema::SchemaId {
    model.operations[0].body.as_ref().unwrap().contents[0].schema.unwrap()
}

#[test]
fn values_are_told_apart() {
    use Verdict::{Invalid, Unknown, Valid};
    for (schema, value, verdict) in [
        ("{type: integer}", "1", Valid),
        ("{type: integer}", "1.0", Valid),
        ("{type: integer}", "1.5", Invalid),
        ("{type: integer}", "\"1\"", Invalid),
        ("{type: [string, 'null']}", "null", Valid),
        ("{type: string}", "null", Invalid),
        ("{type: integer, minimum: 9007199254740993}", "9007199254740992", Invalid),
        ("{type: integer, minimum: 9007199254740993}", "9007199254740993", Valid),
        ("{type: number, exclusiveMaximum: 5}", "5", Invalid),
        ("{type: number, multipleOf: 0.01}", "19.99", Valid),
        ("{type: number, multipleOf: 0.5}", "0.7", Invalid),
        ("{type: string, format: date}", "\"2024-02-29\"", Valid),
        ("{type: string, format: date}", "\"2023-02-29\"", Invalid),
        ("{type: string, format: isbn}", "\"whatever\"", Unknown),
        ("{type: string, pattern: '^a+$'}", "\"b\"", Invalid),
        ("{type: string, pattern: '(?=a)b'}", "\"b\"", Unknown),
        ("{type: string, maxLength: 2}", "\"🦀🦀\"", Valid),
        ("{enum: [a, 1]}", "1.0", Valid),
        ("{oneOf: [{type: integer}, {type: string}]}", "true", Invalid),
        ("{oneOf: [{type: integer}, {type: number}]}", "1", Unknown),
        ("{anyOf: [{type: integer}, {type: number}]}", "1", Valid),
        ("{type: object, required: [a], properties: {a: {type: string, readOnly: true}}}", "{}", Valid),
        ("{type: object, additionalProperties: false, properties: {a: {}}}", "{\"b\": 1}", Invalid),
        ("{type: object, additionalProperties: false, patternProperties: {'^b': {}}}", "{\"b\": 1}", Unknown),
        ("{not: {type: string}}", "1", Unknown),
        ("false", "1", Invalid),
        ("{type: array, uniqueItems: true}", "[1, 1.0]", Invalid),
    ] {
        let model = model(schema);
        assert_eq!(conforms::check(&model.schemas, body_schema(&model), &json(value)), verdict, "{value} for {schema}");
    }
}

/// A pattern cannot say that a text which is a number is not below zero.
#[test]
fn an_alternative_is_tried_with_the_example_that_fits_it() {
    let model = model("{anyOf: [{type: string, pattern: '^-?[0-9]{1,9}$'}, {type: boolean}], examples: ['13', {a: 1}]}");
    let variations = valid::variations(&model.schemas, body_schema(&model), "price", &json("false"));
    assert_eq!(variations.iter().map(|variation| &variation.value).next(), Some(&json("\"13\"")), "{variations:?}");
    assert_eq!(variations.len(), 2, "an alternative without an example has a value all the same: {variations:?}");
}

#[test]
fn a_value_is_made_for_every_satisfiable_schema() {
    for schema in [
        "{type: string, minLength: 40, maxLength: 41}",
        "{type: string, pattern: '^[A-Z]{3}-[0-9]{4}$'}",
        "{type: string, pattern: '^(?:[a-z]+\\.)+[a-z]{2,}$', minLength: 20}",
        "{type: string, pattern: '^\\d{5}(-\\d{4})?$'}",
        "{type: string, pattern: '^([01]\\d|2[0-3]):?([0-5]\\d)$'}",
        "{type: number, exclusiveMinimum: 0, exclusiveMaximum: 1}",
        "{type: integer, minimum: 101, multipleOf: 25}",
        "{type: integer, maximum: -5}",
        "{type: array, minItems: 3, uniqueItems: true, items: {type: string, enum: [a, b, c]}}",
        "{type: array, minItems: 3, uniqueItems: true, items: {type: integer, minimum: 5}}",
        "{type: object, minProperties: 2, additionalProperties: {type: integer}}",
        "{type: object, required: [a, b], properties: {a: {const: x}}, additionalProperties: {type: boolean}}",
        "{oneOf: [{type: object, required: [k], properties: {k: {const: a}}}, {type: object, required: [k, v], properties: {k: {const: b}, v: {type: integer}}}]}",
        "{allOf: [{type: object, required: [a], properties: {a: {type: integer, minimum: 3}}}, {properties: {a: {maximum: 3}}}]}",
        "{type: object, required: [k], properties: {k: {type: string}}, anyOf: [{required: [x], properties: {x: {type: integer}}}, {required: [y]}]}",
        "{type: [string, 'null'], enum: [null, a]}",
        "{}",
        "true",
    ] {
        let model = model(schema);
        let value = sample::sample(&model.schemas, body_schema(&model), Fill::All, None).unwrap_or_else(|why| panic!("{schema}: {why}"));
        assert_eq!(conforms::check(&model.schemas, body_schema(&model), &value), Verdict::Valid, "{schema}: {value:?}");
    }
    for (schema, words) in [
        ("{type: integer, minimum: 5, maximum: 4}", "no number"),
        ("{type: string, pattern: '(?=x)y'}", "pattern"),
        ("{allOf: [{type: string}, {type: integer}]}", "nothing can satisfy"),
        ("{type: array, minItems: 100000, items: {type: string}}", "list of 100000"),
    ] {
        let model = model(schema);
        let why = sample::sample(&model.schemas, body_schema(&model), Fill::All, None).expect_err(schema);
        assert!(why.contains(words), "{schema}: {why}");
    }
}

#[test]
fn every_invalid_variation_is_invalid_and_every_valid_one_valid() {
    let description = include_str!("../../../../../public/samples/bookshop.yaml");
    let prepared = Prepared::new(description).unwrap();
    let mut checked = 0;
    for index in 0..prepared.model.operations.len() {
        let operation = &prepared.model.operations[index];
        let Some(schema) = operation.body.as_ref().and_then(|body| body.contents[0].schema) else { continue };
        for case in prepared.operation(index).cases {
            let super::Payload::Json { value, .. } = &case.request.payload else { continue };
            let verdict = conforms::check(&prepared.model.schemas, schema, value);
            let about_body = !case.reason.contains("parameter")
                && !case.reason.contains("X-Order-Channel")
                && case.request.path_text().split('/').all(|part| part != "not-a-uuid");
            match case.oracle {
                Oracle::Conforms { .. } => assert_ne!(verdict, Verdict::Invalid, "{}", case.id),
                Oracle::Refuses if about_body => assert_eq!(verdict, Verdict::Invalid, "{}", case.id),
                _ => continue,
            }
            checked += 1;
        }
    }
    assert!(checked > 150, "{checked}");
}

/// Cases of the first operation of a description with these parameters.
fn parameter_cases(parameters: &str) -> Vec<Case> {
    let text = format!(
        "openapi: 3.0.0\ninfo: {{title: x, version: '1'}}\npaths:\n  /a:\n    get:\n      parameters: [{parameters}]\n      responses: {{'200': {{description: x}}}}\n"
    );
    Prepared::new(&text).unwrap_or_else(|problem| panic!("{parameters}: {problem}")).operation(0).cases
}

fn names(cases: &[Case], kind: Kind) -> Vec<&str> {
    cases.iter().filter(|case| case.kind == kind).map(|case| case.name.as_str()).collect()
}

#[test]
fn what_becomes_valid_as_text_is_no_negative_case() {
    let cases = parameter_cases("{name: q, in: query, schema: {type: string}}");
    assert_eq!(names(&cases, Kind::WrongType), Vec::<&str>::new(), "every text is a text");
    let cases = parameter_cases("{name: q, in: query, schema: {type: array, items: {type: string}}}");
    assert_eq!(names(&cases, Kind::WrongType), Vec::<&str>::new(), "one text is a list of one");
    let cases = parameter_cases("{name: n, in: query, schema: {type: integer, nullable: true}}");
    assert_eq!(names(&cases, Kind::WrongType), ["n_of_wrong_type", "n_with_fraction"]);
    let cases = parameter_cases("{name: n, in: query, schema: {oneOf: [{type: integer}, {type: string}]}}");
    assert_eq!(names(&cases, Kind::WrongType), Vec::<&str>::new());
    let cases = parameter_cases("{name: f, in: query, schema: {type: string, format: isbn}}");
    assert_eq!(names(&cases, Kind::BadFormat), Vec::<&str>::new(), "unknown formats are no constraint");
    let cases = parameter_cases("{name: n, in: query, required: true, schema: {type: integer, default: 3}}");
    assert_eq!(names(&cases, Kind::Missing), Vec::<&str>::new(), "a default may stand in");
    let cases = parameter_cases("{name: Authorization, in: header, required: true, schema: {type: string}}");
    assert_eq!(names(&cases, Kind::Missing), Vec::<&str>::new(), "reserved header");
    let cases = parameter_cases("{name: authorId, in: query, schema: {type: integer}}");
    assert!(cases.iter().any(|case| case.name == "with_author_id" && case.skip.is_some()), "needs data that nobody here knows");
}

#[test]
fn cases_are_unique_and_bounded() {
    let description = include_str!("../../../../../public/samples/bookshop.yaml");
    let prepared = Prepared::new(description).unwrap();
    let mut ids = std::collections::HashSet::new();
    for index in 0..prepared.model.operations.len() {
        let plan = prepared.operation(index);
        assert!(plan.cases.len() <= super::MAX_CASES);
        for case in &plan.cases {
            assert!(ids.insert(case.id.clone()), "{}", case.id);
        }
        assert!(plan.cases.is_sorted_by_key(|case| case.kind));
    }
}

#[test]
fn one_undocumented_method_per_path_that_no_other_template_takes() {
    let text = "openapi: 3.0.0\ninfo: {title: x, version: '1'}\npaths:\n  /a/{id}:\n    patch: {responses: {'200': {description: x}}}\n    put: {responses: {'200': {description: x}}}\n  /a/search:\n    get: {responses: {'200': {description: x}}}\n";
    let prepared = Prepared::new(text).unwrap();
    let methods: Vec<Vec<String>> = (0..3)
        .map(|index| {
            prepared
                .operation(index)
                .cases
                .into_iter()
                .filter(|case| case.kind == Kind::UndocumentedMethod)
                .map(|case| case.request.method)
                .collect()
        })
        .collect();
    assert_eq!(methods, [vec!["DELETE".to_owned()], vec![], vec!["DELETE".to_owned()]]);
}

#[test]
fn names_give_references_away() {
    for name in ["customerId", "author_ids", "parentUuid", "folder-id"] {
        assert!(references::is_reference(name), "{name}");
    }
    for name in ["valid", "grid", "idle", "paid", "name", "width"] {
        assert!(!references::is_reference(name), "{name}");
    }
    assert!(references::is_opaque("pageToken") && references::is_opaque("If-Match") && !references::is_opaque("page"));
}

#[test]
fn examples_of_formats_keep_to_them() {
    for name in ["date", "date-time", "email", "uuid", "ipv4", "ipv6", "byte", "uri", "hostname"] {
        assert_eq!(format::check(name, format::example(name).unwrap()), Verdict::Valid, "{name}");
        if let Some(counter) = format::counterexample(name) {
            assert_eq!(format::check(name, counter), Verdict::Invalid, "{name}");
        }
    }
}

#[test]
fn patterns_for_other_engines_are_tame() {
    for pattern in ["^[a-z]+$", "^\\d{4}-\\d{2}$", "^(red|green)$", "[^/]+\\.txt"] {
        assert!(pattern::is_portable(pattern), "{pattern}");
    }
    for pattern in ["(a+)+$", "^(([a-z])+.)+$", "(a|aa)+$", "\\p{L}+", "(?i)a", "(.*a){25}", "é+"] {
        assert!(!pattern::is_portable(pattern), "{pattern}");
    }
}

/// All cases of a description's operation, by its index.
fn cases_of(description: &str, index: usize) -> (Fixtures, Plan) {
    let model = read(description).unwrap_or_else(|problem| panic!("{problem}"));
    let fixtures = Fixtures::find(&model);
    let plan = plan(&model, &fixtures, "x", index);
    (fixtures, plan)
}

#[test]
fn links_say_where_a_parameter_comes_from() {
    let description = "openapi: 3.1.0\ninfo: {title: x, version: '1'}\npaths:\n  /progress/{id}:\n    get:\n      operationId: progress\n      parameters: [{name: id, in: path, required: true, schema: {type: string, format: uuid}}]\n      responses: {'200': {description: x}}\n  /jobs:\n    post:\n      operationId: start\n      responses:\n        '202':\n          description: x\n          content: {application/json: {schema: {type: object, properties: {job: {type: string}}}}}\n          links: {p: {operationId: progress, parameters: {id: '$response.body#/job'}}}\n";
    let (fixtures, _) = cases_of(description, 0);
    let Some(Fixture { source: Source::Made { operation: 1, property, .. }, .. }) = fixtures.of_path("/progress/{id}", "id") else {
        panic!("{fixtures:?}")
    };
    assert_eq!(property, "job");
}

#[test]
fn what_may_be_null_is_not_the_name_of_a_thing() {
    for (kind, expected) in
        [("{type: string}", "category_id"), ("{anyOf: [{type: string}, {type: 'null'}]}", "id"), ("{type: [string, 'null']}", "id")]
    {
        let description = format!(
            "openapi: 3.1.0\ninfo: {{title: x, version: '1'}}\npaths:\n  /categories/{{category_id}}:\n    get:\n      parameters: [{{name: category_id, in: path, required: true, schema: {{type: string}}}}]\n      responses: {{'200': {{description: x}}}}\n  /categories:\n    post:\n      responses:\n        '201':\n          description: x\n          content: {{application/json: {{schema: {{type: object, properties: {{id: {{type: string}}, category_id: {kind}}}}}}}}}\n"
        );
        let (fixtures, _) = cases_of(&description, 0);
        let found = fixtures.of_path("/categories/{category_id}", "category_id");
        assert!(matches!(found, Some(Fixture { source: Source::Made { property, .. }, .. }) if property == expected), "{kind}: {found:?}");
    }
}

#[test]
fn a_socket_is_not_called_like_a_page() {
    let description = "openapi: 3.1.0\ninfo: {title: x, version: '1'}\npaths:\n  /live:\n    get:\n      responses: {'101': {description: x}, '426': {description: x}}\n";
    let plan = cases_of(description, 0).1;
    assert!(!plan.cases.iter().any(|case| matches!(case.oracle, Oracle::Conforms { .. })));
    assert_eq!(plan.left_out.keys().collect::<Vec<_>>(), ["it becomes a WebSocket, which these tests do not speak"]);
}

#[test]
fn what_stands_at_an_address_is_not_promised() {
    for (name, is_address) in
        [("url", true), ("spec_url", true), ("callbackUrl", true), ("photoUrl", false), ("curl", false), ("urls", false)]
    {
        assert_eq!(references::is_address(name), is_address, "{name}");
    }
    let of = |property: &str| {
        let body = format!("{{type: object, required: [{property}], properties: {{{property}: {{type: string, format: uri}}}}}}");
        let description = format!(
            "openapi: 3.1.0\ninfo: {{title: x, version: '1'}}\npaths:\n  /a:\n    post:\n      requestBody: {{required: true, content: {{application/json: {{schema: {body}}}}}}}\n      responses: {{'201': {{description: x}}}}\n"
        );
        let plan = cases_of(&description, 0).1;
        plan.cases.into_iter().find_map(|case| match case.oracle {
            Oracle::Conforms { needs, .. } => Some(needs),
            _ => None,
        })
    };
    assert_eq!(of("url"), Some(Some("url".to_owned())));
    assert_eq!(of("homepage"), Some(None));
}

#[test]
fn variables_do_not_take_the_shells_names() {
    let description =
        "openapi: 3.1.0\ninfo: {title: x, version: '1'}\npaths:\n  /files/{path}:\n    get:\n      responses: {'200': {description: x}}\n";
    let (fixtures, _) = cases_of(description, 0);
    let Some(Fixture { source: Source::Known { variable, .. }, .. }) = fixtures.of_path("/files/{path}", "path") else {
        panic!("{fixtures:?}")
    };
    assert_eq!(variable, "PATH_VALUE");
    for (many, one) in [("books", "book"), ("status", "status"), ("analysis", "analysis"), ("boxes", "box"), ("classes", "class")] {
        assert_eq!(super::names::singular(many), one);
    }
}
