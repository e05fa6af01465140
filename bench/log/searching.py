"""An auditor's searches of the long log: of every field, alone, together and within a time, with answers and without."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import combinations, product
from time import perf_counter
from typing import Any, Final, NamedTuple
from uuid import UUID

from audit.queries import blocks, search
from audit.queries.search import Key, Wanted
from audit.reading import entry_of
from bench.log import variety
from bench.measure import Work
from db.engine import Database, Login, Read
from db.environment import from_environ

PAGE: Final = 51
PERCENTILE: Final = 0.95
DEEP: Final = 3
"""Pages read of each search that has so many."""
NEVER: Final = "never"
NAMES: Final = 65
"""A user or a case goes by one for each class of 13 years."""
TENTH: Final = 10

Values = Mapping[str, tuple[Any, ...]]
"""Of each field of ``Wanted`` something common, something rare, and something that never was."""


class Page(NamedTuple):
    """A page that was read, by the fields that were asked for."""

    seconds: float
    fields: tuple[str, ...]


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
    """Ask every search once, page after page; gives the times of pages, over all and by field, and the slowest by its fields."""
    environment = from_environ(values)

    def work() -> dict[str, Any]:
        with environment.database(Login.VERIFIER, pool_size=1) as database:
            with database.read() as read:
                asked = list(searches(_values(read)))
            pages = [page for wanted in asked for page in _pages(database, wanted)]
        return _times(pages) | {"slowest": " ".join(max(pages).fields)} | _by_field(pages)

    return work


def searches(values: Values) -> Iterator[Wanted]:
    """Yield searches of each field by itself, and of every two with each value of both, all within a time too; and of every three."""
    span = {name: each[0] for name, each in values.items() if name in ("since", "until")}
    fields = [name for name in values if name not in span]
    for many in (1, 2):
        for some in combinations(fields, many):
            for chosen in product(*(values[field] for field in some)):
                yield Wanted(**dict(zip(some, chosen, strict=True)))
                yield Wanted(**dict(zip(some, chosen, strict=True)), **span)
    for turn, some in enumerate(combinations(fields, 3)):
        yield Wanted(**{field: values[field][(turn + place) % 2] for place, field in enumerate(some)})
    yield from (Wanted(), Wanted(**span), Wanted(since=values["until"][-1]))


def _values(read: Read) -> Values:
    """Choose what to ask for; an id is one that there is, or none."""
    (newest,) = search.events(read, Wanted(), limit=1)
    with search.within(read, Wanted(), sizes={newest.log: 1}, limit=1) as found:
        (oldest,) = found
    first, last, size = oldest.t, newest.t, newest.index
    (event,) = search.events(read, Wanted(before=Key(_at(first, last, 5), 0)), limit=1)
    return _CODES | {
        "persons": (_names(f"{size // 3 % 1_000:032x}"), _names(f"{1:032x}"), _names("ff" * 16)),
        "users": (_names(variety.JOB), _names(f"{variety.USERS - 1:032x}"), _names("ff" * 16)),
        "cases": (_names(variety.NIGHTLY), _names(variety.case_of(size // 2)), _names("ff" * 16)),
        "run": (variety.run_of(size // 2), variety.run_of(variety.EACH_RARE), NEVER),
        "reference": (event.id, entry_of(event.entry).decision_id, UUID(int=1)),
        "since": (_at(first, last, 4), last),
        "until": (_at(first, last, 5), last + timedelta(days=1)),
    }


def _at(first: datetime, last: datetime, tenths: int) -> datetime:
    return first + (last - first) * tenths / TENTH


def _names(used: str) -> tuple[bytes, ...]:
    """Give a name among those that go with it, of which no other was ever used."""
    others = [sha256(f"{used} {number}".encode()).digest()[:16] for number in range(NAMES - 1)]
    return (bytes.fromhex(used), *others)


_CODES: Final[dict[str, tuple[Any, ...]]] = {
    "org": (variety.ORGS[0], variety.ORGS[-1], NEVER),
    "system": ("system-0-1", "system-29-2", NEVER),
    "types": (variety.KINDS[:1], variety.KINDS[2:], (NEVER,)),
    "outcome": ("deny", "permit", "error"),
    "purpose": (variety.PURPOSES[0], variety.PURPOSES[2], NEVER),
    "category": (variety.ASKED[0][0], variety.ASKED[3][0], NEVER),
    "reason": (variety.REASONS[0], variety.RARE_REASON, NEVER),
    "role": ("case_worker", variety.RARE_ROLE, NEVER),
    "controller": (variety.CONTROLLERS["te"], variety.RARE_CONTROLLER, NEVER),
    "class_": ("sote", "employment", "hidden"),
    "dag": ("pull_te", variety.RARE_DAG, NEVER),
}


def _taken_in(database: Database) -> int:
    with database.transaction() as tx:
        return blocks.take_in(tx)


def _pages(database: Database, wanted: Wanted) -> Iterator[Page]:
    fields = tuple(_given(wanted))
    for deep in range(DEEP):
        began = perf_counter()
        with database.read() as read:
            found = search.events(read, wanted, limit=PAGE)
        yield Page(perf_counter() - began, fields if deep == 0 else (*fields, "before"))
        if len(found) < PAGE:
            return
        wanted = replace(wanted, before=Key(found[-1].t, found[-1].index))


def _given(wanted: Wanted) -> Iterator[str]:
    return (
        name for name in (*_CODES, "persons", "users", "cases", "run", "reference", "since") if getattr(wanted, name)
    )


def _by_field(pages: list[Page]) -> dict[str, float]:
    """Give the 95th percentile of the pages that a field was asked for in, alone or with others, and that of the slowest field."""
    fields = dict.fromkeys(field for page in pages for field in page.fields)
    found = {field: _times([page for page in pages if field in page.fields])["p95_ms"] for field in fields}
    return {"any_field_p95_ms": max(found.values())} | {
        f"{field.rstrip('_')}_p95_ms": p95 for field, p95 in found.items()
    }


def _times(pages: list[Page]) -> dict[str, float]:
    times = sorted(page.seconds * 1000 for page in pages)
    p95 = times[int(len(times) * PERCENTILE)]
    return {"pages": len(times), "median_ms": times[len(times) // 2], "p95_ms": p95, "slowest_ms": times[-1]}
