"""What a request's body may hold: each member known, of its type, once; what is wrong is told by pointer and code alone."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from consent.model import EMERGENCY_JUSTIFICATION_MIN, Emergency
from publish import references
from publish.outbox import Done, Report
from publish.references import Prefix
from schemas.identifiers import Hetu, InvalidIdentifier
from web.problems import At, Kind, Problem

LONGEST_JUSTIFICATION: Final = 2_000
MOST_LISTED: Final = 1_000
LARGEST_NUMBER: Final = (1 << 63) - 1


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


def chosen(body: bytes) -> tuple[str, tuple[UUID, ...]]:
    """Read ``{"after": "t_...", "person_refs": ["pr_...", ...]}``: where to go on, and about whom."""
    given = _object(body, ("after", "person_refs"))
    refs = _list(given, "person_refs")
    return _text(given, "after", "/after"), tuple(_ref(text, f"/person_refs/{n}") for n, text in enumerate(refs))


def _ref(text: object, pointer: str) -> UUID:
    ref = references.read(Prefix.PERSON, text) if isinstance(text, str) else None
    if ref is None:
        raise _wrong(pointer, "form")
    return ref


def reports(body: bytes) -> list[Report]:
    """Read ``{"applied": [{"seq": 1, "done": "deleted", "at": "2026-06-04T07:00:00Z"}, ...]}``."""
    return [_report(each, f"/applied/{n}") for n, each in enumerate(_list(_object(body, ("applied",)), "applied"))]


def _report(value: object, pointer: str) -> Report:
    if not isinstance(value, dict):
        raise _wrong(pointer, "type")
    _check_members(value, ("seq", "done", "at"), pointer)
    seq = value["seq"]
    if isinstance(seq, bool) or not isinstance(seq, int) or not 0 < seq <= LARGEST_NUMBER:
        raise _wrong(f"{pointer}/seq", "number")
    done = _text(value, "done", f"{pointer}/done")
    if done not in set(Done):
        raise _wrong(f"{pointer}/done", "code")
    return Report(seq, Done(done), _moment(_text(value, "at", f"{pointer}/at"), f"{pointer}/at"))


def _moment(text: str, pointer: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise _wrong(pointer, "moment") from None
    if moment.tzinfo is None:
        raise _wrong(pointer, "moment")
    return moment.astimezone(UTC)


def _list(value: Mapping[str, Any], name: str) -> list[object]:
    found = value[name]
    if not isinstance(found, list) or not found:
        raise _wrong(f"/{name}", "type")
    if len(found) > MOST_LISTED:
        raise Problem(Kind.TOO_MANY)
    return found


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
