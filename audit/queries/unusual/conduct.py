"""How workers go about it: who looks at odd hours, who comes back after long, and who confirms whose records."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Date, Interval, Select, cast, exists, extract, func, literal, select
from sqlalchemy.dialects.postgresql import JSONB, array

from audit import tables
from audit.events import MACHINE
from audit.queries.unusual.looks import Found, by_workers, looks
from audit.queries.unusual.names import Names, Told, others, standing
from schemas.holidays import is_holiday

NIGHT_FROM: Final = 22
NIGHT_UNTIL: Final = 6
"""Hours in Helsinki."""
DORMANT: Final = timedelta(days=90)
PAIRED: Final = timedelta(days=30)
PAIR_SHARE: Final = 0.9
PAIR_LEAST: Final = 10
"""Of fewer records than this in 30 days nothing is said about a pair."""
_CONFIRMED: Final = ("consent.confirmed", "consent.rejected")
_RECORDED: Final = ("consent.given", "consent.renewed", "consent.refused", "consent.withdrawn", "consent.revoked")
_BIN_FROM: Final = datetime(2001, 1, 1, tzinfo=UTC)
_HELSINKI: Final = ZoneInfo("Europe/Helsinki")
_DAY: Final = timedelta(days=1)


def odd_hours(since: datetime, until: datetime, names: Names) -> Found:
    """Find the first look of each worker's night, Sunday or public holiday; nobody's duties are known here."""
    of, told = tables.event.c, Told.by(names)
    local = func.timezone(_HELSINKI.key, of.t)
    hour = extract("hour", local)
    odd = (hour >= NIGHT_FROM) | (hour < NIGHT_UNTIL) | cast(local, Date).in_(list(_holidays(since, until)))
    night = func.date_trunc("day", local - func.make_interval(0, 0, 0, 0, NIGHT_UNTIL))
    first = func.row_number().over(partition_by=(of.org, told.worker, night), order_by=of.t).label("first")
    human = func.coalesce(of.role, "") != MACHINE
    seen = select(of.id, of.person, first).select_from(told.events).where(*looks(since, until), odd, human)
    found = seen.subquery().c
    return select(found.id, found.person).where(found.first == 1)


def _holidays(since: datetime, until: datetime) -> Iterator[object]:
    day, last = since.astimezone(_HELSINKI).date(), until.astimezone(_HELSINKI).date()
    while day <= last:
        if is_holiday(day):
            yield day
        day += _DAY


def dormant(since: datetime, until: datetime, names: Names) -> Found:
    """Find the first act of a worker who had done nothing for 90 days; of a stretch shorter than that only its first can be one."""
    act = _first_acts(since, until, names).subquery().c
    other = others(names).c
    before = tables.event.alias("before").c
    quiet_from = act.t - literal(DORMANT, Interval())
    mine = (before.actor_user == func.coalesce(other.name, act.worker), before.org.is_not_distinct_from(act.org))
    long_ago = exists().where(*mine, before.t <= quiet_from)
    lately = exists().where(*mine, before.t > quiet_from, before.t < act.t)
    return (
        select(act.id, act.person)
        .select_from(act.id.table.outerjoin(other.name.table, other.one == act.worker))
        .where(act.nth == 1)
        .group_by(act.id, act.person)
        .having(func.bool_or(long_ago), ~func.bool_or(lately))
    )


def _first_acts(since: datetime, until: datetime, names: Names) -> Select[Any]:
    """Ask for the acts of a stretch, each with its place among those of the same worker."""
    of, told = tables.event.c, Told.by(names)
    nth = func.row_number().over(partition_by=(of.org, told.worker), order_by=of.t).label("nth")
    acts = select(of.id, of.person, of.org, of.t, told.worker.label("worker"), nth).select_from(told.events)
    return acts.where(of.t >= since, of.t < until, of.actor_user.is_not(None), by_workers())


def pair(since: datetime, until: datetime, names: Names) -> Found:
    """Find the first confirmation of a pair of which one confirms nearly all that the other records, in stretches of 30 days."""
    confirmed = _by_change(_CONFIRMED, "confirmed", names)
    recorded = _by_change(_RECORDED, "recorded", names)
    stretch = func.date_bin(literal(PAIRED, Interval()), confirmed.t, _BIN_FROM).label("stretch")
    two = (confirmed.org, confirmed.worker, recorded.org.label("other_org"), recorded.worker.label("recorder"))
    both = (
        select(*two, stretch, func.count().label("of_pair"), func.min(confirmed.place).label("first"))
        .where(confirmed.row_id == recorded.row_id, confirmed.t >= since - PAIRED, confirmed.t < until)
        .group_by(confirmed.org, confirmed.worker, recorded.org, recorded.worker, stretch)
        .subquery()
        .c
    )
    recorder = (both.other_org, both.recorder, both.stretch)
    of_recorder = func.sum(both.of_pair).over(partition_by=recorder).label("of_recorder")
    share = select(both.first, both.of_pair, of_recorder).subquery().c
    nearly_all = share.of_pair > PAIR_SHARE * share.of_recorder
    return standing(share.first).where(share.of_pair >= PAIR_LEAST, nearly_all)


def _by_change(types: tuple[str, ...], name: str, names: Names) -> Any:
    """Ask for events of these types with the row that each tells of."""
    of, told = tables.event.c, Told.by(names)
    said = cast(func.convert_from(of.entry, "UTF8"), JSONB)
    stands = array([of.log, of.index]).label("place")
    rows = select(stands, of.t, of.org, told.worker.label("worker"), said[("change", "id")].astext.label("row_id"))
    return rows.select_from(told.events).where(of.type.in_(types), of.actor_user.is_not(None)).subquery(name).c
