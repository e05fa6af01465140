"""The start page: what the role of who is signed in begins with."""

from collections.abc import Mapping
from typing import Final

from starlette.responses import Response

from web.auditor.searching import by_person
from web.pages.routes import SIGN_IN, Handler
from web.pages.visit import Visit
from web.person.looking import start
from web.sessions import Role
from web.steward.tasks import tasks

HOMES: Final[Mapping[Role, Handler]] = {Role.STEWARD: tasks, Role.AUDITOR: by_person, Role.PERSON: start}
"""What each role's own pages begin with."""


def home(visit: Visit) -> Response:
    """Show the start page of the role, or say that this release has no pages for it."""
    if visit.session is None:
        return visit.to(SIGN_IN)
    handle = HOMES.get(visit.session.who.role)
    return visit.page("home.html") if handle is None else handle(visit)
