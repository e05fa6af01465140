"""Days and moments as they are typed: a bare day is a midnight in Helsinki, and nothing lies outside the calendar we reckon with."""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from consent.model import FUTURE, PAST
from publish.importing.answers import bad

_HELSINKI: Final = ZoneInfo("Europe/Helsinki")
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_DAYS: Final = (PAST.date(), FUTURE.date())
"""The first day, and the one after the last, that may be typed."""


def is_day(value: object) -> bool:
    """Tell whether a value is a bare day (2026-02-01)."""
    return isinstance(value, str) and _DAY.fullmatch(value) is not None


def midnight(value: str, field: str, *, days_on: int = 0) -> datetime:
    """Give the midnight in Helsinki at which a day begins, or that so many days later; raises ConsentError by ``field``."""
    if not is_day(value):
        raise bad(field)
    try:
        day = date.fromisoformat(value)
    except ValueError:
        raise bad(field) from None
    if not _DAYS[0] < day < _DAYS[1]:
        raise bad(field)
    return datetime.combine(day + timedelta(days=days_on), time(), _HELSINKI).astimezone(UTC)


def moment(value: object, field: str) -> datetime:
    """Read a moment with its zone; a bare day is its midnight in Helsinki. Raises ConsentError by ``field``."""
    if isinstance(value, str) and is_day(value):
        return midnight(value, field)
    try:
        at = datetime.fromisoformat(str(value))
    except ValueError:
        raise bad(field) from None
    if at.tzinfo is None or not _DAYS[0] < at.date() < _DAYS[1]:
        raise bad(field)
    return at.astimezone(UTC)
