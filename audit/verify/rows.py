"""An event's row, made from its entry alone, in the bytes in which PostgreSQL sends rows: equal bytes are equal columns."""

import json
import struct
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

from audit.pseudonyms import PSEUDONYM_BYTES
from audit.tree import leaf_hash
from audit.verify.members import Members, read, read_reasons, read_texts

_TEXT, _BYTEA, _SMALLINT, _BIGINT, _UUID, _MOMENT, _TEXTS, _JSONB = 25, 17, 21, 20, 2950, 1184, 1009, 3802
_EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""PostgreSQL counts microseconds from here."""
_DAY_S: Final = 86_400
_SECOND_US: Final = 1_000_000
_COLUMNS: Final = 25

_field = struct.Struct(">II").pack
_absent = struct.Struct(">Ii").pack
_number = struct.Struct(">IIq").pack
_start = struct.Struct(">IIIhIIqII").pack
_LENGTH_AT: Final = 4 + (8 + 2) + (8 + 8) + (8 + 16) + 4
_ENTRY_AT: Final = _LENGTH_AT + 4
_length_in = struct.Struct(">I").unpack_from
_array = struct.Struct(">IIIIIII").pack
_LEAF: Final = _field(_BYTEA, 32)


class Differs(Exception):
    """A row is not the one that its entry makes."""


Item = tuple[bytes, Members | None]
"""An entry that was read: its leaf, made anew, and its members; of one that was pruned, its leaf as the tree keeps it."""


def items(rows: Iterable[bytes], log: int, index: int) -> Iterator[Item]:
    """Read the entries in rows of ``audit.event``, the first of which is that of ``index``; raises ``Differs`` at the first that is not.

    A row is what ``record_send`` makes of it: count of columns, then type, length and value of each. One by one, so that each
    entry's members take the place of those before it in the processor's cache.
    """
    try:
        for place, row in enumerate(rows, start=index):
            end = _ENTRY_AT + _length_in(row, _LENGTH_AT)[0]
            entry = row[_ENTRY_AT:end]
            leaf, members = leaf_hash(entry), read(entry)
            before = _start(_COLUMNS, _SMALLINT, 2, log, _BIGINT, 8, place, _UUID, 16) + _raw_id(members.id)
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
            _LEAF,
            leaf,
            _entered(m.seq_t),
            _moment(m.t),
            _words(m.type, m.outcome, m.class_, actor.org, actor.system),
            _user(actor.user),
            _text(actor.role),
            _pseudonym(m.person),
            _ABSENT_NUMBER if m.person_n is None else _number(_BIGINT, 8, m.person_n),
            _asked(m.purpose, bytes(m.categories), b"" if decision is None else bytes(decision.reason)),
            _ABSENT_ID if decision is None else _ID + _raw_id(decision.id),
            _ABSENT_ID if m.ref is None else _ID + _raw_id(m.ref),
            _ABSENT_BYTES if request is None else _pseudonym(request.case),
            _ABSENT_RUN if run is None else _words(run.dag, run.run),
            _json(bytes(m.controllers)),
        )
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


_user = lru_cache(maxsize=4_096)(_pseudonym)
"""Users are few, and each acts often."""


def _moment(value: str) -> bytes:
    since = datetime.fromisoformat(value) - _EPOCH
    return _number(_MOMENT, 8, (since.days * _DAY_S + since.seconds) * _SECOND_US + since.microseconds)


_entered = lru_cache(maxsize=64)(_moment)
"""A batch is of one moment."""


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
def _asked(purpose: str | None, categories: bytes, reasons: bytes) -> bytes:
    """Write the purpose, the categories and, each once, the reasons of these, of which the last two stand as in the entry."""
    found = sorted(set(read_reasons(reasons).values())) if reasons else ()
    return _text(purpose) + _texts(read_texts(categories) if categories else ()) + _texts(found)


def _texts(values: Sequence[str]) -> bytes:
    if not values:
        return _ABSENT_TEXTS
    raw = [value.encode() for value in values]
    parts = b"".join(len(each).to_bytes(4, "big") + each for each in raw)
    return _array(_TEXTS, len(parts) + 20, 1, 0, _TEXT, len(raw), 1) + parts


@lru_cache(maxsize=4_096)
def _json(codes: bytes) -> bytes:
    """Write a list of codes as ``jsonb`` does: its version, then its text with a blank behind each comma."""
    if not codes:
        return _ABSENT_JSON
    raw = b"\x01" + json.dumps(read_texts(codes), ensure_ascii=False).encode()
    return _field(_JSONB, len(raw)) + raw
