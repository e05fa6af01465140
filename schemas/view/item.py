"""What every item of a section has: fields that may be shown, the days it speaks of, and which fields tell of a place."""

from dataclasses import dataclass, fields
from typing import ClassVar

Span = tuple[str, str] | None
Names = frozenset[str]
Kind = str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One fact of a section, its members named as in the JSON but for a trailing underscore (``from_``).

    ``SPAN`` names its first and last day, by which a permit for a period of data is judged; an item without days speaks of now.
    ``PLACE`` names what could tell where the person is: it stays empty under turvakielto (DOMAIN.md 2.5). ``KIND`` tells the items
    of a section apart where it holds several types; it is shown as the member ``kind``.
    """

    SPAN: ClassVar[Span] = None
    PLACE: ClassVar[Names] = frozenset()
    KIND: ClassVar[Kind] = None


def members(item: type[Item]) -> tuple[tuple[str, str], ...]:
    """Name everything that an item may show: (name in the JSON, name of the field), in order."""
    return tuple((field.name.rstrip("_"), field.name) for field in fields(item))
