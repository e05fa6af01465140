"""What the sequencer asks of the tables, and what one batch writes."""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import delete, func, insert, select, tuple_
from sqlalchemy import text as sql  # noqa: TID251 - parallel arrays and DELETE ... RETURNING in a CTE read best as SQL

from audit import tables
from audit.columns import Columns
from audit.details import Box
from audit.disclosure import DecisionRecord, Guard, Spend
from audit.numbering import Head, Row
from audit.tree import Node, Place
from db.copy import copy_rows
from db.engine import Read, Transaction

SEQUENCER_LOCK = 0x6C6F67
"""The letters "log": one sequencer to a database."""

CHANNEL = "audit_checkpoint"
_EVENT_COLUMNS = ("log", "index", "entry", "leaf", *(name.rstrip("_") for name in Columns._fields))


class Session(NamedTuple):
    """Which backend serves this transaction, and what its clock says."""

    pid: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Known:
    """Where an event stands already."""

    log: int
    index: int
    entry: bytes


class Waiting(NamedTuple):
    """An event of the inbox; ``known``: it is in the log already, and was appended once more meanwhile."""

    ticket: int
    id: UUID
    body: bytes
    box: Box | None
    known: bool


class Newest(NamedTuple):
    """The newest checkpoint."""

    log: int
    size: int
    note: str


def take_lock(tx: Transaction) -> bool:
    """Try to become the sequencer, for as long as this connection lives."""
    return bool(tx.execute(select(func.pg_try_advisory_lock(SEQUENCER_LOCK))).scalar_one())


def session(read: Read) -> Session:
    """Return the backend and its clock."""
    return Session(*read.execute(select(func.pg_backend_pid(), func.clock_timestamp())).one())


def newest_checkpoint(read: Read) -> Newest | None:
    """Return the newest checkpoint of the newest log, None before the first."""
    c = tables.checkpoint.c
    statement = select(c.log, c.size, c.note).order_by(c.log.desc(), c.size.desc()).limit(1)
    row = read.execute(statement).one_or_none()
    return None if row is None else Newest(*row)


def last_moment(read: Read, log: int, size: int) -> datetime:
    """Return the time of the last of the first ``size`` entries."""
    c = tables.event.c
    return read.execute(select(c.seq_t).where(c.log == log, c.index == size - 1)).scalar_one()


def nodes_at(read: Read, log: int, places: Sequence[Place]) -> list[bytes]:
    """Return the hashes at these places, in their order; fewer when some are missing."""
    c = tables.node.c
    statement = select(c.level, c.n, c.hash).where(c.log == log, tuple_(c.level, c.n).in_([tuple(p) for p in places]))
    found = {Place(level, n): bytes(hash_) for level, n, hash_ in read.execute(statement)}
    return [found[place] for place in places if place in found]


def signers(read: Read, log: int) -> set[str]:
    """Return the verifier keys of a log."""
    c = tables.signer.c
    return set(read.execute(select(c.vkey).where(c.log == log)).scalars())


def add_signer(tx: Transaction, log: int, name: str, vkey: str, at: datetime) -> None:
    """Note a key that signs this log from now on."""
    tx.execute(insert(tables.signer), {"log": log, "name": name, "vkey": vkey, "valid_from": at})


def known(read: Read, ids: Collection[UUID]) -> dict[UUID, Known]:
    """Return those of these events that stand in the log."""
    c = tables.event.c
    rows = read.execute(select(c.id, c.log, c.index, c.entry).where(c.id == func.any(list(ids))))
    return {id_: Known(log, index, bytes(entry)) for id_, log, index, entry in rows}


_UNCHANGED = sql("""
    SELECT consent.unchanged(CAST(:persons AS uuid[]), CAST(:consent AS bigint[]), CAST(:register AS bigint[]))
""")


def unchanged(tx: Transaction, guards: Sequence[Guard]) -> set[int]:
    """Return the places (from 0) of the guards that still hold; their persons stay locked until the transaction ends."""
    values = {
        "persons": [guard.person_id for guard in guards],
        "consent": [guard.consent_seq for guard in guards],
        "register": [guard.register_seq for guard in guards],
    }
    return {position - 1 for position in tx.execute(_UNCHANGED, values).scalars()}


_SPENT = sql("""
    SELECT p.key, p.jti
      FROM unnest(CAST(:keys AS text[]), CAST(:jtis AS text[])) AS g (key, jti)
      JOIN audit.proof p ON p.key = g.key AND p.jti = g.jti
""")


def spent(read: Read, spends: Sequence[Spend]) -> set[Spend]:
    """Return those of these ids that were used before."""
    values = {"keys": [spend.key for spend in spends], "jtis": [spend.jti for spend in spends]}
    return {Spend(key=key, jti=jti) for key, jti in read.execute(_SPENT, values)}


_DRAIN = sql("""
    WITH chosen AS MATERIALIZED (
        (SELECT ticket FROM audit.inbox WHERE person = ANY (CAST(:kin AS bytea[])) ORDER BY ticket LIMIT :most)
        UNION
        (SELECT ticket FROM audit.inbox WHERE ticket > :floor ORDER BY ticket LIMIT :most)
    ), gone AS (
        DELETE FROM audit.inbox WHERE ticket IN (SELECT ticket FROM chosen)
        RETURNING ticket, id, body, key_id, wrapped, nonce, box
    )
    SELECT g.ticket, g.id, g.body, g.key_id, g.wrapped, g.nonce, g.box,
           EXISTS (SELECT FROM audit.event e WHERE e.id = g.id) AS known
      FROM gone g
     ORDER BY g.ticket
""")


def drain(tx: Transaction, *, kin: Collection[str], floor: int, most: int) -> list[Waiting]:
    """Take events out of the inbox, by ticket: all of the persons in ``kin`` (up to ``most``), and those past ``floor``."""
    rows = tx.execute(_DRAIN, {"kin": [bytes.fromhex(each) for each in kin], "floor": floor, "most": most})
    return [
        Waiting(ticket, id_, bytes(body), None if key_id is None else Box(key_id, wrapped, nonce, box), known_)
        for ticket, id_, body, key_id, wrapped, nonce, box, known_ in rows
    ]


_HEADS = sql("""
    SELECT encode(person, 'hex'), n, leaf FROM audit.person_head WHERE log = :log AND person = ANY (CAST(:persons AS bytea[]))
""")


def heads(read: Read, log: int, persons: Collection[str]) -> dict[str, Head]:
    """Return the newest event of each of these pseudonyms that has one in this log."""
    rows = read.execute(_HEADS, {"log": log, "persons": [bytes.fromhex(person) for person in persons]})
    return {person: Head(n, bytes(leaf)) for person, n, leaf in rows}


def add_events(tx: Transaction, log: int, rows: Iterable[Row]) -> None:
    """Add events at their places."""
    copy_rows(tx, "audit.event", _EVENT_COLUMNS, (_event_values(log, row) for row in rows))


def _event_values(log: int, row: Row) -> tuple[object, ...]:
    columns = row.columns
    user, person = columns.actor_user, columns.person
    binary = columns._replace(
        actor_user=None if user is None else f"\\x{user}", person=None if person is None else f"\\x{person}"
    )
    return (log, row.index, row.entry, row.leaf, *binary)


def add_nodes(tx: Transaction, log: int, nodes: Iterable[Node]) -> None:
    """Add the subtrees that were completed."""
    copy_rows(tx, "audit.node", ("log", "level", "n", "hash"), ((log, *node) for node in nodes))


_SET_HEADS = sql("""
    INSERT INTO audit.person_head AS h (log, person, n, leaf)
    SELECT :log, g.person, g.n, g.leaf
      FROM unnest(CAST(:persons AS bytea[]), CAST(:numbers AS bigint[]), CAST(:leaves AS bytea[])) AS g (person, n, leaf)
        ON CONFLICT (log, person) DO UPDATE SET n = excluded.n, leaf = excluded.leaf
""")


def set_heads(tx: Transaction, log: int, newest: dict[str, Head]) -> None:
    """Put each person's head where it is now."""
    values = {
        "log": log,
        "persons": [bytes.fromhex(person) for person in newest],
        "numbers": [head.n for head in newest.values()],
        "leaves": [head.leaf for head in newest.values()],
    }
    tx.execute(_SET_HEADS, values)


class DetailRow(NamedTuple):
    """An event's encrypted detail, with what its key is filed under."""

    event_id: UUID
    box: Box
    log: int
    class_: str
    person: str | None


_ADD_KEYS = sql("""
    INSERT INTO audit.detail_key (key_id, log, class, person, wrapped)
    SELECT g.* FROM unnest(
        CAST(:ids AS uuid[]), CAST(:logs AS smallint[]), CAST(:classes AS text[]),
        CAST(:persons AS bytea[]), CAST(:wrapped AS bytea[])) AS g
        ON CONFLICT (key_id) DO NOTHING
""")


def add_details(tx: Transaction, rows: Sequence[DetailRow]) -> None:
    """Add encrypted details, and those of their keys that are new."""
    columns = ("event_id", "key_id", "nonce", "box")
    copy_rows(tx, "audit.detail", columns, ((row.event_id, row.box.key_id, row.box.nonce, row.box.box) for row in rows))
    keys = {row.box.key_id: row for row in rows}
    values = {
        "ids": list(keys),
        "logs": [row.log for row in keys.values()],
        "classes": [row.class_ for row in keys.values()],
        "persons": [row.person and bytes.fromhex(row.person) for row in keys.values()],
        "wrapped": [row.box.wrapped for row in keys.values()],
    }
    tx.execute(_ADD_KEYS, values)


_DECISION_COLUMNS = (
    "decision_id", "event_id", "person_id", "request", "at", "known_at", "policy", "inputs_digest", "outcome", "results",
    "consent_seq", "register_seq",
)  # fmt: skip


def add_decisions(tx: Transaction, decisions: Iterable[tuple[UUID, DecisionRecord]]) -> None:
    """Add the decisions behind events, each with its event's id."""
    copy_rows(tx, "audit.decision", _DECISION_COLUMNS, (_decision_values(event_id, d) for event_id, d in decisions))


def _decision_values(event_id: UUID, decision: DecisionRecord) -> tuple[object, ...]:
    return (
        decision.decision_id,
        event_id,
        decision.person_id,
        json.dumps(decision.request),
        decision.at,
        decision.known_at,
        decision.policy,
        bytes.fromhex(decision.inputs_digest),
        decision.outcome.value,
        json.dumps(decision.results),
        decision.consent_seq,
        decision.register_seq,
    )


def add_spent(tx: Transaction, spends: Iterable[Spend], at: datetime) -> None:
    """Note ids as used."""
    copy_rows(tx, "audit.proof", ("key", "jti", "at"), ((spend.key, spend.jti, at) for spend in spends))


def sweep_spent(tx: Transaction, before: datetime) -> None:
    """Forget ids so old that no proof with them would be accepted."""
    tx.execute(delete(tables.proof).where(tables.proof.c.at < before))


def add_checkpoint(tx: Transaction, *, log: int, size: int, root: bytes, note: str, at: datetime) -> None:
    """Add a signed note, and tell who listens once it is committed."""
    tx.execute(insert(tables.checkpoint), {"log": log, "size": size, "root": root, "note": note, "signed_at": at})
    tx.execute(select(func.pg_notify(CHANNEL, f"{log}/{size}")))
