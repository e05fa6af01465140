"""What the rules beside the identities ask: the workers, whom the log shows them looking at, those people's surnames, and their noes."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Interval, any_, exists, func, literal, or_, select
from sqlalchemy.dialects.postgresql import array

from audit.queries.search import array as codes
from audit.queries.unusual.looks import AFTER_NO, looks
from audit.tables import decision, event
from connectors.layout import context
from connectors.queries.workers import Name
from connectors.tables import protection, tyonhakija, worker
from consent.tables import act, act_item, denial
from db.engine import Read
from db.keys import Use

_NOES = ("withdrawn", "refused")


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


def looks_after_no(read: Read, *, since: datetime, until: datetime) -> list[tuple[UUID, bytes]]:
    """List the looks that asked for what the same person had withdrawn, refused or denied in the days before, given or not."""
    of = event.c
    found = select(of.id, of.person).join_from(event, decision, decision.c.event_id == of.id)
    rows = read.execute(found.where(*looks(since, until), of.person.is_not(None), or_(_taken_back(), _denied())))
    return [(about, person or b"") for about, person in rows]


def _taken_back() -> ColumnElement[bool]:
    asked, of = codes(event.c.categories), act.c
    mine = (of.person_id == decision.c.person_id, act_item.c.act_id == of.act_id)
    said = (act_item.c.kind.in_(_NOES), act_item.c.category == any_(asked))
    return exists().where(*mine, *said, *_lately(of.recorded_at))


def _denied() -> ColumnElement[bool]:
    asked, of = codes(event.c.categories), denial.c
    listed = func.concat(" ", func.array_to_string(asked, " "))
    covers = (
        or_(of.category.is_(None), of.category == any_(asked)),
        or_(of.source.is_(None), func.strpos(listed, func.concat(" ", of.source, ".")) > 0),
        or_(of.recipient.is_(None), of.recipient == event.c.org),
    )
    return exists().where(of.person_id == decision.c.person_id, *covers, *_lately(of.recorded_at))


def _lately(recorded_at: ColumnElement[datetime]) -> tuple[ColumnElement[bool], ...]:
    t = event.c.t
    return recorded_at <= t, recorded_at > t - literal(AFTER_NO, Interval())


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
