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
from publish.queries import publishing, registering
from publish.queries.publishing import Change, EntitlementKey, SectionKey
from publish.refresh import sections, visible
from publish.refresh.sections import Fresh
from publish.refresh.visible import Entitled, Seen

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


@dataclass(frozen=True, slots=True)
class _Difference:
    """What is published against what it should be."""

    sections_gone: frozenset[SectionKey]
    sections_put: tuple[Fresh, ...]
    entitlements_gone: frozenset[EntitlementKey]
    entitlements_put: Mapping[EntitlementKey, Entitled]
    changes: tuple[Change, ...]


def publish(tx: Transaction, *, people: Sequence[UUID], at: datetime) -> Counts:
    """Publish these people as staging, the consents and the register have them in this transaction's snapshot.

    It is decided for ``at``, but after the last fact about them was recorded: a no counts however the clocks of two hosts differ.
    Raises SerializationFailure when a fact about one of them, or the register, has changed since: then nothing is written.
    """
    fresh = sections.build(tx, people=people)
    at = max(at, publishing.last_change(tx, people=people) or at)
    seen = visible.decide(snapshot(tx, people=people), fresh, registering.purposes(tx), at=at)
    difference = _difference(tx, people, fresh, seen)
    publishing.hold(tx, people=people)
    _write(tx, difference, at)
    publishing.name_people(tx, pairs=seen.tasks)
    publishing.no_longer_waiting(tx, people=people)
    counts = _counts(people, difference, seen)
    record_all(tx, _events(difference, counts, at))
    publishing.tell(tx, changes=difference.changes, at=at)
    return counts


def _difference(tx: Transaction, people: Sequence[UUID], fresh: Sequence[Fresh], seen: Seen) -> _Difference:
    stood, built = publishing.digests(tx, people=people), {each.key: each.digest for each in fresh}
    shown, now = publishing.visible(tx, people=people), seen.entitled
    put = {key: entitled for key, entitled in now.items() if shown.get(key) != entitled.visible}
    gone = frozenset(key for key in shown if key not in now or key in put)
    return _Difference(
        sections_gone=frozenset(key for key, digest in stood.items() if built.get(key) != digest),
        sections_put=tuple(each for each in fresh if stood.get(each.key) != each.digest),
        entitlements_gone=gone,
        entitlements_put=put,
        changes=tuple(_changes(gone | put.keys(), now)),
    )


def _changes(moved: frozenset[EntitlementKey], now: Mapping[EntitlementKey, Entitled]) -> Iterator[Change]:
    """Tell each recipient once of each person whose visible content changed: also that there is none left."""
    still = {(key.recipient, key.person_id) for key in now}
    for recipient, person_id in sorted({(key.recipient, key.person_id) for key in moved}):
        yield Change(recipient, person_id, "changed" if (recipient, person_id) in still else "removed")


def _write(tx: Transaction, difference: _Difference, at: datetime) -> None:
    publishing.replace_sections(
        tx, gone=difference.sections_gone, put=[each.row(tx.keyring, at) for each in difference.sections_put]
    )
    publishing.replace_entitlements(
        tx,
        gone=difference.entitlements_gone,
        put=[(*key, *entitled, at) for key, entitled in difference.entitlements_put.items()],
    )


def _counts(people: Sequence[UUID], difference: _Difference, seen: Seen) -> Counts:
    shown = {key.person_id for key in seen.entitled}
    told = {change.person_id for change in difference.changes}
    return Counts(
        published=len(told & shown),
        unchanged=len(set(people) - told),
        removed=len(told - shown),
        decisions=seen.decisions,
    )


def _events(difference: _Difference, counts: Counts, at: datetime) -> Iterator[Event]:
    """Write one event for each person whose sections were put or taken away, and one for the shard."""
    categories: dict[UUID, list[str]] = {}
    for key in sorted({each.key for each in difference.sections_put} | difference.sections_gone):
        categories.setdefault(key.person_id, []).append(key.category)
    for person_id, changed in categories.items():
        yield _event(at, person_id, tuple(dict.fromkeys(changed)))
    summary = {"published": counts.published, "unchanged": counts.unchanged, "removed": counts.removed}
    yield Event(
        id=uuid7(at),
        at=at,
        type=EventType.VIEW_PUBLISHED,
        actor=Actor(system=SYSTEM),
        retention=RetentionClass.ADMIN,
        result=Result(count=len(categories), counts=summary),
    )


def _event(at: datetime, person_id: UUID, categories: tuple[str, ...]) -> Event:
    return Event(
        id=uuid7(at),
        at=at,
        type=EventType.VIEW_PUBLISHED,
        actor=Actor(system=SYSTEM),
        retention=retention_of(categories),
        person_id=person_id,
        categories=categories,
    )
