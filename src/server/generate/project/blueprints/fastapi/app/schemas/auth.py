"""Accounts and tokens in requests and answers."""

from typing import Literal

from pydantic import Field

from app.fields import DateTime, Email, Text, Uuid
from app.schemas.base import Input, Output


class Registration(Input):
    """Who wants an account."""

    email: Email = Field(max_length=254, examples=["reader@example.com"])
    password: Text = Field(min_length=10, max_length=128, examples=["correct horse battery"])


class Credentials(Input):
    """Who wants to sign in."""

    email: Email = Field(max_length=254, examples=["reader@example.com"])
    password: Text = Field(min_length=1, max_length=128, examples=["correct horse battery"])


class Revocation(Input):
    """Who wants to sign out."""

    token: Text = Field(min_length=1, max_length=200, examples=["a-token-that-was-given-out"])


class AccountOutput(Output):
    """An account, without its secrets."""

    id: Uuid
    email: Email
    created_at: DateTime


class TokenOutput(Output):
    """What to send as `Authorization: Bearer …`."""

    access_token: Text
    token_type: Literal["bearer"] = "bearer"
    expires_at: DateTime
