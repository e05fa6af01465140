"""Who the workers are that look at people: told by their organisation, kept beside the identities, for the rules on close relations.

Whether a worker looked at themself, at a colleague or at somebody of their surname is computed here alone: only a yes reaches the log
(ACCESS-LOG 11).
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from audit.events import Actor, ChangeRef, Event, EventType, RetentionClass
from audit.log import record_all
from connectors.queries import workers
from connectors.queries.workers import Hidden, Name, Row
from connectors.told import taken_out, told
from db.engine import Read, Transaction
from db.ids import uuid7
from db.keys import Keyring, Use, packing
from schemas.identifiers import Hetu

WORKER: Final = "staging.worker"
SYSTEM: Final = "connectors"
FIRST: Final = Name("", "")
"""Stands before every worker."""


class NotAWorker(LookupError):
    """Nobody works there under that name."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a worker is."""

    hetu: Hetu = field(repr=False)
    surname: str = field(repr=False)


def register(tx: Transaction, name: Name, who: Identity, *, by: Actor, at: datetime) -> None:
    """Write who works under a name, in place of what was written under it before; the log is told that, and not who."""
    hidden = _hidden(tx.keyring, name, who.hetu.reveal(), who.surname)
    _tell(tx, [_told(workers.put(tx, name=name, who=hidden, by=by.user or "", at=at))], by, at)


def leave(tx: Transaction, name: Name, *, by: Actor, at: datetime) -> None:
    """Write that a worker left. Raises NotAWorker."""
    left = workers.leave(tx, name=name, at=at)
    if left is None:
        raise NotAWorker("Nobody works there under that name.")
    _tell(tx, [_told(left)], by, at)


def forget(tx: Transaction, *, before: datetime, by: Actor, at: datetime) -> int:
    """Take out who the workers were that left before a moment, and tell the log of each; gives how many."""
    gone = workers.take_out(tx, before=before)
    _tell(tx, [taken_out(WORKER, str(worker_id)) for worker_id in gone], by, at)
    return len(gone)


def standing(read: Read) -> Iterator[ChangeRef]:
    """Yield every worker as they rest, with the digest that the event of their last change carries: it tells nobody who they are."""
    return map(_told, workers.every(read))


def surname_of(keyring: Keyring, name: Name, box: bytes) -> str:
    """Open a worker's surname."""
    return _opened(keyring, name, box)[1]


def rekey_step(tx: Transaction, after: Name, *, at: datetime) -> tuple[int, Name | None]:
    """Bring workers behind a name under the current keys, and tell the log of each; gives how many, and the last, None at the end."""
    keyring = tx.keyring
    header = packing.header(keyring.key_ids(Use.IDENTITY_ENCRYPTION)[0])
    rows = workers.under_former_keys(tx, key_id=keyring.key_ids(Use.IDENTITY_HASH)[0], header=header, after=after)
    hidden = [(name, _hidden(keyring, name, *_opened(keyring, name, who.box))) for name, who in rows]
    _tell(tx, map(_told, workers.replace(tx, anew=hidden)), Actor(system=SYSTEM), at)
    return len(rows), rows[-1][0] if rows else None


def _hidden(keyring: Keyring, name: Name, hetu: str, surname: str) -> Hidden:
    key_id = keyring.key_ids(Use.IDENTITY_HASH)[0]
    hashed = keyring.keyed_hash(Use.IDENTITY_HASH, hetu.encode(), key_id=key_id)
    text = json.dumps([hetu, surname]).encode()
    return Hidden(hashed, key_id, keyring.encrypt_packed(Use.IDENTITY_ENCRYPTION, text, context=_context(name)))


def _opened(keyring: Keyring, name: Name, box: bytes) -> tuple[str, str]:
    hetu, surname = json.loads(keyring.decrypt_packed(Use.IDENTITY_ENCRYPTION, box, context=_context(name)))
    return hetu, surname


def _context(name: Name) -> bytes:
    """Bind who a worker is to the name: it does not open under another's."""
    return WORKER.encode() + f"\x00{name.recipient}\x00{name.pseudonym}".encode()


def _told(row: Row) -> ChangeRef:
    return told(WORKER, str(row["worker_id"]), {**row})


def _tell(tx: Transaction, changes: Iterable[ChangeRef], by: Actor, at: datetime) -> None:
    record_all(tx, (_changed(change, by, at) for change in changes))


def _changed(change: ChangeRef, by: Actor, at: datetime) -> Event:
    return Event(
        id=uuid7(at),
        at=at,
        type=EventType.CONFIG_CHANGED,
        actor=by,
        retention=RetentionClass.ADMIN,
        change=change,
    )
