"""Frames in COPY's binary form: the server reads a row of it in two thirds of the time of a line of text.

The form is PostgreSQL's (documentation of COPY, "Binary Format"): a row is the number of its fields, then the length and the bytes of each,
numbers with the highest byte first; a length of -1 is null. A column's rows are laid out together, without a step in Python for each.
"""

from collections.abc import Iterator, Mapping, Sequence
from string import hexdigits
from typing import Any, Final

import numpy as np
import polars as pl
import pyarrow as pa  # type: ignore[import-untyped] # it ships no types
import pyarrow.compute as pc  # type: ignore[import-untyped] # as above

from db.ids import DIGITS, NIL

_SIGNATURE: Final = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
_END: Final = b"\xff\xff"
_NULL: Final = -1
_LENGTH_BYTES: Final = 4
_NOTHING: Final = pa.scalar(b"", pa.large_binary())
_FORMS: Final = {
    "uuid": "V16",
    "bigint": ">i8",
    "integer": ">i4",
    "smallint": ">i2",
    "boolean": "u1",
    "date": ">i4",
    "timestamp with time zone": ">i8",
}
"""The SQL types whose values are all of one length, and how each lies there; of others a value is its bytes."""
_EPOCH_DAY: Final = 10_957
"""2000-01-01, from which PostgreSQL counts days and microseconds, in days since 1970."""
_EPOCH_MICROSECOND: Final = _EPOCH_DAY * 86_400_000_000
_NO_DIGIT: Final = 16
_DIGIT_OF: Final = np.array(
    [int(chr(code), 16) if chr(code) in hexdigits else _NO_DIGIT for code in range(256)], np.uint8
)
"""What a letter of a uuid's text stands for."""

Values = np.ndarray[Any, np.dtype[Any]]


def blocks(frame: pl.DataFrame, types: Mapping[str, str], rows: int) -> Iterator[bytes]:
    """Write a frame by blocks of so many rows; `types` are its columns' SQL types by name, in order: those of _FORMS, text, bytea."""
    yield _SIGNATURE
    for block in frame.iter_slices(rows):
        yield _rows(block, types)
    yield _END


def _rows(block: pl.DataFrame, types: Mapping[str, str]) -> bytes:
    fields = pc.binary_join_element_wise(*_fields(block, types), _NOTHING, null_handling="replace", null_replacement="")
    _, offsets, written = fields.buffers()
    return bytes(memoryview(written)[: int(np.frombuffer(offsets, np.int64)[block.height])])


def _fields(block: pl.DataFrame, types: Mapping[str, str]) -> Iterator[pa.Array]:
    """Give what a row is joined of: what is of one length in every row lies together, and what is not stands for itself."""
    alike = [np.full(block.height, len(types), ">i2")]
    for name, type_ in types.items():
        column = block[name]
        if type_ not in _FORMS:
            values = column.cast(pl.Binary).to_arrow().cast(pa.large_binary())
            yield _each(_beside([*alike, _sizes(column, values)]))
            yield values
            alike = []
        elif column.null_count():
            yield from [_each(_beside(alike))] if alike else []
            yield _some(_beside(_of_one_length(column, type_)), column.is_null().to_numpy())
            alike = []
        else:
            alike += _of_one_length(column, type_)
    yield from [_each(_beside(alike))] if alike else []


def _sizes(column: pl.Series, values: pa.Array) -> Values:
    """Give the length of each value."""
    sizes = np.diff(np.frombuffer(values.buffers()[1], np.int64)[: len(values) + 1]).astype(">i4")
    if column.null_count():
        sizes[column.is_null().to_numpy()] = _NULL
    return sizes


def _of_one_length(column: pl.Series, type_: str) -> list[Values]:
    """Give the length of each value and the value; where it is null, the length alone says so."""
    values = _values(column, type_)
    lengths = np.full(len(values), values.itemsize, ">i4")
    if column.null_count():
        lengths[column.is_null().to_numpy()] = _NULL
    return [lengths, values]


def _values(column: pl.Series, type_: str) -> Values:
    match type_:
        case "uuid":
            return _uuids(column)
        case "date":
            return _numbers(column, _EPOCH_DAY).astype(">i4")
        case "timestamp with time zone":
            return _numbers(column.dt.cast_time_unit("us"), _EPOCH_MICROSECOND).astype(">i8")
    return _numbers(column, 0).astype(_FORMS[type_])


def _numbers(column: pl.Series, since: int) -> Values:
    numbers = column.to_physical().cast(pl.Int64)
    return (numbers.fill_null(since) if column.null_count() else numbers).to_numpy() - since


def _uuids(column: pl.Series) -> Values:
    """Read ids of 36 letters each. Raises ValueError."""
    texts = column.fill_null(NIL).cast(pl.Binary).to_arrow().cast(pa.large_binary())
    sizes = np.diff(np.frombuffer(texts.buffers()[1], np.int64)[: len(column) + 1])
    letters = np.frombuffer(texts.buffers()[2], np.uint8, count=int(sizes.sum()))
    digits = np.take(_DIGIT_OF[letters.reshape(-1, len(NIL))], DIGITS, axis=1)
    if (sizes != len(NIL)).any() or (digits == _NO_DIGIT).any():
        raise ValueError("An id is no uuid.")
    return np.ascontiguousarray(digits[:, ::2] << 4 | digits[:, 1::2]).view(_FORMS["uuid"]).reshape(-1)


def _beside(values: Sequence[Values]) -> Values:
    """Lay values of one length each beside one another."""
    laid = np.empty(len(values[0]), [(str(place), each.dtype) for place, each in enumerate(values)])
    for place, each in enumerate(values):
        laid[str(place)] = each
    return laid


def _each(values: Values) -> pa.Array:
    """Give values of one length as they lie."""
    return _cut(values, np.arange(len(values) + 1) * values.itemsize)


def _some(values: Values, null: Values) -> pa.Array:
    """Give values behind their lengths; of those that are null the length alone."""
    kept = np.ones((len(values), values.itemsize), bool)
    kept[null, _LENGTH_BYTES:] = False
    ends = np.cumsum(kept.sum(axis=1))
    return _cut(values.view(np.uint8).reshape(kept.shape)[kept], np.concatenate(([0], ends)))


def _cut(values: Values, offsets: Values) -> pa.Array:
    buffers = [None, pa.py_buffer(offsets.astype(np.int64)), pa.py_buffer(values.tobytes())]
    return pa.Array.from_buffers(pa.large_binary(), len(offsets) - 1, buffers)
