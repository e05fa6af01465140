"""The stage of publishing: who is due, cut into shards; each shard repeated, then halved, while facts move under it."""

import gc
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from db.engine import Database, Login
from db.environment import Environment
from db.errors import SerializationFailure
from publish.errors import NotPublished
from publish.queries import publishing
from publish.refresh import shard as one
from publish.refresh.shard import Counts

PEOPLE_AT_ONCE: Final = 20_000
MOST_SHARDS: Final = 32
MOST_TRIES: Final = 3
BYTES_A_SHARD: Final = 256 // MOST_SHARDS
_LAST_BITS: Final = (1 << 120) - 1


def due(environment: Environment) -> list[dict[str, int]]:
    """Cut the people who wait into shards of about ``PEOPLE_AT_ONCE``, at most ``MOST_SHARDS``.

    A shard is a range of first bytes of the person's id: ``first`` to ``last``, both included, with the ``people`` in it.
    """
    with environment.database(Login.PUBLISHER, pool_size=1) as database, database.read() as read:
        waiting = dict(publishing.waiting(read))
    shards: list[dict[str, int]] = []
    for first in range(0, 256, BYTES_A_SHARD):
        last = first + BYTES_A_SHARD - 1
        people = sum(waiting.get(byte, 0) for byte in range(first, last + 1))
        if people and shards and shards[-1]["people"] + people <= PEOPLE_AT_ONCE:
            shards[-1] |= {"last": last, "people": shards[-1]["people"] + people}
        elif people:
            shards.append({"first": first, "last": last, "people": people})
    return shards


def refresh(environment: Environment, shard: Mapping[str, int], *, at: datetime) -> dict[str, Any]:
    """Publish everybody who waits in a shard, at most ``PEOPLE_AT_ONCE`` in a transaction."""
    counts = Counts()
    with environment.database(Login.PUBLISHER, pool_size=1) as database, _no_circles():
        for people in _waiting(database, shard):
            for published in _published(database, people, at):
                counts.add(published)
    return counts.as_dict()


@contextmanager
def _no_circles() -> Iterator[None]:
    """Let nobody look for circles among a shard's values: there are none, and looking takes a third of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _waiting(database: Database, shard: Mapping[str, int]) -> Iterator[Sequence[UUID]]:
    """List the people of a shard in groups by their ids, each person once, whoever comes to wait meanwhile."""
    first, last = UUID(int=shard["first"] << 120), UUID(int=(shard["last"] << 120) | _LAST_BITS)
    while True:
        with database.read() as read:
            people = publishing.waiting_people(read, first=first, last=last, limit=PEOPLE_AT_ONCE)
        if not people:
            return
        yield people
        if people[-1] == last:
            return
        first = UUID(int=people[-1].int + 1)


def _published(database: Database, people: Sequence[UUID], at: datetime) -> Iterator[Counts]:
    """Publish a group; after ``MOST_TRIES`` in vain each half by itself, so that one person's changes hold up no others."""
    for _ in range(MOST_TRIES):
        try:
            with database.transaction(snapshot=True) as tx:
                counts = one.publish(tx, people=people, at=at)
        except SerializationFailure:
            continue
        yield counts
        return
    if len(people) == 1:
        raise NotPublished("The facts about one person kept changing; they stay pending.")
    half = len(people) // 2
    yield from _published(database, people[:half], at)
    yield from _published(database, people[half:], at)


def verdict(due: Sequence[object], refreshed: Iterable[Mapping[str, Any] | None]) -> dict[str, Any]:
    """Sum up the run; raises NotPublished when a shard that was due was not published."""
    done = [shard for shard in refreshed if shard is not None]
    if missing := len(due) - len(done):
        raise NotPublished(f"{missing} of {len(due)} shards were not published; their people stay pending.")
    counts = Counts()
    for shard in done:
        views = {name: shard[name] for name in ("published", "unchanged", "removed")}
        counts.add(Counts(**views, decisions=Counter(shard["decisions"])))
    return counts.as_dict()
