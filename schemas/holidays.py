"""The days on which offices in Finland are closed: Sundays, the public holidays of a year, and what else is no working day."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache
from typing import Final

_SUNDAY: Final = 6
_SATURDAY: Final = 5
_FIXED: Final = ((1, 1), (1, 6), (5, 1), (12, 6), (12, 25), (12, 26))
"""New Year, Epiphany, May Day (272/1944), Independence Day (388/1937), Christmas."""
_FROM_EASTER: Final = (-2, 0, 1, 39, 49)
"""Days from Easter Sunday to Good Friday, itself, Easter Monday, Ascension and Pentecost (church order 657/2023)."""


def is_holiday(day: date) -> bool:
    """Say whether a day is a Sunday or a public holiday."""
    return day.weekday() == _SUNDAY or day in holidays(day.year)


def is_working_day(day: date) -> bool:
    """Say whether a term can end on a day: no Saturday, holiday, Christmas Eve or Midsummer Eve (150/1930, 5 §)."""
    eve = (day.month, day.day) == (12, 24) or day == _saturday_from(date(day.year, 6, 20)) - timedelta(days=1)
    return day.weekday() < _SATURDAY and not is_holiday(day) and not eve


def working_day_after(day: date, *, days: int) -> date:
    """Give the n-th working day after a day, which itself is not counted."""
    while days:
        day += timedelta(days=1)
        days -= is_working_day(day)
    return day


@lru_cache(maxsize=16)
def holidays(year: int) -> frozenset[date]:
    """Give the public holidays of a year."""
    return frozenset(_of(year))


def _of(year: int) -> Iterator[date]:
    yield from (date(year, month, day) for month, day in _FIXED)
    yield from (easter(year) + timedelta(days=days) for days in _FROM_EASTER)
    yield _saturday_from(date(year, 6, 20))
    yield _saturday_from(date(year, 10, 31))


def _saturday_from(day: date) -> date:
    """Give the first Saturday not before a day: Midsummer, All Saints."""
    return day + timedelta(days=(_SATURDAY - day.weekday()) % 7)


def easter(year: int) -> date:
    """Give Easter Sunday of the Gregorian calendar, by the method of Meeus, Jones and Butcher."""
    century, in_century = divmod(year, 100)
    golden = year % 19
    leaps, rest = divmod(century, 4)
    shift = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - leaps - shift + 15) % 30
    weekday = (32 + 2 * rest + 2 * (in_century // 4) - epact - in_century % 4) % 7
    late = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)
