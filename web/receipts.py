"""What became of a receipt, told live to whoever holds it: they have its number, which cannot be guessed (CONSENT.md 12)."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from audit.events import Actor, Event, EventType, RequestRef, RetentionClass
from audit.log import Disclosure
from consent.receipts.live import Standing, standing
from db.ids import uuid7
from web import edge
from web.limits import Rate
from web.openapi import described
from web.problems import Kind, Problem
from web.services import Services, services_of

ROUTE: Final = "GET /receipts/{jti}"
HOLDER: Final = "receipt_holder"
TRUST: Final = "none"

router = APIRouter()


@router.get("/receipts/{jti}", openapi_extra=described("receipt", None, EventType.PERSON_VIEWED))
def status(request: Request, jti: str) -> Response:
    """Tell the state of each category now, by its DPV name, and which receipt followed; the look is in the person's log."""
    services = services_of(request)
    at = services.clock()
    with services.database.read(snapshot=True) as read:
        found = standing(read, _number(jti), at=at)
    if found is None:
        raise Problem(Kind.NOT_FOUND)
    taken = services.limits.take(found.receipt.jti.hex, Rate.RECEIPT, at=at)
    edge.state_of(request.scope).headers.update(taken.headers())
    _tell(services, found, at)
    return JSONResponse(_told(found, at))


def _number(text: str) -> UUID:
    """Read a receipt's number as we spell it."""
    try:
        number = UUID(text)
    except ValueError:
        raise Problem(Kind.NOT_FOUND) from None
    if str(number) != text:
        raise Problem(Kind.NOT_FOUND)
    return number


def _told(found: Standing, at: datetime) -> dict[str, Any]:
    told: dict[str, Any] = {
        "receipt": str(found.receipt.jti),
        "in_force": found.in_force,
        "states": {category: state.iri for category, state in found.states.items()},
        "at": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    return told if found.followed_by is None else told | {"followed_by": str(found.followed_by)}


def _tell(services: Services, found: Standing, at: datetime) -> None:
    """Seal that somebody who holds the receipt looked; who, nobody has proved."""
    event = Event(
        id=uuid7(at),
        at=at,
        type=EventType.PERSON_VIEWED,
        actor=Actor(role=HOLDER),
        retention=RetentionClass.SOTE,
        person_id=found.receipt.person_id,
        request=RequestRef(route=ROUTE, trust=TRUST),
    )
    services.sealer.seal(Disclosure(event=event))
