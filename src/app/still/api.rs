//! `/api`: the API's description, for people. Everything on it comes from the description itself; nothing is loaded from elsewhere.

use leptos::prelude::*;
use serde_json::{Map, Value};

/// The page of a description (`OpenAPI` 3.1).
pub fn page(document: &'static Value) -> impl IntoView {
    let info = &document["info"];
    let groups: Vec<_> = list(&document["tags"]).iter().map(|tag| group(document, tag)).collect();
    let contents: Vec<_> = list(&document["tags"])
        .iter()
        .map(|tag| {
            let name = text(&tag["name"]);
            view! { <li><a href=format!("#{name}") rel="external">{name}</a></li> }
        })
        .collect();
    let shapes: Vec<_> = entries(&document["components"]["schemas"]).map(|(name, schema)| shape(name, schema)).collect();
    view! {
        <div class="column account-page api-page">
            <h1>{text(&info["title"])} " API " {text(&info["version"])}</h1>
            {text(&info["description"]).split("\n\n").map(|part| view! { <p>{marked(part)}</p> }).collect::<Vec<_>>()}
            <p>
                <a href="/api/openapi.json" rel="external">
                    "openapi.json"
                </a>
                " is the same for programs (OpenAPI 3.1)."
            </p>
            <nav aria-label="Parts of the API">
                <ul class="api-contents">
                    {contents} <li><a href="#shapes" rel="external">"shapes"</a></li>
                </ul>
            </nav>
            {groups}
            <section class="panel form" aria-labelledby="shapes">
                <h2 id="shapes">"Shapes"</h2>
                {shapes}
            </section>
        </div>
    }
}

fn group(document: &'static Value, tag: &'static Value) -> impl IntoView {
    let name = text(&tag["name"]);
    let of = |operation: &'static Value| list(&operation["tags"]).iter().any(|tag| *tag == name);
    let operations: Vec<_> = entries(&document["paths"])
        .flat_map(|(path, item)| entries(item).map(move |(method, operation)| (path, method, operation)))
        .filter(|(.., operation)| of(operation))
        .map(|(path, method, it)| operation(document, path, method, it))
        .collect();
    view! {
        <section class="panel form" aria-labelledby=name>
            <h2 id=name>{name}</h2>
            <p class="muted">{text(&tag["description"])}</p>
            {operations}
        </section>
    }
}

fn operation(document: &'static Value, path: &'static str, method: &'static str, operation: &'static Value) -> impl IntoView {
    let id = text(&operation["operationId"]);
    let parameters: Vec<_> = list(&operation["parameters"])
        .iter()
        .map(|parameter| {
            let required = parameter["required"] == true;
            let place = text(&parameter["in"]);
            row(text(&parameter["name"]), &parameter["schema"], required, place, text(&parameter["description"]))
        })
        .collect();
    let bodies: Vec<_> = entries(&operation["requestBody"]["content"]).map(|(kind, content)| body(kind, &content["schema"])).collect();
    let answers: Vec<_> = entries(&operation["responses"]).map(|(status, response)| answer(document, status, response)).collect();
    view! {
        <details id=id>
            <summary>
                <code>{method.to_uppercase()} " " {path}</code>
                " "
                {text(&operation["summary"])}
            </summary>
            <p>{marked(text(&operation["description"]))}</p>
            {(!parameters.is_empty()).then(|| facts("Parameters", parameters))}
            {(!bodies.is_empty()).then(|| view! { <p>"Body: " {bodies}</p> })}
            {example(document, &operation["requestBody"]["content"]["application/json"]["schema"])
                .map(|sent| {
                    view! {
                        <p class="muted">"For example"</p>
                        <pre tabindex="0">{serde_json::to_string_pretty(&sent)}</pre>
                    }
                })}
            {facts("Answers", answers)}
        </details>
    }
}

/// A value made of the examples that the description gives: of the first alternative, and only if every required part has one.
fn example(document: &'static Value, schema: &'static Value) -> Option<Value> {
    let schema = schema["$ref"].as_str().and_then(|at| document.pointer(at.trim_start_matches('#'))).unwrap_or(schema);
    if let Some(given) = schema.get("example").or_else(|| schema["examples"].get(0)).or_else(|| schema["enum"].get(0)) {
        return Some(given.clone());
    }
    if let Some(first) = schema["oneOf"].get(0) {
        return example(document, first);
    }
    let parts = schema["properties"].as_object()?.iter().filter_map(|(name, of)| {
        let part = example(document, of);
        let required = list(&schema["required"]).iter().any(|wanted| wanted == name);
        (part.is_some() || required).then(|| Some((name.clone(), part?)))
    });
    parts.collect::<Option<Map<_, _>>>().map(Value::Object)
}

fn body(kind: &'static str, schema: &'static Value) -> impl IntoView {
    view! { <code>{kind}</code> " " {kind_of(schema)} " " }
}

fn answer(document: &'static Value, status: &'static str, response: &'static Value) -> impl IntoView {
    let response = response["$ref"].as_str().and_then(|at| document.pointer(at.trim_start_matches('#'))).unwrap_or(response);
    let bodies: Vec<_> = entries(&response["content"]).map(|(kind, content)| body(kind, &content["schema"])).collect();
    view! {
        <li>
            <code class="api-name">{status}</code>
            <span>{marked(text(&response["description"]))}</span>
            <span class="muted">{bodies}</span>
        </li>
    }
}

fn shape(name: &'static str, schema: &'static Value) -> impl IntoView {
    let required = |property: &str| list(&schema["required"]).iter().any(|name| *name == property);
    let rows: Vec<_> =
        entries(&schema["properties"]).map(|(property, of)| row(property, of, required(property), "", text(&of["description"]))).collect();
    view! {
        <details id=anchor(name)>
            <summary>
                <code>{name}</code>
            </summary>
            <p>{marked(text(&schema["description"]))}</p>
            {if rows.is_empty() { view! { <p>{kind_of(schema)}</p> }.into_any() } else { facts("Properties", rows).into_any() }}
        </details>
    }
}

fn facts(caption: &'static str, rows: Vec<impl IntoView + 'static>) -> impl IntoView {
    view! {
        <p class="api-caption">{caption}</p>
        <ul class="api-facts">{rows}</ul>
    }
}

fn row(name: &'static str, schema: &'static Value, required: bool, place: &'static str, about: &'static str) -> impl IntoView {
    let when = if required { "required" } else { "optional" };
    view! {
        <li>
            <code class="api-name">{name}</code>
            <span>{kind_of(schema)}</span>
            <span class="muted">{when} " " {place}</span>
            <span>{marked(about)}</span>
        </li>
    }
}

/// What a value is, in words, with links to shapes.
fn kind_of(schema: &'static Value) -> AnyView {
    if let Some(name) = schema["$ref"].as_str().and_then(|at| at.rsplit('/').next()) {
        return view! { <a href=format!("#{}", anchor(name)) rel="external">{name}</a> }.into_any();
    }
    for choice in ["oneOf", "anyOf", "allOf"] {
        let branches = list(&schema[choice]);
        if !branches.is_empty() {
            let joint = if choice == "allOf" { " and " } else { " or " };
            let parts: Vec<_> = branches.iter().enumerate().map(|(at, of)| (if at == 0 { "" } else { joint }, kind_of(of))).collect();
            return parts.into_any();
        }
    }
    let types = match &schema["type"] {
        Value::String(one) => one.clone(),
        Value::Array(several) => several.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" or "),
        _ => "anything".to_owned(),
    };
    if types == "array" {
        return ("list of ", kind_of(&schema["items"])).into_any();
    }
    let words: Vec<_> = list(&schema["enum"]).iter().filter_map(Value::as_str).collect();
    let bounds = ["format", "minimum", "maximum", "minLength", "maxLength", "pattern"].into_iter().filter_map(|name| {
        schema.get(name).map(|value| format!(", {name} {}", value.as_str().map_or_else(|| value.to_string(), str::to_owned)))
    });
    let bounds: String = bounds.collect();
    if words.is_empty() { (types, bounds).into_any() } else { words.join(", ").into_any() }
}

/// `code` between backticks.
fn marked(text: &'static str) -> Vec<AnyView> {
    let parts = text.split('`').enumerate();
    parts.map(|(at, part)| if at % 2 == 1 { view! { <code>{part}</code> }.into_any() } else { part.into_any() }).collect()
}

/// Operations have anchors of their own.
fn anchor(shape: &str) -> String {
    format!("shape-{shape}")
}

fn text(value: &'static Value) -> &'static str {
    value.as_str().unwrap_or_default()
}

fn list(value: &'static Value) -> &'static [Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn entries(value: &'static Value) -> impl Iterator<Item = (&'static str, &'static Value)> {
    value.as_object().into_iter().flat_map(Map::iter).map(|(name, value)| (name.as_str(), value))
}
