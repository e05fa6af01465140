"""What became of each row of an import: its number, and for a refused one the field and a sentence; never the value."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final
from uuid import UUID

from consent.errors import ConsentError, Fault
from schemas.identifiers import InvalidIdentifier

MANY: Final = 100
"""Of more rows than these a second steward looks at every yes (CONSENT.md 11)."""
MOST: Final = 10_000
"""Rows of one import; a transaction holds them all."""


class Outcome(StrEnum):
    """How a row ended."""

    RECORDED = "recorded"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A row's answer; ``about`` is the act or denial it made, or had made before under the same key."""

    number: int
    outcome: Outcome
    about: UUID | None = None
    field: str | None = None
    fault: Fault | None = None


def answered(number: int, take: Callable[[], UUID], *, names: Mapping[str, str] = MappingProxyType({})) -> Taken:
    """Take a row in, or say what is wrong with it: the verbs refuse before they write, so a refused row changes nothing.

    ``names``: what the row calls a field that the verbs call otherwise.
    """
    try:
        return Taken(number=number, outcome=Outcome.RECORDED, about=take())
    except ConsentError as error:
        return Taken(
            number=number, outcome=Outcome.REFUSED, field=names.get(error.field, error.field), fault=error.fault
        )
    except InvalidIdentifier:
        return Taken(number=number, outcome=Outcome.REFUSED, field="hetu", fault=Fault.INVALID_FIELD)


def bad(field: str, fault: Fault = Fault.INVALID_FIELD) -> ConsentError:
    """Name a field that is wrong."""
    return ConsentError(fault, field)
