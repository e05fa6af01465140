"""The change feed: one entry a recipient and person, made only by what is visible, and no word of why (API.md 5.5)."""

from collections.abc import Collection
from datetime import datetime

from db.engine import Transaction
from publish.queries import publishing
from publish.queries.feed import Change
from publish.queries.publishing import EntitlementKey


def entries(moved: Collection[EntitlementKey], now: Collection[EntitlementKey]) -> tuple[Change, ...]:
    """Make the entries of what moved: ``changed`` where something is still shown to the recipient, for any purpose, else ``removed``."""
    still = {(key.recipient, key.person_id) for key in now}
    told = sorted({(key.recipient, key.person_id) for key in moved})
    return tuple(Change(*pair, "changed" if pair in still else "removed") for pair in told)


def write(tx: Transaction, entries_: Collection[Change], *, at: datetime) -> None:
    """Write entries as the newest of their people, numbered for each recipient in the order of the commits.

    The recipients' rows stay locked to the commit, so this comes last in a transaction.
    """
    publishing.tell(tx, changes=list(entries_), at=at)
