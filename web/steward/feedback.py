"""A steward answers what somebody told of the pages; the answer is read under the reference that they hold."""

from collections.abc import Sequence
from http import HTTPStatus
from uuid import UUID

from starlette.responses import Response

from db.engine import Read
from web.feedback import box
from web.feedback.box import Told
from web.pages.visit import NotThere, Visit
from web.steward import offices


def look(visit: Visit) -> Response:
    """Show what was told."""
    return _page(visit)


def answer(visit: Visit) -> Response:
    """Answer it, once."""
    words = visit.form.one("words")
    if fault := box.fault_of(words):
        return _page(visit, [("words", fault)])
    with visit.doors.database.transaction() as tx:
        box.answer(tx, visit, _told(tx, visit), words)
    return visit.to("/")


def _told(read: Read, visit: Visit) -> Told:
    try:
        return box.unanswered(read, UUID(visit.path["feedback"]))
    except ValueError:
        raise NotThere from None


def _page(visit: Visit, faults: Sequence[tuple[str, str]] = ()) -> Response:
    with visit.doors.database.read() as read:
        told = _told(read, visit)
        names = offices.names(read, visit.language)
    hidden = any(key == "hetu_inside" for _, key in faults)
    return visit.page(
        "steward/feedback_answer.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if faults else HTTPStatus.OK,
        office_name=names[visit.office],
        here="/",
        told=told,
        words_said="" if hidden else visit.form.one("words"),
        errors=visit.faults("feedback_answer", faults),
    )
