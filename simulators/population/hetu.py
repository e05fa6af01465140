"""Artificial personal identity codes: as many as a nation needs, unique, and found back from the code (DOMAIN.md 2.3)."""

from bisect import bisect_right
from datetime import date, timedelta
from functools import cached_property
from itertools import accumulate

from simulators.population.chance import Shuffle

CHECK = "0123456789ABCDEFHJKLMNPRSTUVWXY"
NEW_SIGNS = {1900: "YXWVU", 2000: "BCDEF"}
OLD_SIGN = {1800: "+", 1900: "-", 2000: "A"}
CENTURIES = {sign: century for century, sign in OLD_SIGN.items()} | {
    sign: century for century, signs in NEW_SIGNS.items() for sign in signs
}
SMALLEST_NUMBER = 2
FIRST_NUMBER = 900
REPLACED_BY = 50
PER_DATE = 60
CODE_LENGTH = 11
# Share of jobseekers a year of age, from the age structure in the ministry's employment bulletin, the fullest year as 1.
AGES = (
    (15, 0.0),
    (16, 0.05),
    (18, 0.7),
    (25, 1.0),
    (35, 0.92),
    (45, 0.75),
    (55, 1.0),
    (65, 0.1),
    (68, 0.02),
    (90, 0.0),
)


def check_character(digits: str) -> str:
    """Give the check of nine digits DDMMYYNNN."""
    return CHECK[int(digits) % 31]


def hetu(born: date, sign: str, number: int) -> str:
    """Write an identity code."""
    day = f"{born.day:02}{born.month:02}{born.year % 100:02}"
    return f"{day}{sign}{number:03}{check_character(f'{day}{number:03}')}"


def parts(code: str) -> tuple[date, str, int] | None:
    """Take a valid identity code apart into birth date, sign and number; None for any other text."""
    if len(code) != CODE_LENGTH or code[6] not in CENTURIES or not (code[:6] + code[7:10]).isdecimal():
        return None
    try:
        born = date(CENTURIES[code[6]] + int(code[4:6]), int(code[2:4]), int(code[:2]))
    except ValueError:
        return None
    number, check = int(code[7:10]), check_character(code[:6] + code[7:10])
    return (born, code[6], number) if number >= SMALLEST_NUMBER and check == code[10] else None


class HetuSpace:
    """One identity code for each place in the population, spread over birth dates as jobseekers' ages are.

    Each birth date of the space holds up to 60 codes: five of six with the century's first sign, the sixth with one of
    the signs of decree 690/2022. Numbers 900 to 949 are given first; 950 to 999 replace them when a code is passivated.
    """

    def __init__(self, *, seed: int, today: date, reserved: frozenset[date]) -> None:
        self._seed = seed
        self._first = today - timedelta(days=90 * 366)
        days = (today - self._first).days
        self._counts = [
            0
            if self._date(day) in reserved
            else round(PER_DATE * _age_weight((today - self._date(day)).days // 365.25))
            for day in range(days)
        ]

    def _date(self, day: int) -> date:
        return self._first + timedelta(days=day)

    @cached_property
    def _ends(self) -> list[int]:
        return list(accumulate(self._counts))

    @cached_property
    def _shuffle(self) -> Shuffle:
        return Shuffle(self._ends[-1], self._seed, 0xBEEF)

    @property
    def capacity(self) -> int:
        """How many people have a code of their own."""
        return self._ends[-1]

    def born_and_code(self, index: int) -> tuple[date, str]:
        """Give the birth date and the first identity code of the person at this place."""
        slot = self._shuffle.rank(index)
        day = bisect_right(self._ends, slot)
        born = self._date(day)
        sign, number = _sign_and_number(born, slot - (self._ends[day] - self._counts[day]))
        return born, hetu(born, sign, number)

    def index(self, code: str) -> int | None:
        """Give the place whose first or replacing code this is, None when no place has it."""
        read = parts(code)
        if read is None or not 0 <= (read[0] - self._first).days < len(self._counts):
            return None
        day = (read[0] - self._first).days
        place = _place(read[1], (read[2] - FIRST_NUMBER) % REPLACED_BY)
        if read[2] < FIRST_NUMBER or place >= self._counts[day]:
            return None
        return self._shuffle.item(self._ends[day] - self._counts[day] + place)


def replacing(code: str) -> str:
    """Give the code that replaces a passivated first code: the same birth date and sign, another number."""
    number = int(code[7:10]) + REPLACED_BY
    return f"{code[:7]}{number:03}{check_character(f'{code[:6]}{number:03}')}"


def _age_weight(age: float) -> float:
    return next(weight for start, weight in reversed(AGES) if age >= start) if age >= AGES[0][0] else 0.0


def _sign_and_number(born: date, place: int) -> tuple[str, int]:
    group, of_six = divmod(place, 6)
    century = born.year // 100 * 100
    if of_six < 5:  # noqa: PLR2004 - five of six codes have the old sign
        return OLD_SIGN[century], FIRST_NUMBER + group * 5 + of_six
    return NEW_SIGNS[century][group % 5], FIRST_NUMBER + group // 5


def _place(sign: str, number: int) -> int:
    if sign in OLD_SIGN.values():
        return number // 5 * 6 + number % 5
    new = next(signs for signs in NEW_SIGNS.values() if sign in signs)
    return (number * 5 + new.index(sign)) * 6 + 5
