"""A pause that a client asks for at the desk, and its end: a page of consequences, then done (AMENDMENTS 17)."""

from collections.abc import Sequence
from http import HTTPStatus

from starlette.responses import Response

from db.engine import Read
from web import pauses
from web.pages.visit import NotThere, Visit
from web.pauses import Pausing
from web.steward import clients, standing
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


def choices(visit: Visit) -> Response:
    """Ask what to pause, or to go on with: all, or one source's data."""
    return _choices(visit)


def change_all(visit: Visit) -> Response:
    """Pause or lift by choice; it governs every decision after this."""
    what, do = visit.form.one("what"), visit.form.one("do")
    with visit.doors.database.transaction() as tx:
        client = clients.client_of(tx, visit)
        found = _standing(tx, client)
        if what in (pauses.ALL, *pauses.sources(found)) and do in ("pause", "lift"):
            lift, by = do == "lift", clients.by(visit)
            pauses.change_all(tx, found, what=what, person_id=client.person_id, lift=lift, by=by, at=visit.at)
            return visit.to(f"/people/{client.ref}#paused")
    return _choices(visit, visit.faults("pause_all", [("what", "no_what")]))


def _choices(visit: Visit, errors: Sequence[tuple[str, str]] = ()) -> Response:
    with visit.doors.database.transaction() as tx:
        client = clients.opened(tx, visit, route="/people/{ref}/pause")
        found = _standing(tx, client)
    return visit.page(
        "pause_all.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK,
        office_name=client.names[visit.office],
        here="/people",
        back=f"/people/{client.ref}",
        client=client,
        found=found,
        sources=pauses.sources(found),
        names=client.names,
        errors=list(errors),
    )


def _named(read: Read, visit: Visit, client: Client) -> Pausing:
    """Find the agreement; raises NotThere for one under which the client has said nothing."""
    for each in _listed(read, client):
        if str(each.agreement.agreement_id) == visit.path["agreement"]:
            return each
    raise NotThere


def _listed(read: Read, client: Client) -> list[Pausing]:
    """List what the client has said something of, to those who deal with them."""
    listed = pauses.pausing(read, person_id=client.person_id, at=client.at)
    return [each for each in listed if each.agreement.recipient in client.facts]


def _standing(read: Read, client: Client) -> list[Pausing]:
    """List what is consented to now, or paused."""
    found = _listed(read, client)
    return [each for each in found if each.pauses or standing.standing(client, each.agreement.agreement_id)]
