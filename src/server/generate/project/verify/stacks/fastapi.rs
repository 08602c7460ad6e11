//! Python: a virtual environment of wheels, `ruff`, `alembic`, `pytest` with coverage, `uvicorn`.

use super::{BOOT, FORMAT, INSTALL, LINT, MIGRATIONS, Means, Pins, Recipe, Rule, SEED, TESTS};

const LOCKS: &[&str] = &["requirements.txt", "requirements-dev.txt"];

pub const MEANS: Means = Means {
    recipe: Recipe {
        name: "fastapi",
        locks: LOCKS,
        room: |files| files.iter().filter(|file| LOCKS.contains(&file.path.as_str())).cloned().collect(),
        installs: &["python3 -m venv .venv", ".venv/bin/pip install --quiet -r requirements-dev.txt"],
        prepares: &[],
        shared: &[".venv"],
        copied: &[],
        programs: &["python3"],
        environment: &[],
        inside: &[],
    },
    gates: &[
        Rule(&["healthz"], BOOT),
        Rule(&["venv ", "pip install"], INSTALL),
        Rule(&["alembic"], MIGRATIONS),
        Rule(&["seed"], SEED),
        Rule(&["ruff format"], FORMAT),
        Rule(&["ruff check"], LINT),
        Rule(&["pytest"], TESTS),
    ],
    environment: &[("PYTHONDONTWRITEBYTECODE", "1")],
    down_and_up: &[".venv/bin/alembic downgrade base", ".venv/bin/alembic upgrade head"],
    asking_database: &[MIGRATIONS, SEED, BOOT],
    serve: ".venv/bin/uvicorn app.main:app --port $PORT",
    coverage: Ok(()),
    provisions: &["psql "],
    mends: ".venv/bin/ruff check --fix --quiet",
    formats: ".venv/bin/ruff format --quiet",
    pins: &[("requirements.txt", Pins::Requirements), ("requirements-dev.txt", Pins::Requirements)],
};
