"""That an ending has come through: the signed proof of a withdrawal, and who was told of a standing no (CONSENT.md 9)."""

from starlette.responses import Response

from consent.errors import ConsentError
from consent.queries import life
from consent.queries.life import DenialLine
from db.engine import Read
from publish import exporting, outbox
from web.handing_over import MEDIA_TYPE
from web.pages.visit import NotThere, Visit
from web.steward import clients, done
from web.steward.clients import Client


def proof(visit: Visit) -> Response:
    """Hand over the proof of an ending as a file that verifies without us; raises NotThere for an act that ends nothing."""
    with visit.doors.database.transaction() as tx:
        client = clients.client_of(tx, visit)
        line = done.act_line(tx, visit, client.person_id)
        try:
            signed, look = exporting.proof(tx, act_id=line.act_id, by=visit.actor(), at=visit.at)
        except ConsentError:
            raise NotThere from None
    visit.looks.append(look)
    name = f'attachment; filename="proof-{line.act_id}.jwt"'
    return Response(signed, media_type=MEDIA_TYPE, headers={"Content-Disposition": name})


def denial(visit: Visit) -> Response:
    """Show a standing no of a client, in force or lifted, and who was told of it when."""
    with visit.doors.database.transaction() as tx:
        client = clients.opened(tx, visit, route="/people/{ref}/denials/{denial}")
        line = _denial(tx, visit, client)
        told = outbox.about(tx, line.denial_id)
    return visit.page(
        "steward/denial.html",
        office_name=client.names[visit.office],
        here="/people",
        client=client,
        denial=line,
        told=told,
    )


def _denial(read: Read, visit: Visit, client: Client) -> DenialLine:
    lines = life.denials(read, person_id=client.person_id)
    found = next((line for line in lines if str(line.denial_id) == visit.path["denial"]), None)
    if found is None:
        raise NotThere
    return found
