"""The register of mandates as a page reaches it: the stand-in behind the stand-in of the security server."""

from datetime import date

from connectors.mandates import Mandates
from publish.representing import Register
from simulators import mandates
from simulators.mandates import Kind, Representative
from simulators.registry import Service
from simulators.security_server import SecurityServer
from simulators.simulation import INSTANCE, LUUKKU, POST
from simulators.xroad import ClientId, ServiceId
from tests.asking import MANDATES
from tests.sources import a_transport, joined


class Told(dict):
    """Who may act for whom today, by the principal's identity code; a test writes and takes away."""

    def lets(self, principal, *delegates, kind=Kind.MANDATE):
        """From now on these, and nobody else, may act for somebody."""
        since = date(2024, 1, 1)
        self[principal] = tuple(Representative(hetu=each, kind=kind, since=since) for each in delegates)


def a_register(database, told, *, seen=None):
    """The register that knows what was told."""
    provider = mandates.Mandates(lambda hetu: told.get(hetu, ()), lambda: date(2026, 6, 4))
    service = Service(
        id=ServiceId(ClientId(INSTANCE, "GOV", "0245437-2", "valtuudet"), "valtuudet"),
        provider=provider,
        source="mandates",
        clients=frozenset({LUUKKU}),
        methods=POST,
        soap=False,
        refuse=mandates.refuse,
    )
    return Register(database, lambda: _asked_of(SecurityServer([service]), seen))


def no_register(database):
    """A register that nothing reaches: no service answers at its address."""
    return Register(database, lambda: _asked_of(SecurityServer([]), None))


def _asked_of(server, seen):
    return Mandates(a_transport(joined(server, seen), MANDATES.removeprefix("/r1/")))
