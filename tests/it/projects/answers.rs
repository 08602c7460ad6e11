//! What scripted models answer.

use serde_json::{Value, json};

pub const BRIEF: &str = "a library: books with title, loans with lent on date and due date. A loan's due date is after its start.";

/// Entities that the rules would not have found.
pub fn entities() -> Value {
    json!({
        "name": "Lending desk",
        "description": "Who has which book.",
        "entities": [
            {"name": "Volume", "plural": null, "fields": [{"name": "title", "type": "string", "required": true}]},
            {"name": "Lending", "fields": [
                {"name": "lent_on", "type": "date", "required": true},
                {"name": "due_on", "type": "date"},
            ]},
        ],
        "relations": [{"kind": "one_to_many", "from": {"entity": "Volume"}, "to": {"entity": "Lending"}, "required": true}],
    })
}

pub const RULES: &str = r#""""Rules of lendings beyond those of their fields."""

from collections.abc import Iterator
from app.rules import Violation
from app.schemas.lending import LendingInput

def check(body: LendingInput) -> Iterator[Violation]:
    """A lending is due after it began."""
    if body.due_on is not None and body.due_on <= body.lent_on:
        yield Violation('due_on', 'A lending is due after it began.')
"#;

pub const TESTS: &str = r#""""A lending is due after it began."""

from datetime import date
import pytest
from app.rules.lending import check
from app.schemas.lending import LendingInput

@pytest.mark.parametrize(
    ("due_on", "broken"),
    [(date(2026, 3, 1), ["due_on"]), (date(2026, 3, 2), ["due_on"]), (date(2026, 3, 3), []), (None, [])],
)
def test_a_lending_is_due_after_it_began(due_on: date | None, broken: list[str]) -> None:
    body = LendingInput.model_construct(lent_on=date(2026, 3, 2), due_on=due_on)
    assert [violation.field for violation in check(body)] == broken
"#;

/// An answer with these two files.
pub fn rules(rules: &str, tests: &str) -> Value {
    json!({
        "rules": ["A lending is due after it began."],
        "files": {"app/rules/lending.py": rules, "tests/rules/test_lending.py": tests},
        "examples": {"Lending": {"lent_on": "2026-03-02", "due_on": "2026-03-30"}},
    })
}
