"""Who may act for whom: our contract in the form of Suomi.fi e-Authorizations' query, over X-Road (AMENDMENTS 3)."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from connectors.errors import ProviderBroken
from connectors.transport import Answer, Call, ClientId, Consumer, Http, ServiceId, Transport
from schemas.identifiers import Hetu

ISSUE: Final = "tyollisyyspalvelut"
"""The matter in which somebody acts for a person before us."""
_ANSWERS: Final = {"ALLOWED": True, "DISALLOWED": False}


@dataclass(frozen=True, slots=True)
class Mandates:
    """The service, over a transport."""

    transport: Transport

    def allowed(self, principal: Hetu, delegate: Hetu) -> bool:
        """Ask whether the delegate may act for the principal today; why not is not told, and not asked.

        Raises ProviderBroken for an answer that says neither, and what the transport raises: without an answer there is no authority.
        """
        asked = {"principal": principal.reveal(), "delegate": delegate.reveal(), "issue": ISSUE}
        call = Call(path="authorization", method="POST", document=json.dumps(asked).encode())
        return self.transport.rest(call, _read)


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


def _read(answer: Answer) -> bool:
    result = _result(answer.body)
    if answer.status != HTTPStatus.OK or result not in _ANSWERS:
        raise ProviderBroken("The register of mandates says neither that it is allowed nor that it is not.")
    return _ANSWERS[result]


def _result(body: bytes) -> str:
    try:
        document: Any = json.loads(body)
    except ValueError:
        return ""
    return str(document.get("result")) if isinstance(document, dict) else ""
