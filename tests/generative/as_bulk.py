"""Requests about many people put to the bulk gate, and its rows put back in the order of people, requests and items."""

from collections.abc import Sequence
from datetime import datetime

import polars as pl

from consent.bulk import Question, decide_rows, fold, prepare, snapshot_of
from consent.model import Derived, Facts, Item, Period, Register, Request

Row = tuple[object, ...]
COLUMNS = (
    "permitted",
    "reason",
    "ground",
    "key",
    "periods",
    "retention_days",
    "no_onward",
    "mask_location",
    "renewal_due",
)


def decided(register: Register, people: Sequence[Facts], requests: Sequence[Request], at: datetime) -> list[Row]:
    """One row for each item of each request about each person."""
    questions, item_of = _questions(requests)
    numbers = _numbers(people)
    asked = pl.DataFrame(
        {
            "person": pl.Series([number for number in numbers for _ in questions], dtype=pl.UInt32),
            "question": pl.Series([n for _ in numbers for n in range(len(questions))], dtype=pl.UInt32),
        }
    )
    found = decide_rows(prepare(snapshot_of(register, people), at), questions, asked)
    items = [item for request in requests for item in request.items]
    places = [person * len(items) + item for person in range(len(people)) for item in item_of]
    made = [isinstance(items[place % len(items)], Derived) for place in places]
    found = found.with_columns(place=pl.Series(places), made=pl.Series(made))
    whole = [
        Period(request.data_from, request.data_until) for _ in people for request in requests for _ in request.items
    ]
    return [_row(row, period) for row, period in zip(_folded(found), whole, strict=True)]


def _questions(requests: Sequence[Request]) -> tuple[list[Question], list[int]]:
    """Every input of every item as a question, and the number of its item."""
    items = [(request, item) for request in requests for item in request.items]
    parts = [
        (_question(request, part), n)
        for n, (request, item) in enumerate(items)
        for part in (item.inputs if isinstance(item, Derived) else (item,))
    ]
    return [question for question, _ in parts], [n for _, n in parts]


def _question(request: Request, item: Item) -> Question:
    return Question(
        recipient=request.recipient,
        purpose=request.purpose,
        category=item.category,
        controller=item.controller,
        user=request.user,
        data_from=request.data_from,
        data_until=request.data_until,
        emergency=request.emergency is not None and request.emergency.complete,
    )


def _numbers(people: Sequence[Facts]) -> list[int | None]:
    """The rows of the snapshot: people that nobody knows have none."""
    numbers: list[int | None] = []
    known = 0
    for facts in people:
        numbers.append(known if facts.person else None)
        known += facts.person is not None
    return numbers


def _folded(found: pl.DataFrame) -> list[Row]:
    """Fold the inputs of derived facts, and put all back in order."""
    plain, inputs = found.filter(~pl.col("made")), found.filter("made")
    derived = fold(inputs.drop("place", "made"), by=inputs["place"])
    derived = derived.with_columns(place=inputs["place"].unique(maintain_order=True))
    return pl.concat([plain.drop("made"), derived]).sort("place").select(COLUMNS).rows()


def _row(row: Row, whole: Period) -> Row:
    """The gate leaves the periods out where all that was asked may be shown."""
    permitted, reason, ground, key, periods, *owed = row
    shown = tuple(Period(one["start"], one["end"]) for one in periods) if periods else (whole,) * bool(permitted)
    return (permitted, reason, ground, key, shown, tuple(owed))
