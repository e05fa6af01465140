"""The person's standing noes: which stand, who was told of one, and lifting it (CONSENT.md 5, PAGES.md 5)."""

from typing import Final

from starlette.responses import Response

from consent.queries import life, receipts
from consent.queries.life import DenialLine
from consent.registry import By, Channel, Expressed
from db.engine import Read
from publish import changes_of_will, outbox
from web.pages.visit import NotThere, Visit
from web.person import consents, own

HERE: Final = "/me/no"
DONE: Final = ("said", "lifted")


def listed(visit: Visit) -> Response:
    """Show what is denied now, and what was and is no more."""
    person_id = visit.signed_in.who.person_id
    with visit.doors.database.read() as read:
        lines = [] if person_id is None else life.denials(read, person_id=person_id)[::-1]
        names = consents.names(read, visit.language)
    return visit.page(
        "person/my_noes.html",
        here=HERE,
        known=person_id is not None,
        standing=[line for line in lines if line.lifted_at is None],
        ended=[line for line in lines if line.lifted_at is not None],
        names=names,
    )


def one(visit: Visit) -> Response:
    """Show a standing no, in force or lifted, with who was told of it and its receipts."""
    with visit.doors.database.read() as read:
        line = _line(read, visit)
        told = outbox.about(read, line.denial_id)
        kept = [each for each in receipts.of_person(read, own.person_id(visit)) if each.about == line.denial_id]
        names = consents.names(read, visit.language)
    done = visit.query.get("done")
    return visit.page(
        "person/my_no.html",
        here=HERE,
        denial=line,
        told=told,
        receipts=kept,
        names=names,
        done=done if done in DONE else "",
    )


def lifting(visit: Visit) -> Response:
    """Say what lifting a no will open."""
    with visit.doors.database.read() as read:
        line, names = _own(read, visit), consents.names(read, visit.language)
    return visit.page("person/my_no_lift.html", here=HERE, denial=line, names=names)


def lift(visit: Visit) -> Response:
    """Lift the no; consents in force count again from here on."""
    with visit.doors.database.transaction() as tx:
        line = _own(tx, visit)
        changes_of_will.lift(
            tx, denial_id=line.denial_id, expressed=Expressed(channel=Channel.ONLINE), by=by(visit), at=visit.at
        )
    return visit.to(f"{HERE}/{line.denial_id}?done=lifted")


def by(visit: Visit) -> By:
    """Say that the person acts themself."""
    return By(user=visit.signed_in.who.subject, role="person")


def _own(read: Read, visit: Visit) -> DenialLine:
    """Find a no that the person may lift here: their own, standing; one that somebody said for them is lifted at a desk."""
    line = _line(read, visit)
    if line.lifted_at is not None or line.spoke is not None:
        raise NotThere
    return line


def _line(read: Read, visit: Visit) -> DenialLine:
    """Find the no that the address names among the person's; raises NotThere."""
    lines = life.denials(read, person_id=own.person_id(visit))
    found = next((line for line in lines if str(line.denial_id) == visit.path["denial"]), None)
    if found is None:
        raise NotThere
    return found
