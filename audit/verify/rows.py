"""An event's row, made from its entry alone, in the bytes in which PostgreSQL sends rows: equal bytes are equal columns."""

import json
import struct
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final, NamedTuple

from audit.pseudonyms import PSEUDONYM_BYTES
from audit.tree import leaf_hash
from audit.verify import members
from audit.verify.members import Members

_TEXT, _BYTEA, _SMALLINT, _BIGINT, _UUID, _MOMENT, _TEXTS, _JSONB = 25, 17, 21, 20, 2950, 1184, 1009, 3802
_EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""PostgreSQL counts microseconds from here."""
_MICROSECOND: Final = timedelta(microseconds=1)
_COLUMNS: Final = 25

_field = struct.Struct(">II").pack
_absent = struct.Struct(">Ii").pack
_number = struct.Struct(">IIq").pack
_start = struct.Struct(">IIIhIIqII").pack
_LENGTH_AT: Final = 4 + (8 + 2) + (8 + 8) + (8 + 16) + 4
_LENGTH_BYTES: Final = 4
_length_at = struct.Struct(">I").unpack_from
_array = struct.Struct(">IIIIIII").pack
_LEAF: Final = _field(_BYTEA, 32)


class Differs(Exception):
    """A row is not the one that its entry makes."""


class Item(NamedTuple):
    """An entry that was read: its leaf, made anew, and its members; of one that was pruned, its leaf as the tree keeps it."""

    leaf: bytes
    members: Members | None


def items(rows: bytes, log: int, index: int) -> Iterator[Item]:
    """Take rows of ``audit.event`` apart, the first of which is that of ``index``; raises ``Differs`` at the first that is not.

    ``rows`` are the results of ``record_send``, joined: count of columns, then type, length and value of each.
    """
    at, total = 0, len(rows)
    while at < total:
        length_at = at + _LENGTH_AT
        if total < length_at + _LENGTH_BYTES:
            raise Differs
        start = length_at + _LENGTH_BYTES
        entry = rows[start : start + _length_at(rows, length_at)[0]]
        leaf = leaf_hash(entry)
        try:
            found = members.read(entry)
            before, after = _start(_COLUMNS, _SMALLINT, 2, log, _BIGINT, 8, index, _UUID, 16), _after(found)
            row = b"".join((before, _raw_id(found.id), _field(_BYTEA, len(entry)), entry, _LEAF, leaf, *after))
        except ValueError:
            raise Differs from None
        end = at + len(row)
        if rows[at:end] != row:
            raise Differs
        yield Item(leaf, found)
        at, index = end, index + 1


def _after(m: Members) -> tuple[bytes, ...]:
    """Write the columns behind the leaf."""
    actor, decision = m.actor, m.decision
    return (
        _moment(m.seq_t),
        _moment(m.t),
        _words(m.type, m.outcome, m.class_, actor.org, actor.system),
        _pseudonym(actor.user),
        _text(actor.role),
        _pseudonym(m.person),
        _ABSENT_NUMBER if m.person_n is None else _number(_BIGINT, 8, m.person_n),
        _text(m.purpose),
        _ABSENT_TEXTS if m.categories is None else _texts(tuple(m.categories)),
        _reasons(tuple(decision.reason.values())) if decision and decision.reason is not None else _ABSENT_TEXTS,
        _ABSENT_ID if decision is None else _ID + _raw_id(decision.id),
        _ABSENT_ID if m.ref is None else _ID + _raw_id(m.ref),
        _ABSENT_BYTES if m.request is None else _pseudonym(m.request.case),
        _ABSENT_RUN if m.run is None else _words(m.run.dag, m.run.run),
        _ABSENT_JSON if m.controllers is None else _json(tuple(m.controllers)),
    )


def _raw_id(value: str) -> bytes:
    return bytes.fromhex(value.replace("-", ""))


_ABSENT_NUMBER: Final = _absent(_BIGINT, -1)
_ABSENT_TEXTS: Final = _absent(_TEXTS, -1)
_ABSENT_ID: Final = _absent(_UUID, -1)
_ABSENT_BYTES: Final = _absent(_BYTEA, -1)
_ABSENT_RUN: Final = _absent(_TEXT, -1) * 2
_ABSENT_JSON: Final = _absent(_JSONB, -1)
_ID: Final = _field(_UUID, 16)
_PSEUDONYM: Final = _field(_BYTEA, PSEUDONYM_BYTES)


def _pseudonym(value: str | None) -> bytes:
    if value is None:
        return _ABSENT_BYTES
    raw = bytes.fromhex(value)
    return (_PSEUDONYM if len(raw) == PSEUDONYM_BYTES else _field(_BYTEA, len(raw))) + raw


@lru_cache(maxsize=4_096)
def _moment(value: str) -> bytes:
    return _number(_MOMENT, 8, (datetime.fromisoformat(value) - _EPOCH) // _MICROSECOND)


@lru_cache(maxsize=4_096)
def _text(value: str | None) -> bytes:
    if value is None:
        return _absent(_TEXT, -1)
    raw = value.encode()
    return _field(_TEXT, len(raw)) + raw


@lru_cache(maxsize=4_096)
def _words(*values: str | None) -> bytes:
    """Write columns that lie side by side and take few values together."""
    return b"".join(map(_text, values))


@lru_cache(maxsize=4_096)
def _texts(values: tuple[str, ...]) -> bytes:
    raw = [value.encode() for value in values]
    parts = b"".join(len(each).to_bytes(4, "big") + each for each in raw)
    return _array(_TEXTS, len(parts) + 20, 1, 0, _TEXT, len(raw), 1) + parts


@lru_cache(maxsize=4_096)
def _json(values: tuple[str, ...]) -> bytes:
    """Write a list of codes as ``jsonb`` does: its version, then its text with a blank behind each comma."""
    raw = b"\x01" + json.dumps(values, ensure_ascii=False).encode()
    return _field(_JSONB, len(raw)) + raw


@lru_cache(maxsize=4_096)
def _reasons(values: tuple[str, ...]) -> bytes:
    return _texts(tuple(sorted(set(values))))
