"""What a system was answered to a question for a decision, told to the same system again (API.md 5.4)."""

from collections.abc import Callable
from datetime import datetime

from audit.events import Actor, Event, EventType, Result, RetentionClass
from audit.log import Disclosure, Sealer
from audit.queries.decided import Answered, answered
from db.engine import Database
from db.ids import uuid7
from publish import recipients
from publish.asking import NOBODY, Call
from publish.references import Prefix
from publish.references import read as read_reference


def again(
    database: Database, sealer: Sealer, call: Call, decision: str, *, clock: Callable[[], datetime]
) -> bytes | None:
    """Give what was answered then; None for what this system was not answered, or under a scope that it has no more.

    Nothing is decided anew. Raises NotEntitled and as ``Sealer.seal`` does; of None nothing is sealed.
    """
    with database.read() as read:
        at = clock()
        standing = recipients.let_in(
            read, system=call.system, scope=call.scope, token_scopes=call.token_scopes, purpose=call.purpose, at=at
        )
        found = answered(read, decision_id=read_reference(Prefix.DECISION, decision) or NOBODY)
    if found is None or found.asked_by != call.system or found.scope not in standing.scopes & call.token_scopes:
        return None
    body = found.answer.encode()
    sealer.seal(_disclosure(call, standing.recipient, found, body, at))
    return body


def _disclosure(call: Call, recipient: str, found: Answered, body: bytes, at: datetime) -> Disclosure:
    """Say in the log that what it keeps of a decision was read."""
    return Disclosure(
        event=Event(
            id=uuid7(at),
            at=at,
            type=EventType.LOG_READ,
            actor=Actor(org=recipient, system=call.system, user=call.user),
            retention=RetentionClass.ADMIN,
            person_id=found.person_id,
            purpose=call.purpose,
            request=call.request,
            result=Result(count=1, body=body),
            ref=found.event_id,
        ),
        spend=call.spend,
    )
