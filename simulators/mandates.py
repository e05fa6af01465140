"""Who may act for whom: a small contract of our own in the form of Suomi.fi e-Authorizations' query (AMENDMENTS 3).

``POST /v1/authorization`` with ``{"delegate": HETU, "principal": HETU, "issue": code}`` answers ``{"result": "ALLOWED" | "DISALLOWED",
"reasons": [...], "kinds": [...]}``, the kinds of right by which it is allowed; ``POST /v1/representatives`` with ``{"principal": HETU}``
lists ``{"personId", "kind", "restriction", "from", "until"}``. Identity codes are in bodies only. The reason of a refusal is never told.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from simulators.population import Identity, Population
from simulators.wire import Answer, Request
from simulators.world import World

ISSUE = "tyollisyyspalvelut"
MANDATED_ONE_IN = 100
ADULT_YEARS = 18


class Kind(StrEnum):
    """By what right somebody acts for a person."""

    CUSTODIAN = "HUOLTAJA"
    GUARDIAN = "EDUNVALVOJA"
    MANDATE = "VALTUUS"


@dataclass(frozen=True, slots=True, kw_only=True)
class Representative:
    """Somebody who may act for a person; `restriction` is the register's code 1 to 3 of a guardianship."""

    hetu: str
    kind: Kind
    since: date
    until: date | None = None
    restriction: str | None = None


Representatives = Callable[[str], Sequence[Representative]]


class Mandates:
    """The service; `representatives` finds by the principal's identity code, `today` gives the day asked on."""

    def __init__(self, representatives: Representatives, today: Callable[[], date]) -> None:
        self._representatives = representatives
        self._today = today

    def __call__(self, request: Request) -> Answer:
        """Answer one query."""
        try:
            asked = json.loads(request.body)
            principal = asked["principal"]
            delegate, issue = asked.get("delegate"), asked.get("issue")
        except (ValueError, KeyError, TypeError, AttributeError):
            return refuse(400)
        holding = [one for one in self._representatives(principal) if self._holds(one)]
        match request.path:
            case "/v1/representatives":
                return _answer({"representatives": [_written(one) for one in holding]})
            case "/v1/authorization":
                kinds = sorted({one.kind for one in holding if one.hetu == delegate}) if issue == ISSUE else []
                return _answer({"result": "ALLOWED" if kinds else "DISALLOWED", "reasons": [], "kinds": kinds})
        return refuse(404)

    def _holds(self, one: Representative) -> bool:
        return one.since <= self._today() and (one.until is None or self._today() <= one.until)


def refuse(status: int) -> Answer:
    """Refuse with a code and nothing else."""
    return Answer(status=status, body=json.dumps({"status": status}).encode())


def drawn_from(world: World) -> Representatives:
    """Give everyone under guardianship a guardian, and one in a hundred of the others a mandate: the person half the population away."""

    def representatives(hetu: str) -> Sequence[Representative]:
        population = world.population
        index = population.by_hetu(hetu)
        if index is None:
            return ()
        guardianship = population.identity(index).guardianship
        other = _other(population, index)
        if guardianship is not None:
            kind, since, restriction = Kind.GUARDIAN, guardianship.since, guardianship.restriction
            return (Representative(hetu=other, kind=kind, since=since, restriction=restriction),)
        if index % MANDATED_ONE_IN == 0:
            return (Representative(hetu=other, kind=Kind.MANDATE, since=date(2025, 1, 1)),)
        return ()

    return representatives


def _other(population: Population, index: int) -> str:
    """Give the code of a living adult who is under no guardianship, looked for from half the population away."""
    people = len(population)
    others = (population.identity((index + people // 2 + step) % people) for step in range(people))
    return next(one.hetu for one in others if _may_act(one, population.today))


def _may_act(one: Identity, today: date) -> bool:
    return (today - one.born).days // 365 > ADULT_YEARS and one.died is None and one.guardianship is None


def _written(one: Representative) -> dict[str, object]:
    return {
        "personId": one.hetu,
        "kind": one.kind,
        "restriction": one.restriction,
        "from": str(one.since),
        "until": str(one.until) if one.until else None,
    }


def _answer(value: object) -> Answer:
    return Answer(body=json.dumps(value).encode())
