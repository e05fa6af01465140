"""HTTP to our own security server: X-Road's headers, the four groups of errors, limits, retries."""

from connectors.transport.client import Http, Transport, open_http, retry_after
from connectors.transport.faults import error as xroad_error
from connectors.transport.identifiers import ClientId, InvalidXRoadId, Party, ServiceId
from connectors.transport.messages import Answer, Call, Consumer, joined
from connectors.transport.patience import Patience

__all__ = [
    "Answer",
    "Call",
    "ClientId",
    "Consumer",
    "Http",
    "InvalidXRoadId",
    "Party",
    "Patience",
    "ServiceId",
    "Transport",
    "joined",
    "open_http",
    "retry_after",
    "xroad_error",
]
