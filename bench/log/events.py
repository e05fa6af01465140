"""The events that the log is measured with: a case worker's read of the view, half of it withheld."""

from datetime import datetime
from typing import Final
from uuid import UUID

from audit.disclosure import DecisionRecord, Disclosure
from audit.events import Actor, DecisionRef, Event, EventType, Outcome, RequestRef, Result, RetentionClass
from db.ids import uuid7

CATEGORIES: Final = ("kela.vireillaolo", "sote.terveystarkastus-tehty")
REASONS: Final = {CATEGORIES[0]: "consent", CATEGORIES[1]: "denied"}
POLICY: Final = "2026-05-01"
INPUTS: Final = "0a" * 32


def a_person(number: int) -> UUID:
    """Give the person of that number."""
    return UUID(int=(0x7000_8000 << 64) | number)


def a_read(number: int, at: datetime) -> Disclosure:
    """Give a disclosure about the person of that number, with the decision behind it."""
    decision = DecisionRef(id=uuid7(at), policy=POLICY, inputs=INPUTS, reason=REASONS)
    event = Event(
        id=uuid7(at),
        at=at,
        type=EventType.DISCLOSURE_READ,
        outcome=Outcome.PARTIAL,
        actor=Actor(org="0166906-4", system="sln-asiakastyo", user=f"w-{number % 200}", role="case_worker"),
        retention=RetentionClass.SOTE,
        person_id=a_person(number),
        purpose="TYO-380-2023",
        categories=CATEGORIES,
        withheld=CATEGORIES[1:],
        decision=decision,
        request=RequestRef(route="GET /v1/people/{person_ref}/support-view", trust="dpop"),
        result=Result(count=2, body=b"the sections"),
    )
    return Disclosure(event=event, decision=_record(event, decision))


def _record(event: Event, decision: DecisionRef) -> DecisionRecord:
    return DecisionRecord(
        decision_id=decision.id,
        person_id=event.person_id,
        request={"purpose": event.purpose, "categories": list(event.categories)},
        at=event.at,
        known_at=event.at,
        policy=decision.policy,
        inputs_digest=decision.inputs,
        outcome=event.outcome,
        results=[{"category": category, "reason": reason} for category, reason in REASONS.items()],
        consent_seq=1,
        register_seq=1,
    )
