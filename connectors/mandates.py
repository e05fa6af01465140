"""Who may act for whom: our contract in the form of Suomi.fi e-Authorizations' query, over X-Road (AMENDMENTS 3)."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from typing import Any, Final

from connectors.errors import ProviderBroken
from connectors.transport import Answer, Call, ClientId, Consumer, Http, ServiceId, Transport
from schemas.identifiers import Hetu

ISSUE: Final = "tyollisyyspalvelut"
"""The matter in which somebody acts for a person before us."""
_ANSWERS: Final = {"ALLOWED": True, "DISALLOWED": False}


class Right(StrEnum):
    """By what right the register lets somebody act for a person, in its words."""

    CUSTODIAN = "HUOLTAJA"
    GUARDIAN = "EDUNVALVOJA"
    MANDATE = "VALTUUS"


@dataclass(frozen=True, slots=True)
class Mandates:
    """The service, over a transport."""

    transport: Transport

    def allowed(self, principal: Hetu, delegate: Hetu) -> bool:
        """Ask whether the delegate may act for the principal today; why not is not told, and not asked.

        Raises ProviderBroken for an answer that says neither, and what the transport raises: without an answer there is no authority.
        """
        return self.transport.rest(_asked(principal, delegate), _read)

    def rights(self, principal: Hetu, delegate: Hetu) -> frozenset[Right]:
        """Ask by what rights the delegate may act for the principal today: by none when they may not.

        Raises as ``allowed`` does, and ProviderBroken for a yes that names no right known to us.
        """
        return self.transport.rest(_asked(principal, delegate), _rights)


def mandates(
    http: Http, *, security_server: str, client: str, service: str, new_id: Callable[[], str], issue: str
) -> Mandates:
    """Reach the service in the name of one of our subsystems; no worker asks, but a job."""
    who = ClientId.parse(client)
    consumer = Consumer(client=who, user=f"{who.instance}-luukku-mandates", issue=issue)
    return Mandates(
        Transport(
            http=http,
            security_server=security_server,
            consumer=consumer,
            service=ServiceId.parse(service),
            new_id=new_id,
        )
    )


def _asked(principal: Hetu, delegate: Hetu) -> Call:
    asked = {"principal": principal.reveal(), "delegate": delegate.reveal(), "issue": ISSUE}
    return Call(path="authorization", method="POST", document=json.dumps(asked).encode())


def _read(answer: Answer) -> bool:
    result = str(_document(answer.body).get("result"))
    if answer.status != HTTPStatus.OK or result not in _ANSWERS:
        raise ProviderBroken("The register of mandates says neither that it is allowed nor that it is not.")
    return _ANSWERS[result]


def _rights(answer: Answer) -> frozenset[Right]:
    if not _read(answer):
        return frozenset()
    told = _document(answer.body).get("kinds")
    found = frozenset(right for right in Right if isinstance(told, list) and right.value in told)
    if not found:
        raise ProviderBroken("The register of mandates says that it is allowed, and by no right that we know.")
    return found


def _document(body: bytes) -> dict[str, Any]:
    try:
        document: Any = json.loads(body)
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}
