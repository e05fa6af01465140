"""A decision made again: from the facts as they were known then, by the rule it was made by (ACCESS-LOG 9)."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from audit.queries.decided import Decided, decided
from consent import queries as consents
from consent.decision import POLICY, decide
from consent.model import EMERGENCY_JUSTIFICATION_MIN, Decision, Emergency, Facts, Item, Request
from consent.shut import shut
from db.engine import Read
from publish import evidence
from publish.queries import reconciling
from publish.queries.reconciling import Stretch

COMPLETE: Final = "complete"
"""What a decision keeps of a claimed emergency: whether the claim counted."""


class Verdict(StrEnum):
    """What came of it."""

    SAME = "same"
    DIFFERS = "differs"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True)
class Difference:
    """A category of a controller: the reason of what was said then, and of what the rule says now; empty where nothing is said.

    ``laws``: the statutes, by id and version, that it rests on now.
    """

    category: str
    controller: str
    then: str
    now: str
    laws: frozenset[tuple[UUID, int]] = frozenset()


@dataclass(frozen=True, slots=True)
class Replay:
    """``cause`` says why there is none: ``policy``, ``person``, ``emergency`` where it was not kept whether the claim counted.

    ``inputs``: the digest of the facts is the recorded one. It is None where they cannot be put as they were counted then, because more
    was recorded since.
    """

    verdict: Verdict
    differences: tuple[Difference, ...] = ()
    cause: str | None = None
    inputs: bool | None = None


def replay(read: Read, made: Decided) -> Replay:
    """Make a decision again as of its own moment, with what was known then."""
    cause = _unavailable(made)
    if cause is not None:
        return Replay(Verdict.UNAVAILABLE, cause=cause)
    facts = _facts(read, made, known_at=made.known_at)
    differences = tuple(_differences(made, _decided(made, facts, made.at)))
    inputs = _same_inputs(made, facts)
    verdict = Verdict.DIFFERS if differences or inputs is False else Verdict.SAME
    return Replay(verdict, differences, inputs=inputs)


def replayed(read: Read, *, since: datetime, until: datetime, limit: int) -> Iterator[tuple[Decided, Replay]]:
    """Make the decisions behind what was sealed in ``[since, until)`` again, one by one."""
    for decision_id in reconciling.decisions(read, Stretch(since, until), limit=limit):
        made = decided(read, decision_id=decision_id)
        if made is not None:
            yield made, replay(read, made)


def today(read: Read, made: Decided, *, at: datetime) -> tuple[Difference, ...] | None:
    """Say of each category what was answered then and what the same question would be answered now; None where it cannot be asked again."""
    if _unavailable(made) is not None:
        return None
    then, now = _by_key(made.results), _by_key(_told(_decided(made, _facts(read, made, known_at=None), at)))
    return tuple(
        Difference(*key, _reason(then.get(key)), _reason(now.get(key)), _laws(now.get(key, {})))
        for key in sorted(then | now)
    )


def _unavailable(made: Decided) -> str | None:
    if made.policy != POLICY:
        return "policy"
    if made.person_id is None:
        return "person"
    return "emergency" if made.request["emergency"] and COMPLETE not in made.request else None


def _facts(read: Read, made: Decided, *, known_at: datetime | None) -> Facts:
    assert made.person_id is not None
    recipient = made.request["recipient"]
    return shut(consents.facts(read, person_id=made.person_id, recipient=recipient, known_at=known_at), recipient)


def _decided(made: Decided, facts: Facts, at: datetime) -> Decision:
    asked = made.request
    assert made.person_id is not None
    start, end = (datetime.fromisoformat(moment) for moment in asked["data"])
    request = Request(
        person_id=made.person_id,
        recipient=asked["recipient"],
        purpose=asked["purpose"],
        items=tuple(Item(category, controller) for category, controller in asked["items"]),
        data_from=start,
        data_until=end,
        emergency=_claim(asked),
    )
    return decide(request, facts, at)


def _claim(asked: Mapping[str, Any]) -> Emergency | None:
    """Claim what was claimed then: the rule looks at whether it named a user and said enough, and the words lie in the event's detail."""
    if not asked["emergency"]:
        return None
    return Emergency("-", "-" * EMERGENCY_JUSTIFICATION_MIN) if asked[COMPLETE] else Emergency("", "")


def _differences(made: Decided, again: Decision) -> Iterator[Difference]:
    then, now = _by_key(made.results), _by_key(_told(again))
    for key in sorted(then.keys() | now.keys()):
        if _plain(then.get(key)) != _plain(now.get(key)):
            yield Difference(*key, _reason(then.get(key)), _reason(now.get(key)))


def _same_inputs(made: Decided, facts: Facts) -> bool | None:
    """Compare the digests of the facts; only where nothing was recorded since do they stand as they were counted."""
    if facts.person is None or facts.person.changed_at > made.known_at or facts.register.seq != made.register_seq:
        return None
    counted = replace(facts, person=replace(facts.person, consent_seq=made.consent_seq))
    return evidence.digest_of(counted) == made.inputs_digest.hex()


def _told(again: Decision) -> Iterator[Mapping[str, Any]]:
    return map(evidence.result_of, again.results)


def _by_key(results: Iterable[Mapping[str, Any]]) -> dict[tuple[str, str], Mapping[str, Any]]:
    return {_key(result): result for result in results}


def _key(result: Mapping[str, Any]) -> tuple[str, str]:
    return str(result["category"]), str(result["controller"])


def _plain(result: Mapping[str, Any] | None) -> object:
    """Bring a result that was kept and one just made to one form."""
    if result is None:
        return None
    return {name: _listed(value) for name, value in result.items()}


def _listed(value: Any) -> object:
    if isinstance(value, list | tuple):
        return [_listed(each) for each in value]
    return dict(value) if isinstance(value, Mapping) else None if value is None else str(value)


def _laws(result: Mapping[str, Any]) -> frozenset[tuple[UUID, int]]:
    return frozenset((UUID(id_), version) for id_, version in result.get("statutes", ()))


def _reason(result: Mapping[str, Any] | None) -> str:
    return "" if result is None else str(result["reason"])
