"""CONSENT.md 5.1 as a table: for each item the first line that answers wins."""

from collections.abc import Callable
from typing import NamedTuple

from consent.model import Derived, Item, Obligations, Outcome, Period, Register, Request, Step
from schemas.vocabulary import Ground, Reason
from tests.generative.reference_rule.case import Case
from tests.generative.reference_rule.periods import Cells
from tests.generative.reference_rule.scene import Scene
from tests.generative.reference_rule.wills import newer_texts

CONSENT_KEY = "CONSENT_SECRECY"
WEAKEST_FIRST = (Ground.EMERGENCY, Ground.CONSENT, Ground.STATUTE)


class Answer(NamedTuple):
    """The verdict on one item."""

    permitted: bool
    reason: Reason
    ground: Ground | None = None
    key: str | None = None
    periods: tuple[Period, ...] = ()
    obligations: Obligations = Obligations()


def denied(reason: Reason) -> Callable[[Case], Answer]:
    return lambda _: Answer(permitted=False, reason=reason)


def by_statute(case: Case) -> Answer:
    assert case.statute is not None
    cells = case.asked if case.statute.overrides_denial else case.left
    owed = Obligations(mask_location=case.scene.protected)
    return Answer(True, Reason.STATUTE, Ground.STATUTE, case.statute.key, cells.periods(), owed)


def by_consent(case: Case) -> Answer:
    """ "PERMIT ``consent`` for the union of periods"."""
    cells = Cells(frozenset())
    for found in case.consents:
        assert found.act is not None
        cells |= case.left.within(found.act.data_from, found.act.data_until)
    return Answer(True, Reason.CONSENT, Ground.CONSENT, CONSENT_KEY, cells.periods(), owed_by_consent(case))


def owed_by_consent(case: Case) -> Obligations:
    """Silent: of several agreements the strictest binds."""
    agreements = [found.agreement for found in case.consents]
    days = [agreement.retention_days for agreement in agreements if agreement.retention_days is not None]
    return Obligations(
        retention_days=min(days, default=None),
        no_onward=not all(agreement.onward for agreement in agreements),
        mask_location=case.scene.protected,
        renewal_due=any(
            found.act and newer_texts(found.agreement, found.act, case.scene.at) for found in case.consents
        ),
    )


def by_emergency(case: Case) -> Answer:
    assert case.emergency is not None
    owed = Obligations(mask_location=case.scene.protected)
    return Answer(True, Reason.EMERGENCY, Ground.EMERGENCY, case.emergency.key, case.asked.periods(), owed)


def furthest(case: Case) -> Answer:
    """ "DENY with the step of the candidate furthest along 5.2"."""
    step = max((candidate.step for candidate in case.candidates), default=Step.NO_AGREEMENT)
    return Answer(permitted=False, reason=step.reason)


LINES: tuple[tuple[Callable[[Case], object], Callable[[Case], Answer]], ...] = (
    (lambda case: case.scene.history.person_id is None, denied(Reason.UNKNOWN_PERSON)),
    (lambda case: case.request.recipient not in case.register.parties, denied(Reason.UNKNOWN_RECIPIENT)),
    (lambda case: case.request.purpose not in case.register.needs, denied(Reason.UNKNOWN_PURPOSE)),
    (lambda case: case.item.category not in case.register.sources, denied(Reason.UNKNOWN_CATEGORY)),
    (lambda case: case.scene.dead, denied(Reason.PERSON_DECEASED)),
    (lambda case: case.without_task, denied(Reason.NO_TASK)),
    (lambda case: case.scene.protected and not case.asked_by_coach, denied(Reason.PROTECTED)),
    (lambda case: case.item.category not in case.register.needs[case.request.purpose], denied(Reason.NOT_NECESSARY)),
    (lambda case: case.statute and (case.statute.overrides_denial or case.left), by_statute),
    (lambda case: not case.left and not case.emergency, denied(Reason.DENIED)),
    (lambda case: case.left and case.consents, by_consent),
    (lambda case: case.emergency, by_emergency),
    (lambda _: True, furthest),
)
"""5.1, line by line: when a line answers, and what it answers."""


def answer(item: Item | Derived, request: Request, register: Register, scene: Scene) -> Answer:
    if isinstance(item, Item):
        case = Case(item, request, register, scene)
        return next(then(case) for when, then in LINES if when(case))
    return together([answer(part, request, register, scene) for part in item.inputs], request)


def together(inputs: list[Answer], request: Request) -> Answer:
    """ "A derived fact is permitted when every input is, for the whole period asked; its ground is then the weakest"; "else its
    reason is that of the first failing input". Silent: it owes what any input owes.
    """
    whole = (Period(request.data_from, request.data_until),)
    for found in inputs:
        if found.periods != whole:
            return Answer(permitted=False, reason=Reason.OUTSIDE_DATA_PERIOD if found.permitted else found.reason)
    weakest = min(inputs, key=lambda found: WEAKEST_FIRST.index(found.ground or Ground.STATUTE))
    owed = [found.obligations for found in inputs]
    return weakest._replace(
        obligations=Obligations(
            retention_days=min((one.retention_days for one in owed if one.retention_days is not None), default=None),
            no_onward=any(one.no_onward for one in owed),
            mask_location=any(one.mask_location for one in owed),
            renewal_due=any(one.renewal_due for one in owed),
        )
    )


def outcome(answers_: list[Answer]) -> Outcome:
    """ "PERMIT, DENY or PARTIAL (some items)"."""
    permitted = [found.permitted for found in answers_]
    return Outcome.PERMIT if all(permitted) else Outcome.PARTIAL if any(permitted) else Outcome.DENY


def answers(request: Request, register: Register, scene: Scene | None) -> list[Answer]:
    """Answer every item, in the order asked; the scene is None when the facts cannot be read."""
    if scene is None:
        return [Answer(permitted=False, reason=Reason.STORE_UNAVAILABLE) for _ in request.items]
    return [answer(item, request, register, scene) for item in request.items]
