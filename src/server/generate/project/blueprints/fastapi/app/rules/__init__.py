"""Rules between fields: what no field can say by itself. A module for each kind of thing that has some.

Such a module has one function, `check`. It is given what was sent, every field of it already valid, and yields what is wrong. It
looks at nothing else: no database, no network, no files. What it yields is refused before anything is changed.
"""

from collections.abc import Iterable
from typing import NamedTuple

from app.problems import Refused


class Violation(NamedTuple):
    """A rule that was broken: the field to change, and why."""

    field: str
    message: str


def enforce(violations: Iterable[Violation]) -> None:
    """Refuses with the first of them: 422, and the field is named."""
    first = next(iter(violations), None)
    if first is not None:
        raise Refused(422, first.message, first.field)
