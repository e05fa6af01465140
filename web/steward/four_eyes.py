"""Who is one of two pairs of eyes has lately proved who they are; else a page asks for it first (PAGES.md 2)."""

from collections.abc import Sequence
from http import HTTPStatus

from web.pages.visit import Visit

ERROR = "anew"


def stale(visit: Visit) -> bool:
    """Say whether the steward has to sign in anew before proposing, confirming or rejecting."""
    return not visit.signed_in.fresh(visit.at)


def refusal(visit: Visit) -> list[tuple[str, str]]:
    """Say of a form that came too long after signing in that nothing was done; the summary leads to the way to sign in anew."""
    return visit.faults("common", [(ERROR, "anew_needed")])


def status(errors: Sequence[tuple[str, str]]) -> HTTPStatus:
    """Give what a page answers with: what is wrong with a form, or that its sender is not proved to be who they were."""
    if any(field == ERROR for field, _ in errors):
        return HTTPStatus.FORBIDDEN
    return HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK
