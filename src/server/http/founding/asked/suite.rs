//! An API description in a founding request, from which a test suite is made.

use serde_json::Value;

use super::Asked;
use crate::protocol::{Problem, TestSuiteInput};

/// Fields that may hold an OpenAPI description, as text or as the JSON document itself.
const DESCRIPTIONS: [&str; 3] = ["spec", "openapi", "description"];
/// Fields that may hold its address.
const ADDRESSES: [&str; 2] = ["url", "spec_url"];

impl Asked {
    /// The API description that the request carries; `None` when there is nothing that could be one.
    ///
    /// # Errors
    /// When a field has a type that it cannot have, or more than one field says what to generate from.
    pub(in super::super) fn suite(&self) -> Result<Option<TestSuiteInput>, Problem> {
        let name = self.text("name")?.or(self.text("filename")?).map(str::to_owned);
        if self.is_description() {
            let description = Some(Value::Object(self.0.clone()).to_string());
            return Ok(Some(TestSuiteInput { name: None, description, url: None }));
        }
        let mut found = Vec::new();
        for field in DESCRIPTIONS {
            let description = match self.0.get(field) {
                None | Some(Value::Null) => continue,
                // A description in prose is a brief of a project, not of an API.
                Some(Value::String(text)) if field == "description" && !looks_like_openapi(text) => continue,
                Some(Value::String(text)) => text.clone(),
                Some(document @ Value::Object(_)) => document.to_string(),
                Some(_) => {
                    return Err(Problem::invalid(field, format!("`{field}` is an OpenAPI description: its text, or the document itself.")));
                }
            };
            found.push((field, TestSuiteInput { name: name.clone(), description: Some(description), url: None }));
        }
        for field in ADDRESSES {
            if let Some(url) = self.text(field)? {
                found.push((field, TestSuiteInput { name: name.clone(), description: None, url: Some(url.into()) }));
            }
        }
        match &found[..] {
            [] => Ok(None),
            [_] => Ok(found.pop().map(|(_, input)| input)),
            [(first, _), (second, _), ..] => Err(Problem::invalid(second, format!("Give `{first}` or `{second}`, not both."))),
        }
    }

    /// Somebody sent the document itself as the body.
    pub(super) fn is_description(&self) -> bool {
        let has_version = ["openapi", "swagger"].iter().any(|key| self.0.get(*key).is_some_and(Value::is_string));
        has_version && self.0.contains_key("info")
    }
}

pub(super) fn looks_like_openapi(text: &str) -> bool {
    let is_version = |line: &str| {
        let line = line.trim_start_matches(['{', ' ', '"', '\'']);
        ["openapi", "swagger"]
            .iter()
            .any(|key| line.strip_prefix(key).is_some_and(|rest| rest.trim_start_matches(['"', '\'', ' ']).starts_with(':')))
    };
    // In JSON on one line the version may stand anywhere.
    text.lines().any(is_version) || text.trim_start().starts_with('{') && (text.contains("\"openapi\"") || text.contains("\"swagger\""))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn suite(body: &Value) -> Result<Option<TestSuiteInput>, Problem> {
        Asked(body.as_object().unwrap().clone()).suite()
    }

    #[test]
    fn a_description_is_found_under_every_name_as_text_or_document() {
        let document = json!({"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": {}});
        for body in [
            json!({"spec": document}),
            json!({"openapi": document}),
            json!({"description": document}),
            json!({"spec": document.to_string()}),
            json!({"description": document.to_string()}),
            document.clone(),
        ] {
            let text = suite(&body).unwrap().unwrap().description.unwrap();
            assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), document, "{body}");
        }
        let yaml = suite(&json!({"description": "# mine\nopenapi: 3.0.0\n", "name": "api.yaml"})).unwrap().unwrap();
        assert_eq!(yaml.name.as_deref(), Some("api.yaml"));
        assert_eq!(suite(&json!({"url": "http://a.example/"})).unwrap().unwrap().url.as_deref(), Some("http://a.example/"));
    }

    #[test]
    fn prose_is_no_description_and_doubt_is_named() {
        for body in [json!({}), json!({"description": "A shop with an openapi page"}), json!({"spec": null, "name": "x"})] {
            assert_eq!(suite(&body).unwrap(), None, "{body}");
        }
        for (body, field) in [
            (json!({"spec": 7}), "spec"),
            (json!({"url": ["http://a.example/"]}), "url"),
            (json!({"spec": "openapi: 3.1.0", "url": "http://a.example/"}), "url"),
            (json!({"spec": "openapi: 3.1.0", "openapi": "x"}), "openapi"),
            (json!({"name": {}}), "name"),
        ] {
            assert_eq!(suite(&body).unwrap_err().errors[0].field, field, "{body}");
        }
    }
}
