"""What an AuditEvent is written from: the members of an entry that it tells, as they stand there; others are passed over unread."""

from collections.abc import Mapping
from functools import cache
from typing import Final

import msgspec

from audit.catalogue import EventType
from audit.events import Outcome
from audit.reading import given


class _Actor(msgspec.Struct, frozen=True, gc=False):
    org: str | None = None
    system: str | None = None
    user: str | None = None


class _Decision(msgspec.Struct, frozen=True, gc=False):
    reason: Mapping[str, str] = {}


class _Consent(msgspec.Struct, frozen=True, gc=False):
    act: str


class _XRoad(msgspec.Struct, frozen=True, gc=False):
    id: str | None = None


class _Request(msgspec.Struct, frozen=True, gc=False):
    xroad: _XRoad = _XRoad()


class Told(msgspec.Struct, frozen=True, gc=False):
    """An event; pseudonyms in hex, moments in UTC to the microsecond."""

    id: str
    t: str
    seq_t: str
    type: EventType
    outcome: Outcome
    actor: _Actor
    person: str | None = None
    purpose: str | None = None
    categories: tuple[str, ...] = ()
    withheld: tuple[str, ...] = ()
    decision: _Decision = _Decision()
    consents: tuple[_Consent, ...] = ()
    controllers: tuple[str, ...] = ()
    request: _Request = _Request()

    @property
    def given(self) -> tuple[str, ...]:
        """The categories that were given (``audit.reading.given``)."""
        return given(self.outcome, self.categories, self.withheld, self.decision.reason)


read: Final = msgspec.json.Decoder(Told).decode


@cache
def family_of(type_: EventType) -> str:
    """Name what types of an event have before their dot."""
    return type_.value.partition(".")[0]
