"""The laws that give a right to data without a consent, for everybody, each unconfirmed reading marked as such (AMENDMENTS 23)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final
from uuid import UUID

from starlette.responses import Response

from consent.model import Statute
from consent.queries import then
from consent.queries.register import register
from db.engine import Read
from publish import recipients
from schemas.vocabulary import PartyKind, Text
from web.pages.visit import Visit
from web.register import Open, State, opened
from web.steward import offices

HERE: Final = "/statutes"


@dataclass(frozen=True, slots=True)
class Law:
    """A rule of law: its versions, the newest first, each with its words."""

    key: str
    versions: Sequence[tuple[Open, Text]]

    @property
    def now(self) -> Open:
        """The version to read: the one in force, else the newest."""
        return self._now[0]

    @property
    def text(self) -> Text:
        """Its words."""
        return self._now[1]

    @property
    def _now(self) -> tuple[Open, Text]:
        return next((each for each in self.versions if each[0].state is State.HOLDS), self.versions[0])


def listed(visit: Visit) -> Response:
    """List the rules of law, those in force first, and who each lets receive."""
    with visit.doors.database.read() as read:
        found = sorted(_laws(read, visit), key=lambda law: list(State).index(law.now.state))
        names = offices.names(read, visit.language)
        receivers = _receivers(read, names)
    return visit.page("public/statutes.html", here=HERE, found=found, names=names, receivers=receivers)


def _laws(read: Read, visit: Visit) -> Iterator[Law]:
    texts = then.statute_texts(read)
    for (key, _), versions in groupby(sorted(_open(read, visit), key=_place), key=lambda each: _place(each)[:2]):
        yield Law(key, [(each, texts[_number(each)]) for each in versions][::-1])


def _open(read: Read, visit: Visit) -> list[Open]:
    return opened(register(read).statutes, visit.at)


def _place(each: Open) -> tuple[str, UUID, int]:
    assert isinstance(each.rule, Statute)
    return each.rule.key, each.rule.statute_id, each.rule.version


def _number(each: Open) -> tuple[UUID, int]:
    return _place(each)[1:]


def _receivers(read: Read, names: Mapping[str, str]) -> Mapping[PartyKind, Sequence[str]]:
    """Name the active recipients of each kind, in the order of their names."""
    kinds, active = register(read).parties, recipients.granted(read)
    return {
        kind: sorted((party for party in active if kinds.get(party) is kind), key=lambda party: names[party])
        for kind in PartyKind
    }
