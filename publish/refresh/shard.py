"""One shard of people, published in one transaction: build, decide, compare, re-check under lock, write, tell."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from audit.events import Actor, Event, EventType, Result, RetentionClass, retention_of
from audit.log import record_all
from consent.bulk import snapshot
from db.engine import Transaction
from db.ids import uuid7
from publish import feed
from publish.queries import erasing, publishing, registering
from publish.queries.publishing import SectionKey
from publish.refresh import entitlements, sections, visible
from publish.refresh.entitlements import Moved
from publish.refresh.sections import Fresh
from publish.refresh.visible import Seen

SYSTEM = "publish"


@dataclass(slots=True)
class Counts:
    """People whose view changed, did not, or shows nothing to anybody any more; decisions by outcome and reason."""

    published: int = 0
    unchanged: int = 0
    removed: int = 0
    decisions: Counter[str] = field(default_factory=Counter)

    def add(self, other: "Counts") -> None:
        """Take another shard's into account."""
        self.published += other.published
        self.unchanged += other.unchanged
        self.removed += other.removed
        self.decisions += other.decisions

    def as_dict(self) -> dict[str, object]:
        """Give them as plain values."""
        views = {"published": self.published, "unchanged": self.unchanged, "removed": self.removed}
        return views | {"decisions": dict(self.decisions)}


def publish(tx: Transaction, *, people: Sequence[UUID], at: datetime) -> Counts:
    """Publish these people as staging, the consents and the register have them in this transaction's snapshot.

    It is decided for ``at``, but after the last fact about them was recorded: a no counts however the clocks of two hosts differ.
    Raises SerializationFailure when a fact about one of them, or the register, has changed since: then nothing is written.
    """
    fresh = sections.build(tx, people=people)
    at = max(at, publishing.last_change(tx, people=people) or at)
    seen = visible.decide(snapshot(tx, people=people), fresh, registering.purposes(tx), at=at)
    stood = publishing.digests(tx, people=people)
    moved = entitlements.moved(publishing.visible(tx, people=people), seen.entitled)
    publishing.hold(tx, people=people)
    touched = _write_sections(tx, stood, fresh, at)
    entitlements.write(tx, moved, at=at)
    publishing.name_people(tx, pairs=seen.tasks)
    publishing.no_longer_waiting(tx, people=people)
    erasing.queue(tx, people={key.person_id for key in moved.gone - seen.entitled.keys()}, at=at)
    counts = _counts(people, moved, seen)
    record_all(tx, _events(touched, counts, at))
    feed.write(tx, moved.changes, at=at)
    return counts


def _write_sections(
    tx: Transaction, stood: Mapping[SectionKey, bytes], fresh: Sequence[Fresh], at: datetime
) -> list[SectionKey]:
    """Take away and write the sections that differ, and name them."""
    built = {each.key: each.digest for each in fresh}
    put = [each for each in fresh if stood.get(each.key) != each.digest]
    gone = [key for key, digest in stood.items() if built.get(key) != digest]
    publishing.replace_sections(tx, gone=gone, put=[each.row(tx.keyring, at) for each in put])
    return sorted({*gone, *(each.key for each in put)})


def _counts(people: Sequence[UUID], moved: Moved, seen: Seen) -> Counts:
    shown = {key.person_id for key in seen.entitled}
    told = {change.person_id for change in moved.changes}
    return Counts(
        published=len(told & shown),
        unchanged=len(set(people) - told),
        removed=len(told - shown),
        decisions=seen.decisions,
    )


def _events(touched: Sequence[SectionKey], counts: Counts, at: datetime) -> Iterator[Event]:
    """Write one event for each person of whom sections were put or taken away, and one for the shard."""
    categories: dict[UUID, list[str]] = {}
    for key in touched:
        categories.setdefault(key.person_id, []).append(key.category)
    for person_id, changed in categories.items():
        yield _published(at, retention_of(changed), person_id=person_id, categories=tuple(dict.fromkeys(changed)))
    views = {"published": counts.published, "unchanged": counts.unchanged, "removed": counts.removed}
    yield _published(at, RetentionClass.ADMIN, result=Result(count=len(categories), counts=views))


def _published(
    at: datetime,
    retention: RetentionClass,
    *,
    person_id: UUID | None = None,
    categories: tuple[str, ...] = (),
    result: Result | None = None,
) -> Event:
    return Event(
        id=uuid7(at),
        at=at,
        type=EventType.VIEW_PUBLISHED,
        actor=Actor(system=SYSTEM),
        retention=retention,
        person_id=person_id,
        categories=categories,
        result=result,
    )
