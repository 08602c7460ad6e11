"""The database: its connection, what all tables have, and the types that databases disagree on."""

import datetime as dt
import os
import time
from collections.abc import Iterator
{% if 'decimal' in project.kinds %}
from decimal import Decimal
{% endif %}
{% if 'enum' in project.kinds %}
from enum import StrEnum
{% endif %}
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import sqlalchemy as sa
from fastapi import Depends, Request
from sqlalchemy import orm


def connect(url: str) -> sa.Engine:
    """An engine for the address. SQLite gets what it does not do by itself."""
    if not url.startswith("sqlite"):
        return sa.create_engine(url, pool_pre_ping=True)
    path = sa.make_url(url).database
    if path and path != ":memory:":
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(url, connect_args={"timeout": 10})

    @sa.event.listens_for(engine, "connect")
    def prepare(connection: Any, _: Any) -> None:
        connection.execute("PRAGMA foreign_keys = ON")
        # Readers do not wait for the writer.
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")

    return engine


def open_session(engine: sa.Engine) -> orm.Session:
    """A session that writes when it is told to, not on its way to a query."""
    return orm.Session(engine, autoflush=False)


def session_of(request: Request) -> Iterator[orm.Session]:
    """One session for each request; what was not committed is undone."""
    with open_session(request.app.state.engine) as session:
        yield session


DbSession = Annotated[orm.Session, Depends(session_of)]


def new_id() -> UUID:
    """A UUID of version 7: it begins with the time, so that new rows lie side by side in the index."""
    milliseconds = time.time_ns() // 1_000_000
    chance = int.from_bytes(os.urandom(10), "big")
    value = milliseconds << 80 | chance
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return UUID(int=value)


def now() -> dt.datetime:
    """The instant, in UTC."""
    return dt.datetime.now(dt.UTC)


class UtcDateTime(sa.types.TypeDecorator[dt.datetime]):
    """An instant. It is kept in UTC, and comes back as such from databases that know no time zones."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(
        self, value: dt.datetime | None, dialect: sa.Dialect
    ) -> dt.datetime | None:
        return value.astimezone(dt.UTC) if value else None

    def process_result_value(
        self, value: dt.datetime | None, dialect: sa.Dialect
    ) -> dt.datetime | None:
        if value is None:
            return None
        return value.astimezone(dt.UTC) if value.tzinfo else value.replace(tzinfo=dt.UTC)
{% if 'decimal' in project.kinds %}


class ExactDecimal(sa.types.TypeDecorator[Decimal]):
    """Two digits after the point, exactly. SQLite has no such type, so there it is a whole number of hundredths."""

    impl = sa.Numeric(18, 2)
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> Any:
        plain = sa.BigInteger() if dialect.name == "sqlite" else sa.Numeric(18, 2)
        return dialect.type_descriptor(plain)

    def process_bind_param(self, value: Decimal | None, dialect: sa.Dialect) -> Any:
        return int(value.scaleb(2)) if value is not None and dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> Decimal | None:
        if value is None:
            return None
        return Decimal(value).scaleb(-2) if dialect.name == "sqlite" else Decimal(value)
{% endif %}
{% if 'enum' in project.kinds %}


def choice(of: type[StrEnum]) -> sa.Enum:
    """A column for one of an enumeration's values: text, so that a new value needs no migration."""
    return sa.Enum(
        of,
        native_enum=False,
        create_constraint=False,
        length=64,
        values_callable=lambda members: [member.value for member in members],
    )
{% endif %}


class Base(orm.DeclarativeBase):
    """What all tables have. Constraints get names by a rule, so that migrations can speak of them."""

    metadata = sa.MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_name)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )

    id: orm.Mapped[UUID] = orm.mapped_column(primary_key=True, default=new_id, sort_order=-1)
    created_at: orm.Mapped[dt.datetime] = orm.mapped_column(
        UtcDateTime(), default=now, sort_order=1
    )
    updated_at: orm.Mapped[dt.datetime] = orm.mapped_column(
        UtcDateTime(), default=now, onupdate=now, sort_order=2
    )
