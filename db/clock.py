"""The one door to the clock."""

from datetime import UTC, datetime


def now() -> datetime:
    """Return this moment as aware UTC, in microseconds; for the edges only, everything inside takes ``at``."""
    return datetime.now(tz=UTC)  # noqa: TID251 - this is the door the rule points to
