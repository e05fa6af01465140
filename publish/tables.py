"""The tables of schema publish: the sections, who may see whom, the feed, and the recipients with their systems."""

from datetime import datetime
from typing import Any
from uuid import UUID as Uuid  # noqa: N811 - the value; the column type keeps the name

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Named,
    Table,
    Text,
    TypedColumns,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID

from db.metadata import Schema, Timestamp, metadata_of

PUBLISH = metadata_of(Schema.PUBLISH)


class _Section(TypedColumns):
    """What one controller knows of a person in one category, ready to be sent.

    `body` is the JSON text, or `body_encrypted` where the section names people, never both. `digest` tells whether it changed: of the
    text, keyed where the text is encrypted. `records` are the source's ids of what it was made of.
    """

    person_id: Named[Uuid] = Column(UUID, primary_key=True)
    category: Named[str] = Column(Text, primary_key=True)
    controller: Named[str] = Column(Text, primary_key=True)
    body: Named[str | None] = Column(Text)
    body_encrypted: Named[bytes | None] = Column(LargeBinary)
    digest: Named[bytes] = Column(LargeBinary, nullable=False)
    records: Named[list[str]] = Column(ARRAY(Text), nullable=False)
    published_at: Named[datetime] = Column(Timestamp, nullable=False)


class _Entitlement(TypedColumns):
    """What a recipient could see of a person for a purpose when last published; a read decides anew.

    `categories` are those with something to show, each with its ground beside it in `grounds`; `visible` is a digest of what they
    hold, so that the feed tells of nothing else. No row: nothing is shown.
    """

    recipient: Named[str] = Column(Text, primary_key=True)
    purpose: Named[str] = Column(Text, primary_key=True)
    person_id: Named[Uuid] = Column(UUID, primary_key=True, index=True)
    categories: Named[list[str]] = Column(ARRAY(Text), nullable=False)
    grounds: Named[list[str]] = Column(ARRAY(Text), nullable=False)
    visible: Named[bytes] = Column(LargeBinary, nullable=False)
    consent_seq: Named[int] = Column(BigInteger, nullable=False)
    decided_at: Named[datetime] = Column(Timestamp, nullable=False)


class _Change(TypedColumns):
    """An entry of a recipient's feed, `changed` or `removed`.

    The newest of a person is not `superseded`; older ones stay as long as the feed pages that name them (AMENDMENTS 9).
    """

    recipient: Named[str] = Column(Text, primary_key=True)
    seq: Named[int] = Column(BigInteger, primary_key=True)
    person_id: Named[Uuid] = Column(UUID, nullable=False, index=True)
    kind: Named[str] = Column(Text, nullable=False)
    at: Named[datetime] = Column(Timestamp, nullable=False)
    superseded: Named[bool] = Column(Boolean, nullable=False)


class _PersonRef(TypedColumns):
    """The name under which one recipient knows a person: random, lasting, of no use to another recipient."""

    recipient: Named[str] = Column(Text, primary_key=True)
    person_id: Named[Uuid] = Column(UUID, primary_key=True)
    ref: Named[Uuid] = Column(UUID, nullable=False, unique=True)


class _Recipient(TypedColumns):
    """An organisation (Y-tunnus) that may ask, and for which purposes. `number` names its sequence, ``publish.feed_<number>``."""

    recipient: Named[str] = Column(Text, primary_key=True)
    number: Named[int] = Column(Integer, Identity(always=True), nullable=False)
    name: Named[str] = Column(Text, nullable=False)
    purposes: Named[list[str]] = Column(ARRAY(Text), nullable=False)
    state: Named[str] = Column(Text, nullable=False)


class _RecipientSystem(TypedColumns):
    """A registered system of a recipient: what it may ask, and the keys its assertions are signed with.

    `token_audience`: its assertions may name the token endpoint instead of the issuer.
    """

    system: Named[str] = Column(Text, primary_key=True)
    recipient: Named[str] = Column(Text, nullable=False, index=True)
    scopes: Named[list[str]] = Column(ARRAY(Text), nullable=False)
    purposes: Named[list[str]] = Column(ARRAY(Text), nullable=False)
    algorithms: Named[list[str]] = Column(ARRAY(Text), nullable=False)
    jwks: Named[list[dict[str, Any]]] = Column(JSONB, nullable=False)
    token_audience: Named[bool] = Column(Boolean, nullable=False)
    state: Named[str] = Column(Text, nullable=False)
    from_at: Named[datetime] = Column(Timestamp, nullable=False)
    until_at: Named[datetime | None] = Column(Timestamp)


class _Leave(TypedColumns):
    """That a source may be asked about a person, and which of its categories may be kept (AMENDMENTS 5, 9)."""

    source: Named[str] = Column(Text, primary_key=True)
    person_id: Named[Uuid] = Column(UUID, primary_key=True)
    categories: Named[list[str]] = Column(ARRAY(Text), nullable=False)
    since: Named[datetime] = Column(Timestamp, nullable=False)


class _Retention(TypedColumns):
    """How long a thing is kept from a day on: `days` after what `counted_from` names. Not `verified`: the law is our reading of it.

    The newest row whose `valid_from` has come holds (AMENDMENTS 11).
    """

    thing: Named[str] = Column(Text, primary_key=True)
    counted_from: Named[str] = Column(Text, nullable=False)
    days: Named[int] = Column(Integer, nullable=False)
    law: Named[str] = Column(Text, nullable=False)
    verified: Named[bool] = Column(Boolean, nullable=False)
    approved_by: Named[list[str]] = Column(ARRAY(Text), nullable=False)
    valid_from: Named[datetime] = Column(Timestamp, primary_key=True)
    recorded_at: Named[datetime] = Column(Timestamp, nullable=False)


class _ToErase(TypedColumns):
    """A person of whom something may have to go, for a no was said or a ground ended (AMENDMENTS 7).

    Looked at when `due_at` has come, and once more later for what a pull that was under way brought meanwhile. `copies_of` names the
    sources whose landed copies are still to be rewritten.
    """

    number: Named[int] = Column(BigInteger, Identity(always=True), primary_key=True)
    person_id: Named[Uuid] = Column(UUID, nullable=False)
    queued_at: Named[datetime] = Column(Timestamp, nullable=False)
    due_at: Named[datetime] = Column(Timestamp, nullable=False, index=True)
    looked_at: Named[datetime | None] = Column(Timestamp)
    copies_of: Named[list[str]] = Column(ARRAY(Text), nullable=False)


class _Outbox(TypedColumns):
    """That a recipient was told, by entry `seq` of its feed, that less of a person is shown; `about` is the act, denial or pause behind it.

    A notice is taken by whoever wakes the recipient, fetched with the page that names it, and applied when the recipient says so.
    """

    notice_id: Named[Uuid] = Column(UUID, primary_key=True)
    person_id: Named[Uuid] = Column(UUID, nullable=False, index=True)
    recipient: Named[str] = Column(Text, nullable=False)
    seq: Named[int] = Column(BigInteger, nullable=False)
    about: Named[Uuid] = Column(UUID, nullable=False, index=True)
    event: Named[str] = Column(Text, nullable=False)
    told_at: Named[datetime] = Column(Timestamp, nullable=False)
    taken_at: Named[datetime | None] = Column(Timestamp)
    fetched_at: Named[datetime | None] = Column(Timestamp)
    applied_at: Named[datetime | None] = Column(Timestamp)
    done: Named[str | None] = Column(Text)


class _Correction(TypedColumns):
    """A request to correct a person's data on its way to the source and back; ``words`` and ``answer`` are encrypted.

    It has the id of its case. ``tried_at``: when the source was last asked, in vain or not; ``outcome`` is the source's.
    """

    correction_id: Named[Uuid] = Column(UUID, primary_key=True)
    person_id: Named[Uuid] = Column(UUID, nullable=False, index=True)
    controller: Named[str] = Column(Text, nullable=False)
    category: Named[str] = Column(Text, nullable=False)
    words: Named[bytes] = Column(LargeBinary, nullable=False)
    asked_at: Named[datetime] = Column(Timestamp, nullable=False)
    tried_at: Named[datetime | None] = Column(Timestamp)
    handed_at: Named[datetime | None] = Column(Timestamp)
    reference: Named[str | None] = Column(Text)
    outcome: Named[str | None] = Column(Text)
    answer: Named[bytes | None] = Column(LargeBinary)
    answered_at: Named[datetime | None] = Column(Timestamp)
    reason: Named[str | None] = Column(Text)


class _Idempotency(TypedColumns):
    """What a call that changes something was answered, kept a day under its system's key; `proof` is the SHA-256 of the proof it used."""

    system: Named[str] = Column(Text, primary_key=True)
    key: Named[str] = Column(Text, primary_key=True)
    body_sha256: Named[bytes] = Column(LargeBinary, nullable=False)
    proof: Named[bytes] = Column(LargeBinary, nullable=False, unique=True)
    status: Named[int] = Column(Integer, nullable=False)
    answer: Named[str] = Column(Text, nullable=False)
    at: Named[datetime] = Column(Timestamp, nullable=False, index=True)


section = Table("section", PUBLISH, _Section)
entitlement = Table("entitlement", PUBLISH, _Entitlement)
change = Table("change", PUBLISH, _Change)
person_ref = Table("person_ref", PUBLISH, _PersonRef)
recipient = Table("recipient", PUBLISH, _Recipient)
recipient_system = Table("recipient_system", PUBLISH, _RecipientSystem)
leave = Table("leave", PUBLISH, _Leave)
retention = Table("retention", PUBLISH, _Retention)
to_erase = Table("to_erase", PUBLISH, _ToErase)
outbox = Table("outbox", PUBLISH, _Outbox)
correction = Table("correction", PUBLISH, _Correction)
idempotency = Table("idempotency", PUBLISH, _Idempotency)

Index("correction_open_idx", correction.c.asked_at, postgresql_where=correction.c.answered_at.is_(None))
Index("outbox_recipient_idx", outbox.c.recipient, outbox.c.seq)
Index("outbox_untaken_idx", outbox.c.told_at, postgresql_where=outbox.c.taken_at.is_(None))
Index("outbox_unapplied_idx", outbox.c.told_at, postgresql_where=outbox.c.applied_at.is_(None))

Index(
    "change_newest_idx",
    change.c.recipient,
    change.c.person_id,
    unique=True,
    postgresql_where=~change.c.superseded,
)
