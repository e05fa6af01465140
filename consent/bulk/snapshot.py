"""The facts of many people as frames, a row a fact, people by number."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import polars as pl

from consent.model import Facts, Register, Stretch, Will

_MOMENT = pl.Datetime("us", "UTC")
PEOPLE = pl.Schema({"person_id": pl.String(), "consent_seq": pl.Int64(), "deceased_at": _MOMENT, "of_age_at": _MOMENT})
"""A row a person; its place in the frame is the person's number in the others. Open ends are those of ``consent.model.period``."""
PROTECTIONS = pl.Schema({"person": pl.UInt32(), "start": _MOMENT, "end": _MOMENT})
TASKS = pl.Schema(
    {"person": pl.UInt32(), "recipient": pl.String(), "ground": pl.String(), "start": _MOMENT, "end": _MOMENT}
)
COACHES = pl.Schema(
    {"person": pl.UInt32(), "recipient": pl.String(), "user": pl.String(), "start": _MOMENT, "end": _MOMENT}
)
DENIALS = pl.Schema(
    {
        "person": pl.UInt32(),
        "source": pl.String(),
        "controller": pl.String(),
        "category": pl.String(),
        "recipient": pl.String(),
        "purpose": pl.String(),
        "data_start": _MOMENT,
        "data_end": _MOMENT,
        "allow_emergency": pl.Boolean(),
        "start": _MOMENT,
        "end": _MOMENT,
    }
)
STRETCHES = pl.Schema(
    {
        "person": pl.UInt32(),
        "agreement_id": pl.String(),
        "category": pl.String(),
        "minor": pl.Boolean(),
        "start": _MOMENT,
        "end": _MOMENT,
        "step": pl.UInt8(),
        "notice_n": pl.Int32(),
        "data_start": _MOMENT,
        "data_end": _MOMENT,
    }
)
"""``minor``: null where the stretch holds at any age."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What the bulk gate reads of one moment of the database; the columns stand beside their frames' names above."""

    register: Register
    people: pl.DataFrame
    protections: pl.DataFrame
    tasks: pl.DataFrame
    coaches: pl.DataFrame
    denials: pl.DataFrame
    stretches: pl.DataFrame


def snapshot_of(register: Register, people: Sequence[Facts]) -> Snapshot:
    """Make a snapshot of facts in memory, all under one register; facts of nobody make no rows."""
    known = [(number, facts) for number, facts in enumerate(facts for facts in people if facts.person)]
    return Snapshot(
        register=register,
        people=_frame(PEOPLE, (_person(facts) for _, facts in known)),
        protections=_frame(PROTECTIONS, _protections(known)),
        tasks=_frame(
            TASKS,
            ((number, task.recipient, task.ground, *task.during) for number, facts in known for task in facts.tasks),
        ),
        coaches=_frame(
            COACHES,
            (
                (number, coach.recipient, coach.user, *coach.during)
                for number, facts in known
                for coach in facts.coaches
            ),
        ),
        denials=_frame(DENIALS, _denials(known)),
        stretches=_frame(STRETCHES, _stretches(known)),
    )


def _frame(schema: pl.Schema, rows: Iterable[Sequence[object]]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=schema, orient="row")


def _person(facts: Facts) -> tuple[object, ...]:
    person = facts.person
    assert person is not None
    return str(person.person_id), person.consent_seq, person.deceased_at, person.of_age_at


def _protections(known: Iterable[tuple[int, Facts]]) -> Iterator[tuple[object, ...]]:
    for number, facts in known:
        assert facts.person is not None
        for period in facts.person.protected:
            yield number, *period


def _denials(known: Iterable[tuple[int, Facts]]) -> Iterator[tuple[object, ...]]:
    for number, facts in known:
        for row in facts.denials:
            scope = (row.source, row.controller, row.category, row.recipient, row.purpose)
            yield number, *scope, *row.data, row.allow_emergency, *row.during


def _stretches(known: Iterable[tuple[int, Facts]]) -> Iterator[tuple[object, ...]]:
    for number, facts in known:
        yield from stretch_rows(number, facts.wills)


def stretch_rows(number: int, wills: Mapping[tuple[UUID, str], Will]) -> Iterator[tuple[object, ...]]:
    """Yield the rows of ``STRETCHES`` for a person's wills."""
    for (agreement_id, category), will in wills.items():
        for minor, stretches in _by_age(will):
            for each in stretches:
                place = (number, str(agreement_id), category, minor, each.start, each.end)
                yield *place, int(each.step), each.notice_n, *each.data


def _by_age(will: Will) -> list[tuple[bool | None, tuple[Stretch, ...]]]:
    return [(None, will.adult)] if will.minor is None else [(False, will.adult), (True, will.minor)]
