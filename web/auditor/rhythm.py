"""When it was looked: what a search found, by weekday and hour, as a picture that is a table."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from starlette.responses import Response

from audit.queries import search
from audit.queries.readers import Reader, reading_as
from web import drafts
from web.auditor import why
from web.auditor.found import Filter, person_in, wanted_of
from web.pages.languages import HELSINKI
from web.pages.visit import Visit

ROUTE: Final = "GET /audit/found/{draft}/rhythm"
DAYS: Final = range(1, 8)
HOURS: Final = range(24)
STEPS: Final = 5
"""Shades of one hue; nothing has none."""


@dataclass(frozen=True, slots=True)
class Cell:
    """How many in an hour of a weekday, and how dark that is: 0 for none, 5 for the most."""

    count: int
    step: int


def rhythm(visit: Visit) -> Response:
    """Show it; to look is an event."""
    answers = drafts.kept(visit)
    with visit.doors.database.read() as read:
        wanted = wanted_of(read, answers, Filter.of(visit.query), at=visit.at)
        with reading_as(read, Reader.AUDITOR):
            counts = {} if wanted is None else search.rhythm(read, wanted, zone=HELSINKI.key)
    why.tell(visit, ROUTE, answers, count=sum(counts.values()), person_id=person_in(answers))
    return visit.page(
        "auditor/rhythm.html",
        here="/" if answers["door"] == "person" else "/audit/doers",
        answers=answers,
        days=DAYS,
        hours=HOURS,
        cells=drawn(counts),
        total=sum(counts.values()),
        back=f"/audit/found/{visit.path['draft']}",
    )


def drawn(counts: Mapping[tuple[int, int], int]) -> dict[tuple[int, int], Cell]:
    """Shade every hour of the week by its share of the busiest."""
    most = max(counts.values(), default=0)
    return {
        (day, hour): Cell(count, -(-count * STEPS // most) if count else 0)
        for day in DAYS
        for hour in HOURS
        for count in [counts.get((day, hour), 0)]
    }
