"""How long the log is linked to people, class by class and by which law, and what has gone since: by which signed event (ACCESS-LOG 14)."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

import msgspec
from starlette.responses import Response

from audit.catalogue import EventType
from audit.queries import retention, search
from audit.queries.readers import Reader, reading_as
from audit.queries.retention import Kept
from audit.queries.search import Found, Wanted
from web.auditor import trace, why
from web.auditor.found import event_in
from web.pages.visit import NotThere, Visit

MOST_SHOWN: Final = 100
_KINDS: Final = (EventType.RETENTION_UNLINKED.value, EventType.RETENTION_PRUNED.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Class:
    """A class in force, or one that begins later; ``linked``: the years still linked, ``ends``: when the oldest of them ends."""

    kept: Kept
    later: bool
    linked: tuple[int, ...]
    ends: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """A signed event that tells what went: details of a year's class, or the events of a log from ``first`` to ``last``.

    ``done``: it went; else the keeper was stopped in between, and a later night told and did it.
    """

    event_id: UUID
    at: datetime
    log: int
    index: int
    year: int | None
    class_: str | None
    of_log: int | None
    first: int | None
    last: int | None
    done: bool


def classes(visit: Visit) -> Response:
    """Show the classes, and what has gone; the look is an event."""
    with visit.doors.database.read() as read, reading_as(read, Reader.AUDITOR):
        kept, linked = retention.kept(read, visit.at), retention.linked(read)
        done = retention.done(read)
        events = search.events(read, Wanted(types=_KINDS), limit=MOST_SHOWN)
        firsts = {log: retention.first_index(read, log) for log in retention.logs(read)}
    why.tell_plainly(visit, "GET /audit/retention", count=len(events))
    return visit.page(
        "auditor/retention.html",
        here="/audit/integrity",
        classes=[_class(each, linked, visit.at) for each in kept],
        gone=[_gone(each, done, firsts) for each in events],
    )


def download(visit: Visit) -> Response:
    """Hand out the proof of such an event; of any other there is none here."""
    with visit.doors.database.read() as read:
        row = event_in(read, visit)
        if msgspec.json.decode(row.entry)["type"] not in _KINDS:
            raise NotThere
        proof = trace.proof_of(read, row)
    why.tell_plainly(visit, "GET /audit/retention/{event}/proof", count=1, ref=row.id)
    return trace.proof_file(row, proof)


def _class(kept: Kept, linked: list[tuple[int, str]], at: datetime) -> Class:
    years = tuple(year for year, class_ in linked if class_ == kept.class_)
    ends = datetime(years[0] + kept.years + 1, 1, 1, tzinfo=UTC) if years else None
    return Class(kept=kept, later=kept.valid_from > at, linked=years, ends=ends)


def _gone(found: Found, done: frozenset[UUID], firsts: dict[int, int]) -> Gone:
    members: dict[str, Any] = msgspec.json.decode(found.entry)
    result = members["result"]
    year, _, class_ = members.get("change", {}).get("id", "").partition("/")
    of_log, last = result.get("log"), result.get("to")
    went = found.id in done if class_ else last < firsts.get(of_log, 0)
    return Gone(
        event_id=found.id,
        at=found.t,
        log=found.log,
        index=found.index,
        year=int(year) if class_ else None,
        class_=class_ or None,
        of_log=of_log,
        first=result.get("from"),
        last=last,
        done=went,
    )
