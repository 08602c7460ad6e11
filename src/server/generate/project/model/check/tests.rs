//! What is refused, where, and what is said about it: one change to a sound model each.

use serde_json::{Value, json};

use super::validate;
use crate::protocol::FieldError;
use crate::protocol::project::ProjectModel;

fn sound() -> Value {
    json!({
        "name": "Town library",
        "description": "Books and who has them.",
        "entities": [
            {"name": "Book", "fields": [
                {"name": "title", "type": "string", "required": true, "max_length": 200},
                {"name": "isbn", "type": "string", "unique": true, "pattern": "^[0-9]{13}$"},
                {"name": "year", "type": "integer", "min": 1450, "max": 2100},
                {"name": "price", "type": "decimal", "min": 0.01, "max": 999.99},
                {"name": "genre", "type": "enum", "enum": "Genre"},
                {"name": "cover", "type": "bytes", "max_bytes": 5000},
                {"name": "notes", "type": "text", "min_length": 2},
                {"name": "weight", "type": "float", "min": 0},
                {"name": "in_print", "type": "boolean"},
            ]},
            {"name": "Author", "fields": [{"name": "name", "type": "string"}]},
            {"name": "Staff", "plural": "StaffMembers", "fields": [{"name": "email", "type": "email", "unique": true}]},
        ],
        "enums": [{"name": "Genre", "values": ["novel", "science_fiction"]}],
        "relations": [
            {"kind": "one_to_many", "from": {"entity": "Author", "field": "books"}, "to": {"entity": "Book", "field": "author"}, "required": true},
            {"kind": "many_to_many", "from": {"entity": "Book", "field": "readers"}, "to": {"entity": "Staff"}},
            {"kind": "one_to_many", "from": {"entity": "Staff", "field": "children"}, "to": {"entity": "Staff", "field": "parent"}},
        ],
    })
}

fn check(model: &Value) -> Vec<FieldError> {
    let model: ProjectModel = serde_json::from_value(model.clone()).expect("a model's shape");
    validate(&model).err().unwrap_or_default()
}

/// The sound model with the value at `pointer` replaced; `-` at the end adds to a list, a key that is not there is added.
fn changed(pointer: &str, value: Value) -> Value {
    let mut model = sound();
    let (parent, key) = pointer.rsplit_once('/').expect("a pointer");
    match model.pointer_mut(parent).expect("there") {
        Value::Array(list) if key == "-" => list.push(value),
        Value::Array(list) => list[key.parse::<usize>().expect("an index")] = value,
        Value::Object(map) => {
            map.insert(key.to_owned(), value);
        }
        _ => panic!("{pointer}"),
    }
    model
}

#[test]
fn a_sound_model_passes() {
    assert_eq!(check(&sound()), []);
}

#[test]
#[allow(clippy::too_many_lines, reason = "a table")]
fn each_change_is_refused_with_the_place_and_what_to_do() {
    let relation = |from: &str, to: &str, required: bool| json!({"kind": "one_to_many", "from": {"entity": from, "field": "xs"}, "to": {"entity": to, "field": "x"}, "required": required});
    let field = |field: Value| field;
    for (pointer, value, place, words) in [
        ("/name", json!(""), "name", "has no name"),
        ("/name", json!("漢字"), "name", "a letter from a to z"),
        ("/name", json!("a\u{1b}[31m"), "name", "without control characters"),
        ("/name", json!("a".repeat(81)), "name", "at most 80"),
        ("/description", json!("two\nlines"), "description", "on one line"),
        ("/entities/0/description", json!(" blank"), "entities.Book.description", "without blanks around it"),
        ("/entities", json!([]), "entities", "no entity"),
        ("/entities/1/name", json!(""), "entities[1].name", "no name"),
        ("/entities/1/name", json!("book_writer"), "entities.book_writer.name", ": `BookWriter`"),
        ("/entities/1/name", json!("2nd"), "entities.2nd.name", "the first a capital letter"),
        ("/entities/1/name", json!("A".repeat(41)), &format!("entities.{}.name", "A".repeat(41)), "at most 40"),
        ("/entities/1/name", json!("../../etc"), "entities[1].name", "`../../etc` is no name"),
        ("/entities/1/name", json!("Class"), "entities.Class.name", "such as `Course`"),
        ("/entities/1/name", json!("Yield"), "entities.Yield.name", "such as `YieldRecord`"),
        ("/entities/1/name", json!("Book"), "entities.Book.name", "another entity called `Book`"),
        ("/entities/1/name", json!("Genre"), "enums.Genre.name", "an entity called `Genre`"),
        ("/entities/1/name", json!("Books"), "entities.Books.name", "share the name `books`"),
        ("/entities/1/name", json!("StaffMember"), "entities.Staff.plural", "share the name `staff_members`"),
        ("/entities/1/name", json!("BookPage"), "entities.BookPage.name", "call it `BookPageRecord`"),
        ("/entities/1/plural", json!("authors"), "entities.Author.plural", "the first a capital letter"),
        ("/entities/1/fields", json!([]), "entities.Author.fields", "at least one, such as `name`"),
        ("/enums/0/name", json!("genre"), "enums.genre.name", ": `Genre`"),
        ("/enums/0/values", json!([]), "enums.Genre.values", "no values"),
        ("/enums/0/values/0", json!("NOVEL"), "enums.Genre.values.NOVEL", ": `novel`"),
        ("/enums/0/values/0", json!("self"), "enums.Genre.values.self", "`own_self`"),
        ("/enums/0/values/0", json!("science_fiction"), "enums.Genre.values.science_fiction", "twice"),
        ("/entities/0/fields/0/name", json!(""), "entities.Book.fields[0].name", "no name"),
        ("/entities/0/fields/0/name", json!("pageCount"), "entities.Book.fields.pageCount.name", ": `page_count`"),
        ("/entities/0/fields/0/name", json!("created_at"), "entities.Book.fields.created_at.name", "such as `created_on`"),
        ("/entities/0/fields/0/name", json!("model_year"), "entities.Book.fields.model_year.name", "such as `the_model_year`"),
        ("/entities/0/fields/0/name", json!("type"), "entities.Book.fields.type.name", "such as `kind`"),
        ("/entities/0/fields/0/name", json!("order"), "entities.Book.fields.order.name", "such as `position`"),
        ("/entities/0/fields/0/name", json!("year"), "entities.Book.fields.year.name", "is there twice"),
        ("/entities/0/fields/4/enum", json!("Gender"), "entities.Book.fields.genre.enum", "there are `Genre`"),
        ("/entities/0/fields/4/enum", Value::Null, "entities.Book.fields.genre.enum", "needs `enum`"),
        ("/entities/0/fields/0/enum", json!("Genre"), "entities.Book.fields.title.enum", "make the type `enum`"),
        ("/entities/0/fields/0/min", json!(1), "entities.Book.fields.title.min", "`min` is for numbers"),
        ("/entities/0/fields/2/min", json!(1.5), "entities.Book.fields.year.min", "whole numbers"),
        ("/entities/0/fields/2/min", json!(2101), "entities.Book.fields.year.min", "min of 2101 above its max of 2100; swap"),
        ("/entities/0/fields/2/max", json!(u64::MAX), "entities.Book.fields.year.max", "at most 64 bits"),
        ("/entities/0/fields/3/min", json!(0.001), "entities.Book.fields.price.min", "two digits"),
        ("/entities/0/fields/3/max", json!(1e12), "entities.Book.fields.price.max", "smaller than"),
        ("/entities/0/fields/3/max_length", json!(3), "entities.Book.fields.price.max_length", "for `string` and `text`"),
        ("/entities/0/fields/0/max_length", json!(0), "entities.Book.fields.title.max_length", "from 1 to 4000"),
        ("/entities/0/fields/0/min_length", json!(201), "entities.Book.fields.title.min_length", "swap them"),
        ("/entities/0/fields/6/min_length", json!(20_000), "entities.Book.fields.notes.min_length", "give it a max_length"),
        ("/entities/0/fields/6/max_length", json!(1_000_001), "entities.Book.fields.notes.max_length", "from 1 to 1000000"),
        ("/entities/0/fields/0/max_bytes", json!(3), "entities.Book.fields.title.max_bytes", "for `bytes`"),
        ("/entities/0/fields/5/min_bytes", json!(5001), "entities.Book.fields.cover.min_bytes", "above its max_bytes of 5000"),
        ("/entities/0/fields/6/pattern", json!("a"), "entities.Book.fields.notes.pattern", "for `string`"),
        ("/entities/0/fields/1/pattern", json!(r"^\d{13}$"), "entities.Book.fields.isbn.pattern", "write `[0-9]`"),
        ("/entities/0/fields/1/max_length", json!(12), "entities.Book.fields.isbn.pattern", "no value of 0 to 12"),
        ("/entities/0/fields/1/pattern", json!("[0-9]"), "entities.Book.fields.isbn.unique", "fewer than 20"),
        ("/entities/0/fields/1/pattern", json!("[0-9]{2}"), "", ""),
        ("/entities/0/fields/0/unique", json!(true), "", ""),
        ("/entities/0/fields/2/unique", json!(true), "", ""),
        ("/entities/0/fields/6/unique", json!(true), "entities.Book.fields.notes.unique", "`unique` is for one line"),
        ("/entities/0/fields/8/unique", json!(true), "entities.Book.fields.in_print.unique", "`unique` is for one line"),
        (
            "/entities/0/fields/-",
            field(json!({"name": "rating", "type": "integer", "min": 1, "max": 5, "unique": true})),
            "entities.Book.fields.rating.unique",
            "fewer than 20",
        ),
        ("/entities/0/fields/-", field(json!({"name": "author", "type": "string"})), "relations[0].to.field", "has a field `author`"),
        (
            "/entities/0/fields/-",
            field(json!({"name": "author_id", "type": "string"})),
            "relations[0].to.field",
            "needs the name `author_id`",
        ),
        (
            "/entities/0/fields/-",
            field(json!({"name": "reader_ids", "type": "string"})),
            "relations[1].from.field",
            "needs the name `reader_ids`",
        ),
        ("/relations/0/from/entity", json!("Writer"), "relations[0].from.entity", "no such entity"),
        ("/relations/0/from/field", json!("allBooks"), "relations[0].from.field", ": `all_books`"),
        ("/relations/0/to/field", json!("author_id"), "relations[0].to.field", "call it `author`"),
        ("/relations/0/to/field", json!("class"), "relations[0].to.field", "such as `kind`"),
        ("/relations/1/required", json!(true), "relations[1].required", "only one to many can be required"),
        ("/relations/2/required", json!(true), "relations[2].required", "`Staff` needs `Staff`"),
        ("/relations/-", relation("Book", "Author", true), "relations[3].required", "`Author` needs `Book` needs `Author`"),
        ("/relations/-", relation("Book", "Author", false), "", ""),
        (
            "/relations/-",
            json!({"kind": "one_to_many", "from": {"entity": "Author", "field": "books"}, "to": {"entity": "Staff"}}),
            "relations[3].from.field",
            "has a relation `books`",
        ),
    ] {
        let errors = check(&changed(pointer, value.clone()));
        let said = format!("{pointer} {value}: {errors:#?}");
        let Some(error) = errors.first() else {
            assert!(place.is_empty(), "{said}");
            continue;
        };
        assert!(error.field == place && error.message.contains(words) && !words.is_empty(), "{said}");
        assert!(error.message.ends_with('.') && error.pointer.as_ref().is_some_and(|pointer| pointer.starts_with('/')), "{said}");
        assert!(errors.len() == 1 || pointer == "/entities" || pointer.ends_with("s/0/name") || pointer.ends_with("s/1/name"), "{said}");
    }
}

#[test]
fn a_table_between_two_does_not_take_the_name_of_a_third() {
    let mut model = sound();
    model["entities"].as_array_mut().unwrap().push(json!({"name": "BookReader", "fields": [{"name": "a", "type": "uuid"}]}));
    let errors = check(&model);
    assert!(errors[0].message.contains("needs a table `book_readers`, but the table of `BookReader`"), "{errors:?}");
}

#[test]
fn all_errors_come_at_once_up_to_a_bound() {
    let mut model = sound();
    let fields: Vec<Value> = (0..60).map(|index| json!({"name": format!("Bad{index}"), "type": "text", "pattern": "(a+)+"})).collect();
    model["entities"][0]["fields"] = json!(fields);
    assert_eq!(check(&model).len(), 50);
    model["entities"] = json!(vec![json!({"name": "A", "fields": []}); 3000]);
    let errors = check(&model);
    assert!(errors[0].message.contains("There are 3000 entities; 100 are possible"), "{errors:?}");
    let problem = super::super::problem(errors);
    assert_eq!((problem.status, problem.slug(), problem.errors.len()), (422, "invalid-model", 50));
}
