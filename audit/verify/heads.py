"""Verifying the daily root over how far every person's numbers have come: from the events, and what an export shows of it."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec

from audit.checkpoint import unbase64
from audit.errors import BadNote
from audit.heads import PERSON, Proven, line_of
from audit.indexing import FOLDER, Root, computed, root_in, roots
from audit.proof import Proof, opened_extra
from audit.queries.heads import sizes
from audit.tree import leaf_hash, root_from_inclusion
from audit.verify import members
from audit.verify.findings import Code, Finding
from db.engine import Read

Entries = Mapping[tuple[int, int], bytes]
"""What an export shows, by log and index."""


class _Line(msgspec.Struct):
    index: int
    line: str
    path: list[str]


class _Lines(msgspec.Struct):
    log: int
    lines: list[_Line]


def newest(read: Read, pruned: Mapping[int, int]) -> Iterator[Finding]:
    """Hash again the lines under each log's newest root; a log of which events are gone by right tells them no longer."""
    for root, told in roots(read, sizes(read)):
        if not pruned.get(root.log) and computed(read, root) != root:
            sentence = f"The root at the event {told.index} is not that of how far people's numbers had come in the log of {root.log}."
            yield Finding(code=Code.INDEX_DIFFERS, log=told.log, index=told.index, sentence=sentence)


def complete(
    folder: Path,
    query: Mapping[str, Any],
    shown: Entries,
    proved: Callable[[Proof], Iterable[Finding]],
    gone: Mapping[int, int],
) -> Iterator[Finding]:
    """See that of each person asked for all is shown up to the root's line. Raises ``BadNote`` when malformed.

    Of a log of which events are ``gone`` by right, all of a person's may be.
    """
    for path in sorted((folder / FOLDER).glob("*.json")):
        proof = Proof.parse(path.with_suffix(".tlog-proof").read_text(encoding="utf-8"))
        yield from proved(proof)
        root, lines = root_in(opened_extra(proof.extra).entry), _read(path)
        if root is None or root.log != lines.log:
            raise BadNote(f"The event beside {path.name} tells no root of that log.")
        proven = [_proven(each) for each in lines.lines]
        yield from _led(root, proven)
        for person in query.get("persons", ()):
            if not (gone.get(root.log) and not _own(str(person), root, shown)):
                yield from _all_of(str(person), root, proven, shown)


def _read(path: Path) -> _Lines:
    try:
        return msgspec.json.decode(path.read_bytes(), type=_Lines)
    except ValueError:
        raise BadNote(f"The file {path.name} of the export holds no lines.") from None


def _proven(line: _Line) -> Proven:
    return Proven(line.index, line.line.encode(), [unbase64(each) for each in line.path])


def _led(root: Root, proven: Sequence[Proven]) -> Iterator[Finding]:
    for each in proven:
        led = root_from_inclusion(leaf_hash(each.line), each.index, root.lines, each.path)
        if led is None or led.hex() != root.digest:
            sentence = f"The line {each.index} does not stand under the root of the log of {root.log}."
            yield Finding(code=Code.INDEX_DIFFERS, log=root.log, sentence=sentence)


def _all_of(person: str, root: Root, proven: Sequence[Proven], shown: Entries) -> Iterator[Finding]:
    """Hold a person's line against the events shown: it names the last of them, or there is none of either."""
    own = _own(person, root, shown)
    line = next((each.line for each in proven if each.line[:PERSON].decode() == person), None)
    if line is None and not _absent(person.encode(), root, proven):
        sentence = f"Nothing shows that the log of {root.log} holds no event of {person[:8]}."
    elif line not in own and (line, own) != (None, []):
        sentence = f"Not all events of {person[:8]} are shown that the log of {root.log} held."
    else:
        return
    yield Finding(code=Code.PERSON_GAP, log=root.log, sentence=sentence)


def _own(person: str, root: Root, shown: Entries) -> list[bytes]:
    """Write the lines that a person's events in a log would have as the last."""
    covered = (entry for (log, index), entry in shown.items() if log == root.log and index < root.size)
    named = ((members.read(entry), entry) for entry in covered)
    return [
        line_of(bytes.fromhex(person), of.person_n or 0, leaf_hash(entry)) for of, entry in named if of.person == person
    ]


def _absent(person: bytes, root: Root, proven: Sequence[Proven]) -> bool:
    """Tell whether lines stand on both sides of where a person's would, with none between; beyond the ends there is nothing."""
    places = [(-1, b""), *((each.index, each.line) for each in proven), (root.lines, b"~")]
    return any(right == left + 1 and before < person < after for (left, before), (right, after) in pairwise(places))
