"""Who may see what of the person today and on what ground, and what one recipient would be shown: the gate's own answer (PAGES.md 5)."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

from starlette.responses import Response

from audit.events import EventType, RequestRef
from db.engine import Read, Transaction
from publish import recipients
from publish.answer import Shown
from publish.seen import seen
from schemas.vocabulary import Purpose
from web.pages.visit import NotThere, Visit
from web.person import consents, fields
from web.person.myself import Myself, myself
from web.steward import offices
from web.steward.coverage import coverage

HERE: Final = "/me/seen-by"
ROUTE: Final = "GET /me/seen-by"


@dataclass(frozen=True, slots=True)
class Readers:
    """The purposes for which anybody may ask about a person, the one looked at, and who may ask for it."""

    mine: Myself
    purposes: tuple[Purpose, ...]
    purpose: Purpose
    recipients: tuple[str, ...]

    @property
    def protected(self) -> bool:
        """Whether turvakielto keeps the person's data to their named coach, on that coach's own page."""
        people = (facts.person for facts in self.mine.facts.values())
        return any(during.holds(self.mine.at) for person in people if person for during in person.protected)


@dataclass(frozen=True, slots=True)
class OneSection:
    """A section as a recipient would get it, its rows parsed."""

    shown: Shown
    rows: Sequence[Any]


def page(visit: Visit) -> Response:
    """Show the picture, or with ``recipient`` what that one would be shown; somebody whom no source knows is seen by nobody."""
    if visit.signed_in.who.person_id is None:
        return visit.page("person/seen_by.html", here=HERE, picture=None, readers=None, names={})
    return _one(visit) if "recipient" in visit.query else _picture(visit)


def _picture(visit: Visit) -> Response:
    with visit.doors.database.transaction() as tx:
        readers = _readers(tx, visit)
        _tell(visit, tx, readers)
        counties = offices.counties_around(tx, readers.mine.facts)
        names = consents.names(tx, visit.language)
    picture = coverage(_asking(readers), readers.purpose, counties) if readers.recipients else None
    return visit.page("person/seen_by.html", here=HERE, picture=picture, readers=readers, names=names)


def _one(visit: Visit) -> Response:
    """Show what one recipient would be shown; raises NotThere for one that has nothing to do with the person."""
    recipient = visit.query["recipient"]
    with visit.doors.database.transaction() as tx:
        readers = _readers(tx, visit)
        if recipient not in readers.recipients:
            raise NotThere
        _tell(visit, tx, readers, recipient=recipient)
        names = consents.names(tx, visit.language)
    mine = readers.mine
    with visit.doors.database.read(snapshot=True) as read:
        found = seen(read, person_id=mine.person_id, recipient=recipient, purpose=readers.purpose, at=mine.at)
    return visit.page(
        "person/seen_by_one.html",
        here=HERE,
        recipient=recipient,
        readers=readers,
        sections=[OneSection(each, json.loads(each.text)) for each in found],
        names=names,
        pairs=partial(fields.pairs, language=visit.language),
    )


def _readers(read: Read, visit: Visit) -> Readers:
    """Find who may ask; a purpose that nobody near the person is granted is not among those to choose."""
    mine, granted = myself(read, visit), recipients.granted(read)
    asked = {each: granted.get(each, frozenset()) for each in mine.facts}
    purposes = tuple(each for each in Purpose if each.needs and any(each in of for of in asked.values()))
    purpose = next((each for each in purposes if each == visit.query.get("purpose")), next(iter(purposes), Purpose.TYO))
    return Readers(mine, purposes, purpose, tuple(each for each, of in asked.items() if purpose in of))


def _asking(readers: Readers) -> Myself:
    """Leave those of the facts that are about who may ask."""
    return replace(readers.mine, facts={each: readers.mine.facts[each] for each in readers.recipients})


def _tell(visit: Visit, tx: Transaction, readers: Readers, **asked: object) -> None:
    """Record that the person looked: a look of their own, no disclosure to the recipient."""
    call = RequestRef(route=ROUTE, trust="page", params={"purpose": readers.purpose.value, **asked})
    visit.tell(tx, EventType.PERSON_VIEWED, person_id=readers.mine.person_id, request=call)
