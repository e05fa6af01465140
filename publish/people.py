"""Which person a HETU means, and whether an office may know of them."""

from datetime import datetime
from uuid import UUID

from consent import queries as consents
from consent.queries import offices
from db.engine import Read
from publish.queries import reading
from schemas.identifiers import Hetu


def person_of(read: Read, hetu: Hetu) -> UUID | None:
    """Find a person by any HETU they have or had; None when nobody known has it."""
    return reading.person_by_hetu(read, hetu=hetu.reveal())


def barred(read: Read, *, person_id: UUID, office: str, at: datetime) -> bool:
    """Say whether an office may not know that a person is here: it has no task for them, or they are protected (PAGES.md 1)."""
    if office not in offices.recipients_of(read, person_id=person_id, at=at):
        return True
    person = consents.facts(read, person_id=person_id, recipient=office).person
    return person is None or any(period.holds(at) for period in person.protected)
