"""The members of a JSON body, read one by one: each known, of its type, once; what is wrong is told by pointer and code alone."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from schemas.identifiers import Hetu, InvalidIdentifier
from web.problems import At, Kind, Problem

MOST_LISTED: Final = 1_000
Members = Mapping[str, Any]


def whole(body: bytes, needed: Sequence[str], *, optional: Sequence[str] = ()) -> Members:
    """Read a body as an object of these members; raises the problem ``invalid_request``, as all here do."""
    try:
        value = json.loads(body, object_pairs_hook=_once)
    except (ValueError, RecursionError):
        raise wrong("", "json") from None
    return inner(value, needed, "", optional=optional)


def inner(value: object, needed: Sequence[str], pointer: str, *, optional: Sequence[str] = ()) -> Members:
    """Read what stands at a place of a body as an object of these members."""
    if not isinstance(value, dict):
        raise wrong(pointer, "type")
    missing = tuple(At(f"{pointer}/{name}", "missing") for name in needed if name not in value)
    unknown = (At(pointer, "unknown_member"),) if value.keys() - {*needed, *optional} else ()
    if errors := missing + unknown:
        raise Problem(Kind.INVALID_REQUEST, errors)
    return value


def text(value: Members, name: str, pointer: str) -> str:
    """Read a text."""
    found = value[name]
    if not isinstance(found, str):
        raise wrong(pointer, "type")
    return found


def hetu(value: Members, pointer: str, *, artificial_only: bool) -> Hetu:
    """Read the member ``hetu``."""
    try:
        return Hetu.parse(text(value, "hetu", pointer), artificial_only=artificial_only)
    except InvalidIdentifier as error:
        raise wrong(pointer, error.code) from None


def moment(value: Members, name: str, pointer: str) -> datetime:
    """Read a moment with its zone."""
    try:
        found = datetime.fromisoformat(text(value, name, pointer))
    except ValueError:
        raise wrong(pointer, "moment") from None
    if found.tzinfo is None:
        raise wrong(pointer, "moment")
    return found.astimezone(UTC)


def number(value: Members, name: str, pointer: str, *, least: int, most: int) -> int:
    """Read a whole number within bounds, both included."""
    found = value[name]
    if isinstance(found, bool) or not isinstance(found, int) or not least <= found <= most:
        raise wrong(pointer, "number")
    return found


def listed(value: Members, name: str) -> list[object]:
    """Read a list that is not empty, of the outermost object."""
    found = value[name]
    if not isinstance(found, list) or not found:
        raise wrong(f"/{name}", "type")
    if len(found) > MOST_LISTED:
        raise Problem(Kind.TOO_MANY)
    return found


def wrong(pointer: str, code: str) -> Problem:
    """Point at what is wrong (RFC 6901), with the code of the broken rule."""
    return Problem(Kind.INVALID_REQUEST, (At(pointer, code),))


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) < len(pairs):
        raise ValueError("A member stands twice.")
    return value
