"""The rows of scans: found by their act and office, added, never changed."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import insert, select

from consent.tables import evidence
from db.engine import Read, Transaction


class Scanned(NamedTuple):
    """A scan of the paper behind an act; ``sha256`` is of the file in plain, ``office`` the one whose stewards may look at it."""

    evidence_id: UUID
    act_id: UUID
    sha256: bytes
    media_type: str
    bytes: int
    object_key: str
    office: str
    recorded_by: str
    recorded_at: datetime


def append(tx: Transaction, values: Mapping[str, Any]) -> None:
    """Add a scan."""
    tx.execute(insert(evidence).values(**values))


def of_act(read: Read, act_id: UUID, *, office: str) -> list[Scanned]:
    """List the scans of an act that an office may look at."""
    of = evidence.c
    rows = select(evidence).where(of.act_id == act_id, of.office == office).order_by(of.recorded_at)
    return [Scanned(*row) for row in read.execute(rows)]


def scanned(read: Read, act_ids: Collection[UUID], *, office: str) -> frozenset[UUID]:
    """Tell which of these acts have a scan that an office may look at."""
    of = evidence.c
    rows = select(of.act_id).where(of.act_id.in_(act_ids), of.office == office).distinct()
    return frozenset(read.execute(rows).scalars())


def by_id(read: Read, evidence_id: UUID, *, office: str) -> Scanned | None:
    """Find a scan that an office may look at."""
    of = evidence.c
    rows = select(evidence).where(of.evidence_id == evidence_id, of.office == office)
    row = read.execute(rows).one_or_none()
    return None if row is None else Scanned(*row)
