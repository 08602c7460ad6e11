"""The application: `uvicorn app.main:app`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
{% if front_end %}
from pathlib import Path
{% endif %}

import sqlalchemy as sa
from fastapi import FastAPI
{% if front_end %}
from fastapi.responses import FileResponse
{% endif %}
from fastapi.routing import APIRoute
{% if front_end %}
from fastapi.staticfiles import StaticFiles
{% endif %}

{% if accounts %}
from app.auth.guesses import Guesses
{% endif %}
from app.db import DbSession, connect
from app.middleware import BodyLimit, SecurityHeaders
from app.openapi import describe
from app.problems import add_handlers
from app.routes import api
from app.settings import Settings, get_settings
{% if front_end %}

STATIC = Path(__file__).parent / "static"
{% endif %}


def operation_id(route: APIRoute) -> str:
    return route.name


def create_app(settings: Settings) -> FastAPI:
    """An application of its own: tests make theirs."""
    engine = connect(settings.database_url)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        yield
        engine.dispose()

    app = FastAPI(
        title={{ project.name|python }},
        description={{ project.description|python }},
        version="0.1.0",
        lifespan=lifespan,
        generate_unique_id_function=operation_id,
        # Their pages load scripts from elsewhere; /openapi.json can be opened in any viewer.
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.engine = engine
    app.state.settings = settings
{% if accounts %}
    app.state.guesses = Guesses(settings.guesses_per_account, settings.guesses_per_address)
{% endif %}
    app.openapi = lambda: describe(app)
    add_handlers(app)
    app.include_router(api)

    @app.get("/healthz", tags=["health"])
    def check_health(session: DbSession) -> dict[str, str]:
        """Says that the application runs and reaches its database."""
        session.execute(sa.text("SELECT 1"))
        return {"status": "ok"}
{% if front_end %}

    @app.get("/", include_in_schema=False)
    def show_front_end() -> FileResponse:
        return FileResponse(STATIC / "index.html")

    app.mount("/static", StaticFiles(directory=STATIC), name="static")
{% endif %}

    app.add_middleware(BodyLimit, most=settings.max_body_bytes)
    app.add_middleware(SecurityHeaders)
    return app


app = create_app(get_settings())
