"""Random vocabularies, registers, people and requests; dense, so that every reason comes up, on a grid of moments, so that ends meet."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import product
from random import Random
from uuid import UUID

from consent.model import (
    FUTURE,
    PAST,
    Act,
    Agreement,
    Change,
    Check,
    Coach,
    Denial,
    Derived,
    Emergency,
    Facts,
    Item,
    Kind,
    Notice,
    Period,
    Person,
    Register,
    Representation,
    RepresentationKind,
    Request,
    Statute,
    StatuteKind,
    Suspension,
    Task,
)
from consent.will import Said, will
from schemas.vocabulary import PartyKind, TaskGround

START = datetime(2026, 1, 1, tzinfo=UTC)
STEP = timedelta(hours=12)
GRID = 40
AT = START + STEP * (GRID // 2)
SOURCES = ("te", "kela", "sote")
PURPOSES = ("one", "two")
CONTROLLERS, RECIPIENTS = ("c0", "c1"), ("r0", "r1")
USERS = ("coach", "other")
UNKNOWN = "unknown"


@dataclass
class Draw:
    """Draws by one seed; every id is new."""

    random: Random
    ids: int = 0

    def id(self) -> UUID:
        self.ids += 1
        return UUID(int=self.ids)

    def chance(self, percent: float) -> bool:
        return self.random.random() * 100 < percent

    def some(self, rows, least=0, most=None):
        rows = list(rows)
        return self.random.sample(rows, min(len(rows), self.random.randint(least, most or len(rows))))

    def moment(self) -> datetime:
        return START + STEP * self.random.randrange(GRID)

    def period(self, open_percent=50.0) -> Period:
        start = PAST if self.chance(open_percent) else self.moment()
        end = FUTURE if self.chance(open_percent) else self.moment()
        return Period(min(start, end), max(start, end))

    def holding(self, percent=85.0) -> Period:
        """A period that holds at the moment asked, mostly."""
        return Period(PAST, FUTURE) if self.chance(percent) else self.period(30)


def a_register(draw: Draw) -> Register:
    """A vocabulary of a few categories, two controllers of each kind or one, some agreements and statutes."""
    sources = {f"{source}.{n}": source for source in SOURCES for n in range(draw.random.randint(1, 3))}
    parties = {name: draw.random.choice((PartyKind.KEHA, PartyKind.KELA, PartyKind.COUNTY)) for name in CONTROLLERS}
    parties |= dict.fromkeys(RECIPIENTS, PartyKind.EMPLOYMENT_AUTHORITY)
    return Register(
        seq=draw.random.randrange(1000),
        agreements=tuple(
            _agreement(draw, *of, sources=sources)
            for of in _pairs()
            for _ in range(draw.random.choice((0, 1, 1, 1, 1, 1, 1, 2)))
        ),
        statutes=tuple(_statute(draw, parties, sources) for _ in range(draw.random.randint(2, 9))),
        parties=parties,
        needs={purpose: frozenset(draw.some(sources, least=len(sources) - 1)) for purpose in PURPOSES},
        sources=sources,
    )


def _ground(draw: Draw) -> TaskGround | None:
    return draw.random.choice(list(TaskGround)[:3]) if draw.chance(30) else None


def _pairs():
    """Who can hand to whom, for what; a controller now and then asks for its own."""
    return product(CONTROLLERS, (*RECIPIENTS, CONTROLLERS[0]), PURPOSES)


def _agreement(draw: Draw, controller: str, recipient: str, purpose: str, sources) -> Agreement:
    return Agreement(
        agreement_id=draw.id(),
        controller=controller,
        recipient=recipient,
        purpose=purpose,
        categories=frozenset(draw.some(sources, least=len(sources) * 2 // 3)),
        task_ground=_ground(draw),
        in_force=draw.holding(90),
        notices=_notices(draw),
        retention_days=draw.random.choice((None, 30, 90)),
        onward=draw.chance(50),
    )


def _notices(draw: Draw) -> tuple[Notice, ...]:
    notices = [Notice(1, Change.FIRST, PAST, PAST)]
    for n in range(2, draw.random.choice((2, 3, 3, 5))):
        published = draw.moment()
        change = draw.random.choice((Change.EDITORIAL, Change.NARROWER, Change.MATERIAL, Change.MATERIAL))
        notices.append(Notice(n, change, published, published + STEP * draw.random.randrange(15)))
    return tuple(notices)


def _statute(draw: Draw, parties, sources) -> Statute:
    return Statute(
        statute_id=draw.id(),
        version=draw.random.randint(1, 3),
        key=f"STATUTE_{draw.random.randrange(4)}",
        controller_kind=draw.random.choice(list(parties.values())),
        categories=frozenset(draw.some(sources, least=1, most=2)),
        recipient_kind=PartyKind.EMPLOYMENT_AUTHORITY,
        purpose=draw.random.choice(PURPOSES),
        kind=draw.random.choice((StatuteKind.STATUTE, StatuteKind.EMERGENCY)),
        overrides_denial=draw.chance(50),
        task_ground=_ground(draw),
        in_force=draw.holding(),
    )


def some_facts(draw: Draw, register: Register) -> Facts:
    """A person, mostly alive, open and with tasks, who has spoken on most keys."""
    return Facts(
        register=register,
        person=None if draw.chance(2.5) else _person(draw),
        tasks=tuple(_tasks(draw)),
        coaches=tuple(Coach(draw.random.choice(RECIPIENTS), "coach", draw.holding()) for _ in range(2)),
        denials=tuple(_denial(draw, register) for _ in range(draw.random.choice((0, 0, 0, 1, 1, 3)))),
        wills=_wills(draw, register),
    )


def _person(draw: Draw) -> Person:
    return Person(
        person_id=draw.id(),
        consent_seq=draw.random.randrange(1000),
        deceased_at=draw.moment() if draw.chance(5) else FUTURE,
        protected=tuple(draw.holding(50) for _ in range(draw.random.choice((0,) * 14 + (1, 2)))),
        of_age_at=draw.random.choice((None, PAST, FUTURE, draw.moment(), AT)),
    )


def _tasks(draw: Draw):
    """Most recipients have a task, on most grounds."""
    for recipient in (*RECIPIENTS, CONTROLLERS[0]):
        grounds = draw.some(list(TaskGround)[:3], least=1) if draw.chance(94) else ()
        yield from (Task(recipient, ground, draw.holding(93)) for ground in grounds)


def _denial(draw: Draw, register: Register) -> Denial:
    category, controller = draw.random.choice(list(register.sources)), draw.random.choice(list(register.parties))
    return Denial(
        denial_id=draw.id(),
        source=draw.random.choice((None, register.sources[category])),
        controller=draw.random.choice((None, None, controller)),
        category=draw.random.choice((None, category)),
        recipient=draw.random.choice((None, *RECIPIENTS)),
        purpose=draw.random.choice((None, *PURPOSES)),
        data=draw.period(30) if draw.chance(60) else Period(PAST, FUTURE),
        allow_emergency=draw.chance(60),
        during=draw.holding(50),
    )


def _wills(draw: Draw, register: Register):
    speakers = {speaker.representation_id: speaker for speaker in (_speaker(draw) for _ in range(2))}
    pauses = {row.agreement_id: _pauses(draw) for row in register.agreements}
    return {
        (row.agreement_id, category): will(
            Said(acts=_acts(draw, tuple(speakers)), representations=speakers, suspensions=pauses[row.agreement_id])
        )
        for row in register.agreements
        for category in sorted(row.categories)
        if draw.chance(85)
    }


def _pauses(draw: Draw) -> tuple[Suspension, ...]:
    return tuple(Suspension(*draw.period(70)) for _ in range(draw.chance(15)))


def _speaker(draw: Draw) -> Representation:
    kind = draw.random.choice(list(RepresentationKind))
    times = sorted(draw.moment() for _ in range(draw.random.choice((0, 1, 3))))
    times = [time for time in times if time < AT] + ([AT - STEP * draw.random.randrange(5)] if draw.chance(70) else [])
    return Representation(draw.id(), kind, tuple(Check(on, draw.chance(85)) for on in times))


def _acts(draw: Draw, speakers) -> tuple[Act, ...]:
    count = draw.random.choice((1, 2, 2, 3, 4))
    return tuple(_act(draw, seq, speakers) for seq in range(count))


def _act(draw: Draw, seq: int, speakers) -> Act:
    kind = draw.random.choices(list(Kind), weights=(2, 2, 60, 12, 12, 12, 8))[0]
    signed = START + STEP * draw.random.randrange(GRID * 3 // 5)
    effective = signed if kind.no or draw.chance(80) else signed + STEP * draw.random.randrange(20)
    recorded = signed if draw.chance(80) else signed + STEP * draw.random.randrange(20)
    confirmed = recorded + STEP * draw.random.randrange(20) if draw.chance(50) else None
    return Act(
        act_id=draw.id(),
        seq=seq,
        kind=kind,
        signed_at=signed,
        effective_from=effective,
        recorded_at=recorded,
        voice=draw.random.choice(speakers) if draw.chance(42) else None,
        valid_until=signed + STEP * draw.random.randrange(30) if draw.chance(15) else FUTURE,
        data=draw.period(40) if draw.chance(25) else Period(PAST, FUTURE),
        notice_n=draw.random.choice((1, 1, 2, 3)),
        needs_second=draw.chance(20),
        confirmed_at=confirmed,
        voided_at=draw.moment() if draw.chance(10) else None,
    )


def some_requests(draw: Draw, register: Register, count: int) -> list[Request]:
    """Requests for every category, and for facts derived of some; the person is filled in for each."""
    return [_request(draw, register) for _ in range(count)]


def _request(draw: Draw, register: Register) -> Request:
    asked = draw.period(60)
    if asked.start >= asked.end:
        asked = Period(PAST, FUTURE)
    items = [Item(category, draw.random.choice(CONTROLLERS)) for category in register.sources]
    items += [Item(UNKNOWN, CONTROLLERS[0])] if draw.chance(20) else []
    derived = [Derived("fact", tuple(draw.some(items, least=1, most=3))) for _ in range(2)]
    return Request(
        person_id=UUID(int=0),
        recipient=UNKNOWN if draw.chance(2.5) else draw.random.choice((*RECIPIENTS, *RECIPIENTS, CONTROLLERS[0])),
        purpose=UNKNOWN if draw.chance(2.5) else draw.random.choice(PURPOSES),
        items=(*items, *derived),
        user=draw.random.choice((None, *USERS)),
        data_from=asked.start,
        data_until=asked.end,
        emergency=Emergency("user", "a justification long enough") if draw.chance(30) else None,
    )
