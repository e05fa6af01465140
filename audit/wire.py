"""How a disclosure travels to the sequencer and its answer back: length, then MessagePack, over a unix socket."""

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from typing import Annotated

import msgspec

from audit.disclosure import DecisionRecord, Disclosure, Guard, Sealed, Spend
from audit.envelope import Envelope, enclose
from audit.errors import AuditError, EventRejected, Replayed, Stale, Unanswered
from audit.events import RetentionClass
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
Pseudonym = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{32}$")]


@dataclass(frozen=True, slots=True)
class Call:
    """A disclosure as the sequencer takes it; ``kin`` are the person's pseudonyms in every class of the year."""

    envelope: Envelope
    decision: DecisionRecord | None = None
    guard: Guard | None = None
    spend: tuple[Spend, ...] = ()
    kin: tuple[Pseudonym, ...] = ()


@dataclass(frozen=True, slots=True)
class _Refusal:
    refused: str
    sentence: str


_encode = msgspec.msgpack.Encoder(uuid_format="bytes").encode
_read_call = msgspec.msgpack.Decoder(Call).decode


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
    """Write a call."""
    try:
        return _encode(sent)
    except (TypeError, ValueError, RecursionError):
        raise EventRejected("The decision of the disclosure holds what cannot be written.") from None


def read_call(payload: bytes) -> Call:
    """Read a call. Raises ``EventRejected`` for anything that is not one."""
    try:
        return _read_call(payload)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        raise EventRejected("The sequencer was sent something that is not a disclosure.") from None


def write_answer(answer: Answer) -> bytes:
    """Write what came of a call."""
    return _encode(answer if isinstance(answer, Sealed) else _Refusal(_CODES[type(answer)], str(answer)))


def read_answer(payload: bytes) -> Answer:
    """Read what came of a call."""
    document = msgspec.msgpack.decode(payload)
    if "refused" in document:
        return _REFUSALS[document["refused"]](document["sentence"])
    return Sealed(**document)
