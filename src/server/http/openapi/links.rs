//! How operations follow each other: what one makes, others take by its id.

use std::collections::BTreeMap;

use serde_json::{Value, json};

const TASK: &str = "#/components/schemas/TaskId";
const KEY: &str = "#/components/schemas/KeyId";
const WEBHOOK: &str = "#/components/schemas/WebhookId";

/// Operations that make something: where in the answer its id is, and what it is the id of.
const MAKERS: [(&str, &str, &str); 9] = [
    ("start_task", "/task_id", TASK),
    ("retry_task", "/task_id", TASK),
    ("fork_task", "/task_id", TASK),
    ("generate_suite", "/task_id", TASK),
    ("generate_project_async", "/task_id", TASK),
    ("generate_prompt_async", "/task_id", TASK),
    ("generate_prompt", "/task_id", TASK),
    ("add_key", "/id", KEY),
    ("add_webhook", "/id", WEBHOOK),
];

/// Operations that know prompts only.
const OF_PROMPTS: [&str; 1] = ["prompt_status"];

/// Adds the links to a description. (As JSON: the library writes the fields of its own `Link` under names that `OpenAPI` does not know.)
pub fn add(document: &mut Value) {
    let takers = takers(document);
    for operation in operations(document) {
        let name = operation["operationId"].as_str().unwrap_or_default();
        let Some((maker, pointer, of)) = MAKERS.iter().find(|(maker, ..)| *maker == name) else { continue };
        let link = |taker: &String| {
            let value = json!({ "operationId": taker, "parameters": { "id": format!("$response.body#{pointer}") } });
            (taker.clone(), value)
        };
        let fits = |taker: &&String| !OF_PROMPTS.contains(&taker.as_str()) || maker.contains("prompt");
        let links: Value = takers.get(*of).into_iter().flatten().filter(fits).map(link).collect::<serde_json::Map<_, _>>().into();
        for (status, response) in operation["responses"].as_object_mut().into_iter().flatten() {
            if status.starts_with('2') {
                response["links"] = links.clone();
            }
        }
    }
}

/// Operations by what their `id` is of.
fn takers(document: &mut Value) -> BTreeMap<String, Vec<String>> {
    let mut takers: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for operation in operations(document) {
        let id = operation["parameters"].as_array().into_iter().flatten().find(|parameter| parameter["name"] == "id");
        if let (Some(of), Some(name)) = (id.and_then(|id| id["schema"]["$ref"].as_str()), operation["operationId"].as_str()) {
            takers.entry(of.to_owned()).or_default().push(name.to_owned());
        }
    }
    takers
}

fn operations(document: &mut Value) -> impl Iterator<Item = &mut Value> {
    let items = document["paths"].as_object_mut().into_iter().flatten();
    items.flat_map(|(_, item)| item.as_object_mut().into_iter().flatten()).map(|(_, operation)| operation)
}
