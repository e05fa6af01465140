"""What a restore lost, dealt with by each office's steward: until then nothing is shared by consent with the office (AMENDMENTS 15)."""

from collections.abc import Sequence
from http import HTTPStatus

from starlette.responses import Response

from consent import closing
from consent.errors import ConsentError
from consent.queries import closings
from consent.queries.closings import Lost
from db.engine import Read
from web.pages.visit import NotThere, Visit
from web.steward import offices
from web.steward.clients import by


def look(visit: Visit) -> Response:
    """Show what is lost and what has to be done."""
    return _page(visit)


def reopen(visit: Visit) -> Response:
    """Open sharing by consent for the office again, with the words on what was done."""
    why = visit.form.one("why")
    faults = [] if 0 < len(why) <= closing.MOST_LETTERS else [("why", "no_why")]
    if visit.form.one("done") != "yes":
        faults.append(("done", "not_done"))
    if faults:
        return _page(visit, visit.faults("restored", faults), why=why)
    try:
        with visit.doors.database.transaction() as tx:
            found = _found(tx, visit)
            closing.reopen(tx, found.closing_id, recipient=visit.office, by=by(visit), why=why, at=visit.at)
    except ConsentError:
        raise NotThere from None
    return visit.to("/")


def _page(visit: Visit, errors: Sequence[tuple[str, str]] = (), *, why: str = "") -> Response:
    with visit.doors.database.read() as read:
        found = _found(read, visit)
        name = offices.names(read, visit.language)[visit.office]
    return visit.page(
        "steward/restored.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK,
        office_name=name,
        here="/",
        lost=found,
        why=why,
        errors=errors,
    )


def _found(read: Read, visit: Visit) -> Lost:
    """Find the loss that the address names; raises NotThere for one that the office has dealt with."""
    waiting = closings.waiting(read, recipient=visit.office)
    found = next((each for each in waiting if str(each.closing_id) == visit.path["closing"]), None)
    if found is None:
        raise NotThere
    return found
