"""The controller's ending of one consent, with its cause: recorded at the desk of a party to the agreement (CONSENT.md 4)."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Final

from starlette.responses import Response

from consent.queries.terms import Terms
from consent.registry import Channel, Expressed
from db.engine import Read
from publish import changes_of_will
from web.pages.visit import NotThere, Visit
from web.steward import clients, ending
from web.steward.clients import Client, by

CAUSES: Final = ("controller_asked", "not_needed", "no_ground", "misuse")


def consequences(visit: Visit) -> Response:
    """Say what the ending does, and ask why."""
    return _page(visit)


def revoke(visit: Visit) -> Response:
    """End it; it governs every decision after this."""
    cause = visit.form.one("cause")
    if cause not in CAUSES:
        return _page(visit, visit.faults("revoke", [("cause", "no_cause")]))
    with visit.doors.database.transaction() as tx:
        client = clients.client_of(tx, visit)
        found = _terms(tx, visit, client)
        categories = ending.in_force(client, found.agreement_id, client.at)
        if not categories:
            raise NotThere
        recorded = changes_of_will.revoke(
            tx,
            person_id=client.person_id,
            agreement_id=found.agreement_id,
            categories=categories,
            cause=cause,
            expressed=Expressed(channel=Channel.COUNTER),
            by=by(visit),
            at=visit.at,
        )
    return visit.to(f"/people/{client.ref}/acts/{recorded.act_id}")


def _terms(read: Read, visit: Visit, client: Client) -> Terms:
    """Find the agreement; raises NotThere for one to which the office is no party."""
    found = ending.terms_of(read, visit, client)
    if visit.office not in (found.controller, found.recipient):
        raise NotThere
    return found


def _page(visit: Visit, errors: Sequence[tuple[str, str]] = ()) -> Response:
    with visit.doors.database.transaction() as tx:
        client = clients.opened(tx, visit, route="/people/{ref}/consents/{agreement}/revoke")
        found = _terms(tx, visit, client)
    return visit.page(
        "steward/revoke.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK,
        office_name=client.names[visit.office],
        here="/people",
        client=client,
        terms=found,
        categories=ending.in_force(client, found.agreement_id, client.at),
        causes=CAUSES,
        errors=list(errors),
    )
