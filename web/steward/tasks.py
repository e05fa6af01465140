"""What waits for a steward of an office."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from starlette.responses import Response

from connectors.queries import worklist
from consent.queries import closings, desk, life, notices, voices
from consent.queries.register import register
from db.engine import Transaction
from publish import naming, outbox, proposing
from publish.people import barred
from web.feedback import box
from web.pages.visit import Visit
from web.steward import clients, offices
from web.steward.confirming import MOST_WAITING
from web.steward.coverage import SOON

MOST_SHOWN: Final = 25
"""So many of each list; the first to end or the longest waiting come first."""


@dataclass(frozen=True, slots=True)
class Task:
    """One thing that waits: where it is done, about which client (none: an agreement) and data, since or until when."""

    address: str
    number: str
    categories: tuple[str, ...] = ()
    controller: str = ""
    at: datetime | None = None
    own: bool = False


def tasks(visit: Visit) -> Response:
    """Show the lists of what waits, the office's own only."""
    with visit.doors.database.transaction() as tx:
        places = offices.served_by(tx, visit.office)
        names = offices.names(tx, visit.language)
        lists = {
            "lost": _lost(tx, visit),
            "feedback": _feedback(tx),
            "confirm": _to_confirm(tx, visit),
            "propose": _to_decide(tx, visit),
            "conflict": _of_clients(tx, visit, desk.conflicts(tx, office=visit.office, at=visit.at, limit=MOST_SHOWN)),
            "anew": _asked_anew(tx, visit),
            "authority": _of_voices(tx, visit),
            "renew": _of_clients(tx, visit, _ending(tx, visit)),
            "late": _unacknowledged(tx, visit),
        }
        held = worklist.held(tx, places=places)
        heaps = worklist.heaps(tx, places=places)
    return visit.page(
        "steward/tasks.html",
        office_name=names[visit.office],
        names=names,
        here="/",
        lists={kind: found for kind, found in lists.items() if found},
        held=held,
        heaps=heaps,
    )


def _lost(tx: Transaction, visit: Visit) -> list[Task]:
    """List the restores whose losses the office has not dealt with."""
    waiting = closings.waiting(tx, recipient=visit.office)
    return [Task(f"/restored/{each.closing_id}", number="", at=each.closed_at) for each in waiting]


def _feedback(tx: Transaction) -> list[Task]:
    """List what visitors told of the pages; no office is named in it, so any may answer."""
    waiting = box.waiting(tx, limit=MOST_SHOWN)
    return [Task(f"/answers/{feedback_id}", number="", at=at + box.ANSWERED_WITHIN) for feedback_id, at in waiting]


def _to_confirm(tx: Transaction, visit: Visit) -> list[Task]:
    """List the records that wait for a second steward."""
    found = []
    for line, person_id in life.waiting(tx, office=visit.office, limit=MOST_WAITING):
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
    return found[:MOST_SHOWN]


def _to_decide(tx: Transaction, visit: Visit) -> list[Task]:
    """List what a steward of the office has proposed and another decides."""
    found = []
    for each in proposing.waiting(tx, office=visit.office, at=visit.at, limit=MOST_SHOWN):
        person_id = proposing.person_about(tx, each)
        ref = None if person_id is None else _ref(tx, visit, person_id)
        if person_id is None or ref is not None:
            own = each.proposed_by == visit.signed_in.who.subject
            number = "" if ref is None else clients.number_of(ref)
            found.append(Task(f"/proposals/{each.proposal_id}", number, at=each.proposed_at, own=own))
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


def _ending(tx: Transaction, visit: Visit) -> list[desk.Waiting]:
    return desk.ending(tx, office=visit.office, at=visit.at, before=visit.at + SOON, limit=MOST_SHOWN)


def _asked_anew(tx: Transaction, visit: Visit) -> list[Task]:
    """List whose consents a material text has overtaken, those that it ends first at the head (CONSENT.md 10)."""
    controllers = {each.agreement_id: each.controller for each in register(tx).agreements}
    found = []
    for each in notices.renewals(tx, recipient=visit.office, at=visit.at, limit=MOST_SHOWN):
        ref = _ref(tx, visit, each.person_id)
        if ref is not None:
            number, controller = clients.number_of(ref), controllers[each.agreement_id]
            found.append(Task(f"/people/{ref}", number, each.categories, controller, each.due_at))
    return found


def _of_voices(tx: Transaction, visit: Visit) -> list[Task]:
    """List the clients whose representative's authority was refused, has lapsed, or ends as the client comes of age."""
    due = voices.authority_due(tx, recipient=visit.office, at=visit.at, of_age_within=SOON, limit=MOST_SHOWN)
    refs = [_ref(tx, visit, person_id) for person_id in dict.fromkeys(each.person_id for each in due)]
    return [Task(f"/people/{ref}", clients.number_of(ref)) for ref in refs if ref is not None]


def _unacknowledged(tx: Transaction, visit: Visit) -> list[Task]:
    """List the endings that the office's own systems have not reported as applied in time (CONSENT.md 11)."""
    found = []
    for notice in outbox.late(tx, at=visit.at, recipient=visit.office)[:MOST_SHOWN]:
        ref = _ref(tx, visit, notice.person_id)
        if ref is not None:
            found.append(Task(f"/people/{ref}", clients.number_of(ref), at=notice.told_at))
    return found


def _ref(tx: Transaction, visit: Visit, person_id: UUID) -> str | None:
    """Give the office's reference of a person, None of one it may not see any more."""
    if barred(tx, person_id=person_id, office=visit.office, at=visit.at):
        return None
    return naming.reference(tx, recipient=visit.office, person_id=person_id)
