"""The events of calls that were refused before anything about a person was read (ACCESS-LOG 3, API.md 5)."""

from audit.events import Actor, Event, EventType, Outcome, RequestRef, RetentionClass
from audit.log import Disclosure, Spend
from db.ids import uuid7
from web.services import Services

TRUST = "dpop"


def tell(
    services: Services,
    type_: EventType,
    *,
    route: str,
    problem: str,
    system: str,
    recipient: str | None = None,
    user: str | None = None,
    spend: tuple[Spend, ...] = (),
) -> None:
    """Seal that a known system's call failed to prove itself, or was refused; ``problem`` is the code of why."""
    at = services.clock()
    services.sealer.seal(
        Disclosure(
            event=Event(
                id=uuid7(at),
                at=at,
                type=type_,
                outcome=Outcome.ERROR if type_ is EventType.ACCESS_FAILED else Outcome.DENY,
                actor=Actor(org=recipient, system=system, user=user),
                retention=RetentionClass.ADMIN,
                request=RequestRef(route=route, trust=TRUST, params={"problem": problem}),
            ),
            spend=spend,
        )
    )
