"""What a person sees of the log: events about themself alone, by the role that sees no others."""

from collections.abc import Sequence
from uuid import UUID

from audit.queries.search import Found, Key
from consent.queries import then
from db.engine import Read
from publish import looked
from web.lines import Line
from web.lines import lines as read_lines
from web.pages.visit import NotThere, Visit
from web.pages.words import Words
from web.steward import offices


def pseudonyms(read: Read, visit: Visit) -> tuple[str, ...]:
    """Give all the names that the person has in the logs of the time shown; nobody has none."""
    who = visit.signed_in.who.person_id
    return () if who is None else looked.pseudonyms(read, who, at=visit.at)


def looks(read: Read, visit: Visit, *, limit: int, before: Key | None = None) -> list[Found]:
    """List looks at the person by others, the newest first."""
    who = visit.signed_in.who.person_id
    return [] if who is None else looked.newest(read, who, at=visit.at, limit=limit, before=before)


def striking(read: Read, visit: Visit, *, limit: int) -> list[Found]:
    """List what the person is told of at once; nobody knows of a person whom no source knows."""
    who = visit.signed_in.who.person_id
    return [] if who is None else looked.striking(read, who, at=visit.at, limit=limit)


def older_looks(read: Read, visit: Visit, *, limit: int, before: Key | None = None) -> list[Found]:
    """List those older than two years, the newest first."""
    return looked.older(read, person_id(visit), at=visit.at, limit=limit, before=before)


def event(read: Read, visit: Visit) -> Found:
    """Give the event that the address names; raises NotThere when it is about somebody else, or nobody."""
    try:
        id_ = UUID(visit.path["event"])
    except ValueError:
        raise NotThere from None
    found = looked.one(read, person_id(visit), id_=id_, at=visit.at)
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
