"""Under which agreements an office takes papers and records in: its own, and to end it anybody's who deals with the client."""

from datetime import datetime
from uuid import UUID

from consent.errors import Fault
from consent.queries.offices import recipients_of
from consent.queries.terms import Terms
from consent.registry.guards import agreed
from db.engine import Read
from publish.importing.answers import bad


def agreement_of(
    read: Read, agreement_id: UUID, *, office: str | None, person_id: UUID, ends: bool, at: datetime, field: str
) -> Terms:
    """Find an agreement of the office; what was given to another who deals with the client can be ended (``ends``) here too.

    Raises ConsentError by ``field``: nobody else's agreement is there.
    """
    terms = agreed(read, agreement_id)
    others = recipients_of(read, person_id=person_id, at=at) if ends else ()
    if terms.recipient not in (office, *others):
        raise bad(field, Fault.NOT_FOUND)
    return terms
