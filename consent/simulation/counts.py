"""How many people a draft would open something about, or close, by what is asked; never whom, and no small number."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import polars as pl

from consent.bulk import Question, Snapshot, decide_rows, prepare, snapshot
from consent.queries import population
from consent.queries.register import register
from consent.simulation.drafts import Draft, drafted, questions
from db.engine import Read

FEW: Final = 5
FEWER: Final = "<5"
"""A count below ``FEW`` is told as this, none at all too: who is the only one somewhere is not told apart."""
PEOPLE_AT_ONCE: Final = 20_000
_ASKED: Final = pl.Schema({"recipient": pl.String(), "question": pl.UInt32()})


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What would change for one recipient, purpose, category and controller: of how many people it would open, and close.

    A count is a number of digits, or ``<5``.
    """

    recipient: str
    purpose: str
    category: str
    controller: str
    opens: str
    closes: str


def simulate(read: Read, draft: Draft, *, at: datetime, people: Sequence[UUID] | None = None) -> list[Effect]:
    """Count what a draft would change at a moment, for these people or for everybody with a task; writes nothing.

    In one REPEATABLE READ transaction, so many people at once. One question a row, in the order of recipient, purpose and category,
    those that nobody's answer changes left out.
    """
    asked = questions(register(read), draft)
    opens: Counter[int] = Counter()
    closes: Counter[int] = Counter()
    for some in _in_parts(read, people):
        for question, permitted_then, number in _moved(snapshot(read, people=some), draft, asked, at):
            (opens if permitted_then else closes)[question] += number
    return [
        _effect(question, opens[place], closes[place])
        for place, question in enumerate(asked)
        if opens[place] or closes[place]
    ]


def _in_parts(read: Read, people: Sequence[UUID] | None) -> Iterator[Sequence[UUID]]:
    if people is not None:
        yield people
        return
    last: UUID | None = None
    while some := population.with_a_task(read, after=last, limit=PEOPLE_AT_ONCE):
        yield some
        last = some[-1]


def _moved(facts: Snapshot, draft: Draft, asked: Sequence[Question], at: datetime) -> Iterator[tuple[int, bool, int]]:
    """Yield for each question how many answers the draft turns: its place, whether to a permit, of how many people."""
    held = facts.tasks.select("person", "recipient").unique(maintain_order=True)
    places = [(question.recipient, place) for place, question in enumerate(asked)]
    rows = held.join(pl.DataFrame(places, schema=_ASKED, orient="row"), on="recipient", maintain_order="left")
    now = decide_rows(prepare(facts, at), asked, rows)["permitted"]
    then = decide_rows(prepare(drafted(facts, draft), at), asked, rows)["permitted"]
    turned = rows.with_columns(now=now, then=then).filter(pl.col("now") != pl.col("then"))
    yield from turned.group_by("question", "then").len().iter_rows()


def _effect(question: Question, opens: int, closes: int) -> Effect:
    return Effect(
        recipient=question.recipient,
        purpose=question.purpose,
        category=question.category,
        controller=question.controller,
        opens=_told(opens),
        closes=_told(closes),
    )


def _told(count: int) -> str:
    return FEWER if count < FEW else str(count)
