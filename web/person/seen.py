"""Who may see what of the person today and on what ground, and what one recipient would be shown: the gate's own answer (PAGES.md 5)."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

from starlette.responses import Response

from audit.events import EventType, RequestRef
from consent.queries import life
from db.engine import Read
from publish import recipients
from publish.answer import Shown
from publish.seen import seen
from schemas.vocabulary import Purpose
from web.pages.visit import NotThere, Visit
from web.person import consents, fields
from web.person.myself import Myself, myself
from web.steward import offices
from web.steward.coverage import Coverage, Kind, coverage

HERE: Final = "/me/seen-by"
ROUTE: Final = "GET /me/seen-by"
_SEEN: Final = frozenset({Kind.LAW, Kind.GIVEN, Kind.SOON})


@dataclass(frozen=True, slots=True)
class Readers:
    """The person, and for which purposes each recipient that deals with them may ask."""

    mine: Myself
    granted: Mapping[str, frozenset[str]]

    @property
    def purposes(self) -> tuple[Purpose, ...]:
        """The purposes to choose from: one that nobody near the person is granted is not among them."""
        granted = frozenset().union(*self.granted.values())
        return tuple(purpose for purpose in Purpose if purpose.needs and purpose in granted)

    def asking(self, purpose: Purpose) -> Myself:
        """Leave those of the facts that are about who may ask for a purpose."""
        facts = {each: facts for each, facts in self.mine.facts.items() if purpose in self.granted[each]}
        return replace(self.mine, facts=facts)

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
    """Show the picture for the purpose asked, else for the first for which anybody may see anything."""
    with visit.doors.database.read() as read:
        readers = _readers(read, visit)
        counties = offices.counties_around(read, readers.mine.facts)
        said = life.acts(read, person_id=readers.mine.person_id)
        names = consents.names(read, visit.language)
    pictures = [coverage(readers.asking(each), each, counties, said) for each in readers.purposes]
    picture = _first(pictures, visit.query.get("purpose"))
    _tell(visit, readers, **({"purpose": picture.purpose.value} if picture else {}))
    return visit.page("person/seen_by.html", here=HERE, picture=picture, readers=readers, names=names)


def _first(pictures: Sequence[Coverage], purpose: str | None) -> Coverage | None:
    """Pick the picture asked for, else the first that shows something seen, else the first."""
    asked = [each for each in pictures if each.purpose == purpose]
    telling = [each for each in pictures if not _SEEN.isdisjoint(_kinds(each))]
    return next(iter((*asked, *telling, *pictures)), None)


def _kinds(picture: Coverage) -> set[Kind]:
    return {cell.kind for rows in picture.rows.values() for row in rows for cell in row.cells}


def _one(visit: Visit) -> Response:
    """Show what one recipient would be shown; raises NotThere for one that may not ask about the person for that purpose."""
    recipient, wanted = visit.query["recipient"], visit.query.get("purpose")
    with visit.doors.database.read() as read:
        readers = _readers(read, visit)
        purpose = next((each for each in readers.purposes if each == wanted), None)
        if purpose is None or recipient not in readers.asking(purpose).facts:
            raise NotThere
        names = consents.names(read, visit.language)
    _tell(visit, readers, recipient=recipient, purpose=purpose.value)
    mine = readers.mine
    with visit.doors.database.read(snapshot=True) as read:
        found = seen(read, person_id=mine.person_id, recipient=recipient, purpose=purpose, at=mine.at)
    return visit.page(
        "person/seen_by_one.html",
        here=HERE,
        recipient=recipient,
        purpose=purpose,
        at=mine.at,
        sections=[OneSection(each, json.loads(each.text)) for each in found],
        names=names,
        pairs=partial(fields.pairs, language=visit.language),
    )


def _readers(read: Read, visit: Visit) -> Readers:
    mine, granted = myself(read, visit), recipients.granted(read)
    return Readers(mine, {each: granted.get(each, frozenset()) for each in mine.facts})


def _tell(visit: Visit, readers: Readers, **asked: object) -> None:
    """Have it sealed that the person looked: a look of their own, no disclosure to the recipient."""
    call = RequestRef(route=ROUTE, trust="page", params=asked or None)
    visit.looked(EventType.PERSON_VIEWED, person_id=readers.mine.person_id, request=call)
