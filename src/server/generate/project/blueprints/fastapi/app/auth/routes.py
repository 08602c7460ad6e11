"""Accounts and tokens over HTTP."""

import datetime as dt
import secrets

import sqlalchemy as sa
from fastapi import APIRouter, Depends, Request, Response

from app.auth.access import SignedIn
from app.auth.passwords import hash_password, hash_token, is_password
from app.db import DbSession, now
from app.lookup import no_query
from app.models import AuthAccount, AuthToken
from app.problems import Refused, commit, documented
from app.schemas.auth import AccountOutput, Credentials, Registration, Revocation, TokenOutput

router = APIRouter(prefix="/auth", tags=["accounts"], dependencies=[Depends(no_query)])


@router.post(
    "/register",
    status_code=201,
    response_model=AccountOutput,
    responses=documented(400, 409, 413, 422),
)
def register(session: DbSession, body: Registration, response: Response) -> AuthAccount:
    """Makes an account."""
    account = AuthAccount(email=body.email.lower(), password_hash=hash_password(body.password))
    session.add(account)
    commit(session)
    response.headers["Location"] = "/api/auth/me"
    return account


@router.post("/token", responses=documented(400, 401, 413, 422, 429))
def create_token(session: DbSession, body: Credentials, request: Request) -> TokenOutput:
    """Signs in: a token for the right e-mail address and password."""
    guesses = request.app.state.guesses
    email = body.email.lower()
    address = request.client.host if request.client else ""
    wait = guesses.wait(email, address)
    if wait:
        raise Refused(429, "Too many wrong passwords.", headers={"Retry-After": str(wait)})
    account = session.scalar(sa.select(AuthAccount).where(AuthAccount.email == email))
    if not is_password(body.password, account.password_hash if account else None) or not account:
        guesses.add(email, address)
        raise Refused(
            401, "E-mail address or password is wrong.", headers={"WWW-Authenticate": "Bearer"}
        )
    guesses.forget(email, address)
    session.execute(sa.delete(AuthToken).where(AuthToken.expires_at <= now()))
    token = secrets.token_urlsafe(32)
    expires_at = now() + dt.timedelta(hours=request.app.state.settings.token_hours)
    session.add(
        AuthToken(account_id=account.id, token_hash=hash_token(token), expires_at=expires_at)
    )
    commit(session)
    return TokenOutput(access_token=token, expires_at=expires_at)


@router.post("/revoke", status_code=204, responses=documented(400, 413, 422))
def revoke_token(session: DbSession, body: Revocation) -> None:
    """Signs out: the token is worth nothing afterwards. Whoever has it may do so (RFC 7009)."""
    session.execute(sa.delete(AuthToken).where(AuthToken.token_hash == hash_token(body.token)))
    commit(session)


@router.get("/me", response_model=AccountOutput, responses=documented(401, 422))
def read_me(account: SignedIn) -> AuthAccount:
    """The account that asks."""
    return account
