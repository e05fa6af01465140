"""What verification asks of the tables: the log itself by pages, and what in the tables does not agree with it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy import text as sql  # noqa: TID251 - JSON operators, windows and the catalogue's own tables read best as SQL

from audit import tables
from audit.checkpoint import SignedNote
from db.engine import Read

MAX_ROWS = 1_000
"""How many rows that do not agree are named of a log."""


def logs(read: Read) -> list[int]:
    """Return the years that have a log, oldest first."""
    c = tables.checkpoint.c
    return list(read.execute(select(c.log).distinct().order_by(c.log)).scalars())


def entries_from(read: Read, log: int, index: int, most: int) -> Sequence[tuple[int, bytes]]:
    """Return up to ``most`` entries from an index on."""
    c = tables.event.c
    statement = select(c.index, c.entry).where(c.log == log, c.index >= index).order_by(c.index).limit(most)
    return read.execute(statement).all()


def nodes_from(read: Read, log: int, level: int, n: int, most: int) -> Sequence[tuple[int, bytes]]:
    """Return up to ``most`` nodes of a level from a number on."""
    c = tables.node.c
    statement = select(c.n, c.hash).where(c.log == log, c.level == level, c.n >= n).order_by(c.n).limit(most)
    return read.execute(statement).all()


def notes_from(read: Read, log: int, size: int, most: int) -> Sequence[SignedNote]:
    """Return up to ``most`` signed notes from a size on."""
    c = tables.checkpoint.c
    statement = (
        select(c.size, c.root, c.note, c.signed_at).where(c.log == log, c.size >= size).order_by(c.size).limit(most)
    )
    return [SignedNote(size, bytes(root), note, at) for size, root, note, at in read.execute(statement)]


@dataclass(frozen=True, slots=True)
class Differing:
    """An event and the first of its columns that is not what the entry says."""

    index: int
    column: str


_DIFFERING = sql("""
    SELECT index, differing FROM (
        SELECT index, CASE
               WHEN leaf <> sha256('\\x00'::bytea || entry) THEN 'leaf'
               WHEN id::text IS DISTINCT FROM e ->> 'id' THEN 'id'
               WHEN seq_t IS DISTINCT FROM CAST(e ->> 'seq_t' AS timestamptz) THEN 'seq_t'
               WHEN t IS DISTINCT FROM CAST(e ->> 't' AS timestamptz) THEN 't'
               WHEN type IS DISTINCT FROM e ->> 'type' THEN 'type'
               WHEN outcome IS DISTINCT FROM e ->> 'outcome' THEN 'outcome'
               WHEN class IS DISTINCT FROM e ->> 'class' THEN 'class'
               WHEN org IS DISTINCT FROM actor ->> 'org' THEN 'org'
               WHEN system IS DISTINCT FROM actor ->> 'system' THEN 'system'
               WHEN encode(actor_user, 'hex') IS DISTINCT FROM actor ->> 'user' THEN 'actor_user'
               WHEN role IS DISTINCT FROM actor ->> 'role' THEN 'role'
               WHEN encode(person, 'hex') IS DISTINCT FROM e ->> 'person' THEN 'person'
               WHEN person_n::text IS DISTINCT FROM e ->> 'person_n' THEN 'person_n'
               WHEN purpose IS DISTINCT FROM e ->> 'purpose' THEN 'purpose'
               WHEN to_jsonb(categories) IS DISTINCT FROM e -> 'categories' THEN 'categories'
               WHEN decision_id::text IS DISTINCT FROM decision ->> 'id' THEN 'decision_id'
               WHEN ref::text IS DISTINCT FROM e ->> 'ref' THEN 'ref'
               WHEN encode(request_case, 'hex') IS DISTINCT FROM e -> 'request' ->> 'case' THEN 'request_case'
               WHEN dag IS DISTINCT FROM e -> 'run' ->> 'dag' THEN 'dag'
               WHEN run IS DISTINCT FROM e -> 'run' ->> 'run' THEN 'run'
               WHEN controllers IS DISTINCT FROM e -> 'controllers' THEN 'controllers'
               WHEN reasons IS DISTINCT FROM CASE WHEN decision ? 'reason' THEN (
                   SELECT array_agg(DISTINCT r.value COLLATE "C" ORDER BY r.value COLLATE "C")
                     FROM jsonb_each_text(decision -> 'reason') AS r) END THEN 'reasons'
               END AS differing
          FROM audit.event,
               LATERAL (SELECT CAST(convert_from(entry, 'UTF8') AS jsonb) AS e OFFSET 0) AS parsed,
               LATERAL (SELECT e -> 'actor' AS actor, e -> 'decision' AS decision OFFSET 0) AS parts
         WHERE log = :log
    ) AS compared
     WHERE differing IS NOT NULL ORDER BY index LIMIT :most
""")
"""OFFSET 0 keeps the planner from parsing the entry anew for each column."""


def first_entry(read: Read, log: int) -> bytes | None:
    """Return the entry that opens a log."""
    c = tables.event.c
    return read.execute(select(c.entry).where(c.log == log, c.index == 0)).scalar_one_or_none()


def last_note(read: Read, log: int) -> str:
    """Return the note of a log's newest checkpoint."""
    c = tables.checkpoint.c
    return read.execute(select(c.note).where(c.log == log).order_by(c.size.desc()).limit(1)).scalar_one()


def signers(read: Read) -> list[str]:
    """Return every verifier key that the log itself names."""
    return list(read.execute(select(tables.signer.c.vkey)).scalars())


def differing_columns(read: Read, log: int) -> list[Differing]:
    """Return the events whose columns do not say what their entry says; fails when an entry is no JSON at all."""
    return [Differing(*row) for row in read.execute(_DIFFERING, {"log": log, "most": MAX_ROWS})]


_GAPS = sql("""
    SELECT index FROM (
        SELECT index, person_n, lag(person_n, 1, CASE WHEN :pruned > 0 THEN person_n - 1 ELSE 0 END) OVER person AS former_n,
               encode(lag(leaf) OVER person, 'hex') AS former_leaf,
               CASE WHEN person_n > 1
                    THEN encode(substring(entry FROM position('"person_prev":"'::bytea IN entry) + 15 FOR 64), 'escape')
               END AS person_prev
          FROM audit.event WHERE log = :log AND person IS NOT NULL
        WINDOW person AS (PARTITION BY person ORDER BY person_n)
    ) AS followed
     WHERE person_n <> former_n + 1
        OR (person_prev IS DISTINCT FROM former_leaf AND NOT (:pruned > 0 AND former_leaf IS NULL))
    UNION
    SELECT coalesce(e.index, 0) FROM (SELECT * FROM audit.person_head WHERE log = :log) AS h
      FULL JOIN (
        SELECT DISTINCT ON (person) person, person_n, leaf, index
          FROM audit.event WHERE log = :log AND person IS NOT NULL ORDER BY person, person_n DESC
      ) AS e ON e.person = h.person
     WHERE (h.n, h.leaf) IS DISTINCT FROM (e.person_n, e.leaf) AND NOT (:pruned > 0 AND e.person IS NULL)
     ORDER BY 1 LIMIT :most
""")


def person_gaps(read: Read, log: int, pruned: int) -> list[int]:
    """Return the events before which one of the same person is missing, and the newest that are not the person's head.

    Where the first ``pruned`` events are gone by right, a person's list begins where it does.
    """
    return list(read.execute(_GAPS, {"log": log, "pruned": pruned, "most": MAX_ROWS}).scalars())


_MISDATED = sql("""
    SELECT c.size FROM audit.checkpoint c JOIN audit.event e ON e.log = c.log AND e.index = c.size - 1
     WHERE c.log = :log AND c.signed_at <> e.seq_t ORDER BY c.size LIMIT :most
""")
_UNSIGNED = sql("""
    SELECT e.index FROM (
        SELECT index, seq_t, lag(seq_t) OVER (ORDER BY index) AS former FROM audit.event WHERE log = :log
    ) AS e
     WHERE e.seq_t <> e.former AND NOT EXISTS (SELECT FROM audit.checkpoint c WHERE c.log = :log AND c.size = e.index)
     ORDER BY e.index LIMIT :most
""")


def misdated(read: Read, log: int) -> list[int]:
    """Return the sizes of checkpoints that are dated otherwise than the last event that each covers: both are the batch's moment."""
    return list(read.execute(_MISDATED, {"log": log, "most": MAX_ROWS}).scalars())


def unsigned(read: Read, log: int) -> list[int]:
    """Return the sizes at which a batch ended, for the next event is of another moment, and no checkpoint is there."""
    return list(read.execute(_UNSIGNED, {"log": log, "most": MAX_ROWS}).scalars())


def first_index(read: Read, log: int) -> int | None:
    """Return the place of the first event that is there."""
    c = tables.event.c
    return read.execute(select(func.min(c.index)).where(c.log == log, c.index >= 0)).scalar_one()


_STRAYS = sql("""
    SELECT 'event', index, 0 FROM audit.event WHERE log = :log AND index < 0
    UNION ALL
    SELECT 'checkpoint', size, 0 FROM audit.checkpoint WHERE log = :log AND size <= 0
    UNION ALL
    SELECT 'node', n, level FROM audit.node WHERE log = :log AND (n < 0 OR level < 0 OR level >= :levels)
     ORDER BY 1, 2, 3 LIMIT :most
""")


def strays(read: Read, log: int, levels: int) -> list[tuple[str, int, int]]:
    """Return the kind, number and level of rows that stand where a log of a tree of so many levels has no place."""
    found = read.execute(_STRAYS, {"log": log, "levels": levels, "most": MAX_ROWS})
    return [(kind, number, level) for kind, number, level in found]


def prunings(read: Read) -> list[bytes]:
    """Return the entries that tell of events pruned, of every log."""
    c = tables.event.c
    return [bytes(each) for each in read.execute(select(c.entry).where(c.type == "retention.pruned")).scalars()]


REFUSAL = "RAISE EXCEPTION 'Rows of audit.% are added and never changed or removed.'"
KEEPING = "RAISE EXCEPTION 'Rows of audit.% stay until what they note is sealed.'"

_UNGUARDED = sql("""
    SELECT c.relname || ' has no trigger that keeps its rows'
      FROM pg_class c
     WHERE c.relnamespace = 'audit'::regnamespace AND c.relname = ANY (CAST(:tables AS text[]))
       AND NOT EXISTS (
           SELECT FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
            WHERE t.tgrelid = c.oid AND t.tgname = 'append_only' AND t.tgenabled = 'A' AND t.tgtype = 58
              AND p.proname = 'refuse' AND strpos(p.prosrc, :refusal) > 0)
    UNION ALL
    SELECT c.relname || ' may be changed by ' || pg_get_userbyid(a.grantee)
      FROM pg_class c, aclexplode(c.relacl) AS a
     WHERE c.relnamespace = 'audit'::regnamespace AND c.relname = ANY (CAST(:tables AS text[]))
       AND a.grantee <> c.relowner AND a.privilege_type IN ('UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER')
    UNION ALL
    SELECT 'appended has no trigger that keeps its rows until they are sealed'
     WHERE 2 <> (
           SELECT count(*) FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
            WHERE t.tgrelid = to_regclass('audit.appended') AND t.tgenabled = 'A' AND (
                  t.tgname = 'append_only' AND t.tgtype = 50 AND p.proname = 'refuse' AND strpos(p.prosrc, :refusal) > 0
               OR t.tgname = 'until_sealed' AND t.tgtype = 8 AND p.proname = 'refuse_unsettled'
                  AND strpos(p.prosrc, :keeping) > 0))
     ORDER BY 1
""")
"""58 is: before (2), delete (8), update (16), truncate (32), for each statement."""


def unguarded(read: Read) -> list[str]:
    """Return, as the end of a sentence on the database, what keeps append-only tables no longer."""
    values = {"tables": list(tables.APPEND_ONLY), "refusal": REFUSAL, "keeping": KEEPING}
    return list(read.execute(_UNGUARDED, values).scalars())
