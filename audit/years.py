"""The number of a log: its year, and after a restore that lost events the year with a digit more, on and on upwards."""

from typing import Final

from audit.errors import AuditError

_FIRST_WITH_A_DIGIT: Final = 10_000


def year_of(log: int) -> int:
    """Return the year (UTC) whose events a log takes: 2026 of 2026, of 20261 too."""
    return log if log < _FIRST_WITH_A_DIGIT else log // 10


def next_log(former: int, year: int) -> int:
    """Give the log after ``former`` (0 of none) its number: always a higher one, so that logs follow one another by their numbers.

    A year's log is named by the year alone until a restore has added a digit once. Raises ``AuditError`` after nine restores in a year.
    """
    if former < min(_FIRST_WITH_A_DIGIT, year):
        return year
    if year_of(former) < year:
        return year * 10
    number = former * 10 + 1 if former < _FIRST_WITH_A_DIGIT else former + 1
    if year_of(number) != year_of(former):
        raise AuditError("The log of a year can be begun anew nine times, and that was done.")
    return number
