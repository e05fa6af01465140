"""The second steward: looks at what a colleague recorded, and accepts or rejects it; never one's own record."""

from uuid import UUID

from starlette.responses import Response

from audit.events import EventType, RequestRef
from consent.errors import ConsentError
from consent.queries import life
from consent.queries.life import ActLine
from consent.queries.reading_aloud import notice_shown
from db.engine import Read
from publish import changes_of_will, naming, scans
from publish.people import barred
from web.pages.visit import NotThere, Visit
from web.steward import clients, four_eyes, offices, refusing
from web.steward.clients import by

MOST_WAITING = 100
"""So many records an office's list looks through; the oldest come first, so none is left behind."""


def look(visit: Visit) -> Response:
    """Show the record that waits."""
    with visit.doors.database.read() as read:
        line, person_id = _waiting(read, visit)
    call = RequestRef(route="GET /confirm/{act}", trust="page")
    visit.looked(EventType.PERSON_VIEWED, person_id=person_id, request=call)
    return _page(visit, line, person_id)


def decide(visit: Visit) -> Response:
    """Accept or reject it; the rule refuses who recorded it."""
    word = visit.form.one("word")
    with visit.doors.database.read() as read:
        line, person_id = _waiting(read, visit)
    if word not in ("accept", "reject"):
        return _page(visit, line, person_id, said=visit.faults("confirm", [("word", "no_word")]))
    if four_eyes.stale(visit):
        return _page(visit, line, person_id, said=four_eyes.refusal(visit))
    try:
        with visit.doors.database.transaction() as tx:
            changes_of_will.confirm(tx, act_id=line.act_id, accepted=word == "accept", by=by(visit), at=visit.at)
            ref = naming.reference(tx, recipient=visit.office, person_id=person_id)
    except ConsentError as refusal:
        return _page(visit, line, person_id, said=refusing.said(visit, refusal, at="word"))
    return visit.to(f"/people/{ref}/acts/{line.act_id}")


def _waiting(read: Read, visit: Visit) -> tuple[ActLine, UUID]:
    """Find the record among those that wait for this office; raises NotThere."""
    for line, person_id in life.waiting(read, office=visit.office, limit=MOST_WAITING):
        hidden = barred(read, person_id=person_id, office=visit.office, at=visit.at)
        if str(line.act_id) == visit.path["act"] and not hidden:
            return line, person_id
    raise NotThere


def _page(visit: Visit, line: ActLine, person_id: UUID, *, said: list[tuple[str, str]] | None = None) -> Response:
    with visit.doors.database.transaction() as tx:
        names = offices.names(tx, visit.language)
        ref = naming.reference(tx, recipient=visit.office, person_id=person_id)
        language = line.notice_language or visit.language
        notice = notice_shown(tx, line.agreement_id, language=language, at=line.signed_at)
        papers = scans.of_act(tx, line.act_id, by=by(visit))
    return visit.page(
        "steward/confirm.html",
        status=four_eyes.status(said or []),
        office_name=names[visit.office],
        here="/",
        names=names,
        client_number=clients.number_of(ref),
        base=f"/people/{ref}",
        act=line,
        scans=papers,
        notice=notice,
        own=line.recorded_by == visit.signed_in.who.subject,
        stale=four_eyes.stale(visit),
        errors=said or [],
    )
