//! JSON → a model, or what holds one. What does not fit names entity and field, as everything else that is wrong with a model does.

use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_path_to_error::Segment;

use super::faults::{self, Faults, Place};
use crate::{protocol::Problem, server::generate::test_suite::description::one_line};

/// Of somebody else's words in a message.
const MAX_SHOWN: usize = 300;

/// Reads a document; `root` is the property in which it stands, empty for a whole body.
///
/// # Errors
/// The first thing that has another form than it must have.
pub fn read<T: DeserializeOwned>(document: &Value, root: &str) -> Result<T, Problem> {
    serde_path_to_error::deserialize(document).map_err(|error| {
        let mut place = if root.is_empty() { Place::default() } else { Place::default().key(root) };
        let mut here = Some(document);
        for segment in error.path() {
            match segment {
                Segment::Seq { index } => {
                    here = here.and_then(|value| value.get(index));
                    place = place.item(*index, here.and_then(|value| value["name"].as_str()).unwrap_or_default());
                }
                Segment::Map { key } => {
                    here = here.and_then(|value| value.get(key));
                    place = place.key(&one_line(key, MAX_SHOWN));
                }
                Segment::Enum { .. } | Segment::Unknown => {}
            }
        }
        let mut faults = Faults::default();
        faults.add(&place, one_line(&error.inner().to_string(), MAX_SHOWN));
        faults::problem(faults.into_result().err().unwrap_or_default())
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::protocol::project::{ProjectInput, ProjectModel};

    #[test]
    fn what_does_not_fit_names_entity_and_field() {
        let field = json!({"name": "title", "type": "string"});
        for (model, place, word) in [
            (json!({"name": "Shop"}), "", "missing field `entities`"),
            (json!({"name": "Shop", "entities": [{"name": "Book"}]}), "entities.Book", "missing field `fields`"),
            (json!({"name": "Shop", "entities": [{"fields": []}]}), "entities[0]", "missing field `name`"),
            (
                json!({"name": "Shop", "entities": [{"name": "Book", "fields": [field, {"name": "price", "type": "money"}]}]}),
                "entities.Book.fields.price.type",
                "unknown variant `money`",
            ),
            (
                json!({"name": "Shop", "entities": [{"name": "Book", "fields": [{"name": "title", "type": "string", "max_length": "9"}]}]}),
                "entities.Book.fields.title.max_length",
                "invalid type",
            ),
            (json!({"name": "Shop", "entities": [], "relations": [{"kind": "one_to_one"}]}), "relations[0].kind", "unknown variant"),
        ] {
            let problem = read::<ProjectModel>(&model, "").unwrap_err();
            let error = &problem.errors[0];
            assert_eq!((problem.status, error.field.as_str()), (422, place), "{model}");
            assert!(error.message.contains(word), "{}", error.message);
            let within = read::<ProjectInput>(&json!({ "model": model }), "").unwrap_err();
            let dot = if place.is_empty() { "" } else { "." };
            assert_eq!(within.errors[0].field, format!("model{dot}{place}"));
        }
    }

    #[test]
    fn a_hostile_name_is_no_place() {
        let name = "x\u{1b}[31m\n".repeat(1000);
        let problem = read::<ProjectModel>(&json!({"name": "x", "entities": [{"name": name}], name.clone(): 1}), "").unwrap_err();
        let said = problem.to_string();
        assert!(said.len() < 3 * MAX_SHOWN && !said.contains('\u{1b}'), "{said}");
    }
}
