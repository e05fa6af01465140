"""All that a decision about one person reads, in one statement beside the register's number."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import select

from consent.model import FUTURE, Facts, Register, Will
from consent.queries import current, digests, people, wills
from consent.queries.asked import as_json
from consent.queries.denials import denials, denials_of
from consent.queries.register import register
from consent.queries.wills import Key
from consent.shut import shut
from consent.will import will
from db.engine import Read
from db.together import Rows, compiled

_ABOUT_A_PERSON = select(
    as_json(people.heads()).label("head"),
    as_json(people.held()).label("held"),
    as_json(people.tasks()).label("tasks"),
    as_json(people.coaches()).label("coaches"),
    as_json(denials()).label("denials"),
    as_json(current.kept()).label("kept"),
)
"""One round trip, the same for everybody, known or not: neither its number nor its kind tells who is known."""
_WITH_DIGESTS: Final = compiled(_ABOUT_A_PERSON.add_columns(as_json(digests.kept()).label("digests")))

Listed = Sequence[Any] | None
"""The rows of one answer, each a list; None for none."""


class _Told(NamedTuple):
    """What was answered about a person."""

    head: Listed
    held: Listed
    tasks: Listed
    coaches: Listed
    denials: Listed
    kept: Listed
    digests: Listed = None


def facts(read: Read, *, person_id: UUID, recipient: str | None, known_at: datetime | None = None) -> Facts:
    """Return what a decision about a person and a recipient (Y-tunnus) reads.

    ``recipient`` None: for decisions about every recipient; named coaches are then left out, for who asks for all is a machine.
    Without ``known_at`` it is what is held now, for a live decision, made at ``max(at, facts.person.changed_at)``. With it, only what
    was recorded by then counts.
    """
    asked = _Asked(register(read, known_at=known_at), person_id, recipient, known_at)
    return _facts(read, asked, _Told(*read.execute(_ABOUT_A_PERSON, asked.values).one()))


class Cited:
    """What a live decision about a person and a recipient (Y-tunnus) reads, and the digest of each act and denial that it may cite.

    ``question`` is asked beside others, in the snapshot that ``book`` is of; ``answered`` reads its rows.
    """

    def __init__(self, book: Register, *, person_id: UUID, recipient: str) -> None:
        self._asked = _Asked(book, person_id, recipient, None)
        self._recipient = recipient
        self.question = _WITH_DIGESTS.asked(self._asked.values)

    def answered(self, read: Read, rows: Rows) -> tuple[Facts, Mapping[UUID, str]]:
        """Return the facts, nothing by consent while that is closed, and the digests in hex."""
        told = _Told(*rows[0])
        found = shut(_facts(read, self._asked, told), self._recipient)
        if told.head and people.head_of(*told.head[0]).stale:
            return found, digests.of(read, found)
        return found, {UUID(id_): digest for id_, digest in told.digests or ()}


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


def _facts(read: Read, asked: _Asked, told: _Told) -> Facts:
    person_id, recipient, known_at = asked.person_id, asked.recipient, asked.known_at
    known = people.facts_of(told.held or ())
    head = people.head_of(*told.head[0]) if told.head and (known_at is None or known) else None
    relied_on = head is not None and not head.stale and known_at is None
    return Facts(
        register=asked.book,
        person=None if head is None else people.person_of(person_id, head, known),
        tasks=people.tasks_of(told.tasks or ()),
        coaches=() if recipient is None else people.coaches_of(recipient, known, told.coaches or ()),
        denials=denials_of(told.denials or ()),
        wills=_kept(told.kept or ())
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
