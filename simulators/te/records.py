"""How TE's records are written in JSON: Finnish camelCase names, absent values as null (DOMAIN.md 4.4, 4.5)."""

from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any

import msgspec

from simulators.population.te_records import TeRecord

# Told to the area that has lost the record, by the list it is asked from; not a field of the record.
NOT_WRITTEN = {"Poisto": frozenset({"tyollisyysalue"})}


def written(record: TeRecord) -> bytes:
    """Write a record."""
    return msgspec.json.encode(_plain(record))


@cache
def _names(kind: type) -> tuple[tuple[str, str], ...]:
    """Give each field with its name on the wire, in the record's order."""
    hidden = NOT_WRITTEN.get(kind.__name__, frozenset())
    return tuple((field.name, _camel(field.name)) for field in fields(kind) if field.name not in hidden)


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {wire: _plain(getattr(value, name)) for name, wire in _names(value.__class__)}
    return [_plain(one) for one in value] if isinstance(value, tuple) else value
