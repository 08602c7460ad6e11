"""Runs migrations against the database of the settings, or the one that a test hands in."""

from logging.config import fileConfig
from pathlib import Path

import sqlalchemy as sa
from alembic import context

from app import models
from app.db import Base
from app.settings import get_settings

config = context.config
if config.config_file_name is not None and config.attributes.get("database_url") is None:
    fileConfig(config.config_file_name, disable_existing_loggers=False)


def run(connection: sa.Connection | None, **options: object) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        # SQLite changes a table by writing a new one.
        render_as_batch=True,
        **options,
    )
    with context.begin_transaction():
        context.run_migrations()


assert models.__all__, "the tables are known once their modules were imported"
url = config.attributes.get("database_url") or get_settings().database_url
if context.is_offline_mode():
    run(None, url=url, literal_binds=True)
else:
    # Not the application's engine: while tables are rewritten, foreign keys are not to be enforced.
    path = sa.make_url(url).database if url.startswith("sqlite") else None
    if path:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        run(connection)
    engine.dispose()
