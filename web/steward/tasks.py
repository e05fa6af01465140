"""The steward's first page: what waits, list by list."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from starlette.responses import Response

from connectors.queries import worklist
from web.pages.visit import Visit
from web.steward import offices, waiting
from web.steward.waiting import MOST_COUNTED, Task

MOST_SHOWN: Final = 25
"""So many cards of each list; the first to end or the longest waiting come first."""


@dataclass(frozen=True, slots=True)
class Heap:
    """A list as it is shown: a card a client or other thing, each with its tasks; how many there are, and how many wait beyond those shown.

    ``at_least``: not all were looked through.
    """

    shown: Sequence[Sequence[Task]]
    total: int
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
    cards: dict[str, list[Task]] = {}
    for task in found:
        cards.setdefault(task.number or task.address, []).append(task)
    shown = list(islice(cards.values(), MOST_SHOWN))
    more = len(found) - sum(map(len, shown))
    return Heap(shown, len(found), more, at_least=len(found) >= MOST_COUNTED)
