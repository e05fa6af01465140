"""A proof that an entry stands in the log: C2SP tlog-proof, whose extra holds the entry and what opens it (ACCESS-LOG 8)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self

import msgspec

from audit import entry
from audit.checkpoint import Checkpoint, parted, to_base64, unbase64
from audit.errors import BadNote, EventRejected
from audit.tree import HASH_BYTES, NodeAt, inclusion_path

FORM: Final = "c2sp.org/tlog-proof@v1"
MAX_PATH: Final = 63
MAX_BYTES: Final = 262_144
_SHOWN: Final = frozenset({"entry", "open"})
_INDEX: Final = re.compile("index (0|[1-9][0-9]{0,15})")


@dataclass(frozen=True, slots=True)
class Proof:
    """An entry's place, its path to the root of a checkpoint, and the checkpoint with its signatures."""

    index: int
    path: list[bytes]
    note: str
    extra: bytes = b""

    def __str__(self) -> str:
        extra = [f"extra {to_base64(self.extra)}"] if self.extra else []
        lines = [FORM, *extra, f"index {self.index}", *map(to_base64, self.path)]
        return "\n".join(lines) + f"\n\n{self.note}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a proof. Raises ``BadNote`` naming the line."""
        head, separator, note = text.partition("\n\n")
        lines = head.split("\n")
        if not separator or lines[0] != FORM or len(text) > MAX_BYTES:
            raise BadNote("Line 1 of the proof does not say that it is one.")
        extra = unbase64(lines.pop(1).removeprefix("extra ")) if lines[1:2] and lines[1].startswith("extra ") else b""
        place = _INDEX.fullmatch(lines[1]) if len(lines) > 1 else None
        path = [unbase64(line) for line in lines[2:]]
        if place is None:
            raise BadNote("The proof names no index.")
        if len(path) > MAX_PATH or any(len(each) != HASH_BYTES for each in path):
            raise BadNote("The path of the proof is not one of hashes.")
        return cls(int(place[1]), path, note, extra)

    @property
    def checkpoint(self) -> Checkpoint:
        """What the note says, whoever signed it."""
        return Checkpoint.parse(parted(self.note)[0])


@dataclass(frozen=True, slots=True)
class Opened:
    """The extra of a proof: the entry's bytes, and the detail it commits to, if that is opened."""

    entry: bytes
    detail: Mapping[str, object] | None


def extra_of(written: bytes, detail: Mapping[str, object] | None = None) -> bytes:
    """Write the extra: ``{"entry": ..., "open": ...}`` in the canonical form."""
    members: dict[str, object] = {"entry": entry.read(written)}
    return entry.unchecked(members if detail is None else members | {"open": detail})


def opened_extra(extra: bytes) -> Opened:
    """Read the extra, which is canonical: else it could say a thing twice, and each reader take another for proved. Raises ``BadNote``."""
    try:
        members = msgspec.json.decode(extra)
        shown = Opened(entry.canonical(members["entry"]), members.get("open"))
        is_canonical = members.keys() <= _SHOWN and entry.unchecked(members) == extra
    except (ValueError, KeyError, TypeError, AttributeError, EventRejected):
        raise BadNote("The extra line of the proof holds no entry.") from None
    if not is_canonical:
        raise BadNote("The extra line of the proof is not in the canonical form.")
    return shown


def proof_of(index: int, note: str, node_at: NodeAt, extra: bytes = b"") -> Proof:
    """Make the proof of an entry under a signed note that covers it."""
    size = Checkpoint.parse(parted(note)[0]).size
    return Proof(index, inclusion_path(index, size, node_at), note, extra)
