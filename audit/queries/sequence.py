"""What the sequencer asks of the tables, and what one batch writes."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import delete, func, insert, select, tuple_
from sqlalchemy import text as sql  # noqa: TID251 - parallel arrays read best as SQL
from sqlalchemy.dialects.postgresql import insert as insert_or_leave

from audit import tables
from audit.details import Box
from audit.disclosure import Guard, Spend
from audit.inbox import Page, Running
from audit.numbering import Head
from audit.tree import Place
from db.engine import Read, Transaction
from db.together import statement, together

SEQUENCER_LOCK = 0x6C6F67
"""The letters "log": one sequencer to a database."""


@dataclass(frozen=True, slots=True)
class Known:
    """Where an event stands already."""

    log: int
    index: int
    entry: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a batch begins with: the backend and its clock, what stands already, what was used already, which guards hold.

    ``holding`` are places in the guards asked, whose persons stay locked until the transaction ends. ``heads`` are those of the persons
    ``asked`` about in the log ``log``, where they have one.
    """

    pid: int
    at: datetime
    known: dict[str, Known]
    spent: set[Spend]
    holding: frozenset[int]
    log: int
    asked: frozenset[str]
    heads: dict[str, Head]


class Waiting(NamedTuple):
    """An event of the inbox, by its row's id; ``standing``: that id's entry in the log, when it was appended once more meanwhile."""

    ticket: int
    id: str
    body: bytes
    box: Box | None
    standing: bytes | None


class Newest(NamedTuple):
    """The newest checkpoint."""

    log: int
    size: int
    note: str


def take_lock(tx: Transaction) -> int | None:
    """Try to become the sequencer for as long as this connection lives; return its backend, None when another is it.

    From then on it walks indexes alone: a plan made while the inbox was empty must be none that reads it whole once it is full.
    """
    tx.execute(select(func.set_config("enable_seqscan", "off", False)))
    taken, pid = tx.execute(select(func.pg_try_advisory_lock(SEQUENCER_LOCK), func.pg_backend_pid())).one()
    return pid if taken else None


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


def signers(read: Read, log: int) -> dict[str, datetime]:
    """Return the verifier keys of a log, and since when each signs it."""
    c = tables.signer.c
    return {row.vkey: row.valid_from for row in read.execute(select(c.vkey, c.valid_from).where(c.log == log))}


def add_signer(tx: Transaction, log: int, name: str, vkey: str, at: datetime) -> None:
    """Note a key that signs this log from now on."""
    tx.execute(insert(tables.signer), {"log": log, "name": name, "vkey": vkey, "valid_from": at})


_LOOK = statement("""
    SELECT pg_backend_pid(), clock_timestamp(),
           (SELECT coalesce(jsonb_agg(jsonb_build_array(e.id, e.log, e.index, convert_from(e.entry, 'UTF8'))), '[]')
              FROM audit.event e WHERE e.id = ANY (CAST(string_to_array(%(ids)s, ',') AS uuid[]))),
           (SELECT coalesce(jsonb_agg(jsonb_build_array(p.key, p.jti)), '[]')
              FROM jsonb_array_elements(CAST(%(spends)s AS jsonb)) AS g
              JOIN audit.proof p ON p.key = g ->> 0 AND p.jti = g ->> 1),
           ARRAY(SELECT consent.unchanged(
                     CAST(%(guarded)s AS uuid[]), CAST(%(consent)s AS bigint[]), CAST(%(register)s AS bigint[]))),
           (SELECT coalesce(jsonb_agg(jsonb_build_array(encode(h.person, 'hex'), h.n, encode(h.leaf, 'hex'))), '[]')
              FROM audit.person_head h
             WHERE h.log = %(log)s
               AND h.person = ANY (ARRAY(SELECT decode(p, 'hex') FROM unnest(string_to_array(%(persons)s, ',')) AS p)))
""")

_DRAIN = statement("""
    WITH kin AS MATERIALIZED (
        SELECT ctid AS place, ticket FROM audit.inbox
         WHERE person = ANY (ARRAY(SELECT decode(p, 'hex') FROM unnest(string_to_array(%(kin)s, ',')) AS p))
    ), chosen AS MATERIALIZED (
        (SELECT place FROM kin ORDER BY ticket LIMIT %(most)s)
        UNION ALL
        (SELECT ctid FROM audit.inbox WHERE ticket > %(floor)s ORDER BY ticket LIMIT %(page)s)
    ), gone AS (
        DELETE FROM audit.inbox WHERE ctid = ANY (ARRAY(SELECT place FROM chosen))
        RETURNING ticket, id, body, key_id, wrapped, nonce, box
    )
    SELECT g.ticket, CAST(g.id AS text), g.body, g.key_id, g.wrapped, g.nonce, g.box,
           (SELECT e.entry FROM audit.event e WHERE e.id = g.id) AS standing
      FROM gone g
     ORDER BY g.ticket
""")
"""Written so that no plan reads more of the inbox or the log than is taken, whatever the planner takes them for: an inbox that just filled
has no statistics. Nothing but its index leads to ``kin`` while nobody asks for their order, rows go by their place, and a subquery with a
value is never made by reading the log whole. For the rest see ``take_lock``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a batch asks to begin with: of the calls their ids, what they spend, their guards, their persons and the kin of these.

    ``kin`` are all the pseudonyms that a person has in the log ``log``. Of the inbox: all of theirs (up to ``most``), and a page.
    """

    ids: Collection[str]
    spends: Collection[Spend]
    guards: Sequence[Guard]
    log: int
    persons: frozenset[str]
    kin: frozenset[str]
    most: int
    page: Page

    @property
    def values(self) -> dict[str, object]:
        """Bind it; joined texts travel cheaper than arrays."""
        return {
            "ids": ",".join(self.ids),
            "spends": json.dumps([[spend.key, spend.jti] for spend in self.spends]),
            "guarded": [guard.person_id for guard in self.guards],
            "consent": [guard.consent_seq for guard in self.guards],
            "register": [guard.register_seq for guard in self.guards],
            "log": self.log,
            "persons": ",".join(self.persons),
            "kin": ",".join(self.kin),
            "most": self.most,
            "floor": self.page.floor,
            "page": self.page.most,
        }


_RUNNING = statement("""
    SELECT CAST(CAST(pg_snapshot_xmin(now) AS text) AS bigint), CAST(CAST(pg_snapshot_xmax(now) AS text) AS bigint)
      FROM pg_current_snapshot() AS now
""")


def running(tx: Transaction) -> Running:
    """Tell which transactions write on this server just now; who only reads is none of them."""
    [[row]] = together(tx, _RUNNING.asked({}))
    return Running(*row)


def begin(tx: Transaction, asked: Asked) -> tuple[Look, list[Waiting]]:
    """Look at what a batch begins with, then take out of the inbox, by ticket, what is to be entered before its calls.

    One round trip and two statements: the guards of the first lock the persons, so the second sees whatever was committed before.
    """
    looked, drained = together(tx, _LOOK.asked(asked.values), _DRAIN.asked(asked.values))
    return _look(asked, *looked), [_waiting(*row) for row in drained]


def _look(asked: Asked, row: Sequence[Any]) -> Look:
    pid, at, known, spent, holding, heads_ = row
    return Look(
        pid=pid,
        at=at,
        known={id_: Known(log, index, entry.encode()) for id_, log, index, entry in known},
        spent={Spend(key=key, jti=jti) for key, jti in spent},
        holding=frozenset(position - 1 for position in holding),
        log=asked.log,
        asked=asked.persons,
        heads={person: Head(n, bytes.fromhex(leaf)) for person, n, leaf in heads_},
    )


def _waiting(ticket: int, id_: str, body: bytes, *rest: Any) -> Waiting:
    key_id, wrapped, nonce, box, standing = rest
    return Waiting(ticket, id_, bytes(body), None if key_id is None else Box(key_id, wrapped, nonce, box), standing)


def note_conflicts(tx: Transaction, ids: Collection[str]) -> None:
    """Note ids that were used for two events; what is noted already changes nothing."""
    tx.execute(insert_or_leave(tables.append_conflict).on_conflict_do_nothing(), [{"id": UUID(id_)} for id_ in ids])


_HEADS = sql("""
    SELECT encode(h.person, 'hex'), h.n, h.leaf
      FROM unnest(string_to_array(:persons, ',')) AS g (person)
      JOIN audit.person_head h ON h.log = :log AND h.person = decode(g.person, 'hex')
""")


def heads(read: Read, log: int, persons: Collection[str]) -> dict[str, Head]:
    """Return the newest event of each of these pseudonyms that has one in this log."""
    rows = read.execute(_HEADS, {"log": log, "persons": ",".join(persons)})
    return {person: Head(n, bytes(leaf)) for person, n, leaf in rows}


def sweep_spent(tx: Transaction, before: datetime) -> None:
    """Forget ids so old that no proof with them would be accepted."""
    tx.execute(delete(tables.proof).where(tables.proof.c.at < before))
