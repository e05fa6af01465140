"""PyCasbin: a policy row a rule and category, found by purpose and category before the matcher runs, as its FastEnforcer is for.

See https://casbin.org/docs/performance and https://casbin.org/docs/abac.
"""

from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Final

from casbin import FastEnforcer  # type: ignore[import-untyped] # it ships no types
from casbin.model import FastModel  # type: ignore[import-untyped] # as above

from bench.consent.cases import EVERYTHING, OK, Rule, Told

PACKAGE: Final = "casbin"
TELLS_REASON: Final = False
KEYS: Final = (0, 1)
"""The places of purpose and category in a request and in a policy row."""
MODEL: Final = f"""
[request_definition]
r = purpose, category, case
[policy_definition]
p = purpose, category, ground, overrides, by
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = r.purpose == p.purpose && r.category == p.category && !r.case.dead && !r.case.protected && p.ground in r.case.grounds && \
(p.overrides == "yes" || !("{EVERYTHING}" in r.case.denials || r.case.source in r.case.denials || r.category in r.case.denials)) && \
(p.by == "law" || r.case.step == {OK})
"""


def decider(rules: Sequence[Rule]) -> Callable[[Told], bool]:
    """Ask one request at a time."""
    model = FastModel(KEYS)
    model.load_model_from_text(MODEL)
    enforcer = FastEnforcer(model, cache_key_order=KEYS)
    enforcer.add_policies([row for rule in rules for row in _rows(rule)])
    return lambda told: bool(enforcer.enforce(told["purpose"], told["category"], SimpleNamespace(**told)))


def _rows(rule: Rule) -> list[list[str]]:
    overrides, by = "yes" if rule.overrides else "no", "consent" if rule.by_consent else "law"
    return [[rule.purpose, category, rule.ground, overrides, by] for category in rule.categories]
