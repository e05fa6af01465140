"""What writers ask of the log: to append, and to note what it refused; and what was appended is forgotten once it is settled."""

from collections.abc import Sequence

from sqlalchemy import text as sql  # noqa: TID251 - a function over parallel arrays has no form in Core

from audit.envelope import Envelope
from db.engine import Transaction

_APPEND_ALL = sql("""
    SELECT audit.append_all(
        CAST(:ids AS uuid[]), CAST(:bodies AS bytea[]), CAST(:key_ids AS uuid[]),
        CAST(:wrapped AS bytea[]), CAST(:nonces AS bytea[]), CAST(:boxes AS bytea[]))
""")

_SETTLE = sql("SELECT audit.settle()")

_NOTE_CONFLICTS = sql("SELECT audit.note_conflicts(CAST(:ids AS uuid[]), CAST(:bodies AS bytea[]))")


def append(tx: Transaction, envelopes: Sequence[Envelope]) -> int:
    """Put events into the inbox, in their order; those that are there already, or in the log, change nothing."""
    boxes = [envelope.box for envelope in envelopes]
    added: int = tx.execute(
        _APPEND_ALL,
        {
            "ids": [envelope.id for envelope in envelopes],
            "bodies": [envelope.body for envelope in envelopes],
            "key_ids": [box and box.key_id for box in boxes],
            "wrapped": [box and box.wrapped for box in boxes],
            "nonces": [box and box.nonce for box in boxes],
            "boxes": [box and box.box for box in boxes],
        },
    ).scalar_one()
    return added


def note_conflicts(tx: Transaction, envelopes: Sequence[Envelope]) -> None:
    """Note which of these events have an id that another one has; what is noted already changes nothing."""
    values = {"ids": [envelope.id for envelope in envelopes], "bodies": [envelope.body for envelope in envelopes]}
    tx.execute(_NOTE_CONFLICTS, values)


def settle(tx: Transaction) -> int:
    """Forget what was appended where every event of a call is sealed, or missing and a case; gives how many calls."""
    settled: int = tx.execute(_SETTLE).scalar_one()
    return settled
