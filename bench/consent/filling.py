"""A database with many people: what the gate and the API read of them, copied in as the verbs would have left it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import cycle, islice
from typing import Any, Final
from uuid import UUID

from bench.consent.people import BORN, drawn, id_of
from bench.consent.town import AREA, BEGAN, BY, found
from bench.measure import Work
from consent.model import FUTURE, PAST, Facts
from consent.queries import register
from db.copy import copy_rows
from db.engine import Login, Transaction
from db.environment import from_environ

PATTERNS: Final = 2_000
"""So many people are drawn; the others are like them, under ids of their own."""
PERSON: Final = ("person_id", "birth_date", "deceased_at", "protected", "consent_seq", "changed_at")
FACT: Final = ("person_id", "kind", "value", "from_at", "until_at", "recorded_at")
TASK: Final = ("person_id", "ground", "place", "recipient", "from_at", "until_at", "recorded_at")
DENIAL: Final = (
    *("denial_id", "person_id", "source", "category", "allow_emergency", "signed_at", "effective_from", "recorded_at"),
    *("channel", "recorded_by", "digest"),
)
CURRENT: Final = (
    *("person_id", "agreement_id", "category", "from_at", "until_at", "step", "act_id", "notice_n"),
    *("data_from", "data_until"),
)


def opened(values: Mapping[str, str], issuer: str) -> Work:
    """Found the town in an empty home."""
    environment = from_environ(values)

    def work() -> dict[str, Any]:
        with environment.database(Login.OWNER, pool_size=1) as database, database.transaction() as tx:
            found(tx, issuer=issuer)
        return {}

    return work


def filled(values: Mapping[str, str], people: int, categories: Sequence[str], patterns: int = PATTERNS) -> Work:
    """Copy so many people in, with what they said of these categories; after ``patterns`` of them the next are like the first again."""
    environment = from_environ(values)

    def work() -> dict[str, Any]:
        with environment.database(Login.OWNER, pool_size=1) as database, database.transaction() as tx:
            known = list(drawn(register(tx), min(people, patterns)))
            copy(tx, [_as(facts, number) for number, facts in enumerate(islice(cycle(known), people))], categories)
        return {"people": people}

    return work


def _as(facts: Facts, number: int) -> Facts:
    assert facts.person is not None
    denials = tuple(replace(row, denial_id=id_of(2, number)) for row in facts.denials)
    return replace(facts, person=replace(facts.person, person_id=id_of(1, number)), denials=denials)


def copy(tx: Transaction, people: Sequence[Facts], categories: Sequence[str]) -> None:
    """Write people, their tasks, their noes and what their keys come to."""
    copy_rows(tx, "consent.person", PERSON, (_person(facts) for facts in people))
    copy_rows(tx, "consent.person_fact", FACT, (row for facts in people for row in _facts(facts)))
    copy_rows(tx, "consent.task", TASK, (row for facts in people for row in _tasks(facts)))
    copy_rows(tx, "consent.denial", DENIAL, (row for facts in people for row in _denials(facts)))
    copy_rows(tx, "consent.current", CURRENT, (row for facts in people for row in _current(facts, set(categories))))


def _person(facts: Facts) -> tuple[object, ...]:
    person = facts.person
    assert person is not None
    protected = bool(person.protected)
    return person.person_id, BORN, _kept(person.deceased_at), protected, person.consent_seq, person.changed_at


def _facts(facts: Facts) -> Iterator[tuple[object, ...]]:
    person = facts.person
    assert person is not None
    yield person.person_id, "birth_date", BORN.isoformat(), None, None, BEGAN
    for period in person.protected:
        yield person.person_id, "protected:te", "true", _kept(period.start), _kept(period.end), BEGAN
    if person.deceased_at != FUTURE:
        yield person.person_id, "deceased", "true", person.deceased_at, None, BEGAN


def _tasks(facts: Facts) -> Iterator[tuple[object, ...]]:
    for task in facts.tasks:
        yield _id(facts), task.ground.value, AREA, task.recipient, _kept(task.during.start), None, BEGAN


def _denials(facts: Facts) -> Iterator[tuple[object, ...]]:
    for row in facts.denials:
        said = row.during.start
        scope = (row.source, row.category, row.allow_emergency)
        yield row.denial_id, _id(facts), *scope, said, said, said, "counter", BY.user, bytes(32)


def _current(facts: Facts, categories: set[str]) -> Iterator[tuple[object, ...]]:
    for (agreement_id, category), will in facts.wills.items():
        if category in categories:
            for each in will.adult:
                when, data = (_kept(each.start), _kept(each.end)), (_kept(each.data.start), _kept(each.data.end))
                said = (int(each.step), each.act_id, each.notice_n)
                yield _id(facts), agreement_id, category, *when, *said, *data


def _id(facts: Facts) -> UUID:
    assert facts.person is not None
    return facts.person.person_id


def _kept(moment: datetime) -> datetime | None:
    """Write an end as the tables do: none where it is open."""
    return None if moment in (PAST, FUTURE) else moment
