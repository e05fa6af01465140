"""Who has looked at a person, as the person is told: events about them by others, and the feed pages that told of them (ACCESS-LOG 8)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from audit import naming, told
from audit.looks import LOOKS
from audit.queries import own, pages, search
from audit.queries.own import Span
from audit.queries.pages import Told
from audit.queries.readers import Reader, reading_as
from audit.queries.search import Found, Key, Wanted
from db.engine import Read
from publish.queries import feed

SHOWN_FOR: Final = timedelta(days=730)
"""Looks of two years are shown."""
STRIKING_FOR: Final = timedelta(days=30)
KEPT_FOR: Final = timedelta(days=13 * 366)
"""Older ones to whom says why, as far back as the longest class of the log is kept (ACCESS-LOG 14)."""
BUT_ROLE: Final = "person"
"""What people do with their own data does not fill their lists."""
LONGEST_CHANGE: Final = timedelta(minutes=1)
"""So long after an entry was replaced by a newer one a page may still have told of it: the replacing was not committed yet."""


def pseudonyms(read: Read, person_id: UUID, *, at: datetime, shown_for: timedelta = SHOWN_FOR) -> tuple[str, ...]:
    """Give all the names that the person has in the logs of the time shown."""
    years = range((at - shown_for).year, at.year + 1)
    return naming.open_of_person(read.keyring, years, person_id)


def newest(read: Read, person_id: UUID, *, at: datetime, limit: int, before: Key | None = None) -> list[Found]:
    """List looks, the newest first, behind where a list ended."""
    return _looks(read, person_id, at=at, shown_for=SHOWN_FOR, before=before, limit=limit)


def older(read: Read, person_id: UUID, *, at: datetime, limit: int, before: Key | None = None) -> list[Found]:
    """List those that are too old to be shown unasked, the newest first."""
    before = before or Key(at - SHOWN_FOR, 0)
    return _looks(read, person_id, at=at, shown_for=KEPT_FOR, before=before, limit=limit)


def _looks(
    read: Read, person_id: UUID, *, at: datetime, shown_for: timedelta, before: Key | None, limit: int
) -> list[Found]:
    since, telling = at - shown_for, telling_of(read, person_id)
    wanted = Wanted(types=LOOKS, but_role=BUT_ROLE, since=since, before=before)
    with reading_as(read, Reader.PERSON, pseudonyms=pseudonyms(read, person_id, at=at, shown_for=shown_for)):
        events = search.own_events(read, wanted, limit=limit)
        found = pages.newest(read, telling, since=since, before=before, limit=limit)
    return sorted((*events, *found), key=lambda each: (each.t, each.index), reverse=True)[:limit]


def striking(read: Read, person_id: UUID, *, at: datetime, limit: int) -> list[Found]:
    """List what the person is told of at once, on their first page for a month: emergencies, and who saw their data for the first time."""
    with reading_as(read, Reader.PERSON, pseudonyms=pseudonyms(read, person_id, at=at, shown_for=KEPT_FOR)):
        return own.striking(read, since=at - STRIKING_FOR, limit=limit)


def one(read: Read, person_id: UUID, *, id_: UUID, at: datetime) -> Found | None:
    """Give one event about the person, however old, or one page that told of them; None for any other."""
    telling = telling_of(read, person_id)
    with reading_as(read, Reader.PERSON, pseudonyms=pseudonyms(read, person_id, at=at, shown_for=KEPT_FOR)):
        found = search.own_event(read, id_=id_)
        told_of = pages.newest(read, telling & {id_}, since=at - KEPT_FOR, before=None, limit=1)
    return found or next(iter(told_of), None)


def counted(
    read: Read, person_id: UUID, *, since: datetime, until: datetime, at: datetime, offset: int, limit: int
) -> tuple[int, Sequence[Found]]:
    """Count the looks sealed in ``[since, until)``, and list some of them, the last sealed first."""
    span = Span(types=LOOKS, pages=telling_of(read, person_id), but_role=BUT_ROLE, since=since, until=until)
    with reading_as(read, Reader.PERSON, pseudonyms=pseudonyms(read, person_id, at=at)):
        return own.count(read, span), own.listed(read, span, offset=offset, limit=limit)


def telling_of(read: Read, person_id: UUID) -> frozenset[UUID]:
    """Name the feed pages (by their events' ids) that told of a person, whenever."""
    return told.telling(read, [_stood(entry) for entry in feed.entries_about(read, person_id=person_id)])


def people_on(read: Read, page: Found) -> list[UUID]:
    """List the people of whom a feed page told, in the page's order."""
    of = told.spanned(read, page)
    found = feed.told_on(read, recipient=of.recipient, first=of.first, last=of.last, at=page.t - LONGEST_CHANGE)
    return [person_id for seq, person_id in found if of.chosen is None or seq in of.chosen]


def _stood(entry: Told) -> Told:
    return entry._replace(until=entry.until and entry.until + LONGEST_CHANGE)
