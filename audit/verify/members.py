"""What verification reads out of an entry, in one pass over its bytes: what columns copy, and how a person's events follow."""

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta, Raw

_NOTHING = Raw()

Moment = Annotated[datetime, Meta(tz=True)]
"""A time with its offset from UTC."""


class Actor(msgspec.Struct, gc=False):
    """Who acted, as far as columns tell it."""

    org: str | None = None
    system: str | None = None
    user: str | None = None
    role: str | None = None


class Decision(msgspec.Struct, gc=False):
    """The decision, as far as columns tell it."""

    id: str
    reason: Raw = _NOTHING


class Request(msgspec.Struct, gc=False):
    """The call, as far as columns tell it."""

    case: str | None = None


class Run(msgspec.Struct, gc=False):
    """The run of a timetable, as far as columns tell it."""

    dag: str | None = None
    run: str | None = None


class Members(msgspec.Struct, gc=False):
    """The members of an entry that have a column, and the link to the person's former event; all others are passed over.

    Lists, which are few and come again and again, are left as they are written.
    """

    id: str
    t: Moment
    seq_t: str
    type: str
    outcome: str
    actor: Actor
    class_: str = msgspec.field(name="class")
    person: str | None = None
    person_n: int | None = None
    person_prev: str | None = None
    purpose: str | None = None
    categories: Raw = _NOTHING
    decision: Decision | None = None
    ref: str | None = None
    request: Request | None = None
    run: Run | None = None
    controllers: Raw = _NOTHING


read = msgspec.json.Decoder(Members).decode
"""Read an entry's bytes; raises ``ValueError`` for what is no entry."""

read_texts = msgspec.json.Decoder(tuple[str, ...]).decode
"""Read a list of codes; raises ``ValueError``."""

read_reasons = msgspec.json.Decoder(dict[str, str]).decode
"""Read the reason of each category; raises ``ValueError``."""
