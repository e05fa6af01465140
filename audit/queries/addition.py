"""What one batch of the sequencer adds to the log, in three statements: what needs no number, the events, the tree over them."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from audit.columns import Columns
from audit.disclosure import Spend
from audit.numbering import Entered, Grown
from audit.post import DetailRow
from db.together import Asked, statement

CHANNEL = "audit_checkpoint"
_LISTS: Final = frozenset({"categories", "reasons", "controllers"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Belongings:
    """What stands beside the events of a batch, under their ids alone."""

    details: Sequence[DetailRow]
    decisions: Sequence[tuple[str, str]]
    spends: Sequence[Spend]
    at: datetime


_IN_TURN = statement("LOCK TABLE audit.event IN ROW EXCLUSIVE MODE")
"""Whoever takes events away locks them before what stands beside them, and so do we: else each could wait for the other."""

_BELONGINGS = statement("""
    WITH new_key AS (
        INSERT INTO audit.detail_key
        SELECT CAST(u.id AS uuid), CAST(u.log AS smallint), u.class, decode(nullif(u.person, ''), 'hex'), decode(u.wrapped, 'hex')
          FROM unnest(
                   string_to_array(%(key_ids)s, ','), string_to_array(%(key_logs)s, ','), string_to_array(%(key_classes)s, ','),
                   string_to_array(%(key_persons)s, ','), string_to_array(%(key_wrapped)s, ','))
               AS u (id, log, class, person, wrapped)
            ON CONFLICT (key_id) DO NOTHING
    ), new_detail AS (
        INSERT INTO audit.detail
        SELECT CAST(u.event_id AS uuid), CAST(u.key_id AS uuid), decode(u.nonce, 'hex'), decode(u.box, 'hex')
          FROM unnest(
                   string_to_array(%(detail_events)s, ','), string_to_array(%(detail_keys)s, ','),
                   string_to_array(%(detail_nonces)s, ','), string_to_array(%(detail_boxes)s, ','))
               AS u (event_id, key_id, nonce, box)
    ), new_decision AS (
        INSERT INTO audit.decision
        SELECT d.decision_id, d.event_id, d.person_id, d.request, d.at, d.known_at, d.policy, decode(d.inputs_digest, 'hex'), d.outcome,
               d.results, d.consent_seq, d.register_seq
          FROM ROWS FROM (
                   jsonb_to_recordset(CAST(%(decisions)s AS jsonb)) AS (
                       decision_id uuid, person_id uuid, request jsonb, at timestamptz, known_at timestamptz, policy text,
                       inputs_digest text, outcome text, results jsonb, consent_seq bigint, register_seq bigint),
                   unnest(CAST(string_to_array(%(decided)s, ',') AS uuid[])))
               AS d (decision_id, person_id, request, at, known_at, policy, inputs_digest, outcome, results, consent_seq, register_seq,
                     event_id)
    ), new_proof AS (
        INSERT INTO audit.proof
        SELECT p ->> 0, p ->> 1, %(at)s FROM jsonb_array_elements(CAST(%(spends)s AS jsonb)) AS p
    )
    SELECT
""")
"""Joined texts travel ten times cheaper than arrays. What separates, no value holds: codes and entries have no control characters, all
else is hexadecimal."""

_EVENTS = statement(
    """
    WITH new_event AS (
        INSERT INTO audit.event
        SELECT %(log)s, %(first)s + u.place - 1, CAST(u.id AS uuid), convert_to(u.entry, 'UTF8'), decode(u.leaf, 'hex'),
               CAST(u.seq_t AS timestamptz), CAST(u.t AS timestamptz), u.type, u.outcome, u.class,
               u.org, u.system, decode(u.actor_user, 'hex'), u.role, decode(u.person, 'hex'), CAST(u.person_n AS bigint), u.purpose,
               string_to_array(u.categories, chr(31)), string_to_array(u.reasons, chr(31)), CAST(u.decision_id AS uuid),
               CAST(u.ref AS uuid), decode(u.request_case, 'hex'), u.dag, u.run, to_jsonb(string_to_array(u.controllers, chr(31)))
          FROM unnest(
                   string_to_array(%(entries)s, chr(10)), string_to_array(%(leaves)s, chr(10)), {columns})
               WITH ORDINALITY AS u (entry, leaf, {names}, place)
    ), new_head AS (
        INSERT INTO audit.person_head
        SELECT %(log)s, decode(u.person, 'hex'), CAST(u.n AS bigint), decode(u.leaf, 'hex')
          FROM unnest(string_to_array(%(head_persons)s, ','), string_to_array(%(head_ns)s, ','), string_to_array(%(head_leaves)s, ','))
               AS u (person, n, leaf)
            ON CONFLICT (log, person) DO UPDATE SET n = excluded.n, leaf = excluded.leaf
    )
    SELECT
""".format(  # noqa: S608 - put together from our own text, every value is bound
        columns=", ".join(f"string_to_array(%({each})s, chr(10), '')" for each in Columns._fields),
        names=", ".join(each.rstrip("_") for each in Columns._fields),
    )
)
"""The columns are sent beside the entries: to read them out of these costs the server twice that."""

_TREE = statement("""
    WITH new_node AS (
        INSERT INTO audit.node
        SELECT %(log)s, CAST(u.level AS smallint), CAST(u.n AS bigint), decode(u.hash, 'hex')
          FROM unnest(string_to_array(%(node_levels)s, ','), string_to_array(%(node_ns)s, ','), string_to_array(%(node_hashes)s, ','))
               AS u (level, n, hash)
    ), new_checkpoint AS (
        INSERT INTO audit.checkpoint VALUES (%(log)s, %(size)s, %(root)s, %(note)s, %(at)s)
    )
    SELECT pg_notify(%(channel)s, %(log)s || '/' || %(size)s)
""")


def in_turn() -> Asked:
    """Ask for the table of events, of which others may take away none until we are done; it comes before all else."""
    return _IN_TURN.asked({})


def belongings(added: Belongings) -> Asked:
    """Ask for what stands beside the events to be added."""
    keys = {row.key_id: row for row in added.details}.values()
    return _BELONGINGS.asked(
        {
            "key_ids": ",".join(row.key_id for row in keys),
            "key_logs": ",".join(row.log for row in keys),
            "key_classes": ",".join(row.class_ for row in keys),
            "key_persons": ",".join(row.person for row in keys),
            "key_wrapped": ",".join(row.wrapped for row in keys),
            "detail_events": ",".join(row.event_id for row in added.details),
            "detail_keys": ",".join(row.key_id for row in added.details),
            "detail_nonces": ",".join(row.nonce for row in added.details),
            "detail_boxes": ",".join(row.box for row in added.details),
            "decided": ",".join(event_id for event_id, _ in added.decisions),
            "decisions": f"[{','.join(decision for _, decision in added.decisions)}]",
            "spends": json.dumps([[spend.key, spend.jti] for spend in added.spends]),
            "at": added.at,
        }
    )


def events(log: int, first: int, entered: Entered) -> Asked:
    """Ask for the events of a batch, which stand from the index ``first`` on, and the new heads of the persons they name."""
    rows, heads = entered
    columns = zip(*(row.columns for row in rows), strict=True)
    return _EVENTS.asked(
        {name: _joined(name, column) for name, column in zip(Columns._fields, columns, strict=True)}
        | {
            "log": log,
            "first": first,
            "entries": "\n".join(row.entry.decode() for row in rows),
            "leaves": "\n".join(row.leaf.hex() for row in rows),
            "head_persons": ",".join(heads),
            "head_ns": ",".join(str(head.n) for head in heads.values()),
            "head_leaves": ",".join(head.leaf.hex() for head in heads.values()),
        }
    )


def _joined(name: str, column: Iterable[Any]) -> str:
    """Write a column of entries, in which nothing is empty: that stands for none."""
    if name in _LISTS:
        return "\n".join(["\x1f".join(each or ()) for each in column])
    return "\n".join([str(each or "") for each in column])


def tree(grown: Grown, note: str) -> Asked:
    """Ask for the nodes of a batch with the note over them, and for who listens to be told once it is committed."""
    nodes, book = grown
    return _TREE.asked(
        {
            "log": book.log,
            "node_levels": ",".join(str(node.level) for node in nodes),
            "node_ns": ",".join(str(node.n) for node in nodes),
            "node_hashes": ",".join(node.hash.hex() for node in nodes),
            "size": book.frontier.size,
            "root": book.frontier.root(),
            "note": note,
            "at": book.last,
            "channel": CHANNEL,
        }
    )
