"""X-Road SOAP messages by PR-MESS v4.0, as the stand-ins read and write them."""

from simulators.soap.answers import MEDIA_TYPE, answered, fault, with_request_hash
from simulators.soap.header import client_of, service_of
from simulators.soap.message import ENVELOPE, IDENTIFIERS, XROAD, Leaf, Message, Name, NotSoap, read

__all__ = [
    "ENVELOPE",
    "IDENTIFIERS",
    "MEDIA_TYPE",
    "XROAD",
    "Leaf",
    "Message",
    "Name",
    "NotSoap",
    "answered",
    "client_of",
    "fault",
    "read",
    "service_of",
    "with_request_hash",
]
