"""What the operations take and give by which somebody learns what holds, and who has looked, without any view."""

from collections.abc import Mapping
from typing import Final

from web.describing import FOR_A_PURPOSE, OF_A_PERSON, OF_A_SYSTEM, USER, WHY, Body, Described, Header
from web.problems import Kind
from web.shapes import CODES, MOMENT, REF, TEXT, Json, closed
from web.usage_body import FURTHEST, MOST

_LANGUAGE: Final = Header("Accept-Language", TEXT, "sv", required=False)
_BUSINESS_ID: Final[Json] = {"type": "string", "pattern": "^[0-9]{7}-[0-9]$"}
_WHO: Final = closed({"hetu": TEXT})
_CODES: Final[Json] = {
    "type": "array",
    "minItems": 1,
    "uniqueItems": True,
    "items": {"type": "string", "enum": CODES["category"]},
}

_DECIDE: Final = Body(
    closed(
        {
            "categories": _CODES,
            "person_ref": REF,
            "hetu": TEXT,
            "recipient": _BUSINESS_ID,
            "at": MOMENT,
            "known_at": MOMENT,
        },
        optional=("person_ref", "hetu", "recipient", "at", "known_at"),
    ),
    {"person_ref": "pr_3b42b52dhec6khkffnb840ysf0", "categories": ["te.suunnitelma", "sote.tyokyvyn-arvio"]},
)
_FIND: Final = Body(
    closed(
        {
            "asker": _WHO,
            "subject": _WHO,
            "periodStart": MOMENT,
            "periodEnd": MOMENT,
            "offset": {"type": "integer", "minimum": 0, "maximum": FURTHEST, "default": 0},
            "limit": {"type": "integer", "minimum": 1, "maximum": MOST, "default": MOST},
        },
        optional=("periodStart", "periodEnd", "offset", "limit"),
    ),
    {
        "asker": {"hetu": "120384-9128"},
        "subject": {"hetu": "120384-9128"},
        "periodStart": "2026-05-01T00:00:00Z",
        "offset": 0,
        "limit": 1000,
    },
)

OPERATIONS: Final[Mapping[str, Described]] = {
    "consents": Described(answer="Consents", headers=WHY, kinds=(*FOR_A_PURPOSE, Kind.PERSON_NOT_AVAILABLE)),
    "decide": Described(answer="Decided", headers=WHY, body=_DECIDE, kinds=(*OF_A_PERSON, Kind.TOO_MANY)),
    "decided": Described(answer="Decided", headers=WHY, kinds=(*FOR_A_PURPOSE, Kind.NOT_FOUND)),
    "usage_find": Described(
        answer="Usages", headers=(USER, _LANGUAGE), body=_FIND, kinds=(*OF_A_SYSTEM, Kind.PERSON_NOT_AVAILABLE)
    ),
    "usage_period": Described(answer="UsagePeriod", headers=(USER,), kinds=OF_A_SYSTEM),
    "usage_heartbeat": Described(answer="Heartbeat", headers=(USER,), kinds=OF_A_SYSTEM),
    "codelists": Described(answer="CodeLists", kinds=(Kind.BAD_REQUEST,), unchanged=True),
    "codelist": Described(answer="CodeList", kinds=(Kind.BAD_REQUEST, Kind.NOT_FOUND), unchanged=True),
}
