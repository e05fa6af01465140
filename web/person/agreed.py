"""One consent of a person through its whole life: what it opens, the text that was answered, the life line, the receipts."""

from collections.abc import Sequence
from uuid import UUID

from starlette.responses import Response

from consent.queries import life, receipts
from consent.queries.life import ActLine
from consent.queries.reading_aloud import NoticeShown, notice_shown
from db.engine import Read
from web.handing_over import handed_over
from web.pages.visit import NotThere, Visit
from web.person import consents, own, pausing
from web.said import pictured, steps


def one(visit: Visit) -> Response:
    """Show what was ever said under one agreement, in force or ended."""
    with visit.doors.database.read() as read:
        acts = _acts(read, visit)
        kept = [
            each
            for each in receipts.of_person(read, own.person_id(visit))
            if each.agreement_id == acts[-1].agreement_id
        ]
        given = next(
            (each for each in consents.in_force(read, visit) if each.agreement_id == acts[-1].agreement_id), None
        )
        text = _text(read, acts)
        paused = pausing.named(read, visit)
        names = consents.names(read, visit.language)
    told = steps(acts, ())
    return visit.page(
        "person/my_consent.html",
        here="/me/consents",
        last=acts[-1],
        categories=sorted({category for act in acts for category in act.kinds}),
        given=given,
        paused=paused,
        notice=text,
        steps=told,
        life_line=pictured(told),
        receipts=[(each, _kinds_of(acts).get(each.about)) for each in kept],
        names=names,
    )


def receipt(visit: Visit) -> Response:
    """Hand out one of the person's own receipts."""
    with visit.doors.database.read() as read:
        mine = receipts.of_person(read, own.person_id(visit))
    found = next((each for each in mine if str(each.jti) == visit.path["jti"]), None)
    if found is None:
        raise NotThere
    return handed_over(visit, found, route="/me/receipts/{jti}")


def _kinds_of(acts: Sequence[ActLine]) -> dict[UUID, str]:
    """Say what each act did; a receipt of anything else names no act."""
    return {act.act_id: act.kind for act in acts}


def _acts(read: Read, visit: Visit) -> list[ActLine]:
    """Find what the person said under the agreement that the address names, oldest first; raises NotThere when it is nothing."""
    said = life.acts(read, person_id=own.person_id(visit))
    found = [act for act in said if str(act.agreement_id) == visit.path["agreement"]]
    if not found:
        raise NotThere
    return found


def _text(read: Read, acts: Sequence[ActLine]) -> NoticeShown | None:
    """Give the text that the last yes answered."""
    answered = [act for act in acts if act.notice_language is not None]
    if not answered:
        return None
    last = answered[-1]
    return notice_shown(read, last.agreement_id, language=str(last.notice_language), at=last.signed_at)
