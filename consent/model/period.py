"""Half-open stretches of time, with ends that compare: an open end is a moment beyond every fact."""

from datetime import UTC, datetime
from typing import NamedTuple

PAST = datetime(1000, 1, 1, tzinfo=UTC)
"""Before every fact: an open start, stored as NULL."""
FUTURE = datetime(9000, 1, 1, tzinfo=UTC)
"""After every fact: an open end, stored as NULL."""


class Period(NamedTuple):
    """``start <= at < end``, in UTC."""

    start: datetime
    end: datetime

    def holds(self, at: datetime) -> bool:
        """Whether the moment lies in the period."""
        return self.start <= at < self.end


ALWAYS = Period(PAST, FUTURE)


def period(start: datetime | None, end: datetime | None) -> Period:
    """Make a period of ends that are None where open, as the tables have them."""
    return Period(PAST if start is None else start, FUTURE if end is None else end)


def common(one: Period, other: Period) -> Period | None:
    """Return what two periods share, None when that is nothing."""
    start, end = max(one.start, other.start), min(one.end, other.end)
    return Period(start, end) if start < end else None


def without(periods: tuple[Period, ...], taken: Period) -> tuple[Period, ...]:
    """Take one period out of others; what is left keeps its order."""
    if taken == ALWAYS:
        return ()
    before, after = Period(PAST, taken.start), Period(taken.end, FUTURE)
    parts = [part for period_ in periods for part in (common(period_, before), common(period_, after)) if part]
    return tuple(parts)


def union(periods: tuple[Period, ...]) -> tuple[Period, ...]:
    """Return the same time in the fewest periods, in order; touching ones become one."""
    joined: list[Period] = []
    for period_ in sorted(periods):
        if joined and period_.start <= joined[-1].end:
            joined[-1] = Period(joined[-1].start, max(joined[-1].end, period_.end))
        else:
            joined.append(period_)
    return tuple(joined)
