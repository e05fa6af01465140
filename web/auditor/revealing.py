"""What lies encrypted beside an event, opened for an auditor who says why: that is an event, of whoever it is about (ACCESS-LOG 13)."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Final
from uuid import UUID

from starlette.responses import Response

from audit import cases
from audit.events import EventType, RequestRef, Result
from audit.queries.readers import Reader, reading_as
from web import drafts
from web.auditor import why
from web.auditor.found import event_in
from web.pages.visit import Visit

ROUTE: Final = "POST /audit/found/{draft}/{event}/reveal"
LONGEST: Final = 500
SHOWN: Final = ("user", "case", "person_id", "on_behalf", "text")
"""What is shown of it: names at work, numbers of cases and the words of whoever acted; no parameters of calls."""


def ask(visit: Visit) -> Response:
    """Ask why it is to be opened; nothing of it is shown."""
    return _form(visit)


def reveal(visit: Visit) -> Response:
    """Show it, once the cause stands in the log."""
    cause = visit.form.one("cause").strip()
    if not 0 < len(cause) <= LONGEST:
        return _form(visit, errors=[("cause", "no_cause")])
    answers = drafts.kept(visit)
    with visit.doors.database.read() as read:
        row = event_in(read, visit)
        with reading_as(read, Reader.AUDITOR):
            found = cases.opened(read, row.id)
    about = found.get("person_id")
    visit.looked(
        EventType.LOG_REVEALED,
        request=RequestRef(route=ROUTE, trust="page", case=str(answers["case"]), params={"why": answers["why"]}),
        person_id=None if about is None else UUID(about),
        ref=row.id,
        result=Result(count=1),
        text=cause,
    )
    shown = [(name, found[name]) for name in SHOWN if name in found]
    return visit.page("auditor/revealed.html", here=_here(visit), back=_back(visit), shown=shown)


def _form(visit: Visit, *, errors: Sequence[tuple[str, str]] = ()) -> Response:
    answers = drafts.kept(visit)
    with visit.doors.database.read() as read:
        row = event_in(read, visit)
    why.tell(visit, "GET /audit/found/{draft}/{event}/reveal", answers, count=0, ref=row.id)
    return visit.page(
        "auditor/reveal.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK,
        here=_here(visit),
        back=_back(visit),
        errors=visit.faults("reveal", errors),
        cause=visit.form.one("cause"),
    )


def _here(visit: Visit) -> str:
    return "/" if drafts.kept(visit)["door"] == "person" else "/audit/doers"


def _back(visit: Visit) -> str:
    return f"/audit/found/{visit.path['draft']}/{visit.path['event']}"
