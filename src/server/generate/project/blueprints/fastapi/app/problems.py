"""Errors, all of them as `application/problem+json` (RFC 9457), with the field named where there is one."""

import logging
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

import sqlalchemy as sa
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy import orm
from starlette.exceptions import HTTPException
from starlette.routing import Match, Mount

from app.db import Base
from app.schemas.base import FieldProblem, Problem

MEDIA_TYPE = "application/problem+json"
MAX_ERRORS = 50
log = logging.getLogger(__name__)


class Refused(Exception):
    """A request that cannot be answered as it is, and the field because of which."""

    def __init__(
        self,
        status: int,
        detail: str,
        field: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.field = field
        self.headers = headers


def not_found(label: str) -> Refused:
    return Refused(404, f"There is no such {label}.")


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The refusals that a route can answer with, for its description."""
    return {
        status: {"model": Problem, "description": HTTPStatus(status).phrase} for status in statuses
    }


def commit(session: orm.Session) -> None:
    """Commits; what the database has against it becomes a 409 that names the field."""
    try:
        session.commit()
    except sa.exc.IntegrityError as error:
        session.rollback()
        field = violated_field(error)
        if field:
            raise Refused(409, f"There is one with the same {field} already.", field) from error
        raise Refused(
            409, "Something else refers to this, or it refers to what is gone."
        ) from error


def violated_field(error: sa.exc.IntegrityError) -> str | None:
    """The column whose uniqueness was violated: PostgreSQL names the constraint, SQLite the column."""
    constraint = getattr(getattr(error.orig, "diag", None), "constraint_name", None)
    for table in Base.metadata.tables.values():
        for unique in table.constraints:
            if not isinstance(unique, sa.UniqueConstraint):
                continue
            column = next(iter(unique.columns))
            said = f"UNIQUE constraint failed: {table.name}.{column.name}"
            if (constraint and unique.name == constraint) or str(error.orig) == said:
                return column.name
    return None


def answer(
    status: int,
    detail: str,
    errors: Sequence[FieldProblem] = (),
    headers: dict[str, str] | None = None,
) -> JSONResponse:
    problem = Problem(
        title=HTTPStatus(status).phrase, status=status, detail=detail, errors=list(errors)
    )
    return JSONResponse(problem.model_dump(), status, headers, MEDIA_TYPE)


def add_handlers(app: FastAPI) -> None:
    """Makes every error of the application a problem."""

    @app.exception_handler(Refused)
    def refused(request: Request, error: Refused) -> JSONResponse:
        errors = [FieldProblem(field=error.field, message=error.detail)] if error.field else []
        return answer(error.status, error.detail, errors, error.headers)

    @app.exception_handler(RequestValidationError)
    def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        found = error.errors()
        if any(one["type"] == "json_invalid" for one in found):
            return answer(400, "The body is no JSON.")
        errors = [
            FieldProblem(
                field=".".join(str(part) for part in one["loc"][1:]) or str(one["loc"][0]),
                message=one["msg"],
            )
            for one in found[:MAX_ERRORS]
        ]
        return answer(422, "Something in the request is not as it should be.", errors)

    @app.exception_handler(HTTPException)
    def http(request: Request, error: HTTPException) -> JSONResponse:
        headers = dict(error.headers or {})
        if error.status_code == 405:
            headers["Allow"] = ", ".join(sorted(allowed_methods(request)))
        phrase = HTTPStatus(error.status_code).phrase
        detail = error.detail if error.detail != phrase else f"{phrase}."
        return answer(error.status_code, detail, headers=headers)

    @app.exception_handler(Exception)
    def broken(request: Request, error: Exception) -> JSONResponse:
        log.error("%s %s failed", request.method, request.url.path, exc_info=error)
        return answer(500, "Something went wrong here. It was written to the log.")


def allowed_methods(request: Request) -> set[str]:
    """The methods that some route of this path has."""
    routes = [route for route in request.app.routes if not isinstance(route, Mount)]
    return {
        method
        for method in ("DELETE", "GET", "HEAD", "POST", "PUT")
        for route in routes
        if route.matches({**request.scope, "method": method})[0] is Match.FULL
    } or {"GET", "HEAD"}
