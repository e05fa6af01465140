"""A person's request for correction: put on its way with its case, and how far it has come, with the source's answer (AMENDMENTS 17)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from db.engine import Read, Transaction
from db.keys import Keyring, Use
from publish.queries import correcting as rows
from publish.queries.correcting import Row


class State(StrEnum):
    """How far a request has come."""

    WAITING = "waiting"
    HANDED = "handed"
    ANSWERED = "answered"


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """A request as its reader meets it: to whom it goes, about what, how far it has come, and the source's answer."""

    correction_id: UUID
    controller: str
    category: str
    asked_at: datetime
    tried_at: datetime | None
    handed_at: datetime | None
    reference: str | None
    outcome: str | None
    answer: str | None = field(repr=False)
    answered_at: datetime | None
    reason: str | None

    @property
    def state(self) -> State:
        """Say how far it has come."""
        if self.answered_at is not None:
            return State.ANSWERED
        return State.WAITING if self.handed_at is None else State.HANDED


@dataclass(frozen=True, slots=True)
class About:
    """Which data are wrong: their kind, and who answers for them."""

    category: str
    controller: str


def hand_on(tx: Transaction, about: About, *, correction_id: UUID, person_id: UUID, words: str, at: datetime) -> None:
    """Put a request on its way, in the transaction that opens its case; ``correction_id`` is the case's."""
    row = {
        "correction_id": correction_id,
        "person_id": person_id,
        "controller": about.controller,
        "category": about.category,
        "words": closed(tx.keyring, words, correction_id, "words"),
        "asked_at": at,
    }
    rows.put(tx, row)


def of_person(read: Read, *, person_id: UUID) -> Mapping[UUID, Handed]:
    """Give a person's requests by their id."""
    return {row.correction_id: _handed(read.keyring, row) for row in rows.of_person(read, person_id=person_id)}


def one(read: Read, *, correction_id: UUID) -> Handed | None:
    """Give one request; None where the person did not say whose data are wrong, or it was erased."""
    row = rows.one(read, correction_id=correction_id)
    return None if row is None else _handed(read.keyring, row)


def closed(keyring: Keyring, text: str, correction_id: UUID, part: str) -> bytes:
    """Encrypt the ``words`` of a request or its ``answer``."""
    return keyring.encrypt_packed(Use.IDENTITY_ENCRYPTION, text.encode(), context=_context(correction_id, part))


def opened(keyring: Keyring, box: bytes, correction_id: UUID, part: str) -> str:
    """Decrypt them."""
    return keyring.decrypt_packed(Use.IDENTITY_ENCRYPTION, box, context=_context(correction_id, part)).decode()


def _handed(keyring: Keyring, row: Row) -> Handed:
    answer = None if row.answer is None else opened(keyring, row.answer, row.correction_id, "answer")
    return Handed(
        correction_id=row.correction_id,
        controller=row.controller,
        category=row.category,
        asked_at=row.asked_at,
        tried_at=row.tried_at,
        handed_at=row.handed_at,
        reference=row.reference,
        outcome=row.outcome,
        answer=answer,
        answered_at=row.answered_at,
        reason=row.reason,
    )


def _context(correction_id: UUID, part: str) -> bytes:
    return f"publish.correction/{correction_id}/{part}".encode()
