"""Which key signs an export: that of its checkpoint's day, so that a rotation changes no byte of what was asked before (ACCESS-LOG 12)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import msgspec

from audit.catalogue import EventType
from audit.queries import search, witnessing
from audit.queries.search import Wanted
from db.engine import Read
from db.keys import Keyring, Use

_EVER: Final = datetime.max.replace(tzinfo=UTC)
_ROTATIONS: Final = 10_000
"""Of all uses together: more than there are nights in the years that the log keeps."""


@dataclass(frozen=True, slots=True)
class Exporter:
    """The key that signs an export; not ``of_then`` when the keyring no longer has the one that signed exports of the same checkpoint."""

    key_id: str
    of_then: bool = True


def exporter_of(read: Read, sizes: Mapping[int, int]) -> Exporter:
    """Choose the key for an export of the first so many events of each log, by the newest checkpoint among them; for an auditor."""
    times = [witnessing.signed_at(read, log, size) for log, size in sizes.items()]
    taken_over = {} if not times else _taken_over(read)
    return chosen(read.keyring, max(times, default=None), taken_over)


def chosen(keyring: Keyring, at: datetime | None, taken_over: Mapping[str, datetime]) -> Exporter:
    """Choose the key that signed exports at ``at``; ``taken_over`` says when each later key did, as the log tells it.

    When it is gone the key of today signs, and that is said: where the keyring lacks the key that the log names last, or holds only keys
    that took over later.
    """
    today = keyring.key_ids(Use.EXPORT)[0]
    if at is None:
        return Exporter(today)
    kept, settled = (keyring.settled_ids(Use.EXPORT, moment) for moment in (_EVER, at))
    named = [key_id for key_id, since in sorted(taken_over.items(), key=lambda each: each[1]) if since <= at]
    is_gone = named[-1] not in kept if named else not settled and kept[-1] in taken_over
    return Exporter(today, of_then=False) if is_gone else Exporter((settled or kept[-1:])[0])


def _taken_over(read: Read) -> dict[str, datetime]:
    """Read from the log when keys of exports took over."""
    found = search.events(read, Wanted(types=(EventType.KEY_ROTATED,)), limit=_ROTATIONS)
    named = ((msgspec.json.decode(each.entry)["change"]["id"], each.t) for each in found)
    return {key_id: t for key_id, t in named if key_id.rpartition("-")[0] == Use.EXPORT}
