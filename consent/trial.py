"""How far a consent comes under one agreement: the steps of a candidate; pure (CONSENT.md 5.2)."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from consent.model import SILENT, Agreement, Change, Facts, Period, Step, Stretch
from consent.model.period import common


class Asked(NamedTuple):
    """What is tried: a category, the data still wanted of it, the moment, and whether the person is under 18 then."""

    category: str
    left: tuple[Period, ...]
    at: datetime
    minor: bool


class Candidate(NamedTuple):
    """An agreement with what was said under it, how far that comes, and what it covers of the data wanted."""

    step: Step
    agreement: Agreement
    said: Stretch
    periods: tuple[Period, ...] = ()
    renewal_due: bool = False


def tried(facts: Facts, agreements: Iterable[Agreement], asked: Asked) -> list[Candidate]:
    """Try each agreement, in the order given."""
    return [_tried(agreement, _said(facts, agreement, asked), asked) for agreement in agreements]


def _said(facts: Facts, agreement: Agreement, asked: Asked) -> Stretch:
    """Find what the key comes to at the moment asked."""
    will = facts.wills.get((agreement.agreement_id, asked.category), SILENT)
    stretches = will.minor if asked.minor and will.minor is not None else will.adult
    return next(stretch for stretch in stretches if asked.at < stretch.end)


def _tried(agreement: Agreement, said: Stretch, asked: Asked) -> Candidate:
    if not agreement.in_force.holds(asked.at):
        return Candidate(Step.AGREEMENT_INVALID, agreement, said)
    if said.step is not Step.OK:
        return Candidate(said.step, agreement, said)
    renewal_due = False
    for notice in agreement.notices:
        if notice.n > said.notice_n and notice.change is Change.MATERIAL and notice.published_at <= asked.at:
            if notice.grace_until <= asked.at:
                return Candidate(Step.NOTICE_OUTDATED, agreement, said)
            renewal_due = True
    periods = tuple(part for part in (common(period, said.data) for period in asked.left) if part)
    if not periods:
        return Candidate(Step.OUTSIDE_DATA_PERIOD, agreement, said)
    return Candidate(Step.OK, agreement, said, periods, renewal_due)
