"""Use that stands out by how much of it there is: of one user, of one system, of one person."""

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Integer, Interval, Select, and_, cast, func, literal, or_, select
from sqlalchemy.dialects.postgresql import JSONB, array

from audit import tables
from audit.queries.unusual.looks import Found, looks
from audit.queries.unusual.names import Names, Told, place, standing

BURST_PEOPLE: Final = 60
"""Over so many people in one hour is a burst, whatever the user's habit."""
HABIT: Final = timedelta(days=30)
HABIT_TIMES: Final = 4
"""An hour with over so many times the people of the user's median hour in 30 days is one too..."""
HABIT_PEOPLE: Final = 20
"""...if it has over so many people: nobody is asked about five where they use to see one."""
READERS: Final = 10
"""Over so many users of one person in the time looked at."""
PROBES_OF_SYSTEM: Final = 60
PROBES_OF_USER: Final = 10
PROBED_WITHIN: Final = timedelta(minutes=10)
EXPORTED_PEOPLE: Final = 1_000
"""Over so many people in a day's exports of one system."""
EXPORTED_TIMES: Final = 2
"""So many times as many as on any other day of the 30 before is outside a system's habit."""
_AN_HOUR: Final = "hour"


def volume(since: datetime, until: datetime, names: Names) -> Found:
    """Find the first look of each worker's hour with more people than a burst, or than the worker's own habit."""
    hours = _hours(until - HABIT, until, Told.by(names)).cte("hours")
    of = hours.c
    usual = (
        select(of.org, of.worker, func.percentile_cont(0.5).within_group(of.people).label("people"))
        .group_by(of.org, of.worker)
        .subquery()
        .c
    )
    same = and_(usual.worker == of.worker, usual.org.is_not_distinct_from(of.org))
    beyond = and_(of.people > HABIT_PEOPLE, of.people > HABIT_TIMES * usual.people)
    bursts = (
        select(of.first)
        .join_from(hours, usual.worker.table, same)
        .where(of.hour > since - timedelta(hours=1), or_(of.people > BURST_PEOPLE, beyond))
    )
    return standing(bursts.subquery().c.first)


def _hours(since: datetime, until: datetime, told: Told) -> Select[Any]:
    """Ask of each worker's hours how many people were looked at, and which look came first."""
    of = tables.event.c
    hour = func.date_trunc(_AN_HOUR, of.t)
    people = func.count(told.person.distinct())
    return (
        select(of.org, told.worker.label("worker"), hour.label("hour"), people.label("people"), place().label("first"))
        .select_from(told.events)
        .where(*looks(since, until))
        .group_by(of.org, told.worker, hour)
    )


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
