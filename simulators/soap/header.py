"""Who asks and what is asked for, as the X-Road header of a message says."""

from simulators.soap.message import Message
from simulators.xroad import ClientId, ServiceId


def client_of(message: Message) -> ClientId:
    """Read the header's client; ValueError when its parts do not fit its ``objectType``."""
    kind = message.attributes["client"].get("objectType")
    subsystem = message.value("client/subsystemCode")
    if (kind == "SUBSYSTEM") != (subsystem is not None) or kind not in {"MEMBER", "SUBSYSTEM"}:
        raise ValueError("The client's parts do not fit its object type.")
    return ClientId(*_member(message, "client"), subsystem)


def service_of(message: Message) -> ServiceId:
    """Read the header's service; ValueError when a mandatory part is missing."""
    code = message.value("service/serviceCode")
    if not code:
        raise ValueError("The service has no code.")
    provider = ClientId(*_member(message, "service"), message.value("service/subsystemCode"))
    return ServiceId(provider, code, message.value("service/serviceVersion"))


def _member(message: Message, name: str) -> tuple[str, str, str]:
    instance, member_class, code = (
        message.value(f"{name}/{part}") for part in ("xRoadInstance", "memberClass", "memberCode")
    )
    if not instance or not member_class or not code:
        raise ValueError(f"A part of {name} is missing.")
    return instance, member_class, code
