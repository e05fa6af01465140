"""The two doors to the log: record an event in the transaction of its change, seal one before a disclosure (ACCESS-LOG 5)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Protocol
from uuid import UUID

from audit import queries
from audit.envelope import Envelope, enclose
from audit.errors import EventRejected
from audit.events import Event, Outcome
from db.engine import Transaction
from db.errors import StatementRefused

EVENTS_A_STATEMENT = 5_000
"""Enough that the statement's own cost vanishes, little enough that a writer holds some megabytes."""

_REFUSED_BY_APPEND = "LU001"


def record(tx: Transaction, event: Event) -> None:
    """Write an event in the transaction of what it records: both stand, or neither.

    It is sealed after the commit, within seconds. The same event again changes nothing. Raises ``EventRejected``.
    """
    _append(tx, [enclose(event, tx.keyring)])


def record_all(tx: Transaction, events: Iterable[Event]) -> int:
    """Write any number of events, in their order, as ``record`` does; return how many were new."""
    envelopes = (enclose(event, tx.keyring) for event in events)
    return sum(_append(tx, some) for some in _batched(envelopes, EVENTS_A_STATEMENT))


def _append(tx: Transaction, envelopes: Sequence[Envelope]) -> int:
    try:
        return queries.append(tx, envelopes)
    except StatementRefused as refusal:
        if refusal.sqlstate != _REFUSED_BY_APPEND:
            raise
        raise EventRejected(str(refusal)) from None


def _batched(envelopes: Iterator[Envelope], size: int) -> Iterator[list[Envelope]]:
    while batch := list(islice(envelopes, size)):
        yield batch


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionRecord:
    """What is kept to replay a decision: ``audit.decision``, a row for each one made.

    ``request`` and ``results`` are plain JSON values without personal text; ``inputs_digest`` is the SHA-256, in hex, of
    the canonical facts, as in the event's ``DecisionRef``.
    """

    decision_id: UUID
    person_id: UUID | None
    request: Mapping[str, object]
    at: datetime
    known_at: datetime
    policy: str
    inputs_digest: str
    outcome: Outcome
    results: Sequence[Mapping[str, object]]
    consent_seq: int
    register_seq: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """What must still hold when the event is sealed: the sequence numbers the decision was made on (CONSENT 9)."""

    person_id: UUID
    consent_seq: int
    register_seq: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Spend:
    """An id that may be used once: ``key`` is the DPoP key's thumbprint or the client's id (API 3)."""

    key: str
    jti: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclosure:
    """An event that must be sealed before bytes leave, with what the same transaction writes and checks."""

    event: Event
    decision: DecisionRecord | None = None
    guard: Guard | None = None
    spend: tuple[Spend, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """Where the event stands: its index in the log of a year, and the size of the signed checkpoint that holds it."""

    log: str
    index: int
    size: int


class Sealer(Protocol):
    """The door for disclosures."""

    def seal(self, disclosure: Disclosure) -> Sealed:
        """Return once the event is in a committed, signed checkpoint.

        ``LogUnavailable`` after 5 s or when the log cannot take it: then no byte may leave. ``Stale``: decide again.
        ``Replayed``: one of ``spend`` was used before. ``EventRejected``: the event is out of form.
        """
        ...
