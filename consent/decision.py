"""The rule: what may be shown of a person to whom, and why; pure, and the only one (CONSENT.md 5)."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from consent import results
from consent.case import Case
from consent.model import (
    FUTURE,
    SILENT,
    Decision,
    Denial,
    Derived,
    Explanation,
    Facts,
    Item,
    Offer,
    Outcome,
    Period,
    Request,
    Result,
    Standing,
    Step,
    Stretch,
    Tried,
)
from consent.model.period import common, without
from consent.trial import Candidate, tried
from schemas.vocabulary import Reason

POLICY = "2026-11-21"
"""The version of the rule, kept with every decision."""


def decide(request: Request, facts: Facts | None, at: datetime) -> Decision:
    """Decide each item as asked about the moment ``at``; the first sentence that answers wins.

    1. Facts that cannot be read deny (``store_unavailable``); an unknown person, recipient, purpose or category denies.
    2. A dead person denies; a recipient without a task at ``at`` denies (``no_task``), as it does when statutes in force or agreements
       are there for the item but each presupposes a task that the recipient does not have; those are then passed over throughout.
       A protected person denies everyone but the named coach.
    3. A category that the purpose does not need denies; no consent widens this.
    4. A statute in force that overrides denials permits all that is asked; any other permits what sentence 5 leaves.
    5. Denials in force that match take their data from what is asked; none binds a controller as the recipient of its own data.
       When nothing is left it is denied, unless sentence 7 permits.
    6. Consents under an agreement permit what they cover of what is left, together; each is tried by the steps of 5.2.
    7. An emergency permits what is asked when a statute for emergencies is in force and every denial that matches allows it, of whatever
       data it is.
    8. Otherwise it is denied, with the step of the candidate that came furthest.

    A derived fact is permitted when every input is, for all that is asked; its ground is the weakest, its refusal that of the first input
    to fail, and an input permitted in part fails as ``outside_data_period``.
    """
    if facts is None:
        return _answer(None, [results.deny(item, Reason.STORE_UNAVAILABLE) for item in request.items], [at])
    case = Case(request, facts, at)
    return _answer(facts, [_result(case, item) for item in request.items], case.ends)


def explain(request: Request, facts: Facts | None, at: datetime) -> Explanation:
    """Decide, and tell of every consent that could have permitted an item how far it came, whatever decided in the end."""
    decision = decide(request, facts, at)
    if facts is None:
        return Explanation(decision, tuple(() for _ in request.items))
    case = Case(request, facts, at)
    return Explanation(decision, tuple(tuple(_all_tried(case, item)) for item in request.items))


def _result(case: Case, item: Item | Derived) -> Result:
    if isinstance(item, Derived):
        return results.derived(item, [_single(case, part) for part in item.inputs], case.asked)
    return _single(case, item)


def _single(case: Case, item: Item) -> Result:
    """Walk sentences 1 to 3 for one category of one controller."""
    register = case.facts.register
    unknown = case.unknown or (None if item.category in register.sources else Reason.UNKNOWN_CATEGORY)
    if refusal := unknown or case.refusal:
        return results.deny(item, refusal)
    standing = _standing(case, item)
    if standing.wanting:
        return results.deny(item, Reason.NO_TASK)
    if case.closed:
        return results.deny(item, Reason.PROTECTED)
    if item.category not in register.needs[case.request.purpose]:
        return results.deny(item, Reason.NOT_NECESSARY)
    return _by_ground(case, item, standing)


def _standing(case: Case, item: Item) -> Standing:
    """Find what the register says of an item to a recipient with these tasks."""
    request = case.request
    route = case.facts.register.route(request.recipient, request.purpose, item.controller, item.category)
    standing = route.standing(case.at, case.stance.grounds)
    case.ends.append(standing.until)
    return standing


def _by_ground(case: Case, item: Item, standing: Standing) -> Result:
    """Walk sentences 4 to 8: by law, by consent, in an emergency, or not."""
    matching = _matching(case, item) if case.denials else ()
    denials, left = _taking(case, matching) if matching else ((), case.asked)
    masked = case.stance.protected
    statute = standing.statutes[0] if standing.statutes else None
    if statute is not None and statute.overrides_denial:
        return results.by_law(item, statute, case.asked, denials=denials, masked=masked)
    if left and statute is not None:
        return results.by_law(item, statute, left, denials=denials, masked=masked)
    candidates = _tried(case, standing, item, left) if left else []
    if permitting := [candidate for candidate in candidates if candidate.step is Step.OK]:
        return results.by_consent(item, permitting, denials=denials, masked=masked)
    if standing.emergencies and _is_emergency(case, matching):
        return results.by_law(item, standing.emergencies[0], case.asked, denials=denials, masked=masked)
    if not left:
        return results.denied(item, denials)
    return results.by_furthest(item, candidates, denials)


def _matching(case: Case, item: Item) -> tuple[Denial, ...]:
    """Find the denials of an item, whatever data they are of; a controller's own data are not denied it."""
    if item.controller == case.request.recipient:
        return ()
    source = case.facts.register.sources.get(item.category)
    return tuple(
        denial
        for denial in case.denials
        if denial.source in (None, source)
        and denial.controller in (None, item.controller)
        and denial.category in (None, item.category)
    )


def _taking(case: Case, matching: Iterable[Denial]) -> tuple[tuple[Denial, ...], tuple[Period, ...]]:
    """Return the denials that take from the data asked, and what they leave."""
    taking: list[Denial] = []
    left = case.asked
    for denial in matching:
        if common(denial.data, case.asked[0]):
            taking.append(denial)
            left = without(left, denial.data)
    return tuple(taking), left


def _is_emergency(case: Case, matching: Iterable[Denial]) -> bool:
    claim = case.request.emergency
    return claim is not None and claim.complete and all(denial.allow_emergency for denial in matching)


def _tried(case: Case, standing: Standing, item: Item, left: tuple[Period, ...]) -> list[Candidate]:
    return [tried(offer, _said(case, offer, item), left) for offer in standing.offers]


def _said(case: Case, offer: Offer, item: Item) -> Stretch:
    """Find what a key comes to at the moment asked."""
    will = case.facts.wills.get((offer.agreement.agreement_id, item.category), SILENT)
    stretches = will.minor if will.minor is not None and case.stance.minor else will.adult
    for said in stretches:
        if case.at < said.end:
            break
    case.ends.append(said.end)
    return said


def _all_tried(case: Case, item: Item | Derived) -> Iterator[Tried]:
    """Yield every candidate of an item, or of a derived fact's inputs, for the data that denials leave."""
    if case.unknown:
        return
    for part in item.inputs if isinstance(item, Derived) else (item,):
        _, left = _taking(case, _matching(case, part))
        for candidate in _tried(case, _standing(case, part), part, left):
            yield Tried(candidate.offer.agreement.agreement_id, candidate.said.act_id, candidate.step)


def _answer(facts: Facts | None, found: Sequence[Result], ends: Sequence[datetime]) -> Decision:
    end = min(ends)
    consent_seq = facts.person.consent_seq if facts and facts.person else 0
    register_seq = facts.register.seq if facts else 0
    return Decision(_outcome(found), tuple(found), None if end == FUTURE else end, consent_seq, register_seq, POLICY)


def _outcome(found: Sequence[Result]) -> Outcome:
    permits = denies = False
    for result in found:
        permits, denies = permits or result.permitted, denies or not result.permitted
    if not permits:
        return Outcome.DENY
    return Outcome.PARTIAL if denies else Outcome.PERMIT
