"""An auditor's searches of the long log: of every field, alone and together, with answers and without."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import combinations
from time import perf_counter
from typing import Any, Final

from audit.queries import blocks, search
from audit.queries.search import Key, Wanted
from bench.log.variety import ASKED, KINDS, ORGS, PURPOSES, RARE_REASON, REASONS, USERS
from bench.measure import Work
from db.clock import now
from db.engine import Database, Login
from db.environment import from_environ

PAGE: Final = 51
PERCENTILE: Final = 0.95
DEEP: Final = 3
"""Pages read of each search that has so many."""
NEVER: Final = "never"


def taken_in(values: Mapping[str, str]) -> Work:
    """Take the log of a home in, as the reconciler does behind the sequencer."""
    environment = from_environ(values)

    def work() -> dict[str, Any]:
        taken = 0
        with environment.database(Login.RECONCILER, pool_size=1) as database:
            while more := _taken_in(database):
                taken += more
        return {"events": taken * blocks.BLOCK}

    return work


def searched(values: Mapping[str, str]) -> Work:
    """Ask every search once, page after page; gives the times of pages, and the slowest search by its fields."""
    environment = from_environ(values)

    def work() -> dict[str, Any]:
        with environment.database(Login.VERIFIER, pool_size=1) as database:
            taken = [(seconds, wanted) for wanted in searches() for seconds in _pages(database, wanted)]
        times = sorted(seconds for seconds, _ in taken)
        slowest = max(taken, key=lambda each: each[0])[1]
        return {
            "pages": len(times),
            "median_ms": times[len(times) // 2] * 1000,
            "p95_ms": times[int(len(times) * PERCENTILE)] * 1000,
            "slowest_ms": times[-1] * 1000,
            "slowest": " ".join(name for name, value in _given(slowest)),
        }

    return work


def searches() -> Iterator[Wanted]:
    """Yield searches of each field by itself, and of every two and three together: common, rare and unheard-of values of each."""
    for many in (1, 2, 3):
        for fields in combinations(_VALUES, many):
            for turn in range(3):
                yield Wanted(**{field: _VALUES[field][turn % len(_VALUES[field])] for field in fields})
    yield Wanted(since=now())


_VALUES: Final[Mapping[str, tuple[Any, ...]]] = {
    "org": (ORGS[0], ORGS[-1], NEVER),
    "system": ("system-0-1", "system-29-2", NEVER),
    "users": ((bytes(16),), ((USERS - 1).to_bytes(16, "big"),), (bytes([255]) * 16,)),
    "types": (KINDS[:1], KINDS[2:], (NEVER,)),
    "outcome": ("deny", "permit", "error"),
    "purpose": (PURPOSES[0], PURPOSES[2], NEVER),
    "category": (ASKED[0][0], ASKED[3][0], NEVER),
    "reason": (REASONS[0], RARE_REASON, NEVER),
}


def _taken_in(database: Database) -> int:
    with database.transaction() as tx:
        return blocks.take_in(tx)


def _pages(database: Database, wanted: Wanted) -> Iterator[float]:
    for _ in range(DEEP):
        began = perf_counter()
        with database.read() as read:
            found = search.events(read, wanted, limit=PAGE)
        yield perf_counter() - began
        if len(found) < PAGE:
            return
        wanted = replace(wanted, before=Key(found[-1].t, found[-1].index))


def _given(wanted: Wanted) -> Iterator[tuple[str, object]]:
    return ((name, value) for name in (*_VALUES, "before") if (value := getattr(wanted, name)))
