"""What is known of a person: their facts, tasks and coaches, and the row that every change locks."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Select, func, select
from sqlalchemy.dialects.postgresql import distinct_on

from consent.model import FUTURE, PAST, Coach, Period, Person, Task
from consent.model.period import common, period
from consent.queries.asked import KNOWN_AT, PERSON_ID, RECIPIENT, moment
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


def heads() -> Select[int, datetime | None, bool]:
    """Ask for a person's row: ``consent_seq``, ``changed_at``, ``stale``."""
    of = person.c
    return select(of.consent_seq, of.changed_at, of.stale).where(of.person_id == PERSON_ID)


def held() -> Select[str, str | None, datetime | None, datetime | None]:
    """Ask for the last fact of each kind: ``kind``, ``value``, ``from_at``, ``until_at``."""
    of = person_fact.c
    return (
        select(of.kind, of.value, of.from_at, of.until_at)
        .where(of.person_id == PERSON_ID, of.recorded_at <= KNOWN_AT)
        .ext(distinct_on(of.kind))
        .order_by(of.kind, of.recorded_at.desc())
    )


def tasks() -> Select[str | None, str, datetime | None, datetime | None]:
    """Ask for a recipient's tasks, or everybody's, by the last set of each ground: ``recipient``, ``ground``, ``from_at``, ``until_at``."""
    of = task.c
    age = func.rank().over(partition_by=of.ground, order_by=of.recorded_at.desc()).label("age")
    sets = select(of.ground, of.recipient, of.from_at, of.until_at, age).where(
        of.person_id == PERSON_ID, of.recorded_at <= KNOWN_AT
    )
    newest = sets.subquery().c
    whose = func.coalesce(RECIPIENT, newest.recipient) == newest.recipient
    return select(newest.recipient, newest.ground, newest.from_at, newest.until_at).where(newest.age == 1, whose)


def coaches() -> Select[str, datetime, datetime | None]:
    """Ask which of a recipient's users is the coach last named: ``pseudonym``, ``from_at``, ``until_at``."""
    of, fact = recipient_user.c, person_fact.c
    named = (
        select(fact.value)
        .where(fact.person_id == PERSON_ID, fact.kind == "coach", fact.recorded_at <= KNOWN_AT)
        .order_by(fact.recorded_at.desc())
        .limit(1)
        .scalar_subquery()
    )
    return (
        select(of.pseudonym, of.from_at, of.until_at)
        .where(of.recipient == RECIPIENT, of.te_tunnus == named, of.recorded_at <= KNOWN_AT)
        .ext(distinct_on(of.pseudonym))
        .order_by(of.pseudonym, of.recorded_at.desc())
    )


Rows = Iterable[list[str | None]]
"""An answer as JSON: moments are ISO 8601, None where open."""


def head_of(consent_seq: int, changed_at: str | None, stale: bool) -> Head:  # noqa: FBT001 - a row of ``heads``
    """Read a row of ``heads``."""
    return Head(consent_seq, moment(changed_at) or PAST, stale)


def facts_of(rows: Rows) -> dict[str, Fact]:
    """Read the rows of ``held``, by kind."""
    return {
        str(kind): Fact(value, period(moment(from_at), moment(until_at))) for kind, value, from_at, until_at in rows
    }


def tasks_of(rows: Rows) -> tuple[Task, ...]:
    """Read the rows of ``tasks``."""
    found = (
        Task(str(recipient), TaskGround(str(ground)), period(moment(start), moment(end)))
        for recipient, ground, start, end in rows
    )
    return tuple(sorted(found))


def coaches_of(recipient: str, known: Mapping[str, Fact], rows: Rows) -> tuple[Coach, ...]:
    """Read the rows of ``coaches``: a user is the coach while the source names the coach and the user is known as them."""
    return tuple(sorted(_while_named(recipient, known, rows)))


def _while_named(recipient: str, known: Mapping[str, Fact], rows: Rows) -> Iterator[Coach]:
    for pseudonym, from_at, until_at in rows:
        during = common(known["coach"].during, period(moment(from_at), moment(until_at)))
        if during is not None:
            yield Coach(recipient, str(pseudonym), during)


def person_of(person_id: UUID, row: Head, known: Mapping[str, Fact]) -> Person:
    """Put a person together from what is held; any source's word on protection counts."""
    deceased, birth = known.get("deceased"), known.get("birth_date")
    protections = [fact.during for kind, fact in known.items() if kind.startswith("protected") and fact.value == "true"]
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


def of_age_if_born_by(at: datetime, *, years: int = OF_AGE) -> date:
    """Return the last day on which somebody of age at a moment was born: the other way round of ``of_age_at``."""
    day = at.astimezone(_HELSINKI).date()
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return date(day.year - years, 2, 28)


def life(read: Read, person_id: UUID) -> tuple[date | None, datetime | None]:
    """Return when a person was born and died, None where not known."""
    of = person.c
    row = read.execute(select(of.birth_date, of.deceased_at).where(of.person_id == person_id)).one_or_none()
    return (None, None) if row is None else (row.birth_date, row.deceased_at)


def consent_seq(read: Read, person_id: UUID) -> int:
    """Return a person's number."""
    return read.execute(select(person.c.consent_seq).where(person.c.person_id == person_id)).scalar_one()
