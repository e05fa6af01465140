"""The schemas of what the API answers, the view's made of its item types."""

from collections.abc import Mapping
from datetime import date, datetime
from types import NoneType
from typing import Any, Final, get_args, get_type_hints

from schemas.view import MAY_SHOW
from schemas.view.item import Item, members
from schemas.view.te import PlanTask
from schemas.vocabulary import Category, Ground, Purpose, Source

Json = dict[str, Any]

TEXT: Final[Json] = {"type": "string"}
_REF: Final[Json] = {"type": "string", "pattern": "^pr_[0-9a-hjkmnp-tv-z]{26}$"}
CODES: Final = {
    "category": [category.value for category in Category],
    "purpose": [purpose.value for purpose in Purpose],
    "source": [source.value for source in Source],
    "ground": [ground.value for ground in Ground],
}
_PLAIN: Final[Mapping[type, Json]] = {
    str: TEXT,
    int: {"type": "integer"},
    bool: {"type": "boolean"},
    date: {"type": "string", "format": "date"},
    datetime: {"type": "string", "format": "date-time"},
}


def schemas() -> Json:
    """Give every schema by name."""
    return {
        "Problem": _object(
            {
                "type": {"type": "string", "format": "uri"},
                "title": TEXT,
                "status": {"type": "integer"},
                "request_id": TEXT,
                "errors": {"type": "array", "items": _object({"pointer": TEXT, "code": TEXT})},
            },
            optional=("errors",),
        ),
        "Reference": _object({"person_ref": _REF}),
        "View": _object(
            {
                "person_ref": _REF,
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
        "Status": _object(
            {
                "state": {"type": "string", "enum": ["ok", "late"]},
                "version": TEXT,
                "sources": {
                    "type": "array",
                    "items": _object(
                        {
                            "source": {"type": "string", "enum": CODES["source"]},
                            "as_of": _PLAIN[datetime],
                            "fresh": _PLAIN[bool],
                        }
                    ),
                },
                "keys": {"type": "array", "items": _object({"kid": TEXT, "ends": _PLAIN[date]}, optional=("ends",))},
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
                    "kind": {"type": "string", "enum": CODES["ground"]},
                    "key": TEXT,
                    "law": TEXT,
                    "unverified": {"const": True},
                    "ref": TEXT,
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
