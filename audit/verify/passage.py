"""One pass over a part of a log in which everything fits: entries, tree, stored nodes, checkpoints, times, persons' numbers.

It is the fast half of verification and names nothing. Where it raises ``Unfit``, the walk over the whole log says what is
wrong; a generative test holds the two together.
"""

from collections import deque
from collections.abc import Callable, Collection, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final, Protocol

import msgspec

from audit.checkpoint import Checkpoint, SignedNote, VerifierKey, opened
from audit.entry import moment
from audit.errors import BadNote
from audit.tree import Frontier, Place, edge, root_of
from audit.verify.members import Members
from audit.verify.rows import Item

STRETCH = 8_192
"""Places looked at together: what a question costs by itself vanishes, and their leaves and nodes take some 2 MB."""


class Unfit(Exception):
    """Something in the log does not fit."""


class Part(Protocol):
    """A copy of a log, wherever it lies, asked for stretches of it; each method may raise ``Unfit``."""

    @property
    def batches(self) -> bool:
        """Tell whether it holds a checkpoint of each batch, and not of the whole alone."""
        ...

    def items(self, start: int, stop: int) -> Generator[Item, None, None]:
        """Read the entries of [start, stop), each agreeing with what stands beside it."""
        ...

    def refuse_other_nodes(self, start: int, levels: Sequence[Sequence[bytes]]) -> None:
        """Compare the nodes that a stretch from ``start`` on completes, by level."""
        ...

    def notes(self, start: int, stop: int) -> Sequence[SignedNote]:
        """Return the signed notes of sizes in (start, stop], by size, whose times do not run backwards."""
        ...


Link = tuple[int, str | None]
"""A person's event in a log: its number and its leaf, in hex. Plain, for there are two to an event."""


@dataclass(slots=True)
class Chains:
    """How each person's events follow one another in a part: what the first of them rests on, and the last."""

    rests_on: dict[str, Link] = field(default_factory=dict)
    ends: dict[str, Link] = field(default_factory=dict)

    def follow(self, leaf: bytes, m: Members) -> None:
        """Take up the next event. Raises ``Unfit`` where one of the same person is missing before it."""
        person, n = m.person, m.person_n
        if person is None or n is None:
            if person is not None or n is not None:
                raise Unfit
            return
        known = self.ends.get(person)
        if known is None:
            self.rests_on[person] = (n - 1, m.person_prev)
        elif known[1] != m.person_prev or known[0] != n - 1:
            raise Unfit
        self.ends[person] = (n, leaf.hex())

    def join(self, later: "Chains", *, pruned: bool = False) -> None:
        """Take up the part that follows; a list whose beginning was pruned begins where it does."""
        nothing: Link = (0, None)
        for person, before in later.rests_on.items():
            if self.ends.get(person, before if pruned else nothing) != before:
                raise Unfit
        self.ends |= later.ends

    def __reduce__(self) -> tuple[Callable[[bytes], "Chains"], tuple[bytes]]:
        """Travel between processes packed: things so small and so many take pickle six times as long."""
        return _unpacked, (msgspec.msgpack.encode((self.rests_on, self.ends)),)


def _unpacked(packed: bytes) -> Chains:
    return Chains(*_PACKED.decode(packed))


_PACKED: Final = msgspec.msgpack.Decoder(tuple[dict[str, Link], dict[str, Link]])


@dataclass(frozen=True, slots=True)
class Passed:
    """What a part came to: where its tree began and ended, its good checkpoints, its first and last time, its persons."""

    began: list[bytes]
    ended: list[bytes]
    checkpoints: list[Checkpoint]
    times: tuple[str, str] | None
    chains: Chains


class Passage:
    """The pass itself, stretch by stretch; ``began`` is the edge of the tree of the ``start`` leaves before it."""

    def __init__(self, part: Part, keys: Collection[VerifierKey], start: int, began: Sequence[bytes]) -> None:
        self._part = part
        self._keys = keys
        self._start = start
        self._began = list(began)
        self._frontier = Frontier(start, began)
        self._chains = Chains()
        self._times: tuple[str, str] | None = None
        self._checkpoints: list[Checkpoint] = []
        self._signed: frozenset[int] | None = None

    def over(self, stop: int) -> Passed:
        """Pass over all places up to ``stop``. Raises ``Unfit``."""
        waiting = deque(self._part.notes(self._start, stop))
        self._signed = frozenset(note.size for note in waiting) if self._part.batches else None
        for first in range(self._start, stop, STRETCH):
            self._take(first, min(first + STRETCH, stop), waiting)
        return Passed(self._began, self._frontier.edge, self._checkpoints, self._times, self._chains)

    def _take(self, start: int, stop: int, waiting: deque[SignedNote]) -> None:
        leaves, times = self._read(start, stop)
        if len(leaves) != stop - start:
            raise Unfit
        self._look_at_times(stop, times)
        edge_before = self._frontier.edge
        levels = self._frontier.extend(leaves)
        self._part.refuse_other_nodes(start, levels)
        grown = Grown(start, edge_before, levels)
        while waiting and waiting[0].size <= stop:
            note = waiting.popleft()
            self._settle(note, grown)
            self._look_at_date(note, stop, times)

    def _read(self, start: int, stop: int) -> tuple[list[bytes], list[str]]:
        """Read leaves and times, and follow each person."""
        leaves, times, follow = [], [], self._chains.follow
        with closing(self._part.items(start, stop)) as items:
            for leaf, members in items:
                leaves.append(leaf)
                if members is not None:
                    times.append(members.seq_t)
                    follow(leaf, members)
        return leaves, times

    def _look_at_times(self, stop: int, times: list[str]) -> None:
        if sorted(times) != times:
            raise Unfit
        if times:
            self._look_at_turns(stop - len(times), times)
            self._times = _following(self._times, (times[0], times[-1]))

    def _look_at_turns(self, start: int, times: list[str]) -> None:
        """See that wherever the time turns a checkpoint was signed: a batch is of one moment, and under one."""
        before = times[0] if self._times is None else self._times[1]
        turns = {start + place for place, (former, time) in enumerate(pairwise([before, *times])) if former != time}
        if self._signed is not None and not turns <= self._signed:
            raise Unfit

    def _look_at_date(self, note: SignedNote, stop: int, times: list[str]) -> None:
        """See that a checkpoint is dated as the last event that it covers, unless that was pruned: both are the batch's moment."""
        back = stop - note.size + 1
        if self._part.batches and back <= len(times) and times[-back] != moment(note.signed_at):
            raise Unfit

    def _settle(self, note: SignedNote, grown: "Grown") -> None:
        try:
            checkpoint = opened(note.note, self._keys)
        except BadNote:
            raise Unfit from None
        if (checkpoint.size, checkpoint.root) != (note.size, note.root) or note.root != grown.root(note.size):
            raise Unfit
        self._checkpoints.append(checkpoint)


@dataclass(frozen=True, slots=True)
class Grown:
    """A tree that grew from ``start`` leaves, whose edge was ``before``, by the nodes in ``levels``."""

    start: int
    before: list[bytes]
    levels: list[list[bytes]]

    def root(self, size: int) -> bytes:
        """Return the root at a size on the way; it is above ``start``."""
        former = dict(zip((place.level for place in edge(self.start)), self.before, strict=True))
        return root_of([self._node(place, former) for place in edge(size)])

    def _node(self, place: Place, former: dict[int, bytes]) -> bytes:
        n = place.n - (self.start >> place.level)
        return former[place.level] if n < 0 else self.levels[place.level][n]


def joined(parts: Sequence[Passed], *, pruned: bool = False) -> Passed:
    """Join parts that follow one another. Raises ``Unfit`` where one does not begin as the one before it ended."""
    whole = Passed([], [], [], None, Chains())
    for part in parts:
        if part.began != whole.ended:
            raise Unfit
        whole.chains.join(part.chains, pruned=pruned)
        times = whole.times if part.times is None else _following(whole.times, part.times)
        whole = Passed([], part.ended, [*whole.checkpoints, *part.checkpoints], times, whole.chains)
    return whole


def _following(former: tuple[str, str] | None, later: tuple[str, str]) -> tuple[str, str]:
    """Join two stretches of time. Raises ``Unfit`` where they run backwards."""
    if former is None:
        return later
    if later[0] < former[1]:
        raise Unfit
    return former[0], later[1]
