"""Standing noes: what is denied, to whom, what it will stop; and lifting one."""

from collections.abc import Sequence
from http import HTTPStatus
from uuid import UUID

from starlette.responses import Response

from consent.errors import ConsentError
from consent.queries import life
from consent.queries.life import DenialLine
from consent.registry import Channel, Expressed
from db.engine import Read
from publish import changes_of_will
from schemas.vocabulary import Category, Source
from web import drafts
from web.pages.visit import NotThere, Visit
from web.steward import clients, noes, offices, speakers
from web.steward.clients import Client, by
from web.steward.speakers import Heard


def ask(visit: Visit) -> Response:
    """Ask what is denied and to whom."""
    return _form(visit)


def answered(visit: Visit) -> Response:
    """Keep the answers for the page that says what they will stop."""
    what, whom = visit.form.one("what"), visit.form.one("whom")
    with visit.doors.database.read() as read:
        client = clients.client_of(read, visit)
    faults = [("what", "no_what")] if what not in noes.choices() else []
    if whom not in (noes.ANYBODY, *client.facts):
        faults.append(("whom", "no_whom"))
    said = speakers.speakers(visit, client.person_id)
    errors = [*visit.faults("deny", faults), *speakers.faults(visit, said)]
    heard = Heard(errors=errors) if errors else speakers.heard(visit, client.person_id, said)
    if heard.errors:
        return _form(visit, heard.errors, what=what, whom=whom)
    emergency = "yes" if visit.form.one("emergency") else ""
    by_whom = {"voice": str(heard.voice or ""), "spoke": heard.spoke}
    name = drafts.keep(visit, {"what": what, "whom": whom, "emergency": emergency, **by_whom})
    return visit.to(f"/people/{client.ref}/deny/{name}")


def check(visit: Visit) -> Response:
    """Say what the no will stop, by simulation of it on this person alone, and what the law gives in spite of it."""
    kept = drafts.kept(visit)
    with visit.doors.database.transaction() as tx:
        client = clients.opened(tx, visit, route="/people/{ref}/deny/{draft}")
        counties = offices.counties_around(tx, client.facts)
    denied = noes.scope(kept)
    stopped = noes.stopped(visit, client, denied)
    return visit.page(
        "steward/deny_check.html",
        office_name=client.names[visit.office],
        here="/people",
        client=client,
        kept=kept,
        stopped=stopped,
        by_law=[each for each in noes.by_law(client, denied, counties) if each not in stopped],
    )


def record(visit: Visit) -> Response:
    """Record the no, once however often it is sent."""
    kept = drafts.kept(visit)
    with visit.doors.database.transaction() as tx:
        client = clients.client_of(tx, visit)
        changes_of_will.deny(
            tx,
            person_id=client.person_id,
            scope=noes.scope(kept),
            expressed=Expressed(
                channel=Channel.COUNTER,
                voice=UUID(str(kept["voice"])) if kept["voice"] else None,
                command=visit.path["draft"],
            ),
            by=by(visit),
            at=visit.at,
        )
    return visit.to(f"/people/{client.ref}?done=denied#denials")


def lifting(visit: Visit) -> Response:
    """Say what lifting a no will open."""
    return _lifting(visit)


def lift(visit: Visit) -> Response:
    """Lift the no, by the client's word or, of a no that a representative said, that of who may speak for them."""
    with visit.doors.database.read() as read:
        client = clients.client_of(read, visit)
        line = denial_line(read, visit, client)
    heard = _heard(visit, client, line)
    if heard.errors:
        return _lifting(visit, heard.errors)
    try:
        with visit.doors.database.transaction() as tx:
            changes_of_will.lift(
                tx,
                denial_id=line.denial_id,
                expressed=Expressed(channel=Channel.COUNTER, voice=heard.voice),
                by=by(visit),
                at=visit.at,
            )
    except ConsentError:
        return _lifting(visit, visit.faults("lift", [("who", "not_theirs")]))
    return visit.to(f"/people/{client.ref}?done=lifted#denials")


def _heard(visit: Visit, client: Client, line: DenialLine) -> Heard:
    """Hear whose word it is; of the client's own no only theirs counts, and nobody is asked."""
    if not line.spoke:
        return Heard()
    said = speakers.speakers(visit, client.person_id)
    errors = speakers.faults(visit, said)
    return Heard(errors=errors) if errors else speakers.heard(visit, client.person_id, said)


def _lifting(visit: Visit, said: Sequence[tuple[str, str]] = ()) -> Response:
    with visit.doors.database.read() as read:
        client = clients.client_of(read, visit)
        line = denial_line(read, visit, client)
    return visit.page(
        "steward/lift.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if said else HTTPStatus.OK,
        office_name=client.names[visit.office],
        here="/people",
        client=client,
        denial=line,
        said=speakers.speakers(visit, client.person_id) if line.spoke else None,
        errors=list(said),
    )


def denial_line(read: Read, visit: Visit, client: Client) -> DenialLine:
    """Find the standing no that the address names; raises NotThere for one that is over."""
    lines = life.denials(read, person_id=client.person_id)
    found = next((line for line in lines if str(line.denial_id) == visit.path["denial"]), None)
    if found is None or found.lifted_at is not None:
        raise NotThere
    return found


def _form(visit: Visit, errors: Sequence[tuple[str, str]] = (), *, what: str = "", whom: str = "") -> Response:
    with visit.doors.database.read() as read:
        client = clients.client_of(read, visit)
    return visit.page(
        "steward/deny.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK,
        office_name=client.names[visit.office],
        here="/people",
        client=client,
        sources=tuple(Source),
        categories=tuple(Category),
        what=what,
        whom=whom,
        said=speakers.speakers(visit, client.person_id),
        errors=list(errors),
    )
