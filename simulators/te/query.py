"""A request to a TE list as TE reads it: the rules of DOMAIN.md 4.1, and the cursor that carries a window from page to page."""

import base64
import binascii
import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Self

from simulators.wire import Request

SMALLEST_PAGE, USUAL_PAGE, LARGEST_PAGE = 1, 100, 500
MOST_CLIENTS = 100
FEED_KEPT = timedelta(days=90)
CURSOR_KEPT = timedelta(hours=24)
KNOWN = frozenset({"tyollisyysalue", "muuttunutAlkaen", "maara", "jatko", "tyonhakijaId"})


class Refused(Exception):
    """An error of TE's own: HTTP status, its code, and a sentence."""

    def __init__(self, status: int, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.status, self.code, self.sentence = status, code, sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """Where the next page begins: its number, the end of the window, the key of the last row, and for which request."""

    page: int
    until: datetime
    after: bytes
    request: str

    def write(self) -> str:
        """Write it as the opaque `jatko`."""
        parts = [self.page, self.until.isoformat(), self.after.hex(), self.request]
        return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")

    @classmethod
    def read(cls, text: str) -> Self:
        """Take it back; Refused when it is none of ours."""
        try:
            page, until, after, request = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
            return cls(page=page, until=datetime.fromisoformat(until), after=bytes.fromhex(after), request=request)
        except (ValueError, TypeError, binascii.Error) as error:
            raise _invalid("jatko on virheellinen") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """One request, checked; `clients` empty: all of the area."""

    area: str
    since: datetime | None
    size: int
    clients: tuple[str, ...]
    cursor: Cursor | None

    @property
    def listing(self) -> str:
        """Name the list that a page belongs to: equal for equal parameters, without naming anybody."""
        said = json.dumps([self.area, str(self.since), self.size, self.clients])
        return hashlib.blake2b(said.encode(), digest_size=8).hexdigest()

    def ends(self, closing: datetime) -> datetime:
        """Give the end of the window: fixed by the first page; Refused when that was too long ago."""
        if self.since is not None and self.since < closing - FEED_KEPT:
            raise Refused(410, "VESILEIMA_LIIAN_VANHA", "Muutoksia ei ole enää tallessa näin kaukaa")
        if self.cursor is None:
            return closing
        if closing - self.cursor.until > CURSOR_KEPT:
            raise Refused(400, "JATKO_VANHENTUNUT", "Jatko on vanhentunut, aloita sivutus alusta")
        return self.cursor.until


def read(request: Request) -> Query:
    """Read and check a request against the contract; Refused names the first rule broken."""
    given: dict[str, list[str]] = {}
    for name, value in request.parameters:
        given.setdefault(name, []).append(value)
    unknown = given.keys() - KNOWN
    if unknown:
        raise _invalid("tuntematon parametri")
    if any(len(values) > 1 for name, values in given.items() if name != "tyonhakijaId"):
        raise _invalid("parametri on annettu kahdesti")
    query = Query(
        area=_area(given.get("tyollisyysalue", [""])[0]),
        since=_moment(given["muuttunutAlkaen"][0]) if "muuttunutAlkaen" in given else None,
        size=_size(given.get("maara", [str(USUAL_PAGE)])[0]),
        clients=_clients(given.get("tyonhakijaId", [])),
        cursor=Cursor.read(given["jatko"][0]) if "jatko" in given else None,
    )
    if query.cursor and query.cursor.request != query.listing:
        raise _invalid("muut parametrit ovat muuttuneet kesken sivutuksen")
    return query


def _area(text: str) -> str:
    if len(text) != 2 or not text.isdecimal():  # noqa: PLR2004 - two digits
        raise _invalid("tyollisyysalue on kaksi numeroa")
    return text


def _size(text: str) -> int:
    if not text.isdecimal() or not SMALLEST_PAGE <= int(text) <= LARGEST_PAGE:
        raise _invalid("maara on 1-500")
    return int(text)


def _clients(ids: list[str]) -> tuple[str, ...]:
    if len(ids) > MOST_CLIENTS:
        raise _invalid("tyonhakijaId saa esiintyä enintään 100 kertaa")
    return tuple(ids)


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise _invalid("muuttunutAlkaen on hetki") from error
    if moment.tzinfo is None:
        raise _invalid("muuttunutAlkaen on hetki aikavyöhykkeineen")
    return moment.astimezone(UTC)


def _invalid(sentence: str) -> Refused:
    return Refused(400, "VIRHEELLINEN_PYYNTO", f"Virheellinen pyyntö: {sentence}")
