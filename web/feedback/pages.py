"""The form where anybody tells of a fault in the pages, and the page where its sender reads the answer."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Final

from starlette.responses import Response

from web.feedback import box
from web.pages.routes import Page
from web.pages.visit import Visit

HERE: Final = "/feedback"


def ask(visit: Visit) -> Response:
    """Ask what does not work."""
    return _form(visit)


def send(visit: Visit) -> Response:
    """Keep it, or say why not; too much at once is not taken, from whomever it comes."""
    words = visit.form.one("words")
    if fault := box.fault_of(words):
        return _form(visit, [("words", fault)])
    with visit.doors.database.transaction() as tx:
        reference = "" if box.is_full(tx, at=visit.at) else box.keep(tx, words, at=visit.at)
    if not reference:
        return _form(visit, [("words", "too_many")], status=HTTPStatus.TOO_MANY_REQUESTS)
    return visit.to(f"{HERE}/{reference}")


def sent(visit: Visit) -> Response:
    """Tell who holds the reference that it came, and the answer once there is one; what was told is not shown again."""
    with visit.doors.database.read() as read:
        told = box.of_reference(read, visit.path["reference"])
    return visit.page("feedback_sent.html", told=told, reference=visit.path["reference"])


def _form(
    visit: Visit, faults: Sequence[tuple[str, str]] = (), *, status: HTTPStatus = HTTPStatus.UNPROCESSABLE_ENTITY
) -> Response:
    """Show the form with its input kept, but for an identity code."""
    hidden = any(key == "hetu_inside" for _, key in faults)
    return visit.page(
        "feedback.html",
        status=status if faults else HTTPStatus.OK,
        errors=visit.faults("feedback", faults),
        words_said="" if hidden else visit.form.one("words"),
    )


PAGES: Final[Sequence[Page]] = (
    Page(path=HERE, handle=ask),
    Page(path=HERE, handle=send, method="POST"),
    Page(path=f"{HERE}/{{reference}}", handle=sent),
)
