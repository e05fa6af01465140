"""The two doors to the log: record an event in the transaction of its change, seal one before a disclosure (ACCESS-LOG 5)."""

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import islice

from audit.disclosure import DecisionRecord, Disclosure, Guard, Sealed, Sealer, Spend
from audit.envelope import Envelope, enclose
from audit.errors import AuditError, EventRejected, LogUnavailable, Replayed, Stale
from audit.events import Event
from audit.queries.append import append, note_conflicts
from audit.sealing import SocketSealer
from db.engine import Transaction
from db.errors import StatementRefused

__all__ = [
    "AuditError",
    "DecisionRecord",
    "Disclosure",
    "EventRejected",
    "Guard",
    "LogUnavailable",
    "Replayed",
    "Sealed",
    "Sealer",
    "SocketSealer",
    "Spend",
    "Stale",
    "record",
    "record_all",
]

EVENTS_A_STATEMENT = 5_000
"""Enough that the statement's own cost vanishes, little enough that a writer holds some megabytes."""

_OUT_OF_FORM, _ID_REUSED = "LU001", "LU004"


def record(tx: Transaction, event: Event) -> None:
    """Write an event in the transaction of what it records: both stand, or neither.

    It is sealed after the commit, within seconds. The same event again changes nothing. Raises ``EventRejected``; of an id that another
    event has, the auditors hear too (ACCESS-LOG 15), though this transaction fails.
    """
    _append(tx, [enclose(event, tx.keyring)])


def record_all(tx: Transaction, events: Iterable[Event]) -> int:
    """Write any number of events, in their order, as ``record`` does; return how many were new."""
    envelopes = (enclose(event, tx.keyring) for event in events)
    return sum(_append(tx, some) for some in _batched(envelopes, EVENTS_A_STATEMENT))


def _append(tx: Transaction, envelopes: Sequence[Envelope]) -> int:
    try:
        return append(tx, envelopes)
    except StatementRefused as refusal:
        if refusal.sqlstate not in (_OUT_OF_FORM, _ID_REUSED):
            raise
        if refusal.sqlstate == _ID_REUSED:
            tx.afterwards.append(partial(note_conflicts, envelopes=envelopes))
        raise EventRejected(str(refusal)) from None


def _batched(envelopes: Iterator[Envelope], size: int) -> Iterator[list[Envelope]]:
    while batch := list(islice(envelopes, size)):
        yield batch
