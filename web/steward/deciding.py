"""The second steward decides what a colleague proposed: a no annulled, an agreement ended; never one's own proposal (PAGES.md 2)."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from starlette.responses import Response

from audit.events import EventType, RequestRef
from consent.errors import ConsentError
from consent.queries import life
from consent.queries.closings import Lost
from consent.queries.life import ActLine, DenialLine
from consent.queries.proposals import Proposal, ProposalKind
from db.engine import Read, Transaction
from publish import naming, proposing
from publish.people import barred
from web.pages.visit import NotThere, Visit
from web.steward import agreements, clients, four_eyes, impact, offices, refusing, restored
from web.steward.agreements import Listed
from web.steward.clients import by


@dataclass(frozen=True, slots=True)
class _About:
    """What a proposal is about: a record of a client, under the office's reference, an agreement, or what a restore lost, with words."""

    ref: str = ""
    person_id: UUID | None = None
    act: ActLine | None = None
    denial: DenialLine | None = None
    agreement: Listed | None = None
    lost: Lost | None = None
    words: str = ""


def look(visit: Visit) -> Response:
    """Show what is proposed; a look at a client is logged."""
    return _page(visit)


def decide(visit: Visit) -> Response:
    """Accept or reject it; the rule refuses who proposed it."""
    word = visit.form.one("word")
    if word not in ("accept", "reject"):
        return _page(visit, visit.faults("proposal", [("word", "no_word")]))
    if four_eyes.stale(visit):
        return _page(visit, four_eyes.refusal(visit))
    try:
        with visit.doors.database.transaction() as tx:
            found = _found(tx, visit)
            about = _about(tx, visit, found)
            proposing.decide(tx, found.proposal_id, accepted=word == "accept", by=by(visit), at=visit.at)
    except ConsentError as refusal:
        return _page(visit, refusing.said(visit, refusal, at="word"))
    return visit.to(_after(found, about) if word == "accept" else "/")


def _after(found: Proposal, about: _About) -> str:
    """Say where what was done is seen."""
    return {
        ProposalKind.ANNUL_ACT: f"/people/{about.ref}/acts/{found.about}",
        ProposalKind.ANNUL_DENIAL: f"/people/{about.ref}",
        ProposalKind.END_AGREEMENT: f"/agreements/{found.about}",
        ProposalKind.REOPEN: "/",
    }[found.kind]


def _page(visit: Visit, errors: Sequence[tuple[str, str]] = ()) -> Response:
    with visit.doors.database.transaction() as tx:
        found = _found(tx, visit)
        about = _about(tx, visit, found)
        names = offices.names(tx, visit.language)
    if about.person_id is not None:
        call = RequestRef(route="/proposals/{proposal}", trust="page")
        visit.looked(EventType.PERSON_VIEWED, person_id=about.person_id, request=call)
    effects = impact.effects_of_ending(visit, about.agreement.agreement) if about.agreement else ()
    return visit.page(
        "steward/proposal.html",
        status=four_eyes.status(errors),
        office_name=names[visit.office],
        here="/",
        names=names,
        found=found,
        lapses=proposing.lapses(found.proposed_at),
        about=about,
        effects=effects,
        client_number=clients.number_of(about.ref) if about.ref else "",
        own=found.proposed_by == visit.signed_in.who.subject,
        stale=four_eyes.stale(visit),
        errors=errors,
    )


def _found(read: Read, visit: Visit) -> Proposal:
    try:
        found = proposing.one(read, UUID(visit.path["proposal"]), office=visit.office, at=visit.at)
    except ValueError:
        raise NotThere from None
    if found is None:
        raise NotThere
    return found


def _about(tx: Transaction, visit: Visit, found: Proposal) -> _About:
    """Find what is proposed about; raises NotThere for who is not the office's any more."""
    if found.kind is ProposalKind.END_AGREEMENT:
        return _About(agreement=agreements.own_agreement(tx, visit, found.about))
    if found.kind is ProposalKind.REOPEN:
        lost = restored.lost_of(tx, visit, str(found.about))
        return _About(lost=lost, words=proposing.words_of(tx, found))
    person_id = proposing.person_about(tx, found)
    if person_id is None or barred(tx, person_id=person_id, office=visit.office, at=visit.at):
        raise NotThere
    ref = naming.reference(tx, recipient=visit.office, person_id=person_id)
    if found.kind is ProposalKind.ANNUL_ACT:
        return _About(ref=ref, person_id=person_id, act=life.act_of(tx, act_id=found.about, person_id=person_id))
    lines = life.denials(tx, person_id=person_id)
    return _About(ref=ref, person_id=person_id, denial=next(line for line in lines if line.denial_id == found.about))
