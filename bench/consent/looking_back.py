"""Decisions as of a former moment held against live ones: by facts in memory, and with their reading from the database."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from statistics import median
from time import perf_counter
from typing import Any, Final

from bench.consent.deciding import register_of
from bench.consent.granting import CATEGORY
from bench.consent.people import AT, drawn, id_of, one
from bench.consent.town import RECIPIENT
from bench.measure import Work
from consent import queries
from consent.decision import decide
from consent.model import Facts
from db.clock import now
from db.engine import Database, Login
from db.environment import from_environ
from schemas.vocabulary import Purpose

BEFORE: Final = timedelta(days=60)
"""How far back is asked of facts in memory; of the database, what was known a moment ago."""
PEOPLE_IN_MEMORY: Final = 500


def in_memory(values: Mapping[str, str], rounds: int) -> Work:
    """Decide one category of each person now and sixty days before, in turn."""
    people = list(drawn(register_of(values), PEOPLE_IN_MEMORY))
    return lambda: {
        "ratio_in_memory": _ratio(rounds, lambda: _decided(people, AT), lambda: _decided(people, AT - BEFORE))
    }


def from_database(values: Mapping[str, str], people: int, rounds: int) -> Work:
    """Read the facts of each person and decide: live from what is kept ready, as of a moment from what was recorded by then."""
    environment = from_environ(values)

    def work() -> dict[str, Any]:
        with environment.database(Login.WEB, pool_size=1) as database:
            then = now()
            live = [_read(database, people, None) for _ in range(rounds)]
            back = [_read(database, people, then) for _ in range(rounds)]
        return {
            "live_ms": median(live) / people * 1000,
            "as_of_ms": median(back) / people * 1000,
            "ratio_from_database": median(back) / median(live),
        }

    return work


def _ratio(rounds: int, live: Callable[[], float], back: Callable[[], float]) -> float:
    taken = [(live(), back()) for _ in range(rounds)]
    return median(seconds for _, seconds in taken) / median(seconds for seconds, _ in taken)


def _decided(people: Sequence[Facts], at: datetime) -> float:
    began = perf_counter()
    for facts in people:
        for category in sorted(Purpose.TYO.needs):
            decide(one(facts, Purpose.TYO, category), facts, at)
    return perf_counter() - began


def _read(database: Database, people: int, known_at: datetime | None) -> float:
    began = perf_counter()
    for number in range(people):
        with database.read(snapshot=True) as read:
            facts = queries.facts(read, person_id=id_of(1, number), recipient=RECIPIENT, known_at=known_at)
        decide(one(facts, Purpose.TYO, CATEGORY), facts, known_at or now())
    return perf_counter() - began
