"""What every verb does around its own row: lock the person, weigh anew what was said, number, record the event."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from audit.events import Actor, ChangeRef, Event, EventType, retention_of
from audit.log import record
from consent.errors import ConsentError, Fault
from consent.model import Stretch, Will
from consent.model.will import Step
from consent.queries import current, wills, writes
from consent.queries.wills import Key
from consent.receipts import Deed, issue
from consent.will import will
from db.engine import Transaction
from db.ids import uuid7

_INSTANT = timedelta(microseconds=1)


class Channel(StrEnum):
    """By which way an expression of will came to us."""

    ONLINE = "online"
    COUNTER = "counter"
    PHONE = "phone"
    PAPER = "paper"
    IMPORT = "import"


@dataclass(frozen=True, slots=True, kw_only=True)
class By:
    """Who records: a steward of an office (Y-tunnus), or the person or their representative, by ``role``."""

    user: str = field(repr=False)
    role: str
    office: str | None = None

    @property
    def steward(self) -> bool:
        """Whether somebody else than the one whose will it is writes it down."""
        return self.role == "steward"


@dataclass(frozen=True, slots=True, kw_only=True)
class Expressed:
    """How a will was expressed: by whom (None: the person), which way, when (None: now).

    ``command`` is the caller's key of the command: given again, it changes nothing and gets the same answer. ``in_bulk``: one of so
    many at once that a second steward looks at each yes, whatever its categories (CONSENT.md 11).
    """

    channel: Channel
    voice: UUID | None = None
    signed_at: datetime | None = None
    command: str | None = None
    in_bulk: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ActRecord:
    """An act as recorded; ``kinds``: category -> what the act does to it. ``digest`` stands in its event too, in hex."""

    act_id: UUID
    person_id: UUID
    agreement_id: UUID
    recorded_at: datetime
    kinds: Mapping[str, str]
    needs_second: bool
    digest: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class DenialRecord:
    """A standing no as recorded."""

    denial_id: UUID
    person_id: UUID
    digest: bytes
    lifted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What an event of this package says, beside who and when."""

    type: EventType
    table: str
    row_id: UUID
    digest: bytes
    categories: Iterable[str] = ()
    purpose: str | None = None
    controllers: tuple[str, ...] = ()
    text: str | None = field(default=None, repr=False)


def begin(tx: Transaction, person_id: UUID, at: datetime) -> datetime:
    """Lock the person and return when what follows is recorded: at ``at``, but after all that was recorded before.

    So one person's records are in one order, however the clocks of those who record differ.
    """
    if at.tzinfo is None:
        raise ConsentError(Fault.INVALID_FIELD, "at")
    head = writes.lock(tx, person_id)
    if head is None:
        raise ConsentError(Fault.NOT_FOUND, "person_id")
    return max(at, head.changed_at + _INSTANT)


def finish(tx: Transaction, person_id: UUID, *, by: By, at: datetime, told: Told) -> None:
    """Weigh anew, number the person, record the event and issue its receipt; record conflicts that begin or end."""
    before = current.wills(tx, person_id)
    after = refresh(tx, person_id)
    writes.touch(tx, person_id, at=at)
    note(tx, person_id, by=by, at=at, told=told)
    for type_, categories in _conflicts(before, after, at):
        conflict = Told(type=type_, table=told.table, row_id=told.row_id, digest=told.digest, categories=categories)
        record(tx, _event(person_id, by=by, at=at, told=conflict))


def note(tx: Transaction, person_id: UUID, *, by: By, at: datetime, told: Told) -> None:
    """Record what was done, and issue its receipt."""
    event = _event(person_id, by=by, at=at, told=told)
    record(tx, event)
    issue(tx, _deed(event, told))


def refresh(tx: Transaction, person_id: UUID) -> dict[Key, Will]:
    """Rewrite what a person's keys come to from all that was said, and return it."""
    weighed = {key: will(said) for key, said in wills.said(tx, person_id=person_id).items()}
    current.rewrite(tx, person_id, weighed)
    return weighed


def digest_of(row: Mapping[str, Any], items: Iterable[Mapping[str, Any]] = ()) -> bytes:
    """Return the SHA-256 of a row and its items in a canonical form."""
    canonical = {"row": row, "items": sorted(items, key=lambda item: str(item["category"]))}
    text = json.dumps(canonical, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_plain)
    return hashlib.sha256(text.encode()).digest()


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value.hex() if isinstance(value, bytes) else str(value)


def _event(person_id: UUID, *, by: By, at: datetime, told: Told) -> Event:
    categories = tuple(sorted(told.categories))
    return Event(
        id=uuid7(at),
        at=at,
        type=told.type,
        actor=Actor(org=by.office, user=by.user, role=by.role),
        retention=retention_of(categories),
        person_id=person_id,
        purpose=told.purpose,
        categories=categories,
        controllers=told.controllers,
        change=ChangeRef(table=told.table, id=str(told.row_id), digest=told.digest.hex()),
        text=told.text,
    )


def _deed(event: Event, told: Told) -> Deed:
    assert event.person_id is not None
    return Deed(
        event=event.type,
        event_id=event.id,
        person_id=event.person_id,
        table=told.table,
        row_id=told.row_id,
        at=event.at,
    )


def _conflicts(
    before: Mapping[Key, Will], after: Mapping[Key, Will], at: datetime
) -> Iterable[tuple[EventType, set[str]]]:
    was, now = _conflicting(before, at), _conflicting(after, at)
    changes = ((EventType.CONFLICT_OPENED, now - was), (EventType.CONFLICT_CLOSED, was - now))
    return [(type_, {category for _, category in keys}) for type_, keys in changes if keys]


def _conflicting(kept: Mapping[Key, Will], at: datetime) -> set[Key]:
    """Find the keys in which voices differ at a moment, at whatever age."""
    return {key for key, each in kept.items() if any(_in_conflict(stretch, at) for stretch in _all(each))}


def _all(each: Will) -> tuple[Stretch, ...]:
    return each.adult + (each.minor or ())


def _in_conflict(stretch: Stretch, at: datetime) -> bool:
    return stretch.step is Step.CONFLICT and stretch.start <= at < stretch.end
