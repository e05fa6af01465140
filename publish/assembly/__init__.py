"""Records of one person to the sections of the view: pure, no world, the same bytes for the same records.

A section is there only when it holds something. The text of a section is what a reader is sent: a JSON array without spaces, members in
the order of its item type, what is not known left out.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from publish.assembly import kela, sote, te
from publish.assembly.records import Built, KelaRecords, Records, SoteRecords, TeRecords
from schemas.view import MAY_SHOW
from schemas.view.item import Item, members
from schemas.view.te import PlanTask
from schemas.vocabulary import Category


@dataclass(frozen=True, slots=True)
class Section:
    """What one controller (Y-tunnus) knows of a person in one category.

    ``text`` is a JSON array of items; ``records`` are the source's ids of the records it was made of, each once.
    """

    category: Category
    controller: str
    text: str
    records: tuple[str, ...]


def assemble(held: Iterable[tuple[str, Records]], *, protected: bool) -> list[Section]:
    """Build every section that the records of one person fill, by controller (Y-tunnus).

    ``protected``: whatever could tell where the person is stays empty (DOMAIN.md 2.5).
    """
    return [
        _section(category, controller, built, protected=protected)
        for controller, records in held
        for category, built in _items(records).items()
        if built
    ]


def _section(category: Category, controller: str, built: Sequence[Built], *, protected: bool) -> Section:
    items = (_without_place(item) if protected else item for _, item in built)
    return Section(category, controller, text_of(items), tuple(dict.fromkeys(record for record, _ in built)))


def _items(records: Records) -> Mapping[Category, list[Built]]:
    match records:
        case TeRecords():
            return te.items(records)
        case KelaRecords():
            return kela.items(records)
        case SoteRecords():
            return sote.items(records)


def _without_place(item: Item) -> Item:
    return replace(item, **dict.fromkeys(item.PLACE)) if item.PLACE else item


def text_of(items: Iterable[Item]) -> str:
    """Write the items as a reader will get them."""
    return _ENCODER.encode([_shown(item) for item in items])


def _shown(item: Item) -> dict[str, Any]:
    shown = {name: value for name, field in _MEMBERS[type(item)] if (value := getattr(item, field)) is not None}
    return {"kind": item.KIND, **shown} if item.KIND else shown


def _plain(value: Any) -> Any:
    write = _WRITE.get(type(value))
    return _shown(value) if write is None else write(value)


def _day(value: date) -> str:
    return value.isoformat()


def _instant(value: datetime) -> str:
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


_WRITE: Mapping[type, Callable[[Any], str]] = {date: _day, datetime: _instant}
_FORMS: tuple[type[Item], ...] = (PlanTask, *(form for section in MAY_SHOW.values() for form in section.items))
_MEMBERS = {form: members(form) for form in _FORMS}
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_plain, check_circular=False)
