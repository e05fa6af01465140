"""An answer about a person that is no view: made, sealed with its decision, and made anew when what it rests on changed meanwhile."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from audit.errors import LogUnavailable, Stale
from audit.log import Disclosure, Sealer
from publish.gate import MOST_TRIES


@dataclass(frozen=True, slots=True)
class Prepared:
    """An answer about to leave, None for the one refusal, and what is sealed of it."""

    body: bytes | None
    disclosure: Disclosure


def settle(sealer: Sealer, prepare: Callable[[], Prepared]) -> bytes | None:
    """Give an answer once it is sealed; raises as ``Sealer.seal`` does, LogUnavailable too when it changes each time."""
    for _ in range(MOST_TRIES):
        prepared = prepare()
        try:
            sealer.seal(prepared.disclosure)
        except Stale:
            continue
        return prepared.body
    raise LogUnavailable("What the answer rests on keeps changing; ask again.")


def kept(disclosure: Disclosure, *, system: str, scope: str, answer: bytes | None, **known: Any) -> Disclosure:
    """Keep beside the decision what was answered and to whom, so that they find it again; ``known`` replaces members of its row.

    The answer holds codes, moments and ids alone.
    """
    made = disclosure.decision
    assert made is not None
    said: dict[str, object] = {} if answer is None else {"answer": answer.decode()}
    request = {**made.request, "asked_by": system, "scope": scope, **said}
    return replace(disclosure, decision=replace(made, request=request, **known))
