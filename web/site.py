"""The pages as one ASGI app beside the machine API, everything handed in."""

from collections.abc import Sequence
from typing import Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from audit.page import NAME, verifier
from web.auditor import pages as auditor
from web.feedback import pages as feedback
from web.home import home
from web.pages import assets, late
from web.pages.edge import STATUS_OF, PageEdge, answer_to
from web.pages.routes import Page, table
from web.pages.statement import accessibility, help_
from web.pages.visit import Doors, NotThere
from web.person import pages as person
from web.public import pages as public
from web.sign_in.pages import SignIn
from web.sign_in.provider import Provider
from web.steward import pages as steward

IMMUTABLE: Final = "public, max-age=31536000, immutable"

STATEMENT: Final = Page(path="/accessibility", handle=accessibility)
HELP: Final = Page(path="/help", handle=help_)
LATE: Final = Page(path=f"{late.PLACE}{{draft}}", handle=late.offer, signed_in=True)


def pages_of(provider: Provider) -> Sequence[Page]:
    """List every page."""
    return (
        Page(path="/", handle=home),
        STATEMENT,
        HELP,
        LATE,
        *feedback.PAGES,
        *public.PAGES,
        *SignIn(provider).pages(),
        *steward.PAGES,
        *auditor.PAGES,
        *person.PAGES,
    )


def create_site(doors: Doors, provider: Provider) -> ASGIApp:
    """Put the pages together."""
    routes = [*table(pages_of(provider), doors), Route(f"{assets.PREFIX}{{rest:path}}", asset, methods=["GET"])]
    routes.append(Route(f"/{NAME}", verify_page, methods=["GET"]))
    handlers = dict.fromkeys((*STATUS_OF, HTTPException), answer_to)
    site = Starlette(routes=routes, exception_handlers=handlers)
    site.router.redirect_slashes = False
    return PageEdge(site, https=doors.origin.startswith("https:"))


def asset(request: Request) -> Response:
    """Serve a file under the hash of its content; under any other address there is nothing."""
    found = assets.served().get(request.url.path)
    if found is None:
        raise NotThere
    return Response(found.content, media_type=found.media_type, headers={"Cache-Control": IMMUTABLE})


def verify_page(_: Request) -> Response:
    """Hand out the page that verifies proofs, to be kept beside them: what verifies us must not need us."""
    return Response(
        verifier(), media_type="text/html", headers={"Content-Disposition": f'attachment; filename="{NAME}"'}
    )
