"""Pages laid one after another in a part, and rows of text laid into frames."""

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, fields
from itertools import chain, count
from typing import Any, Final

import msgspec
import polars as pl

from connectors.errors import LandedAltered, PageRefused
from connectors.limits import VALUE_BYTES

LOCATOR: Final = "locator"
HETU: Final = "hetu"
_NUMBERS: Final = tuple(map(str, range(1000)))
"""The numbers of most records of a page, as text."""


class _Header(msgspec.Struct, frozen=True):
    kind: str
    page: int
    place: str
    length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A page as it lies in a part: what it is of, its number in the batch, the area or county asked, its bytes."""

    kind: str
    page: int
    place: str
    body: bytes = field(repr=False)

    def locators(self) -> Iterator[str]:
        """Say of record after record where it stands, by its number on the page from 0; no personal value is in it."""
        return map(f"{self.kind}:{self.page}:".__add__, chain(_NUMBERS, map(str, count(len(_NUMBERS)))))


def pack(frame: Frame) -> bytes:
    """Lay out a page: one line of JSON that gives its length, its bytes, a line feed."""
    header = _Header(kind=frame.kind, page=frame.page, place=frame.place, length=len(frame.body))
    return b"".join((msgspec.json.encode(header), b"\n", frame.body, b"\n"))


def unpack(part: bytes) -> Iterator[Frame]:
    """Yield the pages of a part in order. Raises LandedAltered when they do not fill it."""
    at = 0
    while at < len(part):
        end = part.find(b"\n", at)
        header = _header(part[at:end])
        start, at = end + 1, end + 1 + header.length + 1
        if end < 0 or at > len(part):
            raise LandedAltered("A landed part ends in the middle of a page.")
        yield Frame(kind=header.kind, page=header.page, place=header.place, body=part[start : at - 1])


def _header(line: bytes) -> _Header:
    try:
        return msgspec.json.decode(line, type=_Header)
    except msgspec.DecodeError:
        raise LandedAltered("A landed part does not begin with a page.") from None


@contextmanager
def uncollected() -> Iterator[None]:
    """Hold the garbage collector while millions of rows are made: they form no circles, and it would visit each again and again."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def text_frame(record: type, rows: Sequence[Sequence[Any]], beside: Sequence[str]) -> pl.DataFrame:
    """Lay rows into a frame of text: the record's fields in order, then the columns `beside` it.

    Whole numbers and truth values become their JSON text. Raises PageRefused for a value over 64 KiB.
    """
    names = [*(column.name for column in fields(record)), *beside]
    columns = zip(*rows, strict=True) if rows else ((),) * len(names)
    frame = pl.DataFrame([_column(name, values) for name, values in zip(names, columns, strict=True)])
    _refuse_long(frame)
    return frame


def _column(name: str, values: Sequence[Any]) -> pl.Series:
    """Lay out a column: text in one go, numbers or truth values by the library's cast, a mixture value by value."""
    if isinstance(next((value for value in values if value is not None), ""), str):
        with suppress(TypeError):
            return pl.Series(name, values, dtype=pl.String)
    elif set(map(type, values)) - {type(None)} in ({int}, {bool}):
        with suppress(OverflowError, TypeError):
            return pl.Series(name, values).cast(pl.String)
    return pl.Series(name, [_as_text(value) for value in values], dtype=pl.String)


def _as_text(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else str(value).lower()


def _refuse_long(frame: pl.DataFrame) -> None:
    """Look for a long value where there is room for one: most columns of a part are shorter altogether."""
    roomy = [column for column in frame.iter_columns() if column.estimated_size() > VALUE_BYTES]
    longest = frame.select(pl.col(column.name).str.len_bytes().max() for column in roomy).row(0) if roomy else ()
    if max((length for length in longest if length is not None), default=0) > VALUE_BYTES:
        raise PageRefused("A value is longer than 64 KiB.")
