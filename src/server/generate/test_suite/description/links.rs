//! `links`: which operation goes on with what an answer holds.
//!
//! Read as far as fixtures can use them: one property at the answer's top that becomes one parameter. Others say nothing here.

use super::Reader;
use super::place::Place;
use crate::server::generate::test_suite::model::Link;

/// Links of one operation.
const MAX_LINKS: usize = 200;
const FROM_BODY: &str = "$response.body#/";

impl<'a> Reader<'a> {
    pub(super) fn links(&mut self, responses: &Place<'a>) -> Vec<Link> {
        let mut found = Vec::new();
        for (_, response) in responses.entries().filter(|(status, _)| status.starts_with('2')) {
            let Some(links) = self.resolve(&response).and_then(|response| response.get("links")) else { continue };
            for (_, link) in links.entries().take(MAX_LINKS) {
                let Some(link) = self.resolve(&link) else { continue };
                let (Some(operation), Some(parameters)) = (link.text("operationId"), link.get("parameters")) else { continue };
                for (parameter, value) in parameters.entries() {
                    let property = value.node.text().and_then(|value| value.strip_prefix(FROM_BODY)).filter(|rest| !rest.contains('/'));
                    if let Some(property) = property.filter(|_| found.len() < MAX_LINKS) {
                        let parameter = parameter.strip_prefix("path.").unwrap_or(parameter).to_owned();
                        let property = property.replace("~1", "/").replace("~0", "~");
                        found.push(Link { property, operation: operation.to_owned(), parameter });
                    }
                }
            }
        }
        found
    }
}
