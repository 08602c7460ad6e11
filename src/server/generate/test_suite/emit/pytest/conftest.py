"""Fixtures of every test: one connection for the whole run, one `api` per test."""

import pytest

from support import Api, Settings, connect


@pytest.fixture(scope="session")
def connection():
    settings = Settings.from_environment()
    with connect(settings) as client:
        yield client, settings


@pytest.fixture
def api(connection):
    client, settings = connection
    return Api(client, settings)
