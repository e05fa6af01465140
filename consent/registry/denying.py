"""Standing noes (kielto): deny and lift."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from audit.events import EventType
from consent.errors import ConsentError, Fault
from consent.model import FUTURE, PAST
from consent.queries import writes
from consent.queries.writes import DenialRow
from consent.registry import guards
from consent.registry.recording import By, DenialRecord, Expressed, Told, begin, digest_of, finish
from db.engine import Transaction
from db.ids import uuid7
from schemas.identifiers import BusinessId
from schemas.vocabulary import Category, Purpose, Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What is denied, None being any, and whether an emergency may pass; ``data_from`` and ``data_until`` narrow it to data of a time."""

    source: str | None = None
    controller: str | None = None
    category: str | None = None
    recipient: str | None = None
    purpose: str | None = None
    data_from: datetime | None = None
    data_until: datetime | None = None
    allow_emergency: bool = False


def deny(tx: Transaction, *, person_id: UUID, scope: Scope, expressed: Expressed, by: By, at: datetime) -> DenialRecord:
    """Record a standing no; it beats every consent until it is lifted."""
    recorded_at = begin(tx, person_id, at)
    if repeated := _repeated(tx, person_id, expressed.command):
        return repeated
    _meant(scope)
    when = guards.times(signed_at=expressed.signed_at, effective_from=None, recorded_at=recorded_at)
    row: dict[str, Any] = {
        "denial_id": uuid7(recorded_at),
        "person_id": person_id,
        **asdict(scope),
        **asdict(when),
        "channel": expressed.channel,
        "voice": expressed.voice,
        "recorded_by": by.user,
        "office": by.office,
        "command": expressed.command,
    }
    digest = digest_of(row)
    writes.append_denial(tx, {**row, "digest": digest})
    finish(tx, person_id, by=by, at=recorded_at, told=_told(EventType.DENIAL_RECORDED, row["denial_id"], digest, scope))
    return DenialRecord(denial_id=row["denial_id"], person_id=person_id, digest=digest)


def lift(tx: Transaction, *, denial_id: UUID, expressed: Expressed, by: By, at: datetime) -> DenialRecord:
    """Record that a standing no ends; the person's own is lifted by the person alone, others' also by who may speak."""
    found = _standing(tx, denial_id)
    recorded_at = begin(tx, found.person_id, at)
    found = _standing(tx, denial_id)
    guards.may_lift(tx, found.person_id, said_by=found.voice, voice=expressed.voice, at=recorded_at)
    if not found.lifted:
        when = guards.times(signed_at=expressed.signed_at, effective_from=None, recorded_at=recorded_at)
        row = {
            "denial_id": denial_id,
            **asdict(when),
            "channel": expressed.channel,
            "voice": expressed.voice,
            "recorded_by": by.user,
            "office": by.office,
        }
        writes.append_lift(tx, row)
        scope = Scope(source=found.source, category=found.category)
        told = _told(EventType.DENIAL_LIFTED, denial_id, digest_of(row), scope)
        finish(tx, found.person_id, by=by, at=recorded_at, told=told)
    return DenialRecord(denial_id=denial_id, person_id=found.person_id, digest=found.digest, lifted=True)


def categories_of(scope: Scope) -> list[str]:
    """Name the categories a denial is about, none when it is about any."""
    if scope.category is not None:
        return [scope.category]
    return [category for category in Category if category.source == scope.source]


def _meant(scope: Scope) -> None:
    """Refuse a scope that nothing can ever match: who says no has to be able to rely on it."""
    _known("source", scope.source, Source)
    _known("category", scope.category, Category)
    _known("purpose", scope.purpose, Purpose)
    _known("controller", scope.controller, BusinessId.parse)
    _known("recipient", scope.recipient, BusinessId.parse)
    if scope.category is not None and scope.source not in (None, Category(scope.category).source):
        raise ConsentError(Fault.INVALID_FIELD, "category")
    guards.zoned(data_from=scope.data_from, data_until=scope.data_until)
    if (scope.data_until or FUTURE) <= (scope.data_from or PAST):
        raise ConsentError(Fault.BAD_PERIOD, "data_until")


def _known(name: str, value: str | None, read: Callable[[str], object]) -> None:
    if value is not None:
        try:
            read(value)
        except ValueError:
            raise ConsentError(Fault.INVALID_FIELD, name) from None


def _told(type_: EventType, denial_id: UUID, digest: bytes, scope: Scope) -> Told:
    return Told(
        type=type_,
        table="consent.denial",
        row_id=denial_id,
        digest=digest,
        categories=categories_of(scope),
        purpose=scope.purpose,
        controllers=() if scope.controller is None else (scope.controller,),
    )


def _standing(tx: Transaction, denial_id: UUID) -> DenialRow:
    found = writes.denial_row(tx, denial_id)
    if found is None:
        raise ConsentError(Fault.NOT_FOUND, "denial_id")
    return found


def _repeated(tx: Transaction, person_id: UUID, command: str | None) -> DenialRecord | None:
    denial_id = None if command is None else writes.denial_by_command(tx, command)
    if denial_id is None:
        return None
    found = _standing(tx, denial_id)
    if found.person_id != person_id:
        raise ConsentError(Fault.INVALID_FIELD, "command")
    return DenialRecord(denial_id=denial_id, person_id=person_id, digest=found.digest, lifted=found.lifted)
