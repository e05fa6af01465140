"""Four eyes: what one steward proposes, and another of the same office decides, with all that follows (CONSENT.md 11, PAGES.md 2)."""

from dataclasses import fields
from datetime import datetime, time, timedelta
from typing import Final
from uuid import UUID

from audit.events import Actor, ChangeRef, Event, EventType, RetentionClass
from audit.log import record
from consent import closing, terms
from consent.errors import ConsentError, Fault
from consent.queries import closings, proposals, receipts, writes
from consent.queries.proposals import Proposal, ProposalKind
from consent.queries.terms import terms as terms_of
from consent.registry import By
from consent.registry.recording import digest_of
from consent.terms import AgreementTerms
from db.engine import Read, Transaction
from db.ids import uuid7
from db.keys import Use
from publish import changes_of_will
from publish.cut import HELSINKI
from schemas.holidays import working_day_after
from schemas.vocabulary import Purpose, Source, TaskGround

WORKING_DAYS: Final = 5
"""What nobody has decided by the end of the last of them, the day of the proposal not counted, is proposed anew (PAGES.md 2)."""
_USE: Final = Use.IDENTITY_ENCRYPTION
_FIELDS: Final = {
    ProposalKind.ANNUL_ACT: "act_id",
    ProposalKind.ANNUL_DENIAL: "denial_id",
    ProposalKind.END_AGREEMENT: "agreement_id",
    ProposalKind.REOPEN: "closing_id",
}


def lapses(proposed_at: datetime) -> datetime:
    """Give when a proposal that nobody has decided is over: at the end of a day in Helsinki."""
    last = working_day_after(proposed_at.astimezone(HELSINKI).date(), days=WORKING_DAYS)
    return datetime.combine(last + timedelta(days=1), time(), HELSINKI)


def propose(
    tx: Transaction,
    kind: ProposalKind,
    about: UUID,
    *,
    by: By,
    at: datetime,
    cause: str | None = None,
    words: str | None = None,
) -> UUID:
    """Put a proposal before the office's other stewards, and return its id; one that waits already is given again.

    ``words``: of an opening, what was done about what was lost.
    """
    office = _office(by, kind)
    if kind is ProposalKind.REOPEN:
        closing.worded(words or "")
    if not _stands(tx, kind, about, office, at):
        raise ConsentError(Fault.INVALID_FIELD, _FIELDS[kind])
    former = proposals.about(tx, about, office=office, since=_since(at))
    if former is not None:
        return former.proposal_id
    proposal_id = uuid7(at)
    row = {
        "proposal_id": proposal_id,
        "kind": kind,
        "about": about,
        "cause": cause,
        "office": office,
        "proposed_by": by.user,
        "proposed_at": at,
        "words": words and tx.keyring.encrypt_packed(_USE, words.encode(), context=_context(proposal_id)),
    }
    proposals.append(tx, row)
    record(tx, _event("consent.proposal", row, by=by, at=at))
    return proposal_id


def words_of(read: Read, found: Proposal) -> str:
    """Open the words that were written with a proposal; none were with most."""
    if found.words is None:
        return ""
    return read.keyring.decrypt_packed(_USE, found.words, context=_context(found.proposal_id)).decode()


def _context(proposal_id: UUID) -> bytes:
    return b"consent.proposal\x00" + proposal_id.bytes


def decide(tx: Transaction, proposal_id: UUID, *, accepted: bool, by: By, at: datetime) -> Proposal:
    """Record a second steward's word; accepted, what was proposed is done in the same transaction.

    Raises ConsentError: ``not_found`` for one that is decided, too old, or another office's; ``same_steward`` for one's own.
    """
    found = one(tx, proposal_id, office=by.office or "", at=at)
    if found is None:
        raise ConsentError(Fault.NOT_FOUND, "act_id")
    if found.proposed_by == by.user:
        raise ConsentError(Fault.SAME_STEWARD, "confirmed_by")
    row = {"proposal_id": proposal_id, "accepted": accepted, "decided_by": by.user, "decided_at": at}
    proposals.end(tx, row)
    record(tx, _event("consent.proposal_end", row, by=by, at=at))
    if accepted:
        _done(tx, found, by=by, at=at)
    return found


def waiting(read: Read, *, office: str, at: datetime, limit: int) -> list[Proposal]:
    """List what an office's stewards have still to decide, the oldest first."""
    return proposals.waiting(read, office=office, since=_since(at), limit=limit)


def one(read: Read, proposal_id: UUID, *, office: str, at: datetime) -> Proposal | None:
    """Find a proposal that an office's stewards have still to decide."""
    return proposals.one(read, proposal_id, office=office, since=_since(at))


def about(read: Read, what: UUID, *, office: str, at: datetime) -> Proposal | None:
    """Find what waits about an act, a denial, an agreement or a closing."""
    return proposals.about(read, what, office=office, since=_since(at))


def person_about(read: Read, found: Proposal) -> UUID | None:
    """Tell whom a proposal is about; None of one about an agreement or a closing."""
    if found.kind is ProposalKind.ANNUL_ACT:
        act = writes.act_row(read, found.about)
        return act and act.person_id
    denial = writes.denial_row(read, found.about) if found.kind is ProposalKind.ANNUL_DENIAL else None
    return denial and denial.person_id


def _since(at: datetime) -> datetime:
    """Give the start of the first day whose proposals still wait."""
    today = day = at.astimezone(HELSINKI).date()
    while working_day_after(day - timedelta(days=1), days=WORKING_DAYS) >= today:
        day -= timedelta(days=1)
    return datetime.combine(day, time(), HELSINKI)


def _done(tx: Transaction, found: Proposal, *, by: By, at: datetime) -> None:
    first = By(user=found.proposed_by, role="steward", office=found.office)
    cause = found.cause or ""
    match found.kind:
        case ProposalKind.ANNUL_ACT:
            changes_of_will.invalidate(tx, act_id=found.about, cause=cause, by=first, at=at, confirmed_by=by.user)
        case ProposalKind.ANNUL_DENIAL:
            changes_of_will.annul_denial(tx, denial_id=found.about, cause=cause, by=first, at=at, confirmed_by=by.user)
        case ProposalKind.REOPEN:
            why = words_of(tx, found)
            closing.reopen(tx, found.about, recipient=found.office, by=first, why=why, at=at)
        case ProposalKind.END_AGREEMENT:
            terms.agree(tx, _ended(tx, found, by.user, at), by=first, at=at)


def _ended(read: Read, found: Proposal, second: str, at: datetime) -> AgreementTerms:
    """Give the agreement's next version, the same but that it ends now; two have approved it."""
    row = receipts.terms_of(read, found.about)
    if row["valid_until"] is not None and row["valid_until"] <= at:
        raise ConsentError(Fault.INVALID_FIELD, "agreement_id")
    values = {each.name: row[each.name] for each in fields(AgreementTerms)}
    values |= {
        "source": Source(row["source"]),
        "purpose": Purpose(row["purpose"]),
        "task_ground": row["task_ground"] and TaskGround(row["task_ground"]),
        "state": terms.State(row["state"]),
        "categories": tuple(row["categories"]),
        "approved_by": (found.proposed_by, second),
        "version": row["version"] + 1,
        "valid_until": at,
    }
    return AgreementTerms(**values)


def _stands(read: Read, kind: ProposalKind, what: UUID, office: str, at: datetime) -> bool:
    """Say whether there is still something to annul, to end or to open."""
    match kind:
        case ProposalKind.REOPEN:
            return what in {each.closing_id for each in closings.waiting(read, recipient=office)}
        case ProposalKind.ANNUL_ACT:
            act = writes.act_row(read, what)
            return act is not None and not act.voided
        case ProposalKind.ANNUL_DENIAL:
            denial = writes.denial_row(read, what)
            return denial is not None and not denial.lifted
        case ProposalKind.END_AGREEMENT:
            agreement = terms_of(read, what)
            return agreement is not None and agreement.in_force.holds(at)


def _office(by: By, kind: ProposalKind) -> str:
    if not by.steward or by.office is None:
        raise ConsentError(Fault.NOT_FOUND, _FIELDS[kind])
    return by.office


def _event(table: str, row: dict[str, object], *, by: By, at: datetime) -> Event:
    """Tell that something was proposed or decided; whom it is about, the event of what is then done tells."""
    return Event(
        id=uuid7(at),
        at=at,
        type=EventType.CONFIG_CHANGED,
        actor=Actor(org=by.office, user=by.user, role=by.role),
        retention=RetentionClass.ADMIN,
        change=ChangeRef(table=table, id=str(row["proposal_id"]), digest=digest_of(row).hex()),
    )
