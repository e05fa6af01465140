"""How the text that a source sent becomes the type its record promises; what cannot be read becomes null beside its raw text."""

from collections.abc import Iterator
from dataclasses import fields
from datetime import date, datetime
from functools import cache
from types import UnionType
from typing import Final, NamedTuple, get_args, get_type_hints

import polars as pl

from schemas.expectations.rule import RAW

DATE_LENGTH: Final = len("2026-06-01")
MUNICIPALITY_FIELDS: Final = frozenset({"kotikunta", "rahoittava_kunta"})
"""Municipality codes are padded to three digits: ``91`` occurs for Helsinki's ``091`` (DOMAIN.md 2.2)."""


class Field(NamedTuple):
    """A field of a record: its name, its type without None, and whether the source must fill it."""

    name: str
    type: type
    mandatory: bool


@cache
def fields_of(record: type) -> tuple[Field, ...]:
    """List the fields of a record in order; one that may be None is not mandatory."""
    hints = get_type_hints(record)
    return tuple(_field(field.name, hints[field.name]) for field in fields(record))


def _field(name: str, hint: type | UnionType) -> Field:
    if isinstance(hint, UnionType):
        return Field(name, next(part for part in get_args(hint) if part is not type(None)), mandatory=False)
    return Field(name, hint, mandatory=True)


def typed(record: type, frame: pl.DataFrame) -> pl.DataFrame:
    """Give the frame of text its types: each field as its record says, with its raw text beside it where that is not text."""
    return frame.with_columns(expression for field in fields_of(record) for expression in _columns(field))


def _columns(field: Field) -> Iterator[pl.Expr]:
    raw = pl.col(field.name)
    if field.name in MUNICIPALITY_FIELDS:
        yield pl.when(raw == "").then(raw).otherwise(raw.str.zfill(3)).alias(field.name)
    if field.type is not str:
        yield raw.alias(field.name + RAW)
        yield _READ[field.type](raw).alias(field.name)


def _date(raw: pl.Expr) -> pl.Expr:
    return pl.when(raw.str.len_bytes() == DATE_LENGTH).then(raw.str.to_date("%Y-%m-%d", strict=False))


def _moment(raw: pl.Expr) -> pl.Expr:
    """Read RFC 3339 with a ``T`` and an offset; without an offset the moment is not known."""
    read = raw.str.to_datetime("%+", time_unit="us", time_zone="UTC", strict=False)
    return pl.when(raw.str.slice(DATE_LENGTH, 1) == "T").then(read)


def _truth(raw: pl.Expr) -> pl.Expr:
    return pl.when(raw == "true").then(statement=True).when(raw == "false").then(statement=False)


def _number(raw: pl.Expr) -> pl.Expr:
    return pl.when(raw.str.contains("^(0|-?[1-9][0-9]{0,17})$")).then(raw.cast(pl.Int64, strict=False))


_READ: Final = {date: _date, datetime: _moment, bool: _truth, int: _number}
