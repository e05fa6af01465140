"""The shapes of an answer: how a permit, a refusal and a derived fact's result are made; pure (CONSENT.md 5)."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from consent.model import (
    Denial,
    Derived,
    Item,
    Matched,
    Obligations,
    Period,
    Result,
    Statute,
)
from consent.model.period import union
from consent.trial import Candidate
from schemas.vocabulary import Ground, Reason

CONSENT_KEY = "CONSENT_SECRECY"
"""The key of the ground when a consent lifts secrecy (621/1999 26 §, 29 §; DOMAIN.md 8.1)."""
_WEAKER = {Ground.STATUTE: 0, Ground.CONSENT: 1, Ground.EMERGENCY: 2}
_NOTHING = Matched()
_OWING_NOTHING = Obligations()


def deny(item: Item | Derived, reason: Reason, matched: Matched = _NOTHING) -> Result:
    """Refuse an item."""
    return Result(item, False, None, None, reason, (), matched, _OWING_NOTHING)


def by_law(
    item: Item, statute: Statute, periods: tuple[Period, ...], *, denials: Sequence[Denial], masked: bool
) -> Result:
    """Permit by a statute, in an emergency or not; denials it passed over are named."""
    ground = Ground(statute.kind)
    matched = Matched(denials=_ids(denials), statutes=((statute.statute_id, statute.version),))
    return Result(item, True, ground, statute.key, Reason(ground), periods, matched, Obligations(mask_location=masked))


def by_consent(item: Item, permitting: Sequence[Candidate], *, denials: Sequence[Denial], masked: bool) -> Result:
    """Permit by every consent that covers some of what is left, for all that they cover together."""
    owed = _together(
        [
            Obligations(each.offer.agreement.retention_days, not each.offer.agreement.onward, masked, each.renewal_due)
            for each in permitting
        ]
    )
    periods = union(tuple(period for each in permitting for period in each.periods))
    matched = Matched(acts=_acts(permitting), denials=_ids(denials))
    return Result(item, True, Ground.CONSENT, CONSENT_KEY, Reason.CONSENT, periods, matched, owed)


def by_furthest(item: Item, candidates: Sequence[Candidate], denials: Sequence[Denial]) -> Result:
    """Refuse with the step of the candidate that came furthest; of equals, the first agreement's."""
    if not candidates:
        return deny(item, Reason.NO_AGREEMENT, Matched(denials=_ids(denials)) if denials else _NOTHING)
    furthest = max(candidates, key=lambda candidate: candidate.step)
    return deny(item, furthest.step.reason, Matched(acts=_acts([furthest]), denials=_ids(denials)))


def denied(item: Item, denials: Sequence[Denial]) -> Result:
    """Refuse because denials took all that was asked."""
    return deny(item, Reason.DENIED, Matched(denials=_ids(denials)))


def derived(item: Derived, inputs: Sequence[Result], asked: tuple[Period, ...]) -> Result:
    """Fold the results of a derived fact's inputs: all or nothing, on the weakest ground."""
    if not inputs:
        return deny(item, Reason.UNKNOWN_CATEGORY)
    matched = _all_matched(inputs)
    for each in inputs:
        if not each.permitted:
            return deny(item, each.reason, matched)
        if each.periods != asked:
            return deny(item, Reason.OUTSIDE_DATA_PERIOD, matched)
    weakest = max(inputs, key=_weakness)
    return weakest._replace(item=item, matched=matched, obligations=_together([each.obligations for each in inputs]))


def _weakness(result: Result) -> int:
    return _WEAKER[result.ground] if result.ground else -1


def _together(owed: Sequence[Obligations]) -> Obligations:
    """Owe the strictest of each."""
    kept = [each.retention_days for each in owed if each.retention_days is not None]
    return Obligations(
        retention_days=min(kept, default=None),
        no_onward=any(each.no_onward for each in owed),
        mask_location=any(each.mask_location for each in owed),
        renewal_due=any(each.renewal_due for each in owed),
    )


def _all_matched(results: Sequence[Result]) -> Matched:
    return Matched(
        acts=tuple(dict.fromkeys(act for each in results for act in each.matched.acts)),
        denials=tuple(dict.fromkeys(denial for each in results for denial in each.matched.denials)),
        statutes=tuple(dict.fromkeys(statute for each in results for statute in each.matched.statutes)),
    )


def _ids(denials: Sequence[Denial]) -> tuple[UUID, ...]:
    return tuple([denial.denial_id for denial in denials]) if denials else ()


def _acts(candidates: Iterable[Candidate]) -> tuple[UUID, ...]:
    return tuple(candidate.said.act_id for candidate in candidates if candidate.said.act_id is not None)
