"""What a security server tells of its own: the services of a provider, all or those open to the asker (PR-META 3, PR-MREST 4)."""

import json
from collections.abc import Iterable, Mapping
from xml.sax.saxutils import escape

from simulators.soap import IDENTIFIERS, XROAD
from simulators.xroad import ServiceId

LIST, ALLOWED = "listMethods", "allowedMethods"
NAMES = frozenset({LIST, ALLOWED})

Offered = Iterable[tuple[ServiceId, Iterable[str]]]


def as_json(offered: Offered) -> bytes:
    """List REST services with their endpoints; rights are given by method here, so the path is all."""
    services = [
        {
            **_parts(service),
            "object_type": "SERVICE",
            "service_type": "REST",
            "endpoint_list": [{"method": method, "path": "/**"} for method in sorted(methods)],
        }
        for service, methods in offered
    ]
    return json.dumps({"service": services}).encode()


def as_xml(name: str, offered: Offered) -> bytes:
    """List SOAP services as the body of an answer."""
    services = "".join(f'<x:service id:objectType="SERVICE">{_elements(service)}</x:service>' for service, _ in offered)
    root = f'x:{name}Response xmlns:x="{XROAD}" xmlns:id="{IDENTIFIERS}"'
    return f"<{root}>{services}</x:{name}Response>".encode()


def _parts(service: ServiceId) -> Mapping[str, str]:
    provider = service.provider
    found = {
        "xroad_instance": provider.instance,
        "member_class": provider.member_class,
        "member_code": provider.member_code,
        "subsystem_code": provider.subsystem,
        "service_code": service.code,
        "service_version": service.version,
    }
    return {name: value for name, value in found.items() if value is not None}


def _elements(service: ServiceId) -> str:
    names = ("xRoadInstance", "memberClass", "memberCode", "subsystemCode", "serviceCode", "serviceVersion")
    snake = ("xroad_instance", "member_class", "member_code", "subsystem_code", "service_code", "service_version")
    found = _parts(service)
    return "".join(
        f"<id:{name}>{escape(found[part])}</id:{name}>"
        for name, part in zip(names, snake, strict=True)
        if part in found
    )
