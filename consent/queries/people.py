"""What is known of a person: their facts, tasks and coaches, and the row that every change locks."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on

from consent.model import FUTURE, PAST, Coach, Period, Person, Task
from consent.model.period import common, period
from consent.tables import person, person_fact, recipient_user, task
from db.engine import Read
from schemas.vocabulary import TaskGround

OF_AGE = 18
"""Years; from the birthday's midnight in Helsinki a guardian speaks for the person no more (CONSENT.md 4)."""
_HELSINKI = ZoneInfo("Europe/Helsinki")


class Head(NamedTuple):
    """The person's row: how often and when anything changed, and whether ``current`` can be relied on."""

    consent_seq: int
    changed_at: datetime
    stale: bool


class Fact(NamedTuple):
    """A fact held."""

    value: str | None
    during: Period


def head(read: Read, person_id: UUID) -> Head | None:
    """Return a person's row, None when nobody is known by the id."""
    of = person.c
    row = read.execute(select(of.consent_seq, of.changed_at, of.stale).where(of.person_id == person_id)).one_or_none()
    return row and Head(row.consent_seq, row.changed_at or PAST, row.stale)


def facts_held(read: Read, person_id: UUID, *, known_at: datetime = FUTURE) -> dict[str, Fact]:
    """Return the last fact of each kind, as recorded by ``known_at``."""
    of = person_fact.c
    rows = read.execute(
        select(of.kind, of.value, of.from_at, of.until_at)
        .where(of.person_id == person_id, of.recorded_at <= known_at)
        .ext(distinct_on(of.kind))
        .order_by(of.kind, of.recorded_at.desc())
    )
    return {kind: Fact(value, period(from_at, until_at)) for kind, value, from_at, until_at in rows}


def birth_date(read: Read, person_id: UUID) -> date | None:
    """Return when a person was born, None when that is not known."""
    return read.execute(select(person.c.birth_date).where(person.c.person_id == person_id)).scalar_one_or_none()


def person_of(person_id: UUID, row: Head, held: Mapping[str, Fact]) -> Person:
    """Put a person together from what is held; any source's word on protection counts."""
    deceased, birth = held.get("deceased"), held.get("birth_date")
    protections = [fact.during for kind, fact in held.items() if kind.startswith("protected") and fact.value == "true"]
    return Person(
        person_id=person_id,
        consent_seq=row.consent_seq,
        changed_at=row.changed_at,
        deceased_at=FUTURE if deceased is None or deceased.value in (None, "false") else deceased.during.start,
        protected=tuple(sorted(protections)),
        of_age_at=None if birth is None or birth.value is None else of_age_at(date.fromisoformat(birth.value)),
    )


def of_age_at(birth_date: date, *, years: int = OF_AGE) -> datetime:
    """Return the start of a birthday in Helsinki; who was born on 29.2. has it on 1.3. in other years."""
    year = birth_date.year + years
    try:
        birthday = birth_date.replace(year=year)
    except ValueError:
        birthday = date(year, 3, 1)
    return datetime.combine(birthday, time(), _HELSINKI).astimezone(UTC)


def tasks(read: Read, person_id: UUID, *, recipient: str, known_at: datetime = FUTURE) -> tuple[Task, ...]:
    """Return a recipient's tasks for a person, by the last set of each ground."""
    of = task.c
    age = func.rank().over(partition_by=of.ground, order_by=of.recorded_at.desc()).label("age")
    newest = (
        select(of.ground, of.recipient, of.from_at, of.until_at, age)
        .where(of.person_id == person_id, of.recorded_at <= known_at)
        .subquery()
    )
    rows = read.execute(select(newest).where(newest.c.age == 1, newest.c.recipient == recipient))
    return tuple(sorted(Task(recipient, TaskGround(row.ground), period(row.from_at, row.until_at)) for row in rows))


def coaches(read: Read, held: Mapping[str, Fact], *, recipient: str, known_at: datetime = FUTURE) -> tuple[Coach, ...]:
    """Return who of a recipient's users is the person's named coach, and when."""
    named = held.get("coach", Fact(None, Period(PAST, FUTURE)))
    of = recipient_user.c
    rows = read.execute(
        select(of.pseudonym, of.from_at, of.until_at)
        .where(of.recipient == recipient, of.te_tunnus == named.value, of.recorded_at <= known_at)
        .ext(distinct_on(of.pseudonym))
        .order_by(of.pseudonym, of.recorded_at.desc())
    )
    return tuple(_both(recipient, named.during, rows))


def _both(recipient: str, named: Period, rows: Iterable[tuple[str, datetime, datetime | None]]) -> Iterable[Coach]:
    for pseudonym, from_at, until_at in rows:
        if during := common(named, period(from_at, until_at)):
            yield Coach(recipient, pseudonym, during)
