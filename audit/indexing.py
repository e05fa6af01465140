"""The daily root over how far each person's numbers have come: written, and what an export takes from it (ACCESS-LOG 5, 7)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Final, Literal

import msgspec

from audit import heads
from audit.checkpoint import to_base64
from audit.events import Actor, Event, EventType, Result, RetentionClass
from audit.heads import Index, Proven
from audit.log import record
from audit.proof import Proof
from audit.queries import heads as queries
from audit.queries.wanted import Found
from db.engine import Read, Transaction
from db.ids import uuid7

SYSTEM: Final = "reconciler"
FOLDER: Final = "index"
"""Of an export."""


class _Result(msgspec.Struct):
    log: int
    to: int
    count: int
    digest: str


class _Members(msgspec.Struct):
    type: Literal["index.root"]
    result: _Result


@dataclass(frozen=True, slots=True)
class Root:
    """What an event says of a log: over its first ``size`` events so many lines, and their root in hex."""

    log: int
    size: int
    lines: int
    digest: str


@dataclass(frozen=True, slots=True)
class Shown:
    """What an export shows of a root: the event that tells it, and of each pseudonym the line, or its neighbours."""

    root: Root
    told: Found
    proven: Sequence[Proven]


def write_roots(tx: Transaction, *, at: datetime) -> int:
    """Tell the root of each log that has grown since its last one; gives how many. The transaction sees one moment of the log."""
    sizes = queries.sizes(tx)
    told = {root.log: root.size for root, _ in roots(tx, sizes)}
    waiting = queries.kept(tx)
    grown = {log: size for log, size in sizes.items() if size not in (told.get(log), waiting.get(log))}
    for log, size in sorted(grown.items()):
        index = heads.indexed(queries.now(tx, log=log))
        queries.keep(tx, log=log, size=size, blocks=index.blocks)
        record(tx, _told(log, size, index, at))
    return len(grown)


def _told(log: int, size: int, index: Index, at: datetime) -> Event:
    return Event(
        id=uuid7(at),
        at=at,
        type=EventType.INDEX_ROOT,
        actor=Actor(system=SYSTEM),
        retention=RetentionClass.ADMIN,
        result=Result(count=index.lines, digest=index.root.hex(), first=0, last=size - 1, counts={"log": log}),
    )


def roots(read: Read, sizes: Mapping[int, int]) -> list[tuple[Root, Found]]:
    """Give the newest root of each log that the first events of each tell, and that tells of no more than these, with its event."""
    newest: dict[int, tuple[Root, Found]] = {}
    for told in queries.roots(read, sizes=sizes):
        root = root_in(told.entry)
        if root is not None and root.size <= sizes.get(root.log, 0):
            newest[root.log] = (root, told)
    return list(newest.values())


def root_in(written: bytes) -> Root | None:
    """Read what an entry says of a log; None where it tells no root."""
    try:
        result = msgspec.json.decode(written, type=_Members).result
    except ValueError:
        return None
    return Root(result.log, result.to + 1, result.count, result.digest)


def computed(read: Read, root: Root) -> Root:
    """Hash a log's lines again, as its events tell them."""
    index = heads.indexed(queries.then(read, log=root.log, size=root.size))
    return Root(root.log, root.size, index.lines, index.root.hex())


def shown(read: Read, persons: Collection[bytes], sizes: Mapping[int, int]) -> list[Shown]:
    """Prove of each log how far these pseudonyms' numbers had come by its newest root; not where entries were pruned since."""
    whole = ((root, told) for root, told in roots(read, sizes) if queries.first_kept(read, log=root.log) == 0)
    return [Shown(root, told, _proven(read, root, persons)) for root, told in whole]


def _proven(read: Read, root: Root, persons: Collection[bytes]) -> list[Proven]:
    blocks = queries.blocks(read, log=root.log, size=root.size)
    firsts = [block.first.decode() for block in blocks]

    @cache
    def lines_of(block: int) -> list[bytes]:
        until = firsts[block + 1] if block + 1 < len(firsts) else None
        return list(queries.then(read, log=root.log, size=root.size, first=firsts[block], until=until))

    index = Index(root.lines, bytes.fromhex(root.digest), blocks)
    return heads.proven([person.hex().encode() for person in sorted(persons)], index, lines_of)


def files(found: Sequence[Shown], proofs: Sequence[Proof]) -> dict[str, bytes]:
    """Write what an export shows of each root, with the proof of the event that tells it: ``index/2026.json``, ``.tlog-proof``."""
    written = {}
    for each, proof in zip(found, proofs, strict=True):
        name = f"{FOLDER}/{each.root.log}"
        written[f"{name}.json"] = msgspec.json.format(msgspec.json.encode(_lines(each)), indent=1)
        written[f"{name}.tlog-proof"] = str(proof).encode()
    return written


def _lines(found: Shown) -> dict[str, object]:
    lines = [
        {"index": each.index, "line": each.line.decode(), "path": [to_base64(hash_) for hash_ in each.path]}
        for each in found.proven
    ]
    return {"log": found.root.log, "lines": lines}
