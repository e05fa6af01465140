"""What is published of one person, made to follow a change of what they want, in the change's own transaction."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from audit.events import Actor, Event, EventType, retention_of
from audit.log import record
from consent import queries as consents
from db.engine import Transaction
from db.ids import uuid7
from publish import feed
from publish.queries import erasing, publishing, reading, registering
from publish.queries.feed import Change
from publish.queries.publishing import SectionKey
from publish.refresh import entitlements, single
from publish.refresh.sections import Fresh

SYSTEM = "publish"


def open_again(tx: Transaction, *, person_id: UUID) -> None:
    """Let a person wait to be published again: nothing that is shown can go by this change, so nothing is decided here."""
    publishing.wait(tx, people=[person_id])


def follow(tx: Transaction, *, person_id: UUID, opens: bool, at: datetime) -> tuple[Change, ...]:
    """Tell every recipient whose view of the person changed, take away the sections nobody may see any more; give what was told.

    ``opens``: more may be shown than is published, so the person waits to be published again. Of a protected person nothing is taken
    away: what no machine may see, the named coach may.
    """
    facts = consents.facts(tx, person_id=person_id, recipient=None)
    people, person = [person_id], facts.person
    at = max(at, person.changed_at) if person else at
    published = _published(tx, person_id)
    seen = single.decide(person_id, facts, published, registering.purposes(tx), at=at)
    moved = entitlements.moved(publishing.visible(tx, people=people), seen.entitled)
    entitlements.write(tx, moved, at=at)
    if opens:
        publishing.wait(tx, people=people)
    elif not (person and person.protected):
        _hide(tx, person_id, {each.key for each in published} - seen.shown, at)
    erasing.queue(tx, people=people, at=at)
    feed.write(tx, moved.changes, at=at)
    return moved.changes


def _published(tx: Transaction, person_id: UUID) -> list[Fresh]:
    digests = publishing.digests(tx, people=[person_id])
    held = (
        (SectionKey(person_id, each.category, each.controller), each) for each in reading.held(tx, person_id=person_id)
    )
    return [Fresh(key, each.text, digests[key], each.records) for key, each in held]


def _hide(tx: Transaction, person_id: UUID, keys: Collection[SectionKey], at: datetime) -> None:
    """Take sections away, with the event that says so."""
    if not keys:
        return
    publishing.replace_sections(tx, gone=keys, put=[])
    categories = tuple(sorted({key.category for key in keys}))
    record(
        tx,
        Event(
            id=uuid7(at),
            at=at,
            type=EventType.SECTION_ERASED,
            actor=Actor(system=SYSTEM),
            retention=retention_of(categories),
            person_id=person_id,
            categories=categories,
        ),
    )
