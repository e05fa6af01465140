"""The schemas of what the API answers, the view's made of its item types."""

from collections.abc import Mapping
from datetime import date, datetime
from types import NoneType
from typing import Any, Final, get_args, get_type_hints

from consent.receipts.states import State
from schemas.view import MAY_SHOW
from schemas.view.item import Item, members
from schemas.view.te import PlanTask
from schemas.vocabulary import Category, Ground, Purpose, Reason, Source

Json = dict[str, Any]

TEXT: Final[Json] = {"type": "string"}
REF: Final[Json] = {"type": "string", "pattern": "^pr_[0-9a-hjkmnp-tv-z]{26}$"}
TOKEN: Final[Json] = {"type": "string", "pattern": "^t_[A-Za-z0-9_-]+$", "maxLength": 400}
MOMENT: Final[Json] = {"type": "string", "format": "date-time"}
DAY: Final[Json] = {"type": "string", "format": "date"}
CODES: Final = {
    "category": [category.value for category in Category],
    "purpose": [purpose.value for purpose in Purpose],
    "source": [source.value for source in Source],
    "ground": [ground.value for ground in Ground],
    "reason": [reason.value for reason in Reason],
}
_PLAIN: Final[Mapping[type, Json]] = {
    str: TEXT,
    int: {"type": "integer"},
    bool: {"type": "boolean"},
    date: DAY,
    datetime: MOMENT,
}


def schemas() -> Json:
    """Give every schema by name."""
    return {
        "Problem": object_of(
            {
                "type": {"type": "string", "format": "uri"},
                "title": TEXT,
                "status": {"type": "integer"},
                "request_id": TEXT,
                "errors": {"type": "array", "items": object_of({"pointer": TEXT, "code": TEXT})},
            },
            optional=("errors",),
        ),
        "Reference": object_of({"person_ref": REF}),
        "View": object_of(
            {
                "person_ref": REF,
                "purpose": {"type": "string", "enum": CODES["purpose"]},
                "decision_id": TEXT,
                "decided_at": _PLAIN[datetime],
                "sections": {
                    "type": "array",
                    "minItems": 1,
                    "items": {"oneOf": [_section(category) for category in Category]},
                },
            }
        ),
        "Token": object_of({"token": TOKEN}),
        "Changes": object_of(
            {
                "changes": {
                    "type": "array",
                    "items": object_of(
                        {
                            "seq": {"type": "integer"},
                            "person_ref": REF,
                            "kind": {"type": "string", "enum": ["changed", "removed"]},
                            "at": MOMENT,
                        }
                    ),
                },
                "token": TOKEN,
                "up_to_date": _PLAIN[bool],
            }
        ),
        "Accepted": object_of({"accepted": {"type": "integer"}}),
        "ReceiptStatus": object_of(
            {
                "receipt": {"type": "string", "format": "uuid"},
                "in_force": _PLAIN[bool],
                "states": {"type": "object", "additionalProperties": {"enum": [state.iri for state in State]}},
                "followed_by": {"type": "string", "format": "uuid"},
                "at": MOMENT,
            },
            optional=("followed_by",),
        ),
        "Status": object_of(
            {
                "state": {"type": "string", "enum": ["ok", "late"]},
                "version": TEXT,
                "sources": {
                    "type": "array",
                    "items": object_of(
                        {
                            "source": {"type": "string", "enum": CODES["source"]},
                            "as_of": _PLAIN[datetime],
                            "fresh": _PLAIN[bool],
                        }
                    ),
                },
                "keys": {"type": "array", "items": object_of({"kid": TEXT, "ends": _PLAIN[date]}, optional=("ends",))},
            }
        ),
    }


def closed(properties: Json, *, optional: tuple[str, ...] = ()) -> Json:
    """Describe an object of exactly these members."""
    return object_of(properties, optional=optional) | {"additionalProperties": False}


def ground() -> Json:
    """Describe why something may be shown."""
    return object_of(
        {
            "kind": {"type": "string", "enum": CODES["ground"]},
            "key": TEXT,
            "law": TEXT,
            "unverified": {"const": True},
            "ref": TEXT,
            "until": _PLAIN[date],
        },
        optional=("law", "unverified", "ref", "until"),
    )


def _section(category: Category) -> Json:
    forms = [_item(form) for form in MAY_SHOW[category].items]
    return object_of(
        {
            "category": {"const": category.value},
            "source": {"const": category.source.value},
            "as_of": _PLAIN[datetime],
            "fresh": _PLAIN[bool],
            "ground": ground(),
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
    return object_of(properties, optional=tuple(optional)) | {"additionalProperties": False, "title": form.__name__}


def object_of(properties: Json, *, optional: tuple[str, ...] = ()) -> Json:
    """Describe an object of these members, and of others that may come."""
    required = [name for name in properties if name not in optional]
    return {"type": "object", "required": required, "properties": properties}
