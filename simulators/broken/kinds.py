"""The kinds of broken rows by name, and what breaks an identity code."""

from enum import StrEnum
from typing import Any

from simulators.population.hetu import CHECK

Row = dict[str, Any]
OTHER_CENTURY = {"-": "A", "A": "-", "+": "-"} | dict.fromkeys("YXWVU", "B") | dict.fromkeys("BCDEF", "Y")


class Broken(StrEnum):
    """What is wrong with a row."""

    WRONG_CHECK = "wrong-check"  # the check character of a HETU
    OTHER_CENTURY = "other-century"  # the sign of a HETU: its check holds, its birth date does not
    DATE_ORDER = "date-order"  # an end before its start
    UNKNOWN_CODE = "unknown-code"  # a code that no list holds
    OVERLAP = "overlap"  # another record over the same time
    MISSING_FIELD = "missing-field"  # a mandatory field left out
    WRONG_TYPE = "wrong-type"  # a word where a number belongs
    BROKEN_REFERENCE = "broken-reference"  # a record of somebody, or of something, that does not exist
    NUMBER_CODE = "number-code"  # a code that lost its leading zero: 05 became 5
    CROSSING = "crossing"  # a basic benefit over 2026-05-01


def wrong_check(hetu: str) -> str:
    """Give the identity code with the check character after the right one."""
    return hetu[:-1] + CHECK[(CHECK.index(hetu[-1]) + 1) % len(CHECK)]


def other_century(hetu: str) -> str:
    """Give the identity code of the same digits in another century."""
    return hetu[:6] + OTHER_CENTURY[hetu[6]] + hetu[7:]
