//! A project in a founding request: `ProjectGenerationRequest`.
//!
//! | what | fields |
//! |---|---|
//! | the brief | `brief`, `description`, `prompt`, `idea`, `requirements`, `features`: texts or lists of texts, put together in this order; without any, `name` |
//! | its name | `name`, `project_name`, `title` |
//! | a model instead | `model` (JSON), `entities` with `enums` and `relations` (the body is the model), `text` (the language of entities) |
//! | the choices | `options`, or beside the others: `stack`, `database`, `access`, `front_end`, `docker`, `ci`, `licence` |
//! | sample values | `seed` |
//!
//! What else a body holds is passed over: clients send along what their own pages need. What a known field says is never passed over.

use serde_json::{Map, Value, json};

use super::{Asked, suite::looks_like_openapi};
use crate::{
    protocol::{
        Problem,
        project::{Access, Database, Licence, ProjectInput, ProjectModel, ProjectOptions, Stack},
    },
    server::generate::project::model::json,
};

/// A description may be one of an API too, so what it says counts (see [`Asked::prose`]).
const BRIEFS: [&str; 6] = ["brief", "description", "prompt", "idea", "requirements", "features"];
const NAMES: [&str; 3] = ["name", "project_name", "title"];
const MODELS: [&str; 3] = ["model", "entities", "text"];
/// What a model is made of when the body itself is one.
const PARTS: [&str; 5] = ["name", "description", "entities", "enums", "relations"];

const STACKS: [&str; 4] = ["stack", "framework", "language", "backend"];
const DATABASES: [&str; 2] = ["database", "db"];
const ACCESSES: [&str; 3] = ["access", "auth", "authentication"];
const LICENCES: [&str; 2] = ["licence", "license"];
const FRONT_ENDS: [&str; 2] = ["front_end", "frontend"];

impl Asked {
    /// A field that asks for a project and nothing else.
    pub(super) fn says_project(&self) -> Option<&'static str> {
        BRIEFS.into_iter().filter(|field| *field != "description").chain(MODELS).find(|field| self.has(field))
    }

    /// # Errors
    /// Nothing says what the project is about, or a field says something that it cannot.
    pub(super) fn project(&self) -> Result<ProjectInput, Problem> {
        let name = NAMES.into_iter().find_map(|field| self.text(field).transpose()).transpose()?.map(str::to_owned);
        let mut input = ProjectInput { options: self.options()?, seed: self.seed()?, ..ProjectInput::default() };
        if self.has("entities") {
            if self.has("model") {
                return Err(Problem::invalid("entities", "Give `model` or `entities`, not both."));
            }
            input.model = Some(self.own_model(name.as_deref())?);
        } else {
            input.model = self.model()?;
            input.name = name;
        }
        input.text = self.text("text")?.map(str::to_owned);
        input.description = self.api()?;
        let is_whole = self.has("entities");
        let brief = BRIEFS.into_iter().filter(|field| !(is_whole && *field == "description")).map(|field| self.prose(field));
        let brief = brief.collect::<Result<Vec<String>, Problem>>()?.into_iter().filter(|text| !text.trim().is_empty());
        let brief = brief.collect::<Vec<_>>().join("\n\n");
        input.brief = Some(brief).filter(|brief| !brief.is_empty());
        let is_empty = input.brief.is_none() && input.model.is_none() && input.text.is_none() && input.description.is_none();
        if is_empty {
            // A name alone is a brief of few words.
            input.brief = Some(input.name.take().filter(|name| !name.trim().is_empty()).ok_or_else(nothing)?);
        }
        Ok(input)
    }

    fn has(&self, field: &str) -> bool {
        self.0.get(field).is_some_and(|value| !value.is_null())
    }

    /// A text, or a list of them; nothing for an API's description.
    fn prose(&self, field: &str) -> Result<String, Problem> {
        match self.0.get(field) {
            None | Some(Value::Null) => Ok(String::new()),
            Some(Value::Object(_)) if field == "description" => Ok(String::new()),
            Some(Value::String(text)) if field == "description" && looks_like_openapi(text) => Ok(String::new()),
            Some(Value::String(text)) => Ok(text.clone()),
            Some(Value::Array(lines)) if lines.iter().all(Value::is_string) => {
                Ok(lines.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("\n"))
            }
            Some(_) => Err(Problem::invalid(field, format!("`{field}` is text, or a list of texts."))),
        }
    }

    /// The description of an API, for a request that says it wants a project.
    fn api(&self) -> Result<Option<String>, Problem> {
        let suite = self.suite()?;
        match suite {
            Some(suite) if suite.url.is_some() => {
                let field = if self.has("url") { "url" } else { "spec_url" };
                Err(Problem::invalid(
                    field,
                    "For a project, send the description itself as `openapi`; addresses are fetched for test suites only.",
                ))
            }
            suite => Ok(suite.and_then(|suite| suite.description)),
        }
    }

    fn model(&self) -> Result<Option<ProjectModel>, Problem> {
        match self.0.get("model") {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(_)) => Err(Problem::invalid(
                "model",
                "`model` is the model of the project's entities, as JSON; as text it is `text`. Which language model is asked is for the server's settings.",
            )),
            Some(model) => json::read(model, "model").map(Some),
        }
    }

    fn own_model(&self, name: Option<&str>) -> Result<ProjectModel, Problem> {
        let mut model: Map<String, Value> = PARTS
            .into_iter()
            .filter_map(|part| Some((part.to_owned(), self.0.get(part).filter(|value| !value.is_null())?.clone())))
            .collect();
        model.insert("name".into(), json!(name.ok_or_else(|| Problem::invalid("name", "The model's project needs a name."))?));
        json::read(&Value::Object(model), "")
    }

    fn seed(&self) -> Result<u64, Problem> {
        match self.0.get("seed") {
            None | Some(Value::Null) => Ok(0),
            Some(seed) => seed.as_u64().ok_or_else(|| Problem::invalid("seed", "`seed` is a whole number, not below 0.")),
        }
    }

    /// Those of `options`, then those beside it.
    fn options(&self) -> Result<ProjectOptions, Problem> {
        let mut options = ProjectOptions::default();
        match self.0.get("options") {
            None | Some(Value::Null) => {}
            Some(Value::Object(given)) => Choices { given, within: "options." }.apply(&mut options)?,
            Some(_) => {
                return Err(Problem::invalid(
                    "options",
                    "`options` is an object: stack, database, access, front_end, docker, ci, licence.",
                ));
            }
        }
        Choices { given: &self.0, within: "" }.apply(&mut options)?;
        Ok(options)
    }
}

fn nothing() -> Problem {
    Problem::invalid(
        "brief",
        "Say in plain words what the project is about, as `brief`, or give a `model` of its entities. \
         For a test suite send an OpenAPI description as `spec`, or its address as `url`.",
    )
}

/// Where choices are looked for, and how the place is called in errors.
struct Choices<'c> {
    given: &'c Map<String, Value>,
    within: &'static str,
}

impl Choices<'_> {
    fn apply(&self, options: &mut ProjectOptions) -> Result<(), Problem> {
        self.word(&STACKS, &mut options.stack, Stack::ALL, Stack::as_str, Stack::label)?;
        self.word(&DATABASES, &mut options.database, Database::ALL, Database::as_str, Database::label)?;
        self.word(&LICENCES, &mut options.licence, Licence::ALL, Licence::as_str, Licence::label)?;
        for field in ACCESSES {
            match self.given.get(field) {
                Some(Value::Bool(with_accounts)) => options.access = if *with_accounts { Access::Accounts } else { Access::Open },
                _ => self.word(&[field], &mut options.access, Access::ALL, Access::as_str, Access::label)?,
            }
        }
        self.switch(&FRONT_ENDS, &mut options.front_end)?;
        self.switch(&["docker"], &mut options.docker)?;
        self.switch(&["ci"], &mut options.ci)
    }

    /// One of a few words, as the protocol or as people call it: `fastapi`, `Python`.
    fn word<T: Copy + PartialEq>(
        &self,
        fields: &[&str],
        choice: &mut T,
        all: &[T],
        word: fn(T) -> &'static str,
        label: fn(T) -> &'static str,
    ) -> Result<(), Problem> {
        let mut said: Option<(&str, Vec<T>)> = None;
        for field in fields {
            let text = match self.given.get(*field) {
                None | Some(Value::Null) => continue,
                Some(Value::String(text)) => text.trim().to_lowercase(),
                Some(_) => String::new(),
            };
            let exact: Vec<T> = all.iter().copied().filter(|value| word(*value) == text).collect();
            let in_label = |value: T| label(value).split([',', ' ']).any(|part| part.to_lowercase() == text);
            let fits =
                if exact.is_empty() { all.iter().copied().filter(|value| !text.is_empty() && in_label(*value)).collect() } else { exact };
            if fits.is_empty() {
                let words = all.iter().map(|value| word(*value)).collect::<Vec<_>>().join(", ");
                return Err(Problem::invalid(&format!("{}{field}", self.within), format!("`{field}` is one of: {words}.")));
            }
            // A language and a framework are said side by side: what fits both.
            let both: Vec<T> = match &said {
                Some((first, earlier)) => {
                    let both: Vec<T> = fits.into_iter().filter(|value| earlier.contains(value)).collect();
                    if both.is_empty() {
                        let detail = format!("`{field}` and `{first}` say different things.");
                        return Err(Problem::invalid(&format!("{}{field}", self.within), detail));
                    }
                    both
                }
                None => fits,
            };
            said = Some((field, both));
        }
        if let Some(first) = said.and_then(|(_, fits)| fits.first().copied()) {
            *choice = first;
        }
        Ok(())
    }

    fn switch(&self, fields: &[&str], choice: &mut bool) -> Result<(), Problem> {
        for field in fields {
            match self.given.get(*field) {
                None | Some(Value::Null) => {}
                Some(Value::Bool(on)) => *choice = *on,
                Some(_) => return Err(Problem::invalid(&format!("{}{field}", self.within), format!("`{field}` is true or false."))),
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::TaskInput;

    fn task(body: &Value) -> Result<TaskInput, Problem> {
        Asked(body.as_object().unwrap().clone()).task()
    }

    fn project(body: &Value) -> ProjectInput {
        match task(body) {
            Ok(TaskInput::Project(input)) => *input,
            other => panic!("{body}: {other:?}"),
        }
    }

    #[test]
    fn a_brief_is_found_under_every_name() {
        for field in BRIEFS {
            let input = project(&json!({ field: "a shop: books with title", "name": "Shop", "user_id": 7 }));
            assert_eq!((input.brief.as_deref(), input.name.as_deref()), (Some("a shop: books with title"), Some("Shop")), "{field}");
        }
        let input =
            project(&json!({"description": "A shop", "features": ["books with title", "authors with name"], "project_name": "Shop"}));
        assert_eq!(input.brief.as_deref(), Some("A shop\n\nbooks with title\nauthors with name"));
        let named = project(&json!({"name": "town library"}));
        assert_eq!((named.brief.as_deref(), named.name), (Some("town library"), None));
    }

    #[test]
    fn a_model_comes_as_json_as_body_or_as_text() {
        let entities = json!([{"name": "Book", "fields": [{"name": "title", "type": "string"}]}]);
        let given = project(&json!({"model": {"name": "Shop", "entities": entities}, "name": "Other"}));
        assert_eq!((given.model.unwrap().name.as_str(), given.name.as_deref()), ("Shop", Some("Other")));
        let body = project(&json!({"name": "Shop", "description": "Books.", "entities": entities}));
        assert_eq!((body.model.unwrap().description.as_str(), body.brief), ("Books.", None));
        let text = project(&json!({"text": "entity Book { title string }", "brief": "a shop"}));
        assert!(text.text.is_some() && text.brief.is_some());
        let api = json!({"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": {}});
        assert!(project(&json!({"kind": "project", "openapi": api})).description.unwrap().contains("3.1.0"));
    }

    #[test]
    fn choices_are_understood_inside_and_beside_options() {
        let input =
            project(&json!({"brief": "a shop", "options": {"stack": "fastapi", "docker": false}, "database": "PostgreSQL", "auth": true}));
        let expected =
            ProjectOptions { database: Database::Postgres, access: Access::Accounts, docker: false, ..ProjectOptions::default() };
        assert_eq!(input.options, expected);
        let spoken =
            project(&json!({"brief": "a shop", "language": "Rust", "framework": "axum", "license": "MIT", "frontend": false, "seed": 9}));
        assert_eq!((spoken.options.stack, spoken.options.front_end, spoken.seed), (Stack::Axum, false, 9));
    }

    #[test]
    fn a_description_of_an_api_is_a_suite_unless_something_asks_for_a_project() {
        let api = "openapi: 3.1.0\ninfo: {title: T, version: '1'}\npaths: {}\n";
        for body in
            [json!({"openapi": api, "name": "T"}), json!({"spec": api, "description": "our shop"}), json!({"url": "http://a.example/"})]
        {
            assert!(matches!(task(&body), Ok(TaskInput::TestSuite(_))), "{body}");
        }
        let both = json!({"spec": api, "brief": "a shop"});
        assert_eq!(task(&both).unwrap_err().errors[0].field, "brief");
        assert!(matches!(task(&json!({"spec": api, "brief": "a shop", "kind": "test_suite"})), Ok(TaskInput::TestSuite(_))));
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (body, field) in [
            (json!({}), "brief"),
            (json!({"name": " "}), "brief"),
            (json!({"brief": 7}), "brief"),
            (json!({"features": ["a", 1]}), "features"),
            (json!({"brief": "a shop", "model": "gemini"}), "model"),
            (json!({"model": {"name": "Shop", "entities": [{"name": "Book", "fields": [{"name": "a"}]}]}}), "model.entities.Book.fields.a"),
            (json!({"entities": []}), "name"),
            (json!({"model": {}, "entities": []}), "entities"),
            (json!({"brief": "a shop", "language": "cobol"}), "language"),
            (json!({"brief": "a shop", "language": "python", "framework": "axum"}), "language"),
            (json!({"brief": "a shop", "options": {"stack": 1}}), "options.stack"),
            (json!({"brief": "a shop", "options": {"docker": "no"}}), "options.docker"),
            (json!({"brief": "a shop", "options": []}), "options"),
            (json!({"brief": "a shop", "seed": -1}), "seed"),
            (json!({"kind": "prompt", "brief": "a shop"}), "kind"),
            (json!({"kind": "test_suite", "brief": "a shop"}), "spec"),
            (json!({"kind": "project", "url": "http://a.example/"}), "url"),
        ] {
            assert_eq!(task(&body).unwrap_err().errors[0].field, field, "{body}");
        }
    }
}
