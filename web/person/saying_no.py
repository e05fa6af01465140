"""Saying no beforehand, in three steps: to what and to whom, what that stops, and done; no reason is asked (CONSENT.md 9)."""

from collections.abc import Sequence
from http import HTTPStatus

from starlette.responses import Response

from consent.registry import Channel, Expressed
from db.engine import Read
from publish import changes_of_will, naming
from schemas.vocabulary import Category, Source
from web import drafts
from web.pages.visit import Visit
from web.person import consents, noes, own
from web.person.myself import myself
from web.steward import noes as denials
from web.steward import offices


def ask(visit: Visit) -> Response:
    """Ask what is denied and to whom."""
    return _form(visit)


def answered(visit: Visit) -> Response:
    """Keep the answers for the page that says what they will stop."""
    with visit.doors.database.read() as read:
        near, far = _recipients(read, visit)
    what, whom = visit.form.one("what"), visit.form.one("whom")
    faults = [("what", "no_what")] if what not in denials.choices() else []
    if whom not in (denials.ANYBODY, *near, *far):
        faults.append(("whom", "no_whom"))
    if faults:
        return _form(visit, faults)
    emergency = "yes" if visit.form.one("emergency") else ""
    return visit.to(f"{noes.HERE}/new/{drafts.keep(visit, {'what': what, 'whom': whom, 'emergency': emergency})}")


def check(visit: Visit) -> Response:
    """Say what the no will stop today, and what the law gives in spite of it; nothing is written."""
    denied = denials.scope(drafts.kept(visit))
    with visit.doors.database.read() as read:
        mine = myself(read, visit)
        counties = offices.counties_around(read, mine.facts)
        names = consents.names(read, visit.language)
    stopped = denials.stopped(visit, mine, denied)
    return visit.page(
        "person/my_no_check.html",
        here=noes.HERE,
        denied=denied,
        names=names,
        stopped=stopped,
        by_law=[each for each in denials.by_law(mine, denied, counties) if each not in stopped],
    )


def record(visit: Visit) -> Response:
    """Record the no, once however often it is sent; it governs every decision after this."""
    denied = denials.scope(drafts.kept(visit))
    with visit.doors.database.transaction() as tx:
        done = changes_of_will.deny(
            tx,
            person_id=own.person_id(visit),
            scope=denied,
            expressed=Expressed(channel=Channel.ONLINE, command=visit.path["draft"]),
            by=noes.by(visit),
            at=visit.at,
        )
    return visit.to(f"{noes.HERE}/{done.denial_id}?done=said")


def _recipients(read: Read, visit: Visit) -> tuple[list[str], list[str]]:
    """Name who may be denied: those that deal with the person, and all others, by name."""
    near, known = list(myself(read, visit).facts), naming.organisations(read)
    return near, sorted(set(known) - set(near), key=lambda each: known[each])


def _form(visit: Visit, faults: Sequence[tuple[str, str]] = ()) -> Response:
    """Show the form, its answers kept."""
    with visit.doors.database.read() as read:
        near, far = _recipients(read, visit)
        names = consents.names(read, visit.language)
    return visit.page(
        "person/my_no_say.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if faults else HTTPStatus.OK,
        here=noes.HERE,
        errors=visit.faults("my_no_say", faults),
        sources=tuple(Source),
        categories=tuple(Category),
        near=near,
        far=far,
        names=names,
        what=visit.form.one("what"),
        whom=visit.form.one("whom"),
        emergency=visit.form.one("emergency"),
    )
