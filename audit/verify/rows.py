"""An event's row, made from its entry alone, in the bytes in which PostgreSQL sends rows: equal bytes are equal columns."""

import json
import struct
from binascii import unhexlify
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

import msgspec

from audit.pseudonyms import PSEUDONYM_BYTES
from audit.tree import leaf_hash
from audit.verify.members import Members, Moment, read, read_reasons, read_texts

_TEXT: Final = 25
"""The type of the texts in a list."""
_EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""PostgreSQL counts microseconds from here."""
_DAY_S: Final = 86_400
_SECOND_US: Final = 1_000_000
_COLUMNS: Final = 25

_FEW: Final = 4_096
_MANY: Final = 16_384
"""Answers kept: of what takes few values, and of users, of whom each acts often."""

_length = struct.Struct(">i").pack
_number = struct.Struct(">iq").pack
_start = struct.Struct(">hihiqi").pack
_hashed = struct.Struct(">i32siqiq").pack
_LENGTH_AT: Final = 2 + (4 + 2) + (4 + 8) + (4 + 16)
_ENTRY_AT: Final = _LENGTH_AT + 4
_length_in = struct.Struct(">I").unpack_from
_array = struct.Struct(">iIIIII").pack


class Differs(Exception):
    """A row is not the one that its entry makes."""


Item = tuple[bytes, Members | None]
"""An entry that was read: its leaf, made anew, and its members; of one that was pruned, its leaf as the tree keeps it."""


def items(rows: Iterable[bytes], log: int, index: int) -> Iterator[Item]:
    """Read the entries in rows of ``audit.event``, the first of which is that of ``index``; raises ``Differs`` at the first that is not.

    A row is what COPY makes of it: count of columns, then length and value of each. One by one, so that each
    entry's members take the place of those before it in the processor's cache.
    """
    try:
        for place, row in enumerate(rows, start=index):
            end = _ENTRY_AT + _length_in(row, _LENGTH_AT)[0]
            entry = row[_ENTRY_AT:end]
            leaf, members = leaf_hash(entry), read(entry)
            before = _start(_COLUMNS, 2, log, 8, place, 16) + _raw_id(members.id)
            if not row.startswith(before) or row[end:] != _after(leaf, members):
                raise Differs
            yield leaf, members
    except (ValueError, struct.error):
        raise Differs from None


def _after(leaf: bytes, m: Members) -> bytes:
    """Write the columns behind the entry."""
    actor, decision, request, run = m.actor, m.decision, m.request, m.run
    return b"".join(
        (
            _hashed(32, leaf, 8, _entered(m.seq_t), 8, _moment(m.t)),
            _words(m.type, m.outcome, m.class_, actor.org, actor.system),
            _user(actor.user),
            _text(actor.role),
            _pseudonym(m.person),
            _ABSENT if m.person_n is None else _number(8, m.person_n),
            _asked(m.purpose, bytes(m.categories), b"" if decision is None else bytes(decision.reason)),
            _ABSENT if decision is None else _ID + _raw_id(decision.id),
            _ABSENT if m.ref is None else _ID + _raw_id(m.ref),
            _ABSENT if request is None else _pseudonym(request.case),
            _ABSENT_RUN if run is None else _words(run.dag, run.run),
            _json(bytes(m.controllers)),
        )
    )


def _raw_id(value: str) -> bytes:
    return unhexlify(value.replace("-", ""))


_ABSENT: Final = _length(-1)
_ABSENT_RUN: Final = _ABSENT * 2
_ID: Final = _length(16)
_PSEUDONYM: Final = _length(PSEUDONYM_BYTES)


def _pseudonym(value: str | None) -> bytes:
    if value is None:
        return _ABSENT
    raw = unhexlify(value)
    return (_PSEUDONYM if len(raw) == PSEUDONYM_BYTES else _length(len(raw))) + raw


def _moment(value: datetime) -> int:
    since = value - _EPOCH
    return (since.days * _DAY_S + since.seconds) * _SECOND_US + since.microseconds


_user = lru_cache(maxsize=_MANY)(_pseudonym)


@lru_cache(maxsize=64)
def _entered(value: str) -> int:
    """Count to the moment of a batch, which all its events share."""
    return _moment(msgspec.convert(value, Moment))


@lru_cache(maxsize=_FEW)
def _text(value: str | None) -> bytes:
    if value is None:
        return _ABSENT
    raw = value.encode()
    return _length(len(raw)) + raw


@lru_cache(maxsize=_FEW)
def _words(*values: str | None) -> bytes:
    """Write columns that lie side by side and take few values together."""
    return b"".join(map(_text, values))


@lru_cache(maxsize=_FEW)
def _asked(purpose: str | None, categories: bytes, reasons: bytes) -> bytes:
    """Write the purpose, the categories and, each once, the reasons of these, of which the last two stand as in the entry."""
    found = sorted(set(read_reasons(reasons).values())) if reasons else ()
    return _text(purpose) + _texts(read_texts(categories) if categories else ()) + _texts(found)


def _texts(values: Sequence[str]) -> bytes:
    if not values:
        return _ABSENT
    raw = [value.encode() for value in values]
    parts = b"".join(len(each).to_bytes(4, "big") + each for each in raw)
    return _array(len(parts) + 20, 1, 0, _TEXT, len(raw), 1) + parts


@lru_cache(maxsize=_FEW)
def _json(codes: bytes) -> bytes:
    """Write a list of codes as ``jsonb`` does: its version, then its text with a blank behind each comma."""
    if not codes:
        return _ABSENT
    raw = b"\x01" + json.dumps(read_texts(codes), ensure_ascii=False).encode()
    return _length(len(raw)) + raw
