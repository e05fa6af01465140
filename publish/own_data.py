"""A person's data as they are held here, for the person: every published section, whoever else may see it (AMENDMENTS 17)."""

import json
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from db.engine import Read
from publish.correcting import About
from publish.queries import reading


class OwnSection(NamedTuple):
    """A kind of data of one controller, its rows as recipients get them, and when its source was last loaded."""

    category: str
    controller: str
    as_of: datetime
    rows: list[Any]


def own_sections(read: Read, *, person_id: UUID) -> list[OwnSection]:
    """List what is held about a person."""
    held = reading.held(read, person_id=person_id)
    return [OwnSection(each.category.value, each.controller, each.as_of, _rows(each.text)) for each in held]


def kinds(read: Read, *, person_id: UUID) -> list[About]:
    """Name the kinds of data that are held about a person, and who answers for each."""
    return [About(each.category.value, each.controller) for each in reading.held(read, person_id=person_id)]


def as_file(sections: list[OwnSection], *, at: datetime) -> bytes:
    """Write it as a file that other systems read too: JSON."""
    told = [
        {"category": each.category, "controller": each.controller, "as_of": each.as_of.isoformat(), "rows": each.rows}
        for each in sections
    ]
    return json.dumps({"as_of": at.isoformat(), "sections": told}, ensure_ascii=False, indent=1).encode()


def _rows(text: str) -> list[Any]:
    rows = json.loads(text)
    return rows if isinstance(rows, list) else [rows]
