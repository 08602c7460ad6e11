"""Finding things by id: those of the address (404), and those that a body refers to (422)."""

from collections.abc import Sequence
from typing import TypeVar, overload
from uuid import UUID

import sqlalchemy as sa
from fastapi import Request
from sqlalchemy import orm

from app.db import Base
from app.problems import Refused, not_found

Row = TypeVar("Row", bound=Base)


def find(session: orm.Session, model: type[Row], id: UUID, label: str) -> Row:
    """The thing that an address names."""
    row = session.get(model, id)
    if row is None:
        raise not_found(label)
    return row


@overload
def refer(session: orm.Session, model: type[Base], id: UUID, field: str) -> UUID: ...


@overload
def refer(session: orm.Session, model: type[Base], id: UUID | None, field: str) -> UUID | None: ...


def refer(session: orm.Session, model: type[Base], id: UUID | None, field: str) -> UUID | None:
    """An id that a property names, if something has it."""
    if id is not None and session.get(model, id) is None:
        raise Refused(422, "There is nothing with this id.", field)
    return id


def refer_all(session: orm.Session, model: type[Row], ids: Sequence[UUID], field: str) -> list[Row]:
    """All the things that a list of ids names."""
    rows = session.scalars(sa.select(model).where(model.id.in_(ids)).order_by(model.id)).all()
    found = {row.id for row in rows}
    for position, id in enumerate(ids):
        if id not in found:
            raise Refused(422, "There is nothing with this id.", f"{field}.{position}")
    return list(rows)


def no_query(request: Request) -> None:
    """Refuses parameters on routes that have none."""
    for name in request.query_params:
        raise Refused(422, "There is no such parameter.", name)
