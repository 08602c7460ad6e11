"""Lists: searched, sorted, in pages."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

# Of a list without pages.
MOST_ITEMS = 1000


def search(statement: sa.Select[Any], text: str, columns: Sequence[Any]) -> sa.Select[Any]:
    """Keeps what has the text in one of the columns, in capitals or not."""
    return statement.where(sa.or_(*(column.icontains(text, autoescape=True) for column in columns)))


def sort(statement: sa.Select[Any], model: type[Any], key: str) -> sa.Select[Any]:
    """Sorts by a column; where that leaves a choice, by id, so that pages never overlap."""
    column = getattr(model, key.removeprefix("-"))
    if key.startswith("-"):
        return statement.order_by(column.desc(), model.id.desc())
    return statement.order_by(column, model.id)


def fetch_page(
    session: orm.Session, statement: sa.Select[Any], page: int, page_size: int
) -> dict[str, Any]:
    """One page, and how many items there are on all of them."""
    total = session.scalar(
        sa.select(sa.func.count()).select_from(statement.order_by(None).subquery())
    )
    items = session.scalars(statement.limit(page_size).offset((page - 1) * page_size)).all()
    return {"items": items, "page": page, "page_size": page_size, "total": total}


def fetch_all(session: orm.Session, statement: sa.Select[Any]) -> Sequence[Any]:
    """The whole list, within reason."""
    return session.scalars(statement.limit(MOST_ITEMS)).all()
