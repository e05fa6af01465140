"""What the rules on close relations ask: the workers, whom the log shows them looking at, and those people's surnames."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import array

from audit.queries.unusual.looks import looks
from audit.tables import decision, event
from connectors.layout import context
from connectors.queries.workers import Name
from connectors.tables import protection, tyonhakija, worker
from db.engine import Read
from db.keys import Use


class Worker(NamedTuple):
    """A worker as they rest: the name they have at work, who they are if we know them, and what their surname lies in."""

    name: Name
    person_id: UUID | None
    box: bytes


class Look(NamedTuple):
    """A look of a named user in the log; ``person_id`` where a decision stands beside it."""

    about: UUID
    org: str | None
    user: bytes
    person: bytes
    person_id: UUID | None


def workers(read: Read) -> list[Worker]:
    """List every worker that is kept."""
    of = worker.c
    known = func.staging.find_person(array([of.hetu_hash]))
    rows = read.execute(select(of.recipient, of.pseudonym, known, of.box))
    return [Worker(Name(recipient, pseudonym), person_id, box) for recipient, pseudonym, person_id, box in rows]


def looks_of(read: Read, *, users: Collection[bytes], since: datetime, until: datetime) -> list[Look]:
    """List the looks of these users (pseudonyms) at somebody in ``[since, until)``."""
    of = event.c
    columns = (of.id, of.org, of.actor_user, of.person, decision.c.person_id)
    statement = select(*columns).join_from(event, decision, decision.c.event_id == of.id, isouter=True)
    found = statement.where(*looks(since, until), of.actor_user.in_(users), of.person.is_not(None))
    return [Look(about, org, user or b"", person or b"", id_) for about, org, user, person, id_ in read.execute(found)]


def looks_at(read: Read, *, people: Collection[bytes], since: datetime, until: datetime) -> list[tuple[UUID, bytes]]:
    """List the looks of anybody at these people (pseudonyms) in ``[since, until)``."""
    of = event.c
    found = select(of.id, of.person).where(*looks(since, until), of.person.in_(people))
    return [(about, person or b"") for about, person in read.execute(found)]


def protected(read: Read) -> list[UUID]:
    """List everybody whom a source calls protected."""
    return list(read.execute(select(protection.c.person_id).distinct()).scalars())


def surnames(read: Read, people: Iterable[UUID]) -> dict[UUID, str]:
    """Open the surnames of people; somebody whom TE does not know has none here."""
    of = tyonhakija.c
    rows = read.execute(select(of.person_id, of.source_record_id, of.sukunimi).where(of.person_id.in_(people)))
    opened = read.keyring.decrypt_packed
    return {
        person_id: opened(Use.IDENTITY_ENCRYPTION, box, context=context("tyonhakija", "sukunimi", record_id)).decode()
        for person_id, record_id, box in rows
    }
