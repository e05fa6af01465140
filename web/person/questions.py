"""A question about a look that the person does not recognise, answered within 14 days; and a request to correct one's data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Final
from uuid import UUID

from starlette.responses import Response

from audit import cases
from audit.cases import Opened
from audit.events import EventType, RequestRef, RetentionClass
from audit.pseudonyms import pseudonym
from audit.queries import reviews
from audit.queries.readers import Reader, reading_as
from audit.reading import entry_of
from db.engine import Read, Transaction
from db.ids import uuid7
from publish import correcting, own_data
from publish.correcting import About, Handed
from web.pages.visit import Visit
from web.person import consents, own

DISPUTE: Final = "dispute"
CORRECTION: Final = "correction"
LONGEST: Final = 2_000
"""Characters of what a person writes."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of the person's, by when it is to be answered, and the answer once there is one.

    ``handed``: how far a request for correction has come at the source of the data.
    """

    rule: str
    about: UUID
    opened_at: datetime
    due_at: datetime | None
    outcome: str | None
    answer: str | None
    handed: Handed | None
    closed_at: datetime | None

    @property
    def closed_by_source(self) -> bool:
        """Whether what the source answered is what closed it, and nobody here answered besides."""
        return (
            self.outcome is not None
            and self.handed is not None
            and self.outcome == self.handed.outcome
            and not self.answer
        )


def asked(read: Read, visit: Visit) -> list[Asked]:
    """List what the person has asked, the newest first."""
    names = own.pseudonyms(read, visit)
    if not names:
        return []
    with reading_as(read, Reader.PERSON, pseudonyms=names):
        found = reviews.own_reviews(read)
    handed = correcting.of_person(read, person_id=own.person_id(visit))
    with reading_as(read, Reader.AUDITOR):
        answers = {each.closing: cases.words_of(read, each.closing) for each in found if each.closing}
    return [
        Asked(
            each.rule,
            each.about,
            each.opened_at,
            each.due_at,
            each.outcome,
            answers.get(each.closing) if each.closing else None,
            handed.get(each.review_id),
            each.closed_at,
        )
        for each in found
    ]


def ask(visit: Visit) -> Response:
    """Ask what the person does not recognise."""
    return _dispute(visit)


def dispute(visit: Visit) -> Response:
    """Open a case about a look; once about each."""
    words = visit.form.one("words")
    if len(words) > LONGEST:
        return _dispute(visit, errors=[("words", "too_long")])
    with visit.doors.database.transaction() as tx:
        found = own.event(tx, visit)
        name = entry_of(found.entry).person or _name(visit)
        _open(tx, visit, DISPUTE, about=found.id, person=name, words=words)
    return visit.to(f"/me/log/{found.id}")


def correction(visit: Visit) -> Response:
    """Ask what is wrong in the data; to be told which there are is a look."""
    return _correction(visit)


def correct(visit: Visit) -> Response:
    """Open a case for a correction; where the person says which data, it is handed on to whoever answers for them."""
    words, data = visit.form.one("words"), visit.form.one("data")
    with visit.doors.database.read() as read:
        about = _held(read, visit).get(data)
    errors = [("data", "no_data")] if data and about is None else []
    errors += [] if 0 < len(words) <= LONGEST else [("words", "no_words")]
    if errors:
        return _correction(visit, errors=errors)
    with visit.doors.database.transaction() as tx:
        case = _open(tx, visit, CORRECTION, about=uuid7(visit.at), person=_name(visit), words=words)
        if about is not None:
            whose = own.person_id(visit)
            correcting.hand_on(tx, about, correction_id=case, person_id=whose, words=words, at=visit.at)
    return visit.to("/me/requests")


def _held(read: Read, visit: Visit) -> Mapping[str, About]:
    """Name the kinds of data that are held about the person, each under a key for the form."""
    held = own_data.kinds(read, person_id=own.person_id(visit))
    return {f"{each.category}/{each.controller}": each for each in held}


def _open(tx: Transaction, visit: Visit, rule: str, *, about: UUID, person: str | None, words: str) -> UUID:
    """Open a case, and return its id."""
    opened = Opened.by(rule, about=about, person=person, at=visit.at, answered_within=cases.ANSWER_WITHIN)
    event_id = visit.tell(
        tx,
        EventType.DISPUTE_OPENED,
        person_id=own.person_id(visit),
        change=opened.change,
        ref=about,
        text=words or None,
    )
    with reading_as(tx, Reader.AUDITOR):
        reviews.open_review(tx, opened.row(event_id))
    return opened.review_id


def _name(visit: Visit) -> str:
    """Name the person where no event does: in a correction, and about a page of the feed, which names nobody."""
    return pseudonym(visit.doors.keyring, visit.at.year, RetentionClass.ADMIN, "person", str(own.person_id(visit)))


def _dispute(visit: Visit, *, errors: Sequence[tuple[str, str]] = ()) -> Response:
    with visit.doors.database.read() as read:
        found = own.event(read, visit)
        (line,) = own.lines(read, visit, [found])
    return visit.page(
        "person/my_question.html",
        status=_status(errors),
        here="/me/log",
        line=line,
        errors=visit.faults("my_question", errors),
        words_said=visit.form.one("words"),
    )


def _correction(visit: Visit, *, errors: Sequence[tuple[str, str]] = ()) -> Response:
    with visit.doors.database.read() as read:
        held, names = _held(read, visit), consents.names(read, visit.language)
    call = RequestRef(route="GET /me/correction", trust="page")
    visit.looked(EventType.PERSON_VIEWED, person_id=own.person_id(visit), request=call)
    return visit.page(
        "person/my_correction.html",
        held=held,
        names=names,
        data_said=visit.form.one("data"),
        status=_status(errors),
        here="/me/data",
        errors=visit.faults("my_correction", errors),
        words_said=visit.form.one("words"),
    )


def _status(errors: Sequence[tuple[str, str]]) -> HTTPStatus:
    return HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK
