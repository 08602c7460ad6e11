//! Texts that are read, texts that are refused and where, and that printing and reading are each other's reverse.

use proptest::prelude::*;

use super::super::sample::sample_model;
use super::{parse, print, read};
use crate::protocol::project::{FieldType, RelationKind};

const LIBRARY: &str = r#"project "Town library"            // optional
/** Something to read. */
entity Book {
  title string required maxlength(200)
  isbn string required unique pattern(/^[0-9]{13}$/)
  year integer min(1450) max(2100)
  genre Genre
}
entity Author { name string required, born date }
entity Tag { name string required unique }
enum Genre { novel, poetry }
relationship OneToMany { Author{books} to Book{author required} }
relationship ManyToMany { Book{tags} to Tag{books} }
paginate Book no          // defaults are on: `search Book no`, `filter Book no`
"#;

const JHIPSTER: &str = r#"
application { config { baseName shop, applicationType monolith } entities * }
MAX_TITLE = 200
@dto(mapstruct)
entity Product(jhi_product) {
  /** What it is called. */
  title String required maxlength(MAX_TITLE)
  priceTotal BigDecimal required min(0),
  sku String unique pattern(/^\d{4,9}$/)
  description TextBlob
  image ImageBlob maxbytes(5000)
  soldAt ZonedDateTime
  since LocalDate
  key UUID
  count Long
  size ProductSize required
  required Boolean
}
entity Customer { email String required }
/* sizes */
enum ProductSize { S, M("medium"), EXTRA_LARGE }
relationship ManyToOne {
  Product{buyer(email) required} to Customer with jpaDerivedIdentifier
  Product{owner} to Customer{ownedProducts}
}
paginate * with infinite-scroll except Customer
search Product with elasticsearch
filter Product no
dto * with mapstruct
service all with serviceClass
"#;

#[test]
fn a_model_is_read() {
    let model = parse(LIBRARY).unwrap_or_else(|problem| panic!("{problem}"));
    assert_eq!(model.name, "Town library");
    let [book, author, _] = model.entities.as_slice() else { panic!("{model:?}") };
    assert_eq!((book.description.as_str(), book.pagination, author.pagination, book.search), ("Something to read.", false, true, true));
    assert_eq!(book.fields.iter().map(|field| field.name.as_str()).collect::<Vec<_>>(), ["title", "isbn", "year", "genre"]);
    assert_eq!((book.fields[3].kind, book.fields[3].enumeration.as_deref()), (FieldType::Enum, Some("Genre")));
    assert_eq!(author.fields.len(), 2);
    assert_eq!((model.relations[0].required, model.relations[1].kind), (true, RelationKind::ManyToMany));
    assert_eq!(parse(&print(&model)), Ok(model));
}

#[test]
fn jhipsters_spellings_are_read_too() {
    let read = read(JHIPSTER).unwrap_or_else(|problem| panic!("{problem}"));
    let product = &read.model.entities[0];
    let kinds: Vec<(&str, FieldType)> = product.fields.iter().map(|field| (field.name.as_str(), field.kind)).collect();
    assert_eq!(
        kinds,
        [
            ("title", FieldType::String),
            ("price_total", FieldType::Decimal),
            ("sku", FieldType::String),
            ("description", FieldType::Text),
            ("image", FieldType::Bytes),
            ("sold_at", FieldType::DateTime),
            ("since", FieldType::Date),
            ("key", FieldType::Uuid),
            ("count", FieldType::Integer),
            ("size", FieldType::Enum),
            ("required", FieldType::Boolean),
        ]
    );
    assert_eq!((product.fields[0].max_length, product.fields[0].description.as_str()), (Some(200), "What it is called."));
    assert_eq!(product.fields[2].pattern.as_deref(), Some("^[0-9]{4,9}$"));
    assert_eq!(read.model.enums[0].values, ["s", "m", "extra_large"]);
    let [buyer, owner] = read.model.relations.as_slice() else { panic!() };
    assert_eq!((buyer.from.entity.as_str(), buyer.to.field.as_deref(), buyer.required), ("Customer", Some("buyer"), true));
    assert_eq!((owner.from.field.as_deref(), owner.required), (Some("owned_products"), false));
    assert_eq!((product.pagination, read.model.entities[1].pagination, product.filter), (true, false, false));
    assert_eq!(read.notes.len(), 8, "{:#?}", read.notes);
    assert_eq!(read.model.name, "New project");
}

#[test]
fn errors_say_where_and_what_was_expected() {
    for (text, line, column, field, words) in [
        ("entity Book {\n  title strin\n}", 2, 9, "entities.Book.fields.title", "Expected a type (`string`"),
        ("entity Book {\n  title\n  year integer\n}", 3, 3, "entities.Book.fields.title", "on the same line"),
        (
            "entity Book {\n  title string requird\n}",
            2,
            16,
            "entities.Book.fields.title",
            "in the field `title` of `Book`, found `requird`",
        ),
        ("entity Book {\n  title string maxlength 5\n}", 2, 26, "entities.Book.fields.title", "Expected `(` before the number"),
        ("entity Book {\n  title string maxlength(x)\n}", 2, 26, "entities.Book.fields.title", "Expected a number"),
        ("entity Book {\n  title string maxlength(-5)\n}", 2, 26, "entities.Book.fields.title", "whole number"),
        ("entity Book {\n  year integer min(007)\n}", 2, 20, "entities.Book.fields.year", "a number such as"),
        ("entity Book {\n  t string pattern(5)\n}", 2, 20, "entities.Book.fields.t", "between `/` and `/`"),
        ("entity Book {\n  t string pattern(/abc)\n}", 2, 20, "text", "not closed"),
        ("entity Book {\n  t string required required\n}", 2, 21, "entities.Book.fields.t", "twice"),
        ("entity Book {\n  t Duration\n}", 2, 5, "entities.Book.fields.t", "`duration_minutes`"),
        ("entity Book {\n  title string", 2, 15, "entities.Book", "`}` behind the last field in the entity `Book`, found the end"),
        ("entity Book title string }", 1, 13, "entities.Book", "`{` before the fields"),
        ("entity { t string }", 1, 8, "entities", "the entity's name"),
        ("/* a\nb", 1, 1, "text", "not closed"),
        ("project Town", 1, 9, "name", "such as \"Town library\""),
        ("project \"Town", 1, 9, "text", "not closed"),
        ("entty Book {}", 1, 1, "text", "Expected `project`, `entity`"),
        ("entity A { a string }\nrelationship OneToOne { A{b} to A{c} }", 2, 14, "relations", "`OneToOne` is not known"),
        ("entity A { a string }\nrelationship Many { A{b} to A{c} }", 2, 14, "relations", "found `Many`"),
        ("entity A { a string }\nrelationship OneToMany { A{b required} to A{c} }", 2, 30, "relations", "stands with the many"),
        ("entity A { a string }\nrelationship OneToMany { A{b} A{c} }", 2, 31, "relations", "Expected `to` behind `A`"),
        ("entity A { a string }\nsearch B no", 2, 8, "text", "not there: `B`"),
        ("entity A { a string }\nsearch A maybe", 2, 10, "text", "`yes` or `no`"),
        ("enum E { a b", 1, 13, "enums.E", "a value or `}`"),
        ("%", 1, 1, "text", "found `%`"),
        // What can be read but makes no sense.
        ("entity book { a string }", 1, 8, "entities.book.name", ": `Book`"),
        ("entity Book {\n  a string\n  b integer required maxlength(4)\n}", 3, 22, "entities.Book.fields.b.max_length", "for `string`"),
        ("entity Book {\n  a string pattern(/(?=a)/)\n}", 2, 12, "entities.Book.fields.a.pattern", "read alike"),
        (
            "entity A { a string }\nrelationship OneToMany {\n  A{b} to C{c}\n}",
            3,
            3,
            "relations[0].to.entity",
            "`C`, but there is no such entity",
        ),
        ("", 1, 1, "entities", "no entity"),
        ("entity Book {}", 1, 8, "entities.Book.fields", "has no fields"),
        ("project \"\" entity A { a string }", 1, 9, "name", "no name"),
    ] {
        let problem = parse(text).expect_err(text);
        let error = &problem.errors[0];
        assert_eq!((error.line, error.column, error.field.as_str()), (Some(line), Some(column), field), "{text}: {}", error.message);
        assert!(error.message.contains(words), "{text}: {}", error.message);
        assert!(problem.detail.starts_with(&format!("Line {line}, column {column}: ")), "{}", problem.detail);
    }
}

#[test]
fn all_errors_are_found_at_once() {
    let problem = parse("entity A {\n  a strin\n  b string\n  c integr\n}\nblah\nenum X { a, 5 }\nrelationship Foo { }\nentity B { a x }")
        .unwrap_err();
    let lines: Vec<u64> = problem.errors.iter().filter_map(|error| error.line).collect();
    assert_eq!(lines, [2, 4, 6, 7, 8, 9], "{problem}");
}

#[test]
fn the_worst_texts_are_done_quickly() {
    for piece in [
        "/**",
        "entity A {",
        "entity A { a string ",
        "(",
        "{",
        "\"",
        "@x(",
        "/",
        "a ",
        "\\",
        "relationship OneToMany { A{",
        "1e",
        "paginate * ",
        "enum E { ",
    ] {
        assert!(parse(&piece.repeat(200_000 / piece.len())).is_err(), "{piece}");
    }
    assert!(parse(&" ".repeat(super::MAX_BYTES + 1)).unwrap_err().detail.contains("1024 KiB"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn what_is_printed_is_read_again(seed in any::<u64>(), entities in 1_usize..12) {
        let model = sample_model(seed, entities);
        let text = print(&model);
        let again = parse(&text).map_err(|problem| TestCaseError::fail(format!("{problem}\n{text}")))?;
        prop_assert_eq!(again, model, "{}", text);
    }

    #[test]
    fn any_text_is_read_or_refused(text in ".{0,200}") {
        let _ = parse(&text);
    }

    #[test]
    fn a_damaged_text_is_read_or_refused_with_a_place(at in 0_usize..700, junk in "[{}()/\"a-z @*\n]{0,3}") {
        let mut text = LIBRARY.to_owned();
        text.insert_str(text.floor_char_boundary(at), &junk);
        if let Err(problem) = parse(&text) {
            prop_assert!(!problem.errors.is_empty() && problem.errors.iter().all(|error| error.line.is_some() && error.message.ends_with('.')), "{problem}");
        }
    }
}
