"""Who took part in an event, as agents of an AuditEvent: somebody always is the requestor."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from msgspec import Raw

from audit.checkpoint import HOST
from audit.fhir import codes
from audit.fhir.codes import Node, fixed
from audit.fhir.told import Told

US: Final = "luukku"
OBSERVER: Final[Node] = {"identifier": {"system": codes.SYSTEMS, "value": US}, "display": "Luukku"}
"""Who wrote it down; in both profiles one of the agents is the very same (invariant ``val-audit-source``)."""
_KEPT: Final = 4_096
"""Agents of a kind that are kept as written: offices and their systems come again and again, users less so."""


def of_disclosure(told: Told) -> Iterator[Node | Raw]:
    """Give who disclosed, whose the data are, who received them, and who asked (PrivacyDisclosure.Source)."""
    org, system, user = told.actor.org, told.actor.system, told.actor.user
    yield _SOURCE
    yield from map(_custodian, told.controllers)
    if org:
        yield _recipient(org, system, asked=user is None)
    if user:
        yield _user(user)
    if not org and not user:
        yield _application(system, asked=True)


def of_decision(told: Told) -> Iterator[Node | Raw]:
    """Give who decided, which system asked, for which user of which organisation (AuthZconsent)."""
    org, system, user = told.actor.org, told.actor.system, told.actor.user
    yield _AUTHORIZER
    yield _application(system, asked=user is None)
    if user:
        yield _user(user)
    if org:
        yield _organisation(org, asked=False)


def of_other(told: Told) -> Iterator[Node | Raw]:
    """Give who did it, the user before the organisation before the system."""
    org, system, user = told.actor.org, told.actor.system, told.actor.user
    if user:
        yield _user(user)
    if org:
        yield _organisation(org, asked=user is None)
    if system or not (user or org):
        yield _application(system, asked=not (user or org))


@lru_cache(maxsize=_KEPT)
def _custodian(controller: str) -> Raw:
    return fixed(_agent(codes.CUSTODIAN, _named(codes.BUSINESS_ID, controller), asked=False))


@lru_cache(maxsize=_KEPT)
def _recipient(org: str, system: str | None, *, asked: bool) -> Raw:
    return fixed(_agent(codes.RECIPIENT, _named(codes.BUSINESS_ID, org), asked=asked) | _network(system))


@lru_cache(maxsize=_KEPT)
def _organisation(org: str, *, asked: bool) -> Raw:
    return fixed(_agent(codes.USER_ORGANISATION, _named(codes.BUSINESS_ID, org), asked=asked))


@lru_cache(maxsize=_KEPT)
def _application(system: str | None, *, asked: bool) -> Raw:
    return fixed(_agent(codes.APPLICATION, _named(codes.SYSTEMS, system or US), asked=asked) | _network(system))


def _user(user: str) -> Node:
    return {"type": _USER, "who": _named(codes.PSEUDONYMS, user), "requestor": True}


def _agent(type_: Node, who: Node, *, asked: bool) -> Node:
    return {"type": {"coding": [type_]}, "who": who, "requestor": asked}


def _named(system: str, value: str) -> Node:
    return {"identifier": {"system": system, "value": value}}


def _network(system: str | None) -> Node:
    """Say from where: the log keeps no addresses of machines, but which system it was."""
    return {"network": {"address": f"{codes.SYSTEMS}:{system or US}", "type": codes.URI}}


_SOURCE: Final = fixed(
    _agent(codes.SOURCE, OBSERVER, asked=False) | {"network": {"address": HOST, "type": codes.MACHINE_NAME}}
)
_AUTHORIZER: Final = fixed(_agent(codes.AUTHORIZER, OBSERVER, asked=False))
_USER: Final = fixed({"coding": [codes.USER]})
