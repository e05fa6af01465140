"""All the stand-ins as one object: the people, the services behind the security server, the faults, and what was asked."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Self

from simulators import corrections, kela, mandates, sote, te, vtj
from simulators.faults import Faults, Refuse
from simulators.population import Population
from simulators.registry import Service
from simulators.security_server import SecurityServer
from simulators.wire import Asked, Provider
from simulators.world import World
from simulators.xroad import ClientId, ServiceId, Version

INSTANCE = "FI-TEST"
LUUKKU = ClientId(INSTANCE, "MUN", "0166906-4", "luukku")
POST = frozenset({"POST"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulation:
    """The stand-ins of one population; in process ask `server`, on a socket mount it by `simulators.app`."""

    world: World
    faults: Faults
    asked: Asked
    server: SecurityServer

    @classmethod
    def of(
        cls,
        population: Population,
        *,
        clients: Collection[ClientId] = (LUUKKU,),
        version: Version = Version.FROM_7_8,
        faults: Faults | None = None,
    ) -> Self:
        """Put all sources up for these consumers."""
        world, asked, faults = World(population), Asked(), faults or Faults()
        services = _Services(world, faults, asked, frozenset(clients))
        server = SecurityServer(services.all(), version=version, faults=faults, asked=asked)
        return cls(world=world, faults=faults, asked=asked, server=server)


@dataclass(frozen=True, slots=True)
class _Services:
    """Makes each source's service with what it needs."""

    world: World
    faults: Faults
    asked: Asked
    clients: frozenset[ClientId]

    def all(self) -> Iterator[Service]:
        sources = [self._te(), self._kela(), *(self._county(county) for county in sote.COUNTIES.values())]
        yield from sources
        yield from (self._corrections(source.id) for source in sources)
        yield self._vtj()
        yield self._mandates()

    def _te(self) -> Service:
        provider = te.Te(self.world, shape=self.faults.shape("te"))
        keha = ClientId(INSTANCE, "GOV", "2296962-1", "asiakastietovaranto")
        return self._service(ServiceId(keha, "asiakastiedot"), provider, "te", provider.refuse)

    def _kela(self) -> Service:
        provider = kela.Kela(self.world, shape=self.faults.shape("kela"), asked=self.asked)
        own = ClientId(INSTANCE, "GOV", "0246246-0", "etuustiedot")
        return self._service(ServiceId(own, "HaeEtuudet", "v1"), provider, "kela", kela.refuse, methods=POST, soap=True)

    def _county(self, county: sote.County) -> Service:
        source = f"sote:{county.code}"
        provider = sote.CountySystem(county, self.world, shape=self.faults.shape(source), asked=self.asked)
        return self._service(county.service(INSTANCE), provider, source, sote.refuse, methods=sote.METHODS)

    def _vtj(self) -> Service:
        provider = vtj.Vtj(vtj.drawn_from(self.world), lambda: self.world.population.closing)
        own = ServiceId(ClientId(INSTANCE, "GOV", "0245437-2", "VTJkysely"), "HenkilonTunnusKysely", "v1")
        return self._service(own, provider, "vtj", kela.refuse, methods=POST, soap=True)

    def _mandates(self) -> Service:
        provider = mandates.Mandates(mandates.drawn_from(self.world), lambda: self.world.population.today)
        own = ServiceId(ClientId(INSTANCE, "GOV", "0245437-2", "valtuudet"), "valtuudet")
        return self._service(own, provider, "mandates", mandates.refuse, methods=POST)

    def _corrections(self, beside: ServiceId) -> Service:
        """Put the service for corrections beside a source's own, at the same provider."""
        provider = corrections.Corrections(lambda: self.world.population.today)
        own = ServiceId(beside.provider, corrections.CODE)
        return self._service(own, provider, "corrections", corrections.refuse, methods=corrections.METHODS)

    def _service(
        self,
        service_id: ServiceId,
        provider: Provider,
        source: str,
        refuse: Refuse,
        *,
        methods: frozenset[str] = frozenset({"GET"}),
        soap: bool = False,
    ) -> Service:
        return Service(
            id=service_id,
            provider=provider,
            source=source,
            clients=self.clients,
            methods=methods,
            soap=soap,
            refuse=refuse,
        )
