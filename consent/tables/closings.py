"""Tables of sharing by consent that is closed, and of who has opened it again."""

from datetime import datetime
from uuid import UUID as Uuid  # noqa: N811 - the value; the column type keeps the name

from sqlalchemy import BigInteger, Column, ForeignKey, Named, SmallInteger, Table, Text, TypedColumns
from sqlalchemy.dialects.postgresql import UUID

from consent.tables.metadata import CONSENT
from db.metadata import Timestamp


class _Closing(TypedColumns):
    """A restore that lost events: ``first`` to ``last`` of a log, each included; without ``last`` nobody knows how many."""

    closing_id: Named[Uuid] = Column(UUID, primary_key=True)
    log: Named[int | None] = Column(SmallInteger)
    first: Named[int | None] = Column(BigInteger)
    last: Named[int | None] = Column(BigInteger)
    closed_at: Named[datetime] = Column(Timestamp, nullable=False)
    recorded_at: Named[datetime] = Column(Timestamp, nullable=False)


class _Opening(TypedColumns):
    """That a recipient's steward has dealt with what was lost."""

    closing_id: Named[Uuid] = Column(UUID, ForeignKey("consent.closing.closing_id"), primary_key=True)
    recipient: Named[str] = Column(Text, primary_key=True)
    opened_by: Named[str] = Column(Text, nullable=False)
    recorded_at: Named[datetime] = Column(Timestamp, nullable=False)


closing = Table("closing", CONSENT, _Closing)
opening = Table("opening", CONSENT, _Opening)
