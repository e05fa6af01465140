"""The record that was an error: a yes is annulled at once, a no is put before a second steward (CONSENT.md 11)."""

from collections.abc import Sequence
from typing import Final

from starlette.responses import Response

from audit.events import EventType, RequestRef
from consent.errors import ConsentError
from consent.model import Kind
from consent.queries.life import ActLine, DenialLine
from consent.queries.proposals import ProposalKind
from db.engine import Read
from publish import changes_of_will, proposing
from web.pages.visit import Visit
from web.steward import clients, denying, done, four_eyes, refusing
from web.steward.clients import Client, by

CAUSES: Final = ("wrong_person", "wrong_answer", "wrong_text", "recorded_twice")


class _NotProvedLately(Exception):
    """A no is put before a second steward only by one who lately proved who they are."""


def mistake(visit: Visit) -> Response:
    """Ask what was wrong with a record, and say what annulling it does."""
    cause = visit.query.get("cause", "")
    return _ask(visit, cause=cause if cause in CAUSES else "")


def invalidate(visit: Visit) -> Response:
    """Annul a yes, or propose that a no be annulled."""
    cause = visit.form.one("cause")
    if cause not in CAUSES:
        return _ask(visit, visit.faults("invalidate", [("cause", "no_cause")]))
    try:
        return visit.to(_annulled(visit, cause))
    except _NotProvedLately:
        return _ask(visit, four_eyes.refusal(visit), cause=cause)
    except ConsentError as refusal:
        return _ask(visit, refusing.said(visit, refusal, at="cause"), cause=cause)


def _annulled(visit: Visit, cause: str) -> str:
    """Do it, and say where what was done is seen."""
    with visit.doors.database.transaction() as tx:
        client, line = _record(tx, visit)
        if isinstance(line, DenialLine):
            proposed, about = ProposalKind.ANNUL_DENIAL, line.denial_id
        elif Kind(line.kind).no:
            proposed, about = ProposalKind.ANNUL_ACT, line.act_id
        else:
            changes_of_will.invalidate(tx, act_id=line.act_id, cause=cause, by=by(visit), at=visit.at)
            return f"/people/{client.ref}/acts/{line.act_id}"
        if four_eyes.stale(visit):
            raise _NotProvedLately
        return f"/proposals/{proposing.propose(tx, proposed, about, cause=cause, by=by(visit), at=visit.at)}"


def _record(read: Read, visit: Visit) -> tuple[Client, ActLine | DenialLine]:
    """Find the act or the standing no that the address names; raises NotThere."""
    client = clients.client_of(read, visit)
    if "denial" in visit.path:
        return client, denying.denial_line(read, visit, client)
    return client, done.act_line(read, visit, client.person_id)


def _ask(visit: Visit, errors: Sequence[tuple[str, str]] = (), *, cause: str = "") -> Response:
    with visit.doors.database.read() as read:
        client, line = _record(read, visit)
    call = RequestRef(route="/people/{ref}/.../invalidate", trust="page")
    visit.looked(EventType.PERSON_VIEWED, person_id=client.person_id, request=call)
    is_denial = isinstance(line, DenialLine)
    proposes = isinstance(line, DenialLine) or Kind(line.kind).no
    return visit.page(
        "steward/invalidate.html",
        status=four_eyes.status(errors),
        office_name=client.names[visit.office],
        here="/people",
        client=client,
        denial=line if is_denial else None,
        act=None if is_denial else line,
        proposes=proposes,
        stale=proposes and four_eyes.stale(visit),
        back=f"{visit.address.partition('?')[0]}?cause={cause}" if cause else visit.address,
        causes=CAUSES,
        cause=cause,
        errors=errors,
    )
