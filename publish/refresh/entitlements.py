"""Who could see what against who can now: the rows to write, and what each feed is told."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from db.engine import Transaction
from publish import feed
from publish.queries import publishing
from publish.queries.feed import Change
from publish.queries.publishing import EntitlementKey
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
    return Moved(gone, put, feed.entries(gone | put.keys(), now.keys()))


def write(tx: Transaction, moved_: Moved, *, at: datetime) -> None:
    """Write the rows; the feeds are told last, by ``feed.write``."""
    rows = [(*key, *entitled.row(), at) for key, entitled in moved_.put.items()]
    publishing.replace_entitlements(tx, gone=moved_.gone, put=rows)
