"""The request HaeEtuudet as Kela reads it: the rules of DOMAIN.md 5.1, and the cursor that carries a window from page to page."""

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from simulators import soap

NAMESPACE = "urn:luukku:kela:etuustiedot:1"
OPERATION = "HaeEtuudet"
PURPOSES = frozenset({"TYM-381-2023", "TYO-380-2023", "KUNTAOSUUS"})
LARGEST_PAGE = 500
MOST_PEOPLE = 500
FEED_KEPT = timedelta(days=90)


class Refused(Exception):
    """A Fault of Kela's own: its code's local name, the code in the detail, and a sentence."""

    def __init__(self, local: str, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.local = local
        self.code = code
        self.sentence = sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """Where the next page begins, and the end of the window fixed by the first page."""

    position: int
    until: datetime

    def write(self) -> str:
        """Give it as opaque text."""
        return base64.urlsafe_b64encode(json.dumps([self.position, self.until.isoformat()]).encode()).decode()

    @classmethod
    def read(cls, text: str) -> Self:
        """Take it back; Refused when it is none of ours."""
        try:
            position, until = json.loads(base64.urlsafe_b64decode(text.encode()))
            return cls(position=int(position), until=datetime.fromisoformat(until))
        except (ValueError, TypeError, binascii.Error) as error:
            raise _invalid("jatko ei ole voimassa") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """One request, checked; `people` empty: all with open job search in the area."""

    area: str
    purpose: str
    since: datetime | None
    people: tuple[str, ...]
    size: int
    cursor: Cursor | None

    @property
    def listing(self) -> str:
        """Name the list that this page belongs to, without any identity code."""
        return f"{self.area} {self.since} {len(self.people)}"


def read(message: soap.Message, closing: datetime) -> Query:
    """Read and check a request against the contract; Refused names the first rule broken."""
    if message.operations[0] != soap.Name(NAMESPACE, OPERATION):
        raise _invalid("tuntematon sanoma")
    since, cursor = _one(message, "muuttunutAlkaen", needed=False), _one(message, "sivu/jatko", needed=False)
    query = Query(
        area=_one(message, "tyollisyysalue"),
        purpose=_one(message, "tarkoitus"),
        since=_moment(since) if since else None,
        people=tuple(message.texts(f"{OPERATION}/kysely/henkilot/henkilotunnus")),
        size=_size(_one(message, "sivu/koko")),
        cursor=Cursor.read(cursor) if cursor else None,
    )
    _check(query, closing)
    return query


def _one(message: soap.Message, name: str, *, needed: bool = True) -> str:
    found = message.texts(f"{OPERATION}/kysely/{name}")
    if len(found) > 1 or (needed and not found):
        raise _invalid(f"{name} puuttuu tai toistuu")
    return found[0] if found else ""


def _check(query: Query, closing: datetime) -> None:
    if len(query.area) != 2 or not query.area.isdecimal():  # noqa: PLR2004 - two digits
        raise _invalid("tyollisyysalue on kaksi numeroa")
    if query.purpose not in PURPOSES:
        raise _invalid("tuntematon tarkoitus")
    if len(query.people) > MOST_PEOPLE:
        raise Refused("LiianSuuriEra", "LIIAN_SUURI_ERA", "Kyselyssä on liikaa henkilöitä")
    if query.since and query.since < closing - FEED_KEPT:
        raise Refused("VesileimaLiianVanha", "VESILEIMA_LIIAN_VANHA", "Muutoksia ei ole enää tallessa näin kaukaa")


def _size(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise _invalid("sivun koko on vähintään yksi")
    if int(text) > LARGEST_PAGE:
        raise Refused("LiianSuuriEra", "LIIAN_SUURI_ERA", "Sivu on liian suuri")
    return int(text)


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise _invalid("muuttunutAlkaen ei ole aikaleima") from error
    if moment.tzinfo is None:
        raise _invalid("muuttunutAlkaen on ilman aikavyöhykettä")
    return moment


def _invalid(sentence: str) -> Refused:
    return Refused("VirheellinenPyynto", "VIRHEELLINEN_PYYNTO", f"Virheellinen pyyntö: {sentence}")
