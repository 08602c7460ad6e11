//! Descriptions and the models made of them.

use super::super::{Drafted, text, validate};
use super::from_openapi;

fn drafted(description: &str) -> Drafted {
    let drafted = from_openapi(description).unwrap_or_else(|problem| panic!("{problem}"));
    assert_eq!(validate(&drafted.model), Ok(()), "{:#?}", drafted.model);
    assert_eq!(text::parse(&text::print(&drafted.model)).as_ref(), Ok(&drafted.model));
    drafted
}

/// Entities with their fields, and relations, as text.
fn printed(description: &str) -> String {
    text::print(&drafted(description).model)
}

#[test]
fn a_bookshops_description_gives_a_bookshop() {
    let drafted = drafted(include_str!("../../../../../../public/samples/bookshop.yaml"));
    assert_eq!(
        text::print(&drafted.model),
        r#"project "Bookshop"

/** What stands on the shelves. */
entity Book {
  title string required minlength(1) maxlength(120)
  subtitle string maxlength(200)
  isbn string required pattern(/^97[89]-[0-9]{10}$/)
  genre Genre required
  price decimal required min(0) max(9999.99)
  pages integer min(1) max(5000)
  published date
  stock integer min(0) max(100000)
}

/** What readers think of a book. */
entity Review {
  rating integer required min(1) max(5)
  text string maxlength(500)
  by email
  written_at date_time
}

/** Who wrote it. */
entity Author {
  name string required minlength(1) maxlength(80)
  born integer min(1000) max(2100)
  website url
}

/** What was bought, and how it leaves the shop. */
entity Order {
  email email required
  gift_note string maxlength(140)
  state OrderState
}

entity OrderLine {
  quantity integer required min(1) max(20)
}

enum Genre { fiction, poetry, science, history, children }
enum OrderState { placed, packed, sent }

relationship OneToMany { Author to Book{author required} }

relationship ManyToMany { Book{related} to Book }

relationship OneToMany {
  Order{lines} to OrderLine{required}
  Book to OrderLine{book required}
  Book to Review{required}
}
"#
    );
    assert_eq!(
        drafted.notes,
        [
            "Book.languages was left out: a field holds one value, not a list.",
            "Order.delivery was left out: its type is none that a field can have, or it has one value only.",
        ]
    );
}

#[test]
fn every_dialect_and_hostile_names_give_sound_models() {
    let [one, two, three] = [
        include_str!("../../../../../../tests/fixtures/library-2.0.yaml"),
        include_str!("../../../../../../tests/fixtures/library-3.0.json"),
        include_str!("../../../../../../tests/fixtures/library-3.1.yaml"),
    ]
    .map(printed);
    assert_eq!((&one, &two), (&two, &three));
    assert!(one.contains("relationship OneToMany { Loan to Loan{renews} }"), "{one}");
    let hostile = drafted(include_str!("../../../../../../tests/fixtures/hostile-names.json"));
    assert_eq!(hostile.model.entities[0].name, "ConRecord");
}

/// A description whose one schema `Thing` has these properties.
fn thing(properties: &str) -> String {
    format!(
        r##"{{"openapi": "3.1.0", "info": {{"title": "Things", "version": "1"}}, "paths": {{
            "/things": {{"post": {{
                "requestBody": {{"content": {{"application/json": {{"schema": {{"$ref": "#/components/schemas/NewThing"}}}}}}}},
                "responses": {{"201": {{"description": "x", "content": {{"application/json": {{"schema": {{"$ref": "#/components/schemas/ThingResponse"}}}}}}}}}}
            }}}},
            "/owners": {{"get": {{"responses": {{"200": {{"description": "x", "content": {{"application/json": {{"schema":
                {{"type": "object", "properties": {{"items": {{"type": "array", "items": {{"$ref": "#/components/schemas/Owner"}}}}, "total": {{"type": "integer"}}}}}}
            }}}}}}}}}}}}
        }}, "components": {{"schemas": {{
            "NewThing": {{"type": "object", "required": ["a"], "properties": {{{properties}, "z": {{"type": "boolean"}}}}}},
            "ThingResponse": {{"allOf": [{{"$ref": "#/components/schemas/NewThing"}}, {{"type": "object", "required": ["id"], "properties": {{"id": {{"type": "string"}}}}}}]}},
            "Owner": {{"type": "object", "properties": {{"name": {{"type": "string"}}}}}}
        }}}}}}"##
    )
}

#[test]
fn properties_become_fields_or_relations_or_notes() {
    for (property, line, note) in [
        (r#""a": {"type": "string"}"#, "a string required", ""),
        (r#""b": {"type": ["string", "null"], "format": "date-time"}"#, "b date_time", ""),
        (r#""sizeCm": {"type": "integer", "exclusiveMinimum": 0, "maximum": 9}"#, "size_cm integer min(1) max(9)", ""),
        (r#""price": {"type": "number", "exclusiveMinimum": 0}"#, "price decimal min(0.01)", ""),
        (r#""x": {"type": "number", "exclusiveMinimum": 0}"#, "x float min(0)", "Thing.x may also be 0 itself here."),
        (r#""zip": {"type": "string", "pattern": "^\\d{5}$"}"#, "zip string pattern(/^[0-9]{5}$/)", ""),
        (r#""zip": {"type": "string", "pattern": "\\d{5}"}"#, "zip string\n", "for a part of the value"),
        (r#""zip": {"type": "string", "pattern": "^(?=a)b$"}"#, "zip string\n", "read alike"),
        (r#""zip": {"type": "string", "pattern": "^ab$", "maxLength": 1}"#, "zip string maxlength(1)\n", ""),
        (r#""type": {"type": "string", "enum": ["A-1", "b"]}"#, "kind ThingKind", "other spellings here: a_1, b"),
        (r#""on": {"type": "boolean"}"#, "thing_on boolean", ""),
        (r#""password": {"type": "string"}"#, "", "passwords belong to accounts"),
        (r#""list": {"type": "array", "items": {"type": "string"}}"#, "", "holds one value, not a list"),
        (r#""any": {}"#, "", "its type is none"),
        (r#""free": {"type": "object", "additionalProperties": true}"#, "", "object without properties"),
        (r#""size": {"type": "object", "properties": {"w": {"type": "integer"}}}"#, "size_w integer", ""),
        (r##""owner": {"$ref": "#/components/schemas/Owner"}"##, "Owner to Thing{owner}", ""),
        (r##""owner": {"oneOf": [{"$ref": "#/components/schemas/Owner"}, {"type": "null"}]}"##, "Owner to Thing{owner}", ""),
        (r#""ownerId": {"type": "string"}"#, "Owner to Thing{owner}", ""),
        (r##""owners": {"type": "array", "items": {"$ref": "#/components/schemas/Owner"}}"##, "ManyToMany { Thing{owners} to Owner }", ""),
        (r##""a": {"$ref": "#/components/schemas/ThingResponse"}"##, "Thing to Thing{a}", ""),
        (r#""body": {"type": "string"}"#, "body text", ""),
        (r#""long": {"type": "string", "maxLength": 9000}"#, "long text maxlength(9000)", ""),
    ] {
        let drafted = drafted(&thing(property));
        let printed = text::print(&drafted.model);
        assert!(printed.contains(line), "{property}: {printed}");
        assert!(
            if note.is_empty() { drafted.notes.is_empty() } else { drafted.notes[0].contains(note) },
            "{property}: {:?}",
            drafted.notes
        );
    }
}

#[test]
fn what_is_no_description_or_has_no_objects_is_refused() {
    assert_eq!(from_openapi("hello").unwrap_err().slug(), "invalid-description");
    let text = "openapi: 3.0.0\npaths:\n  /a:\n    get:\n      responses: {'200': {description: x}}\n";
    assert!(from_openapi(text).unwrap_err().detail.contains("nothing to make entities of"));
}

/// Any description, printed: `SHOW_MODELS=a.yaml:b.json cargo test shown_on_request -- --nocapture`.
#[test]
fn models_of_other_descriptions_are_shown_on_request() {
    for path in std::env::var("SHOW_MODELS").unwrap_or_default().split(':').filter(|path| !path.is_empty()) {
        let drafted = drafted(&std::fs::read_to_string(path).unwrap());
        println!("=== {path}\n{}\n{}", text::print(&drafted.model), drafted.notes.join("\n"));
    }
}
