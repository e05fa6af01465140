"""A log in the tables as the swift pass reads it: rows compared with their entries in all columns, nodes, notes."""

from collections.abc import Collection, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import count, pairwise
from struct import Struct
from typing import Final

from audit.checkpoint import SignedNote, VerifierKey
from audit.queries import passage as queries
from audit.queries import sequence
from audit.tree import edge
from audit.verify.passage import Passage, Passed, Unfit
from audit.verify.rows import Differs, Item, items
from db.engine import Login, Read

_numbered: Final = Struct(">q32s").pack


@dataclass(frozen=True, slots=True)
class TablePart:
    """A log in the tables; of its first ``pruned`` events only the leaves are left, by right."""

    read: Read
    log: int
    pruned: int = 0
    batches: bool = True

    def items(self, start: int, stop: int) -> Generator[Item, None, None]:
        """Read the rows of events, each compared with its entry in all its columns."""
        kept = max(start, min(stop, self.pruned))
        gone = queries.leaves(self.read, self.log, start, kept) if start < kept else []
        yield from ((leaf, None) for leaf in gone)
        with closing(queries.rows(self.read, self.log, kept, stop)) as rows:
            try:
                yield from items(rows, self.log, kept)
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
        if any(later.signed_at < former.signed_at for former, later in pairwise(found)) or self._unsigned_before(
            start, found
        ):
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


def passed(read: Read, task: Task) -> Passed:
    """Pass over a part. Raises ``Unfit``."""
    before = edge(task.start)
    hashes = sequence.nodes_at(read, task.log, before) if before else []
    if len(hashes) != len(before):
        raise Unfit
    return Passage(TablePart(read, task.log, task.pruned), task.keys, task.start, hashes).over(task.stop)
