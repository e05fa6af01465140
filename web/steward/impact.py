"""What ending an agreement would close, before it is ended: counts of people by category, never whom (PAGES.md 3)."""

from collections.abc import Sequence
from dataclasses import replace

from starlette.responses import Response

from consent.model import Agreement, Period
from consent.queries.proposals import ProposalKind
from consent.simulation import AgreementDraft, Effect, simulate
from publish import proposing
from web.pages.visit import NotThere, Visit
from web.register import State
from web.steward import agreements, four_eyes, offices
from web.steward.clients import by


def of_ending(visit: Visit) -> Response:
    """Count what would close if the agreement ended at this moment; nothing is written."""
    return _ending(visit)


def _ending(visit: Visit, errors: Sequence[tuple[str, str]] = ()) -> Response:
    with visit.doors.database.read() as read:
        found = agreements.agreement_of(read, visit)
        if found.state is not State.HOLDS:
            raise NotThere
        names = offices.names(read, visit.language)
        waits = proposing.about(read, found.agreement.agreement_id, office=visit.office, at=visit.at)
    return visit.page(
        "steward/agreement_end.html",
        status=four_eyes.status(errors),
        office_name=names[visit.office],
        here=agreements.HERE,
        names=names,
        found=found,
        effects=effects_of_ending(visit, found.agreement),
        waits=waits,
        stale=four_eyes.stale(visit),
        errors=errors,
    )


def propose_ending(visit: Visit) -> Response:
    """Put the ending before a second steward."""
    if four_eyes.stale(visit):
        return _ending(visit, four_eyes.refusal(visit))
    with visit.doors.database.transaction() as tx:
        found = agreements.agreement_of(tx, visit)
        if found.state is not State.HOLDS:
            raise NotThere
        agreement_id = found.agreement.agreement_id
        proposal_id = proposing.propose(tx, ProposalKind.END_AGREEMENT, agreement_id, by=by(visit), at=visit.at)
    return visit.to(f"/proposals/{proposal_id}")


def effects_of_ending(visit: Visit, agreement: Agreement) -> list[Effect]:
    """Count what would close if an agreement ended at this moment."""
    with visit.doors.database.read(snapshot=True) as read:
        return simulate(read, AgreementDraft(_ended(agreement, visit)), at=visit.at)


def _ended(agreement: Agreement, visit: Visit) -> Agreement:
    return replace(agreement, in_force=Period(agreement.in_force.start, visit.at))
