"""What each operation of the API takes and gives beyond its path: headers, query, body with an example, answer, problems."""

from collections.abc import Mapping
from typing import Final

from publish.outbox import Done
from web import operations_asked
from web.bodies import LARGEST_NUMBER, MOST_LISTED
from web.describing import (
    FOR_A_PURPOSE,
    KEY,
    OF_A_PERSON,
    OF_A_SYSTEM,
    OF_THE_FEED,
    PURPOSE,
    USER,
    WHY,
    Body,
    Described,
    Parameter,
)
from web.problems import Kind
from web.shapes import CODES, MOMENT, REF, TEXT, TOKEN, Json, closed

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

OPERATIONS: Final[Mapping[str, Described]] = {
    "resolve": Described(answer="Reference", headers=WHY, body=_RESOLVE, kinds=OF_A_PERSON),
    "view": Described(answer="View", headers=WHY, query=(_CATEGORIES,), kinds=OF_A_PERSON, unchanged=True),
    "emergency": Described(
        answer="View", headers=WHY, query=(_CATEGORIES,), body=_EMERGENCY, kinds=OF_A_PERSON, unchanged=True
    ),
    "changes_token": Described(
        answer="Token", headers=(PURPOSE, USER), query=(_AT,), kinds=(*FOR_A_PURPOSE, Kind.TOKEN_EXPIRED)
    ),
    "changes": Described(answer="Changes", headers=(PURPOSE, USER), query=(_AFTER, _LIMIT), kinds=OF_THE_FEED),
    "changes_of": Described(
        answer="Changes", headers=(PURPOSE, USER), body=_CHOSEN, kinds=(*OF_THE_FEED, Kind.TOO_MANY)
    ),
    "applied": Described(
        answer="Accepted",
        headers=(USER, KEY),
        body=_APPLIED,
        kinds=(*OF_A_SYSTEM, Kind.KEY_REUSED, Kind.TOO_MANY),
        status=201,
    ),
    "status": Described(answer="Status"),
    "receipt": Described(answer="ReceiptStatus", kinds=(Kind.NOT_FOUND,), open_=True),
    **operations_asked.OPERATIONS,
}
