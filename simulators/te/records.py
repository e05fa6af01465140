"""How TE's records are written in JSON: Finnish camelCase names, absent values as null (DOMAIN.md 4.4, 4.5)."""

from collections.abc import Callable
from dataclasses import fields
from datetime import date, datetime
from functools import cache
from operator import attrgetter
from typing import Any

import msgspec

from simulators.population.te_records import PoistoSyy, TeRecord

# Told to the area that has lost the record, by the list it is asked from; not a field of the record.
NOT_WRITTEN = {"Poisto": frozenset({"tyollisyysalue"})}
_AS_THEY_ARE = frozenset({str, int, bool, date, datetime, type(None), PoistoSyy})


def written(record: TeRecord) -> bytes:
    """Write a record."""
    return msgspec.json.encode(_plain(record))


def _plain(value: Any) -> Any:
    """Turn a record, or a list of its parts, into what JSON knows."""
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    names, values = _shape(value.__class__)
    return {
        name: one if one.__class__ in _AS_THEY_ARE else _plain(one)
        for name, one in zip(names, values(value), strict=True)
    }


@cache
def _shape(kind: type) -> tuple[tuple[str, ...], Callable[[Any], tuple[Any, ...]]]:
    """Give the names on the wire, in the record's order, and what reads the values."""
    hidden = NOT_WRITTEN.get(kind.__name__, frozenset())
    names = [field.name for field in fields(kind) if field.name not in hidden]
    return tuple(_camel(name) for name in names), attrgetter(*names)


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)
