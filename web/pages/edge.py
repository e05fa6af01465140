"""What is checked of every visit and what every page carries; errors as pages, with no word of what broke."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from audit.errors import AuditError
from db.errors import DatabaseError
from web import edge
from web.edge import CallState
from web.pages import languages, uploads
from web.pages.forms import BadForm
from web.pages.render import Frame, render
from web.pages.routes import LANGUAGE_COOKIE
from web.pages.visit import NotThere
from web.problems import FORMS, Problem

CSP: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
HEADERS: Final[Mapping[str, str]] = {
    "Content-Security-Policy": CSP,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    # no-referrer would turn the Origin of our own forms into "null" (PAGES.md 2).
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
HSTS: Final = "max-age=63072000; includeSubDomains"
STATUS_OF: Final[Mapping[type[Exception], HTTPStatus]] = {
    NotThere: HTTPStatus.NOT_FOUND,
    BadForm: HTTPStatus.FORBIDDEN,
    DatabaseError: HTTPStatus.SERVICE_UNAVAILABLE,
    AuditError: HTTPStatus.SERVICE_UNAVAILABLE,
}
KIND_OF: Final[Mapping[HTTPStatus, str]] = {
    HTTPStatus.NOT_FOUND: "not_found",
    HTTPStatus.METHOD_NOT_ALLOWED: "not_found",
    HTTPStatus.FORBIDDEN: "bad_form",
    HTTPStatus.SERVICE_UNAVAILABLE: "unavailable",
    HTTPStatus.INTERNAL_SERVER_ERROR: "broken",
}
_log = logging.getLogger("luukku.web")


@dataclass(frozen=True, slots=True)
class PageEdge:
    """The outermost layer of the pages; ``https``: our public address is https."""

    app: ASGIApp
    https: bool

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check the head, hand on with the whole body (a page that takes a file reads its own), and answer also when something breaks."""
        state = scope["luukku"] = CallState("")

        started = False

        async def carrying(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                self._carry(MutableHeaders(scope=message))
            await send(message)

        try:
            edge.check_head(scope)
            if not uploads.is_upload(scope):
                state.body = await edge.whole_body(receive)
                receive = edge.replay(state.body, receive)
            await self.app(scope, receive, carrying)
        except Problem as problem:
            await error_page(Request(scope), FORMS[problem.kind].status)(scope, receive, carrying)
        except Exception as error:
            _log.exception("A page failed: %s", type(error).__name__)
            if started:
                raise
            await error_page(Request(scope), HTTPStatus.INTERNAL_SERVER_ERROR)(scope, receive, carrying)

    def _carry(self, headers: MutableHeaders) -> None:
        headers.setdefault("Cache-Control", "no-store")
        for name, value in HEADERS.items():
            headers[name] = value
        if self.https:
            headers["Strict-Transport-Security"] = HSTS


def answer_to(request: Request, error: Exception) -> Response:
    """Answer an error that is expected as a page."""
    if isinstance(error, HTTPException):
        return error_page(request, HTTPStatus(error.status_code))
    return error_page(request, next(status for kind, status in STATUS_OF.items() if isinstance(error, kind)))


def error_page(request: Request, status: HTTPStatus) -> Response:
    """Say what went wrong and what to do, in the visitor's language."""
    accepted = request.headers.get("accept-language", "")
    language = languages.chosen(request.cookies.get(LANGUAGE_COOKIE), accepted)
    frame = Frame(language=language, session=None, address="/")
    return HTMLResponse(render("problem.html", frame, kind=KIND_OF.get(status, "refused")), status)
