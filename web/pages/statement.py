"""The accessibility statement, which every page leads to (law 306/2019)."""

from starlette.responses import Response

from web.pages.visit import Visit


def accessibility(visit: Visit) -> Response:
    """Say how accessible the pages are, how that was found out, and where to tell of a fault."""
    return visit.page("accessibility.html")
