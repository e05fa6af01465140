"""All that a decision about one person reads, in one statement beside the register's number."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from consent.model import FUTURE, Facts, Will
from consent.queries import current, people, wills
from consent.queries.asked import as_json
from consent.queries.denials import denials, denials_of
from consent.queries.register import register
from consent.queries.wills import Key
from consent.will import will
from db.engine import Read

_ABOUT_A_PERSON = select(
    as_json(people.heads()).label("head"),
    as_json(people.held()).label("held"),
    as_json(people.tasks()).label("tasks"),
    as_json(people.coaches()).label("coaches"),
    as_json(denials()).label("denials"),
    as_json(current.kept()).label("kept"),
)
"""One round trip, the same for everybody, known or not: neither its number nor its kind tells who is known."""


def facts(read: Read, *, person_id: UUID, recipient: str | None, known_at: datetime | None = None) -> Facts:
    """Return what a decision about a person and a recipient (Y-tunnus) reads.

    ``recipient`` None: for decisions about every recipient; named coaches are then left out, for who asks for all is a machine.
    Without ``known_at`` it is what is held now, for a live decision, made at ``max(at, facts.person.changed_at)``. With it, only what
    was recorded by then counts.
    """
    book = register(read, known_at=known_at)
    agreements = [each.agreement_id for each in book.agreements if recipient in (None, each.recipient)]
    asked = {"person_id": person_id, "recipient": recipient, "known_at": known_at or FUTURE, "agreements": agreements}
    row = read.execute(_ABOUT_A_PERSON, asked).one()
    known = people.facts_of(row.held or ())
    head = people.head_of(*row.head[0]) if row.head and (known_at is None or known) else None
    relied_on = head is not None and not head.stale and known_at is None
    return Facts(
        register=book,
        person=None if head is None else people.person_of(person_id, head, known),
        tasks=people.tasks_of(row.tasks or ()),
        coaches=() if recipient is None else people.coaches_of(recipient, known, row.coaches or ()),
        denials=denials_of(row.denials or ()),
        wills=_kept(row.kept or ()) if relied_on or head is None else _weighed(read, person_id, agreements, known_at),
    )


def _kept(rows: Collection[Any]) -> Mapping[Key, Will]:
    return current.wills_of(current.typed(row) for row in rows)


def _weighed(
    read: Read, person_id: UUID, agreements: Collection[UUID], known_at: datetime | None
) -> Mapping[Key, Will]:
    """Weigh what was said by a moment."""
    said = wills.said(read, person_id=person_id, known_at=known_at or FUTURE, agreements=agreements)
    return {key: will(each) for key, each in said.items()}
