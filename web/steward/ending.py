"""Ending what was consented to: a withdrawal in two clicks."""

from collections.abc import Sequence
from datetime import datetime
from http import HTTPStatus
from uuid import UUID

from starlette.responses import Response

from consent.model.will import Step
from consent.queries.terms import Terms, terms
from consent.registry import Channel, Expressed
from db.engine import Read
from publish import changes_of_will
from web.pages.visit import NotThere, Visit
from web.steward import clients, speakers
from web.steward.clients import Client, by


def consequences(visit: Visit) -> Response:
    """Say what a withdrawal will do, before it is done."""
    return _consequences(visit)


def _consequences(visit: Visit, errors: Sequence[tuple[str, str]] = ()) -> Response:
    with visit.doors.database.transaction() as tx:
        client = clients.opened(tx, visit, route="/people/{ref}/consents/{agreement}/withdraw")
        found = terms_of(tx, visit, client)
    return visit.page(
        "steward/withdraw.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK,
        errors=list(errors),
        said=speakers.speakers(visit, client.person_id),
        office_name=client.names[visit.office],
        here="/people",
        client=client,
        terms=found,
        categories=in_force(client, found.agreement_id, client.at),
    )


def withdraw(visit: Visit) -> Response:
    """Withdraw, by the client's word or that of who may speak for them; it governs every decision after this."""
    with visit.doors.database.read() as read:
        person_id = clients.client_of(read, visit).person_id
    said = speakers.speakers(visit, person_id)
    if errors := speakers.faults(visit, said):
        return _consequences(visit, errors)
    heard = speakers.heard(visit, person_id, said)
    if heard.errors:
        return _consequences(visit, heard.errors)
    with visit.doors.database.transaction() as tx:
        client = clients.client_of(tx, visit)
        found = terms_of(tx, visit, client)
        recorded = changes_of_will.withdraw(
            tx,
            person_id=client.person_id,
            agreement_id=found.agreement_id,
            categories=in_force(client, found.agreement_id, client.at) or sorted(found.categories),
            expressed=Expressed(channel=Channel.COUNTER, voice=heard.voice),
            by=by(visit),
            at=visit.at,
        )
    return visit.to(f"/people/{client.ref}/acts/{recorded.act_id}")


def in_force(client: Client, agreement_id: UUID, at: datetime) -> list[str]:
    """Name the categories that an agreement's consents open now, or would if voices did not differ and nothing were paused."""
    return sorted(
        category
        for facts in client.facts.values()
        for id_, category in facts.wills
        if id_ == agreement_id and facts.holding(id_, category, at).step in (Step.OK, Step.CONFLICT, Step.SUSPENDED)
    )


def terms_of(read: Read, visit: Visit, client: Client) -> Terms:
    """Find the agreement; raises NotThere for one that has nothing to do with the client."""
    try:
        found = terms(read, UUID(visit.path["agreement"]))
    except ValueError:
        raise NotThere from None
    if found is None or found.recipient not in client.facts:
        raise NotThere
    return found
