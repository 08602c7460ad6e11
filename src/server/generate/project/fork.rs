//! What of a project has to be made again when something of its input is another: pure.
//!
//! An agent's own input: of requirements what the model is made of, of architecture the choices, of whoever writes a file what somebody made
//! of it. Another version of the program makes everything again.

use std::sync::Arc;

use serde_json::Value;

use super::{
    agents::{ARCHITECTURE, REQUIREMENTS, VALIDATION, author},
    input,
    model::text,
};
use crate::protocol::{
    edit::{Conflict, FileEdit},
    project::{ProjectInput, ProjectModel},
};

// Of the agents' outputs.
pub const ENGINE_FIELD: &str = "engine";
pub const GENERATED_FIELD: &str = "generated";
pub const CONFLICTS_FIELD: &str = "conflicts";

/// Conflicts that a result tells of; the log has all.
const MAX_CONFLICTS: usize = 20;
const MAX_CONFLICTS_BYTES: usize = 24 * 1024;

/// The input of a fork, called as the run that it begins from where it does not say itself what it is called.
pub fn named(before: &ProjectInput, after: ProjectInput, done: &[(String, Value)]) -> ProjectInput {
    let is_given = (after.text.is_some() && after.text != before.text) || (after.model.is_some() && after.model != before.model);
    if !is_given {
        return after;
    }
    let was = output(done, REQUIREMENTS).and_then(model_of).or_else(|| input::draft(before).ok().map(|drafted| drafted.model));
    let Some(was) = was else { return after };
    // A name that stood beside an earlier model is no part of a new one.
    ProjectInput { name: None, text: after.text.map(|text| text::named(text, &was.name)), ..after }
}

/// The agents whose own input is another.
pub fn changed(before: &ProjectInput, after: &ProjectInput, done: &[(String, Value)], engine: &str) -> Vec<String> {
    let mut changed: Vec<&str> = Vec::new();
    let settled = output(done, REQUIREMENTS);
    let made_by_another = settled.is_some_and(|settled| settled[ENGINE_FIELD] != engine);
    if made_by_another || is_another_model(before, after, settled) {
        changed.push(REQUIREMENTS);
    }
    if before.brief != after.brief && changed.is_empty() {
        // Beside a model it is what rules between fields are asked for by.
        changed.push(VALIDATION);
    }
    if before.options != after.options || before.seed != after.seed {
        changed.push(ARCHITECTURE);
    }
    let edit_of = |edits: &[FileEdit], path: &str| edits.iter().find(|edit| edit.path == path).cloned();
    for path in before.edits.iter().chain(&after.edits).map(|edit| edit.path.as_str()) {
        let agent = author(path);
        if edit_of(&before.edits, path) != edit_of(&after.edits, path) && !changed.contains(&agent) {
            changed.push(agent);
        }
    }
    changed.into_iter().map(str::to_owned).collect()
}

/// A model that was only written down, as it was settled, is no other model.
fn is_another_model(before: &ProjectInput, after: &ProjectInput, settled: Option<&Value>) -> bool {
    let is_same = before.name == after.name
        && before.brief == after.brief
        && before.model == after.model
        && before.text == after.text
        && before.description == after.description;
    if is_same {
        return false;
    }
    let Some(was) = settled.and_then(model_of) else { return true };
    input::is_of_brief(after) || input::draft(after).is_ok_and(|drafted| drafted.model != was)
}

/// The model that a run was made of.
fn model_of(settled: &Value) -> Option<ProjectModel> {
    serde_json::from_value(settled["model"].clone()).ok()
}

/// Tokens of language models are paid for by the run that used them.
pub fn carried(mut output: Value) -> Value {
    if let Some(tokens) = output.get_mut("tokens") {
        *tokens = 0.into();
    }
    output
}

/// A file as its agent had generated it, where somebody's edit stands in its place.
pub fn generated(path: &str, done: &[(String, Value)]) -> Option<String> {
    output(done, author(path))?[GENERATED_FIELD][path].as_str().map(str::to_owned)
}

/// What the agents had to say about edits, within the bounds of a result.
pub fn conflicts(done: &[(String, Arc<Value>)]) -> Vec<Conflict> {
    let all = done.iter().filter_map(|(_, output)| serde_json::from_value::<Vec<Conflict>>(output[CONFLICTS_FIELD].clone()).ok()).flatten();
    let mut bytes = 0;
    let mut conflicts: Vec<Conflict> = all.take(MAX_CONFLICTS).collect();
    conflicts.sort_by(|one, other| one.path.cmp(&other.path));
    for conflict in &mut conflicts {
        bytes += conflict.hunks.iter().map(|hunk| hunk.edited.len() + hunk.generated.len()).sum::<usize>();
        if bytes > MAX_CONFLICTS_BYTES {
            conflict.hunks.clear();
        }
    }
    conflicts
}

fn output<'d>(done: &'d [(String, Value)], agent: &str) -> Option<&'d Value> {
    done.iter().find(|(name, _)| name == agent).map(|(_, output)| output)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::protocol::project::ProjectOptions;

    const TEXT: &str = "entity Book {\n  title string required\n}\n";

    fn input(text: &str) -> ProjectInput {
        ProjectInput { text: Some(text.into()), ..ProjectInput::default() }
    }

    fn done() -> Vec<(String, Value)> {
        let model = text::parse(TEXT).unwrap();
        vec![
            (REQUIREMENTS.into(), json!({"model": model, "engine": "e"})),
            ("documentation".into(), json!({"generated": {"README.md": "# as made\n"}})),
        ]
    }

    #[test]
    fn whose_input_is_another_is_computed() {
        let edit = |path: &str, content: &str| FileEdit { path: path.into(), base: "b".into(), content: content.into() };
        let brief = |brief: &str| ProjectInput { brief: Some(brief.into()), ..ProjectInput::default() };
        let edited = |edits: Vec<FileEdit>| ProjectInput { edits, ..input(TEXT) };
        let optioned = ProjectInput { options: ProjectOptions { docker: false, ..ProjectOptions::default() }, ..input(TEXT) };
        let written = ProjectInput { model: Some(text::parse(TEXT).unwrap()), ..ProjectInput::default() };
        for (before, after, expected) in [
            (input(TEXT), input(TEXT), vec![]),
            (input(TEXT), input("entity Pen {\n  colour string\n}\n"), vec![REQUIREMENTS]),
            (input(TEXT), ProjectInput { brief: Some("books with title".into()), ..ProjectInput::default() }, vec![REQUIREMENTS]),
            // The same model in other words.
            (brief("books"), ProjectInput { brief: Some("books".into()), ..input(TEXT) }, vec![]),
            (brief("books"), input(TEXT), vec![VALIDATION]),
            (brief("books"), brief("pens"), vec![REQUIREMENTS]),
            (input(TEXT), ProjectInput { name: Some("Zoo".into()), ..input(TEXT) }, vec![REQUIREMENTS]),
            (input(TEXT), written, vec![]),
            (input(TEXT), optioned, vec![ARCHITECTURE]),
            (input(TEXT), ProjectInput { seed: 7, ..input(TEXT) }, vec![ARCHITECTURE]),
            (input(TEXT), edited(vec![edit("README.md", "x")]), vec!["documentation"]),
            (edited(vec![edit("README.md", "x")]), edited(vec![edit("README.md", "x")]), vec![]),
            (edited(vec![edit("README.md", "x")]), edited(vec![edit("README.md", "y")]), vec!["documentation"]),
            (edited(vec![edit("app/static/main.js", "x"), edit("app/main.py", "x")]), input(TEXT), vec!["front_end", "back_end"]),
        ] {
            assert_eq!(changed(&before, &after, &done(), "e"), expected, "{after:?}");
        }
        assert_eq!(changed(&input(TEXT), &input(TEXT), &done(), "another engine"), [REQUIREMENTS]);
    }

    #[test]
    fn a_fork_is_called_as_the_run_that_it_begins_from() {
        let model = |text: &str| text::parse(text).unwrap();
        let done = vec![(REQUIREMENTS.to_owned(), json!({"model": model("project \"Books\"\nentity Book { title string }")}))];
        let called = |before: &ProjectInput, after: ProjectInput, done: &[(String, Value)]| {
            input::draft(&named(before, after, done)).unwrap().model.name
        };
        let (plain, other) = ("entity Pen { ink string } // the last", "entity Pen { ink string }\nproject \"Pens\"");
        let titled = input("project \"Books\"\nentity Book { title string }");
        let beside = ProjectInput { name: Some("Books".into()), ..input(TEXT) };
        let of_model = |text: &str| ProjectInput { model: Some(model(text)), ..ProjectInput::default() };
        for (before, after, done, expected) in [
            (&titled, input(plain), &done[..], "Books"),
            // Also when the run never came so far.
            (&titled, input(plain), &[], "Books"),
            (&titled, input(other), &done, "Pens"),
            (&beside, ProjectInput { name: beside.name.clone(), ..input(plain) }, &done, "Books"),
            (&beside, ProjectInput { name: beside.name.clone(), ..input(other) }, &done, "Pens"),
            (&beside, ProjectInput { name: beside.name.clone(), ..of_model(other) }, &done, "Pens"),
            (&beside, beside.clone(), &done, "Books"),
        ] {
            assert_eq!(called(before, after.clone(), done), expected, "{after:?}");
        }
        // What cannot be read stays as it is, for its lines are named.
        assert_eq!(named(&titled, input("entity {"), &done).text.as_deref(), Some("entity {"));
    }

    #[test]
    fn tokens_are_paid_once() {
        assert_eq!(carried(json!({"tokens": 7, "files": 2})), json!({"tokens": 0, "files": 2}));
        assert_eq!(carried(json!([1])), json!([1]));
    }

    #[test]
    fn what_was_generated_is_known_behind_an_edit() {
        assert_eq!(generated("README.md", &done()).as_deref(), Some("# as made\n"));
        assert_eq!(generated("LICENSE", &done()), None);
        assert_eq!(generated("app/main.py", &done()), None);
    }
}
