"""Tables of the standing noes (kielto) and of their lifting."""

from datetime import datetime
from uuid import UUID as Uuid  # noqa: N811 - the value; the column type keeps the name

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    Named,
    Table,
    Text,
    TypedColumns,
)
from sqlalchemy.dialects.postgresql import UUID

from consent.tables.metadata import CONSENT
from db.metadata import Timestamp


class _Denial(TypedColumns):
    """A standing no; a scope that is null is any."""

    denial_id: Named[Uuid] = Column(UUID, primary_key=True)
    seq: Named[int] = Column(BigInteger, Identity(always=True), nullable=False, unique=True)
    person_id: Named[Uuid] = Column(UUID, nullable=False, index=True)
    source: Named[str | None] = Column(Text)
    controller: Named[str | None] = Column(Text)
    category: Named[str | None] = Column(Text)
    recipient: Named[str | None] = Column(Text)
    purpose: Named[str | None] = Column(Text)
    data_from: Named[datetime | None] = Column(Timestamp)
    data_until: Named[datetime | None] = Column(Timestamp)
    allow_emergency: Named[bool] = Column(Boolean, nullable=False)
    signed_at: Named[datetime] = Column(Timestamp, nullable=False)
    effective_from: Named[datetime] = Column(Timestamp, nullable=False)
    recorded_at: Named[datetime] = Column(Timestamp, nullable=False)
    channel: Named[str] = Column(Text, nullable=False)
    voice: Named[Uuid | None] = Column(UUID)
    recorded_by: Named[str] = Column(Text, nullable=False)
    office: Named[str | None] = Column(Text)
    digest: Named[bytes] = Column(LargeBinary, nullable=False)
    command: Named[str | None] = Column(Text, unique=True)


class _DenialLift(TypedColumns):
    """The end of a standing no."""

    denial_id: Named[Uuid] = Column(UUID, ForeignKey("consent.denial.denial_id"), primary_key=True)
    signed_at: Named[datetime] = Column(Timestamp, nullable=False)
    effective_from: Named[datetime] = Column(Timestamp, nullable=False)
    recorded_at: Named[datetime] = Column(Timestamp, nullable=False)
    channel: Named[str] = Column(Text, nullable=False)
    voice: Named[Uuid | None] = Column(UUID)
    recorded_by: Named[str] = Column(Text, nullable=False)
    office: Named[str | None] = Column(Text)


denial = Table("denial", CONSENT, _Denial)
denial_lift = Table("denial_lift", CONSENT, _DenialLift)

Index("denial_recorded_at_idx", denial.c.recorded_at, postgresql_using="brin")
