"""The agreements of an office with their texts: version by version, and the blank form to print (PAGES.md 3)."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from starlette.responses import Response

from consent.model import FUTURE, Agreement
from consent.queries.notices import versions
from consent.queries.register import register
from consent.receipts import blank
from db.engine import Read
from web.pages.languages import Language
from web.pages.visit import NotThere, Visit
from web.register import State, state_of
from web.steward import offices

HERE: Final = "/agreements"


@dataclass(frozen=True, slots=True)
class Listed:
    """An agreement as a steward reads of it: its state now, and what it covers in a lasting order."""

    agreement: Agreement
    state: State

    @property
    def categories(self) -> list[str]:
        """What it lets be asked about."""
        return sorted(self.agreement.categories)

    @property
    def ends(self) -> bool:
        """Whether it has a last day."""
        return self.agreement.in_force.end != FUTURE


def listed(visit: Visit) -> Response:
    """List the agreements under which the office receives data, those in force first."""
    with visit.doors.database.read() as read:
        found = [_listed(each, visit) for each in register(read).agreements if each.recipient == visit.office]
        names = offices.names(read, visit.language)
    order = list(State)
    found.sort(key=lambda each: (order.index(each.state), names.get(each.agreement.controller, "")))
    return visit.page("steward/agreements.html", office_name=names[visit.office], here=HERE, names=names, found=found)


def one(visit: Visit) -> Response:
    """Show an agreement with its texts, the newest first."""
    with visit.doors.database.read() as read:
        found = agreement_of(read, visit)
        texts = versions(read, found.agreement.agreement_id)
        names = offices.names(read, visit.language)
    return visit.page(
        "steward/agreement.html",
        office_name=names[visit.office],
        here=HERE,
        names=names,
        found=found,
        texts=texts[::-1],
        tongues=tuple(Language),
        at=visit.at,
    )


def form(visit: Visit) -> Response:
    """Show the blank form, in the language of the page, to be printed, read and signed."""
    with visit.doors.database.read() as read:
        found = agreement_of(read, visit)
        blank_ = blank(read, found.agreement.agreement_id, language=visit.language, at=visit.at)
        names = offices.names(read, visit.language)
    if blank_ is None or found.state is not State.HOLDS:
        raise NotThere
    return visit.page(
        "steward/blank.html",
        office_name=names[visit.office],
        here=HERE,
        names=names,
        found=found,
        blank=blank_,
    )


def agreement_of(read: Read, visit: Visit) -> Listed:
    """Find the agreement that the address names among the office's own; raises NotThere."""
    try:
        return own_agreement(read, visit, UUID(visit.path["agreement"]))
    except ValueError:
        raise NotThere from None


def own_agreement(read: Read, visit: Visit, wanted: UUID) -> Listed:
    """Find an agreement among the office's own; raises NotThere."""
    for each in register(read).agreements:
        if each.agreement_id == wanted and each.recipient == visit.office:
            return _listed(each, visit)
    raise NotThere


def _listed(agreement: Agreement, visit: Visit) -> Listed:
    return Listed(agreement, state_of(agreement.in_force, visit.at))
