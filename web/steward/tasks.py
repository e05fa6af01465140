"""The steward's first page: what waits, list by list."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from starlette.responses import Response

from connectors.queries import worklist
from web.pages.visit import Visit
from web.steward import offices, waiting
from web.steward.waiting import MOST_COUNTED, Task

MOST_SHOWN: Final = 25
"""So many of each list; the first to end or the longest waiting come first."""


@dataclass(frozen=True, slots=True)
class Heap:
    """A list as it is shown: its first tasks and how many more wait, ``at_least`` where not all were looked through."""

    shown: Sequence[Task]
    more: int
    at_least: bool


def tasks(visit: Visit) -> Response:
    """Show the lists of what waits, the office's own only."""
    with visit.doors.database.transaction() as tx:
        places = offices.served_by(tx, visit.office)
        names = offices.names(tx, visit.language)
        lists = {
            "lost": waiting.lost(tx, visit),
            "feedback": waiting.feedback(tx),
            "confirm": waiting.to_confirm(tx, visit),
            "propose": waiting.to_decide(tx, visit),
            "conflict": waiting.conflicting(tx, visit),
            "anew": waiting.asked_anew(tx, visit),
            "authority": waiting.of_voices(tx, visit),
            "renew": waiting.expiring(tx, visit),
            "ending": waiting.lapsing(tx, visit),
            "late": waiting.unacknowledged(tx, visit),
        }
        held = worklist.held(tx, places=places)
        heaps = worklist.heaps(tx, places=places)
    return visit.page(
        "steward/tasks.html",
        office_name=names[visit.office],
        names=names,
        here="/",
        lists={kind: _heap(found) for kind, found in lists.items() if found},
        held=held,
        heaps=heaps,
    )


def _heap(found: Sequence[Task]) -> Heap:
    return Heap(found[:MOST_SHOWN], max(len(found) - MOST_SHOWN, 0), at_least=len(found) >= MOST_COUNTED)
