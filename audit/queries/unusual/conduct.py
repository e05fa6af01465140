"""How users go about it: who comes back after long, and who confirms whose records."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Interval, Select, cast, exists, func, literal, select
from sqlalchemy.dialects.postgresql import JSONB

from audit import tables
from audit.queries.unusual.looks import Found, by_workers

DORMANT: Final = timedelta(days=90)
PAIRED: Final = timedelta(days=30)
PAIR_SHARE: Final = 0.9
PAIR_LEAST: Final = 10
"""Of fewer records than this in 30 days nothing is said about a pair."""
_CONFIRMED: Final = ("consent.confirmed", "consent.rejected")
_RECORDED: Final = ("consent.given", "consent.renewed", "consent.refused", "consent.withdrawn", "consent.revoked")
_BIN_FROM: Final = datetime(2001, 1, 1, tzinfo=UTC)


def dormant(since: datetime, until: datetime) -> Found:
    """Find the first act of a worker who had done nothing for 90 days; a new year's first act is no such, for it has a new pseudonym."""
    of, before = tables.event.c, tables.event.alias("before").c
    quiet_from = of.t - literal(DORMANT, Interval())
    long_ago = exists().where(before.actor_user == of.actor_user, before.t <= quiet_from)
    lately = exists().where(before.actor_user == of.actor_user, before.t > quiet_from, before.t < of.t)
    acts = select(of.id, of.person).where(of.t >= since, of.t < until, of.actor_user.is_not(None), by_workers())
    return acts.where(long_ago, ~lately).order_by(of.t)


def pair(since: datetime, until: datetime) -> Found:
    """Find the first confirmation of a pair of which one confirms nearly all that the other records, in stretches of 30 days."""
    confirmed = _by_change(_CONFIRMED, "confirmed")
    recorded = _by_change(_RECORDED, "recorded")
    stretch = func.date_bin(literal(PAIRED, Interval()), confirmed.t, _BIN_FROM)
    both = (
        select(confirmed.log, confirmed.actor_user, recorded.actor_user.label("recorder"), stretch.label("stretch"))
        .add_columns(func.count().label("of_pair"), func.min(confirmed.index).label("first"))
        .where(confirmed.row_id == recorded.row_id, confirmed.t >= since - PAIRED, confirmed.t < until)
        .group_by(confirmed.log, confirmed.actor_user, recorded.actor_user, stretch)
        .subquery()
        .c
    )
    of_recorder = func.sum(both.of_pair).over(partition_by=(both.log, both.recorder, both.stretch)).label("of_recorder")
    shares = select(both.log, both.first, both.of_pair, of_recorder).subquery().c
    of = tables.event.c
    return select(of.id, of.person).where(
        of.log == shares.log,
        of.index == shares.first,
        shares.of_pair >= PAIR_LEAST,
        shares.of_pair > PAIR_SHARE * shares.of_recorder,
    )


def _by_change(types: tuple[str, ...], name: str) -> Any:
    """Ask for events of these types with the row that each tells of."""
    of = tables.event.c
    said = cast(func.convert_from(of.entry, "UTF8"), JSONB)
    rows: Select[Any] = select(of.log, of.index, of.t, of.actor_user, said[("change", "id")].astext.label("row_id"))
    return rows.where(of.type.in_(types), of.actor_user.is_not(None)).subquery(name).c
