"""Yes and no in some processes and reads in others, interleaved as they come, and what each read may then hold.

A key is one category of one person. Whoever writes it marks, in memory that all share, when a verb begins and when it was acknowledged,
which is when its commit returned. A read looks at the mark before it begins and after it ended: two equal marks prove that it began after
the acknowledgement that the mark names, and ended before the next verb began. After a withdrawal such a read may hold nothing. A pair is a
withdrawal that was read after so, in every way there is; no key is granted anew before.
"""

import multiprocessing
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack, closing
from ctypes import Array, c_int64
from dataclasses import dataclass, field
from enum import IntEnum
from http import HTTPStatus
from itertools import chain, cycle
from multiprocessing.sharedctypes import RawArray
from pathlib import Path
from queue import Empty
from random import Random
from uuid import UUID

from audit.log import SocketSealer
from consent import queries
from consent.decision import decide
from consent.model import Item, Request
from db.clock import now
from db.engine import Database, Login
from db.keys import Keyring
from simulators.municipality import Key, Municipality
from tests.calls import ISSUER, NEED, TYO, Http, the_app, view
from tests.published import COUNTY, SAVONLINNA, World, a_hetu

CATEGORIES = ("sote.kuntouttava-tyotoiminta", "sote.palvelutarve", "sote.yhteyshenkilo")
WRITERS = 2
READERS = ("library", "api", "api")
RACING = (0.1, 0.1)
"""Of the reads, so many are of any key, and so many of one that is granted, whatever is done to it meanwhile; the others are of
withdrawals not yet read after."""
WAIT_S = 0.003
SYSTEMS = 12
"""Each may make 600 calls a minute; they call in turn."""


class Phase(IntEnum):
    """How far a key is in its round; a mark is the round times four, and this."""

    GRANTING = 0
    GRANTED = 1
    WITHDRAWING = 2
    WITHDRAWN = 3

    @classmethod
    def of(cls, mark: int) -> "Phase":
        return cls(mark % len(cls))


@dataclass(frozen=True)
class Ground:
    """What every process is told: where database and log are, whom it is about, and the marks of the keys.

    ``seen`` holds, by way, the mark of the last withdrawal of each key that was read after.
    """

    url: str
    socket: Path
    agreement_id: UUID
    people: Sequence[UUID]
    refs: Sequence[str]
    callers: Sequence[tuple[str, Key]]
    marks: "Array[c_int64]"
    seen: "dict[str, Array[c_int64]]"

    def is_over(self, key: int) -> bool:
        """Whether the key is withdrawn, and was read after in every way."""
        return all(seen[key] == self.marks[key] for seen in self.seen.values())


def a_ground(log, world, *, people: int) -> Ground:
    """Make people with sections to show, and systems that ask; to begin with everybody is as withdrawn long ago."""
    who = [_somebody(world, place) for place in range(people)]
    callers = [(f"sln-{number}", Key.make()) for number in range(SYSTEMS)]
    for client_id, key in callers:
        world.system(client_id, key)
    ways = sorted(set(READERS))
    marks, *seen = (RawArray(c_int64, [Phase.WITHDRAWN] * people * len(CATEGORIES)) for _ in (None, *ways))
    return Ground(
        url=world.owner._engine.url.render_as_string(hide_password=False),
        socket=log.socket,
        agreement_id=world.agreement_id,
        people=who,
        refs=[world.ref(person) for person in who],
        callers=callers,
        marks=marks,
        seen=dict(zip(ways, seen, strict=True)),
    )


def _somebody(world, place: int) -> UUID:
    person = world.person(a_hetu(f"0101{place // 100 % 100:02}", f"{900 + place % 100}"))
    world.sections(person, dict.fromkeys(CATEGORIES, NEED))
    return person


def interleaved(ground: Ground, *, rounds: int) -> Counter:
    """Let each person go through so many rounds, and add up what the reads found."""
    spawn = multiprocessing.get_context("spawn")
    told, stop = spawn.Queue(), spawn.Event()
    writers = [spawn.Process(target=_write, args=(ground, n, rounds, told)) for n in range(WRITERS)]
    readers = [spawn.Process(target=_read, args=(ground, n, stop, told)) for n in range(len(READERS))]
    for process in (*writers, *readers):
        process.start()
    try:
        written = sum((_next(told, (*writers, *readers)) for _ in writers), Counter())
        stop.set()
        return sum((_next(told, readers) for _ in readers), written)
    finally:
        for process in (*writers, *readers):
            process.terminate()
            process.join()


def _next(told, processes) -> Counter:
    while True:
        try:
            return told.get(timeout=1)
        except Empty:
            assert all(process.exitcode in (None, 0) for process in processes), "a process failed"


def _write(ground: Ground, writer: int, rounds: int, told) -> None:
    """Take people of one's own through their rounds, each at its own pace."""
    random, pairs = Random(writer), 0
    going = [_Person(place) for place in range(writer, len(ground.people), WRITERS)]
    with Database(ground.url, Login.WEB, Keyring.for_tests(), pool_size=1) as database:
        world = World(database, database, ground.agreement_id)
        while going:
            person = random.choice(going)
            if person.left:
                person.withdraws(ground, world, random)
            elif not all(map(ground.is_over, person.keys)):
                time.sleep(WAIT_S)
            elif person.round < rounds:
                person.grants(ground, world)
                pairs += len(person.keys)
            else:
                going.remove(person)
    told.put(Counter(pairs=pairs))


@dataclass
class _Person:
    """Somebody's place in the list, their round, and which of their keys are to be withdrawn in it."""

    place: int
    round: int = 0
    left: list[int] = field(default_factory=list)

    @property
    def keys(self) -> range:
        return range(self.place * len(CATEGORIES), (self.place + 1) * len(CATEGORIES))

    def grants(self, ground: Ground, world: World) -> None:
        self.round, self.left = self.round + 1, list(self.keys)
        self._mark(ground, self.keys, Phase.GRANTING)
        world.grant(ground.people[self.place], *CATEGORIES)
        self._mark(ground, self.keys, Phase.GRANTED)

    def withdraws(self, ground: Ground, world: World, random: Random) -> None:
        key = self.left.pop(random.randrange(len(self.left)))
        self._mark(ground, (key,), Phase.WITHDRAWING)
        world.withdraw(ground.people[self.place], CATEGORIES[key % len(CATEGORIES)])
        self._mark(ground, (key,), Phase.WITHDRAWN)

    def _mark(self, ground: Ground, keys: Iterable[int], phase: Phase) -> None:
        for key in keys:
            ground.marks[key] = self.round * len(Phase) + phase


def _read(ground: Ground, reader: int, stop, told) -> None:
    """Read until told to stop, and count what was found."""
    random, way, counts = Random(-1 - reader), READERS[reader], Counter()
    with ExitStack() as opened:
        given = {"library": _by_library, "api": _by_api}[way](ground, opened)
        while not stop.is_set():
            key = _chosen(ground, way, random)
            if key is None:
                time.sleep(WAIT_S)
                continue
            before = ground.marks[key]
            gave = given(*divmod(key, len(CATEGORIES)))
            counts[way, _found(ground, way, key, before, gave)] += 1
    told.put(counts)


def _chosen(ground: Ground, way: str, random: Random) -> int | None:
    """Choose a key to read, if there is one of the kind that chance asks for."""
    of_any, granted, drawn = *RACING, random.random()
    if drawn < of_any:
        return random.randrange(len(ground.marks))
    return _granted(ground, random) if drawn < of_any + granted else _unread(ground, way, random)


def _granted(ground: Ground, random: Random) -> int | None:
    """Find a key that is granted."""
    marks = ground.marks
    return _one(len(marks), random, lambda key: Phase.of(marks[key]) is Phase.GRANTED)


def _unread(ground: Ground, way: str, random: Random) -> int | None:
    """Find a withdrawal that was not yet read after this way."""
    marks, seen = ground.marks, ground.seen[way]
    return _one(len(marks), random, lambda key: Phase.of(marks[key]) is Phase.WITHDRAWN and seen[key] != marks[key])


def _one(keys: int, random: Random, wanted: Callable[[int], bool]) -> int | None:
    first = random.randrange(keys)
    return next((key for key in chain(range(first, keys), range(first)) if wanted(key)), None)


def _found(ground: Ground, way: str, key: int, before: int, gave: bool | None) -> str:
    """Name what a read found; ``gave`` None: no answer, because what it rests on kept changing."""
    phase = Phase.of(before)
    if gave is None or ground.marks[key] != before or phase in (Phase.GRANTING, Phase.WITHDRAWING):
        return "racing"
    if phase is Phase.GRANTED:
        return "given" if gave else "missing"
    ground.seen[way][key] = before
    return "stale" if gave else "refused"


Given = Callable[[int, int], bool | None]
"""Tells whether a read of a person's category, both by place, gave data."""


def _by_library(ground: Ground, opened: ExitStack) -> Given:
    database = opened.enter_context(Database(ground.url, Login.WEB, Keyring.for_tests(), pool_size=1))

    def given(person: int, category: int) -> bool:
        asked = Request(
            person_id=ground.people[person],
            recipient=SAVONLINNA,
            purpose=TYO,
            items=(Item(CATEGORIES[category], COUNTY),),
        )
        with database.read(snapshot=True) as read:
            facts = queries.facts(read, person_id=asked.person_id, recipient=asked.recipient)
        return decide(asked, facts, max(now(), facts.person.changed_at)).results[0].permitted

    return given


def _by_api(ground: Ground, opened: ExitStack) -> Given:
    """Read as the systems of Savonlinna in turn, so that none calls more often than it may."""
    keyring = Keyring.for_tests()
    database = opened.enter_context(Database(ground.url, Login.WEB, keyring, pool_size=2))
    sealer = opened.enter_context(closing(SocketSealer(ground.socket, keyring)))
    http = Http(opened.enter_context(the_app(database, sealer, keyring)))
    systems = cycle([Municipality(ISSUER, client_id, key, "w-7c1e", http) for client_id, key in ground.callers])

    def given(person: int, category: int) -> bool | None:
        system, ref = next(systems), ground.refs[person]
        answer = view(system, ref, query=f"?categories={CATEGORIES[category]}")
        if answer.status_code == HTTPStatus.UNAUTHORIZED:
            system.forget_token()
            answer = view(system, ref, query=f"?categories={CATEGORIES[category]}")
        return _GIVEN[answer.status_code]

    return given


_GIVEN = {HTTPStatus.OK: True, HTTPStatus.NOT_FOUND: False, HTTPStatus.SERVICE_UNAVAILABLE: None}
