"""What of a stretch of time does not add up: each rule names the events, or rows, that lack what should stand beside them."""

# ruff: noqa: S608 - statements are put together from our own text, every value is bound

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import LargeBinary, Uuid, select
from sqlalchemy import text as sql  # noqa: TID251 - rules over the log's JSON are clearer as SQL

from audit.events import EventType
from audit.queries import blocks, reviews
from db.engine import Read
from publish.queries.after_a_no import READ_AFTER_DENIAL, READ_AFTER_NO
from publish.queries.cases import CASE_UNTOLD
from publish.queries.hiding import SEARCH_HIDES
from publish.queries.notices import NOTICE_UNTOLD

MOST_FOUND: Final = 200
"""So many of one rule at a time; asked again it finds others, once these have their cases."""
SLACK: Final = timedelta(minutes=5)
"""An event's time may lie so far beside that of its row."""
APPLIED_WITHIN: Final = timedelta(days=5)
PUBLISHED_WITHIN: Final = timedelta(hours=6)
WAITS_AT_MOST: Final = timedelta(seconds=5)
SILENT_AT_MOST: Final = timedelta(seconds=150)

_OF_ACTS: Final = [each.value for each in EventType if each.startswith("consent.")]
_OF_DENIALS: Final = [EventType.DENIAL_RECORDED.value]
_ALWAYS_DECIDED: Final = [
    each.value
    for each in (
        EventType.DISCLOSURE_READ,
        EventType.DISCLOSURE_EXPORTED,
        EventType.QUERY_DECIDED,
    )
]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Half-open ``[since, until)``: by when an event was sealed, and by when a row was recorded."""

    since: datetime
    until: datetime


class Found(NamedTuple):
    """What does not add up: an event, or a row where no event is; whom it is about as the log calls them, None where it names nobody."""

    about: UUID
    person: bytes | None


def found(read: Read, rule: str, stretch: Stretch) -> list[Found]:
    """List what a rule of ``RULES`` finds in a stretch and has no case about, at most 200."""
    bound: dict[str, Any] = {
        "since": stretch.since,
        "until": stretch.until,
        "slack": SLACK,
        "of_acts": _OF_ACTS,
        "of_denials": _OF_DENIALS,
        "decided": _ALWAYS_DECIDED,
        "late": APPLIED_WITHIN,
        "published": PUBLISHED_WITHIN,
        "waits": WAITS_AT_MOST,
        "silent": SILENT_AT_MOST,
        "block": blocks.BLOCK,
    }
    asked = sql(RULES[rule])
    named = asked.columns(about=Uuid(), person=LargeBinary()).subquery("named").c
    new = select(named.about, named.person).where(reviews.without_case(rule, named.about)).limit(MOST_FOUND)
    return [Found(*row) for row in read.execute(new, {each: bound[each] for each in asked.compile().params})]


_WINDOW: Final = "e.seq_t >= :since AND e.seq_t < :until"
_SAID: Final = "CROSS JOIN LATERAL (SELECT convert_from(e.entry, 'UTF8')::jsonb AS said) s"

_DECISION_MISSING: Final = f"""
    SELECT e.id AS about, e.person
      FROM audit.event e
      LEFT JOIN audit.decision d ON d.decision_id = e.decision_id AND d.event_id = e.id
     WHERE {_WINDOW} AND (e.type = ANY (:decided) OR e.decision_id IS NOT NULL) AND d.decision_id IS NULL
       AND NOT EXISTS (
           SELECT FROM audit.unlinked u
            WHERE u.year = extract(year FROM e.t AT TIME ZONE 'UTC') AND u.class = e.class)
"""
_DECISION_ALONE: Final = """
    SELECT d.event_id AS about, NULL::bytea AS person
      FROM audit.decision d
     WHERE d.known_at >= :since AND d.known_at < :until
       AND NOT EXISTS (SELECT FROM audit.event e WHERE e.id = d.event_id AND e.decision_id = d.decision_id)
"""
_DECISION_DIFFERS: Final = f"""
    SELECT e.id AS about, e.person
      FROM audit.event e JOIN audit.decision d ON d.event_id = e.id {_SAID}
     WHERE {_WINDOW} AND said #>> '{{decision,inputs}}' IS DISTINCT FROM encode(d.inputs_digest, 'hex')
"""
_DECISION_LATER: Final = f"""
    SELECT e.id AS about, e.person
      FROM audit.event e JOIN audit.decision d ON d.event_id = e.id
     WHERE {_WINDOW} AND d.at > e.seq_t
"""
_NOT_PERMITTED: Final = f"""
    SELECT e.id AS about, e.person
      FROM audit.event e JOIN audit.decision d ON d.event_id = e.id {_SAID}
     WHERE {_WINDOW} AND e.outcome IN ('permit', 'partial') AND e.type = ANY (:decided)
       AND EXISTS (
           SELECT FROM jsonb_array_elements(d.results) AS result
            WHERE NOT coalesce(said -> 'withheld', '[]') ? (result ->> 'category')
              AND NOT d.results @> jsonb_build_array(jsonb_build_object('category', result -> 'category', 'permitted', true)))
"""
"""What was held and not withheld was given: a result must permit it."""

_ACT_NOT_AS_CITED: Final = f"""
    SELECT DISTINCT e.id AS about, e.person
      FROM audit.event e JOIN audit.decision d ON d.event_id = e.id {_SAID}
     CROSS JOIN LATERAL jsonb_array_elements(said -> 'consents') AS cited
      LEFT JOIN consent.act a ON a.act_id = (cited ->> 'act')::uuid
     WHERE {_WINDOW}
       AND (a.act_id IS NULL OR encode(a.digest, 'hex') <> cited ->> 'digest' OR a.recorded_at > d.known_at
            OR cited ->> 'state' = 'given' AND EXISTS (
               SELECT FROM consent.invalidation i WHERE i.act_id = a.act_id AND i.recorded_at <= d.known_at))
"""
_DENIAL_NOT_AS_CITED: Final = f"""
    SELECT DISTINCT e.id AS about, e.person
      FROM audit.event e JOIN audit.decision d ON d.event_id = e.id {_SAID}
     CROSS JOIN LATERAL jsonb_array_elements(said -> 'denials') AS cited
      LEFT JOIN consent.denial n ON n.denial_id = (cited ->> 'id')::uuid
     WHERE {_WINDOW}
       AND (n.denial_id IS NULL OR encode(n.digest, 'hex') <> cited ->> 'digest' OR n.recorded_at > d.known_at)
"""


def _told(types: str) -> str:
    """Name the rows of which events of these types tell, by id and digest."""
    return f"""
        SELECT said #>> '{{change,id}}' AS id, said #>> '{{change,digest}}' AS digest
          FROM audit.event e {_SAID}
         WHERE e.type = ANY ({types}) AND e.t >= CAST(:since AS timestamptz) - :slack AND e.t < CAST(:until AS timestamptz) + :slack
    """


def _without_event(table: str, key: str, types: str) -> str:
    return f"""
        WITH told AS MATERIALIZED ({_told(types)})
        SELECT r.{key} AS about, NULL::bytea AS person
          FROM {table} r
         WHERE r.recorded_at >= :since AND r.recorded_at < :until
           AND NOT EXISTS (SELECT FROM told WHERE told.id = r.{key}::text AND told.digest = encode(r.digest, 'hex'))
    """


def _without_row(table: str, key: str, types: str) -> str:
    """Find what the log says was appended, and is not there as it was."""
    return f"""
        SELECT e.id AS about, e.person
          FROM audit.event e {_SAID}
          LEFT JOIN {table} r ON r.{key}::text = said #>> '{{change,id}}'
         WHERE {_WINDOW} AND e.type = ANY ({types}) AND said #>> '{{change,table}}' = '{table}'
           AND encode(r.digest, 'hex') IS DISTINCT FROM said #>> '{{change,digest}}'
    """


_ANSWERS_DIFFER: Final = f"""
    WITH hours AS MATERIALIZED (
        SELECT hour FROM generate_series(
                   date_trunc('hour', CAST(:since AS timestamptz) - :slack - interval '1 hour'),
                   date_trunc('hour', CAST(:until AS timestamptz)), interval '1 hour') AS hour
         WHERE hour + interval '1 hour' + :slack >= :since AND hour + interval '1 hour' + :slack < :until
    ), span AS (SELECT min(hour) AS first, max(hour) + interval '1 hour' AS last FROM hours
    ), left_us AS MATERIALIZED (
        SELECT date_trunc('hour', e.t) AS hour, e.id FROM audit.event e, span
         WHERE e.type = 'disclosure.read' AND e.outcome IN ('permit', 'partial') AND e.t >= span.first AND e.t < span.last
           AND NOT EXISTS (SELECT FROM audit.event a WHERE a.type = 'disclosure.aborted' AND a.t >= span.first AND a.ref = e.id)
    ), told AS MATERIALIZED (
        SELECT (said #>> '{{period,from}}')::timestamptz AS hour, (said #>> '{{result,count}}')::bigint AS answers, e.id
          FROM span CROSS JOIN audit.event e {_SAID}
         WHERE e.type = 'responses.counted' AND e.t >= span.first
    )
    SELECT min(coalesce(left_us.id, told.id)::text)::uuid AS about, NULL::bytea AS person
      FROM hours
      LEFT JOIN (SELECT hour, count(*) AS events, min(id::text)::uuid AS id FROM left_us GROUP BY hour) left_us USING (hour)
      LEFT JOIN (SELECT hour, sum(answers) AS answers, min(id::text)::uuid AS id FROM told GROUP BY hour) told USING (hour)
     WHERE coalesce(left_us.events, 0) <> coalesce(told.answers, 0)
     GROUP BY hour
"""
"""What the web counted of its answers is what the log tells of, hour by hour, once the hour is over."""

_FETCH_MISSING: Final = f"""
    WITH fetched AS MATERIALIZED (
        SELECT said #>> '{{change,id}}' AS batch
          FROM audit.event e {_SAID}
         WHERE e.type = 'source.fetched' AND e.outcome = 'ok' AND e.t < CAST(:until AS timestamptz) + :slack
           AND e.t >= (SELECT min(planned_at) FROM staging.batch WHERE merged_at >= :since AND merged_at < :until)
    )
    SELECT b.batch_id AS about, NULL::bytea AS person
      FROM staging.batch b
     WHERE b.merged_at >= :since AND b.merged_at < :until
       AND NOT EXISTS (SELECT FROM fetched WHERE fetched.batch = b.batch_id::text)
"""
_LOAD_DIFFERS: Final = f"""
    WITH loaded AS MATERIALIZED (
        SELECT e.t, (told ->> 'pulled')::bigint AS pulled, (told ->> 'quarantined')::bigint AS quarantined
          FROM audit.event e {_SAID} CROSS JOIN LATERAL (SELECT said -> 'result' AS told) t
         WHERE e.type = 'load.completed' AND e.t >= CAST(:since AS timestamptz) - :slack AND e.t < CAST(:until AS timestamptz) + :slack
    )
    SELECT min(b.batch_id::text)::uuid AS about, NULL::bytea AS person
      FROM staging.batch b
     WHERE b.merged_at >= :since AND b.merged_at < :until
     GROUP BY b.merged_at, b.source
    HAVING NOT EXISTS (
           SELECT FROM loaded WHERE loaded.t = b.merged_at
              AND loaded.pulled = sum(coalesce((b.counts ->> 'pulled')::bigint, 0))
              AND loaded.quarantined = sum(coalesce((b.counts ->> 'quarantined')::bigint, 0)))
"""
"""A load is told once, at the moment in the batches' rows, with their sums."""

_NOT_PUBLISHED: Final = """
    SELECT min(b.batch_id::text)::uuid AS about, NULL::bytea AS person
      FROM staging.batch b
     WHERE b.merged_at >= CAST(:since AS timestamptz) - :published AND b.merged_at < CAST(:until AS timestamptz) - :published
     GROUP BY b.merged_at, b.source
    HAVING sum(coalesce((b.counts ->> 'accepted')::bigint, 0)) > 0
       AND NOT EXISTS (
           SELECT FROM audit.event e
            WHERE e.type = 'view.published' AND e.t >= b.merged_at AND e.t < b.merged_at + :published)
"""
_NOT_APPLIED: Final = """
    SELECT o.notice_id AS about, NULL::bytea AS person
      FROM publish.outbox o
     WHERE o.applied_at IS NULL AND o.told_at < CAST(:until AS timestamptz) - :late
       AND o.told_at >= CAST(:since AS timestamptz) - :late
"""
_NOT_SEALED: Final = """
    SELECT i.id AS about, NULL::bytea AS person
      FROM audit.inbox i WHERE i.added_at < CAST(:until AS timestamptz) - :waits
     ORDER BY i.added_at LIMIT 1
"""
_RECORD_MISSING: Final = """
    SELECT g.id AS about, NULL::bytea AS person
      FROM audit.appended a CROSS JOIN unnest(a.ids) AS g (id)
     WHERE a.at < :until
       AND NOT EXISTS (SELECT FROM audit.event e WHERE e.id = g.id)
       AND NOT EXISTS (SELECT FROM audit.inbox i WHERE i.id = g.id)
"""
"""What was appended waits, or is sealed; that it was is noted beside it until then, and a case holds the id of what is gone."""

_APPEND_CONFLICT: Final = """
    SELECT c.id AS about, e.person
      FROM audit.append_conflict c LEFT JOIN audit.event e ON e.id = c.id
     WHERE c.refused_at >= :since AND c.refused_at < :until
"""
_INBOX_REFUSED: Final = f"""
    SELECT e.id AS about, e.person
      FROM audit.event e {_SAID}
     WHERE {_WINDOW} AND e.type = 'finding.opened' AND said #>> '{{change,table}}' = 'audit.inbox'
"""
"""The sequencer writes what it makes of a row that no writer could have appended; a case makes of it what an auditor sees."""

_SILENT: Final = """
    SELECT e.id AS about, NULL::bytea AS person
      FROM (SELECT e.id, e.seq_t FROM audit.event e ORDER BY e.log DESC, e.index DESC LIMIT 1) e
     WHERE e.seq_t < CAST(:until AS timestamptz) - :silent
"""

RULES: Final[Mapping[str, str]] = {
    "decision_missing": _DECISION_MISSING,
    "decision_alone": _DECISION_ALONE,
    "decision_differs": _DECISION_DIFFERS,
    "decision_later": _DECISION_LATER,
    "not_permitted": _NOT_PERMITTED,
    "act_not_as_cited": _ACT_NOT_AS_CITED,
    "denial_not_as_cited": _DENIAL_NOT_AS_CITED,
    "act_without_event": _without_event("consent.act", "act_id", ":of_acts"),
    "denial_without_event": _without_event("consent.denial", "denial_id", ":of_denials"),
    "event_without_act": _without_row("consent.act", "act_id", ":of_acts"),
    "event_without_denial": _without_row("consent.denial", "denial_id", ":of_denials"),
    "read_after_no": READ_AFTER_NO,
    "read_after_denial": READ_AFTER_DENIAL,
    "answers_differ": _ANSWERS_DIFFER,
    "fetch_missing": _FETCH_MISSING,
    "load_differs": _LOAD_DIFFERS,
    "not_published": _NOT_PUBLISHED,
    "not_applied": _NOT_APPLIED,
    "notice_untold": NOTICE_UNTOLD,
    "not_sealed": _NOT_SEALED,
    "record_missing": _RECORD_MISSING,
    "append_conflict": _APPEND_CONFLICT,
    "inbox_refused": _INBOX_REFUSED,
    "silent": _SILENT,
    "case_untold": CASE_UNTOLD,
    "search_hides": SEARCH_HIDES,
}
"""Each rule by its name; R1 to R9 of ACCESS-LOG 10."""
AT_NIGHT: Final = frozenset({"decision_alone", "search_hides"})
"""Rules that read a table whole."""
WHILE_BEHIND: Final = frozenset({"not_sealed", "silent", "record_missing"})
"""Rules on how the log itself is: while it is behind, what it is yet to tell cannot be told from what nobody tells it."""
_BEHIND: Final = sql("SELECT EXISTS (SELECT FROM audit.inbox WHERE added_at < :before)")


def is_behind(read: Read, *, before: datetime) -> bool:
    """Say whether something waits to be sealed since before a moment."""
    return bool(read.execute(_BEHIND, {"before": before}).scalar_one())


def decisions(read: Read, stretch: Stretch, *, limit: int) -> list[UUID]:
    """List the decisions behind what was sealed in a stretch, a sample of at most ``limit`` that a new day draws anew."""
    statement = sql(
        f"SELECT e.decision_id FROM audit.event e WHERE {_WINDOW} AND e.decision_id IS NOT NULL ORDER BY e.leaf LIMIT :most"
    )
    bound = {"since": stretch.since, "until": stretch.until, "most": limit}
    return list(read.execute(statement, bound).scalars())
