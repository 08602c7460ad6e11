//! Security schemes and requirements of all dialects.

use super::place::Place;
use super::version::Version;
use super::{Reader, one_line, reference};
use crate::server::generate::test_suite::json::Json;
use crate::server::generate::test_suite::model::{In, SecurityScheme};

pub fn schemes(root: &Place<'_>, version: Version) -> Vec<(String, SecurityScheme)> {
    let place = match version {
        Version::Swagger2 => root.get("securityDefinitions"),
        _ => root.get("components").and_then(|components| components.get("securitySchemes")),
    };
    let Some(place) = place else { return Vec::new() };
    place.entries().map(|(name, scheme)| (name.to_owned(), scheme_of(&reference::resolve(root, &scheme).unwrap_or(scheme)))).collect()
}

fn scheme_of(scheme: &Place<'_>) -> SecurityScheme {
    let kind = scheme.text("type").unwrap_or_default();
    match kind {
        "basic" => SecurityScheme::Basic,
        "http" => match scheme.text("scheme").unwrap_or_default().to_ascii_lowercase().as_str() {
            "basic" => SecurityScheme::Basic,
            "bearer" => SecurityScheme::Bearer,
            other => SecurityScheme::Other(one_line(&format!("HTTP {other}"), 60)),
        },
        "oauth2" | "openIdConnect" => SecurityScheme::Bearer,
        "apiKey" => {
            let place = match scheme.text("in") {
                Some("query") => In::Query,
                Some("cookie") => In::Cookie,
                _ => In::Header,
            };
            match scheme.text("name") {
                Some(name) => SecurityScheme::ApiKey { place, name: name.to_owned() },
                None => SecurityScheme::Other("an API key without a name".into()),
            }
        }
        other => SecurityScheme::Other(one_line(other, 60)),
    }
}

impl<'a> Reader<'a> {
    /// The operation's own requirement, or else the document's.
    pub(super) fn security(&mut self, operation: &Place<'a>) -> Vec<Vec<String>> {
        let Some(security) = operation.get("security").or_else(|| self.root.get("security")) else { return Vec::new() };
        let mut alternatives = Vec::new();
        for alternative in security.items() {
            let Json::Map(names) = alternative.node else {
                self.note(&alternative, "a security requirement must be an object; it is left out of account");
                continue;
            };
            let mut set = Vec::new();
            for name in names.keys() {
                if !self.schemes.iter().any(|(known, _)| known == name) {
                    let shown = one_line(name, 80);
                    self.note(&alternative, format!("the security scheme `{shown}` is not described anywhere"));
                }
                set.push(name.clone());
            }
            alternatives.push(set);
        }
        alternatives
    }
}
