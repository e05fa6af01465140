"""What waits for a steward of an office, list by list; of each at most so many are looked through."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from consent import lapsing as lapses
from consent.queries import closings, desk, life, notices, voices
from consent.queries.proposals import ProposalKind
from consent.queries.register import register
from db.engine import Transaction
from publish import naming, outbox, proposing
from publish.people import barred
from web.feedback import box
from web.pages.languages import Language
from web.pages.visit import Visit
from web.steward import clients
from web.steward.coverage import SOON

MOST_COUNTED: Final = 100
"""Entries of each list that are looked through."""
PLACES: Final[Mapping[str, str]] = {"withdraw": "acts", "refuse": "acts", "revoke": "acts", "deny": "denials"}
"""Under a client's page, where what a verb has ended is shown with who was told of it; other verbs have no page of their own."""


@dataclass(frozen=True, slots=True)
class Task:
    """One thing that waits: where it is done, about which client (none: an agreement or a law) and data, since or until when.

    ``language``: the one to ask the client in; ``recipient``: who has not answered; ``opens``: what a restore closed;
    ``past``: it opens nothing any more already.
    """

    address: str
    number: str
    categories: tuple[str, ...] = ()
    controller: str = ""
    at: datetime | None = None
    own: bool = False
    language: str = ""
    recipient: str = ""
    law: str = ""
    unverified: bool = False
    opens: bool = False
    past: bool = False


def lost(tx: Transaction, visit: Visit) -> list[Task]:
    """List the restores whose losses the office has not dealt with."""
    waiting = closings.waiting(tx, recipient=visit.office)
    return [Task(f"/restored/{each.closing_id}", number="", at=each.closed_at) for each in waiting]


def feedback(tx: Transaction) -> list[Task]:
    """List what visitors told of the pages; no office is named in it, so any may answer."""
    waiting = box.waiting(tx, limit=MOST_COUNTED)
    return [Task(f"/answers/{feedback_id}", number="", at=at + box.ANSWERED_WITHIN) for feedback_id, at in waiting]


def to_confirm(tx: Transaction, visit: Visit) -> list[Task]:
    """List the records that wait for a second steward."""
    found = []
    for line, person_id in life.waiting(tx, office=visit.office, limit=MOST_COUNTED):
        ref = _ref(tx, visit, person_id)
        if ref is not None:
            found.append(
                Task(
                    address=f"/confirm/{line.act_id}",
                    number=clients.number_of(ref),
                    categories=tuple(sorted(line.kinds)),
                    controller=line.controller,
                    at=line.recorded_at,
                    own=line.recorded_by == visit.signed_in.who.subject,
                )
            )
    return found


def to_decide(tx: Transaction, visit: Visit) -> list[Task]:
    """List what a steward of the office has proposed and another decides."""
    found = []
    for each in proposing.waiting(tx, office=visit.office, at=visit.at, limit=MOST_COUNTED):
        person_id = proposing.person_about(tx, each)
        ref = None if person_id is None else _ref(tx, visit, person_id)
        if person_id is None or ref is not None:
            own = each.proposed_by == visit.signed_in.who.subject
            number = "" if ref is None else clients.number_of(ref)
            found.append(
                Task(
                    f"/proposals/{each.proposal_id}",
                    number,
                    at=proposing.lapses(each.proposed_at),
                    own=own,
                    opens=each.kind is ProposalKind.REOPEN,
                )
            )
    return found


def _of_clients(tx: Transaction, visit: Visit, waiting: Iterable[desk.Waiting]) -> list[Task]:
    """Lead to the client each list entry is about."""
    found = []
    for each in waiting:
        ref = _ref(tx, visit, each.person_id)
        if ref is not None:
            number = clients.number_of(ref)
            found.append(Task(f"/people/{ref}", number, each.categories, each.controller, each.until))
    return found


def conflicting(tx: Transaction, visit: Visit) -> list[Task]:
    """List the clients whose voices differ."""
    return _of_clients(tx, visit, desk.conflicts(tx, office=visit.office, at=visit.at, limit=MOST_COUNTED))


def expiring(tx: Transaction, visit: Visit) -> list[Task]:
    """List the consents that end soon, each with the page on which it is renewed; not those whose agreement ended first."""
    ends = desk.ending(tx, office=visit.office, at=visit.at, before=visit.at + SOON, limit=MOST_COUNTED)
    in_force = {each.agreement_id for each in register(tx).agreements if each.in_force.holds(visit.at)}
    found = []
    for each in ends:
        ref = _ref(tx, visit, each.person_id) if each.agreement_id in in_force else None
        if ref is not None:
            number, address = clients.number_of(ref), f"/people/{ref}/consents/{each.agreement_id}/renew"
            found.append(Task(address, number, each.categories, each.controller, each.until))
    return found


def lapsing(tx: Transaction, visit: Visit) -> list[Task]:
    """List the agreements and the laws that end soon, with what nothing will open any more then (CONSENT.md 11)."""
    found = lapses.lapsing(register(tx), recipient=visit.office, at=visit.at, before=visit.at + SOON)
    return [
        Task(
            f"/agreements/{each.agreement_id}" if each.agreement_id else "/agreements",
            number="",
            categories=each.categories,
            controller=each.controller,
            at=each.until,
            law=each.law,
            unverified=each.unverified,
        )
        for each in found
    ]


def asked_anew(tx: Transaction, visit: Visit) -> list[Task]:
    """List whose consents a material text has overtaken, those that it ends first at the head (CONSENT.md 10)."""
    controllers = {
        each.agreement_id: each.controller for each in register(tx).agreements if each.in_force.holds(visit.at)
    }
    found = []
    for each in notices.renewals(tx, recipient=visit.office, at=visit.at, limit=MOST_COUNTED):
        ref = _ref(tx, visit, each.person_id) if each.agreement_id in controllers else None
        if ref is not None:
            number, controller = clients.number_of(ref), controllers[each.agreement_id]
            found.append(
                Task(
                    f"/people/{ref}/consents/{each.agreement_id}/renew",
                    number,
                    each.categories,
                    controller,
                    each.due_at,
                    language=_language(each.language),
                    past=each.due_at <= visit.at,
                )
            )
    return found


def of_voices(tx: Transaction, visit: Visit) -> list[Task]:
    """List the clients whose representative's authority was refused, has lapsed, or ends as the client comes of age."""
    due = voices.authority_due(tx, recipient=visit.office, at=visit.at, of_age_within=SOON, limit=MOST_COUNTED)
    refs = [_ref(tx, visit, person_id) for person_id in dict.fromkeys(each.person_id for each in due)]
    return [Task(f"/people/{ref}", clients.number_of(ref)) for ref in refs if ref is not None]


def unacknowledged(tx: Transaction, visit: Visit) -> list[Task]:
    """List the endings that a recipient has not reported as applied in time, each with its own page (CONSENT.md 11)."""
    found = []
    for notice in outbox.late(tx, at=visit.at, office=visit.office, limit=MOST_COUNTED):
        ref = _ref(tx, visit, notice.person_id)
        if ref is not None:
            place = PLACES.get(notice.event)
            address = f"/people/{ref}/{place}/{notice.about}" if place else f"/people/{ref}"
            found.append(Task(address, clients.number_of(ref), at=notice.told_at, recipient=notice.recipient))
    return found


def _language(told: str | None) -> str:
    """Give the language to ask somebody in, of those that the texts are in."""
    return told if told in set(Language) else ""


def _ref(tx: Transaction, visit: Visit, person_id: UUID) -> str | None:
    """Give the office's reference of a person, None of one it may not see any more."""
    if barred(tx, person_id=person_id, office=visit.office, at=visit.at):
        return None
    return naming.reference(tx, recipient=visit.office, person_id=person_id)
