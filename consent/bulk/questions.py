"""What is asked of many people at once, and what the register says of it at one moment, as integers."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

import polars as pl

from consent.model import FUTURE, PAST, Register
from consent.model.route import offer_of
from schemas.vocabulary import Reason, TaskGround

REASONS = tuple(Reason)
"""A reason's number is its place here."""
NUMBER = {reason: number for number, reason in enumerate(REASONS)}
BITS = {ground: 1 << place for place, ground in enumerate(TaskGround)}
"""A recipient's tasks for a person are a sum of these."""
MASKS = 1 << len(TaskGround)


class Question(NamedTuple):
    """All of a request for one item but the person; ``emergency``: a complete claim is made."""

    recipient: str
    purpose: str
    category: str
    controller: str
    user: str | None = None
    data_from: datetime = PAST
    data_until: datetime = FUTURE
    emergency: bool = False


def as_columns(register: Register, questions: Sequence[Question]) -> pl.DataFrame:
    """Lay out the questions, a row each in the order given; what the register does not know has no number."""
    parties, categories = list(register.parties), list(register.sources)
    rows = [
        (
            *question,
            register.sources.get(question.category),
            _place(categories, question.category),
            _place(parties, question.recipient),
        )
        for question in questions
    ]
    return pl.DataFrame(rows, schema=_QUESTION, orient="row")


def scenarios(register: Register, questions: Sequence[Question], met: Iterable[int], at: datetime) -> pl.DataFrame:
    """Tell what the register says of a question to a recipient with certain tasks: a row for each scenario met.

    A scenario is ``question * MASKS + mask``. ``law`` and ``emergency`` are places in ``register.statutes``, ``agreement0``... in
    ``register.agreements`` in the order they are tried: those in force and resting on a task the recipient has.
    """
    statutes = {(row.statute_id, row.version): place for place, row in enumerate(register.statutes)}
    agreements = {row.agreement_id: place for place, row in enumerate(register.agreements)}
    rows = []
    for scenario in met:
        question, mask = questions[scenario // MASKS], scenario % MASKS
        route = register.route(question.recipient, question.purpose, question.controller, question.category)
        standing = route.standing(at, _grounds(mask))
        law, emergency = standing.statute, standing.emergency if question.emergency else None
        rows.append(
            {
                "scenario": scenario,
                "unknown": None if route.unknown is None else NUMBER[route.unknown],
                "no_task": mask == 0 or standing.wanting,
                "needed": route.necessary,
                "law": None if law is None else statutes[law.statute_id, law.version],
                "overrides": law is not None and law.overrides_denial,
                "emergency": None if emergency is None else statutes[emergency.statute_id, emergency.version],
                **{f"agreement{n}": agreements[row.agreement.agreement_id] for n, row in enumerate(standing.offers)},
            }
        )
    widest = max((len(row) for row in rows), default=0) - len(_SCENARIO)
    schema = pl.Schema({**_SCENARIO, **{f"agreement{n}": pl.Int32() for n in range(widest)}})
    return pl.DataFrame(rows, schema=schema)


def agreement_columns(register: Register, at: datetime) -> pl.DataFrame:
    """Lay out the agreements in the register's order.

    Consents under a notice below ``outdated_below`` have ended, those below ``due_below`` are to be renewed.
    """
    rows = [
        (offer.in_force, offer.outdated_below, offer.due_below, row.retention_days, not row.onward)
        for row, offer in ((row, offer_of(row, at)) for row in register.agreements)
    ]
    return pl.DataFrame(rows, schema=_AGREEMENT, orient="row")


_MOMENT = pl.Datetime("us", "UTC")
_QUESTION = pl.Schema(
    {
        "recipient": pl.String(),
        "purpose": pl.String(),
        "category": pl.String(),
        "controller": pl.String(),
        "user": pl.String(),
        "asked_start": _MOMENT,
        "asked_end": _MOMENT,
        "claimed": pl.Boolean(),
        "source": pl.String(),
        "category_n": pl.Int64(),
        "recipient_n": pl.Int64(),
    }
)
_SCENARIO = pl.Schema(
    {
        "scenario": pl.UInt32(),
        "unknown": pl.UInt8(),
        "no_task": pl.Boolean(),
        "needed": pl.Boolean(),
        "law": pl.Int32(),
        "overrides": pl.Boolean(),
        "emergency": pl.Int32(),
    }
)
_AGREEMENT = pl.Schema(
    {
        "in_force": pl.Boolean(),
        "outdated_below": pl.Int32(),
        "due_below": pl.Int32(),
        "retention_days": pl.Int32(),
        "no_onward": pl.Boolean(),
    }
)


def _place(known: Sequence[str], wanted: str) -> int | None:
    return known.index(wanted) if wanted in known else None


def _grounds(mask: int) -> frozenset[TaskGround]:
    return frozenset(ground for ground, bit in BITS.items() if bit & mask)
