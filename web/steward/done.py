"""What was recorded, as it is told afterwards and handed over on paper, with its reference (PAGES.md 1)."""

from typing import Final
from uuid import UUID

from starlette.responses import Response

from consent.model import Kind
from consent.queries import life, receipts
from consent.queries.life import ActLine
from consent.queries.reading_aloud import NoticeShown, notice_shown
from db.engine import Read
from publish import scans
from publish.withdrawal import withdrawal
from web.handing_over import handed_over
from web.pages.visit import NotThere, Visit
from web.steward import clients

ENDED: Final = frozenset({Kind.REFUSED, Kind.WITHDRAWN, Kind.REVOKED})


def act(visit: Visit) -> Response:
    """Show an act of a client of the office: what, to whom, when, the text it answers, and what happens next."""
    with visit.doors.database.transaction() as tx:
        client = clients.opened(tx, visit, route="/people/{ref}/acts/{act}")
        line = act_line(tx, visit, client.person_id)
        notice = _notice(tx, line)
        proof = withdrawal(tx, line.act_id, at=visit.at) if Kind(line.kind) in ENDED else None
        papers = scans.of_act(tx, line.act_id, by=clients.by(visit))
        unscanned = scans.on_paper(line, by=clients.by(visit)) and not papers
    return visit.page(
        "steward/act.html",
        office_name=client.names[visit.office],
        here="/people",
        client=client,
        act=line,
        notice=notice,
        proof=proof,
        scans=papers,
        unscanned=unscanned,
        reference=str(line.act_id).upper(),
    )


def receipt(visit: Visit) -> Response:
    """Hand over the signed receipt of an act; whoever does has looked, and one event tells of both."""
    with visit.doors.database.read() as read:
        line = act_line(read, visit, clients.client_of(read, visit).person_id)
        found = receipts.about(read, line.act_id)
    if not found:
        raise NotThere
    return handed_over(visit, found[-1], route="/people/{ref}/acts/{act}/receipt")


def act_line(read: Read, visit: Visit, person_id: UUID) -> ActLine:
    """Find the act that the address names; raises NotThere."""
    try:
        found = life.act_of(read, act_id=UUID(visit.path["act"]), person_id=person_id)
    except ValueError:
        raise NotThere from None
    if found is None:
        raise NotThere
    return found


def _notice(read: Read, line: ActLine) -> NoticeShown | None:
    """Give the text that was shown before a yes."""
    if line.notice_language is None:
        return None
    return notice_shown(read, line.agreement_id, language=line.notice_language, at=line.signed_at)
