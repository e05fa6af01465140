"""Worked examples as facts in memory, and as the question put to the rule."""

from datetime import UTC, datetime
from uuid import UUID

from consent.model import (
    ALWAYS,
    FUTURE,
    PAST,
    Act,
    Check,
    Coach,
    Decision,
    Denial,
    Emergency,
    Facts,
    Kind,
    Obligations,
    Period,
    Person,
    Representation,
    RepresentationKind,
    Request,
    Suspension,
    Task,
)
from consent.will import Said, will
from schemas.vocabulary import TaskGround
from tests.spec import story, world

PERSON = UUID(int=100)
VOICES = {"A": UUID(int=201), "B": UUID(int=202)}
RECIPIENTS = {"R": world.R, "Q": world.Q}
CLAIM = Emergency("user", "a justification long enough")


def data_period(data: tuple[str | None, str | None]) -> Period:
    """Bare days of a data period are midnights."""
    start, end = data
    return Period(_midnight(start, PAST), _midnight(end, FUTURE))


def _midnight(said: str | None, otherwise: datetime) -> datetime:
    return otherwise if said is None else world.moment(said) if said[-1].isdigit() else world.day(said)


def until(grant: story.Grant) -> datetime:
    """A time is exact, a day is included, 365 days otherwise."""
    if grant.until is None:
        return world.moment(grant.on) + world.timedelta(days=365)
    return world.moment(grant.until) if " " in grant.until else world.after(grant.until)


def request(ask: story.Ask, person_id: UUID = PERSON) -> Request:
    purpose = ask.purpose or (world.KUNTAOSUUS if ask.items == ("M",) else world.TYO)
    asked = data_period(ask.data)
    return Request(
        person_id=person_id,
        recipient=RECIPIENTS[ask.recipient],
        purpose=purpose,
        items=tuple(world.ITEMS[item] for item in ask.items),
        user=ask.user,
        data_from=asked.start,
        data_until=asked.end,
        emergency=CLAIM if ask.emergency else None,
    )


def facts(told):
    """The facts of a story, all known."""
    if told is None:
        return None
    agreements, statutes = _register(told)
    acts: dict[tuple[UUID, str], list[Act]] = {}
    for seq, fact in enumerate(told):
        if isinstance(fact, story.Grant | story.No):
            item = world.ITEMS[fact.item]
            agreement = next(row for row in agreements.values() if item.category in row.categories)
            acts.setdefault((agreement.agreement_id, item.category), []).append(_act(fact, seq))
    speakers = {VOICES[fact.voice]: _speaker(fact) for fact in told if isinstance(fact, story.Represented)}
    pauses = [Suspension(world.moment(fact.since)) for fact in told if isinstance(fact, story.Suspended)]
    return Facts(
        register=world.a_register(agreements, statutes),
        person=_person(told),
        tasks=_tasks(told),
        coaches=tuple(Coach(world.R, fact.coach) for fact in told if isinstance(fact, story.Protected) and fact.coach),
        denials=tuple(_denial(fact, n) for n, fact in enumerate(told) if isinstance(fact, story.Deny)),
        wills={key: will(Said(acts=rows, representations=speakers, suspensions=pauses)) for key, rows in acts.items()},
    )


def _register(told):
    agreements, statutes = world.agreements(), world.statutes()
    for fact in told:
        match fact:
            case story.AgreementFor(item):
                agreements[item] = world.an_agreement(world.P_AGREEMENT, world.KEHA, item)
            case story.AgreementEnds(on):
                agreements["K"] = world.replace(agreements["K"], in_force=Period(world.YEARS.start, world.moment(on)))
            case story.NewNotice(n, change, on, grace):
                notices = (*agreements["K"].notices, world.notice(n, change, on, grace))
                agreements["K"] = world.replace(agreements["K"], notices=notices)
            case story.LawEnded(law, last_day):
                statutes[law] = world.replace(statutes[law], in_force=Period(PAST, world.after(last_day)))
    return agreements, statutes


def _act(fact: story.Grant | story.No, seq: int) -> Act:
    signed, recorded = world.moment(fact.on), world.moment(fact.recorded or fact.on)
    told = {
        "act_id": UUID(int=300 + seq),
        "seq": seq,
        "signed_at": signed,
        "recorded_at": recorded,
        "effective_from": signed,
        "voice": VOICES.get(fact.voice),
        "voided_at": fact.invalidated and world.moment(fact.invalidated),
    }
    if isinstance(fact, story.No):
        return Act(**told, kind=Kind(fact.kind))
    special = world.ITEMS[fact.item].category.startswith("sote.")
    if fact.effective:
        told["effective_from"] = world.moment(fact.effective)
    return Act(
        **told,
        kind=Kind.GIVEN,
        valid_until=until(fact),
        data=data_period(fact.data),
        notice_n=1,
        needs_second=special and fact.recorded is not None,
        confirmed_at=world.moment(fact.confirmed) if fact.confirmed else None,
    )


def _speaker(fact: story.Represented) -> Representation:
    checks = tuple(Check(world.moment(on), allowed) for on, allowed in fact.checks)
    return Representation(VOICES[fact.voice], RepresentationKind(fact.kind), checks)


def _denial(fact: story.Deny, n: int) -> Denial:
    return Denial(
        denial_id=UUID(int=400 + n),
        source=fact.source,
        category=fact.item and world.ITEMS[fact.item].category,
        recipient=fact.recipient and RECIPIENTS[fact.recipient],
        data=data_period(fact.data),
        allow_emergency=fact.save_emergency,
        during=Period(world.moment(fact.on), world.moment(fact.lifted) if fact.lifted else FUTURE),
    )


def _person(told) -> Person:
    born = next((fact.on for fact in told if isinstance(fact, story.Born)), "1.1.1984")
    died = next((world.moment(fact.on) for fact in told if isinstance(fact, story.Died)), FUTURE)
    birthday = world.moment(born).astimezone(world.HELSINKI)
    return Person(
        person_id=PERSON,
        consent_seq=1,
        deceased_at=died,
        protected=(ALWAYS,) if any(isinstance(fact, story.Protected) for fact in told) else (),
        of_age_at=birthday.replace(year=birthday.year + 18).astimezone(UTC),
    )


def _tasks(told) -> tuple[Task, ...]:
    held = next((fact for fact in told if isinstance(fact, story.Tasks)), story.Tasks()).held
    mine = [
        Task(world.R, TaskGround(ground), Period(PAST, world.after(last) if last else FUTURE)) for ground, last in held
    ]
    return (*mine, *(Task(world.Q, TaskGround(ground)) for ground, _ in story.Tasks().held))


def owed(obligations: Obligations) -> set[str]:
    """The names of the obligations that bind, data periods and retention apart."""
    return {name for name in ("no_onward", "mask_location", "renewal_due") if getattr(obligations, name)}


def told(decision: Decision) -> tuple[str, tuple[str, ...]]:
    """A decision in the words of the examples."""
    return decision.outcome, tuple(result.reason for result in decision.results)
