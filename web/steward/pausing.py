"""A pause that a client asks for at the desk, and its end: a page of consequences, then done (AMENDMENTS 17)."""

from starlette.responses import Response

from db.engine import Read
from web import pauses
from web.pages.visit import NotThere, Visit
from web.pauses import Pausing
from web.steward import clients
from web.steward.clients import Client


def consequences(visit: Visit) -> Response:
    """Say what a pause stops, or what lifting it opens."""
    with visit.doors.database.transaction() as tx:
        client = clients.opened(tx, visit, route="/people/{ref}/consents/{agreement}/pause")
        found = _named(tx, visit, client)
    return visit.page(
        "steward/pause.html",
        office_name=client.names[visit.office],
        here="/people",
        client=client,
        found=found,
    )


def change(visit: Visit) -> Response:
    """Pause or lift, as the form says; it governs every decision after this."""
    with visit.doors.database.transaction() as tx:
        client = clients.client_of(tx, visit)
        found = _named(tx, visit, client)
        lift = visit.form.one("do") == "lift"
        pauses.change(tx, found, person_id=client.person_id, lift=lift, by=clients.by(visit), at=visit.at)
    return visit.to(f"/people/{client.ref}#paused")


def _named(read: Read, visit: Visit, client: Client) -> Pausing:
    """Find the agreement; raises NotThere for one under which the client has said nothing."""
    listed = pauses.pausing(read, person_id=client.person_id, at=client.at)
    for each in listed:
        if str(each.agreement.agreement_id) == visit.path["agreement"] and each.agreement.recipient in client.facts:
            return each
    raise NotThere
