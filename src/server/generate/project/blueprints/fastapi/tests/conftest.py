"""What tests ask for: a `client`, and `make`, which adds things through the API."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.db import Base
from app.main import create_app
from app.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
SEED = json.loads((ROOT / "app" / "seed.json").read_text(encoding="utf-8"))


def alembic_config(url: str) -> Config:
    config = Config(ROOT / "alembic.ini")
    config.attributes["database_url"] = url
    return config


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    """The application on a new database, or on the one that TEST_DATABASE_URL names, which is emptied."""
    url = (
        os.environ.get("TEST_DATABASE_URL")
        or f"sqlite:///{tmp_path_factory.mktemp('db') / 'test.db'}"
    )
    settings = Settings(database_url=url)
    config = alembic_config(settings.database_url)
    command.downgrade(config, "base")
    command.upgrade(config, "head")
    app = create_app(settings)
    yield app
    app.state.engine.dispose()


@pytest.fixture(autouse=True)
def empty_tables(app: FastAPI) -> Iterator[None]:
    """Each test begins with nothing."""
    yield
    tables = Base.metadata.tables.values()
    with app.state.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
            for table in tables:
                connection.execute(table.delete())
        else:
            names = ", ".join(f'"{table.name}"' for table in tables)
            connection.execute(sa.text(f"TRUNCATE {names}"))
        connection.commit()
        connection.invalidate()


@pytest.fixture
def anonymous(app: FastAPI) -> Iterator[TestClient]:
    """A client that has not signed in."""
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
{% if accounts %}
def client(app: FastAPI, anonymous: TestClient) -> Iterator[TestClient]:
    """A client that has signed in."""
    credentials = {"email": "tester@example.com", "password": "only for these tests"}
    assert anonymous.post("/api/auth/register", json=credentials).status_code == 201
    token = anonymous.post("/api/auth/token", json=credentials).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    with TestClient(app, headers=headers, raise_server_exceptions=False) as client:
        yield client
{% else %}
def client(anonymous: TestClient) -> TestClient:
    """Everybody may do everything here."""
    return anonymous
{% endif %}


class Maker:
    """Makes things of the seed data, and first what they refer to."""

    def __init__(self, client: TestClient) -> None:
        self.client = client
        # Ids of the seed data, and what became of them.
        self.made: dict[str, dict[str, Any]] = {}

    def body(self, kind: str, number: int = 0) -> dict[str, Any]:
        """A valid body; what it refers to exists."""
        entry = {name: value for name, value in SEED[kind][number].items() if name != "id"}
        return {name: self._with_real_ids(name, value) for name, value in entry.items()}

    def __call__(self, kind: str, number: int = 0) -> dict[str, Any]:
        """A thing that exists: the same number gives the same thing."""
        seed_id = SEED[kind][number]["id"]
        if seed_id not in self.made:
            answer = self.client.post(f"/api/{kind}", json=self.body(kind, number))
            assert answer.status_code == 201, answer.text
            self.made[seed_id] = answer.json()
        return self.made[seed_id]

    def _with_real_ids(self, name: str, value: Any) -> Any:
        if name.endswith("_id") and value in PLACES:
            return self(*PLACES[value])["id"]
        if name.endswith("_ids") and isinstance(value, list):
            return [self(*PLACES[id])["id"] for id in value]
        return value


PLACES = {
    entry["id"]: (kind, number)
    for kind, entries in SEED.items()
    for number, entry in enumerate(entries)
}


@pytest.fixture
def make(client: TestClient) -> Maker:
    return Maker(client)


def fields_of(answer: Any) -> list[str]:
    """The fields that a problem names."""
    assert answer.headers["content-type"] == "application/problem+json"
    return [error["field"] for error in answer.json()["errors"]]
