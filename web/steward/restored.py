"""What a restore lost, dealt with by two stewards of each office: until then nothing is shared by consent with it (AMENDMENTS 15)."""

from collections.abc import Sequence

from starlette.responses import Response

from consent import closing
from consent.queries import closings
from consent.queries.closings import Lost
from consent.queries.proposals import ProposalKind
from db.engine import Read
from publish import proposing
from web.pages.visit import NotThere, Visit
from web.steward import four_eyes, offices
from web.steward.clients import by


def look(visit: Visit) -> Response:
    """Show what is lost and what has to be done."""
    return _page(visit)


def propose(visit: Visit) -> Response:
    """Put the opening before a second steward, with the words on what was done."""
    why = visit.form.one("why")
    faults = [] if 0 < len(why) <= closing.MOST_LETTERS else [("why", "no_why")]
    if visit.form.one("done") != "yes":
        faults.append(("done", "not_done"))
    if faults:
        return _page(visit, visit.faults("restored", faults), why=why)
    if four_eyes.stale(visit):
        return _page(visit, four_eyes.refusal(visit), why=why)
    with visit.doors.database.transaction() as tx:
        lost = _found(tx, visit)
        proposal_id = proposing.propose(tx, ProposalKind.REOPEN, lost.closing_id, by=by(visit), at=visit.at, words=why)
    return visit.to(f"/proposals/{proposal_id}")


def _page(visit: Visit, errors: Sequence[tuple[str, str]] = (), *, why: str = "") -> Response:
    with visit.doors.database.read() as read:
        lost = _found(read, visit)
        name = offices.names(read, visit.language)[visit.office]
        waits = proposing.about(read, lost.closing_id, office=visit.office, at=visit.at)
    return visit.page(
        "steward/restored.html",
        status=four_eyes.status(errors),
        office_name=name,
        here="/",
        lost=lost,
        waits=waits,
        stale=four_eyes.stale(visit),
        why=why,
        errors=errors,
    )


def _found(read: Read, visit: Visit) -> Lost:
    """Find the loss that the address names; raises NotThere for one that the office has dealt with."""
    return lost_of(read, visit, visit.path["closing"])


def lost_of(read: Read, visit: Visit, closing_id: str) -> Lost:
    """Find a loss by its id; raises NotThere for one that the office has dealt with."""
    waiting = closings.waiting(read, recipient=visit.office)
    found = next((each for each in waiting if str(each.closing_id) == closing_id), None)
    if found is None:
        raise NotThere
    return found
