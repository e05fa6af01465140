"""Ending what was consented to: a withdrawal in two clicks."""

from datetime import datetime
from uuid import UUID

from starlette.responses import Response

from consent.model.will import Step
from consent.queries.terms import Terms, terms
from consent.registry import Channel, Expressed
from db.engine import Read
from publish import changes_of_will
from web.pages.visit import NotThere, Visit
from web.steward import clients
from web.steward.clients import Client, by


def consequences(visit: Visit) -> Response:
    """Say what a withdrawal will do, before it is done."""
    with visit.doors.database.transaction() as tx:
        client = clients.opened(tx, visit, route="/people/{ref}/consents/{agreement}/withdraw")
        found = _terms(tx, visit, client)
    return visit.page(
        "steward/withdraw.html",
        office_name=client.names[visit.office],
        here="/people",
        client=client,
        terms=found,
        categories=in_force(client, found.agreement_id, client.at),
    )


def withdraw(visit: Visit) -> Response:
    """Withdraw; it governs every decision after this."""
    with visit.doors.database.transaction() as tx:
        client = clients.client_of(tx, visit)
        found = _terms(tx, visit, client)
        recorded = changes_of_will.withdraw(
            tx,
            person_id=client.person_id,
            agreement_id=found.agreement_id,
            categories=in_force(client, found.agreement_id, client.at) or sorted(found.categories),
            expressed=Expressed(channel=Channel.COUNTER),
            by=by(visit),
            at=visit.at,
        )
    return visit.to(f"/people/{client.ref}/acts/{recorded.act_id}")


def in_force(client: Client, agreement_id: UUID, at: datetime) -> list[str]:
    """Name the categories that an agreement's consents open now."""
    return sorted(
        category
        for facts in client.facts.values()
        for (id_, category), will in facts.wills.items()
        if id_ == agreement_id and any(s.start <= at < s.end and s.step is Step.OK for s in will.adult)
    )


def _terms(read: Read, visit: Visit, client: Client) -> Terms:
    """Find the agreement; raises NotThere for one that has nothing to do with the client."""
    try:
        found = terms(read, UUID(visit.path["agreement"]))
    except ValueError:
        raise NotThere from None
    if found is None or found.recipient not in client.facts:
        raise NotThere
    return found
