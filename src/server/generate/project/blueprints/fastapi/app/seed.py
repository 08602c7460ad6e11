"""Fills the database with what is in `seed.json`: `python -m app.seed`. What is there already stays as it is.

Each entry goes through the same rules as a request, so seed data that would be refused is not written.
"""

import json
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import orm

from app import models
from app.db import connect, open_session
{% for entity in by_modules %}
from app.routes.{{ entity.modules }} import assign as assign_{{ entity.snake }}
{% endfor %}
{% for entity in by_module %}
from app.schemas.{{ entity.module }} import {{ entity.name }}Input
{% endfor %}
from app.settings import get_settings

SEED = Path(__file__).with_name("seed.json")

# What others need comes before them.
KINDS = {
{% for entity in by_creation %}
{{ fold('    "' ~ entity.path ~ '": (', ["models." ~ entity.name, entity.name ~ "Input", "assign_" ~ entity.snake], "),") }}
{% endfor %}
}


def fill(session: orm.Session, data: dict[str, list[dict[str, Any]]]) -> int:
    """Adds what is missing, and says how many things that was."""
    added = 0
    for name, (model, schema, assign) in KINDS.items():
        for entry in data.get(name, []):
            values = dict(entry)
            id = UUID(values.pop("id"))
            if session.get(model, id) is not None:
                continue
            row = model(id=id)
            assign(session, row, schema.model_validate(values))
            session.add(row)
            session.flush()
            added += 1
    session.commit()
    return added


def main() -> None:
    data = json.loads(SEED.read_text(encoding="utf-8"))
    engine = connect(get_settings().database_url)
    with open_session(engine) as session:
        print(f"{fill(session, data)} things were added.")
    engine.dispose()


if __name__ == "__main__":
    main()
