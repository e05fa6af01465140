"""The fast half of verification on a database: parts of a log passed over side by side, all seeing one moment."""

import os
from collections.abc import Collection, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from itertools import count, pairwise
from multiprocessing import get_context
from struct import Struct
from typing import Final

from audit.checkpoint import Checkpoint, SignedNote, VerifierKey
from audit.queries import passage as queries
from audit.queries import sequence
from audit.tree import edge
from audit.verify.passage import Chains, Passage, Passed, Unfit, joined
from audit.verify.rows import Differs, Item, items
from db.engine import Database, Login, Read
from db.keys import Keyring

A_PART: Final = 100_000
"""Events that are worth a process of their own, which takes a second to begin."""

_numbered: Final = Struct(">q32s").pack


@dataclass(frozen=True, slots=True)
class TablePart:
    """A log in the tables."""

    read: Read
    log: int

    def items(self, start: int, stop: int) -> list[Item]:
        """Read the rows of events, each compared with its entry in all its columns."""
        try:
            return list(items(queries.rows(self.read, self.log, start, stop), self.log, start))
        except Differs:
            raise Unfit from None

    def refuse_other_nodes(self, start: int, levels: Sequence[Sequence[bytes]]) -> None:
        """Compare the stored nodes with those made anew, numbers and hashes at once."""
        firsts = [start >> level for level in range(len(levels))]
        ranges = [range(first, first + len(level)) for first, level in zip(firsts, levels, strict=True)]
        expected = [b"".join(map(_numbered, count(first), level)) for first, level in zip(firsts, levels, strict=True)]
        if queries.nodes(self.read, self.log, ranges) != expected:
            raise Unfit

    def notes(self, start: int, stop: int) -> Sequence[SignedNote]:
        """Return the signed notes."""
        found = queries.notes(self.read, self.log, start, stop)
        if any(later.signed_at < former.signed_at for former, later in pairwise(found)):
            raise Unfit
        return [note for note in found if note.size > start]


@dataclass(frozen=True, slots=True)
class Task:
    """What a process is handed: where the log is, at which moment, which part of it, and whom to trust."""

    url: str
    login: Login
    snapshot: str
    log: int
    start: int
    stop: int
    keys: Collection[VerifierKey]


def good_checkpoints(
    database: Database, read: Read, log: int, keys: Collection[VerifierKey]
) -> list[Checkpoint] | None:
    """Return the checkpoints of a log in which everything fits, columns, nodes and persons too; else None."""
    try:
        return _good(database, read, log, keys)
    except Unfit:
        return None


def _good(database: Database, read: Read, log: int, keys: Collection[VerifierKey]) -> list[Checkpoint]:
    extent = queries.extent(read, log)
    nodes = sum(extent.size >> level for level in range(extent.size.bit_length()))
    if not extent.size or (extent.events, extent.nodes) != (extent.size, nodes):
        raise Unfit
    whole = joined(_passed(database, read, log, extent.size, keys))
    if len(whole.checkpoints) != extent.checkpoints or not _are_heads(queries.heads(read, log), whole.chains):
        raise Unfit
    return whole.checkpoints


def _are_heads(heads: dict[str, tuple[int, str]], chains: Chains) -> bool:
    return heads == chains.ends


def _passed(database: Database, read: Read, log: int, size: int, keys: Collection[VerifierKey]) -> list[Passed]:
    """Pass over the whole log, where it is long in as many parts as there are processors."""
    parts = min(os.cpu_count() or 1, size // A_PART)
    if parts <= 1:
        return [_pass(read, log, range(size), keys)]
    bounds = [size * place // parts for place in range(parts + 1)]
    snapshot = queries.exported_snapshot(read)
    with ProcessPoolExecutor(parts, mp_context=get_context("spawn")) as processes:
        running: list[Future[Passed]] = [
            processes.submit(_part, Task(database.url, database.login, snapshot, log, start, stop, keys))
            for start, stop in pairwise(bounds)
        ]
        return [each.result() for each in running]


def _part(task: Task) -> Passed:
    """Be a process that passes over a part."""
    nobodys = Keyring((), development=False)
    with (
        Database(task.url, task.login, nobodys, pool_size=1) as database,
        database.read(snapshot=True) as read,
    ):
        queries.take_up_snapshot(read, task.snapshot)
        return _pass(read, task.log, range(task.start, task.stop), task.keys)


def _pass(read: Read, log: int, places: range, keys: Collection[VerifierKey]) -> Passed:
    before = edge(places.start)
    hashes = sequence.nodes_at(read, log, before) if before else []
    if len(hashes) != len(before):
        raise Unfit
    return Passage(TablePart(read, log), keys, places.start, hashes).over(places.stop)
