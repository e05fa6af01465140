"""Unusual use of what is shared, by rules over the log alone: each finds the events that a person should look at (ACCESS-LOG 11)."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Interval, Select, exists, extract, func, literal, or_, select

from audit import tables
from audit.queries.search import array
from db.engine import Read

BURST_PEOPLE = 60
"""Over so many people in one hour is a burst."""
READERS = 10
"""Over so many users of one person in the time looked at."""
NIGHT_FROM, NIGHT_UNTIL = 22, 6
"""Hours in Helsinki."""
MOST_FOUND = 200
_READ = ("disclosure.read", "disclosure.exported", "query.decided", "person.viewed")
_NOES = ("consent.withdrawn", "consent.refused", "denial.recorded")
AFTER_NO = timedelta(days=7)
"""A request so soon after a no is looked at."""


class Unusual(NamedTuple):
    """An event that a rule names, and the pseudonym of whom it is about."""

    about: UUID
    person: bytes | None


def unusual(read: Read, rule: str, *, since: datetime, until: datetime) -> list[Unusual]:
    """List what one rule of ``RULES`` finds in ``[since, until)``."""
    return [Unusual(*row) for row in read.execute(RULES[rule](since, until).limit(MOST_FOUND))]


def _looks(since: datetime, until: datetime) -> tuple[ColumnElement[bool], ...]:
    of = tables.event.c
    return of.t >= since, of.t < until, of.type.in_(_READ), of.actor_user.is_not(None)


def _no_relation(since: datetime, until: datetime) -> Select[UUID, bytes | None]:
    """Find who asked about somebody with whom their organisation has no open task."""
    of = tables.event.c
    return select(of.id, of.person).where(*_looks(since, until), array(of.reasons).contains(["no_task"])).order_by(of.t)


def _after_no(since: datetime, until: datetime) -> Select[UUID, bytes | None]:
    """Find who asked for what the person had said no to in the days before, given or not."""
    of, no = tables.event.c, tables.event.alias("no").c
    said_no = exists().where(
        no.person == of.person,
        no.type.in_(_NOES),
        no.t <= of.t,
        no.t > of.t - literal(AFTER_NO, Interval()),
        or_(no.categories.is_(None), array(no.categories).overlap(array(of.categories))),
    )
    return select(of.id, of.person).where(*_looks(since, until), said_no).order_by(of.t)


def _protected(since: datetime, until: datetime) -> Select[UUID, bytes | None]:
    """Find who asked about a protected person."""
    of = tables.event.c
    return (
        select(of.id, of.person).where(*_looks(since, until), array(of.reasons).contains(["protected"])).order_by(of.t)
    )


def _odd_hours(since: datetime, until: datetime) -> Select[UUID, bytes | None]:
    """Find the first look of each user's night."""
    of = tables.event.c
    local = func.timezone("Europe/Helsinki", of.t)
    hour = extract("hour", local)
    at_night = (hour >= NIGHT_FROM) | (hour < NIGHT_UNTIL)
    night = func.date_trunc("day", local - func.make_interval(0, 0, 0, 0, NIGHT_UNTIL))
    first = func.row_number().over(partition_by=(of.actor_user, night), order_by=of.t).label("place")
    looks = select(of.id, of.person, first).where(*_looks(since, until), at_night).subquery().c
    return select(looks.id, looks.person).where(looks.place == 1)


def _volume(since: datetime, until: datetime) -> Select[UUID, bytes | None]:
    """Find the last look of each user's hour with more people than a burst."""
    of = tables.event.c
    hour = func.date_trunc("hour", of.t)
    last = func.max(of.index)
    bursts = (
        select(of.log, last.label("index"))
        .where(*_looks(since, until))
        .group_by(of.log, of.actor_user, hour)
        .having(func.count(of.person.distinct()) > BURST_PEOPLE)
        .subquery()
        .c
    )
    return select(of.id, of.person).where(of.log == bursts.log, of.index == bursts.index)


def _many_readers(since: datetime, until: datetime) -> Select[UUID, bytes | None]:
    """Find the last look at each person whom many users read."""
    of = tables.event.c
    read = (
        select(of.log, func.max(of.index).label("index"))
        .where(*_looks(since, until), of.person.is_not(None))
        .group_by(of.log, of.person)
        .having(func.count(of.actor_user.distinct()) > READERS)
        .subquery()
        .c
    )
    return select(of.id, of.person).where(of.log == read.log, of.index == read.index)


RULES: Mapping[str, Callable[[datetime, datetime], Select[UUID, bytes | None]]] = {
    "no_relation": _no_relation,
    "after_no": _after_no,
    "protected": _protected,
    "odd_hours": _odd_hours,
    "volume": _volume,
    "many_readers": _many_readers,
}
"""Each rule by its name."""
