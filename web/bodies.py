"""What a request's body may hold: each member known, of its type, once; what is wrong is told by pointer and code alone."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from consent.model import EMERGENCY_JUSTIFICATION_MIN, Emergency
from schemas.identifiers import Hetu, InvalidIdentifier
from web.problems import At, Kind, Problem

LONGEST_JUSTIFICATION: Final = 2_000


def hetu(body: bytes, *, artificial_only: bool) -> Hetu:
    """Read ``{"hetu": "..."}``; raises the problem ``invalid_request``."""
    text = _text(_object(body, ("hetu",)), "hetu", "/hetu")
    try:
        return Hetu.parse(text, artificial_only=artificial_only)
    except InvalidIdentifier as error:
        raise _wrong("/hetu", error.code) from None


def emergency(body: bytes, *, user: str) -> Emergency:
    """Read ``{"emergency": {"justification": "..."}}``, claimed by this user."""
    claim = _object(body, ("emergency",))["emergency"]
    if not isinstance(claim, dict):
        raise _wrong("/emergency", "type")
    _check_members(claim, ("justification",), "/emergency")
    text = _text(claim, "justification", "/emergency/justification").strip()
    if not EMERGENCY_JUSTIFICATION_MIN <= len(text) <= LONGEST_JUSTIFICATION:
        raise _wrong("/emergency/justification", "length")
    return Emergency(user, text)


def _object(body: bytes, members: Sequence[str]) -> Mapping[str, Any]:
    try:
        value = json.loads(body, object_pairs_hook=_once)
    except (ValueError, RecursionError):
        raise _wrong("", "json") from None
    if not isinstance(value, dict):
        raise _wrong("", "type")
    _check_members(value, members, "")
    return value


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) < len(pairs):
        raise ValueError("A member stands twice.")
    return value


def _check_members(value: Mapping[str, Any], members: Sequence[str], where: str) -> None:
    missing = tuple(At(f"{where}/{name}", "missing") for name in members if name not in value)
    unknown = (At(where, "unknown_member"),) if value.keys() - set(members) else ()
    if errors := missing + unknown:
        raise Problem(Kind.INVALID_REQUEST, errors)


def _text(value: Mapping[str, Any], name: str, pointer: str) -> str:
    text = value[name]
    if not isinstance(text, str):
        raise _wrong(pointer, "type")
    return text


def _wrong(pointer: str, code: str) -> Problem:
    return Problem(Kind.INVALID_REQUEST, (At(pointer, code),))
