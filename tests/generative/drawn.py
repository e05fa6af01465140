"""Random registers, people and requests as raw rows, with the ends of all things crowding round the moments asked about."""

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
    Kind,
    Notice,
    Period,
    Register,
    RepresentationKind,
    Request,
    Statute,
    StatuteKind,
)
from schemas.vocabulary import PartyKind, TaskGround
from tests.generative.reference_rule import rows

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


def a_history(draw: Draw, register: Register) -> rows.History | None:
    """A person, mostly alive, open and with tasks, who has spoken on most keys; seldom unknown or unreadable."""
    if draw.seldom(3):
        return None
    speakers = tuple(
        rows.RepresentationRow(draw.id(), draw.of(*RepresentationKind, RepresentationKind.LEGAL_GUARDIAN))
        for _ in range(draw.of(2, 2, 3))
    )
    acts = tuple(some_acts(draw, register, [speaker.representation_id for speaker in speakers]))
    denials = tuple(a_denial(draw, register) for _ in range(draw.of(0, 0, 0, 1, 1, 2)))
    return rows.History(
        person_id=None if draw.seldom(3) else draw.id(),
        of_age_at=draw.of(None, PAST, PAST, FUTURE, FUTURE, FUTURE, draw.moment()),
        acts=acts,
        confirmations=tuple(
            rows.ConfirmationRow(act.act_id, max(act.recorded_at, draw.moment()))
            for act in acts
            if act.needs_second and draw.seldom(50)
        ),
        invalidations=tuple(
            rows.InvalidationRow(of, max(recorded_at, draw.moment()))
            for of, recorded_at in [(act.act_id, act.recorded_at) for act in acts]
            + [(denial.denial_id, denial.recorded_at) for denial in denials]
            if draw.seldom(16)
        ),
        denials=denials,
        lifts=tuple(
            rows.LiftRow(denial.denial_id, draw.moment(), max(denial.recorded_at, draw.moment()))
            for denial in draw.some(denials, least=0, most=1)
        ),
        suspensions=tuple(
            rows.SuspensionRow(agreement.agreement_id, *draw.period(50), draw.recorded())
            for agreement in register.agreements
            if draw.seldom(24)
        ),
        representations=speakers,
        checks=tuple(check for speaker in speakers for check in some_checks(draw, speaker)),
        tasks=tuple(some_tasks(draw)),
        coaches=tuple(
            rows.CoachRow(draw.of(*RECIPIENTS), "coach", *draw.mostly_always(80), draw.recorded())
            for _ in range(draw.of(0, 1, 2))
        ),
        protections=tuple(
            rows.ProtectionRow(*draw.mostly_always(60), draw.recorded()) for _ in range(draw.of(*[0] * 13, 1))
        ),
        deaths=(rows.DeathRow(draw.moment(), draw.recorded()),) if draw.seldom(7) else (),
    )


def some_tasks(draw: Draw):
    for recipient in (*RECIPIENTS, "C1"):
        grounds = draw.some(GROUNDS, least=1, most=3) if draw.seldom(98) else ()
        for ground in grounds:
            yield rows.TaskRow(recipient, ground, *draw.mostly_always(92), draw.recorded())


def some_checks(draw: Draw, speaker: rows.RepresentationRow):
    """Answers on somebody's authority, no two at one moment."""
    fresh = [AT - STEP * draw.of(0, 0, 1, 1, 2, 3, 12, 60, 61)] if draw.seldom(94) else []
    moments = {*fresh, *(draw.moment() for _ in range(draw.of(0, 1, 2)))}
    for moment in sorted(moments):
        yield rows.CheckRow(speaker.representation_id, moment, draw.seldom(88))


def some_acts(draw: Draw, register: Register, speakers: list[UUID]):
    for agreement in register.agreements:
        for category in sorted(agreement.categories):
            yield from a_key(draw, agreement, category, speakers)


def a_key(draw: Draw, agreement: Agreement, category: str, speakers: list[UUID]):
    """What was said on a key: any acts of any voices, or a short story that chance alone seldom tells."""
    story = draw.of(*[anything] * 7, *[a_quarrel] * 7, *[an_ending] * 4)
    for kind, voice in story(draw, speakers):
        yield an_act(draw, agreement, category, kind, voice)


def anything(draw: Draw, speakers: list[UUID]):
    voices: list[list[UUID | None]] = [[None], [None], [*speakers], [None, *speakers]]
    voice = draw.of(*voices)
    weights = draw.of((2, 2, 60, 12, 12, 12, 6), (4, 4, 40, 6, 20, 20, 2), (2, 2, 70, 16, 3, 3, 12))
    for kind in draw.random.choices(list(Kind), weights=weights, k=draw.of(0, 1, 1, 1, 2, 2, 2, 3, 3, 4)):
        yield kind, None if kind is Kind.REVOKED else draw.of(*voice)


def a_quarrel(draw: Draw, speakers: list[UUID]):
    """One says yes, another no."""
    one, *others = draw.some([None, *speakers], least=2, most=3)
    yield draw.of(Kind.GIVEN, Kind.RENEWED), one
    for other in others:
        yield draw.of(Kind.GIVEN, Kind.REFUSED, Kind.WITHDRAWN), other


def an_ending(draw: Draw, speakers: list[UUID]):
    """Somebody says yes, and the controller ends it."""
    yield Kind.GIVEN, draw.of(None, *speakers)
    yield Kind.REVOKED, None


def an_act(draw: Draw, agreement: Agreement, category: str, kind: Kind, voice: UUID | None) -> rows.ActRow:
    signed = draw.moment(latest=4)
    recorded = max(signed, draw.moment(latest=8)) if draw.seldom(25) else signed
    yes = kind in (Kind.GIVEN, Kind.RENEWED)
    starts_later = (yes or kind is Kind.REVOKED) and draw.seldom(12)
    data = draw.period(0) if yes and draw.seldom(85) else ALWAYS
    act_id = draw.id()
    return rows.ActRow(
        act_id=act_id,
        seq=act_id.int,
        agreement_id=agreement.agreement_id,
        category=category,
        kind=kind,
        signed_at=signed,
        effective_from=max(signed, draw.moment()) if starts_later else signed,
        recorded_at=recorded,
        voice=voice,
        valid_until=max(signed + TICK, draw.moment()) if yes and draw.seldom(20) else FUTURE,
        data_from=data.start,
        data_until=data.end,
        notice_n=draw.of(1, 1, 1, 2, 3),
        needs_second=yes and draw.seldom(20),
    )


def a_denial(draw: Draw, register: Register) -> rows.DenialRow:
    category = draw.of(*register.sources)
    signed = draw.moment(latest=2)
    data = draw.period(30) if draw.seldom(50) else ALWAYS
    return rows.DenialRow(
        denial_id=draw.id(),
        source=draw.of(None, register.sources[category]),
        controller=draw.of(None, None, *CONTROLLERS),
        category=draw.of(None, category),
        recipient=draw.of(None, *RECIPIENTS, "C1"),
        purpose=draw.of(None, None, *PURPOSES),
        data_from=data.start,
        data_until=data.end,
        allow_emergency=draw.of(False, True),
        effective_from=signed,
        recorded_at=max(signed, draw.moment(latest=4)) if draw.seldom(25) else signed,
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
