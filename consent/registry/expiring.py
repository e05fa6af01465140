"""That a consent ran out, told: the rule knows it by the hour, the person by a receipt (CONSENT.md 4, 12)."""

from datetime import datetime

from audit.events import EventType
from consent.queries.expired import expired
from consent.registry.recording import By, Told, note
from db.engine import Transaction


def expire(tx: Transaction, *, by: By, at: datetime, limit: int) -> int:
    """Record and receipt consents that have run out, each once, and return how many acts; nothing about any decision changes."""
    found = expired(tx, at=at, limit=limit)
    for each in found:
        told = Told(
            type=EventType.CONSENT_EXPIRED,
            table="consent.act",
            row_id=each.act_id,
            digest=each.digest,
            categories=each.categories,
            purpose=each.purpose,
            controllers=(each.controller,),
        )
        note(tx, each.person_id, by=by, at=at, told=told)
    return len(found)
