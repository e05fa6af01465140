"""A page as a row: its address, its handler, for whom it is, and the events that a visit may write."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from audit.events import EventType
from db.errors import SerializationFailure
from web import sessions
from web.edge import state_of
from web.pages import forms, languages, late, uploads
from web.pages.forms import Form
from web.pages.visit import Doors, NotThere, Visit
from web.sessions import Role

SESSION_COOKIE: Final = "__Host-sid"
LANGUAGE_COOKIE: Final = "__Host-language"
SIGN_IN: Final = "/sign-in"
ATTEMPTS: Final = 5

Handler = Callable[[Visit], Response]


@dataclass(frozen=True, slots=True)
class Upload:
    """That a page takes a file of ``most`` bytes; ``too_large`` answers a larger one, of which nothing was read, and changes nothing."""

    most: int
    too_large: Handler


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One address and method. ``logged``: what a visit writes to the log, one of them or none.

    ``role`` None: for everybody, or with ``signed_in`` for whoever is, in whatever role.
    """

    path: str
    handle: Handler
    method: str = "GET"
    role: Role | None = None
    logged: tuple[EventType, ...] = ()
    upload: Upload | None = None
    signed_in: bool = False

    def route(self, doors: Doors) -> Route:
        """Put it on the wire."""

        def answer(request: Request) -> Response:
            return _answered(self, doors, request)

        return Route(self.path, answer, methods=[self.method])


def table(pages: Sequence[Page], doors: Doors) -> list[Route]:
    """Put all pages on the wire."""
    return [page.route(doors) for page in pages]


def _answered(page: Page, doors: Doors, request: Request) -> Response:
    visit = visit_of(doors, request)
    if visit.session is None and (page.role is not None or page.signed_in):
        return visit.to(_sign_in_for(visit, page, request))
    if page.role is not None and visit.signed_in.who.role is not page.role:
        raise NotThere
    if page.upload is not None and uploads.is_upload(request.scope):
        try:
            visit = replace(visit, form=uploads.read(request, most=page.upload.most))
        except uploads.TooLarge:
            return _too_large(page.upload, visit, request.headers)
    if page.method == "POST":
        _check_form(visit, request.headers)
        offered = visit.form.one(late.FIELD)
        if offered and visit.session is not None and not late.taken(visit, offered):
            return visit.to(f"{late.PLACE}{quote(offered, safe='')}")
    answer = page.handle(visit) if page.role is None else _repeated(page.handle, visit)
    visit.seal()
    return answer


def _too_large(upload: Upload, visit: Visit, headers: Mapping[str, str]) -> Response:
    """Answer a form of which nothing was read, its token neither: the browser's word on where it is from has to do."""
    if not forms.is_ours(headers, visit.form, origin=visit.doors.origin, token=None):
        raise forms.BadForm
    return upload.too_large(visit)


def _repeated(handle: Handler, visit: Visit) -> Response:
    """Handle a visit anew where a publishing under way came first and its transaction had to give; it has then changed nothing."""
    for _ in range(ATTEMPTS - 1):
        try:
            return handle(visit)
        except SerializationFailure:
            visit.looks.clear()
    return handle(visit)


def visit_of(doors: Doors, request: Request) -> Visit:
    """Gather what a handler needs of a request."""
    at = doors.clock()
    secret = request.cookies.get(SESSION_COOKIE)
    accepted = request.headers.get("accept-language", "")
    return Visit(
        doors=doors,
        session=None if secret is None else sessions.find(doors.database, secret, at=at),
        language=languages.chosen(request.cookies.get(LANGUAGE_COOKIE), accepted),
        at=at,
        address=_local(request),
        path=request.path_params,
        query=dict(request.query_params),
        cookies=request.cookies,
        form=forms.read(state_of(request.scope).body) if request.method == "POST" else Form(),
    )


def _local(request: Request) -> str:
    """Give the page's own address, to come back to; a form's is that of the page it stands on."""
    query = f"?{request.url.query}" if request.url.query else ""
    return f"{request.url.path}{query}"


def _sign_in_for(visit: Visit, page: Page, request: Request) -> str:
    """Lead to the sign-in, and back to a page that was only looked at, or to the form that came too late.

    One with a file is not read; its page is there again, with what was answered before it.
    """
    back: str | None = visit.address
    if page.method == "POST" and not uploads.is_upload(request.scope):
        back = late.kept(visit, request.headers, secret=request.cookies.get(SESSION_COOKIE))
    return SIGN_IN if back is None else f"{SIGN_IN}?back={quote(back, safe='/')}"


def _check_form(visit: Visit, headers: Mapping[str, str]) -> None:
    token = visit.session.form_token if visit.session else None
    if not forms.is_ours(headers, visit.form, origin=visit.doors.origin, token=token):
        raise forms.BadForm
