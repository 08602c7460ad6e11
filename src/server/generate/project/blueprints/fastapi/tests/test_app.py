"""What is true of the whole application."""

from pathlib import Path

import pytest
from alembic import command
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.db import new_id, open_session
from app.main import create_app
from app.seed import fill
from app.settings import Settings
from tests.conftest import SEED, alembic_config

{% set first = entities[0] %}
PATH = "/api/{{ first.path }}"


def test_health(anonymous: TestClient) -> None:
    answer = anonymous.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_the_description_names_every_route(anonymous: TestClient) -> None:
    description = anonymous.get("/openapi.json").json()
    described = {
        (method.upper(), path)
        for path, operations in description["paths"].items()
        for method in operations
    }
    assert ("GET", PATH) in described
    assert ("DELETE", f"{PATH}/{{ "{{" }}{{ first.snake }}_id}}") in described
    refusal = description["paths"][PATH]["post"]["responses"]["422"]
    assert list(refusal["content"]) == ["application/problem+json"]


@pytest.mark.parametrize("path", ["/nothing", "/api/nothing", PATH + "/", "/api"])
def test_what_is_not_there_is_a_problem(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == 404


def test_a_wrong_method_is_told_the_right_ones(client: TestClient) -> None:
    answer = client.patch(PATH)
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, POST"
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("body", ["{", "", '{"a": 1e999999', "[" * 100_000, "\udcff"])
def test_a_broken_body_is_a_problem(client: TestClient, body: str) -> None:
    content = body.encode(errors="surrogateescape")
    answer = client.post(PATH, content=content, headers={"content-type": "application/json"})
    assert answer.status_code in (400, 422)
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_body_that_is_no_object_is_refused(client: TestClient) -> None:
    for body in ([], "text", 5, True):
        assert client.post(PATH, json=body).status_code == 422


def test_a_large_body_is_refused(client: TestClient) -> None:
    limit = Settings().max_body_bytes
    answer = client.post(PATH, content=b" " * (limit + 1))
    assert answer.status_code == 413
    # Nor does it help to say nothing about its length.
    answer = client.post(PATH, content=(b" " * 65_536 for _ in range(limit // 65_536 + 1)))
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"


def test_browsers_are_told_what_they_may_do(anonymous: TestClient) -> None:
    headers = anonymous.get("/healthz").headers
    assert "default-src 'self'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"


def test_what_breaks_is_a_problem_without_details(tmp_path: Path) -> None:
    app = create_app(Settings(database_url=f"sqlite:///{tmp_path / 'empty.db'}"))

    @app.get("/broken")
    def broken() -> None:
        raise RuntimeError("a secret")

    with TestClient(app, raise_server_exceptions=False) as client:
        answer = client.get("/broken")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert "secret" not in answer.text


def test_ids_are_uuids_of_version_7_in_order() -> None:
    ids = [new_id() for _ in range(100)]
    assert {id.version for id in ids} == {7}
    assert {id.variant for id in ids} == {"specified in RFC 4122"}
    assert len(set(ids)) == 100


def test_seed_data_is_added_once(app: FastAPI) -> None:
    with open_session(app.state.engine) as session:
        assert fill(session, SEED) == sum(len(entries) for entries in SEED.values())
    with open_session(app.state.engine) as session:
        assert fill(session, SEED) == 0


def test_migrations_go_down_and_up_and_make_what_the_code_says(tmp_path: Path) -> None:
    config = alembic_config(f"sqlite:///{tmp_path / 'migrated.db'}")
    command.upgrade(config, "head")
    command.downgrade(config, "base")
    command.upgrade(config, "head")
    command.check(config)


@pytest.mark.parametrize("scheme", ["postgres://", "postgresql://"])
def test_addresses_of_hosting_services_get_a_driver(scheme: str) -> None:
    settings = Settings(database_url=scheme + "user@host/name")
    assert settings.database_url == "postgresql+psycopg://user@host/name"
