"""What waits for a steward of an office."""

from starlette.responses import Response

from connectors.queries import worklist
from web.pages.visit import Visit
from web.steward import offices


def tasks(visit: Visit) -> Response:
    """Show the lists of what waits, the office's own only."""
    with visit.doors.database.read() as read:
        places = offices.served_by(read, visit.office)
        held = worklist.held(read, places=places)
        heaps = worklist.heaps(read, places=places)
        name = offices.names(read)[visit.office]
    return visit.page("steward/tasks.html", office_name=name, here="/", held=held, heaps=heaps)
