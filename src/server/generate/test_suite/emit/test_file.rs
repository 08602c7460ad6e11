//! `tests/test_<tag>.py`: one file per resource, written to be read.

use std::collections::HashSet;
use std::fmt::Write as _;

use super::python::{self, Part, WIDTH};
use crate::server::generate::test_suite::cases::{Case, Fixture, Fixtures, Oracle, PathPart, Payload, Request, Source};
use crate::server::generate::test_suite::json::Json;
use crate::server::generate::test_suite::model::Model;

/// What one file is made of.
pub struct Contents<'a> {
    pub model: &'a Model,
    pub fixtures: &'a Fixtures,
    pub slugs: &'a [String],
    /// The resource as the description calls it, and what it says about it.
    pub title: &'a str,
    pub about: &'a str,
    pub cases: &'a [Case],
}

/// The file's text.
pub fn write(contents: &Contents<'_>) -> String {
    let mut out = String::new();
    let about = contents.about.trim_end_matches('.');
    let title = if about.is_empty() { format!("{}.", contents.title) } else { format!("{}: {about}.", contents.title) };
    let _ = writeln!(out, "{}", python::docstring(&title));
    let mut wanted = Vec::new();
    for case in contents.cases {
        for name in case.fixtures() {
            if !wanted.contains(&name) {
                wanted.push(name);
            }
        }
    }
    let fixtures = contents.fixtures.closure(&wanted);
    if !fixtures.is_empty() || contents.cases.iter().any(|case| case.skip.is_some()) {
        out.push_str("\nimport pytest\n");
    }
    for fixture in fixtures {
        write_fixture(contents.model, fixture, &mut out);
    }
    let mut last = None;
    let mut names = HashSet::new();
    for case in contents.cases {
        let operation = &contents.model.operations[case.operation];
        if last != Some(case.operation) {
            let _ = write!(out, "\n\n# {}", python::prose(&operation.line()));
            let summary = python::prose(&operation.summary);
            if !summary.is_empty() {
                let _ = write!(out, " · {}", summary.trim_end_matches('.'));
            }
            out.push('\n');
            last = Some(case.operation);
        }
        let name = format!("test_{}__{}", contents.slugs[case.operation], case.name);
        debug_assert!(names.insert(name.clone()), "{name} twice");
        write_case(contents.model, case, &name, &mut out);
    }
    out
}

fn write_fixture(model: &Model, fixture: &Fixture, out: &mut String) {
    let name = python::identifier(&fixture.name);
    match &fixture.source {
        Source::Made { operation, request, property } => {
            let operation = &model.operations[*operation];
            let _ = write!(out, "\n\n@pytest.fixture\ndef {name}({}):\n", arguments(&request.fixtures()));
            let _ = writeln!(out, "    {}", python::docstring(&format!("`{property}` of something made for this test alone.")));
            write_call(request, "answer", out);
            let _ = writeln!(out, "    return api.made(answer, {}, {})", python::string(&operation.key), python::string(property));
        }
        Source::Known { variable, example } => {
            let _ = write!(out, "\n\n@pytest.fixture\ndef {name}(api):\n");
            let _ = writeln!(
                out,
                "    \"\"\"Names something that exists: {variable} says what, or else the documented example is tried.\"\"\""
            );
            let _ = writeln!(out, "    return api.known({}, {})", python::string(variable), python::literal(example, 4, WIDTH));
        }
    }
}

fn write_case(model: &Model, case: &Case, name: &str, out: &mut String) {
    out.push_str("\n\n");
    if let Some(skip) = &case.skip {
        let _ = writeln!(out, "@pytest.mark.skip(reason={})", python::string(&python::prose(skip)));
    }
    let _ = writeln!(out, "def {name}({}):", arguments(&case.fixtures()));
    let _ = writeln!(out, "    # {}{}", python::prose(&case.reason), verdict(&case.oracle));
    for stage in &case.before {
        write_step(&model.operations[stage.operation].key, &stage.request, &stage.oracle, out);
    }
    write_step(&model.operations[case.subject.unwrap_or(case.operation)].key, &case.request, &case.oracle, out);
}

/// A call and its judgement.
fn write_step(key: &str, request: &Request, oracle: &Oracle, out: &mut String) {
    write_call(request, "answer", out);
    let key = python::string(key);
    let check = match oracle {
        Oracle::Conforms { statuses, needs } => {
            let mut line = format!("api.conforms(answer, {key}");
            if let [status] = statuses.as_slice() {
                let _ = write!(line, ", status={status}");
            }
            if let Some(needs) = needs {
                let _ = write!(line, ", needs={}", python::string(&python::prose(needs)));
            }
            line.push(')');
            line
        }
        Oracle::Shows { expected } => {
            let room = WIDTH.saturating_sub(25 + key.chars().count());
            format!("api.shows(answer, {key}, {})", python::literal(expected, 4, room))
        }
        Oracle::Refuses => format!("api.refuses(answer, {key})"),
        Oracle::RefusesEarly => format!("api.refuses_early(answer, {key})"),
        Oracle::NotFound { or_success: false } => format!("api.finds_nothing(answer, {key})"),
        Oracle::NotFound { or_success: true } => format!("api.finds_nothing(answer, {key}, or_succeeds=True)"),
        Oracle::MethodNotAllowed { templated: false } => format!("api.does_not_allow(answer, {key})"),
        Oracle::MethodNotAllowed { templated: true } => format!("api.does_not_allow(answer, {key}, or_finds_nothing=True)"),
        Oracle::Unauthorized { templated: false } => format!("api.keeps_out(answer, {key})"),
        Oracle::Unauthorized { templated: true } => format!("api.keeps_out(answer, {key}, or_finds_nothing=True)"),
    };
    let _ = writeln!(out, "    {check}");
}

/// What must happen, as the end of the comment.
fn verdict(oracle: &Oracle) -> &'static str {
    match oracle {
        Oracle::Refuses | Oracle::RefusesEarly => ": the server must refuse it",
        Oracle::NotFound { or_success: true } => ": it is not found, or there is nothing to do",
        Oracle::NotFound { or_success: false } => ": it is not found",
        Oracle::Conforms { .. } | Oracle::Shows { .. } | Oracle::MethodNotAllowed { .. } | Oracle::Unauthorized { .. } => "",
    }
}

fn arguments(fixtures: &[String]) -> String {
    let mut names = vec!["api".to_owned()];
    names.extend(fixtures.iter().map(|name| python::identifier(name)));
    names.join(", ")
}

fn write_call(request: &Request, target: &str, out: &mut String) {
    use crate::server::generate::test_suite::cases::Caller;
    let api = match request.caller {
        Caller::Own => "api",
        Caller::Nobody => "api.nobody",
        Caller::Stranger => "api.stranger",
    };
    let method = request.method.to_ascii_lowercase();
    let mut arguments: Vec<(String, Argument<'_>)> = vec![(String::new(), Argument::Code(address(&request.path)))];
    if !request.query.is_empty() {
        arguments.push(("params".into(), Argument::Value(pairs(&request.query))));
    }
    let mut headers = request.headers.clone();
    if !request.cookies.is_empty() {
        let cookies: Vec<String> =
            request.cookies.iter().map(|(name, value)| format!("{name}={}", value.text().unwrap_or_default())).collect();
        headers.push(("Cookie".into(), Json::Text(cookies.join("; "))));
    }
    match &request.payload {
        Payload::Json { media_type, .. } if media_type != "application/json" => {
            headers.push(("Content-Type".into(), Json::from(media_type.as_str())));
        }
        Payload::Raw { media_type, .. } => headers.push(("Content-Type".into(), Json::from(media_type.as_str()))),
        _ => {}
    }
    if !headers.is_empty() {
        arguments.push(("headers".into(), Argument::Value(pairs(&headers))));
    }
    match &request.payload {
        Payload::Nothing => {}
        Payload::Json { value, .. } => arguments.push(("json".into(), Argument::Borrowed(value))),
        Payload::Form(value) => arguments.push(("data".into(), Argument::Borrowed(value))),
        Payload::Multipart { value, files } => multipart(value, files, &mut arguments),
        Payload::Raw { text, .. } => arguments.push(("content".into(), Argument::Code(python::string(text)))),
    }
    let call = format!("    {target} = {api}.{method}(");
    let flat: Vec<String> = arguments.iter().map(|(name, argument)| argument.text(name, 4, usize::MAX)).collect();
    let flat = flat.join(", ");
    if call.len() + flat.chars().count() < WIDTH {
        let _ = writeln!(out, "{call}{flat})");
        return;
    }
    out.push_str(&call);
    out.push('\n');
    for (name, argument) in &arguments {
        let room = WIDTH.saturating_sub(9 + name.len() + 1);
        let _ = writeln!(out, "        {},", argument.text(name, 8, room));
    }
    out.push_str("    )\n");
}

enum Argument<'a> {
    Code(String),
    Value(Json),
    Borrowed(&'a Json),
}

impl Argument<'_> {
    fn text(&self, name: &str, indent: usize, room: usize) -> String {
        let text = match self {
            Self::Code(code) => code.clone(),
            Self::Value(value) => python::literal(value, indent, room),
            Self::Borrowed(value) => python::literal(value, indent, room),
        };
        if name.is_empty() { text } else { format!("{name}={text}") }
    }
}

fn multipart(value: &Json, files: &[String], arguments: &mut Vec<(String, Argument<'_>)>) {
    let Json::Map(map) = value else { return };
    // httpx writes a part per entry; `None` for the file's name makes a plain field of it.
    let parts: Vec<String> = map
        .iter()
        .map(|(name, part)| {
            let text = match part {
                Json::Text(text) => text.clone(),
                other => other.to_value().to_string(),
            };
            let file = if files.contains(name) { python::string("file.txt") } else { "None".into() };
            format!("{}: ({file}, {})", python::string(name), python::string(&text))
        })
        .collect();
    arguments.push(("files".into(), Argument::Code(format!("{{{}}}", parts.join(", ")))));
}

/// Pairs as a dict; repeated names become a list, which httpx sends as repeated pairs.
fn pairs(list: &[(String, Json)]) -> Json {
    let mut map = indexmap::IndexMap::new();
    for (name, value) in list {
        map.insert(name.clone(), value.clone());
    }
    Json::Map(map)
}

/// The path as a Python string, values encoded so that each stays one segment.
fn address(path: &[PathPart]) -> String {
    let parts: Vec<Part> = path
        .iter()
        .map(|part| match part {
            PathPart::Literal(text) => Part::Text(encoded(text, "/")),
            PathPart::Value(Json::Made(name)) => Part::Name(python::identifier(name)),
            PathPart::Value(Json::Text(text)) => Part::Text(encoded(text, "")),
            PathPart::Value(value) => Part::Text(encoded(&value.to_value().to_string(), "")),
        })
        .collect();
    python::f_string(&parts)
}

/// Percent-encoding of everything but unreserved characters and those that the path may hold.
fn encoded(text: &str, also: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        let c = char::from(byte);
        if c.is_ascii_alphanumeric() || "-._~!$&'()*+,;=:@".contains(c) || also.contains(c) {
            out.push(c);
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}
