"""Vakt: a policy a rule and category, of its own rule objects, over the memory storage (https://github.com/kolotaev/vakt).

It is published as source alone, so that an installation of wheels cannot hold it: it is brought for the time of a measurement.
"""

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any, Final

from bench.consent.cases import EVERYTHING, OK, Rule, Told
from bench.consent.town import RECIPIENT
from schemas.vocabulary import Category

PACKAGE: Final = "vakt"
TELLS_REASON: Final = False


def decider(rules: Sequence[Rule]) -> Callable[[Told], bool]:
    """Ask one inquiry at a time."""
    vakt = import_module("vakt")
    storage = vakt.MemoryStorage()
    for rule in rules:
        for category in rule.categories:
            storage.add(_policy(vakt, rule, category))
    guard = vakt.Guard(storage, vakt.RulesChecker())
    return lambda told: bool(guard.is_allowed(_inquiry(vakt, told)))


def _policy(vakt: Any, rule: Rule, category: str) -> Any:
    of = vakt.rules
    context = {"dead": of.Falsy(), "protected": of.Falsy(), "grounds": of.AnyIn(rule.ground)}
    if not rule.overrides:
        context["denials"] = of.Not(of.AnyIn(EVERYTHING, Category(category).source.value, category))
    if rule.by_consent:
        context["step"] = of.Eq(OK)
    return vakt.Policy(
        f"{rule.key}/{category}",
        subjects=[of.Eq(RECIPIENT)],
        actions=[of.Eq(rule.purpose)],
        resources=[of.Eq(category)],
        context=context,
        effect=vakt.ALLOW_ACCESS,
    )


def _inquiry(vakt: Any, told: Told) -> Any:
    return vakt.Inquiry(subject=RECIPIENT, action=told["purpose"], resource=told["category"], context=told)
