"""The person who is signed in, with all that decisions about them read."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from consent import queries as consents
from consent.model import Facts
from consent.queries import offices as parties
from db.engine import Read
from web.pages.visit import Visit
from web.person import own


@dataclass(frozen=True, slots=True, kw_only=True)
class Myself:
    """``facts`` by the recipients that deal with the person; ``at`` is never before the last fact was recorded."""

    person_id: UUID
    facts: Mapping[str, Facts]
    at: datetime


def myself(read: Read, visit: Visit) -> Myself:
    """Read what holds for who is signed in; raises NotThere for somebody whom no source knows."""
    person_id = own.person_id(visit)
    recipients = parties.recipients_of(read, person_id=person_id, at=visit.at)
    facts = {each: consents.facts(read, person_id=person_id, recipient=each) for each in recipients}
    changed = [found.person.changed_at for found in facts.values() if found.person]
    return Myself(person_id=person_id, facts=facts, at=max(visit.at, *changed) if changed else visit.at)
