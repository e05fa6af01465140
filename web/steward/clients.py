"""Whose pages a steward may open: people with whom the own office deals; all others look the same as nobody."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from audit.events import EventType, RequestRef
from consent import queries as consents
from consent.model import Facts
from consent.queries import offices as parties
from consent.queries import people
from consent.registry import By
from db.engine import Read
from publish import naming
from publish.people import barred
from web.pages.visit import NotThere, Visit
from web.steward import offices

LETTERS = 4
"""So many characters of a reference make a client's short number, with two more after a hyphen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """A person as the office knows them: a reference of its own, no name; ``facts`` by recipient, the own office's first."""

    person_id: UUID
    ref: str
    born: date | None
    facts: Mapping[str, Facts]
    names: Mapping[str, str]
    at: datetime

    @property
    def number(self) -> str:
        """The short form of the reference."""
        return number_of(self.ref)


def by(visit: Visit) -> By:
    """Say who records, or looks."""
    return By(user=visit.signed_in.who.subject, role="steward", office=visit.office)


def number_of(ref: str) -> str:
    """Shorten a reference, to tell clients apart on one desk: ``4F2K-91``."""
    letters = ref.removeprefix("pr_").upper()
    return f"{letters[-LETTERS - 2 : -2]}-{letters[-2:]}"


def opened(read: Read, visit: Visit, *, route: str, **asked: object) -> Client:
    """Give the person that the address names, the look being sealed before it shows; raises NotThere. ``route``: the page's template."""
    client = client_of(read, visit)
    call = RequestRef(route=f"GET {route}", trust="page", params=asked or None)
    visit.looked(EventType.PERSON_VIEWED, person_id=client.person_id, request=call)
    return client


def client_of(read: Read, visit: Visit) -> Client:
    """Give the person that the address names; raises NotThere."""
    office, ref = visit.office, visit.path["ref"]
    person_id = naming.meant(read, recipient=office, text=ref)
    if person_id is None or barred(read, person_id=person_id, office=office, at=visit.at):
        raise NotThere
    others = [each for each in parties.recipients_of(read, person_id=person_id, at=visit.at) if each != office]
    facts = {each: consents.facts(read, person_id=person_id, recipient=each) for each in (office, *others)}
    changed = [found.person.changed_at for found in facts.values() if found.person]
    return Client(
        person_id=person_id,
        ref=ref,
        born=people.life(read, person_id)[0],
        facts=facts,
        names=offices.names(read, visit.language),
        at=max(visit.at, *changed),
    )
