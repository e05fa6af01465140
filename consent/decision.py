"""The rule: what may be shown of a person to whom, and why; pure, and the only one (CONSENT.md 5)."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from consent import results
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
    Route,
    Step,
    Tried,
)
from consent.model.period import common, without
from consent.trial import Asked, Candidate, tried
from schemas.vocabulary import Reason, TaskGround

POLICY = "2026-06-01"
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
    7. An emergency permits what is asked when a statute for emergencies is in force and every denial allows it.
    8. Otherwise it is denied, with the step of the candidate that came furthest.

    A derived fact is permitted when every input is, for all that is asked; its ground is the weakest, its refusal that of the first input
    to fail, and an input permitted in part fails as ``outside_data_period``.
    """
    if facts is None:
        return _answer(None, [results.deny(item, Reason.STORE_UNAVAILABLE) for item in request.items], [at])
    case = _case(request, facts, at)
    return _answer(facts, [_result(case, item) for item in request.items], case.ends)


def explain(request: Request, facts: Facts | None, at: datetime) -> Explanation:
    """Decide, and tell of every consent that could have permitted an item how far it came, whatever decided in the end."""
    decision = decide(request, facts, at)
    if facts is None:
        return Explanation(decision, tuple(() for _ in request.items))
    case = _case(request, facts, at)
    return Explanation(decision, tuple(tuple(_all_tried(case, item)) for item in request.items))


class _Case(NamedTuple):
    """What all items of a request share; ``ends`` gathers when what was looked at ends."""

    request: Request
    facts: Facts
    at: datetime
    unknown: Reason | None
    refusal: Reason | None
    grounds: frozenset[TaskGround]
    protected: bool
    opened: bool
    minor: bool
    denials: tuple[Denial, ...]
    asked: tuple[Period, ...]
    ends: list[datetime]


def _case(request: Request, facts: Facts, at: datetime) -> _Case:
    person = facts.person
    of_age_at = person.of_age_at if person else None
    grounds = frozenset(
        task.ground for task in facts.tasks if task.recipient == request.recipient and task.during.holds(at)
    )
    return _Case(
        request=request,
        facts=facts,
        at=at,
        unknown=_unknown(request, facts),
        refusal=_not_ours(facts, grounds, at),
        grounds=grounds,
        protected=person is not None and any(period.holds(at) for period in person.protected),
        opened=_is_coach(request, facts, at),
        minor=of_age_at is not None and at < of_age_at,
        denials=tuple(denial for denial in facts.denials if _is_about(denial, request) and denial.during.holds(at)),
        asked=(Period(request.data_from, request.data_until),),
        ends=[_next_of(facts.moments, at)],
    )


def _unknown(request: Request, facts: Facts) -> Reason | None:
    if facts.person is None:
        return Reason.UNKNOWN_PERSON
    if request.recipient not in facts.register.parties:
        return Reason.UNKNOWN_RECIPIENT
    if request.purpose not in facts.register.needs:
        return Reason.UNKNOWN_PURPOSE
    return None


def _not_ours(facts: Facts, grounds: frozenset[TaskGround], at: datetime) -> Reason | None:
    if facts.person is not None and facts.person.deceased_at <= at:
        return Reason.PERSON_DECEASED
    return None if grounds else Reason.NO_TASK


def _is_coach(request: Request, facts: Facts, at: datetime) -> bool:
    who = (request.recipient, request.user)
    return any((coach.recipient, coach.user) == who and coach.during.holds(at) for coach in facts.coaches)


def _is_about(denial: Denial, request: Request) -> bool:
    return denial.recipient in (None, request.recipient) and denial.purpose in (None, request.purpose)


def _result(case: _Case, item: Item | Derived) -> Result:
    if isinstance(item, Derived):
        return results.derived(item, [_single(case, part) for part in item.inputs], case.asked)
    return _single(case, item)


def _single(case: _Case, item: Item) -> Result:
    """Walk sentences 1 to 3 for one category of one controller."""
    request, register = case.request, case.facts.register
    if refusal := case.unknown or (None if item.category in register.sources else Reason.UNKNOWN_CATEGORY):
        return results.deny(item, refusal)
    if case.refusal:
        return results.deny(item, case.refusal)
    route = register.route(request.recipient, request.purpose, item.controller, item.category)
    case.ends.append(_next_of(route.moments, case.at))
    on_task = _on_task(route, case)
    if on_task is None:
        return results.deny(item, Reason.NO_TASK)
    if case.protected and not case.opened:
        return results.deny(item, Reason.PROTECTED)
    if item.category not in register.needs[request.purpose]:
        return results.deny(item, Reason.NOT_NECESSARY)
    return _by_ground(case, item, on_task)


def _on_task(route: Route, case: _Case) -> Route | None:
    """Keep what is in force and rests on a task that the recipient has; None when only such tasks were wanting."""
    at, grounds = case.at, case.grounds
    statutes = [row for row in route.statutes if row.in_force.holds(at)]
    emergencies = [row for row in route.emergencies if row.in_force.holds(at)]
    kept = Route(
        tuple(row for row in statutes if row.task_ground is None or row.task_ground in grounds),
        tuple(row for row in emergencies if row.task_ground is None or row.task_ground in grounds),
        tuple(row for row in route.agreements if row.task_ground is None or row.task_ground in grounds),
    )
    wanting = any((statutes, emergencies, route.agreements)) and not any(kept[:3])
    return None if wanting else kept


def _by_ground(case: _Case, item: Item, route: Route) -> Result:
    """Walk sentences 4 to 8: by law, by consent, in an emergency, or not."""
    denials, masked = _matching(case, item), case.protected
    statute = route.statutes[0] if route.statutes else None
    if statute is not None and statute.overrides_denial:
        return results.by_law(item, statute, case.asked, denials=denials, masked=masked)
    left = case.asked
    for denial in denials:
        left = without(left, denial.data)
    if left and statute is not None:
        return results.by_law(item, statute, left, denials=denials, masked=masked)
    candidates = _tried(case, route, item, left) if left else []
    if permitting := [candidate for candidate in candidates if candidate.step is Step.OK]:
        return results.by_consent(item, permitting, denials=denials, masked=masked)
    if route.emergencies and _is_emergency(case, denials):
        return results.by_law(item, route.emergencies[0], case.asked, denials=denials, masked=masked)
    if not left:
        return results.denied(item, denials)
    return results.by_furthest(item, candidates, denials)


def _matching(case: _Case, item: Item) -> tuple[Denial, ...]:
    if not case.denials or item.controller == case.request.recipient:
        return ()
    source = case.facts.register.sources[item.category]
    return tuple(
        denial
        for denial in case.denials
        if denial.source in (None, source)
        and denial.controller in (None, item.controller)
        and denial.category in (None, item.category)
        and common(denial.data, case.asked[0])
    )


def _is_emergency(case: _Case, denials: Iterable[Denial]) -> bool:
    claim = case.request.emergency
    return claim is not None and claim.complete and all(denial.allow_emergency for denial in denials)


def _tried(case: _Case, route: Route, item: Item, left: tuple[Period, ...]) -> list[Candidate]:
    candidates = tried(case.facts, route.agreements, Asked(item.category, left, case.at, case.minor))
    case.ends.extend(candidate.said.end for candidate in candidates)
    return candidates


def _all_tried(case: _Case, item: Item | Derived) -> Iterator[Tried]:
    """Yield every candidate of an item, or of a derived fact's inputs, for all the data asked."""
    if case.unknown:
        return
    for part in item.inputs if isinstance(item, Derived) else (item,):
        request = case.request
        route = case.facts.register.route(request.recipient, request.purpose, part.controller, part.category)
        for candidate in _tried(case, route, part, case.asked):
            yield Tried(candidate.agreement.agreement_id, candidate.said.act_id, candidate.step)


def _next_of(moments: Sequence[datetime], at: datetime) -> datetime:
    """Return the first of sorted moments that is later than ``at``."""
    place = bisect_right(moments, at)
    return moments[place] if place < len(moments) else FUTURE


def _answer(facts: Facts | None, found: Sequence[Result], ends: Sequence[datetime]) -> Decision:
    permitted = sum(result.permitted for result in found)
    outcome = Outcome.DENY if not permitted else Outcome.PERMIT if permitted == len(found) else Outcome.PARTIAL
    end = min(ends)
    return Decision(
        outcome=outcome,
        results=tuple(found),
        valid_until=None if end == FUTURE else end,
        consent_seq=facts.person.consent_seq if facts and facts.person else 0,
        register_seq=facts.register.seq if facts else 0,
        policy=POLICY,
    )
