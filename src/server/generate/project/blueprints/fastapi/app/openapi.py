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
        mend_schemas(document.get("components", {}))
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
        for child in node.values():
            mend_schemas(child)
    elif isinstance(node, list):
        for child in node:
            mend_schemas(child)
