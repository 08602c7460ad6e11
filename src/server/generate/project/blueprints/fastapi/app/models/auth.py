"""Accounts and their tokens in the database."""

import datetime as dt
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from app import db


class AuthAccount(db.Base):
    """Somebody who can sign in. Of the password only a hash is kept."""

    __tablename__ = "auth_accounts"

    email: orm.Mapped[str] = orm.mapped_column(sa.String(254), unique=True)
    password_hash: orm.Mapped[str] = orm.mapped_column(sa.String(255))


class AuthToken(db.Base):
    """A bearer token. Only its hash is kept: whoever reads the table cannot use it."""

    __tablename__ = "auth_tokens"

    account_id: orm.Mapped[UUID] = orm.mapped_column(
        sa.ForeignKey("auth_accounts.id", ondelete="CASCADE"), index=True
    )
    account: orm.Mapped[AuthAccount] = orm.relationship()
    token_hash: orm.Mapped[str] = orm.mapped_column(sa.String(64), unique=True)
    expires_at: orm.Mapped[dt.datetime] = orm.mapped_column(db.UtcDateTime(), index=True)
