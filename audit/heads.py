"""How far every person's numbers have come in a log, as lines under one root, written once a day (ACCESS-LOG 5).

A line is ``person n leaf`` in ASCII: the pseudonym in hex, the number and the leaf in hex of the newest event about it. Lines stand in the
order of their bytes, so whoever has none is proven to by the two between which theirs would stand. The tree is that of RFC 6962. Of it
only blocks are kept: a block's lines can be read again from the log itself.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Final, NamedTuple

from audit.tree import Frontier, NodeAt, Place, inclusion_path, leaf_hash, numbered, root_of

LEVEL: Final = 10
BLOCK: Final = 1 << LEVEL
"""Lines a block: a proof reads two blocks, the root of a million people is kept by a thousand rows."""
PERSON: Final = 32
"""Characters of a pseudonym, with which a line begins."""


class Block(NamedTuple):
    """The first person of a block and the root of its lines; the last block may be a part of one."""

    first: bytes
    hash: bytes


@dataclass(frozen=True, slots=True)
class Index:
    """All lines of a log at a size of it, by their number, root and blocks."""

    lines: int
    root: bytes
    blocks: Sequence[Block]


@dataclass(frozen=True, slots=True)
class Proven:
    """A line, its place among all, and the path from it to the root."""

    index: int
    line: bytes
    path: list[bytes]


LinesOf = Callable[[int], Sequence[bytes]]
"""Gives the lines of a block by its number."""


def line_of(person: bytes, n: int, leaf: bytes) -> bytes:
    """Write the line of a person."""
    return f"{person.hex()} {n} {leaf.hex()}".encode()


def indexed(lines: Iterable[bytes]) -> Index:
    """Hash lines, in their order, a block at a time."""
    blocks, whole, rest, count = [], Frontier(), Frontier(), 0
    for some in _blocks(iter(lines)):
        rest = Frontier()
        rest.extend([leaf_hash(line) for line in some])
        blocks.append(Block(some[0][:PERSON], rest.root()))
        count += len(some)
        if len(some) == BLOCK:
            whole.extend([rest.root()])
            rest = Frontier()
    return Index(count, root_of([*whole.edge, *rest.edge]), blocks)


def _blocks(lines: Iterator[bytes]) -> Iterator[list[bytes]]:
    while some := list(islice(lines, BLOCK)):
        yield some


def proven(persons: Iterable[bytes], index: Index, lines_of: LinesOf) -> list[Proven]:
    """Prove the line of each person (hex), or its neighbours where there is none; the ends of the list have one neighbour."""
    lines: dict[int, bytes] = {}
    for person in persons:
        lines |= _own_or_neighbours(person, index, lines_of)
    node_at = _nodes(index, lines_of)
    return [Proven(at, line, inclusion_path(at, index.lines, node_at)) for at, line in sorted(lines.items())]


def _own_or_neighbours(person: bytes, index: Index, lines_of: LinesOf) -> dict[int, bytes]:
    block = bisect_right(index.blocks, person, key=lambda each: each.first) - 1
    at = 0 if block < 0 else block * BLOCK + sum(line[:PERSON] < person for line in lines_of(block))
    found = {place: lines_of(place >> LEVEL)[place % BLOCK] for place in (at - 1, at) if 0 <= place < index.lines}
    return {place: line for place, line in found.items() if line.startswith(person)} or found


def _nodes(index: Index, lines_of: LinesOf) -> NodeAt:
    """Give nodes of the tree: those above blocks from their hashes, those within one from its lines."""
    upper = _tree([block.hash for block in index.blocks[: index.lines >> LEVEL]])

    @cache
    def within(block: int) -> dict[Place, bytes]:
        return _tree([leaf_hash(line) for line in lines_of(block)])

    def node_at(place: Place) -> bytes:
        if place.level >= LEVEL:
            return upper[Place(place.level - LEVEL, place.n)]
        block = place.n >> LEVEL - place.level
        return within(block)[Place(place.level, place.n - (block << LEVEL - place.level))]

    return node_at


def _tree(leaves: Sequence[bytes]) -> dict[Place, bytes]:
    return {Place(node.level, node.n): node.hash for node in numbered(Frontier().extend(leaves), 0)}
