"""The fast half of verification on a database: parts of a log passed over side by side, all seeing one moment."""

import gc
import os
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import count, pairwise
from multiprocessing import get_context
from struct import Struct
from typing import Final

from audit.checkpoint import Checkpoint, SignedNote, VerifierKey
from audit.queries import passage as queries
from audit.queries import sequence
from audit.tree import edge
from audit.verify.passage import Passage, Passed, Unfit, joined
from audit.verify.rows import Differs, Item, items
from db.engine import Database, Login, Read
from db.keys import Keyring

A_SHARE: Final = 100_000
"""Events that are worth a process of their own, which takes a second to begin."""

PARTS: Final = 4
"""Parts that a process has on average: who begins later, or is slower, takes fewer."""

GARBAGE: Final = 50_000
"""New things between two looks for garbage."""

_numbered: Final = Struct(">q32s").pack


@dataclass(frozen=True, slots=True)
class TablePart:
    """A log in the tables; of its first ``pruned`` events only the leaves are left, by right."""

    read: Read
    log: int
    pruned: int = 0
    batches: bool = True

    def items(self, start: int, stop: int) -> Iterator[Item]:
        """Read the rows of events, each compared with its entry in all its columns."""
        kept = max(start, min(stop, self.pruned))
        gone = queries.leaves(self.read, self.log, start, kept) if start < kept else []
        yield from ((leaf, None) for leaf in gone)
        try:
            yield from items(queries.rows(self.read, self.log, kept, stop), self.log, kept)
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
        if queries.misdated(self.read, self.log, start, stop) or self._unsigned_before(start, found):
            raise Unfit
        return [note for note in found if note.size > start]

    def _unsigned_before(self, start: int, found: Sequence[SignedNote]) -> bool:
        """Tell whether a batch ended just before a part, and no checkpoint says so."""
        if start <= self.pruned or any(note.size == start for note in found):
            return False
        return len(set(queries.times(self.read, self.log, start - 1, start + 1))) > 1


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
    pruned: int


def good_checkpoints(
    database: Database, read: Read, log: int, keys: Collection[VerifierKey], pruned: int = 0
) -> list[Checkpoint] | None:
    """Return the checkpoints of a log in which everything fits, columns, nodes and persons too; else None.

    The first ``pruned`` events are gone by right.
    """
    try:
        return _good(database, read, log, keys, pruned)
    except Unfit:
        return None


def _good(database: Database, read: Read, log: int, keys: Collection[VerifierKey], pruned: int) -> list[Checkpoint]:
    extent = queries.extent(read, log)
    nodes = sum(extent.size >> level for level in range(extent.size.bit_length()))
    if not extent.size or (extent.events, extent.nodes) != (extent.size - pruned, nodes):
        raise Unfit
    whole = joined(
        _passed(database, read, Task("", database.login, "", log, 0, extent.size, keys, pruned)), pruned=pruned > 0
    )
    heads = queries.heads(read, log)
    known = {person: heads.get(person) for person in whole.chains.ends} if pruned else heads
    if len(whole.checkpoints) != extent.checkpoints or known != whole.chains.ends:
        raise Unfit
    return whole.checkpoints


def _passed(database: Database, read: Read, whole: Task) -> list[Passed]:
    """Pass over the whole log; where it is long, in parts, for which this process and one on each other processor help themselves."""
    processes = min(os.cpu_count() or 1, whole.stop // A_SHARE)
    if processes <= 1:
        return [_pass(read, whole)]
    bounds = [whole.stop * place // (processes * PARTS) for place in range(processes * PARTS + 1)]
    shared = replace(whole, url=database.url, snapshot=queries.exported_snapshot(read))
    tasks = [replace(shared, start=start, stop=stop) for start, stop in pairwise(bounds)]
    others = ProcessPoolExecutor(processes - 1, mp_context=get_context("spawn"))
    try:
        return _shared(read, tasks, [others.submit(_part, task) for task in tasks])
    finally:
        others.shutdown(cancel_futures=True)


def _shared(read: Read, tasks: Sequence[Task], theirs: Sequence[Future[Passed]]) -> list[Passed]:
    """Take parts that nobody else has begun, from the end; give all."""
    with _seldom_tidied():
        ours = {place: _pass(read, task) for place, task in reversed([*enumerate(tasks)]) if theirs[place].cancel()}
    return [ours[place] if place in ours else each.result() for place, each in enumerate(theirs)]


def _part(task: Task) -> Passed:
    """Pass over a part in a process of its own."""
    nobodys = Keyring((), development=False)
    with (
        _seldom_tidied(),
        Database(task.url, task.login, nobodys, pool_size=1) as database,
        database.read(snapshot=True) as read,
    ):
        queries.take_up_snapshot(read, task.snapshot)
        return _pass(read, task)


@contextmanager
def _seldom_tidied() -> Iterator[None]:
    """Look for garbage seldom: a pass makes millions of small things that hold no others, and no rings of them."""
    usual = gc.get_threshold()
    gc.set_threshold(GARBAGE)
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def _pass(read: Read, task: Task) -> Passed:
    before = edge(task.start)
    hashes = sequence.nodes_at(read, task.log, before) if before else []
    if len(hashes) != len(before):
        raise Unfit
    return Passage(TablePart(read, task.log, task.pruned), task.keys, task.start, hashes).over(task.stop)
