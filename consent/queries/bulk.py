"""The facts of many people as CSV, for the bulk gate; written as SQL because COPY takes a text."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from sqlalchemy import select

from consent.tables import person
from db.copy import copy_out
from db.engine import Read

_MOMENT = """to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US')"""
_WHOM = "(%(everybody)s OR {} = ANY (%(people)s))"


def _moment(column: str) -> str:
    return _MOMENT.format(column)


PEOPLE = f"""
SELECT p.person_id, p.consent_seq, {_moment("p.deceased_at")},
       {
    _moment('''(CASE WHEN to_char(p.birth_date, 'MMDD') = '0229' THEN p.birth_date + 1 ELSE p.birth_date END
                    + interval '18 years') AT TIME ZONE 'Europe/Helsinki' ''')
}
  FROM consent.person p
 WHERE {_WHOM.format("p.person_id")}
   AND (NOT %(everybody)s OR EXISTS (SELECT FROM consent.task t WHERE t.person_id = p.person_id AND t.recipient IS NOT NULL))
 ORDER BY p.person_id
"""
"""Everybody: who has or had a task. The birthday of those born on 29.2. is 1.3., as in ``consent.queries.people``."""

PROTECTIONS = f"""
SELECT f.person_id, {_moment("f.from_at")}, {_moment("f.until_at")}
  FROM consent.fact_held f
 WHERE f.kind LIKE 'protected%%' AND f.value = 'true' AND {_WHOM.format("f.person_id")}
"""

TASKS = f"""
SELECT t.person_id, t.recipient, t.ground, {_moment("t.from_at")}, {_moment("t.until_at")}
  FROM consent.task_held t
 WHERE t.recipient IS NOT NULL AND {_WHOM.format("t.person_id")}
"""

DENIALS = f"""
SELECT whose.person_id, d.source, d.controller, d.category, d.recipient, d.purpose,
       {_moment("d.data_from")}, {_moment("d.data_until")}, d.allow_emergency,
       {_moment("d.effective_from")}, {_moment("least(greatest(l.effective_from, l.recorded_at), i.recorded_at)")}
  FROM consent.denial d
  LEFT JOIN consent.denial_lift l ON l.denial_id = d.denial_id
  LEFT JOIN consent.invalidation i ON i.denial_id = d.denial_id
 CROSS JOIN LATERAL (SELECT d.person_id UNION SELECT m.into_id FROM consent.merged m WHERE m.person_id = d.person_id) whose
 WHERE {_WHOM.format("whose.person_id")}
"""

STRETCHES = f"""
SELECT c.person_id, c.agreement_id, c.category, c.minor, {_moment("c.from_at")}, {_moment("c.until_at")},
       c.step, c.notice_n, {_moment("c.data_from")}, {_moment("c.data_until")}
  FROM consent.current c
  JOIN consent.person p ON p.person_id = c.person_id AND NOT p.stale
 WHERE {_WHOM.format("c.person_id")}
"""
"""Of people whose ``current`` can be relied on."""


def csv(read: Read, query: str, people: Sequence[UUID] | None) -> Iterator[bytes]:
    """Yield the answer of one of this module's queries; ``people`` None: everybody."""
    return copy_out(read, query, {"everybody": people is None, "people": list(people or ())})


def stale(read: Read, people: Sequence[UUID] | None) -> list[UUID]:
    """Name the people whose ``current`` is to be rewritten."""
    among = () if people is None else (person.c.person_id.in_(people),)
    return list(read.execute(select(person.c.person_id).where(person.c.stale, *among)).scalars())
