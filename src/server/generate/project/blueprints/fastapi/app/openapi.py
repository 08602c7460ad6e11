"""/openapi.json: what FastAPI gathers from the routes, put right where it would not be true."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from app.problems import MEDIA_TYPE


def describe(app: FastAPI) -> dict[str, Any]:
    """The description of the application's API, made once."""
    if app.openapi_schema is None:
        document = get_openapi(
            title=app.title, version=app.version, description=app.description, routes=app.routes
        )
        for path in document["paths"].values():
            for operation in path.values():
                mend_operation(operation)
        mend_schemas(document)
        app.openapi_schema = document
    return app.openapi_schema


def mend_operation(operation: dict[str, Any]) -> None:
    for status, response in operation["responses"].items():
        # Refusals have a media type of their own.
        if int(status) >= 400 and "content" in response:
            response["content"] = {MEDIA_TYPE: response["content"].pop("application/json")}
    for parameter in operation.get("parameters", []):
        # A parameter can be left out, but nothing in an address is null.
        schema = parameter["schema"]
        kinds = [kind for kind in schema.pop("anyOf", []) if kind != {"type": "null"}]
        for kind in kinds[:1]:
            schema.update(kind)


def mend_schemas(node: Any) -> None:
    """Bounds of decimals are no keywords of JSON Schema, for there they are texts."""
    if isinstance(node, dict):
        for name, told in (("ge", "x-minimum"), ("le", "x-maximum")):
            if isinstance(node.get(name), str) and node.get("type") == "string":
                node[told] = node.pop(name)
        if node.get("type") == "integer":
            mend_bounds(node)
        for child in node.values():
            mend_schemas(child)
    elif isinstance(node, list):
        for child in node:
            mend_schemas(child)


def mend_bounds(schema: dict[str, Any]) -> None:
    """Bounds of whole numbers arrive as floats, which are exact up to 2^53."""
    for name in ("minimum", "maximum"):
        bound = schema.get(name)
        if not isinstance(bound, float):
            continue
        if abs(bound) <= 2**53:
            schema[name] = int(bound)
        elif abs(bound) == 2**63:
            schema[name] = -(2**63) if bound < 0 else 2**63 - 1
        else:
            del schema[name]
