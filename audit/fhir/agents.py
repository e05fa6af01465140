"""Who took part in an event, as agents of an AuditEvent: somebody always is the requestor."""

from collections.abc import Iterator, Sequence
from typing import Final

from audit.checkpoint import HOST
from audit.fhir import codes
from audit.fhir.codes import Node
from audit.reading import Entry

US: Final = "luukku"
OBSERVER: Final[Node] = {"identifier": {"system": codes.SYSTEMS, "value": US}, "display": "Luukku"}
"""Who wrote it down; in both profiles one of the agents is the very same (invariant ``val-audit-source``)."""


def of_disclosure(entry: Entry, controllers: Sequence[str]) -> Iterator[Node]:
    """Give who disclosed, whose the data are, who received them, and who asked (PrivacyDisclosure.Source)."""
    network = {"address": HOST, "type": codes.MACHINE_NAME}
    yield _agent(codes.SOURCE, OBSERVER, asked=False) | {"network": network}
    for controller in controllers:
        yield _agent(codes.CUSTODIAN, _named(codes.BUSINESS_ID, controller), asked=False)
    if entry.org:
        received = _agent(codes.RECIPIENT, _named(codes.BUSINESS_ID, entry.org), asked=entry.user is None)
        yield received | _network(entry)
    if entry.user:
        yield _agent(codes.USER, _named(codes.PSEUDONYMS, entry.user), asked=True)
    if not entry.org and not entry.user:
        yield _application(entry, asked=True)


def of_decision(entry: Entry) -> Iterator[Node]:
    """Give who decided, which system asked, for which user of which organisation (AuthZconsent)."""
    yield _agent(codes.AUTHORIZER, OBSERVER, asked=False)
    yield _application(entry, asked=entry.user is None)
    if entry.user:
        yield _agent(codes.USER, _named(codes.PSEUDONYMS, entry.user), asked=True)
    if entry.org:
        yield _agent(codes.USER_ORGANISATION, _named(codes.BUSINESS_ID, entry.org), asked=False)


def of_other(entry: Entry) -> Iterator[Node]:
    """Give who did it, the user before the organisation before the system."""
    if entry.user:
        yield _agent(codes.USER, _named(codes.PSEUDONYMS, entry.user), asked=True)
    if entry.org:
        who = _named(codes.BUSINESS_ID, entry.org)
        yield _agent(codes.USER_ORGANISATION, who, asked=entry.user is None)
    if entry.system or not (entry.user or entry.org):
        yield _application(entry, asked=not (entry.user or entry.org))


def _application(entry: Entry, *, asked: bool) -> Node:
    return _agent(codes.APPLICATION, _named(codes.SYSTEMS, entry.system or US), asked=asked) | _network(entry)


def _agent(type_: Node, who: Node, *, asked: bool) -> Node:
    return {"type": {"coding": [type_]}, "who": who, "requestor": asked}


def _named(system: str, value: str) -> Node:
    return {"identifier": {"system": system, "value": value}}


def _network(entry: Entry) -> Node:
    """Say from where: the log keeps no addresses of machines, but which system it was."""
    return {"network": {"address": f"{codes.SYSTEMS}:{entry.system or US}", "type": codes.URI}}
