"""Cedar by cedarpy: a policy a rule, parsed once as its documentation says; a request a case (https://github.com/k9securityio/cedar-py)."""

from collections.abc import Callable, Sequence
from typing import Any, Final

import cedarpy

from bench.consent.cases import EVERYTHING, OK, Rule, Told
from bench.consent.town import RECIPIENT

PACKAGE: Final = "cedarpy"
TELLS_REASON: Final = False
CLOSED: Final = "forbid(principal, action, resource) when { context.dead || context.protected };"
DENIED: Final = f'context.denials.containsAny(["{EVERYTHING}", context.source, context.category])'


def decider(rules: Sequence[Rule]) -> Callable[[Told], bool]:
    """Ask one request at a time."""
    policies, entities = _parsed(rules)
    return lambda told: cedarpy.is_authorized(_request(told), policies, entities).allowed


def in_batches(rules: Sequence[Rule]) -> Callable[[Sequence[Told]], list[bool]]:
    """Ask many requests in one call."""
    policies, entities = _parsed(rules)
    return lambda told: [
        each.allowed for each in cedarpy.is_authorized_batch([_request(one) for one in told], policies, entities)
    ]


def _parsed(rules: Sequence[Rule]) -> tuple[Any, Any]:
    text = "\n".join((CLOSED, *map(_policy, rules)))
    return cedarpy.PolicySet.from_str(text), cedarpy.Entities.from_json_str("[]")


def _policy(rule: Rule) -> str:
    covered = ", ".join(f'Category::"{category}"' for category in rule.categories)
    conditions = [
        f"[{covered}].contains(resource)",
        f'context.grounds.contains("{rule.ground}")',
    ]
    if not rule.overrides:
        conditions.append(f"!{DENIED}")
    if rule.by_consent:
        conditions.append(f"context.step == {OK}")
    return (
        f'@id("{rule.key}") permit(principal == Recipient::"{RECIPIENT}", action == Action::"{rule.purpose}", resource)'
        f" when {{ {' && '.join(conditions)} }};"
    )


def _request(told: Told) -> dict[str, Any]:
    return {
        "principal": {"type": "Recipient", "id": RECIPIENT},
        "action": {"type": "Action", "id": told["purpose"]},
        "resource": {"type": "Category", "id": told["category"]},
        "context": told,
    }
