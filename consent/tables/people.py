"""Tables of what decisions know of a person; connectors fill them through ``consent.learn`` and its kin."""

from datetime import date, datetime
from uuid import UUID as Uuid  # noqa: N811 - the value; the column type keeps the name

from sqlalchemy import BigInteger, Boolean, Column, Date, Index, Named, Table, Text, TypedColumns
from sqlalchemy.dialects.postgresql import UUID

from consent.tables.metadata import CONSENT
from db.metadata import Timestamp


class _Person(TypedColumns):
    """A person: the row that every change locks, with copies of the facts held now for whoever looks.

    ``stale``: two people became one, and ``current`` is to be rewritten; until then wills are computed from the acts.
    """

    person_id: Named[Uuid] = Column(UUID, primary_key=True)
    birth_date: Named[date | None] = Column(Date)
    deceased_at: Named[datetime | None] = Column(Timestamp)
    protected: Named[bool] = Column(Boolean, nullable=False, server_default="false")
    coach: Named[str | None] = Column(Text)
    language: Named[str | None] = Column(Text)
    consent_seq: Named[int] = Column(BigInteger, nullable=False, server_default="0")
    changed_at: Named[datetime | None] = Column(Timestamp)
    stale: Named[bool] = Column(Boolean, nullable=False, server_default="false")


class _PersonFact(TypedColumns):
    """A fact of a source about a person, true in ``[from_at, until_at)``; the last recorded of its kind is held."""

    person_id: Named[Uuid] = Column(UUID, primary_key=True)
    kind: Named[str] = Column(Text, primary_key=True)
    value: Named[str | None] = Column(Text)
    from_at: Named[datetime | None] = Column(Timestamp)
    until_at: Named[datetime | None] = Column(Timestamp)
    recorded_at: Named[datetime] = Column(Timestamp, primary_key=True)


class _Merged(TypedColumns):
    """That a person turned out to be another: what was said under the one counts under the other."""

    person_id: Named[Uuid] = Column(UUID, primary_key=True)
    into_id: Named[Uuid] = Column(UUID, primary_key=True, index=True)
    recorded_at: Named[datetime] = Column(Timestamp, nullable=False)


class _Task(TypedColumns):
    """A ground on which a place deals with a person, and who serves the place; rows of one moment are one set.

    The last set of a person and ground is held; a row without a place is the empty set.
    """

    person_id: Named[Uuid] = Column(UUID, nullable=False)
    ground: Named[str] = Column(Text, nullable=False)
    place: Named[str | None] = Column(Text)
    recipient: Named[str | None] = Column(Text)
    from_at: Named[datetime | None] = Column(Timestamp)
    until_at: Named[datetime | None] = Column(Timestamp)
    recorded_at: Named[datetime] = Column(Timestamp, nullable=False)


class _RecipientUser(TypedColumns):
    """That a case worker's pseudonym is a coach's TE name (AMENDMENTS 8)."""

    recipient: Named[str] = Column(Text, primary_key=True)
    pseudonym: Named[str] = Column(Text, primary_key=True)
    te_tunnus: Named[str] = Column(Text, primary_key=True, index=True)
    from_at: Named[datetime] = Column(Timestamp, nullable=False)
    until_at: Named[datetime | None] = Column(Timestamp)
    confirmed_by: Named[str] = Column(Text, nullable=False)
    recorded_at: Named[datetime] = Column(Timestamp, primary_key=True)


person = Table("person", CONSENT, _Person)
person_fact = Table("person_fact", CONSENT, _PersonFact)
merged = Table("merged", CONSENT, _Merged)
task = Table("task", CONSENT, _Task)
recipient_user = Table("recipient_user", CONSENT, _RecipientUser)

Index(None, task.c.person_id, task.c.ground, task.c.recorded_at)
