"""What the sources sent: how fresh, which batches were stopped and why, and the rows refused, without any of their values."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final
from uuid import UUID

from starlette.responses import Response

from connectors import stewarding
from connectors.queries import worklist
from connectors.queries.worklist import HeldBatch
from connectors.stewarding import Ground, NotWaiting
from db.engine import Read
from publish import freshness
from web.pages.visit import NotThere, Visit
from web.steward import failures, offices

ROWS_A_PAGE: Final = 50
FUNNEL: Final = ("pulled", "accepted", "unchanged", "quarantined", "held")


def listed(visit: Visit) -> Response:
    """Show each source's freshness and what waits of it."""
    with visit.doors.database.read() as read:
        places = offices.served_by(read, visit.office)
        name = offices.names(read, visit.language)[visit.office]
        sources = freshness.sources(read, at=visit.at)
        held = worklist.held(read, places=places)
        heaps = worklist.heaps(read, places=places)
    return visit.page(
        "steward/sources.html", office_name=name, here="/sources", sources=sources, held=held, heaps=heaps
    )


def batch(visit: Visit) -> Response:
    """Show a batch: its funnel, and why it was stopped."""
    with visit.doors.database.read() as read:
        found = _batch(read, visit)
        name = offices.names(read, visit.language)[visit.office]
    return visit.page("steward/batch.html", office_name=name, here="/sources", batch=found, funnel=_funnel(found))


def release(visit: Visit) -> Response:
    """Take a stopped batch as it is with the next run, or give it up so that the next run asks again."""
    word = visit.form.one("word")
    if word not in ("accept", "reject"):
        raise NotThere
    verb = stewarding.accept if word == "accept" else stewarding.reject
    try:
        with visit.doors.database.transaction() as tx:
            found = _batch(tx, visit)
            verb(tx, batch_id=found.batch_id, by=visit.actor(), at=visit.at)
    except NotWaiting:
        raise NotThere from None
    return visit.to("/sources")


def rows(visit: Visit) -> Response:
    """Show a batch's rows in quarantine: where each stood and why it was refused."""
    return _rows(visit)


def discard(visit: Visit) -> Response:
    """Close the rows ticked, with the reason they will never be taken."""
    why, ticked = visit.form.one("why"), [each for each in visit.form.many("rows") if each.isdecimal()]
    faults = [] if ticked else [("rows", "no_rows")]
    if why not in set(Ground):
        faults.append(("why", "no_why"))
    if faults:
        return _rows(visit, faults=faults)
    try:
        with visit.doors.database.transaction() as tx:
            found = _batch(tx, visit)
            own = {row.quarantine_id for row in _refused(tx, visit, found)}
            for quarantine_id in own.intersection(map(int, ticked)):
                stewarding.discard(tx, quarantine_id=quarantine_id, why=Ground(why), by=visit.actor(), at=visit.at)
    except NotWaiting:
        raise NotThere from None
    return visit.to(f"/quarantine/{found.batch_id}")


def _rows(visit: Visit, *, faults: list[tuple[str, str]] | None = None) -> Response:
    with visit.doors.database.read() as read:
        found = _batch(read, visit)
        refused = _refused(read, visit, found)
        name = offices.names(read, visit.language)[visit.office]
    return visit.page(
        "steward/quarantine.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if faults else HTTPStatus.OK,
        office_name=name,
        here="/sources",
        batch=found,
        funnel=_funnel(found),
        rows=failures.told(found.source, refused[:ROWS_A_PAGE]),
        more=refused[ROWS_A_PAGE - 1].quarantine_id if len(refused) > ROWS_A_PAGE else None,
        grounds=tuple(Ground),
        errors=visit.faults("quarantine", faults or ()),
    )


def _refused(read: Read, visit: Visit, found: HeldBatch) -> list[worklist.RefusedRow]:
    """Read one row more than a page holds, to know whether there is a next one."""
    after = visit.query.get("after", "0")
    start = int(after) if after.isdecimal() else 0
    return worklist.refused_rows(read, batch_id=found.batch_id, after=start, limit=ROWS_A_PAGE + 1)


def _batch(read: Read, visit: Visit) -> HeldBatch:
    """Find the batch that the address names, of the places of the office; raises NotThere."""
    try:
        batch_id = UUID(visit.path["batch"])
    except ValueError:
        raise NotThere from None
    found = worklist.batch_of(read, batch_id=batch_id, places=offices.served_by(read, visit.office))
    if found is None:
        raise NotThere
    return found


def _funnel(found: HeldBatch) -> Mapping[str, int]:
    return {step: found.counts[step] for step in FUNNEL if step in found.counts}
