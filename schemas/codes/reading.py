"""The tables beside this file, read as they stand (SOURCES.md)."""

import csv
from collections.abc import Iterator
from datetime import date
from importlib.resources import files


def rows(name: str) -> Iterator[dict[str, str]]:
    """Yield the rows of a table by column name; every value is text, an empty one means none."""
    text = files(__package__).joinpath(name).read_text(encoding="utf-8")
    yield from csv.DictReader(text.splitlines())


def day(text: str) -> date | None:
    """Read an optional day."""
    return date.fromisoformat(text) if text else None
