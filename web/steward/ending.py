"""Ending what was consented to: a withdrawal in two clicks, and the record that was an error."""

from datetime import datetime
from http import HTTPStatus
from typing import Final
from uuid import UUID

from starlette.responses import Response

from consent.errors import ConsentError
from consent.model.will import Step
from consent.queries.terms import Terms, terms
from consent.registry import Channel, Expressed
from db.engine import Read
from publish import changes_of_will
from web.pages.visit import NotThere, Visit
from web.steward import clients, done
from web.steward.clients import Client, by

CAUSES: Final = ("wrong_person", "wrong_answer", "wrong_text", "recorded_twice")


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


def mistake(visit: Visit) -> Response:
    """Ask what was wrong with a record, and say what annulling it does."""
    return _mistake(visit)


def invalidate(visit: Visit) -> Response:
    """Annul a record made in error; a no needs a second steward, and the rule says so itself."""
    cause = visit.form.one("cause")
    if cause not in CAUSES:
        return _mistake(visit, faults=[("cause", "no_cause")])
    try:
        with visit.doors.database.transaction() as tx:
            client = clients.client_of(tx, visit)
            line = done.act_line(tx, visit, client.person_id)
            changes_of_will.invalidate(tx, act_id=line.act_id, cause=cause, by=by(visit), at=visit.at)
    except ConsentError as refusal:
        return _mistake(visit, said=[("cause", getattr(refusal.fault.text, visit.language.value))], cause=cause)
    return visit.to(f"/people/{client.ref}/acts/{line.act_id}")


def _mistake(
    visit: Visit,
    *,
    faults: list[tuple[str, str]] | None = None,
    said: list[tuple[str, str]] | None = None,
    cause: str = "",
) -> Response:
    with visit.doors.database.read() as read:
        client = clients.client_of(read, visit)
        line = done.act_line(read, visit, client.person_id)
    errors = [*visit.faults("invalidate", faults or ()), *(said or ())]
    return visit.page(
        "steward/invalidate.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK,
        office_name=client.names[visit.office],
        here="/people",
        client=client,
        act=line,
        causes=CAUSES,
        cause=cause,
        errors=errors,
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
