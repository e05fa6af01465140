"""Connectors joined to the stand-ins in process: the transport's HTTP client hands each request to the security server."""

from datetime import timedelta
from itertools import count

import httpx

from connectors import kela, sote, te
from connectors.frames import Frame, pack
from connectors.source import Window
from connectors.transport import ClientId, Consumer, Patience, ServiceId, Transport
from schemas.identifiers import Hetu
from simulators.sote import COUNTIES
from simulators.wire import Request

OURS = ClientId("FI-TEST", "MUN", "0166906-4", "luukku")
SERVICES = {
    "te": "FI-TEST/GOV/2296962-1/asiakastietovaranto/asiakastiedot/v1",
    "kela": "FI-TEST/GOV/0246246-0/etuustiedot/HaeEtuudet/v1",
}
CONSUMER = Consumer(client=OURS, user="FI-luukku-7c1e", issue="PULL-2026-06-04-te-36")
SECURITY_SERVER = "http://security-server.invalid"


class Naps(list):
    """A sleep that only notes for how long."""

    __call__ = list.append


def joined(server, seen=None):
    """Give an HTTP client whose every request the stand-in answers; silence and broken connections become their errors."""

    def handler(request: httpx.Request) -> httpx.Response:
        if seen is not None:
            seen.append(request)
        answer = server.answer(as_asked(request))
        if answer.delay:
            raise httpx.ReadTimeout("silence", request=request)
        if answer.cut_after is not None:
            raise httpx.RemoteProtocolError("cut", request=request)
        headers = [("content-type", answer.media_type), *answer.headers]
        return httpx.Response(answer.status, headers=headers, content=answer.chunks)

    return httpx.Client(transport=httpx.MockTransport(handler), follow_redirects=False)


def as_asked(request):
    path, _, query = request.url.raw_path.decode().partition("?")
    headers = tuple((name.lower(), value) for name, value in request.headers.multi_items())
    return Request(method=request.method, path=path, query=query, headers=headers, body=request.content)


def a_transport(http, service, *, naps=None, **more):
    numbers = count(1)
    return Transport(
        http=http,
        security_server=SECURITY_SERVER,
        consumer=CONSUMER,
        service=ServiceId.parse(service),
        new_id=lambda: f"00000000-0000-7000-8000-{next(numbers):012d}",
        patience=Patience(sleep=Naps() if naps is None else naps, jitter=lambda: 0.5),
        **more,
    )


def present(simulation):
    """Give the moment at which the stand-ins would be asked: a minute after their data close."""
    return lambda: simulation.world.population.closing + timedelta(seconds=61)


def a_te(simulation, *, naps=None, seen=None, **more):
    http = joined(simulation.server, seen)
    transport = a_transport(http, SERVICES["te"], naps=naps)
    return te.Te(**{"transport": transport, "area": "36", "now": present(simulation)} | more)


def a_kela(simulation, *, naps=None, seen=None, **more):
    http = joined(simulation.server, seen)
    transport = a_transport(http, SERVICES["kela"], naps=naps)
    return kela.Kela(**{"transport": transport, "area": "36", "now": present(simulation)} | more)


def a_sote(simulation, people, *, county="12", naps=None, seen=None, **more):
    """Ask a county about people: pairs of HETU text and categories."""
    http = joined(simulation.server, seen)
    transport = a_transport(http, str(COUNTIES[county].service("FI-TEST")), naps=naps)
    asks = [sote.Ask(Hetu.parse(hetu), frozenset(categories)) for hetu, categories in people]
    return sote.Sote(
        **{"transport": transport, "county": county, "asks": lambda: asks, "now": present(simulation)} | more
    )


def part_of(pages, *, place="36"):
    """Lay pages into one part, as landing does."""
    return b"".join(
        pack(Frame(kind=page.kind, page=number, place=place, body=page.body))
        for number, page in enumerate(pages)
        if page.body
    )


def pulled(source, since=None):
    return list(source.pull(Window(since=since)))
