"""The services and clients that X-Road knows here, and who may call what by which method."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from simulators.faults import Refuse
from simulators.metaservices import LIST
from simulators.wire import Answer, Provider
from simulators.xroad import ClientId, ServiceId, XRoadError


def _plainly(status: int) -> Answer:
    return Answer(status=status)


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One service of a provider: who may call it, and by which methods; `source` names it in faults and counts."""

    id: ServiceId
    provider: Provider
    source: str
    clients: frozenset[ClientId]
    methods: frozenset[str] = frozenset({"GET"})
    soap: bool = False
    disabled: bool = False
    refuse: Refuse = _plainly


class Registry:
    """All services by id; a client is known when any service lets it in."""

    def __init__(self, services: Iterable[Service]) -> None:
        self._services = {service.id: service for service in services}
        self._providers = {service.id.provider for service in self._services.values()}
        self._clients = {client for service in self._services.values() for client in service.clients}

    def __iter__(self) -> Iterator[Service]:
        return iter(self._services.values())

    def called(self, service_id: ServiceId, client: ClientId, method: str, *, soap: bool) -> Service:
        """Give the service that a client calls; raises X-Road's error when it is not there or not open."""
        service = self._known(service_id, soap=soap)
        self._admit(client, service, method)
        return service

    def offered(self, asked: ServiceId, client: ClientId, *, soap: bool) -> list[tuple[ServiceId, frozenset[str]]]:
        """List a provider's services of a protocol: all, or those open to the client."""
        if asked.provider not in self._providers:
            raise _unknown_provider(asked)
        return [
            (service.id, service.methods)
            for service in self._services.values()
            if service.id.provider == asked.provider
            and service.soap == soap
            and (asked.code == LIST or client in service.clients)
        ]

    def _known(self, service_id: ServiceId, *, soap: bool) -> Service:
        if service_id.provider not in self._providers:
            raise _unknown_provider(service_id)
        service = self._services.get(service_id)
        if service is None:
            raise XRoadError("server.serverproxy.unknown_service", f"Unknown service: {service_id}")
        if service.soap != soap:
            raise XRoadError("server.serverproxy.service_type", "Service is of another type than the message")
        return service

    def _admit(self, client: ClientId, service: Service, method: str) -> None:
        if client not in self._clients:
            raise XRoadError("server.clientproxy.unknown_member", f"Client '{client}' not found")
        if service.disabled:
            raise XRoadError("server.serverproxy.service_disabled", f"Service {service.id} is disabled")
        if client not in service.clients or method not in service.methods:
            raise XRoadError("server.serverproxy.access_denied", f"Request is not allowed: {service.id}")


def _unknown_provider(service_id: ServiceId) -> XRoadError:
    return XRoadError(
        "server.clientproxy.unknown_member", f"Could not find addresses for service provider {service_id.provider}"
    )
