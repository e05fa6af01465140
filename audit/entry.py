"""The entry: one event as canonical bytes, in a restricted form of RFC 8785 (ACCESS-LOG 2)."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import NoReturn

import msgspec

from audit.errors import EventRejected
from schemas.identifiers import Hetu, InvalidIdentifier

MAX_ENTRY_BYTES = 4_096
SEQUENCED_BYTES = 160
"""Room that a body leaves for ``seq_t``, ``person_n`` and ``person_prev``, which take at most 147 bytes."""
MAX_BODY_BYTES = MAX_ENTRY_BYTES - SEQUENCED_BYTES
SEQUENCED = frozenset({"seq_t", "person_n", "person_prev"})
MAX_INTEGER = 2**53 - 1

_NAME = re.compile(r"[a-z0-9_.-]+")
_FORBIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_HETU_LIKE = re.compile(r"[0-9]{6}(?<![0-9A-Za-z][0-9]{6})[-+A-FU-Y][0-9]{3}[0-9A-Y](?![0-9A-Za-z])")
_E_MAIL_LIKE = re.compile(r"@[\w-]+\.\w")
_PLAIN = re.compile(
    rb"""(?: "[a-z0-9_.-]++": (?: "[ !#-\[\]-~]++" [\]},]*+ )?+ | "[ !#-\[\]-~]++" (?!:) [\]},]*+
           | [\[{](?![\]}]) | -?[0-9]{1,15}+(?![0-9]) | [\]},] )*+""",
    re.VERBOSE,
)
"""Canonical bytes in which every member has the form of entries, in ASCII: nothing empty, no escape, no word, no fraction.

What a member most often is, a text, is taken together with its name and what closes behind it: half the time.
"""
_encode = msgspec.json.Encoder(order="sorted").encode
_decode = msgspec.json.Decoder().decode


def canonical(members: Mapping[str, object]) -> bytes:
    """Return the RFC 8785 bytes of an object of strings, integers, arrays and objects.

    Keys ``[a-z0-9_.-]+``; strings NFC, without control or bidi characters and lone surrogates; integers within 2^53 - 1;
    no floats, no truth values, no null, nothing empty. Else ``EventRejected``, naming the member and never its value.
    Within that form they are what ``json.dumps(sort_keys=True, separators=(",", ":"), ensure_ascii=False)`` gives.
    """
    if not _fits(members):
        _refuse(members)
    return unchecked(members)


def unchecked(members: Mapping[str, object]) -> bytes:
    """Return the same bytes without looking: of members that passed before, and of details, which may hold any JSON."""
    try:
        return _encode(members)
    except (TypeError, ValueError, RecursionError):
        raise EventRejected("The event holds what JSON cannot.") from None


def read(body: bytes) -> dict[str, object]:
    """Read canonical bytes back; bytes that are not canonical are refused."""
    try:
        members = _decode(body)
    except (ValueError, RecursionError):
        raise EventRejected("The event is not JSON.") from None
    if not isinstance(members, dict) or _as_written(members, plain=_PLAIN.fullmatch(body) is not None) != body:
        raise EventRejected("The event is not in the canonical form.")
    return members


def body_of(written: bytes) -> bytes:
    """Return the body that an entry was made of, which the sequencer has added to."""
    return unchecked({key: value for key, value in read(written).items() if key not in SEQUENCED})


def _as_written(members: Mapping[str, object], *, plain: bool) -> bytes:
    return unchecked(members) if plain else canonical(members)


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


def _fits(value: object) -> bool:
    """Tell whether a value, and all it holds, has the form of entries; built for speed, it says not where it fails."""
    if isinstance(value, str):
        return bool(value) and ((value.isascii() and value.isprintable()) or _is_clean(value))
    if isinstance(value, dict):
        return bool(value) and all(map(_is_name, value)) and all(map(_fits, value.values()))
    if isinstance(value, list | tuple):
        return bool(value) and all(map(_fits, value))
    return isinstance(value, int) and not isinstance(value, bool) and -MAX_INTEGER <= value <= MAX_INTEGER


@lru_cache(maxsize=1_024)
def _is_name(key: object) -> bool:
    return isinstance(key, str) and _NAME.fullmatch(key) is not None


def _is_clean(text: str) -> bool:
    return not _FORBIDDEN.search(text) and unicodedata.is_normalized("NFC", text)


def _refuse(value: object, path: str = "event") -> NoReturn:
    """Name the first member that does not fit, by its path."""
    for name, member in _members(value):
        if not _fits(member):
            _refuse(member, f"{path}.{name}")
        if not _is_name(name):
            raise EventRejected(f"The member {path} has a member with a name out of form.")
    raise EventRejected(f"The member {path} holds {_fault(value)}.")


def _members(value: object) -> Iterable[tuple[str, object]]:
    if isinstance(value, dict):
        return value.items()
    return ((str(place), each) for place, each in enumerate(value)) if isinstance(value, list | tuple) else ()


def _fault(value: object) -> str:
    if value in ("", [], {}, ()):
        return "nothing"
    if isinstance(value, str):
        return "a control character, or text that is not NFC"
    return "a number beyond 2^53 - 1" if type(value) is int else "a value of a kind that entries do not have"
