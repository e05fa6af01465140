"""The API's own description, OpenAPI 3.1.0: what each operation needs, answers and leaves in the log, with one example each."""

from collections.abc import Mapping
from datetime import date, datetime
from types import NoneType
from typing import Any, Final, get_args, get_type_hints

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from schemas.view import MAY_SHOW
from schemas.view.item import Item, members
from schemas.view.te import PlanTask
from schemas.vocabulary import Category, Ground, Purpose, Source
from web import problems
from web.problems import FORMS, Kind
from web.scopes import Scope

VERSION: Final = "3.1.0"
"""Exactly this: X-Road takes ``3.0.*`` or this text."""
Json = dict[str, Any]

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

_TEXT: Final[Json] = {"type": "string"}
_REF: Final[Json] = {"type": "string", "pattern": "^pr_[0-9a-hjkmnp-tv-z]{26}$"}
_CODES: Final = {
    "category": [category.value for category in Category],
    "purpose": [purpose.value for purpose in Purpose],
    "source": [source.value for source in Source],
    "ground": [ground.value for ground in Ground],
}
_PLAIN: Final[Mapping[type, Json]] = {
    str: _TEXT,
    int: {"type": "integer"},
    bool: {"type": "boolean"},
    date: {"type": "string", "format": "date"},
    datetime: {"type": "string", "format": "date-time"},
}
_HEADERS: Final = (
    ("Luukku-Purpose", {"type": "string", "enum": _CODES["purpose"]}, Purpose.TYM.value),
    ("Luukku-Case", {"type": "string", "pattern": "^[A-Za-z0-9._:/-]{1,64}$"}, "SLN-2026-118"),
    ("Luukku-User", {"type": "string", "pattern": "^[A-Za-z0-9._:-]{1,64}$"}, "w-7c1e"),
)
_BODIES: Final[Mapping[str, tuple[Json, Json]]] = {
    "resolve": (
        {"type": "object", "required": ["hetu"], "additionalProperties": False, "properties": {"hetu": _TEXT}},
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


def described(name: str, scope: Scope | None, event: str | None) -> Json:
    """Describe an operation beyond its path: headers, body, answers, problems, scope and event."""
    about_person = name != "status"
    kinds = _OF_ANY_CALL + (_OF_A_PERSON if about_person else ()) + (_OF_A_BODY if name in _BODIES else ())
    operation: Json = {
        "operationId": name,
        "x-luukku-scope": scope,
        "x-luukku-event": event,
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
        found["components"] = {"schemas": _schemas(), "securitySchemes": {"dpop": _dpop()}}
        for operation in (operation for path in found["paths"].values() for operation in path.values()):
            if "requestBody" not in operation:
                operation["responses"].pop("422", None)
        app.openapi_schema = found
    return app.openapi_schema


def _header(name: str, schema: Json, example: str) -> Json:
    return {"name": name, "in": "header", "required": True, "schema": schema, "example": example}


def _categories() -> Json:
    schema = {"type": "array", "items": {"type": "string", "enum": _CODES["category"]}}
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


def _schemas() -> Json:
    return {
        "Problem": _object(
            {
                "type": {"type": "string", "format": "uri"},
                "title": _TEXT,
                "status": {"type": "integer"},
                "request_id": _TEXT,
                "errors": {"type": "array", "items": _object({"pointer": _TEXT, "code": _TEXT})},
            },
            optional=("errors",),
        ),
        "Reference": _object({"person_ref": _REF}),
        "View": _object(
            {
                "person_ref": _REF,
                "purpose": {"type": "string", "enum": _CODES["purpose"]},
                "decision_id": _TEXT,
                "decided_at": _PLAIN[datetime],
                "sections": {
                    "type": "array",
                    "minItems": 1,
                    "items": {"oneOf": [_section(category) for category in Category]},
                },
            }
        ),
        "Status": _object(
            {
                "state": {"type": "string", "enum": ["ok", "late"]},
                "version": _TEXT,
                "sources": {
                    "type": "array",
                    "items": _object(
                        {
                            "source": {"type": "string", "enum": _CODES["source"]},
                            "as_of": _PLAIN[datetime],
                            "fresh": _PLAIN[bool],
                        }
                    ),
                },
                "keys": {"type": "array", "items": _object({"kid": _TEXT, "ends": _PLAIN[date]}, optional=("ends",))},
            }
        ),
    }


def _section(category: Category) -> Json:
    forms = [_item(form) for form in MAY_SHOW[category].items]
    return _object(
        {
            "category": {"const": category.value},
            "source": {"const": category.source.value},
            "as_of": _PLAIN[datetime],
            "fresh": _PLAIN[bool],
            "ground": _object(
                {
                    "kind": {"type": "string", "enum": _CODES["ground"]},
                    "key": _TEXT,
                    "law": _TEXT,
                    "unverified": {"const": True},
                    "ref": _TEXT,
                    "until": _PLAIN[date],
                },
                optional=("law", "unverified", "ref", "until"),
            ),
            "items": {"type": "array", "minItems": 1, "items": forms[0] if len(forms) == 1 else {"oneOf": forms}},
        }
    )


def _item(form: type[Item]) -> Json:
    """Describe an item from its type: what may be unknown may be absent, and nothing else may be there."""
    hints = get_type_hints(form)
    properties: Json = {"kind": {"const": form.KIND}} if form.KIND else {}
    optional = []
    for name, field in members(form):
        kinds = [kind for kind in get_args(hints[field]) or (hints[field],) if kind is not NoneType]
        properties[name] = _PLAIN.get(kinds[0]) or {"type": "array", "items": _item(PlanTask)}
        if NoneType in get_args(hints[field]):
            optional.append(name)
    return _object(properties, optional=tuple(optional)) | {"additionalProperties": False, "title": form.__name__}


def _object(properties: Json, *, optional: tuple[str, ...] = ()) -> Json:
    required = [name for name in properties if name not in optional]
    return {"type": "object", "required": required, "properties": properties}
