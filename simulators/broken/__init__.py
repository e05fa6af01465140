"""Broken rows of each named kind, put into a page that was already written: what validation must find (DOMAIN.md 9)."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from zlib import crc32

import msgspec

from simulators.broken import fhir_rows, kela_rows, te_rows
from simulators.broken.kinds import Broken, Row
from simulators.wire import Page

__all__ = ["Broken", "break_rows"]

_EVEN = 1 << 32


def break_rows(page: Page, kind: str, share: float) -> Page:
    """Break this share of the rows that can be broken so; which ones, the rows' bytes and the kind decide."""
    broken = Broken(kind)
    return replace(page, records=tuple(row for record in page.records for row in _maybe(record, broken, share)))


def _maybe(record: bytes, kind: Broken, share: float) -> Iterator[bytes]:
    if crc32(record, crc32(kind.encode())) >= share * _EVEN:
        yield record
    elif record.startswith(b"<"):
        yield kela_rows.broken(record, kind)
    else:
        yield from _in_json(record, kind)


def _in_json(record: bytes, kind: Broken) -> Iterator[bytes]:
    row: Row = msgspec.json.decode(record)
    how = _how(row, kind)
    rows = how(row) if how else None
    yield from (msgspec.json.encode(one) for one in rows or [row])


def _how(row: Row, kind: Broken) -> Callable[[Row], list[Row] | None] | None:
    if "resource" in row or "resourceType" in row:
        return fhir_rows.HOW.get(kind)
    return te_rows.HOW.get(kind)
