"""A page of a recipient's feed: read in one snapshot, put into the log as one event, then given (API.md 5.5)."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from audit.events import Actor, Event, EventType, Result, RetentionClass
from audit.log import Disclosure, Sealer
from db.engine import Database, Read
from db.ids import uuid7
from publish import outbox, positions, recipients
from publish.asking import Call
from publish.errors import PositionPast
from publish.queries import feed
from publish.queries.feed import Entry
from publish.references import Prefix, spell


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Where to go on from (a token), at most how many entries, and about whom: by the recipient's names, None for everybody."""

    token: str
    limit: int
    refs: tuple[UUID, ...] | None = None


@dataclass(frozen=True, slots=True)
class _Page:
    """Entries, where to go on, and whether they are the last there are."""

    entries: Sequence[Entry]
    position: int
    up_to_date: bool


Clock = Callable[[], datetime]


def give(database: Database, sealer: Sealer, call: Call, wanted: Callable[[], Wanted], *, clock: Clock) -> bytes:
    """Give the next page; what it tells of endings is then noted as fetched.

    Raises NotEntitled before anything else, what ``wanted`` raises, PositionUnknown and PositionPast of its token, and as ``Sealer.seal``
    does: then nothing leaves.
    """
    with database.read(snapshot=True) as read:
        at = clock()
        recipient = recipients.admit(read, call, at=at).recipient
        asked = wanted()
        page = _page(read, recipient, asked, at)
        token = positions.spell(read.keyring, recipient=recipient, seq=page.position, at=at)
    body = _json({"changes": [_line(each) for each in page.entries], "token": token, "up_to_date": page.up_to_date})
    chosen = () if asked.refs is None else tuple(str(each.seq) for each in page.entries)
    sealer.seal(_disclosure(call, recipient, page.entries, body, at, chosen=chosen))
    with database.transaction() as tx:
        people = None if asked.refs is None else [each.person_id for each in page.entries]
        outbox.fetched(tx, recipient=recipient, last=page.position, at=at, people=people)
    return body


def start(database: Database, sealer: Sealer, call: Call, *, since: datetime | None, clock: Clock) -> bytes:
    """Give the token to begin from: the end of the feed, or what was told before a moment; raises as ``give`` does."""
    with database.read(snapshot=True) as read:
        at = clock()
        recipient = recipients.admit(read, call, at=at).recipient
        if since is not None and at - since > positions.LASTS:
            raise PositionPast("That is too long ago to go on from.")
        last = feed.newest(read, recipient=recipient, before=since)
        body = _json({"token": positions.spell(read.keyring, recipient=recipient, seq=last, at=at)})
    sealer.seal(_disclosure(call, recipient, (), body, at))
    return body


def _page(read: Read, recipient: str, asked: Wanted, at: datetime) -> _Page:
    """Read one entry more than asked for, to know whether there are more. A token ahead of the feed is of one that was rebuilt."""
    after = positions.read(read.keyring, asked.token, recipient=recipient, at=at).seq
    last = feed.newest(read, recipient=recipient)
    if after > last:
        raise PositionPast("The feed was rebuilt since.")
    found = feed.entries(read, recipient=recipient, after=after, limit=asked.limit + 1, at=at, refs=asked.refs)
    kept = found[: asked.limit]
    more = len(found) > len(kept)
    return _Page(kept, kept[-1].seq if more else last, up_to_date=not more)


def _line(entry: Entry) -> dict[str, object]:
    moment = entry.at.strftime("%Y-%m-%dT%H:%M:%SZ")
    return {"seq": entry.seq, "person_ref": spell(Prefix.PERSON, entry.ref), "kind": entry.kind, "at": moment}


def _disclosure(
    call: Call, recipient: str, entries: Sequence[Entry], body: bytes, at: datetime, *, chosen: tuple[str, ...] = ()
) -> Disclosure:
    """One event for all that a page names; a person's own list finds it by the numbers (ACCESS-LOG 3).

    A page of ``chosen`` people leaves out others between its first and last number, so its detail keeps the numbers themselves.
    """
    first, last = (entries[0].seq, entries[-1].seq) if entries else (None, None)
    return Disclosure(
        event=Event(
            id=uuid7(at),
            at=at,
            type=EventType.DISCLOSURE_PAGE,
            actor=Actor(org=recipient, system=call.system, user=call.user),
            retention=RetentionClass.SOTE,
            purpose=call.purpose,
            request=call.request,
            result=Result(count=len(entries), body=body, first=first, last=last),
            records=chosen,
        ),
        spend=call.spend,
    )


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
