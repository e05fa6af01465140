"""Agreements and statutes that end soon with nothing to take their place; pure (CONSENT.md 11)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from consent.model import Agreement, Register, Statute


@dataclass(frozen=True, slots=True, kw_only=True)
class Lapsing:
    """What a recipient loses at ``until``: under an agreement with its controller, or, without one, under a law.

    ``unverified``: that our reading of the law is not confirmed by an authority.
    """

    agreement_id: UUID | None = None
    controller: str = ""
    law: str = ""
    unverified: bool = False
    categories: tuple[str, ...]
    until: datetime


def lapsing(register: Register, *, recipient: str, at: datetime, before: datetime) -> list[Lapsing]:
    """List what is in force now and ends before a moment, the first to end first; of each the categories that nothing goes on opening."""
    kind = register.parties.get(recipient)
    agreements = [each for each in register.agreements if each.recipient == recipient]
    statutes = [each for each in register.statutes if each.recipient_kind == kind]
    found = [_agreement(each, agreements) for each in agreements if _ends(each, at, before)]
    found += [_statute(each, statutes) for each in statutes if _ends(each, at, before)]
    return sorted((each for each in found if each.categories), key=lambda each: each.until)


def _ends(each: Agreement | Statute, at: datetime, before: datetime) -> bool:
    return each.in_force.holds(at) and each.in_force.end < before


def _agreement(ending: Agreement, among: Iterable[Agreement]) -> Lapsing:
    parties = (ending.controller, ending.purpose)
    others = (
        each.categories for each in among if _follows(each, ending) and (each.controller, each.purpose) == parties
    )
    return Lapsing(
        agreement_id=ending.agreement_id,
        controller=ending.controller,
        categories=_left(ending.categories, others),
        until=ending.in_force.end,
    )


def _statute(ending: Statute, among: Iterable[Statute]) -> Lapsing:
    right = (ending.controller_kind, ending.purpose, ending.kind)
    others = (
        each.categories
        for each in among
        if _follows(each, ending) and (each.controller_kind, each.purpose, each.kind) == right
    )
    return Lapsing(
        law=ending.law,
        unverified=not ending.verified,
        categories=_left(ending.categories, others),
        until=ending.in_force.end,
    )


def _follows(each: Agreement | Statute, ending: Agreement | Statute) -> bool:
    """Say whether another is in force when this one has ended; this one itself is not."""
    return each.in_force.holds(ending.in_force.end)


def _left(categories: frozenset[str], others: Iterable[frozenset[str]]) -> tuple[str, ...]:
    return tuple(sorted(categories.difference(*others)))
