"""All that a decision about one person reads, in one statement beside the register's number."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select

from consent.model import FUTURE, Facts, Register, Will
from consent.queries import current, digests, people, wills
from consent.queries.asked import as_json
from consent.queries.denials import denials, denials_of
from consent.queries.register import register
from consent.queries.wills import Key
from consent.shut import shut
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
_WITH_DIGESTS = _ABOUT_A_PERSON.add_columns(as_json(digests.kept()).label("digests"))


def facts(read: Read, *, person_id: UUID, recipient: str | None, known_at: datetime | None = None) -> Facts:
    """Return what a decision about a person and a recipient (Y-tunnus) reads.

    ``recipient`` None: for decisions about every recipient; named coaches are then left out, for who asks for all is a machine.
    Without ``known_at`` it is what is held now, for a live decision, made at ``max(at, facts.person.changed_at)``. With it, only what
    was recorded by then counts.
    """
    asked = _Asked(register(read, known_at=known_at), person_id, recipient, known_at)
    return _facts(read, asked, read.execute(_ABOUT_A_PERSON, asked.values).one())


def cited(read: Read, *, person_id: UUID, recipient: str) -> tuple[Facts, Mapping[UUID, str]]:
    """Return what a live decision reads, nothing by consent while that is closed, and the digests, in hex, of all it may cite."""
    asked = _Asked(register(read, known_at=None), person_id, recipient, None)
    row = read.execute(_WITH_DIGESTS, asked.values).one()
    found = shut(_facts(read, asked, row), recipient)
    if row.head and people.head_of(*row.head[0]).stale:
        return found, digests.of(read, found)
    return found, {UUID(id_): digest for id_, digest in row.digests or ()}


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the statement is asked with."""

    book: Register
    person_id: UUID
    recipient: str | None
    known_at: datetime | None

    @property
    def agreements(self) -> list[UUID]:
        """Name those that the recipient, or anybody, is party to."""
        return [each.agreement_id for each in self.book.agreements if self.recipient in (None, each.recipient)]

    @property
    def values(self) -> dict[str, object]:
        """Bind it."""
        return {
            "person_id": self.person_id,
            "recipient": self.recipient,
            "known_at": self.known_at or FUTURE,
            "agreements": self.agreements,
        }


def _facts(read: Read, asked: _Asked, row: Row[*tuple[Any, ...]]) -> Facts:
    person_id, recipient, known_at = asked.person_id, asked.recipient, asked.known_at
    known = people.facts_of(row.held or ())
    head = people.head_of(*row.head[0]) if row.head and (known_at is None or known) else None
    relied_on = head is not None and not head.stale and known_at is None
    return Facts(
        register=asked.book,
        person=None if head is None else people.person_of(person_id, head, known),
        tasks=people.tasks_of(row.tasks or ()),
        coaches=() if recipient is None else people.coaches_of(recipient, known, row.coaches or ()),
        denials=denials_of(row.denials or ()),
        wills=_kept(row.kept or ())
        if relied_on or head is None
        else _weighed(read, person_id, asked.agreements, known_at),
    )


def _kept(rows: Collection[Any]) -> Mapping[Key, Will]:
    return current.wills_of(current.typed(row) for row in rows)


def _weighed(
    read: Read, person_id: UUID, agreements: Collection[UUID], known_at: datetime | None
) -> Mapping[Key, Will]:
    """Weigh what was said by a moment."""
    said = wills.said(read, person_id=person_id, known_at=known_at or FUTURE, agreements=agreements)
    return {key: will(each) for key, each in said.items()}
