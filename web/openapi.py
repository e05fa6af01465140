"""The API's own description, OpenAPI 3.1.0: what each operation needs, answers and leaves in the log, with one example each."""

from collections.abc import Mapping
from typing import Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from schemas.vocabulary import Purpose
from web import problems, shapes
from web.problems import FORMS, Kind
from web.scopes import Scope
from web.shapes import CODES, TEXT, Json

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
_OF_A_PERSON: Final = (
    Kind.BAD_REQUEST,
    Kind.PURPOSE_MISSING,
    Kind.SCOPE_MISSING,
    Kind.PURPOSE_NOT_GRANTED,
    Kind.CATEGORY_NOT_GRANTED,
    Kind.PERSON_NOT_AVAILABLE,
)
_OF_A_BODY: Final = (Kind.MEDIA_TYPE, Kind.INVALID_REQUEST)

_HEADERS: Final = (
    ("Luukku-Purpose", {"type": "string", "enum": CODES["purpose"]}, Purpose.TYM.value),
    ("Luukku-Case", {"type": "string", "pattern": "^[A-Za-z0-9._:/-]{1,64}$"}, "SLN-2026-118"),
    ("Luukku-User", {"type": "string", "pattern": "^[A-Za-z0-9._:-]{1,64}$"}, "w-7c1e"),
)
_BODIES: Final[Mapping[str, tuple[Json, Json]]] = {
    "resolve": (
        {"type": "object", "required": ["hetu"], "additionalProperties": False, "properties": {"hetu": TEXT}},
        {"hetu": "120384-9128"},
    ),
    "emergency": (
        {
            "type": "object",
            "required": ["emergency"],
            "additionalProperties": False,
            "properties": {
                "emergency": {
                    "type": "object",
                    "required": ["justification"],
                    "additionalProperties": False,
                    "properties": {"justification": {"type": "string", "minLength": 20, "maxLength": 2000}},
                }
            },
        },
        {"emergency": {"justification": "Found unconscious at the workshop, the paramedics ask."}},
    ),
}
_ANSWERS: Final = {"resolve": "Reference", "view": "View", "emergency": "View", "status": "Status"}


def needs(scope: Scope | None, event: str | None) -> Json:
    """Name the scope that an operation needs and the event that it leaves."""
    return {"x-luukku-scope": scope or NONE, "x-luukku-event": event or NONE}


def described(name: str, scope: Scope | None, event: str | None) -> Json:
    """Describe an operation beyond its path: headers, body, answers, problems, scope and event."""
    about_person = name != "status"
    kinds = _OF_ANY_CALL + (_OF_A_PERSON if about_person else ()) + (_OF_A_BODY if name in _BODIES else ())
    operation: Json = {
        "operationId": name,
        **needs(scope, event),
        "parameters": [_header(*header) for header in _HEADERS] if about_person else [],
        "responses": {"200": _answer(_ANSWERS[name])} | _problems(kinds),
        "security": [{"dpop": []}],
    }
    if name in ("view", "emergency"):
        operation["parameters"].append(_categories())
        operation["responses"]["304"] = {"description": "The caller's copy is still the view."}
    if name in _BODIES:
        schema, example = _BODIES[name]
        operation["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": schema, "example": example}},
        }
    return operation


def document(app: FastAPI) -> Json:
    """Write the whole description, once."""
    if not app.openapi_schema:
        found = get_openapi(title=app.title, version=app.version, openapi_version=VERSION, routes=app.routes)
        found["components"] = {"schemas": shapes.schemas(), "securitySchemes": {"dpop": _dpop()}}
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


def _header(name: str, schema: Json, example: str) -> Json:
    return {"name": name, "in": "header", "required": True, "schema": schema, "example": example}


def _categories() -> Json:
    schema = {"type": "array", "items": {"type": "string", "enum": CODES["category"]}}
    return {"name": "categories", "in": "query", "required": False, "style": "form", "explode": False, "schema": schema}


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
