"""Tables of who may speak for a person, and of pauses."""

from datetime import datetime
from uuid import UUID as Uuid  # noqa: N811 - the value; the column type keeps the name

from sqlalchemy import Boolean, Column, ForeignKey, Named, Table, Text, TypedColumns
from sqlalchemy.dialects.postgresql import UUID

from consent.tables.metadata import CONSENT
from db.metadata import Timestamp


class _Suspension(TypedColumns):
    """A pause of all of a person's keys under one agreement; the last row of an id counts, so a row more ends a pause."""

    suspension_id: Named[Uuid] = Column(UUID, primary_key=True)
    person_id: Named[Uuid] = Column(UUID, nullable=False, index=True)
    agreement_id: Named[Uuid] = Column(UUID, nullable=False)
    from_at: Named[datetime] = Column(Timestamp, nullable=False)
    until_at: Named[datetime | None] = Column(Timestamp)
    recorded_at: Named[datetime] = Column(Timestamp, primary_key=True)
    recorded_by: Named[str] = Column(Text, nullable=False)


class _Representation(TypedColumns):
    """That somebody may speak for a person, if the answers on their authority say so."""

    representation_id: Named[Uuid] = Column(UUID, primary_key=True)
    person_id: Named[Uuid] = Column(UUID, nullable=False, index=True)
    representative: Named[Uuid] = Column(UUID, nullable=False)
    kind: Named[str] = Column(Text, nullable=False)
    scope: Named[str | None] = Column(Text)
    recorded_at: Named[datetime] = Column(Timestamp, nullable=False)


class _RepresentationCheck(TypedColumns):
    """An answer on a representative's authority; why it was refused is not kept."""

    representation_id: Named[Uuid] = Column(
        UUID, ForeignKey("consent.representation.representation_id"), primary_key=True
    )
    checked_at: Named[datetime] = Column(Timestamp, primary_key=True)
    allowed: Named[bool] = Column(Boolean, nullable=False)
    answer_ref: Named[str | None] = Column(Text)


suspension = Table("suspension", CONSENT, _Suspension)
representation = Table("representation", CONSENT, _Representation)
representation_check = Table("representation_check", CONSENT, _RepresentationCheck)
