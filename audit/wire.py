"""How a disclosure travels to the sequencer and its answer back: length, then JSON, over a unix socket."""

import base64
import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from audit.details import Box
from audit.disclosure import DecisionRecord, Disclosure, Guard, Sealed, Spend
from audit.entry import moment
from audit.envelope import Envelope, enclose
from audit.errors import AuditError, EventRejected, Replayed, Stale, Unanswered
from audit.events import Outcome, RetentionClass
from audit.pseudonyms import pseudonym
from db.keys import Keyring

MAX_FRAME_BYTES = 262_144
LENGTH = struct.Struct(">I")

_REFUSALS: Mapping[str, type[AuditError]] = {
    "stale": Stale,
    "replayed": Replayed,
    "rejected": EventRejected,
    "unavailable": Unanswered,
}
_CODES = {kind: code for code, kind in _REFUSALS.items()}

Answer = Sealed | AuditError


@dataclass(frozen=True, slots=True)
class Call:
    """A disclosure as the sequencer takes it; ``kin`` are the person's pseudonyms in every class of the year."""

    envelope: Envelope
    decision: DecisionRecord | None = None
    guard: Guard | None = None
    spend: tuple[Spend, ...] = ()
    kin: tuple[str, ...] = ()


def call(disclosure: Disclosure, keyring: Keyring) -> Call:
    """Make a disclosure ready to travel. Raises ``EventRejected``."""
    event = disclosure.event
    year, person = event.at.astimezone(UTC).year, event.person_id
    kin = () if person is None else (pseudonym(keyring, year, each, "person", str(person)) for each in RetentionClass)
    envelope = enclose(event, keyring)
    return Call(envelope, disclosure.decision, disclosure.guard, disclosure.spend, tuple(kin))


def frame(payload: bytes) -> bytes:
    """Put the length before the payload."""
    if len(payload) > MAX_FRAME_BYTES:
        raise EventRejected(f"The disclosure is longer than {MAX_FRAME_BYTES} bytes.")
    return LENGTH.pack(len(payload)) + payload


def write_call(sent: Call) -> bytes:
    """Write a call as JSON."""
    envelope, guard = sent.envelope, sent.guard
    document = {
        "id": str(envelope.id),
        "body": envelope.body.decode(),
        "box": envelope.box and _written_box(envelope.box),
        "decision": sent.decision and _written_decision(sent.decision),
        "guard": guard and [str(guard.person_id), guard.consent_seq, guard.register_seq],
        "spend": [[each.key, each.jti] for each in sent.spend],
        "kin": sent.kin,
    }
    try:
        return json.dumps(document, ensure_ascii=False).encode()
    except (TypeError, ValueError):
        raise EventRejected("The decision of the disclosure holds what JSON cannot.") from None


def read_call(payload: bytes) -> Call:
    """Read a call. Raises ``EventRejected`` for anything that is not one, and for NUL, which no column takes."""
    try:
        if b"\\u0000" in payload:
            raise EventRejected("The disclosure holds a NUL character.")
        document = json.loads(payload)
        envelope = Envelope(UUID(document["id"]), document["body"].encode(), _read_box(document["box"]))
        return Call(
            envelope,
            _read_decision(document["decision"]),
            _read_guard(document["guard"]),
            tuple(Spend(key=key, jti=jti) for key, jti in document["spend"]),
            tuple(bytes.fromhex(each).hex() for each in document["kin"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        raise EventRejected("The sequencer was sent something that is not a disclosure.") from None


def write_answer(answer: Answer) -> bytes:
    """Write what came of a call."""
    if isinstance(answer, Sealed):
        return json.dumps({"log": answer.log, "index": answer.index, "size": answer.size}).encode()
    return json.dumps({"refused": _CODES[type(answer)], "sentence": str(answer)}).encode()


def read_answer(payload: bytes) -> Answer:
    """Read what came of a call."""
    document = json.loads(payload)
    if "refused" in document:
        return _REFUSALS[document["refused"]](document["sentence"])
    return Sealed(log=document["log"], index=document["index"], size=document["size"])


def _written_box(box: Box) -> list[str]:
    return [str(box.key_id), *(base64.b64encode(part).decode() for part in (box.wrapped, box.nonce, box.box))]


def _read_box(document: list[str] | None) -> Box | None:
    if document is None:
        return None
    key_id, *parts = document
    wrapped, nonce, box = (base64.b64decode(part, validate=True) for part in parts)
    return Box(UUID(key_id), wrapped, nonce, box)


def _written_decision(decision: DecisionRecord) -> dict[str, object]:
    return {
        "decision_id": str(decision.decision_id),
        "person_id": decision.person_id and str(decision.person_id),
        "request": decision.request,
        "at": moment(decision.at),
        "known_at": moment(decision.known_at),
        "policy": decision.policy,
        "inputs_digest": decision.inputs_digest,
        "outcome": decision.outcome,
        "results": list(decision.results),
        "consent_seq": decision.consent_seq,
        "register_seq": decision.register_seq,
    }


def _read_decision(document: dict[str, object] | None) -> DecisionRecord | None:
    if document is None:
        return None
    typed = {
        "decision_id": UUID(str(document["decision_id"])),
        "person_id": document["person_id"] and UUID(str(document["person_id"])),
        "at": datetime.fromisoformat(str(document["at"])),
        "known_at": datetime.fromisoformat(str(document["known_at"])),
        "inputs_digest": bytes.fromhex(str(document["inputs_digest"])).hex(),
        "outcome": Outcome(str(document["outcome"])),
    }
    return DecisionRecord(**{**document, **typed})  # type: ignore[arg-type] # checked by the database's own types


def _read_guard(document: list[str] | None) -> Guard | None:
    if document is None:
        return None
    person_id, consent_seq, register_seq = document
    return Guard(person_id=UUID(person_id), consent_seq=int(consent_seq), register_seq=int(register_seq))
