"""The scan of a paper that was recorded without one, from a file of papers above all: added once, never replaced (CONSENT.md 11)."""

from collections.abc import Sequence
from http import HTTPStatus

from starlette.responses import Response

from consent.errors import ConsentError
from consent.queries.life import ActLine
from db.engine import Read, Transaction
from publish import scans
from web.pages.visit import NotThere, Visit
from web.steward import clients, done, scanning
from web.steward.clients import Client, by


def ask(visit: Visit) -> Response:
    """Ask for the scan of a paper; one that has its scan is shown instead."""
    with visit.doors.database.transaction() as tx:
        client = clients.opened(tx, visit, route="/people/{ref}/acts/{act}/scan")
        line = _paper(tx, visit, client)
        there = _is_there(tx, visit, line)
    return visit.to(_record(client, line)) if there else _page(visit, client, line)


def add(visit: Visit) -> Response:
    """Keep the scan with its record, or say why not; the same file sent twice is kept once."""
    with visit.doors.database.read() as read:
        client = clients.client_of(read, visit)
        line = _paper(read, visit, client)
    if faults := scanning.faults(visit, needed=True):
        return _page(visit, client, line, faults)
    try:
        _added(visit, line)
    except ConsentError:
        return _page(visit, client, line, [(scanning.FIELD, "there_already")])
    return visit.to(_record(client, line))


def too_large(visit: Visit) -> Response:
    """Say that a scan is too large; it was not read."""
    with visit.doors.database.read() as read:
        client = clients.client_of(read, visit)
        line = _paper(read, visit, client)
    return _page(visit, client, line, [(scanning.FIELD, "bad_scan")])


def _added(visit: Visit, line: ActLine) -> None:
    with scanning.keeping(visit, scans.add) as keep, visit.doors.database.transaction() as tx:
        keep(tx, line.act_id, by(visit))


def _paper(read: Read, visit: Visit, client: Client) -> ActLine:
    """Find the paper that the address names; raises NotThere for what is none, another office's, or an error."""
    line = done.act_line(read, visit, client.person_id)
    if not scans.on_paper(line, by=by(visit)):
        raise NotThere
    return line


def _is_there(tx: Transaction, visit: Visit, line: ActLine) -> bool:
    return bool(scans.of_act(tx, line.act_id, by=by(visit)))


def _record(client: Client, line: ActLine) -> str:
    return f"/people/{client.ref}/acts/{line.act_id}"


def _page(visit: Visit, client: Client, line: ActLine, faults: Sequence[tuple[str, str]] = ()) -> Response:
    return visit.page(
        "steward/scan_later.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if faults else HTTPStatus.OK,
        office_name=client.names[visit.office],
        here="/people",
        client=client,
        act=line,
        errors=visit.faults("scan_later", faults),
    )
