"""The API's own description, OpenAPI 3.1.0: what each operation needs, answers and leaves in the log, with one example each."""

from typing import Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from web import problems, shapes, shapes_asked
from web.describing import Header, Parameter
from web.operations import OPERATIONS
from web.problems import FORMS, Kind
from web.scopes import Scope
from web.shapes import Json

VERSION: Final = "3.1.0"
"""Exactly this: X-Road takes ``3.0.*`` or this text."""
NONE: Final = "none"

_OF_ANY_CALL: Final = (
    Kind.HETU_OUTSIDE_BODY,
    Kind.MIXED_CREDENTIALS,
    Kind.UNAUTHENTICATED,
    Kind.PROOF_REFUSED,
    Kind.RECIPIENT_NOT_ACTIVE,
    Kind.TOO_LARGE,
    Kind.RATE_LIMITED,
    Kind.INTERNAL,
    Kind.LOG_UNAVAILABLE,
    Kind.NOT_READY,
)
_OF_A_BODY: Final = (Kind.MEDIA_TYPE, Kind.INVALID_REQUEST)
_OF_AN_OPEN_CALL: Final = (
    Kind.HETU_OUTSIDE_BODY,
    Kind.RATE_LIMITED,
    Kind.INTERNAL,
    Kind.LOG_UNAVAILABLE,
    Kind.NOT_READY,
)


def needs(scope: Scope | None, event: str | None) -> Json:
    """Name the scope that an operation needs and the event that it leaves."""
    return {"x-luukku-scope": scope or NONE, "x-luukku-event": event or NONE}


def described(name: str, scope: Scope | None, event: str | None) -> Json:
    """Describe an operation beyond its path: headers, body, answers, problems, scope and event."""
    of = OPERATIONS[name]
    common = _OF_AN_OPEN_CALL if of.open_ else _OF_ANY_CALL
    kinds = common + of.kinds + (_OF_A_BODY if of.body else ())
    operation: Json = {
        "operationId": name,
        **needs(scope, event),
        "parameters": [*map(_header, of.headers), *map(_parameter, of.query)],
        "responses": {str(of.status): _answer(of.answer)} | _problems(kinds),
        "security": [] if of.open_ else [{"dpop": []}],
    }
    if of.unchanged:
        operation["responses"]["304"] = {"description": "The caller's copy is still the answer."}
    if of.body:
        content = {"application/json": {"schema": of.body.schema, "example": of.body.example}}
        operation["requestBody"] = {"required": True, "content": content}
    return operation


def document(app: FastAPI) -> Json:
    """Write the whole description, once."""
    if not app.openapi_schema:
        found = get_openapi(title=app.title, version=app.version, openapi_version=VERSION, routes=app.routes)
        found["components"] = {
            "schemas": shapes.schemas() | shapes_asked.schemas(),
            "securitySchemes": {"dpop": _dpop()},
        }
        for operation in (operation for path in found["paths"].values() for operation in path.values()):
            _without_echo(operation["responses"])
        app.openapi_schema = found
    return app.openapi_schema


def _without_echo(responses: Json) -> None:
    """Take out FastAPI's own answer to a wrong request, which would repeat it: it is never given."""
    content = responses.get("422", {}).get("content", {})
    content.pop("application/json", None)
    if "422" in responses and not content:
        del responses["422"]


def _header(of: Header) -> Json:
    return {"name": of.name, "in": "header", "required": of.required, "schema": of.schema, "example": of.example}


def _parameter(of: Parameter) -> Json:
    listed = {"style": "form", "explode": False} if of.schema["type"] == "array" else {}
    return {"name": of.name, "in": "query", "required": of.required, **listed, "schema": of.schema}


def _answer(schema: str) -> Json:
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
    return {"description": "As asked.", "content": content}


def _problems(kinds: tuple[Kind, ...]) -> Json:
    content = {problems.MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    by_status: dict[str, list[str]] = {}
    for kind in kinds:
        by_status.setdefault(str(FORMS[kind].status.value), []).append(kind.value)
    return {status: {"description": ", ".join(names), "content": content} for status, names in by_status.items()}


def _dpop() -> Json:
    return {
        "type": "http",
        "scheme": "DPoP",
        "description": "An access token bound to the key of the proof that stands in the header DPoP (RFC 9449).",
    }
