"""The parts that operations of the API are described by, and those that several share."""

from dataclasses import dataclass
from typing import Final, NamedTuple

from schemas.vocabulary import Purpose
from web.problems import Kind
from web.shapes import CODES, Json


class Header(NamedTuple):
    """A header; one that is not required has an answer without it."""

    name: str
    schema: Json
    example: str
    required: bool = True


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


PURPOSE: Final = Header("Luukku-Purpose", {"type": "string", "enum": CODES["purpose"]}, Purpose.TYM.value)
CASE: Final = Header("Luukku-Case", {"type": "string", "pattern": "^[A-Za-z0-9._:/-]{1,64}$"}, "SLN-2026-118")
USER: Final = Header("Luukku-User", {"type": "string", "pattern": "^[A-Za-z0-9._:-]{1,64}$"}, "w-7c1e")
KEY: Final = Header("Idempotency-Key", {"type": "string", "pattern": "^[A-Za-z0-9._:-]{1,64}$"}, "20260604-1")
OF_A_SYSTEM: Final = (Kind.BAD_REQUEST, Kind.SCOPE_MISSING)
FOR_A_PURPOSE: Final = (*OF_A_SYSTEM, Kind.PURPOSE_MISSING, Kind.PURPOSE_NOT_GRANTED)
OF_A_PERSON: Final = (*FOR_A_PURPOSE, Kind.CATEGORY_NOT_GRANTED, Kind.PERSON_NOT_AVAILABLE)
OF_THE_FEED: Final = (*FOR_A_PURPOSE, Kind.TOKEN_INVALID, Kind.TOKEN_EXPIRED)
WHY: Final = (PURPOSE, CASE, USER)
