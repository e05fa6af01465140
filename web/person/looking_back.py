"""Looks older than two years, to a person who says what they are for; the reason is kept with the look (ACCESS-LOG 8)."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Final

from starlette.responses import Response

from audit.events import EventType, RequestRef, Result
from web import drafts
from web.auditor import found as paging
from web.pages.visit import Visit
from web.person import own
from web.person.looking import ROWS

LONGEST: Final = 500
"""Characters of the reason."""
ROUTE: Final = "GET /me/log/older/{draft}"


def ask(visit: Visit) -> Response:
    """Ask what the older looks are for."""
    own.person_id(visit)
    return _form(visit)


def asked(visit: Visit) -> Response:
    """Keep the reason for an hour, and lead to the list."""
    own.person_id(visit)
    why = visit.form.one("why")
    if not 0 < len(why) <= LONGEST:
        return _form(visit, errors=[("why", "no_why")])
    return visit.to(f"/me/log/older/{drafts.keep(visit, {'why': why})}")


def listed(visit: Visit) -> Response:
    """Show them, a page at a time; each page is told to the log with the reason."""
    why, before = str(drafts.kept(visit)["why"]), paging.before(visit.query)
    with visit.doors.database.read() as read:
        found = own.older_looks(read, visit, limit=ROWS + 1, before=before)
        shown = found[:ROWS]
        lines = own.lines(read, visit, shown)
    call, told = RequestRef(route=ROUTE, trust="page"), Result(count=len(shown))
    visit.looked(EventType.LOG_READ, person_id=own.person_id(visit), request=call, result=told, text=why)
    more = paging.after(shown[-1]) if len(found) > ROWS else ""
    return visit.page("person/my_log.html", here="/me/log", rows=lines, more=more, older=True)


def _form(visit: Visit, *, errors: Sequence[tuple[str, str]] = ()) -> Response:
    return visit.page(
        "person/my_log_older.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK,
        here="/me/log",
        errors=visit.faults("my_log_older", errors),
        why=visit.form.one("why"),
    )
