"""Random registers and requests, with the ends of all things crowding round the moments asked about."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import product
from random import Random
from uuid import UUID

from consent.model import (
    ALWAYS,
    FUTURE,
    PAST,
    Agreement,
    Change,
    Derived,
    Emergency,
    Item,
    Notice,
    Period,
    Register,
    Request,
    Statute,
    StatuteKind,
)
from schemas.vocabulary import PartyKind, TaskGround

AT = datetime(2026, 6, 1, 9, tzinfo=UTC)
STEP = timedelta(hours=12)
TICK = timedelta(microseconds=1)
EARLIEST, LATEST = -130, 30
"""Grid steps: 65 days back, so that a guardian's 30 days end on the way, and 15 days on."""

PURPOSES = ("P1", "P2")
CONTROLLERS = {"C1": PartyKind.KELA, "C2": PartyKind.COUNTY}
RECIPIENTS = ("R1", "R2")
UNKNOWN = "unknown"
GROUNDS = (TaskGround.RESIDENCE, TaskGround.AREA, TaskGround.TYM)
CLAIMS = (
    *[Emergency("user", "a justification long enough")] * 3,
    Emergency("user", "twenty characters ok"),
    Emergency("user", "nineteen characters"),
    Emergency(" ", "a justification long enough"),
)


@dataclass
class Draw:
    """One source of chance; each id it gives is new."""

    random: Random
    ids: int = 0

    def id(self) -> UUID:
        self.ids += 1
        return UUID(int=self.ids)

    def seldom(self, percent: float) -> bool:
        return self.random.random() * 100 < percent

    def of(self, *choices):
        return self.random.choice(choices)

    def some(self, rows_, least: int, most: int):
        rows_ = list(rows_)
        return self.random.sample(rows_, min(len(rows_), self.random.randint(least, most)))

    def moment(self, earliest: int = EARLIEST, latest: int = LATEST) -> datetime:
        """Mostly a step of the grid, now and then one tick off it."""
        nearby = self.seldom(30)
        steps = (
            self.random.randint(max(earliest, -4), min(latest, 4)) if nearby else self.random.randint(earliest, latest)
        )
        return AT + STEP * steps + (self.of(-TICK, TICK) if self.seldom(5) else timedelta())

    def period(self, open_percent: float = 40) -> Period:
        start = PAST if self.seldom(open_percent) else self.moment()
        end = FUTURE if self.seldom(open_percent) else self.moment()
        return Period(start, end) if start < end else Period(PAST, FUTURE) if start == end else Period(end, start)

    def mostly_always(self, percent: float) -> Period:
        return ALWAYS if self.seldom(percent) else self.period()

    def recorded(self) -> datetime:
        """Most was known long ago."""
        return self.moment() if self.seldom(10) else PAST


def a_register(draw: Draw) -> Register:
    categories = {f"{source}.{n}": source for source in ("kela", "sote") for n in range(draw.of(1, 2))}
    return Register(
        seq=draw.ids,
        agreements=tuple(
            an_agreement(draw, *parties, categories)
            for parties in product(CONTROLLERS, (*RECIPIENTS, "C1"), PURPOSES)
            for _ in range(draw.of(0, *[1] * 18, 2, 3))
        ),
        statutes=tuple(a_statute(draw, categories) for _ in range(draw.of(0, 4, 8))),
        parties={**CONTROLLERS, **dict.fromkeys(RECIPIENTS, PartyKind.EMPLOYMENT_AUTHORITY)},
        needs={purpose: frozenset(name for name in categories if not draw.seldom(5)) for purpose in PURPOSES},
        sources=categories,
    )


def a_ground(draw: Draw) -> TaskGround | None:
    return draw.of(*GROUNDS) if draw.seldom(12) else None


def an_agreement(draw: Draw, controller: str, recipient: str, purpose: str, categories) -> Agreement:
    return Agreement(
        agreement_id=draw.id(),
        controller=controller,
        recipient=recipient,
        purpose=purpose,
        categories=frozenset(name for name in categories if not draw.seldom(6)),
        task_ground=a_ground(draw),
        in_force=draw.mostly_always(90),
        notices=some_notices(draw),
        retention_days=draw.of(None, 30, 90),
        onward=draw.of(False, True),
    )


def some_notices(draw: Draw) -> tuple[Notice, ...]:
    """Texts in the order of their publishing; a material one has a grace of none to 30 days."""
    published = sorted(draw.moment() for _ in range(draw.of(0, 1, 1, 2)))
    later = [
        Notice(
            n,
            draw.of(Change.EDITORIAL, Change.NARROWER, *[Change.MATERIAL] * 3),
            on,
            on + STEP * draw.of(0, 2, 8, 28, 60),
        )
        for n, on in enumerate(published, start=2)
    ]
    return (Notice(1, Change.FIRST, PAST, PAST), *later)


def a_statute(draw: Draw, categories) -> Statute:
    controller_kind, recipient_kind = draw.of(*CONTROLLERS.values()), PartyKind.EMPLOYMENT_AUTHORITY
    return Statute(
        statute_id=draw.id(),
        version=draw.of(1, 2),
        key=draw.of("STATUTE_A", "STATUTE_B", "STATUTE_C"),
        controller_kind=controller_kind,
        categories=frozenset(draw.some(categories, least=1, most=2)),
        recipient_kind=draw.of(recipient_kind, recipient_kind, PartyKind.KELA),
        purpose=draw.of(*PURPOSES),
        kind=draw.of(StatuteKind.STATUTE, *[StatuteKind.EMERGENCY] * 3),
        overrides_denial=draw.of(False, True),
        task_ground=a_ground(draw),
        in_force=draw.mostly_always(80),
    )


def a_request(draw: Draw, register: Register) -> Request:
    """A request for every category, and for a fact or two made of some of them."""
    items = [Item(category, draw.of(*CONTROLLERS)) for category in register.sources]
    items += [Item(UNKNOWN, "C1")] if draw.seldom(12) else []
    derived = [Derived("fact", tuple(draw.some(items, least=1, most=3))) for _ in range(draw.of(0, 1))]
    asked = draw.period(12) if draw.seldom(85) else ALWAYS
    return Request(
        person_id=UUID(int=0),
        recipient=UNKNOWN if draw.seldom(3) else draw.of(*RECIPIENTS, *RECIPIENTS, *RECIPIENTS, "C1"),
        purpose=UNKNOWN if draw.seldom(3) else draw.of(*PURPOSES),
        items=(*items, *derived),
        user=draw.of(None, "coach", "other"),
        data_from=asked.start,
        data_until=asked.end,
        emergency=draw.of(*CLAIMS) if draw.seldom(45) else None,
    )
