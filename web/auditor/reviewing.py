"""The queue of cases: people's questions by their deadline, unusual use by rule; each is closed with an outcome and a sentence."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import Final
from uuid import UUID

from starlette.responses import Response

from audit import cases, naming
from audit.cases import Ending, Opened
from audit.events import EventType, RequestRef, Result
from audit.queries import reviews, search, unusual
from audit.queries.readers import Reader, reading_as
from audit.queries.reviews import Review
from audit.reading import entry_of
from consent.queries import then
from db.engine import Read, Transaction
from publish import correcting
from publish.correcting import Handed
from web.auditor import why
from web.lines import Line, line
from web.pages.visit import NotThere, Visit
from web.pages.words import Words
from web.steward import offices

MOST_SHOWN: Final = 100
LOOKED_BACK: Final = timedelta(days=7)
LONGEST: Final = 2_000
BY_PERSON: Final = ("dispute", "correction")
"""Cases that a person opened; all others a rule did."""


@dataclass(frozen=True, slots=True)
class Case:
    """A case with the event in question, the words of whoever opened it and of whoever closed it; ``own``: the auditor's own act.

    ``handed``: how far a request for correction has come at the source of the data.
    """

    review: Review
    line: Line | None
    said: str | None
    answer: str | None
    own: bool
    handed: Handed | None


def listed(visit: Visit) -> Response:
    """Show the queue, a page at a time, and on the first what was closed last; the look is an event."""
    with visit.doors.database.read() as read, reading_as(read, Reader.AUDITOR):
        after = _review(read, visit.query["after"]) if "after" in visit.query else None
        found = reviews.waiting(read, after=after, limit=MOST_SHOWN + 1)
        closed = reviews.closed(read, limit=MOST_SHOWN) if after is None else []
    waiting = found[:MOST_SHOWN]
    why.tell_plainly(visit, "GET /audit/reviews", count=len(waiting) + len(closed))
    return visit.page(
        "auditor/reviews.html",
        here="/audit/reviews",
        waiting=waiting,
        closed=closed,
        more=waiting[-1].review_id if len(found) > MOST_SHOWN else None,
        now=visit.at,
    )


def look(visit: Visit) -> Response:
    """Let every rule look at the last week, and open a case about each event it names that has none."""
    since = visit.at - LOOKED_BACK
    with visit.doors.database.transaction() as tx:
        with reading_as(tx, Reader.AUDITOR):
            names = unusual.names_of(tx, since=since, until=visit.at)
        for rule in unusual.RULES:
            with reading_as(tx, Reader.AUDITOR):
                found = unusual.unusual(tx, rule, since=since, until=visit.at, names=names)
            for each in found:
                _open(tx, visit, rule, each)
    return visit.to("/audit/reviews")


def case(visit: Visit) -> Response:
    """Show a case; to open its words is an event."""
    return _page(visit)


def close(visit: Visit) -> Response:
    """Close a case with an outcome and a sentence; nobody closes a case about an act of their own."""
    outcome, note = visit.form.one("outcome"), visit.form.one("note")
    errors = [] if outcome in set(Ending) else [("outcome", "no_outcome")]
    errors += [] if 0 < len(note) <= LONGEST else [("note", "no_note")]
    if errors:
        return _page(visit, errors=errors)
    with visit.doors.database.transaction() as tx:
        found = _case(tx, visit)
        if found.own or found.review.outcome is not None:
            raise NotThere
        _close(tx, visit, found.review, Ending(outcome), note)
    return visit.to("/audit/reviews")


def _page(visit: Visit, *, errors: Sequence[tuple[str, str]] = ()) -> Response:
    with visit.doors.database.read() as read:
        found, names = _case(read, visit), offices.names(read, visit.language)
    call = RequestRef(route="GET /audit/reviews/{review}", trust="page")
    visit.looked(EventType.LOG_REVEALED, request=call, ref=found.review.opening, result=Result(count=1))
    return visit.page(
        "auditor/review.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK,
        here="/audit/reviews",
        errors=visit.faults("review", errors),
        case=found,
        names=names,
        outcomes=tuple(Ending),
        chosen=visit.form.one("outcome"),
        note=visit.form.one("note"),
        now=visit.at,
    )


def _case(read: Read, visit: Visit) -> Case:
    """Find the case that the address names; raises NotThere."""
    names, doubted = offices.names(read, visit.language), then.doubted(read)
    with reading_as(read, Reader.AUDITOR):
        review = _review(read, visit.path["review"])
        row = search.event(read, id_=review.about)
        said = cases.words_of(read, review.opening)
        answer = cases.words_of(read, review.closing) if review.closing else None
    shown = None if row is None else line(row, Words(visit.language), names, doubted=doubted)
    handed = correcting.one(read, correction_id=review.review_id)
    return Case(review, shown, said, answer, own=shown is not None and _own(visit, shown), handed=handed)


def _review(read: Read, named: str) -> Review:
    """Give the case of an id, read as an auditor; raises NotThere."""
    try:
        found = reviews.review(read, review_id=UUID(named))
    except ValueError:
        raise NotThere from None
    if found is None:
        raise NotThere
    return found


def _own(visit: Visit, shown: Line) -> bool:
    """Say whether the act in question is the auditor's own."""
    year = shown.at.year
    return shown.entry.user in naming.of_user(visit.doors.keyring, (year,), visit.signed_in.who.subject)


def _open(tx: Transaction, visit: Visit, rule: str, found: unusual.Unusual) -> None:
    opened = Opened.by(rule, about=found.about, person=found.person.hex() if found.person else None, at=visit.at)
    event_id = visit.tell(tx, EventType.REVIEW_OPENED, change=opened.change, ref=found.about)
    with reading_as(tx, Reader.AUDITOR):
        reviews.open_review(tx, opened.row(event_id))


def _closing(read: Read, review: Review) -> EventType:
    """Say which event closes a case: a person is answered, what did not add up is a finding, all else a review."""
    if review.rule in BY_PERSON:
        return EventType.DISPUTE_ANSWERED
    with reading_as(read, Reader.AUDITOR):
        opening = search.event(read, id_=review.opening)
    found = opening is not None and entry_of(opening.entry).type is EventType.FINDING_OPENED
    return EventType.FINDING_CLOSED if found else EventType.REVIEW_CLOSED


def _close(tx: Transaction, visit: Visit, review: Review, outcome: Ending, note: str) -> None:
    type_ = _closing(tx, review)
    change = cases.change_of(review.review_id, {"outcome": outcome.value})
    event_id = visit.tell(tx, type_, change=change, ref=review.about, text=note)
    with reading_as(tx, Reader.AUDITOR):
        reviews.close_review(
            tx, review_id=review.review_id, outcome=outcome.value, closed_at=visit.at, closing=event_id
        )
