"""Looks at people by users, and what the rules of unusual use find of them."""

from datetime import UTC, datetime, timedelta

from audit.events import Actor, EventType
from audit.log import record_all
from audit.queries import unusual
from audit.queries.readers import Reader, reading_as
from db.ids import uuid7
from tests.logs import a_disclosure, an_event
from tests.published import SAVONLINNA

NOON = datetime(2026, 6, 3, 9, tzinfo=UTC)
"""A Wednesday, at noon in Helsinki."""
DAY = timedelta(days=1)


def people(count):
    """So many people whom nobody has seen yet."""
    return [uuid7(NOON) for _ in range(count)]


def looks(log, people, *, user="w-17", at=NOON, apart=timedelta(seconds=30), **given):
    """A user looks at people, one after the other."""
    with log.sealer() as sealer:
        for place, person in enumerate(people):
            moment = at + place * apart
            actor = Actor(org=SAVONLINNA, system="sln", user=user, role="case_worker")
            sealer.seal(
                a_disclosure(
                    person_id=person, id=uuid7(moment), at=moment, **{"actor": actor, "decided": False} | given
                )
            )


def done(log, owner, people, *, at=NOON, apart=timedelta(), **given):
    """So much was done to people, told in one go."""
    moments = [at + place * apart for place in range(len(people))]
    with owner.transaction() as tx:
        record_all(
            tx,
            [
                an_event(id=uuid7(moment), at=moment, person_id=person, **given)
                for person, moment in zip(people, moments, strict=True)
            ],
        )
    log.settle(owner)


def exported(log, owner, people, **given):
    """A system takes people in a file."""
    actor = Actor(org=SAVONLINNA, system="sln")
    sample = a_disclosure(decided=False).event
    members = {"purpose": sample.purpose, "categories": sample.categories, "decision": sample.decision}
    members |= {"request": sample.request, "retention": sample.retention, "outcome": sample.outcome}
    done(log, owner, people, type=EventType.DISCLOSURE_EXPORTED, actor=actor, **members, **given)


def found(web_login, rule, *, since=NOON - DAY, until=NOON + 2 * DAY):
    """What a rule finds around that day."""
    with web_login.read() as read, reading_as(read, Reader.AUDITOR):
        names = unusual.names_of(read, since=since, until=until)
        return unusual.unusual(read, rule, since=since, until=until, names=names)
