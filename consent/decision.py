"""The rule: what may be shown of a person to whom, and why; pure, and the only one (CONSENT.md 5)."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from consent import results
from consent.case import Case
from consent.model import (
    FUTURE,
    Decision,
    Denial,
    Derived,
    Explanation,
    Facts,
    Item,
    Outcome,
    Period,
    Request,
    Result,
    Standing,
    Tried,
)
from consent.model.making import maker
from consent.model.period import common, without
from consent.trial import Candidate, tried
from schemas.vocabulary import Reason

POLICY = "2026-11-21"
"""The version of the rule, kept with every decision."""
_PERMIT, _PARTIAL, _DENY = Outcome.PERMIT, Outcome.PARTIAL, Outcome.DENY
_decision = maker(Decision)


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
        refused = tuple([results.deny(item, Reason.STORE_UNAVAILABLE) for item in request.items])
        return Decision(Outcome.DENY, refused, at, 0, 0, POLICY)
    case = Case(request, facts, at)
    found = tuple([_single(case, item) if isinstance(item, Item) else _derived(case, item) for item in request.items])
    consent_seq = facts.person.consent_seq if facts.person else 0
    until = None if case.until == FUTURE else case.until
    return _decision((_outcome(found), found, until, consent_seq, facts.register.seq, POLICY))


def explain(request: Request, facts: Facts | None, at: datetime) -> Explanation:
    """Decide, and tell of every consent that could have permitted an item how far it came, whatever decided in the end."""
    decision = decide(request, facts, at)
    if facts is None:
        return Explanation(decision, tuple(() for _ in request.items))
    case = Case(request, facts, at)
    return Explanation(decision, tuple(tuple(_all_tried(case, item)) for item in request.items))


def _derived(case: Case, item: Derived) -> Result:
    return results.derived(item, [_single(case, part) for part in item.inputs], case.request.asked)


def _single(case: Case, item: Item) -> Result:
    """Walk sentences 1 to 3 for one category of one controller."""
    route, stance = case.route(item), case.stance
    if refusal := stance.unknown or route.unknown or stance.refusal:
        return results.deny(item, refusal)
    standing = case.standing(route)
    if standing.wanting:
        return results.deny(item, Reason.NO_TASK)
    if stance.protected and case.closed:
        return results.deny(item, Reason.PROTECTED)
    if not route.necessary:
        return results.deny(item, Reason.NOT_NECESSARY)
    return _by_ground(case, item, standing)


def _by_ground(case: Case, item: Item, standing: Standing) -> Result:
    """Walk sentences 4 to 8: by law, by consent, in an emergency, or not."""
    matching = _matching(case, item) if case.stance.denials else ()
    denials, left = _taking(matching, case.request.asked) if matching else ((), case.request.asked)
    masked, statute = case.stance.protected, standing.statute
    if statute is not None and statute.overrides_denial:
        return results.by_law(item, statute, case.request.asked, denials=denials, masked=masked)
    if left and statute is not None:
        return results.by_law(item, statute, left, denials=denials, masked=masked)
    permitting, furthest = _tried(case, standing, item, left) if left else ([], None)
    if permitting:
        return results.by_consent(item, permitting, denials=denials, masked=masked)
    if standing.emergency is not None and _is_emergency(case, matching):
        return results.by_law(item, standing.emergency, case.request.asked, denials=denials, masked=masked)
    if not left:
        return results.denied(item, denials)
    return results.by_furthest(item, furthest, denials)


def _matching(case: Case, item: Item) -> tuple[Denial, ...]:
    """Find the denials of an item, whatever data they are of; a controller's own data are not denied it."""
    if item.controller == case.request.recipient:
        return ()
    source = case.facts.register.sources.get(item.category)
    matching = [
        denial
        for denial in case.stance.denials
        if denial.purpose in (None, case.request.purpose)
        and denial.source in (None, source)
        and denial.controller in (None, item.controller)
        and denial.category in (None, item.category)
    ]
    return tuple(matching)


def _taking(matching: Iterable[Denial], asked: tuple[Period, ...]) -> tuple[tuple[Denial, ...], tuple[Period, ...]]:
    """Return the denials that take from the data asked, and what they leave."""
    taking: list[Denial] = []
    left = asked
    for denial in matching:
        if common(denial.data, asked[0]):
            taking.append(denial)
            left = without(left, denial.data)
    return tuple(taking), left


def _is_emergency(case: Case, matching: Iterable[Denial]) -> bool:
    claim = case.request.emergency
    return claim is not None and claim.complete and all(denial.allow_emergency for denial in matching)


def _tried(
    case: Case, standing: Standing, item: Item, left: tuple[Period, ...]
) -> tuple[list[Candidate], Candidate | None]:
    """Return the consents that cover some of what is left, and of the others the one that came furthest, the first of equals."""
    permitting: list[Candidate] = []
    furthest = None
    for offer in standing.offers:
        candidate = tried(offer, case.said(offer, item), left)
        if candidate.periods:
            permitting.append(candidate)
        elif furthest is None or candidate.step > furthest.step:
            furthest = candidate
    return permitting, furthest


def _all_tried(case: Case, item: Item | Derived) -> Iterator[Tried]:
    """Yield every candidate of an item, or of a derived fact's inputs, for the data that denials leave."""
    for part in item.inputs if isinstance(item, Derived) else (item,):
        route = case.route(part)
        if case.stance.unknown or route.unknown:
            continue
        _, left = _taking(_matching(case, part), case.request.asked)
        for offer in case.standing(route).offers:
            candidate = tried(offer, case.said(offer, part), left)
            yield Tried(candidate.offer.agreement.agreement_id, candidate.said.act_id, candidate.step)


def _outcome(found: Sequence[Result]) -> Outcome:
    permits = sum([result.permitted for result in found])
    if not permits:
        return _DENY
    return _PERMIT if permits == len(found) else _PARTIAL
