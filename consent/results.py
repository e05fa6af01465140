"""The shapes of an answer: how a permit, a refusal and a derived fact's result are made; pure (CONSENT.md 5)."""

from collections.abc import Sequence
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
    StatuteKind,
)
from consent.model.making import maker
from consent.model.period import union
from consent.trial import Candidate
from schemas.vocabulary import Ground, Reason

CONSENT_KEY = "CONSENT_SECRECY"
"""The key of the ground when a consent lifts secrecy (621/1999 26 §, 29 §; DOMAIN.md 8.1)."""
_WEAKER = {Ground.STATUTE: 0, Ground.CONSENT: 1, Ground.EMERGENCY: 2}
_LAWFUL = {
    StatuteKind.STATUTE: (Ground.STATUTE, Reason.STATUTE),
    StatuteKind.EMERGENCY: (Ground.EMERGENCY, Reason.EMERGENCY),
}
_CONSENT, _AGREED = Ground.CONSENT, Reason.CONSENT
_result, _matched = maker(Result), maker(Matched)
_NOTHING = Matched()
_OWING_NOTHING, _OWING_A_MASK = Obligations(), Obligations(mask_location=True)


def deny(item: Item | Derived, reason: Reason, matched: Matched = _NOTHING) -> Result:
    """Refuse an item."""
    return _result((item, False, None, None, reason, (), matched, _OWING_NOTHING))


def by_law(
    item: Item, statute: Statute, periods: tuple[Period, ...], *, denials: Sequence[Denial], masked: bool
) -> Result:
    """Permit by a statute, in an emergency or not; denials it passed over are named."""
    ground, reason = _LAWFUL[statute.kind]
    matched = _matched(((), _ids(denials), ((statute.statute_id, statute.version),)))
    owed = _OWING_A_MASK if masked else _OWING_NOTHING
    return _result((item, True, ground, statute.key, reason, periods, matched, owed))


def by_consent(item: Item, permitting: Sequence[Candidate], *, denials: Sequence[Denial], masked: bool) -> Result:
    """Permit by every consent that covers some of what is left, for all that they cover together."""
    first, *others = permitting
    owed, periods, acts = _owed(first, masked=masked), first.periods, _acts(first)
    for each in others:
        owed, acts = _together((owed, _owed(each, masked=masked))), acts + _acts(each)
        periods = union(periods + each.periods)
    matched = _matched((acts, _ids(denials), ()))
    return _result((item, True, _CONSENT, CONSENT_KEY, _AGREED, periods, matched, owed))


def by_furthest(item: Item, furthest: Candidate | None, denials: Sequence[Denial]) -> Result:
    """Refuse with the step of the candidate that came furthest, if there is any agreement to ask under."""
    if furthest is None:
        return deny(item, Reason.NO_AGREEMENT, Matched((), _ids(denials)) if denials else _NOTHING)
    return deny(item, furthest.step.reason, _matched((_acts(furthest), _ids(denials), ())))


def denied(item: Item, denials: Sequence[Denial]) -> Result:
    """Refuse because denials took all that was asked."""
    return deny(item, Reason.DENIED, _matched(((), _ids(denials), ())))


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


def _owed(permitting: Candidate, *, masked: bool) -> Obligations:
    offer = permitting.offer
    return offer.owed[masked][permitting.said.notice_n < offer.due_below]


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


def _acts(candidate: Candidate) -> tuple[UUID, ...]:
    act_id = candidate.said.act_id
    return () if act_id is None else (act_id,)
