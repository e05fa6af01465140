"""The shape of a body: what the columns beside an entry take, so that nothing a writer puts into the inbox stops the log."""

from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

import msgspec

from audit.errors import EventRejected

Pseudonym = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{32}$")]
Id = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
"""As PostgreSQL writes it: an event is found again by it."""
Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class _Actor(msgspec.Struct, gc=False):
    org: str | None = None
    system: str | None = None
    user: Pseudonym | None = None
    role: str | None = None


class _Decision(msgspec.Struct, gc=False):
    id: UUID
    reason: dict[str, str] = {}


class _Request(msgspec.Struct, gc=False):
    case: Pseudonym | None = None


class _Run(msgspec.Struct, gc=False):
    dag: str | None = None
    run: str | None = None


class _Shape(msgspec.Struct, gc=False, rename={"class_": "class"}):
    id: Id
    t: Moment
    outcome: str
    class_: str
    actor: _Actor
    person: Pseudonym | None = None
    purpose: str | None = None
    categories: list[str] = []
    decision: _Decision | None = None
    ref: UUID | None = None
    request: _Request | None = None
    run: _Run | None = None
    controllers: list[str] = []


_decode: Final = msgspec.json.Decoder(_Shape).decode


def refuse_misshapen(body: bytes) -> None:
    """Refuse a body in which a member that has a column, or is read for one, is of another kind than that."""
    try:
        _decode(body)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise EventRejected("The event has a member of another kind than its column.") from None
