"""Who is asking: the account of a request's bearer token."""

from typing import Annotated

import sqlalchemy as sa
from fastapi import Depends, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from app.auth.passwords import hash_token
from app.db import DbSession, now
from app.models import AuthAccount, AuthToken
from app.problems import Refused

bearer = HTTPBearer(auto_error=False, scheme_name="bearer")


def signed_in(
    session: DbSession,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Security(bearer)],
) -> AuthAccount:
    """The account, or a 401."""
    account = None
    if credentials is not None:
        account = session.scalar(
            sa.select(AuthAccount)
            .join(AuthToken, AuthToken.account_id == AuthAccount.id)
            .where(AuthToken.token_hash == hash_token(credentials.credentials))
            .where(AuthToken.expires_at > now())
        )
    if account is None:
        raise Refused(401, "Sign in first.", headers={"WWW-Authenticate": "Bearer"})
    return account


SignedIn = Annotated[AuthAccount, Depends(signed_in)]
