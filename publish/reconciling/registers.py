"""Who may ask, with which keys, for what: each row as the event of its last change tells of it, and none that nobody told of."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Final

from db.engine import Database, Read
from publish import recipients
from publish.queries import registers
from publish.queries.reconciling import Found
from publish.recipients import RECIPIENT, SYSTEM
from publish.reconciling.findings import named, open_new

BY_REGISTER: Final = "register_altered"


def look_at_registers(database: Database, before: AbstractSet[str], *, at: datetime) -> frozenset[str]:
    """Compare what is registered with the log, and open a case about what stood so ``before`` too; gives what stands so now.

    A change of just now may still wait for the log: what is so twice, looks apart, is not that. Each case holds its row in words.
    """
    with database.read(snapshot=True) as read:
        found = frozenset(altered(read))
    again = sorted(found & before)
    if again:
        with database.transaction() as tx:
            for each in again:
                open_new(tx, BY_REGISTER, [Found(named(each), None)], at=at, text=each)
    return found


def altered(read: Read) -> Iterator[str]:
    """Name what stands otherwise than the log tells, and what is gone of it; before what was pruned of the log nothing can be said."""
    last = {each.said[:2]: each.said[2] for each in registers.changes(read, {RECIPIENT, SYSTEM})}
    standing = {(each.table, each.id): each.digest for each in recipients.told(read)}
    compared = standing.keys() | last.keys() if registers.whole(read) else last.keys()
    for place in sorted(compared):
        if standing.get(place) != last.get(place):
            yield f"{' '.join(place)}: {standing.get(place, 'gone')}"
