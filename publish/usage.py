"""Who has looked at a person, told to a portal that has identified them, or who speaks for them (API.md 5.9; Data Tracker 2.1)."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID

from audit.events import Actor, Event, EventType, Outcome, RequestRef, Result, RetentionClass
from audit.log import Disclosure, Sealer, Spend
from audit.queries import own
from audit.queries.readers import Reader, reading_as
from audit.queries.search import Found
from consent.model import FUTURE
from consent.queries import voices
from db.engine import Database, Read
from db.ids import uuid7
from publish import looked, recipients
from publish.asking import NOBODY
from publish.looked import SHOWN_FOR
from publish.queries import reading
from schemas.identifiers import Hetu

Clock = Callable[[], datetime]
Json = Mapping[str, object]
Tell = Callable[[Read, Sequence[Found]], list[Json]]
"""Puts events into words, in the language asked for."""
PERSON, REPRESENTATIVE = looked.BUT_ROLE, "representative"
"""What the asker is in the log: the person's own looks do not fill their list, another's do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Portal:
    """The system that asks, as ``Call`` of the gate, but for no purpose."""

    system: str
    scope: str
    token_scopes: frozenset[str]
    user: str = field(repr=False)
    request: RequestRef
    spend: tuple[Spend, ...] = ()


class Answer(Protocol):
    """Answers a portal about nobody."""

    def __call__(self, database: Database, sealer: Sealer, portal: Portal, *, clock: Clock) -> bytes:
        """Give the body, sealed."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Who asks, about whom, and which of it: sealed in ``[since, until)``, from the ``offset``-th on; None: all that is shown."""

    asker: Hetu
    subject: Hetu
    since: datetime | None
    until: datetime | None
    offset: int
    limit: int


@dataclass(frozen=True, slots=True)
class _Looking:
    """Whom it is about, in what part the asker looks, and whether they may."""

    about: UUID
    role: str
    may: bool

    @property
    def whose(self) -> UUID:
        """Whose list is read: nobody's where nothing may be told, by the same statements."""
        return self.about if self.may else NOBODY


def find(
    database: Database, sealer: Sealer, portal: Portal, wanted: Callable[[], Wanted], tell: Tell, *, clock: Clock
) -> bytes | None:
    """Tell of the looks at a person, the last sealed first, with how many there are; None: the asker may not, whatever the cause.

    Raises NotEntitled before anything else, what ``wanted`` raises, and as ``Sealer.seal`` does: then nothing leaves.
    """
    with database.read(snapshot=True) as read:
        at = clock()
        recipient = _let_in(read, portal, at)
        asked = wanted()
        looking = _looking(read, asked, at)
        total, found = looked.counted(
            read,
            looking.whose,
            since=max(asked.since or at - SHOWN_FOR, at - SHOWN_FOR),
            until=asked.until or FUTURE,
            at=at,
            offset=asked.offset,
            limit=asked.limit,
        )
        rows = tell(read, found)
    body = _json({"totalUsages": total, "usages": rows}) if looking.may else None
    sealer.seal(_disclosure(portal, recipient, at, body, count=len(rows), looking=looking))
    return body


def period(database: Database, sealer: Sealer, portal: Portal, *, clock: Clock) -> bytes:
    """Tell from when on looks are shown: of two years, or since the log began; raises as ``find`` does."""
    with database.read() as read:
        at = clock()
        recipient = _let_in(read, portal, at)
        with reading_as(read, Reader.PERSON):
            began = own.began(read)
    body = _json({"periodStart": max(began or at, at - SHOWN_FOR).strftime("%Y-%m-%dT%H:%M:%SZ")})
    sealer.seal(_disclosure(portal, recipient, at, body))
    return body


def heartbeat(database: Database, sealer: Sealer, portal: Portal, *, clock: Clock) -> bytes:
    """Tell that looks can be asked for: whatever is needed for it answered; raises as ``find`` does."""
    with database.read() as read:
        at = clock()
        recipient = _let_in(read, portal, at)
    body = _json({"status": "OK"})
    sealer.seal(_disclosure(portal, recipient, at, body))
    return body


def _let_in(read: Read, portal: Portal, at: datetime) -> str:
    return recipients.let_in(
        read, system=portal.system, scope=portal.scope, token_scopes=portal.token_scopes, at=at
    ).recipient


def _looking(read: Read, asked: Wanted, at: datetime) -> _Looking:
    """Let a person see their own list, and who speaks for them theirs; the same is read whoever is known."""
    asker, about = (reading.person_by_hetu(read, hetu=hetu.reveal()) or NOBODY for hetu in (asked.asker, asked.subject))
    speaks = voices.speaks_for(read, person_id=about, representative=asker, at=at)
    if asker == about != NOBODY or asked.asker.reveal() == asked.subject.reveal():
        return _Looking(about, PERSON, may=True)
    return _Looking(about, REPRESENTATIVE, may=speaks and NOBODY not in (asker, about))


def _disclosure(
    portal: Portal,
    recipient: str,
    at: datetime,
    body: bytes | None,
    *,
    count: int | None = None,
    looking: _Looking | None = None,
) -> Disclosure:
    """Say in the log that it was read, and whose: a refusal too."""
    about = looking.about if looking is not None and looking.about != NOBODY else None
    role = looking.role if looking is not None else None
    return Disclosure(
        event=Event(
            id=uuid7(at),
            at=at,
            type=EventType.LOG_READ,
            outcome=Outcome.DENY if body is None else Outcome.OK,
            actor=Actor(
                org=recipient,
                system=portal.system,
                user=portal.user,
                role=role,
                on_behalf=about if role == REPRESENTATIVE else None,
            ),
            retention=RetentionClass.ADMIN,
            person_id=about,
            request=portal.request,
            result=Result(count=count, body=body),
        ),
        spend=portal.spend,
    )


def _json(value: Json) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
