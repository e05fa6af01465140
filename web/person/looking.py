"""Who has looked: the person's start page, the list of looks, one look, and its proof to keep."""

from datetime import timedelta
from typing import Final

from starlette.responses import Response

from audit import proving
from audit.events import EventType, RequestRef, Result
from audit.queries.readers import Reader, reading_as
from audit.queries.search import Key
from web.auditor import found as paging
from web.auditor.trace import proof_file
from web.pages.visit import Visit
from web.person import consents, own, questions, requests

ROWS: Final = 25
FIRST: Final = 3
"""So many of the last looks on the start page."""
TOLD_FOR: Final = timedelta(days=30)
"""So long the start page says that a question was answered."""


def start(visit: Visit) -> Response:
    """Show the last looks and what is consented to."""
    with visit.doors.database.read() as read:
        found, striking = own.looks(read, visit, limit=FIRST), own.striking(read, visit, limit=FIRST)
        lines, told = own.lines(read, visit, found), own.lines(read, visit, striking)
        given = consents.in_force(read, visit)
        asked = questions.asked(read, visit)
        waiting = requests.waiting(read, visit)
        names = consents.names(read, visit.language)
    _tell(visit, "GET /", count=len(found))
    return visit.page(
        "person/me.html",
        here="/",
        rows=lines,
        told=told,
        consents=given,
        questions=[each for each in asked if not each.outcome],
        answered=[each for each in asked if each.closed_at and visit.at - each.closed_at < TOLD_FOR],
        waiting=waiting,
        names=names,
    )


def listed(visit: Visit) -> Response:
    """Show every look, a page at a time."""
    before: Key | None = paging.before(visit.query)
    with visit.doors.database.read() as read:
        found = own.looks(read, visit, limit=ROWS + 1, before=before)
        lines = own.lines(read, visit, found[:ROWS])
    _tell(visit, "GET /me/log", count=len(lines))
    more = paging.after(found[ROWS - 1]) if len(found) > ROWS else ""
    return visit.page("person/my_log.html", here="/me/log", rows=lines, more=more, older=False)


def look(visit: Visit) -> Response:
    """Show one look: what was given and what not, and why."""
    with visit.doors.database.read() as read:
        found = own.event(read, visit)
        (line,) = own.lines(read, visit, [found])
        asked = next((each for each in questions.asked(read, visit) if each.about == found.id), None)
    _tell(visit, "GET /me/log/{event}", count=1)
    return visit.page("person/my_look.html", here="/me/log", line=line, question=asked)


def proof(visit: Visit) -> Response:
    """Hand out the proof that a look stands in the log."""
    with visit.doors.database.read() as read:
        found = own.event(read, visit)
        with reading_as(read, Reader.PERSON):
            made = proving.proof(read, found)
    _tell(visit, "GET /me/log/{event}/proof", count=1)
    return proof_file(found, made)


def _tell(visit: Visit, route: str, *, count: int) -> None:
    """Have it sealed that the person read their own log."""
    call = RequestRef(route=route, trust="page")
    person_id = visit.signed_in.who.person_id
    visit.looked(EventType.LOG_READ, person_id=person_id, request=call, result=Result(count=count))
