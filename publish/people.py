"""Which person a HETU means."""

from uuid import UUID

from db.engine import Read
from publish.queries import reading
from schemas.identifiers import Hetu


def person_of(read: Read, hetu: Hetu) -> UUID | None:
    """Find a person by any HETU they have or had; None when nobody known has it."""
    return reading.person_by_hetu(read, hetu=hetu.reveal())
