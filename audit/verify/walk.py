"""The walk over one log, pure: entries become leaves, leaves a tree, and the tree is held against what was signed."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from audit.checkpoint import Checkpoint, SignedNote, VerifierKey
from audit.tree import EMPTY_ROOT, Frontier, leaf_hash, root_of
from audit.verify.findings import Code, Finding
from audit.verify.notes import Notes
from audit.verify.suspects import Suspect, named

MAX_SUSPECTS = 100_000
"""What does not fit beyond so many is counted, no longer classified."""

_SEQ_T = b'"seq_t":"'
_MOMENT_BYTES = len("2026-06-01T09:00:00.000000Z")


class LogCopy(Protocol):
    """A copy of one log, wherever it lies; each method starts from the beginning and streams."""

    @property
    def year(self) -> int:
        """The year of the log."""
        ...

    def entries(self) -> Iterator[tuple[int, bytes]]:
        """Yield (index, entry) by index."""
        ...

    def nodes(self, level: int) -> Iterator[tuple[int, bytes]]:
        """Yield (n, hash) of a level of the tree by n."""
        ...

    def notes(self) -> Iterator[SignedNote]:
        """Yield the signed notes by size."""
        ...


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of a walk: what does not fit, by index; how far good checkpoints reach, and how many there are."""

    findings: list[Finding]
    size: int
    checkpoints: int


def verify_log(copy: LogCopy, keys: Collection[VerifierKey], *, announced: Checkpoint | None = None) -> Verdict:
    """Hash every entry again and compare each root with what was signed.

    ``announced`` is the fence's checkpoint of this log: what was told to someone must be in it.
    """
    notes, walk = Notes(copy.year, keys), Walk(copy)
    met = announced is None
    for checkpoint in notes.checkpoints(copy.notes()):
        walk.advance(checkpoint)
        met = met or checkpoint == announced
    walk.finish()
    cut = [] if met or announced is None else [_rolled_back(copy.year, announced.size)]
    findings = sorted([*cut, *notes.findings, *walk.findings()], key=lambda finding: finding.index or 0)
    return Verdict(findings, 0 if notes.newest is None else notes.newest.size, notes.good)


def _rolled_back(year: int, size: int) -> Finding:
    sentence = f"The checkpoint of {size} events that was announced is not in the log."
    return Finding(code=Code.ROLLED_BACK, log=year, index=max(size - 1, 0), sentence=sentence)


class Stream:
    """Numbered hashes or entries, taken by number; numbers that are not asked for are passed over and counted."""

    def __init__(self, items: Iterable[tuple[int, bytes]]) -> None:
        self._items = iter(items)
        self._next = next(self._items, None)

    def take(self, number: int) -> bytes | None:
        """Return what has this number, None when nothing has."""
        while self._next is not None and self._next[0] < number:
            self._next = next(self._items, None)
        if self._next is None or self._next[0] != number:
            return None
        value = self._next[1]
        self._next = next(self._items, None)
        return value

    def rest(self) -> Iterator[tuple[int, bytes]]:
        """Yield what was not taken."""
        if self._next is not None:
            yield self._next
        yield from self._items


class Walk:
    """Two readings of one log: by its entries, hashed anew, and by the stored nodes.

    Where both lead to a signed root all is well; where one does, it tells what is wrong with the other.
    """

    def __init__(self, copy: LogCopy) -> None:
        self._copy = copy
        self._entries = Stream(copy.entries())
        self._levels: list[Stream] = []
        self._hashed = Frontier()
        self._stored: list[bytes] = []
        self._open: list[Suspect] = []
        self._wrong: list[Suspect] = []
        self._found: list[Finding] = []
        self._signed = 0
        self._lost = False
        self._time = b""

    def advance(self, checkpoint: Checkpoint) -> None:
        """Walk to the size of the next good checkpoint and settle what was suspect on the way."""
        for index in range(self._hashed.size, checkpoint.size):
            self._step(index)
        self._settle(checkpoint)
        self._signed = checkpoint.size

    def finish(self) -> None:
        """Look at what lies beyond the last checkpoint, where nothing should."""
        for index, entry in self._entries.rest():
            self._suspect(self._wrong, Suspect(0, index, leaf_hash(entry), None))
        for level, stream in enumerate(self._levels):
            for n, _ in stream.rest():
                self._node_changed(level, n)

    def findings(self) -> list[Finding]:
        """Return what was found."""
        return [*self._found, *named(self._copy.year, self._wrong)]

    def _step(self, index: int) -> None:
        entry, stored = self._entries.take(index), self._node(0, index)
        if entry is None:
            leaf = stored or EMPTY_ROOT
            self._suspect(self._wrong, Suspect(0, index, None, stored))
        else:
            leaf = leaf_hash(entry)
            self._look_at_time(index, entry)
        completed = self._hashed.append(leaf)
        if entry is not None and leaf != stored:
            self._suspect(self._open, Suspect(0, index, leaf, stored))
        top = stored or leaf
        for node in completed[1:]:
            found = self._node(node.level, node.n)
            if found != node.hash:
                self._suspect(self._open, Suspect(node.level, node.n, node.hash, found))
            top = found or node.hash
            self._stored.pop()
        self._stored.append(top)

    def _node(self, level: int, n: int) -> bytes | None:
        if level == len(self._levels):
            self._levels.append(Stream(self._copy.nodes(level)))
        return self._levels[level].take(n)

    def _look_at_time(self, index: int, entry: bytes) -> None:
        start = entry.find(_SEQ_T)
        if start < 0:
            return
        time = entry[start : start + len(_SEQ_T) + _MOMENT_BYTES]
        if time < self._time:
            self._find(Code.CLOCK_BACKWARD, index, index, "is dated before the one below it")
        self._time = time

    def _settle(self, checkpoint: Checkpoint) -> None:
        suspects, self._open = self._open, []
        if self._hashed.root() == checkpoint.root:
            for suspect in suspects:
                self._node_changed(suspect.level, suspect.n)
            self._stored = self._hashed.edge
        elif root_of(self._stored) == checkpoint.root:
            self._blame_entries(suspects)
            self._hashed = Frontier(checkpoint.size, self._stored)
        else:
            self._blame_entries(suspects)
            if not suspects and not self._lost:
                self._blame(self._signed, checkpoint.size)
            self._lost = True

    def _blame_entries(self, suspects: list[Suspect]) -> None:
        """Blame the entries whose leaves differ, and where a leaf was changed along with its entry, the range above it."""
        leaves = [suspect for suspect in suspects if suspect.level == 0]
        for suspect in leaves:
            self._suspect(self._wrong, suspect)
        blamed = {suspect.n for suspect in leaves}
        for suspect in suspects:
            covered = range(suspect.n << suspect.level, (suspect.n + 1) << suspect.level)
            if suspect.level and blamed.isdisjoint(covered):
                self._blame(covered.start, covered.stop)
                blamed |= {covered.start}

    def _blame(self, start: int, stop: int) -> None:
        self._find(Code.ENTRY_CHANGED, start, stop - 1, "was changed together with its leaf")

    def _node_changed(self, level: int, n: int) -> None:
        start = n << level
        self._find(
            Code.NODE_CHANGED, start, ((n + 1) << level) - 1, f"has a changed node above it (level {level}, {n})"
        )

    def _find(self, code: Code, index: int, until: int, what: str) -> None:
        subject = f"The event {index}" if index == until else f"An event from {index} to {until}"
        finding = Finding(
            code=code,
            log=self._copy.year,
            index=index,
            until=None if index == until else until,
            sentence=f"{subject} {what}.",
        )
        if len(self._found) < MAX_SUSPECTS:
            self._found.append(finding)

    def _suspect(self, among: list[Suspect], suspect: Suspect) -> None:
        if len(among) < MAX_SUSPECTS:
            among.append(suspect)
