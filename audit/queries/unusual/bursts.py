"""Bursts: a worker who looks at more people within an hour than anybody does, or than they use to; whenever that hour begins.

How many people a worker has in sight is a sum: a person is added by a look, and taken away when none has followed for an hour. It is made
only of the hours of the clock which, with the one before, hold enough people at all.
"""

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import CTE, Interval, Select, Subquery, and_, func, literal, or_, select, union_all

from audit import tables
from audit.queries.unusual.amounts import HABIT
from audit.queries.unusual.looks import Found, looks
from audit.queries.unusual.names import Names, Told, place, standing

BURST_PEOPLE: Final = 60
"""Over so many people within an hour is a burst, whatever the user's habit."""
HABIT_TIMES: Final = 4
"""Over so many times the people of the user's median hour in 30 days is one too..."""
HABIT_PEOPLE: Final = 20
"""...if it is over so many people: nobody is asked about five where they use to see one."""
_HOUR: Final = timedelta(hours=1)
_AN_HOUR: Final = "hour"


def volume(since: datetime, until: datetime, names: Names) -> Found:
    """Find the first look of each clock hour in which a worker came to see too many people within an hour; one that goes on is one."""
    told = Told.by(names)
    hours = _hours(until - HABIT, until, told).cte("hours")
    usual = _usual(hours)
    busy = _busy(hours, usual, since - _HOUR).cte("busy")
    crossed = _in_sight(_steps(_looks_of(busy, since - 2 * _HOUR, until, told))).subquery().c
    first, of = hours.c, busy.c
    met = and_(crossed.people == of.most + 1, crossed.hour == of.hour, *_same(crossed, of))
    bursts = (
        select(first.first)
        .join_from(busy, crossed.people.table, met)
        .join(hours, and_(first.hour == of.hour, *_same(first, of)))
        .distinct()
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


def _usual(hours: CTE) -> Subquery:
    """Ask how many people each worker may see within an hour."""
    of = hours.c
    median = func.percentile_cont(0.5).within_group(of.people)
    most = func.floor(func.least(BURST_PEOPLE, func.greatest(HABIT_PEOPLE, HABIT_TIMES * median)))
    return select(of.org, of.worker, most.label("most")).group_by(of.org, of.worker).subquery()


def _busy(hours: CTE, usual: Subquery, since: datetime) -> Select[Any]:
    """Ask for the hours of the clock in which a burst can have come about: with the one before they hold more than that."""
    of, before, may = hours.c, hours.alias("before").c, usual.c
    an_hour_before = and_(before.hour == of.hour - literal(_HOUR, Interval()), *_same(before, of))
    return (
        select(of.org, of.worker, of.hour, may.most)
        .join_from(hours, usual, and_(*_same(may, of)))
        .outerjoin(before.hour.table, an_hour_before)
        .where(of.hour > since, of.people + func.coalesce(before.people, 0) > may.most)
    )


def _looks_of(busy: CTE, since: datetime, until: datetime, told: Told) -> Subquery:
    """Ask for the looks in busy hours and in those before them."""
    of, at = tables.event.c, busy.c
    hour = func.date_trunc(_AN_HOUR, of.t)
    near = select(at.hour).where(
        hour.in_((at.hour, at.hour - literal(_HOUR, Interval()))),
        at.worker == told.worker,
        at.org.is_not_distinct_from(of.org),
    )
    return (
        select(of.org, told.worker.label("worker"), told.person.label("person"), of.t)
        .select_from(told.events)
        .where(*looks(since, until), near.exists())
        .subquery()
    )


def _steps(looked: Subquery) -> Subquery:
    """Ask when each worker got a person into sight, and when out of it: no look had followed for an hour."""
    of, an_hour = looked.c, literal(_HOUR, Interval())
    one = (of.org, of.worker, of.person)
    former = func.lag(of.t).over(partition_by=one, order_by=of.t).label("former")
    later = func.lead(of.t).over(partition_by=one, order_by=of.t).label("later")
    each = select(of.org, of.worker, of.t, former, later).subquery().c
    begun = or_(each.former.is_(None), each.former <= each.t - an_hour)
    ended = or_(each.later.is_(None), each.later >= each.t + an_hour)
    return union_all(
        select(each.org, each.worker, each.t.label("at"), literal(1).label("n")).where(begun),
        select(each.org, each.worker, each.t + an_hour, literal(-1)).where(ended),
    ).subquery()


def _in_sight(steps: Subquery) -> Select[Any]:
    """Ask at each person who came into sight how many people there were then, by hour of the clock."""
    each = steps.c
    people = func.sum(each.n).over(partition_by=(each.org, each.worker), order_by=(each.at, each.n), rows=(None, 0))
    summed = select(each.org, each.worker, each.at, each.n, people.label("people")).subquery().c
    hour = func.date_trunc(_AN_HOUR, summed.at)
    return select(summed.org, summed.worker, hour.label("hour"), summed.people).where(summed.n == 1)


def _same(one: Any, other: Any) -> tuple[Any, ...]:
    """Say that two rows are of one worker, who is told apart by organisation."""
    return one.worker == other.worker, one.org.is_not_distinct_from(other.org)
