"""Opening and closing the auditors' cases: each change is an event, and its words lie sealed in that event's detail."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Final
from uuid import UUID

from audit.details import decrypted
from audit.events import ChangeRef
from audit.queries import reviews
from db.engine import Read
from db.ids import uuid7

ANSWER_WITHIN: Final = timedelta(days=14)
"""A person's question is answered in this time (ACCESS-LOG 8)."""


class Ending(StrEnum):
    """How a case ended."""

    EXPLAINED = "explained"
    CORRECTED = "corrected"
    BREACH = "breach"
    NO_FINDING = "no_finding"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A case about to be opened: by which rule, about which event, of whom (pseudonym, hex), to be answered by when."""

    review_id: UUID
    rule: str
    about: UUID
    person: str | None
    opened_at: datetime
    due_at: datetime | None

    @classmethod
    def by(
        cls, rule: str, *, about: UUID, person: str | None, at: datetime, answered_within: timedelta | None = None
    ) -> "Opened":
        """Make a case."""
        due_at = at + answered_within if answered_within else None
        return cls(review_id=uuid7(at), rule=rule, about=about, person=person, opened_at=at, due_at=due_at)

    @property
    def change(self) -> ChangeRef:
        """Name the row for its event."""
        return change_of(self.review_id, {"rule": self.rule, "about": str(self.about)})

    def row(self, opening: UUID) -> dict[str, object]:
        """Write it, told by the event ``opening``."""
        return {
            "review_id": self.review_id,
            "rule": self.rule,
            "about": self.about,
            "person": bytes.fromhex(self.person) if self.person else None,
            "opened_at": self.opened_at,
            "due_at": self.due_at,
            "opening": opening,
        }


def change_of(review_id: UUID, said: Mapping[str, str]) -> ChangeRef:
    """Name a case and what was written of it, by digest."""
    digest = sha256(json.dumps(dict(said), sort_keys=True).encode()).hexdigest()
    return ChangeRef(table="audit.review", id=str(review_id), digest=digest)


def words_of(read: Read, event_id: UUID) -> str | None:
    """Open the words that were written with an event; None while they are not sealed yet, or when they have been erased."""
    return opened(read, event_id).get("text")


def person_of(read: Read, event_id: UUID) -> UUID | None:
    """Open whom an event is about; None where nobody can be told any more."""
    person_id = opened(read, event_id).get("person_id")
    return None if person_id is None else UUID(person_id)


def opened(read: Read, event_id: UUID) -> Mapping[str, str]:
    """Open what lies encrypted beside an event; empty where nothing does, or it has been erased."""
    box = reviews.detail_of(read, event_id=event_id)
    return {} if box is None else json.loads(decrypted(read.keyring, event_id, box))
