"""The stories of the worked examples (tests/spec/story.py) as recorded rows."""

from dataclasses import replace
from uuid import UUID

from consent.model import FUTURE, PAST, Kind, Period, Register, RepresentationKind
from schemas.vocabulary import TaskGround
from tests.generative.reference_rule import rows
from tests.spec import story, world
from tests.spec.replay import data_period, until

PERSON = UUID(int=100)
VOICES = {"A": UUID(int=201), "B": UUID(int=202)}
RECIPIENTS = {"R": world.R, "Q": world.Q}


def history(told: tuple[story.Fact, ...]) -> rows.History:
    """All rows of a story; an act is number n of the story."""
    ids = {n: UUID(int=300 + n) for n in range(len(told))}
    said = [(n, fact) for n, fact in enumerate(told) if isinstance(fact, story.Grant | story.No)]
    noes = [(n, fact) for n, fact in enumerate(told) if isinstance(fact, story.Deny)]
    speakers = [fact for fact in told if isinstance(fact, story.Represented)]
    closed = [fact for fact in told if isinstance(fact, story.Protected)]
    return rows.History(
        person_id=PERSON,
        of_age_at=_of_age(told),
        acts=tuple(_act(fact, n, ids[n], told) for n, fact in said),
        confirmations=tuple(
            rows.ConfirmationRow(ids[n], world.moment(fact.confirmed))
            for n, fact in said
            if isinstance(fact, story.Grant) and fact.confirmed
        ),
        invalidations=tuple(
            rows.InvalidationRow(ids[n], world.moment(fact.invalidated)) for n, fact in said if fact.invalidated
        ),
        denials=tuple(_denial(fact, ids[n]) for n, fact in noes),
        lifts=tuple(
            rows.LiftRow(ids[n], world.moment(fact.lifted), world.moment(fact.lifted))
            for n, fact in noes
            if fact.lifted
        ),
        suspensions=tuple(_pause(fact) for fact in told if isinstance(fact, story.Suspended)),
        representations=tuple(
            rows.RepresentationRow(VOICES[fact.voice], RepresentationKind(fact.kind)) for fact in speakers
        ),
        checks=tuple(
            rows.CheckRow(VOICES[fact.voice], world.moment(on), allowed)
            for fact in speakers
            for on, allowed in fact.checks
        ),
        tasks=_tasks(told),
        coaches=tuple(rows.CoachRow(world.R, fact.coach, PAST, FUTURE, PAST) for fact in closed if fact.coach),
        protections=tuple(rows.ProtectionRow(PAST, FUTURE, PAST) for _ in closed),
        deaths=tuple(
            rows.DeathRow(world.moment(fact.on), world.moment(fact.on)) for fact in told if isinstance(fact, story.Died)
        ),
    )


def _of_age(told):
    born = next((fact.on for fact in told if isinstance(fact, story.Born)), "1.1.1990")
    day, month, year = born.split(".")
    return world.moment(f"{day}.{month}.{int(year) + 18}")


def _act(fact, n, act_id, told) -> rows.ActRow:
    item, signed = world.ITEMS[fact.item], world.moment(fact.on)
    further = fact.item not in ("K", "Sr", "Sh")
    agreement = world.P_AGREEMENT if further else {"K": world.K_AGREEMENT}.get(fact.item, world.S_AGREEMENT)
    act = rows.ActRow(
        act_id=act_id,
        seq=n,
        agreement_id=agreement,
        category=item.category,
        kind=Kind(fact.kind) if isinstance(fact, story.No) else Kind.GIVEN,
        signed_at=signed,
        effective_from=signed,
        recorded_at=world.moment(fact.recorded or fact.on),
        voice=VOICES.get(fact.voice),
    )
    if isinstance(fact, story.No):
        return act
    data = data_period(fact.data)
    return act._replace(
        effective_from=world.moment(fact.effective or fact.on),
        valid_until=until(fact),
        data_from=data.start,
        data_until=data.end,
        needs_second=item.category.startswith("sote.") and fact.recorded is not None,
    )


def _denial(fact: story.Deny, denial_id: UUID) -> rows.DenialRow:
    data, signed = data_period(fact.data), world.moment(fact.on)
    return rows.DenialRow(
        denial_id=denial_id,
        source=fact.source,
        controller=None,
        category=world.ITEMS[fact.item].category if fact.item else None,
        recipient=RECIPIENTS[fact.recipient] if fact.recipient else None,
        purpose=None,
        data_from=data.start,
        data_until=data.end,
        allow_emergency=fact.save_emergency,
        effective_from=signed,
        recorded_at=signed,
    )


def _pause(fact: story.Suspended) -> rows.SuspensionRow:
    since = world.moment(fact.since)
    return rows.SuspensionRow(world.K_AGREEMENT, since, FUTURE, since)


def _tasks(told) -> tuple[rows.TaskRow, ...]:
    held = next((fact.held for fact in told if isinstance(fact, story.Tasks)), story.Tasks().held)
    mine = [(world.R, ground, world.after(last) if last else FUTURE) for ground, last in held]
    others = [(world.Q, ground, FUTURE) for ground, _ in story.Tasks().held]
    return tuple(rows.TaskRow(who, TaskGround(ground), PAST, end, PAST) for who, ground, end in (*mine, *others))


def register(told: tuple[story.Fact, ...]) -> Register:
    """The register of a story: that of the examples, as the story changes it."""
    agreements, statutes = world.agreements(), world.statutes()
    for fact in told:
        match fact:
            case story.AgreementFor(item):
                agreements[item] = world.an_agreement(world.P_AGREEMENT, world.KEHA, item)
            case story.AgreementEnds(on):
                ended = Period(world.YEARS.start, world.moment(on))
                agreements["K"] = replace(agreements["K"], in_force=ended)
            case story.NewNotice(n, change, on, grace):
                added = (*agreements["K"].notices, world.notice(n, change, on, grace))
                agreements["K"] = replace(agreements["K"], notices=added)
            case story.LawEnded(law, last_day):
                statutes[law] = replace(statutes[law], in_force=Period(PAST, world.after(last_day)))
    return world.a_register(agreements, statutes)


def known_at(asked: str):
    """ "Asked at 1.6., known then", and whatever is asked later is known later."""
    return max(world.moment(asked), world.moment("1.6."))
