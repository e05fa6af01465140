"""Use that stands out by how much of it there is: of one person, of one system, of one user who is refused."""

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Integer, Interval, Select, cast, func, literal, or_, select
from sqlalchemy.dialects.postgresql import JSONB, array

from audit import tables
from audit.queries.unusual.looks import Found, looks
from audit.queries.unusual.names import Names, Told, place, standing

HABIT: Final = timedelta(days=30)
"""How far back a habit reaches."""
READERS: Final = 10
"""Over so many users of one person in the time looked at."""
PROBES_OF_SYSTEM: Final = 60
PROBES_OF_USER: Final = 10
PROBED_WITHIN: Final = timedelta(minutes=10)
EXPORTED_PEOPLE: Final = 1_000
"""Over so many people in a day's exports of one system."""
EXPORTED_TIMES: Final = 2
"""So many times as many as on any other day of the 30 before is outside a system's habit."""


def many_readers(since: datetime, until: datetime, names: Names) -> Found:
    """Find the look by which a person came to be read by too many workers."""
    of, told = tables.event.c, Told.by(names)
    first = (
        select(told.person.label("person"), place().label("first"))
        .select_from(told.events)
        .where(*looks(since, until), of.person.is_not(None))
        .group_by(told.person, of.org, told.worker)
        .subquery()
        .c
    )
    reader = func.row_number().over(partition_by=first.person, order_by=first.first).label("reader")
    placed = select(first.first, reader).subquery().c
    return standing(placed.first).where(placed.reader == READERS + 1)


def probing(since: datetime, until: datetime, names: Names) -> Found:
    """Find the day's first answer by which a system, or a worker, had been refused too often in ten minutes."""
    of, told = tables.event.c, Told.by(names)
    refused = or_(of.outcome == "deny", of.type == "access.refused")
    asked = select(of.id, of.person, of.t, of.org, of.system, told.worker.label("worker")).select_from(told.events)
    answers = asked.where(of.t >= since, of.t < until, refused).cte("answers").c
    by_system = _crossings(answers, (answers.system,), PROBES_OF_SYSTEM)
    by_user = _crossings(answers, (answers.worker, answers.org), PROBES_OF_USER)
    found = by_system.union_all(by_user).subquery().c
    return select(found.id, found.person)


def _crossings(of: Any, who: tuple[ColumnElement[Any], ...], times: int) -> Select[Any]:
    """Find of each day of each the first answer whose ``times``th before it, itself counted, came within ten minutes."""
    before = func.lag(of.t, times - 1).over(partition_by=who, order_by=of.t).label("before")
    answers = select(of.id, of.person, of.t, *who, before).where(who[0].is_not(None)).subquery().c
    day = func.date_trunc("day", answers.t)
    each = [answers[str(column.key)] for column in who]
    first = func.row_number().over(partition_by=(*each, day), order_by=answers.t).label("first")
    within = answers.before >= answers.t - literal(PROBED_WITHIN, Interval())
    crossed = select(answers.id, answers.person, first).where(within).subquery().c
    return select(crossed.id, crossed.person).where(crossed.first == 1)


def bulk_export(since: datetime, until: datetime, names: Names) -> Found:
    """Find the first line of a day's exports beyond a system's habit, and an export of the log itself of as many events."""
    days = _days(since - HABIT, until, Told.by(names)).cte("days")
    of, other = days.c, days.alias("other").c
    usual = select(func.max(other.people)).where(
        other.system == of.system, other.day < of.day, other.day >= of.day - literal(HABIT, Interval())
    )
    habit = EXPORTED_TIMES * func.coalesce(usual.scalar_subquery(), 0)
    beyond = select(of.first).where(of.day > since - timedelta(days=1), of.people > EXPORTED_PEOPLE, of.people > habit)
    event = tables.event.c
    said = cast(func.convert_from(event.entry, "UTF8"), JSONB)
    taken = select(array([event.log, event.index]).label("first")).where(
        event.t >= since,
        event.t < until,
        event.type == "log.exported",
        cast(said[("result", "count")].astext, Integer) > EXPORTED_PEOPLE,
    )
    return standing(beyond.union_all(taken).subquery().c.first)


def _days(since: datetime, until: datetime, told: Told) -> Select[Any]:
    """Ask of each system's days how many people it took in files."""
    of = tables.event.c
    day = func.date_trunc("day", of.t)
    people = func.count(told.person.distinct())
    return (
        select(of.system, day.label("day"), people.label("people"), place().label("first"))
        .select_from(told.events)
        .where(of.t >= since, of.t < until, of.type == "disclosure.exported", of.system.is_not(None))
        .group_by(of.system, day)
    )
