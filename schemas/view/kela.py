"""What may be shown of Kela's data: no amounts, household or social assistance (DOMAIN.md 5, 6.3)."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from schemas.view.item import Item, Kind, Names, Span


@dataclass(frozen=True, slots=True, kw_only=True)
class BenefitDecision(Item):
    """A decision on a benefit, judged by its period."""

    KIND: ClassVar[Kind] = "decision"
    SPAN: ClassVar[Span] = ("from", "to")

    benefit: str
    decision: str
    ground: str
    from_: date
    to: date | None
    decided: date


@dataclass(frozen=True, slots=True, kw_only=True)
class BenefitPayment(Item):
    """A payment: its period and days, no amount."""

    KIND: ClassVar[Kind] = "payment"
    SPAN: ClassVar[Span] = ("from", "to")
    PLACE: ClassVar[Names] = frozenset({"financing_municipality"})

    benefit: str
    from_: date
    to: date
    paid: date
    days: int
    financing_municipality: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim(Item):
    """A claim that was received, and where it stands."""

    SPAN: ClassVar[Span] = ("received", "received")

    benefit: str
    received: date
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DayCounter(Item):
    """Paid benefit days (five a week) up to a day."""

    SPAN: ClassVar[Span] = ("as_of", "as_of")

    counter: str
    days: int
    maximum: int | None
    as_of: date
