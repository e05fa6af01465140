"""Finding a client, and the client's page: coverage, consents, standing noes, and the life line."""

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from starlette.responses import Response

from audit.events import EventType, RequestRef
from consent.model import will
from consent.queries import life
from publish import naming, scans
from publish.people import barred, person_of
from schemas.identifiers import Hetu, InvalidIdentifier
from schemas.vocabulary import Purpose
from web import pauses
from web.pages.visit import Visit
from web.said import pictured, steps
from web.steward import clients, offices, represented
from web.steward.clients import Client
from web.steward.coverage import PURPOSES, SOON, coverage
from web.steward.in_force import in_force
from web.steward.represented import conflicts

UNFOLDED: Final = 10
"""So many of the last steps of a life line are open on the page; older ones are folded."""
REASONS: Final = ("desk", "paper", "phone", "correction")


def ask(visit: Visit) -> Response:
    """Ask for a HETU and why."""
    return _form(visit)


def find(visit: Visit) -> Response:
    """Look for the person, and lead to their page; nobody and somebody else's client look alike, and both are logged."""
    errors, reason = [], visit.form.one("reason")
    hetu = _hetu(visit.form.one("hetu"), artificial_only=visit.doors.artificial_only)
    if hetu is None:
        errors.append(("hetu", "bad_hetu"))
    if reason not in REASONS:
        errors.append(("reason", "bad_reason"))
    if errors or hetu is None:
        return _form(visit, errors=errors, reason=reason)
    ref = _found(visit, hetu, reason)
    if ref is None:
        return _form(visit, errors=[("hetu", "not_found")], reason=reason)
    return visit.to(f"/people/{ref}?reason={reason}")


def _found(visit: Visit, hetu: Hetu, reason: str) -> str | None:
    """Search, and give the office's reference of whom it may see; the search is sealed before it is answered."""
    with visit.doors.database.transaction() as tx:
        person_id = person_of(tx, hetu)
        hidden = person_id is None or barred(tx, person_id=person_id, office=visit.office, at=visit.at)
        call = RequestRef(route="POST /people", trust="page", params={"reason": reason})
        visit.looked(EventType.PERSON_SEARCHED, person_id=person_id, request=call)
        if hidden or person_id is None:
            return None
        return naming.reference(tx, recipient=visit.office, person_id=person_id)


def _form(visit: Visit, *, errors: Sequence[tuple[str, str]] = (), reason: str = "") -> Response:
    """Show the form, its input kept but for the HETU."""
    with visit.doors.database.read() as read:
        name = offices.names(read, visit.language)[visit.office]
    status = HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK
    return visit.page(
        "steward/find.html",
        status=status,
        office_name=name,
        here="/people",
        errors=visit.faults("find", errors),
        reasons=REASONS,
        reason=reason,
    )


def _hetu(text: str, *, artificial_only: bool) -> Hetu | None:
    try:
        return Hetu.parse(text.upper(), artificial_only=artificial_only)
    except InvalidIdentifier:
        return None


def view(visit: Visit) -> Response:
    """Show the client; the look is logged before anything is shown."""
    purpose = Purpose(visit.query["purpose"]) if visit.query.get("purpose") in PURPOSES else PURPOSES[0]
    reason = visit.query.get("reason", "")
    with visit.doors.database.transaction() as tx:
        client = clients.opened(tx, visit, route="/people/{ref}", reason=reason, purpose=purpose.value)
        said = life.acts(tx, person_id=client.person_id)
        denials = life.denials(tx, person_id=client.person_id)
        counties = offices.counties_around(tx, client.facts)
        representatives = represented.of_client(tx, client)
        paused = [each for each in pauses.pausing(tx, person_id=client.person_id, at=client.at) if each.pauses]
        unscanned = scans.missing(tx, said, by=clients.by(visit))
    told = steps(said, denials)
    return visit.page(
        "steward/client.html",
        office_name=client.names[visit.office],
        here="/people",
        client=client,
        office=visit.office,
        soon=client.at + SOON,
        reason=reason if reason in REASONS else "",
        purposes=PURPOSES,
        coverage=coverage(client, purpose, counties, said),
        consents=in_force(client, said, denials),
        conflicts=conflicts(client),
        representatives=representatives,
        paused=paused,
        denials=[line for line in denials if line.lifted_at is None],
        steps=told,
        unfolded=UNFOLDED,
        life_line=pictured(told),
        unscanned={str(act_id) for act_id in unscanned},
        open_agreements=can_be_asked(client, visit.office),
    )


@dataclass(frozen=True, slots=True)
class CanBeAsked:
    """An agreement under which the office may ask: for categories that are not consented to yet."""

    agreement_id: str
    controller: str
    purpose: str
    categories: tuple[str, ...]


def can_be_asked(client: Client, office: str) -> list[CanBeAsked]:
    """List what the office may ask, by agreements in force that rest on a task it has."""
    facts = client.facts[office]
    grounds = {task.ground for task in facts.tasks if task.during.holds(client.at)}
    found = []
    for agreement in facts.register.agreements:
        rests = agreement.task_ground is None or agreement.task_ground in grounds
        if agreement.recipient != office or not agreement.in_force.holds(client.at) or not rests:
            continue
        given = {
            category
            for agreement_id, category in facts.wills
            if agreement_id == agreement.agreement_id
            and facts.holding(agreement_id, category, client.at).step in (will.Step.OK, will.Step.SUSPENDED)
        }
        if left := tuple(sorted(agreement.categories - given)):
            found.append(CanBeAsked(str(agreement.agreement_id), agreement.controller, agreement.purpose, left))
    return sorted(found, key=lambda each: (each.purpose, each.controller))
