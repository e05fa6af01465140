"""The tables of schema ``audit`` (ACCESS-LOG 4): rows of all but the inbox, the proofs and the heads are only ever added."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Named,
    SmallInteger,
    Table,
    Text,
    TypedColumns,
    UniqueConstraint,
    Uuid,
    func,
)
from sqlalchemy.dialects.postgresql import BIT, JSONB

from db.metadata import Schema, Timestamp, metadata_of

METADATA = metadata_of(Schema.AUDIT)


class EventTypeColumns(TypedColumns):
    """The catalogue as ``append`` checks it: what an entry of each type must name."""

    type: Named[str] = Column(Text, primary_key=True)
    required: Named[list[str]] = Column(ARRAY(Text), nullable=False)


class InboxColumns(TypedColumns):
    """An event written in the transaction of its change, until the sequencer orders it; by ticket, roughly as committed."""

    ticket: Named[int] = Column(BigInteger, Identity(always=True), primary_key=True)
    id: Named[UUID] = Column(Uuid, nullable=False, unique=True)
    body: Named[bytes] = Column(LargeBinary, nullable=False)
    person: Named[bytes | None] = Column(LargeBinary)
    key_id: Named[UUID | None] = Column(Uuid)
    wrapped: Named[bytes | None] = Column(LargeBinary)
    nonce: Named[bytes | None] = Column(LargeBinary)
    box: Named[bytes | None] = Column(LargeBinary)
    added_at: Named[datetime] = Column(Timestamp, nullable=False, server_default=func.clock_timestamp())


class AppendedColumns(TypedColumns):
    """The ids of what one call appended, until each is sealed, or missing and a case: a row of the inbox cannot vanish unseen."""

    number: Named[int] = Column(BigInteger, Identity(always=True), primary_key=True)
    ids: Named[list[UUID]] = Column(ARRAY(Uuid), nullable=False)
    at: Named[datetime] = Column(Timestamp, nullable=False, server_default=func.clock_timestamp())


class EventColumns(TypedColumns):
    """An entry of the log of a year, with the columns it is searched by; pseudonyms are 16 bytes."""

    log: Named[int] = Column(SmallInteger, primary_key=True, autoincrement=False)
    index: Named[int] = Column(BigInteger, primary_key=True, autoincrement=False)
    id: Named[UUID] = Column(Uuid, nullable=False, unique=True)
    entry: Named[bytes] = Column(LargeBinary, nullable=False)
    leaf: Named[bytes] = Column(LargeBinary, nullable=False)
    seq_t: Named[datetime] = Column(Timestamp, nullable=False)
    t: Named[datetime] = Column(Timestamp, nullable=False)
    type: Named[str] = Column(Text, nullable=False)
    outcome: Named[str] = Column(Text, nullable=False)
    class_: Named[str] = Column("class", Text, nullable=False)
    org: Named[str | None] = Column(Text)
    system: Named[str | None] = Column(Text)
    actor_user: Named[bytes | None] = Column(LargeBinary)
    role: Named[str | None] = Column(Text)
    person: Named[bytes | None] = Column(LargeBinary)
    person_n: Named[int | None] = Column(BigInteger)
    purpose: Named[str | None] = Column(Text)
    categories: Named[list[str] | None] = Column(ARRAY(Text))
    reasons: Named[list[str] | None] = Column(ARRAY(Text))
    decision_id: Named[UUID | None] = Column(Uuid)
    ref: Named[UUID | None] = Column(Uuid)
    request_case: Named[bytes | None] = Column(LargeBinary)
    dag: Named[str | None] = Column(Text)
    run: Named[str | None] = Column(Text)
    controllers: Named[list[str] | None] = Column(JSONB(none_as_null=True))


class EventKindColumns(TypedColumns):
    """What events can have in common: every column that a search may name but for whom, who, when, in which case and run.

    ``digest`` is of all these.
    """

    kind: Named[int] = Column(Integer, Identity(always=True), primary_key=True)
    digest: Named[UUID] = Column(Uuid, nullable=False, unique=True)
    org: Named[str | None] = Column(Text)
    system: Named[str | None] = Column(Text)
    type: Named[str] = Column(Text, nullable=False)
    outcome: Named[str] = Column(Text, nullable=False)
    role: Named[str | None] = Column(Text)
    purpose: Named[str | None] = Column(Text)
    categories: Named[list[str] | None] = Column(ARRAY(Text))
    reasons: Named[list[str] | None] = Column(ARRAY(Text))
    class_: Named[str] = Column("class", Text, nullable=False)
    dag: Named[str | None] = Column(Text)
    controllers: Named[list[str] | None] = Column(JSONB(none_as_null=True))


class BlockColumns(TypedColumns):
    """A full stretch of the log, number ``block`` of ``blocks.BLOCK`` events each; a projection of ``event``, rebuildable.

    Its events happened between ``first_t`` and ``last_t``.
    """

    log: Named[int] = Column(SmallInteger, primary_key=True, autoincrement=False)
    block: Named[int] = Column(Integer, primary_key=True, autoincrement=False)
    first_t: Named[datetime] = Column(Timestamp, nullable=False)
    last_t: Named[datetime] = Column(Timestamp, nullable=False)


class KindBlocksColumns(TypedColumns):
    """The blocks of a span, of ``blocks.SPAN`` blocks, that hold a kind: a bit each, the first of the span on the left."""

    log: Named[int] = Column(SmallInteger, primary_key=True, autoincrement=False)
    span: Named[int] = Column(Integer, primary_key=True, autoincrement=False)
    kind: Named[int] = Column(Integer, primary_key=True, autoincrement=False)
    held: Named[str] = Column(BIT(1024), nullable=False)


class NodeColumns(TypedColumns):
    """The hash of a full subtree; level 0 holds the leaves. Never pruned, so that old proofs verify."""

    log: Named[int] = Column(SmallInteger, primary_key=True, autoincrement=False)
    level: Named[int] = Column(SmallInteger, primary_key=True, autoincrement=False)
    n: Named[int] = Column(BigInteger, primary_key=True, autoincrement=False)
    hash: Named[bytes] = Column(LargeBinary, nullable=False)


class CheckpointColumns(TypedColumns):
    """A signed note; whatever is in a committed one is sealed."""

    log: Named[int] = Column(SmallInteger, primary_key=True, autoincrement=False)
    size: Named[int] = Column(BigInteger, primary_key=True, autoincrement=False)
    root: Named[bytes] = Column(LargeBinary, nullable=False)
    note: Named[str] = Column(Text, nullable=False)
    signed_at: Named[datetime] = Column(Timestamp, nullable=False)


class CosignatureColumns(TypedColumns):
    """A witness's signature line under a checkpoint."""

    log: Named[int] = Column(SmallInteger, primary_key=True, autoincrement=False)
    size: Named[int] = Column(BigInteger, primary_key=True, autoincrement=False)
    witness: Named[str] = Column(Text, primary_key=True)
    line: Named[str] = Column(Text, nullable=False)
    received_at: Named[datetime] = Column(Timestamp, nullable=False)


class DecisionColumns(TypedColumns):
    """A decision that was made, kept for replay; ``inputs_digest`` is the SHA-256 of the canonical facts."""

    decision_id: Named[UUID] = Column(Uuid, primary_key=True)
    event_id: Named[UUID] = Column(Uuid, nullable=False, unique=True)
    person_id: Named[UUID | None] = Column(Uuid)
    request: Named[dict[str, object]] = Column(JSONB, nullable=False)
    at: Named[datetime] = Column(Timestamp, nullable=False)
    known_at: Named[datetime] = Column(Timestamp, nullable=False)
    policy: Named[str] = Column(Text, nullable=False)
    inputs_digest: Named[bytes] = Column(LargeBinary, nullable=False)
    outcome: Named[str] = Column(Text, nullable=False)
    results: Named[list[dict[str, object]]] = Column(JSONB, nullable=False)
    consent_seq: Named[int] = Column(BigInteger, nullable=False)
    register_seq: Named[int] = Column(BigInteger, nullable=False)


class ProofColumns(TypedColumns):
    """A spent DPoP or assertion id; swept when no proof of that age would be accepted."""

    key: Named[str] = Column(Text, primary_key=True)
    jti: Named[str] = Column(Text, primary_key=True)
    at: Named[datetime] = Column(Timestamp, nullable=False)


class PersonHeadColumns(TypedColumns):
    """A person's newest event in the log of a year; a projection of ``event``, rebuildable."""

    log: Named[int] = Column(SmallInteger, primary_key=True, autoincrement=False)
    person: Named[bytes] = Column(LargeBinary, primary_key=True)
    n: Named[int] = Column(BigInteger, nullable=False)
    leaf: Named[bytes] = Column(LargeBinary, nullable=False)


class HeadBlockColumns(TypedColumns):
    """A block of the lines that a daily root stands over, by the size of the log then; ``first`` is the person of its first line."""

    log: Named[int] = Column(SmallInteger, primary_key=True, autoincrement=False)
    size: Named[int] = Column(BigInteger, primary_key=True, autoincrement=False)
    block: Named[int] = Column(Integer, primary_key=True, autoincrement=False)
    first: Named[bytes] = Column(LargeBinary, nullable=False)
    hash: Named[bytes] = Column(LargeBinary, nullable=False)


class DetailColumns(TypedColumns):
    """What can identify, encrypted under a key of its person, class and year."""

    event_id: Named[UUID] = Column(Uuid, primary_key=True)
    key_id: Named[UUID] = Column(Uuid, nullable=False)
    nonce: Named[bytes] = Column(LargeBinary, nullable=False)
    box: Named[bytes] = Column(LargeBinary, nullable=False)


class DetailKeyColumns(TypedColumns):
    """A key of details, wrapped; with its row the details are gone."""

    key_id: Named[UUID] = Column(Uuid, primary_key=True)
    log: Named[int] = Column(SmallInteger, nullable=False)
    class_: Named[str] = Column("class", Text, nullable=False)
    person: Named[bytes | None] = Column(LargeBinary)
    wrapped: Named[bytes] = Column(LargeBinary, nullable=False)


class SignerColumns(TypedColumns):
    """A key that signs a log's checkpoints."""

    log: Named[int] = Column(SmallInteger, primary_key=True, autoincrement=False)
    name: Named[str] = Column(Text, nullable=False)
    vkey: Named[str] = Column(Text, primary_key=True)
    valid_from: Named[datetime] = Column(Timestamp, nullable=False)
    valid_until: Named[datetime | None] = Column(Timestamp)


class AppendConflictColumns(TypedColumns):
    """An id that was refused for an event, because another event has it: noted once, for the auditors."""

    id: Named[UUID] = Column(Uuid, primary_key=True)
    refused_at: Named[datetime] = Column(Timestamp, nullable=False, server_default=func.clock_timestamp())


class ReviewColumns(TypedColumns):
    """A case that an auditor has to answer: the rule that opened it, the event it is about, the event that tells of its opening.

    ``person`` is a pseudonym of whom the event is about; a person's own question has a day it must be answered by.
    """

    review_id: Named[UUID] = Column(Uuid, primary_key=True)
    rule: Named[str] = Column(Text, nullable=False)
    about: Named[UUID] = Column(Uuid, nullable=False)
    person: Named[bytes | None] = Column(LargeBinary)
    opened_at: Named[datetime] = Column(Timestamp, nullable=False)
    due_at: Named[datetime | None] = Column(Timestamp)
    opening: Named[UUID] = Column(Uuid, nullable=False)


class ReviewEndColumns(TypedColumns):
    """How a case ended; the sentence that says why lies in the detail of the event that tells of it."""

    review_id: Named[UUID] = Column(Uuid, primary_key=True)
    outcome: Named[str] = Column(Text, nullable=False)
    closed_at: Named[datetime] = Column(Timestamp, nullable=False)
    closing: Named[UUID] = Column(Uuid, nullable=False)


class RetentionClassColumns(TypedColumns):
    """How many years from an event on its class is linked to its person, by which law; the newest row that has begun holds."""

    class_: Named[str] = Column("class", Text, primary_key=True)
    years: Named[int] = Column(Integer, nullable=False)
    law: Named[str] = Column(Text, nullable=False)
    verified: Named[bool] = Column(Boolean, nullable=False)
    approved_by: Named[list[str]] = Column(ARRAY(Text), nullable=False)
    valid_from: Named[datetime] = Column(Timestamp, primary_key=True)
    recorded_at: Named[datetime] = Column(Timestamp, nullable=False, server_default=func.clock_timestamp())


class UnlinkedColumns(TypedColumns):
    """A class of a year whose details and decisions are gone by right, and the event that says so."""

    year: Named[int] = Column(SmallInteger, primary_key=True, autoincrement=False)
    class_: Named[str] = Column("class", Text, primary_key=True)
    claim: Named[UUID] = Column(Uuid, nullable=False)


event_type = Table("event_type", METADATA, EventTypeColumns)
inbox = Table("inbox", METADATA, InboxColumns)
appended = Table("appended", METADATA, AppendedColumns)
event = Table("event", METADATA, EventColumns)
event_kind = Table("event_kind", METADATA, EventKindColumns)
block = Table("block", METADATA, BlockColumns)
kind_blocks = Table("kind_blocks", METADATA, KindBlocksColumns)
node = Table("node", METADATA, NodeColumns)
checkpoint = Table("checkpoint", METADATA, CheckpointColumns)
cosignature = Table("cosignature", METADATA, CosignatureColumns)
decision = Table("decision", METADATA, DecisionColumns)
proof = Table("proof", METADATA, ProofColumns)
person_head = Table("person_head", METADATA, PersonHeadColumns)
head_block = Table("head_block", METADATA, HeadBlockColumns)
detail = Table("detail", METADATA, DetailColumns)
detail_key = Table("detail_key", METADATA, DetailKeyColumns)
signer = Table("signer", METADATA, SignerColumns)
append_conflict = Table("append_conflict", METADATA, AppendConflictColumns)
review = Table("review", METADATA, ReviewColumns, UniqueConstraint("rule", "about"))
review_end = Table("review_end", METADATA, ReviewEndColumns)
retention_class = Table("retention_class", METADATA, RetentionClassColumns)
unlinked = Table("unlinked", METADATA, UnlinkedColumns)

WITH_EVERY_CALL = ("disclosure.read", "query.resolved", "query.decided", "query.consents")
"""Types that no index holds: such events are found by their time, or by the blocks that hold their kind."""

Index(None, inbox.c.person, postgresql_where=inbox.c.person.is_not(None))
Index(None, event.c.person, event.c.person_n, postgresql_where=event.c.person.is_not(None))
Index(None, event.c.actor_user, event.c.t, postgresql_where=event.c.actor_user.is_not(None))
Index(None, event.c.t, event.c.index)
Index(None, event.c.type, event.c.t, postgresql_where=event.c.type.not_in(WITH_EVERY_CALL))
Index(None, review.c.person, postgresql_where=review.c.person.is_not(None))
Index(None, event.c.decision_id, postgresql_where=event.c.decision_id.is_not(None))
Index(None, event.c.ref, postgresql_where=event.c.ref.is_not(None))
Index(None, event.c.request_case, event.c.t, postgresql_where=event.c.request_case.is_not(None))
Index(None, event.c.run, event.c.t, postgresql_where=event.c.run.is_not(None))
Index(None, event.c.seq_t, postgresql_using="brin")
Index(
    "event_page_numbers_idx",
    func.audit.page_numbers(event.c.entry),
    postgresql_using="gist",
    postgresql_where=event.c.type == "disclosure.page",
)
Index(None, proof.c.at)

APPEND_ONLY = (
    "event",
    "node",
    "checkpoint",
    "cosignature",
    "decision",
    "detail",
    "signer",
    "append_conflict",
    "review",
    "review_end",
    "retention_class",
    "unlinked",
)
"""Tables whose rows a trigger keeps from every role."""
