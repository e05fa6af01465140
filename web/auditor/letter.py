"""The daily letter to a municipality: the log's sizes, roots and witnesses, the findings, and its own counts, to keep outside of Luukku.

What an office keeps of these letters shows later whether the log was rewritten behind its back (ACCESS-LOG 11, 7).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from starlette.responses import Response

from audit.catalogue import EventType
from audit.checkpoint import Checkpoint, parted, to_base64
from audit.events import RequestRef, Result
from audit.queries import letters, witnessing
from audit.queries.readers import Reader, reading_as
from audit.words import TYPES
from db.engine import Read
from web.pages.languages import HELSINKI
from web.pages.texts import Texts
from web.pages.visit import NotThere, Visit
from web.pages.words import Words
from web.steward import offices

ROUTE: Final = "GET /letters/{day}"
TYPE: Final = "text/plain; charset=utf-8"
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Day:
    """A day in Helsinki, half-open."""

    since: datetime
    until: datetime

    @classmethod
    def of(cls, visit: Visit) -> "Day":
        """Read the day that the address names: one that is over; raises NotThere."""
        named = visit.path["day"]
        today = visit.at.astimezone(HELSINKI).date()
        try:
            day = today - _DAY if named == "yesterday" else date.fromisoformat(named)
        except ValueError:
            raise NotThere from None
        if day >= today:
            raise NotThere
        return cls(*(datetime.combine(each, time(), HELSINKI) for each in (day, day + _DAY)))


def letter(visit: Visit) -> Response:
    """Hand out the letter of a day to a steward of the office; to fetch it is an event."""
    day = Day.of(visit)
    with visit.doors.database.read() as read:
        name = offices.names(read, visit.language).get(visit.office, visit.office)
        with reading_as(read, Reader.AUDITOR):
            said = "\n".join((*_head(visit, name, day), *_log(read, visit, day), *_own(read, visit, day), ""))
    call = RequestRef(route=ROUTE, trust="page", params={"day": day.since.date().isoformat()})
    visit.looked(EventType.LOG_READ, request=call, result=Result(count=1, body=said.encode()))
    file = f'attachment; filename="luukku-{visit.office}-{day.since.date()}.txt"'
    return Response(said, media_type=TYPE, headers={"Content-Disposition": file})


def _head(visit: Visit, name: str, day: Day) -> Iterator[str]:
    t = Texts("letter", visit.language)
    yield t("title", office=name, id=visit.office)
    yield t("day", day=day.since.date().isoformat())


def _log(read: Read, visit: Visit, day: Day) -> Iterator[str]:
    """Tell of the log: the notes stand whole, to be compared with later ones by ``./luukku verify consistency``."""
    t = Texts("letter", visit.language)
    found = letters.findings(read, since=day.since, until=day.until)
    yield t("findings", opened=found.get("finding.opened", 0), closed=found.get("finding.closed", 0))
    for each in letters.checkpoints(read, until=day.until):
        root = to_base64(Checkpoint.parse(parted(each.note)[0]).root)
        yield ""
        yield t("log", log=each.log, size=each.size, root=root, witnesses=each.witnesses)
        yield each.note + "".join(f"{line}\n" for line in witnessing.lines(read, each.log, each.size))


def _own(read: Read, visit: Visit, day: Day) -> Iterator[str]:
    t, words = Texts("letter", visit.language), Words(visit.language)
    counts = letters.own_counts(read, org=visit.office, since=day.since, until=day.until)
    yield t("own") if counts else t("nothing")
    for type_, outcome, count in counts:
        yield f"- {words.of(TYPES[EventType(type_)])}, {t('outcome_' + outcome)}: {count}"
