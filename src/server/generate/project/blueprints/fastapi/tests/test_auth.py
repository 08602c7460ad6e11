"""Signing in and out."""

import datetime as dt

import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.auth.guesses import MOST_KEYS, Guesses
from app.models import AuthAccount, AuthToken
from tests.conftest import fields_of

GOOD = {"email": "reader@example.com", "password": "correct horse battery"}


def test_who_registers_can_sign_in(anonymous: TestClient) -> None:
    account = anonymous.post("/api/auth/register", json=GOOD)
    assert account.status_code == 201
    assert account.json()["email"] == "reader@example.com"
    assert "password" not in account.text
    token = anonymous.post("/api/auth/token", json=GOOD)
    assert token.status_code == 200
    headers = {"Authorization": f"Bearer {token.json()['access_token']}"}
    assert anonymous.get("/api/auth/me", headers=headers).json() == account.json()


def test_an_address_registers_once(anonymous: TestClient) -> None:
    anonymous.post("/api/auth/register", json=GOOD)
    answer = anonymous.post("/api/auth/register", json=GOOD | {"email": "READER@example.com"})
    assert (answer.status_code, fields_of(answer)) == (409, ["email"])


@pytest.mark.parametrize(
    ("field", "value"),
    [("email", "nobody"), ("email", None), ("password", "short"), ("password", "a" * 129)],
)
def test_a_wrong_registration_is_refused(
    anonymous: TestClient, field: str, value: str | None
) -> None:
    answer = anonymous.post("/api/auth/register", json=GOOD | {field: value})
    assert (answer.status_code, fields_of(answer)) == (422, [field])


def test_secrets_are_kept_as_hashes(app: FastAPI, anonymous: TestClient) -> None:
    anonymous.post("/api/auth/register", json=GOOD)
    token = anonymous.post("/api/auth/token", json=GOOD).json()["access_token"]
    with app.state.engine.connect() as connection:
        accounts = connection.execute(sa.select(AuthAccount.password_hash)).all()
        tokens = connection.execute(sa.select(AuthToken.token_hash)).all()
    kept = (accounts, tokens)
    assert GOOD["password"] not in str(kept)
    assert token not in str(kept)


def test_a_revoked_token_is_worth_nothing(client: TestClient) -> None:
    token = client.headers["authorization"].removeprefix("Bearer ")
    assert client.get("/api/auth/me").status_code == 200
    assert client.post("/api/auth/revoke", json={"token": token}).status_code == 204
    assert client.get("/api/auth/me").status_code == 401


def test_an_expired_token_is_worth_nothing(app: FastAPI, client: TestClient) -> None:
    with app.state.engine.begin() as connection:
        past = dt.datetime.now(dt.UTC) - dt.timedelta(seconds=1)
        connection.execute(sa.update(AuthToken).values(expires_at=past))
    assert client.get("/api/auth/me").status_code == 401


def test_who_guesses_has_to_wait(app: FastAPI, anonymous: TestClient) -> None:
    anonymous.post("/api/auth/register", json=GOOD)
    app.state.guesses = Guesses(per_account=3, per_address=5)
    wrong = GOOD | {"password": "a wrong password"}
    for _ in range(3):
        assert anonymous.post("/api/auth/token", json=wrong).status_code == 401
    refused = anonymous.post("/api/auth/token", json=GOOD)
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) > 0
    # Other accounts are guessed too, until the address has to wait.
    for number in range(2):
        other = wrong | {"email": f"other{number}@example.com"}
        assert anonymous.post("/api/auth/token", json=other).status_code == 401
    other = wrong | {"email": "another@example.com"}
    assert anonymous.post("/api/auth/token", json=other).status_code == 429
    app.state.guesses = Guesses(per_account=10, per_address=100)
    assert anonymous.post("/api/auth/token", json=GOOD).status_code == 200


def test_guesses_are_remembered_within_bounds() -> None:
    guesses = Guesses(per_account=1, per_address=1)
    for number in range(MOST_KEYS):
        guesses.add(f"{number}@example.com", str(number))
    assert len(guesses._seen) == MOST_KEYS
