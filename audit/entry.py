"""The entry: one event as canonical bytes, in a restricted form of RFC 8785 (ACCESS-LOG 2)."""

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import NoReturn

from audit.errors import EventRejected
from schemas.identifiers import Hetu, InvalidIdentifier

MAX_ENTRY_BYTES = 4_096
SEQUENCED_BYTES = 160
"""Room that a body leaves for ``seq_t``, ``person_n`` and ``person_prev``, which take at most 147 bytes."""
MAX_BODY_BYTES = MAX_ENTRY_BYTES - SEQUENCED_BYTES
SEQUENCED = frozenset({"seq_t", "person_n", "person_prev"})
MAX_INTEGER = 2**53 - 1

_KEY = re.compile(r"[a-z0-9_.-]+")
_FORBIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_HETU_LIKE = re.compile(r"(?<![0-9A-Za-z])\d{6}[-+A-FU-Y]\d{3}[0-9A-Y](?![0-9A-Za-z])")
_E_MAIL_LIKE = re.compile(r"[\w.%+-]@[\w-]+\.\w")


def canonical(members: Mapping[str, object]) -> bytes:
    """Return the RFC 8785 bytes of an object of strings, integers, arrays and objects.

    Keys ``[a-z0-9_.-]+``; strings NFC, without control or bidi characters and lone surrogates; integers within 2^53 - 1;
    no floats, no truth values, no null, nothing empty. Else ``EventRejected``, naming the member and never its value.
    """
    _check(members, "event")
    return unchecked(members)


def unchecked(members: Mapping[str, object]) -> bytes:
    """Return the bytes of members that have passed ``canonical`` before."""
    return json.dumps(members, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def read(body: bytes) -> dict[str, object]:
    """Read canonical bytes back; bytes that are not canonical are refused."""
    try:
        members = json.loads(body)
    except (ValueError, RecursionError):
        raise EventRejected("The event is not JSON.") from None
    if not isinstance(members, dict) or canonical(members) != body:
        raise EventRejected("The event is not in the canonical form.")
    return members


def moment(at: datetime) -> str:
    """Write a moment as the log does: UTC, microseconds, ``Z``."""
    if at.tzinfo is None:
        raise EventRejected("A moment of the event has no time zone.")
    return f"{at.astimezone(UTC).isoformat(timespec='microseconds')[:-6]}Z"


def refuse_personal(body: bytes) -> None:
    """Refuse a valid identity code or an e-mail address anywhere in the bytes (ACCESS-LOG 15)."""
    text = body.decode()
    if _E_MAIL_LIKE.search(text):
        raise EventRejected("The event holds an e-mail address.")
    if any(map(_is_hetu, _HETU_LIKE.findall(text))):
        raise EventRejected("The event holds an identity code.")


def _is_hetu(text: str) -> bool:
    try:
        Hetu.parse(text, artificial_only=False)
    except InvalidIdentifier:
        return False
    return True


def _check(value: object, path: str) -> None:
    if type(value) is str:
        _check_text(value, path)
    elif type(value) is int:
        if abs(value) > MAX_INTEGER:
            _refuse(path, "a number beyond 2^53 - 1")
    elif isinstance(value, Mapping):
        _check_object(value, path)
    elif isinstance(value, list | tuple):
        _check_all(((f"{path}[]", each) for each in value), path)
    else:
        _refuse(path, f"a value of a kind that entries do not have ({type(value).__name__})")


def _check_text(value: str, path: str) -> None:
    if not value:
        _refuse(path, "nothing")
    if value.isascii() and value.isprintable():
        return
    if _FORBIDDEN.search(value):
        _refuse(path, "a control character")
    if not unicodedata.is_normalized("NFC", value):
        _refuse(path, "text that is not NFC")


def _check_object(value: Mapping[object, object], path: str) -> None:
    for key in value:
        if type(key) is not str or not _KEY.fullmatch(key):
            _refuse(path, "a name out of form")
    _check_all(((f"{path}.{key}", each) for key, each in value.items()), path)


def _check_all(members: Iterable[tuple[str, object]], path: str) -> None:
    empty = True
    for name, member in members:
        empty = False
        _check(member, name)
    if empty:
        _refuse(path, "nothing")


def _refuse(path: str, what: str) -> NoReturn:
    raise EventRejected(f"The member {path} holds {what}.")
