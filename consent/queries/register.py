"""The register as it is, or as it was known at a moment: agreements, statutes, parties."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, select, union
from sqlalchemy.dialects.postgresql import distinct_on

from consent.model import FUTURE, Agreement, Change, Notice, Period, Register, Statute, StatuteKind
from consent.model.period import period
from consent.queries.closings import closings
from consent.tables import agreement, closing, notice, opening, recipient, statute
from consent.tables import register as counter
from db.engine import Read, Transaction
from db.together import compiled
from schemas.vocabulary import PartyKind, TaskGround

_NEVER = Period(FUTURE, FUTURE)
_DATED = (recipient, agreement, notice, statute, closing, opening)
_NUMBER = select(counter.c.seq)
NUMBER: Final = compiled(_NUMBER).asked({})
"""Asks for the register's number beside other statements; ``numbered`` takes it."""
REGISTERS_KEPT = 16
"""As known at so many moments; an auditor's replay asks for one and the same again and again."""


@dataclass(frozen=True, slots=True)
class _Shelf:
    """The registers read since its number last moved, by how many of the moments of its rows they know."""

    seq: int
    moments: tuple[datetime, ...]
    registers: dict[int, Register] = field(default_factory=dict)


_shelves: WeakKeyDictionary[Engine, _Shelf] = WeakKeyDictionary()
"""One for each database."""


def register(read: Read, *, known_at: datetime | None = None) -> Register:
    """Return the register; with ``known_at``, as it was recorded by then.

    A transaction that may write reads it anew: it could see a change of its own that is never committed.
    """
    return numbered(read, read.execute(_NUMBER).scalar_one(), known_at=known_at)


def numbered(read: Read, seq: int, *, known_at: datetime | None = None) -> Register:
    """Return the register whose number is ``seq`` in this transaction, as ``register`` does."""
    knowledge = known_at or FUTURE
    if isinstance(read, Transaction):
        return _read(read, seq, knowledge)
    shelf = _shelf(read, seq)
    place = bisect_right(shelf.moments, knowledge)
    if place not in shelf.registers:
        if len(shelf.registers) >= REGISTERS_KEPT:
            shelf.registers.clear()
        shelf.registers[place] = _read(read, seq, knowledge)
    return shelf.registers[place]


def _shelf(read: Read, seq: int) -> _Shelf:
    engine = read.connection.engine
    held = _shelves.get(engine)
    if held is None or held.seq != seq:
        held = _shelves[engine] = _Shelf(seq, _moments(read))
    return held


def _moments(read: Read) -> tuple[datetime, ...]:
    """Read when rows of the register were recorded, in order."""
    recorded = union(*(select(table.c.recorded_at) for table in _DATED))
    return tuple(sorted(read.execute(recorded).scalars()))


def _read(read: Read, seq: int, known_at: datetime) -> Register:
    return Register(
        seq=seq,
        agreements=_agreements(read, known_at),
        statutes=_statutes(read, known_at),
        parties=_parties(read, known_at),
        closings=closings(read, known_at=known_at),
    )


def _parties(read: Read, known_at: datetime) -> dict[str, PartyKind]:
    rows = read.execute(
        select(recipient.c.recipient, recipient.c.kind)
        .where(recipient.c.recorded_at <= known_at)
        .order_by(recipient.c.recorded_at)
    )
    return {party: PartyKind(kind) for party, kind in rows}


def _agreements(read: Read, known_at: datetime) -> tuple[Agreement, ...]:
    """Read the last version of each agreement."""
    notices = _notices(read, known_at)
    of = agreement.c
    rows = read.execute(
        select(
            of.agreement_id,
            of.state,
            of.controller,
            of.recipient,
            of.purpose,
            of.categories,
            of.task_ground,
            of.valid_from,
            of.valid_until,
            of.retention_days,
            of.onward,
            of.recorded_at,
        )
        .where(of.recorded_at <= known_at)
        .ext(distinct_on(of.agreement_id))
        .order_by(of.agreement_id, of.version.desc())
    )
    return tuple(
        Agreement(
            agreement_id=row.agreement_id,
            controller=row.controller,
            recipient=row.recipient,
            purpose=row.purpose,
            categories=frozenset(row.categories),
            task_ground=_ground(row.task_ground),
            in_force=in_force(row.state, row.valid_from, row.valid_until, row.recorded_at),
            notices=tuple(notices[row.agreement_id]),
            retention_days=row.retention_days,
            onward=row.onward,
        )
        for row in rows
    )


def in_force(state: str, start: datetime, end: datetime | None, recorded_at: datetime) -> Period:
    """Say when an agreement holds: a draft never, one that became invalid until then."""
    if state == "DRAFT":
        return _NEVER
    return period(start, recorded_at if state == "INVALID" and end is None else end)


def _notices(read: Read, known_at: datetime) -> dict[UUID, list[Notice]]:
    of = notice.c
    rows = read.execute(
        select(of.agreement_id, of.n, of.change, of.published_at, of.grace_until)
        .where(of.recorded_at <= known_at)
        .order_by(of.agreement_id, of.n)
    )
    found: dict[UUID, list[Notice]] = defaultdict(list)
    for agreement_id, n, change, published_at, grace_until in rows:
        found[agreement_id].append(Notice(n, Change(change), published_at, grace_until))
    return found


def _statutes(read: Read, known_at: datetime) -> tuple[Statute, ...]:
    of = statute.c
    rows = read.execute(
        select(
            of.statute_id,
            of.version,
            of.key,
            of.law_ref,
            of.verified,
            of.kind,
            of.controller_kind,
            of.categories,
            of.recipient_kind,
            of.purpose,
            of.task_ground,
            of.overrides_denial,
            of.valid_from,
            of.valid_until,
        )
        .where(of.recorded_at <= known_at)
        .order_by(of.statute_id, of.version)
    ).all()
    return tuple(
        Statute(
            statute_id=row.statute_id,
            version=row.version,
            key=row.key,
            controller_kind=PartyKind(row.controller_kind),
            categories=frozenset(row.categories),
            recipient_kind=PartyKind(row.recipient_kind),
            purpose=row.purpose,
            kind=StatuteKind(row.kind),
            overrides_denial=row.overrides_denial,
            task_ground=_ground(row.task_ground),
            in_force=_until_succeeded(
                period(row.valid_from, row.valid_until),
                [
                    later.valid_from
                    for later in rows
                    if later.statute_id == row.statute_id and later.version > row.version
                ],
            ),
            law=row.law_ref,
            verified=row.verified,
        )
        for row in rows
    )


def _until_succeeded(held: Period, successors: Sequence[datetime]) -> Period:
    """End a version where a later one begins, even where that is before its own beginning."""
    end = min([held.end, *successors])
    return Period(held.start, end) if held.start < end else _NEVER


def _ground(text: str | None) -> TaskGround | None:
    return None if text is None else TaskGround(text)
