"""The cases as any engine is told them: rules as rows, and a question as plain values."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from bench.consent.people import AT, drawn, one
from consent.decision import decide
from consent.model import Facts, Item, Register, Request
from consent.model.will import Step
from schemas.vocabulary import Category, Purpose

EVERYTHING: Final = "*"
"""The scope of a denial of everything; others are named by their source or category."""
OK: Final = int(Step.OK)

Told = dict[str, Any]
"""A case: ``purpose``, ``category``, ``source``, ``dead``, ``protected``, ``grounds``, ``denials`` (scopes), ``step``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A statute or a consent form in force: what it opens, for which purpose, on which task. ``by_consent``: only when one holds."""

    key: str
    purpose: str
    categories: tuple[str, ...]
    ground: str
    by_consent: bool = False
    overrides: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """One question in both forms, with our answer's reason and whether it permits."""

    request: Request
    facts: Facts
    told: Told
    permitted: bool
    reason: str


def rules_of(register: Register) -> list[Rule]:
    """List the rules in the order they are tried: law that overrides denials, other law, consent."""
    laws = [
        Rule(
            key=f"{row.key}/{row.controller_kind}",
            purpose=row.purpose,
            categories=_needed(register, row.purpose, row.categories),
            ground=str(row.task_ground),
            overrides=row.overrides_denial,
        )
        for row in register.statutes
        if row.in_force.holds(AT)
    ]
    forms = [
        Rule(
            key=str(row.agreement_id),
            purpose=row.purpose,
            categories=_needed(register, row.purpose, row.categories),
            ground=str(row.task_ground),
            by_consent=True,
        )
        for row in register.agreements
        if row.in_force.holds(AT)
    ]
    return [*sorted(laws, key=lambda rule: not rule.overrides), *forms]


def _needed(register: Register, purpose: str, categories: frozenset[str]) -> tuple[str, ...]:
    return tuple(sorted(categories & register.needs[purpose]))


def cases(register: Register, people: int) -> Iterator[Case]:
    """Ask for every category that each purpose of the rules needs, of each person, one at a time."""
    purposes = sorted({rule.purpose for rule in rules_of(register)} - {Purpose.TYM.value})
    for facts in drawn(register, people):
        for purpose in map(Purpose, purposes):
            for category in sorted(purpose.needs):
                yield _case(one(facts, purpose, category), facts)


def _case(request: Request, facts: Facts) -> Case:
    (result,) = decide(request, facts, AT).results
    return Case(request, facts, _told(request, facts), result.permitted, result.reason.value)


def _told(request: Request, facts: Facts) -> Told:
    (item,) = request.items
    assert isinstance(item, Item)
    stance, register = facts.stance(request.recipient, AT), facts.register
    route = register.route(request.recipient, request.purpose, item.controller, item.category)
    said = [facts.said(row.agreement_id, item.category, AT, minor=False).step for row in route.agreements]
    return {
        "purpose": request.purpose,
        "category": str(item.category),
        "source": Category(item.category).source.value,
        "dead": facts.person is not None and facts.person.deceased_at <= AT,
        "protected": stance.protected,
        "grounds": sorted(map(str, stance.grounds)),
        "denials": [row.category or row.source or EVERYTHING for row in stance.denials],
        "step": int(max(said, default=Step.NO_AGREEMENT)),
    }
