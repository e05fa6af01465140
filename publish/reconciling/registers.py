"""Who may ask with which keys for what, whom we ask, who works where: as the event of its last change tells of each, and none untold."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from datetime import datetime
from itertools import chain
from typing import Final

from connectors import connecting, workers
from connectors.connecting import CONNECTION
from connectors.told import taken_out
from connectors.workers import WORKER
from db.engine import Database, Read
from publish import recipients
from publish.queries import registers
from publish.queries.reconciling import Found
from publish.recipients import RECIPIENT, SYSTEM
from publish.reconciling.findings import named, open_new

BY_REGISTER: Final = "register_altered"
_TABLES: Final = frozenset({RECIPIENT, SYSTEM, CONNECTION, WORKER})


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
    told = {each.said[:2]: each.said[2] for each in registers.changes(read, _TABLES)}
    last = {place: digest for place, digest in told.items() if digest != taken_out(*place).digest}
    rows = chain(recipients.told(read), connecting.standing(read), workers.standing(read))
    standing = {(each.table, each.id): each.digest for each in rows}
    compared = standing.keys() | last.keys() if registers.whole(read) else last.keys()
    for place in sorted(compared):
        if standing.get(place) != last.get(place):
            yield f"{' '.join(place)}: {standing.get(place, 'gone')}"
