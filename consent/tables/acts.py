"""Tables of what was said on the keys of agreements, and of what it comes to."""

from datetime import datetime
from uuid import UUID as Uuid  # noqa: N811 - the value; the column type keeps the name

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Named,
    SmallInteger,
    Table,
    Text,
    TypedColumns,
)
from sqlalchemy.dialects.postgresql import UUID

from consent.tables.metadata import CONSENT
from db.metadata import Timestamp


class _Act(TypedColumns):
    """An expression of will under one agreement. ``digest``: SHA-256 of row and items, repeated in the audit event.

    ``command`` is the caller's key of the command: the same key again gives the same act. ``cause``: why the controller ended it, a code.
    """

    act_id: Named[Uuid] = Column(UUID, primary_key=True)
    seq: Named[int] = Column(BigInteger, Identity(always=True), nullable=False, unique=True)
    person_id: Named[Uuid] = Column(UUID, nullable=False, index=True)
    agreement_id: Named[Uuid] = Column(UUID, nullable=False)
    signed_at: Named[datetime] = Column(Timestamp, nullable=False)
    effective_from: Named[datetime] = Column(Timestamp, nullable=False)
    recorded_at: Named[datetime] = Column(Timestamp, nullable=False)
    channel: Named[str] = Column(Text, nullable=False)
    voice: Named[Uuid | None] = Column(UUID)
    notice_n: Named[int | None] = Column(Integer)
    notice_language: Named[str | None] = Column(Text)
    notice_sha256: Named[bytes | None] = Column(LargeBinary)
    recorded_by: Named[str] = Column(Text, nullable=False)
    office: Named[str | None] = Column(Text)
    needs_second: Named[bool] = Column(Boolean, nullable=False, server_default="false")
    digest: Named[bytes] = Column(LargeBinary, nullable=False)
    command: Named[str | None] = Column(Text, unique=True)
    cause: Named[str | None] = Column(Text)


class _ActItem(TypedColumns):
    """What an act does to one category."""

    act_id: Named[Uuid] = Column(UUID, ForeignKey("consent.act.act_id"), primary_key=True)
    category: Named[str] = Column(Text, primary_key=True)
    kind: Named[str] = Column(Text, nullable=False)
    valid_until: Named[datetime | None] = Column(Timestamp)
    data_from: Named[datetime | None] = Column(Timestamp)
    data_until: Named[datetime | None] = Column(Timestamp)


class _Confirmation(TypedColumns):
    """A second steward's word on an act; a rejection invalidates it."""

    act_id: Named[Uuid] = Column(UUID, ForeignKey("consent.act.act_id"), primary_key=True)
    confirmed_by: Named[str] = Column(Text, nullable=False)
    confirmed_at: Named[datetime] = Column(Timestamp, nullable=False)
    accepted: Named[bool] = Column(Boolean, nullable=False)


class _Invalidation(TypedColumns):
    """That an act or a denial was recorded in error."""

    invalidation_id: Named[Uuid] = Column(UUID, primary_key=True)
    act_id: Named[Uuid | None] = Column(UUID, ForeignKey("consent.act.act_id"), unique=True)
    denial_id: Named[Uuid | None] = Column(UUID, ForeignKey("consent.denial.denial_id"), unique=True)
    recorded_at: Named[datetime] = Column(Timestamp, nullable=False)
    recorded_by: Named[str] = Column(Text, nullable=False)
    confirmed_by: Named[str | None] = Column(Text)
    cause: Named[str] = Column(Text, nullable=False)


class _Current(TypedColumns):
    """A stretch of time in which a key's step is constant, as its acts, suspensions and checks give it.

    ``minor``: null at any age, else before or from the 18th birthday. Rebuilt from the acts it is equal.
    """

    person_id: Named[Uuid] = Column(UUID, nullable=False)
    agreement_id: Named[Uuid] = Column(UUID, nullable=False)
    category: Named[str] = Column(Text, nullable=False)
    minor: Named[bool | None] = Column(Boolean)
    from_at: Named[datetime | None] = Column(Timestamp)
    until_at: Named[datetime | None] = Column(Timestamp)
    step: Named[int] = Column(SmallInteger, nullable=False)
    act_id: Named[Uuid | None] = Column(UUID)
    notice_n: Named[int] = Column(Integer, nullable=False)
    data_from: Named[datetime | None] = Column(Timestamp)
    data_until: Named[datetime | None] = Column(Timestamp)


act = Table("act", CONSENT, _Act)
act_item = Table("act_item", CONSENT, _ActItem)
confirmation = Table("confirmation", CONSENT, _Confirmation)
invalidation = Table("invalidation", CONSENT, _Invalidation)
current = Table("current", CONSENT, _Current)

Index(
    "current_stretch_idx",
    current.c.person_id,
    current.c.agreement_id,
    current.c.category,
    current.c.minor,
    current.c.from_at,
    unique=True,
    postgresql_nulls_not_distinct=True,
)
Index("act_recorded_at_idx", act.c.recorded_at, postgresql_using="brin")
