//! What is particular to OpenAPI 3.0 and 3.1: parameters with schemas, bodies and responses by media type.

use super::place::Place;
use super::version::Version;
use super::{Reader, one_line};
use crate::server::generate::test_suite::json::Json;
use crate::server::generate::test_suite::model::{Body, Content, Header, In, Parameter, Response, Style};
use crate::server::generate::test_suite::schema::SchemaId;

/// Examples of one body that are looked at.
const MAX_EXAMPLES: usize = 10;

impl<'a> Reader<'a> {
    pub(super) fn openapi3_parameters(&mut self, places: &[Place<'a>]) -> Vec<Parameter> {
        places.iter().filter_map(|place| self.openapi3_parameter(place)).collect()
    }

    fn openapi3_parameter(&mut self, place: &Place<'a>) -> Option<Parameter> {
        let (name, location) = self.name_and_location(place)?;
        let location = match location {
            "path" => In::Path,
            "query" => In::Query,
            "header" => In::Header,
            "cookie" => In::Cookie,
            other => {
                let shown = one_line(other, 40);
                self.fault(place, format!("`in` must be path, query, header or cookie, not `{shown}`"));
                return None;
            }
        };
        let content =
            place.get("content").and_then(|content| content.entries().next().map(|(media_type, content)| (media_type.to_owned(), content)));
        let (schema, as_json) = match (place.get("schema"), &content) {
            (Some(schema), _) => (self.schemas.id(&schema), false),
            (None, Some((_, content))) => (self.schema_or_any(content.get("schema")), true),
            (None, None) => {
                self.note(place, "the parameter has neither `schema` nor `content`; any text is taken for it");
                (self.schemas.any(), false)
            }
        };
        let form = matches!(location, In::Query | In::Cookie);
        let style = match place.text("style") {
            None => Style::Plain,
            Some("form") if form => Style::Plain,
            Some("simple") if !form => Style::Plain,
            Some("spaceDelimited") => Style::Space,
            Some("pipeDelimited") => Style::Pipe,
            Some("deepObject") => Style::Deep,
            Some(_) => Style::Other,
        };
        let explode = match place.node.get("explode") {
            Some(Json::Bool(explode)) => *explode,
            _ => form && style == Style::Plain,
        };
        let examples = self.examples(place).into_iter().map(|(_, value)| value).collect();
        Some(Parameter {
            name,
            required: location == In::Path || place.flag("required"),
            place: location,
            schema,
            style,
            explode,
            as_json,
            examples,
        })
    }

    fn schema_or_any(&mut self, place: Option<Place<'a>>) -> SchemaId {
        match place {
            Some(place) => self.schemas.id(&place),
            None => self.schemas.any(),
        }
    }

    /// `name` and `in`, which every parameter of every dialect needs.
    pub(super) fn name_and_location(&mut self, place: &Place<'a>) -> Option<(String, &'a str)> {
        if !place.is_map() {
            self.fault(place, "a parameter must be an object");
            return None;
        }
        let name = place.text("name").filter(|name| !name.is_empty());
        let location = place.text("in");
        if name.is_none() {
            self.fault(place, "the parameter lacks `name`");
        }
        if location.is_none() {
            self.fault(place, "the parameter lacks `in` (path, query, header or cookie)");
        }
        Some((name?.to_owned(), location?))
    }

    pub(super) fn openapi3_body(&mut self, operation: &Place<'a>) -> Option<Body> {
        let place = self.resolve(&operation.get("requestBody")?)?;
        if !place.is_map() {
            self.fault(&place, "`requestBody` must be an object");
            return None;
        }
        let contents = place.get("content").map(|content| self.contents(&content)).unwrap_or_default();
        if contents.is_empty() {
            self.note(&place, "the body has no `content`, so nothing is known about it");
        }
        Some(Body { required: place.flag("required"), contents })
    }

    fn contents(&mut self, content: &Place<'a>) -> Vec<Content> {
        if !content.is_map() {
            self.fault(content, "`content` must be an object of media types");
            return Vec::new();
        }
        let entries: Vec<_> = content.entries().collect();
        entries
            .into_iter()
            .map(|(media_type, place)| Content {
                media_type: media_type.trim().to_ascii_lowercase(),
                schema: place.get("schema").map(|schema| self.schemas.id(&schema)),
                examples: self.examples(&place),
            })
            .collect()
    }

    /// `example` and `examples` of a parameter or media type.
    fn examples(&mut self, place: &Place<'a>) -> Vec<(String, Json)> {
        let mut examples = Vec::new();
        if let Some(example) = place.node.get("example") {
            examples.push(("example".to_owned(), example.clone()));
        }
        if let Some(named) = place.get("examples") {
            let entries: Vec<_> = named.entries().take(MAX_EXAMPLES).collect();
            for (name, example) in entries {
                if let Some(value) = self.resolve(&example).and_then(|example| example.node.get("value").cloned()) {
                    examples.push((name.to_owned(), value));
                }
            }
        }
        examples
    }

    pub(super) fn responses(&mut self, responses: &Place<'a>, operation: &Place<'a>) -> Vec<Response> {
        if !responses.is_map() {
            self.fault(responses, "`responses` must be an object of status codes");
            return Vec::new();
        }
        let entries: Vec<_> = responses.entries().filter(|(status, _)| !status.starts_with("x-")).collect();
        let mut list = Vec::new();
        for (status, place) in entries {
            let status = status.to_ascii_uppercase();
            let known = status == "DEFAULT"
                || (status.len() == 3
                    && status.starts_with(|c: char| ('1'..='5').contains(&c))
                    && (status.ends_with("XX") || status.parse::<u16>().is_ok()));
            if !known {
                self.note(&place, format!("`{}` is no status code; it is left out of account", one_line(&status, 20)));
                continue;
            }
            let Some(response) = self.resolve(&place) else { continue };
            let contents = match self.version {
                Version::Swagger2 => self.swagger2_response_contents(&response, operation),
                _ => response.get("content").map(|content| self.contents(&content)).unwrap_or_default(),
            };
            let headers = response.get("headers").map(|headers| self.headers(&headers)).unwrap_or_default();
            list.push(Response { status: if status == "DEFAULT" { "default".into() } else { status }, contents, headers });
        }
        list
    }

    fn headers(&mut self, headers: &Place<'a>) -> Vec<Header> {
        let entries: Vec<_> = headers.entries().collect();
        let mut list = Vec::new();
        for (name, place) in entries {
            let Some(header) = self.resolve(&place) else { continue };
            let schema = if self.version == Version::Swagger2 { Some(header.clone()) } else { header.get("schema") };
            let schema = self.schema_or_any(schema);
            list.push(Header { name: name.to_owned(), required: header.flag("required"), schema });
        }
        list
    }
}
