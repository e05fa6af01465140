"""A call that changes something is done once, however often it is made: under its key the same answer comes again (API.md 7)."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from db.engine import Database, Transaction
from publish.errors import KeyReused, ProofUsed
from publish.queries import answered
from publish.queries.answered import Answered

KEPT: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A call as it is told from others: whose, under which key, with which body and which proof."""

    system: str
    key: str
    body: bytes = field(repr=False)
    proof: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """A status and a body as text."""

    status: int
    text: str


class _UsedMeanwhile(Exception):
    """The key or the proof was used by a call that ran beside this one."""


def once(database: Database, made: Made, do: Callable[[Transaction], Answer], *, at: datetime) -> Answer:
    """Do it, keep the answer in the same transaction, and give it; or give what was answered before.

    Raises KeyReused when another body came under the key, ProofUsed when the proof came with another call.
    """
    for _ in range(2):
        with database.read() as read:
            before = answered.answered(read, system=made.system, key=made.key)
        if before is not None:
            return _again(before, made)
        try:
            with database.transaction() as tx:
                return _done(tx, made, do, at)
        except _UsedMeanwhile:
            continue
    raise ProofUsed("The proof was used by another call.")


def _done(tx: Transaction, made: Made, do: Callable[[Transaction], Answer], at: datetime) -> Answer:
    answer = do(tx)
    row = Answered(
        made.system, made.key, _sha256(made.body), _sha256(made.proof.encode()), answer.status, answer.text, at
    )
    if not answered.keep(tx, row):
        raise _UsedMeanwhile
    answered.sweep(tx, before=at - KEPT)
    return answer


def _again(before: Answered, made: Made) -> Answer:
    if before.body_sha256 != _sha256(made.body):
        raise KeyReused("The key was used by a call with another body.")
    return Answer(before.status, before.answer)


def _sha256(value: bytes) -> bytes:
    return hashlib.sha256(value).digest()
