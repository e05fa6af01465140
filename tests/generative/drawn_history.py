"""Random people as recorded rows: mostly alive, open and with tasks, and outspoken."""

from uuid import UUID

from consent.model import ALWAYS, FUTURE, PAST, Agreement, Kind, Register, RepresentationKind
from tests.generative.drawn import AT, CONTROLLERS, GROUNDS, PURPOSES, RECIPIENTS, STEP, TICK, Draw
from tests.generative.reference_rule import rows


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
