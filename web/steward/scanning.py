"""Scans of papers at the desk: taken with the record, and looked at afterwards by the stewards of its office (CONSENT.md 11)."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final
from uuid import UUID

from starlette.responses import Response

from consent.errors import ConsentError
from consent.registry import By
from db.engine import Read, Transaction
from publish import scans
from publish.scans import MOST_BYTES, Scan
from web.pages.visit import NotThere, Visit
from web.steward import clients, done
from web.steward.clients import by

FIELD: Final = "scan"
ENDINGS: Final = {"application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg"}

Keep = Callable[[Transaction, UUID, By], None]
"""Keeps the scan of an act."""


def faults(visit: Visit, *, needed: bool) -> list[tuple[str, str]]:
    """Name what is wrong with the scan that was sent; without one nothing is, unless it is needed."""
    body = visit.form.files.get(FIELD, b"")
    if not body:
        return [(FIELD, "no_scan")] if needed else []
    return [] if scans.sniffed(body) and len(body) <= MOST_BYTES else [(FIELD, "bad_scan")]


@contextmanager
def keeping(visit: Visit, put: Callable[..., UUID] = scans.keep) -> Iterator[Keep]:
    """Give what keeps the scan sent, if any, in the transaction of its act; where that fails, no file is left behind.

    The same file sent again with the same act is kept once. ``put``: how it is kept, with its act or later.
    """
    kept: list[UUID] = []

    def keep(tx: Transaction, act_id: UUID, by: By) -> None:
        body = visit.form.files.get(FIELD, b"")
        known = {scan.sha256 for scan in scans.of_act(tx, act_id, by=by)}
        scan = Scan(body=body, media_type=scans.sniffed(body) or "")
        if body and scans.checked(scan) not in known:
            kept.append(put(tx, visit.doors.store, scan, act_id=act_id, by=by, at=visit.at))

    try:
        yield keep
    except BaseException:
        for evidence_id in kept:
            scans.drop(visit.doors.store, evidence_id)
        raise


def show(visit: Visit) -> Response:
    """Hand a scan to a steward of the office that recorded it; the look is logged, and a frame of no other page may hold it."""
    try:
        evidence_id = UUID(visit.path["scan"])
    except ValueError:
        raise NotThere from None
    with visit.doors.database.read() as read:
        client = clients.client_of(read, visit)
        line = done.act_line(read, visit, client.person_id)
        if evidence_id not in {each.evidence_id for each in scans.of_act(read, line.act_id, by=by(visit))}:
            raise NotThere
        scan = _opened(read, visit, evidence_id)
    name = f'inline; filename="scan-{evidence_id}.{ENDINGS[scan.media_type]}"'
    return Response(scan.body, media_type=scan.media_type, headers={"Content-Disposition": name})


def _opened(read: Read, visit: Visit, evidence_id: UUID) -> Scan:
    try:
        scan, look = scans.show(read, visit.doors.store, evidence_id, by=by(visit), at=visit.at)
    except ConsentError:
        raise NotThere from None
    visit.looks.append(look)
    return scan
