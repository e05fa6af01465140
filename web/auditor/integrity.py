"""Whether the log can be trusted: its newest checkpoint, the witnesses, when it was last verified, and what was found."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from starlette.responses import Response

from audit import proving, witnessing
from audit.catalogue import EventType
from audit.checkpoint import Checkpoint, parted, to_base64
from audit.queries import reviews, search, sequence, verification
from audit.queries.readers import Reader, reading_as
from audit.queries.search import Found, Wanted
from audit.reading import entry_of
from db.engine import Read
from web.auditor import why
from web.pages.visit import NotThere, Visit

MOST_FINDINGS: Final = 20
_KINDS: Final = (EventType.FINDING_OPENED.value, EventType.FINDING_CLOSED.value)


@dataclass(frozen=True, slots=True)
class Verified:
    """When the log was verified, and whether all of it held."""

    at: datetime
    good: bool


def integrity(visit: Visit) -> Response:
    """Show how the log stands; the look is an event."""
    with visit.doors.database.read() as read, reading_as(read, Reader.AUDITOR):
        newest = sequence.newest_checkpoint(read)
        note = "" if newest is None else proving.newest_note(read, newest.log)
        standing = witnessing.standing(read, visit.doors.witnesses)
        verified = _last(read, EventType.LOG_VERIFIED)
        findings = search.events(read, Wanted(types=_KINDS), limit=MOST_FINDINGS)
        cases = reviews.told_by(read, [each.id for each in findings])
    why.tell_plainly(visit, "GET /audit/integrity", count=len(findings))
    return visit.page(
        "auditor/integrity.html",
        here="/audit/integrity",
        newest=newest,
        root=to_base64(Checkpoint.parse(parted(note)[0]).root) if note else "",
        note=note,
        standing=standing,
        verified=verified,
        findings=[(entry_of(each.entry), cases.get(each.id)) for each in findings],
    )


def checkpoint(visit: Visit) -> Response:
    """Hand out a year's newest checkpoint with its witnesses' lines, to compare with later ones."""
    with visit.doors.database.read() as read, reading_as(read, Reader.AUDITOR):
        year = visit.path["year"]
        if not year.isdecimal() or int(year) not in verification.logs(read):
            raise NotThere
        note = proving.newest_note(read, int(year))
    name = f'attachment; filename="luukku-{year}-{proving.size_of(note)}.checkpoint"'
    return Response(note, media_type="text/plain; charset=utf-8", headers={"Content-Disposition": name})


def _last(read: Read, type_: EventType) -> Verified | None:
    found: list[Found] = search.events(read, Wanted(types=(type_.value,)), limit=1)
    return Verified(found[0].t, entry_of(found[0].entry).outcome == "ok") if found else None
