"""An event made ready for the log: its canonical body with pseudonyms, and its encrypted detail."""

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from audit import details, entry
from audit.catalogue import ALWAYS, required
from audit.details import Box
from audit.errors import EventRejected
from audit.events import (
    Actor,
    ChangeRef,
    ConsentRef,
    DecisionRef,
    DenialRef,
    Event,
    Period,
    RequestRef,
    Result,
    RunRef,
    StatuteRef,
    XRoadRef,
)
from audit.pseudonyms import pseudonym
from audit.pseudonyms import salt as salt_of
from db.keys import Keyring

Members = dict[str, object]
_ROOMY_BYTES = entry.MAX_BODY_BYTES - 80
"""What a body may have before its commitment to the detail is added."""
_LISTS: tuple[str, ...] = ("consents", "denials", "statutes")
_NOTHING: tuple[object, ...] = ([], {})


@dataclass(frozen=True, slots=True)
class Envelope:
    """What a writer hands to the log; the sequencer adds ``seq_t``, ``person_n`` and ``person_prev``."""

    id: UUID
    body: bytes
    box: Box | None


def enclose(event: Event, keyring: Keyring) -> Envelope:
    """Write the event as its entry's body, with its detail encrypted. Raises ``EventRejected``."""
    year = event.at.astimezone(UTC).year
    salt = salt_of(keyring, year, event.retention, event.id)

    def name(kind: str, value: str) -> str:
        return pseudonym(keyring, year, event.retention, kind, value)

    members = _members(event, name, salt)
    plaintext = _plaintext(event, salt, _spilled(members, salt))
    if plaintext is not None:
        members["detail"] = details.commitment(salt, plaintext)
    body = _checked_body(event, members)
    if plaintext is None:
        return Envelope(event.id, body, None)
    person = None if event.person_id is None else name("person", str(event.person_id))
    box = details.encrypted(keyring, event.id, plaintext, year=year, retention=event.retention, person=person)
    return Envelope(event.id, body, box)


def _spilled(members: Members, salt: bytes) -> Members:
    """Take the lists of acts, denials and statutes out of an entry that they would make too long, and return them.

    As with the source records, the entry then holds their number and digest (``refs``), and the detail the lists: nobody's
    view fails for how much was decided about them.
    """
    if len(entry.unchecked(members)) <= _ROOMY_BYTES:
        return {}
    lists: Members = {key: members.pop(key) for key in _LISTS if key in members}
    if lists:
        count = sum(len(each) for each in lists.values() if isinstance(each, list))
        members["refs"] = {"count": count, "digest": _digest(salt, entry.unchecked(lists))}
    return lists


def _checked_body(event: Event, members: Members) -> bytes:
    missing = (ALWAYS | required(event.type)) - members.keys()
    if missing:
        raise EventRejected(f"The event {event.type} must name {', '.join(sorted(missing))}.")
    body = entry.canonical(members)
    if len(body) > entry.MAX_BODY_BYTES:
        raise EventRejected(f"The event {event.type} is longer than {entry.MAX_BODY_BYTES} bytes.")
    entry.refuse_personal(body)
    return body


def _members(event: Event, name: Callable[[str, str], str], salt: bytes) -> Members:
    return _given(
        v=1,
        id=str(event.id),
        t=entry.moment(event.at),
        type=event.type.value,
        outcome=event.outcome.value,
        actor=_actor(event.actor, name),
        person=event.person_id and name("person", str(event.person_id)),
        purpose=event.purpose and str(event.purpose),
        categories=[str(category) for category in event.categories],
        withheld=[str(category) for category in event.withheld],
        controllers=[str(controller) for controller in event.controllers],
        decision=event.decision and _decision(event.decision),
        consents=[_consent(consent) for consent in event.consents],
        denials=[_denial(denial) for denial in event.denials],
        statutes=[_statute(statute) for statute in event.statutes],
        change=event.change and _change(event.change),
        request=event.request and _request(event.request, name, salt),
        result=event.result and _result(event.result, salt),
        records=_records(event.records, salt),
        run=event.run and _run(event.run),
        period=event.period and _period(event.period),
        ref=event.ref and str(event.ref),
        trace=event.trace,
    ) | {"class": event.retention.value}


def _given(**members: object) -> Members:
    """Leave out what is not given; nought is given, nothing is not."""
    return {key: value for key, value in members.items() if value is not None and value not in _NOTHING}


def _actor(actor: Actor, name: Callable[[str, str], str]) -> Members:
    members = _given(org=actor.org, system=actor.system, role=actor.role, user=actor.user and name("user", actor.user))
    if actor.on_behalf is not None:
        members["for"] = name("person", str(actor.on_behalf))
    return members


def _decision(decision: DecisionRef) -> Members:
    reason = {str(category): str(reason) for category, reason in decision.reason.items()}
    return _given(id=str(decision.id), policy=decision.policy, inputs=decision.inputs, reason=reason)


def _consent(consent: ConsentRef) -> Members:
    return _given(act=str(consent.act), digest=consent.digest, state=str(consent.state))


def _denial(denial: DenialRef) -> Members:
    return _given(id=str(denial.id), digest=denial.digest)


def _statute(statute: StatuteRef) -> Members:
    return _given(id=str(statute.id), version=statute.version)


def _change(change: ChangeRef) -> Members:
    return _given(table=change.table, id=change.id, digest=change.digest)


def _request(request: RequestRef, name: Callable[[str, str], str], salt: bytes) -> Members:
    return _given(
        route=request.route,
        trust=request.trust,
        case=request.case and name("case", request.case),
        params=_digest(salt, entry.unchecked(request.params)) if request.params else None,
        jti=request.jti,
        key=request.key,
        xroad=request.xroad and _xroad(request.xroad),
    )


def _xroad(xroad: XRoadRef) -> Members:
    return _given(id=xroad.id, request_id=xroad.request_id, request_hash=xroad.request_hash)


def _result(result: Result, salt: bytes) -> Members:
    body = result.body
    members = dict(result.counts) | _given(
        count=result.count,
        bytes=None if body is None else len(body),
        digest=result.digest if body is None else _digest(salt, body),
        to=result.last,
    )
    return members if result.first is None else members | {"from": result.first}


def _records(records: tuple[str, ...], salt: bytes) -> Members | None:
    if not records:
        return None
    return {"count": len(records), "digest": _digest(salt, "\n".join(records).encode())}


def _run(run: RunRef) -> Members:
    return _given(dag=run.dag, run=run.run, task=run.task) | _given(**{"try": run.attempt})


def _period(period: Period) -> Members:
    bounds = {"from": period.start, "until": period.end}
    return {key: _day_or_moment(value) for key, value in bounds.items() if value is not None}


def _day_or_moment(value: date) -> str:
    return entry.moment(value) if isinstance(value, datetime) else value.isoformat()


def _digest(salt: bytes, value: bytes) -> str:
    return hmac.digest(salt, value, "sha256").hex()


def _plaintext(event: Event, salt: bytes, spilled: Members) -> bytes | None:
    """Return the canonical detail, or None when nothing in it could identify anyone or needs the salt."""
    request, result = event.request or RequestRef(route="", trust=""), event.result or Result()
    found: Mapping[str, object] = _given(
        person_id=event.person_id and str(event.person_id),
        on_behalf=event.actor.on_behalf and str(event.actor.on_behalf),
        user=event.actor.user,
        case=request.case,
        params=request.params or None,
        records=list(event.records),
        text=event.text,
        **spilled,
    )
    if not found and result.body is None:
        return None
    plaintext = entry.unchecked({**found, "salt": salt.hex()})
    if len(plaintext) > details.MAX_DETAIL_BYTES:
        raise EventRejected(f"The detail of the event is longer than {details.MAX_DETAIL_BYTES} bytes.")
    return plaintext
