"""The facts of many people as CSV, for the bulk gate; as SQL, because COPY takes a text. Moments are microseconds since 1970."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, literal, select

from consent.tables import person
from db.copy import copy_out
from db.engine import Read

PEOPLE = """
SELECT p.person_id, p.consent_seq, consent.micros(p.deceased_at),
       consent.micros((CASE WHEN to_char(p.birth_date, 'MMDD') = '0229' THEN p.birth_date + 1 ELSE p.birth_date END
                       + interval '18 years') AT TIME ZONE 'Europe/Helsinki')
  FROM consent.person p
 WHERE (%(everybody)s OR p.person_id = ANY (%(people)s))
   AND (NOT %(everybody)s OR EXISTS (SELECT FROM consent.task t WHERE t.person_id = p.person_id AND t.recipient IS NOT NULL))
 ORDER BY p.person_id
"""
"""Everybody: who has or had a task. The birthday of those born on 29.2. is 1.3., as in ``consent.queries.people``."""

PROTECTIONS = """
SELECT f.person_id, consent.micros(f.from_at), consent.micros(f.until_at)
  FROM consent.fact_held f
 WHERE f.kind LIKE 'protected%%' AND f.value = 'true' AND (%(everybody)s OR f.person_id = ANY (%(people)s))
"""

TASKS = """
SELECT t.person_id, t.recipient, t.ground, consent.micros(t.from_at), consent.micros(t.until_at)
  FROM consent.task_held t
 WHERE t.recipient IS NOT NULL AND (%(everybody)s OR t.person_id = ANY (%(people)s))
"""

DENIALS = """
SELECT whose.person_id, d.source, d.controller, d.category, d.recipient, d.purpose,
       consent.micros(d.data_from), consent.micros(d.data_until), d.allow_emergency,
       consent.micros(d.effective_from), consent.micros(least(greatest(l.effective_from, l.recorded_at), i.recorded_at))
  FROM consent.denial d
  LEFT JOIN consent.denial_lift l ON l.denial_id = d.denial_id
  LEFT JOIN consent.invalidation i ON i.denial_id = d.denial_id
 CROSS JOIN LATERAL (SELECT d.person_id UNION SELECT m.into_id FROM consent.merged m WHERE m.person_id = d.person_id) whose
 WHERE (%(everybody)s OR whose.person_id = ANY (%(people)s))
"""

STRETCHES = """
SELECT c.person_id, c.agreement_id, c.category, c.minor, consent.micros(c.from_at), consent.micros(c.until_at),
       c.step, c.notice_n, consent.micros(c.data_from), consent.micros(c.data_until)
  FROM consent.current c
  JOIN consent.person p ON p.person_id = c.person_id AND NOT p.stale
 WHERE (%(everybody)s OR c.person_id = ANY (%(people)s))
"""
"""Of people whose ``current`` can be relied on."""


def csv(read: Read, query: str, people: Sequence[UUID] | None) -> Iterator[bytes]:
    """Yield the answer of one of this module's queries; ``people`` None: everybody."""
    return copy_out(read, query, {"everybody": people is None, "people": list(people or ())})


def stale(read: Read, people: Sequence[UUID] | None) -> list[UUID]:
    """Name the people whose ``current`` is to be rewritten."""
    among = () if people is None else (person.c.person_id == any_(literal(list(people), ARRAY(Uuid()))),)
    return list(read.execute(select(person.c.person_id).where(person.c.stale, *among)).scalars())
