"""The three languages of the pages, and which one a visitor reads (PAGES.md 10)."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

HELSINKI: Final = ZoneInfo("Europe/Helsinki")
_EN_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


class Language(StrEnum):
    """A language of the pages; ``fi`` is the one that is always there."""

    FI = "fi"
    SV = "sv"
    EN = "en"

    @property
    def own_name(self) -> str:
        """What its readers call it."""
        return {"fi": "suomi", "sv": "svenska", "en": "English"}[self.value]


def chosen(saved: str | None, accepted: str) -> Language:
    """Take the saved choice, then the first of ``Accept-Language`` that we have, then Finnish."""
    if saved in set(Language):
        return Language(saved)
    return next((Language(code) for code in _preferred(accepted) if code in set(Language)), Language.FI)


def _preferred(accepted: str) -> Iterator[str]:
    """Yield the languages of the header, the most wanted first; a weight that is no number counts as none."""
    weighed = []
    for part in accepted.split(","):
        code, _, weight = part.strip().partition(";q=")
        try:
            weighed.append((-float(weight or 1), code.partition("-")[0].lower()))
        except ValueError:
            continue
    yield from (code for _, code in sorted(weighed, key=lambda pair: pair[0]))


def day(moment: datetime, language: Language) -> str:
    """Write a day as it is written: ``4.6.2026``, in English ``4 June 2026``; the day is Helsinki's."""
    return birthday(moment.astimezone(HELSINKI).date(), language)


def last_day(end: datetime, language: Language) -> str:
    """Write the last day of what ends at a moment: what ends at midnight held through the day before (CONSENT.md, times)."""
    return day(end - timedelta(microseconds=1), language)


def birthday(date_: date, language: Language) -> str:
    """Write a date that is one day everywhere."""
    if language is Language.EN:
        return f"{date_.day} {_EN_MONTHS[date_.month - 1]} {date_.year}"
    return f"{date_.day}.{date_.month}.{date_.year}"


def moment(at: datetime, language: Language) -> str:
    """Write a moment: ``4.6.2026 klo 9.12``."""
    local = at.astimezone(HELSINKI)
    clock = f"{local.hour}.{local.minute:02}"
    if language is Language.EN:
        return f"{day(at, language)} at {clock}"
    return f"{day(at, language)} {'klo' if language is Language.FI else 'kl.'} {clock}"


def number(value: int) -> str:
    """Write a number with a narrow space between thousands, which all three languages read."""
    return f"{value:,}".replace(",", "\u202f")
