//! What is particular to Swagger 2.0: bodies and forms as parameters, media types in `consumes` and `produces`.

use indexmap::{IndexMap, IndexSet};

use super::place::Place;
use super::{Reader, one_line};
use crate::server::generate::test_suite::json::Json;
use crate::server::generate::test_suite::model::{Body, Content, In, Parameter, Style};
use crate::server::generate::test_suite::schema::{Schema, SchemaId, Types};

impl<'a> Reader<'a> {
    pub(super) fn swagger2_request(&mut self, operation: &Place<'a>, places: &[Place<'a>]) -> (Vec<Parameter>, Option<Body>) {
        let mut parameters = Vec::new();
        let mut body = None;
        let mut fields: Vec<(String, SchemaId, bool, bool)> = Vec::new();
        for place in places {
            let Some((name, location)) = self.name_and_location(place) else { continue };
            let location = match location {
                "path" => In::Path,
                "query" => In::Query,
                "header" => In::Header,
                "body" => {
                    let schema = place.get("schema").map(|schema| self.schemas.id(&schema));
                    let media_types = self.media_types(operation, "consumes", "application/json");
                    let contents = media_types.into_iter().map(|media_type| Content { media_type, schema, examples: Vec::new() }).collect();
                    body = Some(Body { required: place.flag("required"), contents });
                    continue;
                }
                "formData" => {
                    let schema = self.schemas.id(place);
                    fields.push((name, schema, place.flag("required"), place.text("type") == Some("file")));
                    continue;
                }
                other => {
                    let shown = one_line(other, 40);
                    self.fault(place, format!("`in` must be path, query, header, body or formData, not `{shown}`"));
                    continue;
                }
            };
            let (style, explode) = match place.text("collectionFormat") {
                Some("multi") => (Style::Plain, true),
                Some("ssv") => (Style::Space, false),
                Some("pipes") => (Style::Pipe, false),
                Some("tsv") => (Style::Other, false),
                _ => (Style::Plain, false),
            };
            let examples = place.node.get("x-example").cloned().into_iter().collect();
            let schema = self.schemas.id(place);
            parameters.push(Parameter {
                name,
                place: location,
                required: location == In::Path || place.flag("required"),
                schema,
                style,
                explode,
                as_json: false,
                examples,
            });
        }
        if !fields.is_empty() {
            body = Some(self.form(operation, &fields));
        }
        (parameters, body)
    }

    fn form(&mut self, operation: &Place<'a>, fields: &[(String, SchemaId, bool, bool)]) -> Body {
        let fallback = if fields.iter().any(|(_, _, _, file)| *file) { "multipart/form-data" } else { "application/x-www-form-urlencoded" };
        let mut types = Types::default();
        types.insert("object");
        let schema = self.schemas.add(Schema {
            types,
            properties: fields.iter().map(|(name, schema, _, _)| (name.clone(), *schema)).collect::<IndexMap<_, _>>(),
            required: fields.iter().filter(|(_, _, required, _)| *required).map(|(name, _, _, _)| name.clone()).collect::<IndexSet<_>>(),
            ..Schema::default()
        });
        let mut media_types = self.media_types(operation, "consumes", fallback);
        media_types.retain(|media_type| media_type.contains("form"));
        if media_types.is_empty() {
            media_types.push(fallback.into());
        }
        Body {
            required: fields.iter().any(|(_, _, required, _)| *required),
            contents: media_types
                .into_iter()
                .map(|media_type| Content { media_type, schema: Some(schema), examples: Vec::new() })
                .collect(),
        }
    }

    fn media_types(&self, operation: &Place<'a>, key: &str, fallback: &str) -> Vec<String> {
        let list = operation.get(key).or_else(|| self.root.get(key));
        let mut media_types: Vec<String> = list
            .map(|list| list.items().filter_map(|item| item.node.text().map(|text| text.trim().to_ascii_lowercase())).collect())
            .unwrap_or_default();
        if media_types.is_empty() {
            media_types.push(fallback.to_owned());
        }
        media_types
    }

    pub(super) fn swagger2_response_contents(&mut self, response: &Place<'a>, operation: &Place<'a>) -> Vec<Content> {
        let Some(schema) = response.get("schema") else { return Vec::new() };
        let schema = self.schemas.id(&schema);
        let examples = match response.node.get("examples") {
            Some(Json::Map(examples)) => examples.clone(),
            _ => IndexMap::new(),
        };
        self.media_types(operation, "produces", "application/json")
            .into_iter()
            .map(|media_type| {
                let example = examples.get(&media_type).map(|value| ("example".to_owned(), value.clone()));
                Content { media_type, schema: Some(schema), examples: example.into_iter().collect() }
            })
            .collect()
    }
}
