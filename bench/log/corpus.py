"""A log of any size, written past the sequencer: real entries, numbers, nodes and signed checkpoints, copied in."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from audit import entry
from audit.book import Written, open_log, verifier_key
from audit.checkpoint import HOST, signed
from audit.envelope import enclose
from audit.numbering import Book, Grown, Head, Row, enter, grow
from audit.post import Members
from bench.log.events import a_read
from bench.log.variety import varied
from bench.measure import Work
from db.clock import now
from db.copy import copy_rows
from db.engine import Login, Transaction
from db.environment import from_environ
from db.ids import uuid7
from db.keys import Use

PIECE: Final = 20_000
"""Events a copy."""

EVENT: Final = (
    *("log", "index", "id", "entry", "leaf", "seq_t", "t", "type", "outcome", "class", "org", "system", "actor_user"),
    *("role", "person", "person_n", "purpose", "categories", "reasons", "decision_id", "ref"),
    *("request_case", "dag", "run", "controllers"),
)
NODE: Final = ("log", "level", "n", "hash")
CHECKPOINT: Final = ("log", "size", "root", "note", "signed_at")
HEAD: Final = ("log", "person", "n", "leaf")


@dataclass(frozen=True, slots=True)
class Amount:
    """How many events, about how many persons, under how many to a checkpoint."""

    events: int
    persons: int
    a_checkpoint: int


def fill(values: Mapping[str, str], events: int, persons: int, a_checkpoint: int) -> Work:
    """Write a log of that many events, the first of them ``log.opened``; needs an empty one."""
    environment, amount = from_environ(values), Amount(events, persons, a_checkpoint)
    environment.home.mkdir(parents=True, exist_ok=True)

    def work() -> dict[str, Any]:
        with environment.database(Login.SEQUENCER, pool_size=1) as database:
            with database.transaction() as tx:
                state = open_log(tx, HOST, now())
            with database.transaction() as tx:
                _write(tx, state, amount)
        return {"events": amount.events}

    return work


def _write(tx: Transaction, state: Written, amount: Amount) -> None:
    book, heads = state.book, dict[str, Head]()
    for start in range(1, amount.events, PIECE):
        bodies = _bodies(tx, start, min(start + PIECE, amount.events), amount.persons, book.last)
        batches = list(_batches(book, heads, list(bodies), amount.a_checkpoint))
        _add(tx, batches)
        book = batches[-1][1].book
    copy_rows(
        tx,
        "audit.person_head",
        HEAD,
        ((book.log, bytes.fromhex(person), head.n, head.leaf) for person, head in heads.items()),
    )


def _bodies(tx: Transaction, start: int, stop: int, persons: int, at: datetime) -> Iterator[Members]:
    """Yield bodies that differ in id, moment, person, decision and kind, and are made of one that was enclosed as any is."""
    pattern = entry.read(enclose(a_read(0, at).event, tx.keyring).body)
    for number in range(start, stop):
        person = f"{number % persons:032x}"
        members = varied(pattern, number)
        decision = {**members["decision"], "id": str(uuid7(at))}
        moment = entry.moment(at + timedelta(microseconds=number - start))
        yield {**pattern, **members, "id": str(uuid7(at)), "t": moment, "person": person, "decision": decision}


def _batches(book: Book, heads: dict[str, Head], bodies: list[Members], size: int) -> Iterator[tuple[list[Row], Grown]]:
    for start in range(0, len(bodies), size):
        some = bodies[start : start + size]
        at = book.last + timedelta(milliseconds=1)
        known = {person: heads[person] for members in some if (person := members["person"]) in heads}
        rows, newest = enter(known, some, at)
        heads |= newest
        grown = grow(book, rows, at)
        book = grown.book
        yield rows, grown


def _add(tx: Transaction, batches: Sequence[tuple[list[Row], Grown]]) -> None:
    log = batches[0][1].book.log
    copy_rows(tx, "audit.event", EVENT, _event_rows(batches))
    copy_rows(tx, "audit.node", NODE, ((log, *node) for _, grown in batches for node in grown.nodes))
    copy_rows(tx, "audit.checkpoint", CHECKPOINT, (_checkpoint_row(tx, grown.book) for _, grown in batches))


def _checkpoint_row(tx: Transaction, book: Book) -> tuple[object, ...]:
    checkpoint, key = book.checkpoint, verifier_key(tx, book.origin, book.key_id)
    note = signed(checkpoint, key, lambda text: tx.keyring.sign(Use.CHECKPOINT, text).signature)
    return (book.log, checkpoint.size, checkpoint.root, note, book.last)


def _event_rows(batches: Sequence[tuple[list[Row], Grown]]) -> Iterator[tuple[object, ...]]:
    for rows, (_, book) in batches:
        for index, row in enumerate(rows, start=book.frontier.size - len(rows)):
            yield _event_row(book.log, index, row)


def _event_row(log: int, index: int, row: Row) -> tuple[object, ...]:
    c = row.columns
    return (
        *(log, index, c.id, row.entry, row.leaf, c.seq_t, c.t, c.type, c.outcome, c.class_, c.org, c.system),
        *(_raw(c.actor_user), c.role, _raw(c.person), c.person_n),
        *(c.purpose, c.categories, c.reasons, c.decision_id, c.ref),
        *(_raw(c.request_case), c.dag, c.run, None if c.controllers is None else json.dumps(c.controllers)),
    )


def _raw(pseudonym: str | None) -> bytes | None:
    return None if pseudonym is None else bytes.fromhex(pseudonym)
