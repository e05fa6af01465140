"""Who the records are about: a random person_id, the HETUs that lead to it, and which sources say the person is protected."""

from datetime import date, datetime
from uuid import UUID as Uuid  # noqa: N811 - the value; the column type keeps the name

from sqlalchemy import Column, Date, LargeBinary, Named, Table, Text, TypedColumns
from sqlalchemy.dialects.postgresql import UUID

from connectors.tables.staged import STAGING
from db.metadata import Timestamp


class _Person(TypedColumns):
    """A person; one that a steward found to be another keeps its row and names that other."""

    person_id: Named[Uuid] = Column(UUID, primary_key=True)
    known_at: Named[datetime] = Column(Timestamp, nullable=False)
    merged_into: Named[Uuid | None] = Column(UUID)


class _Identity(TypedColumns):
    """A HETU of a person, sign included: found by its keyed hash, kept encrypted under ``persons.hetu_context(person_id)``.

    `until_on` is the last day it was in use, null for the one in use now; `told_by` is the source that told it first.
    """

    hetu_hash: Named[bytes] = Column(LargeBinary, primary_key=True)
    hash_key_id: Named[str] = Column(Text, nullable=False)
    person_id: Named[Uuid] = Column(UUID, nullable=False, index=True)
    hetu: Named[bytes] = Column(LargeBinary, nullable=False)
    until_on: Named[date | None] = Column(Date)
    told_by: Named[str] = Column(Text, nullable=False)
    recorded_at: Named[datetime] = Column(Timestamp, nullable=False)


class _Protection(TypedColumns):
    """That a source says the person is protected (turvakielto): ``te``, ``kela`` or ``sote/<county>``. No row: it does not say so."""

    person_id: Named[Uuid] = Column(UUID, primary_key=True)
    said_by: Named[str] = Column(Text, primary_key=True)
    recorded_at: Named[datetime] = Column(Timestamp, nullable=False)


class _Worker(TypedColumns):
    """Somebody who looks at people for an organisation, under the name that it gives them; no person of ours unless they are one.

    The log calls the row by `worker_id`, and is told no name of theirs. `box` holds HETU and surname, encrypted; it goes some time after
    `until_at`, the day they left.
    """

    recipient: Named[str] = Column(Text, primary_key=True)
    pseudonym: Named[str] = Column(Text, primary_key=True)
    worker_id: Named[Uuid] = Column(UUID, nullable=False, unique=True)
    hetu_hash: Named[bytes] = Column(LargeBinary, nullable=False)
    hash_key_id: Named[str] = Column(Text, nullable=False)
    box: Named[bytes] = Column(LargeBinary, nullable=False)
    registered_by: Named[str] = Column(Text, nullable=False)
    recorded_at: Named[datetime] = Column(Timestamp, nullable=False)
    until_at: Named[datetime | None] = Column(Timestamp)


person = Table("person", STAGING, _Person)
identity = Table("identity", STAGING, _Identity)
protection = Table("protection", STAGING, _Protection)
worker = Table("worker", STAGING, _Worker)
