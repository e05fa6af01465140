"""One decision over HTTP measured: a municipal system reads one category of one person, over a connection, from the API as it is served.

A call is decided, sealed in the log and answered; its token is bound by DPoP and each call brings a fresh proof, made before the clock.
"""

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from http.client import HTTPConnection
from itertools import cycle, islice
from statistics import median
from time import perf_counter
from typing import Any, Final, Self
from urllib.parse import urlsplit

import httpx

from bench.consent.granting import CATEGORY, granted
from bench.consent.people import id_of
from bench.consent.town import CONTROLLERS, RECIPIENT, registered
from bench.measure import Work
from db.clock import now
from db.copy import copy_rows
from db.engine import Login, Transaction
from db.environment import from_environ
from publish.references import Prefix, spell
from publish.refresh.visible import digest
from schemas.vocabulary import Purpose
from simulators.municipality import Key, Municipality

TEXT: Final = '[{"benefit":"TTTUKI","received":"2026-05-20","decided":null}]'
SECTION: Final = ("person_id", "category", "controller", "body", "digest", "records", "published_at")
SYSTEMS: Final = 36
"""Each may make 600 calls a minute; those of a caller call in turn over its one connection."""
A_TOKEN: Final = 50
"""Calls with one access token, which lasts five minutes: on a slow machine too, none outlives it."""
WARM_UP: Final = 100
PERCENTILE: Final = 0.99


class Unexpected(RuntimeError):
    """An answer is neither the view nor the one refusal."""


@dataclass(slots=True)
class Timed:
    """One connection of the standard library's client, whose calls are timed from sending to the whole answer, in seconds.

    A call through httpx takes half a millisecond more, all of it the client's own.
    """

    base: str
    line: HTTPConnection
    always: Mapping[str, str]
    taken: list[float] = field(default_factory=list)

    @classmethod
    def to(cls, base: str, always: Mapping[str, str] | None = None) -> Self:
        """Hold a connection to an API, and send some headers with each call."""
        return cls(base, HTTPConnection(str(urlsplit(base).hostname), urlsplit(base).port), always or {})

    def post(self, url: str, **given: Any) -> httpx.Response:
        """Send a form; a token is not timed."""
        return httpx.post(url, **given)

    def request(self, method: str, url: str, *, headers: Mapping[str, str], **_: object) -> httpx.Response:
        """Send a call without a body, and keep how long it took."""
        path = url.removeprefix(self.base)
        began = perf_counter()
        self.line.request(method, path, headers={**headers, **self.always})
        answer = self.line.getresponse()
        content = answer.read()
        self.taken.append(perf_counter() - began)
        return httpx.Response(answer.status, headers=answer.getheaders(), content=content)


def prepared(values: Mapping[str, str], people: int) -> Work:
    """Register the systems, publish one section of each of the first so many people, and let most of them consent.

    As many more people are known by a reference, and nothing is held of them. Gives the systems' keys.
    """
    environment = from_environ(values)

    def work() -> dict[str, Any]:
        keys = {f"sln-{number}": Key.make() for number in range(SYSTEMS)}
        with environment.database(Login.OWNER, pool_size=1) as database, database.transaction() as tx:
            for system, key in keys.items():
                registered(tx, system=system, jwk=key.registered())
            _publish(tx, people)
        with environment.database(Login.WEB, pool_size=1) as database:
            granted(database, people)
        return {"keys": {system: key.jwk for system, key in keys.items()}}

    return work


def _publish(tx: Transaction, people: int) -> None:
    ids = [id_of(1, number) for number in range(people)]
    rows = ((each, CATEGORY, CONTROLLERS[CATEGORY.source], TEXT, digest(TEXT), ["1"], now()) for each in ids)
    copy_rows(tx, "publish.section", SECTION, rows)
    names = ((RECIPIENT, id_of(1, number), id_of(4, number)) for number in range(2 * people))
    copy_rows(tx, "publish.person_ref", ("recipient", "person_id", "ref"), names)


def called(base: str, keys: Mapping[str, Mapping[str, str]], people: int, calls: int) -> Work:
    """Read one category of one person after the other."""

    def work() -> dict[str, Any]:
        http = Timed.to(base)
        with closing(http.line):
            desks = desks_of(base, keys, http)
            _asked(desks, people, WARM_UP)
            http.taken.clear()
            given = _asked(desks, people, calls)
        return {"given": given, "taken": http.taken}

    return work


def desks_of(base: str, keys: Mapping[str, Mapping[str, str]], http: Timed) -> list[Municipality]:
    """Sit down at the desk of each system; they share a connection."""
    return [
        Municipality(base=base, client_id=system, assertion_key=Key(dict(jwk)), user="w-1", http=http)  # type: ignore[arg-type] # all that it calls is there
        for system, jwk in keys.items()
    ]


def shared(keys: Mapping[str, Any], callers: int) -> list[dict[str, Any]]:
    """Give each caller systems of its own, as many as the others."""
    return [dict(islice(keys.items(), caller, None, callers)) for caller in range(callers)]


def figures(callers: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Put together what callers found who called at the same time: how many calls, and how long they took."""
    taken = sorted(seconds for each in callers for seconds in each["taken"])
    given = sum(each["given"] for each in callers)
    return {"callers": len(callers), "calls": len(taken), "given": given, "withheld": len(taken) - given} | in_ms(taken)


def _asked(desks: Sequence[Municipality], people: int, calls: int) -> int:
    """Call in turn, and count the views that were given."""
    given = 0
    for number, desk in zip(range(calls), cycle(desks), strict=False):
        if number % (len(desks) * A_TOKEN) < len(desks):
            desk.forget_token()
        given += read_view(desk, number % people, case=number).status_code == httpx.codes.OK
    return given


def read_view(desk: Municipality, person: int, *, case: int) -> httpx.Response:
    """Read one category of the person of that number; raises Unexpected for what is neither the view nor the one refusal."""
    ref = spell(Prefix.PERSON, id_of(4, person))
    path = f"/v1/people/{ref}/support-view?categories={CATEGORY.value}"
    answer = desk.call("GET", path, purpose=Purpose.TYO.value, case=f"SLN-{case}")
    if answer.status_code not in (httpx.codes.OK, httpx.codes.NOT_FOUND):
        raise Unexpected(f"{answer.status_code}: {answer.text}")
    return answer


def in_ms(taken: Sequence[float]) -> dict[str, float]:
    """Give the median and the 99th of a hundred, in milliseconds."""
    ordered = sorted(taken)
    return {"median_ms": median(ordered) * 1000, "p99_ms": ordered[int(len(ordered) * PERCENTILE)] * 1000}
