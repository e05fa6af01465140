"""What a person sees of the log: events about themself alone, by the role that sees no others."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

from audit import naming
from audit.queries import search
from audit.queries.readers import Reader, reading_as
from audit.queries.search import Found, Wanted
from consent.queries import then
from db.engine import Read
from web.lines import LOOKS, Line
from web.lines import lines as read_lines
from web.pages.visit import NotThere, Visit
from web.pages.words import Words
from web.steward import offices

SHOWN_FOR: Final = timedelta(days=730)
"""Looks of two years are shown (ACCESS-LOG 8)."""


def pseudonyms(visit: Visit) -> tuple[str, ...]:
    """Give all the names that the person has in the logs of the time shown; nobody has none."""
    person_id = visit.signed_in.who.person_id
    years = range((visit.at - SHOWN_FOR).year, visit.at.year + 1)
    return () if person_id is None else naming.of_person(visit.doors.keyring, years, person_id)


def looks(read: Read, visit: Visit, *, limit: int, before: search.Key | None = None) -> list[Found]:
    """List looks at the person by others, the newest first."""
    wanted = Wanted(types=LOOKS, but_role="person", since=visit.at - SHOWN_FOR, before=before)
    with reading_as(read, Reader.PERSON, pseudonyms=pseudonyms(visit)):
        return search.own_events(read, wanted, limit=limit)


def event(read: Read, visit: Visit) -> Found:
    """Give the event that the address names; raises NotThere when it is about somebody else, or nobody."""
    try:
        id_ = UUID(visit.path["event"])
    except ValueError:
        raise NotThere from None
    with reading_as(read, Reader.PERSON, pseudonyms=pseudonyms(visit)):
        found = search.own_event(read, id_=id_)
    if found is None:
        raise NotThere
    return found


def lines(read: Read, visit: Visit, found: Sequence[Found]) -> list[Line]:
    """Put events into words."""
    return read_lines(found, Words(visit.language), offices.names(read, visit.language), doubted=then.doubted(read))


def person_id(visit: Visit) -> UUID:
    """Give who is signed in; raises NotThere for somebody whom no source knows."""
    found = visit.signed_in.who.person_id
    if found is None:
        raise NotThere
    return found
