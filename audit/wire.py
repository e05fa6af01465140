"""How a disclosure travels to the sequencer and its answer back: length, then MessagePack, over a unix socket."""

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from typing import Final, NamedTuple

import msgspec

from audit.details import Box
from audit.disclosure import DecisionRecord, Disclosure, Guard, Sealed, Spend
from audit.envelope import enclose
from audit.errors import AuditError, EventRejected, Replayed, Stale, Unanswered
from audit.events import RetentionClass
from audit.pseudonyms import PSEUDONYM_BYTES, pseudonym
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
_NO_CALL: Final = "The sequencer was sent something that is not a disclosure."

Answer = Sealed | AuditError


class Call(NamedTuple):
    """A disclosure as the sequencer takes it, and what it does not look into, as it will be written.

    ``decision`` is a ``DecisionRecord`` in JSON; ``kin`` are the person's pseudonyms in every class of the year, one after another.
    """

    body: bytes
    box: Box | None
    decision: str | None
    guard: Guard | None
    spend: tuple[Spend, ...]
    kin: bytes

    def kin_in_hex(self) -> list[str]:
        """Give each of the pseudonyms."""
        written = self.kin.hex()
        return [written[start : start + _PSEUDONYM_DIGITS] for start in range(0, len(written), _PSEUDONYM_DIGITS)]


@dataclass(frozen=True, slots=True)
class _Refusal:
    refused: str
    sentence: str


_PSEUDONYM_DIGITS: Final = 2 * PSEUDONYM_BYTES
_encode = msgspec.msgpack.Encoder(uuid_format="bytes").encode
_read_call = msgspec.msgpack.Decoder(Call).decode
_write_decision = msgspec.json.Encoder().encode
_read_decision = msgspec.json.Decoder(DecisionRecord).decode


def call(disclosure: Disclosure, keyring: Keyring) -> Call:
    """Make a disclosure ready to travel. Raises ``EventRejected``."""
    event = disclosure.event
    year, person = event.at.astimezone(UTC).year, event.person_id
    kin = [] if person is None else [pseudonym(keyring, year, each, "person", str(person)) for each in RetentionClass]
    envelope = enclose(event, keyring)
    decision = None if disclosure.decision is None else _written(disclosure.decision)
    return Call(envelope.body, envelope.box, decision, disclosure.guard, disclosure.spend, bytes.fromhex("".join(kin)))


def _written(decision: DecisionRecord) -> str:
    try:
        return _write_decision(decision).decode()
    except (TypeError, ValueError, RecursionError):
        raise EventRejected("The decision of the disclosure holds what cannot be written.") from None


def frame(payload: bytes) -> bytes:
    """Put the length before the payload."""
    if len(payload) > MAX_FRAME_BYTES:
        raise EventRejected(f"The disclosure is longer than {MAX_FRAME_BYTES} bytes.")
    return LENGTH.pack(len(payload)) + payload


def write_call(sent: Call) -> bytes:
    """Write a call."""
    return _encode(sent)


def read_call(payload: bytes) -> Call:
    """Read a call. Raises ``EventRejected`` for anything that is not one."""
    try:
        read = _read_call(payload)
        if read.decision is not None:
            _read_decision(read.decision)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        raise EventRejected(_NO_CALL) from None
    if len(read.kin) % PSEUDONYM_BYTES:
        raise EventRejected(_NO_CALL)
    return read


def write_answer(answer: Answer) -> bytes:
    """Write what came of a call."""
    return _encode(answer if isinstance(answer, Sealed) else _Refusal(_CODES[type(answer)], str(answer)))


def read_answer(payload: bytes) -> Answer:
    """Read what came of a call."""
    document = msgspec.msgpack.decode(payload)
    if "refused" in document:
        return _REFUSALS[document["refused"]](document["sentence"])
    return Sealed(**document)
