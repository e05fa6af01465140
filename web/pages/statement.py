"""The two pages that every page leads to: help in one place, and the accessibility statement (law 306/2019)."""

from starlette.responses import Response

from web.pages.visit import Visit


def accessibility(visit: Visit) -> Response:
    """Say how accessible the pages are, how that was found out, and where to tell of a fault."""
    return visit.page("accessibility.html")


def help_(visit: Visit) -> Response:
    """Say how the most common things are done, and whom to ask; the same for everybody, in one place (WCAG 2.2, 3.2.6)."""
    return visit.page("help.html")
