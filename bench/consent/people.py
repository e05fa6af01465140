"""People drawn as the rule sees them, and what is asked of them; the same seed gives the same people."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from random import Random  # noqa: TID251 - people are drawn, the same for the same seed
from typing import Final
from uuid import UUID

from bench.consent.town import AGREEMENTS, ASKED_BY_CONSENT, CONTROLLERS, RECIPIENT
from consent.model import (
    FUTURE,
    PAST,
    Act,
    Denial,
    Facts,
    Item,
    Kind,
    Period,
    Person,
    Register,
    Request,
    Task,
    Will,
)
from consent.will import Said, will
from schemas.vocabulary import Category, Purpose, Source, TaskGround

AT: Final = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)
"""The moment that all is asked about."""
BORN: Final = date(1984, 3, 12)
OF_AGE: Final = datetime(2002, 3, 11, 22, 0, tzinfo=UTC)
"""Everybody's 18th birthday, which begins in Helsinki."""
SPOKEN: Final = 0.75
"""Of the keys that a consent form is about, on so many something was said."""
SAID: Final = {"given": 70, "withdrawn": 12, "refused": 8, "expired": 5, "not yet": 3, "partly": 2}
"""What it comes to, in hundredths."""
SCOPES: Final = (None, "source", "category")
LENGTH: Final = timedelta(days=365)


def drawn(register: Register, people: int, seed: int = 1) -> Iterator[Facts]:
    """Draw so many people, each with the facts that a decision for the authority reads."""
    for number in range(people):
        yield _person(register, number, Random(seed * 1_000_003 + number))


def asked_of(facts: Facts, random: Random) -> Request:
    """Ask for one category that the purpose needs, as a case worker's service does."""
    purpose = Purpose.KUNTAOSUUS if random.random() < 0.1 else Purpose.TYO  # noqa: PLR2004 - one of ten
    return one(facts, purpose, random.choice(sorted(purpose.needs)))


def one(facts: Facts, purpose: Purpose, *categories: Category) -> Request:
    """Ask for these categories of a person."""
    assert facts.person is not None
    items = tuple(Item(category.value, CONTROLLERS[category.source]) for category in categories)
    return Request(person_id=facts.person.person_id, recipient=RECIPIENT, purpose=purpose.value, items=items)


def id_of(kind: int, number: int) -> UUID:
    """Make the id of the so-manieth person, denial or act."""
    return UUID(int=kind << 96 | 7 << 76 | 2 << 62 | number)


def _person(register: Register, number: int, random: Random) -> Facts:
    person = Person(
        person_id=id_of(1, number),
        consent_seq=1 + random.randrange(9),
        changed_at=AT - timedelta(days=1),
        deceased_at=AT - timedelta(days=30) if random.random() < 0.005 else FUTURE,  # noqa: PLR2004 - five of a thousand
        protected=(Period(PAST, FUTURE),) if random.random() < 0.01 else (),  # noqa: PLR2004 - one of a hundred
        of_age_at=OF_AGE,
    )
    return Facts(
        register=register,
        person=person,
        tasks=tuple(_tasks(random)),
        denials=tuple(_denials(number, random)),
        wills=dict(_wills(number, random)),
    )


def _tasks(random: Random) -> Iterator[Task]:
    began = AT - timedelta(days=random.randrange(10, 900))
    if random.random() < 0.97:  # noqa: PLR2004 - three of a hundred have left
        yield Task(RECIPIENT, TaskGround.AREA, Period(began, FUTURE))
        yield Task(RECIPIENT, TaskGround.FINANCING, Period(began, FUTURE))


def _denials(number: int, random: Random) -> Iterator[Denial]:
    """One of twenty has said no to a source, to a category, or to everything."""
    if random.random() < 0.05:  # noqa: PLR2004 - as told
        scope, category = random.choice(SCOPES), random.choice(list(Category))
        yield Denial(
            denial_id=id_of(2, number),
            source=category.source.value if scope == "source" else None,
            category=category.value if scope == "category" else None,
            during=Period(AT - timedelta(days=random.randrange(1, 400)), FUTURE),
        )


def _wills(number: int, random: Random) -> Iterator[tuple[tuple[UUID, str], Will]]:
    for place, (source, category) in enumerate(_keys()):
        if random.random() < SPOKEN:
            ((said),) = random.choices(list(SAID), list(SAID.values()))
            acts = tuple(_acts(id_of(3, number << 8 | place << 2).int, said, random))
            yield (UUID(int=AGREEMENTS[source].int), category.value), will(Said(acts=acts, representations={}))


def _keys() -> Iterator[tuple[Source, Category]]:
    for source, categories in ASKED_BY_CONSENT.items():
        for category in categories:
            yield source, category


def _acts(first: int, said: str, random: Random) -> Iterator[Act]:
    """Make what was said on one key: a yes, then perhaps a no."""
    signed = AT - timedelta(days=random.randrange(40, 300))
    if said == "refused":
        yield _act(first, 0, Kind.REFUSED, signed)
        return
    begins = AT + timedelta(days=20) if said == "not yet" else signed
    ends = AT - timedelta(days=random.randrange(1, 30)) if said == "expired" else begins + LENGTH
    data = Period(signed, FUTURE) if said == "partly" else Period(PAST, FUTURE)
    yield _act(first, 0, Kind.GIVEN, signed, effective_from=begins, valid_until=ends, data=data, notice_n=1)
    if said == "withdrawn":
        yield _act(first, 1, Kind.WITHDRAWN, AT - timedelta(days=random.randrange(1, 39)))


def _act(first: int, seq: int, kind: Kind, signed: datetime, **more: object) -> Act:
    told = {"effective_from": signed, **more}
    return Act(act_id=UUID(int=first + seq), seq=seq, kind=kind, signed_at=signed, recorded_at=signed, **told)  # type: ignore[arg-type] # named as the fields are
