"""How far a consent comes under one agreement: the steps of a candidate; pure (CONSENT.md 5.2)."""

from typing import Final, NamedTuple

from consent.model import ALWAYS, Offer, Period, Step, Stretch
from consent.model.making import maker
from consent.model.period import common

_OK: Final = Step.OK
"""Python 3.11 finds a member of an enumeration by a function of its own; here one is asked for with every candidate."""


class Candidate(NamedTuple):
    """An agreement with what was said under it, how far that comes, and what it covers of the data wanted: nothing unless it is ok."""

    step: Step
    offer: Offer
    said: Stretch
    periods: tuple[Period, ...] = ()


_candidate = maker(Candidate)


def tried(offer: Offer, said: Stretch, left: tuple[Period, ...]) -> Candidate:
    """Try what was said under an agreement against the steps in their order, for the data still wanted."""
    if not offer.in_force:
        return Candidate(Step.AGREEMENT_INVALID, offer, said)
    if said.step is not _OK:
        return _candidate((said.step, offer, said, ()))
    if said.notice_n < offer.outdated_below:
        return Candidate(Step.NOTICE_OUTDATED, offer, said)
    periods = left if said.data == ALWAYS else _common(left, said.data)
    if not periods:
        return Candidate(Step.OUTSIDE_DATA_PERIOD, offer, said)
    return _candidate((_OK, offer, said, periods))


def _common(left: tuple[Period, ...], data: Period) -> tuple[Period, ...]:
    return tuple([part for part in (common(period, data) for period in left) if part])
