"""Days as a steward writes them: read, and turned into moments of Helsinki."""

from datetime import date, datetime, time, timedelta
from typing import Final

from web.pages.languages import HELSINKI

NOON: Final = time(12)


def day_of(text: str) -> date | None:
    """Read a day: as a browser's field sends it, or as it is written here; None when it is none."""
    parts = text.split(".")
    try:
        return date(int(parts[2]), int(parts[1]), int(parts[0])) if len(parts) == 3 else date.fromisoformat(text)  # noqa: PLR2004 - day, month, year
    except ValueError:
        return None


def past(day: date | None, at: datetime) -> date | None:
    """Give a day that has been or is today."""
    return day if day is not None and day <= at.astimezone(HELSINKI).date() else None


def noon_of(day: date) -> datetime:
    """Give the middle of a day: when a paper of which only the day is known counts as signed."""
    return datetime.combine(day, NOON, HELSINKI)


def end_of(day: date) -> datetime:
    """Give the moment at which a day that is still within ends."""
    return datetime.combine(day + timedelta(days=1), time(), HELSINKI)
