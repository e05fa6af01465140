"""The event and the decision row of one answer: who asked what, what was given and withheld, and why (ACCESS-LOG 2, 4)."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from audit.events import (
    MACHINE,
    Actor,
    ConsentRef,
    DecisionRef,
    DenialRef,
    Event,
    EventType,
    Outcome,
    Result,
    StatuteRef,
    retention_of,
)
from audit.log import DecisionRecord, Disclosure, Guard
from consent import model
from consent.model import Decision, Denial, Facts, Item, Person, Will
from publish.answer import Shown
from publish.asking import Call, Form
from publish.case import Case, asked_categories

JOB: Final = "job:"
"""What a machine that asks without a worker calls itself (API.md 4)."""
TYPE_OF = {
    Form.VIEW: EventType.DISCLOSURE_READ,
    Form.REFERENCE: EventType.QUERY_RESOLVED,
    Form.CONSENTS: EventType.QUERY_CONSENTS,
    Form.DECISION: EventType.QUERY_DECIDED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What is about to leave: the sections, joined in ``body``; a refusal has neither."""

    decision_id: UUID
    event_id: UUID
    shown: Sequence[Shown]
    body: bytes | None


def disclosure(call: Call, case: Case, decision: Decision, given: Given) -> Disclosure:
    """Describe an answer, or that there is none, for the log."""
    inputs = digest_of(case.facts)
    return Disclosure(
        event=_event(call, case, decision, given, inputs),
        decision=_record(case, decision, given.decision_id, inputs),
        guard=_guard(case, decision),
        spend=call.spend,
    )


def _guard(case: Case, decision: Decision) -> Guard | None:
    """Name what must not have moved; of nobody, nothing can."""
    if case.person_id is None:
        return None
    return Guard(person_id=case.person_id, consent_seq=decision.consent_seq, register_seq=decision.register_seq)


def _event(call: Call, case: Case, decision: Decision, given: Given, inputs: str) -> Event:
    asked = asked_categories(call)
    shown = {section.category for section in given.shown}
    withheld = tuple(category for category in asked if category in _denied(decision) - shown)
    return Event(
        id=given.event_id,
        at=case.at,
        type=TYPE_OF[call.form],
        outcome=Outcome.DENY if given.body is None else Outcome.PARTIAL if withheld else Outcome.PERMIT,
        actor=Actor(
            org=case.standing.recipient,
            system=case.standing.system,
            user=call.user,
            role=MACHINE if call.user.startswith(JOB) else None,
        ),
        retention=retention_of(asked),
        person_id=case.person_id,
        purpose=call.purpose,
        categories=asked,
        withheld=withheld,
        controllers=tuple(sorted({section.controller for section in given.shown})),
        decision=DecisionRef(id=given.decision_id, policy=decision.policy, inputs=inputs, reason=_reasons(decision)),
        consents=_consents(case, decision),
        denials=_denials(case, decision),
        statutes=tuple(StatuteRef(id=id_, version=version) for id_, version in _statutes(decision)),
        request=call.request,
        result=Result(count=len(given.shown), body=given.body),
        records=_records(case, given.shown) if call.form is Form.VIEW else (),
        text=case.request.emergency and case.request.emergency.justification,
    )


def _denied(decision: Decision) -> set[str]:
    return {
        result.item.category for result in decision.results if isinstance(result.item, Item) and not result.permitted
    }


def _reasons(decision: Decision) -> dict[str, str]:
    """Give one reason for each category: of several controllers, the first permit's, else the first refusal's."""
    ordered = sorted(decision.results, key=lambda result: result.permitted)
    return {result.item.category: result.reason for result in ordered if isinstance(result.item, Item)}


def _consents(case: Case, decision: Decision) -> tuple[ConsentRef, ...]:
    """Name each act once, by what it came to: ``given`` where it permitted, else the reason it did not."""
    states = {
        act: "given" if result.permitted else result.reason.value
        for result in decision.results
        for act in result.matched.acts
    }
    return tuple(ConsentRef(act=act, digest=case.digests[act], state=state) for act, state in sorted(states.items()))


def _denials(case: Case, decision: Decision) -> tuple[DenialRef, ...]:
    named = sorted({denial for result in decision.results for denial in result.matched.denials})
    return tuple(DenialRef(id=denial, digest=case.digests[denial]) for denial in named)


def _statutes(decision: Decision) -> list[tuple[UUID, int]]:
    return sorted({statute for result in decision.results for statute in result.matched.statutes})


def _records(case: Case, shown: Sequence[Shown]) -> tuple[str, ...]:
    left = {(section.category, section.controller) for section in shown}
    return tuple(
        f"{section.category}/{record}"
        for section in case.held
        if (section.category, section.controller) in left
        for record in section.records
    )


def _record(case: Case, decision: Decision, decision_id: UUID, inputs: str) -> DecisionRecord:
    request = case.request
    return DecisionRecord(
        decision_id=decision_id,
        person_id=case.person_id,
        request={
            "recipient": request.recipient,
            "purpose": request.purpose,
            "items": [list(item) for item in request.items if isinstance(item, Item)],
            "data": [request.data_from.isoformat(), request.data_until.isoformat()],
            "emergency": request.emergency is not None,
            **({} if request.emergency is None else {"complete": request.emergency.complete}),
        },
        at=case.at,
        known_at=case.at,
        policy=decision.policy,
        inputs_digest=inputs,
        outcome=Outcome(decision.outcome.lower()),
        results=[result_of(result) for result in decision.results],
        consent_seq=decision.consent_seq,
        register_seq=decision.register_seq,
    )


def result_of(result: model.Result) -> dict[str, object]:
    """Write a result as a decision row keeps it."""
    assert isinstance(result.item, Item), "The gate asks for sections, not for derived facts."
    return {
        "category": result.item.category,
        "controller": result.item.controller,
        "permitted": result.permitted,
        "ground": result.ground,
        "key": result.key,
        "reason": result.reason,
        "periods": [[period.start.isoformat(), period.end.isoformat()] for period in result.periods],
        "acts": [str(act) for act in result.matched.acts],
        "denials": [str(denial) for denial in result.matched.denials],
        "statutes": [[str(id_), version] for id_, version in result.matched.statutes],
        "obligations": result.obligations._asdict(),
    }


def digest_of(facts: Facts) -> str:
    """Return the SHA-256, in hex, of the facts in a canonical form; the register stands in it by its number."""
    canonical = {
        "register": facts.register.seq,
        "person": facts.person,
        "tasks": sorted(facts.tasks),
        "coaches": sorted(facts.coaches),
        "denials": sorted(facts.denials, key=lambda denial: denial.denial_id),
        "wills": {f"{agreement}/{category}": will for (agreement, category), will in facts.wills.items()},
    }
    text = json.dumps(canonical, sort_keys=True, separators=(",", ":"), default=_plain)
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: Any) -> object:
    if isinstance(value, Person | Denial | Will):
        return {each.name: getattr(value, each.name) for each in fields(value)}
    return value.isoformat() if isinstance(value, datetime) else str(value)
