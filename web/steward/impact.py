"""What ending an agreement would close, before it is ended: counts of people by category, never whom (PAGES.md 3)."""

from dataclasses import replace

from starlette.responses import Response

from consent.model import Agreement, Period
from consent.simulation import AgreementDraft, simulate
from web.pages.visit import NotThere, Visit
from web.steward import agreements, offices
from web.steward.agreements import State


def of_ending(visit: Visit) -> Response:
    """Count what would close if the agreement ended at this moment; nothing is written."""
    with visit.doors.database.read(snapshot=True) as read:
        found = agreements.agreement_of(read, visit)
        if found.state is not State.HOLDS:
            raise NotThere
        effects = simulate(read, AgreementDraft(_ended(found.agreement, visit)), at=visit.at)
        names = offices.names(read, visit.language)
    return visit.page(
        "steward/agreement_end.html",
        office_name=names[visit.office],
        here=agreements.HERE,
        names=names,
        found=found,
        effects=effects,
    )


def _ended(agreement: Agreement, visit: Visit) -> Agreement:
    return replace(agreement, in_force=Period(agreement.in_force.start, visit.at))
