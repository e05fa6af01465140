"""The walk over one log, pure: entries become leaves, leaves a tree, and the tree is held against what was signed."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

from audit.checkpoint import Checkpoint, SignedNote, VerifierKey
from audit.tree import EMPTY_ROOT, Frontier, Node, leaf_hash, numbered
from audit.verify.findings import Code, Finding
from audit.verify.notes import Notes
from audit.verify.stretch import Stream, Stretch
from audit.verify.suspects import Suspect, named

MAX_SUSPECTS = 100_000
"""What does not fit beyond so many is counted, no longer classified."""

STRETCH = 16_384
"""Places looked at together: some 20 MB."""


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
    cut = [] if met or announced is None else [rolled_back(copy.year, announced.size)]
    findings = sorted([*cut, *notes.findings, *walk.findings()], key=lambda finding: finding.index or 0)
    return Verdict(findings, 0 if notes.newest is None else notes.newest.size, notes.good)


def rolled_back(year: int, size: int) -> Finding:
    """Say that what was announced is not there."""
    sentence = f"The checkpoint of {size} events that was announced is not in the log."
    return Finding(code=Code.ROLLED_BACK, log=year, index=max(size - 1, 0), sentence=sentence)


class Walk:
    """Two readings of one log: by its entries, hashed anew, and by the stored nodes.

    Where both lead to a signed root all is well; where one does, it tells what is wrong with the other.
    """

    def __init__(self, copy: LogCopy) -> None:
        self._copy = copy
        self._entries = Stream(copy.entries())
        self._levels: list[Stream] = []
        self._hashed = Frontier()
        self._stored = Frontier()
        self._open: list[Suspect] = []
        self._wrong: list[Suspect] = []
        self._found: list[Finding] = []
        self._signed = 0
        self._lost = False
        self._time = b""

    def advance(self, checkpoint: Checkpoint) -> None:
        """Walk to the size of the next good checkpoint and settle what was suspect on the way."""
        while self._hashed.size < checkpoint.size:
            stretch = self._stretch(min(checkpoint.size, self._hashed.size + STRETCH))
            self._look_at_times(stretch)
            if not self._fits(stretch):
                self._compare(stretch)
        self._settle(checkpoint)
        self._signed = checkpoint.size

    def _stretch(self, stop: int) -> Stretch:
        start = self._hashed.size
        while len(self._levels) < stop.bit_length():
            self._levels.append(Stream(self._copy.nodes(len(self._levels))))
        nodes = [stream.take(start >> level, stop >> level) for level, stream in enumerate(self._levels)]
        return Stretch(start, stop, self._entries.take(start, stop), nodes)

    def _fits(self, stretch: Stretch) -> bool:
        """Take a stretch at once where everything is there and agrees: the usual case, and the fast one."""
        if len(stretch.entries) < stretch.stop - stretch.start or self._stored.edge != self._hashed.edge:
            return False
        grown = self._hashed.copy()
        completed = grown.extend([leaf_hash(entry) for entry in stretch.entries.values()])
        if completed != [list(level.values()) for level in stretch.levels]:
            return False
        self._hashed, self._stored = grown, grown.copy()
        return True

    def _compare(self, stretch: Stretch) -> None:
        """Go entry by entry, and note every place where the hash made anew is not the stored one."""
        for index in range(stretch.start, stretch.stop):
            entry, stored = stretch.entries.get(index), stretch.levels[0].get(index)
            if entry is None:
                self._suspect(self._wrong, Suspect(0, index, None, stored))
            leaf = (stored or EMPTY_ROOT) if entry is None else leaf_hash(entry)
            top = Node(0, index, leaf)
            for node in numbered(self._hashed.extend([leaf]), index):
                found = stretch.levels[node.level].get(node.n)
                if found != node.hash and (entry is not None or node.level):
                    self._suspect(self._open, Suspect(node.level, node.n, node.hash, found))
                top = Node(node.level, node.n, found or node.hash)
            self._stored = _with_top(self._stored, top)

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

    def _look_at_times(self, stretch: Stretch) -> None:
        times = [self._time, *stretch.times()]
        self._time = times[-1]
        if times == sorted(times):
            return
        for place, (former, time) in enumerate(pairwise(times)):
            if time < former:
                self._find(
                    Code.CLOCK_BACKWARD,
                    stretch.start + place,
                    stretch.start + place,
                    "is dated before the one below it",
                )

    def _settle(self, checkpoint: Checkpoint) -> None:
        suspects, self._open = self._open, []
        if self._hashed.root() == checkpoint.root:
            for suspect in suspects:
                self._node_changed(suspect.level, suspect.n)
            self._stored = self._hashed.copy()
        elif self._stored.root() == checkpoint.root:
            self._blame_entries(suspects)
            self._hashed = self._stored.copy()
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


def _with_top(former: Frontier, top: Node) -> Frontier:
    """Return the frontier after a leaf whose largest completed subtree is ``top``, whatever lies below it."""
    kept = former.edge[: len(former.edge) - top.level]
    return Frontier(former.size + 1, [*kept, top.hash])
