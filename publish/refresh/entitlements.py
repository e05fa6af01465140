"""Who could see what against who can now: the rows to write, and what each feed is told."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from db.engine import Transaction
from publish.queries import publishing
from publish.queries.publishing import Change, EntitlementKey
from publish.refresh.visible import Entitled


@dataclass(frozen=True, slots=True)
class Moved:
    """Entitlements to take away and to write, one that changed in both, and the entries of the feeds."""

    gone: frozenset[EntitlementKey]
    put: Mapping[EntitlementKey, Entitled]
    changes: tuple[Change, ...]


def moved(stood: Mapping[EntitlementKey, bytes], now: Mapping[EntitlementKey, Entitled]) -> Moved:
    """Compare what was visible, as digests, with what is."""
    put = {key: entitled for key, entitled in now.items() if stood.get(key) != entitled.visible}
    gone = frozenset(key for key in stood if key not in now or key in put)
    return Moved(gone, put, tuple(_changes(gone | put.keys(), now)))


def _changes(keys: frozenset[EntitlementKey], now: Mapping[EntitlementKey, Entitled]) -> Iterator[Change]:
    """Tell each recipient once of each person whose visible content changed: also that there is none left."""
    still = {(key.recipient, key.person_id) for key in now}
    for recipient, person_id in sorted({(key.recipient, key.person_id) for key in keys}):
        yield Change(recipient, person_id, "changed" if (recipient, person_id) in still else "removed")


def write(tx: Transaction, moved_: Moved, *, at: datetime) -> None:
    """Write the rows; the feeds are told last, by ``publishing.tell``."""
    rows = [(*key, *entitled.row(), at) for key, entitled in moved_.put.items()]
    publishing.replace_entitlements(tx, gone=moved_.gone, put=rows)
