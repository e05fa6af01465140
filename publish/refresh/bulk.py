"""The bulk gate asked about many people: what each purpose needs, and the answers beside the questions."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import polars as pl

from consent.bulk import Question, Snapshot, decide_rows, prepare
from schemas.vocabulary import Category, Purpose

Purposes = Mapping[str, Sequence[str]]
"""The purposes granted to each recipient (Y-tunnus)."""
QUESTION: Final = ("recipient", "purpose", "category", "controller")
_NEEDED: Final = pl.Schema({"recipient": pl.String(), "purpose": pl.String(), "category": pl.String()})


def people_of(snapshot: Snapshot) -> list[UUID]:
    """List the people of a snapshot by their numbers."""
    return [UUID(person_id) for person_id in snapshot.people["person_id"]]


def tasks_of(snapshot: Snapshot) -> pl.DataFrame:
    """Give each ``person`` with each ``recipient`` that ever had a task for them, once."""
    return snapshot.tasks.select("person", "recipient").unique()


def needed(purposes: Purposes, categories: Iterable[Category]) -> pl.DataFrame:
    """Lay out which of these categories each recipient's purposes need: ``recipient``, ``purpose``, ``category``."""
    rows = [
        (recipient, purpose, category.value)
        for recipient, granted in purposes.items()
        for purpose in granted
        for category in sorted(Purpose(purpose).needs.intersection(categories))
    ]
    return pl.DataFrame(rows, schema=_NEEDED, orient="row")


def decided(snapshot: Snapshot, asked: pl.DataFrame, *, at: datetime) -> pl.DataFrame:
    """Put the answers beside rows of ``person`` and the four of ``QUESTION``."""
    questions = asked.select(QUESTION).unique(maintain_order=True).with_row_index("question")
    rows = asked.join(questions, on=QUESTION, maintain_order="left")
    put = [Question(*row) for row in questions.select(QUESTION).iter_rows()]
    return rows.hstack(decide_rows(prepare(snapshot, at), put, rows))
