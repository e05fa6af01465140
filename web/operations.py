"""What each operation of the API takes and gives beyond its path: headers, query, body with an example, answer, problems."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from publish.outbox import Done
from schemas.vocabulary import Purpose
from web.bodies import LARGEST_NUMBER, MOST_LISTED
from web.problems import Kind
from web.shapes import CODES, MOMENT, REF, TEXT, TOKEN, Json, closed


class Header(NamedTuple):
    """A header that has to be there."""

    name: str
    schema: Json
    example: str


class Parameter(NamedTuple):
    """A parameter of the query."""

    name: str
    schema: Json
    required: bool


class Body(NamedTuple):
    """A body's schema, and one that fits."""

    schema: Json
    example: Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """An operation; ``answer`` names a schema, ``status`` is that of its answer."""

    answer: str
    headers: tuple[Header, ...] = ()
    query: tuple[Parameter, ...] = ()
    body: Body | None = None
    kinds: tuple[Kind, ...] = ()
    status: int = 200
    unchanged: bool = False
    open_: bool = False


_PURPOSE: Final = Header("Luukku-Purpose", {"type": "string", "enum": CODES["purpose"]}, Purpose.TYM.value)
_CASE: Final = Header("Luukku-Case", {"type": "string", "pattern": "^[A-Za-z0-9._:/-]{1,64}$"}, "SLN-2026-118")
_USER: Final = Header("Luukku-User", {"type": "string", "pattern": "^[A-Za-z0-9._:-]{1,64}$"}, "w-7c1e")
_KEY: Final = Header("Idempotency-Key", {"type": "string", "pattern": "^[A-Za-z0-9._:-]{1,64}$"}, "20260604-1")
_CATEGORIES: Final = Parameter(
    "categories", {"type": "array", "items": {"type": "string", "enum": CODES["category"]}}, required=False
)
_AT: Final = Parameter("at", {"type": "string", "pattern": "^(now|[0-9]{4}-[0-9]{2}-[0-9]{2})$"}, required=True)
_AFTER: Final = Parameter("after", TOKEN, required=True)
_LIMIT: Final = Parameter(
    "limit", {"type": "integer", "minimum": 1, "maximum": MOST_LISTED, "default": 500}, required=False
)

_RESOLVE: Final = Body(closed({"hetu": TEXT}), {"hetu": "120384-9128"})
_EMERGENCY: Final = Body(
    closed({"emergency": closed({"justification": {"type": "string", "minLength": 20, "maxLength": 2000}})}),
    {"emergency": {"justification": "Found unconscious at the workshop, the paramedics ask."}},
)
_CHOSEN: Final = Body(
    closed({"after": TOKEN, "person_refs": {"type": "array", "minItems": 1, "maxItems": MOST_LISTED, "items": REF}}),
    {"after": "t_AAAAAAAAvFEAAAAAaiEX", "person_refs": ["pr_3b42b52dhec6khkffnb840ysf0"]},
)
_NUMBER: Final[Json] = {"type": "integer", "minimum": 1, "maximum": LARGEST_NUMBER}
_REPORT: Final = closed(
    {"seq": _NUMBER, "done": {"type": "string", "enum": [done.value for done in Done]}, "at": MOMENT}
)
_APPLIED: Final = Body(
    closed({"applied": {"type": "array", "minItems": 1, "maxItems": MOST_LISTED, "items": _REPORT}}),
    {"applied": [{"seq": 48215, "done": "deleted", "at": "2026-06-04T07:00:00Z"}]},
)

_OF_A_SYSTEM: Final = (Kind.BAD_REQUEST, Kind.SCOPE_MISSING)
_FOR_A_PURPOSE: Final = (*_OF_A_SYSTEM, Kind.PURPOSE_MISSING, Kind.PURPOSE_NOT_GRANTED)
_OF_A_PERSON: Final = (*_FOR_A_PURPOSE, Kind.CATEGORY_NOT_GRANTED, Kind.PERSON_NOT_AVAILABLE)
_OF_THE_FEED: Final = (*_FOR_A_PURPOSE, Kind.TOKEN_INVALID, Kind.TOKEN_EXPIRED)
_WHY: Final = (_PURPOSE, _CASE, _USER)

OPERATIONS: Final[Mapping[str, Described]] = {
    "resolve": Described(answer="Reference", headers=_WHY, body=_RESOLVE, kinds=_OF_A_PERSON),
    "view": Described(answer="View", headers=_WHY, query=(_CATEGORIES,), kinds=_OF_A_PERSON, unchanged=True),
    "emergency": Described(
        answer="View", headers=_WHY, query=(_CATEGORIES,), body=_EMERGENCY, kinds=_OF_A_PERSON, unchanged=True
    ),
    "changes_token": Described(
        answer="Token", headers=(_PURPOSE, _USER), query=(_AT,), kinds=(*_FOR_A_PURPOSE, Kind.TOKEN_EXPIRED)
    ),
    "changes": Described(answer="Changes", headers=(_PURPOSE, _USER), query=(_AFTER, _LIMIT), kinds=_OF_THE_FEED),
    "changes_of": Described(
        answer="Changes", headers=(_PURPOSE, _USER), body=_CHOSEN, kinds=(*_OF_THE_FEED, Kind.TOO_MANY)
    ),
    "applied": Described(
        answer="Accepted",
        headers=(_USER, _KEY),
        body=_APPLIED,
        kinds=(*_OF_A_SYSTEM, Kind.KEY_REUSED, Kind.TOO_MANY),
        status=201,
    ),
    "status": Described(answer="Status"),
    "receipt": Described(answer="ReceiptStatus", kinds=(Kind.NOT_FOUND,), open_=True),
}
