"""What waits for a steward of an office."""

from dataclasses import dataclass

from starlette.responses import Response

from connectors.queries import worklist
from consent.queries import life
from consent.queries.life import ActLine
from db.engine import Transaction
from publish import naming
from web.pages.visit import Visit
from web.steward import clients, offices
from web.steward.confirming import MOST_WAITING


@dataclass(frozen=True, slots=True)
class ToConfirm:
    """A record that waits for a second steward, and the short number of the client it is about."""

    act: ActLine
    number: str
    own: bool


def tasks(visit: Visit) -> Response:
    """Show the lists of what waits, the office's own only."""
    with visit.doors.database.transaction() as tx:
        places = offices.served_by(tx, visit.office)
        held = worklist.held(tx, places=places)
        heaps = worklist.heaps(tx, places=places)
        names = offices.names(tx)
        waiting = _to_confirm(tx, visit)
    return visit.page(
        "steward/tasks.html",
        office_name=names[visit.office],
        names=names,
        here="/",
        held=held,
        heaps=heaps,
        waiting=waiting,
    )


def _to_confirm(tx: Transaction, visit: Visit) -> list[ToConfirm]:
    """List what waits of people the office may still see."""
    found = []
    for line, person_id in life.waiting(tx, office=visit.office, limit=MOST_WAITING):
        if not clients.barred(tx, person_id=person_id, office=visit.office, at=visit.at):
            ref = naming.reference(tx, recipient=visit.office, person_id=person_id)
            own = line.recorded_by == visit.signed_in.who.subject
            found.append(ToConfirm(line, clients.number_of(ref), own))
    return found
