"""Records of one person to the sections of the view: pure, no world, the same bytes for the same records.

A section is there only when it holds something. The text of a section is what a reader is sent: a JSON array without spaces, members in
the order of its item type, what is not known left out.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from publish.assembly import kela, sote, te
from publish.assembly.records import KelaRecords, Records, SoteRecords, TeRecords
from schemas.view import MAY_SHOW
from schemas.view.item import Item, members
from schemas.view.te import PlanTask
from schemas.vocabulary import Category


@dataclass(frozen=True, slots=True)
class Section:
    """What one controller (Y-tunnus) knows of a person in one category; ``text`` is a JSON array of items."""

    category: Category
    controller: str
    text: str


def assemble(held: Iterable[tuple[str, Records]], *, protected: bool) -> list[Section]:
    """Build every section that the records of one person fill, by controller (Y-tunnus).

    ``protected``: whatever could tell where the person is stays empty (DOMAIN.md 2.5).
    """
    return [
        Section(category, controller, text_of(_without_place(items) if protected else items))
        for controller, records in held
        for category, items in _items(records).items()
        if items
    ]


def _items(records: Records) -> Mapping[Category, list[Item]]:
    match records:
        case TeRecords():
            return te.items(records)
        case KelaRecords():
            return kela.items(records)
        case SoteRecords():
            return sote.items(records)


def _without_place(items: Iterable[Item]) -> list[Item]:
    return [replace(item, **dict.fromkeys(item.PLACE)) if item.PLACE else item for item in items]


def text_of(items: Iterable[Item]) -> str:
    """Write the items as a reader will get them."""
    return _ENCODER.encode([_shown(item) for item in items])


def _shown(item: Item) -> dict[str, Any]:
    shown = {name: value for name, field in _MEMBERS[type(item)] if (value := getattr(item, field)) is not None}
    return {"kind": item.KIND, **shown} if item.KIND else shown


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, date):
        return value.isoformat()
    return _shown(value)


_FORMS: tuple[type[Item], ...] = (PlanTask, *(form for section in MAY_SHOW.values() for form in section.items))
_MEMBERS = {form: members(form) for form in _FORMS}
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_plain)
