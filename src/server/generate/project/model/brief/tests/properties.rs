//! What holds for every brief, tried on random ones made of the parts that matter.

use proptest::prelude::*;

use super::super::super::{text, validate};
use super::super::{MAX_CHARS, from_brief};

const PIECES: &[&str] = &[
    "books",
    "a library",
    "each order",
    "has",
    "with",
    "and",
    ",",
    ":",
    ".",
    "\n",
    "- ",
    "# ",
    "title",
    "ISBN",
    "status (open, closed)",
    "(",
    ")",
    "many items",
    "belongs to",
    "a customer",
    "class",
    "type",
    "from",
    "self",
    "model_x",
    "id",
    "users can",
    "borrow",
    "tags",
    "tasks",
    "price",
    "start and end date",
    "number of pages",
    "called \"X\"",
    "called ",
    "ein",
    "eine",
    "Bücher",
    "mit",
    "漢字",
    "🦀",
    "\u{1b}[31m",
    "\u{202e}",
    "\u{0}",
    "../../etc/passwd",
    "'; DROP TABLE books; --",
    "{{x}}",
    "${y}",
    "<script>",
    "__proto__",
    "constructor",
    "None",
    "x",
    "1",
    "2nd thing",
    "of",
    "of of",
    "a",
    "the",
    "children",
    "statuses",
    "CamelCaseThings",
    "snake_case_words",
    "e-mail",
    "which",
    "each",
    "I want to track",
    "an app for",
    "\t",
    "  ",
    "/",
    "|",
    "&",
    "authors (name)",
    "members rate books",
    "rate",
    "users can",
    "As a user I want to",
    "so that",
    "book appointments for their dogs",
    "with a doctor",
    "from 1 to 5",
    "between 0 and 9",
    "1-5",
    "status open, pending",
    "or",
    "closed",
    "->",
    "{",
    "}",
    "are stored in",
    "is assigned to",
    "per project",
    "between",
    "them",
    "they",
    "users follow users",
    "custmers",
    "Kunden können Termine buchen",
    "Beiträge",
    "where",
    "loremipsumdolorsitametconsecteturadipiscingelitseddoeiusmod",
];

fn briefs() -> impl Strategy<Value = String> {
    let joint = proptest::sample::select(vec![" ", " ", " ", ", ", "\n"]);
    proptest::collection::vec((proptest::sample::select(PIECES), joint), 0..60)
        .prop_map(|pieces| pieces.into_iter().flat_map(|(piece, joint)| [piece, joint]).collect())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn every_brief_gives_a_sound_model(brief in briefs()) {
        let drafted = from_brief(&brief);
        prop_assert_eq!(validate(&drafted.model), Ok(()), "{:?}", drafted.model);
        prop_assert!(drafted.model.entities.len() <= 20);
        prop_assert_eq!(text::parse(&text::print(&drafted.model)).ok(), Some(drafted.model.clone()));
        prop_assert_eq!(from_brief(&brief), drafted);
    }

    #[test]
    fn any_text_gives_a_sound_model(brief in any::<String>()) {
        prop_assert_eq!(validate(&from_brief(&brief).model), Ok(()));
    }
}

#[test]
fn the_longest_and_the_worst_are_done_quickly() {
    for piece in PIECES.iter().copied().chain([
        "a with b ",
        "books with ",
        "x, ",
        "(a, ",
        "each a has b and each ",
        "a:",
        "- a: b\n",
        "a.b. ",
        "books (title) and ",
        "([{",
        ")]}",
        "status a or ",
        "users can rate books, ",
        "so that users can ",
        "customer's custmers' ",
        "reviews of books by users per day of ",
    ]) {
        let drafted = from_brief(&piece.repeat(MAX_CHARS / piece.chars().count() + 1));
        assert_eq!(validate(&drafted.model), Ok(()), "{piece}");
        assert!(drafted.notes.iter().any(|note| note.contains("first 20000")), "{piece}: {:?}", drafted.notes);
    }
}
